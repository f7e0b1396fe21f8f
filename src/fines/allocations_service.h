/*
 * allocations_service.h — settling charges with payments and waivers: the arithmetic of the ledger.
 */
#ifndef CARREL_FINES_ALLOCATIONS_SERVICE_H
#define CARREL_FINES_ALLOCATIONS_SERVICE_H

#include "base/ctx.h"
#include "fines/fines.h"

/* A member's open charges, oldest first; NULL: none. */
enum error_kind allocations_open(struct ctx *ctx, int64_t member_id,
                                 struct open_charge **out_first) MUST_CHECK;

/* What is open of them in all. */
int64_t allocations_sum(const struct open_charge *charges);

/*
 * Settles the charges in their order with what the credit has left; both say afterwards what remains. Keeps
 * COUNTER_CHARGES_OPEN. Writer only.
 */
enum error_kind allocations_settle(struct ctx *ctx, struct credit *credit,
                                   struct open_charge *charges) MUST_CHECK;

/* The same with all that the member has to their credit. */
enum error_kind allocations_use_credit(struct ctx *ctx, int64_t member_id,
                                       struct open_charge *charges) MUST_CHECK;

#endif
