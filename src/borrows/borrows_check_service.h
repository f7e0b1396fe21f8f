/*
 * borrows_check_service.h — is everything about loans true? For --check.
 */
#ifndef CARREL_BORROWS_BORROWS_CHECK_SERVICE_H
#define CARREL_BORROWS_BORROWS_CHECK_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "counters/loan_index.h"

/*
 * Calls `report` for every broken invariant of circulation (DATA.md 2, 3, 4) and, since all loans are read on
 * the way, of the counters (counters_check()), in plain words. That nobody had more loans than the rule allowed
 * cannot be told afterwards: rules change. *out_keys_hold: each loan's title, copy, member and rule are there;
 * which are not, SQLite's own check says. *out_loans, whatever happened, is the caller's to release. OK means that all
 * was looked at, not that all was well.
 *
 * Memory: 24 bytes for each copy, *out_loans, what counters_check() takes, and CHECK_LOANS_AT_ONCE loans when there is
 * something to look at closely.
 */
enum error_kind borrows_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                              void *argument, struct loan_index *out_loans, bool *out_keys_hold) MUST_CHECK;

#endif
