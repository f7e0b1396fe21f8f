/*
 * templates_router.c — the words readers are told things in, and what each reader wants to be told.
 */
#include <string.h>

#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "notifications/preferences_service.h"
#include "notifications/templates_service.h"

/* ---- kinds --------------------------------------------------------------------------------------------------- */

static void write_placeholders(struct ctx *ctx, struct json_writer *json, const char *words)
{
    json_key(json, "placeholders");
    json_array_begin(json);
    while (*words) {
        size_t length = strcspn(words, " ");
        const char *name = arena_strndup(ctx->arena, words, length);
        json_object_begin(json);
        json_member_text(json, "name", name);
        json_member_text(json, "meaning", notice_word_meaning(name));
        json_object_end(json);
        words += length;
        words += strspn(words, " ");
    }
    json_array_end(json);
}

static void write_kind(struct ctx *ctx, struct json_writer *json, enum notice_kind_id kind)
{
    json_object_begin(json);
    json_member_text(json, "kind", notice_kinds[kind].name);
    json_member_text(json, "summary", notice_kinds[kind].summary);
    json_key(json, "channels");
    json_array_begin(json);
    for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
        if (notice_kind_has(kind, channel))
            json_text(json, notice_channel_names[channel]);
    json_array_end(json);
    json_member_bool(json, "urgent", notice_kinds[kind].urgent);
    json_member_bool(json, "chosen", notice_kind_is_chosen(kind));
    write_placeholders(ctx, json, notice_kinds[kind].words);
    json_object_end(json);
}

static enum error_kind list_kinds(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);

    json_object_begin(json);
    json_key(json, "kinds");
    json_array_begin(json);
    for (enum notice_kind_id kind = 0; kind < NOTICE_KINDS; kind++)
        write_kind(req->ctx, json, kind);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* ---- templates ----------------------------------------------------------------------------------------------- */

static enum error_kind list_templates(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct notice_template_query query = {0};
    const struct notice_template *all;
    size_t count;

    TRY(request_query_fields(req, &query));
    TRY(templates_list(req->ctx, query.language, &all, &count));
    json_object_begin(json);
    json_key(json, "templates");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json);
        json_member_text(json, "kind", all[i].kind);
        json_member_text(json, "channel", all[i].channel);
        json_member_text(json, "language", all[i].language);
        json_member_text(json, "subject", all[i].subject);
        json_member_text(json, "body", all[i].body);
        json_member_bool(json, "is_own", all[i].is_own);
        json_member_int(json, "version", all[i].version);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind put_template(struct request *req, struct response *res)
{
    struct notice_template words = {0};

    (void)res;
    request_body(req, &words);
    return templates_put(req->ctx, &words);
}

static enum error_kind remove_template(struct request *req, struct response *res)
{
    (void)res;
    return templates_remove(req->ctx, request_path(req, "kind"), request_path(req, "channel"),
                            request_path(req, "language"));
}

static enum error_kind preview_template(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct notice_template_query query = {0};
    struct notice_wording wording = {0};
    struct notice_template words = {0};
    struct template_fault_said *problem;

    request_body(req, &words);
    TRY(request_query_fields(req, &query));
    TRY(templates_preview(req->ctx, &words, &query.member_id, &wording));
    templates_faults(req->ctx, &words, &problem);
    json_object_begin(json);
    json_member_text(json, "subject", wording.subject);
    json_member_text(json, "text", wording.body);
    json_key(json, "problems");
    json_array_begin(json);
    for (; problem; problem = problem->next)
        json_text(json, problem->text);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* ---- preferences --------------------------------------------------------------------------------------------- */

static enum error_kind write_preferences(struct request *req, struct response *res, const struct uuid *member)
{
    struct json_writer *json = response_json(res);
    struct notice_preferences all;

    TRY(preferences_show(req->ctx, member, &all));
    const struct notice_preference *one = all.preferences.items;
    json_object_begin(json);
    json_member_text(json, "language", all.language);
    json_key(json, "preferences");
    json_array_begin(json);
    for (size_t i = 0; i < all.preferences.count; i++) {
        json_object_begin(json);
        json_member_text(json, "kind", one[i].kind);
        json_member_text(json, "channel", one[i].channel);
        json_member_bool(json, "wanted", one[i].wanted);
        json_member_bool(json, "is_own", one[i].is_own);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind show_preferences(struct request *req, struct response *res)
{
    struct uuid member;

    TRY(request_uuid(req, "memberId", &member));
    return write_preferences(req, res, &member);
}

static enum error_kind put_preferences(struct request *req, struct response *res)
{
    struct notice_preferences preferences;
    struct uuid member;

    TRY(request_uuid(req, "memberId", &member));
    TRY(preferences_begin(req->ctx, &member, &preferences));
    request_body(req, &preferences);
    TRY(preferences_put(req->ctx, &member, &preferences));
    return write_preferences(req, res, &member);
}

/* clang-format off */
static const struct reply_field placeholder_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "What stands in double braces"},
    {"meaning", COLUMN_TEXT, .meaning = "What it stands for"},
    {0},
};
static const struct reply_field kind_shape[] = {
    {"kind", COLUMN_TEXT, .meaning = "Its name"},
    {"summary", COLUMN_TEXT, .meaning = "What it tells"},
    {"channels", COLUMN_TEXTS, .meaning = "How it can be told"},
    {"urgent", COLUMN_BOOL, .meaning = "It waits for no digest"},
    {"chosen", COLUMN_BOOL, .meaning = "May a reader say no to it?"},
    {"placeholders", .meaning = "What its words may hold", .fields = placeholder_shape, .many = true},
    {0},
};
static const struct reply_field kinds_shape[] = {{"kinds", .meaning = "All of them", .fields = kind_shape, .many = true}, {0}};
static const struct reply kinds_reply = {"NotificationKinds", kinds_shape};

static const struct reply_field template_shape[] = {
    {"kind", COLUMN_TEXT, .meaning = "What it tells"},
    {"channel", COLUMN_TEXT, .meaning = "How it goes out"},
    {"language", COLUMN_TEXT, .meaning = "Language of these words: another one, where there are none in the one asked for"},
    {"subject", COLUMN_TEXT, true, "Subject; null: the channel has none"},
    {"body", COLUMN_TEXT, .meaning = "The words"},
    {"is_own", COLUMN_BOOL, .meaning = "The library's, not the program's"},
    {"version", COLUMN_INTEGER, .meaning = "How often they were written; 0: the program's"},
    {0},
};
static const struct reply_field templates_shape[] = {{"templates", .meaning = "Of each kind and channel", .fields = template_shape, .many = true}, {0}};
static const struct reply templates_reply = {"NotificationTemplates", templates_shape};

static const struct reply_field preview_shape[] = {
    {"subject", COLUMN_TEXT, true, "Subject as a reader would see it"},
    {"text", COLUMN_TEXT, .meaning = "The message"},
    {"problems", COLUMN_TEXTS, .meaning = "Why it could not be saved"},
    {0},
};
static const struct reply preview_reply = {"NotificationPreview", preview_shape};

static const struct reply_field preference_shape[] = {
    {"kind", COLUMN_TEXT, .meaning = "What is told"},
    {"channel", COLUMN_TEXT, .meaning = "How"},
    {"wanted", COLUMN_BOOL, .meaning = "Is it told so?"},
    {"is_own", COLUMN_BOOL, .meaning = "The reader has said so, and not the library"},
    {0},
};
static const struct reply_field preferences_shape[] = {
    {"language", COLUMN_TEXT, true, "Language of what is told; null: the library's"},
    {"preferences", .meaning = "Each kind and channel", .fields = preference_shape, .many = true},
    {0},
};
static const struct reply preferences_reply = {"NotificationPreferences", preferences_shape};

const struct route templates_routes[] = {
    {GET, "/notifications/kinds", LIBRARIAN, READS, LIMIT_READ, list_kinds, "What readers are told", .reply = &kinds_reply},
    {GET, "/notifications/templates", LIBRARIAN, READS, LIMIT_READ, list_templates, "The words in force in one language",
     .reply = &templates_reply, .query = notice_template_query_fields,
     .errors = ERRORS(ERR_TEMPLATE_NOT_FOUND)},
    {PUT, "/notifications/templates", ADMIN, WRITES, LIMIT_WRITE, put_template, "Words of the library's own",
     .body = notice_template_fields,
     .errors = ERRORS(ERR_TEMPLATE_NOT_FOUND, ERR_CONFLICT)},
    {DELETE, "/notifications/templates/{kind}/{channel}/{language}", ADMIN, WRITES, LIMIT_WRITE, remove_template,
     "Back to the program's words",
     .errors = ERRORS(ERR_TEMPLATE_NOT_FOUND)},
    {POST, "/notifications/templates/preview", LIBRARIAN, READS, LIMIT_WRITE, preview_template,
     "Words filled in with an example, or for a member", .body = notice_template_fields, .reply = &preview_reply,
     .query = notice_template_query_fields,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_TEMPLATE_NOT_FOUND)},
    {GET, "/notifications/preferences/{memberId}", MEMBER, READS, LIMIT_READ, show_preferences,
     "What a member wants to be told, and how", .reply = &preferences_reply, .own = "memberId",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {PUT, "/notifications/preferences/{memberId}", MEMBER, WRITES, LIMIT_WRITE, put_preferences,
     "Change what a member wants to be told", .body = notice_preferences_fields, .reply = &preferences_reply, .own = "memberId",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {0},
};
/* clang-format on */
