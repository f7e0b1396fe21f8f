/*
 * lending_report_service.h — reports of what is lent: circulation, popular, engagement, overdue_patterns, overdue.
 */
#ifndef CARREL_REPORTS_LENDING_REPORT_SERVICE_H
#define CARREL_REPORTS_LENDING_REPORT_SERVICE_H

#include "reports/reports.h"

extern const struct report circulation_report;
extern const struct report popular_report;
extern const struct report engagement_report;
extern const struct report patterns_report;
extern const struct report overdue_report;

/* The ids behind the codes and names of a query; 0: not given. INVALID_PARAMETER for what there is not. */
enum error_kind report_item_type(struct ctx *ctx, const struct report_query *query,
                                 int64_t *out_id) MUST_CHECK;
enum error_kind report_category(struct ctx *ctx, const struct report_query *query,
                                int64_t *out_id) MUST_CHECK;
enum error_kind report_member_type(struct ctx *ctx, const struct report_query *query,
                                   int64_t *out_id) MUST_CHECK;

#endif
