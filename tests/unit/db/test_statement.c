/*
 * test_statement.c — statements are prepared once, found by where they stand, and handed out clean.
 */
#include "scratch.h"

SQL(COUNT_SETTINGS, "SELECT count(*) FROM setting");
SQL(COUNT_SETTINGS_AGAIN, "SELECT count(*) FROM setting");
SQL(PUT_SETTING, "INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, 0)");
SQL(BROKEN, "SELECT misspelt FROM setting WHERE name = :name");
SQL(ECHO_VALUES, "SELECT :int, :number, :bool, :real, :text, :uuid");

static void test_statement__prepares_a_statement_once(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);

    int opened_with = scratch.ctx.db->statement_count;
    struct stmt *first = db_statement(&scratch.ctx, &COUNT_SETTINGS);
    sqlite3_stmt *handle = first->handle;
    scratch_must(&scratch, db_run(first));
    assert_ptr_equal(db_statement(&scratch.ctx, &COUNT_SETTINGS), first);
    db_reset_statements(scratch.ctx.db);
    assert_ptr_equal(db_statement(&scratch.ctx, &COUNT_SETTINGS), first);
    assert_ptr_equal(first->handle, handle);
    /* The key is where it stands, not what it says. */
    assert_ptr_not_equal(db_statement(&scratch.ctx, &COUNT_SETTINGS_AGAIN), first);
    assert_int_equal(scratch.ctx.db->statement_count, opened_with + 2);
    scratch_remove(&scratch);
}

static void test_statement__hands_a_statement_out_without_its_last_bindings(void **state)
{
    (void)state;
    struct scratch scratch;
    bool found = false;
    scratch_init(&scratch);
    scratch_open(&scratch);

    for (int i = 0; i < 2; i++) {
        struct stmt *s = db_statement(&scratch.ctx, &ECHO_VALUES);
        if (i == 0)
            bind_text(s, ":text", "gone");
        scratch_must(&scratch, db_row(s, &found));
        assert_true(found);
        assert_int_equal(column_is_null(s, 4), i == 1);
    }
    struct stmt *s = db_statement(&scratch.ctx, &ECHO_VALUES);
    bind_text(s, ":text", "gone");
    db_reset_statements(scratch.ctx.db);
    s = db_statement(&scratch.ctx, &ECHO_VALUES);
    scratch_must(&scratch, db_row(s, &found));
    assert_true(column_is_null(s, 4));
    scratch_remove(&scratch);
}

static void test_statement__carries_every_type_there_and_back(void **state)
{
    (void)state;
    struct scratch scratch;
    struct uuid uuid = uuid_new(SCRATCH_NOW);
    bool found = false;
    scratch_init(&scratch);
    scratch_open(&scratch);

    struct stmt *s = db_statement(&scratch.ctx, &ECHO_VALUES);
    bind_int(s, ":int", INT64_MIN + 1);
    bind_number(s, ":number", NO_NUMBER);
    bind_bool(s, ":bool", true);
    bind_real(s, ":real", 0.125);
    bind_text(s, ":text", "Ærø “日本”");
    bind_uuid(s, ":uuid", &uuid);
    scratch_must(&scratch, db_row(s, &found));
    assert_true(column_int(s, 0) == INT64_MIN + 1);
    assert_true(column_is_null(s, 1));
    assert_true(column_number(s, 1) == NO_NUMBER);
    assert_int_equal(column_int(s, 1), 0);
    assert_true(column_bool(s, 2));
    assert_true(column_real(s, 3) == 0.125);
    const char *text = column_text(s, 4);
    struct uuid back = column_uuid(s, 5);
    scratch_must(&scratch, db_row(s, &found));
    assert_false(found);
    assert_string_equal(text, "Ærø “日本”"); /* the arena's own, not SQLite's */
    assert_memory_equal(back.bytes, uuid.bytes, UUID_BYTES);

    s = db_statement(&scratch.ctx, &ECHO_VALUES);
    bind_text(s, ":text", NULL);
    scratch_must(&scratch, db_row(s, &found));
    assert_null(column_text(s, 4));
    scratch_remove(&scratch);
}

static void test_statement__reports_broken_sql_with_the_first_row(void **state)
{
    (void)state;
    struct scratch scratch;
    bool found = true;
    scratch_init(&scratch);
    scratch_open(&scratch);

    int opened_with = scratch.ctx.db->statement_count;
    for (int i = 0; i < 2; i++) {
        struct stmt *s = db_statement(&scratch.ctx, &BROKEN);
        bind_text(s, ":name", "whatever");
        assert_fails_with(&scratch, db_row(s, &found), INTERNAL);
        assert_int_equal(scratch.ctx.db->statement_count, opened_with);
    }
    scratch_must(&scratch, db_run(db_statement(&scratch.ctx, &COUNT_SETTINGS)));
    scratch_remove(&scratch);
}

static void test_statement__goes_on_after_a_statement_failed(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);

    for (int i = 0; i < 3; i++) {
        struct stmt *s = db_statement(&scratch.ctx, &PUT_SETTING);
        bind_text(s, ":name", "name");
        bind_text(s, ":value", "value");
        enum error_kind kind = db_run(s);
        assert_int_equal(kind, i == 0 ? OK : ERROR_INTERNAL);
        assert_int_equal(db_changes(&scratch.ctx), i == 0 ? 1 : 0);
        error_clear(&scratch.ctx);
    }
    struct stmt *s = db_statement(&scratch.ctx, &PUT_SETTING);
    bind_text(s, ":name", "another");
    bind_text(s, ":value", "value");
    scratch_must(&scratch, db_run(s));
    scratch_remove(&scratch);
}

static const char *select_number(struct ctx *ctx, const void *key, uint64_t shape)
{
    (void)key;
    return arena_printf(ctx->arena, "SELECT %d", (int)shape);
}

static void test_statement__keeps_a_bounded_number_of_shapes(void **state)
{
    (void)state;
    struct scratch scratch;
    bool found;
    scratch_init(&scratch);
    scratch_open(&scratch);

    for (int request = 0; request < DB_STATEMENTS_MAX; request++) {
        for (int i = 0; i < 4; i++) {
            struct stmt *s = db_shaped_statement(&scratch.ctx, &scratch, (uint64_t)(request * 4 + i),
                                                 "number", select_number);
            scratch_must(&scratch, db_row(s, &found));
            assert_int_equal(column_int(s, 0), request * 4 + i);
        }
        db_reset_statements(scratch.ctx.db);
        assert_true(scratch.ctx.db->statement_count <= DB_STATEMENTS_MAX);
    }
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statement__prepares_a_statement_once),
        cmocka_unit_test(test_statement__hands_a_statement_out_without_its_last_bindings),
        cmocka_unit_test(test_statement__carries_every_type_there_and_back),
        cmocka_unit_test(test_statement__reports_broken_sql_with_the_first_row),
        cmocka_unit_test(test_statement__goes_on_after_a_statement_failed),
        cmocka_unit_test(test_statement__keeps_a_bounded_number_of_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
