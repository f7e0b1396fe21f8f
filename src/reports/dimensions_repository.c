/*
 * dimensions_repository.c — one walk over titles or readers each.
 */
#include "reports/dimensions_repository.h"

#include <string.h>

#include "base/text.h"
#include "db/engine.h"

#define EACH_TITLE "each title once, for a report"
#define EACH_READER "each reader once, for a report"

SQL(LARGEST_BOOK, "SELECT max(id) FROM book");
SQL(LARGEST_MEMBER, "SELECT max(id) FROM member");

SQL_SCANNING(
    ITEM_TYPES, EACH_TITLE,
    "SELECT b.id, t.code, 0 FROM book b NOT INDEXED CROSS JOIN item_type t ON t.id = b.item_type_id");
SQL_SCANNING(LANGUAGES, EACH_TITLE, "SELECT id, coalesce(language, ''), 0 FROM book NOT INDEXED");
SQL_SCANNING(CATEGORIES, EACH_TITLE,
             "SELECT k.book_id, c.name, k.position FROM book_category k CROSS JOIN category c"
             " ON c.id = k.category_id ORDER BY k.book_id");
SQL_SCANNING(MEMBER_TYPES, EACH_READER,
             "SELECT m.id, t.code, 0 FROM member m NOT INDEXED CROSS JOIN member_type t"
             " ON t.id = m.member_type_id");
SQL_SCANNING(GROUPS, EACH_READER, "SELECT id, coalesce(group_name, ''), 0 FROM member NOT INDEXED");

SQL(ITEM_TYPE, "SELECT id FROM item_type WHERE code = :name");
SQL(MEMBER_TYPE, "SELECT id FROM member_type WHERE code = :name");
SQL(CATEGORY, "SELECT id FROM category WHERE name_key = :name");

SQL_SCANNING(TITLES_OF_TYPE, EACH_TITLE,
             "SELECT b.id FROM book b NOT INDEXED WHERE b.item_type_id = :type AND (:category = 0 OR EXISTS"
             " (SELECT 1 FROM book_category k WHERE k.book_id = b.id AND k.category_id = :category))");
SQL(TITLES_OF_CATEGORY, "SELECT book_id FROM book_category WHERE category_id = :category");

static enum error_kind read_id(struct stmt *s, int64_t *out_id)
{
    bool found;

    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

/* Of several rows of one title the one with the lowest position counts. */
static enum error_kind read_groups(struct ctx *ctx, struct stmt *s, struct report_groups *groups,
                                   struct report_ids *ids)
{
    int64_t before = -1;
    int64_t position = 0;
    bool found;

    for (;;) {
        size_t length;
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        int64_t id = column_int(s, 0);
        if (id >= ids->end || (id == before && column_int(s, 2) >= position))
            continue;
        before = id;
        position = column_int(s, 2);
        const void *name = column_bytes(s, 1, &length);
        TRY(report_group(ctx, groups, name, length, &ids->of[id]));
    }
}

enum error_kind dimensions_repo_read(struct ctx *ctx, enum report_dimension dimension,
                                     struct report_groups *groups, struct report_ids *out_ids)
{
    static const struct sql *const statements[] = {[BY_ITEM_TYPE] = &ITEM_TYPES,
                                                   [BY_CATEGORY] = &CATEGORIES,
                                                   [BY_LANGUAGE] = &LANGUAGES,
                                                   [BY_MEMBER_TYPE] = &MEMBER_TYPES,
                                                   [BY_GROUP] = &GROUPS};
    int64_t largest;

    TRY(read_id(db_statement(ctx, dimension >= BY_MEMBER_TYPE ? &LARGEST_MEMBER : &LARGEST_BOOK), &largest));
    *out_ids = report_ids_new(ctx, largest);
    return read_groups(ctx, db_statement(ctx, statements[dimension]), groups, out_ids);
}

static enum error_kind find(struct ctx *ctx, const struct sql *sql, const char *name, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_text(s, ":name", name);
    return read_id(s, out_id);
}

enum error_kind dimensions_repo_item_type(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return find(ctx, &ITEM_TYPE, code, out_id);
}

enum error_kind dimensions_repo_member_type(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return find(ctx, &MEMBER_TYPE, code, out_id);
}

enum error_kind dimensions_repo_category(struct ctx *ctx, const char *name, int64_t *out_id)
{
    return find(ctx, &CATEGORY, text_fold(ctx->arena, name), out_id);
}

enum error_kind dimensions_repo_titles(struct ctx *ctx, int64_t item_type_id, int64_t category_id,
                                       struct row_set *out_set)
{
    int64_t largest;
    bool found;

    TRY(read_id(db_statement(ctx, &LARGEST_BOOK), &largest));
    struct row_set set = row_set_new(ctx->arena, largest + 1);
    struct stmt *s = db_statement(ctx, item_type_id ? &TITLES_OF_TYPE : &TITLES_OF_CATEGORY);
    if (item_type_id)
        bind_int(s, ":type", item_type_id);
    bind_int(s, ":category", category_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (column_int(s, 0) < set.end)
            row_set_add(&set, column_int(s, 0));
    }
    *out_set = set;
    return OK;
}
