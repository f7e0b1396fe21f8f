/*
 * test_faults_power.c — the power goes at the n-th write, sync or truncation of a day; and a sync that fails is not
 * followed by one that says all is well. Checkpoints come every few pages here, so that there are many of them.
 */
#include "scratch.h"

#undef WAL_SLICE_PAGES
#define WAL_SLICE_PAGES 12
#undef WAL_CHECKPOINT_PAGES
#define WAL_CHECKPOINT_PAGES 60
#undef WAL_RESTART_PAGES
#define WAL_RESTART_PAGES 120
#include "db/checkpoint.c"
#include "faults.h"

#define THROWS 2 /* of the dice for each moment: of the cache nothing arrives, or some */

static void start_again(struct day *day, const char *when)
{
    enum error_code code;

    if (begin_day(day, &code) != OK)
        stop_test("%s: the library does not open: %s", when, error_code_name(code));
}

/* After the power is back: what was acknowledged is there, and the rest of the day can be done. */
static void assert_day_survived(struct day *day, const struct outcomes *outcomes, const char *when)
{
    start_again(day, when);
    assert_acts(day, outcomes, true, when);
    finish_day(day, when);
    end_day(day);
    assert_sound(day);
}

static int64_t play_cut(int64_t at, uint64_t dice)
{
    struct outcomes outcomes;
    struct day day;
    char name[80];

    snprintf(name, sizeof name, "power cut at %" PRId64 ", dice %" PRIu64, at, dice);
    day_init(&day);
    faulty_watch(day.scratch.path);
    faulty_cut_at(at, dice);
    run_day(&day, &outcomes);
    end_day(&day);
    int64_t steps = faulty_steps();
    faulty_power_back();
    unlink(day.backup);
    assert_day_survived(&day, &outcomes, name);
    day_remove(&day);
    return steps;
}

static void test_faults_power__what_was_acknowledged_survives_a_cut_at_any_moment(void **state)
{
    (void)state;
    int64_t steps = play_cut(0, 0);
    int64_t stride = stride_of(steps);
    int64_t rounds = 0;

    assert_true(steps > 0 && steps < FAULTS_STEPS_MAX);
    for (int64_t at = 1; at <= steps; at += stride)
        for (uint64_t dice = 0; dice < THROWS; dice++, rounds++)
            (void)play_cut(at, dice * (uint64_t)at);
    print_message("power cut at the n-th write: %" PRId64 " rounds of %" PRId64 " moments, 0 losses\n",
                  rounds, steps);
}

/* ---- a sync that failed ---------------------------------------------------------------------------------------- */

/* Enough for several slices and checkpoints after whatever failed. */
#define MORE_READERS 60

static enum write_result register_more(struct ctx *ctx, void *argument)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;

    facts.name = arena_printf(ctx->arena, "One of many %d", *(const int *)argument);
    return done_if(members_create(ctx, &facts, &member));
}

/* How many were acknowledged. */
static int register_many(struct day *day)
{
    int acknowledged = 0;

    for (int i = 0; i < MORE_READERS; i++) {
        struct arena arena;
        struct ctx ctx = scratch_ctx(&arena);
        acknowledged += writer_run(day->writer, &ctx, register_more, &i) == OK;
        arena_release(&arena);
    }
    return acknowledged;
}

/* The sync fails, work goes on, it stops or not, and then the power goes. */
static int64_t play_sync(int64_t at, bool stops)
{
    struct outcomes outcomes;
    struct day day;
    char name[80];

    snprintf(name, sizeof name, "sync %" PRId64 " fails, then %s, then a power cut", at,
             stops ? "a stop" : "nothing");
    day_init(&day);
    faulty_watch(day.scratch.path);
    faulty_cut_at(0, 0);
    faulty_arm(&(struct fault){.kind = FAULT_SYNC, .at = at});
    run_day(&day, &outcomes);
    int acknowledged = outcomes.began == OK ? register_many(&day) : 0;
    if (!stops)
        faulty_cut_now();
    if (outcomes.began == OK)
        end_day(&day);
    int64_t count = faulty_count(FAULT_SYNC);
    faulty_disarm();
    faulty_power_back();
    unlink(day.backup);
    start_again(&day, name);
    int64_t there = file_int(day.scratch.path, "SELECT count(*) FROM member WHERE name LIKE 'One of many %'");
    if (there < acknowledged)
        stop_test("%s: %d were acknowledged, and %" PRId64 " are there", name, acknowledged, there);
    end_day(&day);
    assert_day_survived(&day, &outcomes, name);
    day_remove(&day);
    return count;
}

static void sweep_sync(bool stops)
{
    int64_t count = play_sync(0, stops);
    int64_t stride = stride_of(count);
    int64_t rounds = 0;

    assert_true(count > 0 && count < FAULTS_STEPS_MAX);
    for (int64_t at = 1; at <= count; at += stride, rounds++)
        (void)play_sync(at, stops);
    print_message("a failed sync, then %s: %" PRId64 " rounds of %" PRId64 ", 0 losses\n",
                  stops ? "a stop" : "a power cut", rounds, count);
}

static void test_faults_power__a_sync_that_failed_is_not_taken_for_done_by_a_later_one(void **state)
{
    (void)state;
    sweep_sync(false);
    sweep_sync(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_power__a_sync_that_failed_is_not_taken_for_done_by_a_later_one),
        cmocka_unit_test(test_faults_power__what_was_acknowledged_survives_a_cut_at_any_moment),
    };
    return cmocka_run_group_tests(tests, make_template, drop_template);
}
