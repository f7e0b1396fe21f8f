/*
 * checkpoint.c — the writer's care for the WAL: a ladder from "copy what you can" to "cut who is in the way".
 */
#include "db/checkpoint.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"
#include "db/figures.h"

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
    histogram_count(&db_figures.checkpoint, &histogram_us, took);
    if (took > checkpointer->figures.longest_us)
        checkpointer->figures.longest_us = took;
    return whole;
}

/* How many were cut. */
static int cut(struct checkpointer *checkpointer, enum snapshot_kind kind, int64_t began_ms)
{
    int count = snapshots_cut(kind, began_ms);

    db_figure_add(&db_figures.reads_cut, count);
    if (count > 0)
        LOG(WARN, "reads were cut: they kept the WAL from being begun anew", LOG_INT("reads", count),
            LOG_INT("wal_pages", db_wal_pages(checkpointer->ctx->db)));
    return count;
}

/* Past WAL_CUT_PAGES. */
static void insist(struct checkpointer *checkpointer)
{
    bool is_last = db_wal_pages(checkpointer->ctx->db) >= WAL_PAGES_MAX;
    int64_t began_ms = is_last ? INT64_MAX : checkpointer->last_ms;

    checkpointer->figures.cut_requests += cut(checkpointer, SNAPSHOT_REQUEST, began_ms);
    if (is_last)
        checkpointer->figures.cut_whole += cut(checkpointer, SNAPSHOT_WHOLE, began_ms);
    /* Who is left reads shortly, or reads the whole file: to wait for those is in vain. */
    int wait_ms = snapshots_have(SNAPSHOT_WHOLE) ? WAL_RESTART_WAIT_MS : WAL_CUT_WAIT_MS;
    if (!run(checkpointer, CHECKPOINT_RESTART, wait_ms) && is_last)
        LOG(WARN,
            "the WAL is very long, and a reader still keeps it; is another program reading this library?",
            LOG_INT("wal_pages", db_wal_pages(checkpointer->ctx->db)));
}

static void look(struct checkpointer *checkpointer)
{
    int64_t pages = db_wal_pages(checkpointer->ctx->db);

    write_back_lift_mark(checkpointer->write_back);
    if (pages >= WAL_CUT_PAGES)
        insist(checkpointer);
    else if (pages >= WAL_RESTART_PAGES)
        run(checkpointer, CHECKPOINT_RESTART, WAL_RESTART_WAIT_MS);
    else
        run(checkpointer, CHECKPOINT_PASSIVE, 0);
    checkpointer->last_ms = clock_monotonic_ms();
    checkpointer->look_pages = checkpointer->slice_pages = db_wal_pages(checkpointer->ctx->db);
}

static void pause_for_whole_readers(struct checkpointer *checkpointer)
{
    if (db_wal_pages(checkpointer->ctx->db) < WAL_PAUSE_PAGES || !snapshots_have(SNAPSHOT_WHOLE))
        return;
    checkpointer->figures.pauses++;
    clock_sleep_ms(WAL_PAUSE_MS);
}

/* As far as the mark, which then goes on to here: a little to copy, nothing to wait for. */
static void copy_slice_when_due(struct checkpointer *checkpointer, int64_t pages)
{
    if (pages - checkpointer->slice_pages < WAL_SLICE_PAGES)
        return;
    if (write_back_has_mark(checkpointer->write_back)) {
        run(checkpointer, CHECKPOINT_PASSIVE, 0);
        write_back_sync(checkpointer->write_back);
    }
    write_back_move_mark(checkpointer->write_back);
    checkpointer->slice_pages = pages;
}

void checkpoint_after_write(struct checkpointer *checkpointer)
{
    int64_t pages = db_wal_pages(checkpointer->ctx->db);

    if (db_keeps_wal(checkpointer->ctx->db))
        return; /* nobody is to be waited for, or cut, in vain */
    if (pages > checkpointer->file_most)
        checkpointer->file_most = pages;
    if (pages < checkpointer->slice_pages) /* all of it had been copied back, and it was begun anew */
        checkpointer->look_pages = checkpointer->slice_pages = 0;
    /* Since the last look, not since the WAL is empty: while readers hold on to it, it stays as long as it is. */
    if (pages - checkpointer->look_pages < WAL_CHECKPOINT_PAGES)
        copy_slice_when_due(checkpointer, pages);
    else if (pages >= WAL_RESTART_PAGES || !write_back_is_syncing(checkpointer->write_back))
        look(checkpointer); /* hardly anything is left to sync */
    pause_for_whole_readers(checkpointer);
}

bool checkpoint_is_wanted(const struct checkpointer *checkpointer)
{
    return db_wal_pages(checkpointer->ctx->db) > 0 && !db_keeps_wal(checkpointer->ctx->db);
}

void checkpoint_when_idle(struct checkpointer *checkpointer)
{
    write_back_lift_mark(checkpointer->write_back);
    /* After a long reader it has grown past what it needs: the disk gets that back. */
    if (checkpointer->file_most > WAL_RESTART_PAGES)
        checkpoint_all(checkpointer);
    else
        run(checkpointer, CHECKPOINT_RESTART, 0);
}

void checkpoint_all(struct checkpointer *checkpointer)
{
    write_back_lift_mark(checkpointer->write_back);
    if (run(checkpointer, CHECKPOINT_TRUNCATE, 0))
        checkpointer->file_most = 0;
}
