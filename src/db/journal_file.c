/*
 * journal_file.c — segments: every entry carries enough to tell whether it is the one that was written.
 */
#include "db/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/limits.h"
#include "db/files.h"

static const char magic[16] = "CARRELJOURNAL1\n\n";
static const char entry_magic[4] = "CJE1";

#define HEAD_SERIES 16
#define HEAD_BEGUN 32
#define HEAD_VERSION 40
#define HEAD_SEALED 44
#define HEAD_BYTES 48

#define ENTRY_NUMBER 4
#define ENTRY_INSTANT 12
#define ENTRY_LENGTH 20
#define ENTRY_CHECK 24
#define ENTRY_CHECK_BYTES 4
#define ENTRY_HEAD_BYTES 28

#define SEARCH_BYTES 8192

#define SEALED_CHUNK_BYTES (SEAL_CHUNK_MAX + SEAL_TAG_BYTES)

static void put_number(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static uint64_t get_number(const uint8_t *from, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

static size_t sealed_length(size_t length)
{
    return length + (length + SEAL_CHUNK_MAX - 1) / SEAL_CHUNK_MAX * SEAL_TAG_BYTES;
}

/* The digest of an entry: it stands on all that come before it. */
static struct digest chain(const struct digest *before, const void *head, const void *bytes, size_t length)
{
    struct digest_run *run = digest_begin();

    digest_add(run, before->bytes, DIGEST_BYTES);
    digest_add(run, head, ENTRY_HEAD_BYTES);
    digest_add(run, bytes, length);
    return digest_end(run);
}

static void write_check(uint8_t head[ENTRY_HEAD_BYTES])
{
    struct digest digest = digest_of(head, ENTRY_CHECK);

    memcpy(head + ENTRY_CHECK, digest.bytes, ENTRY_CHECK_BYTES);
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

struct segment {
    char *path;
    int descriptor;
    struct seal *seal; /* NULL: in the clear */
    struct digest chain;
    int64_t bytes;
};

static bool write_all(struct segment *segment, const void *bytes, size_t length)
{
    if (file_write_all(segment->descriptor, bytes, length) != 0)
        return false;
    segment->bytes += (int64_t)length;
    return true;
}

static bool write_head(struct segment *segment, const struct segment_head *head, const struct seal_key *key)
{
    uint8_t bytes[HEAD_BYTES + SEAL_HEADER_BYTES];
    size_t length = HEAD_BYTES;

    memcpy(bytes, magic, sizeof magic);
    memcpy(bytes + HEAD_SERIES, head->series.bytes, UUID_BYTES);
    put_number(bytes + HEAD_BEGUN, (uint64_t)head->begun_at, 8);
    put_number(bytes + HEAD_VERSION, (uint64_t)head->version, 4);
    put_number(bytes + HEAD_SEALED, key != NULL, 4);
    if (key) {
        segment->seal = seal_new(key, bytes + HEAD_BYTES);
        length += SEAL_HEADER_BYTES;
    }
    segment->chain = digest_of(bytes, length);
    return write_all(segment, bytes, length);
}

/* The name of the new file is on the disk as well. */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");

    if (!folder)
        abort();
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (descriptor < 0)
        return false;
    /* EINVAL: this file system has nothing to sync in a directory. */
    bool synced = fsync(descriptor) == 0 || errno == EINVAL;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return synced;
}

struct segment *segment_begin(const char *path, const struct segment_head *head, const struct seal_key *key)
{
    struct segment *segment = calloc(1, sizeof *segment);

    if (!segment || !(segment->path = strdup(path)))
        abort();
    segment->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (segment->descriptor >= 0 && write_head(segment, head, key) && sync_folder(path))
        return segment;
    int reason = errno;
    segment_end(segment);
    errno = reason;
    return NULL;
}

static void seal_all(struct seal *seal, const uint8_t *bytes, size_t length, uint8_t *out)
{
    while (length > 0) {
        size_t step = length < SEAL_CHUNK_MAX ? length : SEAL_CHUNK_MAX;
        seal_chunk(seal, bytes, step, false, out);
        bytes += step;
        length -= step;
        out += step + SEAL_TAG_BYTES;
    }
}

bool segment_put(struct segment *segment, uint64_t number, int64_t instant, const void *bytes, size_t length)
{
    size_t stored = segment->seal ? sealed_length(length) : length;
    uint8_t *entry = malloc(ENTRY_HEAD_BYTES + stored + DIGEST_BYTES);

    if (!entry)
        abort();
    memcpy(entry, entry_magic, sizeof entry_magic);
    put_number(entry + ENTRY_NUMBER, number, 8);
    put_number(entry + ENTRY_INSTANT, (uint64_t)instant, 8);
    put_number(entry + ENTRY_LENGTH, stored, 4);
    write_check(entry);
    if (segment->seal)
        seal_all(segment->seal, bytes, length, entry + ENTRY_HEAD_BYTES);
    else
        memcpy(entry + ENTRY_HEAD_BYTES, bytes, length);
    segment->chain = chain(&segment->chain, entry, entry + ENTRY_HEAD_BYTES, stored);
    memcpy(entry + ENTRY_HEAD_BYTES + stored, segment->chain.bytes, DIGEST_BYTES);
    bool written = write_all(segment, entry, ENTRY_HEAD_BYTES + stored + DIGEST_BYTES);
    int reason = errno;
    free(entry);
    errno = reason;
    return written;
}

/* A folder that was moved or unmounted under us takes our file along: nobody would find what we write there. */
static bool stands_there(const struct segment *segment)
{
    struct stat named, opened;

    if (fstat(segment->descriptor, &opened) != 0 || stat(segment->path, &named) != 0)
        return false;
    if (named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
        return true;
    errno = ENOENT;
    return false;
}

bool segment_sync(struct segment *segment)
{
    return fdatasync(segment->descriptor) == 0 && stands_there(segment);
}

int64_t segment_bytes(const struct segment *segment)
{
    return segment->bytes;
}

void segment_end(struct segment *segment)
{
    if (!segment)
        return;
    if (segment->descriptor >= 0)
        close(segment->descriptor);
    if (segment->seal)
        seal_free(segment->seal);
    free(segment->path);
    free(segment);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

struct segment_reader {
    int descriptor;
    struct seal *seal;
    bool is_sealed, with_bytes;
    struct digest chain;
    off_t at, size;
    uint8_t *bytes, *plain;
};

static void close_reader(void *argument)
{
    struct segment_reader *reader = argument;

    close(reader->descriptor);
    if (reader->seal)
        seal_free(reader->seal);
    free(reader->bytes);
    free(reader->plain);
}

static bool read_at(const struct segment_reader *reader, off_t at, void *to, size_t length)
{
    uint8_t *into = to;

    while (length > 0) {
        ssize_t got = pread(reader->descriptor, into, length, at);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            into += got;
            at += got;
            length -= (size_t)got;
        }
    }
    return true;
}

static enum error_kind fail_damaged(struct ctx *ctx, const char *path)
{
    return fail(ctx, LIBRARY_DAMAGED, "%s is no part of a journal, or its beginning is damaged.", path);
}

static enum error_kind read_head(struct ctx *ctx, const char *path, const struct seal_key *key,
                                 struct segment_reader *reader, struct segment_head *head)
{
    uint8_t bytes[HEAD_BYTES + SEAL_HEADER_BYTES];

    if (!read_at(reader, 0, bytes, HEAD_BYTES) || memcmp(bytes, magic, sizeof magic) != 0)
        return fail_damaged(ctx, path);
    memcpy(head->series.bytes, bytes + HEAD_SERIES, UUID_BYTES);
    head->begun_at = (int64_t)get_number(bytes + HEAD_BEGUN, 8);
    head->version = (int64_t)get_number(bytes + HEAD_VERSION, 4);
    reader->is_sealed = head->is_sealed = get_number(bytes + HEAD_SEALED, 4) != 0;
    reader->at = HEAD_BYTES;
    if (reader->is_sealed) {
        if (!read_at(reader, HEAD_BYTES, bytes + HEAD_BYTES, SEAL_HEADER_BYTES))
            return fail_damaged(ctx, path);
        reader->at += SEAL_HEADER_BYTES;
    }
    reader->chain = digest_of(bytes, (size_t)reader->at);
    if (!reader->is_sealed || !reader->with_bytes)
        return OK;
    if (!key)
        return fail(ctx, PASSPHRASE_REQUIRED, "The journal %s is sealed: its passphrase is needed.", path);
    return seal_open(ctx, path, bytes + HEAD_BYTES, key, &reader->seal);
}

enum error_kind segment_open(struct ctx *ctx, const char *path, const struct seal_key *key, bool with_bytes,
                             struct segment_head *out_head, struct segment_reader **out_reader)
{
    struct segment_reader *reader;
    struct segment_head head = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat information;

    if (descriptor < 0)
        return file_fail(ctx, path, errno);
    reader = arena_alloc(ctx->arena, sizeof *reader);
    *reader = (struct segment_reader){.descriptor = descriptor, .with_bytes = with_bytes};
    arena_defer(ctx->arena, close_reader, reader);
    if (fstat(descriptor, &information) != 0)
        return file_fail(ctx, path, errno);
    reader->size = information.st_size;
    TRY(read_head(ctx, path, key, reader, &head));
    *out_head = head;
    *out_reader = reader;
    return OK;
}

static bool is_entry_head(const uint8_t head[ENTRY_HEAD_BYTES])
{
    uint8_t again[ENTRY_HEAD_BYTES];

    if (memcmp(head, entry_magic, sizeof entry_magic) != 0)
        return false;
    memcpy(again, head, ENTRY_HEAD_BYTES);
    write_check(again);
    return memcmp(head, again, ENTRY_HEAD_BYTES) == 0;
}

/*
 * Here stands no entry. One further on says that here stood one as well; a power cut leaves none behind what it did
 * not let be finished, for a file grows at its end.
 */
static enum segment_reading torn_or_damaged(const struct segment_reader *reader, off_t from)
{
    uint8_t window[SEARCH_BYTES];

    for (off_t at = from + 1; at + ENTRY_HEAD_BYTES <= reader->size;
         at += SEARCH_BYTES - (ENTRY_HEAD_BYTES - 1)) {
        off_t left = reader->size - at;
        size_t length = left < SEARCH_BYTES ? (size_t)left : SEARCH_BYTES;
        if (!read_at(reader, at, window, length))
            return SEGMENT_DAMAGED;
        for (size_t i = 0; i + ENTRY_HEAD_BYTES <= length; i++)
            if (is_entry_head(window + i))
                return SEGMENT_DAMAGED;
    }
    return SEGMENT_TORN;
}

static bool open_chunks(struct segment_reader *reader, size_t stored, size_t *out_length)
{
    uint8_t *from = reader->bytes, *to = reader->plain;

    while (stored > 0) {
        size_t step = stored < SEALED_CHUNK_BYTES ? stored : SEALED_CHUNK_BYTES;
        if (step <= SEAL_TAG_BYTES || !seal_open_chunk(reader->seal, from, step, false, to))
            return false;
        from += step;
        to += step - SEAL_TAG_BYTES;
        stored -= step;
    }
    *out_length = (size_t)(to - reader->plain);
    return true;
}

static void *grow(uint8_t **buffer, size_t length)
{
    free(*buffer);
    *buffer = malloc(length + 1);
    if (!*buffer)
        abort();
    return *buffer;
}

enum segment_reading segment_next(struct segment_reader *reader, struct journal_change *out)
{
    uint8_t head[ENTRY_HEAD_BYTES];
    off_t at = reader->at;

    if (at == reader->size)
        return SEGMENT_END;
    if (at + ENTRY_HEAD_BYTES > reader->size)
        return SEGMENT_TORN;
    if (!read_at(reader, at, head, sizeof head))
        return SEGMENT_DAMAGED;
    size_t stored = (size_t)get_number(head + ENTRY_LENGTH, 4);
    if (!is_entry_head(head) || stored > JOURNAL_ENTRY_MAX)
        return torn_or_damaged(reader, at);
    off_t end = at + ENTRY_HEAD_BYTES + (off_t)stored + DIGEST_BYTES;
    if (end > reader->size)
        return SEGMENT_TORN;
    struct digest digest;
    if (!read_at(reader, at + ENTRY_HEAD_BYTES, grow(&reader->bytes, stored), stored) ||
        !read_at(reader, end - DIGEST_BYTES, digest.bytes, DIGEST_BYTES))
        return SEGMENT_DAMAGED;
    struct digest found = chain(&reader->chain, head, reader->bytes, stored);
    if (!digest_equal(&found, &digest))
        return end == reader->size ? SEGMENT_TORN : torn_or_damaged(reader, at);
    struct journal_change change = {.number = get_number(head + ENTRY_NUMBER, 8),
                                    .instant = (int64_t)get_number(head + ENTRY_INSTANT, 8),
                                    .bytes = reader->bytes,
                                    .length = stored};
    if (reader->seal) {
        change.bytes = grow(&reader->plain, stored);
        if (!open_chunks(reader, stored, &change.length))
            return SEGMENT_DAMAGED;
    }
    reader->chain = found;
    reader->at = end;
    *out = change;
    return SEGMENT_ENTRY;
}
