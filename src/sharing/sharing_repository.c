/*
 * sharing_repository.c — the index of titles by their last change is the order of a harvest: what changes while it goes
 * on comes again at its end.
 */
#include "sharing/sharing_repository.h"

#include "db/engine.h"

SQL(CHANGED_TITLES,
    "SELECT id, updated_at FROM book WHERE (updated_at, id) > (:at, :id) AND updated_at <= :until"
    " ORDER BY updated_at, id LIMIT :max");
SQL(EARLIEST_CHANGE, "SELECT min(updated_at) FROM book");

enum error_kind sharing_repo_changed(struct ctx *ctx, int64_t after_at, int64_t after_id, int64_t until,
                                     size_t max, struct changed_title *out_titles, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &CHANGED_TITLES);
    size_t count = 0;
    bool found;

    bind_int(s, ":at", after_at);
    bind_int(s, ":id", after_id);
    bind_int(s, ":until", until);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_titles[count++] = (struct changed_title){column_int(s, 0), column_int(s, 1)};
    }
    *out_count = count;
    return OK;
}

enum error_kind sharing_repo_earliest(struct ctx *ctx, int64_t *out_at)
{
    struct stmt *s = db_statement(ctx, &EARLIEST_CHANGE);
    bool found;

    TRY(db_row(s, &found));
    *out_at = found ? column_number(s, 0) : NO_NUMBER;
    return OK;
}
