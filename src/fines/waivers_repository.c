/*
 * waivers_repository.c — waivers as SQL.
 */
#include "fines/waivers_repository.h"

#include "base/clock.h"
#include "db/engine.h"
#include "db/list.h"

SQL(INSERT_WAIVER,
    "INSERT INTO waiver (uuid, member_id, charge_id, kind, status, amount, reason, asked_by, asked_at,"
    " decided_by, decided_at, decided_day)"
    " VALUES (:uuid, :member, :charge, :kind, :status, :amount, :reason, :actor, :now,"
    " :decided_by, :decided_at, :decided_day)");
SQL(FIND_WAIVER, "SELECT id, member_id, charge_id, status <> 'asked', amount FROM waiver WHERE uuid = :uuid");
SQL(DECIDE_WAIVER, "UPDATE waiver SET status = :status, decided_by = :actor, decided_at = :now,"
                   " decided_day = :day WHERE id = :id");

/* ---- the listing ---------------------------------------------------------------------------------------- */

static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "v.uuid", "The waiver"},
    {"member_id", COLUMN_UUID, false, "m.uuid", "Whose charge"},
    {"charge_id", COLUMN_UUID, true, "f.uuid", "Of which charge"},
    {"kind", COLUMN_TEXT, false, "v.kind", "waiver: asked for; correction and found: the program made it"},
    {"status", COLUMN_TEXT, false, "v.status", "asked, approved or refused"},
    {"amount", COLUMN_MONEY, false, "v.amount", "How much"},
    {"allocated", COLUMN_MONEY, false, "v.allocated",
     "What of it has settled a charge; the rest is a credit"},
    {"reason", COLUMN_TEXT, false, "v.reason", "Why"},
    {"asked_by", COLUMN_TEXT, false, "v.asked_by", "Who asked for it"},
    {"asked_at", COLUMN_INSTANT, false, "v.asked_at", "When"},
    {"decided_by", COLUMN_TEXT, true, "v.decided_by", "Who approved or refused it"},
    {"decided_at", COLUMN_INSTANT, true, "v.decided_at", "When"},
    {"charge_kind", COLUMN_TEXT, true, "f.kind", "What the charge is: overdue, lost, damage or fee"},
    {"title", COLUMN_TEXT, true, "b.title", "Title of the charge's copy"},
    {"member.id", COLUMN_UUID, false, "m.uuid", "The member"},
    {"member.name", COLUMN_TEXT, false, "m.name", "Name"},
    {"member.card", COLUMN_TEXT, false, "m.card", "Card number"},
    {0},
};

static const char *const status_choices[] = {"asked", "approved", "refused", NULL};
static const char *const status_wheres[] = {"v.status = 'asked'", "v.status = 'approved'",
                                            "v.status = 'refused'"};

static const struct list_filter filters[] = {
    {"member_id", FILTER_UUID, "v.member_id = (SELECT id FROM member WHERE uuid = :member_id)",
     .meaning = "Waivers of this member"},
    {"status", FILTER_CHOICE, .choices = status_choices, .wheres = status_wheres,
     .meaning = "Waiting for a decision, or decided"},
    {0},
};

static const struct list_sort sorts[] = {{"asked_at", "v.asked_at", .descending = true}, {0}};

#define IN_INDEX "the waivers of that status in an index"
/* What is asked waits for an answer, and what is refused is the exception. */
#define OF_STATUS(name) "(SELECT count(*) FROM waiver WHERE status = '" name "')"

/* clang-format off */
static const struct list_served served[] = {
    {""},
    {"status=asked", .known = IN_INDEX, .index = "waiver_by_status"},
    {"status=approved", .total = COUNTER("waivers") " - " OF_STATUS("asked") " - " OF_STATUS("refused"),
     .known = "counter, less the two others", .index = "waiver_by_status"},
    {"status=refused", .known = IN_INDEX, .index = "waiver_by_status"},
    {"member_id", .known = "the member's waivers in an index", .index = "waiver_by_member"},
    {0},
};
/* clang-format on */

const struct listing waivers_listing = {
    .name = "Waiver",
    .columns = columns,
    .from = "waiver v LEFT JOIN member m ON m.id = v.member_id LEFT JOIN charge f ON f.id = v.charge_id"
            " LEFT JOIN copy c ON c.id = f.copy_id LEFT JOIN book b ON b.id = c.book_id",
    .count_from = "waiver v",
    .id = "v.id",
    .uuid = "v.uuid",
    .sorts = sorts,
    .filters = filters,
    .total = "waivers",
    .served = served,
};

/* ---- queries -------------------------------------------------------------------------------------------- */

enum error_kind waivers_repo_insert(struct ctx *ctx, const struct new_waiver *waiver, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_WAIVER);
    struct uuid uuid = uuid_new(ctx->now);
    bool approved = waiver->approved;

    bind_uuid(s, ":uuid", &uuid);
    bind_int(s, ":member", waiver->member_id);
    bind_int(s, ":charge", waiver->charge_id);
    bind_text(s, ":kind", waiver_kind_name(waiver->kind));
    bind_text(s, ":status", approved ? "approved" : "asked");
    bind_int(s, ":amount", waiver->amount);
    bind_text(s, ":reason", waiver->reason);
    bind_text(s, ":actor", ctx->actor.name);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":decided_by", approved ? ctx->actor.name : NULL);
    bind_number(s, ":decided_at", approved ? ctx->now : NO_NUMBER);
    bind_number(s, ":decided_day", approved ? clock_day_of(ctx->now) : NO_NUMBER);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind waivers_repo_find(struct ctx *ctx, const struct uuid *uuid, struct waiver *out_waiver,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_WAIVER);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_waiver = (struct waiver){.id = column_int(s, 0),
                                      .member_id = column_int(s, 1),
                                      .charge_id = column_int(s, 2),
                                      .is_decided = column_bool(s, 3),
                                      .amount = column_int(s, 4)};
    return OK;
}

enum error_kind waivers_repo_decide(struct ctx *ctx, int64_t id, bool approved)
{
    struct stmt *s = db_statement(ctx, &DECIDE_WAIVER);

    bind_int(s, ":id", id);
    bind_text(s, ":status", approved ? "approved" : "refused");
    bind_text(s, ":actor", ctx->actor.name);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":day", clock_day_of(ctx->now));
    return db_run(s);
}

enum error_kind waivers_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &waivers_listing, query, sink);
}

enum error_kind waivers_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &waivers_listing, id, sink);
}
