/*
 * body.c — bytes go to memory outside the arena: an upload may be larger than what an arena may hold, and a
 * buffer that grows would leave its smaller selves behind there.
 */
#include "http/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define FIRST_ROOM (16 * 1024) /* of a body whose length is not announced */

bool body_is_announced(const struct request *req)
{
    const char *length = request_header(req, "Content-Length");

    return (length && strspn(length, "0") != strlen(length)) || request_header(req, "Transfer-Encoding");
}

static char *resized(char *bytes, size_t room)
{
    char *grown = realloc(bytes, room + 1);

    if (!grown)
        abort();
    return grown;
}

/* `announced`: how many bytes must come; -1: as many as do, up to max. */
static enum error_kind read_all(struct request *req, size_t max, int64_t announced, body_source *read,
                                void *connection, char **bytes)
{
    size_t room = announced >= 0 ? (size_t)announced : (max < FIRST_ROOM ? max + 1 : FIRST_ROOM);
    size_t used = 0;

    *bytes = resized(NULL, room);
    while (announced < 0 || used < (size_t)announced) {
        if (used == room) {
            room = room * 2 < max ? room * 2 : max + 1;
            *bytes = resized(*bytes, room);
        }
        int got = read(connection, *bytes + used, room - used);
        if (got < 0 || (got == 0 && announced >= 0))
            return fail(req->ctx, BAD_REQUEST, "The body did not arrive completely.");
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > max)
            return fail(req->ctx, BODY_TOO_LARGE, "The body may have at most %zu bytes.", max);
    }
    (*bytes)[used] = '\0';
    req->body = *bytes;
    req->body_length = used;
    return OK;
}

enum error_kind body_read(struct request *req, size_t max, body_source *read, void *connection)
{
    const char *length = request_header(req, "Content-Length");
    int64_t announced = -1;
    char *bytes = NULL;

    if (!body_is_announced(req))
        return OK;
    if (length && (!text_to_int64(length, &announced) || announced > (int64_t)max))
        return fail(req->ctx, BODY_TOO_LARGE, "The body may have at most %zu bytes.", max);
    enum error_kind kind = read_all(req, max, announced, read, connection, &bytes);
    arena_defer(req->ctx->arena, free, bytes);
    return kind;
}
