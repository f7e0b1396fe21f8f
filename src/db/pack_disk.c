/*
 * pack_disk.c — a short queue of full buffers and one thread that empties it, in order.
 */
#include "db/pack_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/limits.h"
#include "db/files.h"

#define WAITING_MAX 16                 /* buffers, to be written … */
#define SPARE_MAX 4                    /* … and to be filled again; others are freed */
#define SYNC_FROM (64 * DB_PAGE_BYTES) /* a run that the disk may begin with */
#define BUFFER_BYTES ((size_t)DISK_RUN_PAGES * DB_PAGE_BYTES)

struct run {
    uint8_t *buffer;
    int64_t at;
    size_t length;
};

struct pack_disk {
    int descriptor;
    bool is_threaded; /* or else it has failed from the start */
    pthread_t thread;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    struct run waiting[WAITING_MAX]; /* a ring: the number of a run, modulo its size */
    uint64_t given, written;         /* runs; what is between them waits */
    uint8_t *spare[SPARE_MAX];
    size_t spare_count;
    int failure; /* errno */
    bool ending;
};

/* The disk begins now with what fsync will ask for; whether it does is fsync's business. */
static int write_run(const struct pack_disk *disk, const struct run *run)
{
    if (file_write_all_at(disk->descriptor, run->buffer, run->length, run->at) != 0)
        return errno;
    if (run->length >= SYNC_FROM)
        sync_file_range(disk->descriptor, run->at, (off_t)run->length, SYNC_FILE_RANGE_WRITE);
    return 0;
}

/* ---- the queue, under its lock ----------------------------------------------------------------------------- */

static void keep_buffer(struct pack_disk *disk, uint8_t *buffer)
{
    if (disk->spare_count < SPARE_MAX)
        disk->spare[disk->spare_count++] = buffer;
    else
        free(buffer);
}

/* The oldest that waits; the lock is given back meanwhile. After a failure nothing is written any more. */
static void write_next(struct pack_disk *disk)
{
    struct run run = disk->waiting[disk->written % WAITING_MAX];
    int failure = disk->failure;

    if (!failure) {
        pthread_mutex_unlock(&disk->lock);
        failure = write_run(disk, &run);
        pthread_mutex_lock(&disk->lock);
    }
    disk->failure = failure;
    disk->written++;
    keep_buffer(disk, run.buffer);
    pthread_cond_broadcast(&disk->changed);
}

static void *work(void *argument)
{
    struct pack_disk *disk = argument;

    pthread_mutex_lock(&disk->lock);
    while (!disk->ending || disk->written < disk->given)
        if (disk->written < disk->given)
            write_next(disk);
        else
            pthread_cond_wait(&disk->changed, &disk->lock);
    pthread_mutex_unlock(&disk->lock);
    return NULL;
}

/* ---- for others -------------------------------------------------------------------------------------------- */

struct pack_disk *pack_disk_begin(int descriptor)
{
    struct pack_disk *disk = calloc(1, sizeof *disk);

    if (!disk)
        abort();
    disk->descriptor = descriptor;
    pthread_mutex_init(&disk->lock, NULL);
    pthread_cond_init(&disk->changed, NULL);
    disk->failure = pthread_create(&disk->thread, NULL, work, disk);
    disk->is_threaded = disk->failure == 0;
    return disk;
}

uint8_t *pack_disk_take_buffer(struct pack_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    uint8_t *buffer = disk->spare_count ? disk->spare[--disk->spare_count] : NULL;
    pthread_mutex_unlock(&disk->lock);
    if (!buffer)
        buffer = malloc(BUFFER_BYTES);
    if (!buffer)
        abort();
    return buffer;
}

void pack_disk_give_back(struct pack_disk *disk, uint8_t *buffer)
{
    pthread_mutex_lock(&disk->lock);
    keep_buffer(disk, buffer);
    pthread_mutex_unlock(&disk->lock);
}

void pack_disk_write(struct pack_disk *disk, uint8_t *buffer, int64_t at, size_t length)
{
    pthread_mutex_lock(&disk->lock);
    while (disk->is_threaded && disk->given - disk->written == WAITING_MAX)
        pthread_cond_wait(&disk->changed, &disk->lock);
    if (disk->is_threaded)
        disk->waiting[disk->given++ % WAITING_MAX] = (struct run){buffer, at, length};
    else
        keep_buffer(disk, buffer);
    pthread_cond_broadcast(&disk->changed);
    pthread_mutex_unlock(&disk->lock);
}

void pack_disk_settle(struct pack_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    uint64_t given = disk->given;
    while (disk->written < given)
        pthread_cond_wait(&disk->changed, &disk->lock);
    pthread_mutex_unlock(&disk->lock);
}

int pack_disk_failure(struct pack_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    int failure = disk->failure;
    pthread_mutex_unlock(&disk->lock);
    return failure;
}

int pack_disk_end(struct pack_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    disk->ending = true;
    pthread_cond_broadcast(&disk->changed);
    pthread_mutex_unlock(&disk->lock);
    if (disk->is_threaded)
        pthread_join(disk->thread, NULL);
    int failure = disk->failure;
    for (size_t i = 0; i < disk->spare_count; i++)
        free(disk->spare[i]);
    pthread_cond_destroy(&disk->changed);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
    return failure;
}
