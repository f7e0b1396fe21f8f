/*
 * trial_service.c — the settings of this moment, tried at once: nothing is queued and nothing is tried again.
 */
#include "notifications/trial_service.h"

#include <string.h>

#include "base/text.h"
#include "notifications/gateway_service.h"
#include "notifications/mail_service.h"
#include "settings/settings_service.h"

#define TRIAL_CARD "0000" /* a gateway may want a card: nobody has this one */

static const char *const trial_channels[] = {"email", "sms", NULL};

const struct field trial_fields[] = {
    {"channel", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct trial_facts, channel), "email or sms",
     trial_channels},
    {"address", FIELD_TEXT, REQUIRED, 1, MIME_ADDRESS_MAX, AT(struct trial_facts, address),
     "Where it goes: an e-mail address; a telephone number"},
    {0},
};

static bool is_by_mail(const struct trial *trial)
{
    return strcmp(trial->facts.channel, "email") == 0;
}

enum error_kind trial_begin(struct ctx *ctx, struct trial *trial)
{
    const char *language;

    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &trial->library));
    TRY(settings_text(ctx, SETTING_LANGUAGE, &language));
    trial->in_german = text_starts_with(language, "de");
    if (!is_by_mail(trial))
        return gateway_account_read(ctx, &trial->gateway);
    TRY(mail_account_read(ctx, &trial->mail));
    if (!mime_is_address(trial->facts.address))
        return fail(ctx, NO_ADDRESS, "“%s” is no e-mail address that can be written to.",
                    trial->facts.address);
    return OK;
}

static const char *words_of(struct ctx *ctx, const struct trial *trial)
{
    return arena_printf(ctx->arena,
                        trial->in_german ? "Dies ist eine Probe von „%s“. Sie ist angekommen."
                                         : "This is a test from “%s”. It has arrived.",
                        trial->library);
}

static enum error_kind try_mail(struct ctx *ctx, const struct trial *trial)
{
    const char *const to[] = {trial->facts.address, NULL};
    const struct mail mail = {
        .to = to,
        .subject = arena_printf(ctx->arena, trial->in_german ? "Probe: %s" : "Test: %s", trial->library),
        .text = words_of(ctx, trial),
        .id = uuid_new(ctx->now),
    };
    struct mail_outcome outcome;

    mail_account_forget_failures(ctx, &trial->mail);
    return mail_send(ctx, &trial->mail, &mail, &outcome);
}

enum error_kind trial_run(struct ctx *ctx, struct trial *trial)
{
    struct mail_outcome outcome;

    if (is_by_mail(trial))
        return try_mail(ctx, trial);
    gateway_account_forget_failures(ctx, &trial->gateway);
    return gateway_send(ctx, &trial->gateway, trial->facts.address, TRIAL_CARD, words_of(ctx, trial),
                        &outcome);
}
