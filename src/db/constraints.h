/*
 * constraints.h — do all rows meet their tables' CHECKs? SQLite's quick_check asks that as well, but makes the list of each
 * `status IN ('available', …)` anew for every row, which takes longer than all the rest of it. Here each table is read
 * once, by a statement made of what its CHECKs say in the file's own schema.
 *
 *     PRAGMA ignore_check_constraints = ON;    then quick_check leaves them out
 *
 * Several threads, each with a connection of its own, may share the work: a large table is looked at in pieces of
 * CONSTRAINT_ROWS_AT_ONCE ids, and who has time takes the next piece.
 */
#ifndef CARREL_DB_CONSTRAINTS_H
#define CARREL_DB_CONSTRAINTS_H

#include <pthread.h>

#include "base/ctx.h"

struct constraints_work {
    pthread_mutex_t lock;
    bool is_listed;
    struct constraints_piece *next; /* in the arena of who listed them: it outlives the work of all */
};

void constraints_begin(struct constraints_work *work);
void constraints_end(struct constraints_work *work);

/*
 * Looks at pieces until there is none left. Calls report() with the table for each row that does not meet its CHECKs, at
 * most `max` times a piece.
 */
enum error_kind constraints_check(struct ctx *ctx, struct constraints_work *work, int max,
                                  void (*report)(void *argument, const char *table),
                                  void *argument) MUST_CHECK;

/*
 * The conditions of the CHECKs in the text of a CREATE TABLE, each in brackets, joined by AND; in the arena. NULL: there
 * are none.
 */
const char *constraints_of(struct arena *arena, const char *sql);

#endif
