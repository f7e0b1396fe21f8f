/*
 * openapi.c — the document around the operations: what it is about, its parts, what operations share.
 *
 * Schemas are collected by name from the rows that use them.
 */
#include "http/openapi.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/version.h"
#include "http/openapi_errors.h"
#include "http/openapi_example.h"
#include "http/openapi_operation.h"
#include "http/openapi_schema.h"
#include "http/openapi_words.h"

#define SCHEMAS_MAX (2 * ROUTES_MAX)
#define DOCUMENT_MEMORY_MAX \
    (16 * 1024 * 1024) /* a document of 4 MiB, which is what a reply may have, and how it grows */

/* A schema of components: a row's or a reply's. */
struct schema {
    const char *name;
    const struct listing *row;
    const struct reply *reply;
};

#define TAGS_MAX 128

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
        if (!route->as_csv)
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
    "\"limit\":{\"type\":\"integer\",\"description\":\"Rows of a page at most, as asked for\"},"
    "\"offset\":{\"type\":\"integer\",\"description\":\"Rows before this page, as asked for\"},"
    "\"has_more\":{\"type\":\"boolean\",\"description\":\"In the direction of travel\"},"
    "\"next_cursor\":{\"type\":[\"string\",\"null\"],\"description\":\"For the page after this one; null: there is none\"},"
    "\"previous_cursor\":{\"type\":[\"string\",\"null\"],\"description\":\"For the page before; null: there is none\"},"
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
    "\"validation_errors\":{\"type\":\"array\",\"description\":\"Of 422: every wrong field, all at once\","
    "\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"properties\":{\"loc\":{\"type\":\"array\",\"description\":\"Where: body, query, path or header, and the field\","
    "\"items\":{\"type\":\"string\"}},"
    "\"msg\":{\"type\":\"string\",\"description\":\"What is wrong, for people\"},"
    "\"type\":{\"type\":\"string\",\"description\":\"The same for programs: missing, too_long, unknown …\"}},"
    "\"required\":[\"loc\",\"msg\",\"type\"]}}},"
    "\"required\":[\"detail\",\"error_code\",\"correlation_id\"]}";

static const char headers[] =
    "{\"X-Correlation-ID\":{\"description\":\"The request's id: the one that was sent, or one that was made\","
    "\"schema\":{\"type\":\"string\",\"maxLength\":128},\"example\":\"0192d4c8-0a51-7c3e-9b1f-6f2f5d0c7a11\"},"
    "\"X-Process-Time\":{\"description\":\"Seconds it took\",\"schema\":{\"type\":\"string\"},\"example\":\"0.000412\"},"
    "\"ETag\":{\"description\":\"The record's version, and a hash of what is shown\",\"schema\":{\"type\":\"string\"},"
    "\"example\":\"\\\"7-9f2c41d07be3a855\\\"\"},"
    "\"Idempotency-Replayed\":{\"description\":\"true: answered before under this Idempotency-Key, and done once\","
    "\"schema\":{\"type\":\"string\",\"enum\":[\"true\"]},\"example\":\"true\"},"
    "\"Content-Disposition\":{\"description\":\"A name for the file, where it is one\","
    "\"schema\":{\"type\":\"string\"},\"example\":\"attachment; filename=\\\"books.csv\\\"\"},"
    "\"Retry-After\":{\"description\":\"Seconds until it is worth asking again\",\"schema\":{\"type\":\"integer\"},"
    "\"example\":12},"
    "\"WWW-Authenticate\":{\"description\":\"How one signs in\",\"schema\":{\"type\":\"string\"},"
    "\"example\":\"Bearer realm=\\\"Carrel\\\"\"}}";

static const char not_modified[] = "{\"description\":\"It is as If-None-Match says: nothing is sent again\","
                                   "\"headers\":{\"ETag\":{\"$ref\":\"#/components/headers/ETag\"}}}";

static const char security_schemes[] =
    "{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"carrel_session\",\"description\":"
    "\"A browser's session (over TLS: __Host-carrel_session). POST, PUT, PATCH and DELETE also need the header "
    "X-CSRF-Token with what GET /auth/me says as csrf_token\"},"
    "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":"
    "\"An access token of POST /auth/login, or an API key (carrel_...)\"}}";

static void write_schemas(struct document *d)
{
    struct json_writer *w = &d->writer;

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
}

static void write_responses(struct document *d)
{
    struct json_writer *w = &d->writer;

    json_object_begin(w);
    json_key(w, "NotModified");
    json_raw(w, not_modified);
    errors_write_shared_responses(w, d->router);
    json_object_end(w);
}

static void begin_example(struct json_writer *w, const char *name)
{
    json_key(w, name);
    json_object_begin(w);
    json_key(w, "value");
}

/* Does a row of the tables answer with it, alone or as a page? Others are parts of replies only. */
static bool is_answered(const struct document *d, const struct schema *schema, bool as_page)
{
    for (size_t i = 0; i < d->router->count; i++) {
        const struct route *route = d->router->routes[i];
        const struct listing *row = as_page ? route->list : route->list ? NULL : route->one;
        if (as_page && route->as_csv)
            continue;
        if (row && schema->row && strcmp(row->name, schema->name) == 0)
            return true;
        if (!as_page && !row && !route->list && route->reply == schema->reply && schema->reply)
            return schema->reply->fields != NULL;
    }
    return false;
}

static void write_examples(struct document *d)
{
    struct json_writer *w = &d->writer;

    json_object_begin(w);
    for (size_t i = 0; i < d->schema_count; i++) {
        const struct schema *schema = &d->schemas[i];
        if (is_answered(d, schema, false)) {
            begin_example(w, example_name_of_row(d->arena, schema->name));
            if (schema->row)
                example_write_row(w, schema->row);
            else
                example_write_reply(w, schema->reply);
            json_object_end(w);
        }
        if (is_answered(d, schema, true)) {
            begin_example(w, example_name_of_page(d->arena, schema->name));
            example_write_page(w, schema->row);
            json_object_end(w);
        }
    }
    errors_write_examples(w, d->router);
    json_object_end(w);
}

static void write_components(struct document *d)
{
    struct json_writer *w = &d->writer;

    json_key(w, "components");
    json_object_begin(w);
    json_key(w, "schemas");
    write_schemas(d);
    json_key(w, "responses");
    write_responses(d);
    json_key(w, "examples");
    write_examples(d);
    json_key(w, "headers");
    json_raw(w, headers);
    json_key(w, "securitySchemes");
    json_raw(w, security_schemes);
    json_object_end(w);
}

/* ---- tags ---------------------------------------------------------------------------------------------- */

static int compare_tags(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t collect_tags(struct document *d, const char *tags[TAGS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < d->router->count; i++) {
        const char *tag = operation_tag(d->arena, d->router->routes[i]);
        size_t at = 0;
        while (at < count && strcmp(tags[at], tag) != 0)
            at++;
        if (at == count && count < TAGS_MAX)
            tags[count++] = tag;
    }
    qsort(tags, count, sizeof *tags, compare_tags);
    return count;
}

static void write_tags(struct document *d)
{
    struct json_writer *w = &d->writer;
    const char *tags[TAGS_MAX];
    size_t count = collect_tags(d, tags);

    json_key(w, "tags");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(w);
        json_member_text(w, "name", tags[i]);
        if (words_of_tag(tags[i]))
            json_member_text(w, "description", words_of_tag(tags[i]));
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- paths --------------------------------------------------------------------------------------------- */

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
                operation_write(w, router->routes[j]);
        }
        json_object_end(w);
    }
    json_object_end(w);
}

static void write_info(struct json_writer *w, const char *version)
{
    json_key(w, "info");
    json_object_begin(w);
    json_member_text(w, "title", "Carrel");
    json_member_text(w, "version", version);
    json_member_text(w, "summary", "A small library in one program: catalogue, members, circulation.");
    json_member_text(w, "description", words_of_api);
    json_key(w, "license");
    json_raw(w, "{\"name\":\"MIT\",\"identifier\":\"MIT\"}");
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
    write_info(&d.writer, version);
    write_tags(&d);
    write_paths(&d);
    write_components(&d);
    json_object_end(&d.writer);
}

/* ---- made once ----------------------------------------------------------------------------------------- */

/* Made by whoever asks first, while others who ask wait; then it stays as it is. */
struct openapi_document {
    pthread_mutex_t mutex;
    char *bytes; /* NULL: nobody has asked yet, or it was too long */
    size_t length;
    char tag[DIGEST_HEX_SIZE + 2]; /* for ETag: in quotes */
};

struct openapi_document *openapi_document_new(void)
{
    struct openapi_document *document = calloc(1, sizeof *document);

    if (!document)
        abort();
    pthread_mutex_init(&document->mutex, NULL);
    return document;
}

void openapi_document_free(struct openapi_document *document)
{
    if (!document)
        return;
    pthread_mutex_destroy(&document->mutex);
    free(document->bytes);
    free(document);
}

static void keep(struct openapi_document *document, const struct text_buf *text)
{
    char hex[DIGEST_HEX_SIZE];

    document->bytes = malloc(text->length);
    if (!document->bytes)
        abort();
    memcpy(document->bytes, text->bytes, text->length);
    document->length = text->length;
    struct digest digest = digest_of(document->bytes, document->length);
    document->tag[0] = document->tag[DIGEST_HEX_SIZE] = '"';
    digest_format(&digest, hex);
    memcpy(&document->tag[1], hex, DIGEST_HEX_SIZE - 1);
}

/* In an arena of its own: a text that grows leaves its smaller selves behind, and with them a request would be full. */
static void make_document(const struct router *router, struct openapi_document *document)
{
    struct arena arena;
    struct text_buf text;

    arena_init(&arena, DOCUMENT_MEMORY_MAX);
    text_buf_init(&text, &arena);
    openapi_write(router, CARREL_VERSION, &text);
    if (!arena_exhausted(&arena))
        keep(document, &text);
    arena_release(&arena);
}

static enum error_kind get_document(struct request *req, struct response *res)
{
    struct openapi_document *document = req->router->document;

    pthread_mutex_lock(&document->mutex);
    if (!document->bytes)
        make_document(req->router, document);
    bool is_made = document->bytes != NULL;
    pthread_mutex_unlock(&document->mutex);
    if (!is_made)
        return fail(req->ctx, OUT_OF_MEMORY, "The description of the interface is too long.");
    res->static_body = document->bytes;
    res->static_length = document->length;
    response_header(res, "ETag", document->tag);
    return OK;
}

static const struct reply document_reply = {"OpenAPI", NULL};

const struct route openapi_routes[] = {
    {GET, "/openapi.json", ANYONE, UNMANAGED, LIMIT_NONE, get_document,
     "This interface, described for programs", .reply = &document_reply, .root = true, .during_setup = true},
    {0},
};
