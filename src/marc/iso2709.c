/*
 * iso2709.c — the directory gives the tags and the order, the separators give the texts.
 */
#include "marc/iso2709.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

#define RECORD_END 0x1d
#define FIELD_END 0x1e
#define SUBFIELD_BEGIN 0x1f
#define END_OF_FILE 0x1a /* how CP/M and DOS ended a text */

#define ENTRY_LENGTH 12 /* tag 3, length 4, start 5 */
#define LENGTH_DIGITS 4
#define START_DIGITS 5
#define RECORD_LENGTH_DIGITS 5
#define BASE_AT 12
#define CHARSET_AT 9
#define INDICATORS_AT 10
#define FIELD_LENGTH_MAX 9999
#define RECORD_LENGTH_MAX 99999
#define ENTRIES_MAX ((RECORD_LENGTH_MAX - MARC_LEADER_LENGTH) / ENTRY_LENGTH) /* whose order is looked at */
#define SEGMENTS_AHEAD 4 /* that a field is looked for among, where the directory lacks one */

/* ---- numbers ------------------------------------------------------------------------------------------- */

static bool read_digits(const char *at, size_t count, size_t *out_number)
{
    size_t number = 0;

    for (size_t i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        number = number * 10 + (size_t)(at[i] - '0');
    }
    *out_number = number;
    return true;
}

bool iso2709_is_likely(const char *bytes, size_t length)
{
    size_t number;

    return length > MARC_LEADER_LENGTH && read_digits(bytes, RECORD_LENGTH_DIGITS, &number) &&
           memchr(bytes, FIELD_END, length) != NULL;
}

/* ---- records in a file --------------------------------------------------------------------------------- */

static bool is_between_records(char byte)
{
    return byte == '\n' || byte == '\r' || byte == ' ' || byte == '\t' || byte == '\0' ||
           byte == END_OF_FILE || byte == RECORD_END;
}

bool iso2709_next(const char *bytes, size_t length, size_t *io_at, const char **out_record,
                  size_t *out_length)
{
    size_t at = *io_at;

    while (at < length && is_between_records(bytes[at]))
        at++;
    if (at == length)
        return false;
    const char *end = memchr(bytes + at, RECORD_END, length - at);
    *out_record = bytes + at;
    *out_length = end ? (size_t)(end - (bytes + at)) + 1 : length - at;
    *io_at = at + *out_length;
    return true;
}

/* ---- one record ---------------------------------------------------------------------------------------- */

struct entry {
    char tag[MARC_TAG_LENGTH + 1];
    size_t start, length; /* as the directory says */
    bool has_numbers;
    size_t rank; /* how many fields stand before it in the data */
};

struct segment {
    const char *bytes;
    size_t length; /* without its separator */
};

struct parsing {
    struct arena *arena;
    struct marc_converter *converter;
    struct marc_reading *reading;
    struct entry *entries;
    size_t entry_count;
    struct segment *segments;
    size_t segment_count;
    const char *data;
    size_t data_length;
};

static const char *decode(const struct parsing *parsing, const char *bytes, size_t length)
{
    struct marc_reading *reading = parsing->reading;
    bool is_marc8 = reading->charset == MARC_MARC_8;

    char *text = arena_strndup(parsing->arena, bytes, length);
    for (size_t i = 0; i < length; i++) {
        /* In a control field, which has none. */
        if (text[i] == SUBFIELD_BEGIN || (text[i] == '\0' && !is_marc8)) {
            text[i] = ' ';
            reading->characters_lost++;
        }
    }
    return is_marc8
               ? marc_from_marc8(parsing->converter, parsing->arena, text, length, &reading->characters_lost)
               : text;
}

static size_t count_byte(const char *bytes, size_t length, char byte)
{
    size_t count = 0;

    for (const char *at = bytes; (at = memchr(at, byte, length - (size_t)(at - bytes))); at++)
        count++;
    return count;
}

static void split_segments(struct parsing *parsing)
{
    size_t at = 0;

    parsing->segments =
        arena_alloc_array(parsing->arena, count_byte(parsing->data, parsing->data_length, FIELD_END) + 1,
                          sizeof *parsing->segments);
    while (at < parsing->data_length) {
        const char *end = memchr(parsing->data + at, FIELD_END, parsing->data_length - at);
        size_t length = end ? (size_t)(end - (parsing->data + at)) : parsing->data_length - at;
        parsing->segments[parsing->segment_count++] = (struct segment){parsing->data + at, length};
        at += length + 1;
    }
}

static void read_directory(struct parsing *parsing, const char *directory, size_t length)
{
    size_t count = length / ENTRY_LENGTH;

    parsing->reading->lengths_wrong |= length % ENTRY_LENGTH != 0;
    parsing->entries = arena_alloc_array(parsing->arena, count + 1, sizeof *parsing->entries);
    for (size_t i = 0; i < count; i++) {
        const char *at = directory + i * ENTRY_LENGTH;
        struct entry *entry = &parsing->entries[parsing->entry_count++];
        memcpy(entry->tag, at, MARC_TAG_LENGTH);
        entry->has_numbers = read_digits(at + MARC_TAG_LENGTH, LENGTH_DIGITS, &entry->length) &&
                             read_digits(at + MARC_TAG_LENGTH + LENGTH_DIGITS, START_DIGITS, &entry->start);
    }
}

/* The directory need not be in the order of the data. Nearly always it is, so this is quick. */
static bool rank_entries(struct parsing *parsing)
{
    bool is_sorted = true;

    if (parsing->entry_count > ENTRIES_MAX)
        return false;
    for (size_t i = 0; i < parsing->entry_count; i++) {
        struct entry *entry = &parsing->entries[i];
        if (!entry->has_numbers)
            return false;
        entry->rank = i;
        is_sorted = is_sorted && (i == 0 || parsing->entries[i - 1].start < entry->start);
    }
    for (size_t i = 0; !is_sorted && i < parsing->entry_count; i++) {
        parsing->entries[i].rank = 0;
        for (size_t k = 0; k < parsing->entry_count; k++)
            parsing->entries[i].rank += parsing->entries[k].start < parsing->entries[i].start ||
                                        (parsing->entries[k].start == parsing->entries[i].start && k < i);
    }
    return true;
}

/* Do the numbers of the directory mean this segment, counting bytes? */
static bool is_where_it_says(const struct parsing *parsing, const struct entry *entry,
                             const struct segment *segment)
{
    return entry->has_numbers && entry->start == (size_t)(segment->bytes - parsing->data) &&
           entry->length == segment->length + 1;
}

static size_t count_characters(const struct segment *segment)
{
    size_t count = 0;

    for (size_t i = 0; i < segment->length; i++)
        count += (segment->bytes[i] & 0xc0) != 0x80;
    return count;
}

/*
 * As many fields as entries: each is its own, whatever the numbers say. Otherwise one of them is missing, and the next
 * segments are looked at for one that is as long as the directory says, counting bytes or characters.
 */
static const struct segment *find_segment(const struct parsing *parsing, const struct entry *entry,
                                          size_t *io_at)
{
    for (size_t i = *io_at; i < parsing->segment_count && i < *io_at + SEGMENTS_AHEAD; i++) {
        const struct segment *segment = &parsing->segments[i];
        if (entry->has_numbers &&
            segment->length <= 4 * entry->length && /* a character has at most four bytes */
            (segment->length + 1 == entry->length || count_characters(segment) + 1 == entry->length)) {
            *io_at = i + 1;
            return segment;
        }
    }
    return NULL;
}

static void add_subfields(const struct parsing *parsing, struct marc_field *field, const char *bytes,
                          size_t length)
{
    struct marc_subfield **end = &field->subfields;
    size_t at = 0;

    while (at < length) {
        const char *next = memchr(bytes + at, SUBFIELD_BEGIN, length - at);
        size_t size = next ? (size_t)(next - (bytes + at)) : length - at;
        if (size > 0) {
            struct marc_subfield *subfield = arena_alloc(parsing->arena, sizeof *subfield);
            bool has_code =
                marc_is_code(bytes[at]); /* else it is kept with the text: half a character is none */
            subfield->code = has_code ? bytes[at] : ' ';
            subfield->text = decode(parsing, bytes + at + has_code, size - has_code);
            *end = subfield;
            end = &subfield->next;
        }
        at += size + 1;
    }
}

/* A field of separators alone would be written without subfields, and nobody could read that again. */
static bool has_subfields(const char *bytes, size_t length)
{
    return count_byte(bytes, length, SUBFIELD_BEGIN) < length;
}

static bool add_field(struct parsing *parsing, const char *tag, const struct segment *segment)
{
    struct marc_record *record = &parsing->reading->record;
    const char *begin = memchr(segment->bytes, SUBFIELD_BEGIN, segment->length);

    if (!marc_is_tag(tag))
        return false;
    if (marc_is_control_tag(tag))
        return marc_add_control(parsing->arena, record, tag,
                                decode(parsing, segment->bytes, segment->length));
    if (!begin)
        return false;
    size_t before = (size_t)(begin - segment->bytes);
    if (!has_subfields(begin, segment->length - before))
        return false;
    struct marc_field *field =
        marc_add_field(parsing->arena, record, tag, before > 0 ? segment->bytes[0] : ' ',
                       before > 1 ? segment->bytes[1] : ' ');
    add_subfields(parsing, field, begin + 1, segment->length - before - 1);
    return true;
}

/* Texts that the directory has no entry for: nobody can say what they are. */
static size_t count_untold(const struct parsing *parsing)
{
    size_t texts = 0;

    for (size_t i = 0; i < parsing->segment_count; i++)
        texts += parsing->segments[i].length > 0;
    return texts > parsing->entry_count ? texts - parsing->entry_count : 0;
}

static void add_fields(struct parsing *parsing)
{
    bool by_separators = parsing->entry_count == parsing->segment_count && rank_entries(parsing);
    size_t at = 0;

    for (size_t i = 0; i < parsing->entry_count; i++) {
        const struct entry *entry = &parsing->entries[i];
        const struct segment *segment =
            by_separators ? &parsing->segments[entry->rank] : find_segment(parsing, entry, &at);
        parsing->reading->lengths_wrong |= !segment || !is_where_it_says(parsing, entry, segment);
        if (!segment || !add_field(parsing, entry->tag, segment))
            parsing->reading->fields_lost++;
    }
    parsing->reading->fields_lost += count_untold(parsing);
}

static bool is_complete(const char *bytes, size_t length, const char **out_problem)
{
    if (length < MARC_LEADER_LENGTH + 2) {
        *out_problem = "This is no MARC record: it is shorter than a leader.";
        return false;
    }
    if (bytes[length - 1] != RECORD_END) {
        *out_problem = "The file ends in the middle of this record.";
        return false;
    }
    if (length > MARC_RECORD_BYTES_MAX) {
        *out_problem = "This record is longer than any MARC record: its end is missing.";
        return false;
    }
    if (!memchr(bytes + MARC_LEADER_LENGTH, FIELD_END, length - MARC_LEADER_LENGTH)) {
        *out_problem = "This is no MARC record: it has no directory.";
        return false;
    }
    return true;
}

bool iso2709_read(struct arena *arena, struct marc_converter *converter, const char *bytes, size_t length,
                  struct marc_reading *out_reading, const char **out_problem)
{
    struct parsing parsing = {.arena = arena, .converter = converter, .reading = out_reading};
    size_t record_length, base;

    *out_reading = (struct marc_reading){0};
    if (!is_complete(bytes, length, out_problem))
        return false;
    marc_begin(&out_reading->record, bytes, MARC_LEADER_LENGTH);
    const char *directory = bytes + MARC_LEADER_LENGTH;
    const char *end = memchr(directory, FIELD_END, length - MARC_LEADER_LENGTH);
    parsing.data = end + 1;
    parsing.data_length = (size_t)(bytes + length - 1 - parsing.data);
    out_reading->charset = marc_charset_of(parsing.data, parsing.data_length);
    out_reading->says_other_charset =
        (bytes[CHARSET_AT] == 'a') != (out_reading->charset == MARC_UTF_8) &&
        (out_reading->charset == MARC_MARC_8 || !marc_is_ascii(parsing.data, parsing.data_length));
    out_reading->lengths_wrong =
        !read_digits(bytes, RECORD_LENGTH_DIGITS, &record_length) || record_length != length ||
        !read_digits(bytes + BASE_AT, START_DIGITS, &base) || base != (size_t)(parsing.data - bytes);
    read_directory(&parsing, directory, (size_t)(end - directory));
    split_segments(&parsing);
    add_fields(&parsing);
    if (out_reading->record.fields)
        return true;
    *out_problem = "No field of this record can be read.";
    return false;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

struct writing {
    struct text_buf *out;
    enum marc_charset charset;
    struct marc_converter *converter;
};

/* Separators inside a text would make two of it. */
static void write_text(const struct writing *writing, const char *text)
{
    const char *bytes =
        writing->charset == MARC_MARC_8 ? marc_to_marc8(writing->converter, writing->out->arena, text) : text;

    for (; *bytes; bytes++)
        text_buf_append_char(writing->out, *bytes >= RECORD_END && *bytes <= SUBFIELD_BEGIN ? ' ' : *bytes);
}

static void write_field(const struct writing *writing, const struct marc_field *field)
{
    if (field->text) {
        write_text(writing, field->text);
    } else {
        text_buf_append_bytes(writing->out, field->indicators, sizeof field->indicators);
        for (const struct marc_subfield *subfield = field->subfields; subfield; subfield = subfield->next) {
            text_buf_append_char(writing->out, SUBFIELD_BEGIN);
            text_buf_append_char(writing->out, subfield->code);
            write_text(writing, subfield->text);
        }
    }
    text_buf_append_char(writing->out, FIELD_END);
}

static size_t at_most(size_t number, size_t max)
{
    return number < max ? number : max;
}

void iso2709_write(struct text_buf *out, const struct marc_record *record, enum marc_charset charset,
                   struct marc_converter *converter)
{
    struct text_buf directory, data;
    const struct writing writing = {&data, charset, converter};
    char leader[MARC_LEADER_LENGTH + 1];

    text_buf_init(&directory, out->arena);
    text_buf_init(&data, out->arena);
    for (const struct marc_field *field = record->fields; field; field = field->next) {
        size_t start = data.length;
        write_field(&writing, field);
        text_buf_printf(&directory, "%s%04zu%05zu", field->tag,
                        at_most(data.length - start, FIELD_LENGTH_MAX), at_most(start, RECORD_LENGTH_MAX));
    }
    size_t base = MARC_LEADER_LENGTH + directory.length + 1;
    memcpy(leader, record->leader, sizeof leader);
    leader[CHARSET_AT] = charset == MARC_UTF_8 ? 'a' : ' ';
    memset(leader + INDICATORS_AT, '2',
           2); /* two indicators; a subfield's code has its separator and one letter */
    text_buf_printf(out, "%05zu%.7s%05zu%.3s4500", at_most(base + data.length + 1, RECORD_LENGTH_MAX),
                    leader + 5, at_most(base, RECORD_LENGTH_MAX), leader + 17);
    text_buf_append(out, text_buf_string(&directory));
    text_buf_append_char(out, FIELD_END);
    text_buf_append(out, text_buf_string(&data));
    text_buf_append_char(out, RECORD_END);
}
