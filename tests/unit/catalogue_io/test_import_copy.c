/*
 * test_import_copy.c — rows of copies find their titles, are known again by their barcodes, and can be taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "copies/copies_service.h"
#include "kind_runner.h"

static struct book add_title(const char *title, const char *author, const char *isbn, int64_t year)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = author;
    facts.isbn = isbn;
    facts.year = year;
    facts.total_copies = 0;
    assert_int_equal(copies_catalogue_title_in_batch(ctx, &facts, NULL, 0, &book), OK);
    return book;
}

static struct copy copy_with(const char *barcode)
{
    struct copy copy = {0};
    bool found = false;

    assert_int_equal(copies_find_by_barcode(ctx, barcode, &copy, &found), OK);
    assert_true(found);
    return copy;
}

static void test_import_copy__finds_its_title_by_isbn(void **state)
{
    struct book dune = add_title("Dune", "Frank Herbert", "9780441013593", 1965);

    (void)state;
    set_headers(&import_copies,
                CELLS("Strichcode", "ISBN", "Standort", "Zustand", "Zugang", "Preis", "Notiz"));
    assert_int_equal(
        write_row(&import_copies, IMPORT_SKIP,
                  CELLS("B1", "978-0-441-01359-3", "SF 1", "In Reparatur", "1.3.2020", "9,90", "Torn")),
        OK);
    struct copy copy = copy_with("B1");
    assert_int_equal(copy.book_id, dune.id);
    assert_int_equal(copy.status, COPY_IN_REPAIR);
    assert_string_equal(copy.facts.shelf, "SF 1");
    assert_string_equal(copy.facts.note, "Torn");
    assert_int_equal(copy.facts.price, 990);
    int32_t day;
    assert_true(clock_parse_day("2020-03-01", &day));
    assert_int_equal(copy.facts.acquired_on, day);
    assert_int_equal(trail.made, 1);
    assert_string_equal(trail.entity, "copy");
    assert_counters_right();
}

static void test_import_copy__finds_its_title_as_it_is_called(void **state)
{
    struct book hobbit = add_title("The Hobbit", "J.R.R. Tolkien", NULL, 1937);

    add_title("Faust", "Goethe", NULL, 1808);
    add_title("Faust", "Goethe", NULL, 1832);
    add_title("Faust", "Thomas Mann", NULL, 1947);
    (void)state;
    set_headers(&import_copies, CELLS("barcode", "title", "author", "year"));
    assert_int_equal(write_row(&import_copies, IMPORT_SKIP, CELLS("H1", "the hobbit", "J.R.R. Tolkien", "")),
                     OK);
    assert_int_equal(copy_with("H1").book_id, hobbit.id);
    assert_int_equal(look_at(&import_copies, CELLS("F1", "Faust", "Goethe", "1832"))->outcome,
                     IMPORT_AS_IT_IS);
    assert_int_equal(look_at(&import_copies, CELLS("F1", "Faust", "Thomas Mann", ""))->outcome,
                     IMPORT_AS_IT_IS);
    assert_int_equal(look_at(&import_copies, CELLS("F1", "Faust", "Goethe", ""))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_BOOK_UNCLEAR, "Several titles");
    assert_int_equal(look_at(&import_copies, CELLS("F1", "Faust", "Schiller", ""))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_NO_BOOK, "bring the titles first");
    assert_int_equal(look_at(&import_copies, CELLS("F1", "", "", ""))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_NO_BOOK, "does not say of which title");
}

static void test_import_copy__a_barcode_that_is_there_is_a_match_and_filled(void **state)
{
    add_title("Dune", "Frank Herbert", "9780441013593", 1965);
    add_title("Emma", "Jane Austen", "9780141439587", 1815);
    (void)state;
    set_headers(&import_copies, CELLS("barcode", "isbn", "shelf", "note"));
    assert_int_equal(write_row(&import_copies, IMPORT_SKIP, CELLS("B1", "9780441013593", "A", "")), OK);
    look_at(&import_copies, CELLS("B1", "9780441013593", "B", "Signed"));
    assert_int_equal(record.match_id, copy_with("B1").id);
    assert_non_null(strstr(record.match_name, "Dune"));
    assert_int_equal(write_row(&import_copies, IMPORT_MERGE, CELLS("B1", "9780441013593", "B", "Signed")),
                     OK);
    assert_string_equal(copy_with("B1").facts.shelf, "A"); /* never overwritten */
    assert_string_equal(copy_with("B1").facts.note, "Signed");
    assert_int_equal(trail.made, 0);
    assert_int_equal(trail.changed, 1);
    assert_non_null(strstr(trail.changes, "note"));
    assert_int_equal(look_at(&import_copies, CELLS("B1", "9780141439587", "", ""))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_BARCODE_TAKEN, "Dune");
    assert_counters_right();
}

static void test_import_copy__makes_a_barcode_where_there_is_none(void **state)
{
    struct book dune = add_title("Dune", "Frank Herbert", "9780441013593", 1965);

    (void)state;
    set_headers(&import_copies, CELLS("isbn13"));
    assert_int_equal(write_row(&import_copies, IMPORT_SKIP, CELLS("9780441013593")), OK);
    assert_int_equal(write_row(&import_copies, IMPORT_SKIP, CELLS("9780441013593")), OK);
    assert_int_equal(record.key_count, 0); /* two rows without barcodes are two copies */
    assert_int_equal(books_find_by_id(ctx, dune.id, &dune), OK);
    assert_int_equal(dune.total_copies, 2);
    assert_int_equal(dune.available_copies, 2);
}

static void test_import_copy__a_value_that_is_none_is_left_out_or_refused(void **state)
{
    add_title("Dune", "Frank Herbert", "9780441013593", 1965);
    (void)state;
    set_headers(&import_copies, CELLS("barcode", "isbn", "status", "price", "acquired on"));
    assert_int_equal(look_at(&import_copies, CELLS("B1", "9780441013593", "purple", "free", ""))->outcome,
                     IMPORT_REPAIRED);
    assert_reason(IMPORT_FIELD_DROPPED, "purple");
    assert_int_equal(look_at(&import_copies, CELLS("B\xC3\xA4", "9780441013593", "", "", ""))->outcome,
                     IMPORT_REFUSED);
    assert_reason(IMPORT_BAD_BARCODE, "is not 1 to");
    assert_int_equal(look_at(&import_copies, CELLS("B1", "9780441013593", "", "", "3/4/2020"))->outcome,
                     IMPORT_REFUSED);
    assert_reason(IMPORT_DATE_UNCLEAR, "which of");
    assert_int_equal(look_at(&import_copies, CELLS("B1", "9780441013593", "", "", "", "x"))->outcome,
                     IMPORT_REFUSED);
}

static void test_import_copy__can_be_taken_back_unless_something_hangs_on_it(void **state)
{
    struct book dune = add_title("Dune", "Frank Herbert", "9780441013593", 1965);
    const char *why;

    (void)state;
    set_headers(&import_copies, CELLS("barcode", "isbn"));
    assert_int_equal(write_row(&import_copies, IMPORT_SKIP, CELLS("B1", "9780441013593")), OK);
    int64_t id = trail.last_id;
    struct copy copy = copy_with("B1");
    struct copy_facts facts = copy.facts;
    facts.note = "Somebody was here";
    assert_int_equal(copies_update(ctx, &copy, &facts, NO_NUMBER), OK);
    assert_int_equal(undo("copy", id, false, &why), IMPORT_UNDO_KEPT);
    assert_non_null(strstr(why, "changed"));
    copy = copy_with("B1");
    assert_int_equal(copies_set_status(ctx, &copy, COPY_ON_LOAN), OK);
    assert_int_equal(undo("copy", id, true, &why), IMPORT_UNDO_KEPT);
    assert_non_null(strstr(why, "out"));
    copy = copy_with("B1");
    assert_int_equal(copies_remove(ctx, &copy), ERROR_CONFLICT);
    error_clear(ctx);
    assert_int_equal(copies_set_status(ctx, &copy, COPY_AVAILABLE), OK);
    assert_int_equal(undo("copy", id, true, &why), IMPORT_UNDO_REMOVED);
    assert_int_equal(undo("copy", id, true, &why), IMPORT_UNDO_GONE);
    assert_int_equal(books_find_by_id(ctx, dune.id, &dune), OK);
    assert_int_equal(dune.total_copies, 0);
    assert_counters_right();
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_copy__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_its_title_by_isbn),
        TEST(finds_its_title_as_it_is_called),
        TEST(a_barcode_that_is_there_is_a_match_and_filled),
        TEST(makes_a_barcode_where_there_is_none),
        TEST(a_value_that_is_none_is_left_out_or_refused),
        TEST(can_be_taken_back_unless_something_hangs_on_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
