/*
 * fines_support.h — a library with three members and a loan of each, for tests of the ledger.
 */
#ifndef CARREL_TESTS_FINES_SUPPORT_H
#define CARREL_TESTS_FINES_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "counters/loan_index.h"
#include "db/engine.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define MEMBERS 3 /* with ids from 1; loans and copies have the same */

static struct fixture *fixture;
static struct ctx *ctx;

static inline int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static inline void run(const char *sql)
{
    assert_int_equal(db_exec(ctx, sql), OK);
}

SQL(TEST_UUID_OF_CHARGE, "SELECT uuid FROM charge WHERE id = :id");
SQL(TEST_UUID_OF_PAYMENT, "SELECT uuid FROM payment WHERE id = :id");
SQL(TEST_UUID_OF_WAIVER, "SELECT uuid FROM waiver WHERE id = :id");
SQL(TEST_UUID_OF_MEMBER, "SELECT uuid FROM member WHERE id = :id");

static inline struct uuid uuid_by(const struct sql *sql, int64_t id)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found = false;

    bind_int(s, ":id", id);
    assert_int_equal(db_row(s, &found), OK);
    assert_true(found);
    return column_uuid(s, 0);
}

SQL(TEST_LOANS, "SELECT id, member_id FROM borrow ORDER BY id");

/* As borrows_check() would give them; the caller's to release. Begins a request. */
static inline struct loan_index loans_of_the_library(void)
{
    struct id_range range = {count("SELECT min(id) FROM borrow"), count("SELECT max(id) FROM borrow"),
                             (size_t)count("SELECT count(*) FROM borrow")};
    struct loan_index loans;
    bool found = true;

    fixture_next(fixture);
    loan_index_init(&loans, &range);
    struct stmt *s = db_statement(ctx, &TEST_LOANS);
    for (;;) {
        assert_int_equal(db_row(s, &found), OK);
        if (!found)
            return loans;
        assert_true(loan_index_add(&loans, column_int(s, 0), column_number(s, 1)));
    }
}

static inline int64_t number_of(const struct sql *sql, int64_t id)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found = false;

    bind_int(s, ":id", id);
    assert_int_equal(db_row(s, &found), OK);
    assert_true(found);
    return column_int(s, 0);
}

static inline int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3)"
        " INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
        " SELECT i, randomblob(16), 'Book ' || i, 'Author', 'book', 'author', 1, 1 FROM n");
    run("INSERT INTO copy (id, uuid, book_id, barcode, status, created_at, updated_at)"
        " SELECT id, randomblob(16), id, 'c' || id, 'on_loan', 1, 1 FROM book");
    run("INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
        " SELECT id, randomblob(16), 'm' || id, 'Member ' || id, 'member', 1, 1 FROM book");
    run("INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by)"
        " SELECT id, randomblob(16), id, id, id, 1, 1, 2, 0, 100, 0, 1 FROM book");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#define ON_A_LIBRARY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
