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

enum lock_result lockfile_take(const char *library_path, struct lockfile *out_lock)
{
    char real[PATH_MAX];
    char path[PATH_MAX];
    /* A library has one owner whatever name it is called by; one that is not there yet has one name. */
    const char *name = realpath(library_path, real) ? real : library_path;
    int length = snprintf(path, sizeof path, "%s.lock", name);

    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return LOCK_FAILED;
    }
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return LOCK_FAILED;
    if (is_network(descriptor)) {
        close(descriptor);
        return LOCK_NETWORK_FILE_SYSTEM;
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        int reason = errno;
        close(descriptor);
        errno = reason;
        return reason == EWOULDBLOCK ? LOCK_HELD_BY_ANOTHER : LOCK_FAILED;
    }
    out_lock->descriptor = descriptor;
    return LOCK_TAKEN;
}

void lockfile_release(struct lockfile *lock)
{
    if (lock->descriptor > 0)
        close(lock->descriptor);
    lock->descriptor = -1;
}
