/*
 * login_service.c — the door itself.
 */
#include "auth/login_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "auth/accounts_repository.h"
#include "auth/accounts_service.h"
#include "auth/attempts.h"
#include "auth/password.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "events/events_service.h"

/* ---- waiting --------------------------------------------------------------------------------------- */

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum error_kind fail_waiting(struct ctx *ctx, struct login *login, int64_t wait_ms)
{
    login->retry_after_s = (wait_ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
    error_reason_int(ctx, "retry_after_s", login->retry_after_s);
    return fail(ctx, TOO_MANY_ATTEMPTS, "Too many wrong attempts. Try again in %lld second%s.",
                (long long)login->retry_after_s, login->retry_after_s == 1 ? "" : "s");
}

static enum error_kind check_lock(struct ctx *ctx, struct login *login)
{
    int64_t until = login->account.locked_until;

    return until != NO_NUMBER && until > ctx->now ? fail_waiting(ctx, login, until - ctx->now) : OK;
}

/* The machine's owner waits for nobody. */
static bool has_address(const struct ctx *ctx)
{
    return ctx->actor.access != LOCAL_ADMIN && ctx->actor.address;
}

static enum error_kind check_waits(struct ctx *ctx, struct login *login)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait = 0;

    if (has_address(ctx))
        wait = attempts_wait_ms(ATTEMPTS_OF_ADDRESS, ctx->actor.address, now_ms);
    if (!login->known)
        wait = longer(wait, attempts_wait_ms(ATTEMPTS_OF_NAME, text_fold(ctx->arena, login->name), now_ms));
    if (wait > 0)
        return fail_waiting(ctx, login, wait);
    return login->known ? check_lock(ctx, login) : OK;
}

/* What is not kept with an account. */
static void note_in_memory(struct ctx *ctx, const struct login *login)
{
    int64_t now_ms = clock_monotonic_ms();

    if (has_address(ctx))
        attempts_note_failure(ATTEMPTS_OF_ADDRESS, ctx->actor.address, now_ms);
    if (!login->known)
        attempts_note_failure(ATTEMPTS_OF_NAME, text_fold(ctx->arena, login->name), now_ms);
}

/* One more wrong password of an account that is there. */
static enum error_kind note_with_account(struct ctx *ctx, const struct account *account)
{
    bool is_forgotten =
        account->last_failed_at == NO_NUMBER || ctx->now - account->last_failed_at > LOGIN_FORGET_MS;
    int64_t failures = (is_forgotten ? 0 : account->failed_logins) + 1;
    int64_t delay = attempts_delay_ms(ATTEMPTS_OF_NAME, failures);

    return accounts_repo_note_failure(ctx, account->id, failures, delay > 0 ? ctx->now + delay : NO_NUMBER);
}

/* ---- the steps they share -------------------------------------------------------------------------- */

static enum error_kind look_up(struct ctx *ctx, struct login *login)
{
    TRY(accounts_repo_find_by_name(ctx, login->name, &login->account, &login->known));
    return check_waits(ctx, login);
}

static enum error_kind verify(struct ctx *ctx, struct login *login)
{
    const char *hash = login->known ? login->account.password_hash : NULL;

    TRY(password_verify(ctx, hash, login->password, &login->good));
    if (!login->good)
        note_in_memory(ctx, login);
    return OK;
}

/* As it is now, on the writer: others may have failed, or set a password, while this one computed. */
static enum error_kind read_again(struct ctx *ctx, struct login *login)
{
    struct account now;
    bool found;

    TRY(accounts_repo_find_by_id(ctx, login->account.id, &now, &found));
    bool is_same = found && now.password_set_at == login->account.password_set_at;
    if (found)
        login->account = now;
    TRY(check_lock(ctx, login));
    login->good = login->good && is_same;
    return OK;
}

/* ---- signing in ------------------------------------------------------------------------------------ */

enum error_kind login_begin(struct ctx *ctx, struct login *login)
{
    return look_up(ctx, login);
}

enum error_kind login_compute(struct ctx *ctx, struct login *login)
{
    TRY(verify(ctx, login));
    if (login->good && password_is_outdated(login->account.password_hash))
        return password_hash(ctx, login->password, &login->new_hash);
    return OK;
}

static enum error_kind refuse(struct ctx *ctx, struct login *login)
{
    if (login->known)
        TRY(note_with_account(ctx, &login->account));
    /* Not even the name: people type their password there. */
    TRY(audit_act(ctx, "login.failed", "account", login->known ? login->account.id : NO_NUMBER));
    login->keep = true;
    return fail(ctx, WRONG_CREDENTIALS, "The name or the password is wrong.");
}

enum error_kind login_finish(struct ctx *ctx, struct login *login)
{
    if (login->known)
        TRY(read_again(ctx, login));
    if (!login->good)
        return refuse(ctx, login);
    if (!account_is_open(&login->account))
        return fail(ctx, ACCOUNT_CLOSED, "This account is closed. Ask at the desk.");
    if (login->new_hash)
        TRY(accounts_repo_rehash(ctx, login->account.id, login->new_hash));
    TRY(accounts_repo_note_login(ctx, login->account.id));
    ctx->actor.name = login->account.name;
    ctx->actor.account_id = login->account.id;
    return audit_act(ctx, "login.succeeded", "account", login->account.id);
}

/* ---- a new password for oneself --------------------------------------------------------------------- */

enum error_kind change_begin(struct ctx *ctx, struct login *change)
{
    if (ctx->actor.account_id == 0)
        return fail(ctx, FORBIDDEN, "Only somebody who has signed in with a password can change it.");
    TRY(accounts_repo_find_by_id(ctx, ctx->actor.account_id, &change->account, &change->known));
    change->name = change->account.name;
    password_gather(ctx, "new_password", change->new_password, change->name);
    TRY(error_check_fields(ctx));
    return check_waits(ctx, change);
}

enum error_kind change_compute(struct ctx *ctx, struct login *change)
{
    TRY(verify(ctx, change));
    return change->good ? password_hash(ctx, change->new_password, &change->new_hash) : OK;
}

enum error_kind change_finish(struct ctx *ctx, struct login *change, const struct digest *keep)
{
    TRY(read_again(ctx, change));
    if (change->good)
        return accounts_set_password(ctx, &change->account, change->new_hash, keep,
                                     "account.password_changed");
    TRY(note_with_account(ctx, &change->account));
    TRY(audit_act(ctx, "login.failed", "account", change->account.id));
    change->keep = true;
    return fail(ctx, WRONG_PASSWORD, "The present password is wrong.");
}

/* ---- a new password by code -------------------------------------------------------------------------- */

static enum error_kind match_code(struct ctx *ctx, const struct login *reset, struct one_time_code *out_code,
                                  bool *out_good)
{
    const struct digest typed = token_hash(code_normalised(ctx->arena, reset->code));
    bool found = false;

    *out_code = (struct one_time_code){0};
    if (reset->known)
        TRY(codes_repo_find(ctx, reset->account.id, out_code, &found));
    *out_good = found && out_code->expires_at > ctx->now && out_code->tries < RESET_CODE_TRIES &&
                digest_equal(&typed, &out_code->hash);
    return OK;
}

enum error_kind reset_begin(struct ctx *ctx, struct login *reset)
{
    struct one_time_code code;

    password_gather(ctx, "new_password", reset->new_password, reset->name);
    TRY(error_check_fields(ctx));
    TRY(accounts_repo_find_by_name(ctx, reset->name, &reset->account, &reset->known));
    int64_t wait = has_address(ctx)
                       ? attempts_wait_ms(ATTEMPTS_OF_ADDRESS, ctx->actor.address, clock_monotonic_ms())
                       : 0;
    if (wait > 0)
        return fail_waiting(ctx, reset, wait);
    TRY(match_code(ctx, reset, &code, &reset->good));
    if (!reset->good && has_address(ctx))
        attempts_note_failure(ATTEMPTS_OF_ADDRESS, ctx->actor.address, clock_monotonic_ms());
    return OK;
}

enum error_kind reset_compute(struct ctx *ctx, struct login *reset)
{
    return password_hash(ctx, reset->new_password, &reset->new_hash);
}

enum error_kind reset_finish(struct ctx *ctx, struct login *reset)
{
    struct one_time_code code;
    bool good;

    TRY(match_code(ctx, reset, &code, &good));
    if (good && reset->new_hash) {
        TRY(codes_repo_note_used(ctx, code.id));
        ctx->actor.name = reset->account.name;
        return accounts_set_password(ctx, &reset->account, reset->new_hash, NULL, "account.password_reset");
    }
    if (code.id != 0)
        TRY(codes_repo_note_try(ctx, code.id));
    TRY(audit_act(ctx, "account.reset_failed", "account", reset->known ? reset->account.id : NO_NUMBER));
    reset->keep = true;
    return fail(ctx, INVALID_CODE,
                "The name or the code is wrong, or the code's time is over. Ask for a new one.");
}

/*
 * Who is a reader and no more may get the code by e-mail (src/notifications); others have an administrator make one: an
 * address in a reader's record may be written by any librarian, who would sign in as an administrator with that code.
 */
static enum error_kind note_asked(struct ctx *ctx, const struct account *account)
{
    TRY(accounts_repo_note_reset_asked(ctx, account->id));
    if (account->member_id == 0 || account->role != MEMBER)
        return OK;
    return events_record(
        ctx, &(struct event_fact){.type = EVENT_PASSWORD_CODE_ASKED, .member_id = account->member_id});
}

enum error_kind reset_ask(struct ctx *ctx, const char *name)
{
    struct account account;
    bool found;

    TRY(accounts_repo_find_by_name(ctx, name, &account, &found));
    if (found && account_is_open(&account))
        TRY(note_asked(ctx, &account));
    return audit_act(ctx, "account.reset_asked", "account", found ? account.id : NO_NUMBER);
}
