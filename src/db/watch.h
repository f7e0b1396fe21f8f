/*
 * watch.h — telling what holds a table's rows in memory which of them have changed, once they have.
 *
 * Rows that a statement of the writer's connection inserts, updates or deletes are noted by id. After COMMIT,
 * and before anybody is told that his work is done, the watcher is called with those ids, on the writer's
 * thread and inside a read transaction of its connection: it reads them again and sees what was committed. Ids of work that was
 * rolled back may be among them; they are read as they are. Nothing is remembered across a restart.
 */
#ifndef CARREL_DB_WATCH_H
#define CARREL_DB_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct watch;

/* Each id once, in no order; one that is gone may be among them. It may use ctx->arena, which is reset after. */
typedef void watch_changed(struct ctx *ctx, const int64_t *ids, size_t count, void *argument);

/*
 * Watches `table` (an ordinary table with a rowid, a constant of the program) on a DB_WRITE connection, until it
 * is closed. One watch for each connection. Before the writer starts.
 */
void db_watch(struct db *db, const char *table, watch_changed *changed, void *argument);

/* For the writer, after each COMMIT: tells what was noted. Without a watch, or without changes: nothing. */
void watch_tell(struct ctx *ctx);

/* For db_close(). */
void watch_free(struct watch *watch);

#endif
