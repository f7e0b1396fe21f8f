/*
 * alerts_repository.c — a row for each; of each subject one that is not over.
 */
#include "alerts/alerts_repository.h"

#include <string.h>

#include "db/engine.h"

#define COLUMNS                                                                            \
    "SELECT id, uuid, subject, state, text, began_at, ended_at, told_at, seen_by, seen_at" \
    " FROM alert "

SQL(OPEN, COLUMNS "WHERE ended_at IS NULL ORDER BY subject");
SQL(ALL, COLUMNS "ORDER BY began_at DESC, id DESC LIMIT 200");
SQL(FIND, COLUMNS "WHERE uuid = :uuid");
SQL(INSERT_ALERT, "INSERT INTO alert (uuid, subject, state, text, began_at)"
                  " VALUES (:uuid, :subject, :state, :text, :began)");
SQL(UPDATE_ALERT, "UPDATE alert SET state = :state, text = :text, ended_at = :ended, told_at = :told"
                  " WHERE id = :id");
SQL(SET_SEEN, "UPDATE alert SET seen_by = :seen_by, seen_at = :seen_at WHERE id = :id");
SQL(SET_TOLD, "UPDATE alert SET told_at = :told WHERE id = :id");
SQL(PRUNE, "DELETE FROM alert WHERE began_at < :before AND ended_at IS NOT NULL");

_Static_assert(ALERTS_SHOWN_MAX == 200, "ALL says so in its text");

static int64_t or_null(int64_t instant)
{
    return instant ? instant : NO_NUMBER;
}

static void read_alert(struct stmt *s, struct alert *out_alert)
{
    *out_alert = (struct alert){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .subject = column_text(s, 2),
        .state = column_is(s, 3, "bad") ? HEALTH_BAD : HEALTH_WARN,
        .text = column_text(s, 4),
        .began_at = column_int(s, 5),
        .ended_at = column_int(s, 6),
        .told_at = column_int(s, 7),
        .seen_by = column_text(s, 8),
        .seen_at = column_int(s, 9),
    };
}

static enum error_kind read_all(struct ctx *ctx, struct stmt *s, struct alert **out_first)
{
    struct alert *first = NULL;
    struct alert **end = &first;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        *end = arena_alloc(ctx->arena, sizeof **end);
        read_alert(s, *end);
        end = &(*end)->next;
    }
    *out_first = first;
    return OK;
}

enum error_kind alerts_repo_open(struct ctx *ctx, struct alert **out_first)
{
    return read_all(ctx, db_statement(ctx, &OPEN), out_first);
}

enum error_kind alerts_repo_all(struct ctx *ctx, struct alert **out_first)
{
    return read_all(ctx, db_statement(ctx, &ALL), out_first);
}

enum error_kind alerts_repo_find(struct ctx *ctx, const struct uuid *uuid, struct alert *out_alert,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);
    bool found;

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, &found));
    if (found)
        read_alert(s, out_alert);
    *out_found = found;
    return OK;
}

enum error_kind alerts_repo_insert(struct ctx *ctx, struct alert *alert)
{
    struct stmt *s = db_statement(ctx, &INSERT_ALERT);

    alert->uuid = uuid_new(ctx->now);
    bind_uuid(s, ":uuid", &alert->uuid);
    bind_text(s, ":subject", alert->subject);
    bind_text(s, ":state", health_state_name(alert->state));
    bind_text(s, ":text", alert->text);
    bind_int(s, ":began", alert->began_at);
    TRY(db_run(s));
    alert->id = db_last_id(ctx);
    return OK;
}

enum error_kind alerts_repo_update(struct ctx *ctx, const struct alert *alert)
{
    struct stmt *s = db_statement(ctx, &UPDATE_ALERT);

    bind_int(s, ":id", alert->id);
    bind_text(s, ":state", health_state_name(alert->state));
    bind_text(s, ":text", alert->text);
    bind_number(s, ":ended", or_null(alert->ended_at));
    bind_number(s, ":told", or_null(alert->told_at));
    return db_run(s);
}

enum error_kind alerts_repo_set_seen(struct ctx *ctx, const struct alert *alert)
{
    struct stmt *s = db_statement(ctx, &SET_SEEN);

    bind_int(s, ":id", alert->id);
    bind_text(s, ":seen_by", alert->seen_by);
    bind_number(s, ":seen_at", or_null(alert->seen_at));
    return db_run(s);
}

enum error_kind alerts_repo_set_told(struct ctx *ctx, int64_t id, int64_t at)
{
    struct stmt *s = db_statement(ctx, &SET_TOLD);

    bind_int(s, ":id", id);
    bind_int(s, ":told", at);
    return db_run(s);
}

enum error_kind alerts_repo_prune(struct ctx *ctx, int64_t before, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &PRUNE);

    bind_int(s, ":before", before);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}
