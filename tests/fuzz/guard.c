/*
 * guard.c — "METHOD TARGET", then a header a line, as the server hands them over. What the guard lets through has a
 * path and parameters that were decoded once and hold nothing dangerous.
 */
#include "fuzz.h"

#include "base/clock.h"
#include "http/guard.h"

#define HEADERS_READ 80 /* more than the guard allows */

static const char *const own_names[] = {"library.example", NULL};

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    }
    return false;
}

static size_t read_headers(struct fuzz *fuzz, const char *text, struct name_value *headers)
{
    size_t count = 0;

    while (*text && count < HEADERS_READ) {
        char *line = fuzz_line(fuzz, &text);
        char *colon = strchr(line, ':');
        if (colon)
            *colon++ = '\0';
        headers[count++] = (struct name_value){line, colon ? colon + strspn(colon, " ") : ""};
    }
    return count;
}

static size_t count_named(const struct request *req, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < req->header_count; i++)
        count += text_equals_ignoring_case(req->headers[i].name, name);
    return count;
}

/* Every byte escaped, so that a second decoding would show. */
static void escape(struct text_buf *out, const char *text, const char *but)
{
    for (; *text; text++) {
        if (strchr(but, *text))
            text_buf_append_char(out, *text);
        else
            text_buf_printf(out, "%%%02x", (unsigned)(unsigned char)*text);
    }
}

/* What was decoded, escaped and decoded again, is the same. */
static void check_decoded_once(struct fuzz *fuzz)
{
    struct request *req = &fuzz->req;
    struct request again = {.ctx = &fuzz->ctx};
    struct text_buf target;

    if (strlen(req->path) * 3 > HTTP_PATH_MAX || req->query_count == 0)
        return;
    text_buf_init(&target, &fuzz->arena);
    /* A backslash and a slash may not come escaped. */
    escape(&target, req->path, "/\\");
    for (size_t i = 0; i < req->query_count; i++) {
        text_buf_append(&target, i ? "&" : "?");
        escape(&target, req->query[i].name, "");
        text_buf_append(&target, "=");
        escape(&target, req->query[i].value, "");
    }
    const struct raw_request raw = {"GET", target.bytes, NULL, 0};
    again.local_socket = true;
    if (strlen(target.bytes) > HTTP_QUERY_MAX)
        return;
    MUST(guard_request(&again, &raw, NULL) == OK);
    MUST(strcmp(again.path, req->path) == 0 && again.query_count == req->query_count);
    for (size_t i = 0; i < req->query_count; i++) {
        MUST(strcmp(again.query[i].name, req->query[i].name) == 0);
        MUST(strcmp(again.query[i].value, req->query[i].value) == 0);
    }
}

static void check_accepted(struct fuzz *fuzz, const char *target)
{
    const struct request *req = &fuzz->req;

    MUST(req->method != HTTP_NO_METHOD && (!req->head_only || req->method == GET));
    MUST(req->path[0] == '/' && strlen(req->path) <= HTTP_PATH_MAX);
    MUST(!has_control(req->path) && text_is_utf8(req->path, strlen(req->path)));
    MUST(req->header_count <= HTTP_HEADERS_MAX && req->query_count <= HTTP_QUERY_PARAMS_MAX);
    MUST(count_named(req, "Content-Length") + count_named(req, "Transfer-Encoding") <= 1);
    MUST(req->local_socket || count_named(req, "Host") == 1);
    for (size_t i = 0; i < req->query_count; i++)
        MUST(fuzz_is_clean(fuzz, req->query[i].name) && fuzz_is_clean(fuzz, req->query[i].value));
    /* As many slashes as were sent, but for those at the end. */
    size_t sent = 0, kept = 0;
    for (const char *p = target; *p && *p != '?'; p++)
        sent += *p == '/';
    for (const char *p = req->path; *p; p++)
        kept += *p == '/';
    MUST(kept <= sent);
    check_decoded_once(fuzz);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct name_value headers[HEADERS_READ];
    struct credential credential;

    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    char *first = fuzz_line(&fuzz, &text);
    char *space = strchr(first, ' ');
    if (space)
        *space++ = '\0';
    struct raw_request raw = {first, space ? space : "", headers, read_headers(&fuzz, text, headers)};
    fuzz.req.local_socket = size % 4 == 0;
    bool good = guard_request(&fuzz.req, &raw, own_names) == OK;
    MUST(good == (fuzz.ctx.error.code == ERR_NONE));
    const char *id = fuzz.req.correlation_id;
    MUST(*id && strlen(id) <= HTTP_CORRELATION_ID_MAX && !has_control(id));
    if (good) {
        check_accepted(&fuzz, raw.target);
        MUST(request_expected_version(&fuzz.req) >= -1 || request_expected_version(&fuzz.req) == NO_NUMBER);
        if (session_read(&fuzz.req, &credential) == OK)
            MUST(session_check_csrf(&fuzz.req, &credential) == OK || fuzz.req.method != GET);
    }
    return fuzz_end(&fuzz);
}
