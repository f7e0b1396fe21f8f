/*
 * visits_repository.c — one row a day.
 */
#include "reports/visits_repository.h"

#include "db/engine.h"

SQL(PUT, "INSERT INTO visit_count (day, visits, updated_at) VALUES (:day, :visits, :now)"
         " ON CONFLICT (day) DO UPDATE SET visits = excluded.visits, updated_at = excluded.updated_at");
SQL(LIST, "SELECT day, visits FROM visit_count WHERE day BETWEEN :from AND :to ORDER BY day");
SQL(SUM, "SELECT sum(visits) FROM visit_count WHERE day BETWEEN :from AND :to");

enum error_kind visits_repo_put(struct ctx *ctx, int32_t day, int64_t visits)
{
    struct stmt *s = db_statement(ctx, &PUT);

    bind_int(s, ":day", day);
    bind_int(s, ":visits", visits);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind visits_repo_list(struct ctx *ctx, int32_t first, int32_t last,
                                 void (*each)(void *argument, int32_t day, int64_t visits), void *argument)
{
    struct stmt *s = db_statement(ctx, &LIST);
    bool found;

    bind_int(s, ":from", first);
    bind_int(s, ":to", last);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        each(argument, (int32_t)column_int(s, 0), column_int(s, 1));
    }
}

enum error_kind visits_repo_sum(struct ctx *ctx, int32_t first, int32_t last, int64_t *out_visits)
{
    struct stmt *s = db_statement(ctx, &SUM);
    bool found;

    bind_int(s, ":from", first);
    bind_int(s, ":to", last);
    TRY(db_row(s, &found));
    *out_visits = column_number(s, 0);
    return OK;
}
