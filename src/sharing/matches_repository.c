/*
 * matches_repository.c — ids alone, from indexes: sets of them are put together by the service.
 */
#include "sharing/matches_repository.h"

#include "base/limits.h"
#include "db/engine.h"

SQL(LAST_TITLE, "SELECT coalesce(max(id), 0) FROM book");
SQL(MATCH_WORDS, "SELECT rowid FROM book_search WHERE book_search MATCH :words");
SQL(MATCH_IDENTIFIER, "SELECT id FROM book WHERE isbn = :isbn");
SQL(MATCH_YEARS,
    "SELECT id FROM book WHERE coalesce(year, -9999) BETWEEN :from AND :to AND deleted_at IS NULL");
SQL_SCANNING(MATCH_LANGUAGE,
             "few harvest by language, and an index for them would be written by every cataloguer",
             "SELECT id FROM book NOT INDEXED WHERE language = :language COLLATE NOCASE"
             " OR substr(language, 1, length(:language) + 1) = :language || '-' COLLATE NOCASE");
SQL(MATCH_ARCHIVED, "SELECT id FROM book INDEXED BY book_archived_by_created WHERE deleted_at IS NOT NULL"
                    " AND created_at >= :first");

static enum error_kind add_all(struct stmt *s, struct row_set *set)
{
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        int64_t id = column_int(s, 0);
        if (id >= 0 && id < set->end && !row_set_has(set, id))
            row_set_add(set, id);
    }
}

enum error_kind matches_repo_end(struct ctx *ctx, int64_t *out_end)
{
    struct stmt *s = db_statement(ctx, &LAST_TITLE);
    bool found;

    TRY(db_row(s, &found));
    *out_end = column_int(s, 0) + 1;
    return OK;
}

enum error_kind matches_repo_words(struct ctx *ctx, const char *words, struct row_set *set)
{
    struct stmt *s = db_statement(ctx, &MATCH_WORDS);

    bind_text(s, ":words", words);
    return add_all(s, set);
}

enum error_kind matches_repo_identifier(struct ctx *ctx, const char *isbn, struct row_set *set)
{
    struct stmt *s = db_statement(ctx, &MATCH_IDENTIFIER);

    bind_text(s, ":isbn", isbn);
    return add_all(s, set);
}

enum error_kind matches_repo_years(struct ctx *ctx, int64_t from, int64_t to, struct row_set *set)
{
    struct stmt *s = db_statement(ctx, &MATCH_YEARS);

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    return add_all(s, set);
}

enum error_kind matches_repo_language(struct ctx *ctx, const char *language, struct row_set *set)
{
    struct stmt *s = db_statement(ctx, &MATCH_LANGUAGE);

    bind_text(s, ":language", language);
    return add_all(s, set);
}

enum error_kind matches_repo_archived(struct ctx *ctx, struct row_set *set)
{
    struct stmt *s = db_statement(ctx, &MATCH_ARCHIVED);

    bind_int(s, ":first", INT64_MIN);
    return add_all(s, set);
}
