/*
 * read_ahead.h — a file system for SQLite that reads many pages at once where one after the other is asked for: for
 * connections that look at a whole library (DB_CHECK), whose time would go by half into asking for single pages.
 *
 * All but the reading of the main file is the default file system's. A window holds what was read ahead until a lock is
 * taken or given back, or the file is written: within one snapshot the pages that it reads from the file do not change,
 * since a checkpoint copies none of those back that a reader finds in its log.
 */
#ifndef CARREL_DB_READ_AHEAD_H
#define CARREL_DB_READ_AHEAD_H

/* For sqlite3_open_v2(); NULL, the default, when there is no memory. Registers it when it is not yet. */
const char *read_ahead_vfs(void);

#endif
