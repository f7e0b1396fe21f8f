/*
 * visits_service.c — what is counted may be corrected for as long as one likes.
 */
#include "reports/visits_service.h"

#include "audit/audit_service.h"
#include "base/clock.h"
#include "reports/visits_repository.h"

#define SHOWN_DAYS 30

/* clang-format off */
const struct field visit_fields[] = {
    {"visits", FIELD_INTEGER, REQUIRED, 0, VISITS_MAX, AT(struct visit_facts, visits), "People who came on that day"},
    {0},
};

const struct field visit_range_fields[] = {
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct visit_range, from), "First day; without it, 30 days up to the last"},
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct visit_range, to), "Last day; without it, today"},
    {0},
};
/* clang-format on */

enum error_kind visits_put(struct ctx *ctx, int32_t day, int64_t visits)
{
    if (day > clock_day_of(ctx->now))
        error_field(ctx, "path", "day", "value", "must not be later than today");
    TRY(error_check_fields(ctx));
    TRY(visits_repo_put(ctx, day, visits));
    return audit_act(ctx, "visits.counted", "library", NO_NUMBER);
}

enum error_kind visits_list(struct ctx *ctx, const struct visit_range *range,
                            void (*each)(void *argument, int32_t day, int64_t visits), void *argument)
{
    int64_t last = range->to == NO_NUMBER ? clock_day_of(ctx->now) : range->to;
    int64_t first = range->from == NO_NUMBER ? last - SHOWN_DAYS + 1 : range->from;

    if (first > last)
        return fail(ctx, INVALID_PARAMETER, "Start date cannot be after end date.");
    if (last - first >= REPORT_DAYS_MAX)
        return fail(ctx, INVALID_PARAMETER, "A report can cover %d days at most; this one has %lld.",
                    REPORT_DAYS_MAX, (long long)(last - first + 1));
    return visits_repo_list(ctx, (int32_t)first, (int32_t)last, each, argument);
}

enum error_kind visits_sum(struct ctx *ctx, int32_t first, int32_t last, int64_t *out_visits)
{
    return visits_repo_sum(ctx, first, last, out_visits);
}
