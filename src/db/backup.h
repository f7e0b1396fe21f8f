/*
 * backup.h — a verified copy of a library while people go on working.
 *
 * Pages are copied from one read snapshot (SQLite's backup API restarts for ever without one while
 * somebody writes), as many at a time as the disk takes in a few milliseconds, each lot written back while the
 * next is read, so that the writer is hardly held up. The copy is made under a temporary name in the target's
 * directory, synced, reopened, checked (quick_check, foreign keys, application id, row counts), renamed into
 * place, and the directory synced: a file under its final name is always whole.
 */
#ifndef CARREL_DB_BACKUP_H
#define CARREL_DB_BACKUP_H

#include <stdint.h>

#include "base/ctx.h"

struct backup_report {
    const char *path; /* of the finished file, absolute */
    int64_t bytes;
    int64_t books, members, borrows;
    int64_t copy_ms; /* until it was on the disk */
    int64_t verify_ms;
};

/*
 * `target`: a file that does not exist yet, or a directory (a name with the date is made).
 * `library_path` is opened by a read connection of its own.
 */
enum error_kind backup_make(struct ctx *ctx, const char *library_path, const char *target,
                            struct backup_report *out_report) MUST_CHECK;

#endif
