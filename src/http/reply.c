/*
 * reply.c — heads are built in a fixed buffer, so that one can be sent even when the request's memory is
 * exhausted.
 */
#include "http/reply.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* The pages load nothing from elsewhere, run no inline script, and are shown in nobody's frame. */
#define SECURITY_HEADERS                                                                          \
    "X-Content-Type-Options: nosniff\r\n"                                                         \
    "Content-Security-Policy: default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; " \
    "base-uri 'none'; form-action 'self'; object-src 'none'\r\n"                                  \
    "Referrer-Policy: same-origin\r\n"                                                            \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                                 \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                               \
    "Permissions-Policy: camera=(self), microphone=(), geolocation=(), payment=(), usb=()\r\n"

struct head {
    char *out;
    size_t length;
    bool full;
};

static const char *status_text(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Other";
    }
}

static void add_text(struct head *head, const char *text, size_t length)
{
    if (length >= REPLY_HEAD_SIZE - head->length) {
        head->full = true;
        return;
    }
    memcpy(head->out + head->length, text, length);
    head->length += length;
}

static void add_number(struct head *head, int64_t number)
{
    char digits[TEXT_INT_MAX];

    add_text(head, digits, text_put_int(digits, number));
}

static void add_number_header(struct head *head, const char *before, int64_t number)
{
    add_text(head, before, strlen(before));
    add_number(head, number);
    add_text(head, "\r\n", 2);
}

static void add_status(struct head *head, int status)
{
    const char *text = status_text(status);

    add_text(head, "HTTP/1.1 ", 9);
    add_number(head, status);
    add_text(head, " ", 1);
    add_text(head, text, strlen(text));
    add_text(head, "\r\n", 2);
}

/* Seconds, with six decimals. */
static void add_process_time(struct head *head, int64_t us)
{
    char decimals[] = ".000000\r\n";

    for (int i = 6; i > 0; i--, us /= 10)
        decimals[i] = (char)('0' + us % 10);
    add_text(head, "X-Process-Time: ", 16);
    add_number(head, us);
    add_text(head, decimals, sizeof decimals - 1);
}

static bool is_one_line(const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return false;
    }
    return true;
}

static void add_header(struct head *head, const char *name, const char *value)
{
    add_text(head, name, strlen(name));
    add_text(head, ": ", 2);
    add_text(head, value, strlen(value));
    add_text(head, "\r\n", 2);
}

static void add_given(struct head *head, const struct response *res)
{
    for (size_t i = 0; i < res->header_count; i++) {
        /* A value with a line break in it would be a second header, or a second reply. */
        if (is_one_line(res->headers[i].value))
            add_header(head, res->headers[i].name, res->headers[i].value);
        else
            LOG(ERROR, "a reply header was dropped", LOG_TEXT("header", res->headers[i].name));
    }
}

/*
 * The library's time, which is what `occurred_at` is held against: a desk goes by it when its own clock is wrong.
 * Written once a second by each worker: a calendar is too much work for every reply.
 */
static void add_date(struct head *head)
{
    static _Thread_local struct {
        time_t second;
        char text[40];
    } last;
    time_t now = (time_t)(clock_library_now(0) / MS_PER_SECOND);
    struct tm utc;

    if (now != last.second || last.text[0] == '\0') {
        if (!gmtime_r(&now, &utc) ||
            strftime(last.text, sizeof last.text, "%a, %d %b %Y %H:%M:%S GMT", &utc) == 0)
            return;
        last.second = now;
    }
    add_header(head, "Date", last.text);
}

static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

static void add_framing(struct head *head, const struct response *res, const struct reply_facts *facts)
{
    size_t length;

    if (!has_no_body(res->status))
        add_header(head, "Content-Type",
                   res->content_type ? res->content_type : "application/json; charset=utf-8");
    (void)reply_body(res, &length);
    if (facts->chunked)
        add_header(head, "Transfer-Encoding", "chunked");
    else if (!has_no_body(res->status) && !facts->until_close)
        add_number_header(head, "Content-Length: ", (int64_t)length);
    add_header(head, "Connection", facts->close ? "close" : "keep-alive");
}

const void *reply_body(const struct response *res, size_t *out_length)
{
    *out_length = res->static_body ? res->static_length : res->body.length;
    return res->static_body ? res->static_body : text_buf_string(&res->body);
}

size_t reply_head(char out[REPLY_HEAD_SIZE], const struct request *req, const struct response *res,
                  const struct reply_facts *facts)
{
    struct head head = {.out = out};
    int64_t us = clock_monotonic_us() - facts->started_us;

    add_status(&head, res->status);
    add_date(&head);
    add_framing(&head, res, facts);
    if (!response_header_value(res, "Cache-Control"))
        add_header(&head, "Cache-Control", "no-store");
    add_given(&head, res);
    if (facts->hsts_s > 0)
        add_number_header(&head, "Strict-Transport-Security: max-age=", facts->hsts_s);
    add_header(&head, "X-Correlation-ID", req->correlation_id);
    add_process_time(&head, us);
    add_text(&head, SECURITY_HEADERS, sizeof SECURITY_HEADERS - 1);
    add_text(&head, "\r\n", 2);
    return head.full ? 0 : head.length;
}
