/*
 * import_undo_repository.c — one look at all that may name a title.
 */
#include "catalogue_io/import_undo_repository.h"

#include "db/engine.h"

#define HAS(table, column) "EXISTS (SELECT 1 FROM " table " WHERE " column " = :id)"

/* clang-format off */
SQL(TITLE_TIES,
    "SELECT " HAS("borrow", "book_id") ", " HAS("hold", "book_id") ", " HAS("title_watch", "book_id") ", "
    HAS("reading_list_entry", "book_id") ", " HAS("review", "book_id") ", "
    HAS("title_merge", "kept_id") " OR " HAS("title_merge", "gone_id") ", "
    "EXISTS (SELECT 1 FROM copy c WHERE c.book_id = :id"
    " AND c.created_at <> (SELECT created_at FROM book WHERE id = :id))");
/* clang-format on */
SQL_SCANNING(TITLE_APART, "pairs of titles that somebody has told apart: few",
             "SELECT EXISTS (SELECT 1 FROM title_pair_apart WHERE first_id = :id OR second_id = :id)");
/*
 * Whoever changes a title leaves an audit row that names it; an import what it has changed. A name that was changed in
 * many titles at once is one row for all: then each that came before it may be meant.
 */
SQL(TITLE_EDITED,
    "SELECT EXISTS (SELECT 1 FROM audit_log WHERE entity = 'book' AND entity_id = :id)"
    " OR EXISTS (SELECT 1 FROM import_changed WHERE batch_id IN (SELECT id FROM import_batch WHERE id <> :batch)"
    "  AND entity = 'book' AND entity_id = :id)"
    " OR EXISTS (SELECT 1 FROM audit_log WHERE action IN ('author.renamed', 'category.joined', 'category.removed')"
    "  AND action NOT IN ('borrow.lent', 'borrow.returned')"
    "  AND at >= (SELECT created_at FROM book WHERE id = :id))");
SQL(NEXT_COPY, "SELECT c.id FROM copy c WHERE c.book_id = :id AND c.id > :after"
               " AND c.created_at = (SELECT created_at FROM book WHERE id = :id) ORDER BY c.id LIMIT 1");
SQL(FORGET_CHANGED, "DELETE FROM import_changed WHERE batch_id IN (SELECT id FROM import_batch)"
                    " AND entity = :entity AND entity_id = :id");
SQL(STOCKTAKE_OPEN, "SELECT EXISTS (SELECT 1 FROM stocktake WHERE finished_at IS NULL)");

#define EDITS_TOO "'edits_too' || char(9) || '1' || char(10)"
SQL(BEGIN_UNDO, "UPDATE import_batch SET status = 'undoing', undone_by = :actor,"
                " summary = coalesce(summary, '') || iif(:edits_too, " EDITS_TOO ", '') WHERE id = :id");
SQL(UNDOES_EDITS, "SELECT instr(coalesce(summary, ''), " EDITS_TOO ") > 0 FROM import_batch WHERE id = :id");
SQL(END_UNDO, "UPDATE import_batch SET status = 'undone', undone_at = :now WHERE id = :id");

static enum error_kind ask(struct ctx *ctx, const struct sql *sql, int64_t id, int64_t *out_value)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    if (id)
        bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    *out_value = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind import_repo_title_ties(struct ctx *ctx, int64_t book_id, struct title_ties *out_ties)
{
    struct stmt *s = db_statement(ctx, &TITLE_TIES);
    int64_t apart;
    bool found;

    bind_int(s, ":id", book_id);
    TRY(db_row(s, &found));
    *out_ties = (struct title_ties){.lent = column_bool(s, 0),
                                    .held = column_bool(s, 1),
                                    .watched = column_bool(s, 2),
                                    .listed = column_bool(s, 3),
                                    .reviewed = column_bool(s, 4),
                                    .merged = column_bool(s, 5),
                                    .more_copies = column_bool(s, 6)};
    TRY(ask(ctx, &TITLE_APART, book_id, &apart));
    out_ties->merged = out_ties->merged || apart;
    return OK;
}

enum error_kind import_repo_title_edited(struct ctx *ctx, int64_t batch_id, int64_t book_id, bool *out_edited)
{
    struct stmt *s = db_statement(ctx, &TITLE_EDITED);
    bool found;

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":id", book_id);
    TRY(db_row(s, &found));
    *out_edited = column_bool(s, 0);
    return OK;
}

enum error_kind import_repo_next_copy(struct ctx *ctx, int64_t book_id, int64_t after, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &NEXT_COPY);
    bool found;

    bind_int(s, ":id", book_id);
    bind_int(s, ":after", after);
    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind import_repo_forget_changed(struct ctx *ctx, const char *entity, int64_t id)
{
    struct stmt *s = db_statement(ctx, &FORGET_CHANGED);

    bind_text(s, ":entity", entity);
    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind import_repo_stocktake_open(struct ctx *ctx, bool *out_open)
{
    int64_t open;

    TRY(ask(ctx, &STOCKTAKE_OPEN, 0, &open));
    *out_open = open > 0;
    return OK;
}

enum error_kind import_repo_begin_undo(struct ctx *ctx, int64_t batch_id, bool edits_too)
{
    struct stmt *s = db_statement(ctx, &BEGIN_UNDO);

    bind_int(s, ":id", batch_id);
    bind_bool(s, ":edits_too", edits_too);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    return db_run(s);
}

enum error_kind import_repo_undoes_edits(struct ctx *ctx, int64_t batch_id, bool *out_edits_too)
{
    int64_t edits_too;

    TRY(ask(ctx, &UNDOES_EDITS, batch_id, &edits_too));
    *out_edits_too = edits_too > 0;
    return OK;
}

enum error_kind import_repo_end_undo(struct ctx *ctx, int64_t batch_id)
{
    struct stmt *s = db_statement(ctx, &END_UNDO);

    bind_int(s, ":id", batch_id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}
