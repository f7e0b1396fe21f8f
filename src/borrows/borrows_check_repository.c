/*
 * borrows_check_repository.c — whole tables in the order in which they lie, without look-ups.
 */
#include "borrows/borrows_check_repository.h"

#include "base/limits.h"
#include "db/engine.h"
#include "db/table_rows.h"

#define CHECKING "--check looks at every row"

SQL_SCANNING(COPY_RANGE, CHECKING,
             "SELECT (SELECT min(id) FROM copy), (SELECT max(id) FROM copy),"
             " (SELECT count(*) FROM copy NOT INDEXED)");
SQL(RULE_RANGE, "SELECT (SELECT min(id) FROM loan_rule), (SELECT max(id) FROM loan_rule),"
                " (SELECT count(*) FROM loan_rule NOT INDEXED)");
SQL(LOAN_RANGE, "SELECT (SELECT min(id) FROM borrow), (SELECT max(id) FROM borrow), 0");
SQL_SCANNING(FAR_LOAN_RANGE, CHECKING,
             "SELECT (SELECT min(id) FROM borrow), (SELECT max(id) FROM borrow),"
             " (SELECT count(*) FROM borrow NOT INDEXED)");
SQL(RULES, "SELECT id FROM loan_rule NOT INDEXED ORDER BY id");
SQL(ACTOR_RANGE, "SELECT (SELECT min(id) FROM actor), (SELECT max(id) FROM actor),"
                 " (SELECT count(*) FROM actor NOT INDEXED)");
SQL(ACTORS, "SELECT id FROM actor NOT INDEXED ORDER BY id");
SQL(BARCODE, "SELECT barcode FROM copy WHERE id = :id");

/* Along the index of open loans, which is small; LEFT: who is not there is another finding. */
SQL_SCANNING(DOUBLES, CHECKING,
             "SELECT m.name, b.title, w.loans FROM"
             " (SELECT member_id, book_id, count(*) AS loans FROM borrow WHERE returned_at IS NULL"
             "  GROUP BY member_id, book_id HAVING count(*) > 1) w"
             " LEFT JOIN member m ON m.id = w.member_id LEFT JOIN book b ON b.id = w.book_id");

static enum error_kind read_range(struct ctx *ctx, const struct sql *sql, struct id_range *out_range)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    TRY(db_row(s, &found));
    *out_range = (struct id_range){column_int(s, 0), column_int(s, 1), (size_t)column_int(s, 2)};
    return OK;
}

enum error_kind borrows_check_repo_copy_range(struct ctx *ctx, struct id_range *out_range)
{
    return read_range(ctx, &COPY_RANGE, out_range);
}

enum error_kind borrows_check_repo_parent_range(struct ctx *ctx, enum loan_parent parent,
                                                struct id_range *out_range)
{
    return read_range(ctx, parent == LOAN_PARENT_RULE ? &RULE_RANGE : &ACTOR_RANGE, out_range);
}

/* Counting four million rows takes as long as reading them: where ids lie close there are at most as many. */
enum error_kind borrows_check_repo_loan_range(struct ctx *ctx, struct id_range *out_range)
{
    TRY(read_range(ctx, &LOAN_RANGE, out_range));
    uint64_t span = (uint64_t)out_range->last - (uint64_t)out_range->first;
    if (span >= CHECK_LOANS_SPAN_MAX)
        return read_range(ctx, &FAR_LOAN_RANGE, out_range);
    out_range->count = (size_t)span + 1;
    return OK;
}

static enum error_kind fail_order(struct ctx *ctx)
{
    return fail(ctx, LIBRARY_DAMAGED, "The library's file is damaged: its rows are not in order.");
}

enum error_kind borrows_check_repo_copies(
    struct ctx *ctx, bool (*each)(void *argument, int64_t id, int64_t book_id, bool on_loan), void *argument)
{
    static const char *const columns[] = {"id", "book_id", "status"};
    struct table_rows *rows;
    bool found;

    TRY(table_rows_begin(ctx, "copy", columns, 3, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        if (!each(argument, row_int(rows, 0), row_int(rows, 1), row_is(rows, 2, "on_loan")))
            return fail_order(ctx);
    }
}

enum error_kind borrows_check_repo_parents(struct ctx *ctx, enum loan_parent parent,
                                           bool (*each)(void *argument, int64_t id), void *argument)
{
    struct stmt *s = db_statement(ctx, parent == LOAN_PARENT_RULE ? &RULES : &ACTORS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        if (!each(argument, column_int(s, 0)))
            return fail_order(ctx);
    }
}

enum error_kind borrows_check_repo_borrows(struct ctx *ctx,
                                           void (*each)(void *argument, const struct checked_borrow *borrow),
                                           void *argument)
{
    static const char *const columns[] = {"copy_id", "book_id", "borrowed_at", "returned_at"};
    struct table_rows *rows;
    bool found;

    TRY(table_rows_begin(ctx, "borrow", columns, 4, &rows));
    for (;;) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            return OK;
        each(argument, &(struct checked_borrow){.copy_id = row_int(rows, 0),
                                                .book_id = row_int(rows, 1),
                                                .borrowed_at = row_int(rows, 2),
                                                .returned_at = row_number(rows, 3)});
    }
}

enum error_kind borrows_check_repo_barcode(struct ctx *ctx, int64_t copy_id, const char **out_barcode)
{
    struct stmt *s = db_statement(ctx, &BARCODE);
    bool found;

    bind_int(s, ":id", copy_id);
    TRY(db_row(s, &found));
    *out_barcode = found ? column_text(s, 0) : "?";
    return OK;
}

enum error_kind borrows_check_repo_doubles(struct ctx *ctx,
                                           void (*each)(void *argument, const char *member, const char *title,
                                                        int64_t borrows),
                                           void *argument)
{
    struct stmt *s = db_statement(ctx, &DOUBLES);
    bool found;

    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        const char *member = column_text(s, 0);
        const char *title = column_text(s, 1);
        each(argument, member ? member : "?", title ? title : "?", column_int(s, 2));
        arena_reset_to(ctx->arena, mark);
    }
}
