/*
 * test_plan.c — the plan keeps its promises: shares, rules, order, and the same plan for the same seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "plan_rules.h"
#include "seeder/plan.h"

#undef fail
#define fail() _fail(__FILE__, __LINE__) /* fail_msg() ends in it */

#define NOW 1772445600000 /* 2026-03-02T10:00:00Z */

static struct arena arena;

static int start(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    arena_init(&arena, ARENA_IMPORT_MAX);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct plan_request minimal(void)
{
    struct plan_request request = {
        .books = 5000, .members = 1000, .borrows = 2250, .months = 3, .now = NOW, .random_seed = 42};

    give_rules(&request, 5, 14);
    return request;
}

/* Large enough that shares show clearly. */
static struct plan_request year(void)
{
    struct plan_request request = {
        .books = 5000, .members = 2000, .borrows = 40000, .months = 12, .now = NOW, .random_seed = 7};

    give_rules(&request, 5, 14);
    return request;
}

/* part/whole in tenths of a per cent, expected ± tolerance (both in tenths). */
static void assert_share(int64_t part, int64_t whole, int64_t expected, int64_t tolerance)
{
    int64_t share = part * 1000 / whole;
    if (share < expected - tolerance || share > expected + tolerance)
        fail_msg("%lld of %lld is %lld tenths of a per cent, promised %lld ± %lld", (long long)part,
                 (long long)whole, (long long)share, (long long)expected, (long long)tolerance);
}

static void test_plan__deals_tiers_and_segments_exactly(void **state)
{
    (void)state;
    const struct plan_request request = minimal();
    const struct plan *plan = plan_make(&arena, &request);
    int books[PLAN_TIERS] = {0}, members[PLAN_SEGMENTS] = {0};
    assert_int_equal(plan->book_count, 5000);
    assert_int_equal(plan->member_count, 1000);
    assert_int_equal(plan->loan_count, 2250);
    for (size_t i = 0; i < plan->book_count; i++)
        books[plan->books[i].tier]++;
    for (size_t i = 0; i < plan->member_count; i++)
        members[plan->members[i].segment]++;
    assert_int_equal(books[0], 250);
    assert_int_equal(books[1], 1250);
    assert_int_equal(books[2], 2500);
    assert_int_equal(books[3], 1000);
    assert_int_equal(members[0], 50);
    assert_int_equal(members[1], 500);
    assert_int_equal(members[2], 250);
    assert_int_equal(members[3], 200);
    int kinds[PLAN_KINDS] = {0};
    for (size_t i = 0; i < plan->member_count; i++)
        kinds[plan->members[i].kind]++;
    for (size_t i = 0; i < PLAN_KINDS; i++)
        assert_int_equal(kinds[i], plan_kinds[i].share * 10);
}

static void test_plan__lends_by_tier(void **state)
{
    (void)state;
    const struct plan_request request = minimal();
    const struct plan *plan = plan_make(&arena, &request);
    int64_t loans[PLAN_TIERS] = {0}, n = (int64_t)plan->loan_count;
    for (size_t i = 0; i < plan->loan_count; i++)
        loans[plan->books[plan->loans[i].book].tier]++;
    /* 5 % × 50 : 25 % × 10 : 50 % × 1 : nothing */
    assert_share(loans[0], n, 455, 35);
    assert_share(loans[1], n, 455, 35);
    assert_share(loans[2], n, 91, 20);
    assert_int_equal(loans[3], 0);
}

static void test_plan__lends_by_segment(void **state)
{
    (void)state;
    const struct plan_request request = minimal();
    const struct plan *plan = plan_make(&arena, &request);
    int64_t loans[PLAN_SEGMENTS] = {0}, n = (int64_t)plan->loan_count;
    for (size_t i = 0; i < plan->loan_count; i++)
        loans[plan->members[plan->loans[i].member].segment]++;
    /* Heavy readers are 50, regular ones 500, occasional ones 250: each reads several times as much as the next. */
    assert_true(loans[0] * 500 > 3 * loans[1] * 50);
    assert_true(loans[1] * 250 > 2 * loans[2] * 500);
    assert_true(loans[2] > 0);
    assert_int_equal(loans[3], 0);
    assert_int_equal(loans[0] + loans[1] + loans[2], n);
}

static void test_plan__brings_12_in_100_back_late(void **state)
{
    (void)state;
    const struct plan_request request = year();
    const struct plan *plan = plan_make(&arena, &request);
    int64_t late = 0, finished = 0, tiers[3] = {0};
    for (size_t i = 0; i < plan->loan_count; i++) {
        const struct planned_loan *loan = &plan->loans[i];
        int32_t due = loan->due_day;
        if (due + 30 >= clock_day_of(NOW))
            continue; /* its end is not known yet */
        assert_true(loan->returned_at < INT64_MAX);
        int32_t delay = clock_day_of(loan->returned_at) - due;
        finished++;
        late += delay > 0;
        assert_true(delay <= 30);
        if (delay > 0)
            tiers[delay <= 3 ? 0 : delay <= 7 ? 1 : 2]++;
    }
    assert_true(finished > 30000);
    assert_share(late, finished, 120, 8);
    assert_share(tiers[0], late, 550, 40);
    assert_share(tiers[1], late, 300, 40);
    assert_share(tiers[2], late, 150, 40);
}

static void test_plan__follows_the_seasons(void **state)
{
    (void)state;
    const struct plan_request request = year();
    const struct plan *plan = plan_make(&arena, &request);
    double loans[13] = {0};
    int days[13] = {0};
    for (size_t i = 0; i < plan->loan_count; i++) {
        int y, m, d;
        clock_civil_from_day(clock_day_of(plan->loans[i].lent_at), &y, &m, &d);
        loans[m]++;
    }
    for (int32_t day = clock_day_of(NOW) - 360; day <= clock_day_of(NOW); day++) {
        int y, m, d;
        clock_civil_from_day(day, &y, &m, &d);
        days[m]++;
    }
    double ordinary = (loans[4] + loans[5] + loans[8] + loans[9] + loans[10]) /
                      (days[4] + days[5] + days[8] + days[9] + days[10]);
    double winter = (loans[11] + loans[12]) / (days[11] + days[12]);
    double summer = (loans[6] + loans[7]) / (days[6] + days[7]);
    assert_true(winter / ordinary > 1.2 && winter / ordinary < 1.4);
    assert_true(summer / ordinary > 0.72 && summer / ordinary < 0.88);
}

static void test_plan__lets_days_differ_along_a_bell(void **state)
{
    (void)state;
    const struct plan_request request = year();
    const struct plan *plan = plan_make(&arena, &request);
    enum { DAYS = 360 };
    int loans[DAYS] = {0}, near = 0, far = 0, counted = 0;
    int32_t first = clock_day_of(NOW) - DAYS;
    double sum = 0;
    for (size_t i = 0; i < plan->loan_count; i++) {
        int32_t day = clock_day_of(plan->loans[i].lent_at) - first;
        if (day < DAYS)
            loans[day]++;
    }
    for (int i = 0; i < DAYS; i++) { /* months without a season */
        int y, m, d;
        clock_civil_from_day(first + i, &y, &m, &d);
        if (m == 6 || m == 7 || m >= 11) {
            loans[i] = -1;
            continue;
        }
        sum += loans[i];
        counted++;
    }
    double mean = sum / counted;
    for (int i = 0; i < DAYS; i++) {
        if (loans[i] < 0)
            continue;
        near += loans[i] > mean * 0.8 && loans[i] < mean * 1.2; /* one deviation: 68 % */
        far += loans[i] < mean * 0.4 || loans[i] > mean * 1.6;
    }
    assert_in_range(near * 100 / counted, 58, 78);
    assert_in_range(far * 100 / counted, 0, 2);
}

static void test_plan__has_loans_open_and_overdue_now(void **state)
{
    (void)state;
    const struct plan_request request = minimal();
    const struct plan *plan = plan_make(&arena, &request);
    int open = 0, overdue = 0;
    for (size_t i = 0; i < plan->loan_count; i++) {
        if (plan->loans[i].returned_at != INT64_MAX)
            continue;
        open++;
        overdue += plan->loans[i].due_day < clock_day_of(NOW);
    }
    assert_in_range(open, 150, 400);
    assert_in_range(overdue, 5, 60);
}

/* ---- rules -------------------------------------------------------------------------------------------- */

/* Plays the plan as a library would and fails at the first broken rule. */
static void play(const struct plan *plan, const struct plan_request *request)
{
    uint8_t *out = arena_alloc_array(&arena, plan->book_count, 1);
    uint8_t *with = arena_alloc_array(&arena, plan->member_count, 1);
    uint8_t *book_there = arena_alloc_array(&arena, plan->book_count, 1);
    uint8_t *member_there = arena_alloc_array(&arena, plan->member_count, 1);
    uint8_t *open = arena_alloc_array(&arena, plan->loan_count, 1);
    int64_t at = 0;
    for (size_t i = 0; i < plan->act_count; i++) {
        const struct act *act = &plan->acts[i];
        const struct planned_loan *loan =
            &plan->loans[act->kind == ACT_RETURN || act->kind == ACT_LEND ? act->index : 0];
        assert_true(act->at >= at && act->at <= request->now);
        at = act->at;
        switch (act->kind) {
        case ACT_CATALOGUE: book_there[act->index] = 1; break;
        case ACT_REGISTER: member_there[act->index] = 1; break;
        case ACT_LEND:
            assert_true(book_there[loan->book] && member_there[loan->member]);
            assert_true(++out[loan->book] <= plan->books[loan->book].copies);
            assert_true(++with[loan->member] <= request->rules[plan->members[loan->member].kind].max_loans);
            open[act->index] = 1;
            break;
        case ACT_RETURN:
            assert_true(open[act->index]);
            assert_true(loan->returned_at > loan->lent_at);
            open[act->index] = 0;
            out[loan->book]--;
            with[loan->member]--;
            break;
        default: break; /* what comes with loans: test_ledger.c */
        }
    }
}

static void test_plan__keeps_every_rule(void **state)
{
    (void)state;
    const struct plan_request request = year();
    const struct plan *plan = plan_make(&arena, &request);
    play(plan, &request);
}

static void test_plan__asks_each_members_own_rule(void **state)
{
    (void)state;
    struct plan_request request = year();
    int most[PLAN_KINDS] = {0};
    for (size_t i = 0; i < PLAN_KINDS; i++)
        request.rules[i].max_loans = (int64_t)i;
    const struct plan *plan = plan_make(&arena, &request);
    play(plan, &request);
    int *with = arena_alloc_array(&arena, plan->member_count, sizeof *with);
    for (size_t i = 0; i < plan->act_count; i++) {
        const struct act *act = &plan->acts[i];
        if (act->kind != ACT_LEND && act->kind != ACT_RETURN)
            continue;
        uint32_t member = plan->loans[act->index].member;
        int *highest = &most[plan->members[member].kind];
        with[member] += act->kind == ACT_LEND ? 1 : -1;
        *highest = with[member] > *highest ? with[member] : *highest;
    }
    for (int i = 0; i < PLAN_KINDS; i++)
        assert_int_equal(most[i], i);
}

static void test_plan__lends_no_title_to_whoever_has_it(void **state)
{
    (void)state;
    const struct plan_request request = minimal();
    const struct plan *plan = plan_make(&arena, &request);
    for (size_t a = 0; a < plan->loan_count; a++)
        for (size_t b = a + 1; b < plan->loan_count && plan->loans[b].lent_at < plan->loans[a].returned_at;
             b++)
            assert_false(plan->loans[a].book == plan->loans[b].book &&
                         plan->loans[a].member == plan->loans[b].member);
}

static void test_plan__lives_with_other_rules(void **state)
{
    (void)state;
    struct plan_request one_loan = minimal(), no_loan = minimal(), same_day = minimal(), nobody = minimal();
    give_rules(&one_loan, 1, 14);
    give_rules(&no_loan, 0, 14);
    give_rules(&same_day, 5, 0);
    nobody.members = 0;
    const struct plan *plan = plan_make(&arena, &one_loan);
    play(plan, &one_loan);
    assert_true(plan->loan_count > 2000);
    plan = plan_make(&arena, &no_loan);
    assert_int_equal(plan->loan_count, 0);
    plan = plan_make(&arena, &same_day);
    play(plan, &same_day);
    assert_int_equal(plan->loan_count, 2250);
    plan = plan_make(&arena, &nobody);
    assert_int_equal(plan->loan_count, 0);
    assert_int_equal(plan->act_count, 5000);
}

static void test_plan__runs_out_of_copies_before_it_lends_one_twice(void **state)
{
    (void)state;
    struct plan_request few = minimal();
    few.books = 20;
    few.borrows = 5000;
    const struct plan *plan = plan_make(&arena, &few);
    play(plan, &few);
    assert_true(plan->loan_count > 100 && plan->loan_count < 5000);
}

/* ---- the same again ----------------------------------------------------------------------------------- */

static void test_plan__is_the_same_for_the_same_seed(void **state)
{
    (void)state;
    struct plan_request request = minimal();
    const struct plan *one = plan_make(&arena, &request), *same = plan_make(&arena, &request);
    request.random_seed++;
    const struct plan *other = plan_make(&arena, &request);
    size_t alike = 0;
    assert_int_equal(one->loan_count, same->loan_count);
    for (size_t i = 0; i < one->loan_count; i++) {
        const struct planned_loan *a = &one->loans[i], *b = &same->loans[i];
        assert_true(a->book == b->book && a->member == b->member && a->copy == b->copy &&
                    a->lent_at == b->lent_at && a->returned_at == b->returned_at &&
                    a->due_day == b->due_day && a->renewals == b->renewals && a->fine == b->fine &&
                    a->lost_price == b->lost_price);
    }
    assert_int_equal(one->act_count, same->act_count);
    for (size_t i = 0; i < one->act_count; i++) {
        assert_true(one->acts[i].at == same->acts[i].at && one->acts[i].kind == same->acts[i].kind &&
                    one->acts[i].index == same->acts[i].index);
        alike += i < other->act_count && one->acts[i].at == other->acts[i].at;
    }
    assert_true(alike < 10);
}

static void test_plan__does_nothing_before_opening_time(void **state)
{
    (void)state;
    struct plan_request request = minimal();
    request.now = clock_day_start(clock_day_of(NOW)) + 6 * 3600 * 1000; /* six in the morning */
    const struct plan *plan = plan_make(&arena, &request);
    play(plan, &request);
    assert_int_equal(plan->loan_count, 2250);
    assert_true(clock_day_of(plan->loans[plan->loan_count - 1].lent_at) == clock_day_of(NOW) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan__deals_tiers_and_segments_exactly),
        cmocka_unit_test(test_plan__lends_by_tier),
        cmocka_unit_test(test_plan__lends_by_segment),
        cmocka_unit_test(test_plan__brings_12_in_100_back_late),
        cmocka_unit_test(test_plan__follows_the_seasons),
        cmocka_unit_test(test_plan__lets_days_differ_along_a_bell),
        cmocka_unit_test(test_plan__has_loans_open_and_overdue_now),
        cmocka_unit_test(test_plan__keeps_every_rule),
        cmocka_unit_test(test_plan__asks_each_members_own_rule),
        cmocka_unit_test(test_plan__lends_no_title_to_whoever_has_it),
        cmocka_unit_test(test_plan__lives_with_other_rules),
        cmocka_unit_test(test_plan__runs_out_of_copies_before_it_lends_one_twice),
        cmocka_unit_test(test_plan__is_the_same_for_the_same_seed),
        cmocka_unit_test(test_plan__does_nothing_before_opening_time),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
