/*
 * privacy_support.h — what the tests of forgetting share: loans of long ago, a whole run, and that all is still true.
 * Include it after cmocka.h.
 */
#ifndef CARREL_TESTS_PRIVACY_SUPPORT_H
#define CARREL_TESTS_PRIVACY_SUPPORT_H

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "borrows/borrows_check_service.h"
#include "borrows/borrows_service.h"
#include "borrows/privacy_service.h"
#include "copies/copies_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static inline int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* ---- helpers ------------------------------------------------------------------------------------------ */

static inline struct book catalogue(const char *title, int64_t copies)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = "Anonymous";
    facts.total_copies = copies;
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    return book;
}

static inline struct member register_member(const char *name)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member = {0};

    facts.name = name;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member;
}

static inline struct borrow lend(const struct book *book, const struct member *member)
{
    struct lend_request request = {
        .book_id = book->uuid, .member_id = member->uuid, .occurred_at = NO_NUMBER};
    struct borrow borrow = {0};

    fixture_next(fixture);
    enum error_kind kind = borrows_lend(ctx, &request, &borrow);
    if (kind != OK)
        print_error("%s\n", ctx->error.detail);
    assert_int_equal(kind, OK);
    return borrow;
}

static inline void take_back_at(const struct borrow *borrow, int64_t occurred_at)
{
    struct copy copy = {0};
    struct reception reception;

    fixture_next(fixture);
    assert_int_equal(copies_find_by_id(ctx, borrow->copy_id, &copy), OK);
    const struct return_request request = {.barcode = copy.facts.barcode, .occurred_at = occurred_at};
    assert_int_equal(borrows_receive_barcode(ctx, &request, &reception), OK);
}

static inline void take_back(const struct borrow *borrow)
{
    take_back_at(borrow, NO_NUMBER);
}

static inline void pass_days(int64_t days)
{
    ctx->now += days * MS_PER_DAY;
}

static inline void run(const char *sql)
{
    fixture_next(fixture);
    assert_int_equal(db_exec(ctx, sql), OK);
}

static inline int64_t count(const char *sql)
{
    fixture_next(fixture);
    return fixture_int(fixture, sql);
}

static inline void forget_after(int days)
{
    run(arena_printf(ctx->arena,
                     "INSERT INTO setting VALUES ('forget_loans_after_days', '%d', 0)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     days));
}

static int64_t slices; /* of the last run */

/* A whole run; how many loans it made forget. */
static inline int64_t forget(void)
{
    struct forgetting forgetting = {0};

    for (slices = 0; forgetting.step != FORGETTING_ENDED; slices++) {
        assert_true(slices < 10000);
        fixture_next(fixture);
        enum error_kind kind = privacy_forget_slice(ctx, &forgetting);
        if (kind != OK)
            print_error("%s\n", ctx->error.detail);
        assert_int_equal(kind, OK);
    }
    return forgetting.forgotten;
}

static inline void fail_on_finding(void *argument, const char *finding)
{
    (void)argument;
    print_error("%s\n", finding);
    assert_true(false);
}

/* Whatever a test did, the library must still be true. */
static inline void assert_library_true(void)
{
    struct loan_index loans;
    bool keys_hold = false;

    fixture_next(fixture);
    assert_int_equal(borrows_check(ctx, fail_on_finding, NULL, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    assert_true(keys_hold);
}

/* A loan of one day that came back today. */
static inline struct borrow old_borrow(const struct book *book, const struct member *member)
{
    struct borrow borrow = lend(book, member);

    pass_days(1);
    take_back(&borrow);
    return borrow;
}

#define LINKED "SELECT count(*) FROM borrow WHERE member_id IS NOT NULL"

#endif
