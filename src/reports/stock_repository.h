/*
 * stock_repository.h — titles and copies as the reports of the stock count them: each walks the copies once.
 */
#ifndef CARREL_REPORTS_STOCK_REPOSITORY_H
#define CARREL_REPORTS_STOCK_REPOSITORY_H

#include "base/ctx.h"
#include "reports/report_rows.h"

enum stock_status {
    STOCK_AVAILABLE,
    STOCK_ON_LOAN,
    STOCK_ON_HOLD_SHELF,
    STOCK_IN_REPAIR,
    STOCK_LOST,
    STOCK_WITHDRAWN,
    STOCK_STATUS_COUNT,
};

struct stock_copy {
    int64_t id, book_id;
    enum stock_status status;
    int64_t price;       /* NO_NUMBER: not known */
    int64_t acquired_on; /* day; NO_NUMBER: not known */
    int64_t created_at;
    const void *shelf; /* not NUL-terminated */
    size_t shelf_length;
};
typedef enum error_kind stock_each_copy(void *argument, const struct stock_copy *copy);

/* All copies in the order of their records; `each` may fail. */
enum error_kind stock_repo_copies(struct ctx *ctx, int64_t deadline_ms, stock_each_copy *each,
                                  void *argument) MUST_CHECK;

/* Titles that are not archived: their ids, and when they were catalogued. */
enum error_kind stock_repo_titles(struct ctx *ctx,
                                  void (*each)(void *argument, int64_t id, int64_t created_at),
                                  void *argument) MUST_CHECK;

/* Runs of copies that an import made, by their first id, with the name of its file. Undone ones are left out. */
struct stock_import {
    int64_t first_id, last_id;
    const char *name;
};
enum error_kind stock_repo_imports(struct ctx *ctx, struct stock_import **out_imports,
                                   size_t *out_count) MUST_CHECK;

/* ---- what nobody borrows ------------------------------------------------------------------------------ */

enum dead_sort { DEAD_BY_LAST_LOAN, DEAD_BY_TITLE, DEAD_BY_SHELF };

struct dead_filter {
    int64_t before;                    /* instant: catalogued, and lent for the last time, before it */
    bool never;                        /* never lent at all */
    int64_t item_type_id, category_id; /* 0: any */
    enum dead_sort sort;
};

/* Titles with a copy of the stock and none out; `copies`: of the stock. */
enum error_kind stock_repo_dead(struct ctx *ctx, const struct dead_filter *filter,
                                void (*each)(void *argument, int64_t id, int64_t copies),
                                void *argument) MUST_CHECK;

struct dead_row {
    const char *title, *author, *item_type, *shelf, *barcodes;
    int64_t year, copies, loans;
    int64_t last_borrowed_at, created_at; /* the first NO_NUMBER: never */
    const uint8_t *uuid;
};
enum error_kind stock_repo_dead_row(struct ctx *ctx, int64_t id, struct dead_row *out_row,
                                    bool *out_found) MUST_CHECK;

/* ---- the year ----------------------------------------------------------------------------------------- */

/*
 * Copies that are lost or withdrawn now and became so in a stretch of time: by what the audit log says last of their
 * status, and where that is not when (lost by a reader, gone with a title's number of copies, imported so), by the last
 * change of their record.
 */
enum error_kind stock_repo_gone(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count) MUST_CHECK;

/* Members registered, and holds placed, in a stretch of time. */
enum error_kind stock_repo_registered(struct ctx *ctx, int64_t from, int64_t to,
                                      int64_t *out_count) MUST_CHECK;
enum error_kind stock_repo_holds(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count) MUST_CHECK;

#endif
