/*
 * engine.h — SQLite as the rest of Carrel sees it: connections, statements, errors.
 *
 * Only db/ includes sqlite3.h. A repository declares its statements at the top and runs them by name:
 *
 *     SQL(FIND_OPEN, "SELECT id, due_at FROM borrow WHERE copy_id = :copy AND returned_at IS NULL");
 *
 *     struct stmt *s = db_statement(ctx, &FIND_OPEN);
 *     bind_int(s, ":copy", copy_id);
 *     bool found;
 *     TRY(db_row(s, &found));
 *     if (found)
 *         *out_due_at = column_int(s, 1);
 *
 * Errors are kept by the statement: when preparing or binding failed, the next db_row()/db_run() reports it,
 * so nothing in between needs a check. A statement is reset when it is next asked for (so never ask for the
 * one whose rows are being read), when it has stepped past its last row, and at the end of the request.
 *
 * SQL() makes a static object whose address is the key of the statement cache: a string built at run time
 * cannot get in. Every SQL() of the program is listed in a linker section; one unit test prepares them all
 * against schema.sql and fails on a scan of a large table unless the statement is SQL_SCANNING(), with why.
 *
 * Mapping of SQLite's results: full disk → DISK_FULL, no memory → OUT_OF_MEMORY, locked or interrupted →
 * BUSY, anything else → INTERNAL, logged with SQLite's message (which the client never sees).
 */
#ifndef CARREL_DB_ENGINE_H
#define CARREL_DB_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/uuid.h"

/* "Crrl": what PRAGMA application_id of every Carrel library is. */
#define DB_APPLICATION_ID 0x4372726c

struct db;   /* one connection; used by one thread at a time */
struct stmt; /* a statement of a connection's cache */

struct sql {
    const char *name;
    const char *text;
    const char *scans; /* NULL, or why it may scan a large table */
};

#define SQL_SCANNING(id, why, ...)                        \
    static const struct sql id = {#id, __VA_ARGS__, why}; \
    __attribute__((used, section("carrel_sql"))) static const struct sql *const id##_listed = &id
#define SQL(id, ...) SQL_SCANNING(id, NULL, __VA_ARGS__)

enum db_mode {
    DB_LOOK,  /* read-only, of a file that nobody writes; nothing is made or locked beside it: see below */
    DB_READ,  /* read-only and query_only: a connection of the read pool */
    DB_CHECK, /* query_only, too, but it could write: only then does SQLite look at CHECKs in a quick_check */
    DB_WRITE, /* the one connection of the writer */
    DB_BUILD, /* the only user of a file that nobody has yet (db/load.h): see below */
};

/*
 * Opens a library with all its settings (WAL, FULL, foreign keys, DEFENSIVE, untrusted schema, cell checks,
 * no automatic checkpoint). DB_WRITE makes the file if there is none. A file that holds something else is
 * refused and left as it is (NOT_A_LIBRARY); what version it is, db/migrate looks at, and only then is
 * anything written: until migrate_library() accepts it, a new or restored file is not in WAL mode yet.
 * The connection is closed with db_close().
 *
 * DB_LOOK takes the file as it lies there: a backup, a library too damaged to be opened. What stands in a -wal beside
 * it is not seen.
 *
 * DB_BUILD gives up what a library needs and a file under construction does not: no journal, no fsync, no
 * foreign keys or CHECKs while rows go in, sorting in files beside the library. When anything fails, the file
 * is worth nothing: delete it. When all went well, close it, fsync it, and let DB_WRITE make it a library.
 */
enum error_kind db_open(struct ctx *ctx, const char *path, enum db_mode mode, struct db **out_db) MUST_CHECK;
void db_close(struct db *db);

/*
 * From here on, and until it is closed, sorting and what a statement keeps to be taken back go into files beside the
 * file of ctx->db instead of memory: for work on all of one that nobody else has open. DB_BUILD does so anyway. Such
 * connections of one process are of one folder, and opened and closed by one thread.
 */
enum error_kind db_spill_beside(struct ctx *ctx) MUST_CHECK;

/* The same for one that turned out not to be one to work with: nothing of its WAL is copied into the file. */
void db_abandon(struct db *db);

/* ---- statements ---------------------------------------------------------------------------------------- */

/* The statement, from ctx->db's cache, reset and without bindings. Never NULL. */
struct stmt *db_statement(struct ctx *ctx, const struct sql *sql);

/* `name` as in the SQL, with its colon. A name the statement does not have is an assert. */
void bind_int(struct stmt *s, const char *name, int64_t value);
void bind_number(struct stmt *s, const char *name, int64_t value); /* NO_NUMBER binds NULL */
void bind_bool(struct stmt *s, const char *name, bool value);
void bind_real(struct stmt *s, const char *name, double value);
void bind_text(struct stmt *s, const char *name, const char *text); /* NULL binds NULL; not copied: must
                                                                       live until the statement is reset */
void bind_uuid(struct stmt *s, const char *name, const struct uuid *uuid);
void bind_bytes(struct stmt *s, const char *name, const void *bytes, size_t length); /* not copied, as text */

/* Runs a statement that gives no rows (or whose rows do not matter) to its end. */
enum error_kind db_run(struct stmt *s) MUST_CHECK;

/* The next row: *out_found says whether there was one. */
enum error_kind db_row(struct stmt *s, bool *out_found) MUST_CHECK;

/* Columns of the current row, from 0. Texts are copied into the arena; NULL stays NULL / NO_NUMBER. */
int64_t column_int(struct stmt *s, int index);    /* NULL reads as 0 */
int64_t column_number(struct stmt *s, int index); /* NULL reads as NO_NUMBER */
bool column_bool(struct stmt *s, int index);
double column_real(struct stmt *s, int index);
const char *column_text(struct stmt *s, int index);
struct uuid column_uuid(struct stmt *s, int index);
bool column_is_null(struct stmt *s, int index);
bool column_is(struct stmt *s, int index, const char *text); /* the same text? Without a copy */

/* A blob where SQLite has it: valid until the next row. */
const void *column_bytes(struct stmt *s, int index, size_t *out_length);

/* What the last INSERT made. */
int64_t db_last_id(const struct ctx *ctx);

/* How many rows the last INSERT, UPDATE or DELETE changed that db_run() or db_row() brought to its end. Not db_exec(). */
int64_t db_changes(const struct ctx *ctx);

/* Resets every statement of the connection: at the end of a request. */
void db_reset_statements(struct db *db);

/* ---- transactions: for the writer, the pool, migrations, tools ----------------------------------------- */

/* Runs SQL text that is a constant of the program (schema, pragmas, BEGIN…). */
enum error_kind db_exec(struct ctx *ctx, const char *sql) MUST_CHECK;

/* One integer: `PRAGMA user_version` and the like. */
enum error_kind db_pragma_int(struct ctx *ctx, const char *sql, int64_t *out_value) MUST_CHECK;

/* False outside a transaction, and after an error that made SQLite roll everything back. */
bool db_in_transaction(const struct db *db);

enum checkpoint_depth {
    CHECKPOINT_PASSIVE,  /* what readers let it */
    CHECKPOINT_RESTART,  /* all, and the next write begins the WAL anew */
    CHECKPOINT_TRUNCATE, /* all, and the file is emptied */
};

/*
 * WAL work, writer only (db/checkpoint). A reader in the way is waited for `wait_ms` (not by PASSIVE) and is no
 * error: *out_whole says whether all was done.
 *
 * After a sync that failed, the system counts pages as written that never reached the disk, and a later sync says
 * that all is well (https://lwn.net/Articles/752063/). SQLite would then begin the WAL anew, and with it go the only
 * good copies. So this connection does nothing with its WAL from then on (*out_whole is false), not even when it is
 * closed: the next process to open the library copies all of it back. db_keeps_wal() says so.
 */
enum error_kind db_checkpoint(struct ctx *ctx, enum checkpoint_depth depth, int wait_ms,
                              bool *out_whole) MUST_CHECK;

bool db_keeps_wal(const struct db *db);

/* How often SQLite has found the library damaged since the program started, on a connection that reads or writes it. */
int64_t db_damage_met(void);

/* Pages in the WAL that readers need or that are not copied back. */
int64_t db_wal_pages(const struct db *db);

#endif
