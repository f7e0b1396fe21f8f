/*
 * report_rows.h — what reports are put together from: rows, ids of rows, groups by name, numbers by id.
 *
 * Whatever may be large is malloc's and goes with the arena; all else is the arena's.
 */
#ifndef CARREL_REPORTS_REPORT_ROWS_H
#define CARREL_REPORTS_REPORT_ROWS_H

#include "reports/reports.h"

/* ---- the result --------------------------------------------------------------------------------------- */

/* An empty one for this report and view; `query` is copied. */
struct report_result *report_result_new(struct ctx *ctx, const struct report *report,
                                        const struct report_view *view, const struct report_query *query);

/* As many cells as the view has columns; columns that are summed are added up. Texts are not copied. */
void report_add_row(struct ctx *ctx, struct report_result *result, const union report_cell *cells);

/* One more row, by its id. Its sums are the caller's business: report_total(). */
void report_add_id(struct ctx *ctx, struct report_result *result, int64_t id);

/* The place of a column of the view; it must be there. */
size_t report_column(const struct report_result *result, const char *name);
bool report_is_summed(const struct report_view *view, const char *name);
void report_set_total(struct report_result *result, const char *name, int64_t number);

bool report_is_by(const struct report_result *result, const char *view);
bool report_is_sorted_by(const struct report_result *result, const char *sort);

/* LIST_TOO_SLOW with advice once the deadline has passed. To be asked every now and then, not at each row. */
enum error_kind report_in_time(struct ctx *ctx, int64_t deadline_ms) MUST_CHECK;
#define REPORT_LOOK_ROWS 4096 /* so often it is asked */

/* ---- groups ------------------------------------------------------------------------------------------- */

/* Names, each with a number from 0, in the order in which they were met. */
struct report_groups {
    const char **names;
    size_t count;
    uint32_t *slots;
};

struct report_groups *report_groups_new(struct ctx *ctx);

/* The number of a name (not NUL-terminated; a new one is copied). INVALID_PARAMETER past REPORT_GROUPS_MAX. */
enum error_kind report_group(struct ctx *ctx, struct report_groups *groups, const void *name, size_t length,
                             uint32_t *out_group) MUST_CHECK;

/* The numbers of all groups in the order of their folded names; "" comes last. */
const uint32_t *report_groups_sorted(struct ctx *ctx, const struct report_groups *groups);

/* ---- a number for each id ----------------------------------------------------------------------------- */

#define NO_GROUP UINT32_MAX

struct report_ids {
    uint32_t *of; /* by id */
    int64_t end;  /* ids are below it */
};

/* All NO_GROUP. */
struct report_ids report_ids_new(struct ctx *ctx, int64_t largest_id);

static inline uint32_t report_ids_of(const struct report_ids *ids, int64_t id)
{
    return id >= 0 && id < ids->end ? ids->of[id] : NO_GROUP;
}

/* ---- days --------------------------------------------------------------------------------------------- */

/*
 * What is stored with its day keeps that day when the library moves to another zone, and its instant may lie on another one
 * then, so many days away at most (from UTC-12 to UTC+14). Who walks by instants asks for the day as well.
 */
#define REPORT_ZONE_DAYS 2

/* The day of an instant; of instants that come near each other without asking the zone each time. */
struct report_day_of {
    int64_t start, end; /* of the day before */
    int32_t day;
};

int32_t report_day_of(struct report_day_of *at, int64_t instant);

/* "2026-03", in the arena; months counted from year 0. */
int64_t report_month_of(int32_t day);
const char *report_month_name(struct ctx *ctx, int64_t month);
int32_t report_month_first(int64_t month);

#define REPORT_WEEKDAYS 7
extern const char *const report_weekdays[]; /* "monday" …, NULL */

#endif
