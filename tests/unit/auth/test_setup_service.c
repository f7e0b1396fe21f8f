/*
 * test_setup_service.c — the first administrator, and the code that lets them in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "auth/setup_code.h"
#include "auth/setup_service.h"
#include "unit/auth/auth_support.h"

/* What is in the file beside the library; NULL when there is none. */
static const char *written_code(struct fixture *fixture)
{
    const char *path = arena_printf(&fixture->arena, "%s.setup-code", fixture->path);
    char line[64] = "";
    FILE *file = fopen(path, "r");

    if (!file)
        return NULL;
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return arena_strdup(&fixture->arena, line);
}

static enum error_kind begin(struct fixture *fixture, const char *code, const char *password)
{
    const struct setup_facts facts = {.code = code, .name = "Ada", .password = password};
    int64_t wait_s = 0;

    return setup_begin(&fixture->ctx, &facts, &wait_s);
}

static enum error_kind finish(struct fixture *fixture)
{
    const struct setup_facts facts = {.name = "Ada", .library_name = "Harbour Lane", .language = "fr"};
    struct account account;

    return setup_finish(&fixture->ctx, &facts, password_of_all(&fixture->ctx), &account);
}

static void test_setup_service__is_needed_until_somebody_administers(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(setup_look(&fixture->ctx), OK);
    assert_true(setup_is_needed());
    add_account(fixture, "Desk", "librarian");
    assert_int_equal(setup_look(&fixture->ctx), OK);
    assert_true(setup_is_needed());
    setup_code_start(fixture->path, "a test");
    assert_int_equal(finish(fixture), OK);
    /* Only what is committed counts: the answer in memory changes when it is asked to. */
    assert_true(setup_is_needed());
    assert_int_equal(setup_look(&fixture->ctx), OK);
    assert_false(setup_is_needed());
    assert_null(written_code(fixture));
    const char *name = NULL;
    assert_int_equal(settings_text(&fixture->ctx, SETTING_LIBRARY_NAME, &name), OK);
    assert_string_equal(name, "Harbour Lane");
    assert_code(fixture, finish(fixture), ERR_SETUP_DONE);
    assert_code(fixture, begin(fixture, "ANY", PASSWORD), ERR_SETUP_DONE);
}

static void test_setup_service__asks_for_the_code_of_the_file(void **state)
{
    struct fixture *fixture = *state;
    struct stat status;

    setup_code_start(fixture->path, "a test");
    const char *code = written_code(fixture);
    assert_int_equal(stat(arena_printf(&fixture->arena, "%s.setup-code", fixture->path), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_code(fixture, begin(fixture, "0000-0000", PASSWORD), ERR_WRONG_SETUP_CODE);
    assert_code(fixture, begin(fixture, "", PASSWORD), ERR_WRONG_SETUP_CODE);
    assert_code(fixture, begin(fixture, code, "password123"), ERR_VALIDATION_ERROR);
    assert_int_equal(begin(fixture, code, PASSWORD), OK);
    setup_code_end();
    assert_null(written_code(fixture));
    /* Without a code none is right, the empty one neither. */
    assert_code(fixture, begin(fixture, "", PASSWORD), ERR_WRONG_SETUP_CODE);
    assert_code(fixture, begin(fixture, code, PASSWORD), ERR_WRONG_SETUP_CODE);
}

static void test_setup_service__has_another_code_after_wrong_tries(void **state)
{
    struct fixture *fixture = *state;

    setup_code_start(fixture->path, "a test");
    const char *first = written_code(fixture);
    for (int i = 0; i < SETUP_CODE_TRIES - 1; i++)
        assert_code(fixture, begin(fixture, "0000-0000", PASSWORD), ERR_WRONG_SETUP_CODE);
    assert_string_equal(written_code(fixture), first);
    assert_code(fixture, begin(fixture, "0000-0000", PASSWORD), ERR_WRONG_SETUP_CODE);
    assert_string_not_equal(written_code(fixture), first);
    assert_code(fixture, begin(fixture, first, PASSWORD), ERR_WRONG_SETUP_CODE);
    setup_code_end();
}

static void test_setup_service__writes_no_file_where_a_link_leads(void **state)
{
    struct fixture *fixture = *state;
    const char *link = arena_printf(&fixture->arena, "%s.setup-code", fixture->path);
    const char *victim = arena_printf(&fixture->arena, "%s/victim", fixture->directory);

    assert_int_equal(symlink(victim, link), 0);
    setup_code_start(fixture->path, "a test");
    assert_int_equal(access(victim, F_OK), -1);
    assert_non_null(written_code(fixture));
    setup_code_end();
}

static void test_setup_service__slows_down_an_address_that_guesses(void **state)
{
    struct fixture *fixture = *state;
    const struct setup_facts facts = {.code = "0000-0000", .name = "Ada", .password = PASSWORD};
    int64_t wait_s = 0;

    setup_code_start(fixture->path, "a test");
    for (int i = 0; i < LOGIN_ADDRESS_FREE_FAILURES; i++)
        assert_code(fixture, setup_begin(&fixture->ctx, &facts, &wait_s), ERR_WRONG_SETUP_CODE);
    /* Twenty of them: the next waits a second, or hears of a longer wait. */
    for (int i = 0; i < 8 && wait_s == 0; i++) {
        assert_int_not_equal(setup_begin(&fixture->ctx, &facts, &wait_s), OK);
        fixture_next(fixture);
    }
    assert_true(wait_s > 0);
    setup_code_end();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_setup_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(is_needed_until_somebody_administers), TEST(asks_for_the_code_of_the_file),
        TEST(has_another_code_after_wrong_tries),   TEST(writes_no_file_where_a_link_leads),
        TEST(slows_down_an_address_that_guesses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
