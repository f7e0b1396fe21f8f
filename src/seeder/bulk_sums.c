/*
 * bulk_sums.c — what is counted of all rows, and the words people look for: after the tables, by SQL.
 */
#include "books/books_service.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "db/engine.h"
#include "db/pack.h"
#include "db/pack_column.h"
#include "members/search_rows_service.h"
#include "seeder/bulk_internal.h"

#define SEARCH_ROOM "4194304" /* bytes; with more of them what is looked up lies out of every cache */

SQL(SET_SEQUENCE, "UPDATE sequence SET value = :value WHERE name = :name");

/* ---- numbers ------------------------------------------------------------------------------------------- */

static bool is_empty(const struct day_state *day)
{
    return !day->borrows && !day->returns && !day->charges && !day->payments;
}

static bool next_day(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    const struct bulk *bulk = pass->bulk;

    while (pass->index < bulk->day_count && is_empty(&bulk->days[pass->index]))
        pass->index++;
    if (pass->index == bulk->day_count)
        return false;
    const struct day_state *day = &bulk->days[pass->index];
    *row++ = load_int(bulk->plan->first_day + (int64_t)pass->index++);
    *row++ = load_int(day->borrows);
    *row++ = load_int(day->returns);
    *row++ = load_int(day->members);
    *row++ = load_int(day->charges);
    *row = load_int(day->payments);
    return true;
}

static enum error_kind set_sequence(struct ctx *ctx, const char *name, int64_t value)
{
    struct stmt *s = db_statement(ctx, &SET_SEQUENCE);

    bind_text(s, ":name", name);
    bind_int(s, ":value", value);
    return db_run(s);
}

/* What the shelves look like at the end. */
static enum error_kind count_books(struct ctx *ctx, const struct bulk *bulk)
{
    int64_t low = 0;
    int64_t out = 0;
    int64_t unlent = 0;

    for (size_t i = 0; i < bulk->plan->book_count; i++) {
        const struct book_state *book = &bulk->books[i];
        int available = bulk->plan->books[i].copies - book->lost - book->open - book->aside;
        low += available <= 1;
        out += available == 0;
        unlent += book->borrows == 0;
    }
    TRY(counters_add(ctx, COUNTER_BOOKS_LOW, low));
    TRY(counters_add(ctx, COUNTER_BOOKS_OUT, out));
    return counters_add(ctx, COUNTER_BOOKS_UNLENT, unlent);
}

static enum error_kind count_members(struct ctx *ctx, const struct bulk *bulk)
{
    for (size_t i = 0; i < bulk->member_types.count; i++)
        TRY(counters_members_added(ctx, bulk->member_types.ids[i], bulk->members_of[i]));
    return OK;
}

enum error_kind bulk_write_numbers(struct ctx *ctx, struct bulk *bulk)
{
    static const char *const day_columns[] = {"day",     "borrows",  "returns", "members",
                                              "charges", "payments", NULL};
    const struct seeder_summary *summary = &bulk->summary;

    bulk_tell(bulk, "counting");
    TRY(bulk_load_by_sql(ctx, bulk, "daily_stat", day_columns, next_day));
    TRY(count_books(ctx, bulk));
    TRY(set_sequence(ctx, "copy_barcode", summary->copies));
    TRY(set_sequence(ctx, "member_card", summary->members));
    TRY(counters_add(ctx, COUNTER_BOOKS, summary->books));
    TRY(count_members(ctx, bulk));
    TRY(counters_add(ctx, COUNTER_COPIES, summary->copies - bulk->lost));
    TRY(counters_add(ctx, COUNTER_BORROWS, summary->borrows));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, summary->open));
    TRY(set_sequence(ctx, "receipt", summary->payments));
    TRY(counters_add(ctx, COUNTER_HOLDS, summary->holds));
    TRY(counters_add(ctx, COUNTER_HOLDS_OPEN, bulk->holds[HOLD_IS_WAITING] + bulk->holds[HOLD_IS_READY]));
    TRY(counters_add(ctx, COUNTER_HOLDS_FULFILLED, bulk->holds[HOLD_WAS_FULFILLED]));
    TRY(counters_add(ctx, COUNTER_HOLDS_CANCELLED, bulk->holds[HOLD_WAS_CANCELLED]));
    TRY(counters_add(ctx, COUNTER_HOLDS_EXPIRED, bulk->holds[HOLD_HAS_EXPIRED]));
    TRY(counters_add(ctx, COUNTER_CHARGES, summary->charges));
    TRY(counters_add(ctx, COUNTER_CHARGES_OPEN, bulk->open_charges));
    TRY(counters_add(ctx, COUNTER_WAIVERS, summary->waivers));
    return counters_add(ctx, COUNTER_PAYMENTS, summary->payments);
}

/* ---- periods and words ------------------------------------------------------------------------------------- */

/* Where the walk over the packed loans is. */
struct tallying {
    const struct bulk *bulk;
    const struct kept_column *books, *members;
    size_t next;     /* loan */
    size_t day;      /* of the days … */
    size_t day_ends; /* … and the first loan after it */
};

static bool next_tallied(void *argument, struct tallied_loan *out_loan)
{
    struct tallying *tallying = argument;
    const struct bulk *bulk = tallying->bulk;

    if ((int64_t)tallying->next == bulk->summary.borrows)
        return false;
    while (tallying->next == tallying->day_ends)
        tallying->day_ends += bulk->days[++tallying->day].borrows;
    size_t loan = tallying->next++;
    *out_loan =
        (struct tallied_loan){bulk->plan->first_day + (int64_t)tallying->day,
                              kept_number(tallying->books, loan), kept_number(tallying->members, loan)};
    return true;
}

enum error_kind bulk_pack_tallies(struct ctx *ctx, struct bulk *bulk)
{
    struct tallying tallying = {.bulk = bulk,
                                .books = pack_column(bulk->packer, "borrow", "book_id"),
                                .members = pack_column(bulk->packer, "borrow", "member_id"),
                                .day_ends = bulk->days[0].borrows};
    size_t day = bulk->day_count - 1;

    while (day > 0 && bulk->days[day].borrows == 0)
        day--;
    const struct tallied_loan last = {.day = bulk->plan->first_day + (int64_t)day,
                                      .book_id = (int64_t)bulk->plan->book_count,
                                      .member_id = (int64_t)bulk->plan->member_count};
    TRY(tallies_pack_loans(ctx, &last, next_tallied, &tallying));
    pack_let_go(bulk->packer, "borrow");
    return OK;
}

/*
 * Words are sorted in memory and written once, where FTS5 would write what one megabyte holds and merge that again and
 * again. The setting stays with the connection when its row is gone, and is not for the library's daily life.
 */
enum error_kind bulk_give_room_to_search(struct ctx *ctx)
{
    return db_exec(ctx,
                   "INSERT INTO book_search (book_search, rank) VALUES ('hashsize', " SEARCH_ROOM ");"
                   "INSERT INTO member_search (member_search, rank) VALUES ('hashsize', " SEARCH_ROOM ");"
                   "DELETE FROM book_search_config WHERE k = 'hashsize';"
                   "DELETE FROM member_search_config WHERE k = 'hashsize';");
}

enum error_kind bulk_make_search(struct ctx *ctx, struct bulk *bulk)
{
    bulk_tell(bulk, "indexing words");
    TRY(bulk_give_room_to_search(ctx));
    TRY(books_rebuild_search(ctx));
    bulk_advance(bulk, bulk->summary.books);
    TRY(members_rebuild_search(ctx));
    bulk_advance(bulk, bulk->summary.members);
    return OK;
}
