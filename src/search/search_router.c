/*
 * search_router.c — searching over HTTP.
 */
#include "http/list_query.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "search/search_service.h"

static void write_meta(struct json_writer *w, const struct list_query *query, const struct book_hits *hits)
{
    json_key(w, "meta");
    json_object_begin(w);
    json_member_int(w, "total", hits->total);
    json_member_int(w, "limit", query->limit);
    json_member_int(w, "offset", query->offset);
    json_member_bool(w, "has_more", query->offset + (int64_t)hits->count < hits->total);
    json_member_text(w, "did_you_mean", hits->did_you_mean);
    json_object_end(w);
}

static enum error_kind find_books(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct book_hits hits;

    TRY(list_query_read(req));
    if (req->list.cursor)
        return fail(req->ctx, INVALID_PARAMETER, "A ranked search has no cursor. Use limit and offset.");
    TRY(search_books(req->ctx, &req->list, &hits));
    json_object_begin(w);
    json_key(w, "data");
    TRY(search_show_books(req->ctx, &hits, response_array(res)));
    response_array_end(res);
    write_meta(w, &req->list, &hits);
    json_object_end(w);
    return OK;
}

static enum error_kind suggest(struct request *req, struct response *res)
{
    struct suggestion suggestions[SUGGESTIONS_MAX];
    struct json_writer *w = response_json(res);
    size_t count;

    TRY(list_query_read(req));
    TRY(search_suggest(req->ctx, req->list.search ? req->list.search : "", suggestions, &count));
    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(w);
        json_member_text(w, "kind", suggestions[i].kind);
        json_member_text(w, "text", suggestions[i].text);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return OK;
}

/* clang-format off */
static const struct reply_field meta_fields[] = {
    {"total", COLUMN_INTEGER, .meaning = "How many titles match"},
    {"limit", COLUMN_INTEGER, .meaning = "As asked for"},
    {"offset", COLUMN_INTEGER, .meaning = "As asked for"},
    {"has_more", COLUMN_BOOL, .meaning = "More come after this page"},
    {"did_you_mean", COLUMN_TEXT, .nullable = true,
     .meaning = "Nothing has the words that were typed: these were looked for"},
    {0},
};

static const struct reply_field found_fields[] = {
    {"data", .row = &books_listing, .many = true, .meaning = "Best first"},
    {"meta", .fields = meta_fields, .meaning = "Of the page"},
    {0},
};

static const struct reply_field suggestion_fields[] = {
    {"kind", COLUMN_TEXT, .meaning = "title, author or word"},
    {"text", COLUMN_TEXT, .meaning = "What may be meant"},
    {0},
};

static const struct reply_field suggestions_fields[] = {
    {"data", .fields = suggestion_fields, .many = true, .meaning = "Titles, then authors, then words: at most ten"},
    {0},
};

static const struct reply found_reply = {"FoundBooks", found_fields};
static const struct reply suggestions_reply = {"Suggestions", suggestions_fields};

/* Read as those of GET /books are. */
static const struct field find_query[] = {
    {"q", FIELD_TEXT, OPTIONAL, 1, SEARCH_TERM_MAX, 0,
     "Words, all of which must be found in title, author or ISBN, as any part of their words"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, LIST_LIMIT_MAX, 0, "Rows of the page (default 20)"},
    {"offset", FIELD_INTEGER, OPTIONAL, 0, LIST_OFFSET_MAX, 0, "Rows left out before it"},
    {"archived", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: archived titles instead of the live ones"},
    {"genre", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Genre or subject, whole"},
    {"author", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Author's name or any part of it"},
    {"year_from", FIELD_INTEGER, OPTIONAL, BOOK_YEAR_MIN, BOOK_YEAR_MAX, 0, "First year"},
    {"year_to", FIELD_INTEGER, OPTIONAL, BOOK_YEAR_MIN, BOOK_YEAR_MAX, 0, "Last year"},
    {"language", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Language code; en finds en-US too"},
    {"available", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: titles that can be lent now"},
    {"item_type", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Kind of thing"},
    {"isbn", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "ISBN-10 or ISBN-13, or the library's own identifier"},
    {0},
};

static const struct field suggest_query[] = {
    {"q", FIELD_TEXT, OPTIONAL, 1, SEARCH_TERM_MAX, 0, "What was typed so far"},
    {0},
};

const struct route search_routes[] = {
    {GET, "/search/books", ANYONE, READS, LIMIT_SEARCH, find_books, "Find titles, the best first",
     .reply = &found_reply, .query = find_query, .catalogue = true},
    {GET, "/search/suggestions", ANYONE, READS, LIMIT_TYPING, suggest, "What somebody who is typing may mean",
     .reply = &suggestions_reply, .query = suggest_query, .catalogue = true},
    {0},
};
/* clang-format on */
