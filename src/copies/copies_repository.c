/*
 * copies_repository.c — copies as SQL.
 */
#include "copies/copies_repository.h"

#include <assert.h>

#include "db/engine.h"
#include "db/list.h"

#define COPY_COLUMNS                                                                                              \
    "SELECT id, uuid, book_id, status, barcode, shelf, acquired_on, price, note, created_at, updated_at, version" \
    " FROM copy "

SQL(FIND_COPY, COPY_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_COPY_BY_ID, COPY_COLUMNS "WHERE id = :id");
SQL(FIND_COPY_BY_BARCODE, COPY_COLUMNS "WHERE barcode = :barcode");
SQL(PICK_AVAILABLE, COPY_COLUMNS "WHERE book_id = :book AND status = 'available' ORDER BY id LIMIT 1");

SQL(INSERT_COPY,
    "INSERT INTO copy (uuid, book_id, barcode, status, shelf, acquired_on, price, note, created_at, updated_at)"
    " VALUES (:uuid, :book, :barcode, :status, :shelf, :acquired_on, :price, :note, :now, :now)"
    " ON CONFLICT (barcode) DO NOTHING");

SQL(UPDATE_COPY,
    "UPDATE copy SET barcode = :barcode, status = :status, shelf = :shelf, acquired_on = :acquired_on,"
    " price = :price, note = :note, updated_at = :now, version = version + 1 WHERE id = :id");

SQL(SET_STATUS, "UPDATE copy SET status = :status, updated_at = :now, version = version + 1 WHERE id = :id");

SQL(SET_BOOK,
    "UPDATE copy SET book_id = :book, updated_at = :now, version = version + 1 WHERE id = :id AND book_id = :from");

SQL(WITHDRAW_NEWEST,
    "UPDATE copy SET status = 'withdrawn', updated_at = :now, version = version + 1 WHERE id IN"
    " (SELECT id FROM copy WHERE book_id = :book AND status = 'available' ORDER BY id DESC LIMIT :count)");

/* Through the title's indexes: none of these tables has one of its copies for all that ever was. */
SQL(COPY_USES, "SELECT EXISTS (SELECT 1 FROM borrow WHERE book_id = :book AND copy_id = :id),"
               " EXISTS (SELECT 1 FROM hold WHERE book_id = :book AND copy_id = :id)");
/* What lateness cost is a loan's, which is asked for above. */
SQL_SCANNING(
    COPY_MENTIONS,
    "only an import that is undone asks; a library has few stock-takes, and few charges for copies that are "
    "not of a loan",
    "SELECT EXISTS (SELECT 1 FROM charge INDEXED BY charge_apart_by_kind"
    " WHERE kind <> 'overdue' AND copy_id = :id),"
    " EXISTS (SELECT 1 FROM stocktake_scan WHERE copy_id = :id)");
SQL_SCANNING(REMOVE_COPY,
             "its foreign keys ask all loans, holds and charges: only an import that is undone does that",
             "DELETE FROM copy WHERE id = :id");

/* ---- the listing ---------------------------------------------------------------------------------------- */

/* By id, not joined: counting a page's total then never touches the titles. */
#define OF_BOOK(column) "(SELECT b." column " FROM book b WHERE b.id = c.book_id)"

/* clang-format off */
static const struct column copy_columns[] = {
    {"id", COLUMN_UUID, false, "c.uuid", "Id"},
    {"book.id", COLUMN_UUID, false, OF_BOOK("uuid"), "Id of its title"},
    {"book.title", COLUMN_TEXT, false, OF_BOOK("title"), "Title proper"},
    {"book.author", COLUMN_TEXT, false, OF_BOOK("author"), "Author"},
    {"barcode", COLUMN_TEXT, false, "c.barcode", "What the scanner reads"},
    {"status", COLUMN_TEXT, false, "c.status",
     "available, on_loan, on_hold_shelf, in_repair, lost or withdrawn"},
    {"shelf", COLUMN_TEXT, true, "c.shelf", "Where it stands"},
    {"acquired_on", COLUMN_DAY, true, "c.acquired_on", "Day on which it came to the library"},
    {"price", COLUMN_MONEY, true, "c.price", "What it cost, or costs to replace"},
    {"note", COLUMN_TEXT, true, "c.note", "For the staff"},
    {"created_at", COLUMN_INSTANT, false, "c.created_at", "When the record was made"},
    {"updated_at", COLUMN_INSTANT, false, "c.updated_at", "When the record was last changed"},
    {"version", COLUMN_INTEGER, false, "c.version", "For If-Match"},
    {0},
};

static const struct list_sort copy_sorts[] = {
    {"created_at", "c.created_at", false, true},
    {"barcode", "c.barcode", true, false},
    {0},
};

static const char *const status_choices[] = {
#define X(id, name) name,
    COPY_STATUSES(X)
#undef X
    NULL,
};

/* The partial indexes' own condition, which the planner does not derive. */
#define ASIDE(name) "c.status = '" name "' AND c.status NOT IN ('available', 'on_loan')"

static const char *const status_wheres[] = {
    [COPY_AVAILABLE] = "c.status = 'available'",
    [COPY_ON_LOAN] = "c.status = 'on_loan'",
    [COPY_ON_HOLD_SHELF] = ASIDE("on_hold_shelf"),
    [COPY_IN_REPAIR] = ASIDE("in_repair"),
    [COPY_LOST] = ASIDE("lost"),
    [COPY_WITHDRAWN] = ASIDE("withdrawn"),
};

#define COUNT_ASIDE(name) "(SELECT count(*) FROM copy c WHERE " ASIDE(name) ")"

static const struct list_filter copy_filters[] = {
    /* `status` and `barcode` imply it: services say so with list_query_with(). */
    {"include_withdrawn", FILTER_BOOL, "true", "c.status NOT IN ('withdrawn', 'lost')", NULL, NULL,
     "true: withdrawn and lost copies too (implied by barcode and status)"},
    {"barcode", FILTER_TEXT, "c.barcode = :barcode", NULL, NULL, NULL, "The very barcode"},
    {"status", FILTER_CHOICE, NULL, NULL, status_choices, status_wheres, "State of the copy"},
    {"book_id", FILTER_UUID, "c.book_id = (SELECT id FROM book WHERE uuid = :book_id)", NULL, NULL, NULL,
     "Copies of this title"},
    {"shelf", FILTER_TEXT, "c.shelf = :shelf", NULL, NULL, NULL, "Copies that stand on this shelf, exactly"},
    {0},
};
/* clang-format on */

#define ASIDE_SERVED(name)                                                                             \
    {                                                                                                  \
        "include_withdrawn status=" name, .known = "an index that holds no copy on a shelf or on loan" \
    }

static const struct list_served copies_served[] = {
    {"", .skips = "withdrawn and lost copies"},
    {"include_withdrawn", .known = "counter, and an index that holds no copy on a shelf or on loan",
     .total = COUNTER("copies") " + " COUNT_ASIDE("lost") " + " COUNT_ASIDE("withdrawn")},
    ASIDE_SERVED("on_hold_shelf"),
    ASIDE_SERVED("in_repair"),
    ASIDE_SERVED("lost"),
    ASIDE_SERVED("withdrawn"),
    {"include_withdrawn status=on_loan", .sorts = "", .total = COUNTER("borrows_open"), .known = "counter"},
    {"include_withdrawn status=available", .sorts = "", .known = "counters",
     .total = COUNTER("copies") " - " COUNTER("borrows_open") " - " COUNT_ASIDE(
         "on_hold_shelf") " - " COUNT_ASIDE("in_repair")},
    {"shelf", .sorts = "barcode", .known = "the shelf's copies in an index",
     .skips = "withdrawn and lost copies"},
    {"include_withdrawn shelf", .sorts = "barcode", .known = "the shelf's copies in an index"},
    {"include_withdrawn? barcode", .few = "a barcode is one copy's"},
    {"include_withdrawn? book_id", .few = "a title has BOOK_COPIES_MAX copies at most"},
    {"include_withdrawn status book_id", .few = "a title has BOOK_COPIES_MAX copies at most"},
    {0},
};

const struct listing copies_listing = {
    .name = "Copy",
    .columns = copy_columns,
    .from = "copy c",
    .id = "c.id",
    .uuid = "c.uuid",
    .sorts = copy_sorts,
    .filters = copy_filters,
    /* Exact, since without a filter the list leaves out what that counter leaves out. */
    .total = "copies",
    .served = copies_served,
};

/* ---- the listing of an export ----------------------------------------------------------------------------- */

/* clang-format off */
static const struct column export_columns[] = {
    {"barcode", COLUMN_TEXT, false, "c.barcode", "What the scanner reads"},
    {"book.id", COLUMN_UUID, false, "b.uuid", "Id of its title"},
    {"book.isbn", COLUMN_TEXT, true, "b.isbn", "ISBN of its title, or an identifier of the library's own"},
    {"book.title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"book.author", COLUMN_TEXT, false, "b.author", "Author"},
    {"book.year", COLUMN_INTEGER, true, "b.year", "Year of publication"},
    {"shelf", COLUMN_TEXT, true, "c.shelf", "Where it stands"},
    {"status", COLUMN_TEXT, false, "c.status", "available, on_loan, on_hold_shelf, in_repair, lost or withdrawn"},
    {"acquired_on", COLUMN_DAY, true, "c.acquired_on", "Day on which it came to the library"},
    {"price", COLUMN_MONEY, true, "c.price", "What it cost, or costs to replace"},
    {"note", COLUMN_TEXT, true, "c.note", "For the staff"},
    {"created_at", COLUMN_INSTANT, false, "c.created_at", "When the record was made"},
    {"version", COLUMN_INTEGER, false, "c.version", "How often it was changed"},
    {0},
};

static const struct list_sort export_sorts[] = {{"created_at", "c.created_at", false, false}, {0}};
/* clang-format on */

static const struct list_served export_served[] = {
    {"", .known = "counter, and an index that holds no copy on a shelf or on loan",
     .total = COUNTER("copies") " + " COUNT_ASIDE("lost") " + " COUNT_ASIDE("withdrawn")},
    {0}};

const struct listing copies_export_listing = {
    .name = "CopyExport",
    .columns = export_columns,
    .from = "copy c LEFT JOIN book b ON b.id = c.book_id",
    .id = "c.id",
    .uuid = "c.uuid",
    .sorts = export_sorts,
    .served = export_served,
};

enum error_kind copies_repo_export(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &copies_export_listing, query, sink);
}

enum error_kind copies_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &copies_listing, query, sink);
}

enum error_kind copies_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &copies_listing, id, sink);
}

/* ---- finding ------------------------------------------------------------------------------------------ */

static struct copy read_copy(struct stmt *s)
{
    struct copy copy = {
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .book_id = column_int(s, 2),
        .facts =
            {
                .status = column_text(s, 3),
                .barcode = column_text(s, 4),
                .shelf = column_text(s, 5),
                .acquired_on = column_number(s, 6),
                .price = column_number(s, 7),
                .note = column_text(s, 8),
            },
        .created_at = column_int(s, 9),
        .updated_at = column_int(s, 10),
        .version = column_int(s, 11),
    };
    bool known = copy_status_parse(copy.facts.status, &copy.status);
    assert(known); /* the table's CHECK has the same names */
    (void)known;
    return copy;
}

static enum error_kind find_copy(struct stmt *s, struct copy *out_copy, bool *out_found)
{
    bool found;

    TRY(db_row(s, &found));
    if (found)
        *out_copy = read_copy(s);
    *out_found = found;
    return OK;
}

enum error_kind copies_repo_find(struct ctx *ctx, const struct uuid *uuid, struct copy *out_copy,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_COPY);

    bind_uuid(s, ":uuid", uuid);
    return find_copy(s, out_copy, out_found);
}

enum error_kind copies_repo_find_by_id(struct ctx *ctx, int64_t id, struct copy *out_copy, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_COPY_BY_ID);

    bind_int(s, ":id", id);
    return find_copy(s, out_copy, out_found);
}

enum error_kind copies_repo_find_by_barcode(struct ctx *ctx, const char *barcode, struct copy *out_copy,
                                            bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_COPY_BY_BARCODE);

    bind_text(s, ":barcode", barcode);
    return find_copy(s, out_copy, out_found);
}

enum error_kind copies_repo_pick_available(struct ctx *ctx, int64_t book_id, struct copy *out_copy,
                                           bool *out_found)
{
    struct stmt *s = db_statement(ctx, &PICK_AVAILABLE);

    bind_int(s, ":book", book_id);
    return find_copy(s, out_copy, out_found);
}

/* ---- writing ------------------------------------------------------------------------------------------ */

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct copy *copy)
{
    bind_text(s, ":barcode", copy->facts.barcode);
    bind_text(s, ":status", copy_status_name(copy->status));
    bind_text(s, ":shelf", copy->facts.shelf);
    bind_number(s, ":acquired_on", copy->facts.acquired_on);
    bind_number(s, ":price", copy->facts.price);
    bind_text(s, ":note", copy->facts.note);
    bind_int(s, ":now", ctx->now);
}

enum error_kind copies_repo_insert(struct ctx *ctx, struct copy *copy, bool *out_inserted)
{
    struct stmt *s = db_statement(ctx, &INSERT_COPY);

    bind_uuid(s, ":uuid", &copy->uuid);
    bind_int(s, ":book", copy->book_id);
    bind_facts(ctx, s, copy);
    TRY(db_run(s));
    *out_inserted = db_changes(ctx) == 1;
    if (*out_inserted)
        copy->id = db_last_id(ctx);
    return OK;
}

enum error_kind copies_repo_update(struct ctx *ctx, const struct copy *copy)
{
    struct stmt *s = db_statement(ctx, &UPDATE_COPY);

    bind_int(s, ":id", copy->id);
    bind_facts(ctx, s, copy);
    return db_run(s);
}

enum error_kind copies_repo_set_status(struct ctx *ctx, int64_t id, enum copy_status status)
{
    struct stmt *s = db_statement(ctx, &SET_STATUS);

    bind_int(s, ":id", id);
    bind_text(s, ":status", copy_status_name(status));
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind copies_repo_set_book(struct ctx *ctx, int64_t id, int64_t from_book, int64_t to_book,
                                     bool *out_moved)
{
    struct stmt *s = db_statement(ctx, &SET_BOOK);

    bind_int(s, ":id", id);
    bind_int(s, ":from", from_book);
    bind_int(s, ":book", to_book);
    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_moved = db_changes(ctx) > 0;
    return OK;
}

enum error_kind copies_repo_withdraw_newest(struct ctx *ctx, int64_t book_id, int64_t count)
{
    struct stmt *s = db_statement(ctx, &WITHDRAW_NEWEST);

    bind_int(s, ":book", book_id);
    bind_int(s, ":count", count);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind copies_repo_uses(struct ctx *ctx, const struct copy *copy, struct copy_uses *out_uses)
{
    struct stmt *s = db_statement(ctx, &COPY_USES);
    bool found;

    bind_int(s, ":book", copy->book_id);
    bind_int(s, ":id", copy->id);
    TRY(db_row(s, &found));
    *out_uses = (struct copy_uses){.lent = column_bool(s, 0), .held = column_bool(s, 1)};
    s = db_statement(ctx, &COPY_MENTIONS);
    bind_int(s, ":id", copy->id);
    TRY(db_row(s, &found));
    out_uses->charged = column_bool(s, 0);
    out_uses->scanned = column_bool(s, 1);
    return OK;
}

enum error_kind copies_repo_remove(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_COPY);

    bind_int(s, ":id", id);
    return db_run(s);
}
