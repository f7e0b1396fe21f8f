/*
 * settling_service.h — the ledger after rows of it were lost.
 */
#ifndef CARREL_FINES_SETTLING_SERVICE_H
#define CARREL_FINES_SETTLING_SERVICE_H

#include "base/ctx.h"

/*
 * fines_settle(): allocations that have lost a side go, and sums are those of the allocations that are left; then
 * counters_rebuild(), and after it fines_use_credits(): what was paid is used for charges that are open again. A lost
 * receipt leaves a gap in the numbers, which is written down. Writer only.
 */
enum error_kind fines_settle(struct ctx *ctx) MUST_CHECK;
enum error_kind fines_use_credits(struct ctx *ctx) MUST_CHECK;

#endif
