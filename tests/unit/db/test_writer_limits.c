/*
 * test_writer_limits.c — the writer at its limits: queues that are full, jobs nobody takes, a lock another
 * process holds. writer.c is compiled in with limits small enough to be reached.
 */
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#undef WRITER_WAIT_MS
#define WRITER_WAIT_MS 300
#undef WRITER_QUEUE_MAX
#define WRITER_QUEUE_MAX 4
#undef WRITER_BULK_QUEUE_MAX
#define WRITER_BULK_QUEUE_MAX 2
#undef DB_LOCK_RETRY_BASE_MS
#define DB_LOCK_RETRY_BASE_MS 40
#include "writer_test.h"

#define LOCK_PATIENCE_MS (DB_LOCK_RETRY_BASE_MS * (1 + 2 + 4)) /* before jitter */

/* ---- queues -------------------------------------------------------------------------------------------- */

static void test_writer__refuses_when_the_queue_is_full(void **state)
{
    struct writer_test *t = *state;
    struct caller waiting[WRITER_QUEUE_MAX] = {{0}};
    struct gate gate;

    close_gate(&gate, t);
    for (int i = 0; i < WRITER_QUEUE_MAX; i++) {
        waiting[i] = (struct caller){.test = t, .work = write_note, .number = i};
        start_caller(&waiting[i]);
    }
    wait_until_queued(t, WRITER_QUEUE_MAX, 0);
    struct caller one_more = {.test = t, .work = write_note, .number = 100};
    assert_int_equal(run_job(&one_more), ERROR_BUSY);
    assert_int_equal(one_more.code, ERR_BUSY);
    assert_int_equal(one_more.runs, 0);
    assert_true(one_more.waited_ms < WRITER_WAIT_MS);
    assert_int_equal(figures(t).refused_full, 1);
    open_gate(&gate);
    join_callers(waiting, WRITER_QUEUE_MAX);
    for (int i = 0; i < WRITER_QUEUE_MAX; i++)
        assert_int_equal(waiting[i].kind, OK);
    assert_int_equal(run_job(&one_more), OK);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), WRITER_QUEUE_MAX + 1);
}

static void test_writer__refuses_when_the_bulk_queue_is_full(void **state)
{
    struct writer_test *t = *state;
    struct caller waiting[WRITER_BULK_QUEUE_MAX] = {{0}};
    struct gate gate;

    close_gate(&gate, t);
    for (int i = 0; i < WRITER_BULK_QUEUE_MAX; i++) {
        waiting[i] = (struct caller){.test = t, .work = write_note, .bulk = true, .number = i};
        start_caller(&waiting[i]);
    }
    wait_until_queued(t, 0, WRITER_BULK_QUEUE_MAX);
    struct caller one_more = {.test = t, .work = write_note, .bulk = true, .number = 100};
    assert_int_equal(run_job(&one_more), ERROR_BUSY);
    open_gate(&gate);
    join_callers(waiting, WRITER_BULK_QUEUE_MAX);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), WRITER_BULK_QUEUE_MAX);
}

static void test_writer__withdraws_a_job_that_nobody_takes(void **state)
{
    struct writer_test *t = *state;
    struct caller late[3] = {{0}};
    struct gate gate;

    close_gate(&gate, t);
    for (int i = 0; i < 3; i++) {
        late[i] = (struct caller){.test = t, .work = write_note, .number = i};
        start_caller(&late[i]);
        wait_until_queued(t, i + 1, 0);
    }
    join_callers(late, 3); /* while the writer is still held */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(late[i].kind, ERROR_BUSY);
        assert_int_equal(late[i].runs, 0);
        assert_in_range(late[i].waited_ms, WRITER_WAIT_MS - 5, WRITER_WAIT_MS * 10);
    }
    /* From the middle, the end and the beginning of the queue: it is still one. */
    struct caller soon = {.test = t, .work = write_note, .number = 10};
    start_caller(&soon);
    wait_until_queued(t, 1, 0);
    open_gate(&gate);
    pthread_join(soon.thread, NULL);
    assert_int_equal(soon.kind, OK);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 1);
}

/* Once taken it is waited for: nobody may be told "busy" of what is being written. */
static void test_writer__waits_for_a_job_that_was_taken(void **state)
{
    struct writer_test *t = *state;
    struct gate gate;

    close_gate(&gate, t);
    clock_sleep_ms(WRITER_WAIT_MS * 2);
    assert_false(atomic_load(&gate.open));
    open_gate(&gate);
    assert_int_equal(gate.caller.kind, OK);
    assert_true(gate.caller.waited_ms >= WRITER_WAIT_MS * 2);
}

/* ---- another process ----------------------------------------------------------------------------------- */

/*
 * What this program does when it is called with HOLD and a file: has its write lock for so long, or until it is
 * killed; a byte on standard output says since when. A program of its own, not a fork: other threads of the test may
 * hold a lock of SQLite's at that very moment, which a copy of the process would wait for for ever.
 */
#define HOLD "--hold-lock"

static int hold_lock_of(const char *path, const char *ms)
{
    sqlite3 *handle = NULL;

    if (sqlite3_open(path, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        write(STDOUT_FILENO, "x", 1) != 1)
        return 1;
    clock_sleep_ms(strtol(ms, NULL, 10));
    sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(handle);
    return 0;
}

/* That process, once it has the lock. */
static pid_t hold_lock(char *path, int ms)
{
    char program[] = "/proc/self/exe", hold[] = HOLD, for_ms[16], byte;
    char *arguments[] = {program, hold, path, for_ms, NULL};
    posix_spawn_file_actions_t actions;
    int ready[2];
    pid_t child;

    snprintf(for_ms, sizeof for_ms, "%d", ms);
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ready[1], STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn(&child, program, &actions, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ready[1]); /* so that a child that dies ends the wait */
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static void test_writer__waits_a_little_for_a_lock_of_another_process(void **state)
{
    struct writer_test *t = *state;
    struct caller caller = {.test = t, .work = write_note, .number = 1};

    pid_t child = hold_lock(t->scratch.path, LOCK_PATIENCE_MS / 3);
    assert_int_equal(run_job(&caller), OK);
    assert_true(caller.waited_ms >= DB_LOCK_RETRY_BASE_MS);
    assert_int_equal(caller.runs, 1);
    waitpid(child, NULL, 0);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 1);
}

static void test_writer__gives_up_on_a_lock_that_is_not_let_go(void **state)
{
    struct writer_test *t = *state;
    struct caller desk = {.test = t, .work = write_note, .number = 1};
    struct caller bulk = {.test = t, .work = write_note, .bulk = true, .number = 2};

    pid_t child = hold_lock(t->scratch.path, 60000);
    assert_int_equal(run_job(&desk), ERROR_BUSY);
    assert_int_equal(desk.code, ERR_BUSY);
    assert_int_equal(desk.runs, 0);
    assert_in_range(desk.waited_ms, LOCK_PATIENCE_MS, LOCK_PATIENCE_MS * 20);
    assert_int_equal(run_job(&bulk), ERROR_BUSY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(run_job(&desk), OK);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), 1);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(int count, char **arguments)
{
    if (count == 4 && strcmp(arguments[1], HOLD) == 0)
        return hold_lock_of(arguments[2], arguments[3]);
    const struct CMUnitTest tests[] = {
        each(test_writer__refuses_when_the_queue_is_full),
        each(test_writer__refuses_when_the_bulk_queue_is_full),
        each(test_writer__withdraws_a_job_that_nobody_takes),
        each(test_writer__waits_for_a_job_that_was_taken),
        each(test_writer__waits_a_little_for_a_lock_of_another_process),
        each(test_writer__gives_up_on_a_lock_that_is_not_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
