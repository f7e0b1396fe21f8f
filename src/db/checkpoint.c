/*
 * checkpoint.c — the writer's care for the WAL: a ladder from "copy what you can" to "cut who is in the way".
 */
#include "db/checkpoint.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"

/* True when the WAL is begun anew by the next write (or empty), false while a reader keeps it. */
static bool run(struct checkpointer *checkpointer, enum checkpoint_depth depth, int wait_ms)
{
    struct ctx *ctx = checkpointer->ctx;
    int64_t began = clock_monotonic_us();
    bool whole = false;

    if (db_checkpoint(ctx, depth, wait_ms, &whole) != OK)
        LOG(WARN, "checkpoint failed");
    db_reset_statements(ctx->db);
    error_clear(ctx);
    arena_reset(ctx->arena);
    int64_t took = clock_monotonic_us() - began;
    checkpointer->figures.count++;
    if (took > checkpointer->figures.longest_us)
        checkpointer->figures.longest_us = took;
    checkpointer->last_ms = clock_monotonic_ms();
    return whole;
}

static void cut(struct checkpointer *checkpointer, enum snapshot_kind kind, int64_t *counter)
{
    int count = snapshots_cut(kind, checkpointer->last_ms);

    if (count > 0)
        LOG(WARN, "reads were cut: they kept the WAL from being begun anew", LOG_INT("reads", count),
            LOG_INT("wal_pages", db_wal_pages(checkpointer->ctx->db)));
    *counter += count;
}

/* Past WAL_CUT_PAGES. */
static void insist(struct checkpointer *checkpointer)
{
    bool is_last = db_wal_pages(checkpointer->ctx->db) >= WAL_PAGES_MAX;

    cut(checkpointer, SNAPSHOT_REQUEST, &checkpointer->figures.cut_requests);
    if (is_last)
        cut(checkpointer, SNAPSHOT_WHOLE, &checkpointer->figures.cut_whole);
    if (!run(checkpointer, CHECKPOINT_RESTART, WAL_CUT_WAIT_MS) && is_last)
        LOG(WARN, "the WAL is very long, and a reader still keeps it; is another program reading this library?",
            LOG_INT("wal_pages", db_wal_pages(checkpointer->ctx->db)));
}

static void look(struct checkpointer *checkpointer)
{
    int64_t pages = db_wal_pages(checkpointer->ctx->db);

    if (pages >= WAL_CUT_PAGES)
        insist(checkpointer);
    else if (pages >= WAL_RESTART_PAGES)
        run(checkpointer, CHECKPOINT_RESTART, WAL_RESTART_WAIT_MS);
    else
        run(checkpointer, CHECKPOINT_PASSIVE, 0);
}

static void pause_for_whole_readers(struct checkpointer *checkpointer)
{
    if (db_wal_pages(checkpointer->ctx->db) < WAL_PAUSE_PAGES || !snapshots_have(SNAPSHOT_WHOLE))
        return;
    checkpointer->figures.pauses++;
    clock_sleep_ms(WAL_PAUSE_MS);
}

void checkpoint_after_write(struct checkpointer *checkpointer)
{
    const struct db *db = checkpointer->ctx->db;

    if (db->wal_pages > checkpointer->file_most)
        checkpointer->file_most = db->wal_pages;
    /* Since the last one, not since the WAL is empty: while readers hold on to it, it stays as long as it is. */
    if (db->wal_pages - db->wal_checkpointed >= WAL_CHECKPOINT_PAGES)
        look(checkpointer);
    pause_for_whole_readers(checkpointer);
}

bool checkpoint_is_wanted(const struct checkpointer *checkpointer)
{
    return db_wal_pages(checkpointer->ctx->db) > 0;
}

void checkpoint_when_idle(struct checkpointer *checkpointer)
{
    /* After a long reader it has grown past what it needs: the disk gets that back. */
    if (checkpointer->file_most > WAL_RESTART_PAGES)
        checkpoint_all(checkpointer);
    else
        run(checkpointer, CHECKPOINT_RESTART, 0);
}

void checkpoint_all(struct checkpointer *checkpointer)
{
    if (run(checkpointer, CHECKPOINT_TRUNCATE, 0))
        checkpointer->file_most = 0;
}
