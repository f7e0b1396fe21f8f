/*
 * oai_service.c — six verbs, their arguments, and pages of what has changed. The protocol wants arguments told exactly:
 * unknown, missing and repeated ones are badArgument; of the verb itself they are badVerb.
 */
#include "sharing/oai_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "settings/settings_service.h"
#include "sharing/record_xml.h"
#include "sharing/sharing_repository.h"

#define IDENTIFIER "urn:uuid:"
#define TOKEN_VERSION 1
#define NOBODY_THERE "nobody@library.invalid"

enum format { FORMAT_NONE, FORMAT_DC, FORMAT_MARC };

static const struct {
    enum format format;
    const char *prefix, *schema, *space;
} formats[] = {
    {FORMAT_DC, "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
     "http://www.openarchives.org/OAI/2.0/oai_dc/"},
    {FORMAT_MARC, "marc21", "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
     "http://www.loc.gov/MARC21/slim"},
};

/* A question being answered. `error` set: the protocol's code, `why` for people; then nothing else is said. */
struct answer {
    struct ctx *ctx;
    const struct oai_request *request;
    struct text_buf body;
    const char *error, *why;
};

static enum error_kind decline(struct answer *answer, const char *error, const char *why)
{
    answer->error = error;
    answer->why = why;
    return OK;
}

static const char *argument(const struct answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->request->argument_count; i++)
        if (strcmp(answer->request->arguments[i].name, name) == 0)
            return answer->request->arguments[i].value;
    return NULL;
}

/* ---- records --------------------------------------------------------------------------------------------- */

/* Whole seconds, as the granularity promises. */
static const char *stamp(struct ctx *ctx, int64_t at)
{
    char text[CLOCK_INSTANT_SIZE];

    clock_format_instant(at, text);
    return arena_printf(ctx->arena, "%.19sZ", text);
}

static void write_header(struct answer *answer, const struct book *book)
{
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&book->uuid, uuid);
    text_buf_printf(&answer->body,
                    "<header%s><identifier>" IDENTIFIER "%s</identifier><datestamp>%s</datestamp></header>\n",
                    book->deleted_at == NO_NUMBER ? "" : " status=\"deleted\"", uuid,
                    stamp(answer->ctx, book->updated_at));
}

static void write_record(struct answer *answer, const struct book *book, enum format format)
{
    struct text_buf *out = &answer->body;

    text_buf_append(out, "<record>\n");
    write_header(answer, book);
    if (book->deleted_at == NO_NUMBER) {
        text_buf_append(out, "<metadata>\n");
        if (format == FORMAT_MARC) {
            record_write_marc(answer->ctx, book, out);
        } else {
            text_buf_append(out, "<oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\""
                                 " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                                 " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                                 " xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/oai_dc/"
                                 " http://www.openarchives.org/OAI/2.0/oai_dc.xsd\">\n");
            record_write_dc(answer->ctx, book, out);
            text_buf_append(out, "</oai_dc:dc>\n");
        }
        text_buf_append(out, "</metadata>\n");
    }
    text_buf_append(out, "</record>\n");
}

static enum format format_named(const char *prefix)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].prefix, prefix) == 0)
            return formats[i].format;
    return FORMAT_NONE;
}

/* *out_found: `identifier` names a title, archived or not. */
static enum error_kind find_title(struct ctx *ctx, const char *identifier, struct book *out_book,
                                  bool *out_found)
{
    struct uuid uuid;

    *out_found =
        text_starts_with(identifier, IDENTIFIER) && uuid_parse(identifier + strlen(IDENTIFIER), &uuid);
    if (!*out_found)
        return OK;
    enum error_kind kind = books_find_any(ctx, &uuid, out_book);
    *out_found = kind == OK;
    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        return OK;
    }
    return kind;
}

/* ---- lists ------------------------------------------------------------------------------------------------ */

/* What is left of a list: from the place after a title on. */
struct harvest {
    int64_t after_at, after_id;
    int64_t until;
    enum format format;
    bool resumed;
};

/* A day or a second; `last`: the end of it. *out_day: which of the two. */
static bool parse_stamp(const char *text, bool last, int64_t *out_at, bool *out_day)
{
    int32_t day;

    *out_day = strlen(text) == strlen("2026-11-22");
    if (*out_day) {
        /* Days of the protocol are Greenwich's, whatever the library's are. */
        if (!clock_parse_day(text, &day))
            return false;
        *out_at = (int64_t)day * MS_PER_DAY + (last ? MS_PER_DAY - 1 : 0);
        return true;
    }
    if (strlen(text) != strlen("2026-11-22T10:00:00Z") || text[19] != 'Z' ||
        !clock_parse_instant(text, out_at))
        return false;
    *out_at += last ? 999 : 0;
    return true;
}

static enum error_kind read_range(struct answer *answer, struct harvest *harvest)
{
    const char *from = argument(answer, "from");
    const char *until = argument(answer, "until");
    bool from_day = false;
    bool until_day = false;
    int64_t at = 0;

    harvest->until = INT64_MAX;
    harvest->after_at = INT64_MIN;
    if (from && !parse_stamp(from, false, &at, &from_day))
        return decline(answer, "badArgument",
                       "from is neither a day nor a second: 2026-11-22, 2026-11-22T10:00:00Z");
    if (from)
        harvest->after_at = at - 1;
    harvest->after_id = INT64_MAX;
    if (until && !parse_stamp(until, true, &harvest->until, &until_day))
        return decline(answer, "badArgument",
                       "until is neither a day nor a second: 2026-11-22, 2026-11-22T10:00:00Z");
    if (from && until && from_day != until_day)
        return decline(answer, "badArgument", "from and until must both be days or both be seconds");
    if (from && until && harvest->until < at)
        return decline(answer, "badArgument", "until lies before from");
    return OK;
}

/* "VERSION FORMAT UNTIL AT UUID", so that a place names its title as everybody knows it. */
static const char *write_token(struct ctx *ctx, const struct harvest *harvest, const struct book *last)
{
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&last->uuid, uuid);
    const char *text = arena_printf(ctx->arena, "%d %d %" PRId64 " %" PRId64 " %s", TOKEN_VERSION,
                                    (int)harvest->format, harvest->until, last->updated_at, uuid);
    return base64url_encode(ctx->arena, text, strlen(text));
}

/* Takes a whole number and the space after it off the front. */
static bool take_number(struct ctx *ctx, const char **at, int64_t *out_number)
{
    size_t length = strcspn(*at, " ");

    if ((*at)[length] != ' ' ||
        !text_to_int64(arena_printf(ctx->arena, "%.*s", (int)length, *at), out_number))
        return false;
    *at += length + 1;
    return true;
}

static bool parse_token(struct ctx *ctx, const char *text, struct harvest *out_harvest, const char **out_uuid)
{
    int64_t version, format;

    *out_uuid = text;
    if (!take_number(ctx, out_uuid, &version) || !take_number(ctx, out_uuid, &format) ||
        !take_number(ctx, out_uuid, &out_harvest->until) ||
        !take_number(ctx, out_uuid, &out_harvest->after_at) || version != TOKEN_VERSION ||
        (format != FORMAT_DC && format != FORMAT_MARC))
        return false;
    out_harvest->format = (enum format)format;
    return true;
}

static enum error_kind read_token(struct answer *answer, const char *token, struct harvest *harvest)
{
    struct ctx *ctx = answer->ctx;
    const char *uuid = NULL;
    const char *text = NULL;
    struct book book;
    size_t length;
    bool found = false;

    if (strlen(token) <= SHARED_TOKEN_MAX)
        text = base64url_decode(ctx->arena, token, &length);
    if (text && strlen(text) == length && parse_token(ctx, text, harvest, &uuid))
        TRY(find_title(ctx, arena_printf(ctx->arena, IDENTIFIER "%s", uuid), &book, &found));
    if (!found)
        return decline(answer, "badResumptionToken",
                       "This token is none of ours, or its title is gone. Begin anew.");
    harvest->after_id = book.id;
    harvest->resumed = true;
    return OK;
}

static enum error_kind read_list(struct answer *answer, struct harvest *harvest)
{
    const char *token = argument(answer, "resumptionToken");
    const char *prefix = argument(answer, "metadataPrefix");

    if (token)
        return answer->request->argument_count == 2
                   ? read_token(answer, token, harvest)
                   : decline(answer, "badArgument", "resumptionToken stands alone");
    if (!prefix)
        return decline(answer, "badArgument", "metadataPrefix is missing");
    if (argument(answer, "set"))
        return decline(answer, "noSetHierarchy", "There are no sets here.");
    TRY(read_range(answer, harvest));
    if (answer->error)
        return OK;
    harvest->format = format_named(prefix);
    return harvest->format == FORMAT_NONE
               ? decline(answer, "cannotDisseminateFormat", "Formats are oai_dc and marc21.")
               : OK;
}

static enum error_kind write_page(struct answer *answer, const struct harvest *harvest, bool whole)
{
    struct changed_title *titles =
        arena_alloc_array(answer->ctx->arena, SHARED_RECORDS_MAX + 1, sizeof *titles);
    struct book book = {0};
    size_t count;
    size_t written = 0;

    TRY(sharing_repo_changed(answer->ctx, harvest->after_at, harvest->after_id, harvest->until,
                             SHARED_RECORDS_MAX + 1, titles, &count));
    if (count == 0)
        return decline(answer, "noRecordsMatch", "Nothing was changed in that time.");
    while (written < count && written < SHARED_RECORDS_MAX && answer->body.length < MARC_PIECE_BYTES) {
        TRY(books_find_by_id(answer->ctx, titles[written++].id, &book));
        if (whole)
            write_record(answer, &book, harvest->format);
        else
            write_header(answer, &book);
    }
    if (written < count)
        xml_element(&answer->body, "resumptionToken", write_token(answer->ctx, harvest, &book));
    else if (harvest->resumed)
        text_buf_append(&answer->body, "<resumptionToken/>\n");
    return OK;
}

static enum error_kind answer_list(struct answer *answer, bool whole)
{
    struct harvest harvest = {0};

    TRY(read_list(answer, &harvest));
    return answer->error ? OK : write_page(answer, &harvest, whole);
}

/* ---- the verbs -------------------------------------------------------------------------------------------- */

static enum error_kind list_identifiers(struct answer *answer)
{
    return answer_list(answer, false);
}

static enum error_kind list_records(struct answer *answer)
{
    return answer_list(answer, true);
}

static enum error_kind get_record(struct answer *answer)
{
    enum format format = format_named(argument(answer, "metadataPrefix"));
    struct book book;
    bool found;

    TRY(find_title(answer->ctx, argument(answer, "identifier"), &book, &found));
    if (!found)
        return decline(answer, "idDoesNotExist", "There is no title of that identifier.");
    if (format == FORMAT_NONE)
        return decline(answer, "cannotDisseminateFormat", "Formats are oai_dc and marc21.");
    write_record(answer, &book, format);
    return OK;
}

static enum error_kind identify(struct answer *answer)
{
    struct text_buf *out = &answer->body;
    const char *name, *address;
    int64_t earliest;

    TRY(settings_text(answer->ctx, SETTING_LIBRARY_NAME, &name));
    TRY(settings_text(answer->ctx, SETTING_CONTACT_EMAIL, &address));
    TRY(sharing_repo_earliest(answer->ctx, &earliest));
    xml_element(out, "repositoryName", name);
    xml_element(out, "baseURL", answer->request->base_url);
    xml_element(out, "protocolVersion", "2.0");
    xml_element(out, "adminEmail", *address ? address : NOBODY_THERE);
    xml_element(out, "earliestDatestamp",
                stamp(answer->ctx, earliest == NO_NUMBER ? answer->ctx->now : earliest));
    xml_element(out, "deletedRecord", "transient");
    xml_element(out, "granularity", "YYYY-MM-DDThh:mm:ssZ");
    return OK;
}

static enum error_kind list_formats(struct answer *answer)
{
    const char *identifier = argument(answer, "identifier");
    struct book book;
    bool found = true;

    if (identifier)
        TRY(find_title(answer->ctx, identifier, &book, &found));
    if (!found)
        return decline(answer, "idDoesNotExist", "There is no title of that identifier.");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        text_buf_printf(&answer->body,
                        "<metadataFormat><metadataPrefix>%s</metadataPrefix><schema>%s</schema>"
                        "<metadataNamespace>%s</metadataNamespace></metadataFormat>\n",
                        formats[i].prefix, formats[i].schema, formats[i].space);
    return OK;
}

static enum error_kind list_sets(struct answer *answer)
{
    return decline(answer, "noSetHierarchy", "There are no sets here.");
}

#define ARGUMENTS_MAX 5

static const struct verb {
    const char *name;
    enum error_kind (*answer)(struct answer *answer);
    const char *takes[ARGUMENTS_MAX + 1];
    const char *needs[3];
} verbs[] = {
    {"Identify", identify, {NULL}, {NULL}},
    {"ListMetadataFormats", list_formats, {"identifier"}, {NULL}},
    {"ListSets", list_sets, {"resumptionToken"}, {NULL}},
    {"ListIdentifiers",
     list_identifiers,
     {"metadataPrefix", "from", "until", "set", "resumptionToken"},
     {NULL}},
    {"ListRecords", list_records, {"metadataPrefix", "from", "until", "set", "resumptionToken"}, {NULL}},
    {"GetRecord", get_record, {"identifier", "metadataPrefix"}, {"identifier", "metadataPrefix"}},
};

static bool is_among(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Why the arguments are not those of the verb; NULL: they are. */
static const char *argument_problem(const struct answer *answer, const struct verb *verb)
{
    const struct oai_request *request = answer->request;

    for (size_t i = 0; i < request->argument_count; i++) {
        const char *name = request->arguments[i].name;
        for (size_t j = 0; j < i; j++)
            if (strcmp(request->arguments[j].name, name) == 0)
                return "an argument is given twice";
        if (strcmp(name, "verb") != 0 && !is_among(verb->takes, name))
            return "an argument is none of this verb";
    }
    for (size_t i = 0; verb->needs[i]; i++)
        if (!argument(answer, verb->needs[i]))
            return "an argument is missing";
    return NULL;
}

/* NULL: it is missing, repeated, or none of the protocol's. */
static const struct verb *find_verb(const struct oai_request *request)
{
    const char *name = NULL;

    for (size_t i = 0; i < request->argument_count; i++) {
        if (strcmp(request->arguments[i].name, "verb") != 0)
            continue;
        if (name)
            return NULL;
        name = request->arguments[i].value;
    }
    for (size_t i = 0; name && i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static enum error_kind answer_verb(struct answer *answer, const struct verb *verb)
{
    if (!verb)
        return decline(answer, "badVerb", "There must be one verb, and one of the protocol's.");
    const char *problem = argument_problem(answer, verb);
    return problem ? decline(answer, "badArgument", problem) : verb->answer(answer);
}

/* ---- the frame -------------------------------------------------------------------------------------------- */

static void write_request(const struct answer *answer, struct text_buf *out)
{
    bool tells = !answer->error ||
                 (strcmp(answer->error, "badVerb") != 0 && strcmp(answer->error, "badArgument") != 0);

    text_buf_append(out, "<request");
    for (size_t i = 0; tells && i < answer->request->argument_count; i++) {
        text_buf_printf(out, " %s=\"",
                        answer->request->arguments[i].name); /* one of those that a verb takes */
        xml_text(out, answer->request->arguments[i].value);
        text_buf_append(out, "\"");
    }
    text_buf_append(out, ">");
    xml_text(out, answer->request->base_url);
    text_buf_append(out, "</request>\n");
}

enum error_kind oai_answer(struct ctx *ctx, const struct oai_request *request, struct text_buf *out)
{
    struct answer answer = {.ctx = ctx, .request = request};
    const struct verb *verb = find_verb(request);

    text_buf_init(&answer.body, ctx->arena);
    TRY(answer_verb(&answer, verb));
    text_buf_append(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\""
                         " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                         " xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/"
                         " http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd\">\n");
    xml_element(out, "responseDate", stamp(ctx, ctx->now));
    write_request(&answer, out);
    if (answer.error) {
        text_buf_printf(out, "<error code=\"%s\">", answer.error);
        xml_text(out, answer.why);
        text_buf_append(out, "</error>\n");
    } else {
        text_buf_printf(out, "<%s>\n", verb->name);
        text_buf_append(out, text_buf_string(&answer.body));
        text_buf_printf(out, "</%s>\n", verb->name);
    }
    text_buf_append(out, "</OAI-PMH>\n");
    return OK;
}
