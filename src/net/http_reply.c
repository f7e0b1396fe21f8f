/*
 * http_reply.c — a state for each part of a reply; each takes of the bytes what is its own.
 */
#include "net/http_reply.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"

#define CHUNK_LINE_MAX 1024 /* a size and extensions nobody uses */
#define INTERIM_MAX 8

void http_reply_init(struct http_reply *reply, struct arena *arena, size_t body_max)
{
    *reply = (struct http_reply){.arena = arena, .body_max = body_max};
    text_buf_init(&reply->head, arena);
    text_buf_init(&reply->body, arena);
}

/* ---- the head ------------------------------------------------------------------------------------------ */

struct head {
    bool has_length, is_chunked, has_coding;
    uint64_t length;
};

/* All digits, at most 18 of them. */
static bool read_length(const char *text, uint64_t *out_length)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 18 || text[digits])
        return false;
    *out_length = 0;
    for (size_t i = 0; i < digits; i++)
        *out_length = *out_length * 10 + (uint64_t)(text[i] - '0');
    return true;
}

static bool take_header(struct http_reply *reply, struct head *head, const char *name, const char *value)
{
    uint64_t length;

    if (text_equals_ignoring_case(name, "Content-Length")) {
        if (!read_length(value, &length) || (head->has_length && head->length != length))
            return false;
        head->has_length = true;
        head->length = length;
    } else if (text_equals_ignoring_case(name, "Transfer-Encoding")) {
        head->is_chunked = !head->has_coding && text_equals_ignoring_case(value, "chunked");
        head->has_coding = true;
        return head->is_chunked;
    } else if (text_equals_ignoring_case(name, "Content-Encoding")) {
        return text_equals_ignoring_case(value, "identity"); /* nobody asked for another */
    } else if (text_equals_ignoring_case(name, "Content-Type")) {
        reply->content_type = value;
    } else if (text_equals_ignoring_case(name, "Location")) {
        reply->location = value;
    }
    return true;
}

/* "HTTP/1.1 200 OK": the number; 0: it is none. */
static int read_status(const char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || (line[7] != '0' && line[7] != '1') || line[8] != ' ')
        return 0;
    if (strspn(line + 9, "0123456789") != 3 || (line[12] != ' ' && line[12] != '\0') || line[9] == '0')
        return 0;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

/* A line of "name: value", changed in place. A line that goes on from the one before is refused. */
static bool split_header(char *line, const char **out_name, const char **out_value)
{
    char *colon = strchr(line, ':');

    if (!colon || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
        return false;
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    size_t length = strlen(value);
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        value[--length] = '\0';
    *out_name = line;
    *out_value = value;
    return true;
}

/* The next line of `at`, ended by LF or CR LF; *io_at moves behind it. */
static char *next_line(char **io_at)
{
    char *line = *io_at;
    char *end = strchr(line, '\n');

    *io_at = end + 1;
    *end = '\0';
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return line;
}

static enum net_outcome begin_body(struct http_reply *reply, const struct head *head)
{
    if (head->has_length && head->has_coding)
        return NET_UNREADABLE;
    if (reply->status == 204 || reply->status == 304) {
        reply->phase = HTTP_REPLY_DONE;
    } else if (head->is_chunked) {
        reply->phase = HTTP_REPLY_CHUNK_SIZE;
    } else if (!head->has_length) {
        reply->phase = HTTP_REPLY_TO_END;
    } else {
        if (head->length > reply->body_max)
            return NET_TOO_LARGE;
        reply->left = head->length;
        reply->phase = head->length > 0 ? HTTP_REPLY_LENGTH : HTTP_REPLY_DONE;
    }
    return NET_OK;
}

/* The whole head is there, with the empty line at its end. */
static enum net_outcome read_head(struct http_reply *reply)
{
    struct head head = {0};
    char *at = arena_strndup(reply->arena, reply->head.bytes, reply->head.length);
    const char *name, *value;
    char *line;

    if (memchr(reply->head.bytes, '\0', reply->head.length))
        return NET_UNREADABLE;
    reply->status = read_status(next_line(&at));
    if (reply->status < 100)
        return NET_UNREADABLE;
    for (size_t i = 0; *(line = next_line(&at)); i++) {
        if (i >= NET_HEADERS_MAX)
            return NET_TOO_LARGE;
        if (!split_header(line, &name, &value) || !take_header(reply, &head, name, value))
            return NET_UNREADABLE;
    }
    text_buf_clear(&reply->head);
    if (reply->status >= 200)
        return begin_body(reply, &head);
    reply->content_type = reply->location = NULL;
    return ++reply->interim > INTERIM_MAX || reply->status == 101 ? NET_UNREADABLE : NET_OK;
}

/* ---- feeding ------------------------------------------------------------------------------------------- */

/* Takes bytes up to and with the next line end; *out_whole: the line is there. */
static enum net_outcome take_line(struct http_reply *reply, const char *bytes, size_t length, size_t max,
                                  size_t *out_taken, bool *out_whole)
{
    const char *end = memchr(bytes, '\n', length);
    size_t taken = end ? (size_t)(end - bytes) + 1 : length;

    if (reply->head.length + taken > max)
        return NET_TOO_LARGE;
    text_buf_append_bytes(&reply->head, bytes, taken);
    *out_taken = taken;
    *out_whole = end != NULL;
    return NET_OK;
}

static bool ends_with_empty_line(const struct text_buf *head)
{
    const char *end = head->bytes + head->length;

    return (head->length >= 2 && memcmp(end - 2, "\n\n", 2) == 0) ||
           (head->length >= 3 && memcmp(end - 3, "\n\r\n", 3) == 0);
}

/* Something else altogether is known by its first bytes: nobody waits for the rest of it. */
static bool begins_like_http(const struct http_reply *reply, const char *bytes, size_t length)
{
    static const char beginning[] = "HTTP/1.";
    size_t at = reply->head.length;

    for (size_t i = 0; i < length && at < sizeof beginning - 1; i++, at++) {
        if (bytes[i] != beginning[at])
            return false;
    }
    return true;
}

static enum net_outcome take_head(struct http_reply *reply, const char *bytes, size_t length,
                                  size_t *out_taken)
{
    bool whole;

    if (!begins_like_http(reply, bytes, length))
        return NET_UNREADABLE;
    NET_TRY(take_line(reply, bytes, length, NET_HEAD_MAX, out_taken, &whole));
    return whole && ends_with_empty_line(&reply->head) ? read_head(reply) : NET_OK;
}

static enum net_outcome append_body(struct http_reply *reply, const char *bytes, size_t length)
{
    if (length > reply->body_max - reply->body.length)
        return NET_TOO_LARGE;
    text_buf_append_bytes(&reply->body, bytes, length);
    return arena_exhausted(reply->arena) ? NET_TOO_LARGE : NET_OK;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* "1a3;name=value": the size before what else may stand there. */
static enum net_outcome read_chunk_size(struct http_reply *reply)
{
    const char *at = reply->head.bytes;
    uint64_t size = 0;
    size_t digits = 0;

    for (; hex_digit(at[digits]) >= 0; digits++) {
        if (digits == 15)
            return NET_UNREADABLE;
        size = size << 4 | (uint64_t)hex_digit(at[digits]);
    }
    if (digits == 0 || !strchr(" \t;\r\n", at[digits]))
        return NET_UNREADABLE;
    text_buf_clear(&reply->head);
    if (size > reply->body_max - reply->body.length)
        return NET_TOO_LARGE;
    reply->left = size;
    reply->phase = size > 0 ? HTTP_REPLY_CHUNK : HTTP_REPLY_TRAILER;
    return NET_OK;
}

/* A line between chunks: a size, the end of one, or a trailer's. */
static enum net_outcome take_chunk_line(struct http_reply *reply, const char *bytes, size_t length,
                                        size_t *out_taken)
{
    bool whole;

    NET_TRY(take_line(reply, bytes, length,
                      reply->phase == HTTP_REPLY_TRAILER ? NET_HEAD_MAX : CHUNK_LINE_MAX, out_taken, &whole));
    if (!whole)
        return NET_OK;
    if (reply->phase == HTTP_REPLY_CHUNK_SIZE)
        return read_chunk_size(reply);
    bool is_empty = strcmp(reply->head.bytes, "\n") == 0 || strcmp(reply->head.bytes, "\r\n") == 0;
    if (reply->phase == HTTP_REPLY_CHUNK_END) {
        text_buf_clear(&reply->head);
        reply->phase = HTTP_REPLY_CHUNK_SIZE;
        return is_empty ? NET_OK : NET_UNREADABLE;
    }
    if (is_empty || ends_with_empty_line(&reply->head))
        reply->phase = HTTP_REPLY_DONE;
    return NET_OK;
}

static enum net_outcome take_body(struct http_reply *reply, const char *bytes, size_t length,
                                  size_t *out_taken)
{
    bool counted = reply->phase != HTTP_REPLY_TO_END;
    size_t taken = counted && reply->left < length ? (size_t)reply->left : length;

    NET_TRY(append_body(reply, bytes, taken));
    *out_taken = taken;
    if (counted && (reply->left -= taken) == 0)
        reply->phase = reply->phase == HTTP_REPLY_CHUNK ? HTTP_REPLY_CHUNK_END : HTTP_REPLY_DONE;
    return NET_OK;
}

enum net_outcome http_reply_feed(struct http_reply *reply, const char *bytes, size_t length)
{
    while (length > 0 && reply->phase != HTTP_REPLY_DONE) {
        size_t taken = 0;
        switch (reply->phase) {
        case HTTP_REPLY_HEAD: NET_TRY(take_head(reply, bytes, length, &taken)); break;
        case HTTP_REPLY_LENGTH:
        case HTTP_REPLY_TO_END:
        case HTTP_REPLY_CHUNK: NET_TRY(take_body(reply, bytes, length, &taken)); break;
        default: NET_TRY(take_chunk_line(reply, bytes, length, &taken)); break;
        }
        bytes += taken;
        length -= taken;
    }
    return NET_OK;
}

enum net_outcome http_reply_end(struct http_reply *reply)
{
    if (reply->phase == HTTP_REPLY_TO_END)
        reply->phase = HTTP_REPLY_DONE;
    return reply->phase == HTTP_REPLY_DONE ? NET_OK : NET_BROKEN_OFF;
}
