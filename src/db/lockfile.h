/*
 * lockfile.h — one file, one owner: an advisory lock on `library.db.lock` (flock(2)).
 *
 * The database file itself is never opened or closed by us: that would drop SQLite's POSIX locks.
 * Network file systems are refused: neither locks nor WAL's shared memory can be trusted there.
 */
#ifndef CARREL_DB_LOCKFILE_H
#define CARREL_DB_LOCKFILE_H

#include <stdbool.h>

#include "base/ctx.h"

enum lock_result { LOCK_TAKEN, LOCK_HELD_BY_ANOTHER, LOCK_NETWORK_FILE_SYSTEM, LOCK_FAILED };

struct lockfile {
    int descriptor;
};

/* LOCK_FAILED leaves errno. The lock lasts until lockfile_release() or the end of the process. */
enum lock_result lockfile_take(const char *library_path, struct lockfile *out_lock);
void lockfile_release(struct lockfile *lock);

#endif
