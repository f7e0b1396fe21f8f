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
 * All invariants, on read connections of its own that are not interrupted: SQLite's quick_check in one thread;
 * counters against facts, circulation, foreign keys, full-text rows, the calendar in another, all of one snapshot. Each
 * large table is read once, in the order of the file. ctx->db must be NULL.
 */
enum error_kind admin_check(struct ctx *ctx, struct check_report *out_report) MUST_CHECK;

/* Derived rows and columns anew from the facts; on the writer. Afterwards admin_check() finds none of them wrong. */
enum error_kind admin_rebuild(struct ctx *ctx) MUST_CHECK;

#endif
