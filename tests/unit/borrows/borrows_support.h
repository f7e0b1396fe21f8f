/*
 * borrows_support.h — a library with titles, readers and loans, for the tests of what is done with loans.
 */
#ifndef CARREL_TESTS_BORROWS_SUPPORT_H
#define CARREL_TESTS_BORROWS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "borrows/borrows_check_service.h"
#include "borrows/borrows_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "fines/fines_check_service.h"
#include "holds/holds_check_service.h"
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

static struct book catalogue(const char *title)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = "Anonymous";
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

static struct borrow lend(const char *title, const struct member *member)
{
    struct book book = catalogue(title);
    struct lend_request request = {.book_id = book.uuid, .member_id = member->uuid, .occurred_at = NO_NUMBER};
    struct borrow borrow = {0};

    fixture_next(fixture);
    assert_int_equal(borrows_lend(ctx, &request, &borrow), OK);
    return borrow;
}

static void set(const char *name, const char *value)
{
    fixture_next(fixture);
    assert_int_equal(settings_set(ctx, name, value), OK);
}

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static void pass_days(int days)
{
    fixture_next(fixture);
    ctx->now += days * (int64_t)MS_PER_DAY;
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
    bool keys_hold;

    fixture_next(fixture);
    assert_int_equal(borrows_check(ctx, fail_on_finding, NULL, &loans, &keys_hold), OK);
    assert_true(keys_hold);
    assert_int_equal(fines_check(ctx, &loans, fail_on_finding, NULL), OK);
    loan_index_release(&loans);
    assert_int_equal(holds_check(ctx, fail_on_finding, NULL), OK);
}

#endif
