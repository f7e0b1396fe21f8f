/*
 * test_faults_io.c — the n-th read, write, sync, truncation, lock or opening of a day fails, once or from then on; and
 * the n-th time that SQLite asks for memory.
 */
#include "faults.h"

#include <assert.h>

/* ---- one round --------------------------------------------------------------------------------------------- */

struct round {
    enum fault_kind kind; /* FAULT_KINDS: memory */
    bool lasts;
    int64_t at;
    char name[80];
    struct outcomes outcomes;
};

static void arm(const struct round *round)
{
    if (round->kind == FAULT_KINDS)
        faulty_arm_memory(round->at, round->lasts);
    else
        faulty_arm(&(struct fault){.kind = round->kind, .at = round->at, .lasts = round->lasts});
}

static void disarm(void)
{
    faulty_disarm();
    faulty_disarm_memory();
}

static int64_t counted(const struct round *round)
{
    return round->kind == FAULT_KINDS ? faulty_memory_count() : faulty_count(round->kind);
}

/* Who does something about it must be able to tell a full disk and missing memory from a broken disk. */
static void assert_says_why(const struct round *round, enum error_kind kind, enum error_code code,
                            const char *what)
{
    bool is_full = round->kind == FAULT_FULL || round->kind == FAULT_SHORT_WRITE;
    enum error_code wanted = is_full ? ERR_DISK_FULL : ERR_OUT_OF_MEMORY;

    if (kind == OK || (!is_full && round->kind != FAULT_KINDS) || code == wanted)
        return;
    stop_test("%s: %s says %s", round->name, what, error_code_name(code));
}

static void assert_told(const struct round *round)
{
    const struct outcomes *o = &round->outcomes;

    assert_says_why(round, o->began, o->began_code, "the start");
    for (size_t i = 0; o->began == OK && i < ACTS; i++)
        assert_says_why(round, o->kind[i], o->code[i], acts[i].name);
    if (o->began == OK && o->looked != OK)
        assert_says_why(round, o->looked, o->looked_code, "looking");
    if (o->began == OK && o->backup != OK && o->backup_code != ERR_BACKUP_FAILED)
        assert_says_why(round, o->backup, o->backup_code, "the backup");
}

static void start_again(struct day *day, const char *when)
{
    enum error_code code;

    if (begin_day(day, &code) != OK)
        stop_test("%s: the fault is gone, and the library does not open: %s", when, error_code_name(code));
}

/* Returns how many calls of this kind the day had. */
static int64_t play(struct round *round)
{
    struct day day;

    snprintf(round->name, sizeof round->name, "%s %" PRId64 "%s",
             round->kind == FAULT_KINDS ? "memory" : faulty_kind_name(round->kind), round->at,
             round->lasts ? " and all later ones" : "");
    day_init(&day);
    if (getenv("FAULTS_LOG"))
        log_set_level(LOG_WARN); /* what the program said, to find out why */
    arm(round);
    run_day(&day, &round->outcomes);
    int64_t count = counted(round);
    disarm();
    assert_told(round);
    assert_backup(&day, round->outcomes.backup, round->name);
    if (round->outcomes.began != OK)
        start_again(&day, round->name);
    assert_acts(&day, &round->outcomes, false, round->name);
    finish_day(&day, round->name);
    end_day(&day);
    assert_sound(&day);
    start_again(&day, round->name);
    finish_day(&day, round->name);
    end_day(&day);
    day_remove(&day);
    return count;
}

/* The same while it stops: what was acknowledged is there after the next start. */
static void play_stop(struct round *round)
{
    struct day day;

    snprintf(round->name, sizeof round->name, "stopping, %s %" PRId64,
             round->kind == FAULT_KINDS ? "memory" : faulty_kind_name(round->kind), round->at);
    day_init(&day);
    run_day(&day, &round->outcomes);
    arm(round);
    end_day(&day);
    int64_t count = counted(round);
    disarm();
    for (size_t i = 0; i < ACTS; i++)
        assert_int_equal(round->outcomes.kind[i], OK);
    start_again(&day, round->name);
    assert_acts(&day, &round->outcomes, false, round->name);
    assert_backup(&day, OK, round->name);
    end_day(&day);
    assert_sound(&day);
    day_remove(&day);
    round->at = round->at < count ? round->at + stride_of(count) : 0;
}

/* ---- all rounds of a kind ----------------------------------------------------------------------------------- */

static void sweep(enum fault_kind kind, bool lasts)
{
    struct round round = {.kind = kind, .lasts = lasts};
    const char *only = getenv("FAULTS_AT"); /* this one round of each kind, to look at it */
    int64_t count = play(&round);
    int64_t stride = only ? count : stride_of(count);
    int64_t rounds = 0;

    assert_true(count > 0 && count < FAULTS_STEPS_MAX);
    for (int64_t at = only ? atoll(only) : 1; at <= count; at += stride, rounds++) {
        round = (struct round){.kind = kind, .lasts = lasts, .at = at};
        (void)play(&round);
    }
    print_message("failing %s%s: %" PRId64 " rounds of %" PRId64 ", 0 losses\n",
                  kind == FAULT_KINDS ? "memory" : faulty_kind_name(kind), lasts ? " for good" : "", rounds,
                  count);
}

static void test_faults_io__nothing_is_lost_when_a_call_fails_once(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        sweep((enum fault_kind)kind, false);
}

static void test_faults_io__nothing_is_lost_when_all_calls_fail_from_some_moment_on(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULT_KINDS; kind++)
        sweep((enum fault_kind)kind, true);
}

static void test_faults_io__memory_that_is_not_there_is_told_and_undone(void **state)
{
    (void)state;
    sweep(FAULT_KINDS, false);
    sweep(FAULT_KINDS, true);
}

static void test_faults_io__nothing_is_lost_while_stopping(void **state)
{
    (void)state;
    for (int kind = 0; kind <= FAULT_KINDS; kind++) {
        struct round round = {.kind = (enum fault_kind)kind, .lasts = true, .at = 1};
        int64_t rounds = 0;
        while (round.at > 0) {
            play_stop(&round);
            rounds++;
        }
        print_message("failing %s while stopping: %" PRId64 " rounds, 0 losses\n",
                      kind == FAULT_KINDS ? "memory" : faulty_kind_name((enum fault_kind)kind), rounds);
    }
}

/* ---- a rollback without memory ------------------------------------------------------------------------------- */

/* Writes, and then nothing more is to be had: not even for what takes it back. */
static enum write_result fail_without_memory(struct ctx *ctx, void *argument)
{
    enum write_result result = do_register(ctx, argument);

    assert(result == WRITE_DONE);
    (void)result;
    faulty_arm_memory(1, true);
    (void)fail(ctx, CONFLICT, "refused");
    return WRITE_FAILED;
}

static void test_faults_io__the_desk_goes_on_after_a_rollback_that_had_no_memory(void **state)
{
    (void)state;
    const struct act refused = {"register", fail_without_memory, acts[0].there, 1};
    struct outcomes outcomes;
    struct day day;
    enum error_code code;

    day_init(&day);
    assert_int_equal(begin_day(&day, &code), OK);
    assert_int_not_equal(run_act(&day, &refused, &code), OK);
    assert_int_not_equal(run_act(&day, &acts[1], &code), OK);
    assert_string_equal(error_code_name(code), "OUT_OF_MEMORY");
    disarm();
    for (size_t i = 0; i < ACTS; i++)
        outcomes.kind[i] = ERROR_BUSY;
    assert_acts(&day, &outcomes, false, "a rollback without memory");
    finish_day(&day, "a rollback without memory");
    end_day(&day);
    assert_sound(&day);
    day_remove(&day);
}

/* ---- migrations --------------------------------------------------------------------------------------------- */

static const char next_script[] =
    "CREATE TABLE brought_forward (id INTEGER PRIMARY KEY, title TEXT NOT NULL) STRICT;"
    "INSERT INTO brought_forward SELECT id, title FROM book;"
    "CREATE INDEX brought_forward_by_title ON brought_forward (title, id);";

static enum error_kind bring_forward(struct day *day)
{
    struct migration scripts[64];
    size_t count = migration_count;
    struct ctx *ctx = &day->scratch.ctx;

    assert_true(count < sizeof scripts / sizeof scripts[0]);
    memcpy(scripts, migrations, count * sizeof scripts[0]);
    scripts[count] = (struct migration){scripts[count - 1].version + 1, "next", next_script};
    enum error_kind kind = db_open(ctx, day->scratch.path, DB_WRITE, &ctx->db);
    if (kind == OK) {
        kind = migrate_with(ctx, schema_sql, scripts, count + 1);
        db_close(ctx->db);
        ctx->db = NULL;
    }
    error_clear(ctx);
    return kind;
}

static int64_t play_migration(struct round *round)
{
    struct day day;
    int64_t before = migrations[migration_count - 1].version;

    snprintf(round->name, sizeof round->name, "a migration, %s %" PRId64,
             round->kind == FAULT_KINDS ? "memory" : faulty_kind_name(round->kind), round->at);
    day_init(&day);
    arm(round);
    enum error_kind kind = bring_forward(&day);
    int64_t count = counted(round);
    disarm();
    int64_t version = file_int(day.scratch.path, "PRAGMA user_version");
    bool is_forward = file_int(day.scratch.path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE"
                                                 " 'brought_forward%'") == 2;
    if (version != before + (is_forward ? 1 : 0) || (kind == OK && !is_forward))
        stop_test("%s: version %" PRId64 " after %s", round->name, version,
                  kind == OK ? "success" : "failure");
    assert_int_equal(bring_forward(&day), OK);
    assert_int_equal(file_int(day.scratch.path, "SELECT count(*) FROM brought_forward"), 2);
    assert_int_equal(file_int(day.scratch.path, "PRAGMA user_version"), before + 1);
    day_remove(&day);
    return count;
}

static void test_faults_io__a_migration_is_whole_or_not_there(void **state)
{
    (void)state;
    for (int kind = 0; kind <= FAULT_KINDS; kind++) {
        struct round round = {.kind = (enum fault_kind)kind};
        int64_t count = play_migration(&round);
        int64_t stride = stride_of(count);
        int64_t rounds = 0;
        for (int64_t at = 1; at <= count; at += stride, rounds++) {
            round = (struct round){.kind = (enum fault_kind)kind, .at = at, .lasts = at % 2 == 0};
            (void)play_migration(&round);
        }
        print_message("failing %s during a migration: %" PRId64 " rounds of %" PRId64 ", 0 losses\n",
                      kind == FAULT_KINDS ? "memory" : faulty_kind_name((enum fault_kind)kind), rounds,
                      count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults_io__nothing_is_lost_when_a_call_fails_once),
        cmocka_unit_test(test_faults_io__nothing_is_lost_when_all_calls_fail_from_some_moment_on),
        cmocka_unit_test(test_faults_io__memory_that_is_not_there_is_told_and_undone),
        cmocka_unit_test(test_faults_io__nothing_is_lost_while_stopping),
        cmocka_unit_test(test_faults_io__the_desk_goes_on_after_a_rollback_that_had_no_memory),
        cmocka_unit_test(test_faults_io__a_migration_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, make_template, drop_template);
}
