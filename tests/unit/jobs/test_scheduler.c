/*
 * test_scheduler.c — jobs run when they are due, say how it went, and stop when they are told to.
 *
 * A real writer on a real file: the fixture makes the library and lets go of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "counters/counters_check_service.h"
#include "db/engine.h"
#include "db/writer.h"
#include "events/events_service.h"
#include "jobs/scheduler.h"
#include "support/fixture.h"

#define PATIENCE_MS 5000

struct bench {
    struct fixture *fixture;
    struct ctx ctx; /* without a database: the scheduler's side */
    struct arena arena;
    struct writer *writer;
};

static atomic_int runs;
static atomic_int other_runs;

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    bench->fixture = fixture_new();
    fixture_commit(bench->fixture);
    assert_int_equal(db_exec(&bench->fixture->ctx, "ROLLBACK"), OK); /* the writer must get its lock */
    arena_init(&bench->arena, ARENA_REQUEST_MAX);
    bench->ctx = (struct ctx){.arena = &bench->arena, .now = clock_now_ms(), .currency_exponent = 2};
    atomic_store(&runs, 0);
    atomic_store(&other_runs, 0);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    if (bench->writer)
        writer_stop(bench->writer);
    arena_release(&bench->arena);
    fixture_free(bench->fixture);
    free(bench);
    return 0;
}

/* What a test puts into the library itself, it does before: two connections must not write at once. */
static void start_writer(struct bench *bench)
{
    struct db *db = NULL;

    if (bench->writer)
        return;
    assert_int_equal(db_open(&bench->ctx, bench->fixture->path, DB_WRITE, &db), OK);
    assert_int_equal(writer_start(&bench->ctx, db, &bench->writer), OK);
}

static struct jobs *start(struct bench *bench, const struct job *table)
{
    struct jobs *jobs = NULL;

    start_writer(bench);
    assert_int_equal(jobs_start_table(&bench->ctx, bench->writer, table, &jobs), OK);
    return jobs;
}

static bool reaches(atomic_int *counter, int target)
{
    int64_t end = clock_monotonic_ms() + PATIENCE_MS;

    while (atomic_load(counter) < target && clock_monotonic_ms() < end)
        clock_sleep_ms(2);
    return atomic_load(counter) >= target;
}

static enum error_kind count_run(struct job_context *job)
{
    assert_null(job->ctx->db);
    assert_non_null(job->writer);
    job->rows = 3;
    atomic_fetch_add(&runs, 1);
    return OK;
}

static enum error_kind count_other(struct job_context *job)
{
    (void)job;
    atomic_fetch_add(&other_runs, 1);
    return OK;
}

static enum error_kind go_wrong(struct job_context *job)
{
    atomic_fetch_add(&runs, 1);
    return fail(job->ctx, DISK_FULL, "No room.");
}

static enum error_kind run_until_stopped(struct job_context *job)
{
    atomic_fetch_add(&runs, 1);
    while (!jobs_stopping(job->jobs))
        clock_sleep_ms(2);
    return OK;
}

static atomic_bool let_go;

static enum error_kind run_until_let_go(struct job_context *job)
{
    (void)job;
    atomic_fetch_add(&runs, 1);
    while (!atomic_load(&let_go))
        clock_sleep_ms(2);
    return OK;
}

static void test_scheduler__runs_each_job_again_and_again(void **state)
{
    static const struct job table[] = {{"often", 5, count_run, "t"}, {"too", 8, count_other, "t"}, {0}};
    struct bench *bench = *state;
    struct jobs *jobs = start(bench, table);

    assert_true(reaches(&runs, 3));
    assert_true(reaches(&other_runs, 3));
    jobs_stop(jobs);
    int after = atomic_load(&runs);
    clock_sleep_ms(30);
    assert_int_equal(atomic_load(&runs), after);
}

static void test_scheduler__records_how_it_went(void **state)
{
    static const struct job table[] = {{"good", 5, count_run, "t"}, {0}};
    struct bench *bench = *state;
    int64_t before = clock_now_ms();
    struct jobs *jobs = start(bench, table);

    assert_true(reaches(&runs, 2));
    jobs_stop(jobs);
    assert_int_equal(fixture_int(bench->fixture, "SELECT count(*) FROM job_run WHERE name = 'good'"
                                                 " AND outcome = 'ok: 3 rows' AND started_at <= finished_at"),
                     1);
    assert_true(fixture_int(bench->fixture, "SELECT started_at FROM job_run") >= before);
}

static void test_scheduler__records_failures_and_goes_on(void **state)
{
    static const struct job table[] = {{"bad", 5, go_wrong, "t"}, {0}};
    struct bench *bench = *state;
    struct jobs *jobs = start(bench, table);

    assert_true(reaches(&runs, 2));
    jobs_stop(jobs);
    assert_int_equal(
        fixture_int(bench->fixture, "SELECT count(*) FROM job_run WHERE outcome = 'DISK_FULL: No room.'"), 1);
}

static _Atomic(int64_t) first_run_at, last_run_at;

static enum error_kind note_when(struct job_context *job)
{
    atomic_store(&last_run_at, job->ctx->now);
    if (atomic_fetch_add(&other_runs, 1) == 0)
        atomic_store(&first_run_at, job->ctx->now);
    return OK;
}

static enum error_kind note_work(struct job_context *job)
{
    job->rows = 1;
    return note_when(job);
}

static void test_scheduler__a_quiet_job_that_finds_nothing_leaves_no_record_each_time(void **state)
{
    static const struct job quiet[] = {{"quiet", 5, note_when, "t", true}, {0}};
    static const struct job busy[] = {{"busy", 5, note_work, "t", true}, {0}};
    struct bench *bench = *state;
    struct jobs *jobs = start(bench, quiet);

    assert_true(reaches(&other_runs, 5));
    jobs_stop(jobs);
    assert_true(atomic_load(&last_run_at) > atomic_load(&first_run_at));
    assert_true(fixture_int(bench->fixture, "SELECT started_at FROM job_run WHERE name = 'quiet'") ==
                atomic_load(&first_run_at));
    /* One that has done something does. */
    atomic_store(&other_runs, 0);
    jobs = start(bench, busy);
    assert_true(reaches(&other_runs, 5));
    jobs_stop(jobs);
    assert_true(fixture_int(bench->fixture, "SELECT started_at FROM job_run WHERE name = 'busy'") >
                atomic_load(&first_run_at));
}

static void test_scheduler__remembers_the_last_run_across_restarts(void **state)
{
    static const struct job table[] = {
        {"daily", MS_PER_DAY, count_run, "t"}, {"often", 5, count_other, "t"}, {0}};
    struct bench *bench = *state;

    assert_int_equal(
        db_exec(&bench->fixture->ctx,
                arena_printf(&bench->arena, "INSERT INTO job_run VALUES ('daily', 1, %lld, 'ok')",
                             (long long)(clock_now_ms() - 3600 * MS_PER_SECOND))),
        OK);
    struct jobs *jobs = start(bench, table);
    assert_true(reaches(&other_runs, 3));
    jobs_stop(jobs);
    assert_int_equal(atomic_load(&runs), 0);
}

static void test_scheduler__waits_for_the_rest_of_the_period(void **state)
{
    static const struct job daily = {.name = "daily", .period_ms = MS_PER_DAY};
    static const struct job often = {.name = "often", .period_ms = 50};
    int64_t now = 1772445600000;
    int64_t hour = 3600 * MS_PER_SECOND;

    (void)state;
    assert_int_equal(jobs_first_delay(&daily, now - hour, now), 23 * hour);
    assert_int_equal(jobs_first_delay(&daily, now - 30 * hour, now), 10 * MS_PER_SECOND);
    assert_int_equal(jobs_first_delay(&daily, 0, now), 10 * MS_PER_SECOND);
    assert_int_equal(jobs_first_delay(&daily, now + 100 * hour, now), 24 * hour); /* the clock was set back */
    assert_int_equal(jobs_first_delay(&often, 0, now), 50);
}

static void test_scheduler__stops_at_once(void **state)
{
    static const struct job idle[] = {{"daily", MS_PER_DAY, count_run, "t"}, {0}};
    static const struct job long_one[] = {{"long", 5, run_until_stopped, "t"}, {0}};
    struct bench *bench = *state;
    int64_t began = clock_monotonic_ms();

    jobs_stop(start(bench, idle));
    struct jobs *jobs = start(bench, long_one);
    assert_true(reaches(&runs, 1));
    jobs_stop(jobs);
    jobs_stop(NULL);
    assert_true(clock_monotonic_ms() - began < PATIENCE_MS);
}

/* Whoever ends several things asks all of them before he waits for one. */
static void test_scheduler__who_asks_it_to_stop_does_not_wait_and_nobody_waits_for_a_job(void **state)
{
    static const struct job table[] = {{"stubborn", 5, run_until_let_go, "t"}, {0}};
    struct bench *bench = *state;
    struct jobs *jobs = start(bench, table);
    struct job_end end;

    assert_true(reaches(&runs, 1));
    jobs_ask_to_stop(jobs);
    assert_true(jobs_stopping(jobs));
    assert_int_equal(jobs_run_now(&bench->ctx, "stubborn", &end), ERROR_BUSY);
    assert_string_equal(bench->ctx.error.detail, "The server is stopping. Try again in a moment.");
    error_clear(&bench->ctx);
    atomic_store(&let_go, true);
    jobs_stop(jobs);
    assert_int_equal(atomic_load(&runs), 1);
}

static void test_scheduler__refuses_an_empty_table(void **state)
{
    static const struct job none[] = {{0}};
    struct bench *bench = *state;
    struct jobs *jobs = NULL;

    start_writer(bench);
    assert_int_equal(jobs_start_table(&bench->ctx, bench->writer, none, &jobs), ERROR_INTERNAL);
    assert_null(jobs);
}

/* By hand: at once, though it is due tomorrow, and again and again. */
static void test_scheduler__runs_one_by_hand(void **state)
{
    static const struct job table[] = {
        {"daily", MS_PER_DAY, count_run, "t"}, {"bad", MS_PER_DAY, go_wrong, "t"}, {0}};
    struct bench *bench = *state;
    struct jobs *jobs = start(bench, table);
    struct job_end end;

    bench->ctx.actor.name = "Ada";
    assert_int_equal(jobs_run_now(&bench->ctx, "daily", &end), OK);
    assert_int_equal(atomic_load(&runs), 1);
    assert_string_equal(end.job->name, "daily");
    assert_true(end.ok && end.started_at <= end.finished_at);
    assert_string_equal(end.outcome, "ok: 3 rows");
    assert_int_equal(jobs_run_now(&bench->ctx, "daily", &end), OK);
    assert_int_equal(atomic_load(&runs), 2);
    assert_int_equal(jobs_run_now(&bench->ctx, "bad", &end), OK);
    assert_false(end.ok);
    assert_string_equal(end.outcome, "DISK_FULL: No room.");
    assert_int_equal(jobs_run_now(&bench->ctx, "none", &end), ERROR_NOT_FOUND);
    jobs_stop(jobs);
    error_clear(&bench->ctx);
    assert_int_equal(jobs_run_now(&bench->ctx, "daily", &end), ERROR_NOT_FOUND);
    assert_int_equal(fixture_int(bench->fixture, "SELECT count(*) FROM audit_log WHERE action = 'job.run'"
                                                 " AND actor = 'Ada'"),
                     3);
}

/* The real job, once: more old events than one slice takes. */
static void test_scheduler__prunes_events_past_their_time(void **state)
{
    struct bench *bench = *state;
    struct arena arena;
    struct ctx ctx = {.arena = &arena, .now = clock_now_ms()};
    struct job_context context = {.ctx = &ctx};
    int64_t keep_ms = (int64_t)EVENT_KEEP_DAYS * MS_PER_DAY;
    static const struct job idle[] = {{"daily", MS_PER_DAY, count_run, "t"}, {0}};

    arena_init(&arena, ARENA_REQUEST_MAX);
    assert_int_equal(
        db_exec(
            &bench->fixture->ctx,
            arena_printf(&arena,
                         "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)"
                         " INSERT INTO event (uuid, at, type) SELECT randomblob(16), i, 'BookAdded' FROM n;"
                         "INSERT INTO event (uuid, at, type) VALUES (randomblob(16), %lld, 'BookAdded'),"
                         " (randomblob(16), %lld, 'BookAdded')",
                         (long long)(ctx.now - keep_ms - 1), (long long)(ctx.now - keep_ms))),
        OK);
    context.jobs = start(bench, idle);
    context.writer = bench->writer;
    assert_string_equal(jobs_table[0].name, "prune_events");
    assert_int_equal(jobs_table[0].run(&context), OK);
    assert_int_equal(context.rows, 451);
    assert_true(fixture_int(bench->fixture, "SELECT at FROM event") == ctx.now - keep_ms);
    jobs_stop(context.jobs);
    arena_release(&arena);
}

static const struct job *job_named(const char *name)
{
    const struct job *job = jobs_table;

    while (strcmp(job->name, name) != 0) {
        job++;
        assert_non_null(job->name);
    }
    return job;
}

/* It ran at six in the evening and the machine is off at night: a period of a day would come after closing time. */
static void test_scheduler__what_is_for_today_runs_on_each_day_that_the_machine_does(void **state)
{
    int64_t now = 1772445600000;

    (void)state;
    assert_int_equal(
        jobs_first_delay(job_named("renew_automatically"), now - 14 * (int64_t)MS_PER_DAY / 24, now),
        10 * MS_PER_SECOND);
    assert_int_equal(jobs_first_delay(job_named("expire_holds"), now - 14 * (int64_t)MS_PER_DAY / 24, now),
                     10 * MS_PER_SECOND);
}

/* More than two slices of holds that were not fetched, and a reader who watches the title. */
static void test_scheduler__holds_that_were_not_fetched_are_over(void **state)
{
    struct bench *bench = *state;
    struct fixture *fixture = bench->fixture;
    struct arena arena;
    struct ctx ctx = {.arena = &arena, .now = clock_now_ms(), .actor = {.access = LOCAL_ADMIN, .name = "t"}};
    struct job_context context = {.ctx = &ctx};
    static const struct job idle[] = {{"daily", MS_PER_DAY, count_run, "t"}, {0}};

    arena_init(&arena, ARENA_REQUEST_MAX);
    assert_int_equal(
        db_exec(
            &fixture->ctx,
            "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
            " VALUES (1, randomblob(16), 'Dune', 'h', 'dune', 'h', 1, 1);"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 130)"
            " INSERT INTO copy (id, uuid, book_id, barcode, status, created_at, updated_at)"
            " SELECT i, randomblob(16), 1, 'c' || i, 'on_hold_shelf', 1, 1 FROM n;"
            "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
            " SELECT id, randomblob(16), barcode, 'n', 'n', 1, 1 FROM copy;"
            "INSERT INTO hold (uuid, book_id, member_id, status, place, copy_id, ready_at, pickup_day,"
            " placed_at, placed_by) SELECT randomblob(16), 1, id, 'ready', id, id, 1, id, 1, 't' FROM copy;"
            "INSERT INTO title_watch (book_id, member_id, created_at) VALUES (1, 1, 1)"),
        OK);
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    db_reset_statements(fixture->ctx.db);
    context.jobs = start(bench, idle);
    context.writer = bench->writer;
    assert_int_equal(job_named("expire_holds")->run(&context), OK);
    assert_int_equal(context.rows, 130);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM hold WHERE status = 'expired'"), 130);
    assert_int_equal(fixture_int(fixture, "SELECT available_copies FROM book"), 130);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'TitleAvailable'"), 1);
    jobs_stop(context.jobs);
    arena_release(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_scheduler__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_each_job_again_and_again),
        TEST(records_how_it_went),
        TEST(records_failures_and_goes_on),
        TEST(a_quiet_job_that_finds_nothing_leaves_no_record_each_time),
        TEST(remembers_the_last_run_across_restarts),
        TEST(waits_for_the_rest_of_the_period),
        TEST(stops_at_once),
        TEST(who_asks_it_to_stop_does_not_wait_and_nobody_waits_for_a_job),
        TEST(refuses_an_empty_table),
        TEST(runs_one_by_hand),
        TEST(what_is_for_today_runs_on_each_day_that_the_machine_does),
        TEST(prunes_events_past_their_time),
        TEST(holds_that_were_not_fetched_are_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
