/*
 * multipart.c — walks the parts between delimiters. Everything is bounded by the body, which is in memory; the
 * parts' headers are looked at only for the name.
 */
#include "http/multipart.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define BOUNDARY_MAX 70 /* RFC 2046 §5.1.1 */
#define PARTS_MAX 16
#define PART_HEAD_MAX 2048

struct span {
    const char *start;
    const char *end;
};

static const char *find(struct span in, const char *bytes, size_t length)
{
    return in.start <= in.end ? memmem(in.start, (size_t)(in.end - in.start), bytes, length) : NULL;
}

static bool begins(struct span in, const char *bytes)
{
    size_t length = strlen(bytes);

    return (size_t)(in.end - in.start) >= length && memcmp(in.start, bytes, length) == 0;
}

/* The value of `name="…"` or name=… among the parameters of a header's value; NULL when it is not there. */
static const char *find_parameter(struct arena *arena, const char *header, const char *name)
{
    size_t name_length = strlen(name);
    const char *p = header;

    while ((p = strchr(p, ';')) != NULL) {
        p += 1 + strspn(p + 1, " \t");
        bool is_it = strncasecmp(p, name, name_length) == 0 && p[name_length] == '=';
        const char *value = p + strcspn(p, "=;");
        if (*value != '=')
            continue;
        value++;
        if (*value == '"') {
            size_t length = strcspn(value + 1, "\"");
            if (value[1 + length] != '"')
                return NULL;
            if (is_it)
                return arena_strndup(arena, value + 1, length);
            p = value + 1 + length + 1;
        } else {
            size_t length = strcspn(value, "; \t");
            if (is_it)
                return arena_strndup(arena, value, length);
            p = value + length;
        }
    }
    return NULL;
}

static bool is_boundary(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (length == 0 || length > BOUNDARY_MAX || text[length - 1] == ' ')
        return false;
    for (const char *p = text; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("'()+_,-./:=? ", *p))
            return false;
    }
    return true;
}

/* The name of a part, from the lines of its head; NULL when the head is none. */
static const char *part_name(struct arena *arena, struct span head)
{
    static const char disposition[] = "Content-Disposition:";

    if (head.end - head.start > PART_HEAD_MAX)
        return NULL;
    while (head.start < head.end) {
        const char *line_end = find(head, "\r\n", 2);
        if (!line_end)
            line_end = head.end;
        const char *line = arena_strndup(arena, head.start, (size_t)(line_end - head.start));
        if (strncasecmp(line, disposition, sizeof disposition - 1) == 0) {
            const char *value = line + sizeof disposition - 1;
            value += strspn(value, " \t");
            return strncasecmp(value, "form-data", 9) == 0 ? find_parameter(arena, value, "name") : NULL;
        }
        head.start = line_end + (line_end < head.end ? 2 : 0);
    }
    return NULL;
}

/*
 * Steps over one part. `rest` begins just after a delimiter line's "--boundary"; `delimiter` is CRLF, "--" and
 * the boundary. False when there is no well-formed part.
 */
static bool next_part(struct arena *arena, struct span *rest, const char *delimiter, const char **out_name,
                      struct span *out_content)
{
    rest->start += strspn(rest->start, " \t");
    if (!begins(*rest, "\r\n"))
        return false;
    rest->start += 2;
    const char *head_end = find(*rest, "\r\n\r\n", 4);
    if (!head_end)
        return false;
    *out_name = part_name(arena, (struct span){rest->start, head_end});
    /* An empty file's delimiter shares the blank line's CRLF with the head. */
    struct span after = {head_end + 2, rest->end};
    const char *content_end = find(after, delimiter, strlen(delimiter));
    if (!*out_name || !content_end)
        return false;
    const char *content = head_end + 4;
    *out_content = (struct span){content, content_end < content ? content : content_end};
    rest->start = content_end + strlen(delimiter);
    return true;
}

static enum error_kind malformed(struct request *req)
{
    return fail(req->ctx, BAD_REQUEST, "The multipart/form-data body is malformed.");
}

enum error_kind multipart_take_file(struct request *req)
{
    struct arena *arena = req->ctx->arena;
    const char *type = request_header(req, "Content-Type");
    const char *boundary = type ? find_parameter(arena, type, "boundary") : NULL;

    if (!is_boundary(boundary))
        return fail(req->ctx, BAD_REQUEST, "The multipart/form-data boundary is missing or malformed.");
    const char *delimiter = arena_printf(arena, "\r\n--%s", boundary);
    struct span rest = {req->body, req->body + req->body_length};
    if (!begins(rest, delimiter + 2)) {
        /* A preamble is allowed; then the first delimiter begins a line. */
        const char *first = find(rest, delimiter, strlen(delimiter));
        if (!first)
            return malformed(req);
        rest.start = first + strlen(delimiter);
    } else {
        rest.start += strlen(delimiter + 2);
    }
    for (int part = 0; part < PARTS_MAX && !begins(rest, "--"); part++) {
        const char *name;
        struct span content;
        if (!next_part(arena, &rest, delimiter, &name, &content))
            return malformed(req);
        if (strcmp(name, "file") == 0) {
            req->body = content.start;
            req->body_length = (size_t)(content.end - content.start);
            return OK;
        }
    }
    return fail(req->ctx, BAD_REQUEST, "The form has no part named \"file\".");
}
