/*
 * test_csv_reader.c — files as spreadsheet programs save them: encodings, delimiters, line ends, quotes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/csv_reader.h"

static struct arena arena;
static struct text_buf seen; /* "1:a|b\n3:c|d\n" */

static bool try_open(const char *bytes, size_t length, struct csv_told told, struct csv_reader **out_reader,
                     const char **out_problem)
{
    const struct import_source source = {.bytes = bytes, .length = length};

    return csv_open(&arena, &source, &told, out_reader, out_problem);
}

static struct csv_reader *open_csv(const char *bytes, size_t length, struct csv_told told)
{
    struct csv_reader *reader = NULL;
    const char *problem = NULL;

    assert_true(try_open(bytes, length, told, &reader, &problem));
    assert_null(problem);
    return reader;
}

static enum csv_step read_all(struct csv_reader *reader)
{
    struct csv_row row;
    enum csv_step step;

    text_buf_init(&seen, &arena);
    while ((step = csv_next(reader, &row)) == CSV_ROW) {
        text_buf_printf(&seen, "%d:", (int)row.number);
        for (size_t i = 0; i < row.count; i++)
            text_buf_printf(&seen, "%s%s", i > 0 ? "|" : "", row.cells[i]);
        text_buf_append(&seen, "\n");
    }
    assert_int_equal(csv_next(reader, &row), step); /* and no other way */
    return step;
}

static void assert_rows(const char *bytes, size_t length, const char *encoding, char delimiter,
                        const char *rows)
{
    struct csv_reader *reader = open_csv(bytes, length, (struct csv_told){0});

    assert_string_equal(csv_encoding(reader), encoding);
    assert_int_equal(csv_delimiter(reader), delimiter);
    assert_int_equal(read_all(reader), CSV_END);
    assert_string_equal(text_buf_string(&seen), rows);
}

#define ASSERT_ROWS(bytes, encoding, delimiter, rows) \
    assert_rows(bytes, sizeof(bytes) - 1, encoding, delimiter, rows)

static void test_csv_reader__recognises_the_encoding(void **state)
{
    (void)state;
    ASSERT_ROWS("a,\xC3\xA9\n", "UTF-8", ',', "1:a|\xC3\xA9\n");
    ASSERT_ROWS("\xEF\xBB\xBF"
                "a,\xC3\xA9\n",
                "UTF-8", ',', "1:a|\xC3\xA9\n");
    ASSERT_ROWS("\xFF\xFE"
                "a\0,\0\xE9\0\n\0",
                "UTF-16LE", ',', "1:a|\xC3\xA9\n");
    ASSERT_ROWS("\xFE\xFF"
                "\0a\0,\0\xE9\0\n",
                "UTF-16BE", ',', "1:a|\xC3\xA9\n");
    ASSERT_ROWS("a,caf\xE9 \x80 \x96\n", "Windows-1252", ',', "1:a|caf\xC3\xA9 \xE2\x82\xAC \xE2\x80\x93\n");
}

static void test_csv_reader__decodes_utf_16_beyond_the_first_plane(void **state)
{
    (void)state;
    /* U+1F4D6, then half of a pair */
    ASSERT_ROWS("\xFF\xFE"
                "\x3D\xD8\xD6\xDC,\0\x3D\xD8x\0",
                "UTF-16LE", ',', "1:\xF0\x9F\x93\x96|\xEF\xBF\xBDx\n");
}

static void test_csv_reader__recognises_the_delimiter(void **state)
{
    (void)state;
    ASSERT_ROWS("title;author\nOne, Two;A\nThree;B\n", "UTF-8", ';',
                "1:title|author\n2:One, Two|A\n3:Three|B\n");
    ASSERT_ROWS("title\tauthor\nOne, Two; Three\tA\n", "UTF-8", '\t',
                "1:title|author\n2:One, Two; Three|A\n");
    ASSERT_ROWS("title|author\nOne|A, B\n", "UTF-8", '|', "1:title|author\n2:One|A, B\n");
    ASSERT_ROWS("title,author\n\"One; Two; Three\",A\n", "UTF-8", ',',
                "1:title|author\n2:One; Two; Three|A\n");
    ASSERT_ROWS("title\nOne\n", "UTF-8", ',', "1:title\n2:One\n");
    /* A semicolon in every quoted title does not outvote the commas. */
    ASSERT_ROWS("t,a,y\n\"x;y\",b,1\n\"x;y\",b,2\n", "UTF-8", ',', "1:t|a|y\n2:x;y|b|1\n3:x;y|b|2\n");
}

static void test_csv_reader__obeys_excels_separator_line(void **state)
{
    (void)state;
    ASSERT_ROWS("sep=;\r\na;b,c\r\n1;2,3\r\n", "UTF-8", ';', "2:a|b,c\n3:1|2,3\n");
}

static void test_csv_reader__counts_rows_as_a_spreadsheet_does(void **state)
{
    (void)state;
    ASSERT_ROWS("a,b\r\n\r\n1,2\r\n,\r\n3,4", "UTF-8", ',', "1:a|b\n3:1|2\n5:3|4\n");
    ASSERT_ROWS("a,b\n\n\n1,2\n", "UTF-8", ',', "1:a|b\n4:1|2\n");
    ASSERT_ROWS("a,b\r1,2\r", "UTF-8", ',', "1:a|b\n2:1|2\n");
    /* A cell over two lines is one row. */
    ASSERT_ROWS("a,b\n\"x\r\ny\",2\n3,4\n", "UTF-8", ',', "1:a|b\n2:x\r\ny|2\n3:3|4\n");
}

static void test_csv_reader__takes_quotes_as_they_come(void **state)
{
    (void)state;
    ASSERT_ROWS("a,b\n\"say \"\"hi\"\"\",2\n", "UTF-8", ',', "1:a|b\n2:say \"hi\"|2\n");
    ASSERT_ROWS("a,b\n5\" disk,2\n", "UTF-8", ',', "1:a|b\n2:5\" disk|2\n");
    ASSERT_ROWS("a,b\n \"x\" , y \n", "UTF-8", ',', "1:a|b\n2:x|y\n");
    ASSERT_ROWS("a,b\n1\n1,2,3\n", "UTF-8", ',', "1:a|b\n2:1\n3:1|2|3\n");
}

static void test_csv_reader__tells_where_a_quote_was_left_open(void **state)
{
    static const char bytes[] = "a,b\n1,2\n3,\"four\n5,6\n7,8\n";
    struct csv_reader *reader = open_csv(bytes, sizeof bytes - 1, (struct csv_told){0});

    (void)state;
    assert_int_equal(read_all(reader), CSV_OPEN_QUOTE);
    assert_int_equal(csv_row_number(reader), 3);
    assert_string_equal(text_buf_string(&seen), "1:a|b\n2:1|2\n");
}

static void test_csv_reader__takes_a_row_without_an_end_for_an_open_quote(void **state)
{
    size_t length = 2 * CSV_ROW_BYTES_MAX;
    char *bytes = malloc(length);

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', length);
    memcpy(bytes, "a,b\n1,2\n3,\"4", 12);
    struct csv_reader *reader = open_csv(bytes, length, (struct csv_told){0});
    assert_int_equal(read_all(reader), CSV_OPEN_QUOTE);
    assert_int_equal(csv_row_number(reader), 3);
    assert_string_equal(text_buf_string(&seen), "1:a|b\n2:1|2\n");
    free(bytes);
}

/* A file is read in pieces of 16 KiB: whatever stands where one ends is read as anywhere else. */
static void assert_whole_anywhere(const char *tail, size_t tail_length, size_t unit, const char *encoding,
                                  const char *rows)
{
    enum { PIECE = 16 * 1024 };
    char *bytes = malloc(2 * PIECE + tail_length);

    assert_non_null(bytes);
    for (size_t split = 0; split <= tail_length; split += unit) {
        size_t pad = PIECE - split;
        for (size_t i = 0; i < pad; i++)
            bytes[i] = unit == 1 || i % 2 == 0 ? 'x' : '\0';
        memcpy(bytes + pad, tail, tail_length);
        struct csv_reader *reader =
            open_csv(bytes, pad + tail_length, (struct csv_told){.encoding = encoding, .delimiter = ','});
        assert_int_equal(read_all(reader), CSV_END);
        const char *got = strchr(text_buf_string(&seen), '|');
        assert_non_null(got);
        assert_string_equal(got, rows);
        arena_reset(&arena);
    }
    free(bytes);
}

static void test_csv_reader__reads_alike_wherever_a_piece_ends(void **state)
{
    static const char utf8[] = ",\xC3\xA9\xF0\x9F\x93\x96\r\n\r\n\"a\"\"\r\nb\",\xE2\x82\xAC\n";
    static const char windows[] = ",\xE9\x80\r\n\"a\"\"b\",c\r";
    static const char utf16[] = ",\0\x3D\xD8\xD6\xDC\r\0\n\0a\0,\0\xE9\0\n\0";

    (void)state;
    assert_whole_anywhere(utf8, sizeof utf8 - 1, 1, NULL,
                          "|\xC3\xA9\xF0\x9F\x93\x96\n3:a\"\r\nb|\xE2\x82\xAC\n");
    assert_whole_anywhere(windows, sizeof windows - 1, 1, NULL, "|\xC3\xA9\xE2\x82\xAC\n2:a\"b|c\n");
    assert_whole_anywhere(utf16, sizeof utf16 - 1, 2, "UTF-16LE", "|\xF0\x9F\x93\x96\n2:a|\xC3\xA9\n");
}

static void test_csv_reader__knows_utf_8_that_is_none_wherever_a_piece_ends(void **state)
{
    enum { PIECE = 16 * 1024 };
    static const char bad[] = "\xE2\x82,\n";
    char bytes[PIECE + 8];

    (void)state;
    for (size_t split = 0; split < sizeof bad; split++) {
        memset(bytes, 'x', sizeof bytes);
        memcpy(bytes + PIECE - split, bad, sizeof bad - 1);
        struct csv_reader *reader =
            open_csv(bytes, PIECE - split + sizeof bad - 1, (struct csv_told){.delimiter = ','});
        assert_string_equal(csv_encoding(reader), "Windows-1252");
        arena_reset(&arena);
    }
}

static void test_csv_reader__refuses_what_is_no_text(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } refused[] = {{"", 0, "empty"},
                   {"\xEF\xBB\xBF", 3, "empty"},
                   {"a,\0b\n", 5, "NUL"},
                   {"PK\x03\x04zip", 7, "Save it as CSV"}};
    struct csv_reader *reader;
    const char *problem;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(try_open(refused[i].bytes, refused[i].length, (struct csv_told){0}, &reader, &problem));
        assert_non_null(strstr(problem, refused[i].says));
    }
}

static void test_csv_reader__drops_cells_past_the_limit(void **state)
{
    struct text_buf wide;

    (void)state;
    text_buf_init(&wide, &arena);
    for (int i = 0; i < IMPORT_COLUMNS_MAX + 50; i++)
        text_buf_append(&wide, "x,");
    text_buf_append(&wide, "y\n");
    struct csv_reader *reader = open_csv(wide.bytes, wide.length, (struct csv_told){0});
    assert_int_equal(read_all(reader), CSV_END);
    assert_int_equal(seen.length, 2 + IMPORT_COLUMNS_MAX * 2);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static void assert_told(const char *bytes, size_t length, struct csv_told told, const char *rows)
{
    struct csv_reader *reader = open_csv(bytes, length, told);

    if (told.encoding)
        assert_string_equal(csv_encoding(reader), told.encoding);
    assert_int_equal(read_all(reader), CSV_END);
    assert_string_equal(text_buf_string(&seen), rows);
}

static void test_csv_reader__obeys_who_knows_better(void **state)
{
    (void)state;
    /* Valid UTF-8 by chance: "Ã©" is what Windows-1252 wrote. */
    assert_told("a,\xC3\xA9\n", 5, (struct csv_told){.encoding = "Windows-1252"}, "1:a|\xC3\x83\xC2\xA9\n");
    /* UTF-16 without its mark. */
    assert_told("a\0,\0b\0\n\0", 8, (struct csv_told){.encoding = "UTF-16LE"}, "1:a|b\n");
    assert_told("\0a\0,\0b\0\n", 8, (struct csv_told){.encoding = "UTF-16BE"}, "1:a|b\n");
    assert_told("a,b;c,d\ne,f;g,h\n", 16, (struct csv_told){.delimiter = ';'}, "1:a,b|c,d\n2:e,f|g,h\n");
    assert_told("sep=,\na,b;c\n", 12, (struct csv_told){.delimiter = ';'}, "2:a,b|c\n");
}

static void test_csv_reader__refuses_what_is_not_as_it_was_told(void **state)
{
    struct csv_reader *reader;
    const char *problem = NULL;

    (void)state;
    assert_false(try_open("a,\xE9\n", 4, (struct csv_told){.encoding = "UTF-8"}, &reader, &problem));
    assert_non_null(strstr(problem, "not in UTF-8"));
    assert_false(try_open("a\0b\0", 4, (struct csv_told){.encoding = "Windows-1252"}, &reader, &problem));
    assert_non_null(strstr(problem, "not in that encoding"));
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_csv_reader__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recognises_the_encoding),
        TEST(decodes_utf_16_beyond_the_first_plane),
        TEST(recognises_the_delimiter),
        TEST(obeys_excels_separator_line),
        TEST(counts_rows_as_a_spreadsheet_does),
        TEST(takes_quotes_as_they_come),
        TEST(tells_where_a_quote_was_left_open),
        TEST(takes_a_row_without_an_end_for_an_open_quote),
        TEST(reads_alike_wherever_a_piece_ends),
        TEST(knows_utf_8_that_is_none_wherever_a_piece_ends),
        TEST(refuses_what_is_no_text),
        TEST(drops_cells_past_the_limit),
        TEST(obeys_who_knows_better),
        TEST(refuses_what_is_not_as_it_was_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
