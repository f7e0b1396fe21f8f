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
    json_member_text(w, "perhaps", hits->perhaps);
    json_key(w, "perhaps_total");
    if (hits->perhaps)
        json_int(w, hits->perhaps_total);
    else
        json_null(w);
    json_object_end(w);
}

static void write_facet(struct json_writer *w, const struct named_facet *facet)
{
    json_key(w, facet->name);
    json_array_begin(w);
    for (size_t i = 0; i < facet->count; i++) {
        json_object_begin(w);
        json_member_text(w, "value", facet->values[i].value);
        json_member_text(w, "name", facet->values[i].name);
        json_member_int(w, "count", facet->values[i].count);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_facets(struct json_writer *w, const struct named_facets *facets)
{
    json_key(w, "facets");
    if (!facets) {
        json_null(w);
        return;
    }
    json_object_begin(w);
    for (size_t i = 0; i < NAMED_FACETS; i++)
        write_facet(w, &facets->facets[i]);
    json_object_end(w);
}

/* What a ranked search is asked besides a list's query. */
struct find_options {
    bool facets, said;
};

static enum error_kind read_find_query(struct request *req, struct find_options *out_options)
{
    TRY(list_query_read(req));
    if (req->list.cursor)
        return fail(req->ctx, INVALID_PARAMETER, "A ranked search has no cursor. Use limit and offset.");
    TRY(request_query_bool(req, "facets", false, &out_options->facets));
    return request_query_bool(req, "said", false, &out_options->said);
}

static enum error_kind find_books(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct find_options options = {0};
    struct named_facets facets;
    struct book_hits hits;

    TRY(read_find_query(req, &options));
    TRY(search_books(req->ctx, &req->list, &hits));
    if (options.said)
        TRY(search_said(req->ctx, &req->list, &hits));
    if (options.facets)
        TRY(search_facets(req->ctx, &req->list, &hits, &facets));
    json_object_begin(w);
    json_key(w, "data");
    TRY(search_show_books(req->ctx, &hits, response_array(res)));
    response_array_end(res);
    write_facets(w, options.facets ? &facets : NULL);
    write_meta(w, &req->list, &hits);
    json_object_end(w);
    return OK;
}

static enum error_kind count_facets(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct named_facets facets;

    TRY(list_query_read(req));
    TRY(search_facets(req->ctx, &req->list, NULL, &facets));
    json_object_begin(w);
    json_member_int(w, "total", facets.total);
    write_facets(w, &facets);
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
    {"perhaps", COLUMN_TEXT, .nullable = true,
     .meaning = "Few titles have the words that were typed: near words that far more have"},
    {"perhaps_total", COLUMN_INTEGER, .nullable = true, .meaning = "How many those are"},
    {0},
};

static const struct reply_field value_fields[] = {
    {"value", COLUMN_TEXT, .meaning = "As the filter of the facet's name takes it; of a decade its first year"},
    {"name", COLUMN_TEXT, .meaning = "As the library writes it"},
    {"count", COLUMN_INTEGER, .meaning = "Titles that have it and match everything but this facet's own filter"},
    {0},
};

/* At most FACET_VALUES_MAX of each. */
static const struct reply_field facet_fields[] = {
    {"genre", .fields = value_fields, .many = true, .meaning = "Genres and subjects, the most common first"},
    {"author_name", .fields = value_fields, .many = true, .meaning = "Authors, the most common first"},
    {"decade", .fields = value_fields, .many = true,
     .meaning = "Decades, the latest first: year_from is the value, year_to nine years later"},
    {"language", .fields = value_fields, .many = true, .meaning = "Languages; en-US counts as en"},
    {"item_type", .fields = value_fields, .many = true, .meaning = "Kinds of things"},
    {"available", .fields = value_fields, .many = true, .meaning = "true: can be lent now; false"},
    {0},
};

static const struct reply_field counted_fields[] = {
    {"total", COLUMN_INTEGER, .meaning = "Titles that match all that is asked"},
    {"facets", .fields = facet_fields, .meaning = "What they can be narrowed down by"},
    {0},
};

static const struct reply counted_reply = {"Facets", counted_fields};

static const struct reply_field found_fields[] = {
    {"data", .row = &books_listing, .many = true, .meaning = "Best first"},
    {"facets", .fields = facet_fields, .nullable = true, .meaning = "With facets=true, else null"},
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
#define SEARCHED \
    {"q", FIELD_TEXT, OPTIONAL, 1, SEARCH_TERM_MAX, 0, \
     "Words, all of which must be found in title, author or ISBN, as any part of their words"}, \
    {"archived", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: archived titles instead of the live ones; for the staff"}, \
    {"genre", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Genre or subject, whole"}, \
    {"author", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Author's name or any part of it"}, \
    {"author_name", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Author's whole name; of several, one of them"}, \
    {"year_from", FIELD_INTEGER, OPTIONAL, BOOK_YEAR_MIN, BOOK_YEAR_MAX, 0, "First year"}, \
    {"year_to", FIELD_INTEGER, OPTIONAL, BOOK_YEAR_MIN, BOOK_YEAR_MAX, 0, "Last year"}, \
    {"language", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Language code; en finds en-US too"}, \
    {"available", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: titles that can be lent now"}, \
    {"item_type", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "Kind of thing"}, \
    {"isbn", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, 0, "ISBN-10 or ISBN-13, or the library's own identifier"},

static const struct field find_query[] = {
    SEARCHED
    {"limit", FIELD_INTEGER, OPTIONAL, 1, LIST_LIMIT_MAX, 0, "Rows of the page (default 20)"},
    {"offset", FIELD_INTEGER, OPTIONAL, 0, LIST_OFFSET_MAX, 0, "Rows left out before it"},
    {"facets", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: what the titles can be narrowed down by, too"},
    {"said", FIELD_BOOL, OPTIONAL, 0, 0, 0,
     "true: somebody has finished typing this. Only such questions count as popular ones, never by whom they are asked"},
    {0},
};

static const struct field facets_query[] = {SEARCHED {0}};

static const struct field suggest_query[] = {
    {"q", FIELD_TEXT, OPTIONAL, 1, SEARCH_TERM_MAX, 0, "What was typed so far"},
    {0},
};

const struct route search_routes[] = {
    {GET, "/search/books", ANYONE, READS, LIMIT_SEARCH, find_books, "Find titles, the best first",
     .reply = &found_reply, .query = find_query, .catalogue = true,
     .errors = ERRORS(ERR_UNAUTHENTICATED, ERR_FORBIDDEN)},
    {GET, "/search/facets", ANYONE, READS, LIMIT_TYPING, count_facets, "What the titles found can be narrowed down by",
     .reply = &counted_reply, .query = facets_query, .catalogue = true,
     .errors = ERRORS(ERR_UNAUTHENTICATED, ERR_FORBIDDEN)},
    {GET, "/search/suggestions", ANYONE, READS, LIMIT_TYPING, suggest, "What somebody who is typing may mean",
     .reply = &suggestions_reply, .query = suggest_query, .catalogue = true},
    {0},
};
/* clang-format on */
