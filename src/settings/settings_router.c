/*
 * settings_router.c — the library's configuration, for administrators.
 */
#include "http/request.h"
#include "http/response.h"
#include "settings/settings_service.h"
#include "settings/settings_table.h"

static const struct reply_field setting_reply_fields[] = {
    {"name", COLUMN_TEXT, .meaning = "As in PUT, a flag, and (in capitals, after CARREL_) the environment"},
    {"value", COLUMN_TEXT, .nullable = true, .meaning = "In force, as text; null: none"},
    {"concealed", COLUMN_BOOL,
     .meaning =
         "A password or key: value is empty or " SETTING_CONCEALED ", which PUT takes as: leave it as it is"},
    {"source", COLUMN_TEXT, .meaning = "Who says so: flag, environment, .env, stored, default, none"},
    {"changeable", COLUMN_BOOL,
     .meaning = "PUT can change it: it is the library's, and no flag or environment decides it"},
    {"meaning", COLUMN_TEXT, .meaning = "One line for people"},
    {"type", COLUMN_TEXT, .meaning = "How PUT takes it: text, integer, amount or choice"},
    {"choices", COLUMN_TEXTS, .nullable = true, .meaning = "The values of a choice; null: it is none"},
    {"default", COLUMN_TEXT, .nullable = true, .meaning = "In force when nobody says anything; null: none"},
    {"minimum", COLUMN_INTEGER, .nullable = true, .meaning = "Least value of an integer; null: it is none"},
    {"maximum", COLUMN_INTEGER, .nullable = true,
     .meaning = "Greatest value of an integer, most characters of a text; null: it is neither"},
    {0},
};

static const struct reply_field config_reply_fields[] = {
    {"settings", .fields = setting_reply_fields, .many = true, .meaning = "Every setting there is"},
    {0},
};

static const struct reply config_reply = {"SystemConfig", config_reply_fields};

static const char *type_name(enum field_type type)
{
    switch (type) {
    case FIELD_CHOICE: return "choice";
    case FIELD_INTEGER: return "integer";
    case FIELD_MONEY: return "amount";
    default: return "text";
    }
}

static void write_choices(struct json_writer *w, const char *const *choices)
{
    json_key(w, "choices");
    if (!choices) {
        json_null(w);
        return;
    }
    json_array_begin(w);
    for (; *choices; choices++)
        json_text(w, *choices);
    json_array_end(w);
}

/* What PUT takes, before anybody has to find out by trying. */
static void write_bounds(struct json_writer *w, enum setting id)
{
    const struct field *field = setting_field(id);
    bool is_integer = field->type == FIELD_INTEGER;

    json_member_text(w, "default", setting_default(id));
    json_key(w, "minimum");
    if (is_integer)
        json_int(w, field->min);
    else
        json_null(w);
    json_key(w, "maximum");
    if (is_integer || field->type == FIELD_TEXT)
        json_int(w, field->max);
    else
        json_null(w);
}

static enum error_kind write_setting(struct ctx *ctx, struct json_writer *w, size_t index)
{
    struct setting_state state;

    TRY(settings_describe(ctx, index, &state));
    json_object_begin(w);
    json_member_text(w, "name", state.name);
    json_member_text(w, "value", state.value);
    json_member_bool(w, "concealed", state.concealed);
    json_member_text(w, "source", state.source_name);
    json_member_bool(w, "changeable", state.stored && !settings_given(state.id));
    json_member_text(w, "meaning", state.meaning);
    json_member_text(w, "type", type_name(state.type));
    write_choices(w, state.choices);
    write_bounds(w, state.id);
    json_object_end(w);
    return OK;
}

static enum error_kind show_config(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    json_key(w, "settings");
    json_array_begin(w);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        TRY(write_setting(req->ctx, w, i));
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static enum error_kind change_config(struct request *req, struct response *res)
{
    struct setting_values values;

    TRY(settings_values(req->ctx, &values));
    request_body(req, &values);
    TRY(settings_update(req->ctx, &values));
    return show_config(req, res);
}

static enum error_kind remember(struct request *req, struct response *res)
{
    (void)res;
    return settings_remember(req->ctx);
}

const struct route settings_routes[] = {
    {GET, "/admin/system-config", ADMIN, READS, LIMIT_READ, show_config, "Every setting, with who decided it",
     .reply = &config_reply},
    {PUT, "/admin/system-config", ADMIN, WRITES, LIMIT_WRITE, change_config,
     "Change the library's settings; null goes back to the default", .body = setting_fields,
     .body_use = FIELDS_EDIT, .reply = &config_reply, .committed = remember,
     .errors = ERRORS(ERR_PASSPHRASE_REQUIRED, ERR_CONFLICT)},
    {0},
};
