/*
 * import_router.c — bringing a file of titles over HTTP. Reading and planning are done by the worker, which
 * may take its time; the writer gets bites of a few milliseconds (route.h, BULK).
 */
#include "catalogue_io/import_router.h"

#include "base/limits.h"
#include "catalogue_io/csv_reader.h"
#include "catalogue_io/import_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

enum error_kind import_prepare(struct request *req, struct response *res)
{
    struct import_options options = {0};
    struct import_plan *plan = NULL;

    (void)res;
    TRY(request_query_fields(req, &options));
    TRY(import_plan_make(req->ctx, req->body, req->body_length, &options, &plan));
    req->state = plan;
    return OK;
}

/* ---- the report --------------------------------------------------------------------------------------- */

static void write_columns(struct json_writer *w, const struct import_report *report)
{
    json_key(w, "columns");
    json_array_begin(w);
    for (size_t i = 0; i < report->column_count; i++) {
        json_object_begin(w);
        json_member_text(w, "header", report->headers[i]);
        json_member_text(w, "field", report->fields[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

/* How many rows each reason concerns: the whole file at a glance, however many rows are left out below. */
void import_write_summary(struct json_writer *w, const int64_t reasons[IMPORT_REASON_COUNT])
{
    json_key(w, "summary");
    json_array_begin(w);
    for (int code = 0; code < IMPORT_REASON_COUNT; code++) {
        if (reasons[code] == 0)
            continue;
        json_object_begin(w);
        json_member_text(w, "reason", import_reason_name((enum import_reason_code)code));
        json_member_text(w, "meaning", import_reason_meaning((enum import_reason_code)code));
        json_member_int(w, "rows", reasons[code]);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_row(struct json_writer *w, const struct import_report_row *row)
{
    json_object_begin(w);
    json_member_int(w, "row", row->row);
    json_member_text(w, "outcome", import_outcome_name(row->outcome));
    json_member_text(w, "title", row->title);
    json_key(w, "reasons");
    json_array_begin(w);
    for (const struct import_reason *reason = row->reasons; reason; reason = reason->next)
        json_text(w, reason->text);
    json_array_end(w);
    json_object_end(w);
}

static void write_report(struct json_writer *w, const struct import_report *report)
{
    json_object_begin(w);
    json_member_bool(w, "dry_run", report->dry_run);
    json_member_text(w, "format", report->format);
    json_member_text(w, "encoding", report->encoding);
    json_member_text(w, "delimiter", report->delimiter);
    write_columns(w, report);
    json_member_int(w, "rows_read", report->rows_read);
    json_member_int(w, "imported", report->imported);
    json_member_int(w, "repaired", report->repaired);
    json_member_int(w, "refused", report->refused);
    json_member_int(w, "copies_created", report->copies_created);
    import_write_summary(w, report->reasons);
    json_key(w, "rows");
    json_array_begin(w);
    for (size_t i = 0; i < report->row_count; i++)
        write_row(w, &report->rows[i]);
    json_array_end(w);
    json_member_int(w, "rows_omitted", report->rows_omitted);
    json_object_end(w);
}

enum error_kind import_run(struct request *req, struct response *res)
{
    const struct import_report *report;

    TRY(import_plan_step(req->ctx, req->state, WRITER_BULK_SLICE_MS, &res->more));
    if (res->more)
        return OK;
    TRY(import_plan_report(req->ctx, req->state, &report));
    write_report(response_json(res), report);
    return OK;
}

/* clang-format off */
static const struct reply_field column_fields[] = {
    {"header", COLUMN_TEXT, .meaning = "As it stands in the file"},
    {"field", COLUMN_TEXT, true, "What it became; null: left out"},
    {0},
};

const struct reply_field import_summary_fields[] = {
    {"reason", COLUMN_TEXT, .meaning = "For programs: isbn_zeros_restored, duplicate_in_catalogue …"},
    {"meaning", COLUMN_TEXT, .meaning = "For people"},
    {"rows", COLUMN_INTEGER, .meaning = "How many rows it concerns"},
    {0},
};

static const struct reply_field row_fields[] = {
    {"row", COLUMN_INTEGER, .meaning = "As a spreadsheet counts: the header is row 1; of MARC, the record's number"},
    {"outcome", COLUMN_TEXT, .meaning = "repaired or refused"},
    {"title", COLUMN_TEXT, true, "Title, if any"},
    {"reasons", COLUMN_TEXTS, .meaning = "What was changed, left out or wrong"},
    {0},
};

static const struct reply_field report_fields[] = {
    {"dry_run", COLUMN_BOOL, .meaning = "true: nothing was written"},
    {"format", COLUMN_TEXT, .meaning = "csv, iso2709 or marcxml: told by what is in the file"},
    {"encoding", COLUMN_TEXT, .meaning = "Of CSV: UTF-8, UTF-16LE, UTF-16BE or Windows-1252; of MARC empty, each record has its own"},
    {"delimiter", COLUMN_TEXT, .meaning = "Between the cells of CSV"},
    {"columns", .meaning = "What the columns were taken for", .fields = column_fields, .many = true},
    {"rows_read", COLUMN_INTEGER, .meaning = "Rows below the header, or records; imported + refused"},
    {"imported", COLUMN_INTEGER, .meaning = "Titles catalogued, repaired ones included (dry run: would be)"},
    {"repaired", COLUMN_INTEGER, .meaning = "Of these, how many with something changed or left out"},
    {"refused", COLUMN_INTEGER, .meaning = "Rows that made no title"},
    {"copies_created", COLUMN_INTEGER, .meaning = "Copies made with the titles"},
    {"summary", .meaning = "How many rows each reason concerns", .fields = import_summary_fields, .many = true},
    {"rows", .meaning = "Repaired and refused rows, refused ones first to be told when there are too many",
     .fields = row_fields, .many = true},
    {"rows_omitted", COLUMN_INTEGER, .meaning = "Repaired and refused rows not listed"},
    {0},
};

const struct reply import_report_reply = {"ImportReport", report_fields};

const struct field import_parameters[] = {
    {"dry_run", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct import_options, dry_run),
     "true: report what would be done, write nothing"},
    {"encoding", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_options, encoding),
     "Of the file; recognised when it is not given", .choices = csv_encodings},
    {"delimiter", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct import_options, delimiter),
     "Between the cells; recognised when it is not given", .choices = import_delimiters},
    {"columns", FIELD_TEXT, OPTIONAL, 1, IMPORT_COLUMNS_TEXT_MAX, AT(struct import_options, columns),
     "What the columns are, from the first on, in place of their headers: title,author,,isbn. Empty: left out"},
    {0},
};

const struct route catalogue_io_routes[] = {
    {POST, "/books/import/csv", LIBRARIAN, BULK, LIMIT_UPLOAD, import_run, "Catalogue the titles of a CSV file",
     .prepare = import_prepare, .takes_csv = true, .reply = &import_report_reply, .query = import_parameters,
     .errors = ERRORS(ERR_IMPORT_UNREADABLE)},
    {POST, "/admin/books/bulk-import", ADMIN, BULK, LIMIT_UPLOAD, import_run, "The same under its old name",
     .prepare = import_prepare, .takes_csv = true, .reply = &import_report_reply, .query = import_parameters,
     .errors = ERRORS(ERR_IMPORT_UNREADABLE)},
    {0},
};
/* clang-format on */
