/*
 * constraints.h — do all rows meet their tables' CHECKs? SQLite's quick_check asks that as well, but makes the list of each
 * `status IN ('available', …)` anew for every row, which takes longer than all the rest of it. Here each table is read
 * once, by a statement made of what its CHECKs say in the file's own schema.
 *
 *     PRAGMA ignore_check_constraints = ON;    then quick_check leaves them out
 */
#ifndef CARREL_DB_CONSTRAINTS_H
#define CARREL_DB_CONSTRAINTS_H

#include "base/ctx.h"

/* Calls report() with the table for each row that does not, at most `max` times a table. */
enum error_kind constraints_check(struct ctx *ctx, int max, void (*report)(void *argument, const char *table),
                                  void *argument) MUST_CHECK;

/*
 * The conditions of the CHECKs in the text of a CREATE TABLE, each in brackets, joined by AND; in the arena. NULL: there
 * are none.
 */
const char *constraints_of(struct arena *arena, const char *sql);

#endif
