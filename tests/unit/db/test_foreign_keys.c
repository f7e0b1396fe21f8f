/*
 * test_foreign_keys.c — the quick check of references finds what SQLite's own would.
 */
#include "scratch.h"

#include "db/foreign_keys.h"

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);

    scratch_init(scratch);
    scratch_open(scratch);
    scratch_exec(
        scratch,
        "PRAGMA foreign_keys = OFF;"
        "CREATE TABLE shelf (id INTEGER PRIMARY KEY, room INTEGER, place TEXT UNIQUE, UNIQUE (room, place));"
        "INSERT INTO shelf (id, room, place) VALUES (1, 1, 'a'), (700, 1, 'b'), (64, 2, 'c');"
        "CREATE TABLE box (id INTEGER PRIMARY KEY, shelf INTEGER REFERENCES shelf (id),"
        " next INTEGER REFERENCES box (id));"
        "INSERT INTO box VALUES (1, 700, NULL), (2, NULL, 1), (3, 64, 3);"
        "CREATE TABLE label (text TEXT PRIMARY KEY, box INTEGER NOT NULL REFERENCES box (id)) WITHOUT ROWID;"
        "INSERT INTO label VALUES ('x', 3), ('y', 1);");
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void assert_hold(struct scratch *scratch, bool wanted)
{
    bool hold = !wanted;

    scratch_must(scratch, foreign_keys_hold(&scratch->ctx, NULL, &hold));
    assert_int_equal(hold, wanted);
    assert_int_equal(file_int(scratch->path, "SELECT count(*) = 0 FROM pragma_foreign_key_check"), wanted);
}

static void test_foreign_keys__hold_in_a_whole_library(void **state)
{
    assert_hold(*state, true);
}

static void assert_noticed(struct scratch *scratch, const char *damage, const char *repair)
{
    scratch_exec(scratch, damage);
    assert_hold(scratch, false);
    scratch_exec(scratch, repair);
    assert_hold(scratch, true);
}

static void test_foreign_keys__that_lead_nowhere_are_noticed(void **state)
{
    struct scratch *scratch = *state;

    assert_noticed(scratch, "UPDATE box SET shelf = 65 WHERE id = 1",
                   "UPDATE box SET shelf = 64 WHERE id = 1");
    assert_noticed(scratch, "UPDATE box SET shelf = 0 WHERE id = 3", "UPDATE box SET shelf = 1 WHERE id = 3");
    assert_noticed(scratch, "UPDATE box SET shelf = -1 WHERE id = 3",
                   "UPDATE box SET shelf = 1 WHERE id = 3");
    assert_noticed(scratch, "UPDATE box SET shelf = 9000000000000000 WHERE id = 3",
                   "UPDATE box SET shelf = NULL WHERE id = 3");
    assert_noticed(scratch, "UPDATE box SET next = 4 WHERE id = 2", "UPDATE box SET next = 2 WHERE id = 2");
    assert_noticed(scratch, "UPDATE label SET box = 4 WHERE text = 'y'",
                   "UPDATE label SET box = 2 WHERE text = 'y'");
    assert_noticed(scratch, "DELETE FROM shelf WHERE id = 64", "INSERT INTO shelf VALUES (64, 2, 'c')");
}

/* Whoever has read a table says which rows it has, and is believed. */
static void test_foreign_keys__ids_that_somebody_knows_are_not_read_again(void **state)
{
    struct scratch *scratch = *state;
    struct id_index boxes;
    struct foreign_keys_known known = {"box", &boxes, false};
    bool hold = false;

    id_index_init(&boxes, 1, 3, 3);
    assert_int_equal(id_index_add(&boxes, 1), 0);
    assert_int_equal(id_index_add(&boxes, 3), 2);
    scratch_exec(scratch, "UPDATE label SET box = 3; UPDATE box SET next = 1");
    scratch_must(scratch, foreign_keys_hold(&scratch->ctx, &known, &hold));
    assert_true(hold);
    scratch_exec(scratch, "UPDATE label SET box = 2 WHERE text = 'x'");
    scratch_must(scratch, foreign_keys_hold(&scratch->ctx, &known, &hold));
    assert_false(hold); /* there is a box 2, but the index says otherwise */
    scratch_exec(scratch, "UPDATE label SET box = 3; UPDATE box SET shelf = 5 WHERE id = 1");
    scratch_must(scratch, foreign_keys_hold(&scratch->ctx, &known, &hold));
    assert_false(hold);
    known.hold = true;
    scratch_must(scratch, foreign_keys_hold(&scratch->ctx, &known, &hold));
    assert_true(hold); /* what boxes refer to was not looked at */
    id_index_release(&boxes);
    scratch_exec(scratch, "UPDATE box SET shelf = 700 WHERE id = 1; UPDATE box SET next = id");
}

/* What has no bit: SQLite looks itself. */
static void test_foreign_keys__of_other_kinds_are_noticed_too(void **state)
{
    struct scratch *scratch = *state;

    scratch_exec(scratch, "INSERT INTO shelf VALUES (9000000000000000, 3, 'far');"
                          "UPDATE box SET shelf = 9000000000000000 WHERE id = 1");
    assert_hold(scratch, true);
    assert_noticed(scratch, "UPDATE box SET shelf = 65 WHERE id = 2",
                   "UPDATE box SET shelf = NULL WHERE id = 2");
    scratch_exec(scratch,
                 "CREATE TABLE sign (place TEXT REFERENCES shelf (place)); INSERT INTO sign VALUES ('b')");
    assert_noticed(scratch, "INSERT INTO sign VALUES ('z')", "DELETE FROM sign WHERE place = 'z'");
    scratch_exec(scratch, "CREATE TABLE lamp (room INTEGER, place TEXT,"
                          " FOREIGN KEY (room, place) REFERENCES shelf (room, place));"
                          "INSERT INTO lamp VALUES (2, 'c')");
    assert_noticed(scratch, "INSERT INTO lamp VALUES (2, 'a')", "DELETE FROM lamp WHERE place = 'a'");
    scratch_exec(scratch, "CREATE TABLE tag (box INTEGER REFERENCES box); INSERT INTO tag VALUES (3)");
    assert_noticed(scratch, "INSERT INTO tag VALUES (4)", "DELETE FROM tag WHERE box = 4");
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_foreign_keys__hold_in_a_whole_library),
        each(test_foreign_keys__that_lead_nowhere_are_noticed),
        each(test_foreign_keys__ids_that_somebody_knows_are_not_read_again),
        each(test_foreign_keys__of_other_kinds_are_noticed_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
