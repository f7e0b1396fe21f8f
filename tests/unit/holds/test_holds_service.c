/*
 * test_holds_service.c — whose turn it is: lending, taking in, expiring, each on a library of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */
#include "copies/shelves_service.h"
#include "db/engine_internal.h"
#include "holds_support.h"

static const char *reason(const char *key)
{
    for (const struct error_reason *one = ctx->error.reasons; one; one = one->next)
        if (strcmp(one->key, key) == 0)
            return one->text ? one->text : arena_printf(ctx->arena, "%lld", (long long)one->number);
    return "(none)";
}

static struct hold_turn take_in(const struct copy *which)
{
    const struct copy copy = copy_now(which->id);
    struct hold_turn turn;

    fixture_next(fixture);
    assert_int_equal(holds_take_in(ctx, &copy, &turn), OK);
    return turn;
}

static struct hold hold_now(const struct hold *hold)
{
    struct hold now = {0};

    fixture_next(fixture);
    assert_int_equal(placing_find(ctx, &hold->uuid, &now), OK);
    return now;
}

static void suspend(const struct hold *hold, int64_t until)
{
    const struct hold_suspension suspension = {true, until};
    struct hold out;

    fixture_next(fixture);
    assert_int_equal(placing_suspend(ctx, &hold->uuid, &suspension, &out), OK);
}

static bool may(const struct member *member, const struct book *book, const struct copy *copy)
{
    struct hold_claim claim;

    enum error_kind kind = check_lend(member, book, copy, NULL, &claim);
    if (kind != OK)
        assert_code(kind, ERR_HELD_FOR_ANOTHER);
    return kind == OK;
}

/* ---- lending -------------------------------------------------------------------------------------------- */

static void test_holds_service__without_holds_everybody_may_take_a_copy(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);

    assert_true(may(&jane, &book, &copy));
    assert_true(may(&jane, &book, NULL));
}

static void test_holds_service__the_first_as_many_as_there_are_copies_have_a_claim(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member first = register_member("First");
    struct member second = register_member("Second");
    struct member third = register_member("Third");
    struct member nobody = register_member("Nobody");
    struct copy copy = copy_of(&book, 0);

    place(&book, &first);
    assert_true(may(&nobody, &book, &copy)); /* two copies, one waits */
    struct hold held = place(&book, &second);
    place(&book, &third);
    assert_true(may(&first, &book, &copy));
    assert_true(may(&second, &book, NULL));
    assert_false(may(&third, &book, &copy));
    assert_string_equal(reason("own_position"), "3");
    assert_false(may(&nobody, &book, NULL));
    assert_string_equal(reason("hold_position"), "1");
    assert_string_equal(reason("holds_waiting"), "3");
    assert_string_equal(reason("available_copies"), "2");
    assert_string_equal(reason("placed_at"), "2026-03-02T10:00:00.000Z");
    assert_string_equal(reason("own_position"), "(none)");
    assert_non_null(strstr(ctx->error.detail, "First"));
    suspend(&held, NO_NUMBER);
    assert_true(may(&third, &book, &copy));
    assert_false(may(&second, &book, &copy)); /* who steps aside has no claim */
}

static void test_holds_service__a_suspension_ends_on_its_day(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member away = register_member("Away");
    struct member next = register_member("Next");
    struct hold held = place(&book, &away);
    int32_t today = clock_day_of(ctx->now);
    int64_t waiting;

    place(&book, &next);
    suspend(&held, today + 2);
    assert_int_equal(holds_wait_count(ctx, book.id, 0, &waiting), OK);
    assert_int_equal(waiting, 1);
    ctx->now += MS_PER_DAY;
    assert_true(may(&next, &book, NULL));
    ctx->now += MS_PER_DAY;
    assert_false(may(&next, &book, NULL));
    assert_true(may(&away, &book, NULL));
    assert_int_equal(holds_wait_count(ctx, book.id, next.id, &waiting), OK);
    assert_int_equal(waiting, 1);
    assert_int_equal(holds_wait_count(ctx, book.id, 0, &waiting), OK);
    assert_int_equal(waiting, 2);
}

static void test_holds_service__a_reader_does_not_learn_who_is_first(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member first = register_member("Amina Okafor");
    struct member other = register_member("Other");
    struct hold_claim claim;
    struct copy copy = copy_of(&book, 0);

    place(&book, &first);
    ctx->actor.access = MEMBER;
    assert_code(check_lend(&other, &book, NULL, NULL, &claim), ERR_HELD_FOR_ANOTHER);
    assert_null(strstr(ctx->error.detail, "Amina"));
    assert_non_null(strstr(ctx->error.detail, "another reader"));
    take_in(&copy);
    assert_code(check_lend(&other, &book, &copy, NULL, &claim), ERR_HELD_FOR_ANOTHER);
    assert_null(strstr(ctx->error.detail, "Amina"));
    /* … and cannot say that it has a reason. */
    assert_code(check_lend(&other, &book, &copy, "I want it", &claim), ERR_HELD_FOR_ANOTHER);
    ctx->actor.access = LIBRARIAN;
    assert_code(check_lend(&other, &book, &copy, "", &claim), ERR_HELD_FOR_ANOTHER);
    assert_non_null(strstr(ctx->error.detail, "Amina Okafor"));
    assert_string_equal(reason("hold_position"), "0");
    assert_string_equal(reason("pickup_until"), "2026-03-09");
    assert_int_equal(check_lend(&other, &book, &copy, "promised by telephone", &claim), OK);
    assert_int_equal(claim.hold_id, 0);
}

static void test_holds_service__a_loan_fulfils_the_own_hold(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);
    struct hold held = place(&book, &jane);
    struct hold_claim claim;

    assert_int_equal(holds_own(ctx, jane.id, book.id, &claim), OK);
    assert_int_equal(claim.hold_id, held.id);
    assert_false(claim.ready);
    take_in(&copy);
    assert_int_equal(holds_own(ctx, jane.id, book.id, &claim), OK);
    assert_true(claim.ready);
    assert_int_equal(claim.copy_id, copy.id);
    assert_int_equal(lend(&jane, &copy, NULL), OK);
    assert_int_equal(hold_now(&held).status, HOLD_FULFILLED);
    assert_int_equal(
        ask("SELECT borrow_id IS NOT NULL AND copy_id IS NOT NULL FROM hold WHERE id =", held.id), 1);
    assert_int_equal(
        ask("SELECT count(*) FROM event WHERE type = 'HoldFulfilled' AND borrow_id IS NOT NULL AND member_id =",
            jane.id),
        1);
    assert_int_equal(holds_own(ctx, jane.id, book.id, &claim), OK);
    assert_int_equal(claim.hold_id, 0);
    assert_library_true();
}

static void test_holds_service__another_copy_than_the_one_set_aside_lets_that_one_pass_on(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member jane = register_member("Jane");
    struct member next = register_member("Next");
    struct copy shelved = copy_of(&book, 0);
    struct copy other = copy_of(&book, 1);

    place(&book, &jane);
    take_in(&shelved);
    struct hold second = place(&book, &next);
    assert_int_equal(lend(&jane, &other, NULL), OK); /* though somebody waits: one comes free for it */
    assert_int_equal(hold_now(&second).status, HOLD_READY);
    assert_int_equal(hold_now(&second).copy_id, shelved.id);
    assert_library_true();
}

static void test_holds_service__an_override_lets_the_other_hold_wait_again_in_its_place(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member first = register_member("First");
    struct member second = register_member("Second");
    struct member other = register_member("Other");
    struct copy copy = copy_of(&book, 0);
    struct hold held = place(&book, &first);

    place(&book, &second);
    take_in(&copy);
    assert_code(lend(&other, &copy, NULL), ERR_HELD_FOR_ANOTHER);
    assert_code(lend(&second, &copy, NULL), ERR_HELD_FOR_ANOTHER);
    assert_int_equal(lend(&other, &copy, "promised"), OK);
    assert_int_equal(hold_now(&held).status, HOLD_WAITING);
    assert_int_equal(
        ask("SELECT count(*) FROM event WHERE type = 'HoldWaitsAgain' AND member_id =", first.id),
        1); /* or they come in vain */
    assert_library_true();
    assert_int_equal(take_back(&copy).hold_id, held.id);
}

/* Both of a title are set aside; one reader takes the other's by override: that one gets what was left behind. */
static void test_holds_service__who_lost_a_copy_gets_the_one_that_is_left_behind(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member first = register_member("First");
    struct member second = register_member("Second");
    struct member third = register_member("Third");
    struct copy copies[] = {copy_of(&book, 0), copy_of(&book, 1)};
    struct hold held = place(&book, &first);

    place(&book, &second);
    struct hold behind = place(&book, &third);
    take_in(&copies[0]);
    take_in(&copies[1]);
    assert_int_equal(lend(&second, &copies[0], "the better print"), OK);
    assert_int_equal(hold_now(&held).status, HOLD_READY);
    assert_int_equal(hold_now(&held).copy_id, copies[1].id);
    assert_int_equal(hold_now(&behind).status, HOLD_WAITING);
    assert_library_true();
}

/* ---- taking in ------------------------------------------------------------------------------------------ */

static void test_holds_service__what_comes_free_goes_to_the_first_that_counts(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member away = register_member("Away");
    struct member jane = register_member("Jane Roe");
    struct copy copy = copy_of(&book, 0);
    struct member reader = register_member("Reader");

    assert_int_equal(lend(&reader, &copy, NULL), OK);
    struct hold aside = place(&book, &away);
    struct hold held = place(&book, &jane);
    suspend(&aside, NO_NUMBER);
    struct hold_turn turn = take_back(&copy);
    assert_int_equal(turn.hold_id, held.id);
    assert_string_equal(turn.member_name, "Jane Roe");
    assert_string_equal(turn.card, jane.facts.card);
    assert_int_equal(turn.pickup_day, clock_day_of(ctx->now) + 7);
    assert_int_equal(copy_now(copy.id).status, COPY_ON_HOLD_SHELF);
    assert_int_equal(book_now(book.id).available_copies, 0);
    assert_int_equal(
        ask("SELECT detail = '2026-03-09' FROM event WHERE type = 'HoldReady' AND member_id =", jane.id), 1);
    struct hold_turn shown;
    assert_int_equal(holds_of_copy(ctx, copy.id, &shown), OK);
    assert_int_equal(shown.hold_id, held.id);
    assert_library_true();
}

static void change_status(const struct member *member, const char *status)
{
    const struct member_status_change change = {.status = status, .suspended_until = NO_NUMBER};
    struct member now;

    fixture_next(fixture);
    assert_int_equal(members_find_by_id(ctx, member->id, &now), OK);
    assert_int_equal(members_change_status(ctx, &now, &change, NO_NUMBER), OK);
}

static void test_holds_service__who_may_not_borrow_is_passed_over_and_keeps_the_place(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member barred = register_member("Barred");
    struct member ended = register_member("Ended");
    struct member jane = register_member("Jane Roe");
    struct copy copy = copy_of(&book, 0);
    struct member reader = register_member("Reader");
    struct hold_claim claim;

    assert_int_equal(lend(&reader, &copy, NULL), OK);
    struct hold first = place(&book, &barred);
    place(&book, &ended);
    struct hold last = place(&book, &jane);
    change_status(&barred, "suspended");
    assert_int_equal(
        db_exec(ctx, arena_printf(ctx->arena, "UPDATE member SET expires_on = %d WHERE id = %lld",
                                  clock_day_of(ctx->now) - 1, (long long)ended.id)),
        OK);
    assert_int_equal(take_back(&copy).hold_id, last.id);
    struct hold cancelled;
    assert_int_equal(placing_cancel(ctx, &last.uuid, &cancelled), OK);
    assert_int_equal(copy_now(copy.id).status, COPY_AVAILABLE); /* nobody is left who counts */
    assert_int_equal(check_lend(&reader, &book, &copy, NULL, &claim), OK);
    change_status(&barred, "active");
    assert_code(check_lend(&reader, &book, &copy, NULL, &claim), ERR_HELD_FOR_ANOTHER);
    assert_int_equal(take_in(&copy).hold_id, first.id);
    assert_library_true();
}

static void test_holds_service__what_nobody_waits_for_is_available(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);

    assert_int_equal(lend(&jane, &copy, NULL), OK);
    assert_int_equal(take_back(&copy).hold_id, 0);
    assert_int_equal(copy_now(copy.id).status, COPY_AVAILABLE);
    int64_t version = copy_now(copy.id).version;
    assert_int_equal(take_in(&copy).hold_id, 0);
    assert_int_equal(copy_now(copy.id).version, version); /* nothing was to do */
    assert_library_true();
}

static void test_holds_service__a_copy_that_is_gone_lets_its_hold_wait_again(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);
    struct hold held = place(&book, &jane);

    take_in(&copy);
    assert_int_equal(holds_copy_gone(ctx, copy.id), OK);
    struct copy gone = copy_now(copy.id);
    assert_int_equal(copies_set_status(ctx, &gone, COPY_LOST), OK);
    assert_int_equal(hold_now(&held).status, HOLD_WAITING);
    assert_int_equal(
        ask("SELECT copy_id IS NULL AND ready_at IS NULL AND pickup_day IS NULL FROM hold WHERE id =",
            held.id),
        1);
    assert_int_equal(holds_copy_gone(ctx, copy.id), OK); /* again: nothing */
    assert_library_true();
}

/* ---- by day --------------------------------------------------------------------------------------------- */

static void test_holds_service__what_is_not_fetched_in_time_passes_on(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member late = register_member("Late");
    struct member next = register_member("Next");
    struct copy copy = copy_of(&book, 0);
    struct hold held = place(&book, &late);
    struct hold second = place(&book, &next);
    int64_t rows;

    take_in(&copy);
    ctx->now += 7 * (int64_t)MS_PER_DAY; /* the last day */
    assert_int_equal(holds_expire(ctx, 10, &rows), OK);
    assert_int_equal(rows, 0);
    ctx->now += MS_PER_DAY;
    assert_int_equal(holds_expire(ctx, 10, &rows), OK);
    assert_int_equal(rows, 1);
    assert_int_equal(hold_now(&held).status, HOLD_EXPIRED);
    assert_int_equal(hold_now(&second).status, HOLD_READY);
    assert_int_equal(hold_now(&second).pickup_day, clock_day_of(ctx->now) + 7);
    assert_int_equal(ask("SELECT count(*) FROM event WHERE type = 'HoldExpired' AND member_id =", late.id),
                     1);
    assert_int_equal(holds_expire(ctx, 10, &rows), OK);
    assert_int_equal(rows, 0);
    assert_library_true();
}

static void test_holds_service__many_expire_in_slices(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 3);
    int64_t rows;

    for (int i = 0; i < 3; i++) {
        struct member member = register_member(arena_printf(ctx->arena, "Reader %d", i));
        struct copy copy = copy_of(&book, i);
        place(&book, &member);
        take_in(&copy);
    }
    ctx->now += 30 * (int64_t)MS_PER_DAY;
    size_t used = ctx->arena->used;
    assert_int_equal(holds_expire(ctx, 2, &rows), OK);
    assert_int_equal(rows, 2);
    assert_int_equal(ctx->arena->used, used); /* a long night does not grow */
    fixture_next(fixture);
    assert_int_equal(holds_expire(ctx, 2, &rows), OK);
    assert_int_equal(rows, 1);
    assert_int_equal(book_now(book.id).available_copies, 3);
    assert_library_true();
}

static void test_holds_service__a_closure_moves_the_last_day(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct hold_pickup found[3];
    size_t found_count;
    bool moved;

    for (int i = 0; i < 2; i++) {
        struct member member = register_member(arena_printf(ctx->arena, "Reader %d", i));
        struct copy copy = copy_of(&book, i);
        place(&book, &member);
        take_in(&copy);
        ctx->now += MS_PER_DAY;
    }
    int32_t day = clock_day_of(ctx->now) + 5; /* of the first; the second a day later */
    const struct hold_pickup start = {0, INT32_MIN};
    assert_int_equal(holds_pickups(ctx, day, day + 1, &start, 3, found, &found_count), OK);
    assert_int_equal(found_count, 2);
    assert_int_equal(found[0].pickup_day, day);
    assert_int_equal(holds_pickups(ctx, day, day + 1, &found[0], 3, &found[1], &found_count), OK);
    assert_int_equal(found_count, 1);
    assert_int_equal(holds_pickups(ctx, day, day, &start, 3, &found[2], &found_count), OK);
    assert_int_equal(found_count, 1);
    assert_int_equal(holds_move_pickup(ctx, found[0].hold_id, day, day + 9, &moved), OK);
    assert_true(moved);
    assert_int_equal(holds_move_pickup(ctx, found[0].hold_id, day, day + 2, &moved), OK);
    assert_false(moved); /* somebody has moved it since */
    assert_int_equal(ask("SELECT pickup_day FROM hold WHERE id =", found[0].hold_id), day + 9);
}

/* What the statements of the connection have done since last asked, in steps of SQLite's machine. */
static int64_t steps(void)
{
    int64_t count = 0;

    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct stmt *s = ctx->db->buckets[i]; s; s = s->next_in_bucket)
            count += sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 1);
    return count;
}

static void test_holds_service__a_queue_costs_the_same_after_years_of_holds(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);
    struct copy_scan scan;
    int64_t waiting;

    place(&book, &jane);
    assert_int_equal(db_exec(ctx,
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                             " INSERT INTO hold (uuid, book_id, member_id, status, place, ended_at,"
                             " ended_reason, placed_at, placed_by)"
                             " SELECT randomblob(16), 1, 1, 'cancelled', i, 2, 'x', 1, 'test' FROM n"),
                     OK);
    steps();
    assert_int_equal(holds_wait_count(ctx, book.id, 0, &waiting), OK);
    assert_int_equal(waiting, 1);
    assert_true(steps() < 300);
    assert_int_equal(shelves_scan(ctx, copy.facts.barcode, &scan), OK);
    assert_int_equal(scan.holds_waiting, 1);
    assert_true(steps() < 300);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_holds_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(without_holds_everybody_may_take_a_copy),
        TEST(the_first_as_many_as_there_are_copies_have_a_claim),
        TEST(a_suspension_ends_on_its_day),
        TEST(a_reader_does_not_learn_who_is_first),
        TEST(a_loan_fulfils_the_own_hold),
        TEST(another_copy_than_the_one_set_aside_lets_that_one_pass_on),
        TEST(an_override_lets_the_other_hold_wait_again_in_its_place),
        TEST(who_lost_a_copy_gets_the_one_that_is_left_behind),
        TEST(what_comes_free_goes_to_the_first_that_counts),
        TEST(who_may_not_borrow_is_passed_over_and_keeps_the_place),
        TEST(what_nobody_waits_for_is_available),
        TEST(a_copy_that_is_gone_lets_its_hold_wait_again),
        TEST(what_is_not_fetched_in_time_passes_on),
        TEST(many_expire_in_slices),
        TEST(a_closure_moves_the_last_day),
        TEST(a_queue_costs_the_same_after_years_of_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
