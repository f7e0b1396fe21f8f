/*
 * manifest.h — what stands beside a backup, FILE.json: when it was made, by which Carrel, what is in it, and the
 * SHA-256 by which anybody can tell that it is still the same file (`sha256sum FILE`).
 */
#ifndef CARREL_DB_MANIFEST_H
#define CARREL_DB_MANIFEST_H

#include "base/ctx.h"
#include "db/backup.h"

/* Of a finished backup; ctx->now is when it was made. `kind` as in the table backup_run. */
enum error_kind manifest_write(struct ctx *ctx, const struct backup_report *report, const char *kind,
                               enum backup_check check) MUST_CHECK;

/* "…/FILE.json" */
const char *manifest_path(struct ctx *ctx, const char *backup);

/* The fingerprint that the manifest beside a backup has; false: there is none that can be read. */
bool manifest_digest(struct ctx *ctx, const char *backup, char out_hex[DIGEST_HEX_SIZE]);

#endif
