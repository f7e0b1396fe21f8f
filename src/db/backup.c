/*
 * backup.c — the copy's names, its verification, and the thread that makes it.
 */
#include "db/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"
#include "db/files.h"
#include "db/foreign_keys.h"
#include "db/page_copy.h"
#include "db/sealed.h"

/*
 * A name of its own for each backup: of two that are made under one name at once, one is refused at the end. It also
 * says whose it is: eight digits of the SHA-256 of the library's path.
 */
#define PART ".part-"
#define OWNER_DIGITS 8
#define RANDOM_LETTERS "XXXXXX"
#define PART_LENGTH (sizeof PART - 1 + OWNER_DIGITS + sizeof RANDOM_LETTERS - 1)
/* Beside the library, of one that will be sealed. Only its owner makes one, and one at a time. */
#define PLAIN_SUFFIX ".sealing"

/* What backup_break_off() reaches: the steps of a copy look at `stopping`, a check is interrupted. */
static struct {
    pthread_mutex_t lock; /* guards `checked` */
    atomic_bool stopping;
    struct db *checked; /* a copy that is being read back; NULL */
} running = {.lock = PTHREAD_MUTEX_INITIALIZER};

void backup_break_off(bool stopping)
{
    atomic_store(&running.stopping, stopping);
    pthread_mutex_lock(&running.lock);
    if (stopping && running.checked)
        atomic_store(&running.checked->snapshot.cut, true);
    pthread_mutex_unlock(&running.lock);
}

const atomic_bool *backup_is_broken_off(void)
{
    return &running.stopping;
}

/* One at a time is enough: a second, by hand, is read back in seconds. */
void backup_check_begin(struct db *copy)
{
    pthread_mutex_lock(&running.lock);
    if (!running.checked)
        running.checked = copy;
    if (atomic_load(&running.stopping))
        atomic_store(&copy->snapshot.cut, true);
    pthread_mutex_unlock(&running.lock);
}

void backup_check_end(const struct db *copy)
{
    pthread_mutex_lock(&running.lock);
    if (running.checked == copy)
        running.checked = NULL;
    pthread_mutex_unlock(&running.lock);
}

struct copy_job {
    const struct backup_order *order;
    const char *final_path;
    char *part_path;      /* beside the finished file */
    char *temporary_path; /* the copy that can be read: that one, or beside the library */
    int descriptor;       /* of the temporary file; closed only when SQLite has closed it (POSIX locks) */
};

static enum error_kind fail_backup(struct ctx *ctx, const char *what, const char *why)
{
    return fail(ctx, BACKUP_FAILED, "The backup was not made: %s (%s). The library is unchanged.", what, why);
}

static bool is_directory(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static const char *add_seal(struct ctx *ctx, const struct backup_order *order, const char *path)
{
    return !order->seal || ends_with(path, SEALED_SUFFIX)
               ? path
               : arena_printf(ctx->arena, "%s" SEALED_SUFFIX, path);
}

static bool exists(const char *path)
{
    struct stat information;

    return lstat(path, &information) == 0;
}

/*
 * library-2026-11-22-093000.db, in the library's own time. Of several in one second the others are called -2, -3 …; the
 * last of these may be there already.
 */
static const char *dated_name(struct ctx *ctx, const struct backup_order *order)
{
    char day[CLOCK_DAY_SIZE];
    int32_t today = clock_day_of(ctx->now);
    int64_t seconds = (ctx->now - clock_day_start(today)) / MS_PER_SECOND;
    const char *path;

    clock_format_day(today, day);
    const char *base = arena_printf(ctx->arena, "%s/library-%s-%02d%02d%02d%s%s", order->target, day,
                                    (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                                    order->note ? "-" : "", order->note ? order->note : "");
    path = add_seal(ctx, order, arena_printf(ctx->arena, "%s.db", base));
    for (int i = 2; i <= BACKUPS_A_SECOND && exists(path); i++)
        path = add_seal(ctx, order, arena_printf(ctx->arena, "%s-%d.db", base, i));
    return path;
}

static const char *part_suffix(struct ctx *ctx, const char *library)
{
    char absolute[PATH_MAX], hex[DIGEST_HEX_SIZE];
    const char *path = realpath(library, absolute) ? absolute : library;
    struct digest digest = digest_of(path, strlen(path));

    digest_format(&digest, hex);
    return arena_printf(ctx->arena, PART "%.*s", OWNER_DIGITS, hex);
}

/* What SQLite keeps beside a file while it writes, and the file itself. */
static const char *const companions[] = {"", "-journal", "-wal", "-shm"};

#define COMPANION_COUNT (sizeof companions / sizeof companions[0])

static bool is_companion(const char *suffix)
{
    for (size_t i = 0; i < COMPANION_COUNT; i++)
        if (strcmp(suffix, companions[i]) == 0)
            return true;
    return false;
}

/*
 * What such a name ends with: of a manifest or of a copy ".part" is all there is. A folder may hold what is not ours:
 * "library-plans.part1.rar" is somebody's.
 */
static const char *part_of_name(const char *name)
{
    const char *part = strstr(name, ".part");
    const char *dot = strstr(name, ".db");

    if (strncmp(name, "library-2", 9) != 0 || !part || !dot || dot > part)
        return NULL;
    return part[5] == '\0' || (strlen(part) >= PART_LENGTH && is_companion(part + PART_LENGTH)) ? part : NULL;
}

/*
 * A part of a backup that nobody makes any more. Of one library there is one owner, and it makes one at a time: so it
 * knows its own at sight. Another's is nobody's when nothing has been written to it for long.
 */
static bool is_stray(const char *path, const char *name, const char *own)
{
    const char *part = part_of_name(name);
    struct stat information;

    if (!part || lstat(path, &information) != 0 || !S_ISREG(information.st_mode))
        return false;
    return strncmp(part, own, strlen(own)) == 0 || time(NULL) - information.st_mtime > BACKUP_STRAY_S;
}

static void remove_strays(struct ctx *ctx, const char *folder, const char *own)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;

    while (listing && (entry = readdir(listing))) {
        const char *path = arena_printf(ctx->arena, "%s/%s", folder, entry->d_name);
        if (is_stray(path, entry->d_name, own) && unlink(path) == 0)
            LOG(INFO, "a backup that was never finished was taken away", LOG_TEXT("path", path));
    }
    if (listing)
        closedir(listing);
}

/* What a failure may leave. */
static void remove_with_companions(struct ctx *ctx, const char *path)
{
    for (size_t i = 0; i < COMPANION_COUNT; i++)
        unlink(arena_printf(ctx->arena, "%s%s", path, companions[i]));
}

static enum error_kind choose_names(struct ctx *ctx, struct copy_job *job)
{
    const struct backup_order *order = job->order;

    job->final_path =
        is_directory(order->target) ? dated_name(ctx, order) : add_seal(ctx, order, order->target);
    if (exists(job->final_path))
        return fail_backup(ctx, job->final_path, "there is a file of that name; choose another");
    const char *part = part_suffix(ctx, order->library);
    remove_strays(ctx, file_folder(ctx, job->final_path), part);
    job->part_path = arena_printf(ctx->arena, "%s%s" RANDOM_LETTERS, job->final_path, part);
    if (order->seal) {
        job->temporary_path = arena_printf(ctx->arena, "%s" PLAIN_SUFFIX, order->library);
        remove_with_companions(ctx, job->temporary_path);
        job->descriptor = open(job->temporary_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    } else {
        job->temporary_path = job->part_path;
        job->descriptor = mkostemp(job->temporary_path, O_CLOEXEC); /* readable by its owner alone */
    }
    if (job->descriptor < 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    return OK;
}

static enum error_kind count_rows(struct ctx *ctx, struct backup_report *report)
{
    TRY(db_pragma_int(ctx, "PRAGMA user_version", &report->version));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM book", &report->books));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM copy", &report->copies));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM member", &report->members));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM borrow", &report->borrows));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM borrow WHERE returned_at IS NULL", &report->open_borrows));
    return db_pragma_int(ctx, "SELECT coalesce(max(id), 0) FROM audit_log", &report->last_audit_id);
}

static bool first_text_is(sqlite3 *handle, const char *sql, const char *wanted)
{
    sqlite3_stmt *statement = NULL;
    bool same = false;

    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK) {
        int result = sqlite3_step(statement);
        const char *text = result == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        same = text && strcmp(text, wanted) == 0;
    }
    sqlite3_finalize(statement);
    return same;
}

/*
 * FTS5's own comparison of its index with the rows is an INSERT that writes nothing, so the copy is opened to writing
 * for it, and what it did is taken back.
 */
static bool full_text_holds(sqlite3 *handle)
{
    static const char *const tables[] = {"book_search", "member_search"};
    bool holds = sqlite3_exec(handle, "PRAGMA query_only = OFF; BEGIN", NULL, NULL, NULL) == SQLITE_OK;

    for (size_t i = 0; holds && i < sizeof tables / sizeof tables[0]; i++) {
        char *sql = sqlite3_mprintf("INSERT INTO %w (%w) VALUES ('integrity-check')", tables[i], tables[i]);
        holds = sql && sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK;
        sqlite3_free(sql);
    }
    sqlite3_exec(handle, "ROLLBACK; PRAGMA query_only = ON", NULL, NULL, NULL);
    return holds;
}

static bool is_sound(sqlite3 *handle, enum backup_check check)
{
    if (check == BACKUP_CHECK_QUICK)
        return first_text_is(handle, "PRAGMA quick_check(1)", "ok");
    return first_text_is(handle, "PRAGMA integrity_check(1)", "ok") && full_text_holds(handle);
}

/* Reopened as the program would open it: what cannot be read back is no backup. */
static enum error_kind verify(struct ctx *ctx, const struct copy_job *job, struct backup_report *report)
{
    struct db *kept = ctx->db;
    struct db *copy = NULL;

    TRY(db_open(ctx, job->temporary_path, DB_CHECK, &copy));
    ctx->db = copy;
    backup_check_begin(copy);
    enum error_kind kind = OK;
    bool whole = is_sound(copy->handle, job->order->check);
    if (whole)
        kind = foreign_keys_hold(ctx, NULL, &whole);
    if (kind == OK && !whole)
        kind = fail_backup(ctx, job->final_path, "the copy did not pass its check");
    if (kind == OK)
        kind = count_rows(ctx, report);
    ctx->db = kept;
    backup_check_end(copy);
    db_close(copy);
    /* Of the very bytes that were checked. */
    return kind == OK ? file_digest(ctx, job->temporary_path, &report->digest) : kind;
}

/* Never over a file that has come there meanwhile. Old kernels and some file systems cannot promise that. */
static int rename_to_new(const char *from, const char *to)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

    return result != 0 && (errno == EINVAL || errno == ENOSYS) ? rename(from, to) : result;
}

static enum error_kind give_name(struct ctx *ctx, const struct copy_job *job, const char *path)
{
    if (rename_to_new(path, job->final_path) != 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    return file_sync_folder(ctx, job->final_path);
}

static enum error_kind sync_and_rename(struct ctx *ctx, const struct copy_job *job)
{
    if (fsync(job->descriptor) != 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    return give_name(ctx, job, job->temporary_path);
}

/* In the target's directory from here on; the copy beside the library has served. */
static enum error_kind seal_and_rename(struct ctx *ctx, const struct copy_job *job,
                                       struct backup_report *report)
{
    char *part = job->part_path;
    int descriptor = mkostemp(part, O_CLOEXEC);

    if (descriptor < 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    close(descriptor);
    unlink(part); /* a name that nobody else has */
    TRY(sealed_make(ctx, job->temporary_path, part, job->order->seal, &running.stopping, &report->digest));
    enum error_kind kind = give_name(ctx, job, part);
    if (kind != OK)
        unlink(part);
    remove_with_companions(ctx, job->temporary_path);
    return kind;
}

static enum error_kind fail_stopping(struct ctx *ctx)
{
    return fail(ctx, BUSY, "The backup was not made: Carrel is stopping. The library is unchanged.");
}

static enum error_kind copy_and_verify(struct ctx *ctx, struct copy_job *job, struct backup_report *report)
{
    int64_t started = clock_monotonic_ms();
    int result = page_copy(job->order->library, job->descriptor, &running.stopping);

    if (atomic_load(&running.stopping))
        return fail_stopping(ctx);
    if (result == SQLITE_INTERRUPT)
        return fail(ctx, BUSY,
                    "The backup was not made: too much was being written. Try again at a quieter time.");
    if (result != SQLITE_OK)
        return fail_backup(ctx, job->final_path, sqlite3_errstr(result));
    report->copy_ms = clock_monotonic_ms() - started;
    started = clock_monotonic_ms();
    enum error_kind verified = verify(ctx, job, report);
    if (verified != OK && atomic_load(&running.stopping)) {
        error_clear(ctx); /* an interrupted check has found nothing out */
        return fail_stopping(ctx);
    }
    TRY(verified);
    report->sealed = job->order->seal;
    enum error_kind placed = report->sealed ? seal_and_rename(ctx, job, report) : sync_and_rename(ctx, job);
    report->verify_ms = clock_monotonic_ms() - started;
    return placed;
}

/* ---- behind everybody else --------------------------------------------------------------------------------- */

#define BEHIND_NICE 10
#define BEHIND_IO (2 << 13 | 7) /* ioprio_set(2): best effort, the last of its class */
#define THIS_THREAD 1, 0

struct making {
    struct ctx *ctx;
    struct copy_job *job;
    struct backup_report *report;
    enum error_kind kind;
};

/* What cannot be had is done without: it is a courtesy. */
static void step_back(void)
{
    (void)!setpriority(PRIO_PROCESS, (id_t)gettid(), BEHIND_NICE);
    (void)!syscall(SYS_ioprio_set, THIS_THREAD, BEHIND_IO);
}

static void *make_behind(void *argument)
{
    struct making *making = argument;

    step_back();
    making->kind = copy_and_verify(making->ctx, making->job, making->report);
    return NULL;
}

/*
 * On a thread of its own, which steps back behind those who work: on a machine of one or two cores reading a copy
 * through takes the processor from them for seconds. A thread that has stepped back may not step forward again.
 */
static enum error_kind copy_behind(struct ctx *ctx, struct copy_job *job, struct backup_report *report)
{
    struct making making = {ctx, job, report, OK};
    pthread_t thread;

    if (pthread_create(&thread, NULL, make_behind, &making) != 0)
        return copy_and_verify(ctx, job, report);
    pthread_join(thread, NULL);
    return making.kind;
}

/* ---- all of it --------------------------------------------------------------------------------------------- */

enum error_kind backup_make_as(struct ctx *ctx, const struct backup_order *order,
                               struct backup_report *out_report)
{
    struct copy_job job = {.order = order};
    struct backup_report report = {0};
    struct stat information;

    TRY(choose_names(ctx, &job));
    enum error_kind kind = copy_behind(ctx, &job, &report);
    close(job.descriptor);
    if (kind != OK) {
        remove_with_companions(ctx, job.temporary_path);
        return kind;
    }
    if (stat(job.final_path, &information) == 0)
        report.bytes = information.st_size;
    char absolute[PATH_MAX];
    const char *slash = strrchr(order->library, '/');
    report.library = slash ? slash + 1 : order->library;
    report.path = arena_strdup(ctx->arena, realpath(job.final_path, absolute) ? absolute : job.final_path);
    *out_report = report;
    return OK;
}

enum error_kind backup_make(struct ctx *ctx, const char *library_path, const char *target,
                            enum backup_check check, struct backup_report *out_report)
{
    const struct backup_order order = {.library = library_path, .target = target, .check = check};

    return backup_make_as(ctx, &order, out_report);
}
