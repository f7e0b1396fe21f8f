/*
 * guard.c — refuses what no honest client sends, before anything looks closer.
 *
 * Pure functions over struct raw_request: nothing here knows a socket, so that every class of bad request has
 * a unit test and a fuzzer can sit directly on it. The order matters: the correlation id first, because every
 * refusal carries it; framing (lengths) before meaning.
 */
#include "http/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "http/guard_target.h"

#define HOST_MAX 255
#define LENGTH_DIGITS_MAX 15 /* more would be a petabyte; and fits int64_t */

static const struct {
    const char *name;
    enum http_method method;
    bool head_only;
} methods[] = {
    {"GET", GET, false}, {"HEAD", GET, true},     {"POST", POST, false},
    {"PUT", PUT, false}, {"PATCH", PATCH, false}, {"DELETE", DELETE, false},
};

/* ---- correlation id ------------------------------------------------------------------------------------ */

static bool is_printable(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p < ' ' || *p > '~')
            return false;
    }
    return true;
}

static void choose_correlation_id(struct request *req)
{
    const char *given = request_header(req, "X-Correlation-ID");
    char text[UUID_TEXT_SIZE];

    if (given && *given && strlen(given) <= HTTP_CORRELATION_ID_MAX && is_printable(given)) {
        req->correlation_id = arena_strdup(req->ctx->arena, given);
    } else {
        struct uuid id = uuid_new(clock_now_ms());
        uuid_format(&id, text);
        req->correlation_id = arena_strdup(req->ctx->arena, text);
    }
    req->ctx->actor.correlation_id = req->correlation_id;
}

/* ---- headers ------------------------------------------------------------------------------------------- */

/* RFC 9110 §5.6.2 */
static bool is_token(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("!#$%&'*+-.^_`|~", *p))
            return false;
    }
    return *text != '\0';
}

static bool is_value_byte(unsigned char byte)
{
    return (byte >= ' ' && byte != 0x7f) || byte == '\t';
}

/*
 * Has one of these eight bytes to be looked at by itself? For each: is it below 0x20, is it 0x7f? The highest bit of
 * `w - 0x20…` is set for a byte below, that of `~w` for one below 0x80; a borrow from the byte before can only say yes
 * too often.
 */
static bool is_doubtful(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t others = w ^ ones * 0x7f;

    return (((w - ones * 0x20) & ~w) | ((others - ones) & ~others)) & ones * 0x80;
}

/* A token has hundreds of them, in each request. */
static bool is_header_value(const char *text)
{
    size_t length = strlen(text);
    size_t at = 0;
    uint64_t word;

    for (; at + sizeof word <= length; at += sizeof word) {
        memcpy(&word, &text[at], sizeof word);
        for (size_t i = 0; is_doubtful(word) && i < sizeof word; i++)
            if (!is_value_byte((unsigned char)text[at + i]))
                return false;
    }
    while (at < length)
        if (!is_value_byte((unsigned char)text[at++]))
            return false;
    return true;
}

static enum error_kind check_headers(struct request *req)
{
    if (req->header_count > HTTP_HEADERS_MAX)
        return fail(req->ctx, BAD_REQUEST, "A request may have at most %d headers.", HTTP_HEADERS_MAX);
    for (size_t i = 0; i < req->header_count; i++) {
        if (!is_token(req->headers[i].name) || !is_header_value(req->headers[i].value))
            return fail(req->ctx, BAD_REQUEST, "A header is malformed.");
    }
    return OK;
}

/* Two ways to say where a body ends are how requests are smuggled past a proxy (RFC 9112 §6.3). */
static enum error_kind check_framing(struct request *req)
{
    const char *length = request_header(req, "Content-Length");
    const char *encoding = request_header(req, "Transfer-Encoding");

    if (length && encoding)
        return fail(req->ctx, BAD_REQUEST, "Content-Length and Transfer-Encoding exclude each other.");
    if (request_header_count(req, "Content-Length") > 1 || request_header_count(req, "Transfer-Encoding") > 1)
        return fail(req->ctx, BAD_REQUEST, "The length of the body is given more than once.");
    if (length && (*length == '\0' || strspn(length, "0123456789") != strlen(length)))
        return fail(req->ctx, BAD_REQUEST, "Content-Length must be a number.");
    if (length && strlen(length) > LENGTH_DIGITS_MAX)
        return fail(req->ctx, BODY_TOO_LARGE, "The body is too large.");
    if (encoding && !text_equals_ignoring_case(encoding, "chunked"))
        return fail(req->ctx, BAD_REQUEST, "The only Transfer-Encoding understood is chunked.");
    return OK;
}

/* ---- host and origin ----------------------------------------------------------------------------------- */

static bool is_port(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= 5 && strspn(text, "0123456789") == length;
}

/* The name without its port, lower case as it came; NULL when the header is malformed. */
static const char *host_name(struct arena *arena, const char *header)
{
    size_t length = *header == '[' ? strcspn(header, "]") : strcspn(header, ":");

    if (*header == '[') {
        if (header[length] != ']')
            return NULL;
        length++;
    }
    const char *rest = header + length;
    if (length == 0 || length > HOST_MAX || (*rest != '\0' && (*rest != ':' || !is_port(rest + 1))))
        return NULL;
    return arena_strndup(arena, header, length);
}

static bool is_address(struct arena *arena, const char *name)
{
    struct in6_addr address;

    if (name[0] == '[')
        return inet_pton(AF_INET6, arena_strndup(arena, name + 1, strlen(name) - 2), &address) == 1;
    return inet_pton(AF_INET, name, &address) == 1;
}

static bool is_own_name(struct arena *arena, const char *name, const char *const *host_names)
{
    size_t length = strlen(name);

    if (name[length - 1] == '.' && length > 1)
        name = arena_strndup(arena, name, length - 1);
    if (text_equals_ignoring_case(name, "localhost"))
        return true;
    for (; host_names && *host_names; host_names++) {
        if (text_equals_ignoring_case(name, *host_names))
            return true;
    }
    return false;
}

/* A page elsewhere may point its own name at our address; then only the Host header tells (DNS rebinding). */
static enum error_kind check_host(struct request *req, const char *const *host_names)
{
    struct arena *arena = req->ctx->arena;
    const char *header = request_header(req, "Host");

    if (req->local_socket)
        return OK;
    if (!header || request_header_count(req, "Host") != 1)
        return fail(req->ctx, BAD_REQUEST, "Exactly one Host header is required.");
    const char *name = host_name(arena, header);
    if (!name)
        return fail(req->ctx, BAD_REQUEST, "The Host header is malformed.");
    if (!is_address(arena, name) && !is_own_name(arena, name, host_names))
        return fail(
            req->ctx, HOST_NOT_ALLOWED,
            "This server does not go by that name. Use its address, or add the name to its settings.");
    return OK;
}

/* A browser names the page a changing request comes from: it must be one of ours. */
static enum error_kind check_origin(struct request *req)
{
    const char *origin = request_header(req, "Origin");
    const char *host = request_header(req, "Host");

    if (req->method == GET || !origin)
        return OK;
    const char *authority = NULL;
    if (text_starts_with(origin, "http://"))
        authority = origin + strlen("http://");
    else if (text_starts_with(origin, "https://"))
        authority = origin + strlen("https://");
    if (request_header_count(req, "Origin") == 1 && authority && host &&
        text_equals_ignoring_case(authority, host))
        return OK;
    return fail(req->ctx, ORIGIN_NOT_ALLOWED, "This request comes from a page of another site.");
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

static enum error_kind read_method(struct request *req, const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(method, methods[i].name) == 0) {
            req->method = methods[i].method;
            req->head_only = methods[i].head_only;
            return OK;
        }
    }
    return fail(req->ctx, METHOD_NOT_ALLOWED, "This server does not know that method.");
}

enum error_kind guard_request(struct request *req, const struct raw_request *raw,
                              const char *const *host_names)
{
    req->headers = raw->headers;
    req->header_count = raw->header_count;
    choose_correlation_id(req);
    TRY(check_headers(req));
    TRY(check_framing(req));
    TRY(read_method(req, raw->method));
    TRY(check_host(req, host_names));
    TRY(check_origin(req));
    return guard_read_target(req, raw->target);
}
