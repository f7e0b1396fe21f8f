/*
 * lookup_router.c — looking a title up elsewhere: the desk asks, an administrator says where.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "lookup/lookup_service.h"

/* ---- targets ------------------------------------------------------------------------------------------- */

static enum error_kind list_targets(struct request *req, struct response *res)
{
    return lookup_list_targets(req->ctx, &req->list, response_page(res));
}

static enum error_kind find_target(struct request *req, struct lookup_target *out_target)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return lookup_find_target(req->ctx, &uuid, out_target);
}

static enum error_kind show_target(struct request *req, struct response *res)
{
    struct lookup_target target;

    TRY(find_target(req, &target));
    response_version(res, target.version);
    return lookup_show_target(req->ctx, target.id, response_row(res));
}

static enum error_kind add_target(struct request *req, struct response *res)
{
    struct target_facts facts = {.enabled = true, .position = NO_NUMBER};
    struct lookup_target target;

    request_body(req, &facts);
    TRY(lookup_add_target(req->ctx, &facts, &target));
    response_version(res, target.version);
    return lookup_show_target(req->ctx, target.id, response_row(res));
}

static enum error_kind edit_target(struct request *req, struct response *res)
{
    struct lookup_target before;
    struct target_facts facts;

    TRY(find_target(req, &before));
    facts = before.facts;
    request_body(req, &facts);
    TRY(lookup_update_target(req->ctx, &before, &facts, request_expected_version(req)));
    TRY(find_target(req, &before));
    response_version(res, before.version);
    return lookup_show_target(req->ctx, before.id, response_row(res));
}

static enum error_kind delete_target(struct request *req, struct response *res)
{
    struct lookup_target target;

    (void)res;
    TRY(find_target(req, &target));
    return lookup_delete_target(req->ctx, &target);
}

static enum error_kind list_known(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);

    (void)req;
    json_object_begin(json);
    json_key(json, "data");
    json_array_begin(json);
    for (const struct known_target *known = known_targets; known->name; known++) {
        json_object_begin(json);
        json_member_text(json, "name", known->name);
        json_member_text(json, "kind", known->kind);
        json_member_text(json, "address", known->address);
        json_member_text(json, "about", known->about);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* ---- asking -------------------------------------------------------------------------------------------- */

static enum error_kind begin_lookup(struct request *req, struct response *res)
{
    struct lookup_question question = {0};

    (void)res;
    req->state = arena_alloc(req->ctx->arena, sizeof(struct lookup));
    TRY(request_query_fields(req, &question));
    return lookup_begin(req->ctx, &question, req->state);
}

static enum error_kind begin_test(struct request *req, struct response *res)
{
    struct uuid uuid;

    (void)res;
    req->state = arena_alloc(req->ctx->arena, sizeof(struct lookup));
    TRY(request_uuid(req, "id", &uuid));
    return lookup_begin_test(req->ctx, &uuid, req->state);
}

static enum error_kind run_lookup(struct request *req, struct response *res)
{
    (void)res;
    return lookup_run(req->ctx, req->state);
}

static void write_result(struct json_writer *json, const struct lookup_result *result)
{
    bool ok = result->outcome == NET_OK;

    json_object_begin(json);
    json_member_uuid(json, "id", &result->target->uuid);
    json_member_text(json, "name", result->target->facts.name);
    json_member_bool(json, "ok", ok && !result->skipped);
    json_member_text(json, "error",
                     result->skipped ? "isbn_only"
                     : ok            ? NULL
                                     : net_outcome_name(result->outcome));
    json_member_text(json, "message",
                     result->skipped ? "It was not asked: it can be asked for an ISBN only."
                                     : net_outcome_sentence(result->outcome));
    json_member_text(json, "detail", result->detail);
    json_member_int(json, "found", result->found);
    json_member_int(json, "ms", result->ms);
    json_object_end(json);
}

static void write_facts(struct json_writer *json, const struct book_facts *facts)
{
    json_member_text(json, "title", facts->title);
    json_member_text(json, "subtitle", facts->subtitle);
    json_member_text(json, "author", facts->author);
    json_member_text(json, "isbn", facts->isbn);
    json_member_text(json, "publisher", facts->publisher);
    json_member_text(json, "edition", facts->edition);
    json_key(json, "year");
    if (facts->year == NO_NUMBER)
        json_null(json);
    else
        json_int(json, facts->year);
    json_member_text(json, "language", facts->language);
    json_member_text(json, "description", facts->description);
    json_member_text(json, "item_type", facts->item_type);
    json_key(json, "categories");
    json_array_begin(json);
    for (size_t i = 0; i < facts->categories.count; i++)
        json_text(json, facts->categories.items[i]);
    json_array_end(json);
}

static void write_record(struct json_writer *json, const struct lookup_record *record)
{
    json_object_begin(json);
    json_member_text(json, "source", record->target->facts.name);
    json_key(json, "present");
    if (record->is_present) {
        json_object_begin(json);
        json_member_uuid(json, "id", &record->present.uuid);
        json_member_text(json, "title", record->present.title);
        json_member_bool(json, "archived", record->present.archived);
        json_object_end(json);
    } else {
        json_null(json);
    }
    json_key(json, "book");
    json_object_begin(json);
    write_facts(json, &record->facts);
    json_object_end(json);
    json_member_text(json, "marc", record->marc);
    json_object_end(json);
}

static enum error_kind answer_lookup(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct lookup *lookup = req->state;

    TRY(lookup_compare(req->ctx, lookup));
    json_object_begin(json);
    json_key(json, "records");
    json_array_begin(json);
    for (const struct lookup_record *record = lookup->answer.records; record; record = record->next)
        write_record(json, record);
    json_array_end(json);
    json_key(json, "targets");
    json_array_begin(json);
    for (size_t i = 0; i < lookup->count; i++)
        write_result(json, &lookup->answer.results[i]);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind answer_test(struct request *req, struct response *res)
{
    const struct lookup *lookup = req->state;

    write_result(response_json(res), &lookup->answer.results[0]);
    return OK;
}

/* clang-format off */
static const struct reply_field known_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "What people read"},
    {"kind", COLUMN_TEXT, .meaning = "z3950, sru or json"},
    {"address", COLUMN_TEXT, .meaning = "As POST /lookup/targets takes it"},
    {"about", COLUMN_TEXT, .meaning = "What it is good for"},
    {0},
};

static const struct reply_field known_list_shape[] = {
    {"data", .fields = known_shape, .many = true, .meaning = "Catalogues that anybody may ask, as their libraries publish them"},
    {0},
};

static const struct reply known_reply = {"KnownTargets", known_list_shape};

static const struct reply_field result_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The target"},
    {"name", COLUMN_TEXT, .meaning = "Its name"},
    {"ok", COLUMN_BOOL, .meaning = "It has answered"},
    {"error", COLUMN_TEXT, true, "Why not: no_connection, timed_out, not_trusted, unreadable, resting …; isbn_only: it was not asked"},
    {"message", COLUMN_TEXT, .meaning = "The same for people"},
    {"detail", COLUMN_TEXT, true, "What the target itself says of it"},
    {"found", COLUMN_INTEGER, .meaning = "Titles it has; at most 20 are shown"},
    {"ms", COLUMN_INTEGER, .meaning = "How long it took"},
    {0},
};

static const struct reply_field present_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The title here"},
    {"title", COLUMN_TEXT, .meaning = "Its name"},
    {"archived", COLUMN_BOOL, .meaning = "It is in the archive"},
    {0},
};

static const struct reply_field found_shape[] = {
    {"title", COLUMN_TEXT, .meaning = "Title proper"},
    {"subtitle", COLUMN_TEXT, true, "Subtitle"},
    {"author", COLUMN_TEXT, .meaning = "Authors, parted by “; ”"},
    {"isbn", COLUMN_TEXT, true, "ISBN"},
    {"publisher", COLUMN_TEXT, true, "Publisher"},
    {"edition", COLUMN_TEXT, true, "Edition"},
    {"year", COLUMN_INTEGER, true, "Year of publication"},
    {"language", COLUMN_TEXT, true, "Language"},
    {"description", COLUMN_TEXT, true, "Description"},
    {"item_type", COLUMN_TEXT, true, "Code of the item type; null: not told"},
    {"categories", COLUMN_TEXT, .many = true, .meaning = "Categories"},
    {0},
};

static const struct reply_field record_shape[] = {
    {"source", COLUMN_TEXT, .meaning = "Name of the target"},
    {"present", .fields = present_shape, .nullable = true, .meaning = "This title in our own catalogue; null: it is not there"},
    {"book", .fields = found_shape, .meaning = "As POST /books takes it"},
    {"marc", COLUMN_TEXT, true, "The record it was read from, as MARCXML, for PUT /books/{id}/marc; null: there is none"},
    {0},
};

static const struct reply_field lookup_shape[] = {
    {"records", .fields = record_shape, .many = true, .meaning = "What was found, target by target"},
    {"targets", .fields = result_shape, .many = true, .meaning = "How it went with each; none: no catalogue is set up"},
    {0},
};

static const struct reply lookup_reply = {"Lookup", lookup_shape};
static const struct reply test_reply = {"LookupTest", result_shape};

const struct route lookup_routes[] = {
    {GET, "/lookup", LIBRARIAN, READS, LIMIT_SEARCH, answer_lookup, "Ask other libraries' catalogues for a title",
     .query = lookup_question_fields, .reply = &lookup_reply, .prepare = begin_lookup, .compute = run_lookup,
     .errors = ERRORS(ERR_VALIDATION_ERROR)},
    {GET, "/lookup/known", ADMIN, UNMANAGED, LIMIT_READ, list_known, "Catalogues that anybody may ask, to choose from",
     .reply = &known_reply},
    {GET, "/lookup/targets", LIBRARIAN, READS, LIMIT_SEARCH, list_targets, "List the catalogues that are asked", .list = &targets_listing},
    {POST, "/lookup/targets", ADMIN, WRITES, LIMIT_WRITE, add_target, "Enter a catalogue to ask", .body = target_fields,
     .one = &targets_listing, .status = 201,
     .errors = ERRORS(ERR_CONFLICT, ERR_DUPLICATE_TARGET)},
    {GET, "/lookup/targets/{id}", LIBRARIAN, READS, LIMIT_READ, show_target, "Show a catalogue that is asked", .one = &targets_listing,
     .errors = ERRORS(ERR_TARGET_NOT_FOUND)},
    {PUT, "/lookup/targets/{id}", ADMIN, WRITES, LIMIT_WRITE, edit_target, "Change a catalogue that is asked",
     .body = target_edit_fields, .body_use = FIELDS_EDIT, .one = &targets_listing,
     .errors = ERRORS(ERR_TARGET_NOT_FOUND, ERR_DUPLICATE_TARGET, ERR_PRECONDITION_FAILED)},
    {DELETE, "/lookup/targets/{id}", ADMIN, WRITES, LIMIT_WRITE, delete_target, "Ask a catalogue no more",
     .errors = ERRORS(ERR_TARGET_NOT_FOUND)},
    {POST, "/lookup/targets/{id}/test", ADMIN, READS, LIMIT_WRITE, answer_test, "Ask a catalogue for a book, to see whether it answers",
     .reply = &test_reply, .prepare = begin_test, .compute = run_lookup,
     .errors = ERRORS(ERR_TARGET_NOT_FOUND)},
    {0},
};
/* clang-format on */
