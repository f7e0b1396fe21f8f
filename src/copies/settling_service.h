/*
 * settling_service.h — where copies are after records of loans or holds were lost.
 */
#ifndef CARREL_COPIES_SETTLING_SERVICE_H
#define CARREL_COPIES_SETTLING_SERVICE_H

#include "base/ctx.h"

/*
 * A copy with an open loan is lent, one with a ready hold stands on the hold shelf, and one that was either and has
 * nothing to show for it is available: somebody will find it on the shelf, or miss it. Writer only; counters_rebuild()
 * afterwards.
 */
enum error_kind copies_settle(struct ctx *ctx) MUST_CHECK;

#endif
