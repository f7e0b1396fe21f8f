/*
 * write_back.h — copies the WAL back a slice at a time and lets another thread wait for the disk, so that no desk
 * waits for a whole checkpoint.
 *
 * SQLite's checkpoint copies all it may and then syncs the library's file, in one call. Two habits of it are used
 * here. It copies only as far as the oldest reader, and what it copied only so far it does not sync: so a read
 * transaction of our own (the *mark*), moved on at each slice, makes every checkpoint a short one. And a sync
 * finds nothing to do where another has just been: so a thread syncs the same file meanwhile. The checkpoint that
 * ends the round, without the mark, still syncs by itself: durability does not rest on anything here.
 *
 * All calls come from the writer's thread.
 */
#ifndef CARREL_DB_WRITE_BACK_H
#define CARREL_DB_WRITE_BACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct db;
struct write_back;

/* For the library that `writer` has open. */
enum error_kind write_back_start(struct ctx *ctx, const struct db *writer,
                                 struct write_back **out) MUST_CHECK;
void write_back_stop(struct write_back *write_back);

/* Checkpoints stop here from now on, until it is moved or lifted. There must be something not copied back. */
void write_back_move_mark(struct write_back *write_back);
void write_back_lift_mark(struct write_back *write_back);
bool write_back_has_mark(const struct write_back *write_back);

/* Syncs what has been copied, on the other thread; when that is still busy, once more after it. */
void write_back_sync(struct write_back *write_back);
bool write_back_is_syncing(struct write_back *write_back);

#endif
