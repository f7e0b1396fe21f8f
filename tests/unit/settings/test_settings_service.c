/*
 * test_settings_service.c — who decides a setting, what is acceptable, and what a change leaves behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "settings/settings_service.h"
#include "support/fixture.h"

static const char *const variables[] = {
    "CARREL_THREADS",      "CARREL_THREADS_FILE",      "CARREL_CARD_PREFIX", "CARREL_DAILY_FINE",
    "CARREL_LIBRARY_NAME", "CARREL_LIBRARY_NAME_FILE", "CARREL_ENVIRONMENT", "CARREL_DB"};

static int set_up(void **state)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    settings_forget();
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    settings_forget();
    fixture_free(*state);
    return 0;
}

static void give(enum setting id, const char *value, enum setting_source source)
{
    char *problem = NULL;

    assert_true(settings_override(id, value, source, &problem));
    assert_null(problem);
}

static void assert_refused(enum setting id, const char *value, enum setting_source source,
                           const char *expected)
{
    char *problem = NULL;

    assert_false(settings_override(id, value, source, &problem));
    assert_string_equal(problem, expected);
    free(problem);
}

static void assert_text(struct fixture *fixture, enum setting id, const char *expected)
{
    const char *value = NULL;

    assert_int_equal(settings_text(&fixture->ctx, id, &value), OK);
    assert_string_equal(value, expected);
}

/* A file in the fixture's directory, which goes with it. */
static const char *write_file(struct fixture *fixture, const char *name, const char *text)
{
    const char *path = arena_printf(&fixture->arena, "%s/%s", fixture->directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void assert_load_fails(struct fixture *fixture, const char *part)
{
    char *problem = NULL;

    assert_false(settings_load_environment(fixture->path, &problem));
    assert_non_null(strstr(problem, part));
    assert_null(strchr(problem, '\n'));
    free(problem);
}

static void load(struct fixture *fixture)
{
    char *problem = NULL;

    assert_true(settings_load_environment(fixture->path, &problem));
    assert_null(problem);
}

/* ---- names and defaults ---------------------------------------------------------------------------- */

static void test_settings_service__finds_flags_and_names(void **state)
{
    enum setting id;

    (void)state;
    assert_true(settings_find("card-prefix", &id));
    assert_int_equal(id, SETTING_CARD_PREFIX);
    assert_true(settings_find("max_active_borrows", &id));
    assert_int_equal(id, SETTING_MAX_ACTIVE_BORROWS);
    assert_false(settings_find("card", &id));
    assert_false(settings_find("card-prefixes", &id));
    assert_false(settings_find("", &id));
}

static void test_settings_service__has_defaults(void **state)
{
    struct fixture *fixture = *state;
    int64_t days = 0;

    assert_text(fixture, SETTING_LIBRARY_NAME, "My Library");
    assert_text(fixture, SETTING_CURRENCY, "EUR");
    assert_text(fixture, SETTING_TIME_ZONE, "");
    assert_text(fixture, SETTING_BARCODE_PREFIX, "3900");
    assert_text(fixture, SETTING_CARD_PREFIX, "2900");
    assert_string_equal(settings_process_text(SETTING_LISTEN), "0.0.0.0:8000");
    assert_int_equal(settings_process_int(SETTING_THREADS), 64);
    /* Absent: the rule's own row decides. */
    assert_false(settings_given(SETTING_DEFAULT_BORROW_DURATION_DAYS));
    assert_int_equal(settings_int(&fixture->ctx, SETTING_DEFAULT_BORROW_DURATION_DAYS, &days), OK);
    assert_true(days == NO_NUMBER);
    assert_null(settings_process_text(SETTING_DAILY_FINE));
}

/* ---- precedence ------------------------------------------------------------------------------------ */

static void test_settings_service__a_flag_beats_the_environment_beats_what_is_stored(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(settings_set(&fixture->ctx, "card_prefix", "21"), OK);
    assert_text(fixture, SETTING_CARD_PREFIX, "21");
    give(SETTING_CARD_PREFIX, "22", SOURCE_ENV_FILE);
    assert_text(fixture, SETTING_CARD_PREFIX, "22");
    give(SETTING_CARD_PREFIX, "23", SOURCE_ENVIRONMENT);
    assert_text(fixture, SETTING_CARD_PREFIX, "23");
    give(SETTING_CARD_PREFIX, "24", SOURCE_FLAG);
    assert_text(fixture, SETTING_CARD_PREFIX, "24");
}

static void test_settings_service__order_of_arrival_does_not_matter(void **state)
{
    struct fixture *fixture = *state;

    give(SETTING_CARD_PREFIX, "24", SOURCE_FLAG);
    give(SETTING_CARD_PREFIX, "23", SOURCE_ENVIRONMENT);
    give(SETTING_CARD_PREFIX, "22", SOURCE_ENV_FILE);
    assert_text(fixture, SETTING_CARD_PREFIX, "24");
}

static void test_settings_service__tells_each_value_with_its_source(void **state)
{
    struct fixture *fixture = *state;
    struct setting_state setting;

    give(SETTING_THREADS, "8", SOURCE_FLAG);
    assert_int_equal(settings_set(&fixture->ctx, "library_name", "Les Amis"), OK);
    assert_int_equal(settings_describe(&fixture->ctx, SETTING_THREADS, &setting), OK);
    assert_string_equal(setting.name, "threads");
    assert_string_equal(setting.value, "8");
    assert_string_equal(setting.source_name, "flag");
    assert_false(setting.stored);
    assert_int_equal(settings_describe(&fixture->ctx, SETTING_LIBRARY_NAME, &setting), OK);
    assert_string_equal(setting.value, "Les Amis");
    assert_string_equal(setting.source_name, "stored");
    assert_true(setting.stored);
    assert_int_equal(settings_describe(&fixture->ctx, SETTING_CURRENCY, &setting), OK);
    assert_string_equal(setting.source_name, "default");
    assert_int_equal(settings_describe(&fixture->ctx, SETTING_DAILY_FINE, &setting), OK);
    assert_null(setting.value);
    assert_string_equal(setting.source_name, "none");
}

static void test_settings_service__needs_no_library_for_what_the_process_was_given(void **state)
{
    struct fixture *fixture = *state;
    struct ctx without = {.arena = &fixture->arena};
    struct setting_state setting;

    for (size_t i = 0; i < SETTING_COUNT; i++)
        assert_int_equal(settings_describe(&without, i, &setting), OK);
}

/* ---- what is acceptable ---------------------------------------------------------------------------- */

static void test_settings_service__refuses_values_in_one_line_that_says_what_to_do(void **state)
{
    (void)state;
    assert_refused(SETTING_THREADS, "0", SOURCE_FLAG, "--threads “0” must be at least 4");
    assert_refused(SETTING_THREADS, "many", SOURCE_ENVIRONMENT,
                   "CARREL_THREADS “many” must be a whole number");
    assert_refused(SETTING_LOG_LEVEL, "loud", SOURCE_ENV_FILE,
                   "CARREL_LOG_LEVEL in .env “loud” must be one of: debug, info, warn, error, off");
    assert_refused(SETTING_CURRENCY, "EUX", SOURCE_FLAG, "--currency “EUX” must be a currency code like EUR");
    assert_refused(SETTING_CARD_PREFIX, "29x", SOURCE_FLAG, "--card-prefix “29x” must be digits");
    assert_refused(SETTING_LIBRARY_NAME, "", SOURCE_FLAG, "--library-name “” must not be empty");
    assert_refused(SETTING_LANGUAGE, "english!", SOURCE_FLAG,
                   "--language “english!” must be a language code like en or pt-BR");
    assert_refused(SETTING_DAILY_FINE, "1e2", SOURCE_FLAG,
                   "--daily-fine “1e2” must be an amount of money with at most 3 decimals");
    assert_refused(SETTING_LIBRARY_NAME, "\xff", SOURCE_FLAG, "--library-name “?” is not valid UTF-8");
    assert_false(settings_given(SETTING_THREADS));
}

static void test_settings_service__knows_languages_and_zones_by_their_shape(void **state)
{
    static const char *const languages[] = {"en", "pt-BR", "zh-Hant-TW", "gsw"};
    static const char *const no_languages[] = {"e n", "-en", "en-", "en--GB", "abcdefghi"};
    static const char *const no_zones[] = {"../../etc/passwd", "/etc/localtime", "Europe/Berlin; rm", "-03"};
    char *problem = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        give(SETTING_LANGUAGE, languages[i], SOURCE_FLAG);
    for (size_t i = 0; i < sizeof no_languages / sizeof no_languages[0]; i++) {
        assert_false(settings_override(SETTING_LANGUAGE, no_languages[i], SOURCE_FLAG, &problem));
        free(problem);
    }
    give(SETTING_TIME_ZONE, "UTC", SOURCE_FLAG);
    give(SETTING_TIME_ZONE, "", SOURCE_FLAG);
    for (size_t i = 0; i < sizeof no_zones / sizeof no_zones[0]; i++) {
        assert_false(settings_override(SETTING_TIME_ZONE, no_zones[i], SOURCE_FLAG, &problem));
        free(problem);
    }
}

static void test_settings_service__amounts_are_of_the_librarys_currency(void **state)
{
    struct fixture *fixture = *state;
    int64_t fine = 0;

    give(SETTING_DAILY_FINE, "0.25", SOURCE_FLAG);
    assert_int_equal(settings_int(&fixture->ctx, SETTING_DAILY_FINE, &fine), OK);
    assert_int_equal(fine, 25);
    assert_int_equal(settings_check_given(&fixture->ctx), OK);
    give(SETTING_DAILY_FINE, "0.125", SOURCE_FLAG);
    assert_int_equal(settings_check_given(&fixture->ctx), ERROR_INVALID);
    assert_string_equal(fixture->ctx.error.detail,
                        "--daily-fine “0.125” must be an amount of money with at most 2 decimals");
}

/* ---- environment ----------------------------------------------------------------------------------- */

static void test_settings_service__reads_variables(void **state)
{
    struct fixture *fixture = *state;

    setenv("CARREL_THREADS", "16", 1);
    setenv("CARREL_LIBRARY_NAME", "", 1); /* says nothing */
    load(fixture);
    assert_int_equal(settings_process_int(SETTING_THREADS), 16);
    assert_false(settings_given(SETTING_LIBRARY_NAME));
    setenv("CARREL_THREADS", "x", 1);
    assert_load_fails(fixture, "CARREL_THREADS “x” must be a whole number");
}

static void test_settings_service__reads_secrets_from_the_files_that_variables_name(void **state)
{
    struct fixture *fixture = *state;

    setenv("CARREL_LIBRARY_NAME_FILE", write_file(fixture, "name", "Stadtbücherei\n"), 1);
    load(fixture);
    assert_text(fixture, SETTING_LIBRARY_NAME, "Stadtbücherei");
    setenv("CARREL_LIBRARY_NAME", "Two", 1);
    assert_load_fails(fixture, "are both set");
    unsetenv("CARREL_LIBRARY_NAME");
    setenv("CARREL_LIBRARY_NAME_FILE", "/nowhere/at/all", 1);
    assert_load_fails(fixture, "CARREL_LIBRARY_NAME_FILE “/nowhere/at/all” cannot be read: No such file");
}

static void test_settings_service__reads_env_beside_the_library(void **state)
{
    struct fixture *fixture = *state;

    write_file(
        fixture, ".env",
        "# ours\nCARREL_LIBRARY_NAME='Les Amis'\nexport CARREL_THREADS=32\nOTHER=1\nCARREL_DB=/elsewhere\n"
        "CARREL_CARD_PREFIX=\n");
    setenv("CARREL_THREADS", "16", 1);
    load(fixture);
    assert_text(fixture, SETTING_LIBRARY_NAME, "Les Amis");
    assert_int_equal(settings_process_int(SETTING_THREADS), 16);
    assert_false(settings_given(SETTING_DB));
    assert_false(settings_given(SETTING_CARD_PREFIX));
    write_file(fixture, ".env", "A=1\n\nnonsense\n");
    assert_load_fails(fixture, ".env, line 3: this is not KEY=VALUE");
    write_file(fixture, ".env", "CARREL_LOG_LEVEL=loud\n");
    assert_load_fails(fixture, "CARREL_LOG_LEVEL in .env “loud”");
}

static void test_settings_service__does_without_an_env_file(void **state)
{
    char *problem = NULL;

    load(*state);
    assert_true(settings_load_environment(NULL, &problem));
    assert_true(settings_load_environment("/nowhere/at/all/library.db", &problem));
    assert_true(settings_load_environment("library.db", &problem));
}

/* ---- changing -------------------------------------------------------------------------------------- */

static void test_settings_service__stores_and_audits_a_change(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(settings_set(&fixture->ctx, "library_name", "Les Amis"), OK);
    assert_text(fixture, SETTING_LIBRARY_NAME, "Les Amis");
    assert_int_equal(
        fixture_int(fixture,
                    "SELECT count(*) FROM audit_log WHERE action = 'settings.changed' AND entity = 'library'"
                    " AND json_extract(before, '$.library_name') = 'My Library'"
                    " AND json_extract(after, '$.library_name') = 'Les Amis'"),
        1);
    assert_int_equal(settings_set(&fixture->ctx, "library-name", "Les Amis"), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log"), 1);
}

static void test_settings_service__goes_back_to_the_default(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(settings_set(&fixture->ctx, "card_prefix", "21"), OK);
    assert_int_equal(settings_set(&fixture->ctx, "card_prefix", NULL), OK);
    assert_text(fixture, SETTING_CARD_PREFIX, "2900");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM setting"), 0);
}

static int followed;
static char seen_by_follower[32];

static enum error_kind follow(struct ctx *ctx)
{
    const char *value;

    followed++;
    TRY(settings_text(ctx, SETTING_FINES_ON_CLOSED_DAYS, &value));
    snprintf(seen_by_follower, sizeof seen_by_follower, "%s", value);
    return strcmp(value, "on") == 0 ? OK : fail(ctx, CONFLICT, "Not now.");
}

static void test_settings_service__tells_a_change_to_who_follows_it(void **state)
{
    struct fixture *fixture = *state;

    followed = 0;
    settings_follow(SETTING_FINES_ON_CLOSED_DAYS, follow);
    assert_int_equal(settings_set(&fixture->ctx, "card_prefix", "21"), OK);
    assert_int_equal(followed, 0);
    assert_int_equal(settings_set(&fixture->ctx, "fines_on_closed_days", "on"), OK);
    assert_int_equal(followed, 1);
    assert_string_equal(seen_by_follower, "on");
    assert_int_equal(settings_set(&fixture->ctx, "fines_on_closed_days", "on"), OK);
    assert_int_equal(followed, 1);
    assert_int_equal(settings_set(&fixture->ctx, "fines_on_closed_days", NULL), ERROR_CONFLICT);
    assert_int_equal(followed, 2);
    settings_follow(SETTING_FINES_ON_CLOSED_DAYS, NULL);
}

static void test_settings_service__refuses_what_it_cannot_store(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    assert_int_equal(settings_set(ctx, "no_such_thing", "1"), ERROR_NOT_FOUND);
    assert_int_equal(ctx->error.code, ERR_SETTING_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(settings_set(ctx, "currency", "Taler"), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "currency");
    fixture_next(fixture);
    assert_int_equal(settings_set(ctx, "listen", "0.0.0.0:80"), ERROR_CONFLICT);
    fixture_next(fixture);
    give(SETTING_CURRENCY, "GBP", SOURCE_ENVIRONMENT);
    assert_int_equal(settings_set(ctx, "currency", "USD"), ERROR_CONFLICT);
    assert_string_equal(
        ctx->error.detail,
        "currency is decided by CARREL_CURRENCY: storing another value would change nothing.");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM setting"), 0);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log"), 0);
}

static void test_settings_service__changes_several_at_once_or_none(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;
    struct setting_values values;

    assert_int_equal(settings_values(ctx, &values), OK);
    assert_string_equal(values.of[SETTING_LANGUAGE].text, "en");
    values.of[SETTING_LANGUAGE].text = "fr";
    values.of[SETTING_TIME_ZONE].text = "UTC";
    assert_int_equal(settings_update(ctx, &values), OK);
    assert_text(fixture, SETTING_LANGUAGE, "fr");
    assert_text(fixture, SETTING_TIME_ZONE, "UTC");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log"), 1);

    values.of[SETTING_LANGUAGE].text = "de";
    values.of[SETTING_CARD_PREFIX].text = "abc";
    values.of[SETTING_CURRENCY].text = "???";
    assert_int_equal(settings_update(ctx, &values), ERROR_INVALID);
    assert_string_equal(ctx->error.fields->field, "currency");
    assert_string_equal(ctx->error.fields->next->field, "card_prefix");
    fixture_next(fixture);
    assert_text(fixture, SETTING_LANGUAGE, "fr");

    values = (struct setting_values){0};
    for (const struct field *field = setting_fields; field->name; field++)
        if (field->type == FIELD_INTEGER || field->type == FIELD_MONEY)
            ((union setting_value *)(void *)((char *)&values + field->offset))->number = NO_NUMBER;
    assert_int_equal(settings_update(ctx, &values), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM setting"), 0);
}

static void test_settings_service__wrong_values_come_before_who_decides(void **state)
{
    struct fixture *fixture = *state;
    struct setting_values values;

    give(SETTING_CURRENCY, "GBP", SOURCE_FLAG);
    assert_int_equal(settings_values(&fixture->ctx, &values), OK);
    values.of[SETTING_CURRENCY].text = "USD";
    values.of[SETTING_CARD_PREFIX].text = "abc";
    assert_int_equal(settings_update(&fixture->ctx, &values), ERROR_INVALID);
    fixture_next(fixture);
    values.of[SETTING_CARD_PREFIX].text = "21";
    assert_int_equal(settings_update(&fixture->ctx, &values), ERROR_CONFLICT);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM setting"), 0);
}

static void test_settings_service__an_empty_zone_is_a_value(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(settings_set(&fixture->ctx, "time_zone", "UTC"), OK);
    assert_int_equal(settings_set(&fixture->ctx, "time_zone", ""), OK);
    assert_text(fixture, SETTING_TIME_ZONE, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_settings_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_flags_and_names),
        TEST(has_defaults),
        TEST(a_flag_beats_the_environment_beats_what_is_stored),
        TEST(order_of_arrival_does_not_matter),
        TEST(tells_each_value_with_its_source),
        TEST(needs_no_library_for_what_the_process_was_given),
        TEST(refuses_values_in_one_line_that_says_what_to_do),
        TEST(knows_languages_and_zones_by_their_shape),
        TEST(amounts_are_of_the_librarys_currency),
        TEST(reads_variables),
        TEST(reads_secrets_from_the_files_that_variables_name),
        TEST(reads_env_beside_the_library),
        TEST(does_without_an_env_file),
        TEST(stores_and_audits_a_change),
        TEST(goes_back_to_the_default),
        TEST(tells_a_change_to_who_follows_it),
        TEST(refuses_what_it_cannot_store),
        TEST(changes_several_at_once_or_none),
        TEST(wrong_values_come_before_who_decides),
        TEST(an_empty_zone_is_a_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
