/*
 * test_accounts_service.c — names, roles, the last administrator, and what a new password ends.
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

static enum error_kind create(struct fixture *fixture, const char *name, const char *role,
                              const struct uuid *member)
{
    struct account_facts facts = {.name = name, .role = role};
    struct account account;

    if (member)
        facts.member = *member;
    return accounts_create(&fixture->ctx, &facts, NULL, &account);
}

static enum error_kind edit(struct fixture *fixture, const struct account *account, const char *role,
                            bool disabled)
{
    struct account_facts facts = accounts_facts(account);

    facts.role = role;
    facts.disabled = disabled;
    return accounts_update(&fixture->ctx, account, &facts, NO_NUMBER);
}

static struct member add_member(struct fixture *fixture, const char *name)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member = {0};

    facts.name = name;
    assert_int_equal(members_create(&fixture->ctx, &facts, &member), OK);
    return member;
}

static void test_accounts_service__keeps_what_it_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "admin");

    assert_string_equal(ada.name, "Ada");
    assert_int_equal(ada.role, ADMIN);
    assert_true(account_is_open(&ada));
    assert_int_equal(ada.member_id, 0);
    assert_audited(fixture, "account.created", 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE after LIKE '%scrypt%'"), 0);
}

static void test_accounts_service__a_name_is_taken_however_it_is_written(void **state)
{
    struct fixture *fixture = *state;

    add_account(fixture, "Émile Zola", "member");
    assert_code(fixture, create(fixture, "emile  zola", "member", NULL), ERR_DUPLICATE_ACCOUNT);
    assert_int_equal(create(fixture, "Emil Zola", "member", NULL), OK);
}

static void test_accounts_service__nobody_passes_for_those_without_an_account(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"anonymous", "Anonymous", "LOCAL administrator", "API key Website",
                                        "\xcc\x81\xcc\x81"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_code(fixture, accounts_check_new(&fixture->ctx, "name", names[i], "password", PASSWORD),
                    ERR_VALIDATION_ERROR);
    assert_int_equal(accounts_check_new(&fixture->ctx, "name", "Anonymous Bosch", "password", PASSWORD), OK);
}

static void test_accounts_service__a_reader_has_one_login(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add_member(fixture, "Ida");
    struct member gone = add_member(fixture, "Gone");

    assert_int_equal(members_archive(&fixture->ctx, &gone, NO_NUMBER), OK);
    assert_int_equal(create(fixture, "ida", "member", &member.uuid), OK);
    assert_code(fixture, create(fixture, "ida2", "member", &member.uuid), ERR_DUPLICATE_ACCOUNT);
    assert_code(fixture, create(fixture, "gone", "member", &gone.uuid), ERR_MEMBER_NOT_FOUND);
}

static void test_accounts_service__the_last_administrator_remains_one(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "admin");
    bool have = false;

    assert_int_equal(accounts_have_admin(&fixture->ctx, &have), OK);
    assert_true(have);
    /* Neither a closed one nor one without a password could help. */
    struct account closed = add_account(fixture, "Closed", "admin");
    assert_int_equal(edit(fixture, &closed, "admin", true), OK);
    assert_int_equal(create(fixture, "Empty", "admin", NULL), OK);
    assert_code(fixture, edit(fixture, &ada, "librarian", false), ERR_LAST_ADMIN);
    assert_code(fixture, edit(fixture, &ada, "admin", true), ERR_LAST_ADMIN);
    add_account(fixture, "Grace", "admin");
    assert_int_equal(edit(fixture, &ada, "librarian", false), OK);
    assert_int_equal(reread(fixture, &ada).role, LIBRARIAN);
    assert_audited(fixture, "account.updated", 2);
}

static void test_accounts_service__an_edit_is_of_the_version_that_was_read(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct account_facts facts = accounts_facts(&ada);

    assert_int_equal(accounts_update(&fixture->ctx, &ada, &facts, 1), OK);
    assert_int_equal(reread(fixture, &ada).version, 1); /* nothing differed */
    facts.name = "Ada L.";
    assert_int_equal(accounts_update(&fixture->ctx, &ada, &facts, 1), OK);
    ada = reread(fixture, &ada);
    assert_int_equal(ada.version, 2);
    assert_string_equal(ada.name, "Ada L.");
    assert_code(fixture, accounts_update(&fixture->ctx, &ada, &facts, 1), ERR_PRECONDITION_FAILED);
}

static int64_t sessions_of(struct fixture *fixture, const struct account *account)
{
    return fixture_int(fixture,
                       arena_printf(&fixture->arena, "SELECT count(*) FROM session WHERE account_id = %lld",
                                    (long long)account->id));
}

static void test_accounts_service__a_new_password_ends_all_but_one_session(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "admin");
    struct account other = add_account(fixture, "Other", "member");
    struct token_pair pair;
    const char *kept, *token;

    assert_int_equal(sessions_start(&fixture->ctx, &ada, NULL, &kept), OK);
    assert_int_equal(sessions_start(&fixture->ctx, &ada, "Browser", &token), OK);
    assert_int_equal(sessions_start(&fixture->ctx, &other, NULL, &token), OK);
    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    const struct digest keep = token_hash(kept);
    assert_int_equal(accounts_set_password(&fixture->ctx, &ada, password_of_all(&fixture->ctx), &keep,
                                           "account.password_changed"),
                     OK);
    assert_int_equal(sessions_of(fixture, &ada), 1);
    assert_int_equal(sessions_of(fixture, &other), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM refresh_token WHERE revoked_at IS NULL"), 0);
    assert_int_equal(accounts_set_password(&fixture->ctx, &ada, password_of_all(&fixture->ctx), NULL,
                                           "account.password_reset"),
                     OK);
    assert_int_equal(sessions_of(fixture, &ada), 0);
    assert_audited(fixture, "account.password_changed", 1);
    assert_audited(fixture, "account.password_reset", 1);
}

static void test_accounts_service__closing_an_account_ends_its_sessions(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    const char *token;

    assert_int_equal(sessions_start(&fixture->ctx, &ada, NULL, &token), OK);
    assert_int_equal(edit(fixture, &ada, "librarian", true), OK);
    assert_int_equal(sessions_of(fixture, &ada), 0);
    ada = reread(fixture, &ada);
    assert_false(account_is_open(&ada));
    assert_int_equal(edit(fixture, &ada, "librarian", false), OK);
    ada = reread(fixture, &ada);
    assert_true(account_is_open(&ada));
}

static void test_accounts_service__a_reset_code_is_kept_as_its_hash(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    const char *first, *second;
    int64_t until;

    assert_int_equal(accounts_make_reset_code(&fixture->ctx, &ada, &first, &until), OK);
    assert_true(until == fixture->ctx.now + RESET_CODE_MS);
    assert_int_equal(accounts_make_reset_code(&fixture->ctx, &ada, &second, &until), OK);
    assert_string_not_equal(first, second);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM one_time_code"), 1);
    const char *raw = arena_printf(&fixture->arena,
                                   "SELECT count(*) FROM one_time_code WHERE instr(code_hash, '%s')", second);
    assert_int_equal(fixture_int(fixture, raw), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_accounts_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_it_is_told),
        TEST(a_name_is_taken_however_it_is_written),
        TEST(nobody_passes_for_those_without_an_account),
        TEST(a_reader_has_one_login),
        TEST(the_last_administrator_remains_one),
        TEST(an_edit_is_of_the_version_that_was_read),
        TEST(a_new_password_ends_all_but_one_session),
        TEST(closing_an_account_ends_its_sessions),
        TEST(a_reset_code_is_kept_as_its_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
