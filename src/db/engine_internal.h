/*
 * engine_internal.h — what the files of db/ share and nobody else sees: SQLite's own types.
 */
#ifndef CARREL_DB_ENGINE_INTERNAL_H
#define CARREL_DB_ENGINE_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/engine.h"
#include "db/snapshots.h"

#define STATEMENT_BUCKETS 512

struct stmt {
    sqlite3_stmt *handle; /* NULL: preparing failed, `failed` says how */
    const void *key;      /* a struct sql, or a listing with a shape */
    uint64_t shape;
    const char *name;
    struct db *db;
    struct ctx *ctx; /* whose errors and arena: the last who asked for it */
    enum error_kind failed;
    int64_t spent_us; /* in SQLite, of the run at hand: db/slow.h */
    bool touched;     /* stands in db->touched: to be reset at the end of the request */
    struct stmt *next_in_bucket;
    struct stmt *next_touched;
};

struct watch;   /* db/watch.h */
struct journal; /* db/journal.h */

struct db {
    sqlite3 *handle;
    enum db_mode mode;
    struct stmt *buckets[STATEMENT_BUCKETS];
    int statement_count;
    struct stmt *touched;
    int64_t cache_bytes_told; /* db/figures.h */
    int64_t taken_us;         /* from the pool, monotonic; 0: nobody traces that */
    int64_t wal_pages;        /* in the -wal file now */
    int64_t changes;          /* db_changes() */
    bool keeps_wal;           /* a sync of a checkpoint has failed: see db_checkpoint() */
    bool keeps_transaction;   /* what runs now runs inside a transaction or not at all */
    bool spills_beside;       /* temporary files, beside the library */
    struct watch *watch;      /* of the writer's connection, a list; NULL: nobody asks what has changed */
    struct journal *journal;  /* of the writer's connection; NULL: nothing is recorded */
    int64_t deadline_ms;      /* monotonic; 0: none. Whatever runs past it is interrupted. */
    struct snapshot snapshot; /* what the pool, a check or a backup reads with it */
};

/* A statement whose text is built when it is first needed (db/list): `build` returns it, in the arena. */
typedef const char *sql_builder(struct ctx *ctx, const void *key, uint64_t shape);
struct stmt *db_shaped_statement(struct ctx *ctx, const void *key, uint64_t shape, const char *name,
                                 sql_builder *build);

/* Prepares every statement anew when it is next asked for. None may be under way. */
void db_forget_statements(struct db *db);

/* Like bind_…(), but a name that the statement does not have is no mistake. */
bool statement_has(const struct stmt *s, const char *name);

/*
 * The file is one to work with (db/migrate has looked at it): WAL from here on, copied back at close. Until
 * then opening and closing it changes nothing.
 */
enum error_kind db_accept(struct ctx *ctx) MUST_CHECK;

/*
 * True when the transaction that everything has to run in is gone: a full disk or an I/O error makes SQLite
 * roll back all of it, and a statement that ran now would be durable at once, by itself.
 */
bool db_has_lost_transaction(const struct db *db);

/* Maps a SQLite result to an error of ours, logs what people should not see. `what` names the statement. */
enum error_kind db_fail(struct ctx *ctx, struct db *db, int result, const char *what);

#endif
