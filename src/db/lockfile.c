/*
 * lockfile.c — who owns a library. flock(2) on a file of its own: it ends with the process, however that
 * ends.
 */
#include "db/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Not in linux/magic.h of every machine we build on. */
#define CIFS_SUPER 0xff534d42u
#define SMB2_SUPER 0xfe534d42u
#define CEPH_SUPER 0x00c36400u

static bool is_network(int descriptor)
{
    static const unsigned long network[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER,       SMB2_SUPER,
                                            CEPH_SUPER,      AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, V9FS_MAGIC};
    struct statfs information;

    if (fstatfs(descriptor, &information) != 0)
        return false;
    for (size_t i = 0; i < sizeof network / sizeof network[0]; i++)
        if (((unsigned long)information.f_type & 0xffffffffu) == network[i])
            return true;
    return false;
}

/* The result of flock() on it, which is closed unless the lock was taken. */
static enum lock_result lock_or_close(int descriptor)
{
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return LOCK_TAKEN;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return reason == EWOULDBLOCK ? LOCK_HELD_BY_ANOTHER : LOCK_FAILED;
}

static bool is_claimed(const struct lockfile *lock, const struct stat *library)
{
    struct stat claimed;

    return lock->library >= 0 && fstat(lock->library, &claimed) == 0 && claimed.st_dev == library->st_dev &&
           claimed.st_ino == library->st_ino;
}

enum lock_result lockfile_claim(const char *library_path, struct lockfile *lock)
{
    struct stat information;

    /* What is no plain file, or may not be read, is for SQLite to refuse. */
    if (stat(library_path, &information) != 0 || !S_ISREG(information.st_mode) ||
        is_claimed(lock, &information))
        return LOCK_TAKEN;
    int descriptor = open(library_path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return errno == EACCES || errno == ENOENT ? LOCK_TAKEN : LOCK_FAILED;
    enum lock_result result = lock_or_close(descriptor);
    if (result != LOCK_TAKEN)
        return result;
    if (lock->library >= 0)
        close(lock->library);
    lock->library = descriptor;
    return LOCK_TAKEN;
}

enum lock_result lockfile_take(const char *library_path, struct lockfile *out_lock)
{
    struct lockfile lock = LOCKFILE_NONE;
    char real[PATH_MAX];
    char path[PATH_MAX];
    /* A library has one owner whatever name it is called by; one that is not there yet has one name. */
    const char *name = realpath(library_path, real) ? real : library_path;
    int length = snprintf(path, sizeof path, "%s.lock", name);

    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return LOCK_FAILED;
    }
    lock.descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.descriptor < 0)
        return LOCK_FAILED;
    if (is_network(lock.descriptor)) {
        close(lock.descriptor);
        return LOCK_NETWORK_FILE_SYSTEM;
    }
    enum lock_result result = lock_or_close(lock.descriptor);
    if (result != LOCK_TAKEN)
        return result;
    result = lockfile_claim(name, &lock);
    if (result == LOCK_TAKEN) {
        *out_lock = lock;
        return LOCK_TAKEN;
    }
    int reason = errno;
    lockfile_release(&lock);
    errno = reason;
    return result;
}

void lockfile_release(struct lockfile *lock)
{
    if (lock->library >= 0)
        close(lock->library);
    if (lock->descriptor >= 0)
        close(lock->descriptor);
    *lock = (struct lockfile)LOCKFILE_NONE;
}
