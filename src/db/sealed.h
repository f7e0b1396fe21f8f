/*
 * sealed.h — whole files that only a passphrase opens (base/seal.h has the format): backups, and what is kept with
 * them. Read and written a chunk at a time, in the memory of two chunks.
 *
 * Failures are told with the file's name: DISK_FULL, CONFLICT as in db/files.h; WRONG_PASSPHRASE; LIBRARY_DAMAGED when
 * a bit is another, the end is missing, or something stands behind it. Nothing of a file that failed stays.
 */
#ifndef CARREL_DB_SEALED_H
#define CARREL_DB_SEALED_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/ctx.h"
#include "base/digest.h"
#include "base/seal.h"

/* What the name of a sealed file ends with. */
#define SEALED_SUFFIX ".sealed"

/* Does this file call itself sealed? */
bool sealed_is(const char *path);

/* The key of a sealed file. PASSPHRASE_REQUIRED when `passphrase` is NULL. As slow as base/scrypt.h says. */
enum error_kind sealed_key(struct ctx *ctx, const char *path, const char *passphrase,
                           struct seal_key *out_key) MUST_CHECK;

/*
 * Seals the file `plain` as the new file `sealed`, readable by its owner alone, on the disk when this returns, and read
 * back: it opens, and what is in it is what was put in. *out_digest is the SHA-256 of the sealed file. Given up (BUSY)
 * as soon as *stop is true (NULL: never).
 */
enum error_kind sealed_make(struct ctx *ctx, const char *plain, const char *sealed,
                            const struct seal_key *key, const atomic_bool *stop,
                            struct digest *out_digest) MUST_CHECK;

/* Opens it into the new file `plain`, likewise. */
enum error_kind sealed_open(struct ctx *ctx, const char *sealed, const struct seal_key *key,
                            const char *plain, struct digest *out_digest) MUST_CHECK;

#endif
