/*
 * shelves_router.c — a barcode in the hand, barcodes for labels, copies that move to another shelf.
 */
#include "base/limits.h"
#include "copies/shelves_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* ---- a scan --------------------------------------------------------------------------------------------- */

static void write_reader(struct json_writer *json, const struct scanned_reader *reader)
{
    json_key(json, "member");
    if (!reader->name) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_uuid(json, "id", &reader->uuid);
    json_member_text(json, "name", reader->name);
    json_member_text(json, "card", reader->card);
    json_object_end(json);
}

static void write_borrow(struct json_writer *json, const struct copy_scan *scan)
{
    json_key(json, "loan");
    if (!scan->is_lent) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_uuid(json, "id", &scan->borrow_id);
    json_member_instant(json, "due_date", scan->due_at);
    write_reader(json, &scan->borrower);
    json_object_end(json);
}

static void write_hold(struct json_writer *json, const struct copy_scan *scan)
{
    json_key(json, "hold");
    if (!scan->is_held) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_uuid(json, "id", &scan->hold_id);
    json_key(json, "pickup_until");
    json_day(json, (int32_t)scan->pickup_day);
    write_reader(json, &scan->holder);
    json_object_end(json);
}

static enum error_kind scan_barcode(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct copy_scan scan;

    TRY(shelves_scan(req->ctx, request_path(req, "barcode"), &scan));
    json_object_begin(json);
    json_key(json, "copy");
    TRY(copies_show(req->ctx, scan.copy.id, response_row(res)));
    write_borrow(json, &scan);
    write_hold(json, &scan);
    json_member_int(json, "holds_waiting", scan.holds_waiting);
    json_object_end(json);
    return OK;
}

/* ---- barcodes, moving ----------------------------------------------------------------------------------- */

struct reservation {
    int64_t count;
};

static const struct field reservation_fields[] = {
    {"count", FIELD_INTEGER, REQUIRED, 1, COPY_BARCODES_MAX, AT(struct reservation, count),
     "How many labels there will be"},
    {0},
};

static void write_texts(struct json_writer *json, const char *name, const char *const *texts, size_t count)
{
    json_key(json, name);
    json_array_begin(json);
    for (size_t i = 0; i < count; i++)
        json_text(json, texts[i]);
    json_array_end(json);
}

static enum error_kind reserve_barcodes(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct reservation wanted = {0};
    const char **barcodes;

    request_body(req, &wanted);
    TRY(shelves_reserve_barcodes(req->ctx, wanted.count, &barcodes));
    json_object_begin(json);
    write_texts(json, "barcodes", barcodes, (size_t)wanted.count);
    json_object_end(json);
    return OK;
}

static enum error_kind plan_transfer(struct request *req, struct response *res)
{
    struct transfer *transfer = arena_alloc(req->ctx->arena, sizeof *transfer);

    (void)res;
    request_body(req, &transfer->facts);
    TRY(shelves_check_transfer(req->ctx, &transfer->facts));
    req->state = transfer;
    return OK;
}

static enum error_kind run_transfer(struct request *req, struct response *res)
{
    struct transfer *transfer = req->state;

    TRY(shelves_transfer_step(req->ctx, transfer, WRITER_BULK_SLICE_MS, &res->more));
    if (res->more)
        return OK;
    struct json_writer *json = response_json(res);
    json_object_begin(json);
    json_member_text(json, "shelf", transfer->facts.shelf);
    json_member_int(json, "moved", transfer->moved);
    json_member_int(json, "unchanged", transfer->unchanged);
    write_texts(json, "unknown", transfer->unknown, transfer->unknown_count);
    json_object_end(json);
    return OK;
}

/* ---- the shelves ---------------------------------------------------------------------------------------- */

struct shelves_query {
    const char *after;
    int64_t limit;
};

static const struct field shelves_query[] = {
    {"after", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct shelves_query, after),
     "Shelves after this one: `next` of the page before"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, LIST_LIMIT_MAX, AT(struct shelves_query, limit),
     "How many at most (default 20)"},
    {0},
};

static enum error_kind list_shelves(struct request *req, struct response *res)
{
    struct shelves_query query = {.limit = LIST_LIMIT_DEFAULT};
    struct json_writer *json = response_json(res);
    struct shelf_count *shelf;
    const char *last = NULL;
    bool more;

    TRY(request_query_fields(req, &query));
    TRY(shelves_list(req->ctx, query.after, query.limit, &shelf, &more));
    json_object_begin(json);
    json_key(json, "shelves");
    json_array_begin(json);
    for (; shelf; last = shelf->name, shelf = shelf->next) {
        json_object_begin(json);
        json_member_text(json, "name", shelf->name);
        json_member_int(json, "copies", shelf->copies);
        json_object_end(json);
    }
    json_array_end(json);
    json_member_text(json, "next", more ? last : NULL);
    json_object_end(json);
    return OK;
}

/* ---- shapes and routes ---------------------------------------------------------------------------------- */

/* clang-format off */
static const struct reply_field reader_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The member"},
    {"name", COLUMN_TEXT, .meaning = "Name"},
    {"card", COLUMN_TEXT, .meaning = "Card number"},
    {0},
};

static const struct reply_field loan_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The loan"},
    {"due_date", COLUMN_INSTANT, .meaning = "Until when"},
    {"member", .nullable = true, .fields = reader_shape, .meaning = "Who has it"},
    {0},
};

static const struct reply_field hold_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The hold"},
    {"pickup_until", COLUMN_DAY, .meaning = "The last day on which it may be fetched"},
    {"member", .nullable = true, .fields = reader_shape, .meaning = "For whom it is kept"},
    {0},
};

static const struct reply_field scan_shape[] = {
    {"copy", .row = &copies_listing, .meaning = "The copy"},
    {"loan", .nullable = true, .fields = loan_shape, .meaning = "When it is on loan"},
    {"hold", .nullable = true, .fields = hold_shape, .meaning = "When it stands on the hold shelf"},
    {"holds_waiting", COLUMN_INTEGER, .meaning = "How many wait for its title"},
    {0},
};

static const struct reply_field barcodes_shape[] = {
    {"barcodes", COLUMN_TEXTS, .meaning = "For labels; no copy will be given one of them by itself"},
    {0},
};

static const struct reply_field transfer_shape[] = {
    {"shelf", COLUMN_TEXT, .meaning = "Where they stand now"},
    {"moved", COLUMN_INTEGER, .meaning = "Copies whose record was changed"},
    {"unchanged", COLUMN_INTEGER, .meaning = "Copies that stood there already"},
    {"unknown", COLUMN_TEXTS, .meaning = "Barcodes that no copy has"},
    {0},
};

static const struct reply_field shelf_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "As the records of copies have it"},
    {"copies", COLUMN_INTEGER, .meaning = "Copies whose record names it, lost and withdrawn ones included"},
    {0},
};

static const struct reply_field shelves_shape[] = {
    {"shelves", .fields = shelf_shape, .many = true, .meaning = "By name"},
    {"next", COLUMN_TEXT, true, "For `after`; null: these were the last"},
    {0},
};

static const struct reply scan_reply = {"CopyScan", scan_shape};
static const struct reply barcodes_reply = {"Barcodes", barcodes_shape};
static const struct reply transfer_reply = {"Transfer", transfer_shape};
static const struct reply shelves_reply = {"Shelves", shelves_shape};

const struct route shelves_routes[] = {
    {GET, "/shelves", LIBRARIAN, READS, LIMIT_SEARCH, list_shelves, "Shelves and how many copies belong there",
     .query = shelves_query, .reply = &shelves_reply},
    {GET, "/copies/barcode/{barcode}", LIBRARIAN, READS, LIMIT_READ, scan_barcode,
     "The copy with a barcode, who has it, for whom it is kept", .reply = &scan_reply,
     .errors = ERRORS(ERR_COPY_NOT_FOUND)},
    {POST, "/copies/barcodes", LIBRARIAN, WRITES, LIMIT_WRITE, reserve_barcodes,
     "Reserve barcodes for labels that are printed ahead", .body = reservation_fields, .reply = &barcodes_reply,
     .status = 201,
     .errors = ERRORS(ERR_CONFLICT)},
    {POST, "/copies/transfer", LIBRARIAN, BULK, LIMIT_WRITE, run_transfer,
     "Move copies, or all of a shelf, to another shelf", .body = transfer_fields, .prepare = plan_transfer,
     .reply = &transfer_reply},
    {0},
};
/* clang-format on */
