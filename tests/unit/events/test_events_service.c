/*
 * test_events_service.c — what is told is kept as it was told, and goes when its time is over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

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

#define TEST(name) cmocka_unit_test_setup_teardown(test_events_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_it_was_told),
        TEST(refuses_records_that_are_not_there),
        TEST(names_are_stable),
        TEST(prunes_the_oldest_first_and_no_more_than_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
