/*
 * faulty_disk.c — a library's files twice: as the program sees them (the cache) and as they would be after a power
 * cut (the platter). Small libraries only: both stand in memory.
 */
#include "faulty_disk.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faulty_vfs.h"

#define SECTOR 512u
#define FILES_MAX 3

struct side {
    unsigned char *bytes;
    size_t size, room;
};

struct disk_file {
    char name[PATH_MAX];
    bool is_there;
    struct side cache, platter;
    unsigned char *dirty; /* one for each sector of the cache */
    size_t dirty_room;
    int64_t failures; /* of syncs */
};

static struct {
    pthread_mutex_t mutex;
    struct disk_file files[FILES_MAX];
    int count;
    bool has_power;
    int64_t steps, cut_at;
    uint64_t dice;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER, .has_power = true};

static void *grown(void *old, size_t old_size, size_t size)
{
    unsigned char *memory = realloc(old, size);

    if (!memory)
        abort();
    memset(memory + old_size, 0, size - old_size);
    return memory;
}

static void set_size(struct side *side, size_t size)
{
    if (size > side->room) {
        side->bytes = grown(side->bytes, side->room, size * 2);
        side->room = size * 2;
    }
    if (size < side->size)
        memset(side->bytes + size, 0, side->size - size);
    side->size = size;
}

static void mark(struct disk_file *file, size_t offset, size_t length)
{
    size_t end = (offset + length + SECTOR - 1) / SECTOR;

    if (end > file->dirty_room) {
        file->dirty = grown(file->dirty, file->dirty_room, end * 2);
        file->dirty_room = end * 2;
    }
    for (size_t i = offset / SECTOR; i < end; i++)
        file->dirty[i] = 1;
}

/* What the cache has of a sector reaches the platter, which may grow for it. */
static void persist(struct disk_file *file, size_t sector)
{
    size_t offset = sector * SECTOR;

    file->dirty[sector] = 0;
    if (offset >= file->cache.size)
        return;
    size_t length = file->cache.size - offset < SECTOR ? file->cache.size - offset : SECTOR;
    if (offset + length > file->platter.size)
        set_size(&file->platter, offset + length);
    memcpy(file->platter.bytes + offset, file->cache.bytes + offset, length);
}

static void read_whole(struct disk_file *file)
{
    FILE *stream = fopen(file->name, "rbe");
    unsigned char block[16384];
    size_t length;

    file->cache.size = 0;
    while (stream && (length = fread(block, 1, sizeof block, stream)) > 0) {
        size_t at = file->cache.size;
        set_size(&file->cache, at + length);
        memcpy(file->cache.bytes + at, block, length);
    }
    if (stream)
        fclose(stream);
    set_size(&file->platter, file->cache.size);
    if (file->cache.size > 0)
        memcpy(file->platter.bytes, file->cache.bytes, file->cache.size);
    if (file->dirty)
        memset(file->dirty, 0, file->dirty_room);
    file->is_there = stream != NULL;
}

static struct disk_file *find(const char *name)
{
    for (int i = 0; name && i < disk.count; i++)
        if (strcmp(disk.files[i].name, name) == 0)
            return &disk.files[i];
    return NULL;
}

/* ---- what the VFS tells of --------------------------------------------------------------------------------- */

struct disk_file *disk_opened(const char *name, int64_t *out_failures_told)
{
    pthread_mutex_lock(&disk.mutex);
    struct disk_file *file = find(name);
    if (file) {
        file->is_there = true;
        *out_failures_told = file->failures;
    }
    pthread_mutex_unlock(&disk.mutex);
    return file;
}

void disk_removed(const char *name)
{
    pthread_mutex_lock(&disk.mutex);
    struct disk_file *file = find(name);
    if (file) {
        set_size(&file->cache, 0);
        set_size(&file->platter, 0);
        if (file->dirty)
            memset(file->dirty, 0, file->dirty_room);
        file->is_there = false;
    }
    pthread_mutex_unlock(&disk.mutex);
}

bool disk_has_power(void)
{
    pthread_mutex_lock(&disk.mutex);
    bool has_power = disk.has_power;
    pthread_mutex_unlock(&disk.mutex);
    return has_power;
}

static bool roll(void)
{
    disk.dice = disk.dice * 6364136223846793005u + 1442695040888963407u;
    return disk.dice >> 63;
}

/* Of what is on its way, some sectors arrive. Without dice (0), none. */
static void cut(void)
{
    bool any = disk.dice != 0;

    if (!disk.has_power)
        return;
    for (int i = 0; i < disk.count; i++)
        for (size_t sector = 0; any && sector < disk.files[i].dirty_room; sector++)
            if (disk.files[i].dirty[sector] && roll())
                persist(&disk.files[i], sector);
    disk.has_power = false;
}

bool disk_step(void)
{
    pthread_mutex_lock(&disk.mutex);
    if (disk.has_power && ++disk.steps == disk.cut_at)
        cut();
    bool has_power = disk.has_power;
    pthread_mutex_unlock(&disk.mutex);
    if (!has_power)
        errno = EIO;
    return has_power;
}

void disk_write(struct disk_file *file, const void *bytes, size_t length, size_t offset)
{
    pthread_mutex_lock(&disk.mutex);
    if (offset + length > file->cache.size)
        set_size(&file->cache, offset + length);
    memcpy(file->cache.bytes + offset, bytes, length);
    mark(file, offset, length);
    pthread_mutex_unlock(&disk.mutex);
}

void disk_truncate(struct disk_file *file, size_t size)
{
    pthread_mutex_lock(&disk.mutex);
    set_size(&file->cache, size);
    pthread_mutex_unlock(&disk.mutex);
}

bool disk_sync(struct disk_file *file, bool fails, int64_t *failures_told)
{
    pthread_mutex_lock(&disk.mutex);
    if (fails) {
        file->failures++;
        if (file->dirty)
            memset(file->dirty, 0, file->dirty_room);
    }
    for (size_t sector = 0; sector < file->dirty_room; sector++)
        if (file->dirty[sector])
            persist(file, sector);
    if (!fails)
        set_size(&file->platter, file->cache.size);
    bool went_well = *failures_told == file->failures;
    *failures_told = file->failures;
    pthread_mutex_unlock(&disk.mutex);
    if (!went_well)
        errno = EIO;
    return went_well;
}

/* ---- what a test tells ---------------------------------------------------------------------------------------- */

void faulty_watch(const char *library_path)
{
    static const char *const suffixes[] = {"", "-wal", "-journal"};

    pthread_mutex_lock(&disk.mutex);
    disk.has_power = true;
    disk.steps = disk.cut_at = 0;
    disk.count = FILES_MAX;
    for (int i = 0; i < FILES_MAX; i++) {
        snprintf(disk.files[i].name, sizeof disk.files[i].name, "%s%s", library_path, suffixes[i]);
        disk.files[i].failures = 0;
        read_whole(&disk.files[i]);
    }
    pthread_mutex_unlock(&disk.mutex);
}

void faulty_cut_at(int64_t at, uint64_t dice)
{
    pthread_mutex_lock(&disk.mutex);
    disk.steps = 0;
    disk.cut_at = at;
    disk.dice = dice;
    pthread_mutex_unlock(&disk.mutex);
}

void faulty_cut_now(void)
{
    pthread_mutex_lock(&disk.mutex);
    cut();
    pthread_mutex_unlock(&disk.mutex);
}

int64_t faulty_steps(void)
{
    pthread_mutex_lock(&disk.mutex);
    int64_t steps = disk.steps;
    pthread_mutex_unlock(&disk.mutex);
    return steps;
}

static void write_platter(const struct disk_file *file)
{
    FILE *stream = file->is_there ? fopen(file->name, "wbe") : NULL;

    if (!file->is_there) {
        unlink(file->name);
        return;
    }
    if (!stream || fwrite(file->platter.bytes, 1, file->platter.size, stream) != file->platter.size)
        abort();
    fclose(stream);
}

void faulty_power_back(void)
{
    pthread_mutex_lock(&disk.mutex);
    cut();
    for (int i = 0; i < disk.count; i++)
        write_platter(&disk.files[i]);
    disk.count = 0;
    disk.has_power = true;
    pthread_mutex_unlock(&disk.mutex);
}
