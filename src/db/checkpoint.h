/*
 * checkpoint.h — when the WAL is copied back into the library's file, and what keeps it from growing for ever.
 *
 * Only the writer's thread checkpoints, between two transactions (SQLite before 3.51.3 has a race otherwise).
 * Every WAL_SLICE_PAGES a slice is copied (db/write_back.h). After every WAL_CHECKPOINT_PAGES it looks at how long the WAL has become:
 *
 *     below WAL_RESTART_PAGES   copy back what readers let it; nobody waits for anybody
 *     from there on             wait WAL_RESTART_WAIT_MS for those who read: short reads that overlap without
 *                               end would otherwise never leave a moment to begin the WAL anew
 *     from WAL_CUT_PAGES on     cut requests that have been reading since before the last look, then wait for
 *                               them; they hear BUSY
 *     from WAL_PAUSE_PAGES on   a pause after each transaction while a backup or a check is under way, so that
 *                               it comes to its end
 *     from WAL_PAGES_MAX on     cut every reader, backups and checks as well
 *
 * So the WAL stays below WAL_PAGES_MAX + WAL_CHECKPOINT_PAGES + one transaction, and no writer is refused for a
 * reader's sake. Only a program other than Carrel that reads without end can make it longer: the log says so.
 *
 * When nobody writes for WAL_IDLE_MS, all of it is copied back. The file keeps its length then (up to
 * WAL_CHECKPOINT_PAGES): writing over what is there costs a commit one flush of the disk, making the file
 * longer costs a second one for the file system's own log.
 */
#ifndef CARREL_DB_CHECKPOINT_H
#define CARREL_DB_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "db/write_back.h"

struct checkpoint_figures {
    int64_t count;
    int64_t longest_us;
    int64_t cut_requests, cut_whole; /* snapshots, see db/snapshots.h */
    int64_t pauses;
};

/* The writer's thread's own. Starts as {.ctx = …, .write_back = …}: the ctx that has the writer's connection. */
struct checkpointer {
    struct ctx *ctx;
    struct write_back *write_back;
    int64_t look_pages, last_ms; /* in the WAL when it last looked, and when that was */
    int64_t slice_pages;         /* where the mark stands */
    int64_t file_most;           /* pages the WAL has had since it was last truncated */
    struct checkpoint_figures figures;
};

/* After each transaction. Errors are logged: what was committed is safe in the WAL. */
void checkpoint_after_write(struct checkpointer *checkpointer);

/* Is there anything to copy back? */
bool checkpoint_is_wanted(const struct checkpointer *checkpointer);

/* When the writer has had nothing to do for WAL_IDLE_MS. */
void checkpoint_when_idle(struct checkpointer *checkpointer);

/* At the start, for what a crash has left, and at the end: the file is emptied. */
void checkpoint_all(struct checkpointer *checkpointer);

#endif
