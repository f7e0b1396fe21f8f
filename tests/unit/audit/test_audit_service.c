/*
 * test_audit_service.c — who, when and what; and that one record's log never shows another's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "audit/audit_service.h"
#include "db/engine.h"
#include "support/fixture.h"

#define ROWS_MAX 16

/* Actions of the rows that were pushed, in order. */
struct log_sink {
    struct row_sink sink;
    struct arena *arena;
    size_t count;
    const char *actions[ROWS_MAX];
    bool has_entity_uuid[ROWS_MAX];
    struct page_meta meta;
};

static void keep_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct log_sink *log = (struct log_sink *)sink;

    assert_true(log->count < ROWS_MAX);
    for (size_t i = 0; columns[i].name; i++) {
        if (strcmp(columns[i].name, "action") == 0)
            log->actions[log->count] = arena_strdup(log->arena, values[i].text);
        if (strcmp(columns[i].name, "entity_id") == 0)
            log->has_entity_uuid[log->count] = !values[i].is_null;
    }
    log->count++;
}

static void keep_meta(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct log_sink *)sink)->meta = *meta;
}

static struct log_sink log_sink(struct fixture *fixture)
{
    return (struct log_sink){.sink = {.row = keep_row, .page = keep_meta}, .arena = &fixture->arena};
}

static int set_up(void **state)
{
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static void test_audit_service__says_who_when_and_from_where(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    ctx->actor.correlation_id = "abc-1";
    assert_int_equal(audit_act(ctx, "library.checked", "library", NO_NUMBER), OK);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM audit_log WHERE actor = 'test' AND address = 'local'"
                                 " AND correlation_id = 'abc-1' AND action = 'library.checked'"
                                 " AND entity = 'library' AND entity_id IS NULL"
                                 " AND before IS NULL AND after IS NULL"),
                     1);
    assert_true(fixture_int(fixture, "SELECT at FROM audit_log") == ctx->now);
}

static void test_audit_service__keeps_changed_fields_as_json_objects(void **state)
{
    struct fixture *fixture = *state;
    struct field_change second = {.name = "email", .before = NULL, .after = "j@x.org"};
    struct field_change first = {
        .name = "name", .before = "Jane \"J\" Roe", .after = "Jane Poe", .next = &second};

    assert_int_equal(audit_edit(&fixture->ctx, "member.updated", "member", 1, &first), OK);
    assert_int_equal(
        fixture_int(
            fixture,
            "SELECT count(*) FROM audit_log WHERE json_extract(before, '$.name') = 'Jane \"J\" Roe'"
            " AND json_type(before, '$.email') = 'null' AND json_extract(after, '$.name') = 'Jane Poe'"
            " AND json_extract(after, '$.email') = 'j@x.org'"),
        1);
}

static void act_at(struct fixture *fixture, int64_t at, const char *action, const char *entity, int64_t id)
{
    fixture->ctx.now = at;
    assert_int_equal(audit_act(&fixture->ctx, action, entity, id), OK);
}

static void test_audit_service__lists_newest_first(void **state)
{
    struct fixture *fixture = *state;
    struct log_sink log = log_sink(fixture);
    const struct list_query query = {.limit = 2};

    act_at(fixture, 1000, "a", "book", 1);
    act_at(fixture, 2000, "b", "book", 1);
    act_at(fixture, 2000, "c", "book", 2);
    assert_int_equal(audit_list(&fixture->ctx, &query, &log.sink), OK);
    assert_int_equal(log.count, 2);
    assert_string_equal(log.actions[0], "c");
    assert_string_equal(log.actions[1], "b");
    assert_int_equal(log.meta.total, 3);
    assert_true(log.meta.has_more);

    struct log_sink rest = log_sink(fixture);
    const struct list_query next = {.limit = 2, .cursor = log.meta.next_cursor};
    assert_int_equal(audit_list(&fixture->ctx, &next, &rest.sink), OK);
    assert_int_equal(rest.count, 1);
    assert_string_equal(rest.actions[0], "a");
}

static void test_audit_service__filters_by_what_who_and_when(void **state)
{
    struct fixture *fixture = *state;
    static const struct list_parameter filters[][2] = {
        {{"action", "book.added"}, {"entity", "book"}},
        {{"from", "1970-01-01T00:00:02Z"}, {"to", "1970-01-01T00:00:02Z"}},
        {{"actor", "somebody"}, {"entity", "member"}},
    };
    static const char *const expected[] = {"book.added", "book.changed", "member.added"};

    act_at(fixture, 1000, "book.added", "book", 1);
    act_at(fixture, 2000, "book.changed", "book", 1);
    fixture->ctx.actor.name = "somebody";
    act_at(fixture, 3000, "member.added", "member", 1);
    for (size_t i = 0; i < 3; i++) {
        struct log_sink log = log_sink(fixture);
        const struct list_query query = {.limit = 10, .parameters = filters[i], .parameter_count = 2};
        assert_int_equal(audit_list(&fixture->ctx, &query, &log.sink), OK);
        assert_int_equal(log.count, 1);
        assert_string_equal(log.actions[0], expected[i]);
    }
}

static int64_t total_of(struct fixture *fixture, const char *from, const char *to)
{
    const struct list_parameter filters[] = {{"from", from}, {"to", to}};
    const struct list_query query = {.limit = 100, .parameters = filters, .parameter_count = 2};
    struct log_sink log = log_sink(fixture);

    assert_int_equal(audit_list(&fixture->ctx, &query, &log.sink), OK);
    assert_int_equal(log.meta.total, log.count);
    return log.meta.total;
}

static const char *found_last;

static void count_finding(void *argument, const char *finding)
{
    assert_non_null(strstr(finding, "audit log"));
    found_last = finding;
    ++*(int *)argument;
}

static int findings(struct fixture *fixture)
{
    int count = 0;

    assert_int_equal(audit_check(&fixture->ctx, count_finding, &count), OK);
    return count;
}

/* Totals and days are found by ids, so time must not go back in the log, nor a row go missing in its midst. */
static void test_audit_service__stands_in_the_order_of_time_whatever_the_clock_says(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(total_of(fixture, "", ""), 0);
    act_at(fixture, 86400000, "a", "book", 1);
    act_at(fixture, 86400000 - 5000, "b", "book", 1); /* somebody set the clock */
    act_at(fixture, 2 * 86400000, "c", "book", 1);
    act_at(fixture, 3 * 86400000, "d", "book", 1);
    assert_int_equal(fixture_int(fixture, "SELECT at FROM audit_log WHERE action = 'b'"), 86400000);
    assert_int_equal(total_of(fixture, "", ""), 4);
    assert_int_equal(total_of(fixture, "1970-01-02", "1970-01-02"), 2);
    assert_int_equal(total_of(fixture, "1970-01-03", ""), 2);
    assert_int_equal(total_of(fixture, "", "1970-01-03"), 3);
    assert_int_equal(total_of(fixture, "1970-01-05", ""), 0);
    assert_int_equal(total_of(fixture, "", "1970-01-01"), 0);
    assert_int_equal(findings(fixture), 0);

    /* The oldest may be taken away. */
    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM audit_log WHERE id = 1"), OK);
    assert_int_equal(total_of(fixture, "", ""), 3);
    assert_int_equal(total_of(fixture, "", "1970-01-02"), 1);
    assert_int_equal(total_of(fixture, "1970-01-01", "1970-01-03"), 2);
    assert_int_equal(total_of(fixture, "", "1970-01-01"), 0);
    assert_int_equal(findings(fixture), 0);

    assert_int_equal(db_exec(&fixture->ctx, "UPDATE audit_log SET at = 5 WHERE id = 3"), OK);
    assert_int_equal(findings(fixture), 1);
    assert_string_equal(found_last, "The audit log has 1 row earlier than the row before.");
    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM audit_log WHERE id = 3"), OK);
    assert_int_equal(findings(fixture), 1);
    assert_string_equal(found_last, "The audit log lacks 1 of its rows.");
}

static void test_audit_service__one_records_log_is_its_own(void **state)
{
    struct fixture *fixture = *state;
    static const struct list_parameter sly[] = {
        {"entity", "account"}, {".entity_id", "2"}, {"action", "book.added"}};
    struct log_sink all = log_sink(fixture);
    struct log_sink tried = log_sink(fixture);

    act_at(fixture, 1000, "book.added", "book", 1);
    act_at(fixture, 1000, "book.added", "book", 2);
    act_at(fixture, 1000, "account.made", "account", 1);
    act_at(fixture, 1000, "book.changed", "book", 1);
    const struct list_query plain = {.limit = 10};
    assert_int_equal(audit_list_entity(&fixture->ctx, "book", 1, &plain, &all.sink), OK);
    assert_int_equal(all.count, 2);
    assert_int_equal(all.meta.total, 2);
    assert_string_equal(all.actions[0], "book.changed");

    const struct list_query query = {.limit = 10, .parameters = sly, .parameter_count = 3};
    assert_int_equal(audit_list_entity(&fixture->ctx, "book", 1, &query, &tried.sink), OK);
    assert_int_equal(tried.count, 1);
    assert_string_equal(tried.actions[0], "book.added");
}

static void test_audit_service__names_records_by_their_uuid(void **state)
{
    struct fixture *fixture = *state;
    struct log_sink log = log_sink(fixture);
    const struct list_query query = {.limit = 10};

    assert_int_equal(db_exec(&fixture->ctx,
                             "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                             " VALUES (7, randomblob(16), 'c', 'n', 'n', 1, 1)"),
                     OK);
    act_at(fixture, 1000, "library.checked", "library", NO_NUMBER);
    act_at(fixture, 1000, "member.registered", "member", 7);
    assert_int_equal(audit_list(&fixture->ctx, &query, &log.sink), OK);
    assert_true(log.has_entity_uuid[0]);
    assert_false(log.has_entity_uuid[1]);
}

static int64_t actor_id(struct fixture *fixture, const char *name, int64_t own_member, int64_t member)
{
    struct ctx *ctx = &fixture->ctx;
    const struct actor kept = ctx->actor;
    int64_t id;

    ctx->actor.name = name;
    ctx->actor.member_id = own_member;
    assert_int_equal(audit_actor_id(ctx, member, &id), OK);
    ctx->actor = kept;
    return id;
}

static void test_audit_service__numbers_each_name_once_and_nobody_on_their_own_loan(void **state)
{
    struct fixture *fixture = *state;
    int64_t jane = actor_id(fixture, "jane", 0, 5);
    int64_t ben = actor_id(fixture, "ben", 7, 5);

    assert_true(jane != ben && jane > AUDIT_A_READER_ID && ben > AUDIT_A_READER_ID);
    assert_int_equal(actor_id(fixture, "jane", 0, 6), jane);
    assert_int_equal(actor_id(fixture, "ben", 7, NO_NUMBER), ben);
    assert_int_equal(actor_id(fixture, "ben", 7, 7), AUDIT_A_READER_ID);
    assert_int_equal(actor_id(fixture, "carla", 8, 8), AUDIT_A_READER_ID);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM actor WHERE (id, name) IN ((1, 'a reader'))"),
                     1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM actor"), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_audit_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_who_when_and_from_where),
        TEST(keeps_changed_fields_as_json_objects),
        TEST(lists_newest_first),
        TEST(filters_by_what_who_and_when),
        TEST(stands_in_the_order_of_time_whatever_the_clock_says),
        TEST(one_records_log_is_its_own),
        TEST(names_records_by_their_uuid),
        TEST(numbers_each_name_once_and_nobody_on_their_own_loan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
