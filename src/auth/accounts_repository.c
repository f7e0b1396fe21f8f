/*
 * accounts_repository.c — accounts and the codes that let a person set a password, as SQL.
 */
#include "auth/accounts_repository.h"

#include <string.h>

#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

#define ACCOUNT_COLUMNS                                                                               \
    "SELECT a.id, a.uuid, a.name, a.role, a.member_id, m.uuid, m.deleted_at, a.password_hash,"        \
    " a.password_set_at, a.failed_logins, a.last_failed_at, a.locked_until, a.disabled_at, a.version" \
    " FROM account a LEFT JOIN member m ON m.id = a.member_id "

SQL(FIND_ACCOUNT, ACCOUNT_COLUMNS "WHERE a.uuid = :uuid");
SQL(FIND_ACCOUNT_BY_ID, ACCOUNT_COLUMNS "WHERE a.id = :id");
SQL(FIND_ACCOUNT_BY_NAME, ACCOUNT_COLUMNS "WHERE a.name_key = :name_key");
SQL(FIND_ACCOUNT_BY_MEMBER, ACCOUNT_COLUMNS "WHERE a.member_id = :member");
SQL(FIND_MEMBER, "SELECT id FROM member WHERE uuid = :uuid AND deleted_at IS NULL");
SQL(COUNT_ADMINS, "SELECT count(*) FROM account WHERE role = 'admin' AND disabled_at IS NULL"
                  " AND password_hash IS NOT NULL AND id <> :except");

SQL(INSERT_ACCOUNT,
    "INSERT INTO account (uuid, name, name_key, role, member_id, password_hash, password_set_at,"
    " created_at, updated_at) VALUES (:uuid, :name, :name_key, :role, :member, :hash, :set_at,"
    " :now, :now)");
SQL(UPDATE_ACCOUNT,
    "UPDATE account SET name = :name, name_key = :name_key, role = :role, member_id = :member,"
    " disabled_at = :disabled_at, updated_at = :now, version = version + 1 WHERE id = :id");
SQL(SET_PASSWORD, "UPDATE account SET password_hash = :hash, password_set_at = :now, failed_logins = 0,"
                  " last_failed_at = NULL, locked_until = NULL, reset_asked_at = NULL, updated_at = :now,"
                  " version = version + 1 WHERE id = :id");
SQL(REHASH, "UPDATE account SET password_hash = :hash WHERE id = :id");
SQL(NOTE_FAILURE, "UPDATE account SET failed_logins = :failures, last_failed_at = :now,"
                  " locked_until = :locked_until WHERE id = :id");
SQL(NOTE_LOGIN, "UPDATE account SET failed_logins = 0, last_failed_at = NULL, locked_until = NULL,"
                " last_login_at = :now WHERE id = :id");
SQL(NOTE_RESET_ASKED, "UPDATE account SET reset_asked_at = :now WHERE id = :id");

SQL(FIND_CODE, "SELECT id, code_hash, expires_at, tries FROM one_time_code WHERE account_id = :account"
               " AND purpose = 'password_reset' AND used_at IS NULL ORDER BY id DESC LIMIT 1");
SQL(DELETE_CODES, "DELETE FROM one_time_code WHERE account_id = :account AND purpose = 'password_reset'");
SQL(INSERT_CODE, "INSERT INTO one_time_code (account_id, purpose, code_hash, created_at, expires_at)"
                 " VALUES (:account, 'password_reset', :hash, :now, :expires_at)");
SQL(NOTE_TRY, "UPDATE one_time_code SET tries = tries + 1 WHERE id = :id");
SQL(NOTE_USED, "UPDATE one_time_code SET used_at = :now WHERE id = :id");
SQL(DELETE_EXPIRED_CODES, "DELETE FROM one_time_code WHERE expires_at < :now");

/* clang-format off */
static const struct column account_columns[] = {
    {"id", COLUMN_UUID, false, "a.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "a.name", "What is typed to sign in"},
    {"role", COLUMN_TEXT, false, "a.role", "member, librarian or admin"},
    {"member_id", COLUMN_UUID, true, "m.uuid", "The reader whose login this is"},
    {"member_name", COLUMN_TEXT, true, "m.name", "The reader's name"},
    {"password_set", COLUMN_BOOL, false, "a.password_hash IS NOT NULL", "false: a reset code is needed first"},
    {"reset_asked_at", COLUMN_INSTANT, true, "a.reset_asked_at",
     "When somebody said that the password is lost; null once one has been set"},
    {"locked_until", COLUMN_INSTANT, true, "CASE WHEN a.locked_until > :now THEN a.locked_until END",
     "After too many wrong passwords: no more are looked at before this"},
    {"last_login_at", COLUMN_INSTANT, true, "a.last_login_at", "When it last signed in"},
    {"disabled_at", COLUMN_INSTANT, true, "a.disabled_at", "Closed since"},
    {"created_at", COLUMN_INSTANT, false, "a.created_at", "When it was made"},
    {"updated_at", COLUMN_INSTANT, false, "a.updated_at", "When it was last changed"},
    {"version", COLUMN_INTEGER, false, "a.version", "For If-Match"},
    {0},
};

static const struct list_sort account_sorts[] = {
    {"name", "a.name_key", true, false},
    {"created_at", "a.created_at", false, true},
    {0},
};

static const struct list_filter account_filters[] = {
    {"role", FILTER_TEXT, "a.role = :role", .meaning = "member, librarian or admin"},
    {"disabled", FILTER_BOOL, "a.disabled_at IS NOT NULL", "a.disabled_at IS NULL",
     .meaning = "true: closed accounts instead of the open ones"},
    {"reset_asked", FILTER_BOOL, "a.reset_asked_at IS NOT NULL", NULL,
     .meaning = "true: those who have said that their password is lost"},
    {"member_id", FILTER_UUID, "a.member_id = (SELECT id FROM member WHERE uuid = :member_id)",
     .meaning = "The login of this reader"},
    {0},
};
/* clang-format on */

const struct listing accounts_listing = {
    .name = "Account",
    .columns = account_columns,
    .from = "account a LEFT JOIN member m ON m.id = a.member_id",
    .count_from = "account a",
    .id = "a.id",
    .uuid = "a.uuid",
    .sorts = account_sorts,
    .filters = account_filters,
};

enum error_kind accounts_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &accounts_listing, query, sink);
}

enum error_kind accounts_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &accounts_listing, id, sink);
}

/* ---- accounts --------------------------------------------------------------------------------------- */

static enum error_kind read_account(struct stmt *s, struct account *out_account, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_account = (struct account){
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .name = column_text(s, 2),
        .role = role_from(column_text(s, 3)),
        .member_id = column_int(s, 4),
        .member_archived = !column_is_null(s, 6),
        .password_hash = column_text(s, 7),
        .password_set_at = column_number(s, 8),
        .failed_logins = column_int(s, 9),
        .last_failed_at = column_number(s, 10),
        .locked_until = column_number(s, 11),
        .disabled_at = column_number(s, 12),
        .version = column_int(s, 13),
    };
    if (out_account->member_id != 0)
        out_account->member_uuid = column_uuid(s, 5);
    return OK;
}

enum error_kind accounts_repo_find(struct ctx *ctx, const struct uuid *uuid, struct account *out_account,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ACCOUNT);

    bind_uuid(s, ":uuid", uuid);
    return read_account(s, out_account, out_found);
}

enum error_kind accounts_repo_find_by_id(struct ctx *ctx, int64_t id, struct account *out_account,
                                         bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ACCOUNT_BY_ID);

    bind_int(s, ":id", id);
    return read_account(s, out_account, out_found);
}

enum error_kind accounts_repo_find_by_name(struct ctx *ctx, const char *name, struct account *out_account,
                                           bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ACCOUNT_BY_NAME);

    bind_text(s, ":name_key", text_fold(ctx->arena, name));
    return read_account(s, out_account, out_found);
}

enum error_kind accounts_repo_find_by_member(struct ctx *ctx, int64_t member_id, struct account *out_account,
                                             bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ACCOUNT_BY_MEMBER);

    bind_int(s, ":member", member_id);
    return read_account(s, out_account, out_found);
}

enum error_kind accounts_repo_find_member(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                          bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_MEMBER);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_id = column_int(s, 0);
    return OK;
}

enum error_kind accounts_repo_count_admins(struct ctx *ctx, int64_t except, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_ADMINS);
    bool found;

    bind_int(s, ":except", except);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

static int64_t id_or_none(int64_t id)
{
    return id == 0 ? NO_NUMBER : id;
}

enum error_kind accounts_repo_insert(struct ctx *ctx, struct account *account)
{
    struct stmt *s = db_statement(ctx, &INSERT_ACCOUNT);

    account->uuid = uuid_new(ctx->now);
    bind_uuid(s, ":uuid", &account->uuid);
    bind_text(s, ":name", account->name);
    bind_text(s, ":name_key", text_fold(ctx->arena, account->name));
    bind_text(s, ":role", role_name(account->role));
    bind_number(s, ":member", id_or_none(account->member_id));
    bind_text(s, ":hash", account->password_hash);
    bind_number(s, ":set_at", account->password_hash ? ctx->now : NO_NUMBER);
    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    account->id = db_last_id(ctx);
    return OK;
}

enum error_kind accounts_repo_update(struct ctx *ctx, const struct account *account)
{
    struct stmt *s = db_statement(ctx, &UPDATE_ACCOUNT);

    bind_int(s, ":id", account->id);
    bind_text(s, ":name", account->name);
    bind_text(s, ":name_key", text_fold(ctx->arena, account->name));
    bind_text(s, ":role", role_name(account->role));
    bind_number(s, ":member", id_or_none(account->member_id));
    bind_number(s, ":disabled_at", account->disabled_at);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind accounts_repo_set_password(struct ctx *ctx, int64_t id, const char *hash)
{
    struct stmt *s = db_statement(ctx, &SET_PASSWORD);

    bind_int(s, ":id", id);
    bind_text(s, ":hash", hash);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind accounts_repo_rehash(struct ctx *ctx, int64_t id, const char *hash)
{
    struct stmt *s = db_statement(ctx, &REHASH);

    bind_int(s, ":id", id);
    bind_text(s, ":hash", hash);
    return db_run(s);
}

enum error_kind accounts_repo_note_failure(struct ctx *ctx, int64_t id, int64_t failures,
                                           int64_t locked_until)
{
    struct stmt *s = db_statement(ctx, &NOTE_FAILURE);

    bind_int(s, ":id", id);
    bind_int(s, ":failures", failures);
    bind_number(s, ":locked_until", locked_until);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind accounts_repo_note_login(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &NOTE_LOGIN);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind accounts_repo_note_reset_asked(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &NOTE_RESET_ASKED);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

/* ---- codes ------------------------------------------------------------------------------------------ */

enum error_kind codes_repo_find(struct ctx *ctx, int64_t account_id, struct one_time_code *out_code,
                                bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_CODE);
    size_t length;

    bind_int(s, ":account", account_id);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_code = (struct one_time_code){
        .id = column_int(s, 0), .expires_at = column_int(s, 2), .tries = column_int(s, 3)};
    /* The CHECK of schema.sql has seen to its length. */
    memcpy(out_code->hash.bytes, column_bytes(s, 1, &length), sizeof out_code->hash.bytes);
    return OK;
}

enum error_kind codes_repo_replace(struct ctx *ctx, int64_t account_id, const struct digest *hash,
                                   int64_t expires_at)
{
    struct stmt *s = db_statement(ctx, &DELETE_CODES);

    bind_int(s, ":account", account_id);
    TRY(db_run(s));
    s = db_statement(ctx, &INSERT_CODE);
    bind_int(s, ":account", account_id);
    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":expires_at", expires_at);
    return db_run(s);
}

enum error_kind codes_repo_note_try(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &NOTE_TRY);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind codes_repo_note_used(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &NOTE_USED);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind codes_repo_delete_expired(struct ctx *ctx, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_EXPIRED_CODES);

    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}
