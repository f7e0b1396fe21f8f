/*
 * test_import_columns.c — headers of real exports find their fields, and nothing finds a wrong one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "catalogue_io/import_columns.h"

static struct arena arena;
static struct import_columns columns;

#define MATCH_AS(fields, ...)                                                                           \
    do {                                                                                                \
        const char *const headers_[] = {__VA_ARGS__};                                                   \
        import_columns_match(&arena, fields, headers_, sizeof headers_ / sizeof headers_[0], &columns); \
    } while (0)
#define MATCH(...) MATCH_AS(import_title_fields, __VA_ARGS__)

static void test_import_columns__knows_the_headers_of_goodbooks(void **state)
{
    (void)state;
    MATCH("book_id", "books_count", "isbn", "isbn13", "authors", "original_publication_year",
          "original_title", "title", "language_code", "average_rating", "image_url");
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 7);
    assert_int_equal(columns.at[COLUMN_OF_AUTHORS], 4);
    assert_int_equal(columns.at[COLUMN_OF_ISBN], 2);
    assert_int_equal(columns.at[COLUMN_OF_ISBN13], 3);
    assert_int_equal(columns.at[COLUMN_OF_YEAR], 5);
    assert_int_equal(columns.at[COLUMN_OF_LANGUAGE], 8);
    assert_false(import_columns_have(&columns, COLUMN_OF_COPIES)); /* books_count counts editions */
    assert_int_equal(columns.means[6], COLUMN_LEFT_OUT);           /* the original title gives way */
    assert_null(import_columns_field(&columns, 0));
    assert_string_equal(import_columns_field(&columns, 3), "isbn");
}

static void test_import_columns__ignores_case_accents_and_punctuation(void **state)
{
    (void)state;
    MATCH("TITRE", " Auteur ",
          "Ann\xC3\xA9"
          "e",
          "\xC3\x89"
          "diteur",
          "Nombre d\xE2\x80\x99"
          "exemplaires",
          "ISBN-13");
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 0);
    assert_int_equal(columns.at[COLUMN_OF_AUTHOR], 1);
    assert_int_equal(columns.at[COLUMN_OF_YEAR], 2);
    assert_int_equal(columns.at[COLUMN_OF_PUBLISHER], 3);
    assert_int_equal(columns.at[COLUMN_OF_COPIES], 4);
    assert_int_equal(columns.at[COLUMN_OF_ISBN13], 5);
    assert_string_equal(columns.headers[1], "Auteur");
}

static void test_import_columns__speaks_several_languages(void **state)
{
    (void)state;
    MATCH("Titel", "Autor", "Erscheinungsjahr", "Verlag", "Sprache", "Auflage", "Anzahl", "Strichcode");
    for (int i = 0; i < 8; i++)
        assert_int_not_equal(columns.means[i], COLUMN_LEFT_OUT);
    MATCH("T\xC3\xADtulo", "Autores", "A\xC3\xB1o", "Editorial", "Idioma", "G\xC3\xA9nero");
    for (int i = 0; i < 6; i++)
        assert_int_not_equal(columns.means[i], COLUMN_LEFT_OUT);
}

static void test_import_columns__knows_its_own_export(void **state)
{
    (void)state;
    MATCH("id", "title", "subtitle", "author", "isbn", "publisher", "edition", "year", "language",
          "description", "item_type", "categories", "total_copies", "available_copies", "borrow_count",
          "created_at", "version");
    for (int i = 1; i <= 12; i++)
        assert_string_equal(import_columns_field(&columns, i), columns.headers[i]);
    for (int i = 13; i <= 16; i++)
        assert_int_equal(columns.means[i], COLUMN_LEFT_OUT);
}

static void test_import_columns__takes_the_better_of_two(void **state)
{
    (void)state;
    MATCH("original title", "Title", "title"); /* the first of equals */
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 1);
    assert_int_equal(columns.means[0], COLUMN_LEFT_OUT);
    assert_int_equal(columns.means[2], COLUMN_LEFT_OUT);
    MATCH("Authors", "Author");
    assert_int_equal(columns.at[COLUMN_OF_AUTHOR], 1);
    assert_false(import_columns_have(&columns, COLUMN_OF_AUTHORS));
    assert_int_equal(columns.means[0], COLUMN_LEFT_OUT);
}

static void test_import_columns__leaves_unknown_and_unreadable_headers_out(void **state)
{
    (void)state;
    MATCH("", "\xFF", "Regal", "titles of honour");
    for (int i = 0; i < 4; i++)
        assert_int_equal(columns.means[i], COLUMN_LEFT_OUT);
    assert_string_equal(columns.headers[1], "");
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static void test_import_columns__are_what_somebody_says(void **state)
{
    (void)state;
    MATCH("Werk", "authors", "title", "isbn");
    assert_null(import_columns_tell(&arena, "title,author,,", &columns));
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 0);
    assert_int_equal(columns.at[COLUMN_OF_AUTHORS], 1); /* its header says how it holds them */
    assert_int_equal(columns.means[2], COLUMN_LEFT_OUT);
    assert_false(import_columns_have(&columns, COLUMN_OF_ISBN));
    assert_string_equal(columns.headers[0], "Werk");
}

static void test_import_columns__a_wrong_name_changes_nothing(void **state)
{
    (void)state;
    MATCH("title", "author");
    assert_non_null(strstr(import_columns_tell(&arena, "title,autor", &columns), "autor"));
    assert_non_null(strstr(import_columns_tell(&arena, "title,title", &columns), "Two columns"));
    assert_non_null(strstr(import_columns_tell(&arena, "title,author,isbn", &columns), "2 columns"));
    assert_int_equal(columns.at[COLUMN_OF_AUTHOR], 1);
}

static void test_import_columns__what_was_told_can_be_told_again(void **state)
{
    (void)state;
    MATCH("isbn", "isbn13", "title", "author");
    assert_null(import_columns_tell(&arena, "isbn,isbn,title,author", &columns));
    assert_int_equal(columns.at[COLUMN_OF_ISBN], 0);
    assert_int_equal(columns.at[COLUMN_OF_ISBN13], 1);
}

static void test_import_columns__are_what_a_profile_says_whatever_their_order(void **state)
{
    (void)state;
    MATCH("Signatur", "Verfasser", "TITEL", "Werk", "ISBN");
    assert_null(import_columns_by_header(&arena, "werk\ttitle\nisbn\t\nNicht da\tyear\nsignatur\tbarcode\n",
                                         &columns));
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 3);
    assert_int_equal(columns.means[2], COLUMN_LEFT_OUT); /* its field has been given to another */
    assert_int_equal(columns.at[COLUMN_OF_BARCODE], 0);
    assert_int_equal(columns.at[COLUMN_OF_AUTHOR], 1); /* nothing is said of it */
    assert_int_equal(columns.at[COLUMN_OF_YEAR], -1);
    assert_int_equal(columns.at[COLUMN_OF_ISBN], -1);
}

static void test_import_columns__a_wrong_profile_changes_nothing(void **state)
{
    (void)state;
    MATCH("title", "author", "Regal");
    assert_non_null(strstr(import_columns_by_header(&arena, "Regal\tshelf", &columns), "shelf"));
    assert_non_null(strstr(import_columns_by_header(&arena, "Gone\tshelf", &columns), "shelf"));
    assert_non_null(strstr(import_columns_by_header(&arena, "Regal", &columns), "tab"));
    assert_non_null(strstr(import_columns_by_header(&arena, "Regal\ttitle\ntitle\ttitle", &columns), "Two"));
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 0);
    MATCH("Notes", "title", "Notes", "Notes"); /* each line is one column's */
    assert_null(import_columns_by_header(&arena, "notes\tdescription\nnotes\tpublisher", &columns));
    assert_int_equal(columns.at[COLUMN_OF_DESCRIPTION], 0);
    assert_int_equal(columns.at[COLUMN_OF_PUBLISHER], 2);
    assert_int_equal(columns.means[3], COLUMN_LEFT_OUT);
    MATCH("title", "author", "Regal");
    assert_int_equal(columns.at[COLUMN_OF_TITLE], 0);
    assert_int_equal(columns.means[2], COLUMN_LEFT_OUT);
}

static void test_import_columns__knows_copies_members_and_loans(void **state)
{
    static const char *const card_or_mail[] = {"card|email", "barcode|isbn", NULL};

    (void)state;
    MATCH_AS(import_copy_fields, "Strichcode", "ISBN", "Titel", "Verfasser", "Signatur", "Zustand", "Preis");
    for (int i = 0; i < 7; i++)
        assert_int_not_equal(columns.means[i], COLUMN_LEFT_OUT);
    MATCH_AS(import_member_fields, "Num\xC3\xA9ro de carte", "Nom", "Pr\xC3\xA9nom", "Courriel", "Classe",
             "Date de naissance", "Remarques");
    assert_int_equal(columns.at[MEMBER_COLUMN_LAST_NAME], 1);
    for (int i = 0; i < 7; i++)
        assert_int_not_equal(columns.means[i], COLUMN_LEFT_OUT);
    MATCH_AS(import_loan_fields, "Card number", "Item barcode", "Checkout date", "Due date", "Renewals");
    for (int i = 0; i < 5; i++)
        assert_int_not_equal(columns.means[i], COLUMN_LEFT_OUT);
    assert_null(import_columns_lack(&arena, &columns, card_or_mail));
    MATCH_AS(import_loan_fields, "Email", "Due date");
    assert_string_equal(import_columns_lack(&arena, &columns, card_or_mail), "barcode");
}

/* A table that names a header twice, or one too many for its columns, would be read wrongly and nobody told. */
static void test_import_columns__every_header_of_a_table_finds_its_field(void **state)
{
    static const struct import_field *const tables[] = {import_title_fields, import_copy_fields,
                                                        import_member_fields, import_loan_fields};

    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (int field = 0; tables[t][field].name; field++) {
            assert_true(field < IMPORT_FIELDS_MAX);
            char *headers = arena_strdup(&arena, tables[t][field].headers);
            for (char *header = strtok_r(headers, "|", &headers); header;
                 header = strtok_r(NULL, "|", &headers)) {
                assert_string_equal(import_header_words(&arena, header), header);
                const char *const one[] = {header};
                import_columns_match(&arena, tables[t], one, 1, &columns);
                assert_string_equal(import_columns_field(&columns, 0), tables[t][columns.means[0]].name);
            }
        }
    }
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_columns__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(knows_the_headers_of_goodbooks),
        TEST(ignores_case_accents_and_punctuation),
        TEST(speaks_several_languages),
        TEST(knows_its_own_export),
        TEST(takes_the_better_of_two),
        TEST(leaves_unknown_and_unreadable_headers_out),
        TEST(are_what_somebody_says),
        TEST(a_wrong_name_changes_nothing),
        TEST(what_was_told_can_be_told_again),
        TEST(are_what_a_profile_says_whatever_their_order),
        TEST(a_wrong_profile_changes_nothing),
        TEST(knows_copies_members_and_loans),
        TEST(every_header_of_a_table_finds_its_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
