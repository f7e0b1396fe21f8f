/*
 * read_ahead.c — the default file system with another way to read (https://www.sqlite.org/vfs.html). Several walks go
 * through a file at once (a table beside the one that it points at): each has a window of its own.
 */
#include "db/read_ahead.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#define NAME "read_ahead"
#define WINDOWS 8
#define WINDOW_BYTES (64 * 1024)

/* What was read last, ahead or alone: whoever goes on from its end, or back from its start, is reading one after the other. */
struct window {
    sqlite3_int64 start, end; /* bytes of the file */
    bool is_ahead;            /* they are here */
    unsigned used;            /* when last: the file's count of reads */
    unsigned char *bytes;
};

struct ahead_file {
    sqlite3_file base;
    bool is_main;
    unsigned reads;
    struct window windows[WINDOWS];
};

/* The default one, with our way to open; behind each of our files stands one of its. */
static sqlite3_vfs ahead_vfs;
static sqlite3_vfs *default_vfs;
static pthread_mutex_t registering = PTHREAD_MUTEX_INITIALIZER;

static struct ahead_file *ours(sqlite3_file *file)
{
    return (struct ahead_file *)file;
}

static sqlite3_file *behind(sqlite3_file *file)
{
    return (sqlite3_file *)(ours(file) + 1);
}

/* ---- reading ----------------------------------------------------------------------------------------------- */

static void forget(sqlite3_file *file)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        ours(file)->windows[i].start = ours(file)->windows[i].end = -1;
        ours(file)->windows[i].is_ahead = false;
    }
}

static bool has(const struct window *window, sqlite3_int64 at, int length)
{
    return window->is_ahead && at >= window->start && at + length <= window->end;
}

static bool goes_on(const struct window *window, sqlite3_int64 at, int length)
{
    return window->end == at || window->start == at + length; /* quick_check goes from the end to the start */
}

/* That which has it, or where it goes on; else the one that was longest not used. */
static struct window *find_window(struct ahead_file *file, sqlite3_int64 at, int length)
{
    struct window *oldest = &file->windows[0];

    for (size_t i = 0; i < WINDOWS; i++) {
        struct window *window = &file->windows[i];
        if (has(window, at, length) || goes_on(window, at, length))
            return window;
        if (file->reads - window->used > file->reads - oldest->used)
            oldest = window;
    }
    return oldest;
}

/* Nothing is read ahead past the file's ends, or where the disk fails: what was asked for is then read alone. */
static void fill(sqlite3_file *file, struct window *window, sqlite3_int64 start)
{
    sqlite3_file *base = behind(file);

    window->is_ahead = false;
    if (!window->bytes)
        window->bytes = malloc(WINDOW_BYTES);
    if (!window->bytes || start < 0 ||
        base->pMethods->xRead(base, window->bytes, WINDOW_BYTES, start) != SQLITE_OK)
        return;
    window->start = start;
    window->end = start + WINDOW_BYTES;
    window->is_ahead = true;
}

static int ahead_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
    sqlite3_file *base = behind(file);

    if (!ours(file)->is_main || length > WINDOW_BYTES)
        return base->pMethods->xRead(base, bytes, length, at);
    struct window *window = find_window(ours(file), at, length);
    window->used = ++ours(file)->reads;
    if (!has(window, at, length) && goes_on(window, at, length))
        fill(file, window, window->end == at ? at : at + length - WINDOW_BYTES);
    if (has(window, at, length)) {
        memcpy(bytes, &window->bytes[at - window->start], (size_t)length);
        return SQLITE_OK;
    }
    *window = (struct window){at, at + length, false, window->used, window->bytes};
    return base->pMethods->xRead(base, bytes, length, at);
}

/* ---- what ends a window ------------------------------------------------------------------------------------ */

static int ahead_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    forget(file);
    return behind(file)->pMethods->xWrite(behind(file), bytes, length, at);
}

static int ahead_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    forget(file);
    return behind(file)->pMethods->xTruncate(behind(file), size);
}

static int ahead_lock(sqlite3_file *file, int lock)
{
    forget(file);
    return behind(file)->pMethods->xLock(behind(file), lock);
}

static int ahead_unlock(sqlite3_file *file, int lock)
{
    forget(file);
    return behind(file)->pMethods->xUnlock(behind(file), lock);
}

static int ahead_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    forget(file);
    return behind(file)->pMethods->xShmLock(behind(file), offset, count, flags);
}

/* ---- the rest, as it is ------------------------------------------------------------------------------------ */

static int ahead_close(sqlite3_file *file)
{
    for (size_t i = 0; i < WINDOWS; i++)
        free(ours(file)->windows[i].bytes);
    return behind(file)->pMethods->xClose(behind(file));
}

static int ahead_sync(sqlite3_file *file, int flags)
{
    return behind(file)->pMethods->xSync(behind(file), flags);
}

static int ahead_file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    return behind(file)->pMethods->xFileSize(behind(file), out_size);
}

static int ahead_check_reserved_lock(sqlite3_file *file, int *out_locked)
{
    return behind(file)->pMethods->xCheckReservedLock(behind(file), out_locked);
}

static int ahead_file_control(sqlite3_file *file, int operation, void *argument)
{
    return behind(file)->pMethods->xFileControl(behind(file), operation, argument);
}

static int ahead_sector_size(sqlite3_file *file)
{
    return behind(file)->pMethods->xSectorSize(behind(file));
}

static int ahead_device_characteristics(sqlite3_file *file)
{
    return behind(file)->pMethods->xDeviceCharacteristics(behind(file));
}

static int ahead_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out_memory)
{
    return behind(file)->pMethods->xShmMap(behind(file), page, size, extend, out_memory);
}

static void ahead_shm_barrier(sqlite3_file *file)
{
    behind(file)->pMethods->xShmBarrier(behind(file));
}

static int ahead_shm_unmap(sqlite3_file *file, int remove)
{
    return behind(file)->pMethods->xShmUnmap(behind(file), remove);
}

/* ---- opening ----------------------------------------------------------------------------------------------- */

static int ahead_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    static const sqlite3_io_methods methods = {.iVersion = 2, /* no memory maps */
                                               .xClose = ahead_close,
                                               .xRead = ahead_read,
                                               .xWrite = ahead_write,
                                               .xTruncate = ahead_truncate,
                                               .xSync = ahead_sync,
                                               .xFileSize = ahead_file_size,
                                               .xLock = ahead_lock,
                                               .xUnlock = ahead_unlock,
                                               .xCheckReservedLock = ahead_check_reserved_lock,
                                               .xFileControl = ahead_file_control,
                                               .xSectorSize = ahead_sector_size,
                                               .xDeviceCharacteristics = ahead_device_characteristics,
                                               .xShmMap = ahead_shm_map,
                                               .xShmLock = ahead_shm_lock,
                                               .xShmBarrier = ahead_shm_barrier,
                                               .xShmUnmap = ahead_shm_unmap};
    (void)vfs;
    memset(ours(file), 0, sizeof *ours(file));
    ours(file)->is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    forget(file);
    int result = default_vfs->xOpen(default_vfs, name, behind(file), flags, out_flags);
    if (behind(file)->pMethods)
        file->pMethods = &methods;
    return result;
}

const char *read_ahead_vfs(void)
{
    bool is_there = true;

    pthread_mutex_lock(&registering);
    if (!default_vfs) {
        sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
        ahead_vfs = *vfs;
        ahead_vfs.zName = NAME;
        ahead_vfs.szOsFile = (int)sizeof(struct ahead_file) + vfs->szOsFile;
        ahead_vfs.xOpen = ahead_open;
        is_there = sqlite3_vfs_register(&ahead_vfs, 0) == SQLITE_OK;
        default_vfs = is_there ? vfs : NULL;
    }
    pthread_mutex_unlock(&registering);
    return is_there ? NAME : NULL;
}
