/*
 * filled.h — invented libraries made table by table, and what their tests ask of them.
 */
#ifndef CARREL_TESTS_SEEDER_FILLED_H
#define CARREL_TESTS_SEEDER_FILLED_H

#include "books/books_service.h"
#include "borrows/borrows_check_service.h"
#include "counters/counters_check_service.h"
#include "db/engine.h"
#include "db/engine_internal.h"
#include "members/members_service.h"
#include "members/search_rows_service.h"
#include "seeder/seeder.h"
#include "support/fixture.h"

#undef fail
#define fail() _fail(__FILE__, __LINE__) /* fail_msg() ends in it */

#define NOW "1772445600000" /* the fixture's */

static inline void reopen(struct fixture *fixture, enum db_mode mode)
{
    db_close(fixture->ctx.db);
    fixture->ctx.db = NULL;
    assert_int_equal(db_open(&fixture->ctx, fixture->path, mode, &fixture->ctx.db), OK);
}

static inline void count_call(void *argument)
{
    (*(int *)argument)++;
}

static inline enum error_kind fill(struct fixture *fixture, struct seeder *seeder, enum bulk_road road)
{
    int calls = 0;
    assert_int_equal(counters_follow_zone(&fixture->ctx), OK); /* as every start does */
    assert_int_equal(db_exec(&fixture->ctx, "COMMIT"), OK);
    reopen(fixture, DB_BUILD);
    enum error_kind kind = seeder_fill(&fixture->ctx, seeder, road, count_call, &calls);
    assert_true(kind != OK || calls > 5);
    return kind;
}

/* A library made table by table, open as libraries are, in a transaction. */
static inline struct fixture *filled(const char *scenario, uint64_t random_seed, enum bulk_road road,
                                     struct seeder **out_seeder)
{
    struct fixture *fixture = fixture_new();
    assert_int_equal(seeder_new(&fixture->ctx, scenario, random_seed, out_seeder), OK);
    if (fill(fixture, *out_seeder, road) != OK)
        fail_msg("%s", fixture->ctx.error.detail);
    reopen(fixture, DB_WRITE);
    assert_int_equal(db_exec(&fixture->ctx, "BEGIN IMMEDIATE"), OK);
    return fixture;
}

static inline sqlite3_stmt *prepared(struct fixture *fixture, const char *sql)
{
    sqlite3_stmt *handle = NULL;
    if (sqlite3_prepare_v2(fixture->ctx.db->handle, sql, -1, &handle, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(fixture->ctx.db->handle));
    return handle;
}

static inline void report_finding(void *argument, const char *finding)
{
    (*(int *)argument)++;
    print_error("found: %s\n", finding);
}

static inline void assert_sound(struct fixture *fixture)
{
    int findings = 0;
    struct loan_index loans;
    bool keys_hold = false;
    assert_int_equal(borrows_check(&fixture->ctx, report_finding, &findings, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    assert_true(keys_hold);
    assert_int_equal(books_check_search(&fixture->ctx, report_finding, &findings), OK);
    assert_int_equal(members_check_search(&fixture->ctx, report_finding, &findings), OK);
    assert_int_equal(findings, 0);
    sqlite3_stmt *check = prepared(fixture, "PRAGMA integrity_check");
    assert_int_equal(sqlite3_step(check), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(check, 0), "ok");
    sqlite3_finalize(check);
    check = prepared(fixture, "PRAGMA foreign_key_check");
    assert_int_equal(sqlite3_step(check), SQLITE_DONE);
    sqlite3_finalize(check);
}

static inline void assert_none(struct fixture *fixture, const char *sql)
{
    int64_t count = fixture_int(fixture, sql);
    if (count != 0)
        fail_msg("%lld: %s", (long long)count, sql);
}

static inline void assert_per_mille(struct fixture *fixture, const char *part, const char *whole,
                                    int64_t expected, int64_t tolerance)
{
    int64_t share = fixture_int(fixture, part) * 1000 / fixture_int(fixture, whole);
    if (share < expected - tolerance || share > expected + tolerance)
        fail_msg("%s: %lld in a thousand, promised %lld ± %lld", part, (long long)share, (long long)expected,
                 (long long)tolerance);
}

#endif
