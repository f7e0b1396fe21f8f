/*
 * marc_router.c — MARC 21 in and out over HTTP. Coming in, it takes the road of every import.
 */
#include <stddef.h>
#include <string.h>

#include "base/limits.h"
#include "catalogue_io/import_router.h"
#include "catalogue_io/marc_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* RFC 2220; RFC 6207 for XML. */
#define MEDIA_TYPE_ISO_2709 "application/marc"
#define MEDIA_TYPE_MARCXML "application/marcxml+xml"

static const char *const formats[] = {"iso2709", "marcxml", NULL};
static const char *const charsets[] = {"utf-8", "marc-8", NULL};

struct style_parameters {
    const char *format, *charset;
};

static enum error_kind read_style(struct request *req, struct marc_style *out_style)
{
    struct style_parameters parameters = {0};

    TRY(request_query_fields(req, &parameters));
    out_style->format =
        parameters.format && strcmp(parameters.format, "marcxml") == 0 ? MARC_XML : MARC_ISO_2709;
    out_style->charset =
        parameters.charset && strcmp(parameters.charset, "marc-8") == 0 ? MARC_MARC_8 : MARC_UTF_8;
    return OK;
}

static void describe(struct response *res, const struct marc_style *style, const char *name)
{
    bool is_xml = style->format == MARC_XML;

    res->content_type = is_xml ? MEDIA_TYPE_MARCXML : MEDIA_TYPE_ISO_2709;
    response_header(
        res, "Content-Disposition",
        arena_printf(res->ctx->arena, "attachment; filename=\"%s.%s\"", name, is_xml ? "xml" : "mrc"));
}

static enum error_kind show_record(struct request *req, struct response *res)
{
    struct marc_style style;
    struct uuid uuid;

    TRY(read_style(req, &style));
    TRY(request_uuid(req, "id", &uuid));
    describe(res, &style, "title");
    return marc_show(req->ctx, &uuid, &style, &res->body);
}

static enum error_kind export_records(struct request *req, struct response *res)
{
    struct marc_style style;

    TRY(read_style(req, &style));
    describe(res, &style, "catalogue");
    return marc_export_piece(req->ctx, &style, &req->followed, &res->body, &res->more);
}

static enum error_kind keep_record(struct request *req, struct response *res)
{
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    return marc_keep(req->ctx, &uuid, req->body, req->body_length);
}

/* clang-format off */
static const struct field style_parameters[] = {
    {"format", FIELD_CHOICE, OPTIONAL, 0, 0, offsetof(struct style_parameters, format), "iso2709 (default) or marcxml", formats},
    {"charset", FIELD_CHOICE, OPTIONAL, 0, 0, offsetof(struct style_parameters, charset), "Of iso2709: utf-8 (default) or marc-8", charsets},
    {0},
};

static const char *const exported[] = {MEDIA_TYPE_ISO_2709, MEDIA_TYPE_MARCXML, NULL};
static const char *const imported[] = {MEDIA_TYPE_ISO_2709, MEDIA_TYPE_MARCXML, "application/xml", "text/xml", "application/octet-stream", NULL};

const struct route marc_routes[] = {
    /* Originals hold what a library notes for itself, and copies' barcodes: not for everybody. */
    {GET, "/books/{id}/marc", LIBRARIAN, READS, LIMIT_READ, show_record, "A title as a MARC 21 record",
     .gives = exported, .query = style_parameters,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {PUT, "/books/{id}/marc", LIBRARIAN, WRITES, LIMIT_WRITE, keep_record,
     "Keep a MARC 21 record as the one that a title was catalogued from", .takes = imported,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_IMPORT_UNREADABLE)},
    {GET, "/books/export/marc", LIBRARIAN, READS, LIMIT_SEARCH, export_records, "All live titles as MARC 21 records",
     .gives = exported, .query = style_parameters, .in_pieces = true},
    {POST, "/books/import/marc", LIBRARIAN, BULK, LIMIT_UPLOAD, import_run, "Catalogue the titles of a file of MARC 21 records",
     .prepare = import_prepare, .takes = imported, .reply = &import_report_reply, .query = import_parameters,
     .errors = ERRORS(ERR_IMPORT_UNREADABLE)},
    {0},
};
/* clang-format on */
