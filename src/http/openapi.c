/*
 * openapi.c — the document around the schemas: paths, parameters, replies.
 *
 * operationId is the method and the path ("get_books_by_id"): stable as long as the address is. Schemas are
 * collected by name from the rows that use them.
 */
#include "http/openapi.h"

#include <ctype.h>
#include <string.h>

#include "base/version.h"
#include "http/openapi_schema.h"
#include "http/replay.h"

#define SCHEMAS_MAX (2 * ROUTES_MAX)

static const char *const method_names[] = {
    [GET] = "get", [POST] = "post", [PUT] = "put", [PATCH] = "patch", [DELETE] = "delete"};

static const char *const access_names[] = {[ANYONE] = "anyone",
                                           [MEMBER] = "member",
                                           [LIBRARIAN] = "librarian",
                                           [ADMIN] = "administrator",
                                           [LOCAL_ADMIN] = "this machine"};

/* A schema of components: a row's or a reply's. */
struct schema {
    const char *name;
    const struct listing *row;
    const struct reply *reply;
};

struct document {
    struct json_writer writer;
    struct arena *arena;
    const struct router *router;
    struct schema *schemas;
    size_t schema_count;
};

/* ---- components ---------------------------------------------------------------------------------------- */

static void add_schema(struct document *d, struct schema schema)
{
    for (size_t i = 0; i < d->schema_count; i++) {
        if (strcmp(d->schemas[i].name, schema.name) == 0)
            return;
    }
    if (d->schema_count < SCHEMAS_MAX)
        d->schemas[d->schema_count++] = schema;
}

static void add_row(struct document *d, const struct listing *row)
{
    if (row)
        add_schema(d, (struct schema){.name = row->name, .row = row});
}

static void add_rows_of(struct document *d, const struct reply_field *fields)
{
    for (const struct reply_field *field = fields; field && field->name; field++) {
        add_row(d, field->row);
        add_rows_of(d, field->fields);
    }
}

static void collect_schemas(struct document *d)
{
    for (size_t i = 0; i < d->router->count; i++) {
        const struct route *route = d->router->routes[i];
        add_row(d, route->list);
        add_row(d, route->one);
        if (route->reply) {
            add_schema(d, (struct schema){.name = route->reply->name, .reply = route->reply});
            add_rows_of(d, route->reply->fields);
        }
    }
}

/* What the errors and the meta of a page look like: the only two schemas that no table describes. */
static const char page_meta_schema[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"total\":{\"type\":\"integer\",\"description\":\"How many there are in all\"},"
    "\"limit\":{\"type\":\"integer\"},\"offset\":{\"type\":\"integer\"},"
    "\"has_more\":{\"type\":\"boolean\",\"description\":\"In the direction of travel\"},"
    "\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"previous_cursor\":{\"type\":[\"string\",\"null\"]},"
    "\"last_cursor\":{\"type\":[\"string\",\"null\"],"
    "\"description\":\"The last rows; null when this page is the whole list\"}},"
    "\"required\":[\"total\",\"limit\",\"offset\",\"has_more\",\"next_cursor\",\"previous_cursor\","
    "\"last_cursor\"]}";

static const char problem_schema[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"detail\":{\"type\":\"string\",\"description\":\"What went wrong, for people\"},"
    "\"error_code\":{\"type\":\"string\",\"description\":\"The same for programs; never renamed\"},"
    "\"correlation_id\":{\"type\":\"string\",\"description\":\"The request's id, as in the log\"},"
    "\"reason\":{\"type\":\"object\",\"description\":\"The rule, day or hold that decided\","
    "\"additionalProperties\":{\"type\":[\"string\",\"integer\"]}},"
    "\"validation_errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"properties\":{\"loc\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"msg\":{\"type\":\"string\"},"
    "\"type\":{\"type\":\"string\"}},\"required\":[\"loc\",\"msg\",\"type\"]}}},"
    "\"required\":[\"detail\",\"error_code\",\"correlation_id\"]}";

static const char security_schemes[] =
    "{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"carrel_session\",\"description\":"
    "\"A browser's session (over TLS: __Host-carrel_session). POST, PUT, PATCH and DELETE also need the header "
    "X-CSRF-Token with what GET /auth/me says as csrf_token\"},"
    "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":"
    "\"An access token of POST /auth/login, or an API key (carrel_...)\"}}";

static void write_components(struct document *d)
{
    struct json_writer *w = &d->writer;

    json_key(w, "components");
    json_object_begin(w);
    json_key(w, "schemas");
    json_object_begin(w);
    for (size_t i = 0; i < d->schema_count; i++) {
        json_key(w, d->schemas[i].name);
        if (d->schemas[i].row)
            schema_write_row(w, d->schemas[i].row);
        else
            schema_write_reply(w, d->schemas[i].reply->fields);
    }
    json_key(w, "PageMeta");
    json_raw(w, page_meta_schema);
    json_key(w, "Problem");
    json_raw(w, problem_schema);
    json_object_end(w);
    json_key(w, "responses");
    json_raw(w, "{\"Problem\":{\"description\":\"It did not work\",\"content\":{\"application/json\":"
                "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}");
    json_key(w, "securitySchemes");
    json_raw(w, security_schemes);
    json_object_end(w);
}

/* ---- parameters ---------------------------------------------------------------------------------------- */

static void begin_parameter(struct json_writer *w, const char *name, const char *in, bool required,
                            const char *meaning)
{
    json_object_begin(w);
    json_member_text(w, "name", name);
    json_member_text(w, "in", in);
    json_member_bool(w, "required", required);
    if (meaning)
        json_member_text(w, "description", meaning);
    json_key(w, "schema");
}

static void write_parameter(struct json_writer *w, const char *name, const char *meaning, const char *schema)
{
    begin_parameter(w, name, "query", false, meaning);
    json_raw(w, schema);
    json_object_end(w);
}

static bool is_uuid_name(const char *name)
{
    size_t length = strlen(name);

    return strcmp(name, "id") == 0 || (length > 2 && strcmp(name + length - 2, "Id") == 0);
}

static void write_path_parameters(struct document *d, const char *path)
{
    for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
        const char *name = arena_strndup(d->arena, p + 1, strcspn(p + 1, "}"));
        begin_parameter(&d->writer, name, "path", true, NULL);
        json_raw(&d->writer,
                 is_uuid_name(name) ? "{\"type\":\"string\",\"format\":\"uuid\"}" : "{\"type\":\"string\"}");
        json_object_end(&d->writer);
    }
}

static void write_sort_parameter(struct json_writer *w, const struct list_sort *sorts)
{
    begin_parameter(w, "sort_by", "query", false, "What the list is sorted by; the first is the default");
    json_object_begin(w);
    json_member_text(w, "type", "string");
    json_key(w, "enum");
    json_array_begin(w);
    for (; sorts->name; sorts++)
        json_text(w, sorts->name);
    json_array_end(w);
    json_object_end(w);
    json_object_end(w);
}

static void write_list_parameters(struct document *d, const struct listing *list)
{
    struct json_writer *w = &d->writer;
    const char *limit =
        arena_printf(d->arena, "{\"type\":\"integer\",\"minimum\":1,\"maximum\":%d,\"default\":%d}",
                     LIST_LIMIT_MAX, LIST_LIMIT_DEFAULT);
    const char *offset =
        arena_printf(d->arena, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":%d}", LIST_OFFSET_MAX);

    write_parameter(w, "limit", "Rows of one page", limit);
    write_parameter(w, "cursor", "next_cursor, previous_cursor or last_cursor of another page",
                    "{\"type\":\"string\"}");
    write_parameter(w, "offset", "For people who page by number; the cursor is what scales", offset);
    if (list->sorts)
        write_sort_parameter(w, list->sorts);
    write_parameter(w, "order", NULL, "{\"type\":\"string\",\"enum\":[\"asc\",\"desc\"]}");
    if (list->search)
        write_parameter(w, "q", "Words to search for (also: search)",
                        arena_printf(d->arena, "{\"type\":\"string\",\"maxLength\":%d}", SEARCH_TERM_MAX));
    for (const struct list_filter *filter = list->filters; filter && filter->name; filter++) {
        if (filter->name[0] == '.')
            continue;
        begin_parameter(w, filter->name, "query", false, filter->meaning);
        schema_write_filter(w, filter);
        json_object_end(w);
    }
}

static void write_key_parameter(struct document *d)
{
    begin_parameter(
        &d->writer, "Idempotency-Key", "header", false,
        "Asked again with the same key and body within a day, the same is answered and nothing is "
        "done twice; another body is 422");
    json_raw(&d->writer, arena_printf(d->arena, "{\"type\":\"string\",\"minLength\":1,\"maxLength\":%d}",
                                      IDEMPOTENCY_KEY_MAX));
    json_object_end(&d->writer);
}

static void write_parameters(struct document *d, const struct route *route)
{
    struct json_writer *w = &d->writer;

    json_key(w, "parameters");
    json_array_begin(w);
    write_path_parameters(d, route->path);
    if (route->list)
        write_list_parameters(d, route->list);
    for (const struct field *field = route->query; field && field->type != FIELD_NONE; field++) {
        begin_parameter(w, field->name, "query", (field->flags & REQUIRED) != 0, field->meaning);
        schema_write_field(w, field);
        json_object_end(w);
    }
    if (replay_is_for(route))
        write_key_parameter(d);
    json_array_end(w);
}

/* ---- bodies and replies -------------------------------------------------------------------------------- */

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
        json_raw(w,
                 "{\"text/csv\":{\"schema\":{\"type\":\"string\"}},\"multipart/form-data\":{\"schema\":"
                 "{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\",\"format\":\"binary\"}},"
                 "\"required\":[\"file\"]}}}");
    } else if (route->takes) {
        json_object_begin(w);
        write_bytes_content(w, route->takes);
        json_object_end(w);
    } else {
        json_object_begin(w);
        json_key(w, "application/json");
        json_object_begin(w);
        json_key(w, "schema");
        schema_write_body(w, route->body, route->body_use);
        json_object_end(w);
        json_object_end(w);
    }
    json_object_end(w);
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

static void write_json_content(struct json_writer *w, const struct route *route)
{
    json_key(w, "application/json");
    json_object_begin(w);
    json_key(w, "schema");
    if (route->list)
        write_page_schema(w, route->list);
    else
        schema_write_ref(w, route->one ? route->one->name : route->reply->name);
    json_object_end(w);
}

static int success_status(const struct route *route, bool has_reply)
{
    if (route->status)
        return route->status;
    return has_reply || route->method == GET ? 200 : 204;
}

static void write_responses(struct document *d, const struct route *route)
{
    struct json_writer *w = &d->writer;
    bool has_reply = route->list || route->one || route->reply || route->content_type || route->gives;

    json_key(w, "responses");
    json_object_begin(w);
    json_key(w, arena_printf(d->arena, "%d", success_status(route, has_reply)));
    json_object_begin(w);
    json_member_text(w, "description", "It worked");
    if (has_reply) {
        json_key(w, "content");
        json_object_begin(w);
        if (route->gives) {
            write_bytes_content(w, route->gives);
        } else if (route->content_type) {
            json_key(w, route->content_type);
            json_raw(w, "{\"schema\":{\"type\":\"string\"}}");
        } else if (!route->as_csv) {
            write_json_content(w, route);
        }
        for (const char *const *type = route->also_gives; type && *type; type++) {
            json_key(w, *type);
            json_raw(w, "{\"schema\":{\"type\":\"string\"}}");
        }
        if ((route->list && route->work == READS) || (route->reply && route->in_pieces)) {
            json_key(w, "text/csv");
            json_raw(w, "{\"schema\":{\"type\":\"string\"}}");
        }
        json_object_end(w);
    }
    json_object_end(w);
    json_key(w, "default");
    json_raw(w, "{\"$ref\":\"#/components/responses/Problem\"}");
    json_object_end(w);
}

/* ---- paths --------------------------------------------------------------------------------------------- */

/* "/books/{id}" → get_books_by_id */
static const char *operation_id(struct document *d, const struct route *route)
{
    struct text_buf id;

    text_buf_init(&id, d->arena);
    text_buf_append(&id, method_names[route->method]);
    for (const char *p = route->path; *p; p++) {
        if (*p == '{')
            text_buf_append(&id, "by_");
        else if (*p != '}')
            text_buf_append_char(&id, isalnum((unsigned char)*p) ? *p : '_');
    }
    return id.bytes;
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
    if (route->access > ANYONE && route->access < LOCAL_ADMIN) {
        json_key(w, "security");
        json_raw(w, "[{\"cookie\":[]},{\"bearer\":[]}]");
    }
}

static void write_operation(struct document *d, const struct route *route)
{
    struct json_writer *w = &d->writer;
    size_t tag_length = strcspn(route->path + 1, "/.");

    json_key(w, method_names[route->method]);
    json_object_begin(w);
    json_member_text(w, "operationId", operation_id(d, route));
    json_member_text(w, "summary", route->summary);
    json_key(w, "tags");
    json_array_begin(w);
    json_text(w, tag_length > 0 ? arena_strndup(d->arena, route->path + 1, tag_length) : "pages");
    json_array_end(w);
    write_access(w, route);
    write_parameters(d, route);
    write_request_body(w, route);
    write_responses(d, route);
    json_object_end(w);
}

static bool have_same_path(const struct route *a, const struct route *b)
{
    return a->root == b->root && strcmp(a->path, b->path) == 0;
}

static bool is_written(const struct router *router, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (have_same_path(router->routes[i], router->routes[index]))
            return true;
    }
    return false;
}

static void write_paths(struct document *d)
{
    struct json_writer *w = &d->writer;
    const struct router *router = d->router;

    json_key(w, "paths");
    json_object_begin(w);
    for (size_t i = 0; i < router->count; i++) {
        const struct route *first = router->routes[i];
        if (is_written(router, i))
            continue;
        json_key(w, first->root ? first->path : arena_printf(d->arena, "/api/v1%s", first->path));
        json_object_begin(w);
        for (size_t j = i; j < router->count; j++) {
            if (have_same_path(first, router->routes[j]))
                write_operation(d, router->routes[j]);
        }
        json_object_end(w);
    }
    json_object_end(w);
}

void openapi_write(const struct router *router, const char *version, struct text_buf *out)
{
    struct document d = {.arena = out->arena, .router = router};

    d.schemas = arena_alloc_array(d.arena, SCHEMAS_MAX, sizeof *d.schemas);
    json_writer_init(&d.writer, out);
    collect_schemas(&d);
    json_object_begin(&d.writer);
    json_member_text(&d.writer, "openapi", "3.1.0");
    json_key(&d.writer, "info");
    json_object_begin(&d.writer);
    json_member_text(&d.writer, "title", "Carrel");
    json_member_text(&d.writer, "version", version);
    json_member_text(&d.writer, "description",
                     "A small library in one program: catalogue, members, circulation.");
    json_object_end(&d.writer);
    write_paths(&d);
    write_components(&d);
    json_object_end(&d.writer);
}

static enum error_kind get_document(struct request *req, struct response *res)
{
    openapi_write(req->router, CARREL_VERSION, &res->body);
    return OK;
}

static const struct reply document_reply = {"OpenAPI", NULL};

const struct route openapi_routes[] = {
    {GET, "/openapi.json", ANYONE, UNMANAGED, LIMIT_NONE, get_document,
     "This interface, described for programs", .reply = &document_reply, .root = true, .during_setup = true},
    {0},
};
