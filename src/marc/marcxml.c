/*
 * marcxml.c — expat tells of tags and text; a record is put together from them and handed over at its end.
 */
#include "marc/marcxml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

#define NAMESPACE "http://www.loc.gov/MARC21/slim"
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define PIECE_BYTES (64 * 1024)
/* What a field and a subfield take in ISO 2709 beside their text: an empty one counts too. */
#define FIELD_BYTES 15
#define SUBFIELD_BYTES 2

enum inside { OUTSIDE, IN_RECORD, IN_LEADER, IN_CONTROL, IN_DATA, IN_SUBFIELD };

struct reading {
    XML_Parser parser;
    struct arena *arena;
    marcxml_take *take;
    void *argument;
    enum inside inside;
    struct marc_record record;
    struct marc_field *field; /* NULL: one that is lost */
    char tag[MARC_TAG_LENGTH + 1];
    char code;
    struct text_buf text;
    size_t bytes; /* of this record */
    size_t fields_lost;
    size_t depth;
    bool stopped, has_document_type, too_long, too_deep;
};

bool marcxml_is_likely(const char *bytes, size_t length)
{
    /* The mark of each encoding and a "<" in it: big-endian UTF-16 has a zero byte before. */
    static const struct {
        const char *bytes;
        size_t size;
    } starts[] = {{"\xef\xbb\xbf<", 4}, {"\xff\xfe<", 3}, {"\xfe\xff\0<", 4}, {"<", 1}};
    size_t at = 0;

    while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (length - at >= starts[i].size && memcmp(bytes + at, starts[i].bytes, starts[i].size) == 0)
            return true;
    }
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2) {
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    }
    return "";
}

static void begin_text(struct reading *reading, enum inside inside)
{
    reading->inside = inside;
    text_buf_init(&reading->text, reading->arena);
}

static void begin_record(struct reading *reading)
{
    reading->inside = IN_RECORD;
    reading->bytes = reading->fields_lost = 0;
    reading->too_long = false;
    marc_begin(&reading->record, "", 0);
}

static void count_bytes(struct reading *reading, size_t bytes)
{
    reading->bytes += bytes;
    if (reading->bytes <= MARC_RECORD_BYTES_MAX)
        return;
    reading->too_long = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void begin_data(struct reading *reading, const char **attributes)
{
    reading->inside = IN_DATA;
    count_bytes(reading, FIELD_BYTES);
    reading->field = marc_add_field(reading->arena, &reading->record, attribute(attributes, "tag"),
                                    attribute(attributes, "ind1")[0], attribute(attributes, "ind2")[0]);
    if (!reading->field)
        reading->fields_lost++;
}

static void XMLCALL begin_element(void *argument, const char *full_name, const char **attributes)
{
    struct reading *reading = argument;
    const char *name = local_name(full_name);

    if (++reading->depth > MARC_XML_DEPTH_MAX) {
        reading->too_deep = true;
        XML_StopParser(reading->parser, XML_FALSE);
    } else if (strcmp(name, "record") == 0 && reading->inside == OUTSIDE) {
        begin_record(reading);
    } else if (strcmp(name, "leader") == 0 && reading->inside == IN_RECORD) {
        begin_text(reading, IN_LEADER);
    } else if (strcmp(name, "controlfield") == 0 && reading->inside == IN_RECORD) {
        const char *tag = attribute(attributes, "tag");
        bool is_tag = marc_is_tag(tag) && marc_is_control_tag(tag);
        memcpy(reading->tag, is_tag ? tag : "", is_tag ? sizeof reading->tag : 1);
        count_bytes(reading, FIELD_BYTES);
        begin_text(reading, IN_CONTROL);
    } else if (strcmp(name, "datafield") == 0 && reading->inside == IN_RECORD) {
        begin_data(reading, attributes);
    } else if (strcmp(name, "subfield") == 0 && reading->inside == IN_DATA) {
        reading->code = attribute(attributes, "code")[0];
        count_bytes(reading, SUBFIELD_BYTES);
        begin_text(reading, IN_SUBFIELD);
    }
}

static const char *taken_text(struct reading *reading)
{
    const char *text = text_buf_string(&reading->text);

    reading->bytes += reading->text.length;
    text_buf_init(&reading->text, reading->arena);
    return text;
}

static void end_leader(struct reading *reading)
{
    struct marc_record with_leader;
    const char *text = taken_text(reading);

    marc_begin(&with_leader, text, strlen(text));
    memcpy(reading->record.leader, with_leader.leader, sizeof with_leader.leader);
    reading->inside = IN_RECORD;
}

static void end_control(struct reading *reading)
{
    if (!marc_add_control(reading->arena, &reading->record, reading->tag, taken_text(reading)))
        reading->fields_lost++;
    reading->inside = IN_RECORD;
}

static void end_subfield(struct reading *reading)
{
    const char *text = taken_text(reading);

    if (reading->field && marc_is_code(reading->code))
        marc_add_subfield(reading->arena, reading->field, reading->code, text);
    else
        reading->fields_lost++;
    reading->inside = IN_DATA;
}

/* `take` may give the arena back, and the text that was begun with it. */
static void end_record(struct reading *reading)
{
    reading->inside = OUTSIDE;
    reading->field = NULL;
    if (!reading->take(reading->argument, &reading->record, reading->fields_lost)) {
        reading->stopped = true;
        XML_StopParser(reading->parser, XML_FALSE);
    }
}

static void XMLCALL end_element(void *argument, const char *full_name)
{
    struct reading *reading = argument;
    const char *name = local_name(full_name);

    if (reading->stopped || reading->too_long || reading->too_deep)
        return;
    reading->depth--;
    if (reading->inside == IN_LEADER && strcmp(name, "leader") == 0)
        end_leader(reading);
    else if (reading->inside == IN_CONTROL && strcmp(name, "controlfield") == 0)
        end_control(reading);
    else if (reading->inside == IN_SUBFIELD && strcmp(name, "subfield") == 0)
        end_subfield(reading);
    else if (reading->inside == IN_DATA && strcmp(name, "datafield") == 0)
        reading->inside = IN_RECORD;
    else if (reading->inside == IN_RECORD && strcmp(name, "record") == 0)
        end_record(reading);
}

static void XMLCALL take_text(void *argument, const char *bytes, int length)
{
    struct reading *reading = argument;

    if (reading->inside != IN_LEADER && reading->inside != IN_CONTROL && reading->inside != IN_SUBFIELD)
        return;
    if (reading->bytes + reading->text.length + (size_t)length > MARC_RECORD_BYTES_MAX) {
        reading->too_long = true;
        XML_StopParser(reading->parser, XML_FALSE);
        return;
    }
    text_buf_append_bytes(&reading->text, bytes, (size_t)length);
}

static void XMLCALL refuse_document_type(void *argument, const char *name, const char *system_id,
                                         const char *public_id, int has_internal_subset)
{
    struct reading *reading = argument;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    reading->has_document_type = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static const char *describe(const struct reading *reading, struct arena *arena)
{
    unsigned long line = (unsigned long)XML_GetCurrentLineNumber(reading->parser);

    if (reading->has_document_type)
        return "The XML has a document type; MARCXML has none.";
    if (reading->too_deep)
        return "The XML has more elements within each other than any MARCXML.";
    if (reading->too_long)
        return arena_printf(arena, "The record that ends after line %lu is longer than any MARC record.",
                            line);
    return arena_printf(arena, "The XML breaks in line %lu: %s.", line,
                        XML_ErrorString(XML_GetErrorCode(reading->parser)));
}

static enum marcxml_end parse(struct reading *reading, const char *bytes, size_t length)
{
    size_t at = 0;

    do {
        size_t size = length - at < PIECE_BYTES ? length - at : PIECE_BYTES;
        at += size;
        if (XML_Parse(reading->parser, bytes + at - size, (int)size, at == length) != XML_STATUS_OK)
            return reading->stopped ? MARCXML_STOPPED : MARCXML_BROKEN;
    } while (at < length);
    return MARCXML_TO_END;
}

enum marcxml_end marcxml_read(struct arena *arena, const char *bytes, size_t length, marcxml_take *take,
                              void *argument, const char **out_problem)
{
    struct reading reading = {
        .parser = XML_ParserCreate(NULL), .arena = arena, .take = take, .argument = argument};

    if (!reading.parser) {
        *out_problem = "There is no memory to read XML.";
        return MARCXML_BROKEN;
    }
    XML_SetUserData(reading.parser, &reading);
    XML_SetElementHandler(reading.parser, begin_element, end_element);
    XML_SetCharacterDataHandler(reading.parser, take_text);
    XML_SetStartDoctypeDeclHandler(reading.parser, refuse_document_type);
    enum marcxml_end end = parse(&reading, bytes, length);
    if (end == MARCXML_BROKEN)
        *out_problem = describe(&reading, arena);
    XML_ParserFree(reading.parser);
    return end;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* XML 1.0, production 2: which characters there are. U+FFFE and U+FFFF are none. */
static bool is_no_character(const unsigned char *at)
{
    return (at[0] < 0x20 && at[0] != '\t' && at[0] != '\n' && at[0] != '\r') ||
           (at[0] == 0xef && at[1] == 0xbf && (at[2] == 0xbe || at[2] == 0xbf));
}

static void write_text(struct text_buf *out, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        switch (*at) {
        case '&': text_buf_append(out, "&amp;"); continue;
        case '<': text_buf_append(out, "&lt;"); continue;
        case '>': text_buf_append(out, "&gt;"); continue;
        case '"': text_buf_append(out, "&quot;"); continue;
        case '\r': text_buf_append(out, "&#13;"); continue; /* a reader would make a line feed of it */
        default: break;
        }
        if (!is_no_character(at)) {
            text_buf_append_char(out, (char)*at);
            continue;
        }
        text_buf_append(out, REPLACEMENT);
        at += *at == 0xef ? 2 : 0;
    }
}

void marcxml_begin(struct text_buf *out)
{
    text_buf_append(out,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<collection xmlns=\"" NAMESPACE "\">\n");
}

static void write_byte(struct text_buf *out, const char *before, char byte)
{
    const char text[] = {byte, '\0'};

    text_buf_append(out, before);
    write_text(out, text);
}

static void write_field(struct text_buf *out, const struct marc_field *field)
{
    if (field->text) {
        text_buf_printf(out, "  <controlfield tag=\"%s\">", field->tag);
        write_text(out, field->text);
        text_buf_append(out, "</controlfield>\n");
        return;
    }
    text_buf_printf(out, "  <datafield tag=\"%s\"", field->tag);
    write_byte(out, " ind1=\"", field->indicators[0]);
    write_byte(out, "\" ind2=\"", field->indicators[1]);
    text_buf_append(out, "\">\n");
    for (const struct marc_subfield *subfield = field->subfields; subfield; subfield = subfield->next) {
        write_byte(out, "    <subfield code=\"", subfield->code);
        text_buf_append(out, "\">");
        write_text(out, subfield->text);
        text_buf_append(out, "</subfield>\n");
    }
    text_buf_append(out, "  </datafield>\n");
}

/* Lengths mean nothing here and are blank; the text is UTF-8 whatever it was. */
void marcxml_write(struct text_buf *out, const struct marc_record *record)
{
    const char *leader = record->leader;

    text_buf_append(out, "<record>\n  <leader>     ");
    write_text(out, arena_printf(out->arena, "%.4sa22     %.3s4500", leader + 5, leader + 17));
    text_buf_append(out, "</leader>\n");
    for (const struct marc_field *field = record->fields; field; field = field->next)
        write_field(out, field);
    text_buf_append(out, "</record>\n");
}

void marcxml_end(struct text_buf *out)
{
    text_buf_append(out, "</collection>\n");
}
