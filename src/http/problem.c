/*
 * problem.c — the table of status numbers, and the one shape every error has.
 */
#include "http/problem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define ALL_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE"
#define SHORT_PROBLEM_SIZE 512 /* an error that is written when memory has run out */
#define UNEXPECTED "An unexpected error occurred"

static const struct {
    int status;
    enum error_code code; /* where a handler returned a kind without saying why */
} kinds[] = {
    [OK] = {200, ERR_INTERNAL},
    [ERROR_MALFORMED] = {400, ERR_BAD_REQUEST},
    [ERROR_UNAUTHENTICATED] = {401, ERR_UNAUTHENTICATED},
    [ERROR_FORBIDDEN] = {403, ERR_FORBIDDEN},
    [ERROR_NOT_FOUND] = {404, ERR_NOT_FOUND},
    [ERROR_METHOD] = {405, ERR_METHOD_NOT_ALLOWED},
    [ERROR_CONFLICT] = {409, ERR_CONFLICT},
    [ERROR_PRECONDITION] = {412, ERR_PRECONDITION_FAILED},
    [ERROR_TOO_LARGE] = {413, ERR_BODY_TOO_LARGE},
    [ERROR_MEDIA_TYPE] = {415, ERR_UNSUPPORTED_MEDIA_TYPE},
    [ERROR_INVALID] = {422, ERR_VALIDATION_ERROR},
    [ERROR_RATE_LIMITED] = {429, ERR_RATE_LIMITED},
    [ERROR_BUSY] = {503, ERR_BUSY},
    [ERROR_INTERNAL] = {500, ERR_INTERNAL},
};

int problem_status(enum error_kind kind)
{
    assert((size_t)kind < sizeof kinds / sizeof kinds[0]);
    return kinds[kind].status;
}

static void write_reasons(struct json_writer *w, const struct error_reason *reason)
{
    if (!reason)
        return;
    json_key(w, "reason");
    json_object_begin(w);
    for (; reason; reason = reason->next) {
        if (reason->text)
            json_member_text(w, reason->key, reason->text);
        else
            json_member_int(w, reason->key, reason->number);
    }
    json_object_end(w);
}

static void write_field_errors(struct json_writer *w, const struct field_error *wrong)
{
    if (!wrong)
        return;
    json_key(w, "validation_errors");
    json_array_begin(w);
    for (; wrong; wrong = wrong->next) {
        json_object_begin(w);
        json_key(w, "loc");
        json_array_begin(w);
        json_text(w, wrong->where);
        if (wrong->field[0] != '\0')
            json_text(w, wrong->field);
        json_array_end(w);
        json_member_text(w, "msg", wrong->message);
        json_member_text(w, "type", wrong->type);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_problem(struct json_writer *w, const struct request *req, enum error_code code,
                          const char *detail)
{
    json_object_begin(w);
    json_member_text(w, "detail", detail);
    json_member_text(w, "error_code", error_code_name(code));
    json_member_text(w, "correlation_id", req->correlation_id);
    write_reasons(w, req->ctx->error.reasons);
    write_field_errors(w, req->ctx->error.fields);
    json_object_end(w);
}

/* Text buffers no longer grow: what is left are plain bytes from the arena. */
static void write_without_memory(const struct request *req, struct response *res)
{
    char *bytes = arena_alloc(req->ctx->arena, SHORT_PROBLEM_SIZE);
    const char *id = strpbrk(req->correlation_id, "\"\\") ? "" : req->correlation_id;

    snprintf(bytes, SHORT_PROBLEM_SIZE,
             "{\"detail\":\"This is too much for one request. Nothing was changed.\","
             "\"error_code\":\"OUT_OF_MEMORY\",\"correlation_id\":\"%s\"}",
             id);
    res->status = problem_status(ERROR_BUSY);
    res->static_body = bytes;
    res->static_length = strlen(bytes);
}

/* What a handler may have said about its refusal; the rest of its reply is dropped. */
struct kept_headers {
    const char *allow;
    const char *retry_after;
};

static void add_headers(struct response *res, int status, const struct kept_headers *kept)
{
    if (status == 405)
        response_header(res, "Allow", kept->allow ? kept->allow : ALL_METHODS);
    if (status == 401)
        response_header(res, "WWW-Authenticate", "Bearer realm=\"Carrel\"");
    if (status == 429 || status == 503)
        response_header(res, "Retry-After", kept->retry_after ? kept->retry_after : "1");
}

void problem_write(const struct request *req, struct response *res, enum error_kind kind)
{
    const struct error *error = &req->ctx->error;
    enum error_code code = error->code != ERR_NONE ? error->code : kinds[kind].code;
    const char *detail = error->detail ? error->detail : UNEXPECTED;

    assert(kind != OK);
    struct kept_headers kept = {response_header_value(res, "Allow"),
                                response_header_value(res, "Retry-After")};
    response_clear(res);
    if (arena_exhausted(req->ctx->arena)) {
        write_without_memory(req, res);
        add_headers(res, res->status, &kept);
        return;
    }
    res->status = problem_status(kind);
    if (kind == ERROR_INTERNAL) {
        LOG(ERROR, "internal error", LOG_TEXT("error_code", error_code_name(code)),
            LOG_TEXT("detail", detail));
        detail = UNEXPECTED;
    }
    write_problem(&res->json, req, code, detail);
    add_headers(res, res->status, &kept);
}
