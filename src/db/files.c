/*
 * files.c — read, write, fsync, and no success before all three went well.
 */
#include "db/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/limits.h"

enum error_kind file_fail(struct ctx *ctx, const char *path, int reason)
{
    if (reason == ENOSPC || reason == EDQUOT)
        return fail(ctx, DISK_FULL, "%s: the disk is full. Nothing was changed. Make room and try again.",
                    path);
    if (reason == EMFILE || reason == ENFILE)
        return fail(ctx, BUSY, "Too much is open at once. Nothing was changed. Try again.");
    if (reason == ECANCELED)
        return fail(ctx, BUSY, "%s was not written: Carrel is stopping.", path);
    return fail(ctx, CONFLICT, "%s: %s.", path, strerror(reason));
}

/* Its result, with errno as it was before. */
static int keep_reason(int result, int descriptor)
{
    int reason = errno;

    if (descriptor >= 0)
        close(descriptor);
    errno = reason;
    return result;
}

int file_write_all(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

int file_write_all_at(int descriptor, const uint8_t *bytes, size_t length, int64_t at)
{
    while (length > 0) {
        ssize_t written = pwrite(descriptor, bytes, length, at);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            at += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* From one descriptor to another; `to` -1: only read. */
static int pour(struct ctx *ctx, int from, int to, const atomic_bool *stop, struct digest *out_digest)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    char *bytes = arena_alloc(ctx->arena, FILE_STEP_BYTES);
    struct digest_run *run = digest_begin();
    int result = 0;
    ssize_t length;

    while (result == 0 && (length = read(from, bytes, FILE_STEP_BYTES)) != 0) {
        if (length < 0) {
            result = errno == EINTR ? 0 : -1;
            continue;
        }
        if (stop && atomic_load(stop)) {
            errno = ECANCELED;
            result = -1;
            continue;
        }
        digest_add(run, bytes, (size_t)length);
        if (to >= 0)
            result = file_write_all(to, bytes, (size_t)length);
    }
    int reason = errno;
    struct digest digest = digest_end(run);
    arena_reset_to(ctx->arena, mark);
    if (out_digest)
        *out_digest = digest;
    errno = reason;
    return result;
}

enum error_kind file_copy(struct ctx *ctx, const char *from, const char *to, struct digest *out_digest)
{
    return file_copy_until(ctx, from, to, NULL, out_digest);
}

enum error_kind file_copy_until(struct ctx *ctx, const char *from, const char *to, const atomic_bool *stop,
                                struct digest *out_digest)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);

    if (source < 0)
        return file_fail(ctx, from, errno);
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0) {
        (void)keep_reason(-1, source);
        return file_fail(ctx, to, errno);
    }
    int result = pour(ctx, source, target, stop, out_digest);
    if (result == 0)
        result = fsync(target);
    result = keep_reason(keep_reason(result, source), target);
    if (result == 0)
        return OK;
    int reason = errno;
    unlink(to);
    return file_fail(ctx, to, reason);
}

enum error_kind file_digest(struct ctx *ctx, const char *path, struct digest *out_digest)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0 || keep_reason(pour(ctx, descriptor, -1, NULL, out_digest), descriptor) != 0)
        return file_fail(ctx, path, errno);
    return OK;
}

enum error_kind file_write_whole(struct ctx *ctx, const char *path, const char *bytes, size_t length)
{
    const char *temporary = arena_printf(ctx->arena, "%s.part", path);
    int descriptor;

    unlink(temporary);
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return file_fail(ctx, path, errno);
    int result = file_write_all(descriptor, bytes, length);
    if (result == 0)
        result = fsync(descriptor);
    result = keep_reason(result, descriptor);
    if (result == 0)
        result = rename(temporary, path);
    if (result == 0)
        return file_sync_folder(ctx, path);
    int reason = errno;
    unlink(temporary);
    return file_fail(ctx, path, reason);
}

static enum error_kind sync_path(struct ctx *ctx, const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC);
    int result = descriptor < 0 ? -1 : fsync(descriptor);

    /* EINVAL: this file system has nothing to sync in a directory. */
    if (keep_reason(result, descriptor) == 0 || (errno == EINVAL && (flags & O_DIRECTORY)))
        return OK;
    return file_fail(ctx, path, errno);
}

enum error_kind file_sync(struct ctx *ctx, const char *path)
{
    return sync_path(ctx, path, O_RDONLY);
}

enum error_kind file_sync_folder(struct ctx *ctx, const char *path)
{
    return sync_path(ctx, file_folder(ctx, path), O_RDONLY | O_DIRECTORY);
}

bool file_is_missing(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 ? S_ISREG(information.st_mode) && information.st_size == 0
                                         : errno == ENOENT;
}

bool file_is_ours(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 && S_ISREG(information.st_mode) && access(path, R_OK | W_OK) == 0;
}

const char *file_folder(struct ctx *ctx, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : arena_strndup(ctx->arena, path, (size_t)(slash - path));
}

enum error_kind file_room(struct ctx *ctx, const char *path, int64_t *out_bytes)
{
    struct statvfs information;
    const char *folder = file_folder(ctx, path);

    if (statvfs(folder, &information) != 0)
        return fail(ctx, CONFLICT, "%s: %s.", folder, strerror(errno));
    *out_bytes = (int64_t)(information.f_bavail * information.f_frsize);
    return OK;
}
