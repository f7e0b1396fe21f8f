/*
 * sessions_service.c — tokens are made, looked up and ended here.
 */
#include "auth/sessions_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "auth/accounts_repository.h"
#include "auth/api_keys_repository.h"
#include "auth/jwt.h"
#include "auth/seen.h"
#include "auth/sessions_repository.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"
#include "settings/settings_service.h"

#define SIGNING_KEY "jwt"
#define MS_PER_MINUTE (60LL * MS_PER_SECOND)
#define AGENT_MAX 200
#define SEEN_A_SLICE 64

static struct digest signing_key; /* written once, before there are other threads */

enum error_kind sessions_prepare(struct ctx *ctx)
{
    bool found;

    TRY(secrets_repo_find(ctx, SIGNING_KEY, &signing_key, &found));
    if (found)
        return OK;
    random_bytes(signing_key.bytes, sizeof signing_key.bytes);
    return secrets_repo_insert(ctx, SIGNING_KEY, &signing_key);
}

/* ---- letting in ------------------------------------------------------------------------------------- */

enum error_kind sessions_start(struct ctx *ctx, const struct account *account, const char *agent,
                               const char **out_token)
{
    const char *token = token_new(ctx->arena);
    const struct digest hash = token_hash(token);
    const char *kept = agent ? text_truncate(ctx->arena, agent, AGENT_MAX) : NULL;

    TRY(sessions_repo_insert(ctx, account->id, &hash, ctx->now + SESSION_MAX_MS, kept));
    *out_token = token;
    return OK;
}

static const char *make_access_token(struct ctx *ctx, const struct account *account)
{
    const int64_t now_s = ctx->now / MS_PER_SECOND;
    const struct jwt_claims claims = {.subject = account->uuid,
                                      .role = role_name(account->role),
                                      .issued_at_s = now_s,
                                      .expires_at_s = now_s + ACCESS_TOKEN_S,
                                      .id = token_new(ctx->arena)};

    return jwt_make(ctx->arena, &signing_key, &claims);
}

static enum error_kind give_pair(struct ctx *ctx, const struct account *account, const struct family *family,
                                 struct token_pair *out_pair)
{
    const char *refresh = token_new(ctx->arena);
    const struct digest hash = token_hash(refresh);

    TRY(refresh_repo_insert(ctx, account->id, family, &hash, ctx->now + REFRESH_TOKEN_MS));
    *out_pair = (struct token_pair){.access_token = make_access_token(ctx, account),
                                    .expires_in_s = ACCESS_TOKEN_S,
                                    .refresh_token = refresh};
    return OK;
}

enum error_kind sessions_give_tokens(struct ctx *ctx, const struct account *account,
                                     struct token_pair *out_pair)
{
    struct family family;

    random_bytes(family.bytes, sizeof family.bytes);
    return give_pair(ctx, account, &family, out_pair);
}

static enum error_kind find_open_account(struct ctx *ctx, int64_t id, struct account *out_account)
{
    bool found;

    TRY(accounts_repo_find_by_id(ctx, id, out_account, &found));
    if (!found || !account_is_open(out_account))
        return fail(ctx, UNAUTHENTICATED, "This account is closed.");
    return OK;
}

/* Whoever comes second with a token has it from somebody else, or somebody else has it from them. */
static enum error_kind end_copied(struct ctx *ctx, const struct refresh_token *token, bool *out_keep)
{
    TRY(refresh_repo_revoke_family(ctx, &token->family));
    TRY(audit_act(ctx, "login.token_reused", "account", token->account_id));
    *out_keep = true;
    return fail(
        ctx, INVALID_TOKEN,
        "This refresh token was used before. To be safe, everything it led to has ended: sign in again.");
}

enum error_kind sessions_refresh(struct ctx *ctx, const char *refresh_token, struct account *out_account,
                                 struct token_pair *out_pair, bool *out_keep)
{
    const struct digest hash = token_hash(refresh_token);
    struct refresh_token token;
    bool found;

    TRY(refresh_repo_find(ctx, &hash, &token, &found));
    if (!found || token.revoked_at != NO_NUMBER)
        return fail(ctx, INVALID_TOKEN, "This refresh token is not valid. Sign in again.");
    if (token.used_at != NO_NUMBER)
        return end_copied(ctx, &token, out_keep);
    if (token.expires_at <= ctx->now)
        return fail(ctx, TOKEN_EXPIRED, "This refresh token has expired. Sign in again.");
    TRY(find_open_account(ctx, token.account_id, out_account));
    TRY(refresh_repo_set_used(ctx, token.id));
    return give_pair(ctx, out_account, &token.family, out_pair);
}

/* ---- and out ---------------------------------------------------------------------------------------- */

enum error_kind sessions_end(struct ctx *ctx, const char *token)
{
    const struct digest hash = token_hash(token);
    bool was_there;

    TRY(sessions_repo_delete(ctx, &hash, &was_there));
    if (!was_there || ctx->actor.account_id == 0)
        return OK;
    return audit_act(ctx, "login.ended", "account", ctx->actor.account_id);
}

enum error_kind sessions_end_family(struct ctx *ctx, const char *refresh_token)
{
    const struct digest hash = token_hash(refresh_token);
    struct refresh_token token;
    bool found;

    TRY(refresh_repo_find(ctx, &hash, &token, &found));
    if (!found || token.revoked_at != NO_NUMBER)
        return OK;
    TRY(refresh_repo_revoke_family(ctx, &token.family));
    return audit_act(ctx, "login.ended", "account", token.account_id);
}

/* ---- who is it? ------------------------------------------------------------------------------------- */

static struct caller caller_of(const struct account *account)
{
    return (struct caller){.access = account->role,
                           .name = account->name,
                           .account_id = account->id,
                           .member_id = account->member_archived ? 0 : account->member_id,
                           .member_uuid = account->member_uuid,
                           .grounds = {.account_id = account->id, .member_id = account->member_id}};
}

void sessions_note_use(const struct ctx *ctx, const struct grounds *grounds)
{
    if (grounds->seen_at != NO_NUMBER && ctx->now - grounds->seen_at <= SESSION_SEEN_MS)
        return;
    if (grounds->session_id != 0)
        seen_note(SEEN_SESSION, grounds->session_id, ctx->now);
    if (grounds->api_key_id != 0)
        seen_note(SEEN_API_KEY, grounds->api_key_id, ctx->now);
}

static enum error_kind check_session(struct ctx *ctx, const struct session *session, bool found,
                                     int64_t *out_until)
{
    int64_t idle_minutes;

    TRY(settings_int(ctx, SETTING_SESSION_IDLE_MINUTES, &idle_minutes));
    int64_t idle_at = session->seen_at + idle_minutes * MS_PER_MINUTE;
    int64_t until = idle_at < session->expires_at ? idle_at : session->expires_at;
    if (!found || until <= ctx->now)
        return fail(ctx, UNAUTHENTICATED, "Your session is over. Sign in again.");
    *out_until = until;
    return OK;
}

enum error_kind sessions_identify(struct ctx *ctx, const char *token, struct caller *out_caller)
{
    const struct digest hash = token_hash(token);
    struct session session = {0};
    struct account account;
    struct caller caller;
    int64_t until;
    bool found;

    TRY(sessions_repo_find(ctx, &hash, &session, &found));
    TRY(check_session(ctx, &session, found, &until));
    TRY(find_open_account(ctx, session.account_id, &account));
    caller = caller_of(&account);
    caller.grounds.session_id = session.id;
    caller.grounds.seen_at = session.seen_at;
    caller.grounds.until = until;
    sessions_note_use(ctx, &caller.grounds);
    *out_caller = caller;
    return OK;
}

/* Was a password set in a later second than the token is of? Then whoever has the token may know the old one only. */
static bool is_of_old_password(const struct jwt_claims *claims, const struct account *account)
{
    return account->password_set_at != NO_NUMBER &&
           claims->issued_at_s < account->password_set_at / MS_PER_SECOND;
}

enum error_kind sessions_identify_jwt(struct ctx *ctx, const char *token, struct caller *out_caller)
{
    struct jwt_claims claims;
    struct account account;
    bool found;

    switch (jwt_read(ctx->arena, &signing_key, token, ctx->now / MS_PER_SECOND, &claims)) {
    case JWT_BAD: return fail(ctx, INVALID_TOKEN, "The access token is not valid.");
    case JWT_EXPIRED: return fail(ctx, TOKEN_EXPIRED, "The access token has expired. Refresh it.");
    case JWT_GOOD: break;
    }
    TRY(accounts_repo_find(ctx, &claims.subject, &account, &found));
    if (!found || !account_is_open(&account) || is_of_old_password(&claims, &account))
        return fail(ctx, UNAUTHENTICATED, "This access token no longer counts. Sign in again.");
    *out_caller = caller_of(&account);
    out_caller->grounds.until = claims.expires_at_s * MS_PER_SECOND;
    return OK;
}

/* ---- jobs ------------------------------------------------------------------------------------------- */

enum error_kind sessions_write_seen(struct ctx *ctx, int64_t *out_rows)
{
    struct seen seen[SEEN_A_SLICE];
    size_t count = seen_take(seen, SEEN_A_SLICE);

    for (size_t i = 0; i < count; i++) {
        if (seen[i].what == SEEN_SESSION)
            TRY(sessions_repo_set_seen(ctx, seen[i].id, seen[i].at));
        else
            TRY(api_keys_repo_set_used(ctx, seen[i].id, seen[i].at));
    }
    *out_rows = (int64_t)count;
    return OK;
}

enum error_kind sessions_remove_over(struct ctx *ctx, int64_t *out_rows)
{
    int64_t idle_minutes, sessions, tokens, codes;

    TRY(settings_int(ctx, SETTING_SESSION_IDLE_MINUTES, &idle_minutes));
    TRY(sessions_repo_delete_over(ctx, ctx->now - idle_minutes * MS_PER_MINUTE, &sessions));
    TRY(refresh_repo_delete_over(ctx, &tokens));
    TRY(codes_repo_delete_expired(ctx, &codes));
    *out_rows = sessions + tokens + codes;
    return OK;
}
