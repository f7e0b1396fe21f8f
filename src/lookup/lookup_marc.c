/*
 * lookup_marc.c — MARC records of a target, from Z39.50 (ISO 2709) and from SRU (MARCXML), as titles.
 */
#include <expat.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/marc_title.h"
#include "lookup/lookup_read.h"
#include "marc/iso2709.h"
#include "marc/marcxml.h"

void lookup_reading_init(struct lookup_reading *reading)
{
    *reading = (struct lookup_reading){0};
    reading->end = &reading->records;
}

void lookup_reading_add(struct ctx *ctx, struct lookup_reading *reading, const struct book_facts *facts,
                        const char *marc)
{
    struct lookup_record *record;

    if (reading->count == LOOKUP_RECORDS_MAX)
        return;
    record = arena_alloc(ctx->arena, sizeof *record);
    record->facts = *facts;
    record->facts.total_copies = record->facts.available_copies = NO_NUMBER; /* theirs, not ours */
    record->marc = marc;
    *reading->end = record;
    reading->end = &record->next;
    reading->count++;
}

/* As a document of its own; NULL when it is longer than a request may be that brings it back. */
static const char *as_xml(struct arena *arena, const struct marc_record *record)
{
    struct text_buf xml;

    text_buf_init(&xml, arena);
    marcxml_begin(&xml);
    marcxml_write(&xml, record);
    marcxml_end(&xml);
    return xml.length <= HTTP_BODY_MAX ? text_buf_string(&xml) : NULL;
}

static void add_marc(struct ctx *ctx, const struct marc_record *record, struct lookup_reading *reading)
{
    struct import_title title;

    marc_title_read(ctx, record, &title);
    if (title.outcome != IMPORT_REFUSED)
        lookup_reading_add(ctx, reading, &title.facts, as_xml(ctx->arena, record));
}

/* ---- Z39.50 -------------------------------------------------------------------------------------------- */

void lookup_read_z3950(struct ctx *ctx, const struct z3950_record *records, struct lookup_reading *reading)
{
    struct marc_converter *converter = marc_converter_new(ctx->arena);
    struct marc_reading marc;
    const char *problem;

    for (const struct z3950_record *one = records; one; one = one->next) {
        if (iso2709_read(ctx->arena, converter, one->bytes, one->length, &marc, &problem))
            add_marc(ctx, &marc.record, reading);
    }
}

/* ---- SRU ----------------------------------------------------------------------------------------------- */

struct taking {
    struct ctx *ctx;
    struct lookup_reading *reading;
};

static bool take_record(void *argument, const struct marc_record *record, size_t fields_lost)
{
    struct taking *taking = argument;

    (void)fields_lost;
    add_marc(taking->ctx, record, taking->reading);
    return taking->reading->count < LOOKUP_RECORDS_MAX && !arena_exhausted(taking->ctx->arena);
}

/* What stands around the records: how many there are, and what went wrong. */
struct wrapping {
    XML_Parser parser;
    struct text_buf text;
    const char *element; /* whose text is kept; NULL: none */
    bool is_sru, has_number;
    size_t depth;
    int64_t number;
    const char *message, *details;
};

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void begin_element(void *argument, const char *name, const char **attributes)
{
    static const char *const kept[] = {"numberOfRecords", "message", "details"};
    struct wrapping *wrapping = argument;

    (void)attributes;
    name = local_name(name);
    /* The parser remembers every element that is open. */
    if (++wrapping->depth > MARC_XML_DEPTH_MAX)
        (void)XML_StopParser(wrapping->parser, XML_FALSE);
    if (strcmp(name, "searchRetrieveResponse") == 0)
        wrapping->is_sru = true;
    wrapping->element = NULL;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (strcmp(name, kept[i]) == 0)
            wrapping->element = kept[i];
    }
    text_buf_clear(&wrapping->text);
}

static void end_element(void *argument, const char *name)
{
    struct wrapping *wrapping = argument;
    struct arena *arena = wrapping->text.arena;

    wrapping->depth--;
    if (!wrapping->element || strcmp(local_name(name), wrapping->element) != 0)
        return;
    const char *text = text_clean(arena, text_buf_string(&wrapping->text), wrapping->text.length);
    if (strcmp(wrapping->element, "numberOfRecords") == 0 && !wrapping->has_number)
        wrapping->has_number = text_to_int64(text, &wrapping->number);
    else if (strcmp(wrapping->element, "message") == 0 && !wrapping->message)
        wrapping->message = text_truncate(arena, text, LOOKUP_TERM_MAX);
    else if (strcmp(wrapping->element, "details") == 0 && !wrapping->details)
        wrapping->details = text_truncate(arena, text, LOOKUP_TERM_MAX);
    wrapping->element = NULL;
}

static void take_text(void *argument, const char *text, int length)
{
    struct wrapping *wrapping = argument;

    if (wrapping->element && wrapping->text.length < LOOKUP_TERM_MAX * 4)
        text_buf_append_bytes(&wrapping->text, text, (size_t)length);
}

/* Entities can be bombs, and no answer of a server needs a document type. */
static void refuse_document_type(void *argument, const char *name, const char *system_id,
                                 const char *public_id, int has_internal)
{
    struct wrapping *wrapping = argument;

    (void)name, (void)system_id, (void)public_id, (void)has_internal;
    (void)XML_StopParser(wrapping->parser, XML_FALSE);
}

static bool read_wrapping(struct arena *arena, const char *bytes, size_t length, struct wrapping *wrapping)
{
    *wrapping = (struct wrapping){.parser = XML_ParserCreate(NULL)};
    if (!wrapping->parser)
        return false;
    text_buf_init(&wrapping->text, arena);
    XML_SetUserData(wrapping->parser, wrapping);
    XML_SetElementHandler(wrapping->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(wrapping->parser, take_text);
    XML_SetStartDoctypeDeclHandler(wrapping->parser, refuse_document_type);
    bool is_read = XML_Parse(wrapping->parser, bytes, (int)length, XML_TRUE) == XML_STATUS_OK;
    XML_ParserFree(wrapping->parser);
    return is_read && wrapping->is_sru;
}

enum net_outcome lookup_read_sru(struct ctx *ctx, const char *bytes, size_t length,
                                 struct lookup_reading *reading)
{
    struct taking taking = {ctx, reading};
    struct wrapping wrapping;
    const char *problem;

    if (length > NET_REPLY_MAX || !read_wrapping(ctx->arena, bytes, length, &wrapping))
        return NET_UNREADABLE;
    if (marcxml_read(ctx->arena, bytes, length, take_record, &taking, &problem) == MARCXML_BROKEN)
        return NET_UNREADABLE;
    reading->found = wrapping.has_number && wrapping.number >= 0 ? wrapping.number : (int64_t)reading->count;
    if (reading->count > 0 || !(wrapping.message || wrapping.details))
        return NET_OK;
    reading->detail = wrapping.message && wrapping.details
                          ? arena_printf(ctx->arena, "%s: %s", wrapping.message, wrapping.details)
                      : wrapping.message ? wrapping.message
                                         : wrapping.details;
    return NET_REFUSED;
}
