/*
 * test_import_service.c — whole files into a real library: what comes in, what is refused and why, and that a
 * dry run writes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_service.h"
#include "copies/copies_service.h"
#include "db/engine.h"
#include "support/fixture.h"

#define GOODBOOKS "../shared/data/goodbooks-10k/books.csv" /* beside the project, where it was handed out */

static struct fixture *fixture;
static struct ctx *ctx;

/* ---- helpers ------------------------------------------------------------------------------------------ */

static struct import_plan *plan(const char *csv, bool dry_run)
{
    struct import_plan *made = NULL;

    assert_int_equal(
        import_plan_make(ctx, csv, strlen(csv), &(struct import_options){.dry_run = dry_run}, &made), OK);
    return made;
}

static const struct import_report *report_of(struct import_plan *made)
{
    const struct import_report *report = NULL;

    assert_int_equal(import_plan_report(ctx, made, &report), OK);
    return report;
}

static int write_all(struct import_plan *made, int64_t budget_ms)
{
    bool more = true;
    int slices = 0;

    while (more) {
        assert_int_equal(import_plan_step(ctx, made, budget_ms, &more), OK);
        fixture_commit(fixture);
        slices++;
    }
    return slices;
}

static const struct import_report *import(const char *csv)
{
    struct import_plan *made = plan(csv, false);

    write_all(made, WRITER_BULK_SLICE_MS);
    return report_of(made);
}

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static void assert_counts(const struct import_report *report, int64_t imported, int64_t repaired,
                          int64_t refused)
{
    assert_int_equal(report->imported, imported);
    assert_int_equal(report->repaired, repaired);
    assert_int_equal(report->refused, refused);
    assert_int_equal(report->rows_read, imported + refused);
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        print_error("“%s” does not say “%s”\n", text, words);
    assert_non_null(strstr(text, words));
}

static void assert_row(const struct import_report *report, size_t index, int64_t row,
                       enum import_outcome outcome, const char *reason)
{
    assert_true(index < report->row_count);
    assert_int_equal(report->rows[index].row, row);
    assert_int_equal(report->rows[index].outcome, outcome);
    assert_non_null(report->rows[index].reasons);
    assert_says(report->rows[index].reasons->text, reason);
}

static void assert_unreadable(const char *csv, const char *says)
{
    struct import_plan *made;

    assert_int_equal(import_plan_make(ctx, csv, strlen(csv), &(struct import_options){0}, &made),
                     ERROR_INVALID);
    assert_int_equal(ctx->error.code, ERR_IMPORT_UNREADABLE);
    assert_says(ctx->error.detail, says);
    fixture_next(fixture);
}

/* ---- what comes in -------------------------------------------------------------------------------------- */

static void test_import_service__catalogues_titles_with_their_copies(void **state)
{
    const struct import_report *report =
        import("Title;Author;ISBN;Year;Copies;Barcode;Genre;Shelf\r\n"
               "The Hobbit;J.R.R. Tolkien;0-439-02348-3;1937;2;OLD-1;Fantasy|Classics;SF\r\n"
               "Émile;Jean-Jacques Rousseau;;1762;;;;\r\n");

    (void)state;
    assert_counts(report, 2, 0, 0);
    assert_int_equal(report->copies_created, 3);
    assert_string_equal(report->encoding, "UTF-8");
    assert_string_equal(report->delimiter, ";");
    assert_string_equal(report->fields[4], "total_copies");
    assert_null(report->fields[7]);
    assert_int_equal(report->row_count, 0);
    assert_int_equal(count("SELECT count(*) FROM book WHERE isbn13 = '9780439023481' AND year = 1937"
                           " AND total_copies = 2 AND available_copies = 2"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE barcode = 'OLD-1'"), 1);
    assert_int_equal(count("SELECT count(*) FROM category"), 2);
    assert_int_equal(count("SELECT count(*) FROM book_search WHERE book_search MATCH 'emile'"), 1);
}

static void test_import_service__tells_each_repair_with_its_reason(void **state)
{
    char csv[2000];

    (void)state;
    snprintf(csv, sizeof csv,
             "title,authors,isbn,isbn13,year,publisher\n"
             "One,A B,439023483,9.78043902348e+12,2008.0,\n"
             "Two,A B,,9.78043902348e+12,-750,\n"
             "Three,A B,439023484,,soon,\n"
             "%0300d,A B,,,,%0300d\n"
             "Five,\"%0*d B, C D\",,,,\n"
             "Six,A B,,,,\n",
             1, 1, BOOK_AUTHOR_MAX - 4, 1);
    const struct import_report *report = import(csv);

    assert_counts(report, 6, 5, 0);
    assert_row(report, 0, 2, IMPORT_REPAIRED, "ISBN 439023483 given its leading zeros back: 9780439023481.");
    assert_row(report, 1, 3, IMPORT_REPAIRED, "rounded");
    assert_row(report, 2, 4, IMPORT_REPAIRED, "ISBN 439023484 left out");
    assert_non_null(strstr(report->rows[2].reasons->next->text, "“soon”"));
    assert_row(report, 3, 5, IMPORT_REPAIRED, "Title of 300 characters cut to 255");
    assert_row(report, 4, 6, IMPORT_REPAIRED, "after whole names");
    assert_int_equal(report->reasons[IMPORT_ISBN_ZEROS_RESTORED], 1);
    assert_int_equal(report->reasons[IMPORT_FIELD_CUT], 1);
    assert_int_equal(count("SELECT count(*) FROM book WHERE year IN (2008, -750)"), 2);
    assert_int_equal(count("SELECT count(*) FROM book WHERE isbn IS NULL"), 5);
}

/* ---- what is refused ------------------------------------------------------------------------------------ */

static void test_import_service__refuses_rows_without_keeping_the_others_out(void **state)
{
    const struct import_report *report = import("title,author,copies,barcode,item type\n"
                                                ",Nobody,1,,\n"
                                                "No author,,1,,\n"
                                                "Many,A,5000,,\n"
                                                "Odd,A,1,caf\xC3\xA9,\n"
                                                "Scroll,A,1,,scroll\n"
                                                "Wide,A,1,,,a,b\n"
                                                "Good,A,1,,audio\n");

    (void)state;
    assert_counts(report, 1, 0, 6);
    assert_row(report, 0, 2, IMPORT_REFUSED, "title is missing");
    assert_null(report->rows[0].title);
    assert_row(report, 1, 3, IMPORT_REFUSED, "author is missing");
    assert_row(report, 2, 4, IMPORT_REFUSED, "“5000”");
    assert_row(report, 3, 5, IMPORT_REFUSED, "Barcode");
    assert_row(report, 4, 6, IMPORT_REFUSED, "item_type must be one of: book");
    assert_row(report, 5, 7, IMPORT_REFUSED, "7 cells below 5 columns");
    assert_int_equal(count("SELECT count(*) FROM book"), 1);
}

static void test_import_service__refuses_duplicates_within_the_file(void **state)
{
    const struct import_report *report = import("title,author,isbn,year,barcode\n"
                                                "One,A,0439023483,,X1\n"
                                                "One again,A,978-0-439-02348-1,,\n"
                                                "Two,B,,1999,\n"
                                                "Two,b,,1999,\n"
                                                "Two,B,,2001,\n"
                                                "Three,C,,,X1\n");

    (void)state;
    assert_counts(report, 3, 0, 3);
    assert_row(report, 0, 3, IMPORT_REFUSED, "ISBN 9780439023481 stands in row 2 already.");
    assert_row(report, 1, 5, IMPORT_REFUSED, "Row 4 has the same title, author and year.");
    assert_row(report, 2, 7, IMPORT_REFUSED, "Barcode X1 stands in row 2 already.");
}

static void test_import_service__refuses_what_the_catalogue_has(void **state)
{
    static const char csv[] = "title,author,isbn,barcode\nOne,A,0439023483,X1\nTwo,B,,\nThree,C,,X1b\n";
    struct book_facts archived = BOOK_FACTS_NONE;
    struct book book = {0};

    (void)state;
    archived.title = "Lost";
    archived.author = "Z";
    archived.isbn = "9780439554930";
    assert_int_equal(copies_catalogue_title(ctx, &archived, &book), OK);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    assert_counts(import(csv), 3, 0, 0);

    /* The same file again, as after an import that was cut off: nothing comes twice. */
    const struct import_report *report = import(csv);
    assert_counts(report, 0, 0, 3);
    assert_row(report, 0, 2, IMPORT_REFUSED, "belongs to “One” already.");
    assert_row(report, 1, 3, IMPORT_REFUSED, "“Two” of that author and year is there already.");
    assert_int_equal(report->reasons[IMPORT_DUPLICATE_IN_CATALOGUE], 3);

    report = import("title,author,isbn,barcode\nLost,Z,9780439554930,\nNew,Z,,X1b\n");
    assert_counts(report, 0, 0, 2);
    assert_row(report, 0, 2, IMPORT_REFUSED, "which is archived");
    assert_row(report, 1, 3, IMPORT_REFUSED, "Barcode X1b is on a copy already.");
    assert_int_equal(count("SELECT count(*) FROM book"), 4);
}

static void test_import_service__refuses_what_others_catalogued_meanwhile(void **state)
{
    struct import_plan *made = plan("title,author,isbn\nOne,A,9780439023481\nTwo,B,\n", false);
    struct book_facts faster = BOOK_FACTS_NONE;
    struct book book;

    (void)state;
    faster.title = "Faster";
    faster.author = "Q";
    faster.isbn = "9780439023481";
    assert_int_equal(report_of(made)->imported, 2);
    assert_int_equal(copies_catalogue_title(ctx, &faster, &book), OK);
    write_all(made, WRITER_BULK_SLICE_MS);
    const struct import_report *report = report_of(made);
    assert_counts(report, 1, 0, 1);
    assert_int_equal(report->copies_created, 1);
    assert_row(report, 0, 2, IMPORT_REFUSED, "“Faster”");
    assert_int_equal(count("SELECT count(*) FROM book"), 2);
}

static void test_import_service__reads_up_to_an_open_quote(void **state)
{
    const struct import_report *report = import("title,author\nOne,A\nTwo,\"B\nThree,C\n");

    (void)state;
    assert_counts(report, 1, 0, 1);
    assert_row(report, 0, 3, IMPORT_REFUSED, "never closed");
}

static void test_import_service__says_why_a_file_cannot_be_read(void **state)
{
    (void)state;
    assert_unreadable("", "empty");
    assert_unreadable("PK\x03\x04", "Save it as CSV");
    assert_unreadable("a,b\n1,2\n", "one of them must be the title");
    assert_unreadable("title,year\nx,2\n", "one of them must be the author");
    assert_unreadable("title,author\n\n", "nothing below the header");
    assert_unreadable("\n\n", "must name the columns");
}

/* ---- the batch ---------------------------------------------------------------------------------------- */

static void test_import_service__a_dry_run_writes_nothing(void **state)
{
    struct import_plan *made = plan("title,author\nOne,A\nTwo,\n", true);
    const struct import_report *report;

    (void)state;
    assert_int_equal(write_all(made, WRITER_BULK_SLICE_MS), 1);
    report = report_of(made);
    assert_true(report->dry_run);
    assert_counts(report, 1, 0, 1);
    assert_int_equal(report->copies_created, 1);
    assert_int_equal(count("SELECT (SELECT count(*) FROM book) + (SELECT count(*) FROM copy)"
                           " + (SELECT count(*) FROM audit_log) + (SELECT count(*) FROM event)"
                           " + (SELECT value FROM sequence WHERE name = 'copy_barcode')"),
                     0);
}

static void test_import_service__leaves_one_audit_row_and_its_events(void **state)
{
    (void)state;
    import("title,author\nOne,A\nTwo,B\nThree,C\n");
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'catalogue.imported'"
                           " AND after = '{\"titles\":\"3\",\"copies\":\"3\"}'"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM event"), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'CatalogueImported' AND detail = '3'"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'ImportEnded' AND detail = 'titles'"), 1);
    import("title,author\nOne,A\n"); /* all refused: nothing happened */
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 1);
    assert_int_equal(count("SELECT count(*) FROM event"), 2);
}

static void test_import_service__yields_between_slices(void **state)
{
    struct text_buf csv;

    (void)state;
    text_buf_init(&csv, ctx->arena);
    text_buf_append(&csv, "title,author\n");
    for (int i = 0; i < 2000; i++)
        text_buf_printf(&csv, "Title %d,Author %d\n", i, i);
    struct import_plan *made = plan(csv.bytes, false);
    size_t used = ctx->arena->used;
    assert_true(write_all(made, 1) > 3);
    assert_true(ctx->arena->used - used < 4096); /* a long import does not grow */
    assert_counts(report_of(made), 2000, 0, 0);
    assert_int_equal(count("SELECT count(*) FROM book"), 2000);
}

static void test_import_service__tells_refused_rows_before_repaired_ones(void **state)
{
    struct text_buf csv;

    (void)state;
    text_buf_init(&csv, ctx->arena);
    text_buf_append(&csv, "title,author,year\n");
    for (int i = 0; i < IMPORT_REPORT_ROWS_MAX + 500; i++)
        text_buf_printf(&csv, "Title %d,A,soon\n", i);
    text_buf_append(&csv, ",A,\n");
    const struct import_report *report = report_of(plan(csv.bytes, true));
    assert_int_equal(report->row_count, IMPORT_REPORT_ROWS_MAX);
    assert_int_equal(report->rows_omitted, 501);
    assert_int_equal(report->rows[IMPORT_REPORT_ROWS_MAX - 1].outcome, IMPORT_REFUSED);
    assert_int_equal(report->rows[IMPORT_REPORT_ROWS_MAX - 1].row, IMPORT_REPORT_ROWS_MAX + 502);
}

/* ---- the real thing ------------------------------------------------------------------------------------- */

static void test_import_service__takes_in_goodbooks_as_it_is(void **state)
{
    FILE *file = fopen(GOODBOOKS, "rb");

    (void)state;
    if (!file) {
        print_message("skipped: there is no %s here\n", GOODBOOKS);
        skip();
    }
    static char bytes[8 << 20];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    struct import_plan *made;
    assert_int_equal(import_plan_make(ctx, bytes, length, &(struct import_options){0}, &made), OK);
    write_all(made, WRITER_BULK_SLICE_MS);
    const struct import_report *report = report_of(made);
    assert_counts(report, 10000, 6765, 0);
    assert_int_equal(report->reasons[IMPORT_ISBN_ZEROS_RESTORED], 6587);
    assert_int_equal(report->reasons[IMPORT_ISBN_DROPPED], 23);
    assert_int_equal(report->reasons[IMPORT_ISBN_ROUNDED], 135);
    assert_int_equal(report->reasons[IMPORT_AUTHOR_CUT], 34);
    assert_int_equal(count("SELECT count(isbn13) FROM book"), 10000 - 565 - 135 - 23);
    assert_int_equal(count("SELECT min(year) FROM book"), -1750);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE status = 'available'"), 10000);
}

static void test_import_service__takes_no_more_memory_for_more_rows(void **state)
{
    struct text_buf csv;

    (void)state;
    text_buf_init(&csv, ctx->arena);
    text_buf_append(&csv, "title,author\n");
    for (int i = 0; i < 20000; i++)
        text_buf_printf(&csv, "Title %d,Author %d\n", i, i);
    const char *text = text_buf_string(&csv);
    fixture->arena.max = fixture->arena.used + 256 * 1024;
    struct import_plan *made = plan(text, true);
    assert_false(arena_exhausted(ctx->arena));
    assert_counts(report_of(made), 20000, 0, 0);
}

static int set_up(void **state)
{
    (void)state;
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(catalogues_titles_with_their_copies),
        TEST(tells_each_repair_with_its_reason),
        TEST(refuses_rows_without_keeping_the_others_out),
        TEST(refuses_duplicates_within_the_file),
        TEST(refuses_what_the_catalogue_has),
        TEST(refuses_what_others_catalogued_meanwhile),
        TEST(reads_up_to_an_open_quote),
        TEST(says_why_a_file_cannot_be_read),
        TEST(takes_no_more_memory_for_more_rows),
        TEST(a_dry_run_writes_nothing),
        TEST(leaves_one_audit_row_and_its_events),
        TEST(yields_between_slices),
        TEST(tells_refused_rows_before_repaired_ones),
        TEST(takes_in_goodbooks_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
