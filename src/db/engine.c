/*
 * engine.c — connections and errors: the settings every connection must have stand here and nowhere else.
 */
#include "db/engine_internal.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "db/figures.h"
#include "db/journal.h"
#include "db/read_ahead.h"
#include "db/row_set.h"
#include "db/watch.h"

#define PROGRESS_INSTRUCTIONS 20000 /* how often a running statement looks at its deadline */
#define READ_BUSY_MS 1000           /* a reader waits so long for one that recovers the WAL after a crash */
#define WRITE_BUSY_MS 20            /* the writer so long for a reader of ours, see there */
#define TEXT_OF(x) TEXT_OF_(x)
#define TEXT_OF_(x) #x

/* clang-format off */
static const char connection_pragmas[] =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA cell_size_check = ON;"   /* a damaged page is an error, not a wild read */
    "PRAGMA trusted_schema = OFF;"   /* a hostile file's views and triggers can call nothing */
    "PRAGMA temp_store = MEMORY;"    /* an empty root has no /tmp */
    "PRAGMA mmap_size = 0;"          /* an I/O error must be an error, not a signal */
    "PRAGMA cache_size = -" TEXT_OF(DB_CACHE_KIB) ";"
    "PRAGMA wal_autocheckpoint = 0;"; /* only the writer checkpoints, when it says so */

/* Not yet journal_mode: that would write to the file, see db_accept(). */
static const char writer_pragmas[] =
    "PRAGMA page_size = " TEXT_OF(DB_PAGE_BYTES) ";"
    "PRAGMA auto_vacuum = NONE;"
    "PRAGMA secure_delete = ON;"      /* what was deleted must be in no backup: borrows/privacy_service.h */
    "PRAGMA synchronous = FULL;";     /* an acknowledged loan survives a power cut */

static const char reader_pragmas[] = "PRAGMA query_only = ON;";

/*
 * SQLite's sorter uses a second thread only when it may write to files. What foreign keys and CHECKs would
 * find, --check finds.
 */
static const char builder_pragmas[] =
    "PRAGMA journal_mode = OFF;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA foreign_keys = OFF;"
    "PRAGMA cell_size_check = OFF;"   /* nobody but us has written these pages */
    "PRAGMA ignore_check_constraints = ON;"
    "PRAGMA cache_size = -" TEXT_OF(DB_BUILD_CACHE_KIB) ";"
    "PRAGMA temp_store = FILE;"
    "PRAGMA threads = 2;";
/* clang-format on */

static _Atomic(int64_t) damage_met;

int64_t db_damage_met(void)
{
    return atomic_load_explicit(&damage_met, memory_order_relaxed);
}

/* Not of a backup, which DB_LOOK and DB_CHECK are for. */
static void count_damage(const struct db *db)
{
    if (db && (db->mode == DB_READ || db->mode == DB_WRITE))
        atomic_fetch_add_explicit(&damage_met, 1, memory_order_relaxed);
}

enum error_kind db_fail(struct ctx *ctx, struct db *db, int result, const char *what)
{
    const char *message = db && db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result);
    int system_error = db && db->handle ? sqlite3_system_errno(db->handle) : 0;

    if (db && (result & 0xff) == SQLITE_INTERRUPT && snapshot_is_cut(&db->snapshot)) {
        LOG(WARN, "a long read was cut: the log of changes had to be begun anew",
            LOG_TEXT("statement", what));
        return fail(ctx, BUSY, "This took too long while much was being written. Try again.");
    }
    LOG(ERROR, "database", LOG_TEXT("statement", what), LOG_INT("result", result),
        LOG_TEXT("reason", message), LOG_INT("errno", system_error));
    switch (result & 0xff) {
    case SQLITE_FULL:
        return fail(ctx, DISK_FULL, "The disk is full. Nothing was changed. Make room and try again.");
    case SQLITE_IOERR:
        if (result == SQLITE_IOERR_NOMEM)
            return fail(ctx, OUT_OF_MEMORY, "Not enough memory for this. Nothing was changed.");
        if (system_error == ENOSPC || system_error == EDQUOT)
            return fail(ctx, DISK_FULL, "The disk is full. Nothing was changed. Make room and try again.");
        return fail(ctx, INTERNAL, "The disk could not be read or written.");
    case SQLITE_NOMEM: return fail(ctx, OUT_OF_MEMORY, "Not enough memory for this. Nothing was changed.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT: return fail(ctx, BUSY, "The library is busy. Nothing was changed. Try again.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: count_damage(db); return fail(ctx, INTERNAL, "The library's file is damaged.");
    default: return fail(ctx, INTERNAL, "An unexpected error occurred");
    }
}

static int read_int(struct db *db, const char *sql, int64_t *out_value)
{
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);

    if (result == SQLITE_OK && (result = sqlite3_step(handle)) == SQLITE_ROW) {
        *out_value = sqlite3_column_int64(handle, 0);
        result = SQLITE_OK;
    }
    sqlite3_finalize(handle);
    return result;
}

static int stop_when_late(void *argument)
{
    const struct db *db = argument;

    journal_watch_memory(db->journal);
    return snapshot_is_cut(&db->snapshot) || (db->deadline_ms != 0 && clock_monotonic_ms() > db->deadline_ms);
}

static int remember_wal_pages(void *argument, sqlite3 *handle, const char *schema, int pages)
{
    struct db *db = argument;

    (void)handle;
    (void)schema;
    db->wal_pages = pages;
    return SQLITE_OK;
}

/*
 * Ours, or nobody's: a file without a single table is what a power cut in the first moment of a library
 * leaves behind.
 */
static int look_at_owner(struct db *db, bool *out_ours)
{
    int64_t application_id = 0;
    int64_t objects = 0;
    int result = read_int(db, "PRAGMA application_id", &application_id);

    if (result == SQLITE_OK && application_id == 0)
        result = read_int(db, "SELECT count(*) FROM sqlite_schema", &objects);
    *out_ours = application_id == DB_APPLICATION_ID || (application_id == 0 && objects == 0);
    return result;
}

static int configure(struct db *db)
{
    static const char *const pragmas[] = {[DB_LOOK] = reader_pragmas,
                                          [DB_READ] = reader_pragmas,
                                          [DB_CHECK] = reader_pragmas,
                                          [DB_WRITE] = writer_pragmas,
                                          [DB_BUILD] = builder_pragmas};
    /* DEFENSIVE would refuse to go without a journal. */
    int result = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, db->mode != DB_BUILD, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(db->handle, connection_pragmas, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(db->handle, pragmas[db->mode], NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = row_set_register(db->handle);
    if (result != SQLITE_OK)
        return result;
    sqlite3_progress_handler(db->handle, PROGRESS_INSTRUCTIONS, stop_when_late, db);
    if (db->mode == DB_WRITE)
        sqlite3_wal_hook(db->handle, remember_wal_pages, db);
    return SQLITE_OK;
}

/* SQLite opens what may not be written for reading. That is not to be found out at the first loan. */
static bool is_locked_away(const struct db *db)
{
    return db->mode == DB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1;
}

static enum error_kind fail_open(struct ctx *ctx, struct db *db, const char *path, int result)
{
    int system_error = db->handle ? sqlite3_system_errno(db->handle) : 0;

    switch (result & 0xff) {
    case SQLITE_NOTADB:
        return fail(ctx, NOT_A_LIBRARY, "%s is not a Carrel library. It was left as it is.", path);
    case SQLITE_CORRUPT:
        return fail(ctx, LIBRARY_DAMAGED, "%s is damaged and was left as it is. Restore a backup.", path);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        /* Ours to mend by waiting: it says nothing of the file. */
        if (system_error == EMFILE || system_error == ENFILE)
            return fail(ctx, BUSY, "Too much is open at once. Nothing was changed. Try again.");
        if (system_error == ENOSPC || system_error == EDQUOT)
            return fail(ctx, DISK_FULL, "The disk is full. Nothing was changed. Make room and try again.");
        return fail(ctx, NOT_A_LIBRARY, "%s cannot be opened%s: %s.", path,
                    db->mode == DB_WRITE ? " for writing" : "",
                    system_error ? strerror(system_error) : "no permission");
    default: return db_fail(ctx, db, result, "open");
    }
}

static int spilling; /* connections: of one folder, opened and closed by one thread */

/* An empty root has no /tmp, and beside the library there must be room anyway. */
static void use_temporary_files_beside(struct db *db, const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + (slash == path) : 1;

    db->spills_beside = true;
    if (spilling++ == 0)
        sqlite3_temp_directory = sqlite3_mprintf("%.*s", length, slash ? path : ".");
}

static void use_no_temporary_files(void)
{
    if (--spilling > 0)
        return;
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = NULL;
}

/* sqlite.org/uri.html: what has a meaning in a URI is escaped. */
static const char *immutable_uri(struct ctx *ctx, const char *path)
{
    struct text_buf uri;

    text_buf_init(&uri, ctx->arena);
    text_buf_append(&uri, path[0] == '/' ? "file://" : "file:");
    for (const char *c = path; *c; c++)
        text_buf_printf(&uri, strchr("%?#", *c) ? "%%%02X" : "%c", (unsigned char)*c);
    text_buf_append(&uri, "?immutable=1");
    return text_buf_string(&uri);
}

enum error_kind db_open(struct ctx *ctx, const char *path, enum db_mode mode, struct db **out_db)
{
    static const int mode_flags[] = {[DB_LOOK] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                                     [DB_READ] = SQLITE_OPEN_READONLY,
                                     [DB_CHECK] = SQLITE_OPEN_READWRITE,
                                     [DB_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                     [DB_BUILD] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
    struct db *db = calloc(1, sizeof *db);

    if (!db)
        abort();
    db->mode = mode;
    if (mode == DB_BUILD)
        use_temporary_files_beside(db, path);
    bool ours = true;
    const char *name = mode == DB_LOOK ? immutable_uri(ctx, path) : path;
    int result = sqlite3_open_v2(name, &db->handle, SQLITE_OPEN_NOMUTEX | mode_flags[mode],
                                 mode == DB_CHECK ? read_ahead_vfs() : NULL);
    if (result == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        /*
         * A reader that meets the WAL's header half written takes the write lock for the blink of an eye to
         * read it again. That is no other process, and not worth the patience db/writer has with those.
         */
        sqlite3_busy_timeout(db->handle, mode <= DB_CHECK ? READ_BUSY_MS : WRITE_BUSY_MS);
        /*
         * Nothing may be written before we know whose file it is: closing it must not copy its WAL back
         * either.
         */
        result = sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    if (result == SQLITE_OK)
        result = look_at_owner(db, &ours);
    if (result == SQLITE_OK && !ours)
        result = SQLITE_NOTADB;
    if (result == SQLITE_OK && is_locked_away(db))
        result = SQLITE_READONLY;
    if (result == SQLITE_OK)
        result = configure(db);
    if (result != SQLITE_OK) {
        enum error_kind kind = fail_open(ctx, db, path, result);
        db_close(db);
        return kind;
    }
    *out_db = db;
    return OK;
}

enum error_kind db_accept(struct ctx *ctx)
{
    sqlite3_stmt *handle = NULL;
    bool is_wal = false;
    int result = sqlite3_prepare_v2(ctx->db->handle, "PRAGMA journal_mode = WAL", -1, &handle, NULL);

    if (result == SQLITE_OK && (result = sqlite3_step(handle)) == SQLITE_ROW) {
        const char *mode = (const char *)sqlite3_column_text(handle, 0);
        is_wal = mode && strcmp(mode, "wal") == 0;
        result = SQLITE_OK;
    }
    if (result == SQLITE_OK && is_wal)
        result = sqlite3_db_config(ctx->db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    enum error_kind kind = OK;
    if (result != SQLITE_OK)
        kind = db_fail(ctx, ctx->db, result, "journal_mode");
    else if (!is_wal)
        kind = fail(ctx, NOT_A_LIBRARY, "This file system cannot hold a library. Use a local disk.");
    sqlite3_finalize(handle);
    return kind;
}

enum error_kind db_spill_beside(struct ctx *ctx)
{
    if (!ctx->db->spills_beside)
        use_temporary_files_beside(ctx->db, sqlite3_db_filename(ctx->db->handle, "main"));
    return db_exec(ctx, "PRAGMA temp_store = FILE");
}

void db_close(struct db *db)
{
    if (!db)
        return;
    snapshot_delist(&db->snapshot);
    db_figures_drop_cache(db);
    journal_close(db->journal);
    db_forget_statements(db);
    int result = sqlite3_close(db->handle);
    assert(result == SQLITE_OK);
    (void)result;
    if (db->spills_beside)
        use_no_temporary_files();
    watch_free(db->watch);
    free(db);
}

void db_abandon(struct db *db)
{
    if (db)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    db_close(db);
}

bool db_has_lost_transaction(const struct db *db)
{
    return db->keeps_transaction && sqlite3_get_autocommit(db->handle);
}

enum error_kind db_exec(struct ctx *ctx, const char *sql)
{
    if (db_has_lost_transaction(ctx->db))
        return db_fail(ctx, ctx->db, SQLITE_ABORT_ROLLBACK, sql);
    int result = sqlite3_exec(ctx->db->handle, sql, NULL, NULL, NULL);

    return result == SQLITE_OK ? OK : db_fail(ctx, ctx->db, result, sql);
}

enum error_kind db_pragma_int(struct ctx *ctx, const char *sql, int64_t *out_value)
{
    int result = read_int(ctx->db, sql, out_value);

    return result == SQLITE_OK ? OK : db_fail(ctx, ctx->db, result, sql);
}

bool db_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

int64_t db_last_id(const struct ctx *ctx)
{
    return sqlite3_last_insert_rowid(ctx->db->handle);
}

int64_t db_changes(const struct ctx *ctx)
{
    return ctx->db->changes;
}

int64_t db_wal_pages(const struct db *db)
{
    return db->wal_pages;
}

bool db_keeps_wal(const struct db *db)
{
    return db->keeps_wal;
}

static void keep_wal(struct db *db)
{
    db->keeps_wal = true;
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    LOG(ERROR, "the disk did not keep what was written; the log of changes is kept until the next start, "
               "which copies it back. Nothing is lost. Look after the disk, then restart");
}

enum error_kind db_checkpoint(struct ctx *ctx, enum checkpoint_depth depth, int wait_ms, bool *out_whole)
{
    static const int modes[] = {[CHECKPOINT_PASSIVE] = SQLITE_CHECKPOINT_PASSIVE,
                                [CHECKPOINT_RESTART] = SQLITE_CHECKPOINT_RESTART,
                                [CHECKPOINT_TRUNCATE] = SQLITE_CHECKPOINT_TRUNCATE};
    struct db *db = ctx->db;
    int in_wal = 0;
    int copied = 0;

    *out_whole = false;
    if (db->keeps_wal)
        return OK;
    sqlite3_busy_timeout(db->handle, wait_ms);
    int result = sqlite3_wal_checkpoint_v2(db->handle, NULL, modes[depth], &in_wal, &copied);
    sqlite3_busy_timeout(db->handle, WRITE_BUSY_MS);
    if (result == SQLITE_IOERR_FSYNC)
        keep_wal(db);
    /* A reader in the way is no error: what it still needs is copied back another time. */
    bool is_held = (result & 0xff) == SQLITE_BUSY || (result & 0xff) == SQLITE_LOCKED;
    if (result != SQLITE_OK && !is_held)
        return db_fail(ctx, db, result, "checkpoint");
    bool is_anew = !is_held && depth != CHECKPOINT_PASSIVE;
    if (in_wal >= 0)
        db->wal_pages = is_anew ? 0 : in_wal;
    *out_whole = is_anew || (!is_held && copied == in_wal);
    return OK;
}
