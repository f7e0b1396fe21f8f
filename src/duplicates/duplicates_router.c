/*
 * duplicates_router.c — titles that look alike, two records made one, and two again.
 */
#include "base/limits.h"
#include "duplicates/duplicates_service.h"
#include "duplicates/merges_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* ---- pairs ----------------------------------------------------------------------------------------------- */

struct pairs_query {
    const char *after;
    int64_t limit;
};

static const struct field pairs_query[] = {
    {"after", FIELD_TEXT, OPTIONAL, 1, LIST_CURSOR_MAX, AT(struct pairs_query, after),
     "Pairs after these: `next` of the page before"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, DUPLICATES_MAX, AT(struct pairs_query, limit),
     "How many at most (default 20)"},
    {0},
};

static enum error_kind write_pair(struct request *req, struct response *res, const struct title_pair *pair)
{
    struct json_writer *json = response_json(res);

    json_object_begin(json);
    json_member_text(json, "reason", likeness_name(pair->likeness));
    json_key(json, "first");
    TRY(books_show(req->ctx, pair->first_id, response_row(res)));
    json_key(json, "second");
    TRY(books_show(req->ctx, pair->second_id, response_row(res)));
    json_object_end(json);
    return OK;
}

static enum error_kind list_pairs(struct request *req, struct response *res)
{
    struct pairs_query query = {.limit = LIST_LIMIT_DEFAULT};
    struct json_writer *json = response_json(res);
    struct title_pair pairs[DUPLICATES_MAX];
    const char *next;
    size_t count;

    TRY(request_query_fields(req, &query));
    TRY(duplicates_find(req->ctx, query.after, query.limit, pairs, &count, &next));
    json_object_begin(json);
    json_key(json, "pairs");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++)
        TRY(write_pair(req, res, &pairs[i]));
    json_array_end(json);
    json_member_text(json, "next", next);
    json_object_end(json);
    return OK;
}

static enum error_kind set_apart(struct request *req, struct response *res)
{
    struct apart_facts facts = {0};

    (void)res;
    request_body(req, &facts);
    return duplicates_set_apart(req->ctx, &facts, true);
}

static enum error_kind unset_apart(struct request *req, struct response *res)
{
    struct apart_facts facts = {0};

    (void)res;
    TRY(request_query_fields(req, &facts));
    return duplicates_set_apart(req->ctx, &facts, false);
}

/* ---- merges ---------------------------------------------------------------------------------------------- */

struct preview_query {
    struct uuid with;
};

static const struct field preview_query[] = {
    {"with", FIELD_UUID, REQUIRED, 0, 0, AT(struct preview_query, with), "The record that would go"},
    {0},
};

static void write_readers(struct json_writer *json, const struct merge_reader *reader)
{
    json_key(json, "readers");
    json_array_begin(json);
    for (; reader; reader = reader->next) {
        json_object_begin(json);
        json_member_uuid(json, "id", &reader->uuid);
        json_member_text(json, "name", reader->name);
        json_member_text(json, "card", reader->card);
        json_member_text(json, "reason", reader->reason);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_preview(struct json_writer *json, const struct merge_preview *preview)
{
    json_object_begin(json);
    json_member_text(json, "obstacle", preview->obstacle);
    json_member_int(json, "copies", preview->copies);
    json_member_int(json, "loans", preview->loans);
    json_member_int(json, "open_loans", preview->open_loans);
    json_member_int(json, "holds", preview->holds);
    json_member_int(json, "open_holds", preview->open_holds);
    json_member_int(json, "holds_cancelled", preview->holds_cancelled);
    json_member_int(json, "watches", preview->watches);
    json_member_int(json, "reviews", preview->reviews);
    json_member_int(json, "reading_lists", preview->reading_lists);
    json_key(json, "categories");
    json_array_begin(json);
    for (size_t i = 0; i < preview->categories.count; i++)
        json_text(json, preview->categories.items[i]);
    json_array_end(json);
    json_member_bool(json, "cover", preview->cover);
    json_member_bool(json, "marc", preview->marc);
    write_readers(json, preview->readers);
    json_object_end(json);
}

static enum error_kind preview_merge(struct request *req, struct response *res)
{
    struct preview_query query = {0};
    struct merge_preview preview;
    struct uuid kept;

    TRY(request_uuid(req, "id", &kept));
    TRY(request_query_fields(req, &query));
    TRY(merges_preview(req->ctx, &kept, &query.with, &preview));
    write_preview(response_json(res), &preview);
    return OK;
}

static enum error_kind merge_titles(struct request *req, struct response *res)
{
    struct merge_facts facts = {0};
    struct uuid kept;
    int64_t id;

    TRY(request_uuid(req, "id", &kept));
    request_body(req, &facts);
    TRY(merges_make(req->ctx, &kept, &facts, request_expected_version(req), &id));
    return merges_show(req->ctx, id, response_row(res));
}

static enum error_kind list_merges(struct request *req, struct response *res)
{
    return merges_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind undo_merge(struct request *req, struct response *res)
{
    struct uuid uuid;
    int64_t id;

    TRY(request_uuid(req, "id", &uuid));
    TRY(merges_undo(req->ctx, &uuid, &id));
    return merges_show(req->ctx, id, response_row(res));
}

/* ---- shapes and routes ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct reply_field pair_shape[] = {
    {"reason", COLUMN_TEXT, .meaning = "What is the same: isbn, title_author_year, title_author (but another year),"
     " title_surname_year"},
    {"first", .row = &books_listing, .meaning = "The older record"},
    {"second", .row = &books_listing, .meaning = "The newer one"},
    {0},
};

static const struct reply_field pairs_shape[] = {
    {"pairs", .fields = pair_shape, .many = true, .meaning = "Two titles each; fewer than `limit` when looking took long"},
    {"next", COLUMN_TEXT, true, "For `after`; null: these were the last"},
    {0},
};

static const struct reply_field reader_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The reader"},
    {"name", COLUMN_TEXT, .meaning = "Name"},
    {"card", COLUMN_TEXT, .meaning = "Card number"},
    {"reason", COLUMN_TEXT, .meaning = "both_lent, both_ready (on the hold shelf) or lent_and_ready"},
    {0},
};

static const struct reply_field preview_shape[] = {
    {"obstacle", COLUMN_TEXT, true, "Why it cannot be done now: readers, queue, copies (of both more than a title can have) or too_many; null: it can"},
    {"copies", COLUMN_INTEGER, .meaning = "Copies that go over"},
    {"loans", COLUMN_INTEGER, .meaning = "Their loans"},
    {"open_loans", COLUMN_INTEGER, .meaning = "Of these, not returned yet"},
    {"holds", COLUMN_INTEGER, .meaning = "Holds that go over"},
    {"open_holds", COLUMN_INTEGER, .meaning = "Of these, waiting or ready"},
    {"holds_cancelled", COLUMN_INTEGER,
     .meaning = "Holds of readers who wait for both, or wait for the one and have the other: too many, and cancelled"},
    {"watches", COLUMN_INTEGER, .meaning = "Readers who want to be told when it is back"},
    {"reviews", COLUMN_INTEGER, .meaning = "Reviews that go over"},
    {"reading_lists", COLUMN_INTEGER, .meaning = "Reading lists that name it"},
    {"categories", COLUMN_TEXTS, .meaning = "Categories that the kept record gets"},
    {"cover", COLUMN_BOOL, .meaning = "The picture goes over: the kept record has none"},
    {"marc", COLUMN_BOOL, .meaning = "The original record goes over: the kept one has none"},
    {"readers", .fields = reader_shape, .many = true, .meaning = "Who stands in the way; some of them"},
    {0},
};

static const struct reply pairs_reply = {"TitlePairs", pairs_shape};
static const struct reply preview_reply = {"MergePreview", preview_shape};

const struct route duplicates_routes[] = {
    {GET, "/duplicates", LIBRARIAN, READS, LIMIT_SEARCH, list_pairs, "Titles that stand in the catalogue twice, perhaps",
     .query = pairs_query, .reply = &pairs_reply},
    {POST, "/duplicates/apart", LIBRARIAN, WRITES, LIMIT_WRITE, set_apart,
     "Two titles are different: never show them as a pair", .body = apart_fields,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {DELETE, "/duplicates/apart", LIBRARIAN, WRITES, LIMIT_WRITE, unset_apart, "Two titles may be the same after all",
     .query = apart_fields,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {GET, "/books/{id}/merge", LIBRARIAN, READS, LIMIT_READ, preview_merge, "What would move if another record became one with this",
     .query = preview_query, .reply = &preview_reply,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {POST, "/books/{id}/merge", LIBRARIAN, WRITES, LIMIT_WRITE, merge_titles, "Make one title of two",
     .body = merge_fields, .one = &merges_listing, .status = 201,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_DUPLICATE_ISBN, ERR_HAS_ACTIVE_BORROWS, ERR_HAS_HOLDS,
                      ERR_MERGE_NOT_POSSIBLE, ERR_PRECONDITION_FAILED)},
    {GET, "/merges", LIBRARIAN, READS, LIMIT_SEARCH, list_merges, "Titles made one, newest first", .list = &merges_listing},
    {POST, "/merges/{id}/undo", LIBRARIAN, WRITES, LIMIT_WRITE, undo_merge, "Make two titles of one again",
     .one = &merges_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_MERGE_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_ISBN,
                      ERR_ALREADY_UNDONE, ERR_MERGE_NOT_POSSIBLE)},
    {0},
};
/* clang-format on */
