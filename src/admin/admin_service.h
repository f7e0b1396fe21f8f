/*
 * admin_service.h — looking after the library: is it well, is it right, is there a backup.
 */
#ifndef CARREL_ADMIN_ADMIN_SERVICE_H
#define CARREL_ADMIN_ADMIN_SERVICE_H

#include "admin/admin.h"
#include "base/ctx.h"

/* Does the database answer? */
enum error_kind admin_ping(struct ctx *ctx) MUST_CHECK;

enum error_kind admin_readiness(struct ctx *ctx, struct readiness *out_readiness) MUST_CHECK;

/*
 * All invariants, on read connections of its own that are not interrupted: SQLite's quick_check (or integrity_check) and the
 * tables' CHECKs in one thread; counters against facts, circulation, foreign keys, full-text rows, the calendar in another, all of one
 * snapshot. Each large table is read once, in the order of the file. ctx->db must be NULL.
 */
enum error_kind admin_check(struct ctx *ctx, enum check_depth depth,
                            struct check_report *out_report) MUST_CHECK;

/* The same of another file than the one that is served: a salvaged library. */
enum error_kind admin_check_library(struct ctx *ctx, const char *library, enum check_depth depth,
                                    struct check_report *out_report) MUST_CHECK;

/*
 * The lists of words that are searched, against the rows: what a full check looks at besides. On the writer, for FTS5
 * compares them in a statement that could write: lending waits for it, about a second for 200,000 titles.
 */
enum error_kind admin_check_words(struct ctx *ctx, struct check_report *out_report) MUST_CHECK;

/* Derived rows and columns anew from the facts; on the writer. Afterwards admin_check() finds none of them wrong. */
enum error_kind admin_rebuild(struct ctx *ctx) MUST_CHECK;

/*
 * All that is derived, anew: indexes, lists of words, and what admin_rebuild() writes. Facts stay as they are. One
 * transaction on the writer, so that it is all or nothing.
 */
enum error_kind admin_repair(struct ctx *ctx) MUST_CHECK;

/*
 * After records were lost: copies say where they are by what is left of loans and holds, payments are used for charges
 * that are open again; then admin_rebuild(). Leaves "library.salvaged" in the audit log. Writer only.
 */
enum error_kind admin_settle(struct ctx *ctx) MUST_CHECK;

#endif
