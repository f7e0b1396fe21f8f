/*
 * response.c — the reply under construction, and the sinks that turn rows into JSON.
 *
 * A row's columns come flat from the database; "book.title" opens the nested object `book` and stays in it
 * for as long as the following names begin alike.
 */
#include "http/response.h"

#include <assert.h>
#include <string.h>

#include "base/csv_write.h"
#include "base/uuid.h"

#define NAME_PART_SIZE 64 /* one level of a column's name */
#define REAL_DECIMALS 2

struct response_sink {
    struct row_sink sink;
    struct response *res;
};

void response_init(struct response *res, struct ctx *ctx)
{
    *res = (struct response){.ctx = ctx};
    response_clear(res);
}

void response_clear(struct response *res)
{
    *res = (struct response){.ctx = res->ctx,
                             .version = NO_NUMBER,
                             .csv = res->csv,
                             .send_chunk = res->send_chunk,
                             .is_over = res->is_over,
                             .connection = res->connection};
    text_buf_init(&res->body, res->ctx->arena);
    json_writer_init(&res->json, &res->body);
}

struct json_writer *response_json(struct response *res)
{
    return &res->json;
}

/* ---- headers ------------------------------------------------------------------------------------------- */

const char *response_header_value(const struct response *res, const char *name)
{
    for (size_t i = 0; i < res->header_count; i++) {
        if (text_equals_ignoring_case(res->headers[i].name, name))
            return res->headers[i].value;
    }
    return NULL;
}

void response_header(struct response *res, const char *name, const char *value)
{
    for (size_t i = 0; i < res->header_count; i++) {
        if (text_equals_ignoring_case(res->headers[i].name, name)) {
            res->headers[i].value = value;
            return;
        }
    }
    assert(res->header_count < RESPONSE_HEADERS_MAX);
    res->headers[res->header_count++] = (struct response_header){.name = name, .value = value};
}

/* "7", or with which body it is "7-0123456789abcdef"; without a version the body alone. In quotes. */
static const char *tag_of(struct arena *arena, int64_t version, const uint64_t *body_hash)
{
    static const char digits[] = "0123456789abcdef";
    char *tag = arena_alloc(arena, TEXT_INT_MAX + 2 * sizeof *body_hash + 4); /* quotes, dash, NUL */
    char *to = tag;

    *to++ = '"';
    if (version != NO_NUMBER)
        to += text_put_int(to, version);
    if (version != NO_NUMBER && body_hash)
        *to++ = '-';
    for (int shift = 60; body_hash && shift >= 0; shift -= 4)
        *to++ = digits[*body_hash >> shift & 15];
    *to = '"';
    return tag;
}

void response_tag(struct response *res, uint64_t body_hash)
{
    response_header(res, "ETag", tag_of(res->ctx->arena, res->version, &body_hash));
}

void response_version(struct response *res, int64_t version)
{
    res->version = version;
    response_header(res, "ETag", tag_of(res->ctx->arena, version, NULL));
}

/* ---- rows as JSON -------------------------------------------------------------------------------------- */

static void write_value(struct response *res, const struct column *column, const struct column_value *value)
{
    struct json_writer *w = &res->json;

    if (value->is_null) {
        json_null(w);
        return;
    }
    switch (column->type) {
    case COLUMN_TEXT: json_text(w, value->text); break;
    case COLUMN_INTEGER: json_int(w, value->number); break;
    case COLUMN_REAL: json_real(w, value->real, REAL_DECIMALS); break;
    case COLUMN_BOOL: json_bool(w, value->number != 0); break;
    case COLUMN_UUID: json_uuid(w, (const struct uuid *)(const void *)value->blob); break;
    case COLUMN_INSTANT: json_instant(w, value->number); break;
    case COLUMN_DAY: json_day(w, (int32_t)value->number); break;
    case COLUMN_MONEY: json_money(w, value->number, res->ctx->currency_exponent); break;
    case COLUMN_TEXTS: json_raw(w, value->text); break;
    case COLUMN_END: assert(false); break;
    }
}

/* How much of the open groups ("borrow.book.") `name` continues; a whole number of levels. */
static size_t shared_groups(const char *open, size_t open_length, const char *name)
{
    size_t shared = 0;

    for (size_t i = 0; i < open_length && open[i] == name[i]; i++) {
        if (open[i] == '.')
            shared = i + 1;
    }
    return shared;
}

static size_t close_groups(struct json_writer *w, const char *open, size_t open_length, size_t keep)
{
    for (size_t i = keep; i < open_length; i++) {
        if (open[i] == '.')
            json_object_end(w);
    }
    return keep;
}

/* Opens the levels of `name` past `from` and writes the key of its leaf; returns the length of the levels. */
static size_t open_groups(struct json_writer *w, const char *name, size_t from)
{
    char part[NAME_PART_SIZE];
    size_t at = from;
    const char *dot;

    while ((dot = strchr(name + at, '.')) != NULL) {
        size_t length = (size_t)(dot - (name + at));
        assert(length < sizeof part);
        memcpy(part, name + at, length);
        part[length] = '\0';
        json_key(w, part);
        json_object_begin(w);
        at += length + 1;
    }
    json_key(w, name + at);
    return at;
}

static void write_members(struct row_sink *sink, const struct column *columns,
                          const struct column_value *values)
{
    struct response *res = ((struct response_sink *)(void *)sink)->res;
    const char *open = "";
    size_t open_length = 0;

    for (size_t i = 0; columns[i].type != COLUMN_END; i++) {
        size_t shared = shared_groups(open, open_length, columns[i].name);
        close_groups(&res->json, open, open_length, shared);
        open_length = open_groups(&res->json, columns[i].name, shared);
        open = columns[i].name;
        write_value(res, &columns[i], &values[i]);
    }
    close_groups(&res->json, open, open_length, 0);
}

static void write_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct response *res = ((struct response_sink *)(void *)sink)->res;

    json_object_begin(&res->json);
    write_members(sink, columns, values);
    json_object_end(&res->json);
}

static void write_meta(struct row_sink *sink, const struct page_meta *meta)
{
    struct response *res = ((struct response_sink *)(void *)sink)->res;
    struct json_writer *w = &res->json;

    json_array_end(w);
    json_key(w, "meta");
    json_object_begin(w);
    json_member_int(w, "total", meta->total);
    json_member_int(w, "limit", meta->limit);
    json_member_int(w, "offset", meta->offset);
    json_member_bool(w, "has_more", meta->has_more);
    json_member_text(w, "next_cursor", meta->next_cursor);
    json_member_text(w, "previous_cursor", meta->previous_cursor);
    json_member_text(w, "last_cursor", meta->last_cursor);
    json_object_end(w);
    json_object_end(w);
    res->next_cursor = meta->next_cursor;
}

static struct row_sink *new_sink(struct response *res, struct row_sink sink)
{
    struct response_sink *made = arena_alloc(res->ctx->arena, sizeof *made);

    made->sink = sink;
    made->res = res;
    return &made->sink;
}

struct row_sink *response_row(struct response *res)
{
    return new_sink(res, (struct row_sink){.row = write_row});
}

struct row_sink *response_members(struct response *res)
{
    return new_sink(res, (struct row_sink){.row = write_members});
}

struct row_sink *response_array(struct response *res)
{
    json_array_begin(&res->json);
    return new_sink(res, (struct row_sink){.row = write_row});
}

void response_array_end(struct response *res)
{
    json_array_end(&res->json);
}

/* ---- rows as CSV --------------------------------------------------------------------------------------- */

static void write_csv_row(struct row_sink *sink, const struct column *columns,
                          const struct column_value *values)
{
    struct response *res = ((struct response_sink *)(void *)sink)->res;

    csv_write_row(&res->body, res->ctx, columns, values);
}

static void note_cursor(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct response_sink *)(void *)sink)->res->next_cursor = meta->has_more ? meta->next_cursor : NULL;
}

struct row_sink *response_page(struct response *res)
{
    if (res->csv)
        return new_sink(res, (struct row_sink){.row = write_csv_row, .page = note_cursor});
    json_object_begin(&res->json);
    json_key(&res->json, "data");
    json_array_begin(&res->json);
    return new_sink(res, (struct row_sink){.row = write_row, .page = write_meta});
}
