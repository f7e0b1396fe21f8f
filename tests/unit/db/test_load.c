/*
 * test_load.c — a function becomes a table's rows; the indexes of the schema go and come back as they were.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "db/engine_internal.h"
#include "db/load.h"
#include "support/fixture.h"

static struct fixture *fixture;

static int start(void **state)
{
    (void)state;
    fixture = fixture_new();
    assert_int_equal(db_exec(&fixture->ctx, "COMMIT"), OK);
    db_close(fixture->ctx.db);
    assert_int_equal(db_open(&fixture->ctx, fixture->path, DB_BUILD, &fixture->ctx.db), OK);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

struct numbers {
    int64_t next, count;
    char name[32];
};

static const char *const type_columns[] = {"code", "name", NULL};

/* Names of 100, 101 …; a code of NULL for the unlucky thirteenth when there are so many. */
static bool next_type(void *argument, struct load_value *row)
{
    struct numbers *numbers = argument;
    if (numbers->next == numbers->count)
        return false;
    snprintf(numbers->name, sizeof numbers->name, "type %d", 100 + (int)numbers->next++);
    *row++ = load_text(numbers->next == 13 ? NULL : numbers->name);
    *row = load_text(numbers->name);
    return true;
}

static void test_load__inserts_what_the_function_says(void **state)
{
    (void)state;
    struct numbers numbers = {.count = 12};
    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM member_type"), OK);
    assert_int_equal(db_load(&fixture->ctx, "member_type", type_columns, next_type, &numbers), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member_type"), 12);
    assert_int_equal(fixture_int(fixture, "SELECT id FROM member_type WHERE code = 'type 111'"), 12);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member_type WHERE code = name"), 12);
}

static void test_load__takes_no_rows_too(void **state)
{
    (void)state;
    struct numbers numbers = {0};
    assert_int_equal(db_load(&fixture->ctx, "item_type", type_columns, next_type, &numbers), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM item_type"), 7); /* the schema's */
}

static const char *const hold_columns[] = {"uuid",      "book_id",  "member_id", "place",
                                           "placed_at", "ready_at", "placed_by", NULL};

/* One hold with a blob, numbers, a NULL and a text. */
static bool next_hold(void *argument, struct load_value *row)
{
    static const uint8_t uuid[UUID_BYTES] = {1, 2, 3};
    struct numbers *numbers = argument;
    if (numbers->next++ == numbers->count)
        return false;
    *row++ = load_bytes(uuid, sizeof uuid);
    for (int i = 1; i <= 3; i++)
        *row++ = load_int(i * INT64_C(1000000007));
    *row++ = load_number(-1);
    *row++ = load_number(NO_NUMBER);
    *row = load_text("Zoë");
    return true;
}

static void test_load__keeps_every_kind_of_value(void **state)
{
    (void)state;
    struct numbers numbers = {.count = 1};
    assert_int_equal(db_load(&fixture->ctx, "hold", hold_columns, next_hold, &numbers), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM hold WHERE id = 1 "
                                          "AND hex(uuid) = '01020300000000000000000000000000' "
                                          "AND place = 3000000021 AND ready_at IS NULL "
                                          "AND placed_at = -1 AND placed_by = 'Zoë' AND status = 'waiting'"),
                     1);
}

static void test_load__says_when_a_row_cannot_be(void **state)
{
    (void)state;
    struct numbers numbers = {.count = 20};
    struct numbers two = {.count = 2};
    assert_int_equal(db_load(&fixture->ctx, "item_type", type_columns, next_type, &numbers), ERROR_INTERNAL);
    assert_int_equal(numbers.next, 13); /* NOT NULL */
    error_clear(&fixture->ctx);
    assert_int_equal(db_load(&fixture->ctx, "hold", hold_columns, next_hold, &two), ERROR_INTERNAL);
}

static void test_load__indexes_come_back_as_they_were(void **state)
{
    (void)state;
    const char *all = "SELECT sum(length(sql) * 31 + unicode(name)) FROM sqlite_schema WHERE type = 'index'";
    const char *count = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    int64_t before = fixture_int(fixture, all), number = fixture_int(fixture, count);
    struct load_index *indexes;
    int64_t taken = 0;
    assert_true(number > 20);
    assert_int_equal(db_take_indexes(&fixture->ctx, &indexes), OK);
    assert_int_equal(fixture_int(fixture, count), 0);
    for (const struct load_index *index = indexes; index; index = index->next, taken++)
        assert_int_equal(db_make_index(&fixture->ctx, index), OK);
    assert_int_equal(taken, number);
    assert_int_equal(fixture_int(fixture, all), before);
}

static void test_load__builds_without_a_journal_and_gives_that_up_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(fixture_int(fixture, "PRAGMA synchronous"), 0);
    assert_int_equal(fixture_int(fixture, "PRAGMA foreign_keys"), 0);
    assert_int_equal(fixture_int(fixture, "SELECT journal_mode = 'off' FROM pragma_journal_mode"), 1);
    assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM member_type"), OK);
    db_close(fixture->ctx.db);
    assert_int_equal(db_open(&fixture->ctx, fixture->path, DB_WRITE, &fixture->ctx.db), OK);
    assert_int_equal(db_accept(&fixture->ctx), OK);
    assert_int_equal(fixture_int(fixture, "PRAGMA synchronous"), 2);
    assert_int_equal(fixture_int(fixture, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member_type"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_load__inserts_what_the_function_says),
        TEST(test_load__takes_no_rows_too),
        TEST(test_load__keeps_every_kind_of_value),
        TEST(test_load__says_when_a_row_cannot_be),
        TEST(test_load__indexes_come_back_as_they_were),
        TEST(test_load__builds_without_a_journal_and_gives_that_up_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
