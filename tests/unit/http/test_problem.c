/*
 * test_problem.c — the one shape of errors, and the status number of every kind.
 */
#include "http_support.h"

#include "base/log.h"
#include "http/problem.h"

static void test_problem__has_detail_code_and_correlation_id(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    problem_write(&t.req, &t.res, fail(&t.ctx, MEMBER_NOT_FOUND, "Member \"%s\" not found.", "x"));
    const struct json_value *body = http_test_json(&t);
    assert_int_equal(t.res.status, 404);
    assert_int_equal(json_count(body), 3);
    assert_string_equal(http_test_text(&t, body, "detail"), "Member \"x\" not found.");
    assert_string_equal(http_test_text(&t, body, "error_code"), "MEMBER_NOT_FOUND");
    assert_string_equal(http_test_text(&t, body, "correlation_id"), "id-1");
    http_test_end(&t);
}

static void test_problem__tells_the_reason(void **state)
{
    struct http_test t;
    int64_t loans = 0;

    (void)state;
    http_test_begin(&t);
    error_reason_text(&t.ctx, "rule", "adult × book");
    error_reason_int(&t.ctx, "max_loans", 5);
    problem_write(&t.req, &t.res, fail(&t.ctx, BORROW_LIMIT_EXCEEDED, "Enough."));
    const struct json_value *reason = json_member(http_test_json(&t), "reason");
    assert_int_equal(t.res.status, 409);
    assert_string_equal(http_test_text(&t, reason, "rule"), "adult × book");
    assert_true(json_get_int(json_member(reason, "max_loans"), &loans));
    assert_int_equal(loans, 5);
    http_test_end(&t);
}

static void test_problem__lists_all_wrong_fields(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    error_field(&t.ctx, "body", "email", "email", "must be a valid e-mail address");
    error_field(&t.ctx, "body", "name", "missing", "is required");
    problem_write(&t.req, &t.res, error_check_fields(&t.ctx));
    const struct json_value *wrong = json_member(http_test_json(&t), "validation_errors");
    assert_int_equal(t.res.status, 422);
    assert_int_equal(json_count(wrong), 2);
    const struct json_value *loc = json_member(json_item(wrong, 0), "loc");
    assert_int_equal(json_count(loc), 2);
    assert_string_equal(json_get_text(&t.arena, json_item(loc, 0)), "body");
    assert_string_equal(json_get_text(&t.arena, json_item(loc, 1)), "email");
    assert_string_equal(http_test_text(&t, json_item(wrong, 1), "msg"), "is required");
    assert_string_equal(http_test_text(&t, json_item(wrong, 1), "type"), "missing");
    http_test_end(&t);
}

static void test_problem__never_shows_what_went_wrong_inside(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    log_set_level(LOG_OFF);
    problem_write(&t.req, &t.res, fail(&t.ctx, INTERNAL, "no such column: secret"));
    log_set_level(LOG_INFO);
    assert_int_equal(t.res.status, 500);
    assert_string_equal(http_test_text(&t, http_test_json(&t), "detail"), "An unexpected error occurred");
    assert_null(strstr(http_test_body(&t), "secret"));
    http_test_end(&t);
}

static void test_problem__replaces_what_the_reply_held(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    json_object_begin(response_json(&t.res));
    json_member_text(response_json(&t.res), "half", "a reply");
    response_header(&t.res, "ETag", "\"1\"");
    t.res.content_type = "text/plain";
    problem_write(&t.req, &t.res, fail(&t.ctx, CONFLICT, "No."));
    assert_null(strstr(http_test_body(&t), "half"));
    assert_null(response_header_value(&t.res, "ETag"));
    assert_null(t.res.content_type);
    http_test_end(&t);
}

static void test_problem__knows_the_status_of_every_kind(void **state)
{
    static const struct {
        enum error_kind kind;
        int status;
    } kinds[] = {{ERROR_MALFORMED, 400},    {ERROR_UNAUTHENTICATED, 401}, {ERROR_FORBIDDEN, 403},
                 {ERROR_NOT_FOUND, 404},    {ERROR_METHOD, 405},          {ERROR_CONFLICT, 409},
                 {ERROR_PRECONDITION, 412}, {ERROR_TOO_LARGE, 413},       {ERROR_MEDIA_TYPE, 415},
                 {ERROR_INVALID, 422},      {ERROR_RATE_LIMITED, 429},    {ERROR_BUSY, 503},
                 {ERROR_INTERNAL, 500}};

    (void)state;
    log_set_level(LOG_OFF);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(problem_status(kinds[i].kind), kinds[i].status);
        /* A handler that failed without saying why still gives a whole error. */
        problem_write(&t.req, &t.res, kinds[i].kind);
        assert_int_equal(t.res.status, kinds[i].status);
        assert_non_null(http_test_text(&t, http_test_json(&t), "error_code"));
        http_test_end(&t);
    }
    log_set_level(LOG_INFO);
}

static void test_problem__tells_when_to_come_back(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    problem_write(&t.req, &t.res, fail(&t.ctx, BUSY, "Later."));
    assert_string_equal(response_header_value(&t.res, "Retry-After"), "1");
    http_test_end(&t);
}

static void test_problem__keeps_the_methods_an_address_takes(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    problem_write(&t.req, &t.res, ERROR_METHOD);
    assert_string_equal(response_header_value(&t.res, "Allow"), "GET, HEAD, POST, PUT, PATCH, DELETE");
    response_clear(&t.res);
    response_header(&t.res, "Allow", "GET");
    problem_write(&t.req, &t.res, ERROR_METHOD);
    assert_string_equal(response_header_value(&t.res, "Allow"), "GET");
    http_test_end(&t);
}

static void test_problem__is_written_even_without_memory(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    t.arena.max = 1;
    (void)arena_alloc(&t.arena, 64);
    assert_true(arena_exhausted(&t.arena));
    t.req.correlation_id = "a \"quoted\" one";
    problem_write(&t.req, &t.res, ERROR_BUSY);
    assert_int_equal(t.res.status, 503);
    assert_string_equal(http_test_text(&t, http_test_json(&t), "error_code"), "OUT_OF_MEMORY");
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problem__has_detail_code_and_correlation_id),
        cmocka_unit_test(test_problem__tells_the_reason),
        cmocka_unit_test(test_problem__lists_all_wrong_fields),
        cmocka_unit_test(test_problem__never_shows_what_went_wrong_inside),
        cmocka_unit_test(test_problem__replaces_what_the_reply_held),
        cmocka_unit_test(test_problem__knows_the_status_of_every_kind),
        cmocka_unit_test(test_problem__tells_when_to_come_back),
        cmocka_unit_test(test_problem__keeps_the_methods_an_address_takes),
        cmocka_unit_test(test_problem__is_written_even_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
