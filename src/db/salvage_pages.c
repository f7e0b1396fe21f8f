/*
 * salvage_pages.c — file and WAL, page by page.
 */
#include "db/salvage_pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/engine.h"

#define AT_VERSION 60
#define AT_APPLICATION 68
#define VERSION_SANE_MAX 1000 /* a higher one is damage, not a newer program */

#define WAL_HEADER_BYTES 32
#define WAL_FRAME_HEADER_BYTES 24
#define WAL_MAGIC 0x377f0682 /* the last bit says in which order checksums read their numbers */
#define WAL_FORMAT 3007000

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* As many bytes as there are, from `offset` on; a disk that fails gives none. */
static size_t read_at(int descriptor, void *bytes, size_t length, off_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t more = pread(descriptor, (char *)bytes + done, length - done, offset + (off_t)done);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        done += (size_t)more;
    }
    return done;
}

/* ---- the WAL -------------------------------------------------------------------------------------------- */

struct wal_sum {
    uint32_t one, two;
    bool big_endian;
};

static void add_to_sum(struct wal_sum *sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint32_t first = number_at(bytes + i);
        uint32_t second = number_at(bytes + i + 4);
        if (!sum->big_endian) {
            first = __builtin_bswap32(first);
            second = __builtin_bswap32(second);
        }
        sum->one += first + sum->two;
        sum->two += second + sum->one;
    }
}

static bool begins_as_wal(const uint8_t *header, struct wal_sum *sum)
{
    *sum = (struct wal_sum){.big_endian = header[3] & 1};
    add_to_sum(sum, header, WAL_HEADER_BYTES - 8);
    return (number_at(header) & ~1U) == WAL_MAGIC && number_at(header + 4) == WAL_FORMAT &&
           number_at(header + 8) == DB_PAGE_BYTES && number_at(header + 24) == sum->one &&
           number_at(header + 28) == sum->two;
}

/* The frame is of this WAL's last life and whole; goes on with the checksum that the next one continues. */
static bool is_whole_frame(const uint8_t *frame, const uint8_t *wal_header, struct wal_sum *sum)
{
    add_to_sum(sum, frame, 8);
    add_to_sum(sum, frame + WAL_FRAME_HEADER_BYTES, DB_PAGE_BYTES);
    return memcmp(frame + 8, wal_header + 16, 8) == 0 && number_at(frame + 16) == sum->one &&
           number_at(frame + 20) == sum->two && number_at(frame) != 0;
}

static off_t frame_offset(uint32_t frame)
{
    return WAL_HEADER_BYTES + (off_t)(frame - 1) * (WAL_FRAME_HEADER_BYTES + DB_PAGE_BYTES);
}

/* How many frames count: up to the last that ends a transaction before anything is amiss; how many pages it leaves. */
static uint32_t committed_frames(int wal, uint32_t *out_pages)
{
    uint8_t header[WAL_HEADER_BYTES];
    uint8_t frame[WAL_FRAME_HEADER_BYTES + DB_PAGE_BYTES];
    struct wal_sum sum;
    uint32_t committed = 0;

    if (read_at(wal, header, sizeof header, 0) != sizeof header || !begins_as_wal(header, &sum))
        return 0;
    for (uint32_t i = 1; read_at(wal, frame, sizeof frame, frame_offset(i)) == sizeof frame; i++) {
        if (!is_whole_frame(frame, header, &sum))
            break;
        uint32_t pages = number_at(frame + 4);
        if (pages == 0)
            continue;
        committed = i;
        *out_pages = pages;
    }
    return committed;
}

static void note_frames(struct salvage_pages *pages)
{
    uint8_t number[4];

    for (uint32_t i = 1; i <= pages->wal_frames; i++) {
        if (read_at(pages->wal, number, sizeof number, frame_offset(i)) != sizeof number)
            continue;
        uint32_t page = number_at(number);
        if (page >= 1 && page <= pages->count)
            pages->frame_of[page] = i;
    }
}

/* ---- the file ------------------------------------------------------------------------------------------- */

static enum error_kind look_at_header(struct ctx *ctx, const char *library, int newest_version,
                                      struct salvage_pages *pages)
{
    uint8_t page[DB_PAGE_BYTES];

    pages->header_is_damaged =
        !salvage_pages_read(pages, 1, page) || memcmp(page, "SQLite format 3", 16) != 0;
    if (pages->header_is_damaged)
        return OK;
    if (number_at(page + AT_APPLICATION) != DB_APPLICATION_ID)
        return fail(ctx, NOT_A_LIBRARY, "%s is not a Carrel library. It was left as it is.", library);
    uint32_t version = number_at(page + AT_VERSION);
    if (version > (uint32_t)newest_version && version <= VERSION_SANE_MAX)
        return fail(ctx, LIBRARY_TOO_NEW,
                    "%s was written by a newer Carrel (version %" PRIu32
                    ", this one knows %d). Use the newer program.",
                    library, version, newest_version);
    pages->version = version <= VERSION_SANE_MAX ? version : 0;
    return OK;
}

enum error_kind salvage_pages_open(struct ctx *ctx, const char *library, int newest_version,
                                   struct salvage_pages *out_pages)
{
    struct salvage_pages pages = {.file = -1, .wal = -1};
    struct stat information;
    uint32_t pages_of_wal = 0;

    *out_pages = pages;
    pages.file = open(library, O_RDONLY | O_CLOEXEC);
    if (pages.file < 0 || fstat(pages.file, &information) != 0 || !S_ISREG(information.st_mode)) {
        int reason = pages.file >= 0 ? EISDIR : errno;
        salvage_pages_close(&pages);
        return fail(ctx, NOT_FOUND, "%s: %s.", library, strerror(reason));
    }
    pages.wal = open(arena_printf(ctx->arena, "%s-wal", library), O_RDONLY | O_CLOEXEC);
    if (pages.wal >= 0)
        pages.wal_frames = committed_frames(pages.wal, &pages_of_wal);
    int64_t whole = information.st_size / DB_PAGE_BYTES;
    pages.ends_short = information.st_size % DB_PAGE_BYTES != 0;
    pages.count = whole > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)whole;
    if (pages_of_wal > pages.count && pages_of_wal <= pages.count + pages.wal_frames)
        pages.count = pages_of_wal;
    pages.frame_of = calloc((size_t)pages.count + 1, sizeof *pages.frame_of);
    if (!pages.frame_of)
        abort();
    note_frames(&pages);
    *out_pages = pages;
    return look_at_header(ctx, library, newest_version, out_pages);
}

void salvage_pages_close(struct salvage_pages *pages)
{
    if (pages->file >= 0)
        close(pages->file);
    if (pages->wal >= 0)
        close(pages->wal);
    free(pages->frame_of);
    *pages = (struct salvage_pages){.file = -1, .wal = -1};
}

static bool is_blank(const uint8_t *bytes)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, DB_PAGE_BYTES - 1) == 0;
}

bool salvage_pages_read(const struct salvage_pages *pages, uint32_t number, uint8_t *out_bytes)
{
    if (number < 1 || number > pages->count)
        return false;
    uint32_t frame = pages->frame_of[number];
    int descriptor = frame ? pages->wal : pages->file;
    off_t offset = frame ? frame_offset(frame) + WAL_FRAME_HEADER_BYTES : (off_t)(number - 1) * DB_PAGE_BYTES;

    return read_at(descriptor, out_bytes, DB_PAGE_BYTES, offset) == DB_PAGE_BYTES && !is_blank(out_bytes);
}
