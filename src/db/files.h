/*
 * files.h — whole files: copied, made safe on the disk, fingerprinted. For backups and what is made of them.
 *
 * Never for a library that this process has open: closing any descriptor of it would drop SQLite's locks.
 * Failures are told in one line with the file's name: DISK_FULL when there is no room, else CONFLICT.
 */
#ifndef CARREL_DB_FILES_H
#define CARREL_DB_FILES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/digest.h"

/*
 * `to` is new, readable by its owner alone, and on the disk when this returns. A copy that failed is removed. The
 * fingerprint is that of the bytes as they were read. NULL: nobody asks.
 */
enum error_kind file_copy(struct ctx *ctx, const char *from, const char *to,
                          struct digest *out_digest) MUST_CHECK;

/* The same, given up (BUSY) as soon as *stop is true: a slow stick must not keep a program from ending. */
enum error_kind file_copy_until(struct ctx *ctx, const char *from, const char *to, const atomic_bool *stop,
                                struct digest *out_digest) MUST_CHECK;

enum error_kind file_digest(struct ctx *ctx, const char *path, struct digest *out_digest) MUST_CHECK;

/* A small file, whole under its name or not there: written beside it, synced, renamed over one that was there. */
enum error_kind file_write_whole(struct ctx *ctx, const char *path, const char *bytes,
                                 size_t length) MUST_CHECK;

/* What was written to it is on the disk. */
enum error_kind file_sync(struct ctx *ctx, const char *path) MUST_CHECK;

/* What was renamed, linked or removed in the folder of this file is on the disk. */
enum error_kind file_sync_folder(struct ctx *ctx, const char *path) MUST_CHECK;

/* Nothing has that name, or a file without a single byte. */
bool file_is_missing(const char *path);

/* A file that this process may read and write. */
bool file_is_ours(const char *path);

/* All of it, or -1 and errno: where the descriptor stands, or from byte `at` of the file on. */
int file_write_all(int descriptor, const char *bytes, size_t length);
int file_write_all_at(int descriptor, const uint8_t *bytes, size_t length, int64_t at);

/* Fails with what errno says about this file. ECANCELED: it was broken off (BUSY). No descriptor free: BUSY. */
enum error_kind file_fail(struct ctx *ctx, const char *path, int reason) MUST_CHECK;

/* How many bytes a file in this file's folder may still take. */
enum error_kind file_room(struct ctx *ctx, const char *path, int64_t *out_bytes) MUST_CHECK;

/* The folder that a file lies in: "/", ".", "/srv/library". */
const char *file_folder(struct ctx *ctx, const char *path);

#endif
