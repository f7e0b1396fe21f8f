/*
 * test_openapi.c — the document can be read back, refers only to what it has, and says what the tables say.
 */
#include "http_support.h"

#include <stdio.h>

#include "http/openapi.h"
#include "http/openapi_errors.h"

static const struct column book_columns[] = {
    {"id", COLUMN_UUID, false, "b.uuid", "Id"},
    {"title", COLUMN_TEXT, false, "b.title", "Title"},
    {"year", COLUMN_INTEGER, true, "b.year", "Year"},
    {"shelf.room", COLUMN_TEXT, false, "r.name", "Room"},
    {"shelf.row", COLUMN_INTEGER, false, "r.row", "Row"},
    {"tags", COLUMN_TEXTS, false, "…", "Tags"},
    {0},
};

static const struct list_sort sorts[] = {
    {"title", "b.title", true, false}, {"year", "b.year", false, true}, {0}};

static const char *const kinds[] = {"book", "film", NULL};

static const struct list_filter filters[] = {
    {"kind", FILTER_CHOICE, .choices = kinds, .meaning = "Kind"},
    {".hidden", FILTER_INTEGER, "x = :hidden"},
    {0},
};

static const struct listing books = {
    .name = "Book", .columns = book_columns, .sorts = sorts, .filters = filters, .search = "…"};

static const struct field book_fields[] = {
    {"title", FIELD_TEXT, REQUIRED, 1, 255, 0, "Title"},
    {"year", FIELD_INTEGER, OPTIONAL, -3000, 9999, 0, "Year"},
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Id"},
    {0},
};

static const struct reply_field summary_fields[] = {
    {"book", .row = &books},
    {"last", .row = &books, .nullable = true},
    {"all", .row = &books, .many = true},
    {"count", COLUMN_INTEGER, .meaning = "How many"},
    {0},
};

/* A row's members stand beside others; once as they are, once all of them perhaps null. */
static const struct reply_field beside_fields[] = {
    {"book", .row = &books, .beside = true},
    {"reason", .open = true},
    {0},
};
static const struct reply_field maybe_fields[] = {
    {"book", .row = &books, .beside = true, .nullable = true},
    {0},
};

static const struct reply beside = {"Beside", beside_fields};
static const struct reply maybe = {"Maybe", maybe_fields};
static const struct reply summary = {"Summary", summary_fields};
static const struct reply anything = {"Anything", NULL};

static enum error_kind handle(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    return OK;
}

static const struct route routes[] = {
    {GET, "/books", ANYONE, READS, LIMIT_READ, handle, "List books", .list = &books},
    {POST, "/books", LIBRARIAN, WRITES, LIMIT_WRITE, handle, "Add a book", .body = book_fields, .one = &books,
     .status = 201},
    {GET, "/books/export/csv", LIBRARIAN, READS, LIMIT_READ, handle, "As CSV", .list = &books,
     .as_csv = true},
    {PATCH, "/books/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, handle, "Edit", .body = book_fields,
     .body_use = FIELDS_EDIT, .one = &books},
    {DELETE, "/books/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, handle, "Archive",
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_HAS_ACTIVE_BORROWS, ERR_HAS_HOLDS)},
    {GET, "/settings/{name}", ADMIN, READS, LIMIT_READ, handle, "Show a setting", .reply = &anything},
    {POST, "/books/import/csv", ADMIN, BULK, LIMIT_UPLOAD, handle, "Import", .takes_csv = true,
     .prepare = handle, .reply = &summary},
    {GET, "/health", ANYONE, UNMANAGED, LIMIT_NONE, handle, "Health", .root = true, .during_setup = true},
    {GET, "/members/{id}", MEMBER, READS, LIMIT_READ, handle, "A member", .one = &books, .own = "id"},
    {GET, "/words", ANYONE, READS, LIMIT_READ, handle, "Words", .list = &books, .catalogue = true},
    {POST, "/check", LOCAL_ADMIN, WRITES, LIMIT_WRITE, handle, "Check"},
    {POST, "/beside", LIBRARIAN, WRITES, LIMIT_WRITE, handle, "Beside", .reply = &beside},
    {POST, "/maybe", LIBRARIAN, WRITES, LIMIT_WRITE, handle, "Maybe", .reply = &maybe},
    {0},
};

static const struct json_value *document(struct http_test *t)
{
    static const struct route *const tables[] = {routes, NULL};
    struct router router;

    http_test_begin(t);
    assert_true(router_init(&router, tables, NULL, NULL));
    openapi_write(&router, "1.2.3", &t->res.body);
    router_release(&router);
    return http_test_json(t);
}

static const struct json_value *at(const struct json_value *value, const char *const *path)
{
    for (; *path; path++) {
        value = json_member(value, *path);
        if (!value)
            FAIL_TEST("there is no %s", *path);
    }
    return value;
}

#define AT_PATH(value, ...) at(value, (const char *const[]){__VA_ARGS__, NULL})

static void test_openapi__can_be_read_back(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    assert_string_equal(http_test_text(&t, d, "openapi"), "3.1.0");
    assert_string_equal(http_test_text(&t, json_member(d, "info"), "version"), "1.2.3");
    assert_int_equal(json_count(json_member(d, "paths")), 11);
    http_test_end(&t);
}

static void check_references(struct http_test *t, const struct json_value *d, const struct json_value *value)
{
    static const char prefix[] = "#/components/";

    if (json_type_of(value) == JSON_ARRAY) {
        for (size_t i = 0; i < json_count(value); i++)
            check_references(t, d, json_item(value, i));
    }
    for (size_t i = 0; json_type_of(value) == JSON_OBJECT && i < json_count(value); i++) {
        const char *name = json_member_name(value, i);
        const struct json_value *member = json_member(value, name);
        if (strcmp(name, "$ref") == 0) {
            const char *ref = json_get_text(&t->arena, member);
            assert_true(text_starts_with(ref, prefix));
            const char *slash = strchr(ref + strlen(prefix), '/');
            const char *kind =
                arena_strndup(&t->arena, ref + strlen(prefix), (size_t)(slash - ref) - strlen(prefix));
            (void)AT_PATH(d, "components", kind, slash + 1);
        }
        check_references(t, d, member);
    }
}

static void test_openapi__refers_only_to_what_it_has(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    check_references(&t, d, d);
    http_test_end(&t);
}

static void test_openapi__names_every_operation_once(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    const struct json_value *get = AT_PATH(d, "paths", "/api/v1/books", "get");
    assert_string_equal(http_test_text(&t, get, "operationId"), "get_books");
    assert_string_equal(http_test_text(&t, get, "summary"), "List books");
    assert_string_equal(json_get_text(&t.arena, json_item(json_member(get, "tags"), 0)), "books");
    const struct json_value *edit = AT_PATH(d, "paths", "/api/v1/books/{id}", "patch");
    assert_string_equal(http_test_text(&t, edit, "operationId"), "patch_books_by_id");
    (void)AT_PATH(d, "paths", "/health", "get");
    http_test_end(&t);
}

static const struct json_value *parameter(struct http_test *t, const struct json_value *operation,
                                          const char *name)
{
    const struct json_value *parameters = json_member(operation, "parameters");

    for (size_t i = 0; i < json_count(parameters); i++) {
        if (strcmp(http_test_text(t, json_item(parameters, i), "name"), name) == 0)
            return json_item(parameters, i);
    }
    return NULL;
}

static void test_openapi__documents_the_parameters_of_lists(void **state)
{
    static const char *const names[] = {"limit", "cursor", "offset", "sort_by", "order", "q", "kind"};
    struct http_test t;

    (void)state;
    const struct json_value *list = AT_PATH(document(&t), "paths", "/api/v1/books", "get");
    for (size_t i = 0; i < COUNT(names); i++)
        assert_non_null(parameter(&t, list, names[i]));
    assert_int_equal(json_count(json_member(list, "parameters")), COUNT(names));
    const struct json_value *sort = AT_PATH(parameter(&t, list, "sort_by"), "schema", "enum");
    assert_int_equal(json_count(sort), 2);
    assert_string_equal(json_get_text(&t.arena, json_item(sort, 1)), "year");
    http_test_end(&t);
}

static void test_openapi__knows_which_path_parameters_are_ids(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    const struct json_value *id = parameter(&t, AT_PATH(d, "paths", "/api/v1/books/{id}", "patch"), "id");
    assert_string_equal(http_test_text(&t, json_member(id, "schema"), "format"), "uuid");
    const struct json_value *name =
        parameter(&t, AT_PATH(d, "paths", "/api/v1/settings/{name}", "get"), "name");
    assert_null(json_member(json_member(name, "schema"), "format"));
    http_test_end(&t);
}

static void test_openapi__requires_on_create_and_not_on_edit(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    const struct json_value *create =
        AT_PATH(d, "paths", "/api/v1/books", "post", "requestBody", "content", "application/json", "schema");
    const struct json_value *edit = AT_PATH(d, "paths", "/api/v1/books/{id}", "patch", "requestBody",
                                            "content", "application/json", "schema");
    assert_int_equal(json_count(json_member(create, "required")), 1);
    assert_int_equal(json_count(json_member(edit, "required")), 0);
    assert_int_equal(json_count(json_member(create, "properties")), 3);
    http_test_end(&t);
}

static void test_openapi__nests_rows_and_requires_every_member(void **state)
{
    struct http_test t;
    bool more = true;

    (void)state;
    const struct json_value *book = AT_PATH(document(&t), "components", "schemas", "Book");
    assert_int_equal(json_count(json_member(book, "properties")), 5);
    assert_int_equal(json_count(json_member(book, "required")), 5);
    assert_true(json_get_bool(json_member(book, "additionalProperties"), &more));
    assert_false(more);
    const struct json_value *shelf = AT_PATH(book, "properties", "shelf");
    assert_int_equal(json_count(json_member(shelf, "required")), 2);
    assert_int_equal(json_type_of(AT_PATH(book, "properties", "year", "type")), JSON_ARRAY);
    http_test_end(&t);
}

static void test_openapi__a_rows_members_may_stand_beside_others(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *schemas = AT_PATH(document(&t), "components", "schemas");
    const struct json_value *with = json_member(schemas, "Beside");
    assert_int_equal(json_count(json_member(with, "properties")), 5 + 1);
    assert_int_equal(json_count(json_member(with, "required")), 5 + 1);
    assert_null(json_member(AT_PATH(with, "properties", "reason"), "properties"));
    assert_string_equal(http_test_text(&t, AT_PATH(with, "properties", "reason"), "type"), "object");
    const struct json_value *without = json_member(schemas, "Maybe");
    assert_int_equal(json_type_of(AT_PATH(without, "properties", "title", "type")), JSON_ARRAY);
    assert_int_equal(json_count(AT_PATH(without, "properties", "shelf", "anyOf")), 2);
    assert_int_equal(json_type_of(AT_PATH(with, "properties", "title", "type")), JSON_TEXT);
    http_test_end(&t);
}

static void test_openapi__tells_each_success_and_the_errors(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *d = document(&t);
    (void)AT_PATH(d, "paths", "/api/v1/books", "post", "responses", "201", "content", "application/json");
    (void)AT_PATH(d, "paths", "/api/v1/books", "get", "responses", "200", "content", "text/csv");
    (void)AT_PATH(d, "paths", "/api/v1/books/{id}", "delete", "responses", "204");
    const struct json_value *refusals = AT_PATH(d, "paths", "/api/v1/books/{id}", "delete", "responses");
    (void)AT_PATH(refusals, "401", "$ref");
    assert_string_equal(http_test_text(&t, json_member(refusals, "404"), "$ref"),
                        "#/components/responses/BOOK_NOT_FOUND");
    assert_string_equal(http_test_text(&t, json_member(refusals, "409"), "$ref"),
                        "#/components/responses/HAS_ACTIVE_BORROWS.HAS_HOLDS");
    assert_null(json_member(refusals, "415"));
    assert_null(json_member(refusals, "default"));
    const struct json_value *csv =
        AT_PATH(d, "paths", "/api/v1/books/export/csv", "get", "responses", "200", "content");
    assert_int_equal(json_count(csv), 1);
    (void)AT_PATH(d, "paths", "/api/v1/books/import/csv", "post", "requestBody", "content",
                  "multipart/form-data");
    http_test_end(&t);
}

static void test_openapi__says_who_may_and_how_one_proves_it(void **state)
{
    struct http_test t;
    bool flag = false;

    (void)state;
    const struct json_value *d = document(&t);
    const struct json_value *member = AT_PATH(d, "paths", "/api/v1/members/{id}", "get");
    assert_string_equal(http_test_text(&t, member, "x-access"), "member");
    assert_string_equal(http_test_text(&t, member, "x-own"), "id");
    const struct json_value *ways = json_member(member, "security");
    assert_int_equal(json_count(ways), 2);
    for (size_t i = 0; i < json_count(ways); i++)
        (void)AT_PATH(d, "components", "securitySchemes", json_member_name(json_item(ways, i), 0));
    const struct json_value *words = AT_PATH(d, "paths", "/api/v1/words", "get");
    assert_true(json_get_bool(json_member(words, "x-catalogue"), &flag) && flag);
    assert_int_equal(json_count(json_member(words, "security")), 0);
    assert_null(json_member(words, "x-own"));
    const struct json_value *health = AT_PATH(d, "paths", "/health", "get");
    assert_true(json_get_bool(json_member(health, "x-during-setup"), &flag) && flag);
    assert_int_equal(json_count(AT_PATH(d, "paths", "/api/v1/check", "post", "security")), 0);
    http_test_end(&t);
}

/* A code that is added to the closed list gets its words here, too. */
static void test_openapi__has_words_for_every_code(void **state)
{
    (void)state;
    for (int code = ERR_NONE + 1; code < ERROR_CODE_COUNT; code++) {
        if (!errors_meaning((enum error_code)code))
            FAIL_TEST("%s has no meaning", error_code_name((enum error_code)code));
    }
}

/* The body of a row, made of its field table: what is required and known, nothing of the server's own. */
static void test_openapi__makes_a_body_from_the_field_table(void **state)
{
    struct http_test t;

    (void)state;
    const struct json_value *example = AT_PATH(document(&t), "paths", "/api/v1/books", "post", "requestBody",
                                               "content", "application/json", "example");
    assert_string_equal(http_test_text(&t, example, "title"), "Middlemarch");
    assert_non_null(json_member(example, "year"));
    assert_null(json_member(example, "id"));
    http_test_end(&t);
}

/* Asked for as a request is, in its memory: one MiB and a half, and the document is there more than once while it grows. */
static void test_openapi__answers_with_a_long_document(void **state)
{
    enum { LONG = 3 * 1024 * 1024 / 2 };
    static char about[LONG + 1];
    static const struct route wordy[] = {
        {GET, "/books", ANYONE, READS, LIMIT_READ, handle, "List books", .list = &books, .about = about},
        {GET, "/words", ANYONE, READS, LIMIT_READ, handle, "Words", .list = &books},
        {0},
    };
    static const struct route *const tables[] = {wordy, NULL};
    struct router router;
    struct http_test t;

    (void)state;
    memset(about, 'x', LONG);
    http_test_begin(&t);
    assert_true(router_init(&router, tables, NULL, NULL));
    t.req.router = &router;
    assert_int_equal(openapi_routes[0].handler(&t.req, &t.res), OK);
    assert_false(arena_exhausted(&t.arena));
    assert_true(t.res.static_length > LONG);
    assert_memory_equal((const char *)t.res.static_body + t.res.static_length - 2, "}}", 2);
    router_release(&router);
    http_test_end(&t);
}

static const char *tag_of(const struct router *router, const void **out_bytes)
{
    static char tag[2][100];
    static int turn;
    struct http_test t;

    http_test_begin(&t);
    t.req.router = router;
    assert_int_equal(openapi_routes[0].handler(&t.req, &t.res), OK);
    *out_bytes = t.res.static_body;
    turn = !turn;
    snprintf(tag[turn], sizeof tag[turn], "%s", response_header_value(&t.res, "ETag"));
    http_test_end(&t);
    return tag[turn];
}

static void test_openapi__is_made_once_for_each_router(void **state)
{
    static const struct route few[] = {
        {GET, "/words", ANYONE, READS, LIMIT_READ, handle, "Words", .list = &books}, {0}};
    static const struct route *const few_tables[] = {few, NULL};
    static const struct route *const all_tables[] = {few, openapi_routes, NULL};
    struct router router;
    struct router other;
    const void *first;
    const void *second;

    (void)state;
    assert_true(router_init(&router, few_tables, NULL, NULL));
    assert_true(router_init(&other, all_tables, NULL, NULL));
    assert_string_equal(tag_of(&router, &first), tag_of(&router, &second));
    assert_ptr_equal(first, second);
    assert_string_not_equal(tag_of(&router, &first), tag_of(&other, &second));
    assert_ptr_not_equal(first, second);
    router_release(&router);
    router_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openapi__can_be_read_back),
        cmocka_unit_test(test_openapi__refers_only_to_what_it_has),
        cmocka_unit_test(test_openapi__names_every_operation_once),
        cmocka_unit_test(test_openapi__documents_the_parameters_of_lists),
        cmocka_unit_test(test_openapi__knows_which_path_parameters_are_ids),
        cmocka_unit_test(test_openapi__requires_on_create_and_not_on_edit),
        cmocka_unit_test(test_openapi__nests_rows_and_requires_every_member),
        cmocka_unit_test(test_openapi__a_rows_members_may_stand_beside_others),
        cmocka_unit_test(test_openapi__tells_each_success_and_the_errors),
        cmocka_unit_test(test_openapi__says_who_may_and_how_one_proves_it),
        cmocka_unit_test(test_openapi__has_words_for_every_code),
        cmocka_unit_test(test_openapi__makes_a_body_from_the_field_table),
        cmocka_unit_test(test_openapi__answers_with_a_long_document),
        cmocka_unit_test(test_openapi__is_made_once_for_each_router),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
