/*
 * sru_router.c — the catalogue for other catalogues, at an address of its own beside the API.
 */
#include <stddef.h>

#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "sharing/sru_service.h"

static enum error_kind answer(struct request *req, struct response *res)
{
    struct sru_request request = {
        .host = request_header(req, "Host"),
        .operation = request_query(req, "operation"),
        .version = request_query(req, "version"),
        .query = request_query(req, "query"),
        .start_record = request_query(req, "startRecord"),
        .maximum_records = request_query(req, "maximumRecords"),
        .record_schema = request_query(req, "recordSchema"),
        .record_packing = request_query(req, "recordPacking"),
        .sort_keys = request_query(req, "sortKeys"),
    };

    if (!request.host)
        request.host = "localhost";
    res->content_type = "text/xml; charset=utf-8";
    return sru_answer(req->ctx, &request, &res->body);
}

/* clang-format off */
static const char *const xml[] = {"text/xml", NULL};

static const struct field parameters[] = {
    {"operation", FIELD_TEXT, OPTIONAL, 0, 0, 0, "explain (default) or searchRetrieve"},
    {"version", FIELD_TEXT, OPTIONAL, 0, 0, 0, "1.2 (default) or 1.1"},
    {"query", FIELD_TEXT, OPTIONAL, 0, 0, 0, "In CQL: dc.title = dune and dc.date > 1960"},
    {"startRecord", FIELD_TEXT, OPTIONAL, 0, 0, 0, "The first record of the page, from 1"},
    {"maximumRecords", FIELD_TEXT, OPTIONAL, 0, 0, 0, "Of the page: 10 (default) to 100"},
    {"recordSchema", FIELD_TEXT, OPTIONAL, 0, 0, 0, "marcxml (default) or dc"},
    {"recordPacking", FIELD_TEXT, OPTIONAL, 0, 0, 0, "xml (default) or string"},
    {0},
};

const struct route sru_routes[] = {
    {GET, "/sru", ANYONE, READS, LIMIT_SEARCH, answer, "The catalogue for other catalogues: SRU 1.2", .gives = xml,
     .query = parameters, .catalogue = true, .root = true},
    {0},
};
/* clang-format on */
