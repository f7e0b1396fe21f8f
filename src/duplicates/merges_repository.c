/*
 * merges_repository.c — merges as SQL.
 */
#include "duplicates/merges_repository.h"

#include "base/limits.h"
#include "db/engine.h"
#include "db/list.h"
#include "holds/merging_sql.h"

#define READERS_SHOWN "20" /* who stand in the way: one is enough to refuse */

/* ---- looking before -------------------------------------------------------------------------------------- */

#define COUNT_OF(table) "(SELECT count(*) FROM " table " WHERE book_id = :gone)"
#define DOUBLED(one, other)                                                     \
    "(SELECT count(*) FROM hold h INDEXED BY hold_queue WHERE h.book_id = " one \
    " AND " HOLD_IS_DOUBLED(other) ")"
#define HAS_ONE(table) "EXISTS (SELECT 1 FROM " table " WHERE book_id = "
#define GOES_OVER(table) HAS_ONE(table) ":gone) AND NOT " HAS_ONE(table) ":kept)"

SQL(PREVIEW,
    "SELECT " COUNT_OF("copy") ", " COUNT_OF(
        "borrow") ","
                  " (SELECT count(*) FROM borrow WHERE book_id = :gone AND returned_at IS NULL), " COUNT_OF(
                      "hold") ","
                              " (SELECT count(*) FROM hold WHERE book_id = :gone AND ended_at IS NULL), " COUNT_OF("title_watch") ", " COUNT_OF("review") ", " COUNT_OF(
                                  "reading_list_entry") ", " DOUBLED(":gone",
                                                                     ":kept") " + " DOUBLED(":kept",
                                                                                            ":gone") ","
                                                                                                     " (SELECT count(*) FROM hold WHERE book_id IN (:gone, :kept) AND ended_at IS NULL),"
                                                                                                     " " GOES_OVER("cover") ", " GOES_OVER(
                                                                                                         "book_marc"));

#define LENT(of, reader)                                                                \
    "EXISTS (SELECT 1 FROM borrow o WHERE o.member_id = " reader " AND o.book_id = " of \
    " AND o.returned_at IS NULL)"
#define READY(of, reader)                                                             \
    "EXISTS (SELECT 1 FROM hold o WHERE o.member_id = " reader " AND o.book_id = " of \
    " AND o.ended_at IS NULL AND o.status = 'ready')"

SQL(READERS,
    "SELECT m.uuid, m.name, m.card, x.reason FROM ("
    "SELECT w.member_id AS member_id, 'both_lent' AS reason FROM borrow w WHERE w.book_id = :gone"
    " AND w.returned_at IS NULL AND " LENT(
        ":kept",
        "w.member_id") " UNION ALL SELECT h.member_id, 'both_ready' FROM hold h WHERE h.book_id = :gone AND h.ended_at IS NULL"
                       " AND h.status = 'ready' AND " READY(
                           ":kept",
                           "h.member_id") " UNION ALL SELECT h.member_id, 'lent_and_ready' FROM hold h WHERE h.book_id = :gone AND h.ended_at IS NULL"
                                          " AND h.status = 'ready' AND " LENT(
                                              ":kept",
                                              "h.member_id") " UNION ALL SELECT h.member_id, 'lent_and_ready' FROM hold h WHERE h.book_id = :kept AND h.ended_at IS NULL"
                                                             " AND h.status = 'ready' AND " LENT(
                                                                 ":gone",
                                                                 "h.member_id") ") x JOIN member m ON m.id = x.member_id LIMIT " READERS_SHOWN);

/* ---- merges ---------------------------------------------------------------------------------------------- */

#define MERGE_COLUMNS "SELECT id, uuid, kept_id, gone_id, undone_at IS NOT NULL FROM title_merge "

SQL(FIND, MERGE_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_OF_GONE, MERGE_COLUMNS "WHERE gone_id = :gone AND undone_at IS NULL ORDER BY id DESC LIMIT 1");
SQL(INSERT_MERGE, "INSERT INTO title_merge (uuid, kept_id, gone_id, at, made_by)"
                  " VALUES (:uuid, :kept, :gone, :now, :actor)");
SQL(SET_UNDONE, "UPDATE title_merge SET undone_at = :now, undone_by = :actor WHERE id = :id");

SQL(NOTE, "INSERT INTO title_merge_move (title_merge_id, entity, entity_id, before)"
          " VALUES (:merge, :entity, :id, :before)");
SQL(MOVES, "SELECT entity_id, before FROM title_merge_move WHERE title_merge_id = :merge AND entity = :entity"
           " ORDER BY entity_id");
SQL(COPIES, "SELECT id, NULL FROM copy WHERE book_id = :book ORDER BY id");
SQL(CATEGORIES,
    "SELECT c.id, c.name FROM book_category g JOIN category c ON c.id = g.category_id"
    " WHERE g.book_id = :gone AND NOT EXISTS (SELECT 1 FROM book_category k WHERE k.book_id = :kept"
    " AND k.category_id = g.category_id) ORDER BY g.position");
SQL(MOVED_CATEGORIES, "SELECT c.id, c.name FROM title_merge_move m JOIN category c ON c.id = m.entity_id"
                      " WHERE m.title_merge_id = :merge AND m.entity = 'category'");
SQL(MOVE_MARC, "UPDATE book_marc SET book_id = :to WHERE book_id = :from"
               " AND NOT EXISTS (SELECT 1 FROM book_marc WHERE book_id = :to)");

/* clang-format off */
#define MOVED(entity) \
    "(SELECT count(*) FROM title_merge_move v WHERE v.title_merge_id = m.id AND v.entity = '" entity "')"

static const struct column merge_columns[] = {
    {"id", COLUMN_UUID, false, "m.uuid", "Id"},
    {"at", COLUMN_INSTANT, false, "m.at", "When"},
    {"made_by", COLUMN_TEXT, false, "m.made_by", "Who made one of two"},
    {"undone_at", COLUMN_INSTANT, true, "m.undone_at", "When it was undone; null: it was not"},
    {"undone_by", COLUMN_TEXT, true, "m.undone_by", "Who undid it"},
    {"copies", COLUMN_INTEGER, false, MOVED("copy"), "Copies that went over"},
    {"kept.id", COLUMN_UUID, false, "k.uuid", "The record that was kept"},
    {"kept.title", COLUMN_TEXT, false, "k.title", "Its title"},
    {"kept.author", COLUMN_TEXT, false, "k.author", "Its author"},
    {"kept.archived", COLUMN_BOOL, false, "k.deleted_at IS NOT NULL", "It is in the archive by now"},
    {"gone.id", COLUMN_UUID, false, "g.uuid", "The record that went to the archive"},
    {"gone.title", COLUMN_TEXT, false, "g.title", "Its title"},
    {"gone.author", COLUMN_TEXT, false, "g.author", "Its author"},
    {0},
};

static const struct list_sort merge_sorts[] = {{"at", "m.at", .descending = true}, {0}};

static const struct list_served merge_served[] = {
    {"", .total = "(SELECT coalesce(max(id), 0) FROM title_merge)", .known = "ids have no gaps: no merge is taken away"},
    {0},
};
/* clang-format on */

const struct listing merges_listing = {
    .name = "TitleMerge",
    .columns = merge_columns,
    .from = "title_merge m JOIN book k ON k.id = m.kept_id JOIN book g ON g.id = m.gone_id",
    .id = "m.id",
    .uuid = "m.uuid",
    .sorts = merge_sorts,
    .served = merge_served,
};

/* ---- looking before -------------------------------------------------------------------------------------- */

static struct stmt *bind_both(struct ctx *ctx, const struct sql *sql, int64_t gone_id, int64_t kept_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":gone", gone_id);
    bind_int(s, ":kept", kept_id);
    return s;
}

static enum error_kind read_readers(struct ctx *ctx, struct merge_preview *preview)
{
    struct stmt *s = bind_both(ctx, &READERS, preview->gone_id, preview->kept_id);
    struct merge_reader **last = &preview->readers;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct merge_reader *reader = arena_alloc(ctx->arena, sizeof *reader);
        *reader = (struct merge_reader){.uuid = column_uuid(s, 0),
                                        .name = column_text(s, 1),
                                        .card = column_text(s, 2),
                                        .reason = column_text(s, 3)};
        *last = reader;
        last = &reader->next;
    }
}

enum error_kind merges_repo_preview(struct ctx *ctx, struct merge_preview *preview)
{
    struct stmt *s = bind_both(ctx, &PREVIEW, preview->gone_id, preview->kept_id);
    bool found;

    TRY(db_row(s, &found));
    *preview = (struct merge_preview){.kept_id = preview->kept_id,
                                      .gone_id = preview->gone_id,
                                      .copies = column_int(s, 0),
                                      .loans = column_int(s, 1),
                                      .open_loans = column_int(s, 2),
                                      .holds = column_int(s, 3),
                                      .open_holds = column_int(s, 4),
                                      .watches = column_int(s, 5),
                                      .reviews = column_int(s, 6),
                                      .reading_lists = column_int(s, 7),
                                      .holds_cancelled = column_int(s, 8),
                                      .queue = column_int(s, 9),
                                      .cover = column_bool(s, 10),
                                      .marc = column_bool(s, 11)};
    return read_readers(ctx, preview);
}

/* ---- merges ---------------------------------------------------------------------------------------------- */

enum error_kind merges_repo_insert(struct ctx *ctx, const struct uuid *uuid, int64_t kept_id, int64_t gone_id,
                                   int64_t *out_id)
{
    struct stmt *s = bind_both(ctx, &INSERT_MERGE, gone_id, kept_id);

    bind_uuid(s, ":uuid", uuid);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind merges_repo_set_undone(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &SET_UNDONE);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    return db_run(s);
}

static enum error_kind read_merge(struct stmt *s, struct title_merge *out_merge, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_merge = (struct title_merge){.id = column_int(s, 0),
                                          .uuid = column_uuid(s, 1),
                                          .kept_id = column_int(s, 2),
                                          .gone_id = column_int(s, 3),
                                          .undone = column_bool(s, 4)};
    return OK;
}

enum error_kind merges_repo_find(struct ctx *ctx, const struct uuid *uuid, struct title_merge *out_merge,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return read_merge(s, out_merge, out_found);
}

enum error_kind merges_repo_find_of_gone(struct ctx *ctx, int64_t gone_id, struct title_merge *out_merge,
                                         bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_OF_GONE);

    bind_int(s, ":gone", gone_id);
    return read_merge(s, out_merge, out_found);
}

/* ---- what moved ------------------------------------------------------------------------------------------ */

static const char *const entities[] = {
    [MERGED_COPY] = "copy",
    [MERGED_HOLD] = "hold",
    [MERGED_WATCH] = "title_watch",
    [MERGED_REVIEW] = "review",
    [MERGED_READING_LIST] = "reading_list",
    [MERGED_CATEGORY] = "category",
    [MERGED_COVER] = "cover",
    [MERGED_MARC] = "book_marc",
    [MERGED_FIELD] = "field",
};

enum error_kind merges_repo_note(struct ctx *ctx, int64_t merge_id, enum merge_entity entity,
                                 int64_t entity_id, const char *before)
{
    struct stmt *s = db_statement(ctx, &NOTE);

    bind_int(s, ":merge", merge_id);
    bind_text(s, ":entity", entities[entity]);
    bind_int(s, ":id", entity_id);
    bind_text(s, ":before", before);
    return db_run(s);
}

static enum error_kind read_moves(struct ctx *ctx, struct stmt *s, struct merge_move **out_first)
{
    struct merge_move **last = out_first;
    bool found;

    *out_first = NULL;
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct merge_move *move = arena_alloc(ctx->arena, sizeof *move);
        *move = (struct merge_move){.entity_id = column_int(s, 0), .before = column_text(s, 1)};
        *last = move;
        last = &move->next;
    }
}

enum error_kind merges_repo_moves(struct ctx *ctx, int64_t merge_id, enum merge_entity entity,
                                  struct merge_move **out_first)
{
    struct stmt *s = db_statement(ctx, &MOVES);

    bind_int(s, ":merge", merge_id);
    bind_text(s, ":entity", entities[entity]);
    return read_moves(ctx, s, out_first);
}

enum error_kind merges_repo_copies(struct ctx *ctx, int64_t book_id, struct merge_move **out_first)
{
    struct stmt *s = db_statement(ctx, &COPIES);

    bind_int(s, ":book", book_id);
    return read_moves(ctx, s, out_first);
}

enum error_kind merges_repo_categories(struct ctx *ctx, int64_t gone_id, int64_t kept_id,
                                       struct merge_move **out_first)
{
    return read_moves(ctx, bind_both(ctx, &CATEGORIES, gone_id, kept_id), out_first);
}

enum error_kind merges_repo_moved_categories(struct ctx *ctx, int64_t merge_id, struct merge_move **out_first)
{
    struct stmt *s = db_statement(ctx, &MOVED_CATEGORIES);

    bind_int(s, ":merge", merge_id);
    return read_moves(ctx, s, out_first);
}

enum error_kind merges_repo_move_marc(struct ctx *ctx, int64_t from, int64_t to, bool *out_moved)
{
    struct stmt *s = db_statement(ctx, &MOVE_MARC);

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    TRY(db_run(s));
    *out_moved = db_changes(ctx) > 0;
    return OK;
}

enum error_kind merges_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &merges_listing, query, sink);
}

enum error_kind merges_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &merges_listing, id, sink);
}
