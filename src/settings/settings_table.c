/*
 * settings_table.c — the table, and what a field table cannot say about a value.
 */
#include "settings/settings_table.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/field_grammar.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "net/mime.h"
#include "net/url.h"
#include "settings/settings_service.h"

#define ZONES "/usr/share/zoneinfo"

static const char *const environment_choices[] = {"development", "test", "staging", "production", NULL};
static const char *const log_level_choices[] = {"debug", "info", "warn", "error", "off", NULL};
static const char *const on_off[] = {"on", "off", NULL};
static const char *const true_false[] = {"false", "true", NULL};
static const char *const tls_choices[] = {"off", "auto", NULL};
static const char *const review_choices[] = {"off", "borrowers", "members", NULL};
static const char *const mail_choices[] = {"off", "smtp", "sendmail", NULL};
static const char *const smtp_choices[] = {"starttls", "tls", "none", NULL};
static const char *const log_request_choices[] = {"on", "slow", "off", NULL};
static const char *const backup_seal_choices[] = {"off", "second", "all", NULL};

#define FIELD_ROW(id, name, type, fallback, min, max, choices, meaning) \
    {#name, type, OPTIONAL, min, max, AT(struct setting_values, of[SETTING_##id]), meaning, choices, 0},

static const struct field process_fields[] = {PROCESS_SETTINGS(FIELD_ROW){0}};

const struct field setting_fields[] = {STORED_SETTINGS(FIELD_ROW){0}};

static const char *const defaults[] = {
#define X(id, name, type, fallback, ...) [SETTING_##id] = fallback,
    PROCESS_SETTINGS(X) STORED_SETTINGS(X)
#undef X
};

#define FIRST_STORED (sizeof process_fields / sizeof process_fields[0] - 1)

bool setting_is_stored(enum setting id)
{
    return (size_t)id >= FIRST_STORED;
}

const struct field *setting_field(enum setting id)
{
    assert(id < SETTING_COUNT);
    return setting_is_stored(id) ? &setting_fields[(size_t)id - FIRST_STORED] : &process_fields[id];
}

const char *setting_default(enum setting id)
{
    return defaults[id];
}

bool setting_is_concealed(enum setting id)
{
    return id == SETTING_SMTP_PASSWORD || id == SETTING_SMS_AUTHORIZATION || id == SETTING_ALERT_CHAT_URL;
}

const char *setting_shown(enum setting id, const char *value)
{
    return value && *value && setting_is_concealed(id) ? SETTING_CONCEALED : value;
}

/* ---- single values --------------------------------------------------------------------------------- */

static bool is_digits(const char *text)
{
    return text[strspn(text, "0123456789")] == '\0';
}

/* A machine without tzdata (an empty root) can check the spelling only. */
static bool is_zone(struct ctx *ctx, const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";

    if (*text == '\0')
        return true;
    if (text[strspn(text, letters)] != '\0' || *text == '/' || *text == '-')
        return false;
    if (access(ZONES "/UTC", R_OK) != 0)
        return true;
    return access(arena_printf(ctx->arena, ZONES "/%s", text), R_OK) == 0;
}

static bool is_host(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:_";

    return text[strspn(text, letters)] == '\0';
}

/* Words in braces stand for what a gateway is told: any letter is as good for knowing an address. */
static bool is_web_address(struct ctx *ctx, const char *text)
{
    static const char *const words[] = {"{phone}", "{card}", "{text}", NULL};
    char *plain = arena_strdup(ctx->arena, text);
    struct net_url url;

    for (const char *const *word = words; *word; word++)
        for (char *at; (at = strstr(plain, *word)) != NULL;)
            memset(at, '0', strlen(*word));
    return net_url_parse(ctx->arena, plain, &url);
}

static bool is_message_body(struct ctx *ctx, const char *text)
{
    bool is_form = text_starts_with(text, "{phone}") || text_starts_with(text, "{card}") ||
                   text_starts_with(text, "{text}");
    const char *why;

    return *text != '{' || is_form || json_parse(ctx->arena, text, strlen(text), &why);
}

static bool are_addresses(struct ctx *ctx, const char *text)
{
    size_t count = 0;

    while (*text) {
        size_t length = strcspn(text, ",");
        const char *address = text_clean(ctx->arena, text, length);
        if (++count > MAIL_RECIPIENTS_MAX || !address || !mime_is_address(address))
            return false;
        text += length + (text[length] == ',');
    }
    return true;
}

/* Of those that say how messages leave. */
static const char *message_problem(struct ctx *ctx, enum setting id, const char *text)
{
    switch (id) {
    case SETTING_MAIL_FROM: return mime_is_address(text) ? NULL : "must be an e-mail address";
    case SETTING_SMTP_HOST: return is_host(text) ? NULL : "must be a name or an address, without a port";
    case SETTING_SENDMAIL_PATH: return *text == '/' ? NULL : "must be a whole path: it begins with /";
    case SETTING_SMS_URL:
    case SETTING_ALERT_CHAT_URL:
        return is_web_address(ctx, text) ? NULL : "must be a web address that begins with http or https";
    case SETTING_SMS_BODY: return is_message_body(ctx, text) ? NULL : "begins with { and is no JSON";
    case SETTING_SMS_AUTHORIZATION: return strchr(text, '\n') ? "must be one line" : NULL;
    case SETTING_ALERT_EMAIL:
        return are_addresses(ctx, text) ? NULL : "must be e-mail addresses, parted by commas";
    default: return NULL;
    }
}

static bool is_hour(const char *text)
{
    return strlen(text) == 5 && strspn(text, "0123456789") == 2 && text[2] == ':' &&
           strspn(text + 3, "0123456789") == 2 && memcmp(text, "24", 2) < 0 && text[3] < '6';
}

static bool are_channels(const char *text)
{
    static const char *const names[] = {"app", "email", "sms", NULL};

    while (*text) {
        size_t length = strcspn(text, ",");
        const char *const *name = names;
        while (*name && (strlen(*name) != length || memcmp(*name, text, length) != 0))
            name++;
        if (!*name || (text[length] == ',' && text[length + 1] == '\0'))
            return false;
        text += length + (text[length] == ',');
    }
    return true;
}

/* Of those that say when and how readers are told. */
static const char *notice_problem(enum setting id, const char *text)
{
    switch (id) {
    case SETTING_NOTICE_FROM:
    case SETTING_NOTICE_TO: return is_hour(text) ? NULL : "must be a time of day like 08:00";
    case SETTING_NOTICE_CHANNELS:
        return are_channels(text) ? NULL : "must be app, email or sms, parted by commas without blanks";
    default: return NULL;
    }
}

static const char *special_problem(struct ctx *ctx, enum setting id, const char *text)
{
    struct net_url url;

    switch (id) {
    case SETTING_TRACE_URL:
        return net_url_parse(ctx->arena, text, &url) ? NULL
                                                     : "must be a web address that begins with http or https";
    case SETTING_LANGUAGE: return field_is_language(text) ? NULL : "must be a language code like en or pt-BR";
    case SETTING_TIME_ZONE:
        return is_zone(ctx, text) ? NULL : "must be a time zone that this machine knows, like Europe/Berlin";
    case SETTING_CURRENCY: return money_exponent(text) >= 0 ? NULL : "must be a currency code like EUR";
    case SETTING_BARCODE_PREFIX:
    case SETTING_CARD_PREFIX: return is_digits(text) ? NULL : "must be digits";
    case SETTING_BACKUP_DIR:
    case SETTING_BACKUP_SECOND_DIR: return *text == '/' ? NULL : "must be a whole path: it begins with /";
    case SETTING_NOTICE_FROM:
    case SETTING_NOTICE_TO:
    case SETTING_NOTICE_CHANNELS: return notice_problem(id, text);
    default: return message_problem(ctx, id, text);
    }
}

const char *setting_problem(struct ctx *ctx, enum setting id, const char *text)
{
    const struct field *field = setting_field(id);
    struct setting_values scratch;
    const char *problem;

    if (*text == '\0')
        return field->type == FIELD_TEXT && field->min == 0 ? NULL : "must not be empty";
    if (!field_store_text(ctx, field, text, &scratch, &problem))
        return problem;
    return special_problem(ctx, id, text);
}
