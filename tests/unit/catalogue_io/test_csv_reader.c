/*
 * test_csv_reader.c — files as spreadsheet programs save them: encodings, delimiters, line ends, quotes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/csv_reader.h"

static struct arena arena;
static struct text_buf seen; /* "1:a|b\n3:c|d\n" */
static size_t rows_wanted;

static bool note_row(void *argument, const struct csv_row *row)
{
    (void)argument;
    text_buf_printf(&seen, "%d:", (int)row->number);
    for (size_t i = 0; i < row->count; i++)
        text_buf_printf(&seen, "%s%s", i > 0 ? "|" : "", row->cells[i]);
    text_buf_append(&seen, "\n");
    return --rows_wanted > 0;
}

static struct csv_file recognise(const char *bytes, size_t length)
{
    struct csv_file file;
    const char *problem = NULL;

    assert_true(csv_recognise(&arena, bytes, length, &(struct csv_told){0}, &file, &problem));
    assert_null(problem);
    return file;
}

static enum csv_end read_all(const struct csv_file *file, int64_t *out_last_row)
{
    text_buf_init(&seen, &arena);
    rows_wanted = 1000;
    return csv_read_rows(&arena, file, note_row, NULL, out_last_row);
}

static void assert_rows(const char *bytes, size_t length, const char *encoding, char delimiter,
                        const char *rows)
{
    struct csv_file file = recognise(bytes, length);
    int64_t last_row;

    assert_string_equal(file.encoding, encoding);
    assert_int_equal(file.delimiter, delimiter);
    assert_int_equal(read_all(&file, &last_row), CSV_READ_TO_END);
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
    struct csv_file file = recognise(bytes, sizeof bytes - 1);
    int64_t last_row;

    (void)state;
    assert_int_equal(read_all(&file, &last_row), CSV_OPEN_QUOTE);
    assert_int_equal(last_row, 3);
    assert_string_equal(text_buf_string(&seen), "1:a|b\n2:1|2\n");
}

static void test_csv_reader__stops_when_told(void **state)
{
    static const char bytes[] = "a,b\n1,2\n3,4\n";
    struct csv_file file = recognise(bytes, sizeof bytes - 1);
    int64_t last_row;

    (void)state;
    text_buf_init(&seen, &arena);
    rows_wanted = 2;
    assert_int_equal(csv_read_rows(&arena, &file, note_row, NULL, &last_row), CSV_STOPPED);
    assert_string_equal(text_buf_string(&seen), "1:a|b\n2:1|2\n");
    assert_int_equal(last_row, 2);
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
    struct csv_file file;
    const char *problem;

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(csv_recognise(&arena, refused[i].bytes, refused[i].length, &(struct csv_told){0}, &file,
                                   &problem));
        assert_non_null(strstr(problem, refused[i].says));
    }
}

static void test_csv_reader__drops_cells_past_the_limit(void **state)
{
    struct text_buf wide;
    int64_t last_row;

    (void)state;
    text_buf_init(&wide, &arena);
    for (int i = 0; i < IMPORT_COLUMNS_MAX + 50; i++)
        text_buf_append(&wide, "x,");
    text_buf_append(&wide, "y\n");
    struct csv_file file = recognise(wide.bytes, wide.length);
    assert_int_equal(read_all(&file, &last_row), CSV_READ_TO_END);
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
    struct csv_file file;
    const char *problem = NULL;
    int64_t last_row;

    assert_true(csv_recognise(&arena, bytes, length, &told, &file, &problem));
    if (told.encoding)
        assert_string_equal(file.encoding, told.encoding);
    assert_int_equal(read_all(&file, &last_row), CSV_READ_TO_END);
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
    struct csv_file file;
    const char *problem = NULL;

    (void)state;
    assert_false(
        csv_recognise(&arena, "a,\xE9\n", 4, &(struct csv_told){.encoding = "UTF-8"}, &file, &problem));
    assert_non_null(strstr(problem, "not in UTF-8"));
    assert_false(
        csv_recognise(&arena, "a\0b\0", 4, &(struct csv_told){.encoding = "Windows-1252"}, &file, &problem));
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
        TEST(stops_when_told),
        TEST(refuses_what_is_no_text),
        TEST(drops_cells_past_the_limit),
        TEST(obeys_who_knows_better),
        TEST(refuses_what_is_not_as_it_was_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
