/*
 * test_events_service.c — what is told is kept as it was told, and goes when its time is over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine.h"
#include "events/events_service.h"
#include "support/fixture.h"

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

static void record_at(struct fixture *fixture, int64_t now, const char *detail)
{
    fixture->ctx.now = now;
    assert_int_equal(events_record(&fixture->ctx,
                                   &(struct event_fact){.type = EVENT_CATALOGUE_IMPORTED, .detail = detail}),
                     OK);
}

static void test_events_service__keeps_what_it_was_told(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    assert_int_equal(db_exec(ctx,
                             "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                             " VALUES (7, randomblob(16), 'c', 'n', 'n', 1, 1)"),
                     OK);
    assert_int_equal(events_record(ctx, &(struct event_fact){.type = EVENT_MEMBER_STATUS_CHANGED,
                                                             .member_id = 7,
                                                             .detail = "suspended"}),
                     OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'MemberStatusChanged'"
                                          " AND member_id = 7 AND book_id IS NULL AND borrow_id IS NULL"
                                          " AND detail = 'suspended' AND length(uuid) = 16"),
                     1);
    assert_true(fixture_int(fixture, "SELECT at FROM event") == ctx->now);
}

static void test_events_service__refuses_records_that_are_not_there(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(
        events_record(&fixture->ctx, &(struct event_fact){.type = EVENT_BOOK_ADDED, .book_id = 99}),
        ERROR_INTERNAL);
}

static void test_events_service__names_are_stable(void **state)
{
    (void)state;
    assert_string_equal(event_type_name(EVENT_BOOK_ADDED), "BookAdded");
    assert_string_equal(event_type_name(EVENT_BOOK_ISSUED), "BookIssued");
    assert_string_equal(event_type_name(EVENT_LIBRARY_SEEDED), "LibrarySeeded");
}

static void test_events_service__prunes_the_oldest_first_and_no_more_than_asked(void **state)
{
    struct fixture *fixture = *state;
    int64_t removed = -1;

    record_at(fixture, 3000, "third");
    record_at(fixture, 1000, "first");
    record_at(fixture, 2000, "second");
    record_at(fixture, 4000, "fourth");
    assert_int_equal(events_prune(&fixture->ctx, 4000, 2, &removed), OK);
    assert_int_equal(removed, 2);
    assert_int_equal(fixture_int(fixture, "SELECT min(at) FROM event"), 3000);
    assert_int_equal(events_prune(&fixture->ctx, 4000, 2, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(events_prune(&fixture->ctx, 4000, 2, &removed), OK);
    assert_int_equal(removed, 0);
    assert_int_equal(fixture_int(fixture, "SELECT at FROM event"), 4000);
}

/* ---- those who act on them ------------------------------------------------------------------------------- */

struct heard {
    int count;
    char details[EVENT_CONSUMED_AT_ONCE * 2][8];
    int fails_at; /* the how-manieth is refused; 0: none */
};

static enum error_kind hear(struct ctx *ctx, void *argument, const struct consumed_event *event)
{
    struct heard *heard = argument;

    (void)snprintf(heard->details[heard->count++], sizeof heard->details[0], "%s",
                   event->detail ? event->detail : "");
    return heard->fails_at == heard->count ? fail(ctx, BUSY, "Not now.") : OK;
}

static enum error_kind consume(struct fixture *fixture, struct heard *heard, bool *out_more)
{
    *heard = (struct heard){.fails_at = heard->fails_at};
    return events_consume(&fixture->ctx, "test", hear, heard, out_more);
}

static int64_t place_of_test(struct fixture *fixture)
{
    return fixture_int(fixture, "SELECT event_id FROM event_consumer WHERE name = 'test'");
}

static void test_events_consume__a_new_name_begins_after_the_newest(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more = true;

    record_at(fixture, 1000, "before");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 0);
    assert_false(more);
    record_at(fixture, 2000, "after");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.details[0], "after");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 0);
}

static void test_events_consume__hands_all_out_in_their_order_some_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more;
    char detail[8];

    assert_int_equal(consume(fixture, &heard, &more), OK);
    for (int i = 0; i < EVENT_CONSUMED_AT_ONCE + 3; i++) {
        (void)snprintf(detail, sizeof detail, "%d", i);
        record_at(fixture, 9000 - i,
                  detail); /* a job that takes long writes with the time at which it began */
    }
    int next = 0;
    do {
        assert_int_equal(consume(fixture, &heard, &more), OK);
        assert_in_range(heard.count, 1, EVENT_CONSUMED_AT_ONCE); /* a slow machine takes fewer at a time */
        for (int i = 0; i < heard.count; i++)
            assert_int_equal(strtol(heard.details[i], NULL, 10), next++);
    } while (more);
    assert_int_equal(next, EVENT_CONSUMED_AT_ONCE + 3);
}

static void test_events_consume__what_fails_comes_again(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more;

    assert_int_equal(consume(fixture, &heard, &more), OK);
    record_at(fixture, 1000, "one");
    record_at(fixture, 2000, "two");
    heard.fails_at = 2;
    assert_int_equal(consume(fixture, &heard, &more), ERROR_BUSY);
    assert_int_equal(place_of_test(fixture), 0);
    fixture_next(fixture);
    heard.fails_at = 0;
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.details[0], "one");
    assert_int_equal(place_of_test(fixture), 2);
}

static void test_events_consume__the_place_goes_with_the_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more;

    assert_int_equal(consume(fixture, &heard, &more), OK);
    record_at(fixture, 1000, "one");
    fixture_commit(fixture);
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(place_of_test(fixture), 1);
    db_reset_statements(fixture->ctx.db);
    assert_int_equal(db_exec(&fixture->ctx, "ROLLBACK; BEGIN IMMEDIATE"), OK); /* killed before COMMIT */
    assert_int_equal(place_of_test(fixture), 0);
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.details[0], "one");
}

static void test_events_consume__nobody_to_act_passes_all_over(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more;

    assert_int_equal(consume(fixture, &heard, &more), OK);
    record_at(fixture, 1000, "one");
    assert_int_equal(events_has_more(&fixture->ctx, "test", &more), OK);
    assert_true(more);
    assert_int_equal(events_consume(&fixture->ctx, "test", NULL, NULL, &more), OK);
    assert_int_equal(events_has_more(&fixture->ctx, "test", &more), OK);
    assert_false(more);
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 0);
}

static void test_events_consume__types_of_a_newer_program_are_passed_over(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    bool more;

    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(db_exec(&fixture->ctx, "INSERT INTO event (uuid, at, type) VALUES"
                                            " (randomblob(16), 1, 'RobotArrived')"),
                     OK);
    record_at(fixture, 1000, "one");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.details[0], "one");
}

#define KEEP_MS ((int64_t)EVENT_KEEP_DAYS * MS_PER_DAY)

static void test_events_prune__what_was_not_acted_on_stays_for_a_while(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    int64_t removed;
    bool more;

    record_at(fixture, 1000, "passed");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    record_at(fixture, 2000, "waits");
    record_at(fixture, 3000, "waits too");
    record_at(fixture, 4000, "newest");
    assert_int_equal(events_prune(&fixture->ctx, 5000, 100, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT min(at) FROM event"), 2000);
    /* Twice as late: whoever has not acted by now does not keep it. */
    assert_int_equal(events_prune(&fixture->ctx, 3000 + KEEP_MS, 100, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.details[0], "waits t");
}

static void test_events_prune__numbers_are_not_given_again(void **state)
{
    struct fixture *fixture = *state;
    struct heard heard = {0};
    int64_t removed;
    bool more;

    record_at(fixture, 1000, "one");
    record_at(fixture, 2000, "two");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(events_prune(&fixture->ctx, 10 * KEEP_MS, 100, &removed), OK);
    record_at(fixture, 3000, "three");
    assert_int_equal(consume(fixture, &heard, &more), OK);
    assert_int_equal(heard.count, 1);
    assert_string_equal(heard.details[0], "three");
}

static void test_event_types__are_found_by_their_names(void **state)
{
    (void)state;
    assert_int_equal(event_type_of("BookAdded"), EVENT_BOOK_ADDED);
    assert_int_equal(event_type_of("LibrarySeeded"), EVENT_LIBRARY_SEEDED);
    assert_int_equal(event_type_of("bookadded"), EVENT_NONE);
    assert_int_equal(event_type_of(""), EVENT_NONE);
}

#define CONSUME(name) cmocka_unit_test_setup_teardown(test_events_consume__##name, set_up, tear_down)
#define PRUNE(name) cmocka_unit_test_setup_teardown(test_events_prune__##name, set_up, tear_down)
#define TEST(name) cmocka_unit_test_setup_teardown(test_events_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_it_was_told),
        TEST(refuses_records_that_are_not_there),
        TEST(names_are_stable),
        TEST(prunes_the_oldest_first_and_no_more_than_asked),
        CONSUME(a_new_name_begins_after_the_newest),
        CONSUME(hands_all_out_in_their_order_some_at_a_time),
        CONSUME(what_fails_comes_again),
        CONSUME(the_place_goes_with_the_transaction),
        CONSUME(nobody_to_act_passes_all_over),
        CONSUME(types_of_a_newer_program_are_passed_over),
        PRUNE(what_was_not_acted_on_stays_for_a_while),
        PRUNE(numbers_are_not_given_again),
        cmocka_unit_test(test_event_types__are_found_by_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
