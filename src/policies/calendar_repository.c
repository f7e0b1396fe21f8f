/*
 * calendar_repository.c — opening hours, closures and the days made of them as SQL.
 */
#include "policies/calendar_repository.h"

#include "db/engine.h"
#include "db/list.h"
#include "policies/calendar_sql.h"

#define CLOSURE_COLUMNS "SELECT id, uuid, kind, first_day, last_day, yearly, name FROM closed_day "

SQL(OPENINGS, "SELECT weekday, opens, closes FROM opening_hours ORDER BY weekday, opens");
SQL(REMOVE_OPENINGS, "DELETE FROM opening_hours");
SQL(INSERT_OPENING, "INSERT INTO opening_hours (weekday, opens, closes) VALUES (:weekday, :opens, :closes)");

SQL(COUNT_CLOSURES, "SELECT count(*) FROM closed_day");
SQL(CLOSURES, CLOSURE_COLUMNS "ORDER BY id");
SQL(FIND_CLOSURE, CLOSURE_COLUMNS "WHERE uuid = :uuid");
SQL(GET_CLOSURE, CLOSURE_COLUMNS "WHERE id = :id");
SQL(INSERT_CLOSURE,
    "INSERT INTO closed_day (uuid, kind, first_day, last_day, yearly, name, created_at, created_by)"
    " VALUES (:uuid, :kind, :first_day, :last_day, :yearly, :name, :now, :actor)");
SQL(DELETE_CLOSURE, "DELETE FROM closed_day WHERE id = :id");

SQL(ROW, "SELECT day, open, costs FROM calendar WHERE day = :day");
SQL(ROWS, "SELECT day, open, costs FROM calendar ORDER BY day");
SQL(FIRST_OPEN, "SELECT CASE WHEN (SELECT open FROM calendar WHERE day = :first) = 0"
                " THEN (SELECT day FROM calendar WHERE day > :first AND day <= :last AND open = 1"
                " ORDER BY day LIMIT 1) ELSE :first END");
SQL(FINE_DAYS, "SELECT " CALENDAR_FINE_DAYS(":due", ":back"));
SQL(CLOSED_DAY_COSTS, "SELECT c.costs - coalesce((SELECT costs FROM calendar WHERE day = c.day - 1), 0)"
                      " FROM calendar c WHERE c.open = 0 ORDER BY c.day LIMIT 1");
SQL(CLEAR, "DELETE FROM calendar");
SQL(INSERT_ROW, "INSERT INTO calendar (day, open, costs) VALUES (:day, :open, :costs)");
SQL(SET_OPEN, "UPDATE calendar SET open = :open WHERE day = :day");
SQL(SHIFT_COSTS, "UPDATE calendar SET costs = costs + :by WHERE day BETWEEN :first AND :last");

/* ---- the listing ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column closure_columns[] = {
    {"id", COLUMN_UUID, false, "d.uuid", "Id"},
    {"kind", COLUMN_TEXT, false, "d.kind", "closure, or an exceptional opening, which wins over every closure"},
    {"first_day", COLUMN_DAY, false, "d.first_day", "The first day"},
    {"last_day", COLUMN_DAY, false, "d.last_day", "The last day"},
    {"yearly", COLUMN_BOOL, false, "d.yearly", "It comes again every year from the first on"},
    {"name", COLUMN_TEXT, false, "d.name", "What readers are told"},
    {"created_at", COLUMN_INSTANT, false, "d.created_at", "When it was entered"},
    {0},
};
/* clang-format on */

static const struct list_sort closure_sorts[] = {{"first_day", "d.first_day", false, false}, {0}};

const struct listing closures_listing = {
    .name = "Closure",
    .columns = closure_columns,
    .from = "closed_day d",
    .id = "d.id",
    .uuid = "d.uuid",
    .sorts = closure_sorts,
};

enum error_kind calendar_repo_list_closures(struct ctx *ctx, const struct list_query *query,
                                            struct row_sink *sink)
{
    return list_run(ctx, &closures_listing, query, sink);
}

enum error_kind calendar_repo_show_closure(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &closures_listing, id, sink);
}

/* ---- what decides ---------------------------------------------------------------------------------- */

enum error_kind calendar_repo_hours(struct ctx *ctx, struct opening_hours *out_hours)
{
    struct stmt *s = db_statement(ctx, &OPENINGS);
    struct opening_hours hours = {.count = 0};
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (hours.count == OPENINGS_MAX)
            return fail(ctx, INTERNAL, "There are more opening hours than a week can have.");
        hours.items[hours.count++] = (struct opening){column_int(s, 0), column_int(s, 1), column_int(s, 2)};
    }
    *out_hours = hours;
    return OK;
}

enum error_kind calendar_repo_set_hours(struct ctx *ctx, const struct opening_hours *hours)
{
    TRY(db_run(db_statement(ctx, &REMOVE_OPENINGS)));
    for (size_t i = 0; i < hours->count; i++) {
        struct stmt *s = db_statement(ctx, &INSERT_OPENING);
        bind_int(s, ":weekday", hours->items[i].weekday);
        bind_int(s, ":opens", hours->items[i].opens);
        bind_int(s, ":closes", hours->items[i].closes);
        TRY(db_run(s));
    }
    return OK;
}

static struct closure read_closure(struct stmt *s)
{
    return (struct closure){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .facts = {.kind = column_text(s, 2),
                  .first_day = column_int(s, 3),
                  .last_day = column_int(s, 4),
                  .yearly = column_bool(s, 5),
                  .name = column_text(s, 6)},
    };
}

enum error_kind calendar_repo_closures(struct ctx *ctx, const struct closure **out_closures,
                                       size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_CLOSURES);
    size_t count = 0;
    bool found;

    TRY(db_row(s, &found));
    int64_t expected = column_int(s, 0);
    if (expected > CLOSURES_MAX)
        return fail(ctx, INTERNAL, "There are more closures than a library can have.");
    struct closure *closures = arena_alloc_array(ctx->arena, (size_t)expected + 1, sizeof *closures);
    for (s = db_statement(ctx, &CLOSURES); count <= (size_t)expected; count++) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        closures[count] = read_closure(s);
    }
    *out_closures = closures;
    *out_count = count;
    return OK;
}

static enum error_kind one_closure(struct stmt *s, struct closure *out_closure, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_closure = read_closure(s);
    return OK;
}

enum error_kind calendar_repo_find_closure(struct ctx *ctx, const struct uuid *uuid,
                                           struct closure *out_closure, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_CLOSURE);

    bind_uuid(s, ":uuid", uuid);
    return one_closure(s, out_closure, out_found);
}

enum error_kind calendar_repo_get_closure(struct ctx *ctx, int64_t id, struct closure *out_closure,
                                          bool *out_found)
{
    struct stmt *s = db_statement(ctx, &GET_CLOSURE);

    bind_int(s, ":id", id);
    return one_closure(s, out_closure, out_found);
}

enum error_kind calendar_repo_insert_closure(struct ctx *ctx, const struct closure_facts *facts,
                                             struct closure *out_closure)
{
    struct stmt *s = db_statement(ctx, &INSERT_CLOSURE);
    struct closure closure = {.uuid = uuid_new(ctx->now), .facts = *facts};

    bind_uuid(s, ":uuid", &closure.uuid);
    bind_text(s, ":kind", facts->kind);
    bind_int(s, ":first_day", facts->first_day);
    bind_int(s, ":last_day", facts->last_day);
    bind_bool(s, ":yearly", facts->yearly);
    bind_text(s, ":name", facts->name);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    TRY(db_run(s));
    closure.id = db_last_id(ctx);
    *out_closure = closure;
    return OK;
}

enum error_kind calendar_repo_delete_closure(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_CLOSURE);

    bind_int(s, ":id", id);
    return db_run(s);
}

/* ---- the days -------------------------------------------------------------------------------------- */

static struct calendar_row read_row(struct stmt *s)
{
    return (struct calendar_row){(int32_t)column_int(s, 0), column_bool(s, 1), column_int(s, 2)};
}

enum error_kind calendar_repo_row(struct ctx *ctx, int32_t day, struct calendar_row *out_row, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &ROW);

    bind_int(s, ":day", day);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_row = read_row(s);
    return OK;
}

enum error_kind calendar_repo_first_open(struct ctx *ctx, int32_t first, int32_t last, int32_t *out_day,
                                         bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIRST_OPEN);
    bool row;

    bind_int(s, ":first", first);
    bind_int(s, ":last", last);
    TRY(db_row(s, &row));
    *out_found = !column_is_null(s, 0);
    if (*out_found)
        *out_day = (int32_t)column_int(s, 0);
    return OK;
}

enum error_kind calendar_repo_fine_days(struct ctx *ctx, int32_t due_day, int32_t back_day, int64_t *out_days)
{
    struct stmt *s = db_statement(ctx, &FINE_DAYS);
    bool row;

    bind_int(s, ":due", due_day);
    bind_int(s, ":back", back_day);
    TRY(db_row(s, &row));
    *out_days = column_int(s, 0);
    return OK;
}

enum error_kind calendar_repo_closed_days_cost(struct ctx *ctx, bool *out_cost, bool *out_known)
{
    struct stmt *s = db_statement(ctx, &CLOSED_DAY_COSTS);

    TRY(db_row(s, out_known));
    *out_cost = *out_known && column_int(s, 0) != 0;
    return OK;
}

enum error_kind calendar_repo_clear(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR));
}

enum error_kind calendar_repo_set_open(struct ctx *ctx, int32_t day, bool open)
{
    struct stmt *s = db_statement(ctx, &SET_OPEN);

    bind_int(s, ":day", day);
    bind_bool(s, ":open", open);
    return db_run(s);
}

enum error_kind calendar_repo_shift_costs(struct ctx *ctx, int32_t first, int32_t last, int64_t by)
{
    struct stmt *s = db_statement(ctx, &SHIFT_COSTS);

    bind_int(s, ":first", first);
    bind_int(s, ":last", last);
    bind_int(s, ":by", by);
    return db_run(s);
}

enum error_kind calendar_repo_insert_row(struct ctx *ctx, const struct calendar_row *row)
{
    struct stmt *s = db_statement(ctx, &INSERT_ROW);

    bind_int(s, ":day", row->day);
    bind_bool(s, ":open", row->open);
    bind_int(s, ":costs", row->costs);
    return db_run(s);
}

enum error_kind calendar_repo_rows(struct ctx *ctx,
                                   void (*see)(void *argument, const struct calendar_row *row),
                                   void *argument)
{
    struct stmt *s = db_statement(ctx, &ROWS);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct calendar_row row = read_row(s);
        see(argument, &row);
    }
}
