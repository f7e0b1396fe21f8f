/*
 * oai_router.c — the catalogue for harvesters, at an address of its own beside the API.
 */
#include "base/limits.h"
#include "http/guard_target.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "sharing/oai_service.h"

static enum error_kind harvest(struct request *req, struct response *res)
{
    struct arena *arena = req->ctx->arena;
    struct oai_argument *arguments = arena_alloc_array(arena, HTTP_QUERY_PARAMS_MAX, sizeof *arguments);
    const char *host = request_header(req, "Host");
    struct oai_request request = {
        .base_url =
            arena_printf(arena, "%s://%s/oai", req->secure ? "https" : "http", host ? host : "localhost"),
        .arguments = arguments,
        .argument_count = req->query_count};

    for (size_t i = 0; i < req->query_count; i++)
        arguments[i] = (struct oai_argument){req->query[i].name, req->query[i].value};
    res->content_type = "text/xml; charset=utf-8";
    return oai_answer(req->ctx, &request, &res->body);
}

/* The same with the arguments as a form: a resumptionToken may be too long for somebody's address (3.1.1.2). */
static enum error_kind harvest_by_form(struct request *req, struct response *res)
{
    TRY(guard_read_form(req));
    return harvest(req, res);
}

/* clang-format off */
static const char *const form[] = {FORM_TYPE, NULL};

static const char *const xml[] = {"text/xml", NULL};

static const char *const verbs[] = {"Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord", NULL};

static const struct field arguments[] = {
    {"verb", FIELD_CHOICE, OPTIONAL, 0, 0, 0, "What is asked; the others depend on it", verbs},
    {"identifier", FIELD_TEXT, OPTIONAL, 0, 0, 0, "urn:uuid: and the id of a title"},
    {"metadataPrefix", FIELD_TEXT, OPTIONAL, 0, 0, 0, "oai_dc or marc21"},
    {"from", FIELD_TEXT, OPTIONAL, 0, 0, 0, "Changed then or later: a day, or a second of Greenwich"},
    {"until", FIELD_TEXT, OPTIONAL, 0, 0, 0, "Changed then or earlier"},
    {"set", FIELD_TEXT, OPTIONAL, 0, 0, 0, "There are none"},
    {"resumptionToken", FIELD_TEXT, OPTIONAL, 0, 0, 0, "Goes on with a list; stands alone"},
    {0},
};

const struct route oai_routes[] = {
    {GET, "/oai", ANYONE, READS, LIMIT_SEARCH, harvest, "The catalogue for harvesters: OAI-PMH 2.0", .gives = xml,
     .query = arguments, .catalogue = true, .root = true},
    {POST, "/oai", ANYONE, READS, LIMIT_WRITE, harvest_by_form, "The same, with the arguments in the body", .takes = form, .gives = xml,
     .catalogue = true, .root = true},
    {0},
};
/* clang-format on */
