/*
 * test_backup.c — a backup is whole or it is not there.
 */
#include "writer_test.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "db/backup.h"

struct backup_test {
    struct writer_test w;
    char target_directory[80];
    char target[96];
};

/* Two numbers that every commit keeps equal, and ballast that makes the copy take several steps. */
static int set_up_library(void **state)
{
    struct backup_test *t = calloc(1, sizeof *t);

    make_library(&t->w);
    file_exec(
        t->w.scratch.path,
        "CREATE TABLE pair (a INTEGER, b INTEGER); INSERT INTO pair VALUES (0, 0);"
        "CREATE TABLE ballast (bytes BLOB);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
        " INSERT INTO ballast SELECT randomblob(3000) FROM n;"
        "INSERT INTO book (uuid, title, author, title_key, author_key, created_at, updated_at)"
        " VALUES (randomblob(16), 'T', 'A', 't', 'a', 0, 0), (randomblob(16), 'T', 'A', 't', 'a', 0, 0);"
        "INSERT INTO member (uuid, card, name, name_key, created_at, updated_at)"
        " VALUES (randomblob(16), '1', 'N', 'n', 0, 0);");
    snprintf(t->target_directory, sizeof t->target_directory, "%s-backups", t->w.scratch.directory);
    snprintf(t->target, sizeof t->target, "%s/copy.db", t->target_directory);
    assert_int_equal(mkdir(t->target_directory, 0755), 0);
    *state = t;
    return 0;
}

static int tear_down_library(void **state)
{
    struct backup_test *t = *state;

    if (t->w.writer)
        stop_writer(&t->w);
    scratch_remove(&t->w.scratch);
    remove_directory(t->target_directory);
    free(t);
    return 0;
}

static enum error_kind make(struct backup_test *t, const char *target, struct backup_report *report)
{
    return backup_make(&t->w.scratch.ctx, t->w.scratch.path, target, BACKUP_CHECK_QUICK, report);
}

SQL(BUMP_PAIR, "UPDATE pair SET a = a + 1, b = b + 1");
SQL(SHUFFLE, "UPDATE ballast SET bytes = randomblob(3000) WHERE rowid = :row");

static enum write_result bump(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;
    struct stmt *s = db_statement(ctx, &SHUFFLE);

    bind_int(s, ":row", 1 + caller->number % 4000);
    if (db_run(s) != OK || db_run(db_statement(ctx, &BUMP_PAIR)) != OK)
        return WRITE_FAILED;
    return put_note(ctx, caller->number, 0) == OK ? WRITE_DONE : WRITE_FAILED;
}

static atomic_bool stop_writing;

static void *write_until_told(void *argument)
{
    struct caller *caller = argument;

    for (int64_t i = 0; !atomic_load(&stop_writing); i++) {
        struct caller one = {.test = caller->test, .work = bump, .number = i * 17};
        if (run_job(&one) != OK)
            abort();
        caller->seen++;
        caller->waited_ms = one.waited_ms > caller->waited_ms ? one.waited_ms : caller->waited_ms;
    }
    return NULL;
}

/* ---- what a backup is ---------------------------------------------------------------------------------- */

static void test_backup__is_one_moment_of_a_library_that_is_written_to(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    struct caller caller = {.test = &t->w};

    start_writer(&t->w);
    atomic_store(&stop_writing, false);
    assert_int_equal(pthread_create(&caller.thread, NULL, write_until_told, &caller), 0);
    clock_sleep_ms(50);
    scratch_must(&t->w.scratch, make(t, t->target, &report));
    atomic_store(&stop_writing, true);
    pthread_join(caller.thread, NULL);
    stop_writer(&t->w);

    assert_int_equal(file_int(t->target, "SELECT a = b FROM pair"), 1);
    int64_t moment = file_int(t->target, "SELECT a FROM pair");
    assert_int_equal(file_int(t->target, "SELECT count(*) FROM note"), moment);
    assert_true(moment < caller.seen);
    assert_int_equal(file_int(t->target, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    assert_int_equal(file_int(t->w.scratch.path, "SELECT a FROM pair"), caller.seen);
    assert_int_equal(files_in(t->target_directory), 1);
    print_message("%d commits meanwhile, the slowest in %d ms; copy %d ms, check %d ms\n",
                  (int)(caller.seen - moment), (int)caller.waited_ms, (int)report.copy_ms,
                  (int)report.verify_ms);
}

static void test_backup__is_a_plain_file_that_only_its_owner_reads(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    struct stat status;

    start_writer(&t->w); /* the library itself is in WAL mode */
    scratch_must(&t->w.scratch, make(t, t->target, &report));
    assert_string_equal(report.path, t->target);
    assert_int_equal(report.books, 2);
    assert_int_equal(report.members, 1);
    assert_int_equal(report.borrows, 0);
    assert_int_equal(stat(t->target, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, report.bytes);
    struct bytes copy = file_bytes(t->target);
    assert_memory_equal(copy.at, "SQLite format 3", 16);
    assert_int_equal(copy.at[18], 1); /* no WAL needed, none looked for */
    assert_int_equal(copy.at[19], 1);
    free(copy.at);
    assert_int_equal(files_in(t->target_directory), 1);
}

/* More pieces than one and a part of one; only whether there is a WAL is said anew, in bytes 18 and 19. */
static void test_backup__has_each_byte_of_a_library_at_rest(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;

    scratch_must(&t->w.scratch, make(t, t->target, &report));
    struct bytes whole = file_bytes(t->w.scratch.path), copy = file_bytes(t->target);
    assert_true(copy.length / DB_PAGE_BYTES > 2 * BACKUP_PIECE_PAGES);
    assert_int_not_equal(copy.length / DB_PAGE_BYTES % BACKUP_PIECE_PAGES, 0);
    assert_int_equal(copy.length, whole.length);
    assert_memory_equal(copy.at, whole.at, 18);
    assert_memory_equal(copy.at + 20, whole.at + 20, whole.length - 20);
    free(whole.at);
    free(copy.at);
}

static void test_backup__can_be_worked_with_as_a_library(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    struct scratch restored = {.directory = ""};

    scratch_must(&t->w.scratch, make(t, t->target, &report));
    snprintf(restored.path, sizeof restored.path, "%s", t->target);
    restored.ctx = scratch_ctx(&restored.arena);
    scratch_open(&restored);
    scratch_exec(&restored, "INSERT INTO note (job, slice) VALUES (1, 1)");
    scratch_close(&restored);
    arena_release(&restored.arena);
    assert_int_equal(file_int(t->target, "SELECT count(*) FROM note"), 1);
}

static void test_backup__gets_a_dated_name_in_a_directory(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    char wanted[160];

    snprintf(wanted, sizeof wanted, "%s/library-2026-03-02-100000.db", t->target_directory);
    scratch_must(&t->w.scratch, make(t, t->target_directory, &report));
    assert_string_equal(report.path, wanted);
    assert_int_equal(file_int(wanted, "SELECT count(*) FROM book"), 2);
    /* Twice in one second: the first stays, the other is the second. */
    snprintf(wanted, sizeof wanted, "%s/library-2026-03-02-100000-2.db", t->target_directory);
    scratch_must(&t->w.scratch, make(t, t->target_directory, &report));
    assert_string_equal(report.path, wanted);
    assert_int_equal(files_in(t->target_directory), 2);
}

static void test_backup__takes_away_what_a_kill_has_left(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    char part[400], log[410], foreign[400], others[400], hex[DIGEST_HEX_SIZE];
    const struct timespec long_ago[2] = {{0, 0}, {0, 0}};
    struct digest digest = digest_of(t->w.scratch.path, strlen(t->w.scratch.path));

    /* Its own part is known by the end of its name; another library's is left to that one, for an hour. */
    digest_format(&digest, hex);
    snprintf(part, sizeof part, "%s/library-2026-03-01-100000.db.part-%.8sabcdef", t->target_directory, hex);
    snprintf(foreign, sizeof foreign, "%s/library-2026-03-01-100000.db.part-00000000abcdef",
             t->target_directory);
    snprintf(log, sizeof log, "%s-wal", part); /* it was being read back */
    file_write(part, "half", 4);
    file_write(log, "more", 4);
    file_write(foreign, "half", 4);
    /* Somebody's own file, as old as it may be. */
    snprintf(others, sizeof others, "%s/library-plans.part1.rar", t->target_directory);
    file_write(others, "plan", 4);
    assert_int_equal(utimensat(AT_FDCWD, others, long_ago, 0), 0);
    scratch_must(&t->w.scratch, make(t, t->target_directory, &report));
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(access(log, F_OK), -1);
    assert_int_equal(access(foreign, F_OK), 0);
    assert_int_equal(access(others, F_OK), 0);
}

/* ---- what it does not do ------------------------------------------------------------------------------- */

static void test_backup__never_replaces_a_file(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report = {.books = 77};
    char dangling[160];

    file_write(t->target, "mine", 4);
    assert_fails_with(&t->w.scratch, make(t, t->target, &report), BACKUP_FAILED);
    assert_fails_with(&t->w.scratch, make(t, t->w.scratch.path, &report), BACKUP_FAILED);
    struct bytes mine = {(unsigned char *)"mine", 4};
    assert_file_is(t->target, mine);
    snprintf(dangling, sizeof dangling, "%s/link.db", t->target_directory);
    assert_int_equal(symlink("/tmp/carrel-test-nowhere", dangling), 0);
    assert_fails_with(&t->w.scratch, make(t, dangling, &report), BACKUP_FAILED);
    assert_int_equal(files_in(t->target_directory), 2);
    assert_int_equal(report.books, 77);
}

struct racer {
    struct backup_test *test;
    pthread_t thread;
    struct arena arena;
    struct ctx ctx;
    enum error_kind kind;
};

static void *back_up(void *argument)
{
    struct racer *racer = argument;
    struct backup_report report;

    racer->ctx = scratch_ctx(&racer->arena);
    racer->kind = backup_make(&racer->ctx, racer->test->w.scratch.path, racer->test->target,
                              BACKUP_CHECK_QUICK, &report);
    return NULL;
}

/* Two at once under one name: neither takes the other's half-made file for its own. */
static void test_backup__of_two_under_one_name_one_is_made(void **state)
{
    struct backup_test *t = *state;
    struct racer racers[4];
    int made = 0;

    for (int i = 0; i < 4; i++) {
        racers[i].test = t;
        assert_int_equal(pthread_create(&racers[i].thread, NULL, back_up, &racers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(racers[i].thread, NULL);
        made += racers[i].kind == OK;
        arena_release(&racers[i].arena);
    }
    assert_int_equal(made, 1);
    assert_int_equal(files_in(t->target_directory), 1);
    assert_int_equal(file_int(t->target, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

static void assert_fails_and_leaves_nothing(struct backup_test *t, const char *target)
{
    struct backup_report report;

    assert_int_equal(make(t, target, &report), ERROR_CONFLICT);
    assert_string_equal(error_code_name(t->w.scratch.ctx.error.code), "BACKUP_FAILED");
    assert_non_null(strstr(t->w.scratch.ctx.error.detail, "The library is unchanged."));
    error_clear(&t->w.scratch.ctx);
    assert_int_equal(files_in(t->target_directory), 0);
}

static void test_backup__fails_where_nothing_can_be_written(void **state)
{
    struct backup_test *t = *state;
    char inside_file[160];

    assert_fails_and_leaves_nothing(t, "/proc/copy.db");
    assert_fails_and_leaves_nothing(t, "/nowhere/copy.db");
    snprintf(inside_file, sizeof inside_file, "%s/copy.db", t->w.scratch.path);
    assert_fails_and_leaves_nothing(t, inside_file);
}

/* As a disk that fills up in the middle of the copy; no root needed. */
static void test_backup__leaves_nothing_when_the_file_cannot_grow(void **state)
{
    struct backup_test *t = *state;
    struct rlimit before, small;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (rlim_t pages = 0; pages < 4000; pages = pages * 5 + 3) {
        small = (struct rlimit){pages * DB_PAGE_BYTES + 100, before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        assert_fails_and_leaves_nothing(t, t->target);
    }
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void test_backup__leaves_nothing_on_a_full_disk(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    char target[96];

    if (mount("tmpfs", t->target_directory, "tmpfs", 0, "size=2m") != 0) {
        print_message("no right to mount a small disk here: not tried\n");
        skip();
    }
    snprintf(target, sizeof target, "%s/copy.db", t->target_directory);
    enum error_kind kind = make(t, target, &report);
    int left = files_in(t->target_directory);
    umount(t->target_directory);
    assert_fails_with(&t->w.scratch, kind, BACKUP_FAILED);
    assert_int_equal(left, 0);
}

static void test_backup__copies_no_damage(void **state)
{
    struct backup_test *t = *state;
    struct bytes whole = file_bytes(t->w.scratch.path);

    memset(whole.at + whole.length / 2 / DB_PAGE_BYTES * DB_PAGE_BYTES, 0x5a, DB_PAGE_BYTES);
    file_write(t->w.scratch.path, whole.at, whole.length);
    free(whole.at);
    assert_fails_and_leaves_nothing(t, t->target);
}

/* Rows that are there and cannot be found: no page is wrong, so only the full check sees it. */
static void test_backup__in_full_finds_what_search_has_lost(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;

    file_exec(t->w.scratch.path,
              "INSERT INTO book_search (rowid, title, author, isbn) VALUES (1, 't', 'a', '')");
    assert_int_equal(backup_make(&t->w.scratch.ctx, t->w.scratch.path, t->target, BACKUP_CHECK_FULL, &report),
                     OK);
    unlink(t->target);
    file_exec(t->w.scratch.path, "UPDATE book_search_content SET c0 = 'other' WHERE id = 1");
    assert_int_equal(
        backup_make(&t->w.scratch.ctx, t->w.scratch.path, t->target, BACKUP_CHECK_QUICK, &report), OK);
    unlink(t->target);
    assert_fails_with(
        &t->w.scratch,
        backup_make(&t->w.scratch.ctx, t->w.scratch.path, t->target, BACKUP_CHECK_FULL, &report),
        BACKUP_FAILED);
    assert_int_equal(files_in(t->target_directory), 0);
}

static void test_backup__is_broken_off_when_the_program_stops(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;

    backup_break_off(true);
    assert_fails_with(&t->w.scratch, make(t, t->target, &report), BUSY);
    assert_int_equal(files_in(t->target_directory), 0);
    backup_break_off(false);
    scratch_must(&t->w.scratch, make(t, t->target, &report));
}

static void *break_off(void *argument)
{
    const char *directory = argument;

    while (files_in(directory) == 0) /* until the copy is under way */
        sched_yield();
    backup_break_off(true);
    return NULL;
}

static void test_backup__is_broken_off_in_the_middle(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, break_off, t->target_directory), 0);
    enum error_kind kind =
        backup_make(&t->w.scratch.ctx, t->w.scratch.path, t->target, BACKUP_CHECK_FULL, &report);
    pthread_join(thread, NULL);
    backup_break_off(false);
    /* The other thread may have slept through all of it: then the backup is there, whole. */
    if (kind == OK) {
        assert_int_equal(files_in(t->target_directory), 1);
        return;
    }
    assert_fails_with(&t->w.scratch, kind, BUSY);
    assert_int_equal(files_in(t->target_directory), 0);
}

static void test_backup__tells_the_sha256_of_its_file(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;

    scratch_must(&t->w.scratch, make(t, t->target, &report));
    struct bytes bytes = file_bytes(t->target);
    struct digest digest = digest_of(bytes.at, bytes.length);
    assert_true(digest_equal(&digest, &report.digest));
    free(bytes.at);
}

static void test_backup__needs_a_library(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;

    unlink(t->w.scratch.path);
    assert_fails_and_leaves_nothing(t, t->target);
    assert_int_equal(access(t->w.scratch.path, F_OK), -1);
    file_exec(t->w.scratch.path, "CREATE TABLE recipe (id INTEGER)");
    assert_int_equal(make(t, t->target, &report), ERROR_CONFLICT);
    error_clear(&t->w.scratch.ctx);
    assert_int_equal(files_in(t->target_directory), 0);
}

/* Closing any descriptor of the live file would drop the locks that SQLite holds on it for this process. */
static void test_backup__leaves_the_locks_of_the_library_alone(void **state)
{
    struct backup_test *t = *state;
    struct backup_report report;
    struct stat library;
    int locks = 0;
    char line[256];

    start_writer(&t->w);
    scratch_must(&t->w.scratch, make(t, t->target, &report));
    assert_int_equal(stat(t->w.scratch.path, &library), 0);
    FILE *stream = fopen("/proc/locks", "r");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream)) {
        char inode[32];
        snprintf(inode, sizeof inode, ":%lu ", (unsigned long)library.st_ino);
        locks += strstr(line, "POSIX") && strstr(line, inode);
    }
    fclose(stream);
    assert_true(locks > 0);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up_library, tear_down_library)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_backup__is_one_moment_of_a_library_that_is_written_to),
        each(test_backup__is_a_plain_file_that_only_its_owner_reads),
        each(test_backup__has_each_byte_of_a_library_at_rest),
        each(test_backup__can_be_worked_with_as_a_library),
        each(test_backup__gets_a_dated_name_in_a_directory),
        each(test_backup__takes_away_what_a_kill_has_left),
        each(test_backup__never_replaces_a_file),
        each(test_backup__of_two_under_one_name_one_is_made),
        each(test_backup__fails_where_nothing_can_be_written),
        each(test_backup__leaves_nothing_when_the_file_cannot_grow),
        each(test_backup__leaves_nothing_on_a_full_disk),
        each(test_backup__copies_no_damage),
        each(test_backup__in_full_finds_what_search_has_lost),
        each(test_backup__is_broken_off_when_the_program_stops),
        each(test_backup__is_broken_off_in_the_middle),
        each(test_backup__tells_the_sha256_of_its_file),
        each(test_backup__needs_a_library),
        each(test_backup__leaves_the_locks_of_the_library_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
