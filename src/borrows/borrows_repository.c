/*
 * borrows_repository.c — the lists of loans, a loan, and who has and had a title.
 */
#include "borrows/borrows_repository.h"

#include "borrows/borrow_row_repository.h"
#include "borrows/fine_sql.h"
#include "counters/day_sums_sql.h"
#include "db/engine.h"
#include "db/list.h"
#include "policies/calendar_sql.h"

SQL(FIND_BORROW, "SELECT " BORROW_COLUMNS " FROM borrow WHERE uuid = :uuid");

SQL(CURRENT_BORROWERS,
    "SELECT w.uuid, m.uuid, m.name, w.borrowed_at, w.due_at, w.due_day"
    " FROM copy c JOIN borrow w ON w.copy_id = c.id AND w.returned_at IS NULL JOIN member m ON m.id = w.member_id"
    " WHERE c.book_id = :book AND c.status = 'on_loan' ORDER BY w.due_at, w.id");

SQL(PAST_BORROWS,
    "SELECT m.uuid, m.name, w.borrowed_at, w.returned_at FROM borrow w LEFT JOIN member m ON m.id = w.member_id"
    " WHERE w.book_id = :book AND w.returned_at IS NOT NULL ORDER BY w.borrowed_at DESC, w.id DESC LIMIT :limit");

/* ---- the listings --------------------------------------------------------------------------------------- */

static const struct column borrow_columns[] = {
    {"id", COLUMN_UUID, false, "w.uuid", "The loan"},
    {"book_id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"member_id", COLUMN_UUID, true, "m.uuid", "The member; null: forgotten, long after it came back"},
    {"copy_id", COLUMN_UUID, false, "c.uuid", "The copy"},
    {"borrowed_at", COLUMN_INSTANT, false, "w.borrowed_at", "When it was lent"},
    {"due_date", COLUMN_INSTANT, false, "w.due_at", "The end of the day on which it is due"},
    {"returned_at", COLUMN_INSTANT, true, "w.returned_at", "When it came back; null while it is out"},
    {"status", COLUMN_TEXT, false, "iif(w.returned_at IS NULL, 'borrowed', 'returned')",
     "borrowed or returned"},
    {"renewals", COLUMN_INTEGER, false, "w.renewals", "How often it was renewed"},
    {"overdue", COLUMN_BOOL, false, "w.returned_at IS NULL AND w.due_at < :now",
     "Still out past its due date"},
    {"fine", COLUMN_MONEY, false, "iif(w.returned_at IS NULL, " BORROW_FINE(":today") ", w.fine)",
     "What lateness costs up to now, or up to its return"},
    {"rule", COLUMN_TEXT, false, "coalesce(mt.code, 'any') || ' × ' || coalesce(it.code, 'any')",
     "The circulation rule that decided, as member type × item type"},
    {"book.id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"book.title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"book.author", COLUMN_TEXT, false, "b.author", "Author"},
    {"book.isbn", COLUMN_TEXT, true, "b.isbn", "ISBN or local identifier"},
    {"member.id", COLUMN_UUID, true, "m.uuid", "The member; null: forgotten"},
    {"member.name", COLUMN_TEXT, true, "m.name", "Name"},
    {"member.card", COLUMN_TEXT, true, "m.card", "Card number"},
    {"member.phone", COLUMN_TEXT, true, "m.phone", "Telephone, as given"},
    {"member.email", COLUMN_TEXT, true, "m.email", "E-mail"},
    {"copy.id", COLUMN_UUID, false, "c.uuid", "The copy"},
    {"copy.barcode", COLUMN_TEXT, false, "c.barcode", "Barcode on the copy"},
    {"copy.shelf", COLUMN_TEXT, true, "c.shelf", "Where it stands when it is in"},
    {"lost", COLUMN_BOOL, false, "w.lost", "It ended because the copy is lost"},
    {"overdue_step", COLUMN_INTEGER, false, "w.overdue_step",
     "How often the member was urged to bring it back"},
    {0},
};

/* LEFT, though all are there: the loan is looked at first, whatever the planner thinks of the others. */
#define BORROW_FROM                                                                          \
    "borrow w LEFT JOIN book b ON b.id = w.book_id LEFT JOIN member m ON m.id = w.member_id" \
    " LEFT JOIN copy c ON c.id = w.copy_id LEFT JOIN loan_rule r ON r.id = w.rule_id"        \
    " LEFT JOIN member_type mt ON mt.id = r.member_type_id LEFT JOIN item_type it ON it.id = r.item_type_id"

#define FOUND_BOOKS "(SELECT rowid FROM book_search WHERE book_search MATCH 'title : (' || :q || ')')"
#define FOUND_MEMBERS "(SELECT rowid FROM member_search WHERE member_search MATCH 'name : (' || :q || ')')"

#define BORROW_SEARCH "w.book_id IN " FOUND_BOOKS " OR w.member_id IN " FOUND_MEMBERS
#define BORROW_SEARCH_WALKED "+w.book_id IN " FOUND_BOOKS " OR +w.member_id IN " FOUND_MEMBERS

/* The loans of the titles, those of the members, less those that are both. */
#define COUNT_FOUND                                                                        \
    "(SELECT coalesce(sum(borrow_count), 0) FROM book WHERE id IN " FOUND_BOOKS ")"        \
    " + (SELECT coalesce(sum(borrow_count), 0) FROM member WHERE id IN " FOUND_MEMBERS ")" \
    " - (SELECT count(*) FROM borrow w WHERE EXISTS (SELECT 1 FROM book_search"            \
    " WHERE book_search MATCH 'title : (' || :q || ')') AND w.member_id IN " FOUND_MEMBERS \
    " AND +w.book_id IN " FOUND_BOOKS ")"

static const char *const status_choices[] = {"borrowed", "returned", NULL};
static const char *const status_wheres[] = {"w.returned_at IS NULL", "w.returned_at IS NOT NULL"};

#define PARTY_FILTERS                                                                           \
    {"member_id", FILTER_UUID, "w.member_id = (SELECT id FROM member WHERE uuid = :member_id)", \
     .meaning = "Loans of this member"},                                                        \
    {                                                                                           \
        "book_id", FILTER_UUID, "w.book_id = (SELECT id FROM book WHERE uuid = :book_id)",      \
            .meaning = "Loans of this title"                                                    \
    }

static const struct list_filter borrow_filters[] = {
    PARTY_FILTERS,
    {"status", FILTER_CHOICE, .choices = status_choices, .wheres = status_wheres, .meaning = "Out, or back"},
    {"overdue", FILTER_BOOL, "w.returned_at IS NULL AND w.due_at < :now", .meaning = "Only what is overdue"},
    {"from", FILTER_FROM_DAY, "w.borrowed_at >= :from", .meaning = "Lent on this day or later"},
    {"to", FILTER_TO_DAY, "w.borrowed_at <= :to", .meaning = "Lent on this day or earlier"},
    {0},
};

/* Sorted by status, the open ones come first, then the returned ones as they came back: one index for both. */
static const struct list_sort borrow_sorts[] = {
    {"borrowed_at", "w.borrowed_at", .descending = true},
    {"due_date", "w.due_at"},
    {"returned_at", "coalesce(w.returned_at, 0)", .descending = true},
    {"status", "coalesce(w.returned_at, 0)"},
    {0},
};

#define LENT_FROM TOTAL_FROM("borrows", "borrows", "borrow", "borrowed_at")
#define LENT_TO TOTAL_TO("borrows", "borrows", "borrow", "borrowed_at")
#define LENT_FROM_TO TOTAL_FROM_TO("borrows", "borrows", "borrow", "borrowed_at")

#define OF_MEMBER(number) "(SELECT " number " FROM member WHERE uuid = :member_id)"
#define OF_BOOK(number) "(SELECT " number " FROM book WHERE uuid = :book_id)"
#define BACK_SORTS "returned_at status"
#define ON_RECORD "number on the record"
#define AT_ONCE "a member has few loans at once"
#define LENT_ONCE "a title is lent to a member once at a time"

#define OUT "an index that holds what is out"
#define NOT_DUE "what is out and not yet due"
/* Every loan that is out stands at 0 there, and no other: said so that it is one range. */
#define STILL_OUT "coalesce(w.returned_at, 0) <= 0"
#define IS_BACK "coalesce(w.returned_at, 0) > 0"
#define COUNT_OUT(when)                                                                                       \
    "(SELECT count(*) FROM borrow w INDEXED BY borrow_open_by_borrowed WHERE w.returned_at IS NULL AND " when \
    ")"

/* clang-format off */
static const struct list_served borrow_served[] = {
    {""},
    {"status=borrowed", "borrowed_at", COUNTER("borrows_open"), "counter", .index = "borrow_open_by_borrowed"},
    {"status=borrowed", "due_date", .index = "borrow_open_by_due"},
    {"status=borrowed", BACK_SORTS, .also = STILL_OUT},
    {"status=returned", BACK_SORTS, COUNTER("borrows") " - " COUNTER("borrows_open"), "counters", .also = IS_BACK},
    {"status=returned", "borrowed_at due_date", .skips = "what is out"},
    {"overdue status=borrowed?", "due_date", .known = OUT, .index = "borrow_open_by_due"},
    {"overdue status=borrowed?", "borrowed_at", .index = "borrow_open_by_borrowed", .skips = NOT_DUE},
    {"overdue status=borrowed?", BACK_SORTS, .also = STILL_OUT, .skips = NOT_DUE},
    {"from", "borrowed_at", LENT_FROM, "daily counts"},
    {"from", "due_date", .also = "w.due_at >= :from", .skips = "what was lent a term before"},
    {"to", "borrowed_at", LENT_TO, "daily counts"},
    {"from to", "borrowed_at", LENT_FROM_TO, "daily counts"},
    {"status=borrowed from? to?", "borrowed_at", .known = OUT, .index = "borrow_open_by_borrowed"},
    {"status=returned from", "borrowed_at", LENT_FROM " - " COUNT_OUT("w.borrowed_at >= :from"),
     "daily counts, " OUT, .skips = "what is out"},
    {"status=returned to", "borrowed_at", LENT_TO " - " COUNT_OUT("w.borrowed_at <= :to"),
     "daily counts, " OUT, .skips = "what is out"},
    {"status=returned from to", "borrowed_at",
     LENT_FROM_TO " - " COUNT_OUT("w.borrowed_at BETWEEN :from AND :to"), "daily counts, " OUT,
     .skips = "what is out"},
    {"member_id", "borrowed_at", OF_MEMBER("borrow_count"), ON_RECORD},
    {"member_id status=returned", "borrowed_at", OF_MEMBER("borrow_count - open_borrows"), ON_RECORD,
     .skips = "what the member has now"},
    {"member_id status=borrowed", NULL, OF_MEMBER("open_borrows"), ON_RECORD, .index = "borrow_open_pair",
     .few = AT_ONCE},
    {"member_id overdue status=borrowed?", .index = "borrow_open_pair", .few = AT_ONCE},
    {"member_id book_id status=borrowed", .index = "borrow_open_pair", .few = LENT_ONCE},
    {"member_id from? to?", "borrowed_at", .known = "the member's loans in an index"},
    {"book_id", "borrowed_at", OF_BOOK("borrow_count"), ON_RECORD},
    {"book_id status=returned", "borrowed_at", OF_BOOK("borrow_count - open_borrows"), ON_RECORD,
     .skips = "what is out of the title"},
    {"book_id status=borrowed", "", OF_BOOK("open_borrows"), ON_RECORD},
    {"book_id from? to?", "borrowed_at", .known = "the title's loans in an index"},
    {"q", "", COUNT_FOUND, "numbers on the records found"},
    {0},
};
/* clang-format on */

const struct listing borrows_listing = {
    .name = "Borrow",
    .columns = borrow_columns,
    .from = BORROW_FROM,
    .count_from = "borrow w",
    .id = "w.id",
    .uuid = "w.uuid",
    .search = BORROW_SEARCH,
    .search_walked = BORROW_SEARCH_WALKED,
    .sorts = borrow_sorts,
    .filters = borrow_filters,
    .total = "borrows",
    .served = borrow_served,
};

/* A copy that came to the returns desk and is of no loan: a row with the same members, but for the member's own. */
static const struct column handed_in_columns[] = {
    {"id", COLUMN_UUID, true, "NULL", ""},
    {"book_id", COLUMN_UUID, false, "b.uuid", ""},
    {"member_id", COLUMN_UUID, true, "NULL", ""},
    {"copy_id", COLUMN_UUID, false, "c.uuid", ""},
    {"borrowed_at", COLUMN_INSTANT, true, "NULL", ""},
    {"due_date", COLUMN_INSTANT, true, "NULL", ""},
    {"returned_at", COLUMN_INSTANT, true, "NULL", ""},
    {"status", COLUMN_TEXT, true, "NULL", ""},
    {"renewals", COLUMN_INTEGER, false, "0", ""},
    {"overdue", COLUMN_BOOL, false, "0", ""},
    {"fine", COLUMN_MONEY, false, "0", ""},
    {"rule", COLUMN_TEXT, true, "NULL", ""},
    {"book.id", COLUMN_UUID, false, "b.uuid", ""},
    {"book.title", COLUMN_TEXT, false, "b.title", ""},
    {"book.author", COLUMN_TEXT, false, "b.author", ""},
    {"book.isbn", COLUMN_TEXT, true, "b.isbn", ""},
    {"copy.id", COLUMN_UUID, false, "c.uuid", ""},
    {"copy.barcode", COLUMN_TEXT, false, "c.barcode", ""},
    {"copy.shelf", COLUMN_TEXT, true, "c.shelf", ""},
    {"lost", COLUMN_BOOL, false, "0", ""},
    {"overdue_step", COLUMN_INTEGER, false, "0", ""},
    {0},
};

static const struct list_sort handed_in_sorts[] = {{"id", "c.id"}, {0}};

static const struct listing handed_in_listing = {
    .name = "HandedIn",
    .columns = handed_in_columns,
    .from = "copy c JOIN book b ON b.id = c.book_id",
    .id = "c.id",
    .uuid = "c.uuid",
    .sorts = handed_in_sorts,
};

static const struct list_sort overdue_sorts[] = {
    {"due_date", "w.due_at"},
    {"borrowed_at", "w.borrowed_at"},
    {0},
};

/* Of the loans that are out: a filter that is always on, so that the partial indexes serve it. */
static const struct list_filter overdue_filters[] = {
    PARTY_FILTERS,
    {".overdue", FILTER_BOOL, NULL, .otherwise = "w.returned_at IS NULL AND w.due_at < :now"},
    {0},
};

static const struct list_served overdue_served[] = {
    {"", "due_date", .known = OUT, .index = "borrow_open_by_due"},
    {"", "borrowed_at", .index = "borrow_open_by_borrowed", .skips = NOT_DUE},
    {"member_id", .index = "borrow_open_pair", .few = AT_ONCE},
    {"member_id book_id", .index = "borrow_open_pair", .few = LENT_ONCE},
    {0},
};

const struct listing overdue_listing = {
    .name = "Borrow",
    .columns = borrow_columns,
    .from = BORROW_FROM,
    .count_from = "borrow w",
    .id = "w.id",
    .uuid = "w.uuid",
    .search = BORROW_SEARCH,
    .sorts = overdue_sorts,
    .filters = overdue_filters,
    .served = overdue_served,
};

/* ---- queries -------------------------------------------------------------------------------------------- */

enum error_kind borrows_repo_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BORROW);

    bind_uuid(s, ":uuid", uuid);
    return borrow_row(s, out_borrow, out_found);
}

enum error_kind borrows_repo_list(struct ctx *ctx, const struct listing *listing,
                                  const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, listing, query, sink);
}

enum error_kind borrows_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &borrows_listing, id, sink);
}

enum error_kind borrows_repo_show_copy(struct ctx *ctx, int64_t copy_id, struct row_sink *sink)
{
    return list_one(ctx, &handed_in_listing, copy_id, sink);
}

enum error_kind borrows_repo_current(struct ctx *ctx, int64_t book_id, struct current_borrower **out_first)
{
    struct stmt *s = db_statement(ctx, &CURRENT_BORROWERS);
    struct current_borrower **last = out_first;
    bool found;

    *out_first = NULL;
    bind_int(s, ":book", book_id);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct current_borrower *borrower = arena_alloc(ctx->arena, sizeof *borrower);
        *borrower = (struct current_borrower){.borrow_id = column_uuid(s, 0),
                                              .member_id = column_uuid(s, 1),
                                              .name = column_text(s, 2),
                                              .borrowed_at = column_int(s, 3),
                                              .due_at = column_int(s, 4),
                                              .due_day = (int32_t)column_int(s, 5)};
        *last = borrower;
        last = &borrower->next;
    }
}

enum error_kind borrows_repo_past(struct ctx *ctx, int64_t book_id, int64_t limit,
                                  struct past_borrow **out_first)
{
    struct stmt *s = db_statement(ctx, &PAST_BORROWS);
    struct past_borrow **last = out_first;
    bool found;

    *out_first = NULL;
    bind_int(s, ":book", book_id);
    bind_int(s, ":limit", limit);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct past_borrow *past = arena_alloc(ctx->arena, sizeof *past);
        *past = (struct past_borrow){.forgotten = column_is_null(s, 0),
                                     .member_id = column_uuid(s, 0),
                                     .member_name = column_text(s, 1),
                                     .borrowed_at = column_int(s, 2),
                                     .returned_at = column_int(s, 3)};
        *last = past;
        last = &past->next;
    }
}
