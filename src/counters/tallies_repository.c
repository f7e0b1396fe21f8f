/*
 * tallies_repository.c — packed periods as SQL, and the loans of those that are not packed.
 */
#include "counters/tallies_repository.h"

#include <assert.h>

#include "db/engine.h"

SQL(LARGEST_IDS, "SELECT (SELECT max(id) FROM book), (SELECT max(id) FROM member)");

SQL(NEXT_WITHIN, "SELECT first_day, last_day, books, members FROM tally"
                 " WHERE span = :span AND first_day BETWEEN :from AND :to AND last_day <= :to"
                 " ORDER BY first_day LIMIT 1");
SQL(LAST_BEGUN, "SELECT first_day, last_day FROM tally WHERE span = :span AND first_day <= :day"
                " ORDER BY first_day DESC LIMIT 1");

/* Along the index, so that the rows come almost in the order in which they lie. */
SQL(LOANS, "SELECT book_id, member_id FROM borrow INDEXED BY borrow_by_borrowed"
           " WHERE borrowed_at BETWEEN :from AND :to");

SQL(PUT, "INSERT INTO tally (span, first_day, last_day, books, members)"
         " VALUES (:span, :from, :to, :books, :members) ON CONFLICT (span, first_day) DO UPDATE"
         " SET last_day = excluded.last_day, books = excluded.books, members = excluded.members");
SQL(REMOVE, "DELETE FROM tally WHERE span = :span AND first_day = :from");
SQL(CLEAR, "DELETE FROM tally");
SQL(LAST_BORROW, "SELECT max(borrowed_at) FROM borrow");

SQL_SCANNING(LOAN_DAYS, "one row for each day",
             "SELECT min(day), max(day) FROM daily_stat WHERE borrows > 0");

SQL(OPEN_DAYS,
    "SELECT day FROM daily_stat WHERE day >= :from AND day < :before AND borrows > 0 AND NOT EXISTS"
    " (SELECT 1 FROM tally WHERE span = 'day' AND first_day = daily_stat.day)"
    " ORDER BY day DESC LIMIT :max");

static const char *span_name(enum tally_span span)
{
    static const char *const names[] = {[SPAN_MONTH] = "month", [SPAN_DAY] = "day"};

    assert(span < SPAN_COUNT);
    return names[span];
}

enum error_kind tallies_repo_new(struct ctx *ctx, const enum counted *only, struct tallies *out_tallies)
{
    struct stmt *s = db_statement(ctx, &LARGEST_IDS);
    struct tallies tallies = {0};
    bool found;

    TRY(db_row(s, &found));
    for (int i = 0; i < COUNTED_COUNT; i++)
        if (!only || (int)*only == i)
            tallies.of[i] = tally_new(ctx->arena, column_int(s, i));
    *out_tallies = tallies;
    return OK;
}

static enum error_kind add_packed(struct ctx *ctx, struct stmt *s, int column, struct tally *tally)
{
    size_t length;

    if (!tally->counts)
        return OK;
    const void *bytes = column_bytes(s, column, &length);
    if (!tally_add_packed(tally, bytes, length))
        return fail(ctx, LIBRARY_DAMAGED,
                    "What is kept for the statistics is damaged. It can be made anew: --check --rebuild.");
    return OK;
}

enum error_kind tallies_repo_add_next(struct ctx *ctx, enum tally_span span, const struct period *within,
                                      struct tallies *sums, struct period *out_period, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_WITHIN);

    bind_text(s, ":span", span_name(span));
    bind_int(s, ":from", within->first_day);
    bind_int(s, ":to", within->last_day);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    for (int i = 0; i < COUNTED_COUNT; i++)
        TRY(add_packed(ctx, s, 2 + i, &sums->of[i]));
    *out_period = (struct period){column_int(s, 0), column_int(s, 1)};
    return OK;
}

enum error_kind tallies_repo_find(struct ctx *ctx, enum tally_span span, int64_t day,
                                  struct period *out_period, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &LAST_BEGUN);
    bool found;

    bind_text(s, ":span", span_name(span));
    bind_int(s, ":day", day);
    TRY(db_row(s, &found));
    *out_found = found && column_int(s, 1) >= day;
    if (*out_found)
        *out_period = (struct period){column_int(s, 0), column_int(s, 1)};
    return OK;
}

enum error_kind tallies_repo_add_loans(struct ctx *ctx, int64_t from, int64_t to, struct tallies *sums)
{
    struct stmt *s = db_statement(ctx, &LOANS);
    bool fits = true;
    bool found;

    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        for (int i = 0; i < COUNTED_COUNT; i++)
            if (!column_is_null(s, i)) /* a forgotten loan counts for its title alone */
                fits = tally_add(&sums->of[i], column_int(s, i), 1) && fits;
    }
    return fits ? OK : fail(ctx, LIBRARY_DAMAGED, "A loan names a title or a member that is not there.");
}

enum error_kind tallies_repo_put(struct ctx *ctx, enum tally_span span, const struct period *period,
                                 const struct tallies *sums)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct stmt *s = db_statement(ctx, &PUT);
    size_t lengths[COUNTED_COUNT];
    const uint8_t *packed[COUNTED_COUNT];

    for (int i = 0; i < COUNTED_COUNT; i++)
        packed[i] = tally_pack(&sums->of[i], ctx->arena, &lengths[i]);
    bind_text(s, ":span", span_name(span));
    bind_int(s, ":from", period->first_day);
    bind_int(s, ":to", period->last_day);
    bind_bytes(s, ":books", packed[COUNTED_BOOKS], lengths[COUNTED_BOOKS]);
    bind_bytes(s, ":members", packed[COUNTED_MEMBERS], lengths[COUNTED_MEMBERS]);
    TRY(db_run(s));
    arena_reset_to(ctx->arena, mark);
    return OK;
}

enum error_kind tallies_repo_remove(struct ctx *ctx, enum tally_span span, int64_t first_day)
{
    struct stmt *s = db_statement(ctx, &REMOVE);

    bind_text(s, ":span", span_name(span));
    bind_int(s, ":from", first_day);
    return db_run(s);
}

enum error_kind tallies_repo_clear(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR));
}

enum error_kind tallies_repo_last_borrow(struct ctx *ctx, int64_t *out_at, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &LAST_BORROW);
    bool found;

    TRY(db_row(s, &found));
    *out_found = found && !column_is_null(s, 0);
    if (*out_found)
        *out_at = column_int(s, 0);
    return OK;
}

enum error_kind tallies_repo_loan_days(struct ctx *ctx, struct period *out_days, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &LOAN_DAYS);
    bool found;

    TRY(db_row(s, &found));
    *out_found = found && !column_is_null(s, 0);
    if (*out_found)
        *out_days = (struct period){column_int(s, 0), column_int(s, 1)};
    return OK;
}

enum error_kind tallies_repo_open_days(struct ctx *ctx, int64_t from, int64_t before, int64_t *out_days,
                                       size_t max, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OPEN_DAYS);
    size_t count = 0;
    bool found;

    bind_int(s, ":from", from);
    bind_int(s, ":before", before);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_days[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}
