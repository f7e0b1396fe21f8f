/*
 * members_repository.c — members as SQL. Everything a row derives from its own facts (keys for comparing,
 * the full-text row) is made here, so that no writer of `member` can forget it.
 */
#include "members/members_repository.h"

#include <string.h>

#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"
#include "members/members_sql.h"

/* clang-format off */
#define MEMBER_COLUMNS \
    "SELECT m.id, m.uuid, m.name, m.email, m.phone, m.card," \
    " (SELECT t.code FROM member_type t WHERE t.id = m.member_type_id)," \
    " m.expires_on, m.group_name, m.birth_date, m.note, m.member_type_id," \
    " m.status, m.status_reason, m.suspended_until, m.open_borrows, m.borrow_count, m.overdue_count," \
    " m.balance, m.last_borrowed_at, m.created_at, m.updated_at, m.deleted_at, m.version, m.open_holds FROM member m "
/* clang-format on */

SQL(FIND_MEMBER, MEMBER_COLUMNS "WHERE m.uuid = :uuid");
SQL(FIND_MEMBER_BY_ID, MEMBER_COLUMNS "WHERE m.id = :id");
SQL(FIND_MEMBER_BY_CARD, MEMBER_COLUMNS "WHERE m.card = :card");
SQL(FIND_MEMBER_BY_EMAIL, MEMBER_COLUMNS "WHERE m.email_key = :email");

SQL(FIND_MEMBER_TYPE, "SELECT id FROM member_type WHERE code = :code");
SQL(LIST_MEMBER_TYPES, "SELECT group_concat(code, ', ') FROM (SELECT code FROM member_type ORDER BY id)");

/* One step along member_group_by_name for each group, however many belong to it. */
SQL(NEXT_GROUP, "SELECT group_name FROM member WHERE group_name > :after AND deleted_at IS NULL"
                " ORDER BY group_name LIMIT 1");
SQL(COUNT_GROUP, "SELECT count(*) FROM member WHERE group_name = :group AND deleted_at IS NULL");

SQL(INSERT_MEMBER,
    "INSERT INTO member (uuid, card, name, email, phone, member_type_id, status, status_reason,"
    " suspended_until, expires_on, group_name, birth_date, note, name_key, email_key, phone_key, created_at, updated_at)"
    " VALUES (:uuid, :card, :name, :email, :phone, :type, :status, :reason, :until, :expires, :group, :birth,"
    " :note, :name_key, :email_key, :phone_key, :now, :now)");
SQL(UPDATE_MEMBER,
    "UPDATE member SET card = :card, name = :name, email = :email, phone = :phone, member_type_id = :type,"
    " status = :status, status_reason = :reason, suspended_until = :until, expires_on = :expires,"
    " group_name = :group, birth_date = :birth, note = :note, name_key = :name_key, email_key = :email_key,"
    " phone_key = :phone_key, updated_at = :now, version = version + 1 WHERE id = :id");
SQL(SET_ARCHIVED,
    "UPDATE member SET deleted_at = :deleted_at, updated_at = :now, version = version + 1 WHERE id = :id");

SQL(INSERT_SEARCH_ROW,
    "INSERT INTO member_search (rowid, name, card, contact) VALUES (:id, :name, :card, :contact)");
SQL(UPDATE_SEARCH_ROW,
    "UPDATE member_search SET name = :name, card = :card, contact = :contact WHERE rowid = :id");
/* Commands to FTS5 (https://www.sqlite.org/fts5.html, 6): its lists of words against the rows, and made from them. */
SQL(COMPARE_WORDS, "INSERT INTO member_search (member_search) VALUES ('integrity-check')");
SQL(REMAKE_WORDS, "INSERT INTO member_search (member_search) VALUES ('rebuild')");
SQL_SCANNING(CLEAR_SEARCH, "--rebuild makes every row anew", "DELETE FROM member_search");

/* Both by id, side by side: each table is read once, in the order in which it lies. */
SQL_SCANNING(MEMBERS, "--check and --rebuild look at every row",
             "SELECT id, name, email, phone, card FROM member NOT INDEXED ORDER BY id");
SQL_SCANNING(SEARCH_ROWS, "--check looks at every row",
             "SELECT rowid, name, card, contact FROM member_search ORDER BY rowid");

/* ---- the listing ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column member_columns[] = {
    {"id", COLUMN_UUID, false, "m.uuid", "Id"},
    {"card", COLUMN_TEXT, false, "m.card", "Barcode of the card"},
    {"name", COLUMN_TEXT, false, "m.name", "Full name"},
    {"email", COLUMN_TEXT, true, "m.email", "E-mail address"},
    {"phone", COLUMN_TEXT, true, "m.phone", "Phone number as it was given"},
    {"member_type", COLUMN_TEXT, false, "(SELECT t.code FROM member_type t WHERE t.id = m.member_type_id)",
     "Code of the member type"},
    {"status", COLUMN_TEXT, false, MEMBER_STATUS_TODAY("m"),
     "What counts today: active, expired (also when expires_on is over), suspended (until suspended_until)"},
    {"status_reason", COLUMN_TEXT, true, "m.status_reason", "Why, for people"},
    {"suspended_until", COLUMN_DAY, true, "m.suspended_until",
     "Last day of the suspension; null: until it is lifted"},
    {"expires_on", COLUMN_DAY, true, "m.expires_on", "Last day of the membership; null: it does not end"},
    {"group", COLUMN_TEXT, true, "m.group_name", "Class, family, club"},
    {"birth_date", COLUMN_DAY, true, "m.birth_date", "Day of birth"},
    {"note", COLUMN_TEXT, true, "m.note", "For the desk"},
    {"active_borrows_count", COLUMN_INTEGER, false, "m.open_borrows", "Loans that are out now"},
    {"borrow_count", COLUMN_INTEGER, false, "m.borrow_count", "Loans there ever were, but for those that are forgotten"},
    {"balance", COLUMN_MONEY, false, "m.balance", "Owed"},
    {"last_borrowed_at", COLUMN_INSTANT, true, "m.last_borrowed_at", "When something was last lent"},
    {"created_at", COLUMN_INSTANT, false, "m.created_at", "Member since"},
    {"updated_at", COLUMN_INSTANT, false, "m.updated_at", "When the record was last changed"},
    {"deleted_at", COLUMN_INSTANT, true, "m.deleted_at", "Archived since"},
    {"version", COLUMN_INTEGER, false, "m.version", "For If-Match"},
    {0},
};

/* The expressions are those of the indexes in schema.sql, to the letter. */
static const struct list_sort member_sorts[] = {
    {"name", "m.name_key", true, false},
    {"created_at", "m.created_at", false, true},
    {"email", "coalesce(m.email_key, '')", true, false},
    {0},
};

static const char *const statuses[] = {"active", "expired", "suspended", NULL};
static const char *const status_conditions[] = {
    MEMBER_STATUS_TODAY("m") " = 'active'", MEMBER_STATUS_TODAY("m") " = 'expired'", MEMBER_STATUS_TODAY("m") " = 'suspended'",
};

static const struct list_filter member_filters[] = {
    /* First, and never without a condition: the indexes hold live members only. */
    {"archived", FILTER_BOOL, "m.deleted_at IS NOT NULL", "m.deleted_at IS NULL",
     .meaning = "true: archived members instead of the live ones"},
    {"card", FILTER_TEXT, "m.card = :card", .meaning = "Barcode of the card, exactly"},
    {"email", FILTER_FOLDED, "m.email_key = :email", .meaning = "E-mail address; case does not matter"},
    {"member_type", FILTER_TEXT, "m.member_type_id = (SELECT id FROM member_type WHERE code = :member_type)",
     .meaning = "Code of a member type"},
    {"status", FILTER_CHOICE, .choices = statuses, .wheres = status_conditions,
     .meaning = "What counts today"},
    {"group", FILTER_TEXT, "m.group_name = :group", .meaning = "Class, family, club, exactly"},
    {0},
};
/* clang-format on */

/* MEMBER_STATUS_TODAY() once more, a range of member_by_status for each way to be there. */
#define LIVE(condition) "(SELECT count(*) FROM member WHERE deleted_at IS NULL AND " condition ")"
#define SUSPENDED_NOW LIVE("status = 'suspended' AND (suspended_until IS NULL OR suspended_until >= :today)")
#define EXPIRED_NOW                                                     \
    LIVE("status = 'expired'")                                          \
    " + " LIVE("status = 'active' AND expires_on < :today") " + " LIVE( \
        "status = 'suspended' AND expires_on < :today AND suspended_until < :today")

#define OTHERS "members of another status, in the index"
#define SUSPENDED(sort, by)                                                                             \
    {                                                                                                   \
        "status=suspended", sort, .total = SUSPENDED_NOW, .known = "an index by status",                \
                                  .index = "member_suspended_by_" by, .also = "m.status = 'suspended'", \
                                  .skips = "those whose suspension is over"                             \
    }

static const struct list_served members_served[] = {
    {""},
    {"status=active", .total = COUNTER("members") " - (" SUSPENDED_NOW " + " EXPIRED_NOW ")",
     .known = "counter, less the two below", .skips = OTHERS},
    {"status=expired", .total = EXPIRED_NOW, .known = "an index by status", .skips = OTHERS},
    SUSPENDED("name", "name"),
    SUSPENDED("created_at", "created"),
    SUSPENDED("email", "email"),
    {"archived", .total = COUNTER("members_archived"), .known = "counter"},
    {"member_type", .total = "coalesce((SELECT member_count FROM member_type WHERE code = :member_type), 0)",
     .known = "number on the type"},
    {"group", .known = "the group's members in an index"},
    {"card", .few = "a card is one member's"},
    {"email", .few = "an address is one member's"},
    {0},
};

const struct listing members_listing = {
    .name = "Member",
    .columns = member_columns,
    .from = "member m",
    .id = "m.id",
    .uuid = "m.uuid",
    .search = "m.id IN (SELECT rowid FROM member_search WHERE member_search MATCH :q)",
    .sorts = member_sorts,
    .filters = member_filters,
    .total = "members",
    .served = members_served,
};

enum error_kind members_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &members_listing, query, sink);
}

enum error_kind members_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &members_listing, id, sink);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static enum member_status status_from(const char *name)
{
    enum member_status status = MEMBER_STATUS_ACTIVE;

    while (strcmp(member_status_name(status), name) != 0)
        status++; /* the CHECK of schema.sql lets nothing else in */
    return status;
}

static struct member_facts read_facts(struct stmt *s, int at)
{
    return (struct member_facts){
        .name = column_text(s, at),
        .email = column_text(s, at + 1),
        .phone = column_text(s, at + 2),
        .card = column_text(s, at + 3),
        .member_type = column_text(s, at + 4),
        .expires_on = column_number(s, at + 5),
        .group = column_text(s, at + 6),
        .birth_date = column_number(s, at + 7),
        .note = column_text(s, at + 8),
    };
}

/* The next row of a MEMBER_COLUMNS statement. */
static enum error_kind read_member(struct stmt *s, struct member *out_member, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_member = (struct member){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .facts = read_facts(s, 2),
        .member_type_id = column_int(s, 11),
        .status = status_from(column_text(s, 12)),
        .status_reason = column_text(s, 13),
        .suspended_until = column_number(s, 14),
        .open_borrows = column_int(s, 15),
        .borrow_count = column_int(s, 16),
        .overdue_count = column_int(s, 17),
        .balance = column_int(s, 18),
        .last_borrowed_at = column_number(s, 19),
        .created_at = column_int(s, 20),
        .updated_at = column_int(s, 21),
        .deleted_at = column_number(s, 22),
        .version = column_int(s, 23),
        .open_holds = column_int(s, 24),
    };
    return OK;
}

enum error_kind members_repo_find(struct ctx *ctx, const struct uuid *uuid, struct member *out_member,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER);

    bind_uuid(s, ":uuid", uuid);
    return read_member(s, out_member, out_found);
}

enum error_kind members_repo_find_by_id(struct ctx *ctx, int64_t id, struct member *out_member,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER_BY_ID);

    bind_int(s, ":id", id);
    return read_member(s, out_member, out_found);
}

enum error_kind members_repo_find_by_card(struct ctx *ctx, const char *card, struct member *out_member,
                                          bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER_BY_CARD);

    bind_text(s, ":card", card);
    return read_member(s, out_member, out_found);
}

enum error_kind members_repo_find_by_email(struct ctx *ctx, const char *email, struct member *out_member,
                                           bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER_BY_EMAIL);

    bind_text(s, ":email", text_fold(ctx->arena, email));
    return read_member(s, out_member, out_found);
}

enum error_kind members_repo_find_type(struct ctx *ctx, const char *code, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER_TYPE);

    bind_text(s, ":code", code);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

enum error_kind members_repo_list_types(struct ctx *ctx, const char **out_codes)
{
    struct stmt *s = db_statement(ctx, &LIST_MEMBER_TYPES);
    bool found;

    TRY(db_row(s, &found));
    *out_codes = found ? column_text(s, 0) : "";
    return OK;
}

enum error_kind members_repo_next_group(struct ctx *ctx, const char *after, const char **out_name,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_GROUP);

    bind_text(s, ":after", after);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_name = column_text(s, 0);
    return OK;
}

enum error_kind members_repo_count_group(struct ctx *ctx, const char *group, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_GROUP);
    bool found;

    bind_text(s, ":group", group);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

/* ---- writing --------------------------------------------------------------------------------------- */

/* "+49 (151) 23-45" → "491512345"; NULL stays NULL. */
static const char *digits_of(struct ctx *ctx, const char *phone)
{
    char *digits = arena_strdup(ctx->arena, phone);
    char *to = digits;

    if (!digits)
        return NULL;
    for (const char *from = phone; *from; from++)
        if (*from >= '0' && *from <= '9')
            *to++ = *from;
    *to = '\0';
    return digits;
}

static void bind_member(struct ctx *ctx, struct stmt *s, const struct member *member)
{
    const struct member_facts *facts = &member->facts;

    bind_text(s, ":card", facts->card);
    bind_text(s, ":name", facts->name);
    bind_text(s, ":email", facts->email);
    bind_text(s, ":phone", facts->phone);
    bind_int(s, ":type", member->member_type_id);
    bind_text(s, ":status", member_status_name(member->status));
    bind_text(s, ":reason", member->status_reason);
    bind_number(s, ":until", member->suspended_until);
    bind_number(s, ":expires", facts->expires_on);
    bind_text(s, ":group", facts->group);
    bind_number(s, ":birth", facts->birth_date);
    bind_text(s, ":note", facts->note);
    bind_text(s, ":name_key", text_name_key(ctx->arena, facts->name));
    bind_text(s, ":email_key", facts->email ? text_fold(ctx->arena, facts->email) : NULL);
    bind_text(s, ":phone_key", digits_of(ctx, facts->phone));
    bind_int(s, ":now", ctx->now);
}

#define PHONE_TAIL_MIN 2 /* the last pair of digits, as people say them */
#define COUNTRY_CODE_MAX 3

/*
 * A number is found however it is typed: from the start of any of its groups ("151 23"), in one, and with or
 * without the country's code, for which people also say 0 (+49 151 → 0151). Not from every digit on: then
 * any two digits would find half the members.
 */
static void append_phone(struct ctx *ctx, struct text_buf *contact, const char *phone)
{
    const char *digits = digits_of(ctx, phone);
    bool in_group = false;
    size_t at = 0;

    for (const char *c = phone; *c; c++) {
        bool is_digit = *c >= '0' && *c <= '9';
        bool starts = is_digit && (!in_group || at <= COUNTRY_CODE_MAX);
        if (starts && strlen(digits + at) >= PHONE_TAIL_MIN) {
            text_buf_printf(contact, " %s", digits + at);
            if (*phone == '+' && at > 0 && at <= COUNTRY_CODE_MAX)
                text_buf_printf(contact, " 0%s", digits + at);
        }
        at += is_digit;
        in_group = is_digit;
    }
}

struct member_search_row members_repo_search_row(struct ctx *ctx, const struct member_facts *facts)
{
    struct text_buf contact;

    text_buf_init(&contact, ctx->arena);
    if (facts->email)
        text_buf_append(&contact, text_fold(ctx->arena, facts->email));
    if (facts->phone)
        append_phone(ctx, &contact, facts->phone);
    return (struct member_search_row){
        .name = text_fold(ctx->arena, facts->name),
        .card = text_fold(ctx->arena, facts->card),
        .contact = text_buf_string(&contact),
    };
}

static enum error_kind run_search_row(struct stmt *s, int64_t id, const struct member_search_row *row)
{
    bind_int(s, ":id", id);
    bind_text(s, ":name", row->name);
    bind_text(s, ":card", row->card);
    bind_text(s, ":contact", row->contact);
    return db_run(s);
}

enum error_kind members_repo_insert(struct ctx *ctx, struct member *member)
{
    struct stmt *s = db_statement(ctx, &INSERT_MEMBER);

    bind_uuid(s, ":uuid", &member->uuid);
    bind_member(ctx, s, member);
    TRY(db_run(s));
    member->id = db_last_id(ctx);
    const struct member_search_row row = members_repo_search_row(ctx, &member->facts);
    return members_repo_put_search_row(ctx, member->id, &row);
}

enum error_kind members_repo_update(struct ctx *ctx, const struct member *member)
{
    struct stmt *s = db_statement(ctx, &UPDATE_MEMBER);

    bind_int(s, ":id", member->id);
    bind_member(ctx, s, member);
    TRY(db_run(s));
    const struct member_search_row row = members_repo_search_row(ctx, &member->facts);
    return run_search_row(db_statement(ctx, &UPDATE_SEARCH_ROW), member->id, &row);
}

enum error_kind members_repo_set_archived(struct ctx *ctx, int64_t id, int64_t deleted_at)
{
    struct stmt *s = db_statement(ctx, &SET_ARCHIVED);

    bind_int(s, ":id", id);
    bind_number(s, ":deleted_at", deleted_at);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

/* ---- the full-text rows ---------------------------------------------------------------------------- */

enum error_kind members_repo_next_member(struct ctx *ctx, struct member_search_walk *walk,
                                         struct member *out_member, struct member_search_row *out_due,
                                         bool *out_found)
{
    if (!walk->members)
        walk->members = db_statement(ctx, &MEMBERS);
    TRY(db_row(walk->members, out_found));
    if (!*out_found)
        return OK;
    const struct member_facts facts = {.name = column_text(walk->members, 1),
                                       .email = column_text(walk->members, 2),
                                       .phone = column_text(walk->members, 3),
                                       .card = column_text(walk->members, 4)};
    *out_member = (struct member){.id = column_int(walk->members, 0), .facts = facts};
    *out_due = members_repo_search_row(ctx, &facts);
    return OK;
}

static enum error_kind next_search_row(struct member_search_walk *walk)
{
    TRY(db_row(walk->rows, &walk->has_row));
    if (walk->has_row)
        walk->row_id = column_int(walk->rows, 0);
    return OK;
}

enum error_kind members_repo_check_member(struct ctx *ctx, struct member_search_walk *walk,
                                          struct member *out_member, bool *out_as_due, bool *out_found)
{
    struct member_search_row due;

    if (!walk->rows) {
        walk->rows = db_statement(ctx, &SEARCH_ROWS);
        TRY(next_search_row(walk));
    }
    TRY(members_repo_next_member(ctx, walk, out_member, &due, out_found));
    for (; walk->has_row && (!*out_found || walk->row_id < out_member->id); walk->strays++)
        TRY(next_search_row(walk));
    if (!*out_found)
        return OK;
    bool has_own = walk->has_row && walk->row_id == out_member->id;
    *out_as_due = has_own && column_is(walk->rows, 1, due.name) && column_is(walk->rows, 2, due.card) &&
                  column_is(walk->rows, 3, due.contact);
    return has_own ? next_search_row(walk) : OK;
}

enum error_kind members_repo_put_search_row(struct ctx *ctx, int64_t id, const struct member_search_row *row)
{
    return run_search_row(db_statement(ctx, &INSERT_SEARCH_ROW), id, row);
}

enum error_kind members_repo_compare_words(struct ctx *ctx, bool *out_agree)
{
    enum error_kind kind = db_run(db_statement(ctx, &COMPARE_WORDS));

    if (kind != OK && kind != ERROR_INTERNAL)
        return kind;
    error_clear(ctx);
    *out_agree = kind == OK;
    return OK;
}

enum error_kind members_repo_remake_words(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &REMAKE_WORDS));
}

enum error_kind members_repo_clear_search(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &CLEAR_SEARCH));
}
