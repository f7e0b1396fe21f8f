/*
 * charges_repository.c — charges as SQL. What is open stands in partial indexes: a member's, and all of the library.
 */
#include "fines/charges_repository.h"

#include "base/clock.h"
#include "counters/day_sums_sql.h"
#include "db/engine.h"
#include "db/list.h"

SQL(INSERT_CHARGE,
    "INSERT INTO charge (uuid, member_id, kind, amount, borrow_id, copy_id, at, day, note, made_by)"
    " VALUES (:uuid, :member, :kind, :amount, :borrow, :copy, :at, :day, :note, :made_by)");

#define CHARGE_COLUMNS "SELECT id, uuid, member_id, kind, amount, settled, borrow_id FROM charge "

SQL(FIND_CHARGE, CHARGE_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_CHARGE_BY_ID, CHARGE_COLUMNS "WHERE id = :id");

SQL(CHARGED_FOR_BORROW,
    "SELECT coalesce(sum(amount), 0), coalesce(max(id), 0) FROM charge WHERE borrow_id = :borrow AND kind = :kind");
SQL(WAIVED_OF_BORROW, "SELECT coalesce(sum(w.amount) FILTER (WHERE w.kind = 'waiver'), 0),"
                      " coalesce(sum(w.amount) FILTER (WHERE w.kind <> 'waiver'), 0)"
                      " FROM charge c CROSS JOIN waiver w ON w.charge_id = c.id"
                      " WHERE c.borrow_id = :borrow AND c.kind = :kind AND w.status = 'approved'");
SQL(FORGET_BORROW, "UPDATE charge SET borrow_id = NULL, copy_id = NULL WHERE borrow_id = :borrow");

SQL(FIND_BORROW, "SELECT id, member_id, copy_id FROM borrow WHERE uuid = :uuid");

/* ---- the listing ---------------------------------------------------------------------------------------- */

static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "f.uuid", "The charge"},
    {"member_id", COLUMN_UUID, false, "m.uuid", "Who owes it"},
    {"kind", COLUMN_TEXT, false, "f.kind", "overdue, lost, damage or fee"},
    {"amount", COLUMN_MONEY, false, "f.amount", "What was charged"},
    {"settled", COLUMN_MONEY, false, "f.settled", "What of it was paid, waived or corrected"},
    {"open", COLUMN_MONEY, false, "f.amount - f.settled", "What is left of it"},
    {"borrow_id", COLUMN_UUID, true, "w.uuid", "The loan; null: of none, or of one that is forgotten"},
    {"copy_id", COLUMN_UUID, true, "c.uuid", "The copy, if it is about one"},
    {"barcode", COLUMN_TEXT, true, "c.barcode", "Barcode on the copy"},
    {"title", COLUMN_TEXT, true, "b.title", "Title of the copy"},
    {"at", COLUMN_INSTANT, false, "f.at", "When it came about"},
    {"note", COLUMN_TEXT, true, "f.note", "What it is for"},
    {"made_by", COLUMN_TEXT, false, "f.made_by", "Who charged it"},
    {"member.id", COLUMN_UUID, false, "m.uuid", "The member"},
    {"member.name", COLUMN_TEXT, false, "m.name", "Name"},
    {"member.card", COLUMN_TEXT, false, "m.card", "Card number"},
    {0},
};

static const char *const kind_choices[] = {"overdue", "lost", "damage", "fee", NULL};

#define APART(kind) "f.kind = '" kind "' AND f.kind <> 'overdue'"

static const char *const kind_wheres[] = {"f.kind = 'overdue'", APART("lost"), APART("damage"), APART("fee")};

static const struct list_filter filters[] = {
    {"member_id", FILTER_UUID, "f.member_id = (SELECT id FROM member WHERE uuid = :member_id)",
     .meaning = "Charges of this member"},
    {"kind", FILTER_CHOICE, .choices = kind_choices, .wheres = kind_wheres, .meaning = "What for"},
    {"open", FILTER_BOOL, "f.settled < f.amount", .meaning = "Only what is not wholly settled"},
    {"from", FILTER_FROM_DAY, "f.at >= :from", .meaning = "Charged on this day or later"},
    {"to", FILTER_TO_DAY, "f.at <= :to", .meaning = "Charged on this day or earlier"},
    {0},
};

static const struct list_sort sorts[] = {{"at", "f.at", .descending = true}, {0}};

#define IN_INDEX "an index that holds what is open"
#define COUNT_APART \
    "(SELECT count(*) FROM charge WHERE kind IN ('lost', 'damage', 'fee') AND kind <> 'overdue')"
#define CHARGED(filters, total_of)                                                                 \
    {                                                                                              \
        filters, .total = total_of("charges", "charges", "charge", "at"), .known = "daily counts", \
                 .index = "charge_by_time"                                                         \
    }

/* clang-format off */
static const struct list_served served[] = {
    {""},
    {"open", .total = COUNTER("charges_open"), .known = "counter", .index = "charge_open_by_time"},
    {"open from? to?", .known = IN_INDEX, .index = "charge_open_by_time"},
    CHARGED("from", TOTAL_FROM),
    CHARGED("to", TOTAL_TO),
    CHARGED("from to", TOTAL_FROM_TO),
    {"kind=overdue", .total = COUNTER("charges") " - " COUNT_APART, .known = "counter, less the three below",
     .index = "charge_by_time", .skips = "charges of other kinds"},
    {"kind=lost from? to?", .known = "the charges of that kind in an index"},
    {"kind=damage from? to?", .known = "the charges of that kind in an index"},
    {"kind=fee from? to?", .known = "the charges of that kind in an index"},
    {"member_id from? to?", .known = "the member's charges in an index"},
    {"member_id open", .index = "charge_open", .few = "what a member owes is not much at once"},
    {0},
};
/* clang-format on */

const struct listing charges_listing = {
    .name = "Charge",
    .columns = columns,
    .from = "charge f LEFT JOIN member m ON m.id = f.member_id LEFT JOIN borrow w ON w.id = f.borrow_id"
            " LEFT JOIN copy c ON c.id = f.copy_id LEFT JOIN book b ON b.id = c.book_id",
    .count_from = "charge f",
    .id = "f.id",
    .uuid = "f.uuid",
    .sorts = sorts,
    .filters = filters,
    .total = "charges",
    .served = served,
};

/* ---- queries -------------------------------------------------------------------------------------------- */

static int64_t id_or_null(int64_t id)
{
    return id ? id : NO_NUMBER;
}

enum error_kind charges_repo_insert(struct ctx *ctx, const struct new_charge *charge, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_CHARGE);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_int(s, ":member", charge->member_id);
    bind_text(s, ":kind", charge_kind_name(charge->kind));
    bind_int(s, ":amount", charge->amount);
    bind_number(s, ":borrow", id_or_null(charge->borrow_id));
    bind_number(s, ":copy", id_or_null(charge->copy_id));
    bind_int(s, ":at", charge->at);
    bind_int(s, ":day", clock_day_of(charge->at));
    bind_text(s, ":note", charge->note);
    bind_text(s, ":made_by", ctx->actor.name);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

static enum error_kind read_charge(struct stmt *s, struct charge *out_charge, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_charge = (struct charge){.id = column_int(s, 0),
                                      .uuid = column_uuid(s, 1),
                                      .member_id = column_int(s, 2),
                                      .kind = charge_kind_of(column_text(s, 3)),
                                      .amount = column_int(s, 4),
                                      .settled = column_int(s, 5),
                                      .borrow_id = column_int(s, 6)};
    return OK;
}

enum error_kind charges_repo_find(struct ctx *ctx, const struct uuid *uuid, struct charge *out_charge,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_CHARGE);

    bind_uuid(s, ":uuid", uuid);
    return read_charge(s, out_charge, out_found);
}

enum error_kind charges_repo_find_by_id(struct ctx *ctx, int64_t id, struct charge *out_charge,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_CHARGE_BY_ID);

    bind_int(s, ":id", id);
    return read_charge(s, out_charge, out_found);
}

enum error_kind charges_repo_posted(struct ctx *ctx, int64_t borrow_id, enum charge_kind kind,
                                    struct posted *out_posted)
{
    struct stmt *s = db_statement(ctx, &CHARGED_FOR_BORROW);
    struct posted posted;
    bool found;

    bind_int(s, ":borrow", borrow_id);
    bind_text(s, ":kind", charge_kind_name(kind));
    TRY(db_row(s, &found));
    posted = (struct posted){.charged = column_int(s, 0), .last_id = column_int(s, 1)};
    s = db_statement(ctx, &WAIVED_OF_BORROW);
    bind_int(s, ":borrow", borrow_id);
    bind_text(s, ":kind", charge_kind_name(kind));
    TRY(db_row(s, &found));
    posted.waived = column_int(s, 0);
    posted.taken_back = column_int(s, 1);
    *out_posted = posted;
    return OK;
}

enum error_kind charges_repo_forget_borrow(struct ctx *ctx, int64_t borrow_id)
{
    struct stmt *s = db_statement(ctx, &FORGET_BORROW);

    bind_int(s, ":borrow", borrow_id);
    return db_run(s);
}

enum error_kind charges_repo_find_borrow(struct ctx *ctx, const struct uuid *uuid,
                                         struct named_borrow *out_borrow, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BORROW);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_borrow = (struct named_borrow){
            .id = column_int(s, 0), .member_id = column_int(s, 1), .copy_id = column_int(s, 2)};
    return OK;
}

enum error_kind charges_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &charges_listing, query, sink);
}

enum error_kind charges_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &charges_listing, id, sink);
}
