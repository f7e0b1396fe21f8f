/*
 * stock_repository.c — copies and titles in the order in which they lie.
 */
#include "reports/stock_repository.h"

#include <string.h>

#include "db/engine.h"

SQL_SCANNING(COPIES, "each copy once, for a report",
             "SELECT id, book_id, status, price, acquired_on, created_at, shelf FROM copy NOT INDEXED");
SQL_SCANNING(TITLES, "each title once, for a report",
             "SELECT id, created_at FROM book INDEXED BY book_by_created WHERE deleted_at IS NULL");
SQL_SCANNING(
    IMPORTS, "one row for each run of copies that a file made",
    "SELECT m.first_id, m.last_id, b.name FROM import_made m JOIN import_batch b ON b.id = m.batch_id"
    " WHERE m.entity = 'copy' AND b.status <> 'undone' ORDER BY m.first_id");

#define OF_STOCK "c.status NOT IN ('lost', 'withdrawn')"
#define SHELF_OF                                                                                  \
    "(SELECT c.shelf FROM copy c WHERE c.book_id = b.id AND " OF_STOCK " AND c.shelf IS NOT NULL" \
    " ORDER BY c.shelf LIMIT 1)"

#define DEAD                                                                            \
    "SELECT b.id, b.total_copies FROM book b NOT INDEXED WHERE b.deleted_at IS NULL"    \
    " AND b.total_copies > 0 AND b.open_borrows = 0 AND b.created_at < :before"         \
    " AND coalesce(b.last_borrowed_at, 0) < iif(:never, 1, :before)"                    \
    " AND (:type = 0 OR b.item_type_id = :type) AND (:category = 0 OR EXISTS (SELECT 1" \
    " FROM book_category k WHERE k.book_id = b.id AND k.category_id = :category)) ORDER BY "

#define SORTED "each title once, and what is found is sorted"
SQL_SCANNING(DEAD_LAST_LOAN, SORTED, DEAD "coalesce(b.last_borrowed_at, 0), b.created_at, b.id");
SQL_SCANNING(DEAD_TITLE, SORTED, DEAD "b.title_key, b.id");
SQL_SCANNING(DEAD_SHELF, SORTED, DEAD "coalesce(" SHELF_OF ", char(0x10FFFF)), b.title_key, b.id");

SQL_SCANNING(DEAD_ROW, "sorts the shelves of one title's copies",
             "SELECT b.title, b.author, t.code, " SHELF_OF
             ", (SELECT group_concat(c.barcode, ' ') FROM copy c"
             " WHERE c.book_id = b.id AND " OF_STOCK
             "), b.year, b.total_copies, b.borrow_count, b.last_borrowed_at,"
             " b.created_at, b.uuid FROM book b JOIN item_type t ON t.id = b.item_type_id"
             " WHERE b.id = :id AND b.deleted_at IS NULL");

SQL(GONE, "SELECT count(*) FROM copy c INDEXED BY copy_aside_by_created"
          " WHERE c.status NOT IN ('available', 'on_loan') AND c.status IN ('lost', 'withdrawn')"
          " AND coalesce((SELECT iif(instr(a.after, '\"status\":\"' || c.status || '\"') > 0, a.at, NULL)"
          " FROM audit_log a INDEXED BY audit_log_by_entity WHERE a.entity = 'copy' AND a.entity_id = c.id"
          " AND (a.action = 'copy.found' OR instr(a.after, '\"status\":\"') > 0)"
          " ORDER BY a.id DESC LIMIT 1), c.updated_at) BETWEEN :from AND :to");
SQL(REGISTERED, "SELECT (SELECT count(*) FROM member INDEXED BY member_by_created WHERE deleted_at IS NULL"
                " AND created_at BETWEEN :from AND :to) + (SELECT count(*) FROM member"
                " INDEXED BY member_archived_by_created WHERE deleted_at IS NOT NULL"
                " AND created_at BETWEEN :from AND :to)");
SQL(HOLDS, "SELECT count(*) FROM hold INDEXED BY hold_by_placed WHERE placed_at BETWEEN :from AND :to");

static enum stock_status status_of(const char *name, size_t length)
{
    static const char *const names[] = {"available", "on_loan", "on_hold_shelf",
                                        "in_repair", "lost",    "withdrawn"};

    for (int i = 0; i < STOCK_STATUS_COUNT; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return (enum stock_status)i;
    return STOCK_WITHDRAWN;
}

enum error_kind stock_repo_copies(struct ctx *ctx, int64_t deadline_ms, stock_each_copy *each, void *argument)
{
    struct stmt *s = db_statement(ctx, &COPIES);
    bool found;

    for (int64_t row = 0;; row++) {
        size_t length;
        if (row % REPORT_LOOK_ROWS == 0)
            TRY(report_in_time(ctx, deadline_ms));
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct stock_copy copy = {.id = column_int(s, 0), .book_id = column_int(s, 1)};
        const void *status = column_bytes(s, 2, &length);
        copy.status = status_of(status, length);
        copy.price = column_number(s, 3);
        copy.acquired_on = column_number(s, 4);
        copy.created_at = column_int(s, 5);
        copy.shelf = column_bytes(s, 6, &copy.shelf_length);
        TRY(each(argument, &copy));
    }
}

enum error_kind stock_repo_titles(struct ctx *ctx,
                                  void (*each)(void *argument, int64_t id, int64_t created_at),
                                  void *argument)
{
    struct stmt *s = db_statement(ctx, &TITLES);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0), column_int(s, 1));
    }
}

enum error_kind stock_repo_imports(struct ctx *ctx, struct stock_import **out_imports, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &IMPORTS);
    size_t room = 16;
    struct stock_import *imports = arena_alloc_array(ctx->arena, room, sizeof *imports);
    bool found;

    for (*out_count = 0;; ++*out_count) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (*out_count == room) {
            struct stock_import *grown = arena_alloc_array(ctx->arena, 2 * room, sizeof *grown);
            memcpy(grown, imports, room * sizeof *grown);
            imports = grown;
            room *= 2;
        }
        imports[*out_count] = (struct stock_import){column_int(s, 0), column_int(s, 1), column_text(s, 2)};
    }
    *out_imports = imports;
    return OK;
}

/* ---- what nobody borrows -------------------------------------------------------------------------------- */

enum error_kind stock_repo_dead(struct ctx *ctx, const struct dead_filter *filter,
                                void (*each)(void *argument, int64_t id, int64_t copies), void *argument)
{
    static const struct sql *const statements[] = {
        [DEAD_BY_LAST_LOAN] = &DEAD_LAST_LOAN, [DEAD_BY_TITLE] = &DEAD_TITLE, [DEAD_BY_SHELF] = &DEAD_SHELF};
    struct stmt *s = db_statement(ctx, statements[filter->sort]);
    bool found;

    bind_int(s, ":before", filter->before);
    bind_bool(s, ":never", filter->never);
    bind_int(s, ":type", filter->item_type_id);
    bind_int(s, ":category", filter->category_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, column_int(s, 0), column_int(s, 1));
    }
}

enum error_kind stock_repo_dead_row(struct ctx *ctx, int64_t id, struct dead_row *out_row, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &DEAD_ROW);

    bind_int(s, ":id", id);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    struct uuid uuid = column_uuid(s, 10);
    *out_row = (struct dead_row){.title = column_text(s, 0),
                                 .author = column_text(s, 1),
                                 .item_type = column_text(s, 2),
                                 .shelf = column_text(s, 3),
                                 .barcodes = column_text(s, 4),
                                 .year = column_number(s, 5),
                                 .copies = column_int(s, 6),
                                 .loans = column_int(s, 7),
                                 .last_borrowed_at = column_number(s, 8),
                                 .created_at = column_int(s, 9),
                                 .uuid = arena_memdup(ctx->arena, &uuid, sizeof uuid)};
    return OK;
}

/* ---- the year ------------------------------------------------------------------------------------------- */

static enum error_kind count(struct ctx *ctx, const struct sql *sql, int64_t from, int64_t to,
                             int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind stock_repo_gone(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count)
{
    return count(ctx, &GONE, from, to, out_count);
}

enum error_kind stock_repo_registered(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count)
{
    return count(ctx, &REGISTERED, from, to, out_count);
}

enum error_kind stock_repo_holds(struct ctx *ctx, int64_t from, int64_t to, int64_t *out_count)
{
    return count(ctx, &HOLDS, from, to, out_count);
}
