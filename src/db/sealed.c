/*
 * sealed.c — a file in, a file out, chunk by chunk; no success before all of it was written and synced.
 */
#include "db/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/backup.h"
#include "db/files.h"

#define SEALED_CHUNK (SEAL_CHUNK_MAX + SEAL_TAG_BYTES)

/* One file being read. */
struct source {
    const char *path;
    int descriptor;
    int64_t left;                /* bytes that are still to come */
    struct digest_run *of_bytes; /* of all that was read */
};

/* Where it goes, and what goes there. */
struct sink {
    const char *path;
    int descriptor; /* -1: it is only looked at */
    struct digest_run *of_bytes;
};

/* Tells the compiler what it cannot see: file_fail() is never OK. */
static enum error_kind fail_file(struct ctx *ctx, const char *path, int reason)
{
    return error_is_set(file_fail(ctx, path, reason));
}

/* ---- reading and writing ------------------------------------------------------------------------------- */

static enum error_kind open_source(struct ctx *ctx, const char *path, struct source *out_source)
{
    struct stat information;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return fail_file(ctx, path, errno);
    bool is_known = fstat(descriptor, &information) == 0;
    if (!is_known || !S_ISREG(information.st_mode)) {
        int reason = is_known ? EINVAL : errno;
        close(descriptor);
        return fail_file(ctx, path, reason);
    }
    *out_source = (struct source){path, descriptor, information.st_size, digest_begin()};
    return OK;
}

static struct digest close_source(struct source *source)
{
    close(source->descriptor);
    return digest_end(source->of_bytes);
}

/* Exactly `length` bytes, which fstat() has promised. */
static enum error_kind read_bytes(struct ctx *ctx, struct source *source, uint8_t *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t count = read(source->descriptor, bytes + done, length - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail_file(ctx, source->path, count < 0 ? errno : EIO);
        done += (size_t)count;
    }
    digest_add(source->of_bytes, bytes, length);
    source->left -= (int64_t)length;
    return OK;
}

static enum error_kind write_bytes(struct ctx *ctx, struct sink *sink, const uint8_t *bytes, size_t length)
{
    digest_add(sink->of_bytes, bytes, length);
    if (sink->descriptor >= 0 && file_write_all(sink->descriptor, (const char *)bytes, length) != 0)
        return fail_file(ctx, sink->path, errno);
    return OK;
}

static enum error_kind open_sink(struct ctx *ctx, const char *path, struct sink *out_sink)
{
    int descriptor = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

    if (path && descriptor < 0)
        return fail_file(ctx, path, errno);
    *out_sink = (struct sink){path, descriptor, digest_begin()};
    return OK;
}

/* `kind` is how the writing went; a file that is not whole is removed. */
static enum error_kind close_sink(struct ctx *ctx, struct sink *sink, enum error_kind kind,
                                  struct digest *out_digest)
{
    *out_digest = digest_end(sink->of_bytes);
    if (sink->descriptor < 0)
        return kind;
    if (kind == OK && fsync(sink->descriptor) != 0)
        kind = fail_file(ctx, sink->path, errno);
    if (close(sink->descriptor) != 0 && kind == OK)
        kind = fail_file(ctx, sink->path, errno);
    if (kind != OK)
        unlink(sink->path);
    return kind;
}

/* ---- sealing ------------------------------------------------------------------------------------------- */

static enum error_kind seal_all(struct ctx *ctx, struct source *source, struct sink *sink, struct seal *seal,
                                const atomic_bool *stop)
{
    uint8_t *plain = arena_alloc(ctx->arena, SEAL_CHUNK_MAX);
    uint8_t *sealed = arena_alloc(ctx->arena, SEALED_CHUNK);
    bool last;

    do {
        size_t length = source->left < SEAL_CHUNK_MAX ? (size_t)source->left : SEAL_CHUNK_MAX;
        if (stop && atomic_load(stop))
            return fail_file(ctx, sink->path, ECANCELED);
        TRY(read_bytes(ctx, source, plain, length));
        last = source->left == 0;
        seal_chunk(seal, plain, length, last, sealed);
        TRY(write_bytes(ctx, sink, sealed, length + SEAL_TAG_BYTES));
    } while (!last);
    return OK;
}

static enum error_kind write_sealed(struct ctx *ctx, const char *plain, const char *sealed,
                                    const struct seal_key *key, const atomic_bool *stop,
                                    struct digest *out_plain, struct digest *out_sealed)
{
    uint8_t header[SEAL_HEADER_BYTES];
    struct source source;
    struct sink sink;

    TRY(open_source(ctx, plain, &source));
    enum error_kind kind = open_sink(ctx, sealed, &sink);
    if (kind == OK) {
        struct seal *seal = seal_new(key, header);
        kind = write_bytes(ctx, &sink, header, sizeof header);
        if (kind == OK)
            kind = seal_all(ctx, &source, &sink, seal, stop);
        seal_free(seal);
        kind = close_sink(ctx, &sink, kind, out_sealed);
    }
    *out_plain = close_source(&source);
    return kind;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

/* A chunk that did not open: why, as far as the other flag tells. */
static enum error_kind tell_damage(struct ctx *ctx, const struct source *source, struct seal *seal,
                                   const uint8_t *sealed, size_t length, uint8_t *plain)
{
    bool last = source->left == 0;

    if (!seal_open_chunk(seal, sealed, length, !last, plain))
        return fail(ctx, LIBRARY_DAMAGED,
                    "%s is damaged: it is not as it was sealed. Nothing was changed. Take an older backup.",
                    source->path);
    if (last)
        return fail(ctx, LIBRARY_DAMAGED,
                    "%s is cut short: its end is missing. Nothing was changed. Copy it again, or take an "
                    "older backup.",
                    source->path);
    return fail(ctx, LIBRARY_DAMAGED,
                "%s is damaged: something stands behind its end. Nothing was changed. Take an older backup.",
                source->path);
}

static enum error_kind open_all(struct ctx *ctx, struct source *source, struct sink *sink, struct seal *seal,
                                const atomic_bool *stop)
{
    uint8_t *sealed = arena_alloc(ctx->arena, SEALED_CHUNK);
    uint8_t *plain = arena_alloc(ctx->arena, SEAL_CHUNK_MAX);

    do {
        size_t length = source->left < SEALED_CHUNK ? (size_t)source->left : SEALED_CHUNK;
        if (stop && atomic_load(stop))
            return fail_file(ctx, source->path, ECANCELED);
        TRY(read_bytes(ctx, source, sealed, length));
        if (!seal_open_chunk(seal, sealed, length, source->left == 0, plain))
            return tell_damage(ctx, source, seal, sealed, length, plain);
        TRY(write_bytes(ctx, sink, plain, length - SEAL_TAG_BYTES));
    } while (source->left > 0);
    return OK;
}

static enum error_kind read_header(struct ctx *ctx, struct source *source, uint8_t *header)
{
    if (source->left < SEAL_HEADER_BYTES + SEAL_TAG_BYTES)
        return fail(ctx, LIBRARY_DAMAGED,
                    "%s is cut short: its end is missing. Nothing was changed. Copy it again, or take an "
                    "older backup.",
                    source->path);
    return read_bytes(ctx, source, header, SEAL_HEADER_BYTES);
}

static enum error_kind open_into(struct ctx *ctx, struct source *source, const struct seal_key *key,
                                 const char *plain, const atomic_bool *stop, struct digest *out_plain)
{
    uint8_t header[SEAL_HEADER_BYTES];
    struct seal *seal;
    struct sink sink;

    TRY(read_header(ctx, source, header));
    TRY(seal_open(ctx, source->path, header, key, &seal));
    enum error_kind kind = open_sink(ctx, plain, &sink);
    if (kind == OK)
        kind = close_sink(ctx, &sink, open_all(ctx, source, &sink, seal, stop), out_plain);
    seal_free(seal);
    return kind;
}

/* `plain` NULL: it is only looked at. */
static enum error_kind read_sealed(struct ctx *ctx, const char *sealed, const struct seal_key *key,
                                   const char *plain, const atomic_bool *stop, struct digest *out_plain,
                                   struct digest *out_sealed)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct source source;

    TRY(open_source(ctx, sealed, &source));
    enum error_kind kind = open_into(ctx, &source, key, plain, stop, out_plain);
    *out_sealed = close_source(&source);
    if (kind == OK) /* a failure's words lie in the arena */
        arena_reset_to(ctx->arena, mark);
    return kind;
}

/* ---- for others ---------------------------------------------------------------------------------------- */

bool sealed_is(const char *path)
{
    uint8_t bytes[SEAL_HEADER_BYTES];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor < 0)
        return false;
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    close(descriptor);
    return length > 0 && seal_is_header(bytes, (size_t)length);
}

enum error_kind sealed_key(struct ctx *ctx, const char *path, const char *passphrase,
                           struct seal_key *out_key)
{
    uint8_t header[SEAL_HEADER_BYTES];
    struct source source;

    if (!passphrase)
        return fail(ctx, PASSPHRASE_REQUIRED,
                    "%s is sealed: it opens with the passphrase that was set when it was made.", path);
    TRY(open_source(ctx, path, &source));
    enum error_kind kind = read_header(ctx, &source, header);
    (void)close_source(&source);
    TRY(kind);
    return seal_header_key(ctx, path, header, passphrase, out_key);
}

static enum error_kind check_arrived(struct ctx *ctx, const char *sealed, const struct seal_key *key,
                                     const atomic_bool *stop, const struct digest *plain,
                                     struct digest *out_digest)
{
    struct digest found;

    TRY(read_sealed(ctx, sealed, key, NULL, stop, &found, out_digest));
    if (digest_equal(&found, plain))
        return OK;
    return fail(ctx, BACKUP_FAILED, "%s is not what was written there.", sealed);
}

enum error_kind sealed_make(struct ctx *ctx, const char *plain, const char *sealed,
                            const struct seal_key *key, const atomic_bool *stop, struct digest *out_digest)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct digest of_plain, written, found;

    TRY(write_sealed(ctx, plain, sealed, key, stop, &of_plain, &written));
    arena_reset_to(ctx->arena, mark);
    enum error_kind kind = check_arrived(ctx, sealed, key, stop, &of_plain, &found);
    if (kind != OK) {
        unlink(sealed);
        return kind;
    }
    *out_digest = found;
    return OK;
}

enum error_kind sealed_open(struct ctx *ctx, const char *sealed, const struct seal_key *key,
                            const char *plain, struct digest *out_digest)
{
    struct digest of_plain;

    return read_sealed(ctx, sealed, key, plain, backup_is_broken_off(), &of_plain, out_digest);
}
