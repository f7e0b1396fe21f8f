/*
 * watch.h — telling what holds a table's rows in memory which of them have changed, once they have.
 *
 * Rows that a statement of the writer's connection inserts, updates or deletes are noted by id. After COMMIT,
 * and before anybody is told that his work is done, the watcher is called with those ids, on the writer's
 * thread and inside a read transaction of its connection: it reads them again and sees what was committed. Ids of work that was
 * rolled back may be among them; they are read as they are. Nothing is remembered across a restart.
 *
 * Who may not even for a moment answer from memory what is no longer so watches closely: it is also called when the
 * row changes, long before COMMIT, and holds what it knows of that row in doubt until it is told.
 */
#ifndef CARREL_DB_WATCH_H
#define CARREL_DB_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct watch;

/* Each id once, in no order; one that is gone may be among them. It may use ctx->arena, which is reset after. */
typedef void watch_changed(struct ctx *ctx, const int64_t *ids, size_t count, void *argument);

/* On the thread of the connection, inside the transaction: row `id` is being changed. It may not use the database. */
typedef void watch_touched(int64_t id, void *argument);

/*
 * Watches `table` (an ordinary table with a rowid, a constant of the program) on a DB_WRITE connection, until it
 * is closed. As many watches as are wanted, one for each table. Before the writer starts. Cascades are noticed; DELETE
 * without WHERE and REPLACE are not (SQLite does not tell), so neither may be used on a watched table.
 */
void db_watch(struct db *db, const char *table, watch_changed *changed, void *argument);

/*
 * The same with `touched` called at each change, and without the read transaction: `changed` may not use the database
 * either. After a rollback `changed` waits for the next COMMIT: what was touched stays in doubt until then.
 */
void db_watch_closely(struct db *db, const char *table, watch_touched *touched, watch_changed *changed,
                      void *argument);

/* Changes row `id` of `table` for its watch: for a table without rowids, of which SQLite says nothing. */
void watch_note(struct ctx *ctx, const char *table, int64_t id);

/* For the writer, after each COMMIT: tells what was noted. Without a watch, or without changes: nothing. */
void watch_tell(struct ctx *ctx);

/* For db_close(). */
void watch_free(struct watch *watch);

#endif
