/*
 * test_beside.c — what was filled in beside a library is in the library afterwards, and nothing stays behind.
 */
#include "scratch.h"

#include <unistd.h>

#include "db/beside.h"
#include "db/pack.h"

static const char *const tables[] = {"book_search", "tally", NULL};

/* A library's file with its schema, nothing in it. */
static void begin(struct scratch *scratch)
{
    scratch_init(scratch);
    scratch_open(scratch);
    scratch_must(scratch,
                 db_exec(&scratch->ctx, "INSERT INTO book_search (rowid, title) VALUES (9, 'before')"));
    scratch_close(scratch);
    file_exec(scratch->path, "PRAGMA journal_mode = DELETE");
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_BUILD, &scratch->ctx.db));
}

static const char *path_beside(struct scratch *scratch)
{
    return arena_printf(scratch->ctx.arena, "%s" BESIDE_SUFFIX, scratch->path);
}

static void test_beside__what_was_filled_in_is_taken_over(void **state)
{
    (void)state;
    struct scratch scratch;
    struct beside *beside;
    begin(&scratch);
    static const char *const none[] = {NULL};
    struct packer *packer;
    scratch_must(&scratch, beside_open(&scratch.ctx, tables, &beside));
    scratch_must(&scratch, pack_begin(&scratch.ctx, none, &packer));
    struct ctx there = scratch.ctx;
    there.db = beside_db(beside);
    scratch_must(&scratch, db_exec(&there, "BEGIN"));
    scratch_must(&scratch,
                 db_exec(&there, "INSERT INTO book_search (rowid, title, author) VALUES"
                                 " (1, 'dubliners', 'james joyce'), (2, 'ulysses', 'james joyce')"));
    scratch_must(&scratch, db_exec(&there, "INSERT INTO tally (span, first_day, last_day, books, members)"
                                           " VALUES ('day', 7, 7, x'02', x'04')"));
    scratch_must(&scratch, db_exec(&there, "COMMIT"));
    scratch_must(&scratch, beside_take_over(&there, beside, packer));
    scratch_must(&scratch, pack_indexes(&scratch.ctx, packer));
    scratch_must(&scratch, pack_end(&scratch.ctx, packer));
    assert_int_not_equal(access(path_beside(&scratch), F_OK), 0);
    scratch_close(&scratch);
    const char *path = scratch.path;
    assert_int_equal(file_int(path, "SELECT sum(rowid) FROM book_search WHERE book_search MATCH 'joyce'"), 3);
    assert_int_equal(file_int(path, "SELECT count(*) FROM book_search WHERE book_search MATCH 'before'"), 0);
    assert_int_equal(file_int(path, "SELECT first_day FROM tally WHERE books = x'02'"), 7);
    assert_int_equal(
        file_int(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    file_exec(path, "INSERT INTO book_search (book_search) VALUES ('integrity-check')");
    scratch_remove(&scratch);
}

static void test_beside__nothing_stays_when_it_is_given_up(void **state)
{
    (void)state;
    struct scratch scratch;
    struct beside *beside;
    begin(&scratch);
    struct arena_mark mark = arena_mark(scratch.ctx.arena);
    scratch_must(&scratch, beside_open(&scratch.ctx, tables, &beside));
    assert_int_equal(access(path_beside(&scratch), F_OK), 0);
    arena_reset_to(scratch.ctx.arena, mark);
    assert_int_not_equal(access(path_beside(&scratch), F_OK), 0);
    scratch_close(&scratch);
    assert_int_equal(
        file_int(scratch.path, "SELECT count(*) FROM book_search WHERE book_search MATCH 'before'"), 1);
    scratch_remove(&scratch);
}

static void test_beside__there_is_no_such_table(void **state)
{
    (void)state;
    struct scratch scratch;
    struct beside *beside;
    begin(&scratch);
    static const char *const none[] = {"nonesuch", NULL};
    assert_int_equal(beside_open(&scratch.ctx, none, &beside), ERROR_INTERNAL);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside__what_was_filled_in_is_taken_over),
        cmocka_unit_test(test_beside__nothing_stays_when_it_is_given_up),
        cmocka_unit_test(test_beside__there_is_no_such_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
