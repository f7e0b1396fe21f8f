/*
 * guard_target.c — percent-decoding, once and never again: what is decoded twice can be checked in between
 * and mean something else afterwards.
 */
#include "http/guard_target.h"

#include <string.h>

#include "base/text.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_control(unsigned char byte)
{
    return byte < ' ' || byte == 0x7f;
}

/* One byte of `*text` as it is meant, *text moved past it; -1 when the escape is broken. */
static int next_byte(const char **text, const char *end, bool *out_escaped)
{
    const char *p = *text;

    *out_escaped = *p == '%';
    if (!*out_escaped) {
        *text = p + 1;
        return (unsigned char)*p;
    }
    if (end - p < 3)
        return -1;
    int high = hex_digit(p[1]);
    int low = hex_digit(p[2]);
    if (high < 0 || low < 0)
        return -1;
    *text = p + 3;
    return high * 16 + low;
}

/* NULL when there is something in it that a path may not have. */
static const char *decode_path(struct arena *arena, const char *raw, size_t length)
{
    const char *end = raw + length;
    char *path = arena_alloc(arena, length + 1);
    size_t used = 0;
    bool escaped;

    while (raw < end) {
        int byte = next_byte(&raw, end, &escaped);
        if (byte < 0 || is_control((unsigned char)byte) || (escaped && (byte == '/' || byte == '\\')))
            return NULL;
        path[used++] = (char)byte;
    }
    while (used > 1 && path[used - 1] == '/')
        used--;
    path[used] = '\0';
    return text_is_utf8(path, used) ? path : NULL;
}

/* A name or value of the query: '+' is a space. NULL when it is no text. */
static const char *decode_query_part(struct arena *arena, const char *raw, size_t length)
{
    const char *end = raw + length;
    char *part = arena_alloc(arena, length + 1);
    size_t used = 0;
    bool escaped;

    while (raw < end) {
        int byte = next_byte(&raw, end, &escaped);
        if (byte < 0)
            return NULL;
        part[used++] = byte == '+' && !escaped ? ' ' : (char)byte;
    }
    return text_clean(arena, part, used);
}

static enum error_kind add_parameter(struct request *req, const char *raw, size_t length)
{
    struct arena *arena = req->ctx->arena;
    const char *equals = memchr(raw, '=', length);
    size_t name_length = equals ? (size_t)(equals - raw) : length;

    if (length == 0)
        return OK;
    if (req->query_count == HTTP_QUERY_PARAMS_MAX)
        return fail(req->ctx, BAD_REQUEST, "There may be at most %d query parameters.",
                    HTTP_QUERY_PARAMS_MAX);
    const char *name = decode_query_part(arena, raw, name_length);
    const char *value = equals ? decode_query_part(arena, equals + 1, length - name_length - 1) : "";
    if (!name || !value)
        return fail(req->ctx, BAD_REQUEST, "The query string is malformed.");
    req->query[req->query_count++] = (struct name_value){.name = name, .value = value};
    return OK;
}

static enum error_kind read_query(struct request *req, const char *query)
{
    if (strlen(query) > HTTP_QUERY_MAX)
        return fail(req->ctx, BAD_REQUEST, "The query string may have at most %d bytes.", HTTP_QUERY_MAX);
    for (;;) {
        size_t length = strcspn(query, "&");
        TRY(add_parameter(req, query, length));
        if (query[length] == '\0')
            return OK;
        query += length + 1;
    }
}

enum error_kind guard_read_target(struct request *req, const char *target)
{
    size_t path_length = strcspn(target, "?");

    req->query_count = 0;
    if (target[0] != '/' || path_length > HTTP_PATH_MAX)
        return fail(req->ctx, BAD_REQUEST, "The path must begin with / and have at most %d bytes.",
                    HTTP_PATH_MAX);
    req->path = decode_path(req->ctx->arena, target, path_length);
    if (!req->path)
        return fail(req->ctx, BAD_REQUEST, "The path is malformed.");
    return target[path_length] == '?' ? read_query(req, target + path_length + 1) : OK;
}

enum error_kind guard_read_form(struct request *req)
{
    if (memchr(req->body, '\0', req->body_length))
        return fail(req->ctx, BAD_REQUEST, "The query string is malformed.");
    return read_query(req, req->body);
}
