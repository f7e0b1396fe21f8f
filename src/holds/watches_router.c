/*
 * watches_router.c — telling me when it is back.
 */
#include "holds/watches_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static enum error_kind add_watch(struct request *req, struct response *res)
{
    struct watch_request request = {0};
    struct uuid book;

    (void)res;
    TRY(request_uuid(req, "id", &book));
    request_body(req, &request);
    return watches_add(req->ctx, &book, &request);
}

static enum error_kind remove_watch(struct request *req, struct response *res)
{
    struct watch_request request = {0};
    struct uuid book;

    (void)res;
    TRY(request_uuid(req, "id", &book));
    TRY(request_query_fields(req, &request));
    return watches_remove(req->ctx, &book, &request);
}

static enum error_kind list_watches(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct title_watch *watch;
    struct uuid member;

    TRY(request_uuid(req, "id", &member));
    TRY(watches_list(req->ctx, &member, &watch));
    json_object_begin(json);
    json_key(json, "watches");
    json_array_begin(json);
    for (; watch; watch = watch->next) {
        json_object_begin(json);
        json_member_uuid(json, "book_id", &watch->book_id);
        json_member_text(json, "title", watch->title);
        json_member_text(json, "author", watch->author);
        json_member_instant(json, "created_at", watch->created_at);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static const struct reply_field watch_shape[] = {
    {"book_id", COLUMN_UUID, false, "The title"},
    {"title", COLUMN_TEXT, false, "Title proper"},
    {"author", COLUMN_TEXT, false, "Author"},
    {"created_at", COLUMN_INSTANT, false, "Since when it is watched"},
    {0},
};

static const struct reply_field watches_shape[] = {
    {"watches", .meaning = "All of them, newest first", .fields = watch_shape, .many = true},
    {0},
};

static const struct reply watches_reply = {"Watches", watches_shape};

/* clang-format off */
const struct route watches_routes[] = {
    {POST, "/books/{id}/watch", MEMBER, WRITES, LIMIT_WRITE, add_watch,
     "Be told, once, when a title is on the shelf again", .body = watch_fields,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_CONFLICT,
                      ERR_NO_MEMBER_RECORD)},
    {DELETE, "/books/{id}/watch", MEMBER, WRITES, LIMIT_WRITE, remove_watch, "Be told no more", .query = watch_fields,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_NO_MEMBER_RECORD)},
    {GET, "/members/{id}/watches", MEMBER, READS, LIMIT_READ, list_watches, "The titles that a member watches",
     .reply = &watches_reply, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {0},
};
/* clang-format on */
