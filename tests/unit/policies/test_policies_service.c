/*
 * test_policies_service.c — the most specific rule decides, and what lies over the last one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "db/engine.h"
#include "policies/policies_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define ADULT 1
#define STUDENT 2
#define FACULTY 3
#define BOOK 1
#define VIDEO 4

static int set_up(void **state)
{
    settings_forget();
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    settings_forget();
    fixture_free(*state);
    return 0;
}

static void add_rule(struct fixture *fixture, const char *member_type, const char *item_type, int max_loans)
{
    const char *sql = arena_printf(
        &fixture->arena,
        "INSERT INTO loan_rule (uuid, member_type_id, item_type_id, max_loans, loan_days,"
        " max_renewals, hold_limit, fine_per_day) VALUES (randomblob(16), %s, %s, %d, 7, 1, 1, 10)",
        member_type, item_type, max_loans);

    assert_int_equal(db_exec(&fixture->ctx, sql), OK);
}

static struct loan_rule rule_for(struct fixture *fixture, int64_t member_type, int64_t item_type)
{
    struct loan_rule rule = {0};

    assert_int_equal(policies_rule_for(&fixture->ctx, member_type, item_type, &rule), OK);
    return rule;
}

static void assert_decides(struct fixture *fixture, int64_t member_type, int64_t item_type,
                           const char *expected)
{
    struct loan_rule rule = rule_for(fixture, member_type, item_type);

    assert_string_equal(loan_rule_name(&fixture->ctx, &rule), expected);
}

static void give(enum setting id, const char *value)
{
    char *problem = NULL;

    assert_true(settings_override(id, value, SOURCE_ENVIRONMENT, &problem));
}

static void test_policies_service__one_rule_for_all_is_always_there(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule = rule_for(fixture, ADULT, BOOK);

    assert_string_equal(loan_rule_name(&fixture->ctx, &rule), "any × any");
    assert_null(rule.member_type);
    assert_null(rule.item_type);
    assert_int_equal(rule.max_loans, 5);
    assert_int_equal(rule.loan_days, 14);
    assert_int_equal(rule.max_renewals, 2);
    assert_int_equal(rule.hold_limit, 5);
    assert_int_equal(rule.fine_per_day, 100);
    assert_true(rule.fine_cap == NO_NUMBER);
    assert_int_equal(rule.grace_days, 0);
}

/* The rules that a new library has besides any × any. */
static void forget_other_rules(struct fixture *fixture)
{
    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM loan_rule WHERE id > 1"), OK);
}

static void test_policies_service__students_have_fewer_and_teachers_more(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM loan_rule"), 3);
    assert_decides(fixture, STUDENT, BOOK, "student × any");
    assert_int_equal(rule_for(fixture, STUDENT, BOOK).max_loans, 3);
    assert_int_equal(rule_for(fixture, STUDENT, BOOK).hold_limit, 3);
    assert_decides(fixture, FACULTY, BOOK, "faculty × any");
    assert_int_equal(rule_for(fixture, FACULTY, BOOK).max_loans, 10);
}

static void test_policies_service__the_most_specific_rule_decides(void **state)
{
    struct fixture *fixture = *state;

    forget_other_rules(fixture);
    add_rule(fixture, "NULL", "4", 1);
    assert_decides(fixture, STUDENT, VIDEO, "any × video");
    assert_decides(fixture, STUDENT, BOOK, "any × any");
    add_rule(fixture, "2", "NULL", 2);
    assert_decides(fixture, STUDENT, VIDEO, "student × any");
    assert_decides(fixture, ADULT, VIDEO, "any × video");
    add_rule(fixture, "2", "4", 3);
    assert_decides(fixture, STUDENT, VIDEO, "student × video");
    assert_decides(fixture, STUDENT, BOOK, "student × any");
    assert_decides(fixture, STUDENT, 0, "student × any");
    assert_decides(fixture, 0, VIDEO, "any × video");
    assert_decides(fixture, 0, 0, "any × any");
    assert_int_equal(rule_for(fixture, STUDENT, VIDEO).max_loans, 3);
}

static void test_policies_service__overrides_lie_over_the_last_rule_only(void **state)
{
    struct fixture *fixture = *state;

    forget_other_rules(fixture);
    add_rule(fixture, "2", "NULL", 2);
    give(SETTING_MAX_ACTIVE_BORROWS, "9");
    struct loan_rule rule = rule_for(fixture, ADULT, BOOK);
    assert_int_equal(rule.max_loans, 9);
    assert_int_equal(rule.loan_days, 14);
    assert_int_equal(rule.fine_per_day, 100);
    give(SETTING_DEFAULT_BORROW_DURATION_DAYS, "21");
    give(SETTING_DAILY_FINE, "0.50");
    rule = rule_for(fixture, ADULT, BOOK);
    assert_int_equal(rule.loan_days, 21);
    assert_int_equal(rule.fine_per_day, 50);
    rule = rule_for(fixture, STUDENT, BOOK);
    assert_int_equal(rule.max_loans, 2);
    assert_int_equal(rule.loan_days, 7);
    assert_int_equal(rule.fine_per_day, 10);
}

static void test_policies_service__fails_when_the_last_rule_is_missing(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule;

    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM loan_rule"), OK);
    assert_int_equal(policies_rule_for(&fixture->ctx, ADULT, BOOK, &rule), ERROR_INTERNAL);
}

/* The rule over all that a member has never asks what kind of thing it is. */
static void test_policies_service__one_rule_bounds_all_that_a_member_has(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule = {0};

    add_rule(fixture, "NULL", "4", 1);
    add_rule(fixture, "2", "4", 2);
    assert_int_equal(policies_total_rule_for(&fixture->ctx, STUDENT, &rule), OK);
    assert_string_equal(loan_rule_name(&fixture->ctx, &rule), "student × any");
    assert_int_equal(policies_total_rule_for(&fixture->ctx, ADULT, &rule), OK);
    assert_string_equal(loan_rule_name(&fixture->ctx, &rule), "any × any");
    assert_int_equal(policies_total_rule_for(&fixture->ctx, 0, &rule), OK);
    assert_string_equal(loan_rule_name(&fixture->ctx, &rule), "any × any");
}

/* ---- rules come and go ----------------------------------------------------------------------------- */

static const struct loan_rule three_videos = {.item_type = "video",
                                              .max_loans = 3,
                                              .loan_days = 7,
                                              .fine_per_day = 25,
                                              .fine_cap = NO_NUMBER,
                                              .grace_days = NO_NUMBER};

static int64_t add(struct fixture *fixture, struct loan_rule rule)
{
    int64_t id = 0;

    assert_int_equal(policies_add(&fixture->ctx, &rule, &id), OK);
    return id;
}

static void test_policies_service__a_new_rule_decides(void **state)
{
    struct fixture *fixture = *state;
    int64_t id = add(fixture, three_videos);
    struct loan_rule rule = rule_for(fixture, ADULT, VIDEO);

    assert_int_equal(rule.id, id);
    assert_int_equal(rule.max_loans, 3);
    assert_int_equal(rule.grace_days, 0);
    assert_true(rule.fine_cap == NO_NUMBER);
    assert_decides(fixture, STUDENT, VIDEO, "student × any");
    assert_decides(fixture, ADULT, BOOK, "any × any");
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM audit_log WHERE action = 'loan_rule.added'"
                                 " AND after = '{\"item_type\":\"video\","
                                 "\"max_loans\":\"3\",\"loan_days\":\"7\",\"max_renewals\":\"0\","
                                 "\"hold_limit\":\"0\",\"fine_per_day\":\"0.25\",\"grace_days\":\"0\"}'"),
                     1);
}

static void assert_taken(struct fixture *fixture, struct loan_rule rule)
{
    int64_t id = -1;

    assert_int_equal(policies_add(&fixture->ctx, &rule, &id), ERROR_CONFLICT);
    assert_true(fixture->ctx.error.code == ERR_DUPLICATE_RULE);
    assert_int_equal(id, -1);
    fixture_next(fixture);
}

static void test_policies_service__two_types_have_one_rule_at_most(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, three_videos);
    assert_taken(fixture, three_videos);
    assert_taken(fixture, (struct loan_rule){.member_type = "student"});
    assert_taken(fixture, (struct loan_rule){.max_loans = 1});
    add(fixture, (struct loan_rule){.member_type = "student", .item_type = "video"});
}

static void test_policies_service__a_rule_names_types_that_are_there(void **state)
{
    struct fixture *fixture = *state;
    const struct loan_rule rule = {.member_type = "wizard", .item_type = "broom"};
    int64_t id;

    assert_int_equal(policies_add(&fixture->ctx, &rule, &id), ERROR_INVALID);
    assert_string_equal(fixture->ctx.error.fields->field, "member_type");
    assert_string_equal(fixture->ctx.error.fields->next->field, "item_type");
}

static void test_policies_service__a_removed_rule_decides_no_more_and_keeps_its_row(void **state)
{
    struct fixture *fixture = *state;
    int64_t id = add(fixture, three_videos);
    struct loan_rule rule = rule_for(fixture, ADULT, VIDEO);

    assert_int_equal(policies_remove(&fixture->ctx, &rule.uuid), OK);
    assert_decides(fixture, ADULT, VIDEO, "any × any");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM loan_rule WHERE deleted_at IS NOT NULL"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'loan_rule.removed'"
                                          " AND before LIKE '%\"video\"%'"),
                     1);
    assert_int_equal(policies_remove(&fixture->ctx, &rule.uuid), ERROR_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(policies_find(&fixture->ctx, &rule.uuid, &rule), ERROR_NOT_FOUND);
    fixture_next(fixture);
    assert_true(add(fixture, three_videos) != id);
    assert_decides(fixture, ADULT, VIDEO, "any × video");
}

static void test_policies_service__the_last_rule_stays(void **state)
{
    struct fixture *fixture = *state;
    const struct loan_rule rule = rule_for(fixture, 0, 0);

    assert_int_equal(policies_remove(&fixture->ctx, &rule.uuid), ERROR_CONFLICT);
    assert_true(fixture->ctx.error.code == ERR_RULE_IN_USE);
    fixture_next(fixture);
    assert_decides(fixture, ADULT, BOOK, "any × any");
}

/* ---- edits ------------------------------------------------------------------------------------------- */

static void test_policies_service__an_edit_leaves_an_audit_row(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule = rule_for(fixture, 0, 0);

    rule.max_loans = 7;
    rule.fine_cap = 2000;
    assert_int_equal(policies_update(&fixture->ctx, &rule.uuid, &rule), OK);
    rule = rule_for(fixture, ADULT, BOOK);
    assert_int_equal(rule.max_loans, 7);
    assert_int_equal(rule.fine_cap, 2000);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'loan_rule.updated'"
                                          " AND entity = 'loan_rule' AND entity_id = 1"
                                          " AND before = '{\"max_loans\":\"5\",\"fine_cap\":null}'"
                                          " AND after = '{\"max_loans\":\"7\",\"fine_cap\":\"20.00\"}'"),
                     1);
    assert_int_equal(policies_update(&fixture->ctx, &rule.uuid, &rule), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log"), 1);
}

static void test_policies_service__refuses_to_store_what_an_override_decides(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule = {0};

    give(SETTING_MAX_ACTIVE_BORROWS, "9");
    rule = rule_for(fixture, 0, 0);
    rule.max_loans = 3;
    assert_int_equal(policies_update(&fixture->ctx, &rule.uuid, &rule), ERROR_CONFLICT);
    assert_string_equal(
        fixture->ctx.error.detail,
        "max_loans is decided by CARREL_MAX_ACTIVE_BORROWS: storing another value would change nothing.");
    assert_string_equal(fixture->ctx.error.reasons->text, "max_loans");
}

static void test_policies_service__other_edits_do_not_store_the_override(void **state)
{
    struct fixture *fixture = *state;
    struct loan_rule rule;

    give(SETTING_MAX_ACTIVE_BORROWS, "9");
    rule = rule_for(fixture, 0, 0);
    rule.loan_days = 28;
    assert_int_equal(policies_update(&fixture->ctx, &rule.uuid, &rule), OK);
    assert_int_equal(fixture_int(fixture, "SELECT max_loans FROM loan_rule WHERE id = 1"), 5);
    assert_int_equal(fixture_int(fixture, "SELECT loan_days FROM loan_rule WHERE id = 1"), 28);
}

static void test_policies_service__an_unknown_rule_is_not_found(void **state)
{
    struct fixture *fixture = *state;
    const struct uuid nothing = uuid_new(1);
    struct loan_rule rule = {0};

    assert_int_equal(policies_find(&fixture->ctx, &nothing, &rule), ERROR_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(policies_update(&fixture->ctx, &nothing, &rule), ERROR_NOT_FOUND);
}

/* ---- lists ----------------------------------------------------------------------------------------- */

struct rules_sink {
    struct row_sink sink;
    size_t rows;
    int64_t max_loans[4];
    bool page;
};

static void keep_rule(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct rules_sink *rules = (struct rules_sink *)sink;

    for (size_t i = 0; columns[i].name; i++)
        if (strcmp(columns[i].name, "max_loans") == 0)
            rules->max_loans[rules->rows] = values[i].number;
    rules->rows++;
}

static void keep_page(struct row_sink *sink, const struct page_meta *meta)
{
    struct rules_sink *rules = (struct rules_sink *)sink;

    assert_int_equal(meta->total, rules->rows);
    rules->page = true;
}

static void test_policies_service__lists_show_rules_as_they_are_in_force(void **state)
{
    struct fixture *fixture = *state;
    struct rules_sink rules = {.sink = {.row = keep_rule, .page = keep_page}};
    struct rules_sink one = {.sink = {.row = keep_rule}};
    const struct list_query query = {.limit = 20};

    forget_other_rules(fixture);
    add_rule(fixture, "2", "NULL", 2);
    give(SETTING_MAX_ACTIVE_BORROWS, "9");
    assert_int_equal(policies_list_rules(&fixture->ctx, &query, &rules.sink), OK);
    assert_int_equal(rules.rows, 2);
    assert_int_equal(rules.max_loans[0], 9);
    assert_int_equal(rules.max_loans[1], 2);
    assert_true(rules.page);
    assert_int_equal(policies_show_rule(&fixture->ctx, 1, &one.sink), OK);
    assert_int_equal(one.max_loans[0], 9);
}

static void test_policies_service__lists_the_types_of_things(void **state)
{
    struct fixture *fixture = *state;
    struct rules_sink items = {.sink = {.row = keep_rule, .page = keep_page}};
    const struct list_query query = {.limit = 20};

    assert_int_equal(policies_list_item_types(&fixture->ctx, &query, &items.sink), OK);
    assert_int_equal(items.rows, 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_policies_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_rule_for_all_is_always_there),
        TEST(the_most_specific_rule_decides),
        TEST(students_have_fewer_and_teachers_more),
        TEST(one_rule_bounds_all_that_a_member_has),
        TEST(a_new_rule_decides),
        TEST(two_types_have_one_rule_at_most),
        TEST(a_rule_names_types_that_are_there),
        TEST(a_removed_rule_decides_no_more_and_keeps_its_row),
        TEST(the_last_rule_stays),
        TEST(overrides_lie_over_the_last_rule_only),
        TEST(fails_when_the_last_rule_is_missing),
        TEST(an_edit_leaves_an_audit_row),
        TEST(refuses_to_store_what_an_override_decides),
        TEST(other_edits_do_not_store_the_override),
        TEST(an_unknown_rule_is_not_found),
        TEST(lists_show_rules_as_they_are_in_force),
        TEST(lists_the_types_of_things),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
