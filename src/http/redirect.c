/*
 * redirect.c — apart from the server, so that it can be tested without a socket.
 */
#include "http/redirect.h"

#include <string.h>

#define HTTPS_PORT 443

/* "[::1]:8080" → "[::1]" */
static const char *name_of(struct arena *arena, const char *host)
{
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

    return arena_strndup(arena, host, length);
}

enum error_kind redirect_to_https(const struct request *req, struct response *res, const char *target,
                                  int port)
{
    struct arena *arena = req->ctx->arena;
    const char *name = name_of(arena, request_header(req, "Host"));
    const char *place = port == HTTPS_PORT ? arena_printf(arena, "https://%s", name)
                                           : arena_printf(arena, "https://%s:%d", name, port);

    if (req->method != GET)
        return fail(req->ctx, FORBIDDEN, "This address only leads to %s. Send the request there.", place);
    response_clear(res);
    res->status = 308;
    res->content_type = "text/plain; charset=utf-8";
    response_header(res, "Location", arena_printf(arena, "%s%s", place, target));
    text_buf_printf(&res->body, "This library is at %s/\n", place);
    return OK;
}
