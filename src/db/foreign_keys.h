/*
 * foreign_keys.h — is every record there that another one names?
 *
 * SQLite's own check looks each reference up, which jumps about in files of a gigabyte: 25 s for four million
 * loans. Here the ids of a table are read once, in the order in which they lie, into one bit each; then each table
 * that refers to others is read once. Rowids past FOREIGN_KEY_ID_MAX and keys of several columns are left to
 * SQLite, so the answer is always the same as that of PRAGMA foreign_key_check; that also names the rows.
 */
#ifndef CARREL_DB_FOREIGN_KEYS_H
#define CARREL_DB_FOREIGN_KEYS_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/id_index.h"

/* What somebody who has read a whole table knows of it. */
struct foreign_keys_known {
    const char *table;
    const struct id_index *ids; /* of its column id */
    bool hold;                  /* its own references */
};

/* Through ctx->db. *out_hold is false as soon as one reference leads nowhere. `known` may be NULL. */
enum error_kind foreign_keys_hold(struct ctx *ctx, const struct foreign_keys_known *known,
                                  bool *out_hold) MUST_CHECK;

#endif
