/*
 * test_decision_service.c — one decision: what the simulator says first is what lending says, whatever the state of
 * the library; and what it allows is lent until the day that it named.
 */
#include "borrows_support.h"

#include "borrows/simulator_service.h"
#include "db/engine.h"
#include "holds/placing_service.h"
#include "policies/policies_service.h"

#define TITLES 4
#define READERS 4
#define ROUNDS 400

static struct book books[TITLES];
static struct member readers[READERS];
static uint32_t seed = 11;

static int draw(int below)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)below);
}

static void fill_library(void)
{
    struct loan_rule rule = {.item_type = NULL};

    for (int i = 0; i < TITLES; i++)
        books[i] = catalogue(arena_printf(ctx->arena, "Title %d", i));
    for (int i = 0; i < READERS; i++)
        readers[i] = register_member(arena_printf(ctx->arena, "Reader %d", i));
    assert_int_equal(policies_rule_for(ctx, 0, 0, &rule), OK);
    rule.max_loans = 2;
    rule.loan_days = 1 + draw(20);
    assert_int_equal(policies_update(ctx, &rule.uuid, &rule), OK);
}

/* Something happens to the library; whether it was allowed does not matter. */
static void disturb(void)
{
    const struct book *book = &books[draw(TITLES)];
    struct member reader = readers[draw(READERS)];
    struct member_status_change status = {.status = draw(4) ? "active" : "suspended",
                                          .suspended_until = NO_NUMBER};
    struct hold_request hold = {.book_id = book->uuid, .member_id = reader.uuid};
    struct hold placed;
    enum error_kind kind = OK;

    fixture_next(fixture);
    assert_int_equal(db_exec(ctx, "SAVEPOINT disturb"), OK);
    assert_int_equal(members_find_by_id(ctx, reader.id, &reader), OK);
    switch (draw(8)) {
    case 0: kind = members_change_status(ctx, &reader, &status, NO_NUMBER); break;
    case 1: kind = placing_add(ctx, &hold, &placed); break;
    case 2: set("block_balance", draw(4) ? "0" : "2.00"); break;
    case 3: pass_days(draw(6)); break;
    default: {
        struct copy copy = {0};
        struct reception reception;
        assert_int_equal(copies_find_by_id(ctx, book->id, &copy), OK); /* one copy each */
        struct return_request back = {.barcode = copy.facts.barcode, .occurred_at = NO_NUMBER};
        kind = borrows_receive_barcode(ctx, &back, &reception);
    }
    }
    error_clear(ctx);
    assert_int_equal(db_exec(ctx, kind == OK ? "RELEASE disturb" : "ROLLBACK TO disturb; RELEASE disturb"),
                     OK);
}

static void compare(int *lent, int *refused)
{
    const struct book *book = &books[draw(TITLES)];
    const struct member *reader = &readers[draw(READERS)];
    struct simulation_request ask = {.member_id = reader->uuid, .book_id = book->uuid};
    struct lend_request act = {.book_id = book->uuid, .member_id = reader->uuid, .occurred_at = NO_NUMBER};
    struct simulation said;
    struct borrow borrow;

    fixture_next(fixture);
    int64_t rows = count("SELECT (SELECT count(*) FROM audit_log) + (SELECT count(*) FROM event)");
    assert_int_equal(borrows_simulate(ctx, &ask, &said), OK);
    assert_int_equal(count("SELECT (SELECT count(*) FROM audit_log) + (SELECT count(*) FROM event)"), rows);
    assert_int_equal(db_exec(ctx, "SAVEPOINT lending"), OK);
    enum error_kind kind = borrows_lend(ctx, &act, &borrow);
    if (!said.refusals) {
        assert_int_equal(kind, OK);
        assert_int_equal(borrow.due_day, said.due_day);
        assert_int_equal(borrow.due_at, said.due_at);
        (*lent)++;
    } else {
        assert_int_equal(kind, ERROR_CONFLICT);
        assert_string_equal(error_code_name(ctx->error.code), error_code_name(said.refusals->code));
        assert_string_equal(ctx->error.detail, said.refusals->detail);
        (*refused)++;
    }
    assert_int_equal(db_exec(ctx, kind == OK ? "RELEASE lending" : "ROLLBACK TO lending; RELEASE lending"),
                     OK);
}

static void test_decision_service__the_simulator_says_what_lending_says(void **state)
{
    int lent = 0;
    int refused = 0;

    (void)state;
    fill_library();
    for (int round = 0; round < ROUNDS; round++) {
        disturb();
        compare(&lent, &refused);
    }
    assert_true(lent > ROUNDS / 20);
    assert_true(refused > ROUNDS / 20);
    assert_library_true();
}

/* All of them, not the first alone: as many as apply to a reader whom everything speaks against. */
static void test_decision_service__every_reason_is_told_once_and_in_order(void **state)
{
    static const enum error_code wanted[] = {ERR_MEMBER_SUSPENDED, ERR_MEMBER_BLOCKED,
                                             ERR_BORROW_LIMIT_EXCEEDED, ERR_ACTIVE_BORROW_EXISTS,
                                             ERR_INVENTORY_UNAVAILABLE};
    struct member_status_change suspend = {.status = "suspended", .suspended_until = NO_NUMBER};
    struct simulation_request ask = {0};
    struct simulation said;
    size_t told = 0;

    (void)state;
    fill_library();
    for (int i = 0; i < 2; i++) {
        struct lend_request act = {
            .book_id = books[i].uuid, .member_id = readers[0].uuid, .occurred_at = NO_NUMBER};
        struct borrow borrow;
        assert_int_equal(borrows_lend(ctx, &act, &borrow), OK);
    }
    pass_days(60);
    set("block_balance", "1.00"); /* nothing is posted yet: what has come to it counts */
    assert_int_equal(members_find_by_id(ctx, readers[0].id, &readers[0]), OK);
    assert_int_equal(members_change_status(ctx, &readers[0], &suspend, NO_NUMBER), OK);
    ask.member_id = readers[0].uuid;
    ask.book_id = books[1].uuid;
    fixture_next(fixture);
    assert_int_equal(borrows_simulate(ctx, &ask, &said), OK);
    for (const struct lending_refusal *no = said.refusals; no; no = no->next, told++) {
        assert_true(told < sizeof wanted / sizeof wanted[0]);
        assert_string_equal(error_code_name(no->code), error_code_name(wanted[told]));
    }
    assert_int_equal(told, sizeof wanted / sizeof wanted[0]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_decision_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_simulator_says_what_lending_says),
        TEST(every_reason_is_told_once_and_in_order),
    };

    (void)lend;
    return cmocka_run_group_tests_name("decision_service", tests, NULL, NULL);
}
