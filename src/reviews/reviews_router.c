/*
 * reviews_router.c — reviews over HTTP: everybody reads what is shown, readers write, the staff decides.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "reviews/reviews_service.h"

static enum error_kind list_reviews(struct request *req, struct response *res)
{
    return reviews_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_own(struct request *req, struct response *res)
{
    return reviews_list_own(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_shown(struct request *req, struct response *res)
{
    struct uuid book;

    TRY(request_uuid(req, "id", &book));
    return reviews_list_shown(req->ctx, &book, &req->list, response_page(res));
}

static enum error_kind show_own(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct own_review own;
    struct uuid book;

    TRY(request_uuid(req, "id", &book));
    TRY(reviews_own_of(req->ctx, &book, &own));
    json_object_begin(json);
    json_member_bool(json, "may_review", own.why_not == NULL);
    json_member_text(json, "why_not", own.why_not);
    json_key(json, "review");
    if (own.id)
        TRY(reviews_show(req->ctx, own.id, response_row(res)));
    else
        json_null(json);
    json_object_end(json);
    return OK;
}

static enum error_kind write_review(struct request *req, struct response *res)
{
    struct review_facts facts = {0};
    struct review review;
    struct uuid book;

    TRY(request_uuid(req, "id", &book));
    request_body(req, &facts);
    TRY(reviews_write(req->ctx, &book, &facts, &review));
    return reviews_show(req->ctx, review.id, response_row(res));
}

static enum error_kind update_review(struct request *req, struct response *res)
{
    struct review_facts facts;
    struct review review;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(reviews_find_own(req->ctx, &uuid, &review));
    facts = review.facts;
    request_body(req, &facts);
    TRY(reviews_update(req->ctx, &review, &facts, request_expected_version(req)));
    return reviews_show(req->ctx, review.id, response_row(res));
}

static enum error_kind remove_review(struct request *req, struct response *res)
{
    struct review review;
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    TRY(reviews_find_own(req->ctx, &uuid, &review));
    return reviews_remove(req->ctx, &review, request_expected_version(req));
}

static enum error_kind decide_review(struct request *req, struct response *res)
{
    struct review_decision decision = {0};
    struct review review;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &decision);
    TRY(reviews_decide(req->ctx, &uuid, &decision, request_expected_version(req), &review));
    return reviews_show(req->ctx, review.id, response_row(res));
}

/* clang-format off */
static const struct reply_field own_shape[] = {
    {"may_review", COLUMN_BOOL, .meaning = "May the reader write one, or change theirs?"},
    {"why_not", COLUMN_TEXT, .nullable = true, .meaning = "For people; null: they may"},
    {"review", .row = &reviews_listing, .nullable = true, .meaning = "What they have said; null: nothing yet"},
    {0},
};

static const struct reply own_reply = {"OwnReview", own_shape};

const struct route reviews_routes[] = {
    {GET, "/reviews", LIBRARIAN, READS, LIMIT_SEARCH, list_reviews, "List reviews, newest first; those that wait",
     .list = &reviews_listing},
    {GET, "/reviews/own", MEMBER, READS, LIMIT_SEARCH, list_own, "List the reviews of the reader who asks",
     .list = &reviews_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD)},
    {GET, "/books/{id}/reviews", ANYONE, READS, LIMIT_SEARCH, list_shown, "List a title's reviews that are shown, without names",
     .list = &shown_reviews_listing, .catalogue = true,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_REVIEWS_ARE_OFF)},
    {GET, "/books/{id}/reviews/own", MEMBER, READS, LIMIT_READ, show_own, "What the reader who asks said of a title, or may say",
     .reply = &own_reply,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD)},
    {POST, "/books/{id}/reviews", MEMBER, WRITES, LIMIT_WRITE, write_review, "Review a title: stars, and words if one likes",
     .body = review_fields, .one = &reviews_listing, .status = 201,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_CONFLICT, ERR_AUTH_IS_OFF,
                      ERR_NO_MEMBER_RECORD, ERR_REVIEWS_ARE_OFF)},
    {PUT, "/reviews/{id}", MEMBER, WRITES, LIMIT_WRITE, update_review, "Change one's own review; other words wait anew",
     .body = review_fields, .body_use = FIELDS_EDIT, .one = &reviews_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_REVIEW_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD,
                      ERR_REVIEWS_ARE_OFF, ERR_PRECONDITION_FAILED)},
    {DELETE, "/reviews/{id}", MEMBER, WRITES, LIMIT_WRITE, remove_review, "Take one's own review back, for good",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_REVIEW_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD,
                      ERR_PRECONDITION_FAILED)},
    {POST, "/reviews/{id}/decide", LIBRARIAN, WRITES, LIMIT_WRITE, decide_review, "Show a review or refuse it",
     .body = review_decision_fields, .one = &reviews_listing,
     .errors = ERRORS(ERR_REVIEW_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {0},
};
/* clang-format on */
