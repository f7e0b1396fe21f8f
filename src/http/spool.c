/*
 * spool.c — from the socket to the disk, a piece at a time.
 */
#include "http/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "db/files.h"
#include "http/multipart.h"

#define PIECE_BYTES (64 * 1024)

static void remove_file(void *path)
{
    (void)unlink(path);
}

static enum error_kind open_file(struct request *req, const char *folder, int *out_descriptor)
{
    struct ctx *ctx = req->ctx;
    struct uuid uuid = uuid_new(ctx->now);
    char name[UUID_TEXT_SIZE];

    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return file_fail(ctx, folder, errno);
    uuid_format(&uuid, name);
    char *path = arena_printf(ctx->arena, "%s/%s.part", folder, name);
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return file_fail(ctx, path, errno);
    arena_defer(ctx->arena, remove_file, path);
    req->spooled = path;
    *out_descriptor = descriptor;
    return OK;
}

/* `announced`: how many bytes must come; -1: as many as do, up to max. */
static enum error_kind copy_all(struct request *req, int descriptor, size_t max, int64_t announced,
                                body_source *read, void *connection)
{
    char *piece = arena_alloc(req->ctx->arena, PIECE_BYTES);
    size_t used = 0;

    while (announced < 0 || used < (size_t)announced) {
        size_t wanted =
            announced >= 0 && (size_t)announced - used < PIECE_BYTES ? (size_t)announced - used : PIECE_BYTES;
        int got = read(connection, piece, wanted);
        if (got < 0 || (got == 0 && announced >= 0))
            return fail(req->ctx, BAD_REQUEST, "The body did not arrive completely.");
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > max)
            return fail(req->ctx, BODY_TOO_LARGE, "The body may have at most %zu bytes.", max);
        if (file_write_all(descriptor, piece, (size_t)got) != 0)
            return file_fail(req->ctx, req->spooled, errno);
    }
    req->body_length = used;
    return OK;
}

/* Before anything of it comes: a disk that is full is full for those who work meanwhile, too. */
static enum error_kind check_room(struct request *req, int64_t announced)
{
    int64_t room;

    TRY(file_room(req->ctx, req->spooled, &room));
    if (room - SPOOL_MARGIN_BYTES >= (announced > 0 ? announced : 0))
        return OK;
    return fail(
        req->ctx, DISK_FULL,
        "There is not enough room on the library's disk for this file. Nothing was changed. Make room and try again.");
}

enum error_kind spool_read(struct request *req, const char *folder, size_t max, body_source *read,
                           void *connection)
{
    const char *length = request_header(req, "Content-Length");
    int64_t announced = -1;
    int descriptor = -1;

    if (!body_is_announced(req))
        return OK;
    if (length && (!text_to_int64(length, &announced) || announced > (int64_t)max))
        return fail(req->ctx, BODY_TOO_LARGE, "The body may have at most %zu bytes.", max);
    TRY(open_file(req, folder, &descriptor));
    enum error_kind kind = check_room(req, announced);
    if (kind == OK)
        kind = copy_all(req, descriptor, max, announced, read, connection);
    if (close(descriptor) != 0 && kind == OK)
        kind = file_fail(req->ctx, req->spooled, errno);
    return kind;
}

/* ---- multipart ------------------------------------------------------------------------------------------- */

/* The part's bytes to the beginning, piece by piece: they only ever move towards it. */
static enum error_kind move_to_front(struct request *req, int descriptor, size_t from, size_t length)
{
    char *piece = arena_alloc(req->ctx->arena, PIECE_BYTES);

    for (size_t at = 0; at < length;) {
        size_t wanted = length - at < PIECE_BYTES ? length - at : PIECE_BYTES;
        ssize_t got = pread(descriptor, piece, wanted, (off_t)(from + at));
        ssize_t put = got > 0 ? pwrite(descriptor, piece, (size_t)got, (off_t)at) : got;
        if (put <= 0)
            return file_fail(req->ctx, req->spooled, put == 0 ? EIO : errno);
        at += (size_t)put;
    }
    return ftruncate(descriptor, (off_t)length) == 0 ? OK : file_fail(req->ctx, req->spooled, errno);
}

/* It is looked at through the system's cache, not copied: the boundary may stand anywhere. */
static enum error_kind take_part(struct request *req, int descriptor)
{
    size_t length = req->body_length;
    /* A NUL behind it, as behind every body. */
    bool ended = pwrite(descriptor, "", 1, (off_t)length) == 1;
    const char *bytes = ended ? mmap(NULL, length + 1, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED;

    if (bytes == MAP_FAILED)
        return file_fail(req->ctx, req->spooled, errno);
    req->body = bytes;
    enum error_kind kind = multipart_take_file(req);
    size_t from = kind == OK ? (size_t)(req->body - bytes) : 0;
    req->body = NULL;
    (void)munmap((void *)(uintptr_t)bytes, length + 1);
    return kind == OK ? move_to_front(req, descriptor, from, req->body_length) : kind;
}

enum error_kind spool_take_file(struct request *req)
{
    int descriptor = open(req->spooled, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (descriptor < 0)
        return file_fail(req->ctx, req->spooled, errno);
    enum error_kind kind = take_part(req, descriptor);
    if (close(descriptor) != 0 && kind == OK)
        kind = file_fail(req->ctx, req->spooled, errno);
    if (kind == OK && req->body_length == 0)
        return fail(req->ctx, BAD_REQUEST, "The file is empty.");
    return kind;
}
