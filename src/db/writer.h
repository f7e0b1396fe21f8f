/*
 * writer.h — the one thread that writes, with group commit.
 *
 * Two queues. *Desk* jobs (requests) come first: the writer takes what is waiting (at most
 * WRITER_BATCH_MAX), opens one transaction, gives each job a SAVEPOINT, commits once with fsync, and only
 * then wakes the callers: nothing is acknowledged before it is durable. No timer: an idle server adds no
 * delay, a busy one batches by itself. *Bulk* jobs (imports, rebuilds) run in slices of about
 * WRITER_BULK_SLICE_MS, each its own transaction, and a slice starts only when no desk job waits.
 *
 * A job that fails is rolled back to its savepoint and does not disturb its neighbours. When SQLite itself
 * rolled back everything, or COMMIT failed, each job of the batch is run once more in a transaction of its
 * own. The queue is bounded: full → BUSY (503 with Retry-After). BEGIN against a lock held by another
 * process is retried with backoff and jitter, then BUSY.
 *
 * Ownership (RUNTIME.md): a job's ctx and arena belong to the caller until the job is taken, to the writer
 * until the caller is woken. A caller may withdraw a job that has not been taken (WRITER_WAIT_MS).
 * Only the writer checkpoints: db/checkpoint.h says when.
 */
#ifndef CARREL_DB_WRITER_H
#define CARREL_DB_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "db/checkpoint.h"

struct writer;

enum write_result {
    WRITE_FAILED,           /* roll this job back; ctx->error says why */
    WRITE_DONE,             /* keep it */
    WRITE_REFUSED_AND_KEPT, /* an error for the caller, but what was written stays (failed login …) */
    WRITE_MORE,             /* bulk only: keep this slice and call again */
};

/*
 * The work: called on the writer's thread with ctx->db set to its connection. It may be called a second
 * time after a rollback (ctx->error and the arena are set back first), so it must not remember anything
 * outside ctx and the database except in `argument`, and must start afresh from that.
 */
typedef enum write_result write_function(struct ctx *ctx, void *argument);

/* Takes over an open, migrated DB_WRITE connection (also when it fails) and starts the thread. */
enum error_kind writer_start(struct ctx *ctx, struct db *db, struct writer **out_writer) MUST_CHECK;

/* Finishes what is queued, empties the WAL, ends the thread, closes the connection. */
void writer_stop(struct writer *writer);

/*
 * Queue `work` and wait until it is durable (OK), was refused (ctx->error), or could not be taken (BUSY).
 * ctx->db is NULL again afterwards.
 */
enum error_kind writer_run(struct writer *writer, struct ctx *ctx, write_function *work,
                           void *argument) MUST_CHECK;
enum error_kind writer_run_bulk(struct writer *writer, struct ctx *ctx, write_function *work,
                                void *argument) MUST_CHECK;

/*
 * The same for slices that delete records of which they have made sure that nothing names them: SQLite does not look for
 * rows that would (it reads whole tables that have no index for it). Slices alone: desk jobs are never among them.
 */
enum error_kind writer_run_bulk_settled(struct writer *writer, struct ctx *ctx, write_function *work,
                                        void *argument) MUST_CHECK;

/* For /metrics and tests. */
struct writer_figures {
    int64_t jobs, batches, largest_batch, retried_batches, refused_full, wal_pages;
    struct checkpoint_figures checkpoints;
    bool keeps_wal; /* a sync has failed: restart soon (db/engine.h) */
};
void writer_figures(struct writer *writer, struct writer_figures *out_figures);

/* Of the program's writers, of which it has one: for the health report, which knows none. */
struct writer_load {
    int64_t waiting; /* jobs that are queued or being done now */
    int64_t last_us; /* from being queued to being durable, of the last desk job */
    bool keeps_wal;  /* as in struct writer_figures */
};
void writer_load(struct writer_load *out_load);

#endif
