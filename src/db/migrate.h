/*
 * migrate.h — from whatever file is there to the schema this program knows.
 *
 * A new library is made from schema.sql in one transaction. An older one is brought forward by the
 * numbered scripts of src/db/migrations, one transaction each; a test holds the result equal to schema.sql.
 * `user_version` is the number of the last script. A file that is not a Carrel library, is damaged
 * (quick_check before any migration) or was written by a newer Carrel is refused and left as it is.
 */
#ifndef CARREL_DB_MIGRATE_H
#define CARREL_DB_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct migration {
    int version;
    const char *name;
    const char *sql;
};

/* Generated at build time from schema.sql and src/db/migrations/NNNN_name.sql, in order. */
extern const char schema_sql[];
extern const struct migration migrations[];
extern const size_t migration_count;

/* On a DB_WRITE connection: is there a library, of a version before ours? Nothing is written. */
enum error_kind migrate_is_older(struct ctx *ctx, int64_t *out_version, bool *out_is_older) MUST_CHECK;

/* LIBRARY_DAMAGED when a quick_check finds anything. */
enum error_kind migrate_check_health(struct ctx *ctx) MUST_CHECK;

/*
 * ctx->db must be a DB_WRITE connection outside a transaction. Of a library that somebody uses src/upgrade.h brings a
 * copy forward.
 */
enum error_kind migrate_library(struct ctx *ctx) MUST_CHECK;

/* The same with other scripts, for tests. `version` is what the schema text stands for. */
enum error_kind migrate_with(struct ctx *ctx, const char *schema, const struct migration *scripts,
                             size_t count) MUST_CHECK;

#endif
