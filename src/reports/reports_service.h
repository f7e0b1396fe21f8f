/*
 * reports_service.h — which reports there are, and making one.
 *
 *     TRY(reports_find(ctx, "circulation", &report));
 *     TRY(reports_read_query(ctx, report, given, count, &query));
 *     TRY(reports_make(ctx, report, &query, &result));
 *     TRY(reports_rows(ctx, result, 0, REPORT_ROWS_MAX, sink));
 *
 * All of it reads, on any connection. Making one takes milliseconds from what is counted day by day and month by
 * month, and up to REPORT_MS where loans or copies are looked at one by one; then it is LIST_TOO_SLOW with advice.
 */
#ifndef CARREL_REPORTS_REPORTS_SERVICE_H
#define CARREL_REPORTS_REPORTS_SERVICE_H

#include "base/listing.h"
#include "reports/reports.h"

/* Ends with NULL. */
extern const struct report *const reports_table[];

/* REPORT_NOT_FOUND "There is no report “x”." */
enum error_kind reports_find(struct ctx *ctx, const char *name, const struct report **out_report) MUST_CHECK;

/* Does it take this one of report_fields? */
bool report_takes(const struct report *report, const char *parameter);

/*
 * The parameters that the report takes from those given (others are passed over): each of its type and bounds, `by` a
 * view, `sort` one of its orders. INVALID_PARAMETER.
 */
enum error_kind reports_read_query(struct ctx *ctx, const struct report *report,
                                   const struct list_parameter *given, size_t count,
                                   struct report_query *out_query) MUST_CHECK;

/* The same of one text, "period=last_month&limit=50"; a parameter that the report does not take is refused, too. */
enum error_kind reports_parse_query(struct ctx *ctx, const struct report *report, const char *text,
                                    struct report_query *out_query) MUST_CHECK;

/*
 * Makes it. INVALID_PARAMETER: "Start date cannot be after end date.", a range that is too long, an item type or a
 * category that there is not. LIST_TOO_SLOW. BUSY while REPORTS_AT_ONCE others are being made.
 */
enum error_kind reports_make(struct ctx *ctx, const struct report *report, const struct report_query *query,
                             struct report_result **out_result) MUST_CHECK;

/* Hands `max` rows to the sink, from number `first` on (0: the first). What has gone since is left out. */
enum error_kind reports_rows(struct ctx *ctx, const struct report_result *result, size_t first, size_t max,
                             struct row_sink *sink) MUST_CHECK;

/* One row of sums under the columns that are summed; the others are null. */
void reports_totals(const struct report_result *result, struct row_sink *sink);
bool reports_has_totals(const struct report_result *result);

#endif
