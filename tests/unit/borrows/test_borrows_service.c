/*
 * test_borrows_service.c — the rules of lending and taking back, each on a library of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "borrows/borrows_check_service.h"
#include "borrows/borrows_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    settings_forget();
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

/* ---- helpers ------------------------------------------------------------------------------------------ */

static struct book catalogue(const char *title, int64_t copies)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = "Anonymous";
    facts.total_copies = copies;
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    return book;
}

static struct member register_member(const char *name)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member = {0};

    facts.name = name;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member;
}

static enum error_kind lend_at(const struct book *book, const struct member *member, int64_t occurred_at,
                               struct borrow *out_borrow)
{
    struct lend_request request = {
        .book_id = book->uuid, .member_id = member->uuid, .occurred_at = occurred_at};

    fixture_next(fixture);
    return borrows_lend(ctx, &request, out_borrow);
}

static struct borrow lend(const struct book *book, const struct member *member)
{
    struct borrow borrow = {0};

    assert_int_equal(lend_at(book, member, NO_NUMBER, &borrow), OK);
    return borrow;
}

static void assert_lend_refused(const struct book *book, const struct member *member, enum error_code code)
{
    struct borrow borrow;

    assert_int_not_equal(lend_at(book, member, NO_NUMBER, &borrow), OK);
    assert_string_equal(error_code_name(ctx->error.code), error_code_name(code));
}

static const char *barcode_of(int64_t copy_id)
{
    struct copy copy = {0};

    assert_int_equal(copies_find_by_id(ctx, copy_id, &copy), OK);
    return copy.facts.barcode;
}

static enum error_kind take_back(const char *barcode, int64_t occurred_at, struct borrow *out_borrow)
{
    struct return_request request = {.barcode = barcode, .occurred_at = occurred_at};

    struct reception reception;

    fixture_next(fixture);
    enum error_kind kind = borrows_receive_barcode(ctx, &request, &reception);
    if (kind == OK)
        *out_borrow = reception.borrow;
    return kind;
}

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static void fail_on_finding(void *argument, const char *finding)
{
    (void)argument;
    print_error("%s\n", finding);
    assert_true(false);
}

/* Whatever a test did, the library must still be true. */
static void assert_library_true(void)
{
    struct loan_index loans;
    bool keys_hold = false;

    fixture_next(fixture);
    assert_int_equal(borrows_check(ctx, fail_on_finding, NULL, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    assert_true(keys_hold);
}

/* ---- lending ------------------------------------------------------------------------------------------ */

static void test_borrows_service__lends_until_the_end_of_the_due_day(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);

    assert_int_equal(borrow.borrowed_at, ctx->now);
    assert_int_equal(borrow.due_at, clock_day_end(clock_day_of(ctx->now) + 14));
    assert_int_equal(count("SELECT available_copies FROM book"), 0);
    assert_int_equal(count("SELECT open_borrows FROM member"), 1);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE status = 'on_loan'"), 1);
    assert_library_true();
}

static void test_borrows_service__leaves_one_audit_row_and_one_event_for_each_act(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);

    assert_int_equal(take_back(barcode_of(borrow.copy_id), NO_NUMBER, &borrow), OK);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'borrow.lent'"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'borrow.returned'"), 1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'BookIssued' AND borrow_id IS NOT NULL"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'BookReturned'"), 1);
}

static void test_borrows_service__refuses_a_sixth_loan_and_names_the_rule(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    char title[24];

    for (int i = 0; i < 5; i++) {
        snprintf(title, sizeof title, "Book %d", i);
        struct book book = catalogue(title, 1);
        lend(&book, &member);
    }
    struct book sixth = catalogue("Book 6", 1);
    assert_lend_refused(&sixth, &member, ERR_BORROW_LIMIT_EXCEEDED);
    assert_non_null(strstr(ctx->error.detail, "maximum limit of 5 active borrows"));
    assert_string_equal(ctx->error.reasons->key, "rule");
    assert_string_equal(ctx->error.reasons->text, "any × any");
    assert_int_equal(count("SELECT count(*) FROM borrow"), 5);
    assert_library_true();
}

static void test_borrows_service__lends_the_same_title_once_to_a_member(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");

    lend(&book, &member);
    assert_lend_refused(&book, &member, ERR_ACTIVE_BORROW_EXISTS);
    assert_library_true();
}

static void test_borrows_service__refuses_when_no_copy_is_left(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member first = register_member("Amina Okafor");
    struct member second = register_member("Tomás Herrera");

    lend(&book, &first);
    assert_lend_refused(&book, &second, ERR_INVENTORY_UNAVAILABLE);
    assert_non_null(strstr(ctx->error.detail, "No copies available"));
    assert_library_true();
}

static void test_borrows_service__asks_in_the_order_of_the_interface(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct book nowhere = {.uuid = uuid_new(ctx->now)};
    struct member nobody = {.uuid = uuid_new(ctx->now)};
    struct member member = register_member("Amina Okafor");
    struct member_status_change suspend = {
        .status = "suspended", .reason = "lost three books", .suspended_until = NO_NUMBER};
    char *problem = NULL;

    assert_lend_refused(&nowhere, &nobody, ERR_MEMBER_NOT_FOUND);
    assert_lend_refused(&nowhere, &member, ERR_BOOK_NOT_FOUND);
    lend(&book, &member);
    assert_lend_refused(&book, &member, ERR_ACTIVE_BORROW_EXISTS); /* before: none left */
    assert_true(settings_override(SETTING_MAX_ACTIVE_BORROWS, "1", SOURCE_FLAG, &problem));
    assert_lend_refused(&book, &member, ERR_BORROW_LIMIT_EXCEEDED);    /* before: twice */
    assert_lend_refused(&nowhere, &member, ERR_BORROW_LIMIT_EXCEEDED); /* before: no such book */
    struct member suspended = {0};
    fixture_next(fixture);
    assert_int_equal(members_find(ctx, &member.uuid, &suspended), OK);
    assert_int_equal(members_change_status(ctx, &suspended, &suspend, NO_NUMBER), OK);
    assert_lend_refused(&nowhere, &member, ERR_MEMBER_SUSPENDED); /* before: limit */
    assert_library_true();
}

static void test_borrows_service__lends_the_very_copy_that_was_scanned(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 3);
    struct member member = register_member("Amina Okafor");
    const char *barcode = barcode_of(count("SELECT max(id) FROM copy"));
    struct lend_request request = {.barcode = barcode, .card = member.facts.card, .occurred_at = NO_NUMBER};
    struct borrow borrow = {0};

    (void)book;
    assert_int_equal(borrows_lend(ctx, &request, &borrow), OK);
    assert_string_equal(barcode_of(borrow.copy_id), barcode);
    struct member other = register_member("Tomás Herrera");
    request.card = other.facts.card;
    fixture_next(fixture);
    assert_int_equal(borrows_lend(ctx, &request, &borrow), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_COPY_NOT_AVAILABLE);
    assert_string_equal(ctx->error.reasons->text, "on_loan");
    assert_library_true();
}

static void test_borrows_service__names_every_field_that_is_missing_or_too_much(void **state)
{
    (void)state;
    struct lend_request nothing = {.occurred_at = NO_NUMBER};
    struct lend_request both = {.book_id = uuid_new(1), .barcode = "1", .occurred_at = NO_NUMBER};
    struct borrow borrow;

    assert_int_equal(borrows_lend(ctx, &nothing, &borrow), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "book_id");
    assert_string_equal(ctx->error.fields->next->field, "member_id");
    fixture_next(fixture);
    assert_int_equal(borrows_lend(ctx, &both, &borrow), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "barcode");
}

/* ---- when it happened --------------------------------------------------------------------------------- */

static void test_borrows_service__counts_the_due_day_from_when_it_happened(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = {0};
    int64_t three_days_ago = ctx->now - 3 * (int64_t)MS_PER_DAY;

    assert_int_equal(lend_at(&book, &member, three_days_ago, &borrow), OK);
    assert_int_equal(borrow.due_at, clock_day_end(clock_day_of(three_days_ago) + 14));
    assert_int_equal(count("SELECT borrows FROM daily_stat"), 1);
    assert_int_equal(count("SELECT day FROM daily_stat"), clock_day_of(three_days_ago));
    assert_library_true();
}

static void test_borrows_service__refuses_the_future_and_the_distant_past(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow;
    int64_t too_old = ctx->now - (OCCURRED_AT_PAST_DAYS * (int64_t)MS_PER_DAY) - 1;

    assert_int_equal(lend_at(&book, &member, ctx->now + OCCURRED_AT_FUTURE_MS + 1, &borrow), ERROR_INVALID);
    assert_int_equal(lend_at(&book, &member, too_old, &borrow), ERROR_INVALID);
    assert_int_equal(lend_at(&book, &member, ctx->now + OCCURRED_AT_FUTURE_MS, &borrow), OK);
    assert_int_equal(borrow.borrowed_at, ctx->now); /* a desk's clock that runs ahead does not date a loan */
}

static void test_borrows_service__never_lends_a_copy_before_it_came_back(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member first = register_member("Amina Okafor");
    struct member second = register_member("Tomás Herrera");
    struct borrow borrow = lend(&book, &first);

    assert_int_equal(take_back(barcode_of(borrow.copy_id), NO_NUMBER, &borrow), OK);
    assert_int_equal(lend_at(&book, &second, ctx->now - 1, &borrow), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "occurred_at");
    assert_library_true();
}

/* ---- taking back -------------------------------------------------------------------------------------- */

static void test_borrows_service__takes_a_copy_back_once(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);
    const char *barcode = barcode_of(borrow.copy_id);

    ctx->now += 5 * (int64_t)MS_PER_DAY;
    assert_int_equal(take_back(barcode, NO_NUMBER, &borrow), OK);
    assert_int_equal(borrow.returned_at, ctx->now);
    assert_int_equal(count("SELECT available_copies FROM book"), 1);
    assert_int_equal(count("SELECT overdue_count FROM member"), 0);
    assert_int_equal(take_back(barcode, NO_NUMBER, &borrow), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_ALREADY_RETURNED);
    assert_int_equal(take_back("no such barcode", NO_NUMBER, &borrow), ERROR_NOT_FOUND);
    assert_int_equal(ctx->error.code, ERR_COPY_NOT_FOUND);
    assert_library_true();
}

static void test_borrows_service__counts_a_late_return_by_when_it_happened(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member late = register_member("Amina Okafor");
    struct member in_time = register_member("Tomás Herrera");
    struct borrow first = lend(&book, &late);
    struct borrow second = lend(&book, &in_time);

    ctx->now += 15 * (int64_t)MS_PER_DAY;
    assert_int_equal(take_back(barcode_of(first.copy_id), NO_NUMBER, &first), OK);
    /* From the book drop, where it lay since the due day. */
    assert_int_equal(take_back(barcode_of(second.copy_id), second.due_at, &second), OK);
    assert_int_equal(count("SELECT overdue_count FROM member WHERE name LIKE 'Amina%'"), 1);
    assert_int_equal(count("SELECT overdue_count FROM member WHERE name LIKE 'Tom%'"), 0);
    assert_library_true();
}

static void test_borrows_service__refuses_a_return_before_the_loan(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);

    assert_int_equal(take_back(barcode_of(borrow.copy_id), borrow.borrowed_at - 1, &borrow), ERROR_INVALID);
    assert_int_equal(count("SELECT count(*) FROM borrow WHERE returned_at IS NULL"), 1);
}

/* ---- a book's page --------------------------------------------------------------------------- */

static void test_borrows_service__tells_who_has_a_book_and_who_had_it(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member first = register_member("Amina Okafor");
    struct member second = register_member("Tomás Herrera");
    struct borrow over = lend(&book, &first);
    struct book_borrows borrows;

    lend(&book, &second);
    assert_int_equal(take_back(barcode_of(over.copy_id), NO_NUMBER, &over), OK);
    assert_int_equal(borrows_of_book(ctx, &book.uuid, &borrows), OK);
    assert_string_equal(borrows.current->name, "Tomás Herrera");
    assert_null(borrows.current->next);
    assert_string_equal(borrows.past->member_name, "Amina Okafor");
    assert_null(borrows.past->next);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_borrows_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lends_until_the_end_of_the_due_day),
        TEST(leaves_one_audit_row_and_one_event_for_each_act),
        TEST(refuses_a_sixth_loan_and_names_the_rule),
        TEST(lends_the_same_title_once_to_a_member),
        TEST(refuses_when_no_copy_is_left),
        TEST(asks_in_the_order_of_the_interface),
        TEST(lends_the_very_copy_that_was_scanned),
        TEST(names_every_field_that_is_missing_or_too_much),
        TEST(counts_the_due_day_from_when_it_happened),
        TEST(refuses_the_future_and_the_distant_past),
        TEST(never_lends_a_copy_before_it_came_back),
        TEST(takes_a_copy_back_once),
        TEST(counts_a_late_return_by_when_it_happened),
        TEST(refuses_a_return_before_the_loan),
        TEST(tells_who_has_a_book_and_who_had_it),
    };

    return cmocka_run_group_tests_name("borrows_service", tests, NULL, NULL);
}
