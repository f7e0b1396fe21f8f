/*
 * holds_check_service.h — are the promises of the queues kept? For --check.
 */
#ifndef CARREL_HOLDS_HOLDS_CHECK_SERVICE_H
#define CARREL_HOLDS_HOLDS_CHECK_SERVICE_H

#include "base/ctx.h"

/*
 * Calls `report` (as counters_check() does) for each copy on the hold shelf without a ready hold and each ready hold
 * without its copy there; for two open holds of a title with one place; for an open hold of an archived title or
 * member, or of a title that the member has at home. The numbers of holds are compared by counters_check().
 */
enum error_kind holds_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                            void *argument) MUST_CHECK;

#endif
