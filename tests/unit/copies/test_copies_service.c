/*
 * test_copies_service.c — copies come, go and change state, and the numbers of their title follow exactly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/barcode.h"
#include "base/limits.h"
#include "copies/copies_service.h"
#include "copies/shelves_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

/* ---- helpers ------------------------------------------------------------------------------------------ */

static struct book_facts facts_of(const char *title, int64_t copies)
{
    struct book_facts facts = BOOK_FACTS_NONE;

    facts.title = title;
    facts.author = "Anonymous";
    facts.total_copies = copies;
    return facts;
}

static struct book catalogue(const char *title, int64_t copies)
{
    struct book_facts facts = facts_of(title, copies);
    struct book book = {0};

    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    return book;
}

static struct book find_book(const struct book *book)
{
    struct book found = {0};

    assert_int_equal(books_find(ctx, &book->uuid, &found), OK);
    return found;
}

static struct copy pick(const struct book *book)
{
    struct copy copy = {0};
    bool found = false;

    assert_int_equal(copies_pick_available(ctx, book->id, &copy, &found), OK);
    assert_true(found);
    return copy;
}

static struct copy find_copy(const struct copy *copy)
{
    struct copy found = {0};

    assert_int_equal(copies_find(ctx, &copy->uuid, &found), OK);
    return found;
}

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static void assert_numbers(const struct book *book, int64_t total, int64_t available)
{
    struct book found = find_book(book);

    assert_int_equal(found.total_copies, total);
    assert_int_equal(found.available_copies, available);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE status NOT IN ('lost', 'withdrawn')"),
                     count("SELECT value FROM library_counter WHERE name = 'copies'"));
}

static void assert_refused(enum error_kind kind, enum error_code code, const char *says)
{
    assert_int_not_equal(kind, OK);
    assert_string_equal(error_code_name(ctx->error.code), error_code_name(code));
    assert_non_null(strstr(ctx->error.detail, says));
    fixture_next(fixture);
}

static void edit_total(const struct book *book, int64_t total)
{
    struct book before = find_book(book);
    struct book_facts after = before.facts;

    after.total_copies = total;
    assert_int_equal(copies_edit_title(ctx, &before, &after, NO_NUMBER), OK);
}

struct counting_sink {
    struct row_sink sink;
    int rows;
    int64_t total;
};

static void count_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    (void)columns;
    (void)values;
    ((struct counting_sink *)sink)->rows++;
}

static void note_total(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct counting_sink *)sink)->total = meta->total;
}

static int list(const char *name, const char *value)
{
    const struct list_parameter parameter = {name, value};
    const struct list_query query = {
        .limit = LIST_LIMIT_MAX, .parameters = &parameter, .parameter_count = name ? 1 : 0};
    struct counting_sink rows = {.sink = {.row = count_row, .page = note_total}};

    assert_int_equal(copies_list(ctx, &query, &rows.sink), OK);
    assert_int_equal(rows.rows, rows.total);
    return rows.rows;
}

/* ---- titles with copies --------------------------------------------------------------------------------- */

static void test_copies_service__a_title_comes_with_copies_that_scan(void **state)
{
    struct book book = catalogue("Dune", 3);
    struct copy copy = pick(&book);

    (void)state;
    assert_int_equal(book.total_copies, 3);
    assert_int_equal(book.available_copies, 3);
    assert_numbers(&book, 3, 3);
    assert_string_equal(copy.facts.barcode, "39000000000013");
    assert_true(barcode_luhn_ok(copy.facts.barcode));
    assert_int_equal(count("SELECT count(DISTINCT barcode) FROM copy"), 3);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 1); /* one act */
}

static void test_copies_service__one_copy_when_nothing_is_said(void **state)
{
    struct book book = catalogue("Dune", NO_NUMBER);

    (void)state;
    assert_numbers(&book, 1, 1);
}

static void test_copies_service__old_clients_may_send_available_copies(void **state)
{
    struct book_facts facts = facts_of("Dune", 2);
    struct book book;

    (void)state;
    facts.available_copies = 1; /* accepted, and derived all the same */
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    assert_numbers(&book, 2, 2);
    facts.available_copies = 3;
    facts.isbn = "1234567890";
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "available_copies");
    assert_string_equal(ctx->error.fields->next->field, "isbn");
    fixture_next(fixture);
}

static void test_copies_service__the_prefix_is_a_setting(void **state)
{
    (void)state;
    assert_int_equal(settings_set(ctx, "barcode_prefix", "77"), OK);
    struct book book = catalogue("Dune", 1);
    struct copy copy = pick(&book);
    assert_memory_equal(copy.facts.barcode, "77", 2);
    assert_true(barcode_luhn_ok(copy.facts.barcode));
}

static void test_copies_service__generated_barcodes_step_over_taken_ones(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy_facts facts = COPY_FACTS_NONE;
    struct copy copy;

    (void)state;
    facts.barcode = "39000000000021"; /* the next number */
    assert_int_equal(copies_add(ctx, &book.uuid, &facts, &copy), OK);
    facts.barcode = NULL;
    assert_int_equal(copies_add(ctx, &book.uuid, &facts, &copy), OK);
    assert_string_equal(copy.facts.barcode, "39000000000039");
    assert_numbers(&book, 3, 3);
}

static void test_copies_service__raising_the_total_adds_copies(void **state)
{
    struct book book = catalogue("Dune", 1);

    (void)state;
    edit_total(&book, 4);
    assert_numbers(&book, 4, 4);
    assert_int_equal(find_book(&book).version, 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'book.copies_changed'"
                           " AND before = '{\"total_copies\":\"1\"}' AND after = '{\"total_copies\":\"4\"}'"),
                     1);
    edit_total(&book, 4);
    assert_int_equal(find_book(&book).version, 2);
    /* One edit is one version, also when the title itself changes with it. */
    struct book before = find_book(&book);
    struct book_facts after = before.facts;
    after.title = "Dune Messiah";
    after.total_copies = 5;
    assert_int_equal(copies_edit_title(ctx, &before, &after, 2), OK);
    assert_int_equal(find_book(&book).version, 3);
    assert_numbers(&book, 5, 5);
}

static void test_copies_service__lowering_the_total_withdraws_the_newest_available(void **state)
{
    struct book book = catalogue("Dune", 4);
    struct copy oldest = pick(&book);

    (void)state;
    edit_total(&book, 2);
    assert_numbers(&book, 2, 2);
    assert_int_equal(find_copy(&oldest).status, COPY_AVAILABLE);
    assert_int_equal(count("SELECT min(id) FROM copy WHERE status = 'withdrawn'"), 3);
}

static void test_copies_service__never_withdraws_what_is_not_on_the_shelf(void **state)
{
    struct book book = catalogue("Dune", 3);
    struct copy lent = pick(&book);

    (void)state;
    assert_int_equal(copies_set_status(ctx, &lent, COPY_ON_LOAN), OK);
    lent = pick(&book);
    assert_int_equal(copies_set_status(ctx, &lent, COPY_ON_LOAN), OK);
    struct book before = find_book(&book);
    struct book_facts after = before.facts;
    after.total_copies = 1;
    assert_refused(copies_edit_title(ctx, &before, &after, NO_NUMBER), ERR_COPIES_NOT_AVAILABLE,
                   "cannot go below 2");
    edit_total(&book, 2);
    assert_numbers(&book, 2, 0);
    before = find_book(&book);
    after.total_copies = 0;
    assert_int_equal(copies_edit_title(ctx, &before, &after, NO_NUMBER), ERROR_INVALID);
    fixture_next(fixture);
}

static void test_copies_service__a_batch_title_brings_its_own_barcode(void **state)
{
    struct book_facts facts = facts_of("Dune", 2);
    struct copy_facts copy = COPY_FACTS_NONE;
    struct book book;

    (void)state;
    copy.barcode = "OLD-1";
    copy.shelf = "SF";
    assert_int_equal(copies_catalogue_title_in_batch(ctx, &facts, &copy, 1, &book), OK);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE barcode = 'OLD-1' AND shelf = 'SF'"), 1);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE barcode IN ('OLD-1', '39000000000013')"), 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), 0);
    facts.title = "Emma";
    assert_refused(copies_catalogue_title_in_batch(ctx, &facts, &copy, 1, &book), ERR_DUPLICATE_BARCODE,
                   "“Dune”");
    assert_int_equal(count("SELECT count(*) FROM book"), 1);
}

/* ---- single copies -------------------------------------------------------------------------------------- */

static void test_copies_service__adds_a_copy_with_its_own_facts(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy_facts facts = {.barcode = "LIB 77",
                               .status = "in_repair",
                               .shelf = "SF 3",
                               .acquired_on = 20000,
                               .price = 1250,
                               .note = "torn"};
    struct copy copy;

    (void)state;
    assert_int_equal(copies_add(ctx, &book.uuid, &facts, &copy), OK);
    copy = find_copy(&copy);
    assert_string_equal(copy.facts.barcode, "LIB 77");
    assert_int_equal(copy.status, COPY_IN_REPAIR);
    assert_string_equal(copy.facts.shelf, "SF 3");
    assert_int_equal(copy.facts.acquired_on, 20000);
    assert_int_equal(copy.facts.price, 1250);
    assert_numbers(&book, 2, 1);
    assert_int_equal(find_book(&book).version, 2); /* what is shown with the title has changed */
}

static void test_copies_service__a_barcode_is_on_one_copy_only(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy_facts facts = COPY_FACTS_NONE;
    struct copy copy;

    (void)state;
    facts.barcode = "39000000000013";
    assert_refused(copies_add(ctx, &book.uuid, &facts, &copy), ERR_DUPLICATE_BARCODE, "on a copy of “Dune”");
    facts.barcode = "caf\xC3\xA9";
    assert_refused(copies_add(ctx, &book.uuid, &facts, &copy), ERR_VALIDATION_ERROR, "barcode");
}

static void test_copies_service__an_archived_titles_copies_rest_with_it(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy copy = pick(&book);
    struct copy_facts facts = copy.facts;

    (void)state;
    facts.status = "lost";
    book = find_book(&book);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    assert_refused(copies_update(ctx, &copy, &facts, NO_NUMBER), ERR_BOOK_NOT_FOUND, "archived");
    assert_int_equal(count("SELECT count(*) FROM copy WHERE status = 'available'"), 1);
}

static void test_copies_service__a_copy_found_again_needs_room(void **state)
{
    struct book book = catalogue("Dune", BOOK_COPIES_MAX);
    struct copy copy = pick(&book);
    struct copy_facts facts = copy.facts;
    struct copy_facts none = COPY_FACTS_NONE;
    struct copy another;

    (void)state;
    facts.status = "lost";
    assert_int_equal(copies_update(ctx, &copy, &facts, NO_NUMBER), OK);
    assert_int_equal(copies_add(ctx, &book.uuid, &none, &another), OK);
    copy = find_copy(&copy);
    facts.status = "available";
    assert_refused(copies_update(ctx, &copy, &facts, NO_NUMBER), ERR_CONFLICT, "at most");
    assert_numbers(&book, BOOK_COPIES_MAX, BOOK_COPIES_MAX);
}

static void test_copies_service__states_change_by_hand_and_the_numbers_follow(void **state)
{
    struct book book = catalogue("Dune", 2);
    struct copy copy = pick(&book);
    struct copy_facts facts = copy.facts;
    static const struct {
        const char *status;
        int64_t total, available;
    } steps[] = {{"in_repair", 2, 1}, {"lost", 1, 1},      {"withdrawn", 1, 1}, {"available", 2, 2},
                 {"withdrawn", 1, 1}, {"in_repair", 2, 1}, {"available", 2, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        copy = find_copy(&copy);
        facts.status = steps[i].status;
        assert_int_equal(copies_update(ctx, &copy, &facts, copy.version), OK);
        assert_numbers(&book, steps[i].total, steps[i].available);
    }
}

static void test_copies_service__lent_copies_are_not_changed_by_hand(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy copy = pick(&book);
    struct copy_facts facts = copy.facts;

    (void)state;
    facts.status = "on_loan";
    assert_refused(copies_update(ctx, &copy, &facts, NO_NUMBER), ERR_VALIDATION_ERROR, "status");
    assert_int_equal(copies_set_status(ctx, &copy, COPY_ON_LOAN), OK);
    assert_numbers(&book, 1, 0);
    copy = find_copy(&copy);
    facts = copy.facts;
    facts.status = "lost";
    assert_refused(copies_update(ctx, &copy, &facts, NO_NUMBER), ERR_COPY_NOT_AVAILABLE,
                   "take it back first");
    /* Anything else about it may change meanwhile, the state sent back as it was read. */
    facts.status = "on_loan";
    facts.note = "coffee on page 3";
    assert_int_equal(copies_update(ctx, &copy, &facts, NO_NUMBER), OK);
    assert_string_equal(find_copy(&copy).facts.note, "coffee on page 3");
}

/* Or an edit that names the number of copies as it was read would buy the lost one anew. */
static void test_copies_service__a_title_that_loses_a_copy_is_a_new_version(void **state)
{
    struct book book = catalogue("Dune", 2);
    struct copy copy = pick(&book);

    (void)state;
    book = find_book(&book);
    assert_int_equal(copies_set_status(ctx, &copy, COPY_ON_LOAN), OK);
    assert_int_equal(find_book(&book).version, book.version);
    copy = find_copy(&copy);
    assert_int_equal(copies_set_status(ctx, &copy, COPY_LOST), OK);
    assert_int_equal(find_book(&book).version, book.version + 1);
    assert_numbers(&book, 1, 1);
}

static void test_copies_service__a_shelf_that_moves_in_parts_says_so_before_its_end(void **state)
{
    struct book book = catalogue("Dune", 2 * COPY_MOVED_AT_ONCE);
    struct transfer transfer = {.facts = {.from_shelf = "A", .shelf = "B"}};
    bool more = false;

    (void)state;
    assert_int_equal(db_exec(ctx, "UPDATE copy SET shelf = 'A'"), OK);
    assert_int_equal(shelves_transfer_step(ctx, &transfer, 0, &more), OK);
    assert_true(more);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE shelf = 'B'"), COPY_MOVED_AT_ONCE);
    assert_int_equal(
        count("SELECT count(*) FROM audit_log WHERE action = 'shelf.moving' AND after LIKE '%B%'"), 1);
    while (more)
        assert_int_equal(shelves_transfer_step(ctx, &transfer, 0, &more), OK);
    assert_int_equal(transfer.moved, 2 * COPY_MOVED_AT_ONCE);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'shelf.moving'"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'shelf.moved'"), 1);
    (void)book;
}

static void test_copies_service__an_edit_of_an_old_version_is_refused(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy copy = pick(&book);
    struct copy_facts facts = copy.facts;

    (void)state;
    facts.shelf = "A 1";
    assert_refused(copies_update(ctx, &copy, &facts, 9), ERR_PRECONDITION_FAILED, "changed by someone else");
    facts.shelf = NULL;
    assert_int_equal(copies_update(ctx, &copy, &facts, 1), OK);
    assert_int_equal(find_copy(&copy).version, 1); /* nothing differs, nothing is written */
}

static void test_copies_service__finds_by_barcode_whatever_the_state(void **state)
{
    struct book book = catalogue("Dune", 1);
    struct copy copy = pick(&book);
    struct copy found;
    bool is_there;

    (void)state;
    assert_int_equal(copies_set_status(ctx, &copy, COPY_LOST), OK);
    assert_int_equal(copies_find_by_barcode(ctx, copy.facts.barcode, &found, &is_there), OK);
    assert_true(is_there);
    assert_int_equal(found.id, copy.id);
    assert_int_equal(copies_find_by_barcode(ctx, "nothing", &found, &is_there), OK);
    assert_false(is_there);
    assert_int_equal(copies_pick_available(ctx, book.id, &found, &is_there), OK);
    assert_false(is_there);
}

static void test_copies_service__lists_what_the_library_has(void **state)
{
    struct book book = catalogue("Dune", 3);
    struct book other = catalogue("Emma", 2);
    struct copy copy = pick(&book);
    struct counting_sink rows = {.sink = {.row = count_row, .page = note_total}};
    const struct list_parameter lie = {"book_id", "00000000-0000-7000-8000-000000000000"};
    const struct list_query query = {.limit = 10, .parameters = &lie, .parameter_count = 1};

    (void)state;
    assert_int_equal(copies_set_status(ctx, &copy, COPY_LOST), OK);
    assert_int_equal(list(NULL, NULL), 4);
    assert_int_equal(list("include_withdrawn", "true"), 5);
    assert_int_equal(list("status", "lost"), 1);
    assert_int_equal(list("status", "available"), 4);
    assert_int_equal(list("barcode", copy.facts.barcode), 1);
    assert_int_equal(list("barcode", "3900"), 0);
    /* The path decides whose copies they are, whatever the query says. */
    assert_int_equal(copies_list_of_book(ctx, &other.uuid, &query, &rows.sink), OK);
    assert_int_equal(rows.rows, 2);
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

#define TEST(name) cmocka_unit_test_setup_teardown(test_copies_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_title_comes_with_copies_that_scan),
        TEST(one_copy_when_nothing_is_said),
        TEST(old_clients_may_send_available_copies),
        TEST(the_prefix_is_a_setting),
        TEST(generated_barcodes_step_over_taken_ones),
        TEST(raising_the_total_adds_copies),
        TEST(lowering_the_total_withdraws_the_newest_available),
        TEST(never_withdraws_what_is_not_on_the_shelf),
        TEST(a_batch_title_brings_its_own_barcode),
        TEST(adds_a_copy_with_its_own_facts),
        TEST(a_barcode_is_on_one_copy_only),
        TEST(an_archived_titles_copies_rest_with_it),
        TEST(a_copy_found_again_needs_room),
        TEST(states_change_by_hand_and_the_numbers_follow),
        TEST(lent_copies_are_not_changed_by_hand),
        TEST(a_title_that_loses_a_copy_is_a_new_version),
        TEST(a_shelf_that_moves_in_parts_says_so_before_its_end),
        TEST(an_edit_of_an_old_version_is_refused),
        TEST(finds_by_barcode_whatever_the_state),
        TEST(lists_what_the_library_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
