/*
 * discovery_router.c — what somebody who has nothing in mind may look at, over HTTP.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "search/recommend_service.h"
#include "search/terms_service.h"

#define SHOWN_DEFAULT 10

struct how_many {
    int64_t limit; /* NO_NUMBER: SHOWN_DEFAULT */
};

static enum error_kind read_limit(struct request *req, size_t *out_max)
{
    struct how_many asked = {.limit = NO_NUMBER};

    TRY(request_query_fields(req, &asked));
    *out_max = (size_t)(asked.limit == NO_NUMBER ? SHOWN_DEFAULT : asked.limit);
    return OK;
}

static enum error_kind list_popular(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct popular_query queries[POPULAR_QUERIES_MAX];
    size_t max, count;

    TRY(read_limit(req, &max));
    TRY(terms_popular(req->ctx, max, queries, &count));
    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(w);
        json_member_text(w, "term", queries[i].term);
        json_member_int(w, "asked", queries[i].asked);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static void write_reason(struct json_writer *w, const struct recommendation *one)
{
    json_key(w, "reason");
    json_object_begin(w);
    json_member_text(w, "kind", recommend_why_name(one->why));
    json_key(w, "book_id");
    if (one->because)
        json_uuid(w, &one->because_id);
    else
        json_null(w);
    json_member_text(w, "title", one->because);
    json_key(w, "readers");
    if (one->readers > 0)
        json_int(w, one->readers);
    else
        json_null(w);
    json_member_text(w, "member_type", one->member_type);
    json_object_end(w);
}

static enum error_kind write_all(struct request *req, struct response *res,
                                 const struct recommendation *recommendations, size_t count)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(w);
        json_key(w, "book");
        TRY(recommend_show(req->ctx, &recommendations[i], response_row(res)));
        write_reason(w, &recommendations[i]);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static enum error_kind recommend_to_member(struct request *req, struct response *res)
{
    struct recommendation recommendations[RECOMMENDATIONS_MAX];
    struct uuid member;
    size_t max, count;

    TRY(request_uuid(req, "memberId", &member));
    TRY(read_limit(req, &max));
    TRY(recommend_for_member(req->ctx, &member, max, recommendations, &count));
    return write_all(req, res, recommendations, count);
}

static enum error_kind list_similar(struct request *req, struct response *res)
{
    struct recommendation recommendations[RECOMMENDATIONS_MAX];
    struct uuid book;
    size_t max, count;

    TRY(request_uuid(req, "id", &book));
    TRY(read_limit(req, &max));
    TRY(recommend_similar(req->ctx, &book, max, recommendations, &count));
    return write_all(req, res, recommendations, count);
}

/* clang-format off */
static const struct reply_field query_fields[] = {
    {"term", COLUMN_TEXT, .meaning = "As it was typed last"},
    {"asked", COLUMN_INTEGER, .meaning = "How often; the same within a few minutes counts once"},
    {0},
};

static const struct reply_field queries_fields[] = {
    {"data", .fields = query_fields, .many = true, .meaning = "The most popular first"},
    {0},
};

static const struct reply_field reason_fields[] = {
    {"kind", COLUMN_TEXT, .meaning = "readers_also, readers_like_you, popular or new"},
    {"book_id", COLUMN_UUID, .nullable = true, .meaning = "readers_also: the title that they had as well"},
    {"title", COLUMN_TEXT, .nullable = true, .meaning = "… and what it is called"},
    {"readers", COLUMN_INTEGER, .nullable = true,
     .meaning = "readers_also: how many had both; readers_like_you: how many of them borrowed it lately"},
    {"member_type", COLUMN_TEXT, .nullable = true, .meaning = "readers_like_you: the type of member"},
    {0},
};

static const struct reply_field recommendation_fields[] = {
    {"book", .row = &books_listing, .meaning = "The title"},
    {"reason", .fields = reason_fields, .meaning = "Why it is named; never who"},
    {0},
};

static const struct reply_field recommendations_fields[] = {
    {"data", .fields = recommendation_fields, .many = true, .meaning = "The best first"},
    {0},
};

static const struct reply queries_reply = {"PopularQueries", queries_fields};
static const struct reply recommendations_reply = {"Recommendations", recommendations_fields};

static const struct field popular_query_fields[] = {
    {"limit", FIELD_INTEGER, OPTIONAL, 1, POPULAR_QUERIES_MAX, AT(struct how_many, limit), "At most so many (default 10)"},
    {0},
};

static const struct field recommend_query_fields[] = {
    {"limit", FIELD_INTEGER, OPTIONAL, 1, RECOMMENDATIONS_MAX, AT(struct how_many, limit), "At most so many (default 10)"},
    {0},
};

const struct route discovery_routes[] = {
    {GET, "/search/popular-queries", ANYONE, READS, LIMIT_READ, list_popular, "What the catalogue is often asked for",
     .reply = &queries_reply, .query = popular_query_fields, .catalogue = true},
    {GET, "/books/recommended/{memberId}", MEMBER, READS, LIMIT_READ, recommend_to_member,
     "Titles that may please a member, and why", .reply = &recommendations_reply, .query = recommend_query_fields,
     .own = "memberId",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/books/{id}/similar", ANYONE, READS, LIMIT_READ, list_similar,
     "What readers of a title also borrowed", .reply = &recommendations_reply, .query = recommend_query_fields,
     .catalogue = true,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {0},
};
/* clang-format on */
