/*
 * admin_repository.h — the library as a file: ping, SQLite's own checks.
 */
#ifndef CARREL_ADMIN_ADMIN_REPOSITORY_H
#define CARREL_ADMIN_ADMIN_REPOSITORY_H

#include "admin/admin.h"
#include "base/ctx.h"
#include "base/id_index.h"
#include "db/constraints.h"

enum error_kind admin_repo_ping(struct ctx *ctx) MUST_CHECK;

/* Opens a read snapshot for this ctx alone; closed with admin_repo_close_own(). */
enum error_kind admin_repo_open_own(struct ctx *ctx, const char *library) MUST_CHECK;
void admin_repo_close_own(struct ctx *ctx);

/* SQLite's own check of the file but for CHECKs, at most FILE_FINDINGS_MAX findings: quick_check, or integrity_check. */
#define FILE_FINDINGS_MAX 20
enum error_kind admin_repo_check_file(struct ctx *ctx, enum check_depth depth,
                                      void (*report)(void *argument, const char *finding),
                                      void *argument) MUST_CHECK;

/* What the CHECKs say, as far as nobody else looks at it; at most FILE_FINDINGS_MAX findings of each table's piece. */
enum error_kind admin_repo_check_constraints(struct ctx *ctx, struct constraints_work *work,
                                             void (*report)(void *argument, const char *finding),
                                             void *argument) MUST_CHECK;

/* Rows that point at none. `loans`: all loans that there are; whether their own references hold. */
enum error_kind admin_repo_check_keys(struct ctx *ctx, const struct id_index *loans, bool loans_hold,
                                      void (*report)(void *argument, const char *finding),
                                      void *argument) MUST_CHECK;

/* All indexes anew from their tables. CONFLICT when two rows have what only one may have, or a page is damaged. */
enum error_kind admin_repo_remake_indexes(struct ctx *ctx) MUST_CHECK;

#endif
