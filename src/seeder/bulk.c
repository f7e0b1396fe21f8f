/*
 * bulk.c — streams the plan into the tables: loans first, since what they leave behind (who has what, which
 * copies are out, how often) stands in the rows of copies, titles and members.
 *
 * This file is long because each pass reads what the passes before left in struct bulk: taken apart, half of it
 * would be a header that says so.
 */
#include "seeder/bulk.h"

#include <assert.h>
#include <string.h>

#include "base/barcode.h"
#include "base/clock.h"
#include "base/text.h"
#include "books/books_service.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "db/engine.h"
#include "db/load.h"
#include "members/members_service.h"
#include "seeder/id_series.h"
#include "seeder/lending.h"
#include "settings/settings_service.h"

#define TELL_EVERY 4096 /* rows */
#define TYPES_MAX 32
#define ROW_MEMORY_MAX (1024 * 1024)
#define CATEGORIES_MAX 1024
#define BOOK_CATEGORIES 2 /* at most, of an invented title */

SQL(ITEM_TYPES, "SELECT id, code FROM item_type");
SQL(MEMBER_TYPES, "SELECT id, code FROM member_type");
SQL(SET_SEQUENCE, "UPDATE sequence SET value = :value WHERE name = :name");

/* Codes that the schema brings along, and their ids. */
struct type_list {
    int64_t ids[TYPES_MAX];
    const char *codes[TYPES_MAX];
    size_t count;
};

/* What loans leave behind. */
struct book_state {
    int64_t last_borrowed_at; /* 0: never */
    uint32_t borrows;
    uint32_t first_copy; /* its copies are numbered on from here */
    uint16_t open;
    uint16_t categories[BOOK_CATEGORIES]; /* index + 1; 0: none */
};

struct member_state {
    int64_t last_borrowed_at;
    int32_t last_lent_day;
    uint32_t borrows, late, open;
};

struct day_state {
    uint32_t borrows, returns, members;
};

struct bulk {
    struct ctx *ctx;
    const struct bulk_request *request;
    const struct plan *plan;
    struct seeder_summary summary;
    struct arena row; /* texts of one row */
    struct id_series ids;
    struct type_list item_types, member_types;
    const char *barcode_prefix, *card_prefix;
    struct book_state *books;
    struct member_state *members;
    uint32_t *copy_acts;    /* lent or taken back so often: out when odd … */
    int64_t *copy_acted_at; /* … and when last */
    struct day_state *days; /* from the first day of lending on */
    size_t day_count;
    const char *categories[CATEGORIES_MAX];
    size_t category_count;
    /* where the running table is */
    struct lending *lending;
    int32_t due_day_of; /* the lending day whose due_at stands here */
    int64_t due_at;
    size_t index, copy;
    char barcode[BARCODE_MAX + 1];
    int64_t rows;
};

/* ---- small things -------------------------------------------------------------------------------------- */

static void begin_phase(struct bulk *bulk, const char *phase)
{
    const struct bulk_progress *progress = bulk->request->progress;

    atomic_store(progress->phase, phase);
    progress->tell(progress->argument);
    bulk->index = bulk->copy = 0;
    id_series_restart(&bulk->ids);
}

static void advance(struct bulk *bulk, int64_t work)
{
    const struct bulk_progress *progress = bulk->request->progress;

    atomic_fetch_add(progress->done, work);
    progress->tell(progress->argument);
}

/* One row more; the texts of the one before are not needed now. */
static void next_row(struct bulk *bulk)
{
    arena_reset(&bulk->row);
    if (++bulk->rows % TELL_EVERY == 0)
        advance(bulk, TELL_EVERY);
}

static struct load_value next_id(struct id_series *ids, int64_t at)
{
    return load_bytes(id_series_next(ids, at)->bytes, UUID_BYTES);
}

static int64_t instant_or_null(int64_t instant)
{
    return instant ? instant : NO_NUMBER;
}

static enum error_kind read_types(struct ctx *ctx, const struct sql *sql, struct type_list *out_types)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found || out_types->count == TYPES_MAX)
            return OK;
        out_types->ids[out_types->count] = column_int(s, 0);
        out_types->codes[out_types->count++] = column_text(s, 1);
    }
}

static int64_t type_id(const struct type_list *types, const char *code)
{
    for (size_t i = 0; i < types->count; i++)
        if (strcmp(types->codes[i], code) == 0)
            return types->ids[i];
    assert(!"the invention uses a type that schema.sql does not have");
    return 0;
}

/* ---- loans --------------------------------------------------------------------------------------------- */

static const char *const borrow_columns[] = {"uuid",        "book_id",      "copy_id",      "member_id",
                                             "rule_id",     "borrowed_at",  "due_at",       "due_day",
                                             "returned_at", "returned_day", "fine_per_day", "fine_cap",
                                             "grace_days",  "lent_by",      "taken_by",     NULL};

static void count_loan(struct bulk *bulk, const struct planned_loan *loan, size_t copy)
{
    struct book_state *book = &bulk->books[loan->book];
    struct member_state *member = &bulk->members[loan->member];
    struct day_state *day = &bulk->days[loan->lent_day - bulk->plan->first_day];
    bool is_open = loan->returned_at == INT64_MAX;

    /* Loans come in order of time, so a member's last day tells whether this one is new. */
    day->members += member->borrows == 0 || member->last_lent_day != loan->lent_day;
    day->borrows++;
    member->last_lent_day = loan->lent_day;
    book->borrows++;
    book->open = (uint16_t)(book->open + is_open);
    book->last_borrowed_at = loan->lent_at;
    member->borrows++;
    member->open += is_open;
    member->late += !is_open && loan->returned_at > bulk->due_at;
    member->last_borrowed_at = loan->lent_at;
    bulk->copy_acts[copy] += is_open ? 1 : 2;
    bulk->copy_acted_at[copy] = is_open ? loan->lent_at : loan->returned_at;
    if (!is_open)
        bulk->days[loan->returned_day - bulk->plan->first_day].returns++;
    summary_add(&bulk->summary, bulk->plan, loan, bulk->due_at);
}

static bool next_borrow(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;
    const struct loan_rule *rule = bulk->request->rule;
    const char *actor = bulk->ctx->actor.name;
    struct planned_loan loan;

    next_row(bulk);
    if (!lending_next(bulk->lending, &loan))
        return false;
    int32_t due_day = loan.lent_day + (int32_t)rule->loan_days;
    if (due_day != bulk->due_day_of || bulk->due_at == 0) {
        bulk->due_day_of = due_day;
        bulk->due_at = clock_day_end(due_day);
    }
    size_t copy = bulk->books[loan.book].first_copy + loan.copy;
    bool is_open = loan.returned_at == INT64_MAX;
    count_loan(bulk, &loan, copy);
    *row++ = next_id(&bulk->ids, loan.lent_at);
    *row++ = load_int(loan.book + 1);
    *row++ = load_int((int64_t)copy + 1);
    *row++ = load_int(loan.member + 1);
    *row++ = load_int(rule->id);
    *row++ = load_int(loan.lent_at);
    *row++ = load_int(bulk->due_at);
    *row++ = load_int(due_day);
    *row++ = load_number(is_open ? NO_NUMBER : loan.returned_at);
    *row++ = load_number(is_open ? NO_NUMBER : loan.returned_day);
    *row++ = load_int(rule->fine_per_day);
    *row++ = load_number(rule->fine_cap);
    *row++ = load_int(rule->grace_days);
    *row++ = load_text(actor);
    *row = load_text(is_open ? NULL : actor);
    return true;
}

static enum error_kind load_borrows(struct bulk *bulk)
{
    begin_phase(bulk, "lending");
    bulk->lending = lending_start(bulk->request->arena, bulk->plan);
    return db_load(bulk->ctx, "borrow", borrow_columns, next_borrow, bulk);
}

/* ---- copies -------------------------------------------------------------------------------------------- */

static const char *const copy_columns[] = {"uuid",       "book_id",    "barcode", "status",
                                           "created_at", "updated_at", "version", NULL};

static bool next_copy(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;
    const struct plan *plan = bulk->plan;

    next_row(bulk);
    while (bulk->index < plan->book_count &&
           bulk->copy == bulk->books[bulk->index].first_copy + plan->books[bulk->index].copies)
        bulk->index++;
    if (bulk->index == plan->book_count)
        return false;
    const struct planned_book *book = &plan->books[bulk->index];
    size_t copy = bulk->copy++;
    uint32_t acts = bulk->copy_acts[copy];
    barcode_make(bulk->barcode, bulk->barcode_prefix, (int64_t)copy + 1);
    *row++ = next_id(&bulk->ids, book->at);
    *row++ = load_int((int64_t)bulk->index + 1);
    *row++ = load_text(bulk->barcode);
    *row++ = load_text(acts % 2 ? "on_loan" : "available");
    *row++ = load_int(book->at);
    *row++ = load_int(acts ? bulk->copy_acted_at[copy] : book->at);
    *row = load_int(1 + acts);
    return true;
}

static enum error_kind load_copies(struct bulk *bulk)
{
    char last[BARCODE_MAX + 1];

    begin_phase(bulk, "shelving copies");
    if (!barcode_make(last, bulk->barcode_prefix, bulk->summary.copies))
        return fail(bulk->ctx, CONFLICT, "The barcode prefix “%s” leaves no room for %lld copies.",
                    bulk->barcode_prefix, (long long)bulk->summary.copies);
    return db_load(bulk->ctx, "copy", copy_columns, next_copy, bulk);
}

/* ---- titles -------------------------------------------------------------------------------------------- */

static const char *const book_columns[] = {"uuid",         "title",        "subtitle",
                                           "author",       "isbn",         "isbn13",
                                           "publisher",    "edition",      "year",
                                           "language",     "item_type_id", "title_key",
                                           "author_key",   "total_copies", "available_copies",
                                           "open_borrows", "borrow_count", "last_borrowed_at",
                                           "created_at",   "updated_at",   NULL};

/* Index + 1. */
static uint16_t category_number(struct bulk *bulk, const char *name)
{
    size_t i = 0;

    while (i < bulk->category_count && strcmp(bulk->categories[i], name) != 0)
        i++;
    assert(i < CATEGORIES_MAX);
    if (i == bulk->category_count)
        bulk->categories[bulk->category_count++] = name;
    return (uint16_t)(i + 1);
}

static void keep_categories(struct bulk *bulk, const struct text_list *list, struct book_state *book)
{
    assert(list->count <= BOOK_CATEGORIES);
    for (size_t i = 0; i < list->count; i++)
        book->categories[i] = category_number(bulk, list->items[i]);
    if (book->categories[1] == book->categories[0])
        book->categories[1] = 0;
}

static bool next_book(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;
    struct arena *arena = &bulk->row;

    next_row(bulk);
    if (bulk->index == bulk->plan->book_count)
        return false;
    size_t index = bulk->index++;
    const struct planned_book *planned = &bulk->plan->books[index];
    struct book_state *state = &bulk->books[index];
    struct book_facts facts = invent_book(arena, bulk->request->invention, (uint32_t)index);
    keep_categories(bulk, &facts.categories, state);
    *row++ = next_id(&bulk->ids, planned->at);
    *row++ = load_text(facts.title);
    *row++ = load_text(facts.subtitle);
    *row++ = load_text(facts.author);
    *row++ = load_text(facts.isbn);
    *row++ = load_text(facts.isbn);
    *row++ = load_text(facts.publisher);
    *row++ = load_text(facts.edition);
    *row++ = load_number(facts.year);
    *row++ = load_text(facts.language);
    *row++ = load_int(type_id(&bulk->item_types, facts.item_type));
    *row++ = load_text(text_sort_key(arena, facts.title, facts.language));
    *row++ = load_text(text_name_key(arena, facts.author));
    *row++ = load_int(planned->copies);
    *row++ = load_int(planned->copies - state->open);
    *row++ = load_int(state->open);
    *row++ = load_int(state->borrows);
    *row++ = load_number(instant_or_null(state->last_borrowed_at));
    *row++ = load_int(planned->at);
    *row = load_int(planned->at);
    return true;
}

static bool next_category(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;

    next_row(bulk);
    if (bulk->index == bulk->category_count)
        return false;
    const char *name = bulk->categories[bulk->index++];
    *row++ = load_text(name);
    *row = load_text(text_fold(&bulk->row, name));
    return true;
}

static bool next_book_category(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;

    next_row(bulk);
    for (; bulk->index < bulk->plan->book_count * BOOK_CATEGORIES; bulk->index++) {
        const struct book_state *book = &bulk->books[bulk->index / BOOK_CATEGORIES];
        size_t position = bulk->index % BOOK_CATEGORIES;
        if (!book->categories[position])
            continue;
        *row++ = load_int((int64_t)(bulk->index++ / BOOK_CATEGORIES) + 1);
        *row++ = load_int(book->categories[position]);
        *row = load_int((int64_t)position);
        return true;
    }
    return false;
}

static enum error_kind load_books(struct bulk *bulk)
{
    static const char *const category_columns[] = {"name", "name_key", NULL};
    static const char *const pair_columns[] = {"book_id", "category_id", "position", NULL};

    begin_phase(bulk, "cataloguing");
    TRY(db_load(bulk->ctx, "book", book_columns, next_book, bulk));
    begin_phase(bulk, "cataloguing");
    TRY(db_load(bulk->ctx, "category", category_columns, next_category, bulk));
    begin_phase(bulk, "cataloguing");
    return db_load(bulk->ctx, "book_category", pair_columns, next_book_category, bulk);
}

/* ---- members ------------------------------------------------------------------------------------------- */

static const char *const member_columns[] = {"uuid",
                                             "card",
                                             "name",
                                             "email",
                                             "phone",
                                             "member_type_id",
                                             "expires_on",
                                             "group_name",
                                             "birth_date",
                                             "name_key",
                                             "email_key",
                                             "phone_key",
                                             "open_borrows",
                                             "borrow_count",
                                             "overdue_count",
                                             "last_borrowed_at",
                                             "created_at",
                                             "updated_at",
                                             NULL};

static const char *digits_of(struct arena *arena, const char *phone)
{
    char *digits = arena_strdup(arena, phone), *to = digits;

    for (const char *from = phone; from && *from; from++)
        if (*from >= '0' && *from <= '9')
            *to++ = *from;
    if (to)
        *to = '\0';
    return digits;
}

static bool next_member(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;
    struct arena *arena = &bulk->row;

    next_row(bulk);
    if (bulk->index == bulk->plan->member_count)
        return false;
    size_t index = bulk->index++;
    int64_t joined = bulk->plan->members[index].at;
    const struct member_state *state = &bulk->members[index];
    struct member_facts facts = invent_member(arena, bulk->request->invention, (uint32_t)index);
    barcode_make(bulk->barcode, bulk->card_prefix, (int64_t)index + 1);
    *row++ = next_id(&bulk->ids, joined);
    *row++ = load_text(bulk->barcode);
    *row++ = load_text(facts.name);
    *row++ = load_text(facts.email);
    *row++ = load_text(facts.phone);
    *row++ = load_int(type_id(&bulk->member_types, facts.member_type));
    *row++ = load_number(facts.expires_on);
    *row++ = load_text(facts.group);
    *row++ = load_number(facts.birth_date);
    *row++ = load_text(text_name_key(arena, facts.name));
    *row++ = load_text(facts.email ? text_fold(arena, facts.email) : NULL);
    *row++ = load_text(digits_of(arena, facts.phone));
    *row++ = load_int(state->open);
    *row++ = load_int(state->borrows);
    *row++ = load_int(state->late);
    *row++ = load_number(instant_or_null(state->last_borrowed_at));
    *row++ = load_int(joined);
    *row = load_int(joined);
    return true;
}

static enum error_kind load_members(struct bulk *bulk)
{
    char last[BARCODE_MAX + 1];

    begin_phase(bulk, "registering");
    if (!barcode_make(last, bulk->card_prefix, bulk->summary.members))
        return fail(bulk->ctx, CONFLICT, "The card prefix “%s” leaves no room for %lld members.",
                    bulk->card_prefix, (long long)bulk->summary.members);
    return db_load(bulk->ctx, "member", member_columns, next_member, bulk);
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

static bool next_day(void *argument, struct load_value *row)
{
    struct bulk *bulk = argument;

    while (bulk->index < bulk->day_count && !bulk->days[bulk->index].borrows &&
           !bulk->days[bulk->index].returns)
        bulk->index++;
    if (bulk->index == bulk->day_count)
        return false;
    const struct day_state *day = &bulk->days[bulk->index];
    *row++ = load_int(bulk->plan->first_day + (int64_t)bulk->index++);
    *row++ = load_int(day->borrows);
    *row++ = load_int(day->returns);
    *row = load_int(day->members);
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
static enum error_kind count_books(struct bulk *bulk)
{
    int64_t low = 0;
    int64_t out = 0;
    int64_t unlent = 0;

    for (size_t i = 0; i < bulk->plan->book_count; i++) {
        int available = bulk->plan->books[i].copies - bulk->books[i].open;
        low += available <= 1;
        out += available == 0;
        unlent += bulk->books[i].borrows == 0;
    }
    TRY(counters_add(bulk->ctx, COUNTER_BOOKS_LOW, low));
    TRY(counters_add(bulk->ctx, COUNTER_BOOKS_OUT, out));
    return counters_add(bulk->ctx, COUNTER_BOOKS_UNLENT, unlent);
}

static enum error_kind write_numbers(struct bulk *bulk)
{
    static const char *const day_columns[] = {"day", "borrows", "returns", "members", NULL};
    const struct seeder_summary *summary = &bulk->summary;
    struct ctx *ctx = bulk->ctx;

    begin_phase(bulk, "counting");
    TRY(db_load(ctx, "daily_stat", day_columns, next_day, bulk));
    TRY(count_books(bulk));
    TRY(set_sequence(ctx, "copy_barcode", summary->copies));
    TRY(set_sequence(ctx, "member_card", summary->members));
    TRY(counters_add(ctx, COUNTER_BOOKS, summary->books));
    TRY(counters_add(ctx, COUNTER_MEMBERS, summary->members));
    TRY(counters_add(ctx, COUNTER_COPIES, summary->copies));
    TRY(counters_add(ctx, COUNTER_BORROWS, summary->borrows));
    return counters_add(ctx, COUNTER_BORROWS_OPEN, summary->open);
}

/* ---- the whole ----------------------------------------------------------------------------------------- */

/* An index takes a fifth of the time in which its table's rows were made. */
static int64_t work_of_index(const struct bulk *bulk, const struct load_index *index)
{
    if (strcmp(index->table, "borrow") == 0)
        return bulk->plan->request.borrows / 5;
    return strcmp(index->table, "copy") == 0 ? bulk->summary.copies / 5 : bulk->summary.books / 5;
}

/* Indexes of the few rows that are out or archived: filled on the way, where others cost a walk over the table. */
static bool is_small(const struct load_index *index)
{
    return strstr(index->sql, "WHERE returned_at IS NULL") ||
           strstr(index->sql, "WHERE deleted_at IS NOT NULL");
}

static enum error_kind make_indexes(struct bulk *bulk, const struct load_index *indexes, bool small)
{
    for (const struct load_index *index = indexes; index; index = index->next) {
        if (is_small(index) != small)
            continue;
        TRY(db_make_index(bulk->ctx, index));
        advance(bulk, small ? 0 : work_of_index(bulk, index));
    }
    return OK;
}

static void ignore_day(void *argument, const struct loan_day *day)
{
    (void)argument;
    (void)day;
}

/* daily_stat stands already; packing the tallies is what the walk is for. */
static enum error_kind pack_tallies(struct bulk *bulk)
{
    begin_phase(bulk, "tallying");
    return tallies_count_days(bulk->ctx, &(struct day_walk){.each = ignore_day});
}

static enum error_kind make_search(struct bulk *bulk)
{
    begin_phase(bulk, "indexing words");
    TRY(books_rebuild_search(bulk->ctx));
    advance(bulk, bulk->summary.books);
    TRY(members_rebuild_search(bulk->ctx));
    advance(bulk, bulk->summary.members);
    return OK;
}

static void make_room(struct bulk *bulk)
{
    const struct plan *plan = bulk->plan;
    struct arena *arena = bulk->request->arena;
    size_t copies = 0;

    bulk->books = arena_alloc_array(arena, plan->book_count, sizeof *bulk->books);
    for (size_t i = 0; i < plan->book_count; i++) {
        bulk->books[i].first_copy = (uint32_t)copies;
        copies += plan->books[i].copies;
    }
    bulk->members = arena_alloc_array(arena, plan->member_count, sizeof *bulk->members);
    bulk->copy_acts = arena_alloc_array(arena, copies, sizeof *bulk->copy_acts);
    bulk->copy_acted_at = arena_alloc_array(arena, copies, sizeof *bulk->copy_acted_at);
    bulk->day_count = (size_t)(clock_day_of(plan->request.now) - plan->first_day) + 1;
    bulk->days = arena_alloc_array(arena, bulk->day_count, sizeof *bulk->days);
}

static void plan_work(struct bulk *bulk, const struct load_index *indexes)
{
    const struct seeder_summary *summary = &bulk->summary;
    int64_t total = bulk->plan->request.borrows + summary->copies + summary->books * 3 + summary->members * 2;

    for (const struct load_index *index = indexes; index; index = index->next)
        total += is_small(index) ? 0 : work_of_index(bulk, index);
    atomic_store(bulk->request->progress->total, total);
}

static enum error_kind fill(struct bulk *bulk)
{
    struct ctx *ctx = bulk->ctx;
    struct load_index *indexes;

    TRY(settings_text(ctx, SETTING_BARCODE_PREFIX, &bulk->barcode_prefix));
    TRY(settings_text(ctx, SETTING_CARD_PREFIX, &bulk->card_prefix));
    TRY(read_types(ctx, &ITEM_TYPES, &bulk->item_types));
    TRY(read_types(ctx, &MEMBER_TYPES, &bulk->member_types));
    TRY(db_take_indexes(ctx, &indexes));
    plan_work(bulk, indexes);
    TRY(make_indexes(bulk, indexes, true));
    TRY(load_borrows(bulk));
    TRY(load_copies(bulk));
    TRY(load_books(bulk));
    TRY(load_members(bulk));
    TRY(write_numbers(bulk));
    begin_phase(bulk, "sorting indexes");
    TRY(make_indexes(bulk, indexes, false));
    TRY(pack_tallies(bulk));
    return make_search(bulk);
}

enum error_kind bulk_fill(struct ctx *ctx, const struct bulk_request *request,
                          struct seeder_summary *out_summary)
{
    struct bulk *bulk = arena_alloc(request->arena, sizeof *bulk);

    *bulk = (struct bulk){.ctx = ctx, .request = request, .plan = request->plan};
    arena_init(&bulk->row, ROW_MEMORY_MAX);
    id_series_init(&bulk->ids, request->plan->request.random_seed);
    summary_start(&bulk->summary, bulk->plan);
    make_room(bulk);
    enum error_kind kind = fill(bulk);
    arena_release(&bulk->row);
    TRY(kind);
    *out_summary = bulk->summary;
    return OK;
}
