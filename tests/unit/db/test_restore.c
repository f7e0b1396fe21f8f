/*
 * test_restore.c — a backup in a library's place: whole or not at all, whenever the power goes.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "db/restore.h"

struct restore_test {
    struct scratch scratch; /* its path is the library's */
    char backup[128], staged[128], aside[128];
};

static void add_books(struct scratch *scratch, int count)
{
    for (int i = 0; i < count; i++)
        scratch_exec(scratch,
                     "INSERT INTO book (uuid, title, author, title_key, author_key, created_at, updated_at)"
                     " VALUES (randomblob(16), 'T', 'A', 't', 'a', 0, 0)");
}

/* A backup of two titles, and a library that has three by now. */
static int set_up(void **state)
{
    struct restore_test *t = calloc(1, sizeof *t);
    struct scratch *s = &t->scratch;

    scratch_init(s);
    snprintf(t->backup, sizeof t->backup, "%s/backup.db", s->directory);
    snprintf(t->staged, sizeof t->staged, "%s.restoring", s->path);
    snprintf(t->aside, sizeof t->aside, "%s/library-before-restore-2026-03-02-100000.db", s->directory);
    scratch_open(s);
    add_books(s, 2);
    scratch_exec(
        s, "INSERT INTO audit_log (at, actor, action, entity) VALUES (1772000000000, 'A', 'x', 'library')");
    scratch_close(s);
    struct bytes bytes = file_bytes(s->path);
    file_write(t->backup, bytes.at, bytes.length);
    free(bytes.at);
    scratch_open(s);
    add_books(s, 1);
    scratch_close(s);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct restore_test *t = *state;

    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static enum error_kind stage(struct restore_test *t, struct restore_content *content)
{
    return restore_stage(&t->scratch.ctx, t->backup, NULL, t->staged, content);
}

static int64_t books_in(const char *path)
{
    return file_int(path, "SELECT count(*) FROM book");
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- what it does -------------------------------------------------------------------------------------- */

static void test_restore__says_what_is_in_a_backup(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    struct stat status;

    scratch_must(&t->scratch, stage(t, &content));
    assert_int_equal(content.books, 2);
    assert_int_equal(content.copies, 0);
    assert_int_equal(content.members, 0);
    assert_int_equal(content.open_borrows, 0);
    assert_int_equal(content.last_activity, 1772000000000);
    assert_int_equal(content.version, migrations[migration_count - 1].version);
    assert_int_equal(stat(t->backup, &status), 0);
    assert_int_equal(content.bytes, status.st_size);
    assert_int_equal(books_in(t->scratch.path), 3);
}

static void test_restore__keeps_the_library_as_it_was(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    const char *aside = NULL;
    struct stat now;

    assert_int_equal(chmod(t->scratch.path, 0640), 0);
    scratch_must(&t->scratch, stage(t, &content));
    scratch_must(&t->scratch, restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside));
    assert_int_equal(stat(t->scratch.path, &now), 0);
    assert_int_equal(now.st_mode & 07777, 0640);
    assert_string_equal(aside, t->aside);
    assert_int_equal(books_in(t->scratch.path), 2);
    assert_int_equal(books_in(t->aside), 3);
    assert_false(exists(t->staged));
    assert_int_equal(books_in(t->backup), 2);
}

static void test_restore__makes_the_library_where_there_is_none(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    const char *aside = "something";

    unlink(t->scratch.path);
    scratch_must(&t->scratch, stage(t, &content));
    scratch_must(&t->scratch, restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside));
    assert_null(aside);
    assert_int_equal(books_in(t->scratch.path), 2);
}

/* The child leaves a WAL, as a killed server does: its fourth title is in no file yet. */
static void leave_wal(struct restore_test *t)
{
    char wal[140];
    struct stat status;
    pid_t child = fork();

    if (child == 0) {
        scratch_open(&t->scratch);
        add_books(&t->scratch, 1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    snprintf(wal, sizeof wal, "%s-wal", t->scratch.path);
    assert_int_equal(stat(wal, &status), 0);
    assert_true(status.st_size > 0);
}

static void test_restore__keeps_what_stands_in_the_wal_and_lays_it_over_nothing(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    const char *aside;
    char wal[140];

    leave_wal(t);
    scratch_must(&t->scratch, stage(t, &content));
    scratch_must(&t->scratch, restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside));
    snprintf(wal, sizeof wal, "%s-wal", t->scratch.path);
    assert_false(exists(wal));
    assert_int_equal(books_in(t->scratch.path), 2);
    assert_int_equal(books_in(t->aside), 4);
}

/* The library that somebody restores over is often the damaged one. */
static void test_restore__takes_the_place_of_a_damaged_library(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    const char *aside;
    char wal[140], kept[140];
    struct bytes junk = {(unsigned char *)"this was a library once", 24};

    leave_wal(t);
    snprintf(wal, sizeof wal, "%s-wal", t->scratch.path);
    snprintf(kept, sizeof kept, "%s.wal", t->aside);
    struct bytes log = file_bytes(wal);
    file_write(t->scratch.path, junk.at, junk.length);
    log.at[0] ^= 0xff; /* or SQLite would make it whole again from there */
    file_write(wal, log.at, log.length);
    scratch_must(&t->scratch, stage(t, &content));
    scratch_must(&t->scratch, restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside));
    assert_int_equal(books_in(t->scratch.path), 2);
    assert_file_is(t->aside, junk);
    assert_file_is(kept, log);
    assert_false(exists(wal));
    free(log.at);
}

/* ---- what it refuses ----------------------------------------------------------------------------------- */

#define assert_refused(t, expected_code)                                        \
    do {                                                                        \
        struct restore_content content_;                                        \
        assert_fails_with(&(t)->scratch, stage((t), &content_), expected_code); \
        assert_int_equal(books_in((t)->scratch.path), 3);                       \
        unlink((t)->staged);                                                    \
    } while (0)

static void test_restore__refuses_what_is_no_backup(void **state)
{
    struct restore_test *t = *state;
    char wal[140];

    snprintf(wal, sizeof wal, "%s-wal", t->backup);
    file_write(wal, "x", 1);
    assert_refused(t, NOT_A_LIBRARY); /* half of it stands elsewhere */
    unlink(wal);
    file_write(t->backup, "Dear diary", 10);
    assert_refused(t, NOT_A_LIBRARY);
    unlink(t->backup);
    assert_refused(t, NOT_FOUND);
    assert_int_equal(mkdir(t->backup, 0755), 0);
    assert_refused(t, NOT_A_LIBRARY);
    rmdir(t->backup);
    file_exec(t->backup, "CREATE TABLE recipe (id INTEGER)");
    assert_refused(t, NOT_A_LIBRARY);
    assert_false(exists(t->aside));
}

static void test_restore__refuses_a_newer_one(void **state)
{
    struct restore_test *t = *state;

    file_exec(t->backup, "PRAGMA user_version = 9999");
    assert_refused(t, LIBRARY_TOO_NEW);
    assert_false(exists(t->staged));
}

/* Every page in turn: refused, or (where the byte means nothing) whole. Never a crash, never a wrong count. */
static void test_restore__refuses_a_damaged_one(void **state)
{
    struct restore_test *t = *state;
    struct bytes whole = file_bytes(t->backup);
    int refused = 0, pages = (int)(whole.length / DB_PAGE_BYTES);

    for (int page = 1; page < pages; page++) {
        struct restore_content content;
        unsigned char *at = whole.at + (size_t)page * DB_PAGE_BYTES;
        unsigned char before[16];
        memcpy(before, at, sizeof before);
        memset(at, 0x5a, sizeof before);
        file_write(t->backup, whole.at, whole.length);
        memcpy(at, before, sizeof before);
        if (stage(t, &content) == OK) {
            assert_int_equal(content.books, 2);
        } else {
            assert_string_equal(error_code_name(t->scratch.ctx.error.code), "LIBRARY_DAMAGED");
            refused++;
        }
        error_clear(&t->scratch.ctx);
        unlink(t->staged);
    }
    free(whole.at);
    assert_true(refused > pages / 2);
    assert_int_equal(books_in(t->scratch.path), 3);
}

static void test_restore__refuses_a_reference_that_leads_nowhere(void **state)
{
    struct restore_test *t = *state;

    file_exec(t->backup, "PRAGMA foreign_keys = OFF;"
                         "INSERT INTO book_category (book_id, category_id, position) VALUES (1, 4711, 0)");
    assert_refused(t, LIBRARY_DAMAGED);
}

/* ---- an exchange that fails -------------------------------------------------------------------------------- */

/* In a child: a disk on which no two names can be exchanged, nor one be given to another file. */
static bool forbid_exchange(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_renameat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof steps / sizeof steps[0], .filter = steps};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int swap_without_exchange(struct restore_test *t)
{
    int status;
    pid_t child = fork(); /* there are no threads here */

    if (child == 0) {
        const char *aside;
        if (!forbid_exchange())
            _exit(77);
        _exit(restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside) == OK ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Its file is too damaged to take in what stands in the WAL; which is all the more all there is. */
static void test_restore__an_exchange_that_fails_leaves_the_library_its_wal(void **state)
{
    struct restore_test *t = *state;
    struct restore_content content;
    char wal_path[140], kept[160];

    leave_wal(t);
    snprintf(wal_path, sizeof wal_path, "%s-wal", t->scratch.path);
    snprintf(kept, sizeof kept, "%s.wal", t->aside);
    struct bytes library = file_bytes(t->scratch.path), wal = file_bytes(wal_path);
    memset(library.at, 0x5a, 100);
    file_write(t->scratch.path, library.at, library.length);
    scratch_must(&t->scratch, stage(t, &content));
    int how = swap_without_exchange(t);
    if (how == 77) {
        print_message("no right to forbid a child anything here: not tried\n");
        free(library.at);
        free(wal.at);
        skip();
    }
    assert_int_equal(how, 1);
    struct bytes library_now = file_bytes(t->scratch.path), wal_now = file_bytes(wal_path);
    assert_int_equal(library_now.length, library.length);
    assert_memory_equal(library_now.at, library.at, library.length);
    assert_int_equal(wal_now.length, wal.length);
    assert_memory_equal(wal_now.at, wal.at, wal.length);
    assert_false(exists(kept));
    assert_false(exists(t->aside));
    assert_true(exists(t->staged));
    free(library.at);
    free(wal.at);
    free(library_now.at);
    free(wal_now.at);
}

/* ---- killed at every step ------------------------------------------------------------------------------ */

/* Whether a call of the system changes anything on the disk. */
static bool changes_files(long number)
{
    static const long calls[] = {
        SYS_write,     SYS_pwrite64, SYS_fsync,    SYS_fdatasync, SYS_ftruncate,
        SYS_renameat2, SYS_openat,   SYS_unlinkat, SYS_fallocate, SYS_close,
#ifdef SYS_rename
        SYS_rename,    SYS_unlink,   SYS_open,
#else
        SYS_renameat,
#endif
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i] == number)
            return true;
    return false;
}

/* In the child: asks to be followed, then restores as the command does. */
static void restore_and_exit(struct restore_test *t)
{
    struct restore_content content;
    const char *aside;

    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(77);
    raise(SIGSTOP);
    unlink(t->staged);
    if (stage(t, &content) != OK || restore_swap(&t->scratch.ctx, t->staged, t->scratch.path, &aside) != OK)
        _exit(1);
    _exit(0);
}

/* Kills it when it is about to make its `last`th call that changes files. Its exit status; -1: it was killed. */
static int restore_until(struct restore_test *t, int last)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        restore_and_exit(t);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status))
        return WEXITSTATUS(status);
    assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), 0);
    for (int calls = 0;;) {
        struct __ptrace_syscall_info information;
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof information, &information) <= 0)
            return 77;
        if (information.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_files((long)information.entry.nr))
            continue;
        if (calls++ == last) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return -1;
        }
    }
}

/* As after the kill somebody starts the library. */
static void assert_old_or_new(struct restore_test *t, int last, int *out_new)
{
    if (!exists(t->scratch.path))
        stop_test("killed before call %d: there is no library", last);
    scratch_open(&t->scratch);
    scratch_close(&t->scratch);
    int64_t books = books_in(t->scratch.path);
    if (books != 2 && books != 4)
        stop_test("killed before call %d: %d titles", last, (int)books);
    assert_int_equal(file_int(t->scratch.path, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
                     1);
    /* When it is the new one, the old one is kept. */
    if (books == 2)
        assert_int_equal(books_in(t->aside), 4);
    *out_new += books == 2;
}

static void put_back(struct restore_test *t, const struct bytes *library, const struct bytes *wal)
{
    static const char *const suffixes[] = {"",           "-wal",           "-shm",
                                           ".restoring", ".restoring-wal", ".restoring-shm"};
    char name[160];

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", t->scratch.path, suffixes[i]);
        unlink(name);
    }
    unlink(t->aside);
    file_write(t->scratch.path, library->at, library->length);
    snprintf(name, sizeof name, "%s-wal", t->scratch.path);
    file_write(name, wal->at, wal->length);
}

static void test_restore__leaves_one_library_or_the_other_wherever_it_is_killed(void **state)
{
    struct restore_test *t = *state;
    char wal_path[140];
    int last = 0, new = 0, how;

    leave_wal(t);
    snprintf(wal_path, sizeof wal_path, "%s-wal", t->scratch.path);
    struct bytes library = file_bytes(t->scratch.path), wal = file_bytes(wal_path);
    while ((how = restore_until(t, last)) == -1) {
        assert_old_or_new(t, last, &new);
        put_back(t, &library, &wal);
        last++;
    }
    free(library.at);
    free(wal.at);
    if (how == 77) {
        print_message("no right to follow a child here: not tried\n");
        skip();
    }
    assert_int_equal(how, 0);
    assert_old_or_new(t, last, &new);
    print_message("killed before each of %d calls; %d times it was the new one by then\n", last, new);
    assert_true(last > 15 && new > 1 && new < last);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_restore__says_what_is_in_a_backup),
        each(test_restore__keeps_the_library_as_it_was),
        each(test_restore__makes_the_library_where_there_is_none),
        each(test_restore__keeps_what_stands_in_the_wal_and_lays_it_over_nothing),
        each(test_restore__takes_the_place_of_a_damaged_library),
        each(test_restore__refuses_what_is_no_backup),
        each(test_restore__refuses_a_newer_one),
        each(test_restore__refuses_a_damaged_one),
        each(test_restore__refuses_a_reference_that_leads_nowhere),
        each(test_restore__an_exchange_that_fails_leaves_the_library_its_wal),
        each(test_restore__leaves_one_library_or_the_other_wherever_it_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
