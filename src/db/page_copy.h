/*
 * page_copy.h — all pages of a library, as one moment has them, into an empty file while people go on working.
 *
 * SQLite hands the pages over within one read transaction, with what stands in the WAL (sqlite_dbpage,
 * https://www.sqlite.org/dbpage.html). They are read ahead (db/read_ahead.h) and written many at a time: a quarter of the
 * processor's time that SQLite's backup API takes, which asks the system for each page and gives it each page alone.
 * (It would also begin again for ever without a snapshot while somebody writes.)
 *
 * As many pages at a time as the disk takes in a few milliseconds, each lot written back while the next is read, so that
 * the writer is hardly held up.
 */
#ifndef CARREL_DB_PAGE_COPY_H
#define CARREL_DB_PAGE_COPY_H

#include <stdatomic.h>

#include "base/ctx.h"

/*
 * The file behind the descriptor becomes a database of its own, which has no WAL, and is on the disk when this returns. Who
 * calls keeps the descriptor open until no other in the process has the file open (POSIX locks).
 *
 * One of SQLite's result codes, as sqlite3_errstr() says it: SQLITE_OK; SQLITE_INTERRUPT when *stopping became true, or when
 * the WAL outgrew its bound for want of an end (db/snapshots.h); SQLITE_FULL when the disk has no room; any other of what
 * reading meets. It is not known then what stands in the file.
 */
int page_copy(const char *library, int descriptor, const atomic_bool *stopping) MUST_CHECK;

#endif
