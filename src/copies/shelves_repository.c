/*
 * shelves_repository.c — shelves as ranges of the index copy_by_shelf, and what is known of a copy in the hand.
 */
#include "copies/shelves_repository.h"

#include "db/engine.h"

SQL(BORROW_OF_COPY,
    "SELECT w.uuid, w.due_at, m.uuid, m.name, m.card FROM borrow w"
    " LEFT JOIN member m ON m.id = w.member_id WHERE w.copy_id = :copy AND w.returned_at IS NULL");
SQL(HOLD_OF_COPY, "SELECT h.uuid, h.pickup_day, m.uuid, m.name, m.card FROM hold h"
                  " LEFT JOIN member m ON m.id = h.member_id WHERE h.copy_id = :copy AND h.status = 'ready'");
SQL(COUNT_WAITING, "SELECT count(*) FROM hold INDEXED BY hold_queue"
                   " WHERE book_id = :book AND status = 'waiting' AND ended_at IS NULL");

SQL(MOVE_SHELF, "UPDATE copy SET shelf = :to, updated_at = :now, version = version + 1 WHERE id IN"
                " (SELECT id FROM copy WHERE shelf = :from LIMIT :max)");
SQL(NEXT_SHELF, "SELECT shelf FROM copy WHERE shelf > :after ORDER BY shelf LIMIT 1");
SQL(COUNT_SHELF, "SELECT count(*) FROM copy WHERE shelf = :shelf");

static struct scanned_reader read_reader(struct stmt *s, int at)
{
    struct scanned_reader reader = {.name = column_text(s, at + 1), .card = column_text(s, at + 2)};

    if (reader.name)
        reader.uuid = column_uuid(s, at);
    return reader;
}

enum error_kind shelves_repo_scan_borrow(struct ctx *ctx, struct copy_scan *scan)
{
    struct stmt *s = db_statement(ctx, &BORROW_OF_COPY);

    bind_int(s, ":copy", scan->copy.id);
    TRY(db_row(s, &scan->is_lent));
    if (!scan->is_lent)
        return OK;
    scan->borrow_id = column_uuid(s, 0);
    scan->due_at = column_int(s, 1);
    scan->borrower = read_reader(s, 2);
    return OK;
}

enum error_kind shelves_repo_scan_hold(struct ctx *ctx, struct copy_scan *scan)
{
    struct stmt *s = db_statement(ctx, &HOLD_OF_COPY);
    bool found;

    bind_int(s, ":copy", scan->copy.id);
    TRY(db_row(s, &scan->is_held));
    if (scan->is_held) {
        scan->hold_id = column_uuid(s, 0);
        scan->pickup_day = column_int(s, 1);
        scan->holder = read_reader(s, 2);
    }
    s = db_statement(ctx, &COUNT_WAITING);
    bind_int(s, ":book", scan->copy.book_id);
    TRY(db_row(s, &found));
    scan->holds_waiting = column_int(s, 0);
    return OK;
}

enum error_kind shelves_repo_move_shelf(struct ctx *ctx, const char *from, const char *to, int64_t max,
                                        int64_t *out_moved)
{
    struct stmt *s = db_statement(ctx, &MOVE_SHELF);

    bind_text(s, ":from", from);
    bind_text(s, ":to", to);
    bind_int(s, ":max", max);
    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_moved = db_changes(ctx);
    return OK;
}

enum error_kind shelves_repo_next_shelf(struct ctx *ctx, const char *after, const char **out_name,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_SHELF);

    bind_text(s, ":after", after);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_name = column_text(s, 0);
    return OK;
}

enum error_kind shelves_repo_count_shelf(struct ctx *ctx, const char *shelf, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_SHELF);
    bool found;

    bind_text(s, ":shelf", shelf);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}
