/*
 * terms_repository.c — a small table: at most SEARCH_TERM_KEPT_MAX rows, and what one job's run may add.
 */
#include "search/terms_repository.h"

#include "db/engine.h"

SQL(ADD_TERM,
    "INSERT INTO search_term (term_key, term, asked, asked_on) VALUES (:key, :term, 1, :day)"
    " ON CONFLICT (term_key) DO UPDATE SET asked = asked + 1, term = excluded.term, asked_on = excluded.asked_on");
SQL(LIST_TERMS, "SELECT term, asked FROM search_term WHERE asked >= :least"
                " ORDER BY asked DESC, term_key DESC LIMIT :max");
SQL(REMOVE_BEFORE, "DELETE FROM search_term WHERE term_key IN"
                   " (SELECT term_key FROM search_term WHERE asked_on < :day LIMIT :max)");
SQL_SCANNING(COUNT_TERMS, "it is kept short", "SELECT count(*) FROM search_term");
SQL_SCANNING(REMOVE_LEAST, "it is kept short",
             "DELETE FROM search_term WHERE term_key IN"
             " (SELECT term_key FROM search_term ORDER BY asked, asked_on LIMIT :max)");

enum error_kind terms_repo_add(struct ctx *ctx, const char *key, const char *term, int32_t day)
{
    struct stmt *s = db_statement(ctx, &ADD_TERM);

    bind_text(s, ":key", key);
    bind_text(s, ":term", term);
    bind_int(s, ":day", day);
    return db_run(s);
}

enum error_kind terms_repo_list(struct ctx *ctx, int64_t least, size_t max, struct popular_query *out_queries,
                                size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &LIST_TERMS);
    size_t count = 0;
    bool found;

    bind_int(s, ":least", least);
    bind_int(s, ":max", (int64_t)max);
    for (; count < max; count++) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_queries[count] = (struct popular_query){column_text(s, 0), column_int(s, 1)};
    }
    *out_count = count;
    return OK;
}

enum error_kind terms_repo_remove_before(struct ctx *ctx, int32_t day, int64_t max, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &REMOVE_BEFORE);

    bind_int(s, ":day", day);
    bind_int(s, ":max", max);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind terms_repo_remove_past(struct ctx *ctx, int64_t kept, int64_t max, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &COUNT_TERMS);
    bool found;

    TRY(db_row(s, &found));
    int64_t over = found ? column_int(s, 0) - kept : 0;
    *out_removed = 0;
    if (over <= 0)
        return OK;
    s = db_statement(ctx, &REMOVE_LEAST);
    bind_int(s, ":max", over < max ? over : max);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}
