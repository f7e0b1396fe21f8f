/*
 * metrics_service.h — everything that /metrics tells beside what the routes have counted.
 */
#ifndef CARREL_ADMIN_METRICS_SERVICE_H
#define CARREL_ADMIN_METRICS_SERVICE_H

#include "admin/metrics.h"
#include "base/ctx.h"

enum error_kind metrics_borrow_gauges(struct ctx *ctx, struct borrow_gauges *out_gauges) MUST_CHECK;

/*
 * All figures, in the arena; `page_bytes`: of the pages that are compiled in. In a few milliseconds, on a read connection.
 * Of health one looks at a time, and others who ask meanwhile are told what was found last (nothing before the first look
 * has ended): a folder on a network that does not answer keeps one worker, not all.
 */
enum error_kind metrics_look(struct ctx *ctx, size_t page_bytes,
                             const struct metric_list **out_list) MUST_CHECK;

#endif
