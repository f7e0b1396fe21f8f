/*
 * test_fines_ledger.c — whatever is done to the ledger, in whatever order, its sums agree: random charges, postings
 * up and down, payments, waivers and finds, beside a model that knows nothing of allocations' rows.
 */
#include "fines_support.h"

#include "counters/counters_check_service.h"
#include "fines/fines_check_service.h"
#include "fines/fines_service.h"
#include "fines/payments_service.h"
#include "fines/waivers_service.h"

#define ACTS 500
#define CHARGES_MAX (2 * ACTS)

/* ---- the model: each charge with what is open of it, each member with their credit ---------------------- */

struct model_charge {
    int64_t id, open;
    int member;
    bool is_overdue; /* of the member's one loan */
};

struct model {
    struct model_charge charges[CHARGES_MAX];
    size_t charge_count;
    int64_t owed[MEMBERS + 1], credit[MEMBERS + 1];
    int64_t overdue[MEMBERS + 1]; /* charged for being late, less corrections */
    int64_t waived[MEMBERS + 1];  /* of that */
    int64_t payments;
};

static struct model model;

/* Pays into the member's charges, oldest first; first into those for being late when it is a correction of them. */
static int64_t pour(int member, int64_t amount, bool overdue_first)
{
    for (int pass = overdue_first ? 0 : 1; pass < 2; pass++)
        for (size_t i = 0; i < model.charge_count; i++) {
            struct model_charge *charge = &model.charges[i];
            if (charge->member != member || (pass == 0 && !charge->is_overdue))
                continue;
            int64_t part = charge->open < amount ? charge->open : amount;
            charge->open -= part;
            amount -= part;
        }
    return amount;
}

static void model_charge(int member, int64_t id, int64_t amount, bool is_overdue)
{
    model.charges[model.charge_count++] = (struct model_charge){id, amount, member, is_overdue};
    model.owed[member] += amount;
    model.credit[member] = pour(member, model.credit[member], false);
}

static int64_t model_open(int member)
{
    int64_t open = 0;

    for (size_t i = 0; i < model.charge_count; i++)
        open += model.charges[i].member == member ? model.charges[i].open : 0;
    return open;
}

/* ---- chance --------------------------------------------------------------------------------------------- */

static uint64_t chance;

static int64_t draw(int64_t below)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((chance >> 33) % (uint64_t)below);
}

/* ---- acts ----------------------------------------------------------------------------------------------- */

static void charge(int member)
{
    const struct new_charge facts = {.member_id = member,
                                     .kind = draw(2) ? CHARGE_FEE : CHARGE_DAMAGE,
                                     .amount = 1 + draw(500),
                                     .copy_id = member,
                                     .at = ctx->now - draw(1000000)};
    int64_t id;

    assert_int_equal(fines_charge(ctx, &facts, &id), OK);
    model_charge(member, id, facts.amount, false);
}

static void post(int member)
{
    const struct overdue_borrow borrow = {
        .borrow_id = member, .member_id = member, .copy_id = member, .amount = draw(6) ? draw(900) : 0};

    assert_int_equal(fines_post_overdue(ctx, &borrow, ctx->now), OK);
    int64_t more = borrow.amount - model.overdue[member];
    if (more > 0) {
        model_charge(member, count("SELECT max(id) FROM charge"), more, true);
        model.overdue[member] += more;
        return;
    }
    int64_t floor = borrow.amount > model.waived[member] ? borrow.amount : model.waived[member];
    int64_t less = model.overdue[member] - floor;
    if (less <= 0)
        return;
    model.overdue[member] -= less;
    model.owed[member] -= less;
    model.credit[member] += pour(member, less, true);
}

static void pay(int member)
{
    int64_t open = model_open(member);
    struct payment_request request = {.member_id = uuid_by(&TEST_UUID_OF_MEMBER, member),
                                      .amount = 1 + draw(open + 100),
                                      .method = draw(2) ? "cash" : "card"};
    int64_t id;

    enum error_kind kind = payments_take(ctx, &request, &id);
    if (request.amount > open) {
        assert_int_equal(kind, ERROR_CONFLICT);
        assert_int_equal(ctx->error.code, ERR_OVERPAYMENT);
        return;
    }
    assert_int_equal(kind, OK);
    assert_int_equal(pour(member, request.amount, false), 0);
    model.owed[member] -= request.amount;
    model.payments++;
    assert_int_equal(count("SELECT max(receipt) FROM payment"), model.payments);
    assert_int_equal(count("SELECT balance_after FROM payment ORDER BY id DESC LIMIT 1"), model.owed[member]);
}

/* Asked for now; approved at once, or refused. */
static void waive(void)
{
    if (model.charge_count == 0)
        return;
    struct model_charge *wanted = &model.charges[draw((int64_t)model.charge_count)];
    struct uuid uuid = uuid_by(&TEST_UUID_OF_CHARGE, wanted->id);
    const struct waiver_request request = {.amount = 1 + draw(wanted->open + 20), .reason = "a kindness"};
    int64_t id;

    enum error_kind kind = waivers_ask(ctx, &uuid, &request, &id);
    assert_int_equal(kind, request.amount > wanted->open ? ERROR_CONFLICT : OK);
    if (kind != OK)
        return;
    uuid = uuid_by(&TEST_UUID_OF_WAIVER, id);
    if (draw(4) == 0) {
        assert_int_equal(waivers_refuse(ctx, &uuid, &(struct refusal){NULL}, &id), OK);
        return;
    }
    assert_int_equal(waivers_approve(ctx, &uuid, &id), OK);
    wanted->open -= request.amount;
    model.owed[wanted->member] -= request.amount;
    model.waived[wanted->member] += wanted->is_overdue ? request.amount : 0;
}

/* ---- after each act ------------------------------------------------------------------------------------- */

static void fail_on_finding(void *argument, const char *finding)
{
    print_error("act %d: %s\n", *(int *)argument, finding);
    assert_true(false);
}

SQL(TEST_BALANCE, "SELECT balance FROM member WHERE id = :id");
SQL(TEST_CREDIT, "SELECT coalesce(sum(amount - allocated), 0) FROM waiver WHERE member_id = :id"
                 " AND status = 'approved'");
SQL(TEST_OPEN, "SELECT amount - settled FROM charge WHERE id = :id");

static void assert_true_to_model(int act)
{
    struct loan_index loans = loans_of_the_library();
    bool keys_hold;

    assert_int_equal(fines_check(ctx, &loans, fail_on_finding, &act), OK);
    loan_index_release(&loans);
    assert_int_equal(counters_check(ctx, NULL, fail_on_finding, &act, &keys_hold), OK);
    for (int member = 1; member <= MEMBERS; member++) {
        assert_int_equal(number_of(&TEST_BALANCE, member), model.owed[member]);
        assert_int_equal(model.owed[member], model_open(member) - model.credit[member]);
        assert_int_equal(number_of(&TEST_CREDIT, member), model.credit[member]);
    }
    for (size_t i = 0; i < model.charge_count; i++)
        assert_int_equal(number_of(&TEST_OPEN, model.charges[i].id), model.charges[i].open);
}

static void live(uint64_t seed)
{
    /* Numbers of copies and loans that the tables alone made. */
    run("UPDATE library_counter SET value = 3 WHERE name IN ('books', 'members', 'copies', 'borrows',"
        " 'borrows_open')");
    assert_int_equal(counters_rebuild(ctx), OK);
    chance = seed;
    model = (struct model){0};
    for (int act = 0; act < ACTS; act++) {
        int member = 1 + (int)draw(MEMBERS);
        fixture_next(fixture);
        switch (draw(8)) {
        case 0: charge(member); break;
        case 1:
        case 2:
        case 3: post(member); break;
        case 4:
        case 5: pay(member); break;
        default: waive(); break;
        }
        fixture_next(fixture);
        if (act % 5 == 0 || act == ACTS - 1)
            assert_true_to_model(act);
        ctx->now += draw(40000000);
    }
    assert_true(model.payments > 20);
    assert_true(count("SELECT count(*) FROM waiver WHERE kind = 'correction'") > 20);
    assert_true(count("SELECT count(*) FROM waiver WHERE kind = 'correction' AND allocated > 0") > 5);
}

static void test_fines_ledger__its_sums_agree_after_every_act_1(void **state)
{
    (void)state;
    live(1);
}

static void test_fines_ledger__its_sums_agree_after_every_act_2(void **state)
{
    (void)state;
    live(20260302);
}

static void test_fines_ledger__its_sums_agree_after_every_act_3(void **state)
{
    (void)state;
    live(987654321);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_LIBRARY(test_fines_ledger__its_sums_agree_after_every_act_1),
        ON_A_LIBRARY(test_fines_ledger__its_sums_agree_after_every_act_2),
        ON_A_LIBRARY(test_fines_ledger__its_sums_agree_after_every_act_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
