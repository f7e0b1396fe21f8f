/*
 * sru_service.c — a question becomes a set of titles, clause by clause, and a page of that set becomes records.
 */
#include "sharing/sru_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/row_set.h"
#include "books/books_service.h"
#include "books/isbn.h"
#include "settings/settings_service.h"
#include "sharing/cql_query.h"
#include "sharing/matches_repository.h"
#include "sharing/record_xml.h"

#define PAGE_DEFAULT 10
#define ID_MAX (1 << 24) /* as the catalogue in memory has it: a set of more would not fit a request */

/* Diagnostics that are not about the question itself. */
#define NO_OPERATION 4
#define NO_VERSION 5
#define WRONG_PARAMETER 6
#define MISSING_PARAMETER 7
#define PAST_THE_END 61
#define NO_SCHEMA 66
#define NO_PACKING 71
#define NO_SORT 80

struct schema {
    const char *name, *identifier;
    bool marc;
};

static const struct schema schemas[] = {
    {"marcxml", "info:srw/schema/1/marcxml-v1.1", true},
    {"dc", "info:srw/schema/1/dc-v1.1", false},
};

struct answer {
    struct ctx *ctx;
    const struct sru_request *request;
    struct text_buf *out;
    int diagnostic; /* 0: none yet */
    const char *message, *detail;
    int64_t total;
    int64_t start, most; /* of the page */
    const struct schema *schema;
    bool as_string; /* records are escaped, to be taken out as texts */
};

/* The first that is wrong is told. */
static enum error_kind decline(struct answer *answer, int diagnostic, const char *message, const char *detail)
{
    if (answer->diagnostic)
        return OK;
    answer->diagnostic = diagnostic;
    answer->message = message;
    answer->detail = detail;
    return OK;
}

/* ---- finding ---------------------------------------------------------------------------------------------- */

static void keep_common(struct row_set *set, const struct row_set *other, enum cql_kind kind)
{
    for (size_t i = 0; i < row_set_words(set->end); i++) {
        uint64_t word = other->words[i];
        set->words[i] = kind == CQL_AND  ? set->words[i] & word
                        : kind == CQL_OR ? set->words[i] | word
                                         : set->words[i] & ~word;
    }
}

static enum error_kind find_clause(struct ctx *ctx, const struct cql_tree *tree, struct row_set *set)
{
    char isbn[ISBN_TEXT_MAX + 1];

    switch (tree->kind) {
    case CQL_WORDS: return matches_repo_words(ctx, tree->text, set);
    case CQL_YEARS: return matches_repo_years(ctx, tree->from, tree->to, set);
    case CQL_LANGUAGE: return matches_repo_language(ctx, tree->text, set);
    default:
        return matches_repo_identifier(
            ctx, isbn_normalise(tree->text, isbn) == ISBN_VALID ? isbn : tree->text, set);
    }
}

/* Into an empty set. What the right side of a boolean takes of memory is given back. */
static enum error_kind find_titles(struct ctx *ctx, const struct cql_tree *tree, struct row_set *set)
{
    if (!tree->left)
        return find_clause(ctx, tree, set);
    TRY(find_titles(ctx, tree->left, set));
    struct arena_mark mark = arena_mark(ctx->arena);
    struct row_set right = row_set_new(ctx->arena, set->end);
    TRY(find_titles(ctx, tree->right, &right));
    keep_common(set, &right, tree->kind);
    arena_reset_to(ctx->arena, mark);
    return OK;
}

static enum error_kind find_live(struct ctx *ctx, const struct cql_tree *tree, struct row_set *set)
{
    TRY(find_titles(ctx, tree, set));
    struct row_set archived = row_set_new(ctx->arena, set->end);
    TRY(matches_repo_archived(ctx, &archived));
    keep_common(set, &archived, CQL_NOT);
    set->count = 0;
    for (size_t i = 0; i < row_set_words(set->end); i++)
        set->count += __builtin_popcountll(set->words[i]);
    return OK;
}

/* ---- records ---------------------------------------------------------------------------------------------- */

static void write_data(struct answer *answer, const struct book *book)
{
    struct ctx *ctx = answer->ctx;
    struct text_buf data;

    text_buf_init(&data, ctx->arena);
    if (answer->schema->marc) {
        record_write_marc(ctx, book, &data);
    } else {
        text_buf_append(&data, "<srw_dc:dc xmlns:srw_dc=\"info:srw/schema/1/dc-schema\""
                               " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n");
        record_write_dc(ctx, book, &data);
        text_buf_append(&data, "</srw_dc:dc>\n");
    }
    if (answer->as_string)
        xml_text(answer->out, text_buf_string(&data));
    else
        text_buf_append(answer->out, text_buf_string(&data));
}

static void begin_record(const struct answer *answer, const char *schema)
{
    text_buf_printf(answer->out,
                    "<record><recordSchema>%s</recordSchema><recordPacking>%s</recordPacking><recordData>",
                    schema, answer->as_string ? "string" : "xml");
}

static enum error_kind write_records(struct answer *answer, const struct row_set *set)
{
    int64_t id = row_set_next(set, 0);
    int64_t position = 1;

    for (; id >= 0 && position < answer->start; position++)
        id = row_set_next(set, id + 1);
    if (id < 0 || answer->most == 0)
        return OK;
    text_buf_append(answer->out, "<records>\n");
    for (; id >= 0 && position < answer->start + answer->most && answer->out->length < MARC_PIECE_BYTES;
         position++) {
        struct book book;
        TRY(books_find_by_id(answer->ctx, id, &book));
        begin_record(answer, answer->schema->identifier);
        write_data(answer, &book);
        text_buf_printf(answer->out, "</recordData><recordPosition>%" PRId64 "</recordPosition></record>\n",
                        position);
        id = row_set_next(set, id + 1);
    }
    text_buf_append(answer->out, "</records>\n");
    if (id >= 0)
        text_buf_printf(answer->out, "<nextRecordPosition>%" PRId64 "</nextRecordPosition>\n", position);
    return OK;
}

/* ---- the question ----------------------------------------------------------------------------------------- */

static bool read_number(const char *text, int64_t least, int64_t fallback, int64_t *out_number)
{
    *out_number = fallback;
    return !text || (text_to_int64(text, out_number) && *out_number >= least);
}

static enum error_kind read_schema(struct answer *answer, const char *name)
{
    answer->schema = &schemas[0];
    if (!name)
        return OK;
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        answer->schema = &schemas[i];
        if (strcmp(schemas[i].name, name) == 0 || strcmp(schemas[i].identifier, name) == 0)
            return OK;
    }
    return decline(answer, NO_SCHEMA, "Unknown schema for retrieval", name);
}

static enum error_kind read_packing(struct answer *answer, const char *packing)
{
    answer->as_string = packing && strcmp(packing, "string") == 0;
    return !packing || answer->as_string || strcmp(packing, "xml") == 0
               ? OK
               : decline(answer, NO_PACKING, "Unsupported record packing", packing);
}

static enum error_kind read_parameters(struct answer *answer)
{
    const struct sru_request *request = answer->request;

    if (!read_number(request->start_record, 1, 1, &answer->start))
        return decline(answer, WRONG_PARAMETER, "Unsupported parameter value", "startRecord");
    if (!read_number(request->maximum_records, 0, PAGE_DEFAULT, &answer->most))
        return decline(answer, WRONG_PARAMETER, "Unsupported parameter value", "maximumRecords");
    if (answer->most > SHARED_RECORDS_MAX)
        answer->most = SHARED_RECORDS_MAX;
    if (answer->start > ID_MAX)
        answer->start = ID_MAX;
    if (request->sort_keys && *request->sort_keys)
        return decline(answer, NO_SORT, "Sort not supported", NULL);
    TRY(read_packing(answer, request->record_packing));
    return answer->diagnostic ? OK : read_schema(answer, request->record_schema);
}

static enum error_kind find(struct answer *answer, struct row_set *set)
{
    struct cql_tree *tree;
    const char *detail;
    int64_t end;

    if (!answer->request->query || *answer->request->query == '\0')
        return decline(answer, MISSING_PARAMETER, "Mandatory parameter not supplied", "query");
    enum cql_diagnostic diagnostic = cql_read(answer->ctx->arena, answer->request->query, &tree, &detail);
    if (diagnostic != CQL_FINE)
        return decline(answer, (int)diagnostic, cql_message(diagnostic), detail);
    TRY(matches_repo_end(answer->ctx, &end));
    *set = row_set_new(answer->ctx->arena, end < ID_MAX ? end : ID_MAX);
    TRY(find_live(answer->ctx, tree, set));
    answer->total = set->count;
    return answer->start > set->count && set->count > 0
               ? decline(answer, PAST_THE_END, "First record position out of range", NULL)
               : OK;
}

/* ---- replies ---------------------------------------------------------------------------------------------- */

static const char *version_of(const struct sru_request *request)
{
    return request->version && strcmp(request->version, "1.1") == 0 ? "1.1" : "1.2";
}

static void write_diagnostics(const struct answer *answer)
{
    if (!answer->diagnostic)
        return;
    text_buf_printf(answer->out,
                    "<diagnostics><diagnostic xmlns=\"http://www.loc.gov/zing/srw/diagnostic/\">"
                    "<uri>info:srw/diagnostic/1/%d</uri>",
                    answer->diagnostic);
    xml_element(answer->out, "details", answer->detail);
    xml_element(answer->out, "message", answer->message);
    text_buf_append(answer->out, "</diagnostic></diagnostics>\n");
}

static void begin(const struct answer *answer, const char *root)
{
    text_buf_printf(answer->out,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<%s xmlns=\"http://www.loc.gov/zing/srw/\"><version>%s</version>\n",
                    root, version_of(answer->request));
}

static enum error_kind search_retrieve(struct answer *answer)
{
    struct row_set set = {0};

    TRY(read_parameters(answer));
    if (!answer->diagnostic)
        TRY(find(answer, &set));
    begin(answer, "searchRetrieveResponse");
    text_buf_printf(answer->out, "<numberOfRecords>%" PRId64 "</numberOfRecords>\n", answer->total);
    if (!answer->diagnostic)
        TRY(write_records(answer, &set));
    write_diagnostics(answer);
    text_buf_append(answer->out, "</searchRetrieveResponse>\n");
    return OK;
}

/* ZeeRex (http://explain.z3950.org/dtd/): where we are, and what may be asked. */
static enum error_kind write_explanation(struct answer *answer, struct text_buf *out)
{
    static const char *const told[][3] = {{"cql", "anywhere", "Anywhere"},    {"dc", "title", "Title"},
                                          {"dc", "creator", "Author"},        {"dc", "identifier", "ISBN"},
                                          {"bath", "isbn", "ISBN"},           {"dc", "date", "Year"},
                                          {"dc", "language", "Language code"}};
    const char *host = answer->request->host;
    const char *port = strrchr(host, ':');
    const char *name;

    TRY(settings_text(answer->ctx, SETTING_LIBRARY_NAME, &name));
    if (port && strchr(port, ']'))
        port = NULL;
    text_buf_append(out, "<explain xmlns=\"http://explain.z3950.org/dtd/2.0/\">\n"
                         "<serverInfo protocol=\"SRU\" version=\"1.2\" transport=\"http\" method=\"GET\">\n");
    xml_element(out, "host",
                port ? arena_printf(answer->ctx->arena, "%.*s", (int)(port - host), host) : host);
    xml_element(out, "port", port ? port + 1 : "80");
    xml_element(out, "database", "sru");
    text_buf_append(out, "</serverInfo>\n<databaseInfo>\n");
    xml_element(out, "title", name);
    text_buf_append(out, "</databaseInfo>\n<indexInfo>\n"
                         "<set name=\"cql\" identifier=\"info:srw/cql-context-set/1/cql-v1.2\"/>\n"
                         "<set name=\"dc\" identifier=\"info:srw/cql-context-set/1/dc-v1.1\"/>\n"
                         "<set name=\"bath\" identifier=\"http://zing.z3950.org/cql/bath/2.0/\"/>\n");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        text_buf_printf(out, "<index><title>%s</title><map><name set=\"%s\">%s</name></map></index>\n",
                        told[i][2], told[i][0], told[i][1]);
    text_buf_append(out, "</indexInfo>\n<schemaInfo>\n");
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++)
        text_buf_printf(out, "<schema name=\"%s\" identifier=\"%s\"><title>%s</title></schema>\n",
                        schemas[i].name, schemas[i].identifier, schemas[i].name);
    text_buf_printf(out,
                    "</schemaInfo>\n<configInfo><default type=\"numberOfRecords\">%d</default>"
                    "<setting type=\"maximumRecords\">%d</setting></configInfo>\n</explain>\n",
                    PAGE_DEFAULT, SHARED_RECORDS_MAX);
    return OK;
}

static enum error_kind explain(struct answer *answer)
{
    struct text_buf data;

    text_buf_init(&data, answer->ctx->arena);
    TRY(read_packing(answer, answer->request->record_packing));
    TRY(write_explanation(answer, &data));
    begin(answer, "explainResponse");
    begin_record(answer, "http://explain.z3950.org/dtd/2.0/");
    if (answer->as_string)
        xml_text(answer->out, text_buf_string(&data));
    else
        text_buf_append(answer->out, text_buf_string(&data));
    text_buf_append(answer->out, "</recordData></record>\n");
    write_diagnostics(answer);
    text_buf_append(answer->out, "</explainResponse>\n");
    return OK;
}

enum error_kind sru_answer(struct ctx *ctx, const struct sru_request *request, struct text_buf *out)
{
    struct answer answer = {.ctx = ctx, .request = request, .out = out};
    const char *operation = request->operation;

    if (request->version && strcmp(request->version, "1.1") != 0 && strcmp(request->version, "1.2") != 0)
        decline(&answer, NO_VERSION, "Unsupported version", "1.2");
    if (!operation ? request->query != NULL : strcmp(operation, "searchRetrieve") == 0)
        return search_retrieve(&answer);
    if (operation && strcmp(operation, "explain") != 0)
        decline(&answer, NO_OPERATION, "Unsupported operation", operation);
    return explain(&answer);
}
