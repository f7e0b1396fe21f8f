/*
 * pack_pages.c — many trees grow at once, and each wants its pages side by side: so each takes runs of them, small
 * ones first, and what it does not need in the end the next one gets.
 */
#include "db/pack_pages.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/files.h"
#include "db/pack_disk.h"

#define RUN_SMALLEST 8             /* pages */
#define RUN_LARGEST DISK_RUN_PAGES /* one write */
#define TRUNK_LEAVES ((PAGE_BYTES - 8) / 4)

/* Places in the file's header. */
enum {
    HEADER_PAGE_BYTES = 16,
    HEADER_RESERVED = 20,
    HEADER_CHANGES = 24,
    HEADER_PAGES = 28,
    HEADER_FREELIST = 32,
    HEADER_FREE_PAGES = 36,
    HEADER_VALID_FOR = 92, /* the page count counts when this is the change counter */
    HEADER_BYTES = 100
};

struct page_file {
    int descriptor;
    struct pack_disk *disk; /* for runs */
    uint32_t opened_with;   /* pages that were there: none of them is on its way */
    uint32_t count;         /* pages of the file */
    struct page_run *spare; /* given back */
    size_t spare_count, spare_room;
    int failure; /* errno */
    pthread_mutex_t lock;
};

/* ---- bytes ------------------------------------------------------------------------------------------------- */

static void keep_failure(struct page_file *file, int reason)
{
    pthread_mutex_lock(&file->lock);
    if (!file->failure)
        file->failure = reason;
    pthread_mutex_unlock(&file->lock);
}

static int first_failure(struct page_file *file)
{
    pthread_mutex_lock(&file->lock);
    int failure = file->failure;
    pthread_mutex_unlock(&file->lock);
    return failure ? failure : pack_disk_failure(file->disk);
}

void page_file_write(struct page_file *file, uint32_t number, const uint8_t *page)
{
    if (!first_failure(file) &&
        file_write_all_at(file->descriptor, page, PAGE_BYTES, (int64_t)(number - 1) * PAGE_BYTES) != 0)
        keep_failure(file, errno);
}

void page_file_read(struct page_file *file, uint32_t first, uint8_t *bytes, uint32_t count)
{
    off_t at = (off_t)(first - 1) * PAGE_BYTES;
    size_t left = (size_t)count * PAGE_BYTES;

    if (first + count - 1 > file->opened_with)
        pack_disk_settle(file->disk);
    while (left > 0) {
        ssize_t got = pread(file->descriptor, bytes, left, at);
        if (got <= 0) {
            keep_failure(file, got < 0 ? errno : EIO);
            memset(bytes, 0, left);
            return;
        }
        bytes += got;
        at += got;
        left -= (size_t)got;
    }
}

/* ---- taking and giving back -------------------------------------------------------------------------------- */

/* From the end of the file, past the page that nobody may use. */
static struct page_run take_at_end(struct page_file *file, uint32_t wanted)
{
    if (file->count + 1 == PAGE_LOCK_BYTE)
        file->count++;
    struct page_run run = {file->count + 1, wanted};
    if (run.first < PAGE_LOCK_BYTE && run.first + run.count > PAGE_LOCK_BYTE)
        run.count = PAGE_LOCK_BYTE - run.first;
    if (run.count > UINT32_MAX - 1 - file->count) {
        file->failure = EFBIG;
        return (struct page_run){file->count, wanted}; /* nothing is written any more */
    }
    file->count += run.count;
    return run;
}

struct page_run page_file_take(struct page_file *file, uint32_t wanted)
{
    struct page_run run;

    pthread_mutex_lock(&file->lock);
    if (file->spare_count) {
        struct page_run *last = &file->spare[file->spare_count - 1];
        run = (struct page_run){last->first, last->count < wanted ? last->count : wanted};
        last->first += run.count;
        last->count -= run.count;
        file->spare_count -= last->count == 0;
    } else {
        run = take_at_end(file, wanted);
    }
    pthread_mutex_unlock(&file->lock);
    return run;
}

void page_file_give_back(struct page_file *file, struct page_run run)
{
    if (run.count == 0)
        return;
    pthread_mutex_lock(&file->lock);
    if (file->spare_count == file->spare_room) {
        file->spare_room = file->spare_room ? file->spare_room * 2 : 64;
        file->spare = realloc(file->spare, file->spare_room * sizeof *file->spare);
        if (!file->spare)
            abort();
    }
    file->spare[file->spare_count++] = run;
    pthread_mutex_unlock(&file->lock);
}

/* ---- opening ----------------------------------------------------------------------------------------------- */

static enum error_kind fail_with(struct ctx *ctx, int reason)
{
    if (reason == ENOSPC || reason == EDQUOT)
        return fail(ctx, DISK_FULL, "The disk is full. Nothing was changed. Make room and try again.");
    return fail(ctx, INTERNAL, "The new library's file could not be written: %s.", strerror(reason));
}

/* errno of the first failure, or 0. */
static int release(struct page_file *file)
{
    int on_its_way = pack_disk_end(file->disk), failure = file->failure;

    close(file->descriptor);
    pthread_mutex_destroy(&file->lock);
    free(file->spare);
    free(file);
    return failure ? failure : on_its_way;
}

void page_file_drop(struct page_file *file)
{
    release(file);
}

enum error_kind page_file_open(struct ctx *ctx, const char *path, struct page_file **out_file)
{
    uint8_t header[HEADER_BYTES] = {0};
    int descriptor = open(path, O_RDWR | O_CLOEXEC);

    if (descriptor < 0)
        return fail_with(ctx, errno);
    struct page_file *file = calloc(1, sizeof *file);
    if (!file)
        abort();
    file->descriptor = descriptor;
    file->disk = pack_disk_begin(descriptor);
    pthread_mutex_init(&file->lock, NULL);
    ssize_t got = pread(descriptor, header, sizeof header, 0);
    file->count = file->opened_with = get_u32(&header[HEADER_PAGES]);
    bool ours = got == HEADER_BYTES && get_u16(&header[HEADER_PAGE_BYTES]) == PAGE_BYTES &&
                header[HEADER_RESERVED] == 0 && file->count > 0 &&
                lseek(descriptor, 0, SEEK_END) == (off_t)file->count * PAGE_BYTES;
    if (!ours) {
        page_file_drop(file);
        return fail(ctx, INTERNAL, "%s is not a file that pages can be added to.", path);
    }
    *out_file = file;
    return OK;
}

/* ---- closing ----------------------------------------------------------------------------------------------- */

/* Spare pages at the end of the file are cut off. */
static void shorten(struct page_file *file)
{
    for (size_t i = 0; i < file->spare_count;) {
        struct page_run run = file->spare[i++];
        if (run.first + run.count - 1 != file->count)
            continue;
        file->count = run.first - 1;
        file->spare[i - 1] = file->spare[--file->spare_count];
        i = 0;
    }
    file->count -= file->count == PAGE_LOCK_BYTE;
}

/* A trunk names up to TRUNK_LEAVES free pages and the next trunk; it is a spare page itself. */
static void write_freelist(struct page_file *file, uint8_t *header)
{
    uint8_t trunk[PAGE_BYTES] = {0};
    uint32_t next = get_u32(&header[HEADER_FREELIST]), free_pages = get_u32(&header[HEADER_FREE_PAGES]);

    while (file->spare_count) {
        uint32_t number = page_file_take(file, 1).first, leaves = 0;
        for (; leaves < TRUNK_LEAVES && file->spare_count; leaves++)
            put_u32(&trunk[8 + 4 * leaves], page_file_take(file, 1).first);
        put_u32(&trunk[0], next);
        put_u32(&trunk[4], leaves);
        page_file_write(file, number, trunk);
        next = number;
        free_pages += leaves + 1;
    }
    put_u32(&header[HEADER_FREELIST], next);
    put_u32(&header[HEADER_FREE_PAGES], free_pages);
}

static void write_header(struct page_file *file)
{
    uint8_t page[PAGE_BYTES];

    page_file_read(file, 1, page, 1);
    write_freelist(file, page);
    uint32_t changes = get_u32(&page[HEADER_CHANGES]) + 1;
    put_u32(&page[HEADER_CHANGES], changes);
    put_u32(&page[HEADER_VALID_FOR], changes);
    put_u32(&page[HEADER_PAGES], file->count);
    page_file_write(file, 1, page);
    if (ftruncate(file->descriptor, (off_t)file->count * PAGE_BYTES) != 0)
        keep_failure(file, errno);
}

enum error_kind page_file_failure(struct ctx *ctx, struct page_file *file)
{
    int failure = first_failure(file);

    return failure ? fail_with(ctx, failure) : OK;
}

enum error_kind page_file_close(struct ctx *ctx, struct page_file *file)
{
    pack_disk_settle(file->disk);
    if (!first_failure(file)) {
        shorten(file);
        write_header(file);
    }
    int failure = release(file);
    return failure ? fail_with(ctx, failure) : OK;
}

/* ---- one page after the other ------------------------------------------------------------------------------ */

static struct page_run *last_run(struct page_writer *writer)
{
    return writer->run_count ? &writer->runs[writer->run_count - 1] : NULL;
}

/* After a failure the buffer is filled again and again, for nothing. */
static void flush(struct page_writer *writer)
{
    if (!writer->used || first_failure(writer->file))
        return;
    pack_disk_write(writer->file->disk, writer->buffer, (int64_t)(last_run(writer)->first - 1) * PAGE_BYTES,
                    (size_t)writer->used * PAGE_BYTES);
    writer->buffer = NULL; /* it is the disk's now */
}

/* Each run is as long as the one before twice over. */
static void take_run(struct page_writer *writer)
{
    const struct page_run *last = last_run(writer);
    uint32_t wanted = last ? last->count * 2 : RUN_SMALLEST;

    if (!writer->buffer)
        writer->buffer = pack_disk_take_buffer(writer->file->disk);
    if (writer->run_count == writer->run_room) {
        writer->run_room = writer->run_room ? writer->run_room * 2 : 16;
        writer->runs = realloc(writer->runs, writer->run_room * sizeof *writer->runs);
    }
    if (!writer->runs)
        abort();
    wanted = wanted < RUN_SMALLEST ? RUN_SMALLEST : wanted > RUN_LARGEST ? RUN_LARGEST : wanted;
    writer->runs[writer->run_count++] = page_file_take(writer->file, wanted);
    writer->used = 0;
}

uint8_t *page_writer_page(struct page_writer *writer)
{
    const struct page_run *last = last_run(writer);

    if (!last || writer->used == last->count) {
        flush(writer);
        take_run(writer);
    }
    return &writer->buffer[(size_t)writer->used * PAGE_BYTES];
}

uint32_t page_writer_done(struct page_writer *writer)
{
    return last_run(writer)->first + writer->used++;
}

uint32_t page_writer_put(struct page_writer *writer, const uint8_t *page)
{
    memcpy(page_writer_page(writer), page, PAGE_BYTES);
    return page_writer_done(writer);
}

static void forget(struct page_writer *writer)
{
    if (writer->buffer)
        pack_disk_give_back(writer->file->disk, writer->buffer);
    free(writer->runs);
    *writer = (struct page_writer){.file = writer->file};
}

void page_writer_end(struct page_writer *writer)
{
    const struct page_run *last = last_run(writer);

    if (last) {
        flush(writer);
        page_file_give_back(writer->file,
                            (struct page_run){last->first + writer->used, last->count - writer->used});
    }
    forget(writer);
}

/* What is on its way must not come after what others put there. */
void page_writer_undo(struct page_writer *writer)
{
    if (writer->run_count)
        pack_disk_settle(writer->file->disk);
    for (size_t i = 0; i < writer->run_count; i++)
        page_file_give_back(writer->file, writer->runs[i]);
    forget(writer);
}
