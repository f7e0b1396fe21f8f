/*
 * test_slow.c — a statement that takes long is told with its plan: once, and without what was bound to it.
 *
 * Standard error is a pipe while a test logs. The limit is set to nothing, or to more than any test takes.
 */
#include "scratch.h"

#include <fcntl.h>

#include "db/figures.h"
#include "db/slow.h"

#define HOURS 3600000000LL

SQL(SCAN, "SELECT count(*) FROM setting WHERE value LIKE :part");
SQL(BY_NAME, "SELECT value FROM setting WHERE name = :name");

SQL(ADD, "INSERT INTO setting (name, value, updated_at) VALUES (:name, '1', 0)");
SQL(CHANGE, "UPDATE setting SET value = '2' WHERE name = :name");
SQL(REMOVE, "DELETE FROM setting WHERE name = :name");

static char logged[65536];

/* Of what opening the library took, nothing is told. */
static void begin(struct scratch *scratch, int64_t limit_us)
{
    scratch_init(scratch);
    scratch_open(scratch);
    db_reset_statements(scratch->ctx.db);
    slow_set_limit(limit_us);
}

static void end(struct scratch *scratch)
{
    slow_set_limit(-1);
    scratch_remove(scratch);
}

/* Runs it, and keeps what was logged. */
static void run_logged(struct scratch *scratch, const struct sql *sql, const char *name)
{
    int ends[2];
    int real = dup(STDERR_FILENO);

    if (pipe(ends) != 0)
        abort();
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    log_set_level(LOG_INFO);
    struct stmt *s = db_statement(&scratch->ctx, sql);
    bind_text(s, name, "Miss Marple");
    enum error_kind kind = db_run(s);
    db_reset_statements(scratch->ctx.db);
    log_set_level(LOG_OFF);
    dup2(real, STDERR_FILENO);
    close(real);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ssize_t length = read(ends[0], logged, sizeof logged - 1);
    logged[length > 0 ? length : 0] = '\0';
    close(ends[0]);
    scratch_must(scratch, kind);
}

static void test_slow__tells_name_steps_and_plan_but_no_value(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch, 0);
    int64_t before = db_figure_read(&db_figures.slow_statements);

    run_logged(&scratch, &SCAN, ":part");
    assert_non_null(strstr(logged, "\"message\":\"slow statement\""));
    assert_non_null(strstr(logged, "\"statement\":\"SCAN\""));
    assert_non_null(strstr(logged, "\"plan\":\"SCAN setting\""));
    assert_non_null(strstr(logged, "\"steps\":"));
    assert_null(strstr(logged, "Marple"));
    run_logged(&scratch, &BY_NAME, ":name");
    assert_non_null(strstr(logged, "SEARCH setting USING PRIMARY KEY (name=?)"));
    assert_true(db_figure_read(&db_figures.slow_statements) >= before + 2);
    end(&scratch);
}

/* Whoever asks how many rows were changed asks after the plan was read. */
static void test_slow__what_a_statement_changed_is_known_after_its_plan_was_told(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch, 0);
    run_logged(&scratch, &ADD, ":name");
    assert_non_null(strstr(logged, "\"statement\":\"ADD\""));
    assert_int_equal(db_changes(&scratch.ctx), 1);
    run_logged(&scratch, &CHANGE, ":name");
    assert_non_null(strstr(logged, "\"plan\":\"SEARCH setting USING PRIMARY KEY (name=?)\""));
    assert_int_equal(db_changes(&scratch.ctx), 1);
    run_logged(&scratch, &REMOVE, ":name");
    assert_int_equal(db_changes(&scratch.ctx), 1);
    run_logged(&scratch, &REMOVE, ":name");
    assert_int_equal(db_changes(&scratch.ctx), 0);
    end(&scratch);
}

static void test_slow__tells_of_a_statement_once_an_hour(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch, 0);
    run_logged(&scratch, &SCAN, ":part");
    assert_non_null(strstr(logged, "slow statement"));
    int64_t counted = db_figure_read(&db_figures.slow_statements);
    run_logged(&scratch, &SCAN, ":part");
    assert_string_equal(logged, "");
    assert_true(db_figure_read(&db_figures.slow_statements) > counted); /* counted all the same */
    end(&scratch);
}

static void test_slow__is_silent_below_the_limit(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch, HOURS);
    int64_t before = db_figure_read(&db_figures.slow_statements);
    run_logged(&scratch, &SCAN, ":part");
    assert_string_equal(logged, "");
    assert_int_equal(db_figure_read(&db_figures.slow_statements), before);
    end(&scratch);
}

static const char *count_up(struct ctx *ctx, const void *key, uint64_t shape)
{
    (void)ctx;
    (void)key;
    (void)shape;
    return "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT sum(i) FROM n";
}

static void test_slow__measures_what_sqlite_takes(void **state)
{
    (void)state;
    struct scratch scratch;
    bool found;
    scratch_init(&scratch);
    scratch_open(&scratch);

    struct stmt *s = db_shaped_statement(&scratch.ctx, &scratch, 1, "count", count_up);
    scratch_must(&scratch, db_row(s, &found));
    assert_true(s->spent_us > 0); /* three million steps take longer than the clock's */
    db_reset_statements(scratch.ctx.db);
    assert_int_equal(s->spent_us, 0);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow__tells_name_steps_and_plan_but_no_value),
        cmocka_unit_test(test_slow__what_a_statement_changed_is_known_after_its_plan_was_told),
        cmocka_unit_test(test_slow__tells_of_a_statement_once_an_hour),
        cmocka_unit_test(test_slow__is_silent_below_the_limit),
        cmocka_unit_test(test_slow__measures_what_sqlite_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
