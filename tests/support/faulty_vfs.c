/*
 * faulty_vfs.c — every method counts, asks whether it is its turn to fail, and hands on to the real one.
 */
#include "faulty_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faulty_disk.h"

struct faulty_file {
    sqlite3_file base;
    struct disk_file *disk; /* NULL: not watched */
    int64_t failures_told;  /* of the disk file's syncs */
    sqlite3_file *real;     /* behind this struct */
};

static sqlite3_vfs *real_vfs;
static sqlite3_mem_methods real_memory;

static struct {
    struct fault fault;
    atomic_bool armed, struck;
    atomic_int_fast64_t counts[FAULT_KINDS];
    atomic_bool memory_armed, memory_lasts;
    atomic_int_fast64_t memory_at, memory_count;
} now;

/* ---- whose turn it is ----------------------------------------------------------------------------------- */

static bool is_turn(int64_t count, int64_t at, bool lasts)
{
    return at > 0 && (count == at || (lasts && count > at));
}

static bool strikes(enum fault_kind kind)
{
    int64_t count = atomic_fetch_add(&now.counts[kind], 1) + 1;

    if (!atomic_load(&now.armed) || now.fault.kind != kind || !is_turn(count, now.fault.at, now.fault.lasts))
        return false;
    atomic_store(&now.struck, true);
    errno = EIO;
    return true;
}

void faulty_arm(const struct fault *fault)
{
    atomic_store(&now.armed, false);
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        atomic_store(&now.counts[kind], 0);
    atomic_store(&now.struck, false);
    now.fault = *fault;
    atomic_store(&now.armed, true);
}

void faulty_disarm(void)
{
    atomic_store(&now.armed, false);
}

int64_t faulty_count(enum fault_kind kind)
{
    return atomic_load(&now.counts[kind]);
}

bool faulty_has_struck(void)
{
    return atomic_load(&now.struck);
}

const char *faulty_kind_name(enum fault_kind kind)
{
    static const char *const names[] = {[FAULT_OPEN] = "open",
                                        [FAULT_READ] = "read",
                                        [FAULT_WRITE] = "write",
                                        [FAULT_SHORT_WRITE] = "short write",
                                        [FAULT_FULL] = "write, disk full",
                                        [FAULT_SYNC] = "sync",
                                        [FAULT_TRUNCATE] = "truncate",
                                        [FAULT_LOCK] = "lock",
                                        [FAULT_SHARED] = "map"};

    return names[kind];
}

/* ---- a file --------------------------------------------------------------------------------------------- */

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->real;
}

static struct disk_file *disk_of(sqlite3_file *file)
{
    return ((struct faulty_file *)file)->disk;
}

static int close_file(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int read_file(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
    if (strikes(FAULT_READ))
        return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), bytes, length, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    sqlite3_file *real = real_of(file);
    struct disk_file *disk = disk_of(file);
    bool fails = strikes(FAULT_WRITE);
    bool is_full = strikes(FAULT_FULL);
    bool is_short = strikes(FAULT_SHORT_WRITE);

    if (fails)
        return SQLITE_IOERR_WRITE;
    if (is_full)
        return SQLITE_FULL;
    if (disk && !disk_step())
        return SQLITE_IOERR_WRITE;
    if (is_short)
        length /= 2;
    int result = length > 0 ? real->pMethods->xWrite(real, bytes, length, offset) : SQLITE_OK;
    if (result == SQLITE_OK && disk)
        disk_write(disk, bytes, (size_t)length, (size_t)offset);
    return result == SQLITE_OK && is_short ? SQLITE_FULL : result;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    sqlite3_file *real = real_of(file);
    struct disk_file *disk = disk_of(file);

    if (strikes(FAULT_TRUNCATE))
        return SQLITE_IOERR_TRUNCATE;
    if (disk && !disk_step())
        return SQLITE_IOERR_TRUNCATE;
    int result = real->pMethods->xTruncate(real, size);
    if (result == SQLITE_OK && disk)
        disk_truncate(disk, (size_t)size);
    return result;
}

static int sync_file(sqlite3_file *file, int flags)
{
    struct faulty_file *own = (struct faulty_file *)file;
    bool fails = strikes(FAULT_SYNC);

    (void)flags;
    /* Nobody pulls this machine's plug in the middle of a test: it need not wait for the real disk. */
    if (!own->disk)
        return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    if (!disk_step())
        return SQLITE_IOERR_FSYNC;
    return disk_sync(own->disk, fails, &own->failures_told) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out_size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), out_size);
}

static int lock_file(sqlite3_file *file, int level)
{
    if (strikes(FAULT_LOCK))
        return SQLITE_IOERR_LOCK;
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int check_reserved(sqlite3_file *file, int *out_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out_reserved);
}

static int control_file(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int map_shared(sqlite3_file *file, int page, int page_size, int extend, void volatile **out_memory)
{
    if (strikes(FAULT_SHARED))
        return SQLITE_IOERR_SHMMAP;
    return real_of(file)->pMethods->xShmMap(real_of(file), page, page_size, extend, out_memory);
}

static int lock_shared(sqlite3_file *file, int offset, int count, int flags)
{
    if ((flags & SQLITE_SHM_LOCK) && strikes(FAULT_LOCK))
        return SQLITE_IOERR_SHMLOCK;
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void barrier_shared(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int unmap_shared(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2: without memory-mapped pages, which Carrel does not use. */
static const sqlite3_io_methods methods = {
    2,           close_file,     read_file,      write_file,   truncate_file, sync_file,       file_size,
    lock_file,   unlock_file,    check_reserved, control_file, sector_size,   characteristics, map_shared,
    lock_shared, barrier_shared, unmap_shared,   NULL,         NULL};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
    struct faulty_file *own = (struct faulty_file *)file;

    (void)vfs;
    own->base.pMethods = NULL;
    own->disk = NULL;
    own->real = (sqlite3_file *)(own + 1);
    if (strikes(FAULT_OPEN)) {
        errno = EMFILE;
        return SQLITE_CANTOPEN;
    }
    int result = real_vfs->xOpen(real_vfs, name, own->real, flags, out_flags);
    /* As it asks for: also one that could not be opened has to be closed when it has methods. */
    if (own->real->pMethods)
        own->base.pMethods = &methods;
    if (result == SQLITE_OK)
        own->disk = disk_opened(name, &own->failures_told);
    return result;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    if (!disk_has_power())
        return SQLITE_IOERR_DELETE;
    int result = real_vfs->xDelete(real_vfs, name, sync_folder);
    if (result == SQLITE_OK)
        disk_removed(name);
    return result;
}

/* ---- memory --------------------------------------------------------------------------------------------- */

static bool memory_strikes(void)
{
    int64_t count = atomic_fetch_add(&now.memory_count, 1) + 1;

    return atomic_load(&now.memory_armed) &&
           is_turn(count, atomic_load(&now.memory_at), atomic_load(&now.memory_lasts));
}

static void *take_memory(int size)
{
    return memory_strikes() ? NULL : real_memory.xMalloc(size);
}

static void *resize_memory(void *memory, int size)
{
    return memory_strikes() ? NULL : real_memory.xRealloc(memory, size);
}

void faulty_arm_memory(int64_t at, bool lasts)
{
    atomic_store(&now.memory_armed, false);
    atomic_store(&now.memory_count, 0);
    atomic_store(&now.memory_at, at);
    atomic_store(&now.memory_lasts, lasts);
    atomic_store(&now.memory_armed, true);
}

void faulty_disarm_memory(void)
{
    atomic_store(&now.memory_armed, false);
}

int64_t faulty_memory_count(void)
{
    return atomic_load(&now.memory_count);
}

/* ---- putting it in front ---------------------------------------------------------------------------------- */

static void must(int result)
{
    if (result == SQLITE_OK)
        return;
    fprintf(stderr, "faulty_install: %s\n", sqlite3_errstr(result));
    abort();
}

void faulty_install(void)
{
    static sqlite3_vfs vfs;

    must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory));
    sqlite3_mem_methods memory = real_memory;
    memory.xMalloc = take_memory;
    memory.xRealloc = resize_memory;
    must(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory));
    must(sqlite3_initialize());
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs; /* names, time, randomness, the last error: as they are */
    vfs.zName = "faulty";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct faulty_file) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    must(sqlite3_vfs_register(&vfs, 1));
}
