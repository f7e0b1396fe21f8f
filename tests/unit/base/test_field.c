/*
 * test_field.c — field tables: one set of rules for JSON bodies, CSV cells, differences.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours (base/error.h) has the name */

#include "base/clock.h"
#include "base/field.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/uuid.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct facts {
    const char *title;
    const char *note;
    const char *email;
    const char *phone;
    const char *state;
    int64_t copies;
    bool loud;
    int64_t price;
    struct uuid book;
    int64_t born;
    int64_t at;
    struct text_list tags;
    struct object_list parts;
};

struct part {
    const char *name;
    int64_t pages;
};

static const struct field part_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, 5, AT(struct part, name), "Name"},
    {"pages", FIELD_INTEGER, OPTIONAL, 1, 9, AT(struct part, pages), "Pages"},
    {0},
};

static const char *const states[] = {"open", "closed", NULL};

static const struct field fields[] = {
    {"title", FIELD_TEXT, REQUIRED, 2, 5, AT(struct facts, title), "Title"},
    {"note", FIELD_TEXT, OPTIONAL, 0, 5, AT(struct facts, note), "Note"},
    {"email", FIELD_EMAIL, OPTIONAL, 0, 0, AT(struct facts, email), "Email"},
    {"phone", FIELD_PHONE, OPTIONAL, 0, 0, AT(struct facts, phone), "Phone"},
    {"state", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct facts, state), "State", .choices = states},
    {"copies", FIELD_INTEGER, OPTIONAL, 1, 1000, AT(struct facts, copies), "Copies"},
    {"loud", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct facts, loud), "Loud"},
    {"price", FIELD_MONEY, OPTIONAL, 0, 100000, AT(struct facts, price), "Price"},
    {"book", FIELD_UUID, OPTIONAL, 0, 0, AT(struct facts, book), "Book"},
    {"born", FIELD_DAY, OPTIONAL, 0, 0, AT(struct facts, born), "Born"},
    {"at", FIELD_INSTANT, OPTIONAL, 0, 0, AT(struct facts, at), "At"},
    {"tags", FIELD_TEXTS, OPTIONAL, 1, 4, AT(struct facts, tags), "Tags", .most = 3},
    {"parts", FIELD_OBJECTS, OPTIONAL, 0, 0, AT(struct facts, parts), "Parts", .most = 2,
     .fields = part_fields, .size = sizeof(struct part)},
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Id"},
    {0},
};

struct test {
    struct arena arena;
    struct ctx ctx;
    struct facts facts;
};

static void begin(struct test *t)
{
    arena_init(&t->arena, ARENA_REQUEST_MAX);
    t->ctx = (struct ctx){.arena = &t->arena, .currency_exponent = 2};
    t->facts = (struct facts){
        .copies = NO_NUMBER, .price = NO_NUMBER, .born = NO_NUMBER, .at = NO_NUMBER, .note = "kept"};
}

static void end(struct test *t)
{
    arena_release(&t->arena);
}

static const struct json_value *parse(struct test *t, const char *json)
{
    const char *why;
    const struct json_value *value = json_parse(&t->arena, json, strlen(json), &why);

    assert_non_null(value);
    return value;
}

static enum error_kind check(struct test *t, enum field_use use, const char *json)
{
    error_clear(&t->ctx);
    return fields_check(&t->ctx, fields, use, parse(t, json));
}

static const struct field_error *wrong(struct test *t, const char *json)
{
    if (check(t, FIELDS_EDIT, json) != ERROR_INVALID) {
        print_error("let through: %s\n", json);
        _fail(__FILE__, __LINE__);
    }
    return t->ctx.error.fields;
}

static void test_field__stores_what_is_given(void **state)
{
    struct test t;
    const char *json = "{\"title\":\" Dune \",\"email\":\"a.b+c@x-y.example\",\"phone\":\"+49 (0)30-1234\","
                       "\"state\":\"closed\",\"copies\":3,\"loud\":true,\"price\":12.5,"
                       "\"book\":\"01020304-0506-0708-090a-0b0c0d0e0f10\",\"born\":\"2026-03-02\","
                       "\"at\":\"2026-03-02T10:00:00Z\",\"tags\":[\"a\",\"\",\"b\"],\"id\":5}";

    (void)state;
    begin(&t);
    assert_int_equal(check(&t, FIELDS_CREATE, json), OK);
    fields_store(&t.ctx, fields, parse(&t, json), &t.facts);
    assert_string_equal(t.facts.title, "Dune");
    assert_string_equal(t.facts.note, "kept");
    assert_string_equal(t.facts.email, "a.b+c@x-y.example");
    assert_string_equal(t.facts.phone, "+49 (0)30-1234");
    assert_string_equal(t.facts.state, "closed");
    assert_int_equal(t.facts.copies, 3);
    assert_true(t.facts.loud);
    assert_int_equal(t.facts.price, 1250);
    assert_int_equal(t.facts.book.bytes[15], 16);
    assert_int_equal(t.facts.born, 20514);
    assert_int_equal(t.facts.at, 1772445600000);
    assert_int_equal(t.facts.tags.count, 2);
    assert_string_equal(t.facts.tags.items[1], "b");
    end(&t);
}

static void test_field__stores_lists_of_objects(void **state)
{
    struct test t;
    const char *json = "{\"parts\":[{\"name\":\"One\",\"pages\":3},{\"name\":\" Two\"}]}";

    (void)state;
    begin(&t);
    assert_int_equal(check(&t, FIELDS_EDIT, json), OK);
    fields_store(&t.ctx, fields, parse(&t, json), &t.facts);
    const struct part *parts = t.facts.parts.items;
    assert_int_equal(t.facts.parts.count, 2);
    assert_string_equal(parts[0].name, "One");
    assert_int_equal(parts[0].pages, 3);
    assert_string_equal(parts[1].name, "Two");
    assert_int_equal(parts[1].pages, 0);
    assert_int_equal(check(&t, FIELDS_EDIT, "{\"parts\":[]}"), OK);
    fields_store(&t.ctx, fields, parse(&t, "{\"parts\":[]}"), &t.facts);
    assert_int_equal(t.facts.parts.count, 0);
    end(&t);
}

static void assert_wrong_at(struct test *t, const char *json, const char *name, const char *type)
{
    const struct field_error *error = wrong(t, json);

    assert_string_equal(error->field, name);
    assert_string_equal(error->type, type);
}

static void test_field__names_what_is_wrong_within_a_list_of_objects(void **state)
{
    struct test t;

    (void)state;
    begin(&t);
    assert_wrong_at(&t, "{\"parts\":{}}", "parts", "list");
    assert_wrong_at(&t, "{\"parts\":\"x\"}", "parts", "list");
    assert_wrong_at(&t, "{\"parts\":[{\"name\":\"a\"},7]}", "parts[1]", "object");
    assert_wrong_at(&t, "{\"parts\":[{}]}", "parts[0].name", "missing");
    assert_wrong_at(&t, "{\"parts\":[{\"name\":\"a\",\"size\":1}]}", "parts[0].size", "unknown");
    assert_wrong_at(&t, "{\"parts\":[{\"name\":\"a\"},{\"name\":\"b\",\"pages\":10}]}", "parts[1].pages",
                    "too_large");
    assert_wrong_at(&t, "{\"parts\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}", "parts",
                    "too_many");
    const struct field_error *first = wrong(&t, "{\"parts\":[{\"name\":\"too long\"},{\"pages\":0}]}");
    assert_string_equal(first->field, "parts[0].name");
    assert_string_equal(first->next->field, "parts[1].name");
    assert_string_equal(first->next->next->field, "parts[1].pages");
    assert_null(first->next->next->next);
    end(&t);
}

static void test_field__clears_what_is_null_or_empty(void **state)
{
    struct test t;
    const char *json =
        "{\"note\":\"\",\"email\":\"\",\"copies\":null,\"price\":null,\"tags\":null,\"loud\":null}";

    (void)state;
    begin(&t);
    t.facts =
        (struct facts){.email = "a@b.example", .copies = 5, .price = 5, .loud = true, .tags = {.count = 1}};
    assert_int_equal(check(&t, FIELDS_EDIT, json), OK);
    fields_store(&t.ctx, fields, parse(&t, json), &t.facts);
    assert_string_equal(t.facts.note, "");
    assert_null(t.facts.email);
    assert_true(t.facts.copies == NO_NUMBER);
    assert_true(t.facts.price == NO_NUMBER);
    assert_int_equal(t.facts.tags.count, 0);
    assert_true(t.facts.loud);
    end(&t);
}

static void test_field__requires_on_create_and_not_on_edit(void **state)
{
    static const char *const without[] = {"{}", "{\"title\":null}", "{\"title\":\"\"}", "{\"title\":\"  \"}"};
    struct test t;

    (void)state;
    begin(&t);
    for (size_t i = 0; i < COUNT(without); i++) {
        assert_int_equal(check(&t, FIELDS_CREATE, without[i]), ERROR_INVALID);
        assert_string_equal(t.ctx.error.fields->type, "missing");
        assert_string_equal(t.ctx.error.fields->message, "is required");
        assert_string_equal(t.ctx.error.fields->where, "body");
    }
    assert_int_equal(check(&t, FIELDS_EDIT, "{}"), OK);
    assert_int_equal(check(&t, FIELDS_EDIT, "{\"title\":null}"), ERROR_INVALID);
    end(&t);
}

static void test_field__treats_no_body_as_one_without_members(void **state)
{
    struct test t;

    (void)state;
    begin(&t);
    assert_int_equal(fields_check(&t.ctx, fields, FIELDS_EDIT, NULL), OK);
    assert_int_equal(fields_check(&t.ctx, fields, FIELDS_CREATE, NULL), ERROR_INVALID);
    end(&t);
}

static void test_field__refuses_bodies_that_are_no_objects(void **state)
{
    static const char *const bodies[] = {"[]", "null", "5", "\"x\"", "true"};
    struct test t;

    (void)state;
    begin(&t);
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_int_equal(check(&t, FIELDS_EDIT, bodies[i]), ERROR_INVALID);
    end(&t);
}

static void test_field__names_all_wrong_members_at_once(void **state)
{
    struct test t;
    size_t count = 0;

    (void)state;
    begin(&t);
    for (const struct field_error *e =
             wrong(&t, "{\"title\":\"x\",\"copies\":0,\"colour\":1,\"email\":\"x\"}");
         e; e = e->next)
        count++;
    assert_int_equal(count, 4);
    end(&t);
}

static void test_field__says_in_plain_words_what_is_wrong(void **state)
{
    static const char *const cases[][3] = {
        {"{\"title\":\"longer\"}", "too_long", "must be at most 5 characters"},
        {"{\"title\":\"x\"}", "too_short", "must be at least 2 characters"},
        {"{\"title\":5}", "text", "must be text"},
        {"{\"email\":\"x\"}", "email", "must be a valid e-mail address"},
        {"{\"phone\":\"12\"}", "phone", "must be a valid phone number"},
        {"{\"state\":\"ajar\"}", "choice", "must be one of: open, closed"},
        {"{\"copies\":1001}", "too_large", "must be at most 1000"},
        {"{\"copies\":0}", "too_small", "must be at least 1"},
        {"{\"copies\":true}", "integer", "must be a whole number"},
        {"{\"copies\":3.0}", "integer", "must be a whole number"},
        {"{\"copies\":\"3\"}", "integer", "must be a whole number"},
        {"{\"loud\":\"yes\"}", "bool", "must be true or false"},
        {"{\"loud\":1}", "bool", "must be true or false"},
        {"{\"price\":1.005}", "money", "must be an amount of money with at most 2 decimals"},
        {"{\"price\":\"x\"}", "money", "must be an amount of money with at most 2 decimals"},
        {"{\"price\":[]}", "money", "must be an amount of money with at most 2 decimals"},
        {"{\"price\":-1}", "too_small", "must be at least 0.00"},
        {"{\"price\":1000.01}", "too_large", "must be at most 1000.00"},
        {"{\"book\":\"5\"}", "uuid", "must be a valid id (UUID)"},
        {"{\"born\":\"2026-02-30\"}", "day", "must be a date like 2026-11-22"},
        {"{\"at\":\"2026-02-03\"}", "instant", "must be a date and time like 2026-11-22T09:30:00Z"},
        {"{\"tags\":\"a\"}", "list", "must be a list of texts"},
        {"{\"tags\":[1]}", "list", "must be a list of texts"},
        {"{\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", "too_many", "must be at most 3"},
        {"{\"tags\":[\"abcde\"]}", "too_long", "each must be at most 4 characters"},
        {"{\"colour\":1}", "unknown", "is not a known field"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct test t;
        begin(&t);
        const struct field_error *e = wrong(&t, cases[i][0]);
        assert_string_equal(e->type, cases[i][1]);
        assert_string_equal(e->message, cases[i][2]);
        end(&t);
    }
}

static void test_field__counts_characters_not_bytes(void **state)
{
    struct test t;

    (void)state;
    begin(&t);
    assert_int_equal(check(&t, FIELDS_EDIT, "{\"title\":\"äöüßé\"}"), OK);
    end(&t);
}

static void test_field__knows_addresses_from_other_texts(void **state)
{
    static const char *const good[] = {"a@b.de", "first.last@sub.example.org", "o'neil+x@ex-ample.co",
                                       "1@2.example"};
    static const char *const bad[] = {
        "@b.de",   "a@",      "a@b",   "a.@b.de",     ".a@b.de",        "a..b@c.de", "a b@c.de",
        "a@b..de", "a@-b.de", "a@b.d", "a@127.0.0.1", "a@b.de ,c@d.de", "a@b_c.de",  "a@b@c.de"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct test t;
        begin(&t);
        const char *json = arena_printf(&t.arena, "{\"email\":\"%s\"}", good[i]);
        if (check(&t, FIELDS_EDIT, json) != OK) {
            print_error("refused: %s\n", good[i]);
            _fail(__FILE__, __LINE__);
        }
        end(&t);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct test t;
        begin(&t);
        assert_string_equal(wrong(&t, arena_printf(&t.arena, "{\"email\":\"%s\"}", bad[i]))->type, "email");
        end(&t);
    }
}

static void test_field__reads_money_exactly_from_numbers_and_texts(void **state)
{
    static const struct {
        const char *json;
        int64_t minor;
    } cases[] = {{"{\"price\":12.1}", 1210},
                 {"{\"price\":\"12.10\"}", 1210},
                 {"{\"price\":12}", 1200},
                 {"{\"price\":0.29}", 29}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct test t;
        begin(&t);
        assert_int_equal(check(&t, FIELDS_EDIT, cases[i].json), OK);
        fields_store(&t.ctx, fields, parse(&t, cases[i].json), &t.facts);
        assert_int_equal(t.facts.price, cases[i].minor);
        end(&t);
    }
}

static void test_field__reads_cells_by_the_same_rules(void **state)
{
    static const char *const good[][2] = {{"title", "Dune"}, {"copies", "12"},   {"loud", "YES"},
                                          {"price", "9.99"}, {"tags", "a; b;c"}, {"born", "2026-03-02"}};
    static const char *const bad[][2] = {{"title", "longer"}, {"copies", "0"},    {"copies", "x"},
                                         {"loud", "2"},       {"price", "9.999"}, {"born", "x"},
                                         {"tags", "a;b;c;d"}, {"email", "x"}};
    struct test t;
    const char *problem = NULL;

    (void)state;
    begin(&t);
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(field_store_text(&t.ctx, field_find(fields, good[i][0]), good[i][1], &t.facts, &problem));
    assert_int_equal(t.facts.copies, 12);
    assert_true(t.facts.loud);
    assert_int_equal(t.facts.price, 999);
    assert_int_equal(t.facts.tags.count, 3);
    assert_string_equal(t.facts.tags.items[1], "b");
    for (size_t i = 0; i < COUNT(bad); i++) {
        problem = NULL;
        assert_false(field_store_text(&t.ctx, field_find(fields, bad[i][0]), bad[i][1], &t.facts, &problem));
        assert_non_null(problem);
    }
    assert_string_equal(t.facts.title, "Dune");
    assert_int_equal(t.facts.copies, 12);
    assert_true(field_store_text(&t.ctx, field_find(fields, "copies"), "", &t.facts, &problem));
    assert_int_equal(t.facts.copies, 12);
    end(&t);
}

static void test_field__finds_fields_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(field_find(fields, "note"), &fields[1]);
    assert_null(field_find(fields, "colour"));
}

static void test_field__tells_what_an_edit_changed(void **state)
{
    struct test t;
    const char *tags[] = {"a", "b"};

    (void)state;
    begin(&t);
    struct facts after = t.facts;
    assert_null(fields_changes(&t.ctx, fields, &t.facts, &after));
    after.note = NULL;
    after.price = 1250;
    after.tags = (struct text_list){tags, 2};
    const struct field_change *change = fields_changes(&t.ctx, fields, &t.facts, &after);
    assert_string_equal(change->name, "note");
    assert_string_equal(change->before, "kept");
    assert_null(change->after);
    change = change->next;
    assert_string_equal(change->name, "price");
    assert_null(change->before);
    assert_string_equal(change->after, "12.50");
    change = change->next;
    assert_string_equal(change->name, "tags");
    assert_string_equal(change->before, "[]");
    assert_string_equal(change->after, "[\"a\",\"b\"]");
    assert_null(change->next);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field__stores_lists_of_objects),
        cmocka_unit_test(test_field__names_what_is_wrong_within_a_list_of_objects),
        cmocka_unit_test(test_field__stores_what_is_given),
        cmocka_unit_test(test_field__clears_what_is_null_or_empty),
        cmocka_unit_test(test_field__requires_on_create_and_not_on_edit),
        cmocka_unit_test(test_field__treats_no_body_as_one_without_members),
        cmocka_unit_test(test_field__refuses_bodies_that_are_no_objects),
        cmocka_unit_test(test_field__names_all_wrong_members_at_once),
        cmocka_unit_test(test_field__says_in_plain_words_what_is_wrong),
        cmocka_unit_test(test_field__counts_characters_not_bytes),
        cmocka_unit_test(test_field__knows_addresses_from_other_texts),
        cmocka_unit_test(test_field__reads_money_exactly_from_numbers_and_texts),
        cmocka_unit_test(test_field__reads_cells_by_the_same_rules),
        cmocka_unit_test(test_field__finds_fields_by_name),
        cmocka_unit_test(test_field__tells_what_an_edit_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
