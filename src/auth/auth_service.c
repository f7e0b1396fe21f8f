/*
 * auth_service.c — small questions.
 */
#include "auth/auth_service.h"

#include <string.h>

#include "auth/accounts_repository.h"
#include "settings/settings_service.h"

bool auth_is_on(void)
{
    return !settings_auth_is_off();
}

enum error_kind auth_check_on(struct ctx *ctx)
{
    if (auth_is_on())
        return OK;
    return fail(ctx, AUTH_IS_OFF, "This server was started with --auth off: nobody signs in here.");
}

enum error_kind auth_find_actor(struct ctx *ctx, struct account *out_account, bool *out_found)
{
    *out_found = false;
    return ctx->actor.account_id == 0
               ? OK
               : accounts_repo_find_by_id(ctx, ctx->actor.account_id, out_account, out_found);
}

enum error_kind auth_library(struct ctx *ctx, struct library_facts *out_facts)
{
    const char *registration;

    TRY(settings_text(ctx, SETTING_SELF_REGISTRATION, &registration));
    out_facts->self_registration = strcmp(registration, "on") == 0;
    out_facts->public_catalogue = settings_catalogue_is_public();
    TRY(settings_text(ctx, SETTING_CARD_PREFIX, &out_facts->card_prefix));
    TRY(settings_text(ctx, SETTING_BARCODE_PREFIX, &out_facts->barcode_prefix));
    TRY(settings_text(ctx, SETTING_CURRENCY, &out_facts->currency));
    TRY(settings_text(ctx, SETTING_LANGUAGE, &out_facts->language));
    return settings_text(ctx, SETTING_LIBRARY_NAME, &out_facts->name);
}
