/*
 * holds_support.h — a small library with readers, and lending as borrows/ does it, for the tests of holds.
 */
#ifndef TESTS_UNIT_HOLDS_SUPPORT_H
#define TESTS_UNIT_HOLDS_SUPPORT_H

#include <string.h>

#include "base/clock.h"
#include "books/books_service.h"
#include "copies/copies_service.h"
#include "counters/counters_check_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "holds/holds_check_service.h"
#include "holds/holds_service.h"
#include "holds/placing_service.h"
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

static inline struct book catalogue(const char *title, int64_t copies)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    fixture_next(fixture);
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

    fixture_next(fixture);
    facts.name = name;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member;
}

static inline struct book book_now(int64_t id)
{
    struct book book = {0};

    assert_int_equal(books_find_by_id(ctx, id, &book), OK);
    return book;
}

static inline struct copy copy_now(int64_t id)
{
    struct copy copy = {0};

    assert_int_equal(copies_find_by_id(ctx, id, &copy), OK);
    return copy;
}

/* `sql` is about one record: its id is added. */
static inline int64_t ask(const char *sql, int64_t id)
{
    return fixture_int(fixture, arena_printf(ctx->arena, "%s %lld", sql, (long long)id));
}

/* The n-th copy of a title, from 0. */
static inline struct copy copy_of(const struct book *book, int n)
{
    return copy_now(fixture_int(
        fixture,
        arena_printf(ctx->arena, "SELECT id FROM copy WHERE book_id = %lld ORDER BY id LIMIT 1 OFFSET %d",
                     (long long)book->id, n)));
}

static inline enum error_kind place_for(const struct book *book, const struct member *member,
                                        struct hold *out_hold)
{
    const struct hold_request request = {.book_id = book->uuid, .member_id = member->uuid};

    fixture_next(fixture);
    return placing_add(ctx, &request, out_hold);
}

static inline struct hold place(const struct book *book, const struct member *member)
{
    struct hold hold = {0};

    assert_int_equal(place_for(book, member, &hold), OK);
    return hold;
}

static inline enum error_kind check_lend(const struct member *member, const struct book *book,
                                         const struct copy *copy, const char *override_reason,
                                         struct hold_claim *out_claim)
{
    const struct book fresh = book_now(book->id);
    const struct copy present = copy ? copy_now(copy->id) : (struct copy){0};

    fixture_next(fixture);
    return holds_check_lend(ctx, member, &fresh, copy ? &present : NULL, override_reason, out_claim);
}

/* As borrows/ lends: asked, written, told. */
static inline enum error_kind lend(const struct member *member, const struct copy *which,
                                   const char *override_reason)
{
    const struct copy copy = copy_now(which->id);
    const struct book book = book_now(copy.book_id);
    struct hold_claim claim = {0};

    fixture_next(fixture);
    enum error_kind kind = holds_check_lend(ctx, member, &book, &copy, override_reason, &claim);
    if (kind != OK)
        return kind;
    assert_int_equal(
        db_exec(ctx,
                arena_printf(
                    ctx->arena,
                    "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at,"
                    " due_day, fine_per_day, grace_days, lent_by) VALUES (randomblob(16), %lld, %lld,"
                    " %lld, 1, %lld, %lld, 99999, 0, 0, 1)",
                    (long long)book.id, (long long)copy.id, (long long)member->id, (long long)ctx->now,
                    (long long)ctx->now + MS_PER_DAY)),
        OK);
    int64_t borrow_id = db_last_id(ctx);
    assert_int_equal(copies_set_status(ctx, &copy, COPY_ON_LOAN), OK);
    const struct counted_borrow counted = {.book_id = book.id,
                                           .member_id = member->id,
                                           .borrowed_at = ctx->now,
                                           .borrowed_day = clock_day_of(ctx->now)};
    assert_int_equal(counters_borrow_opened(ctx, &counted), OK);
    assert_int_equal(holds_lent(ctx, &claim, borrow_id, &copy, member->id), OK);
    return OK;
}

/* As borrows/ takes back. */
static inline struct hold_turn take_back(const struct copy *which)
{
    const struct copy copy = copy_now(which->id);
    struct hold_turn turn = {0};
    int64_t member = ask("SELECT member_id FROM borrow WHERE returned_at IS NULL AND copy_id =", copy.id);
    int64_t at = ask("SELECT borrowed_at FROM borrow WHERE returned_at IS NULL AND copy_id =", copy.id);

    fixture_next(fixture);
    assert_int_equal(
        db_exec(ctx,
                arena_printf(
                    ctx->arena,
                    "UPDATE borrow SET returned_at = %lld, returned_day = %d, due_at = max(due_at, %lld)"
                    " WHERE copy_id = %lld AND returned_at IS NULL",
                    (long long)ctx->now, clock_day_of(ctx->now), (long long)ctx->now, (long long)copy.id)),
        OK);
    const struct counted_borrow counted = {.book_id = copy.book_id,
                                           .member_id = member,
                                           .borrowed_at = at,
                                           .borrowed_day = clock_day_of(at),
                                           .returned_day = clock_day_of(ctx->now)};
    assert_int_equal(counters_borrow_closed(ctx, &counted), OK);
    assert_int_equal(holds_take_in(ctx, &copy, &turn), OK);
    return turn;
}

static inline void assert_code(enum error_kind kind, enum error_code code)
{
    assert_int_not_equal(kind, OK);
    assert_string_equal(error_code_name(ctx->error.code), error_code_name(code));
}

static inline void fail_on_finding(void *argument, const char *finding)
{
    (void)argument;
    print_error("%s\n", finding);
    assert_true(false);
}

/* Whatever a test did, what is promised of holds must still be true. */
static inline void assert_holds_true(void)
{
    fixture_next(fixture);
    assert_int_equal(holds_check(ctx, fail_on_finding, NULL), OK);
}

static inline void assert_library_true(void)
{
    bool keys_hold;

    assert_holds_true();
    assert_int_equal(counters_check(ctx, NULL, fail_on_finding, NULL, &keys_hold), OK);
    assert_true(keys_hold);
}

#endif
