/*
 * test_writer.c — what was acknowledged is in the file, once; what was not is not. (Limits and waiting: with
 * small limits in test_writer_limits.c.)
 */
#include "writer_test.h"

#include <signal.h>
#include <sys/wait.h>

SQL(BREAK_OUT, "ROLLBACK");
SQL(INSERT_ORPHAN, "INSERT INTO detail (note) VALUES (-1)");

/* Everybody queues while the writer is held, then all run: those of one batch, in this order. */
static void run_together(struct writer_test *t, struct caller *callers, int count)
{
    struct gate gate;

    close_gate(&gate, t);
    for (int i = 0; i < count; i++) {
        callers[i].test = t;
        start_caller(&callers[i]);
        wait_until_queued(t, i + 1, 0);
    }
    open_gate(&gate);
    join_callers(callers, count);
}

/* ---- many ---------------------------------------------------------------------------------------------- */

#define MANY_THREADS 32
#define MANY_JOBS 40

static void *run_many(void *argument)
{
    struct caller *caller = argument;

    for (int i = 0; i < MANY_JOBS; i++) {
        struct caller one = {
            .test = caller->test, .work = write_note, .number = caller->number * MANY_JOBS + i};
        if (run_job(&one) == OK && one.runs == 1)
            caller->seen++;
    }
    return NULL;
}

static void test_writer__keeps_what_many_threads_write_each_once(void **state)
{
    struct writer_test *t = *state;
    struct caller callers[MANY_THREADS] = {0};

    for (int i = 0; i < MANY_THREADS; i++) {
        callers[i] = (struct caller){.test = t, .number = i};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, run_many, &callers[i]), 0);
    }
    join_callers(callers, MANY_THREADS);
    for (int i = 0; i < MANY_THREADS; i++)
        assert_int_equal(callers[i].seen, MANY_JOBS);
    struct writer_figures now = figures(t);
    assert_int_equal(now.jobs, MANY_THREADS * MANY_JOBS);
    assert_true(now.batches < now.jobs);
    assert_true(now.largest_batch > 1 && now.largest_batch <= WRITER_BATCH_MAX);
    assert_int_equal(now.retried_batches, 0);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), MANY_THREADS * MANY_JOBS);
    assert_int_equal(file_int(t->scratch.path, "SELECT count(DISTINCT job) FROM note"),
                     MANY_THREADS * MANY_JOBS);
}

static void test_writer__takes_at_most_a_batch_at_a_time(void **state)
{
    struct writer_test *t = *state;
    static struct caller callers[THREADS_MAX];
    struct gate gate;

    close_gate(&gate, t);
    for (int i = 0; i < THREADS_MAX; i++) {
        callers[i] = (struct caller){.test = t, .work = write_note, .number = i};
        start_caller(&callers[i]);
    }
    wait_until_queued(t, THREADS_MAX, 0);
    open_gate(&gate);
    join_callers(callers, THREADS_MAX);
    assert_int_equal(figures(t).largest_batch, WRITER_BATCH_MAX);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), THREADS_MAX);
}

/* ---- failing ------------------------------------------------------------------------------------------- */

static enum write_result write_and_refuse(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    caller->runs++;
    if (put_note(ctx, caller->number, 0) != OK)
        return WRITE_FAILED;
    (void)fail(ctx, BORROW_LIMIT_EXCEEDED, "Refused.");
    return WRITE_FAILED;
}

static enum write_result write_twice(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    caller->runs++;
    (void)put_note(ctx, caller->number, 0);
    return put_note(ctx, caller->number, 0) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result fail_silently(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    (void)put_note(ctx, caller->number, 0);
    return WRITE_FAILED;
}

static void test_writer__a_failing_job_leaves_its_neighbours(void **state)
{
    struct writer_test *t = *state;
    struct caller callers[] = {{.work = write_note, .number = 1},    {.work = write_and_refuse, .number = 2},
                               {.work = write_note, .number = 3},    {.work = write_twice, .number = 4},
                               {.work = fail_silently, .number = 5}, {.work = write_note, .number = 6}};

    run_together(t, callers, 6);
    assert_true(figures(t).largest_batch > 1);
    assert_int_equal(figures(t).retried_batches, 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(callers[i].kind == OK, callers[i].work == write_note);
    assert_int_equal(callers[1].code, ERR_BORROW_LIMIT_EXCEEDED);
    assert_int_equal(callers[3].code, ERR_INTERNAL);
    assert_int_equal(callers[4].code, ERR_INTERNAL);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 3);
    assert_int_equal(notes(t, "job IN (1, 3, 6)"), 3);
}

static enum write_result write_and_remember(struct ctx *ctx, void *argument)
{
    return write_and_refuse(ctx, argument) == WRITE_FAILED ? WRITE_REFUSED_AND_KEPT : WRITE_FAILED;
}

static void test_writer__keeps_what_a_refusal_must_remember(void **state)
{
    struct writer_test *t = *state;
    struct caller caller = {.test = t, .work = write_and_remember, .number = 1};

    assert_int_equal(run_job(&caller), ERROR_CONFLICT);
    assert_int_equal(caller.code, ERR_BORROW_LIMIT_EXCEEDED);
    stop_writer(t);
    assert_int_equal(notes(t, "job = 1"), 1);
}

static enum write_result write_after_trouble(struct ctx *ctx, void *argument)
{
    (void)fail(ctx, BUSY, "Got over it.");
    return write_note(ctx, argument);
}

static void test_writer__acknowledges_what_it_keeps(void **state)
{
    struct writer_test *t = *state;
    struct caller caller = {.test = t, .work = write_after_trouble, .number = 1};

    assert_int_equal(run_job(&caller), OK);
    assert_int_equal(caller.code, ERR_NONE);
    stop_writer(t);
    assert_int_equal(notes(t, "job = 1"), 1);
}

static enum write_result exhaust(struct ctx *ctx, void *argument)
{
    enum write_result result = write_note(ctx, argument);

    ctx->arena->max = ctx->arena->used;
    arena_alloc(ctx->arena, 1);
    return result;
}

static void test_writer__rolls_back_what_was_too_much_for_its_memory(void **state)
{
    struct writer_test *t = *state;
    struct caller caller = {.test = t, .work = exhaust, .number = 1};

    assert_int_equal(run_job(&caller), ERROR_BUSY);
    assert_int_equal(caller.code, ERR_OUT_OF_MEMORY);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 0);
}

/* ---- when the whole transaction goes ------------------------------------------------------------------- */

/* As a full disk does it: everything is rolled back under the job, which does not notice and writes on. */
static enum write_result lose_transaction(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    caller->runs++;
    if (put_note(ctx, caller->number, 0) != OK || db_run(db_statement(ctx, &BREAK_OUT)) != OK)
        abort();
    for (int i = 1; i < 10; i++) {
        error_clear(ctx);
        if (put_note(ctx, caller->number, i) == OK)
            caller->seen++;
    }
    return caller->number % 2 ? WRITE_DONE : WRITE_REFUSED_AND_KEPT;
}

static void test_writer__runs_the_others_again_when_the_whole_batch_is_lost(void **state)
{
    struct writer_test *t = *state;
    struct caller callers[] = {
        {.work = write_note, .number = 1},       {.work = write_and_refuse, .number = 2},
        {.work = lose_transaction, .number = 3}, {.work = write_note, .number = 4},
        {.work = lose_transaction, .number = 6}, {.work = write_and_remember, .number = 5}};

    run_together(t, callers, 6);
    assert_int_equal(figures(t).retried_batches, 1);
    assert_int_equal(callers[0].kind, OK);
    assert_int_equal(callers[1].code, ERR_BORROW_LIMIT_EXCEEDED);
    assert_int_equal(callers[2].code, ERR_INTERNAL);
    assert_int_equal(callers[3].kind, OK);
    assert_int_equal(callers[4].code, ERR_INTERNAL);
    assert_int_equal(callers[5].code, ERR_BORROW_LIMIT_EXCEEDED);
    assert_int_equal(callers[0].runs, 2);
    assert_int_equal(callers[2].seen + callers[4].seen, 0);
    stop_writer(t);
    assert_int_equal(notes(t, "job IN (1, 4, 5)"), 3);
    assert_int_equal(notes(t, "true"), 3);
}

static enum write_result leave_orphan(struct ctx *ctx, void *argument)
{
    enum write_result result = write_note(ctx, argument);

    return db_run(db_statement(ctx, &INSERT_ORPHAN)) == OK ? result : WRITE_FAILED;
}

/* A deferred constraint is looked at by COMMIT itself. */
static void test_writer__finds_the_one_for_whom_a_commit_fails(void **state)
{
    struct writer_test *t = *state;
    struct caller callers[] = {{.work = write_note, .number = 1},
                               {.work = leave_orphan, .number = 2},
                               {.work = write_note, .number = 3}};

    run_together(t, callers, 3);
    assert_int_equal(figures(t).retried_batches, 1);
    assert_int_equal(callers[0].kind, OK);
    assert_int_equal(callers[1].code, ERR_INTERNAL);
    assert_int_equal(callers[2].kind, OK);
    struct caller after = {.test = t, .work = write_note, .number = 4};
    assert_int_equal(run_job(&after), OK);
    stop_writer(t);
    assert_int_equal(notes(t, "job IN (1, 3, 4)"), 3);
    assert_int_equal(notes(t, "true"), 3);
}

struct fresh_start {
    struct caller caller;
    size_t used[2];
    int released;
    bool clean;
};

static void count_release(void *resource)
{
    (*(int *)resource)++;
}

static enum write_result note_what_it_finds(struct ctx *ctx, void *argument)
{
    struct fresh_start *start = argument;
    struct caller *caller = &start->caller;

    if (caller->runs == 0)
        start->clean = true;
    start->used[caller->runs++] = ctx->arena->used;
    start->clean = start->clean && ctx->error.code == ERR_NONE && !ctx->error.reasons && !ctx->error.fields;
    arena_alloc(ctx->arena, 100000);
    arena_defer(ctx->arena, count_release, &start->released);
    error_reason_int(ctx, "leftover", 1);
    enum write_result result = put_note(ctx, caller->number, 0) == OK ? WRITE_DONE : WRITE_FAILED;
    (void)fail(ctx, BUSY, "Left over.");
    return result;
}

static void *run_fresh_start(void *argument)
{
    struct fresh_start *start = argument;

    start->caller.ctx = scratch_ctx(&start->caller.arena);
    arena_alloc(&start->caller.arena, 5000); /* what the worker had before it queued */
    start->caller.kind =
        writer_run(start->caller.test->writer, &start->caller.ctx, note_what_it_finds, start);
    arena_release(&start->caller.arena);
    return NULL;
}

static void test_writer__lets_a_second_run_start_where_the_first_did(void **state)
{
    struct writer_test *t = *state;
    struct fresh_start start = {.caller = {.test = t, .number = 1}};
    struct caller breaker = {.test = t, .work = lose_transaction, .number = 2};
    struct gate gate;

    close_gate(&gate, t);
    assert_int_equal(pthread_create(&start.caller.thread, NULL, run_fresh_start, &start), 0);
    wait_until_queued(t, 1, 0);
    start_caller(&breaker);
    wait_until_queued(t, 2, 0);
    open_gate(&gate);
    pthread_join(start.caller.thread, NULL);
    pthread_join(breaker.thread, NULL);
    assert_int_equal(start.caller.kind, OK);
    assert_int_equal(start.caller.runs, 2);
    assert_true(start.clean);
    assert_true(start.used[0] == start.used[1]);
    assert_int_equal(start.released, 2);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 1);
}

/* ---- bulk ---------------------------------------------------------------------------------------------- */

#define SLICES 60

static atomic_int slices_done;

static enum write_result write_slices(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;
    int64_t until = clock_monotonic_ms() + WRITER_BULK_SLICE_MS;

    if (put_note(ctx, caller->number, caller->runs) != OK)
        return WRITE_FAILED;
    while (clock_monotonic_ms() < until)
        ;
    atomic_fetch_add(&slices_done, 1);
    return ++caller->runs < SLICES ? WRITE_MORE : WRITE_DONE;
}

static void test_writer__bulk_work_lets_the_desk_in_all_the_time(void **state)
{
    struct writer_test *t = *state;
    struct caller bulk = {.test = t, .work = write_slices, .bulk = true, .number = 1000};
    int64_t longest = 0;
    int desk = 0;

    atomic_store(&slices_done, 0);
    start_caller(&bulk);
    while (atomic_load(&slices_done) == 0)
        clock_sleep_ms(1);
    while (atomic_load(&slices_done) < SLICES - 5) {
        struct caller caller = {.test = t, .work = write_note, .number = ++desk};
        assert_int_equal(run_job(&caller), OK);
        longest = caller.waited_ms > longest ? caller.waited_ms : longest;
        clock_sleep_ms(3);
    }
    pthread_join(bulk.thread, NULL);
    assert_int_equal(bulk.kind, OK);
    assert_int_equal(bulk.runs, SLICES);
    print_message("%d desk jobs beside %d bulk slices, the slowest in %d ms\n", desk, SLICES, (int)longest);
    assert_true(desk > 0);
    stop_writer(t);
    assert_int_equal(notes(t, "job = 1000"), SLICES);
    assert_int_equal(notes(t, "job < 1000"), desk);
}

/* In its first slice somebody comes to the desk: when the second begins, he has been served. */
struct interrupted {
    struct caller bulk, desk;
    bool served_first;
};

static enum write_result let_somebody_come(struct ctx *ctx, void *argument)
{
    struct interrupted *both = argument;

    if (both->bulk.runs++ > 0) {
        both->served_first = both->desk.runs == 1;
        return put_note(ctx, 2, 0) == OK ? WRITE_DONE : WRITE_FAILED;
    }
    start_caller(&both->desk);
    for (bool came = false; !came; clock_sleep_ms(1)) {
        pthread_mutex_lock(&both->bulk.test->writer->mutex);
        came = both->bulk.test->writer->desk.count == 1;
        pthread_mutex_unlock(&both->bulk.test->writer->mutex);
    }
    return put_note(ctx, 1, 0) == OK ? WRITE_MORE : WRITE_FAILED;
}

static void test_writer__serves_the_desk_between_two_slices(void **state)
{
    struct writer_test *t = *state;
    struct interrupted both = {.bulk = {.test = t, .work = let_somebody_come, .bulk = true},
                               .desk = {.test = t, .work = write_note, .number = 3}};

    assert_int_equal(run_job(&both.bulk), OK);
    pthread_join(both.desk.thread, NULL);
    assert_int_equal(both.desk.kind, OK);
    assert_true(both.served_first);
    stop_writer(t);
    assert_int_equal(notes(t, "job IN (1, 2, 3)"), 3);
}

static enum write_result fail_in_third_slice(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    if (put_note(ctx, caller->number, caller->runs) != OK)
        return WRITE_FAILED;
    arena_alloc(ctx->arena, 64);
    caller->seen = (int64_t)ctx->arena->used;
    if (++caller->runs < 3)
        return WRITE_MORE;
    (void)fail(ctx, IMPORT_UNREADABLE, "Row 3.");
    return WRITE_FAILED;
}

static void test_writer__keeps_the_slices_before_the_one_that_failed(void **state)
{
    struct writer_test *t = *state;
    struct caller bulk = {.test = t, .work = fail_in_third_slice, .bulk = true, .number = 7};

    assert_int_equal(run_job(&bulk), ERROR_INVALID);
    assert_int_equal(bulk.code, ERR_IMPORT_UNREADABLE);
    assert_int_equal(bulk.seen, 3 * 64); /* slices share their memory: a report grows in it */
    stop_writer(t);
    assert_int_equal(notes(t, "slice < 2"), 2);
    assert_int_equal(notes(t, "true"), 2);
}

static void test_writer__runs_bulk_jobs_one_after_the_other(void **state)
{
    struct writer_test *t = *state;
    struct caller bulk[3] = {{0}};

    atomic_store(&slices_done, 0);
    for (int i = 0; i < 3; i++) {
        bulk[i] = (struct caller){.test = t, .work = write_slices, .bulk = true, .number = i};
        start_caller(&bulk[i]);
    }
    join_callers(bulk, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bulk[i].kind, OK);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 3 * SLICES);
    assert_int_equal(file_int(t->scratch.path,
                              "SELECT count(*) FROM (SELECT job, lag(job) OVER (ORDER BY id) AS before"
                              " FROM note) WHERE job <> before"),
                     2);
}

/* ---- ending -------------------------------------------------------------------------------------------- */

static void *stop_in_thread(void *argument)
{
    writer_stop(argument);
    return NULL;
}

static void wait_until_stopping(struct writer_test *t)
{
    for (bool stopping = false; !stopping; clock_sleep_ms(1)) {
        pthread_mutex_lock(&t->writer->mutex);
        stopping = t->writer->stopping;
        pthread_mutex_unlock(&t->writer->mutex);
    }
}

static void test_writer__finishes_what_is_queued_when_it_stops(void **state)
{
    struct writer_test *t = *state;
    struct caller callers[20] = {{0}};
    struct gate gate;
    pthread_t stopper;

    close_gate(&gate, t);
    for (int i = 0; i < 20; i++) {
        callers[i] = (struct caller){
            .test = t, .work = i < 15 ? write_note : write_slices, .bulk = i >= 15, .number = i};
        start_caller(&callers[i]);
    }
    wait_until_queued(t, 15, 5);
    assert_int_equal(pthread_create(&stopper, NULL, stop_in_thread, t->writer), 0);
    wait_until_stopping(t);
    /* Who comes now comes too late, and is told so at once. */
    struct caller late = {.test = t, .work = write_note, .number = 100};
    assert_int_equal(run_job(&late), ERROR_BUSY);
    assert_int_equal(late.runs, 0);
    open_gate(&gate);
    join_callers(callers, 20);
    pthread_join(stopper, NULL);
    t->writer = NULL;
    for (int i = 0; i < 20; i++)
        assert_int_equal(callers[i].kind, OK);
    assert_int_equal(notes(t, "slice = 0"), 20);
    assert_int_equal(notes(t, "job >= 15"), 5 * SLICES);
    assert_int_equal(files_in(t->scratch.directory), 1); /* and the WAL is back in the file */
}

/* ---- death --------------------------------------------------------------------------------------------- */

/* A child that writes until it is killed, and says of each note when it was acknowledged. */
static void write_until_killed(struct writer_test *t, int acknowledged)
{
    start_writer(t);
    for (int64_t number = 0;; number++) {
        struct caller caller = {.test = t, .work = write_note, .number = number};
        if (run_job(&caller) != OK || write(acknowledged, &number, sizeof number) != sizeof number)
            _exit(1);
    }
}

static void test_writer__has_everything_it_acknowledged_after_being_killed(void **state)
{
    struct writer_test *t = calloc(1, sizeof *t);
    int acknowledged[2];
    int64_t last = -1;

    (void)state;
    make_library(t);
    assert_int_equal(pipe(acknowledged), 0);
    pid_t child = fork();
    if (child == 0)
        write_until_killed(t, acknowledged[1]);
    close(acknowledged[1]);
    int64_t number;
    while (read(acknowledged[0], &number, sizeof number) == sizeof number) {
        last = number;
        if (last == 200)
            kill(child, SIGKILL);
    }
    waitpid(child, NULL, 0);
    close(acknowledged[0]);
    assert_true(last >= 200);
    char where[64];
    snprintf(where, sizeof where, "job <= %d", (int)last);
    assert_int_equal(notes(t, where), last + 1);
    assert_int_equal(file_int(t->scratch.path, "SELECT quick_check = 'ok' FROM pragma_quick_check"), 1);
    scratch_remove(&t->scratch);
    free(t);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_writer__keeps_what_many_threads_write_each_once),
        each(test_writer__takes_at_most_a_batch_at_a_time),
        each(test_writer__a_failing_job_leaves_its_neighbours),
        each(test_writer__keeps_what_a_refusal_must_remember),
        each(test_writer__acknowledges_what_it_keeps),
        each(test_writer__rolls_back_what_was_too_much_for_its_memory),
        each(test_writer__runs_the_others_again_when_the_whole_batch_is_lost),
        each(test_writer__finds_the_one_for_whom_a_commit_fails),
        each(test_writer__lets_a_second_run_start_where_the_first_did),
        each(test_writer__bulk_work_lets_the_desk_in_all_the_time),
        each(test_writer__serves_the_desk_between_two_slices),
        each(test_writer__keeps_the_slices_before_the_one_that_failed),
        each(test_writer__runs_bulk_jobs_one_after_the_other),
        each(test_writer__finishes_what_is_queued_when_it_stops),
        cmocka_unit_test(test_writer__has_everything_it_acknowledged_after_being_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
