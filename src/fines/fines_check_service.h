/*
 * fines_check_service.h — what the ledger promises, proved; for --check. Balances and numbers of charges and payments
 * are counters' to compare (counters_check).
 */
#ifndef CARREL_FINES_FINES_CHECK_SERVICE_H
#define CARREL_FINES_FINES_CHECK_SERVICE_H

#include "base/ctx.h"
#include "counters/loan_index.h"

/*
 * Calls report() with a sentence for each thing that is wrong: what a charge has settled and what a payment or waiver
 * has spent is the sum of its allocations; an allocation stays within one member and is of an approved waiver; a
 * charge's loan is its member's; nobody has an open charge and a credit; receipts run from 1 without gaps. OK means
 * that all was looked at. On any connection. `loans` are all there are, by borrows_check().
 */
enum error_kind fines_check(struct ctx *ctx, const struct loan_index *loans,
                            void (*report)(void *argument, const char *finding), void *argument) MUST_CHECK;

/* Writes `settled` and `allocated` anew from the allocations. Writer only; before counters_rebuild(). */
enum error_kind fines_rebuild(struct ctx *ctx) MUST_CHECK;

#endif
