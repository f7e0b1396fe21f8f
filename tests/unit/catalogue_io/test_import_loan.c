/*
 * test_import_loan.c — open loans of another system become this library's, and can be taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "borrows/borrows_service.h"
#include "borrows/renewals_service.h"
#include "copies/copies_service.h"
#include "kind_runner.h"
#include "members/members_service.h"

static struct book add_title(const char *title, const char *isbn, const char *barcode)
{
    struct copy_facts copy = COPY_FACTS_NONE;
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = "Anonymous";
    facts.isbn = isbn;
    copy.barcode = barcode;
    assert_int_equal(copies_catalogue_title_in_batch(ctx, &facts, &copy, 1, &book), OK);
    return book;
}

static struct member add_member(const char *card, const char *name, const char *email)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member = {0};

    facts.card = card;
    facts.name = name;
    facts.email = email;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member;
}

static struct book now_of(const struct book *book)
{
    struct book now = {0};

    assert_int_equal(books_find_by_id(ctx, book->id, &now), OK);
    return now;
}

static void use_headers(void)
{
    set_headers(&import_loans, CELLS("Card number", "Email", "Reader", "Barcode", "ISBN", "Checked out",
                                     "Due date", "Renewals"));
}

static void test_import_loan__is_open_here_as_it_was_there(void **state)
{
    struct book dune = add_title("Dune", "9780441013593", "B1");
    struct member ada = add_member("1", "Ada", NULL);

    (void)state;
    use_headers();
    assert_int_equal(write_row(&import_loans, IMPORT_SKIP,
                               CELLS("1", "", "", "B1", "", "2026-01-05T09:30:00Z", "2026-02-02", "2")),
                     OK);
    assert_int_equal(trail.made, 1);
    assert_string_equal(trail.entity, "borrow");
    assert_int_equal(fixture_int(fixture, "SELECT renewals FROM borrow"), 2);
    assert_int_equal(fixture_int(fixture, "SELECT due_day FROM borrow"), clock_day_of(ctx->now) - 28);
    assert_int_equal(fixture_int(fixture, "SELECT borrowed_at FROM borrow"), INT64_C(1767605400000));
    assert_int_equal(now_of(&dune).open_borrows, 1);
    assert_int_equal(now_of(&dune).available_copies, 0);
    assert_int_equal(members_find_by_id(ctx, ada.id, &ada), OK);
    assert_int_equal(ada.open_borrows, 1);
    assert_int_equal(ada.last_borrowed_at, INT64_C(1767605400000));
    assert_int_equal(fixture_int(fixture, "SELECT borrows FROM daily_stat WHERE members = 1"), 1);
    assert_counters_right();
}

static void test_import_loan__finds_reader_and_copy_in_other_ways(void **state)
{
    struct book emma = add_title("Emma", "9780141439587", "B2");

    add_member("1", "Ada Lovelace", "ada@example.org");
    add_member("2", "Bob", NULL);
    add_member("3", "Bob", NULL);
    (void)state;
    use_headers();
    assert_int_equal(
        look_at(&import_loans, CELLS("", "ADA@example.org", "", "B2", "", "1.3.2026", "20.3.2026", ""))
            ->outcome,
        IMPORT_AS_IT_IS);
    look_at(&import_loans, CELLS("", "", "Bob", "B2", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_MEMBER_UNCLEAR, "Several readers");
    assert_int_equal(
        write_row(&import_loans, IMPORT_SKIP,
                  CELLS("", "", "ada lovelace", "", "978-0-14-143958-7", "1.3.2026", "20.3.2026", "")),
        OK);
    assert_int_equal(now_of(&emma).open_borrows, 1);
    look_at(&import_loans, CELLS("2", "", "", "", "9780141439587", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_NO_COPY, "stands on its shelf");
    assert_counters_right();
}

static void test_import_loan__invariants_hold(void **state)
{
    add_title("Dune", "9780441013593", "B1");
    add_title("Emma", "9780141439587", "B2");
    add_member("1", "Ada", NULL);
    (void)state;
    use_headers();
    look_at(&import_loans, CELLS("9", "", "", "B1", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_NO_MEMBER, "bring the readers first");
    look_at(&import_loans, CELLS("1", "", "", "B9", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_NO_COPY, "bring the copies first");
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "3.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_LOAN_NOT_POSSIBLE, "future");
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "1.3.2026", "20.2.2026", ""));
    assert_reason(IMPORT_LOAN_NOT_POSSIBLE, "before");
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "1.3.2026", "1.1.2099", ""));
    assert_reason(IMPORT_LOAN_NOT_POSSIBLE, "ahead");
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "1.3.2026", "", ""));
    assert_reason(IMPORT_DATE_UNREADABLE, "until when");
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "3/1/2026", "20.3.2026", ""));
    assert_reason(IMPORT_DATE_UNCLEAR, "month");
    look_at(&import_loans, CELLS("", "", "", "B1", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_NO_MEMBER, "who has it");
    assert_int_equal(
        write_row(&import_loans, IMPORT_SKIP, CELLS("1", "", "", "B1", "", "1.3.2026", "20.3.2026", "")), OK);
    look_at(&import_loans, CELLS("1", "", "", "B1", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_LOAN_NOT_POSSIBLE, "already has");
    add_member("2", "Bob", NULL);
    look_at(&import_loans, CELLS("2", "", "", "B1", "", "1.3.2026", "20.3.2026", ""));
    assert_reason(IMPORT_COPY_AWAY, "on loan");
    assert_counters_right();
}

/* The rules of lending are not asked: eight loans of a reader who may have five. */
static void test_import_loan__limits_are_not_asked(void **state)
{
    char barcode[8];

    add_member("1", "Ada", NULL);
    (void)state;
    use_headers();
    for (int i = 0; i < 8; i++) {
        snprintf(barcode, sizeof barcode, "B%d", i);
        add_title(barcode, NULL, barcode);
        assert_int_equal(write_row(&import_loans, IMPORT_SKIP,
                                   CELLS("1", "", "", barcode, "", "2026-01-05", "2026-02-02", "")),
                         OK);
    }
    assert_counters_right();
}

static void test_import_loan__can_be_taken_back_as_if_it_had_never_been(void **state)
{
    struct book dune = add_title("Dune", NULL, "B1");
    struct member ada = add_member("1", "Ada", NULL);
    const char *why;

    add_title("Emma", NULL, "B2");
    (void)state;
    use_headers();
    assert_int_equal(
        write_row(&import_loans, IMPORT_SKIP, CELLS("1", "", "", "B1", "", "2026-01-05", "2026-02-02", "")),
        OK);
    int64_t first = trail.last_id;
    assert_int_equal(
        write_row(&import_loans, IMPORT_SKIP, CELLS("1", "", "", "B2", "", "2026-01-05", "2026-02-02", "")),
        OK);
    int64_t second = trail.last_id;
    assert_int_equal(undo("borrow", first, false, &why), IMPORT_UNDO_REMOVED);
    assert_counters_right();
    assert_int_equal(fixture_int(fixture, "SELECT members FROM daily_stat"), 1);
    assert_int_equal(undo("borrow", second, false, &why), IMPORT_UNDO_REMOVED);
    assert_int_equal(undo("borrow", second, false, &why), IMPORT_UNDO_GONE);
    assert_int_equal(now_of(&dune).borrow_count, 0);
    assert_int_equal(now_of(&dune).available_copies, 1);
    assert_int_equal(now_of(&dune).last_borrowed_at, NO_NUMBER);
    assert_int_equal(members_find_by_id(ctx, ada.id, &ada), OK);
    assert_int_equal(ada.borrow_count, 0);
    assert_int_equal(ada.last_borrowed_at, NO_NUMBER);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM daily_stat"), 0);
    assert_counters_right();
}

static void test_import_loan__stays_when_something_has_happened_to_it(void **state)
{
    struct return_request back = {.barcode = "B1", .occurred_at = NO_NUMBER};
    struct reception reception;
    const char *why;

    add_title("Dune", NULL, "B1");
    add_member("1", "Ada", NULL);
    (void)state;
    use_headers();
    assert_int_equal(
        write_row(&import_loans, IMPORT_SKIP, CELLS("1", "", "", "B1", "", "2026-03-01", "2026-03-20", "")),
        OK);
    int64_t id = trail.last_id;
    assert_int_equal(borrows_receive_barcode(ctx, &back, &reception), OK);
    assert_int_equal(undo("borrow", id, true, &why), IMPORT_UNDO_KEPT);
    assert_string_equal(why, "it came back");
    assert_counters_right();
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_loan__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_open_here_as_it_was_there),
        TEST(finds_reader_and_copy_in_other_ways),
        TEST(invariants_hold),
        TEST(limits_are_not_asked),
        TEST(can_be_taken_back_as_if_it_had_never_been),
        TEST(stays_when_something_has_happened_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
