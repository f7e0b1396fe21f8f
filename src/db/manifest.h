/*
 * manifest.h — what stands beside a backup, FILE.json: when it was made, by which Carrel, what is in it, and the
 * SHA-256 by which anybody can tell that it is still the same file (`sha256sum FILE`).
 */
#ifndef CARREL_DB_MANIFEST_H
#define CARREL_DB_MANIFEST_H

#include "base/ctx.h"
#include "db/backup.h"

/* Of a finished backup. `kind` as in the table backup_run. */
enum error_kind manifest_write(struct ctx *ctx, const struct backup_report *report, const char *kind,
                               enum backup_check check) MUST_CHECK;

/* "…/FILE.json" */
const char *manifest_path(struct ctx *ctx, const char *backup);

/* What it says. Texts are NULL where it does not. */
struct manifest {
    const char *library; /* file name of the library that it is a copy of; older ones do not say */
    const char *kind, *verified;
    int64_t made_at; /* instant */
    int64_t bytes, version;
    int64_t books, copies, members, borrows, open_borrows;
    bool sealed; /* opened with a passphrase */
};

/* False: there is none beside this backup, or it is none that can be read. */
bool manifest_read(struct ctx *ctx, const char *backup, struct manifest *out_manifest);

/* The fingerprint that the manifest beside a backup has; false: there is none that can be read. */
bool manifest_digest(struct ctx *ctx, const char *backup, char out_hex[DIGEST_HEX_SIZE]);

#endif
