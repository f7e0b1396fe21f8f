/*
 * renewals_repository.c — renewals as SQL.
 */
#include "borrows/renewals_repository.h"

#include "base/clock.h"
#include "borrows/borrow_row_repository.h"
#include "borrows/renewals.h"
#include "db/engine.h"
#include "db/list.h"

SQL(INSERT_RENEWAL,
    "INSERT INTO renewal (borrow_id, at, due_day_before, due_day_after, fine, way, renewed_by)"
    " VALUES (:borrow, :at, :due_day_before, :due_day_after, :fine, :way, :renewed_by)");

SQL(RENEW_BORROW, "UPDATE borrow SET due_day = :due_day, due_at = :due_at, renewals = renewals + 1,"
                  " fine_before = :fine_before, overdue_step = 0 WHERE id = :id");

SQL(NEXT_DUE, "SELECT " BORROW_COLUMNS " FROM borrow INDEXED BY borrow_open_by_due"
              " WHERE returned_at IS NULL AND due_at >= :from AND due_at <= :to"
              " AND (due_at, id) > (:after_due_at, :after_id) ORDER BY due_at, id LIMIT :max");

/* In two look-ups: the first renewal since then says when it was due, all of them what they had cost. */
SQL(SINCE,
    "SELECT (SELECT due_day_before FROM renewal WHERE borrow_id = :borrow AND at > :at ORDER BY id LIMIT 1),"
    " (SELECT coalesce(sum(fine), 0) FROM renewal WHERE borrow_id = :borrow AND at > :at)");

/* clang-format off */
static const struct column columns[] = {
    {"at", COLUMN_INSTANT, false, "n.at", "When"},
    {"due_day_before", COLUMN_DAY, false, "n.due_day_before", "Due before"},
    {"due_day_after", COLUMN_DAY, false, "n.due_day_after", "Due from then on"},
    {"fine", COLUMN_MONEY, false, "n.fine", "What lateness had cost since the last renewal"},
    {"way", COLUMN_TEXT, false, "n.way", "desk, reader, or automatic"},
    {"renewed_by", COLUMN_TEXT, false, "n.renewed_by", "Who"},
    {0},
};
/* clang-format on */

/* In the order in which they happened. */
static const struct list_sort sorts[] = {{"at", "n.id"}, {0}};

static const struct list_filter filters[] = {
    {".borrow_id", FILTER_INTEGER, "n.borrow_id = :borrow_id"},
    {0},
};

static const struct list_served served[] = {
    {"", .total = "(SELECT coalesce(max(id), 0) FROM renewal)",
     .known = "ids have no gaps: no renewal is taken away"},
    {".borrow_id", .known = "a loan's renewals in an index", .index = "renewal_by_borrow"},
    {0},
};

const struct listing renewals_listing = {
    .name = "Renewal",
    .columns = columns,
    .from = "renewal n",
    .id = "n.id",
    .sorts = sorts,
    .filters = filters,
    .served = served,
};

enum error_kind renewals_repo_insert(struct ctx *ctx, const struct new_renewal *renewal)
{
    struct stmt *s = db_statement(ctx, &INSERT_RENEWAL);

    bind_int(s, ":borrow", renewal->borrow_id);
    bind_int(s, ":at", ctx->now);
    bind_int(s, ":due_day_before", renewal->due_day_before);
    bind_int(s, ":due_day_after", renewal->due_day_after);
    bind_int(s, ":fine", renewal->fine);
    bind_text(s, ":way", renewal->way);
    bind_text(s, ":renewed_by", ctx->actor.name);
    TRY(db_run(s));
    s = db_statement(ctx, &RENEW_BORROW);
    bind_int(s, ":id", renewal->borrow_id);
    bind_int(s, ":due_day", renewal->due_day_after);
    bind_int(s, ":due_at", renewal->due_at);
    bind_int(s, ":fine_before", renewal->fine_before);
    return db_run(s);
}

enum error_kind renewals_repo_due(struct ctx *ctx, int32_t day, int64_t after_due_at, int64_t after_id,
                                  size_t max, struct borrow *out_borrows, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &NEXT_DUE);

    bind_int(s, ":from", clock_day_start(day));
    bind_int(s, ":to", clock_day_end(day));
    bind_int(s, ":after_due_at", after_due_at);
    bind_int(s, ":after_id", after_id);
    bind_int(s, ":max", (int64_t)max);
    return borrow_rows(s, max, out_borrows, out_count);
}

enum error_kind renewals_repo_since(struct ctx *ctx, int64_t borrow_id, int64_t at, int64_t *out_due_day,
                                    int64_t *out_fine)
{
    struct stmt *s = db_statement(ctx, &SINCE);
    bool found;

    bind_int(s, ":borrow", borrow_id);
    bind_int(s, ":at", at);
    TRY(db_row(s, &found));
    *out_due_day = column_number(s, 0);
    *out_fine = column_int(s, 1);
    return OK;
}

enum error_kind renewals_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &renewals_listing, query, sink);
}
