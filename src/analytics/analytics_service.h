/*
 * analytics_service.h — the dashboard and what it is made of (formulas: API.md "Analytics").
 *
 * All functions read, on any connection, in the caller's snapshot. None walks a large table: a summary of 30 days
 * takes milliseconds at four million loans, and one of ten years tens of them.
 */
#ifndef CARREL_ANALYTICS_ANALYTICS_SERVICE_H
#define CARREL_ANALYTICS_ANALYTICS_SERVICE_H

#include "analytics/analytics.h"
#include "base/ctx.h"
#include "base/row_sink.h"

/*
 * The range that a client means: NO_NUMBER for `from` is 30 days up to `to`, for `to` today. INVALID_PARAMETER when
 * it is the wrong way round or longer than ANALYTICS_DAYS_MAX.
 */
enum error_kind analytics_range(struct ctx *ctx, int64_t from, int64_t to,
                                struct day_range *out_range) MUST_CHECK;

enum error_kind analytics_overview(struct ctx *ctx, struct overview *out_overview,
                                   struct overdue_figures *out_overdue) MUST_CHECK;
enum error_kind analytics_inventory(struct ctx *ctx, struct inventory_health *out_inventory) MUST_CHECK;
enum error_kind analytics_trends(struct ctx *ctx, const struct day_range *range,
                                 struct trends *out_trends) MUST_CHECK;

/* From the seven days up to today. */
enum error_kind analytics_forecast(struct ctx *ctx, struct forecast *out_forecast) MUST_CHECK;

/* At most `max` (≤ ANALYTICS_TOP_MAX), most loans first. */
enum error_kind analytics_top_members(struct ctx *ctx, const struct day_range *range, size_t max,
                                      struct favourite_members *out_members) MUST_CHECK;
enum error_kind analytics_popular_books(struct ctx *ctx, const struct day_range *range, size_t max,
                                        struct favourite_books *out_books) MUST_CHECK;

/* The last loans and returns together, latest first, at most `max` (≤ ANALYTICS_ACTIVITY_MAX). */
enum error_kind analytics_activity(struct ctx *ctx, size_t max, struct activities *out_activities) MUST_CHECK;

enum error_kind analytics_summary(struct ctx *ctx, const struct day_range *range,
                                  struct summary *out_summary) MUST_CHECK;

/* Of a title or member that is not archived: BOOK_NOT_FOUND, MEMBER_NOT_FOUND. */
enum error_kind analytics_of_book(struct ctx *ctx, const struct uuid *book,
                                  struct book_analytics *out_analytics) MUST_CHECK;
enum error_kind analytics_of_member(struct ctx *ctx, const struct uuid *member,
                                    struct member_analytics *out_analytics) MUST_CHECK;

/* The same of a title with who has it and who had it; the title itself as a row of books_listing. */
enum error_kind analytics_details_of_book(struct ctx *ctx, const struct uuid *book,
                                          struct book_details *out_details) MUST_CHECK;
enum error_kind analytics_show_book(struct ctx *ctx, const struct book_details *details,
                                    struct row_sink *sink) MUST_CHECK;

#endif
