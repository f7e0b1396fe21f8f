/*
 * accounts_service.c — the rules of accounts.
 */
#include "auth/accounts_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "auth/accounts_repository.h"
#include "auth/password.h"
#include "auth/sessions_repository.h"
#include "auth/token.h"
#include "base/limits.h"
#include "base/text.h"
#include "events/events_service.h"

/* What the audit log calls those who have no account: nobody shall pass for them. Folded. */
static const char *const reserved_names[] = {"anonymous", "local administrator", "system"};
#define RESERVED_BEGINNING "api key"

/* ---- finding --------------------------------------------------------------------------------------- */

enum error_kind accounts_find(struct ctx *ctx, const struct uuid *uuid, struct account *out_account)
{
    bool found;

    TRY(accounts_repo_find(ctx, uuid, out_account, &found));
    return found ? OK : fail(ctx, ACCOUNT_NOT_FOUND, "Account not found.");
}

enum error_kind accounts_find_by_name(struct ctx *ctx, const char *name, struct account *out_account)
{
    bool found;

    TRY(accounts_repo_find_by_name(ctx, name, out_account, &found));
    return found ? OK : fail(ctx, ACCOUNT_NOT_FOUND, "There is no account “%s”.", name);
}

enum error_kind accounts_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return accounts_repo_list(ctx, query, sink);
}

enum error_kind accounts_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return accounts_repo_show(ctx, id, sink);
}

enum error_kind accounts_have_admin(struct ctx *ctx, bool *out_have)
{
    int64_t count;

    TRY(accounts_repo_count_admins(ctx, 0, &count));
    *out_have = count > 0;
    return OK;
}

/* ---- rules ----------------------------------------------------------------------------------------- */

static bool is_reserved(const char *folded)
{
    for (size_t i = 0; i < sizeof reserved_names / sizeof reserved_names[0]; i++)
        if (strcmp(folded, reserved_names[i]) == 0)
            return true;
    return text_starts_with(folded, RESERVED_BEGINNING);
}

static void gather_name(struct ctx *ctx, const char *field, const char *name)
{
    const char *folded = text_fold(ctx->arena, name);

    if (*folded == '\0')
        error_field(ctx, "body", field, "invalid", "must have letters or digits");
    else if (is_reserved(folded))
        error_field(ctx, "body", field, "reserved",
                    "is what the audit log calls somebody without an account");
}

enum error_kind accounts_check_new(struct ctx *ctx, const char *name_field, const char *name,
                                   const char *password_field, const char *password)
{
    if (name)
        gather_name(ctx, name_field, name);
    if (password)
        password_gather(ctx, password_field, password, name);
    return error_check_fields(ctx);
}

static enum error_kind claim_name(struct ctx *ctx, const struct account *account)
{
    struct account holder;
    bool found;

    TRY(accounts_repo_find_by_name(ctx, account->name, &holder, &found));
    if (!found || holder.id == account->id)
        return OK;
    error_reason_text(ctx, "name", holder.name);
    return fail(ctx, DUPLICATE_ACCOUNT, "There is an account “%s” already. Choose another name.",
                holder.name);
}

/* Which member the facts mean; a change of member must find a live one that has no login yet. */
static enum error_kind settle_member(struct ctx *ctx, const struct uuid *uuid, struct account *account)
{
    static const struct uuid none;
    struct account holder;
    int64_t id;
    bool found;

    if (memcmp(uuid, &account->member_uuid, sizeof none) == 0)
        return OK;
    account->member_uuid = *uuid;
    account->member_archived = false;
    account->member_id = 0;
    if (memcmp(uuid, &none, sizeof none) == 0)
        return OK;
    TRY(accounts_repo_find_member(ctx, uuid, &id, &found));
    if (!found)
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
    TRY(accounts_repo_find_by_member(ctx, id, &holder, &found));
    if (found)
        return fail(ctx, DUPLICATE_ACCOUNT, "This member has the login “%s” already.", holder.name);
    account->member_id = id;
    return OK;
}

static bool administers(const struct account *account)
{
    return account->role == ADMIN && account->disabled_at == NO_NUMBER && account->password_hash;
}

static enum error_kind check_admin_remains(struct ctx *ctx, const struct account *before,
                                           const struct account *after)
{
    int64_t others;

    if (!administers(before) || administers(after))
        return OK;
    TRY(accounts_repo_count_admins(ctx, before->id, &others));
    if (others > 0)
        return OK;
    return fail(ctx, LAST_ADMIN, "%s is the only administrator. Make somebody else one first.", before->name);
}

/* ---- changing -------------------------------------------------------------------------------------- */

struct account_facts accounts_facts(const struct account *account)
{
    return (struct account_facts){.name = account->name,
                                  .role = role_name(account->role),
                                  .member = account->member_uuid,
                                  .disabled = account->disabled_at != NO_NUMBER};
}

/* Without the account's name: it may be a person's. */
static enum error_kind tell(struct ctx *ctx, enum event_type type, const struct account *account)
{
    return events_record(ctx, &(struct event_fact){.type = type,
                                                   .member_id = account->member_id,
                                                   .detail = role_name(account->role)});
}

enum error_kind accounts_create(struct ctx *ctx, const struct account_facts *facts, const char *hash,
                                struct account *out_account)
{
    static const struct account_facts nothing;
    struct account account = {.name = facts->name,
                              .role = role_from(facts->role),
                              .password_hash = hash,
                              .disabled_at = NO_NUMBER,
                              .locked_until = NO_NUMBER,
                              .version = 1};

    TRY(claim_name(ctx, &account));
    TRY(settle_member(ctx, &facts->member, &account));
    TRY(accounts_repo_insert(ctx, &account));
    TRY(audit_edit(ctx, "account.created", "account", account.id,
                   fields_changes(ctx, account_edit_fields, &nothing, facts)));
    *out_account = account;
    return tell(ctx, EVENT_ACCOUNT_CREATED, &account);
}

static enum error_kind end_everything(struct ctx *ctx, int64_t account_id, const struct digest *keep)
{
    TRY(sessions_repo_delete_of(ctx, account_id, keep));
    return refresh_repo_revoke_of(ctx, account_id);
}

enum error_kind accounts_update(struct ctx *ctx, const struct account *before,
                                const struct account_facts *facts, int64_t expected_version)
{
    const struct account_facts was = accounts_facts(before);
    struct account account = *before;

    if (expected_version != NO_NUMBER && expected_version != before->version)
        return fail(ctx, PRECONDITION_FAILED,
                    "%s was changed by someone else since you read it. Read it again.", before->name);
    const struct field_change *changes = fields_changes(ctx, account_edit_fields, &was, facts);
    if (!changes)
        return OK;
    account.name = facts->name;
    account.role = role_from(facts->role);
    if (facts->disabled != was.disabled)
        account.disabled_at = facts->disabled ? ctx->now : NO_NUMBER;
    TRY(claim_name(ctx, &account));
    TRY(settle_member(ctx, &facts->member, &account));
    TRY(check_admin_remains(ctx, before, &account));
    TRY(accounts_repo_update(ctx, &account));
    if (facts->disabled && !was.disabled)
        TRY(end_everything(ctx, account.id, NULL));
    TRY(audit_edit(ctx, "account.updated", "account", account.id, changes));
    if (facts->disabled && !was.disabled)
        return tell(ctx, EVENT_ACCOUNT_CLOSED, &account);
    return account.role != before->role ? tell(ctx, EVENT_ACCOUNT_CHANGED, &account) : OK;
}

enum error_kind accounts_set_password(struct ctx *ctx, const struct account *account, const char *hash,
                                      const struct digest *keep, const char *action)
{
    TRY(accounts_repo_set_password(ctx, account->id, hash));
    TRY(end_everything(ctx, account->id, keep));
    return audit_act(ctx, action, "account", account->id);
}

enum error_kind accounts_make_reset_code(struct ctx *ctx, const struct account *account,
                                         const char **out_code, int64_t *out_expires_at)
{
    const char *code = code_new(ctx->arena, CODE_LETTERS);
    const struct digest hash = token_hash(code_normalised(ctx->arena, code));
    int64_t expires_at = ctx->now + RESET_CODE_MS;

    TRY(codes_repo_replace(ctx, account->id, &hash, expires_at));
    TRY(audit_act(ctx, "account.reset_code_made", "account", account->id));
    *out_code = code;
    *out_expires_at = expires_at;
    return OK;
}
