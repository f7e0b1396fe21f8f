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
#define PIECE_BYTES (16 * 1024)

struct csv_reader {
    struct arena arena; /* of the row at hand */
    struct import_source source;
    const char *encoding;
    char delimiter;
    struct csv_parser parser;
    bool has_parser;

    struct csv_decoder decoder;
    int64_t at; /* in the source */
    bool is_at_end;
    char piece[CSV_DECODED_MAX(PIECE_BYTES)]; /* decoded */
    size_t piece_at, piece_length;
    size_t pass_over; /* decoded bytes at the beginning that are no rows */

    struct text_buf text; /* the cells of the row at hand, each with its NUL */
    size_t starts[IMPORT_COLUMNS_MAX];
    const char *cells[IMPORT_COLUMNS_MAX];
    size_t count;
    size_t row_bytes;
    bool blank;       /* nothing but empty cells so far */
    int64_t number;   /* of the row at hand */
    int previous_end; /* the character that ended the last row; 0 once a cell followed */
    bool has_row;     /* it is whole, and told next */
    enum csv_step end;
};

/* ---- encodings ---------------------------------------------------------------------------------------- */

static bool begins_with(const char *bytes, size_t length, const char *mark, size_t mark_length)
{
    return length >= mark_length && memcmp(bytes, mark, mark_length) == 0;
}

/* By its byte order mark; NULL: UTF-8 if it is valid, else Windows-1252, which anything is. */
static const char *marked_encoding(const char *bytes, size_t length)
{
    if (begins_with(bytes, length, "\xFF\xFE", 2))
        return CSV_UTF_16LE;
    return begins_with(bytes, length, "\xFE\xFF", 2) ? CSV_UTF_16BE : NULL;
}

static size_t mark_length(const char *encoding, const char *bytes, size_t length)
{
    if (begins_with(bytes, length, "\xEF\xBB\xBF", 3))
        return 3;
    if (encoding == CSV_UTF_16LE || encoding == CSV_UTF_16BE)
        return marked_encoding(bytes, length) == encoding ? 2 : 0;
    return 0;
}

struct look {
    const char *encoding; /* told, or marked */
    bool is_utf8, has_nul, is_empty;
};

/* The whole file, once. */
static bool look_through(struct csv_reader *reader, int64_t from, struct look *look)
{
    struct csv_decoder decoder = {.encoding = look->encoding};
    struct csv_decoder validity = {0};
    char bytes[PIECE_BYTES];
    size_t length;

    *look = (struct look){look->encoding, true, false, true};
    do {
        if (!import_source_read(&reader->source, from, bytes, sizeof bytes, &length))
            return false;
        bool is_last = length < sizeof bytes;
        const char *decoded = bytes;
        size_t decoded_length = length;
        if (look->encoding == CSV_UTF_16LE || look->encoding == CSV_UTF_16BE) {
            decoded_length = csv_decode(&decoder, bytes, length, is_last, reader->piece);
            decoded = reader->piece;
        } else if (look->is_utf8) {
            look->is_utf8 = csv_is_utf8(&validity, bytes, length, is_last);
        }
        look->is_empty = look->is_empty && decoded_length == 0;
        look->has_nul = look->has_nul || memchr(decoded, '\0', decoded_length);
        from += (int64_t)length;
    } while (length == sizeof bytes);
    return true;
}

/* NULL, or what is wrong. Then reader->encoding is settled, and reader->at after the mark. */
static const char *recognise_encoding(struct csv_reader *reader, const char *told)
{
    char bytes[4];
    size_t length;

    if (!import_source_read(&reader->source, 0, bytes, sizeof bytes, &length))
        return "The file could not be read from the disk.";
    if (begins_with(bytes, length, "PK\x03\x04", 4) || begins_with(bytes, length, "\xD0\xCF\x11\xE0", 4))
        return "This is a spreadsheet program's own format. Save it as CSV, and bring that file.";
    struct look look = {.encoding = told ? told : marked_encoding(bytes, length)};
    reader->at = (int64_t)mark_length(look.encoding, bytes, length);
    if (!look_through(reader, reader->at, &look))
        return "The file could not be read from the disk.";
    if (told == CSV_UTF_8 && !look.is_utf8)
        return "The file is not in UTF-8. Choose another encoding, or let it be recognised.";
    if (look.is_empty)
        return "The file is empty.";
    if (look.has_nul)
        return told ? "The file is not in that encoding. Choose another, or let it be recognised."
                    : "This is no text file: it holds NUL bytes.";
    reader->encoding = look.encoding ? look.encoding : look.is_utf8 ? CSV_UTF_8 : CSV_WINDOWS_1252;
    reader->decoder = (struct csv_decoder){.encoding = reader->encoding};
    return NULL;
}

/* ---- rows --------------------------------------------------------------------------------------------- */

static void take_cell(void *cell, size_t length, void *argument)
{
    struct csv_reader *reader = argument;

    reader->previous_end = 0;
    if (length > 0)
        reader->blank = false;
    if (reader->count == IMPORT_COLUMNS_MAX)
        return;
    reader->starts[reader->count++] = reader->text.length;
    if (length > 0)
        text_buf_append_bytes(&reader->text, cell, length);
    text_buf_append_char(&reader->text, '\0');
}

static void take_row_end(int character, void *argument)
{
    struct csv_reader *reader = argument;

    reader->row_bytes = 0;
    /* CR LF is one line end; libcsv tells both, since blank lines must be counted. */
    if (reader->count == 0 && character == '\n' && reader->previous_end == '\r') {
        reader->previous_end = '\n';
        return;
    }
    reader->previous_end = character;
    if (reader->blank) {
        text_buf_clear(&reader->text);
        reader->count = 0;
        reader->number++;
        return;
    }
    reader->has_row = true;
}

/* Makes room for the next row, now that nobody looks at the last one. */
static void clear_row(struct csv_reader *reader)
{
    text_buf_clear(&reader->text);
    reader->count = 0;
    reader->blank = true;
    reader->has_row = false;
    reader->number++;
}

static void begin_rows(struct csv_reader *reader, int64_t at, size_t pass_over, int64_t first_row)
{
    if (reader->has_parser)
        csv_free(&reader->parser);
    /* Our own memory failing ends the process (base/arena.h), and so does libcsv's. */
    if (csv_init(&reader->parser, CSV_REPALL_NL) != 0)
        abort();
    reader->has_parser = true;
    csv_set_delim(&reader->parser, (unsigned char)reader->delimiter);
    reader->decoder.held_count = 0;
    reader->at = at;
    reader->pass_over = pass_over;
    reader->piece_at = reader->piece_length = 0;
    reader->is_at_end = false;
    text_buf_clear(&reader->text);
    reader->count = reader->row_bytes = 0;
    reader->blank = true;
    reader->number = first_row;
    reader->previous_end = 0;
    reader->has_row = false;
    reader->end = CSV_ROW;
}

/* The next piece of the file, decoded. False: the disk. */
static bool fill_piece(struct csv_reader *reader)
{
    char bytes[PIECE_BYTES];
    size_t length;

    if (!import_source_read(&reader->source, reader->at, bytes, sizeof bytes, &length))
        return false;
    reader->at += (int64_t)length;
    reader->is_at_end = length < sizeof bytes;
    reader->piece_length = csv_decode(&reader->decoder, bytes, length, reader->is_at_end, reader->piece);
    reader->piece_at = reader->pass_over < reader->piece_length ? reader->pass_over : reader->piece_length;
    reader->pass_over -= reader->piece_at;
    return true;
}

/* Up to the next character that could end a row: so libcsv never tells of two rows at once. */
static void parse_line(struct csv_reader *reader)
{
    const char *line = reader->piece + reader->piece_at;
    size_t left = reader->piece_length - reader->piece_at;
    size_t length = 0;

    while (length < left && line[length] != '\n' && line[length] != '\r')
        length++;
    if (length < left)
        length++;
    reader->row_bytes += length;
    if (csv_parse(&reader->parser, line, length, take_cell, take_row_end, reader) != length)
        abort();
    reader->piece_at += length;
}

/* Strict only now: a stray quote within a cell is fine, one that is open at the end is not. */
static void finish(struct csv_reader *reader)
{
    csv_set_opts(&reader->parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
    reader->end = csv_fini(&reader->parser, take_cell, take_row_end, reader) == 0 ? CSV_END : CSV_OPEN_QUOTE;
}

static enum csv_step next_row(struct csv_reader *reader)
{
    if (reader->has_row)
        clear_row(reader);
    while (!reader->has_row && reader->end == CSV_ROW) {
        if (reader->piece_at < reader->piece_length)
            parse_line(reader);
        else if (reader->is_at_end)
            finish(reader);
        else if (!fill_piece(reader))
            reader->end = CSV_UNREADABLE;
        if (reader->row_bytes > CSV_ROW_BYTES_MAX)
            reader->end = CSV_OPEN_QUOTE;
    }
    return reader->has_row ? CSV_ROW : reader->end;
}

enum csv_step csv_next(struct csv_reader *reader, struct csv_row *out_row)
{
    enum csv_step step = next_row(reader);

    if (step != CSV_ROW)
        return step;
    const char *text = text_buf_string(&reader->text);
    for (size_t i = 0; i < reader->count; i++)
        reader->cells[i] = reader->starts[i] < reader->text.length ? text + reader->starts[i] : "";
    *out_row = (struct csv_row){reader->number, reader->cells, reader->count};
    return CSV_ROW;
}

int64_t csv_row_number(const struct csv_reader *reader)
{
    return reader->number;
}

/* ---- the delimiter ------------------------------------------------------------------------------------ */

struct sample {
    size_t columns; /* of the first row */
    size_t alike;   /* rows with as many */
    size_t rows;
};

/* The first rows of `reader`'s first piece, cut at the end of a line, as this delimiter parts them. */
static struct sample take_sample(struct csv_reader *sampler, const char *text, size_t length, char delimiter)
{
    struct sample sample = {0};
    struct csv_row row;

    sampler->source = (struct import_source){.bytes = text, .length = length};
    sampler->decoder.encoding = CSV_UTF_8;
    sampler->delimiter = delimiter;
    begin_rows(sampler, 0, 0, 1);
    while (sample.rows < SAMPLE_ROWS && csv_next(sampler, &row) == CSV_ROW) {
        if (sample.rows == 0)
            sample.columns = row.count;
        sample.alike += row.count == sample.columns;
        sample.rows++;
    }
    return sample;
}

/* Enough whole lines from the beginning. */
static size_t sample_length(const char *text, size_t size)
{
    size_t length = size;

    if (length > SAMPLE_BYTES) {
        length = SAMPLE_BYTES;
        while (length > 0 && text[length - 1] != '\n' && text[length - 1] != '\r')
            length--;
    }
    return length > 0 ? length : size;
}

static void release_reader(void *resource)
{
    struct csv_reader *reader = resource;

    if (reader->has_parser)
        csv_free(&reader->parser);
    arena_release(&reader->arena);
    free(reader);
}

static struct csv_reader *new_reader(void)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);

    if (!reader)
        abort();
    arena_init(&reader->arena, 4 * CSV_ROW_BYTES_MAX);
    text_buf_init(&reader->text, &reader->arena);
    return reader;
}

/* The one that makes the most rows as wide as the first, which must be wider than one cell. */
static char recognise_delimiter(const char *text, size_t length)
{
    static const char candidates[] = ",;\t|";
    struct csv_reader *sampler = new_reader();
    struct sample best = {0};

    char found = ',';
    length = sample_length(text, length);
    for (const char *candidate = candidates; *candidate; candidate++) {
        struct sample sample = take_sample(sampler, text, length, *candidate);
        if (sample.columns < 2)
            continue;
        if (sample.alike > best.alike || (sample.alike == best.alike && sample.columns > best.columns)) {
            best = sample;
            found = *candidate;
        }
    }
    release_reader(sampler);
    return found;
}

/* Excel's own hint: a first line "sep=;". Its length, 0: there is none. */
static size_t separator_line(const char *text, size_t length, char *out_delimiter)
{
    if (!begins_with(text, length, "sep=", 4) || length < 6)
        return 0;
    size_t end = text[5] == '\r' && length > 6 && text[6] == '\n' ? 7 : 6;
    if (text[end - 1] != '\n' && text[end - 1] != '\r')
        return 0;
    *out_delimiter = text[4];
    return end;
}

/* The one of csv_encodings with this name. */
static const char *encoding_named(const char *name)
{
    const char *const *encoding = csv_encodings;

    while (name && *encoding && strcmp(*encoding, name) != 0)
        encoding++;
    return name ? *encoding : NULL;
}

static const char *open_reader(struct csv_reader *reader, const struct csv_told *told)
{
    const char *problem = recognise_encoding(reader, encoding_named(told->encoding));
    int64_t start = reader->at;

    if (problem)
        return problem;
    if (!fill_piece(reader))
        return "The file could not be read from the disk.";
    size_t line = separator_line(reader->piece, reader->piece_length, &reader->delimiter);
    if (told->delimiter)
        reader->delimiter = told->delimiter;
    else if (line == 0)
        reader->delimiter = recognise_delimiter(reader->piece, reader->piece_length);
    begin_rows(reader, start, line, line > 0 ? 2 : 1);
    return NULL;
}

bool csv_open(struct arena *arena, const struct import_source *source, const struct csv_told *told,
              struct csv_reader **out_reader, const char **out_problem)
{
    struct csv_reader *reader = new_reader();

    reader->source = *source;
    const char *problem = open_reader(reader, told);
    if (problem) {
        release_reader(reader);
        *out_problem = problem;
        return false;
    }
    arena_defer(arena, release_reader, reader);
    *out_reader = reader;
    return true;
}

const char *csv_encoding(const struct csv_reader *reader)
{
    return reader->encoding;
}

char csv_delimiter(const struct csv_reader *reader)
{
    return reader->delimiter;
}
