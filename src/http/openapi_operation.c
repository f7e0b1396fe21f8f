/*
 * openapi_operation.c — parameters, bodies and replies of one operation.
 *
 * operationId is the method and the path ("get_books_by_id"): stable as long as the address is.
 */
#include "http/openapi_operation.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "http/openapi_errors.h"
#include "http/openapi_example.h"
#include "http/openapi_schema.h"
#include "http/replay.h"

static const char *const method_names[] = {
    [GET] = "get", [POST] = "post", [PUT] = "put", [PATCH] = "patch", [DELETE] = "delete"};

static const char *const access_names[] = {[ANYONE] = "anyone",
                                           [MEMBER] = "member",
                                           [LIBRARIAN] = "librarian",
                                           [ADMIN] = "administrator",
                                           [LOCAL_ADMIN] = "this machine"};

/* ---- parameters ---------------------------------------------------------------------------------------- */

static void begin_parameter(struct json_writer *w, const char *name, const char *in, bool required,
                            const char *meaning)
{
    json_object_begin(w);
    json_member_text(w, "name", name);
    json_member_text(w, "in", in);
    json_member_bool(w, "required", required);
    json_member_text(w, "description", meaning);
    json_key(w, "schema");
}

/* `example` is JSON. */
static void write_parameter(struct json_writer *w, const char *name, const char *in, const char *meaning,
                            const char *schema, const char *example)
{
    begin_parameter(w, name, in, false, meaning);
    /* Within the schema: what stands beside it is filled in by who tries the request out. */
    json_raw(
        w, arena_printf(w->out->arena, "%.*s,\"examples\":[%s]}", (int)strlen(schema) - 1, schema, example));
    json_object_end(w);
}

static bool is_uuid_name(const char *name)
{
    size_t length = strlen(name);

    return strcmp(name, "id") == 0 || (length > 2 && strcmp(name + length - 2, "Id") == 0);
}

static const struct {
    const char *name;
    const char *meaning;
    const char *example;
} path_parameters[] = {
    {"id", "Its id", NULL},
    {"memberId", "The member's id", "0192d4c8-1b20-7a41-8c55-0e9a3d6f7b03"},
    {"bookId", "The title's id", "0192d4c8-1b20-7a41-8c55-0e9a3d6f7b02"},
    {"name", "Its name, as the list tells it", "backup"},
    {"barcode", "The barcode on the copy", NULL},
    {"row", "The row's number in the file, from 1", NULL},
    {"kind", "What is told, as GET /notifications/kinds names it", "due_soon"},
    {"channel", "How it is told: app, email or sms", NULL},
    {"language", "Language code (BCP 47)", NULL},
    {"code", "The type's code", "adult"},
    {"day", "YYYY-MM-DD", NULL},
};

static void write_path_parameter(struct json_writer *w, const char *name)
{
    const char *meaning = "As the list tells it";
    const char *example = NULL;

    for (size_t i = 0; i < sizeof path_parameters / sizeof path_parameters[0]; i++) {
        if (strcmp(path_parameters[i].name, name) == 0) {
            meaning = path_parameters[i].meaning;
            example = path_parameters[i].example;
        }
    }
    begin_parameter(w, name, "path", true, meaning);
    json_raw(w, is_uuid_name(name) ? "{\"type\":\"string\",\"format\":\"uuid\"}" : "{\"type\":\"string\"}");
    if (example)
        json_member_text(w, "example", example);
    else
        example_of_name(w, name);
    json_object_end(w);
}

static void write_path_parameters(struct json_writer *w, const char *path)
{
    for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{'))
        write_path_parameter(w, arena_strndup(w->out->arena, p + 1, strcspn(p + 1, "}")));
}

static void write_sort_parameter(struct json_writer *w, const struct list_sort *sorts)
{
    begin_parameter(w, "sort_by", "query", false, "What the list is sorted by; the first is the default");
    json_object_begin(w);
    json_member_text(w, "type", "string");
    json_key(w, "enum");
    json_array_begin(w);
    for (const struct list_sort *sort = sorts; sort->name; sort++)
        json_text(w, sort->name);
    json_array_end(w);
    json_object_end(w);
    json_object_end(w);
}

static void write_page_parameters(struct json_writer *w)
{
    struct arena *arena = w->out->arena;
    const char *limit =
        arena_printf(arena, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":%d,\"default\":%d}",
                     LIST_LIMIT_MAX, LIST_LIMIT_DEFAULT);
    const char *offset =
        arena_printf(arena, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":%d}", LIST_OFFSET_MAX);

    write_parameter(w, "limit", "query", "Rows of one page", limit, "20");
    write_parameter(w, "cursor", "query", "next_cursor, previous_cursor or last_cursor of another page",
                    "{\"type\":\"string\"}", "\"eyJ2IjoxfQ\"");
    write_parameter(w, "offset", "query",
                    "Rows before the page, for people who page by number; the cursor is what scales", offset,
                    "0");
}

static void write_list_parameters(struct json_writer *w, const struct listing *list)
{
    write_page_parameters(w);
    if (list->sorts)
        write_sort_parameter(w, list->sorts);
    write_parameter(w, "order", "query", "Without it, the sort's own",
                    "{\"type\":\"string\",\"enum\":[\"asc\",\"desc\"]}", "\"desc\"");
    if (list->search)
        write_parameter(
            w, "q", "query", "Words to search for (also: search)",
            arena_printf(w->out->arena, "{\"type\":\"string\",\"maxLength\":%d}", SEARCH_TERM_MAX),
            "\"middlemarch\"");
    for (const struct list_filter *filter = list->filters; filter && filter->name; filter++) {
        if (filter->name[0] == '.')
            continue;
        begin_parameter(w, filter->name, "query", false, filter->meaning);
        schema_write_filter(w, filter);
        json_object_end(w);
    }
}

static bool reads_version(const struct route *route)
{
    for (const enum error_code *code = route->errors; code && *code != ERR_NONE; code++) {
        if (*code == ERR_PRECONDITION_FAILED)
            return true;
    }
    return false;
}

/* The dispatcher tags them, and answers 304 to who has that already. */
static bool has_tag(const struct route *route)
{
    return route->method == GET && route->one;
}

static void write_header_parameters(struct json_writer *w, const struct route *route)
{
    if (replay_is_for(route))
        write_parameter(
            w, "Idempotency-Key", "header",
            "Asked again with the same key and body within a day, the same is answered and nothing is "
            "done twice; another body is 422",
            arena_printf(w->out->arena, "{\"type\":\"string\",\"minLength\":1,\"maxLength\":%d}",
                         IDEMPOTENCY_KEY_MAX),
            "\"lend-2026-11-22-0017\"");
    if (reads_version(route))
        write_parameter(
            w, "If-Match", "header",
            "The version that was read, in quotes: 412 when somebody has changed the record since",
            "{\"type\":\"string\"}", "\"\\\"7\\\"\"");
    if (has_tag(route))
        write_parameter(w, "If-None-Match", "header",
                        "The ETag of an earlier answer: 304 while it is the same", "{\"type\":\"string\"}",
                        "\"\\\"7-9f2c41d07be3a855\\\"\"");
}

static void write_parameters(struct json_writer *w, const struct route *route)
{
    json_key(w, "parameters");
    json_array_begin(w);
    write_path_parameters(w, route->path);
    if (route->list)
        write_list_parameters(w, route->list);
    for (const struct field *field = route->query; field && field->type != FIELD_NONE; field++) {
        begin_parameter(w, field->name, "query", (field->flags & REQUIRED) != 0, field->meaning);
        schema_write_field(w, field);
        json_object_end(w);
    }
    write_header_parameters(w, route);
    json_array_end(w);
}

/* ---- bodies -------------------------------------------------------------------------------------------- */

static bool has_required(const struct field *fields)
{
    for (; fields->type != FIELD_NONE; fields++) {
        if (fields->flags & REQUIRED)
            return true;
    }
    return false;
}

/* Bytes have no schema in OpenAPI 3.1: the media type says it all. */
static void write_bytes_content(struct json_writer *w, const char *const *types)
{
    for (; *types; types++) {
        json_key(w, *types);
        json_raw(w, "{}");
    }
}

static void write_csv_body(struct json_writer *w, const struct route *route)
{
    json_raw(w, "{\"schema\":{\"type\":\"string\"}");
    if (route->example) {
        text_buf_append(w->out, ",\"example\":");
        struct json_writer text;
        json_writer_init(&text, w->out);
        json_text(&text, route->example);
    }
    text_buf_append(w->out, "}");
}

static void write_csv_bodies(struct json_writer *w, const struct route *route)
{
    json_object_begin(w);
    json_key(w, "text/csv");
    write_csv_body(w, route);
    json_key(w, "multipart/form-data");
    json_raw(
        w,
        "{\"schema\":{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\",\"format\":\"binary\","
        "\"description\":\"The file\"}},\"required\":[\"file\"]}}");
    json_object_end(w);
}

/* The name of what a reply is, or of its rows; NULL: there is none. */
static const char *schema_of(const struct route *route)
{
    if (route->list || route->one)
        return route->list ? route->list->name : route->one->name;
    return route->reply ? route->reply->name : NULL;
}

static void write_json_body(struct json_writer *w, const struct route *route)
{
    json_object_begin(w);
    json_key(w, "application/json");
    json_object_begin(w);
    json_key(w, "schema");
    schema_write_body(w, route->body, route->body_use);
    json_key(w, "example");
    if (route->example)
        json_raw(w, route->example);
    else
        example_write_body(w, schema_of(route), route->body);
    json_object_end(w);
    json_object_end(w);
}

static void write_request_body(struct json_writer *w, const struct route *route)
{
    if (!route->body && !route->takes_csv && !route->takes)
        return;
    json_key(w, "requestBody");
    json_object_begin(w);
    json_member_bool(w, "required",
                     route->takes_csv || route->takes || route->body_use == FIELDS_EDIT ||
                         has_required(route->body));
    json_key(w, "content");
    if (route->takes_csv) {
        write_csv_bodies(w, route);
    } else if (route->takes) {
        json_object_begin(w);
        write_bytes_content(w, route->takes);
        json_object_end(w);
    } else {
        write_json_body(w, route);
    }
    json_object_end(w);
}

/* ---- replies ------------------------------------------------------------------------------------------- */

const char *example_name_of_row(struct arena *arena, const char *schema)
{
    return arena_printf(arena, "%s.row", schema);
}

const char *example_name_of_page(struct arena *arena, const char *schema)
{
    return arena_printf(arena, "%s.page", schema);
}

static void write_page_schema(struct json_writer *w, const struct listing *list)
{
    json_object_begin(w);
    json_member_text(w, "type", "object");
    json_member_bool(w, "additionalProperties", false);
    json_key(w, "properties");
    json_object_begin(w);
    json_key(w, "data");
    json_object_begin(w);
    json_member_text(w, "type", "array");
    json_member_text(w, "description", "The rows of the page");
    json_key(w, "items");
    schema_write_ref(w, list->name);
    json_object_end(w);
    json_key(w, "meta");
    schema_write_ref(w, "PageMeta");
    json_object_end(w);
    json_key(w, "required");
    json_raw(w, "[\"data\",\"meta\"]");
    json_object_end(w);
}

static void write_example_ref(struct json_writer *w, const char *name)
{
    json_key(w, "examples");
    json_object_begin(w);
    json_key(w, "example");
    json_object_begin(w);
    json_member_text(w, "$ref", arena_printf(w->out->arena, "#/components/examples/%s", name));
    json_object_end(w);
    json_object_end(w);
}

static void write_json_content(struct json_writer *w, const struct route *route)
{
    struct arena *arena = w->out->arena;

    json_key(w, "application/json");
    json_object_begin(w);
    json_key(w, "schema");
    if (route->list) {
        write_page_schema(w, route->list);
        write_example_ref(w, example_name_of_page(arena, route->list->name));
    } else {
        const char *name = route->one ? route->one->name : route->reply->name;
        schema_write_ref(w, name);
        if (route->one || route->reply->fields)
            write_example_ref(w, example_name_of_row(arena, name));
    }
    json_object_end(w);
}

static void write_text_content(struct json_writer *w, const char *type, const char *example)
{
    json_key(w, type);
    json_object_begin(w);
    json_key(w, "schema");
    json_raw(w, "{\"type\":\"string\"}");
    if (example)
        json_member_text(w, "example", example);
    json_object_end(w);
}

static bool may_be_csv(const struct route *route)
{
    return (route->list && route->work == READS) || (route->reply && route->in_pieces);
}

static void write_content(struct json_writer *w, const struct route *route)
{
    json_key(w, "content");
    json_object_begin(w);
    if (route->gives)
        write_bytes_content(w, route->gives);
    else if (route->content_type)
        write_text_content(w, route->content_type, NULL);
    else if (!route->as_csv)
        write_json_content(w, route);
    for (const char *const *type = route->also_gives; type && *type; type++)
        write_text_content(w, *type, NULL);
    if (may_be_csv(route))
        write_text_content(w, "text/csv", route->list ? example_csv(w->out->arena, route->list) : NULL);
    json_object_end(w);
}

static int success_status(const struct route *route, bool has_reply)
{
    if (route->status)
        return route->status;
    return has_reply || route->method == GET ? 200 : 204;
}

static void write_header(struct json_writer *w, const char *header)
{
    json_key(w, header);
    json_object_begin(w);
    json_member_text(w, "$ref", arena_printf(w->out->arena, "#/components/headers/%s", header));
    json_object_end(w);
}

static void write_success_headers(struct json_writer *w, const struct route *route)
{
    json_key(w, "headers");
    json_object_begin(w);
    write_header(w, "X-Correlation-ID");
    write_header(w, "X-Process-Time");
    if (has_tag(route))
        write_header(w, "ETag");
    if (replay_is_for(route))
        write_header(w, "Idempotency-Replayed");
    if (may_be_csv(route))
        write_header(w, "Content-Disposition");
    json_object_end(w);
}

static const char *success_words(int status, const struct route *route)
{
    if (status == 201)
        return "It was made, and looks so";
    if (status == 202)
        return "It was begun";
    if (status == 204)
        return "It was done; there is nothing to say";
    return route->method == GET ? "What was asked for" : "It was done";
}

static void write_responses(struct json_writer *w, const struct route *route)
{
    bool has_reply = route->list || route->one || route->reply || route->content_type || route->gives;
    int status = success_status(route, has_reply);

    json_key(w, "responses");
    json_object_begin(w);
    json_key(w, arena_printf(w->out->arena, "%d", status));
    json_object_begin(w);
    json_member_text(w, "description", success_words(status, route));
    write_success_headers(w, route);
    if (has_reply)
        write_content(w, route);
    json_object_end(w);
    if (has_tag(route)) {
        json_key(w, "304");
        json_raw(w, "{\"$ref\":\"#/components/responses/NotModified\"}");
    }
    errors_write_responses(w, route);
    json_object_end(w);
}

/* ---- the operation ------------------------------------------------------------------------------------- */

/* "/books/{id}" → get_books_by_id */
static const char *operation_id(struct arena *arena, const struct route *route)
{
    struct text_buf id;

    text_buf_init(&id, arena);
    text_buf_append(&id, method_names[route->method]);
    for (const char *p = route->path; *p; p++) {
        if (*p == '{')
            text_buf_append(&id, "by_");
        else if (*p != '}')
            text_buf_append_char(&id, isalnum((unsigned char)*p) ? *p : '_');
    }
    return id.bytes;
}

const char *operation_tag(struct arena *arena, const struct route *route)
{
    size_t length = strcspn(route->path + 1, "/.");

    return length > 0 ? arena_strndup(arena, route->path + 1, length) : "pages";
}

static const char *who_may(const struct route *route)
{
    switch (route->access) {
    case ACCESS_UNSET: break;
    case ANYONE:
        return route->catalogue ? "For anybody while the catalogue is public, else for who has signed in."
                                : "For anybody.";
    case MEMBER:
        return route->own ? "For the member themselves, and for librarians." : "For who has signed in.";
    case LIBRARIAN: return "For librarians and administrators.";
    case ADMIN: return "For administrators.";
    case LOCAL_ADMIN: return "For the command line of the machine that serves, by its socket alone.";
    }
    return "";
}

static const char *how_often(struct arena *arena, const struct route *route)
{
    if (route->limit == LIMIT_TYPING)
        return arena_printf(arena, " Counted as typing: %d a minute.", RATE_LIMIT_TYPING);
    if (route->limit <= LIMIT_READ)
        return "";
    return arena_printf(
        arena, " Counted by the rate limit: of one address as the setting says, of a librarian %d a minute.",
        RATE_LIMIT_STAFF);
}

static void write_description(struct json_writer *w, const struct route *route)
{
    json_member_text(
        w, "description",
        arena_printf(w->out->arena, "%s%s%s%s%s", route->about ? route->about : "",
                     route->about ? "\n\n" : "", who_may(route), how_often(w->out->arena, route),
                     may_be_csv(route) && !route->as_csv ? " As CSV, all rows: `Accept: text/csv`." : ""));
}

/* Nobody proves to be this machine: LOCAL_ADMIN has no scheme. */
static void write_access(struct json_writer *w, const struct route *route)
{
    json_member_text(w, "x-access", access_names[route->access]);
    if (route->own)
        json_member_text(w, "x-own", route->own);
    if (route->catalogue)
        json_member_bool(w, "x-catalogue", true);
    if (route->for_monitors)
        json_member_bool(w, "x-for-monitors", true);
    if (route->during_setup)
        json_member_bool(w, "x-during-setup", true);
    json_key(w, "security");
    json_raw(w, route->access > ANYONE && route->access < LOCAL_ADMIN ? "[{\"cookie\":[]},{\"bearer\":[]}]"
                                                                      : "[]");
}

void operation_write(struct json_writer *w, const struct route *route)
{
    json_key(w, method_names[route->method]);
    json_object_begin(w);
    json_member_text(w, "operationId", operation_id(w->out->arena, route));
    json_member_text(w, "summary", route->summary);
    write_description(w, route);
    json_key(w, "tags");
    json_array_begin(w);
    json_text(w, operation_tag(w->out->arena, route));
    json_array_end(w);
    write_access(w, route);
    write_parameters(w, route);
    write_request_body(w, route);
    write_responses(w, route);
    json_object_end(w);
}
