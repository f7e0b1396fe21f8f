/*
 * test_lockfile.c — one owner of a library, for as long as it lives.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/wait.h>

#include "db/lockfile.h"

static void test_lockfile__is_held_by_one(void **state)
{
    (void)state;
    struct scratch scratch;
    struct lockfile first = LOCKFILE_NONE;
    struct lockfile second = LOCKFILE_NONE;
    scratch_init(&scratch);

    assert_int_equal(lockfile_take(scratch.path, &first), LOCK_TAKEN);
    assert_int_equal(lockfile_take(scratch.path, &second), LOCK_HELD_BY_ANOTHER);
    assert_int_equal(second.descriptor, -1);
    lockfile_release(&first);
    assert_int_equal(first.descriptor, -1);
    assert_int_equal(lockfile_take(scratch.path, &second), LOCK_TAKEN);
    lockfile_release(&second);
    lockfile_release(&second);
    scratch_remove(&scratch);
}

/* What the child found, as its exit status. */
static int take_in_child(const char *path, bool keep_until_killed)
{
    int ready[2];
    if (pipe(ready) != 0)
        abort();
    pid_t child = fork();
    if (child == 0) {
        struct lockfile lock = LOCKFILE_NONE;
        enum lock_result result = lockfile_take(path, &lock);
        if (write(ready[1], "x", 1) != 1)
            _exit(99);
        while (keep_until_killed)
            pause();
        _exit(result);
    }
    char byte;
    close(ready[1]); /* so that a child that dies ends the wait */
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    if (keep_until_killed)
        return child;
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_lockfile__keeps_another_process_out(void **state)
{
    (void)state;
    struct scratch scratch;
    struct lockfile lock = LOCKFILE_NONE;
    scratch_init(&scratch);

    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_TAKEN);
    /* The child inherits the descriptor, but takes the lock through one of its own. */
    assert_int_equal(take_in_child(scratch.path, false), LOCK_HELD_BY_ANOTHER);
    lockfile_release(&lock);
    assert_int_equal(take_in_child(scratch.path, false), LOCK_TAKEN);
    scratch_remove(&scratch);
}

static void test_lockfile__ends_with_its_process(void **state)
{
    (void)state;
    struct scratch scratch;
    struct lockfile lock = LOCKFILE_NONE;
    scratch_init(&scratch);

    pid_t child = take_in_child(scratch.path, true);
    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_HELD_BY_ANOTHER);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_TAKEN);
    lockfile_release(&lock);
    scratch_remove(&scratch);
}

static void test_lockfile__is_one_for_all_names_of_a_library(void **state)
{
    (void)state;
    struct scratch scratch;
    char other[128];
    struct lockfile lock = LOCKFILE_NONE;
    struct lockfile second = LOCKFILE_NONE;
    scratch_init(&scratch);
    snprintf(other, sizeof other, "%s/other.db", scratch.directory);
    file_write(scratch.path, "", 0);
    assert_int_equal(symlink(scratch.path, other), 0);

    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_TAKEN);
    assert_int_equal(lockfile_take(other, &second), LOCK_HELD_BY_ANOTHER);
    lockfile_release(&lock);
    scratch_remove(&scratch);
}

/* Beside a hard link SQLite would look for another WAL: two servers would write over each other. */
static void test_lockfile__is_one_for_a_file_with_two_hard_links(void **state)
{
    (void)state;
    struct scratch scratch;
    char other[128];
    struct lockfile lock = LOCKFILE_NONE;
    struct lockfile second = LOCKFILE_NONE;
    scratch_init(&scratch);
    snprintf(other, sizeof other, "%s/other.db", scratch.directory);
    file_write(scratch.path, "", 0);
    assert_int_equal(link(scratch.path, other), 0);

    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_TAKEN);
    assert_int_equal(lockfile_take(other, &second), LOCK_HELD_BY_ANOTHER);
    assert_int_equal(second.descriptor, -1);
    lockfile_release(&lock);
    assert_int_equal(lockfile_take(other, &second), LOCK_TAKEN);
    lockfile_release(&second);
    scratch_remove(&scratch);
}

static void test_lockfile__claims_what_is_made_and_what_takes_its_place(void **state)
{
    (void)state;
    struct scratch scratch;
    char other[128], next[128];
    struct lockfile lock = LOCKFILE_NONE;
    struct lockfile second = LOCKFILE_NONE;
    scratch_init(&scratch);
    snprintf(other, sizeof other, "%s/other.db", scratch.directory);
    snprintf(next, sizeof next, "%s/next.db", scratch.directory);
    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_TAKEN);
    assert_int_equal(lock.library, -1);

    file_write(scratch.path, "", 0);
    assert_int_equal(lockfile_claim(scratch.path, &lock), LOCK_TAKEN);
    int claimed = lock.library;
    /* A second descriptor that is closed would take SQLite's locks with it. */
    assert_int_equal(lockfile_claim(scratch.path, &lock), LOCK_TAKEN);
    assert_int_equal(lock.library, claimed);
    assert_int_equal(link(scratch.path, other), 0);
    assert_int_equal(lockfile_take(other, &second), LOCK_HELD_BY_ANOTHER);

    file_write(next, "", 0);
    assert_int_equal(rename(next, scratch.path), 0);
    assert_int_equal(lockfile_claim(scratch.path, &lock), LOCK_TAKEN);
    assert_int_equal(link(scratch.path, next), 0);
    assert_int_equal(lockfile_take(next, &second), LOCK_HELD_BY_ANOTHER);
    assert_int_equal(lockfile_take(other, &second), LOCK_TAKEN);
    assert_int_equal(lockfile_claim(next, &second), LOCK_HELD_BY_ANOTHER);
    lockfile_release(&second);
    lockfile_release(&lock);
    scratch_remove(&scratch);
}

static void test_lockfile__leaves_the_reason_in_errno(void **state)
{
    (void)state;
    struct scratch scratch;
    char path[PATH_MAX + 16];
    struct lockfile lock = LOCKFILE_NONE;
    scratch_init(&scratch);

    snprintf(path, sizeof path, "%s/missing/library.db", scratch.directory);
    assert_int_equal(lockfile_take(path, &lock), LOCK_FAILED);
    assert_int_equal(errno, ENOENT);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(lockfile_take(path, &lock), LOCK_FAILED);
    assert_int_equal(errno, ENAMETOOLONG);
    scratch_remove(&scratch);
}

static void test_lockfile__does_not_follow_a_planted_link(void **state)
{
    (void)state;
    struct scratch scratch;
    char planted[128];
    struct lockfile lock = LOCKFILE_NONE;
    scratch_init(&scratch);
    snprintf(planted, sizeof planted, "%s.lock", scratch.path);
    assert_int_equal(symlink("/etc/passwd", planted), 0);

    assert_int_equal(lockfile_take(scratch.path, &lock), LOCK_FAILED);
    assert_int_equal(errno, ELOOP);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lockfile__is_held_by_one),
        cmocka_unit_test(test_lockfile__keeps_another_process_out),
        cmocka_unit_test(test_lockfile__ends_with_its_process),
        cmocka_unit_test(test_lockfile__is_one_for_all_names_of_a_library),
        cmocka_unit_test(test_lockfile__is_one_for_a_file_with_two_hard_links),
        cmocka_unit_test(test_lockfile__claims_what_is_made_and_what_takes_its_place),
        cmocka_unit_test(test_lockfile__leaves_the_reason_in_errno),
        cmocka_unit_test(test_lockfile__does_not_follow_a_planted_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
