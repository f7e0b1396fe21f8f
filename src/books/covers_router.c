/*
 * covers_router.c — pictures of titles over HTTP: bytes in, the same bytes out.
 */
#include "base/arena.h"
#include "books/books.h"
#include "books/covers_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/*
 * Whoever has it asks whether it is still the one (304 then): a catalogue that is closed, or a picture that is taken
 * away, is so at once in every browser. `private`: what only readers may see is in no proxy's cache.
 */
#define COVER_CACHING "private, no-cache"

static enum error_kind show_cover(struct request *req, struct response *res)
{
    char tag[DIGEST_HEX_SIZE];
    struct cover cover;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(covers_find(req->ctx, &uuid, &cover));
    digest_format(&cover.sha256, tag);
    response_header(res, "ETag", arena_printf(req->ctx->arena, "\"%s\"", tag));
    response_header(res, "Cache-Control", COVER_CACHING);
    res->content_type = cover.picture.media_type;
    res->static_body = cover.bytes;
    res->static_length = cover.length;
    return OK;
}

static enum error_kind put_cover(struct request *req, struct response *res)
{
    struct uuid uuid;
    int64_t book_id;

    TRY(request_uuid(req, "id", &uuid));
    TRY(covers_put(req->ctx, &uuid, req->body_type, req->body, req->body_length, &book_id));
    return covers_show_book(req->ctx, book_id, response_row(res));
}

static enum error_kind remove_cover(struct request *req, struct response *res)
{
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    return covers_remove(req->ctx, &uuid);
}

/* clang-format off */
const struct route covers_routes[] = {
    {GET, "/books/{id}/cover", ANYONE, READS, LIMIT_READ, show_cover, "The picture of a title",
     .gives = cover_media_types, .catalogue = true,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_COVER_NOT_FOUND)},
    {PUT, "/books/{id}/cover", LIBRARIAN, WRITES, LIMIT_PICTURE, put_cover, "Give a title a picture",
     .takes = cover_media_types, .one = &books_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_IMAGE_UNREADABLE)},
    {DELETE, "/books/{id}/cover", LIBRARIAN, WRITES, LIMIT_WRITE, remove_cover, "Take a title's picture away",
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_COVER_NOT_FOUND)},
    {0},
};
/* clang-format on */
