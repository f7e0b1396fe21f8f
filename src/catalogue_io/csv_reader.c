/*
 * csv_reader.c — from the bytes of a file to rows of cells. Nobody who brings a file knows its encoding or
 * delimiter, so nobody is asked; who does know may say so.
 */
#include "catalogue_io/csv_reader.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

/* The delimiter shows in the first lines. */
#define SAMPLE_BYTES (16 * 1024)
#define SAMPLE_ROWS 20
/* libcsv is fed in pieces, so that a caller who has seen enough need not wait for the end. */
#define PIECE_BYTES 4096

#define REPLACEMENT_CHARACTER 0xFFFD

#define UTF_8 csv_encodings[0]
#define WINDOWS_1252 csv_encodings[1]
#define UTF_16LE csv_encodings[2]
#define UTF_16BE csv_encodings[3]

const char *const csv_encodings[] = {"UTF-8", "Windows-1252", "UTF-16LE", "UTF-16BE", NULL};

/* ---- encodings ---------------------------------------------------------------------------------------- */

/* Windows-1252, 0x80 to 0x9F, as the WHATWG Encoding Standard has it; the rest equals Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static char *put_character(char *out, uint32_t character)
{
    if (character < 0x80) {
        *out++ = (char)character;
    } else if (character < 0x800) {
        *out++ = (char)(0xC0 | character >> 6);
        *out++ = (char)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        *out++ = (char)(0xE0 | character >> 12);
        *out++ = (char)(0x80 | (character >> 6 & 0x3F));
        *out++ = (char)(0x80 | (character & 0x3F));
    } else {
        *out++ = (char)(0xF0 | character >> 18);
        *out++ = (char)(0x80 | (character >> 12 & 0x3F));
        *out++ = (char)(0x80 | (character >> 6 & 0x3F));
        *out++ = (char)(0x80 | (character & 0x3F));
    }
    return out;
}

static void decode_windows_1252(struct arena *arena, const unsigned char *bytes, size_t length,
                                struct csv_file *file)
{
    size_t high = 0;

    for (size_t i = 0; i < length; i++)
        high += bytes[i] >= 0x80;
    char *text = arena_alloc(arena, length + 2 * high + 1);
    char *out = text;
    for (size_t i = 0; i < length; i++)
        out = put_character(out,
                            bytes[i] >= 0x80 && bytes[i] < 0xA0 ? windows_1252[bytes[i] - 0x80] : bytes[i]);
    file->bytes = text;
    file->length = (size_t)(out - text);
    file->encoding = WINDOWS_1252;
}

static uint32_t utf16_unit(const unsigned char *bytes, bool big_endian)
{
    return big_endian ? (uint32_t)bytes[0] << 8 | bytes[1] : (uint32_t)bytes[1] << 8 | bytes[0];
}

static void decode_utf16(struct arena *arena, const unsigned char *bytes, size_t length, bool big_endian,
                         struct csv_file *file)
{
    char *text = arena_alloc(arena, length / 2 * 3 + 1);
    char *out = text;

    for (size_t i = 0; i + 1 < length; i += 2) {
        uint32_t unit = utf16_unit(bytes + i, big_endian);
        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < length) {
            uint32_t low = utf16_unit(bytes + i + 2, big_endian);
            if (low >= 0xDC00 && low < 0xE000) {
                out = put_character(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                i += 2;
                continue;
            }
        }
        out = put_character(out, unit >= 0xD800 && unit < 0xE000 ? REPLACEMENT_CHARACTER : unit);
    }
    file->bytes = text;
    file->length = (size_t)(out - text);
    file->encoding = big_endian ? UTF_16BE : UTF_16LE;
}

static bool begins_with(const char *bytes, size_t length, const char *mark, size_t mark_length)
{
    return length >= mark_length && memcmp(bytes, mark, mark_length) == 0;
}

/* By its byte order mark; else UTF-8 where it is valid, and Windows-1252, which anything is. */
static const char *recognise_encoding(const char *bytes, size_t length)
{
    if (begins_with(bytes, length, "\xFF\xFE", 2))
        return UTF_16LE;
    if (begins_with(bytes, length, "\xFE\xFF", 2))
        return UTF_16BE;
    return text_is_utf8(bytes, length) ? UTF_8 : WINDOWS_1252;
}

/* False: the bytes are not of that encoding. */
static bool decode(struct arena *arena, const char *bytes, size_t length, const char *told,
                   struct csv_file *file)
{
    if (begins_with(bytes, length, "\xEF\xBB\xBF", 3)) {
        bytes += 3;
        length -= 3;
    }
    const char *encoding = told ? told : recognise_encoding(bytes, length);
    if (strcmp(encoding, WINDOWS_1252) == 0) {
        decode_windows_1252(arena, (const unsigned char *)bytes, length, file);
        return true;
    }
    if (strcmp(encoding, UTF_8) != 0) {
        bool big_endian = strcmp(encoding, UTF_16BE) == 0;
        size_t mark = begins_with(bytes, length, big_endian ? "\xFE\xFF" : "\xFF\xFE", 2) ? 2 : 0;
        decode_utf16(arena, (const unsigned char *)bytes + mark, length - mark, big_endian, file);
        return true;
    }
    file->bytes = bytes;
    file->length = length;
    file->encoding = UTF_8;
    return text_is_utf8(bytes, length);
}

/* ---- rows --------------------------------------------------------------------------------------------- */

struct reading {
    bool (*row)(void *argument, const struct csv_row *row);
    void *argument;
    struct text_buf text; /* the cells of the row at hand, each with its NUL */
    size_t starts[IMPORT_COLUMNS_MAX];
    size_t count;
    bool blank;       /* nothing but empty cells so far */
    int64_t number;   /* of the row at hand */
    int previous_end; /* the character that ended the last row; 0 once a cell followed */
    bool stopped;
};

static void take_cell(void *cell, size_t length, void *argument)
{
    struct reading *reading = argument;

    reading->previous_end = 0;
    if (length > 0)
        reading->blank = false;
    if (reading->count == IMPORT_COLUMNS_MAX)
        return;
    reading->starts[reading->count++] = reading->text.length;
    if (length > 0)
        text_buf_append_bytes(&reading->text, cell, length);
    text_buf_append_char(&reading->text, '\0');
}

static void take_row_end(int character, void *argument)
{
    struct reading *reading = argument;
    const char *cells[IMPORT_COLUMNS_MAX];

    /* CR LF is one line end; libcsv tells both, since blank lines must be counted. */
    if (reading->count == 0 && character == '\n' && reading->previous_end == '\r') {
        reading->previous_end = '\n';
        return;
    }
    if (!reading->blank && !reading->stopped) {
        const char *text = text_buf_string(&reading->text);
        for (size_t i = 0; i < reading->count; i++)
            cells[i] = reading->starts[i] < reading->text.length ? text + reading->starts[i] : "";
        const struct csv_row row = {.number = reading->number, .cells = cells, .count = reading->count};
        reading->stopped = !reading->row(reading->argument, &row);
    }
    text_buf_clear(&reading->text);
    reading->count = 0;
    reading->blank = true;
    reading->previous_end = character;
    if (!reading->stopped)
        reading->number++;
}

enum csv_end csv_read_rows(struct arena *arena, const struct csv_file *file,
                           bool (*row)(void *argument, const struct csv_row *row), void *argument,
                           int64_t *out_last_row)
{
    struct reading reading = {.row = row, .argument = argument, .blank = true, .number = file->first_row};
    struct csv_parser parser;
    bool closed = true;

    text_buf_init(&reading.text, arena);
    /* Our own memory failing ends the process (base/arena.h), and so does libcsv's. */
    if (csv_init(&parser, CSV_REPALL_NL) != 0)
        abort();
    csv_set_delim(&parser, (unsigned char)file->delimiter);
    for (size_t at = 0; at < file->length && !reading.stopped; at += PIECE_BYTES) {
        size_t piece = file->length - at < PIECE_BYTES ? file->length - at : PIECE_BYTES;
        if (csv_parse(&parser, file->bytes + at, piece, take_cell, take_row_end, &reading) != piece)
            abort();
    }
    /* Strict only now: a stray quote within a cell is fine, one that is open at the end is not. */
    csv_set_opts(&parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
    if (!reading.stopped)
        closed = csv_fini(&parser, take_cell, take_row_end, &reading) == 0;
    csv_free(&parser);
    *out_last_row = reading.number;
    if (reading.stopped)
        return CSV_STOPPED;
    return closed ? CSV_READ_TO_END : CSV_OPEN_QUOTE;
}

/* ---- the delimiter ------------------------------------------------------------------------------------ */

struct sample {
    size_t columns; /* of the first row */
    size_t alike;   /* rows with as many */
    size_t rows;
};

static bool take_sample(void *argument, const struct csv_row *row)
{
    struct sample *sample = argument;

    if (sample->rows == 0)
        sample->columns = row->count;
    sample->alike += row->count == sample->columns;
    sample->rows++;
    return sample->rows < SAMPLE_ROWS;
}

/* Enough whole lines from the beginning. */
static size_t sample_length(const struct csv_file *file)
{
    size_t length = file->length;

    if (length > SAMPLE_BYTES) {
        length = SAMPLE_BYTES;
        while (length > 0 && file->bytes[length - 1] != '\n' && file->bytes[length - 1] != '\r')
            length--;
    }
    return length > 0 ? length : file->length;
}

/* The one that makes the most rows as wide as the first, which must be wider than one cell. */
static char recognise_delimiter(struct arena *arena, const struct csv_file *file)
{
    static const char candidates[] = ",;\t|";
    struct csv_file part = *file;
    struct sample best = {0};
    int64_t last;

    char found = ',';
    part.length = sample_length(file);
    for (const char *candidate = candidates; *candidate; candidate++) {
        struct sample sample = {0};
        part.delimiter = *candidate;
        csv_read_rows(arena, &part, take_sample, &sample, &last);
        if (sample.columns < 2)
            continue;
        if (sample.alike > best.alike || (sample.alike == best.alike && sample.columns > best.columns)) {
            best = sample;
            found = *candidate;
        }
    }
    return found;
}

/* Excel's own hint: a first line "sep=;". */
static bool take_separator_line(struct csv_file *file)
{
    if (!begins_with(file->bytes, file->length, "sep=", 4) || file->length < 6)
        return false;
    size_t end = file->bytes[5] == '\r' && file->length > 6 && file->bytes[6] == '\n' ? 7 : 6;
    if (file->bytes[end - 1] != '\n' && file->bytes[end - 1] != '\r')
        return false;
    file->delimiter = file->bytes[4];
    file->bytes += end;
    file->length -= end;
    file->first_row = 2;
    return true;
}

bool csv_recognise(struct arena *arena, const char *bytes, size_t length, const struct csv_told *told,
                   struct csv_file *out_file, const char **out_problem)
{
    struct csv_file file = {.first_row = 1};

    if (begins_with(bytes, length, "PK\x03\x04", 4) || begins_with(bytes, length, "\xD0\xCF\x11\xE0", 4)) {
        *out_problem = "This is a spreadsheet program's own format. Save it as CSV, and bring that file.";
        return false;
    }
    if (!decode(arena, bytes, length, told->encoding, &file)) {
        *out_problem = "The file is not in UTF-8. Choose another encoding, or let it be recognised.";
        return false;
    }
    if (file.length == 0) {
        *out_problem = "The file is empty.";
        return false;
    }
    if (memchr(file.bytes, '\0', file.length)) {
        *out_problem = told->encoding
                           ? "The file is not in that encoding. Choose another, or let it be recognised."
                           : "This is no text file: it holds NUL bytes.";
        return false;
    }
    bool is_said = take_separator_line(&file);
    if (told->delimiter)
        file.delimiter = told->delimiter;
    else if (!is_said)
        file.delimiter = recognise_delimiter(arena, &file);
    *out_file = file;
    return true;
}
