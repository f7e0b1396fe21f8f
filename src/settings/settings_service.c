/*
 * settings_service.c — the value in force, and changing what is stored.
 *
 * Values are text until somebody asks for a number: flags, files and rows of `setting` all speak text, and
 * setting_problem() has accepted every one of them when it came in.
 */
#include "settings/settings_service.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/money.h"
#include "base/text.h"
#include "events/events_service.h"
#include "settings/settings_repository.h"
#include "settings/settings_table.h"

/* ---- in force -------------------------------------------------------------------------------------- */

static enum error_kind look_up(struct ctx *ctx, enum setting id, const char **out_value,
                               enum setting_source *out_source)
{
    const char *stored = NULL;

    if (settings_given(id)) {
        *out_value = settings_process_text(id);
        *out_source = setting_given_source(id);
        return OK;
    }
    if (setting_is_stored(id) && ctx->db)
        TRY(settings_repo_get(ctx, setting_field(id)->name, &stored));
    *out_value = stored ? stored : setting_default(id);
    *out_source = stored ? SOURCE_STORED : *out_value ? SOURCE_DEFAULT : SOURCE_NONE;
    return OK;
}

enum error_kind settings_text(struct ctx *ctx, enum setting id, const char **out_value)
{
    enum setting_source source;

    return look_up(ctx, id, out_value, &source);
}

/* A value that was stored by another version, or edited by hand in the file. */
static enum error_kind fail_unusable(struct ctx *ctx, enum setting id, const char *value)
{
    return fail(ctx, INTERNAL, "The setting %s holds “%s”, which cannot be used.", setting_field(id)->name,
                setting_shown(id, value));
}

enum error_kind settings_int(struct ctx *ctx, enum setting id, int64_t *out_value)
{
    int64_t value = NO_NUMBER;
    const char *text;

    TRY(settings_text(ctx, id, &text));
    enum field_type type = setting_field(id)->type;
    assert(type == FIELD_INTEGER || type == FIELD_MONEY);
    bool good = !text || (type == FIELD_MONEY ? money_parse(text, ctx->currency_exponent, &value)
                                              : text_to_int64(text, &value));
    if (!good)
        return fail_unusable(ctx, id, text);
    *out_value = value;
    return OK;
}

enum error_kind settings_is_on(struct ctx *ctx, enum setting id, bool *out_on)
{
    const char *value;

    TRY(settings_text(ctx, id, &value));
    *out_on = strcmp(value, "on") == 0;
    return OK;
}

enum error_kind settings_describe(struct ctx *ctx, size_t index, struct setting_state *out_state)
{
    static const char *const source_names[] = {
        [SOURCE_NONE] = "none",     [SOURCE_DEFAULT] = "default",         [SOURCE_STORED] = "stored",
        [SOURCE_ENV_FILE] = ".env", [SOURCE_ENVIRONMENT] = "environment", [SOURCE_FLAG] = "flag",
    };
    enum setting id = (enum setting)index;
    struct setting_state state = {.id = id};

    assert(index < SETTING_COUNT);
    TRY(look_up(ctx, id, &state.value, &state.source));
    state.value = setting_shown(id, state.value);
    state.concealed = setting_is_concealed(id);
    state.name = setting_field(id)->name;
    state.meaning = setting_field(id)->meaning;
    state.type = setting_field(id)->type;
    state.choices = setting_field(id)->choices;
    state.source_name = source_names[state.source];
    state.stored = setting_is_stored(id);
    *out_state = state;
    return OK;
}

/* ---- kept in memory -------------------------------------------------------------------------------- */

static atomic_bool catalogue_is_public = true;
static atomic_bool metrics_are_open;

bool settings_catalogue_is_public(void)
{
    return atomic_load(&catalogue_is_public);
}

bool settings_metrics_are_open(void)
{
    return atomic_load(&metrics_are_open);
}

enum error_kind settings_remember(struct ctx *ctx)
{
    const char *value;
    bool is_open;

    TRY(settings_text(ctx, SETTING_PUBLIC_CATALOGUE, &value));
    TRY(settings_is_on(ctx, SETTING_METRICS_OPEN, &is_open));
    atomic_store(&catalogue_is_public, strcmp(value, "on") == 0);
    atomic_store(&metrics_are_open, is_open);
    return OK;
}

/* ---- changing -------------------------------------------------------------------------------------- */

static enum error_kind stored_or_default(struct ctx *ctx, enum setting id, const char **out_value)
{
    const char *stored;

    TRY(settings_repo_get(ctx, setting_field(id)->name, &stored));
    *out_value = stored ? stored : setting_default(id);
    return OK;
}

static enum error_kind read_values(struct ctx *ctx, struct setting_values *out_values)
{
    *out_values = (struct setting_values){0};
    for (int i = 0; i < SETTING_COUNT; i++) {
        enum setting id = (enum setting)i;
        const struct field *field = setting_field(id);
        const char *problem;
        const char *text;
        if (!setting_is_stored(id))
            continue;
        TRY(stored_or_default(ctx, id, &text));
        /* Empty text means "absent" to a field table, and is a value here. */
        if (field->type == FIELD_TEXT)
            out_values->of[id].text = text;
        else if (text && !field_store_text(ctx, field, text, out_values, &problem))
            return fail_unusable(ctx, id, text);
    }
    return OK;
}

enum error_kind settings_values(struct ctx *ctx, struct setting_values *out_values)
{
    TRY(read_values(ctx, out_values));
    for (int i = 0; i < SETTING_COUNT; i++)
        if (setting_is_concealed((enum setting)i))
            out_values->of[i].text = setting_shown((enum setting)i, out_values->of[i].text);
    return OK;
}

static enum error_kind refuse_decided_elsewhere(struct ctx *ctx, enum setting id)
{
    const char *name = setting_field(id)->name;

    if (!setting_is_stored(id))
        return fail(ctx, CONFLICT, "%s concerns the process: give it as a flag or in the environment.", name);
    if (!settings_given(id))
        return OK;
    const char *by = settings_given_by(ctx, id);
    error_reason_text(ctx, "setting", name);
    error_reason_text(ctx, "given_by", by);
    return fail(ctx, CONFLICT, "%s is decided by %s: storing another value would change nothing.", name, by);
}

static enum setting setting_of(const struct field_change *change)
{
    enum setting id = SETTING_COUNT;
    bool known = settings_find(change->name, &id);

    assert(known);
    (void)known;
    return id;
}

/* Whether values are acceptable comes before who decides: one 422 names all that are wrong. */
static enum error_kind check_changes(struct ctx *ctx, const struct field_change *changes)
{
    for (const struct field_change *change = changes; change; change = change->next) {
        const char *problem = change->after ? setting_problem(ctx, setting_of(change), change->after) : NULL;
        if (problem)
            error_field(ctx, "body", change->name, "setting", "%s", problem);
    }
    TRY(error_check_fields(ctx));
    for (const struct field_change *change = changes; change; change = change->next)
        TRY(refuse_decided_elsewhere(ctx, setting_of(change)));
    return OK;
}

static settings_follower *followers[SETTING_COUNT];

void settings_follow(enum setting id, settings_follower *act)
{
    followers[id] = act;
}

static enum error_kind tell_followers(struct ctx *ctx, const struct field_change *changes)
{
    for (const struct field_change *change = changes; change; change = change->next)
        if (followers[setting_of(change)])
            TRY(followers[setting_of(change)](ctx));
    return OK;
}

/* "language,time_zone": their values are nobody else's business. */
static const char *names_of(struct ctx *ctx, const struct field_change *changes)
{
    struct text_buf names;

    text_buf_init(&names, ctx->arena);
    for (const struct field_change *change = changes; change; change = change->next)
        text_buf_printf(&names, "%s%s", change == changes ? "" : ",", change->name);
    return text_buf_string(&names);
}

/* That it has changed may be known, from what to what may not. */
static enum error_kind audit_changes(struct ctx *ctx, const struct field_change *changes)
{
    struct field_change *first = NULL;
    struct field_change **end = &first;

    for (; changes; changes = changes->next) {
        enum setting id = setting_of(changes);
        *end = arena_memdup(ctx->arena, changes, sizeof *changes);
        (*end)->before = setting_shown(id, changes->before);
        (*end)->after = setting_shown(id, changes->after);
        end = &(*end)->next;
    }
    *end = NULL;
    return audit_edit(ctx, "settings.changed", "library", NO_NUMBER, first);
}

static enum error_kind make_changes(struct ctx *ctx, const struct field_change *changes)
{
    TRY(check_changes(ctx, changes));
    for (const struct field_change *change = changes; change; change = change->next) {
        if (change->after)
            TRY(settings_repo_set(ctx, change->name, change->after));
        else
            TRY(settings_repo_remove(ctx, change->name));
    }
    TRY(tell_followers(ctx, changes));
    TRY(audit_changes(ctx, changes));
    return events_record(
        ctx, &(struct event_fact){.type = EVENT_SETTINGS_CHANGED, .detail = names_of(ctx, changes)});
}

/* To whom a secret is said. Who turns that elsewhere has to know the secret, or would be told it. */
static const struct {
    enum setting secret;
    enum setting addresses[2];
} said_to[] = {{SETTING_SMTP_PASSWORD, {SETTING_SMTP_HOST, SETTING_SMTP_PORT}},
               {SETTING_SMS_AUTHORIZATION, {SETTING_SMS_URL, SETTING_SMS_URL}}};

static bool has_change_of(const struct field_change *changes, const enum setting ids[2])
{
    for (; changes; changes = changes->next)
        if (setting_of(changes) == ids[0] || setting_of(changes) == ids[1])
            return true;
    return false;
}

/* `given`: the secrets that came along; NULL: none. */
static enum error_kind guard_secrets(struct ctx *ctx, const struct field_change *changes, const bool *given)
{
    for (size_t i = 0; i < sizeof said_to / sizeof said_to[0]; i++) {
        enum setting secret = said_to[i].secret;
        const char *stored;
        if ((given && given[secret]) || !has_change_of(changes, said_to[i].addresses))
            continue;
        TRY(stored_or_default(ctx, secret, &stored));
        if (stored && *stored)
            error_field(ctx, "body", setting_field(secret)->name, "setting",
                        "must be given again, or emptied, where the address changes to which it is sent");
    }
    return OK;
}

static bool is_left_as_it_is(enum setting id, const char *value)
{
    return value && setting_is_concealed(id) && strcmp(value, SETTING_CONCEALED) == 0;
}

enum error_kind settings_update(struct ctx *ctx, const struct setting_values *values)
{
    struct setting_values *wanted = arena_memdup(ctx->arena, values, sizeof *values);
    struct setting_values before;
    bool given[SETTING_COUNT] = {false};

    TRY(read_values(ctx, &before));
    for (int i = 0; i < SETTING_COUNT; i++) {
        if (!setting_is_concealed((enum setting)i))
            continue;
        given[i] = !is_left_as_it_is((enum setting)i, wanted->of[i].text);
        if (!given[i])
            wanted->of[i] = before.of[i];
    }
    const struct field_change *changes = fields_changes(ctx, setting_fields, &before, wanted);
    if (!changes)
        return OK;
    TRY(guard_secrets(ctx, changes, given));
    return make_changes(ctx, changes);
}

enum error_kind settings_set(struct ctx *ctx, const char *name, const char *value)
{
    struct field_change change = {.after = value};
    enum setting id;

    if (!settings_find(name, &id))
        return fail(ctx, SETTING_NOT_FOUND, "There is no setting “%s”.", name);
    TRY(refuse_decided_elsewhere(ctx, id));
    change.name = setting_field(id)->name;
    TRY(stored_or_default(ctx, id, &change.before));
    if (is_left_as_it_is(id, value) || (value && change.before && strcmp(value, change.before) == 0))
        return OK;
    TRY(guard_secrets(ctx, &change, NULL));
    return make_changes(ctx, &change);
}
