/*
 * notices_repository.c — notifications as SQL. A row that is claimed is nobody else's: each step says from which state.
 */
#include "notifications/notices_repository.h"

#include "db/engine.h"
#include "db/list.h"

SQL(LOAD,
    "SELECT n.id, n.uuid, n.kind, n.channel, n.state, n.detail, n.tries, n.created_at, n.send_at, n.member_id,"
    " m.uuid, m.name, m.email, m.phone, m.card, r.language, m.deleted_at, m.expires_on, f.wanted, b.title,"
    " b.author, b.available_copies, w.due_day, w.returned_at, w.member_id, h.status, h.pickup_day, p.receipt,"
    " p.amount, p.balance_after, p.day, a.uuid, a.name, a.reset_asked_at"
    " FROM notification n LEFT JOIN member m ON m.id = n.member_id"
    " LEFT JOIN notification_reader r ON r.member_id = n.member_id"
    " LEFT JOIN notification_preference f ON f.member_id = n.member_id AND f.kind = n.kind"
    " AND f.channel = n.channel"
    " LEFT JOIN book b ON b.id = n.book_id LEFT JOIN borrow w ON w.id = n.borrow_id"
    " LEFT JOIN hold h ON h.id = n.hold_id LEFT JOIN payment p ON p.id = n.payment_id"
    " LEFT JOIN account a ON a.member_id = n.member_id AND a.disabled_at IS NULL AND a.role = 'member'"
    " WHERE n.id = :id");
SQL(FIND, "SELECT id FROM notification WHERE uuid = :uuid");
SQL(UNREAD, "SELECT count(*) FROM notification INDEXED BY notification_unread"
            " WHERE member_id = :member AND channel = 'app' AND read_at IS NULL");
SQL(WAITING, "SELECT count(*) FROM notification INDEXED BY notification_due"
             " WHERE state = 'waiting' AND channel = :channel");
SQL(FAILED, "SELECT count(*) FROM notification INDEXED BY notification_by_state"
            " WHERE state = 'failed' AND channel = :channel");

#define CODE_OVERTAKES_MS (15 * 60 * 1000)

/* Of the last ones only: nobody asks for what was long ago. */
#define LAST_ONES "1000"
SQL(LAST_SENT,
    "SELECT max(ended_at) FROM (SELECT channel, ended_at FROM notification INDEXED BY"
    " notification_by_state WHERE state = 'sent' ORDER BY created_at DESC, id DESC LIMIT " LAST_ONES
    ") WHERE channel = :channel");
#define PROBLEMS(of_state)                                                                                   \
    "SELECT * FROM (SELECT channel, coalesce(ended_at, claimed_at) AS at, problem FROM notification INDEXED" \
    " BY notification_by_state WHERE state = '" of_state                                                     \
    "' ORDER BY created_at DESC, id DESC LIMIT " LAST_ONES ")"
SQL(LAST_PROBLEM,
    "SELECT at, problem FROM (" PROBLEMS("failed") " UNION ALL " PROBLEMS("unsure") " UNION ALL " PROBLEMS(
        "waiting") ") WHERE channel = :channel AND problem IS NOT NULL ORDER BY at DESC LIMIT 1");

/* No number is given twice: what the audit log says of one that was pruned would be said of another. */
SQL(INSERT,
    "INSERT INTO notification (id, uuid, member_id, kind, channel, state, dedupe, book_id, borrow_id, hold_id,"
    " payment_id, detail, created_at, created_by, send_at) VALUES (1 + max(coalesce((SELECT max(id) FROM"
    " notification), 0), coalesce((SELECT max(entity_id) FROM audit_log WHERE entity = 'notification'), 0)),"
    " :uuid, :member, :kind, :channel,"
    " 'waiting', :dedupe || ':' || :channel, :book, :borrow, :hold, :payment, :detail, :now, :actor,"
    " :send_at) ON CONFLICT (dedupe) DO NOTHING");

/* A code that somebody waits for overtakes a thousand reminders; later on it waits its turn. */
SQL(NEXT_CODE, "SELECT id FROM notification INDEXED BY notification_by_kind WHERE kind = :kind"
               " AND created_at > :recent AND state = 'waiting' AND channel = 'email' AND send_at <= :now"
               " ORDER BY created_at, id LIMIT 1");
/* By channel: what waits for one that is off, or that fails, is not looked through for the next of another. */
SQL(NEXT_DUE, "SELECT id, send_at FROM notification INDEXED BY notification_due WHERE state = 'waiting'"
              " AND channel = :channel AND send_at <= :now ORDER BY send_at, id LIMIT 1");
SQL(COMPANIONS, "SELECT id FROM notification INDEXED BY notification_by_member WHERE member_id = :member"
                " AND state = 'waiting' AND channel = :channel AND send_at <= :now AND id <> :id"
                " ORDER BY created_at, id LIMIT :max");
SQL(CLAIM, "UPDATE notification SET state = 'claimed', claimed_at = :now, tries = tries + 1, problem = NULL,"
           " message_id = :message, address = :address, subject = :subject, body = :body"
           " WHERE id = :id AND state = 'waiting'");
SQL(END, "UPDATE notification SET state = :state, send_at = :send_at, problem = :problem,"
         " ended_at = iif(:state = 'waiting', NULL, :now) WHERE id = :id AND state = 'claimed'");
SQL(SHOWN, "UPDATE notification SET state = 'sent', ended_at = :now, subject = :subject, body = :body"
           " WHERE id = :id AND state = 'waiting'");
SQL(POSTPONE, "UPDATE notification SET send_at = :send_at WHERE id = :id AND state = 'waiting'");
SQL(DROP, "UPDATE notification SET state = 'dropped', ended_at = :now, problem = :why"
          " WHERE id = :id AND state = 'waiting'");
SQL(AGAIN, "UPDATE notification SET state = 'waiting', send_at = :now, ended_at = NULL, claimed_at = NULL,"
           " message_id = NULL, problem = NULL, tries = 0"
           " WHERE id = :id AND state IN ('failed', 'unsure', 'dropped')");
SQL(RECOVER, "UPDATE notification SET state = 'unsure', ended_at = :now, problem = :problem"
             " WHERE state = 'claimed' AND claimed_at <= :until");
SQL(NOTE_READ, "UPDATE notification SET read_at = :now WHERE id = :id AND read_at IS NULL");
SQL(NOTE_ALL_READ, "UPDATE notification SET read_at = :now WHERE member_id = :member AND channel = 'app'"
                   " AND read_at IS NULL");

#define OLDEST                                                                                            \
    "(SELECT id FROM notification INDEXED BY notification_by_created WHERE created_at < :before ORDER BY" \
    " created_at, id LIMIT :max)"
SQL(LEAVE_OLDEST, "UPDATE notification SET message_id = NULL WHERE message_id IN " OLDEST);
SQL(PRUNE, "DELETE FROM notification WHERE id IN " OLDEST);

/* ---- the listing --------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "n.uuid", "The notification"},
    {"member.id", COLUMN_UUID, true, "m.uuid", "Who is told; null: forgotten"},
    {"member.name", COLUMN_TEXT, true, "m.name", "Name"},
    {"kind", COLUMN_TEXT, false, "n.kind", "What it tells: see /notifications/kinds"},
    {"channel", COLUMN_TEXT, false, "n.channel", "app, email or sms"},
    {"state", COLUMN_TEXT, false, "n.state", "waiting, claimed (being sent), sent, failed, unsure (it may have gone) or dropped"},
    {"subject", COLUMN_TEXT, true, "n.subject", "Subject; null until it is sent"},
    {"body", COLUMN_TEXT, true, "n.body", "What it says; null until it is sent"},
    {"address", COLUMN_TEXT, true, "n.address", "Where it was sent to"},
    {"created_at", COLUMN_INSTANT, false, "n.created_at", "When it was made"},
    {"created_by", COLUMN_TEXT, false, "n.created_by", "Who made it"},
    {"send_at", COLUMN_INSTANT, false, "n.send_at", "Not sent before that"},
    {"claimed_at", COLUMN_INSTANT, true, "n.claimed_at", "When it was last tried"},
    {"ended_at", COLUMN_INSTANT, true, "n.ended_at", "When it was sent, or given up"},
    {"read_at", COLUMN_INSTANT, true, "n.read_at", "When the reader read it in the program"},
    {"tries", COLUMN_INTEGER, false, "n.tries", "How often it was tried"},
    {"problem", COLUMN_TEXT, true, "n.problem", "Why it was not sent"},
    {"book.id", COLUMN_UUID, true, "b.uuid", "The title it is about"},
    {"book.title", COLUMN_TEXT, true, "b.title", "Title proper"},
    {0},
};

static const struct list_sort sorts[] = {
    {"created_at", "n.created_at", .descending = true},
    {0},
};

static const char *const state_choices[] = {"waiting", "claimed", "sent", "failed", "unsure", "dropped", NULL};
static const char *const state_wheres[] = {"n.state = 'waiting'", "n.state = 'claimed'", "n.state = 'sent'", "n.state = 'failed'", "n.state = 'unsure'", "n.state = 'dropped'"};
static const char *const channel_wheres[] = {"n.channel = 'app'", "n.channel = 'email'", "n.channel = 'sms'"};

/* The last is set by the service alone: a reader's own. */
static const struct list_filter filters[] = {
    {"state", FILTER_CHOICE, .choices = state_choices, .wheres = state_wheres, .meaning = "How far it is"},
    {"kind", FILTER_TEXT, "n.kind = :kind", .meaning = "What it tells"},
    {"channel", FILTER_CHOICE, .choices = notice_channel_names, .wheres = channel_wheres, .meaning = "How it is told"},
    {"member_id", FILTER_UUID, "n.member_id = (SELECT id FROM member WHERE uuid = :member_id)", .meaning = "Notifications of this reader"},
    {".member", FILTER_INTEGER, "n.member_id = :member"},
    {0},
};

#define OF_STATE(name) {"state=" name, .known = "those of that state in an index", .index = "notification_by_state"}
static const struct list_served served[] = {
    {""},
    OF_STATE("waiting"),
    OF_STATE("claimed"),
    OF_STATE("sent"),
    OF_STATE("failed"),
    OF_STATE("unsure"),
    OF_STATE("dropped"),
    {"kind", .known = "those of that kind in an index", .index = "notification_by_kind"},
    {"member_id", .known = "the reader's in an index", .index = "notification_by_member"},
    {".member", .known = "the reader's in an index", .index = "notification_by_member"},
    {0},
};
/* clang-format on */

const struct listing notices_listing = {
    .name = "Notification",
    .columns = columns,
    .from = "notification n LEFT JOIN member m ON m.id = n.member_id LEFT JOIN book b ON b.id = n.book_id",
    .count_from = "notification n",
    .id = "n.id",
    .uuid = "n.uuid",
    .sorts = sorts,
    .filters = filters,
    .total = "notifications",
    .served = served,
};

enum error_kind notices_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &notices_listing, query, sink);
}

enum error_kind notices_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &notices_listing, id, sink);
}

/* ---- reading ----------------------------------------------------------------------------------------------- */

static struct stmt *of_id(struct ctx *ctx, const struct sql *sql, int64_t id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":id", id);
    return s;
}

static struct stmt *now_of_id(struct ctx *ctx, const struct sql *sql, int64_t id)
{
    struct stmt *s = of_id(ctx, sql, id);

    bind_int(s, ":now", ctx->now);
    return s;
}

enum error_kind notices_repo_find(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

static void read_reader(struct stmt *s, struct notice *notice)
{
    notice->member_id = column_int(s, 9);
    if (notice->member_id != 0)
        notice->member_uuid = column_uuid(s, 10);
    notice->name = column_text(s, 11);
    notice->email = column_text(s, 12);
    notice->phone = column_text(s, 13);
    notice->card = column_text(s, 14);
    notice->language = column_text(s, 15);
    notice->archived_at = column_number(s, 16);
    notice->expires_on = column_number(s, 17);
    notice->wanted = column_number(s, 18);
}

static void read_subject(struct stmt *s, struct notice *notice)
{
    notice->title = column_text(s, 19);
    notice->author = column_text(s, 20);
    notice->available_copies = column_int(s, 21);
    notice->loan_due_day = column_number(s, 22);
    notice->loan_returned_at = column_number(s, 23);
    notice->loan_member_id = column_int(s, 24);
    notice->hold_status = column_text(s, 25);
    notice->pickup_day = column_number(s, 26);
    notice->receipt_number = column_number(s, 27);
    notice->amount = column_number(s, 28);
    notice->balance_after = column_number(s, 29);
    notice->paid_day = column_number(s, 30);
    if (!column_is_null(s, 31))
        notice->account_uuid = column_uuid(s, 31);
    notice->login = column_text(s, 32);
    notice->reset_asked_at = column_number(s, 33);
}

enum error_kind notices_repo_load(struct ctx *ctx, int64_t id, struct notice *out_notice)
{
    struct stmt *s = of_id(ctx, &LOAD, id);
    bool found;

    TRY(db_row(s, &found));
    struct notice notice = {
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .kind = notice_kind_named(column_text(s, 2)),
        .channel = notice_channel_named(column_text(s, 3)),
        .state = column_text(s, 4),
        .detail = column_text(s, 5),
        .tries = column_int(s, 6),
        .created_at = column_int(s, 7),
        .send_at = column_int(s, 8),
    };
    read_reader(s, &notice);
    read_subject(s, &notice);
    *out_notice = notice;
    return OK;
}

static enum error_kind one_number(struct stmt *s, int64_t *out_number)
{
    bool found;

    TRY(db_row(s, &found));
    *out_number = column_int(s, 0);
    return OK;
}

enum error_kind notices_repo_unread(struct ctx *ctx, int64_t member_id, int64_t *out_unread)
{
    struct stmt *s = db_statement(ctx, &UNREAD);

    bind_int(s, ":member", member_id);
    return one_number(s, out_unread);
}

static struct stmt *of_channel(struct ctx *ctx, const struct sql *sql, enum notice_channel channel)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_text(s, ":channel", notice_channel_names[channel]);
    return s;
}

enum error_kind notices_repo_channel(struct ctx *ctx, enum notice_channel channel,
                                     struct notice_channel_state *out_state)
{
    bool found;

    TRY(one_number(of_channel(ctx, &WAITING, channel), &out_state->waiting));
    TRY(one_number(of_channel(ctx, &FAILED, channel), &out_state->failed));
    TRY(one_number(of_channel(ctx, &LAST_SENT, channel), &out_state->last_sent_at));
    struct stmt *s = of_channel(ctx, &LAST_PROBLEM, channel);
    TRY(db_row(s, &found));
    if (found) {
        out_state->last_problem_at = column_int(s, 0);
        out_state->last_problem = column_text(s, 1);
    }
    return OK;
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

static void bind_some(struct stmt *s, const char *name, int64_t id)
{
    bind_number(s, name, id != 0 ? id : NO_NUMBER);
}

enum error_kind notices_repo_insert(struct ctx *ctx, const struct notice_draft *draft,
                                    enum notice_channel channel, int64_t send_at, int64_t *out_id)
{
    struct stmt *s = of_channel(ctx, &INSERT, channel);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_int(s, ":member", draft->member_id);
    bind_text(s, ":kind", notice_kinds[draft->kind].name);
    bind_text(s, ":dedupe", draft->dedupe);
    bind_some(s, ":book", draft->book_id);
    bind_some(s, ":borrow", draft->borrow_id);
    bind_some(s, ":hold", draft->hold_id);
    bind_some(s, ":payment", draft->payment_id);
    bind_text(s, ":detail", draft->detail);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    bind_int(s, ":send_at", send_at);
    TRY(db_run(s));
    *out_id = db_changes(ctx) > 0 ? db_last_id(ctx) : 0;
    return OK;
}

/* ---- sending ----------------------------------------------------------------------------------------------- */

static enum error_kind next_code(struct ctx *ctx, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_CODE);

    bind_text(s, ":kind", notice_kinds[NOTICE_PASSWORD_CODE].name);
    bind_int(s, ":recent", ctx->now - CODE_OVERTAKES_MS);
    bind_int(s, ":now", ctx->now);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

enum error_kind notices_repo_next_due(struct ctx *ctx, const bool channels[NOTICE_CHANNELS], int64_t *out_id,
                                      bool *out_found)
{
    *out_found = false;
    if (channels[NOTICE_EMAIL])
        TRY(next_code(ctx, out_id, out_found));
    if (*out_found)
        return OK;
    int64_t first_at = 0;
    for (enum notice_channel channel = NOTICE_EMAIL; channel < NOTICE_CHANNELS; channel++) {
        struct stmt *s = of_channel(ctx, &NEXT_DUE, channel);
        bool found = false;
        bind_int(s, ":now", ctx->now);
        if (channels[channel])
            TRY(db_row(s, &found));
        if (!found || (*out_found && column_int(s, 1) >= first_at))
            continue;
        *out_id = column_int(s, 0);
        first_at = column_int(s, 1);
        *out_found = true;
    }
    return OK;
}

enum error_kind notices_repo_companions(struct ctx *ctx, const struct notice *notice, size_t max,
                                        int64_t *out_ids, size_t *out_count)
{
    struct stmt *s = of_channel(ctx, &COMPANIONS, notice->channel);
    size_t count = 0;
    bool found = true;

    bind_int(s, ":member", notice->member_id);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":id", notice->id);
    bind_int(s, ":max", (int64_t)max);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_ids[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind notices_repo_claim(struct ctx *ctx, int64_t id, int64_t message_id, const char *address,
                                   const char *subject, const char *body)
{
    struct stmt *s = now_of_id(ctx, &CLAIM, id);

    bind_some(s, ":message", message_id);
    bind_text(s, ":address", address);
    bind_text(s, ":subject", subject);
    bind_text(s, ":body", body);
    return db_run(s);
}

enum error_kind notices_repo_end(struct ctx *ctx, int64_t id, const char *state, int64_t send_at,
                                 const char *problem)
{
    struct stmt *s = now_of_id(ctx, &END, id);

    bind_text(s, ":state", state);
    bind_int(s, ":send_at", send_at);
    bind_text(s, ":problem", problem);
    return db_run(s);
}

enum error_kind notices_repo_shown(struct ctx *ctx, int64_t id, const char *subject, const char *body)
{
    struct stmt *s = now_of_id(ctx, &SHOWN, id);

    bind_text(s, ":subject", subject);
    bind_text(s, ":body", body);
    return db_run(s);
}

enum error_kind notices_repo_postpone(struct ctx *ctx, int64_t id, int64_t send_at)
{
    struct stmt *s = of_id(ctx, &POSTPONE, id);

    bind_int(s, ":send_at", send_at);
    return db_run(s);
}

enum error_kind notices_repo_drop(struct ctx *ctx, int64_t id, const char *why)
{
    struct stmt *s = now_of_id(ctx, &DROP, id);

    bind_text(s, ":why", why);
    return db_run(s);
}

enum error_kind notices_repo_again(struct ctx *ctx, int64_t id)
{
    return db_run(now_of_id(ctx, &AGAIN, id));
}

enum error_kind notices_repo_recover(struct ctx *ctx, int64_t claimed_until, const char *problem,
                                     int64_t *out_rows)
{
    struct stmt *s = db_statement(ctx, &RECOVER);

    bind_int(s, ":now", ctx->now);
    bind_int(s, ":until", claimed_until);
    bind_text(s, ":problem", problem);
    TRY(db_run(s));
    *out_rows = db_changes(ctx);
    return OK;
}

/* ---- reading them, and the end ----------------------------------------------------------------------------- */

enum error_kind notices_repo_note_read(struct ctx *ctx, int64_t id)
{
    return db_run(now_of_id(ctx, &NOTE_READ, id));
}

enum error_kind notices_repo_note_all_read(struct ctx *ctx, int64_t member_id)
{
    struct stmt *s = db_statement(ctx, &NOTE_ALL_READ);

    bind_int(s, ":now", ctx->now);
    bind_int(s, ":member", member_id);
    return db_run(s);
}

enum error_kind notices_repo_prune(struct ctx *ctx, int64_t before, int64_t max, int64_t *out_removed)
{
    static const struct sql *const statements[] = {&LEAVE_OLDEST, &PRUNE};

    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct stmt *s = db_statement(ctx, statements[i]);
        bind_int(s, ":before", before);
        bind_int(s, ":max", max);
        TRY(db_run(s));
    }
    *out_removed = db_changes(ctx);
    return OK;
}
