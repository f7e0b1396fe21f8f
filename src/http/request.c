/*
 * request.c — small readers over what guard and router have already checked.
 */
#include "http/request.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

const char *request_header(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->header_count; i++) {
        if (text_equals_ignoring_case(req->headers[i].name, name))
            return req->headers[i].value;
    }
    return NULL;
}

size_t request_header_count(const struct request *req, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < req->header_count; i++)
        count += text_equals_ignoring_case(req->headers[i].name, name);
    return count;
}

const char *http_method_name(enum http_method method)
{
    static const char *const names[] = {
        [HTTP_NO_METHOD] = "unknown", [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH",
        [DELETE] = "DELETE"};

    return names[method];
}

bool request_is_api(const struct request *req)
{
    return strncmp(req->path, "/api", 4) == 0 && (req->path[4] == '/' || req->path[4] == '\0');
}

const char *request_query(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->query_count; i++) {
        if (strcmp(req->query[i].name, name) == 0 && req->query[i].value[0] != '\0')
            return req->query[i].value;
    }
    return NULL;
}

enum error_kind request_query_bool(const struct request *req, const char *name, bool fallback,
                                   bool *out_value)
{
    const struct field field = {.name = name, .type = FIELD_BOOL};
    const char *problem = NULL;
    bool value = fallback;
    const char *text = request_query(req, name);

    if (text && !field_store_text(req->ctx, &field, text, &value, &problem))
        return fail(req->ctx, INVALID_PARAMETER, "The parameter \"%s\" %s.", name, problem);
    *out_value = value;
    return OK;
}

enum error_kind request_query_fields(struct request *req, void *out_struct)
{
    for (const struct field *field = req->route->query; field && field->type != FIELD_NONE; field++) {
        const char *text = request_query(req, field->name);
        const char *problem = NULL;
        if (!text && (field->flags & REQUIRED))
            return fail(req->ctx, INVALID_PARAMETER, "The parameter \"%s\" is required.", field->name);
        if (text && !field_store_text(req->ctx, field, text, out_struct, &problem))
            return fail(req->ctx, INVALID_PARAMETER, "The parameter \"%s\" %s.", field->name, problem);
    }
    return OK;
}

const char *request_path(const struct request *req, const char *name)
{
    for (size_t i = 0; i < req->path_parameter_count; i++) {
        if (strcmp(req->path_parameters[i].name, name) == 0)
            return req->path_parameters[i].value;
    }
    /* The path of the route has no such parameter: a slip of the handler. */
    assert(false);
    return "";
}

enum error_kind request_uuid(struct request *req, const char *name, struct uuid *out_uuid)
{
    if (uuid_parse(request_path(req, name), out_uuid))
        return OK;
    error_field(req->ctx, "path", name, "uuid", "must be a valid id (UUID)");
    return error_check_fields(req->ctx);
}

void request_body(struct request *req, void *out_struct)
{
    fields_store(req->ctx, req->route->body, req->json, out_struct);
}

int64_t request_expected_version(const struct request *req)
{
    const char *header = request_header(req, "If-Match");
    int64_t version;

    if (!header || strcmp(header, "*") == 0)
        return NO_NUMBER;
    size_t length = strlen(header);
    if (length < 3 || header[0] != '"' || header[length - 1] != '"')
        return -1;
    /* What follows a '-' is the hash that the dispatcher adds. */
    size_t digit_count = strcspn(header + 1, "-\"");
    const char *digits = arena_strndup(req->ctx->arena, header + 1, digit_count);
    return text_to_int64(digits, &version) && version >= 0 ? version : -1;
}
