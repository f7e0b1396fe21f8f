/*
 * visits_service.h — people who came, as somebody counted them at the door: a number for a day.
 */
#ifndef CARREL_REPORTS_VISITS_SERVICE_H
#define CARREL_REPORTS_VISITS_SERVICE_H

#include "base/ctx.h"
#include "reports/reports.h"

/* Writes the number of a day, in place of one that was there. VALIDATION_ERROR for a day that is yet to come. Writer only. */
enum error_kind visits_put(struct ctx *ctx, int32_t day, int64_t visits) MUST_CHECK;

/*
 * Calls each() for every day with a number, in order: from … to (NO_NUMBER: 30 days up to today). INVALID_PARAMETER when
 * they are the wrong way round, or more than REPORT_DAYS_MAX days.
 */
enum error_kind visits_list(struct ctx *ctx, const struct visit_range *range,
                            void (*each)(void *argument, int32_t day, int64_t visits),
                            void *argument) MUST_CHECK;

/* Of a stretch of days; NO_NUMBER: nobody has counted on any. */
enum error_kind visits_sum(struct ctx *ctx, int32_t first, int32_t last, int64_t *out_visits) MUST_CHECK;

#endif
