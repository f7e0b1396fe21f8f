/*
 * lending_repository.h — loans, renewals and readers as the reports of circulation count them.
 */
#ifndef CARREL_REPORTS_LENDING_REPOSITORY_H
#define CARREL_REPORTS_LENDING_REPOSITORY_H

#include "base/ctx.h"
#include "reports/report_rows.h"

/* A day as daily_stat has it; days without a loan or return are left out. */
struct lending_day {
    int32_t day;
    int64_t loans, returns, members;
};
enum error_kind lending_repo_days(struct ctx *ctx, int32_t first, int32_t last,
                                  void (*each)(void *argument, const struct lending_day *day),
                                  void *argument) MUST_CHECK;

/* When loans were made, in order; renewals, in no order. Instants, both ends included. */
typedef void lending_instant(void *argument, int64_t at);
enum error_kind lending_repo_loans(struct ctx *ctx, int64_t from, int64_t to, int64_t deadline_ms,
                                   lending_instant *each, void *argument) MUST_CHECK;
enum error_kind lending_repo_renewals(struct ctx *ctx, int64_t from, int64_t to, int64_t deadline_ms,
                                      lending_instant *each, void *argument) MUST_CHECK;

/* Loans that were due on the days first … last, but for those that ended because the copy is lost. */
struct due_loan {
    int32_t due_day;
    int64_t returned_day; /* NO_NUMBER: still out */
    int64_t member_id;    /* 0: forgotten */
};
enum error_kind lending_repo_due(struct ctx *ctx, int32_t first, int32_t last, int64_t deadline_ms,
                                 void (*each)(void *argument, const struct due_loan *loan),
                                 void *argument) MUST_CHECK;

/* Readers that are not archived and were registered up to an instant. */
struct lending_member {
    int64_t id;
    int64_t created_at;
    bool has_borrowed; /* ever */
};
enum error_kind lending_repo_members(struct ctx *ctx, int64_t until,
                                     void (*each)(void *argument, const struct lending_member *member),
                                     void *argument) MUST_CHECK;

/*
 * The titles by author: calls each() once for an author, with the sum of `counts` (by id of a title, below `end`) over
 * their titles, and one of these. Authors without a count are left out.
 */
struct author_sum {
    int64_t book_id;
    int64_t titles; /* with a count */
    int64_t loans;
};
enum error_kind lending_repo_authors(struct ctx *ctx, const uint32_t *counts, int64_t end,
                                     void (*each)(void *argument, const struct author_sum *author),
                                     void *argument) MUST_CHECK;

struct title_facts {
    const uint8_t *uuid;
    const char *title, *author, *item_type;
    int64_t copies;
};
enum error_kind lending_repo_title(struct ctx *ctx, int64_t id, struct title_facts *out_title) MUST_CHECK;

/* ---- overdue ------------------------------------------------------------------------------------------ */

struct overdue_filter {
    int64_t member_type_id; /* 0: any */
    const char *group;      /* NULL: any */
    int64_t due_before;     /* day: due on an earlier one */
    int64_t steps;          /* urged at least so often */
    int32_t today;
    bool by_name;
};

/* The loans that are overdue in order, each with what it costs by now. */
enum error_kind lending_repo_overdue(struct ctx *ctx, const struct overdue_filter *filter,
                                     void (*each)(void *argument, int64_t id, int64_t fine),
                                     void *argument) MUST_CHECK;

struct overdue_row {
    const char *name, *card, *phone, *email, *member_type, *group;
    const char *title, *author, *barcode, *shelf;
    int64_t due_day, steps, fine, balance;
    const uint8_t *member_uuid, *book_uuid;
};
enum error_kind lending_repo_overdue_row(struct ctx *ctx, int64_t id, int32_t today,
                                         struct overdue_row *out_row, bool *out_found) MUST_CHECK;

#endif
