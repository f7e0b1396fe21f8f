/*
 * row_set.h — sets of rows (base/row_set.h) in SQL: `row_set_has(:set, id)`, with the set bound by pointer.
 */
#ifndef CARREL_DB_ROW_SET_H
#define CARREL_DB_ROW_SET_H

#include "base/row_set.h"
#include "db/engine_internal.h"

/* Makes the function known to a connection; a result of SQLite. */
int row_set_register(sqlite3 *handle);

/* The set is not copied: it must live until the statement is reset. */
void bind_row_set(struct stmt *s, const char *name, const struct row_set *set);

/* Its ids as a JSON array, for `json_each()`. */
const char *row_set_json(struct arena *arena, const struct row_set *set);

#endif
