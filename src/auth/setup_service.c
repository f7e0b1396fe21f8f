/*
 * setup_service.c — how a library gets its first administrator.
 */
#include "auth/setup_service.h"

#include <stdatomic.h>

#include "auth/accounts_repository.h"
#include "auth/accounts_service.h"
#include "auth/attempts.h"
#include "auth/setup_code.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/limits.h"
#include "settings/settings_service.h"

#define FACTS(member) AT(struct setup_facts, member)

/* clang-format off */
const struct field setup_fields[] = {
    {"code", FIELD_TEXT, REQUIRED, 1, CODE_TYPED_MAX, FACTS(code), "The code from the console, or from the file beside the library"},
    {"name", FIELD_TEXT, REQUIRED, ACCOUNT_NAME_MIN, ACCOUNT_NAME_MAX, FACTS(name), "The administrator's name"},
    {"password", FIELD_TEXT, REQUIRED, PASSWORD_MIN, PASSWORD_MAX, FACTS(password), "Ten characters or more"},
    {"library_name", FIELD_TEXT, OPTIONAL, 1, 100, FACTS(library_name), "The library's name, shown on every page"},
    {"language", FIELD_TEXT, OPTIONAL, 1, 35, FACTS(language), "Language of the pages: en, fr, pt-BR"},
    {"time_zone", FIELD_TEXT, OPTIONAL, 1, 64, FACTS(time_zone), "Zone that days follow; in force from the next start"},
    {0},
};
/* clang-format on */

static atomic_bool is_needed;

bool setup_is_needed(void)
{
    return atomic_load(&is_needed);
}

enum error_kind setup_look(struct ctx *ctx)
{
    bool have;

    TRY(accounts_have_admin(ctx, &have));
    atomic_store(&is_needed, !have);
    if (have)
        setup_code_end();
    return OK;
}

static enum error_kind fail_done(struct ctx *ctx)
{
    return fail(ctx, SETUP_DONE, "This library has an administrator already. Sign in.");
}

enum error_kind setup_prove(struct ctx *ctx, const char *code, int64_t *out_wait_s)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait = attempts_wait_ms(ATTEMPTS_OF_ADDRESS, ctx->actor.address, now_ms);
    if (wait > 0) {
        *out_wait_s = (wait + MS_PER_SECOND - 1) / MS_PER_SECOND;
        return fail(ctx, TOO_MANY_ATTEMPTS, "Too many wrong attempts. Try again in a moment.");
    }
    if (!setup_code_matches(ctx, code)) {
        attempts_note_failure(ATTEMPTS_OF_ADDRESS, ctx->actor.address, now_ms);
        return fail(
            ctx, WRONG_SETUP_CODE,
            "This is not the setup code. It stands where Carrel was started, and in the file beside the "
            "library that ends in .setup-code.");
    }
    return OK;
}

enum error_kind setup_begin(struct ctx *ctx, const struct setup_facts *facts, int64_t *out_wait_s)
{
    bool have;

    TRY(accounts_have_admin(ctx, &have));
    if (have)
        return fail_done(ctx);
    TRY(setup_prove(ctx, facts->code, out_wait_s));
    return accounts_check_new(ctx, "name", facts->name, "password", facts->password);
}

static enum error_kind set(struct ctx *ctx, const char *name, const char *value)
{
    return value ? settings_set(ctx, name, value) : OK;
}

enum error_kind setup_finish(struct ctx *ctx, const struct setup_facts *facts, const char *hash,
                             struct account *out_account)
{
    const struct account_facts account = {.name = facts->name, .role = role_name(ADMIN)};
    bool have;

    TRY(accounts_have_admin(ctx, &have));
    if (have)
        return fail_done(ctx);
    ctx->actor.name = facts->name;
    TRY(accounts_create(ctx, &account, hash, out_account));
    ctx->actor.account_id = out_account->id;
    TRY(accounts_repo_note_login(ctx, out_account->id));
    TRY(set(ctx, "library_name", facts->library_name));
    TRY(set(ctx, "language", facts->language));
    return set(ctx, "time_zone", facts->time_zone);
}
