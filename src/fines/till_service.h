/*
 * till_service.h — the till of a day, and reports. Both only read, in milliseconds whatever the library's age.
 */
#ifndef CARREL_FINES_TILL_SERVICE_H
#define CARREL_FINES_TILL_SERVICE_H

#include "base/ctx.h"
#include "fines/till.h"

/* Which days a client means; NO_NUMBER: not given. */
struct till_query {
    int64_t day, from, to;
};

/*
 * What was taken, by day and method: of one `day`, or from one to another; without any, today. `from` alone goes up
 * to today, `to` alone is one day. INVALID_PARAMETER for a day together with a range, the wrong way round, or
 * longer than TILL_DAYS_MAX.
 */
enum error_kind till_days(struct ctx *ctx, const struct till_query *query, struct till *out_till) MUST_CHECK;

/*
 * What was charged, paid and waived from one day to another (without `from`: 30 days up to `to`; without `to`: today),
 * and what is owed now. INVALID_PARAMETER for the wrong way round, or longer than ANALYTICS_DAYS_MAX.
 */
enum error_kind till_report(struct ctx *ctx, const struct till_query *query,
                            struct fines_report *out_report) MUST_CHECK;

#endif
