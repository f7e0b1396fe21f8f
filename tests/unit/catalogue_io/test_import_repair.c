/*
 * test_import_repair.c — what can be proven is repaired, what cannot is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "catalogue_io/import_repair.h"

static struct arena arena;

static void assert_isbn(const char *isbn, const char *isbn13, enum isbn_outcome outcome, const char *stored)
{
    char out[ISBN_TEXT_MAX + 1] = "";

    assert_int_equal(import_repair_isbn(isbn, isbn13, out), outcome);
    if (stored)
        assert_string_equal(out, stored);
}

static void test_import_repair__restores_the_zeros_of_an_isbn_10(void **state)
{
    (void)state;
    assert_isbn("439023483", "", ISBN_ZEROS_RESTORED, "9780439023481");
    assert_isbn("7442912", "", ISBN_ZEROS_RESTORED, "9780007442911");
    assert_isbn("43965548X", "", ISBN_ZEROS_RESTORED, "9780439655484");
    assert_isbn("439023484", "", ISBN_NOT_VALID, NULL); /* the check digit does not hold */
    assert_isbn("7203116", "", ISBN_NOT_VALID, NULL);
    assert_isbn("123456", "", ISBN_TAKEN, "123456"); /* too short to have been an ISBN: a local number */
}

static void test_import_repair__never_trusts_a_rounded_number(void **state)
{
    (void)state;
    assert_isbn("", "9.78043902348e+12", ISBN_ROUNDED, NULL);
    assert_isbn("4,39023E+08", "", ISBN_ROUNDED, NULL);
    assert_isbn("439023483.0", "", ISBN_ROUNDED, NULL);
    assert_isbn("439023483", "9.78043902348e+12", ISBN_ZEROS_RESTORED, "9780439023481");
    assert_isbn("1416524797", "9.78141652479e+12", ISBN_TAKEN, "9781416524793");
}

static void test_import_repair__takes_the_better_of_two_isbns(void **state)
{
    (void)state;
    assert_isbn("0439023483", "9780439023481", ISBN_TAKEN, "9780439023481");
    assert_isbn("LIB-7", "9780439023481", ISBN_TAKEN, "9780439023481");
    assert_isbn("LIB-7", "", ISBN_TAKEN, "LIB-7");
    assert_isbn("LIB-7", "978", ISBN_TAKEN, "LIB-7");
    assert_isbn("", "4006381333931", ISBN_TAKEN, "4006381333931");
    assert_isbn("", "12345678901", ISBN_NOT_VALID, NULL); /* no thirteen digits */
    assert_isbn("9780439023482", "", ISBN_NOT_VALID, NULL);
    assert_isbn("n/a", "", ISBN_NOT_VALID, NULL);
    assert_isbn("", "", ISBN_ABSENT, NULL);
}

static void assert_authors(const char *text, const char *names)
{
    assert_string_equal(import_split_authors(&arena, text, true), names);
}

static void test_import_repair__parts_authors_at_commas(void **state)
{
    (void)state;
    assert_authors("Suzanne Collins", "Suzanne Collins");
    assert_authors("J.K. Rowling, Mary GrandPr\xC3\xA9", "J.K. Rowling; Mary GrandPr\xC3\xA9");
    assert_authors("J.K. Rowling, MinaLima", "J.K. Rowling; MinaLima");
    assert_authors("Homer, Robert Fagles, Bernard Knox", "Homer; Robert Fagles; Bernard Knox");
    assert_authors("John     Harrison,Mary  Ann Evans", "John Harrison; Mary Ann Evans");
    assert_authors("Al Ries, Jack Trout", "Al Ries; Jack Trout");
    assert_authors("Ann Lee; Bo Diaz", "Ann Lee; Bo Diaz");
    assert_authors("Ann Lee|Bo Diaz|", "Ann Lee; Bo Diaz");
    assert_authors("", "");
}

static void test_import_repair__keeps_names_with_a_comma(void **state)
{
    (void)state;
    assert_authors("Tolkien, J.R.R.", "Tolkien, J.R.R.");
    assert_authors("Tolkien, J. R. R.", "Tolkien, J. R. R.");
    assert_authors("Tolkien, John Ronald", "Tolkien, John Ronald");
    assert_authors("van Gogh, Vincent", "van Gogh, Vincent");
    assert_authors("Le Guin, Ursula K.", "Le Guin, Ursula K.");
    assert_authors("Tolkien, J.R.R., Lewis, C.S.", "Tolkien, J.R.R., Lewis, C.S.");
    assert_authors("Smith, John Paul, Jones, Mary Ann", "Smith, John Paul, Jones, Mary Ann");
    assert_authors("Kurt Vonnegut, Jr.", "Kurt Vonnegut, Jr.");
    assert_authors("Kurt Vonnegut, Jr., Lee Stringer", "Kurt Vonnegut, Jr.; Lee Stringer");
    assert_authors("Tolkien, J.R.R.; Lewis, C.S.", "Tolkien, J.R.R.; Lewis, C.S.");
    assert_string_equal(import_split_authors(&arena, "Ann Lee, Bo Diaz", false), "Ann Lee, Bo Diaz");
}

static void test_import_repair__cuts_authors_after_whole_names(void **state)
{
    (void)state;
    assert_string_equal(import_cut_authors(&arena, "Ann Lee; Bo Diaz; Cy Fox", 24),
                        "Ann Lee; Bo Diaz; Cy Fox");
    assert_string_equal(import_cut_authors(&arena, "Ann Lee; Bo Diaz; Cy Fox", 23), "Ann Lee; Bo Diaz");
    assert_string_equal(import_cut_authors(&arena, "Ann Lee; Bo Diaz; Cy Fox", 10), "Ann Lee");
    assert_string_equal(import_cut_authors(&arena, "Ann Wilhelmina Lee; Bo Diaz", 15), "Ann Wilhelmina");
    assert_string_equal(import_cut_text(&arena, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3),
                        "\xC3\xA9\xC3\xA9\xC3\xA9");
    /* What stands before the place is no end of a text: line ends, no-break spaces (found by the fuzzer). */
    assert_string_equal(import_cut_text(&arena, "One\n two three", 10), "One\n two");
    assert_string_equal(import_cut_text(&arena, "One\n twothree", 8), "One");
    assert_string_equal(import_cut_text(&arena, "Ann\xC2\xA0\xC2\xA0Lee", 5), "Ann");
    assert_string_equal(import_cut_authors(&arena, "Ann\xC2\xA0; Bo Diaz", 6), "Ann");
}

static void assert_year(const char *text, int64_t expected)
{
    int64_t year;

    assert_true(import_read_year(text, &year));
    assert_int_equal(year, expected);
}

static void test_import_repair__reads_years_as_programs_write_them(void **state)
{
    static const char *const none[] = {"", "unknown", "[19--]", "14/09/08", "12345 67890"};
    int64_t year = 7;

    (void)state;
    assert_year("2008", 2008);
    assert_year("2008.0", 2008);
    assert_year("2008,00", 2008);
    assert_year("-750", -750);
    assert_year("-750.0", -750);
    assert_year("c1987", 1987);
    assert_year("\xC2\xA9 1999", 1999);
    assert_year("[1954]", 1954);
    assert_year("2008-09-14", 2008);
    assert_year("14.09.2008", 2008);
    assert_year("1998-1999", 1998);
    assert_year("20080", 20080); /* read; the field's bounds refuse it */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(import_read_year(none[i], &year));
    assert_int_equal(year, 7);
}

static void test_import_repair__reads_counts_exactly(void **state)
{
    int64_t count;

    (void)state;
    assert_true(import_read_count("12", &count));
    assert_int_equal(count, 12);
    assert_true(import_read_count("3.0", &count));
    assert_int_equal(count, 3);
    assert_false(import_read_count("3.5", &count));
    assert_false(import_read_count("three", &count));
    assert_false(import_read_count("", &count));
    assert_false(import_read_count("123456789012345678901234567890", &count));
}

static void test_import_repair__takes_spreadsheet_armour_off(void **state)
{
    (void)state;
    assert_string_equal(import_clean_cell(&arena, "=\"0439023483\""), "0439023483");
    assert_string_equal(import_clean_cell(&arena, "=\"\""), "");
    /* Inside it is text as anywhere (found by the fuzzer). */
    assert_string_equal(import_clean_cell(&arena, "=\" x \""), "x");
    assert_string_equal(import_clean_cell(&arena, "=\"\xC2\xA0\""), "");
    assert_string_equal(import_clean_cell(&arena, "'=1+1"), "=1+1");
    assert_string_equal(import_clean_cell(&arena, "'Salem's Lot"), "'Salem's Lot");
    assert_string_equal(import_clean_cell(&arena, "  x  "), "x");
    assert_string_equal(import_clean_cell(&arena, "\xFF"), "");
    assert_string_equal(import_one_line(&arena, "  a \n\t b  "), "a b");
    assert_string_equal(import_one_line(&arena, "a \xC2\xA0\xC2\xA0"), "a");
}

static void test_import_repair__parts_categories(void **state)
{
    (void)state;
    assert_string_equal(import_split_categories(&arena, "Fiction, Fantasy"), "Fiction; Fantasy");
    assert_string_equal(import_split_categories(&arena, "Art, modern; Design"), "Art, modern; Design");
    assert_string_equal(import_split_categories(&arena, "a|b||c"), "a; b; c");
    assert_string_equal(import_split_categories(&arena, ""), "");
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_repair__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(restores_the_zeros_of_an_isbn_10),   TEST(never_trusts_a_rounded_number),
        TEST(takes_the_better_of_two_isbns),      TEST(parts_authors_at_commas),
        TEST(keeps_names_with_a_comma),           TEST(cuts_authors_after_whole_names),
        TEST(reads_years_as_programs_write_them), TEST(reads_counts_exactly),
        TEST(takes_spreadsheet_armour_off),       TEST(parts_categories),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
