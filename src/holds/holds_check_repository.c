/*
 * holds_check_repository.c — along the small indexes of what is open and what lies on the hold shelf.
 */
#include "holds/holds_check_repository.h"

#include "db/engine.h"

#define CHECKING "--check looks at every open hold"

#define PEOPLE "LEFT JOIN member m ON m.id = h.member_id LEFT JOIN book b ON b.id = h.book_id"

/* The partial index's own condition as well, which the planner does not derive. */
SQL(SHELF_HAS_HOLDS,
    "SELECT c.barcode, (SELECT title FROM book WHERE id = c.book_id) FROM copy c"
    " WHERE c.status = 'on_hold_shelf' AND c.status NOT IN ('available', 'on_loan') AND NOT EXISTS"
    " (SELECT 1 FROM hold h WHERE h.copy_id = c.id AND h.status = 'ready' AND h.book_id = c.book_id)");

SQL(READY_HAS_COPY,
    "SELECT m.name, b.title FROM hold h LEFT JOIN copy c ON c.id = h.copy_id " PEOPLE
    " WHERE h.status = 'ready' AND (c.status IS NOT 'on_hold_shelf' OR c.book_id IS NOT h.book_id)");

SQL_SCANNING(
    PLACE_IS_ONES, CHECKING,
    "SELECT m.name, b.title FROM (SELECT min(member_id) AS member_id, book_id FROM hold INDEXED BY hold_queue"
    " WHERE ended_at IS NULL GROUP BY book_id, place HAVING count(*) > 1) h " PEOPLE);

SQL_SCANNING(OF_LIVE_RECORDS, CHECKING,
             "SELECT m.name, b.title FROM hold h INDEXED BY hold_queue " PEOPLE
             " WHERE h.ended_at IS NULL AND (m.deleted_at IS NOT NULL OR b.deleted_at IS NOT NULL)");

SQL_SCANNING(NOT_AT_HOME, CHECKING,
             "SELECT m.name, b.title FROM hold h INDEXED BY hold_queue " PEOPLE
             " WHERE h.ended_at IS NULL AND EXISTS (SELECT 1 FROM borrow w WHERE w.member_id = h.member_id"
             " AND w.book_id = h.book_id AND w.returned_at IS NULL)");

static const struct sql *const statements[HOLD_PROMISES] = {
    [HOLD_SHELF_HAS_HOLDS] = &SHELF_HAS_HOLDS, [HOLD_READY_HAS_COPY] = &READY_HAS_COPY,
    [HOLD_PLACE_IS_ONES] = &PLACE_IS_ONES,     [HOLD_OF_LIVE_RECORDS] = &OF_LIVE_RECORDS,
    [HOLD_NOT_AT_HOME] = &NOT_AT_HOME,
};

enum error_kind holds_check_repo_broken(struct ctx *ctx, enum hold_promise promise,
                                        void (*each)(void *argument, enum hold_promise promise,
                                                     const char *first, const char *second),
                                        void *argument)
{
    struct stmt *s = db_statement(ctx, statements[promise]);
    bool found;

    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        const char *first = column_text(s, 0);
        const char *second = column_text(s, 1);
        each(argument, promise, first ? first : "?", second ? second : "?");
        arena_reset_to(ctx->arena, mark);
    }
}
