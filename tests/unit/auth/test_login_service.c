/*
 * test_login_service.c — right and wrong passwords, waiting, and codes for those who have lost theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "unit/auth/auth_support.h"

/* The three steps one after another, as the dispatcher takes them. */
static enum error_kind sign_in(struct fixture *fixture, const char *name, const char *password,
                               struct login *out_login)
{
    fixture_next(fixture);
    *out_login = (struct login){.name = name, .password = password};
    TRY(login_begin(&fixture->ctx, out_login));
    TRY(login_compute(&fixture->ctx, out_login));
    return login_finish(&fixture->ctx, out_login);
}

/* A wrong password without the work of checking one. */
static enum error_kind fail_quickly(struct fixture *fixture, const char *name)
{
    struct login login = {.name = name, .password = "not this one"};

    fixture_next(fixture);
    TRY(login_begin(&fixture->ctx, &login));
    enum error_kind kind = login_finish(&fixture->ctx, &login);
    assert_true(login.keep);
    return kind;
}

static void test_login_service__lets_in_who_knows_the_password(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login login;

    assert_int_equal(sign_in(fixture, " ADA ", PASSWORD, &login), OK);
    assert_true(login.account.id == ada.id);
    assert_string_equal(fixture->ctx.actor.name, "Ada");
    assert_audited(fixture, "login.succeeded", 1);
    assert_int_equal(fixture_int(fixture, "SELECT last_login_at IS NOT NULL FROM account"), 1);
    assert_code(fixture, sign_in(fixture, "Ada", PASSWORD " ", &login), ERR_WRONG_CREDENTIALS);
    assert_code(fixture, sign_in(fixture, "Bert", PASSWORD, &login), ERR_WRONG_CREDENTIALS);
    assert_audited(fixture, "login.failed", 2);
    assert_int_equal(
        fixture_int(
            fixture,
            "SELECT count(*) FROM audit_log WHERE action = 'login.failed' AND before IS NULL AND after IS NULL"),
        2);
}

static void test_login_service__an_account_without_a_password_lets_nobody_in(void **state)
{
    struct fixture *fixture = *state;
    const struct account_facts facts = {.name = "Later", .role = "admin"};
    struct account account;
    struct login login;

    assert_int_equal(accounts_create(&fixture->ctx, &facts, NULL, &account), OK);
    assert_code(fixture, sign_in(fixture, "Later", PASSWORD, &login), ERR_WRONG_CREDENTIALS);
    assert_code(fixture, sign_in(fixture, "Later", "", &login), ERR_WRONG_CREDENTIALS);
}

static void test_login_service__waits_longer_with_each_failure(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login login;

    for (int i = 0; i < LOGIN_FREE_FAILURES; i++)
        assert_code(fixture, fail_quickly(fixture, "Ada"), ERR_WRONG_CREDENTIALS);
    for (int64_t wait_s = 1; wait_s <= 4; wait_s *= 2) {
        struct account now = reread(fixture, &ada);
        assert_true(now.locked_until == fixture->ctx.now + wait_s * 1000);
        /* Not even the right one is looked at, nor does the attempt make it worse. */
        assert_code(fixture, sign_in(fixture, "Ada", PASSWORD, &login), ERR_TOO_MANY_ATTEMPTS);
        assert_int_equal(login.retry_after_s, wait_s);
        assert_false(login.keep);
        fixture->ctx.now = now.locked_until;
        assert_code(fixture, fail_quickly(fixture, "Ada"), ERR_WRONG_CREDENTIALS);
    }
    fixture->ctx.now = reread(fixture, &ada).locked_until;
    assert_int_equal(sign_in(fixture, "Ada", PASSWORD, &login), OK);
    assert_int_equal(reread(fixture, &ada).failed_logins, 0);
    assert_true(reread(fixture, &ada).locked_until == NO_NUMBER);
}

static void test_login_service__forgets_failures_of_long_ago(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");

    for (int i = 0; i < LOGIN_FREE_FAILURES - 1; i++)
        assert_code(fixture, fail_quickly(fixture, "Ada"), ERR_WRONG_CREDENTIALS);
    fixture->ctx.now += LOGIN_FORGET_MS + 1;
    assert_code(fixture, fail_quickly(fixture, "Ada"), ERR_WRONG_CREDENTIALS);
    assert_int_equal(reread(fixture, &ada).failed_logins, 1);
}

static void test_login_service__two_at_once_do_not_get_past_the_lock(void **state)
{
    struct fixture *fixture = *state;
    struct login slow = {.name = "Ada", .password = PASSWORD};

    add_account(fixture, "Ada", "librarian");
    /* Looked up before the others failed, finished after. */
    assert_int_equal(login_begin(&fixture->ctx, &slow), OK);
    slow.good = true;
    for (int i = 0; i < LOGIN_FREE_FAILURES; i++)
        assert_code(fixture, fail_quickly(fixture, "Ada"), ERR_WRONG_CREDENTIALS);
    assert_code(fixture, login_finish(&fixture->ctx, &slow), ERR_TOO_MANY_ATTEMPTS);
}

static void test_login_service__a_password_that_was_changed_meanwhile_does_not_count(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login slow = {.name = "Ada", .password = PASSWORD};

    assert_int_equal(login_begin(&fixture->ctx, &slow), OK);
    slow.good = true;
    fixture->ctx.now += 5;
    assert_int_equal(accounts_set_password(&fixture->ctx, &ada, password_of_all(&fixture->ctx), NULL,
                                           "account.password_reset"),
                     OK);
    assert_code(fixture, login_finish(&fixture->ctx, &slow), ERR_WRONG_CREDENTIALS);
}

static void test_login_service__a_name_nobody_has_waits_as_long(void **state)
{
    struct fixture *fixture = *state;
    struct login login;

    for (int i = 0; i < LOGIN_FREE_FAILURES; i++)
        assert_code(fixture, sign_in(fixture, "Nobody", PASSWORD, &login), ERR_WRONG_CREDENTIALS);
    assert_code(fixture, sign_in(fixture, "NOBODY", PASSWORD, &login), ERR_TOO_MANY_ATTEMPTS);
    assert_int_equal(login.retry_after_s, 1);
    assert_int_equal(sign_in(fixture, "Somebody else", PASSWORD, &login), ERROR_UNAUTHENTICATED);
}

static void test_login_service__hashes_anew_with_todays_parameters(void **state)
{
    /* RFC 7914's third vector: "pleaseletmein" with p = 1. */
    static const char old[] =
        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$"
        "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw";
    struct fixture *fixture = *state;
    const struct account_facts facts = {.name = "Ada", .role = "member"};
    struct account account;
    struct login login;

    assert_int_equal(accounts_create(&fixture->ctx, &facts, old, &account), OK);
    assert_int_equal(sign_in(fixture, "Ada", "pleaseletmein", &login), OK);
    account = reread(fixture, &account);
    assert_int_equal(strncmp(account.password_hash, "$scrypt$ln=14,r=8,p=5$", 22), 0);
    assert_int_equal(account.version, 1);
    assert_int_equal(sign_in(fixture, "Ada", "pleaseletmein", &login), OK);
}

static void test_login_service__a_change_needs_the_present_password(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login change = {.password = "not this one", .new_password = "another good long one"};

    assert_code(fixture, change_begin(&fixture->ctx, &change), ERR_FORBIDDEN);
    fixture->ctx.actor.account_id = ada.id;
    assert_int_equal(change_begin(&fixture->ctx, &change), OK);
    assert_int_equal(change_compute(&fixture->ctx, &change), OK);
    assert_code(fixture, change_finish(&fixture->ctx, &change, NULL), ERR_WRONG_PASSWORD);
    assert_true(change.keep);
    assert_int_equal(reread(fixture, &ada).failed_logins, 1);

    change = (struct login){.password = PASSWORD, .new_password = "ada"};
    assert_code(fixture, change_begin(&fixture->ctx, &change), ERR_VALIDATION_ERROR);
    change.new_password = "another good long one";
    assert_int_equal(change_begin(&fixture->ctx, &change), OK);
    assert_int_equal(change_compute(&fixture->ctx, &change), OK);
    assert_int_equal(change_finish(&fixture->ctx, &change, NULL), OK);
    assert_int_equal(sign_in(fixture, "Ada", "another good long one", &change), OK);
}

static enum error_kind reset(struct fixture *fixture, const char *name, const char *code,
                             struct login *out_reset)
{
    fixture_next(fixture);
    *out_reset = (struct login){.name = name, .code = code, .new_password = "a wholly new one"};
    TRY(reset_begin(&fixture->ctx, out_reset));
    out_reset->new_hash = password_of_all(&fixture->ctx);
    return reset_finish(&fixture->ctx, out_reset);
}

static void test_login_service__a_code_sets_a_password_once_and_within_its_time(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login login;
    const char *code;
    int64_t until;

    assert_code(fixture, reset(fixture, "Ada", "AAAA-AAAA-AAAA", &login), ERR_INVALID_CODE);
    assert_int_equal(accounts_make_reset_code(&fixture->ctx, &ada, &code, &until), OK);
    fixture->ctx.now = until;
    assert_code(fixture, reset(fixture, "Ada", code, &login), ERR_INVALID_CODE);
    fixture->ctx.now = until - 1;
    assert_code(fixture, reset(fixture, "Bert", code, &login), ERR_INVALID_CODE);
    assert_int_equal(reset(fixture, "ada", code, &login), OK);
    assert_code(fixture, reset(fixture, "ada", code, &login), ERR_INVALID_CODE);
    assert_audited(fixture, "account.password_reset", 1);
}

static void test_login_service__a_code_dies_of_wrong_tries(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct login login;
    const char *code;
    int64_t until;

    assert_int_equal(accounts_make_reset_code(&fixture->ctx, &ada, &code, &until), OK);
    for (int i = 0; i < RESET_CODE_TRIES; i++) {
        assert_code(fixture, reset(fixture, "Ada", "AAAA-AAAA-AAAA", &login), ERR_INVALID_CODE);
        assert_true(login.keep);
    }
    assert_code(fixture, reset(fixture, "Ada", code, &login), ERR_INVALID_CODE);
}

static void test_login_service__a_lost_password_is_noted_and_nobody_told(void **state)
{
    struct fixture *fixture = *state;

    add_account(fixture, "Ada", "librarian");
    assert_int_equal(reset_ask(&fixture->ctx, "ada"), OK);
    assert_int_equal(reset_ask(&fixture->ctx, "Nobody"), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM account WHERE reset_asked_at IS NOT NULL"),
                     1);
    assert_audited(fixture, "account.reset_asked", 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_login_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lets_in_who_knows_the_password),
        TEST(an_account_without_a_password_lets_nobody_in),
        TEST(waits_longer_with_each_failure),
        TEST(forgets_failures_of_long_ago),
        TEST(two_at_once_do_not_get_past_the_lock),
        TEST(a_password_that_was_changed_meanwhile_does_not_count),
        TEST(a_name_nobody_has_waits_as_long),
        TEST(hashes_anew_with_todays_parameters),
        TEST(a_change_needs_the_present_password),
        TEST(a_code_sets_a_password_once_and_within_its_time),
        TEST(a_code_dies_of_wrong_tries),
        TEST(a_lost_password_is_noted_and_nobody_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
