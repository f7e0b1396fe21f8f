/*
 * mail_service.c — from what is set to what is said: which way an e-mail goes, and what went wrong in words for people.
 */
#include "notifications/mail_service.h"

#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/program.h"
#include "settings/settings_service.h"

/* ---- the account ---------------------------------------------------------------------------------------- */

static enum error_kind refuse_off(struct ctx *ctx, const char *lacks)
{
    error_reason_text(ctx, "channel", "email");
    if (!lacks)
        return fail(ctx, CHANNEL_IS_OFF, "E-mail is off. An administrator turns it on in the settings.");
    error_reason_text(ctx, "setting", lacks);
    return fail(ctx, CHANNEL_IS_OFF, "E-mail is not set up: %s is missing in the settings.", lacks);
}

static enum smtp_security security_of(const char *name)
{
    if (strcmp(name, "tls") == 0)
        return SMTP_TLS;
    return strcmp(name, "none") == 0 ? SMTP_OPEN : SMTP_STARTTLS;
}

static enum error_kind read_smtp(struct ctx *ctx, struct smtp_account *account)
{
    const char *security;
    int64_t port;

    TRY(settings_text(ctx, SETTING_SMTP_HOST, &account->host));
    if (!account->host || !*account->host)
        return refuse_off(ctx, "smtp_host");
    TRY(settings_int(ctx, SETTING_SMTP_PORT, &port));
    TRY(settings_text(ctx, SETTING_SMTP_SECURITY, &security));
    TRY(settings_text(ctx, SETTING_SMTP_USER, &account->user));
    TRY(settings_text(ctx, SETTING_SMTP_PASSWORD, &account->password));
    account->port = (uint16_t)port;
    account->security = security_of(security);
    account->user = account->user && *account->user ? account->user : NULL;
    account->password = account->password ? account->password : "";
    return OK;
}

enum error_kind mail_account_read(struct ctx *ctx, struct mail_account *out_account)
{
    struct mail_account account = {0};
    const char *transport;

    TRY(settings_text(ctx, SETTING_MAIL_TRANSPORT, &transport));
    if (strcmp(transport, "off") == 0)
        return refuse_off(ctx, NULL);
    account.by_program = strcmp(transport, "sendmail") == 0;
    TRY(settings_text(ctx, SETTING_MAIL_FROM, &account.from));
    if (!account.from || !*account.from)
        return refuse_off(ctx, "mail_from");
    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &account.from_name));
    TRY(settings_text(ctx, SETTING_SENDMAIL_PATH, &account.program));
    if (!account.by_program)
        TRY(read_smtp(ctx, &account.smtp));
    *out_account = account;
    return OK;
}

void mail_account_forget_failures(struct ctx *ctx, const struct mail_account *account)
{
    if (!account->by_program)
        breaker_forget(breakers_shared(), smtp_destination(ctx->arena, &account->smtp));
}

bool mail_addresses(struct arena *arena, const char *text, const char *const **out_to)
{
    const char **to = arena_alloc_array(arena, MAIL_RECIPIENTS_MAX + 1, sizeof *to);
    size_t count = 0;

    while (*text) {
        size_t length = strcspn(text, ",");
        char *address = text_clean(arena, text, length);
        text += length + (text[length] == ',');
        if (address && !*address)
            continue;
        if (!address || count == MAIL_RECIPIENTS_MAX || !mime_is_address(address))
            return false;
        to[count++] = address;
    }
    *out_to = to;
    return true;
}

static int64_t deadline_of(const struct mail_account *account)
{
    bool is_shorter = account->most_ms > 0 && account->most_ms < MAIL_EXCHANGE_MS;

    return clock_monotonic_ms() + (is_shorter ? account->most_ms : MAIL_EXCHANGE_MS);
}

/* ---- what went wrong ------------------------------------------------------------------------------------ */

static enum error_kind refuse_address(struct ctx *ctx, const struct mail *mail)
{
    for (const char *const *to = mail->to; *to; to++)
        if (!mime_is_address(*to))
            return fail(ctx, NO_ADDRESS, "“%s” is no e-mail address that can be written to.", *to);
    return fail(ctx, NO_ADDRESS, "There is no e-mail address to write to.");
}

static enum error_kind fail_smtp(struct ctx *ctx, enum net_outcome outcome, const struct smtp_result *result)
{
    error_reason_text(ctx, "outcome", net_outcome_name(outcome));
    if (result->lacks_tls)
        return fail(ctx, NOT_DELIVERED,
                    "The mail server offers no encryption (STARTTLS), so nothing was said to it.");
    if (result->lacks_auth)
        return fail(ctx, NOT_DELIVERED, "The mail server offers no way to sign in.");
    if (outcome == NET_TOO_LARGE)
        return fail(ctx, NOT_DELIVERED, "The message is too large for an e-mail: it may have %d MiB at most.",
                    MAIL_BYTES_MAX / (1024 * 1024));
    if (outcome != NET_REFUSED)
        return fail(ctx, NOT_DELIVERED, "%s", net_outcome_sentence(outcome));
    error_reason_int(ctx, "code", result->code);
    if (result->step == SMTP_SIGNING_IN)
        return fail(ctx, NOT_DELIVERED, "The mail server does not let us in: %d %s", result->code,
                    result->said);
    return fail(ctx, NOT_DELIVERED, "The mail server says: %d %s", result->code, result->said);
}

/* No use to try again: it said so (5xx) of these recipients or this text, not of who sends (RFC 3463: x.7.x). */
static bool is_for_good(enum net_outcome outcome, const struct smtp_result *result)
{
    if (outcome == NET_TOO_LARGE || outcome == NET_BAD_ADDRESS)
        return true;
    return outcome == NET_REFUSED && result->step >= SMTP_RECIPIENT && result->code >= 500 &&
           result->code != 530 && strncmp(result->said, "5.7.", 4) != 0;
}

/* A mailbox that is busy, full or greylisted (RFC 5321, 4.2.2): others may be written to. 421 is of the whole server. */
static bool is_of_recipient(enum net_outcome outcome, const struct smtp_result *result)
{
    return outcome == NET_REFUSED && result->step == SMTP_RECIPIENT && result->code / 100 == 4 &&
           result->code != 421;
}

static enum error_kind send_by_smtp(struct ctx *ctx, const struct mail_account *account,
                                    const struct mime_message *message, struct mail_outcome *out_outcome)
{
    struct smtp_result result;
    enum net_outcome outcome = smtp_send(ctx->arena, &account->smtp, message, deadline_of(account), &result);

    out_outcome->refused = result.refused;
    if (outcome == NET_OK)
        return OK;
    out_outcome->may_have_gone = result.step == SMTP_END && outcome != NET_REFUSED;
    out_outcome->for_good = is_for_good(outcome, &result);
    out_outcome->of_recipient = is_of_recipient(outcome, &result);
    return fail_smtp(ctx, outcome, &result);
}

/* ---- by a program --------------------------------------------------------------------------------------- */

static enum error_kind fail_program(struct ctx *ctx, const struct mail_account *account, int status,
                                    const struct program *program, struct mail_outcome *out_outcome)
{
    out_outcome->for_good = status == EX_NOUSER || status == EX_NOHOST || status == EX_DATAERR;
    error_reason_int(ctx, "status", status);
    return fail(ctx, NOT_DELIVERED, "%s has not taken it (%d): %s", account->program, status, program->text);
}

/* -t: to whom it goes stands in the message; -i: a line with a dot ends nothing. */
static enum error_kind send_by_program(struct ctx *ctx, const struct mail_account *account,
                                       const struct mime_message *message, struct mail_outcome *out_outcome)
{
    const char *const arguments[] = {account->program, "-t", "-i", "-f", account->from, NULL};
    struct program *program = arena_alloc(ctx->arena, sizeof *program);
    int64_t deadline = deadline_of(account);
    int status = 0;

    if (program_start(account->program, arguments, deadline, program) != NET_OK)
        return fail(ctx, NOT_DELIVERED, "The program %s cannot be started.", account->program);
    enum net_outcome written = mime_write(message, program_write, program);
    enum net_outcome ended = program_end(program, &status);
    if (ended == NET_OK && status != 0)
        return fail_program(ctx, account, status, program, out_outcome);
    if (written == NET_OK && ended == NET_OK)
        return OK;
    /* A message that was cut off may leave as it is, where a program ends well without having read to the end. */
    out_outcome->may_have_gone = written == NET_OK || ended == NET_OK;
    return fail(ctx, NOT_DELIVERED, "The program %s did not come to an end.", account->program);
}

/* ---- sending -------------------------------------------------------------------------------------------- */

static const char *message_id(struct ctx *ctx, const struct mail_account *account, const struct mail *mail)
{
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&mail->id, uuid);
    return arena_printf(ctx->arena, "%s@%s", uuid, strchr(account->from, '@') + 1);
}

static bool addresses_are_good(const struct mail *mail)
{
    size_t count = 0;

    for (; mail->to[count]; count++)
        if (!mime_is_address(mail->to[count]))
            return false;
    return count > 0 && count <= MAIL_RECIPIENTS_MAX;
}

enum error_kind mail_send(struct ctx *ctx, const struct mail_account *account, const struct mail *mail,
                          struct mail_outcome *out_outcome)
{
    *out_outcome = (struct mail_outcome){.for_good = true};
    if (!addresses_are_good(mail))
        return refuse_address(ctx, mail);
    if (!mime_is_address(account->from))
        return fail(ctx, NO_ADDRESS, "“%s” is no e-mail address that can be written from.", account->from);
    *out_outcome = (struct mail_outcome){0};
    struct mime_message message = {.from_name = account->from_name,
                                   .from = account->from,
                                   .to = mail->to,
                                   .reply_to = mail->reply_to,
                                   .subject = mail->subject,
                                   .text = mail->text,
                                   .parts = mail->parts,
                                   .part_count = mail->part_count,
                                   .id = message_id(ctx, account, mail),
                                   .date = ctx->now};
    return account->by_program ? send_by_program(ctx, account, &message, out_outcome)
                               : send_by_smtp(ctx, account, &message, out_outcome);
}
