/*
 * lockfile.h — one file, one owner: advisory locks (flock(2)) on `library.db.lock` and on the library's file itself.
 *
 * The first has the name: it is there before the library is, and stays when another file gets that name. The second
 * has the file: a hard link, or a bind mount of the file alone, is another name for the same one, and beside each
 * name SQLite would look for another WAL.
 *
 * A descriptor of the library's file that is closed takes SQLite's own locks (POSIX) with it: this one is closed only
 * when nothing in this process has that file open.
 * Network file systems are refused: neither locks nor WAL's shared memory can be trusted there.
 */
#ifndef CARREL_DB_LOCKFILE_H
#define CARREL_DB_LOCKFILE_H

#include <stdbool.h>

#include "base/ctx.h"

enum lock_result { LOCK_TAKEN, LOCK_HELD_BY_ANOTHER, LOCK_NETWORK_FILE_SYSTEM, LOCK_FAILED };

struct lockfile {
    int descriptor;
    int library; /* the file itself; -1 while there is none */
};

#define LOCKFILE_NONE \
    {                 \
        -1, -1        \
    }

/*
 * LOCK_FAILED leaves errno. The lock lasts until lockfile_release() or the end of the process. Claims the library as
 * well, when there is one.
 */
enum lock_result lockfile_take(const char *library_path, struct lockfile *out_lock);

/*
 * Claims the file that has the library's name now: when it has just been made, or another has been put in its place.
 * The one that was claimed before, if it is another, must not be open any more. *lock is held as before when it fails.
 */
enum lock_result lockfile_claim(const char *library_path, struct lockfile *lock);
void lockfile_release(struct lockfile *lock);

#endif
