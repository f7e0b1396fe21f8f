/*
 * test_import_profiles.c — the profiles that come with the program: each knows its file, and names fields that there
 * are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/arena.h"
#include "base/limits.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_profiles.h"

#define HEADERS_MAX 80

static struct arena arena;
static struct import_columns columns;
static struct import_profile profile;

/* Headers as they stand in a file, parted by `part`; recognised, and the profile's columns taken. */
static void open_file(const char *kind, const char *line, const char *part)
{
    const char *headers[HEADERS_MAX];
    size_t count = 0;
    char *rest = arena_strdup(&arena, line);

    for (char *header; (header = strsep(&rest, part));)
        headers[count++] = header;
    profile = (struct import_profile){.name = "none"};
    (void)import_profiles_recognise(&arena, kind, headers, count, &profile);
    import_columns_match(&arena, import_profiles_fields_of(kind), headers, count, &columns);
    if (profile.columns)
        assert_null(import_columns_by_header(&arena, profile.columns, &columns));
}

static void assert_column(const char *header, const char *field)
{
    for (size_t i = 0; i < columns.count; i++) {
        if (strcmp(columns.headers[i], header) != 0)
            continue;
        const char *found = import_columns_field(&columns, i);
        bool right = found && field ? strcmp(found, field) == 0 : found == field;
        if (!right) {
            print_error("%s became %s\n", header, found ? found : "nothing");
            assert_true(false);
        }
        return;
    }
    print_error("no column %s\n", header);
    assert_true(false);
}

static void test_import_profiles__know_goodreads(void **state)
{
    (void)state;
    open_file(
        "titles",
        "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,"
        "Binding,Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,"
        "Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Owned Copies",
        ",");
    assert_string_equal(profile.name, "Goodreads");
    assert_column("Title", "title");
    assert_column("ISBN", "isbn");
    assert_column("ISBN13", "isbn");
    assert_column("Year Published", "year");
    assert_column("Original Publication Year", NULL);
    assert_column("Owned Copies", NULL); /* 0 for nearly all of them */
}

static void test_import_profiles__know_librarything(void **state)
{
    (void)state;
    open_file(
        "titles",
        "Book Id\tTitle\tSort Character\tPrimary Author\tPrimary Author Role\tSecondary Author\t"
        "Secondary Author Roles\tPublication\tDate\tReview\tRating\tComment\tPrivate Comment\tSummary\tMedia\t"
        "Physical Description\tPage Count\tLCCN\tAcquired\tDate Started\tDate Read\tBarcode\tBCID\tTags\t"
        "Collections\tLanguages\tOriginal Languages\tLC Classification\tISBN\tISBNs\tSubjects\tDewey Decimal\t"
        "Dewey Wording\tOther Call Number\tCopies\tSource\tEntry Date\tFrom Where\tOCLC\tWork id\tISSN",
        "\t");
    assert_string_equal(profile.name, "LibraryThing");
    assert_column("Primary Author", "author");
    assert_column("Publication", "publisher");
    assert_column("Date", "year");
    assert_column("ISBN", "isbn");
    assert_column("ISBNs", NULL);
    assert_column("Tags", "categories");
}

static void test_import_profiles__know_calibre_and_biblioteq(void **state)
{
    (void)state;
    open_file(
        "titles",
        "author_sort,authors,comments,cover,formats,id,identifiers,isbn,languages,library_name,ondevice,"
        "pubdate,publisher,rating,series,series_index,size,tags,timestamp,title,title_sort,uuid",
        ",");
    assert_string_equal(profile.name, "Calibre");
    assert_column("comments", "description");
    assert_column("pubdate", "year");
    assert_column("author_sort", NULL);
    open_file(
        "titles",
        "Title,Series Title,Authors,Publisher,Publication Date,Place of Publication,Edition,Categories,"
        "Language,ISBN-10,Price,Monetary Units,Quantity,Book Binding Type,Location,ISBN-13,LC Control Number,"
        "Call Number,Dewey Class Number,Availability,Total Reserved,Originality,Condition,Accession Number,"
        "Alternate Identifier,Target Audience,Volume Number,Reform Date,Origin,Purchase Date",
        ",");
    assert_string_equal(profile.name, "BiblioteQ");
    assert_column("Quantity", "total_copies");
    assert_column("ISBN-10", "isbn");
    assert_column("ISBN-13", "isbn");
}

static void test_import_profiles__know_koha_and_openbiblio(void **state)
{
    (void)state;
    open_file(
        "members",
        "cardnumber,surname,firstname,title,othernames,address,city,email,phone,mobile,dateofbirth,branchcode,"
        "categorycode,dateenrolled,dateexpiry,borrowernotes,debarred,debarredcomment",
        ",");
    assert_string_equal(profile.name, "Koha: patrons");
    assert_column("surname", "last_name");
    assert_column("title", NULL);
    assert_column("categorycode", "member_type");
    assert_column("debarred", "suspended_until");
    open_file("loans", "cardnumber,surname,barcode,title,issuedate,date_due,renewals_count", ",");
    assert_string_equal(profile.name, "Koha: checkouts");
    assert_column("renewals_count", "renewals");
    open_file("copies",
              "bibid,copyid,copy_desc,barcode_nmbr,status_cd,status_begin_dt,due_back_dt,mbrid,renewal_count,"
              "create_dt,title,author,call_nmbr1",
              ",");
    assert_string_equal(profile.name, "OpenBiblio: copies");
    assert_column("barcode_nmbr", "barcode");
    assert_column("status_cd", "status");
    open_file("members",
              "mbrid,barcode_nmbr,last_name,first_name,email,home_phone,school_grade,membership_end", ",");
    assert_string_equal(profile.name, "OpenBiblio: members");
    assert_column("school_grade", "group");
}

static void test_import_profiles__take_no_file_that_is_not_theirs(void **state)
{
    (void)state;
    open_file("titles", "Title,Author,ISBN", ",");
    assert_string_equal(profile.name, "none");
    open_file("members", "Book Id,Title,Author,Author l-f,My Rating,Exclusive Shelf", ",");
    assert_string_equal(profile.name, "none"); /* of another kind */
}

static void test_import_profiles__name_fields_that_there_are(void **state)
{
    size_t count = 0;

    (void)state;
    for (struct import_profile each; import_profiles_built_in(count, &each); count++) {
        const struct import_field *fields = import_profiles_fields_of(each.kind);
        assert_non_null(fields);
        import_columns_match(&arena, fields, NULL, 0, &columns);
        const char *wrong = import_columns_by_header(&arena, each.columns, &columns);
        if (wrong)
            print_error("%s: %s\n", each.name, wrong);
        assert_null(wrong);
        for (struct import_profile other; import_profiles_built_in(count + 1, &other);) {
            assert_memory_not_equal(each.uuid.bytes, other.uuid.bytes, UUID_BYTES);
            assert_string_not_equal(each.name, other.name);
            break;
        }
    }
    assert_true(count >= 15);
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

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_profiles__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(know_goodreads),
        TEST(know_librarything),
        TEST(know_calibre_and_biblioteq),
        TEST(know_koha_and_openbiblio),
        TEST(take_no_file_that_is_not_theirs),
        TEST(name_fields_that_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
