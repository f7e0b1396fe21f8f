/*
 * stock_report_service.h — reports of what there is: inventory, acquisitions, dead_stock; and what came in one year.
 */
#ifndef CARREL_REPORTS_STOCK_REPORT_SERVICE_H
#define CARREL_REPORTS_STOCK_REPORT_SERVICE_H

#include "reports/reports.h"

extern const struct report inventory_report;
extern const struct report acquisitions_report;
extern const struct report dead_stock_report;

/* Copies that were acquired on the days first … last (without a date of acquisition: catalogued), whatever became of them. */
enum error_kind stock_added(struct ctx *ctx, int32_t first, int32_t last, int64_t deadline_ms,
                            int64_t *out_copies) MUST_CHECK;

#endif
