/*
 * test_placing_service.c — joining, leaving, stepping aside, being moved; watching; and what --check finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/limits.h"
#include "holds/watches_service.h"
#include "holds_support.h"

static struct hold hold_now(const struct hold *hold)
{
    struct hold now = {0};

    fixture_next(fixture);
    assert_int_equal(placing_find(ctx, &hold->uuid, &now), OK);
    return now;
}

static void take_in(const struct copy *which)
{
    const struct copy copy = copy_now(which->id);
    struct hold_turn turn;

    fixture_next(fixture);
    assert_int_equal(holds_take_in(ctx, &copy, &turn), OK);
}

/* Readers act for themselves from here on. */
static void act_as(const struct member *member)
{
    ctx->actor.access = MEMBER;
    ctx->actor.member_id = member->id;
}

/* ---- placing -------------------------------------------------------------------------------------------- */

static void test_placing_service__a_hold_stands_at_the_end_and_is_counted(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct hold first = place(&book, &jane);
    struct hold second = place(&book, &john);

    assert_true(first.place < second.place);
    assert_int_equal(book_now(book.id).open_holds, 2);
    assert_int_equal(ask("SELECT open_holds FROM member WHERE id =", jane.id), 1);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'holds_open'"), 2);
    assert_int_equal(ask("SELECT detail FROM event WHERE type = 'BookReserved' AND member_id =", john.id), 2);
    assert_int_equal(
        ask("SELECT count(*) FROM audit_log WHERE action = 'hold.placed' AND entity_id =", second.id), 1);
    assert_library_true();
}

static void test_placing_service__who_comes_after_a_ready_one_stands_behind_it(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct copy copy = copy_of(&book, 0);
    struct hold first = place(&book, &jane);

    take_in(&copy);
    struct hold second = place(&book, &john);
    assert_true(first.place < second.place);
    assert_int_equal(holds_copy_gone(ctx, copy.id), OK);
    struct copy gone = copy_now(copy.id);
    assert_int_equal(copies_set_status(ctx, &gone, COPY_AVAILABLE), OK);
    take_in(&copy);
    assert_int_equal(hold_now(&first).status, HOLD_READY);
}

static void test_placing_service__refuses_what_makes_no_sense(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct copy copies[] = {copy_of(&book, 0), copy_of(&book, 1)};
    struct hold hold;

    place(&book, &jane);
    assert_code(place_for(&book, &jane, &hold), ERR_HOLD_EXISTS);
    assert_int_equal(lend(&john, &copies[0], NULL), OK);
    assert_code(place_for(&book, &john, &hold), ERR_ACTIVE_BORROW_EXISTS);
    struct book empty = catalogue("Emma", 1);
    struct copy last = copy_of(&empty, 0);
    assert_int_equal(copies_set_status(ctx, &last, COPY_LOST), OK);
    assert_code(place_for(&empty, &jane, &hold), ERR_INVENTORY_UNAVAILABLE);
    struct book archived = catalogue("Ulysses", 1);
    assert_int_equal(books_archive(ctx, &archived, NO_NUMBER), OK);
    assert_code(place_for(&archived, &jane, &hold), ERR_BOOK_NOT_FOUND);
    const struct member_status_change change = {.status = "suspended", .suspended_until = NO_NUMBER};
    fixture_next(fixture);
    assert_int_equal(members_change_status(ctx, &john, &change, NO_NUMBER), OK);
    assert_code(place_for(&archived, &john, &hold), ERR_MEMBER_SUSPENDED); /* before the title is looked at */
    assert_library_true();
}

static void test_placing_service__a_reader_waits_for_so_many_titles_and_no_more(void **state)
{
    (void)state;
    struct member jane = register_member("Jane");
    struct book book;
    struct hold hold;

    for (int i = 0; i < 5; i++) {
        book = catalogue(arena_printf(ctx->arena, "Volume %d", i), 1);
        place(&book, &jane);
    }
    book = catalogue("One more", 1);
    assert_code(place_for(&book, &jane, &hold), ERR_HOLD_LIMIT_EXCEEDED);
    assert_string_equal(ctx->error.reasons->text, "any × any");
    assert_int_equal(ctx->error.reasons->next->number, 5);
}

static void test_placing_service__readers_act_for_themselves(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct hold johns = place(&book, &john);
    const struct hold_request for_self = {.book_id = book.uuid};
    const struct hold_request for_john = {.book_id = book.uuid, .member_id = john.uuid};
    const struct hold_request by_card = {.book_id = book.uuid, .card = john.facts.card};
    struct hold hold;

    fixture_next(fixture);
    assert_code(placing_add(ctx, &for_self, &hold), ERR_VALIDATION_ERROR); /* the desk says for whom */
    act_as(&jane);
    fixture_next(fixture);
    assert_code(placing_add(ctx, &for_john, &hold), ERR_FORBIDDEN);
    fixture_next(fixture);
    assert_code(placing_add(ctx, &by_card, &hold), ERR_FORBIDDEN);
    fixture_next(fixture);
    assert_int_equal(placing_add(ctx, &for_self, &hold), OK);
    assert_int_equal(hold.member_id, jane.id);
    struct hold out;
    fixture_next(fixture);
    assert_code(placing_find(ctx, &johns.uuid, &out), ERR_HOLD_NOT_FOUND);
    fixture_next(fixture);
    assert_code(placing_cancel(ctx, &johns.uuid, &out), ERR_HOLD_NOT_FOUND);
    fixture_next(fixture);
    assert_code(placing_suspend(ctx, &johns.uuid, &(struct hold_suspension){true, NO_NUMBER}, &out),
                ERR_HOLD_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(placing_cancel(ctx, &hold.uuid, &out), OK);
    assert_int_equal(ask("SELECT ended_reason = 'by the reader' FROM hold WHERE id =", hold.id), 1);
    ctx->actor.member_id = 0;
    fixture_next(fixture);
    assert_code(placing_add(ctx, &for_self, &hold), ERR_NO_MEMBER_RECORD);
    /* A hold that is forgotten is nobody's, also not of a program that is nobody. */
    assert_int_equal(db_exec(ctx, "UPDATE hold SET member_id = NULL WHERE ended_at > 0"), OK);
    fixture_next(fixture);
    assert_code(placing_find(ctx, &hold.uuid, &out), ERR_HOLD_NOT_FOUND);
}

/* ---- changing ------------------------------------------------------------------------------------------- */

static void test_placing_service__a_cancelled_holds_copy_passes_on(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct copy copy = copy_of(&book, 0);
    struct hold first = place(&book, &jane);
    struct hold second = place(&book, &john);
    struct hold out;

    take_in(&copy);
    fixture_next(fixture);
    assert_int_equal(placing_cancel(ctx, &first.uuid, &out), OK);
    assert_int_equal(hold_now(&second).status, HOLD_READY);
    fixture_next(fixture);
    assert_int_equal(placing_cancel(ctx, &second.uuid, &out), OK);
    assert_int_equal(copy_now(copy.id).status, COPY_AVAILABLE);
    fixture_next(fixture);
    assert_code(placing_cancel(ctx, &first.uuid, &out), ERR_HOLD_OVER);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'HoldCancelled'"), 2);
    assert_library_true();
}

static void test_placing_service__who_steps_aside_keeps_the_place_and_lets_the_copy_pass_on(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct copy copy = copy_of(&book, 0);
    struct hold first = place(&book, &jane);
    struct hold second = place(&book, &john);
    int32_t today = clock_day_of(ctx->now);
    struct hold out;

    take_in(&copy);
    fixture_next(fixture);
    assert_int_equal(placing_suspend(ctx, &first.uuid, &(struct hold_suspension){true, today + 3}, &out), OK);
    assert_int_equal(hold_now(&first).status, HOLD_WAITING);
    assert_int_equal(hold_now(&first).place, first.place);
    assert_int_equal(hold_now(&first).suspended_until, today + 3);
    assert_int_equal(hold_now(&second).status, HOLD_READY);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'HoldWaitsAgain'"), 0);
    fixture_next(fixture);
    assert_int_equal(placing_suspend(ctx, &first.uuid, &(struct hold_suspension){false, NO_NUMBER}, &out),
                     OK);
    assert_false(hold_now(&first).suspended);
    fixture_next(fixture);
    assert_code(placing_suspend(ctx, &first.uuid, &(struct hold_suspension){true, today}, &out),
                ERR_VALIDATION_ERROR);
    fixture_next(fixture);
    assert_code(placing_suspend(ctx, &first.uuid, &(struct hold_suspension){false, today + 1}, &out),
                ERR_VALIDATION_ERROR);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'hold.suspended'"),
                     1);
    assert_library_true();
}

static void assert_order(const struct book *book, const struct hold *const *wanted, int length)
{
    for (int i = 0; i < length; i++)
        assert_int_equal(
            fixture_int(fixture,
                        arena_printf(ctx->arena,
                                     "SELECT id FROM hold WHERE book_id = %lld AND status = 'waiting'"
                                     " ORDER BY place, id LIMIT 1 OFFSET %d",
                                     (long long)book->id, i)),
            wanted[i]->id);
}

static void test_placing_service__a_copy_that_has_gone_from_the_hold_shelf_is_told_of_in_words(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct copy copy = copy_of(&book, 0);
    struct hold hold = place(&book, &jane);

    take_in(&copy);
    assert_int_equal(
        placing_copy_gone(ctx, &hold.uuid, &(struct hold_copy_gone){.status = "in_repair"}, &hold), OK);
    assert_int_equal(hold_now(&hold).status, HOLD_WAITING);
    assert_int_equal(copy_now(copy.id).status, COPY_IN_REPAIR);
    assert_int_equal(ask("SELECT count(*) FROM audit_log WHERE action = 'copy.updated'"
                         " AND before = '{\"status\":\"on_hold_shelf\"}'"
                         " AND after = '{\"status\":\"in_repair\"}' AND entity_id =",
                         copy.id),
                     1);
    assert_library_true();
}

static void test_placing_service__a_hold_is_moved_and_the_others_keep_their_order(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct copy copy = copy_of(&book, 0);
    struct hold hold[4];
    struct hold out;

    for (int i = 0; i < 4; i++) {
        struct member member = register_member(arena_printf(ctx->arena, "Reader %d", i));
        hold[i] = place(&book, &member);
    }
    fixture_next(fixture);
    assert_int_equal(placing_move(ctx, &hold[3].uuid, &(struct hold_move){1}, &out), OK);
    assert_order(&book, (const struct hold *const[]){&hold[3], &hold[0], &hold[1], &hold[2]}, 4);
    fixture_next(fixture);
    assert_int_equal(placing_move(ctx, &hold[3].uuid, &(struct hold_move){99}, &out), OK);
    assert_order(&book, (const struct hold *const[]){&hold[0], &hold[1], &hold[2], &hold[3]}, 4);
    fixture_next(fixture);
    assert_int_equal(placing_move(ctx, &hold[0].uuid, &(struct hold_move){3}, &out), OK);
    assert_order(&book, (const struct hold *const[]){&hold[1], &hold[2], &hold[0], &hold[3]}, 4);
    assert_int_equal(
        fixture_int(fixture,
                    "SELECT count(*) FROM audit_log WHERE action = 'hold.moved' AND before LIKE '%1%'"
                    " AND after LIKE '%3%'"),
        1);
    take_in(&copy);
    fixture_next(fixture);
    assert_code(placing_move(ctx, &hold[1].uuid, &(struct hold_move){2}, &out), ERR_CONFLICT);
    assert_library_true();
}

static void test_placing_service__what_is_waited_for_is_not_archived(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    struct hold held = place(&book, &jane);
    struct member fresh = {0};
    struct hold out;

    book = book_now(book.id);
    fixture_next(fixture);
    assert_code(books_archive(ctx, &book, NO_NUMBER), ERR_HAS_HOLDS);
    assert_string_equal(ctx->error.reasons->key, "open_holds");
    assert_int_equal(members_find_by_id(ctx, jane.id, &fresh), OK);
    fixture_next(fixture);
    assert_code(members_archive(ctx, &fresh, NO_NUMBER), ERR_HAS_HOLDS);
    fixture_next(fixture);
    assert_int_equal(placing_cancel(ctx, &held.uuid, &out), OK);
    assert_int_equal(members_find_by_id(ctx, jane.id, &fresh), OK);
    assert_int_equal(members_archive(ctx, &fresh, NO_NUMBER), OK);
    book = book_now(book.id);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    assert_library_true();
}

/* ---- watching ------------------------------------------------------------------------------------------- */

static int64_t told(const struct member *member)
{
    return ask("SELECT count(*) FROM event WHERE type = 'TitleAvailable' AND member_id =", member->id);
}

static void watch(const struct book *book, const struct member *member)
{
    fixture_next(fixture);
    assert_int_equal(watches_add(ctx, &book->uuid, &(struct watch_request){member->uuid}), OK);
}

static void test_placing_service__who_watches_is_told_once(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct copy copy = copy_of(&book, 0);
    struct member reader = register_member("Reader");
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct title_watch *watches;

    fixture_next(fixture);
    assert_code(watches_add(ctx, &book.uuid, &(struct watch_request){jane.uuid}), ERR_CONFLICT);
    assert_int_equal(lend(&reader, &copy, NULL), OK);
    watch(&book, &jane);
    watch(&book, &jane); /* again: nothing */
    watch(&book, &john);
    assert_int_equal(watches_list(ctx, &jane.uuid, &watches), OK);
    assert_string_equal(watches->title, "Dune");
    assert_null(watches->next);
    fixture_next(fixture);
    assert_int_equal(watches_remove(ctx, &book.uuid, &(struct watch_request){john.uuid}), OK);
    take_back(&copy);
    assert_int_equal(told(&jane), 1);
    assert_int_equal(told(&john), 0);
    assert_int_equal(watches_list(ctx, &jane.uuid, &watches), OK);
    assert_null(watches);
    assert_int_equal(lend(&reader, &copy, NULL), OK);
    take_back(&copy);
    assert_int_equal(told(&jane), 1);
}

static void test_placing_service__a_hold_comes_before_a_watch(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct copy copy = copy_of(&book, 0);
    struct member reader = register_member("Reader");
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct hold out;
    int64_t rows;

    assert_int_equal(lend(&reader, &copy, NULL), OK);
    struct hold held = place(&book, &john);
    watch(&book, &jane);
    take_back(&copy);
    assert_int_equal(watches_tell_due(ctx, 10, &rows), OK);
    assert_int_equal(told(&jane), 0);
    fixture_next(fixture);
    assert_int_equal(placing_cancel(ctx, &held.uuid, &out), OK);
    assert_int_equal(told(&jane), 1);
}

static void test_placing_service__the_night_finds_what_became_available_otherwise(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct copy copy = copy_of(&book, 0);
    struct member jane = register_member("Jane");
    int64_t rows;

    assert_int_equal(copies_set_status(ctx, &copy, COPY_IN_REPAIR), OK);
    watch(&book, &jane);
    assert_int_equal(watches_tell_due(ctx, 10, &rows), OK);
    assert_int_equal(rows, 0);
    copy = copy_now(copy.id);
    assert_int_equal(copies_set_status(ctx, &copy, COPY_AVAILABLE), OK);
    assert_int_equal(watches_tell_due(ctx, 10, &rows), OK);
    assert_int_equal(rows, 1);
    assert_int_equal(told(&jane), 1);
}

static void test_placing_service__nobody_watches_everything(void **state)
{
    (void)state;
    struct member jane = register_member("Jane");
    struct book book = {0};

    for (int i = 0; i <= WATCHES_MAX; i++) {
        book = catalogue(arena_printf(ctx->arena, "Volume %d", i), 1);
        struct copy copy = copy_of(&book, 0);
        assert_int_equal(copies_set_status(ctx, &copy, COPY_IN_REPAIR), OK);
        if (i < WATCHES_MAX)
            watch(&book, &jane);
    }
    fixture_next(fixture);
    assert_code(watches_add(ctx, &book.uuid, &(struct watch_request){jane.uuid}), ERR_CONFLICT);
    assert_string_equal(ctx->error.reasons->key, "max_watches");
}

/* ---- --check -------------------------------------------------------------------------------------------- */

static char said[1000];
static int findings;

static void keep_finding(void *argument, const char *finding)
{
    (void)argument;
    findings++;
    snprintf(said, sizeof said, "%s", finding);
}

/* Exactly this is found after the damage, which is then undone. */
static void assert_found(const char *damage, const char *finding)
{
    fixture_next(fixture);
    assert_int_equal(db_exec(ctx, "SAVEPOINT damage"), OK);
    assert_int_equal(db_exec(ctx, damage), OK);
    findings = 0;
    assert_int_equal(holds_check(ctx, keep_finding, NULL), OK);
    if (findings != 1 || strcmp(said, finding) != 0)
        print_error("%s\n%d findings, the last: %s\n", damage, findings, said);
    assert_int_equal(findings, 1);
    assert_string_equal(said, finding);
    fixture_next(fixture);
    assert_int_equal(db_exec(ctx, "ROLLBACK TO damage; RELEASE damage"), OK);
}

static void test_placing_service__check_finds_what_is_untrue(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 3);
    struct copy copies[] = {copy_of(&book, 0), copy_of(&book, 1), copy_of(&book, 2)};
    struct member jane = register_member("Jane");
    struct member john = register_member("John");
    struct member jill = register_member("Jill");

    assert_int_equal(lend(&jill, &copies[2], NULL), OK);
    place(&book, &jane);
    place(&book, &john);
    take_in(&copies[0]);
    assert_library_true();
    assert_found(arena_printf(ctx->arena, "UPDATE copy SET status = 'on_hold_shelf' WHERE id = %lld",
                              (long long)copies[1].id),
                 arena_printf(ctx->arena, "Copy %s of “Dune” is on the hold shelf, but for nobody.",
                              copies[1].facts.barcode));
    assert_found("UPDATE copy SET status = 'available' WHERE status = 'on_hold_shelf'",
                 "The hold of Jane on “Dune” is ready, but its copy is not on the hold shelf.");
    assert_found("UPDATE hold SET place = 1",
                 "Jane shares a place with another reader among those who wait for “Dune”.");
    assert_found("UPDATE member SET deleted_at = 1 WHERE name = 'John'",
                 "John waits for “Dune”, but one of them is archived.");
    assert_found("UPDATE borrow SET member_id = (SELECT id FROM member WHERE name = 'John')",
                 "John waits for “Dune” and has it at home.");
    assert_holds_true();
}

static void test_placing_service__numbers_of_holds_are_checked_and_rebuilt(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member jane = register_member("Jane");
    bool keys_hold;

    place(&book, &jane);
    assert_int_equal(db_exec(ctx,
                             "UPDATE book SET open_holds = 7; UPDATE member SET open_holds = 0;"
                             "UPDATE library_counter SET value = 9 WHERE name IN ('holds', 'holds_open')"),
                     OK);
    findings = 0;
    assert_int_equal(counters_check(ctx, NULL, keep_finding, NULL, &keys_hold), OK);
    assert_int_equal(findings, 4);
    assert_string_equal(said, "The member “Jane”: open holds kept as 0; counting gives 1.");
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_library_true();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_placing_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_hold_stands_at_the_end_and_is_counted),
        TEST(who_comes_after_a_ready_one_stands_behind_it),
        TEST(refuses_what_makes_no_sense),
        TEST(a_reader_waits_for_so_many_titles_and_no_more),
        TEST(readers_act_for_themselves),
        TEST(a_cancelled_holds_copy_passes_on),
        TEST(who_steps_aside_keeps_the_place_and_lets_the_copy_pass_on),
        TEST(a_copy_that_has_gone_from_the_hold_shelf_is_told_of_in_words),
        TEST(a_hold_is_moved_and_the_others_keep_their_order),
        TEST(what_is_waited_for_is_not_archived),
        TEST(who_watches_is_told_once),
        TEST(a_hold_comes_before_a_watch),
        TEST(the_night_finds_what_became_available_otherwise),
        TEST(nobody_watches_everything),
        TEST(check_finds_what_is_untrue),
        TEST(numbers_of_holds_are_checked_and_rebuilt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
