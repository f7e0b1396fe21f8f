/*
 * test_router.c — tables that are refused, addresses that are found, and every column the dispatcher applies.
 */
#include "http_support.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/log.h"
#include "http/router.h"

struct note {
    const char *text;
    int64_t size;
};

static const struct field note_fields[] = {
    {"text", FIELD_TEXT, REQUIRED, 1, 10, AT(struct note, text), "Text"},
    {"size", FIELD_INTEGER, OPTIONAL, 1, 9, AT(struct note, size), "Size"},
    {0},
};

static const struct field optional_fields[] = {
    {"size", FIELD_INTEGER, OPTIONAL, 1, 9, AT(struct note, size), "Size"},
    {0},
};

static struct route_figures figures;

static enum error_kind say_path(struct request *req, struct response *res)
{
    json_object_begin(response_json(res));
    json_member_text(response_json(res), "route", req->route->path);
    if (req->path_parameter_count > 0)
        json_member_text(response_json(res), "parameter", request_path(req, req->path_parameters[0].name));
    json_object_end(response_json(res));
    return OK;
}

static enum error_kind say_nothing(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    return OK;
}

static enum error_kind echo_note(struct request *req, struct response *res)
{
    struct note note = {.size = NO_NUMBER};

    request_body(req, &note);
    json_object_begin(response_json(res));
    json_member_text(response_json(res), "text", note.text);
    json_object_end(response_json(res));
    response_version(res, 3);
    return OK;
}

static enum error_kind show_version(struct request *req, struct response *res)
{
    response_version(res, 7);
    return say_path(req, res);
}

static enum error_kind refuse(struct request *req, struct response *res)
{
    (void)res;
    return fail(req->ctx, BORROW_LIMIT_EXCEEDED, "No.");
}

static enum error_kind eat_memory(struct request *req, struct response *res)
{
    (void)req;
    for (int i = 0; i < ARENA_REQUEST_MAX / 8; i++)
        text_buf_append(&res->body, "0123456789abcdef");
    return OK;
}

static const struct route routes[] = {
    {GET, "/books", ANYONE, UNMANAGED, LIMIT_READ, say_path, "List"},
    {POST, "/books", LIBRARIAN, UNMANAGED, LIMIT_WRITE, echo_note, "Create", .body = note_fields,
     .status = 201, .figures = &figures},
    {GET, "/books/{id}", ANYONE, UNMANAGED, LIMIT_READ, say_path, "Show"},
    {PUT, "/books/{id}", LIBRARIAN, UNMANAGED, LIMIT_WRITE, echo_note, "Edit", .body = note_fields,
     .body_use = FIELDS_EDIT},
    {DELETE, "/books/{id}", ADMIN, UNMANAGED, LIMIT_WRITE, say_nothing, "Archive"},
    {GET, "/books/{id}/copies", ANYONE, UNMANAGED, LIMIT_READ, say_path, "Copies"},
    {GET, "/books/recommended/{memberId}", ANYONE, UNMANAGED, LIMIT_READ, say_path, "Recommended"},
    {GET, "/books/export", ANYONE, UNMANAGED, LIMIT_READ, say_path, "Export"},
    {POST, "/books/{id}/return", ANYONE, UNMANAGED, LIMIT_WRITE, say_nothing, "Return",
     .body = optional_fields},
    {GET, "/versioned", ANYONE, UNMANAGED, LIMIT_READ, show_version, "Version"},
    {GET, "/refused", ANYONE, UNMANAGED, LIMIT_READ, refuse, "No", .figures = &figures},
    {GET, "/greedy", ANYONE, UNMANAGED, LIMIT_READ, eat_memory, "Greedy"},
    {GET, "/health", ANYONE, UNMANAGED, LIMIT_NONE, say_path, "Health", .root = true},
    {0},
};

static const struct route *const tables[] = {routes, NULL};

struct router_test {
    struct http_test http;
    struct router router;
};

static void begin(struct router_test *t)
{
    http_test_begin(&t->http);
    assert_true(router_init(&t->router, tables, NULL, NULL));
}

static void end(struct router_test *t)
{
    router_release(&t->router);
    http_test_end(&t->http);
}

static void ask(struct router_test *t, enum http_method method, const char *path)
{
    t->http.req.method = method;
    t->http.req.path = path;
    router_dispatch(&t->router, &t->http.req, &t->http.res);
}

static void send_json(struct router_test *t, enum http_method method, const char *path, const char *body)
{
    static struct name_value headers[] = {{"Content-Type", "application/json; charset=utf-8"}};

    t->http.req.headers = headers;
    t->http.req.header_count = 1;
    t->http.req.body = body;
    t->http.req.body_length = strlen(body);
    ask(t, method, path);
}

static const char *member(struct router_test *t, const char *name)
{
    return http_test_text(&t->http, http_test_json(&t->http), name);
}

/* ---- tables -------------------------------------------------------------------------------------------- */

static bool is_accepted(const struct route *table)
{
    const struct route *const one[] = {table, NULL};
    struct router router;

    log_set_level(LOG_OFF);
    bool accepted = router_init(&router, one, NULL, NULL);
    log_set_level(LOG_INFO);
    router_release(&router);
    return accepted;
}

static void test_router__refuses_rows_that_break_a_rule(void **state)
{
    const struct route bad[][2] = {
        {{GET, "/a", ACCESS_UNSET, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a", ANYONE, WRITES, LIMIT_READ, say_path, "S"}},
        {{GET, "/a", ANYONE, BULK, LIMIT_READ, say_path, "S", .prepare = say_path}},
        {{POST, "/a", ANYONE, BULK, LIMIT_UPLOAD, say_path, "S"}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, NULL}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, ""}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, NULL, "S"}},
        {{GET, "a", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a/", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a//b", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a/{b", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a/{}", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a/x{b}", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/a/{b}x", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{GET, "/{a}/{b}/{c}/{d}/{e}", ANYONE, READS, LIMIT_READ, say_path, "S"}},
        {{POST, "/a", ANYONE, WRITES, LIMIT_READ, say_path, "S", .body = note_fields}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, "S", .as_csv = true}},
        {{GET, "/a/{id}", LIBRARIAN, READS, LIMIT_READ, say_path, "S", .own = "id"}},
        {{GET, "/a/{id}", MEMBER, READS, LIMIT_READ, say_path, "S", .own = "i"}},
        {{GET, "/a/{id}", MEMBER, READS, LIMIT_READ, say_path, "S", .own = "ids"}},
        {{GET, "/a", MEMBER, READS, LIMIT_READ, say_path, "S", .catalogue = true}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, "S", .committed = say_path}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, "S", .compute = say_path}},
        {{GET, "/a", ANYONE, UNMANAGED, LIMIT_READ, say_path, "S", .compute = say_path}},
        {{GET, "/a", ANYONE, READS, LIMIT_READ, say_path, "S", .prepare = say_path, .follows = true}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (is_accepted(bad[i]))
            FAIL_TEST("row %zu was accepted", i);
    }
}

static void test_router__refuses_two_rows_for_one_address(void **state)
{
    const struct route same[] = {
        {GET, "/a/{id}", ANYONE, READS, LIMIT_READ, say_path, "S"},
        {GET, "/a/{other}", ANYONE, READS, LIMIT_READ, say_path, "S"},
        {0},
    };
    const struct route different[] = {
        {GET, "/a/{id}", ANYONE, READS, LIMIT_READ, say_path, "S"},
        {PUT, "/a/{id}", ANYONE, WRITES, LIMIT_READ, say_path, "S"},
        {GET, "/a/b", ANYONE, READS, LIMIT_READ, say_path, "S"},
        {GET, "/a/{id}", ANYONE, READS, LIMIT_READ, say_path, "S", .root = true},
        {0},
    };

    (void)state;
    assert_false(is_accepted(same));
    assert_true(is_accepted(different));
}

/* ---- finding ------------------------------------------------------------------------------------------- */

static void test_router__finds_literals_before_parameters(void **state)
{
    static const char *const cases[][3] = {
        {"/api/v1/books", "/books", NULL},
        {"/api/v1/books/export", "/books/export", NULL},
        {"/api/v1/books/exports", "/books/{id}", "exports"},
        {"/api/v1/books/recommended", "/books/{id}", "recommended"},
        {"/api/v1/books/recommended/7", "/books/recommended/{memberId}", "7"},
        {"/api/v1/books/8/copies", "/books/{id}/copies", "8"},
        {"/health", "/health", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct router_test t;
        begin(&t);
        ask(&t, GET, cases[i][0]);
        assert_int_equal(t.http.res.status, 200);
        assert_string_equal(member(&t, "route"), cases[i][1]);
        if (cases[i][2])
            assert_string_equal(member(&t, "parameter"), cases[i][2]);
        end(&t);
    }
}

static void test_router__finds_nothing_at_other_addresses(void **state)
{
    static const char *const paths[] = {"/api/v1",
                                        "/api/v1/book",
                                        "/api/v1/books/",
                                        "/api/v1/books//copies",
                                        "/api/v1/books/1/2",
                                        "/api/v1/health",
                                        "/api/v2/books",
                                        "/api/v1books",
                                        "/api"};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct router_test t;
        begin(&t);
        ask(&t, GET, paths[i]);
        assert_int_equal(t.http.res.status, 404);
        assert_string_equal(member(&t, "error_code"), "NOT_FOUND");
        end(&t);
    }
}

static void test_router__says_which_methods_an_address_takes(void **state)
{
    struct router_test t;

    (void)state;
    begin(&t);
    ask(&t, POST, "/api/v1/books/1");
    assert_int_equal(t.http.res.status, 405);
    assert_string_equal(member(&t, "error_code"), "METHOD_NOT_ALLOWED");
    assert_string_equal(response_header_value(&t.http.res, "Allow"), "GET, HEAD, PUT, DELETE");
    end(&t);
}

/* ---- columns ------------------------------------------------------------------------------------------- */

static void test_router__asks_the_anonymous_to_sign_in_and_refuses_the_others(void **state)
{
    struct router_test t;

    (void)state;
    begin(&t);
    t.http.ctx.actor.access = ANYONE;
    ask(&t, DELETE, "/api/v1/books/1");
    assert_int_equal(t.http.res.status, 401);
    assert_non_null(response_header_value(&t.http.res, "WWW-Authenticate"));
    end(&t);
    begin(&t);
    t.http.ctx.actor.access = LIBRARIAN;
    ask(&t, DELETE, "/api/v1/books/1");
    assert_int_equal(t.http.res.status, 403);
    end(&t);
    begin(&t);
    t.http.ctx.actor.access = LOCAL_ADMIN;
    ask(&t, DELETE, "/api/v1/books/1");
    assert_int_equal(t.http.res.status, 204);
    end(&t);
}

static void test_router__checks_the_body_against_its_table(void **state)
{
    struct router_test t;

    (void)state;
    begin(&t);
    send_json(&t, POST, "/api/v1/books", "{\"text\":\"hello\",\"size\":5}");
    assert_int_equal(t.http.res.status, 201);
    assert_string_equal(member(&t, "text"), "hello");
    assert_string_equal(response_header_value(&t.http.res, "ETag"), "\"3\"");
    end(&t);
    begin(&t);
    send_json(&t, POST, "/api/v1/books", "{\"size\":50,\"colour\":\"red\"}");
    assert_int_equal(t.http.res.status, 422);
    assert_int_equal(json_count(json_member(http_test_json(&t.http), "validation_errors")), 3);
    end(&t);
    begin(&t);
    send_json(&t, PUT, "/api/v1/books/1", "{\"size\":5}");
    assert_int_equal(t.http.res.status, 200);
    end(&t);
}

static void test_router__tells_unreadable_bodies_from_wrong_ones(void **state)
{
    static const struct {
        const char *body;
        int status;
    } cases[] = {{"", 400}, {"{", 400}, {"{}x", 400}, {"[]", 422}, {"null", 422}, {"\"text\"", 422}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct router_test t;
        begin(&t);
        send_json(&t, POST, "/api/v1/books", cases[i].body);
        assert_int_equal(t.http.res.status, cases[i].status);
        end(&t);
    }
}

static void test_router__takes_bodies_as_json_only(void **state)
{
    static struct name_value headers[] = {{"Content-Type", "text/plain"}};
    struct router_test t;

    (void)state;
    begin(&t);
    t.http.req.headers = headers;
    t.http.req.header_count = 1;
    t.http.req.body = "{\"text\":\"a\"}";
    t.http.req.body_length = 12;
    ask(&t, POST, "/api/v1/books");
    assert_int_equal(t.http.res.status, 415);
    end(&t);
    begin(&t);
    t.http.req.body = "{\"text\":\"a\"}";
    t.http.req.body_length = 12;
    ask(&t, POST, "/api/v1/books");
    assert_int_equal(t.http.res.status, 415);
    end(&t);
}

static void test_router__lets_a_body_of_optional_fields_be_absent(void **state)
{
    struct router_test t;

    (void)state;
    begin(&t);
    ask(&t, POST, "/api/v1/books/1/return");
    assert_int_equal(t.http.res.status, 204);
    end(&t);
}

static size_t admitted_size(struct router_test *t, enum http_method method, const char *path,
                            const char *length, enum error_kind *out_kind)
{
    struct name_value headers[] = {{"Content-Length", length}};
    size_t max = 0;

    t->http.req.method = method;
    t->http.req.path = path;
    t->http.req.headers = headers;
    t->http.req.header_count = 1;
    *out_kind = router_admit(&t->router, &t->http.req, &t->http.res, &max);
    return max;
}

static void test_router__bounds_a_body_before_it_is_read(void **state)
{
    struct router_test t;
    enum error_kind kind;

    (void)state;
    begin(&t);
    assert_int_equal(admitted_size(&t, POST, "/api/v1/books", "65536", &kind), HTTP_BODY_MAX);
    assert_int_equal(kind, OK);
    (void)admitted_size(&t, POST, "/api/v1/books", "65537", &kind);
    assert_int_equal(kind, ERROR_TOO_LARGE);
    error_clear(&t.http.ctx);
    (void)admitted_size(&t, GET, "/api/v1/books", "1", &kind);
    assert_int_equal(kind, ERROR_TOO_LARGE);
    error_clear(&t.http.ctx);
    (void)admitted_size(&t, GET, "/api/v1/books", "0", &kind);
    assert_int_equal(kind, OK);
    end(&t);
}

/* The tag of /versioned, and the status and whether there is a body for a client that knows `known`. */
static const char *ask_versioned(struct router_test *t, const char *known)
{
    static struct name_value headers[1];

    headers[0] = (struct name_value){"If-None-Match", known};
    t->http.req.headers = headers;
    t->http.req.header_count = 1;
    ask(t, GET, "/api/v1/versioned");
    assert_int_equal(t->http.res.body.length == 0, t->http.res.status == 304);
    return response_header_value(&t->http.res, "ETag");
}

static void test_router__answers_304_to_who_has_the_version(void **state)
{
    /* What a client says it knows: the tag with something before and after it, or something else. */
    static const struct {
        const char *before;
        const char *after;
        bool other;
        int status;
    } cases[] = {
        {"", "", false, 304},    {"W/", "", false, 304},   {"\"6\", ", ", \"8\"", false, 304},
        {"*", "", true, 304},    {"\"6\"", "", true, 200}, {"\"7\"", "", true, 200},
        {"\"a", "", false, 200}, {"", "x", false, 200},    {"x", "", true, 200},
    };
    struct router_test first;
    char tag[64];

    (void)state;
    begin(&first);
    snprintf(tag, sizeof tag, "%s", ask_versioned(&first, ""));
    end(&first);
    /* The version stands first, for If-Match. */
    assert_true(text_starts_with(tag, "\"7-"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct router_test t;
        char known[128];
        begin(&t);
        snprintf(known, sizeof known, "%s%s%s", cases[i].before, cases[i].other ? "" : tag, cases[i].after);
        (void)ask_versioned(&t, known);
        assert_int_equal(t.http.res.status, cases[i].status);
        end(&t);
    }
}

static void test_router__turns_errors_into_replies_and_counts_them(void **state)
{
    struct router_test t;

    (void)state;
    atomic_store(&figures.failed, 0);
    atomic_store(&figures.succeeded, 0);
    begin(&t);
    ask(&t, GET, "/api/v1/refused");
    assert_int_equal(t.http.res.status, 409);
    assert_string_equal(member(&t, "error_code"), "BORROW_LIMIT_EXCEEDED");
    end(&t);
    begin(&t);
    send_json(&t, POST, "/api/v1/books", "{\"text\":\"hello\"}");
    end(&t);
    assert_int_equal(atomic_load(&figures.failed), 1);
    assert_int_equal(atomic_load(&figures.succeeded), 1);
}

static void test_router__answers_when_memory_has_run_out(void **state)
{
    struct router_test t;

    (void)state;
    begin(&t);
    ask(&t, GET, "/api/v1/greedy");
    assert_int_equal(t.http.res.status, 503);
    assert_string_equal(member(&t, "error_code"), "OUT_OF_MEMORY");
    assert_string_equal(member(&t, "correlation_id"), "id-1");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_router__refuses_rows_that_break_a_rule),
        cmocka_unit_test(test_router__refuses_two_rows_for_one_address),
        cmocka_unit_test(test_router__finds_literals_before_parameters),
        cmocka_unit_test(test_router__finds_nothing_at_other_addresses),
        cmocka_unit_test(test_router__says_which_methods_an_address_takes),
        cmocka_unit_test(test_router__asks_the_anonymous_to_sign_in_and_refuses_the_others),
        cmocka_unit_test(test_router__checks_the_body_against_its_table),
        cmocka_unit_test(test_router__tells_unreadable_bodies_from_wrong_ones),
        cmocka_unit_test(test_router__takes_bodies_as_json_only),
        cmocka_unit_test(test_router__lets_a_body_of_optional_fields_be_absent),
        cmocka_unit_test(test_router__bounds_a_body_before_it_is_read),
        cmocka_unit_test(test_router__answers_304_to_who_has_the_version),
        cmocka_unit_test(test_router__turns_errors_into_replies_and_counts_them),
        cmocka_unit_test(test_router__answers_when_memory_has_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
