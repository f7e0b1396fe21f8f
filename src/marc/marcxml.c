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
#define READER_BYTES_MAX (64 * 1024) /* the reader itself; what it reads is elsewhere */
/* What a field and a subfield take in ISO 2709 beside their text: an empty one counts too. */
#define FIELD_BYTES 15
#define SUBFIELD_BYTES 2

enum inside { OUTSIDE, IN_RECORD, IN_LEADER, IN_CONTROL, IN_DATA, IN_SUBFIELD };

struct marcxml_reader {
    XML_Parser parser;
    struct arena *arena; /* of the record at hand */
    marcxml_source *read;
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
    bool has_record; /* it is whole: the parser rests */
    bool is_at_end;  /* the parser has the last of the bytes */
    bool has_document_type, too_long, too_deep, is_unreadable;
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

static void begin_text(struct marcxml_reader *reading, enum inside inside)
{
    reading->inside = inside;
    text_buf_init(&reading->text, reading->arena);
}

static void begin_record(struct marcxml_reader *reading)
{
    reading->inside = IN_RECORD;
    reading->bytes = reading->fields_lost = 0;
    reading->too_long = false;
    marc_begin(&reading->record, "", 0);
}

static void count_bytes(struct marcxml_reader *reading, size_t bytes)
{
    reading->bytes += bytes;
    if (reading->bytes <= MARC_RECORD_BYTES_MAX)
        return;
    reading->too_long = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static void begin_data(struct marcxml_reader *reading, const char **attributes)
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
    struct marcxml_reader *reading = argument;
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

static const char *taken_text(struct marcxml_reader *reading)
{
    const char *text = text_buf_string(&reading->text);

    reading->bytes += reading->text.length;
    text_buf_init(&reading->text, reading->arena);
    return text;
}

static void end_leader(struct marcxml_reader *reading)
{
    struct marc_record with_leader;
    const char *text = taken_text(reading);

    marc_begin(&with_leader, text, strlen(text));
    memcpy(reading->record.leader, with_leader.leader, sizeof with_leader.leader);
    reading->inside = IN_RECORD;
}

static void end_control(struct marcxml_reader *reading)
{
    if (!marc_add_control(reading->arena, &reading->record, reading->tag, taken_text(reading)))
        reading->fields_lost++;
    reading->inside = IN_RECORD;
}

static void end_subfield(struct marcxml_reader *reading)
{
    const char *text = taken_text(reading);

    if (reading->field && marc_is_code(reading->code))
        marc_add_subfield(reading->arena, reading->field, reading->code, text);
    else if (reading->field) /* those of a lost field are counted with it */
        reading->fields_lost++;
    reading->inside = IN_DATA;
}

/* The parser rests here until the next record is wanted. */
static void end_record(struct marcxml_reader *reading)
{
    reading->inside = OUTSIDE;
    reading->field = NULL;
    reading->has_record = true;
    XML_StopParser(reading->parser, XML_TRUE);
}

static void XMLCALL end_element(void *argument, const char *full_name)
{
    struct marcxml_reader *reading = argument;
    const char *name = local_name(full_name);

    if (reading->too_long || reading->too_deep)
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
    struct marcxml_reader *reading = argument;

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
    struct marcxml_reader *reading = argument;

    (void)name;
    (void)system_id;
    (void)public_id;
    (void)has_internal_subset;
    reading->has_document_type = true;
    XML_StopParser(reading->parser, XML_FALSE);
}

static const char *describe(const struct marcxml_reader *reading, struct arena *arena)
{
    unsigned long line = (unsigned long)XML_GetCurrentLineNumber(reading->parser);

    if (reading->is_unreadable)
        return "The file could not be read from the disk.";
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

/* What was fed is parsed on, or more is fed. */
static enum XML_Status go_on(struct marcxml_reader *reading)
{
    XML_ParsingStatus status;
    size_t length;

    XML_GetParsingStatus(reading->parser, &status);
    if (status.parsing == XML_SUSPENDED)
        return XML_ResumeParser(reading->parser);
    void *piece = XML_GetBuffer(reading->parser, PIECE_BYTES);
    if (!piece)
        return XML_STATUS_ERROR;
    reading->is_unreadable = !reading->read(reading->argument, piece, PIECE_BYTES, &length);
    if (reading->is_unreadable)
        return XML_STATUS_ERROR;
    reading->is_at_end = length < PIECE_BYTES;
    return XML_ParseBuffer(reading->parser, (int)length, reading->is_at_end);
}

enum marcxml_step marcxml_next(struct marcxml_reader *reader, struct arena *arena,
                               struct marc_record *out_record, size_t *out_fields_lost,
                               const char **out_problem)
{
    enum XML_Status status = XML_STATUS_OK;

    reader->arena = arena;
    reader->has_record = false;
    while (status == XML_STATUS_OK) {
        XML_ParsingStatus state;
        XML_GetParsingStatus(reader->parser, &state);
        if (state.parsing == XML_FINISHED)
            return MARCXML_END;
        status = go_on(reader);
    }
    if (status == XML_STATUS_SUSPENDED && reader->has_record) {
        *out_record = reader->record;
        *out_fields_lost = reader->fields_lost;
        return MARCXML_RECORD;
    }
    *out_problem = describe(reader, arena);
    return MARCXML_WRONG;
}

static void release_reader(void *resource)
{
    struct marcxml_reader *reader = resource;

    XML_ParserFree(reader->parser);
}

struct marcxml_reader *marcxml_open(struct arena *arena, marcxml_source *read, void *argument)
{
    struct marcxml_reader *reader = arena_alloc(arena, sizeof *reader);

    *reader = (struct marcxml_reader){.parser = XML_ParserCreate(NULL), .read = read, .argument = argument};
    if (!reader->parser)
        return NULL;
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(reader->parser, take_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, refuse_document_type);
    arena_defer(arena, release_reader, reader);
    return reader;
}

struct memory {
    const char *bytes;
    size_t left;
};

static bool read_memory(void *argument, char *out, size_t size, size_t *out_length)
{
    struct memory *memory = argument;

    *out_length = memory->left < size ? memory->left : size;
    if (*out_length > 0)
        memcpy(out, memory->bytes, *out_length);
    memory->bytes += *out_length;
    memory->left -= *out_length;
    return true;
}

static enum marcxml_end read_all(struct marcxml_reader *reader, struct arena *arena, marcxml_take *take,
                                 void *argument, const char **out_problem)
{
    struct marc_record record;
    size_t fields_lost;

    for (;;) {
        switch (marcxml_next(reader, arena, &record, &fields_lost, out_problem)) {
        case MARCXML_END: return MARCXML_TO_END;
        case MARCXML_WRONG: return MARCXML_BROKEN;
        case MARCXML_RECORD: break;
        }
        if (!take(argument, &record, fields_lost))
            return MARCXML_STOPPED;
    }
}

enum marcxml_end marcxml_read(struct arena *arena, const char *bytes, size_t length, marcxml_take *take,
                              void *argument, const char **out_problem)
{
    struct memory memory = {bytes, length};
    struct arena own;

    arena_init(&own, READER_BYTES_MAX);
    struct marcxml_reader *reader = marcxml_open(&own, read_memory, &memory);
    if (!reader)
        *out_problem = "There is no memory to read XML.";
    enum marcxml_end end = reader ? read_all(reader, arena, take, argument, out_problem) : MARCXML_BROKEN;
    arena_release(&own);
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
