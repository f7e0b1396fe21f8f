/*
 * test_sessions_service.c — who a credential stands for, until when, and what a copied token ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "auth/api_keys_service.h"
#include "unit/auth/auth_support.h"

#define IDLE_MINUTES 720

static const char *start(struct fixture *fixture, const struct account *account)
{
    const char *token = NULL;

    assert_int_equal(sessions_start(&fixture->ctx, account, "Browser", &token), OK);
    return token;
}

static enum error_kind identify(struct fixture *fixture, const char *token)
{
    struct caller caller;

    fixture_next(fixture);
    return sessions_identify(&fixture->ctx, token, &caller);
}

static void test_sessions_service__a_session_is_its_account(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct caller caller = {0};

    const char *token = start(fixture, &ada);
    assert_int_equal(sessions_identify(&fixture->ctx, token, &caller), OK);
    assert_int_equal(caller.access, LIBRARIAN);
    assert_string_equal(caller.name, "Ada");
    assert_true(caller.account_id == ada.id && caller.member_id == 0);
    assert_code(fixture, identify(fixture, token_new(&fixture->arena)), ERR_UNAUTHENTICATED);
    assert_code(fixture, identify(fixture, ""), ERR_UNAUTHENTICATED);
    const char *raw =
        arena_printf(&fixture->arena, "SELECT count(*) FROM session WHERE instr(token_hash, '%s')", token);
    assert_int_equal(fixture_int(fixture, raw), 0);
}

static void test_sessions_service__ends_when_idle_and_after_a_fortnight_however_busy(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    const int64_t began = fixture->ctx.now;
    const char *token = start(fixture, &ada);
    int64_t rows;

    fixture->ctx.now = began + IDLE_MINUTES * MINUTE_MS - 1;
    assert_int_equal(identify(fixture, token), OK);
    fixture->ctx.now = began + IDLE_MINUTES * MINUTE_MS;
    assert_code(fixture, identify(fixture, token), ERR_UNAUTHENTICATED);
    /* What was noted before counts once it is written. */
    assert_int_equal(sessions_write_seen(&fixture->ctx, &rows), OK);
    assert_int_equal(rows, 1);
    assert_int_equal(identify(fixture, token), OK);
    for (int64_t at = began; at < began + SESSION_MAX_MS; at += 600 * MINUTE_MS) {
        fixture->ctx.now = at;
        assert_int_equal(identify(fixture, token), OK);
        assert_int_equal(sessions_write_seen(&fixture->ctx, &rows), OK);
    }
    fixture->ctx.now = began + SESSION_MAX_MS;
    assert_code(fixture, identify(fixture, token), ERR_UNAUTHENTICATED);
    /* What is over is removed, what goes on is not. */
    const char *other = start(fixture, &ada);
    fixture->ctx.now += 1;
    assert_int_equal(sessions_remove_over(&fixture->ctx, &rows), OK);
    assert_int_equal(rows, 1);
    assert_int_equal(identify(fixture, other), OK);
    fixture->ctx.now += IDLE_MINUTES * MINUTE_MS;
    assert_int_equal(sessions_remove_over(&fixture->ctx, &rows), OK);
    assert_int_equal(rows, 1);
}

static void test_sessions_service__follows_the_account(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct account_facts facts = accounts_facts(&ada);
    struct caller caller;
    struct token_pair pair;

    const char *token = start(fixture, &ada);
    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    facts.role = "member";
    assert_int_equal(accounts_update(&fixture->ctx, &ada, &facts, NO_NUMBER), OK);
    assert_int_equal(sessions_identify(&fixture->ctx, token, &caller), OK);
    assert_int_equal(caller.access, MEMBER);
    /* The token says librarian; the account is asked. */
    assert_int_equal(sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller), OK);
    assert_int_equal(caller.access, MEMBER);
    facts.disabled = true;
    ada = reread(fixture, &ada);
    assert_int_equal(accounts_update(&fixture->ctx, &ada, &facts, NO_NUMBER), OK);
    assert_code(fixture, identify(fixture, token), ERR_UNAUTHENTICATED);
    assert_code(fixture, sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller),
                ERR_UNAUTHENTICATED);
}

static void test_sessions_service__signing_out_ends_this_one(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    const char *here = start(fixture, &ada);
    const char *there = start(fixture, &ada);

    fixture->ctx.actor.account_id = ada.id;
    assert_int_equal(sessions_end(&fixture->ctx, here), OK);
    assert_int_equal(sessions_end(&fixture->ctx, here), OK);
    assert_code(fixture, identify(fixture, here), ERR_UNAUTHENTICATED);
    assert_int_equal(identify(fixture, there), OK);
    assert_audited(fixture, "login.ended", 1);
}

/* ---- tokens -------------------------------------------------------------------------------------------- */

static void test_sessions_service__an_access_token_lasts_a_quarter_of_an_hour(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "admin");
    struct caller caller;
    struct token_pair pair;

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    assert_int_equal(pair.expires_in_s, 900);
    fixture->ctx.now += 15 * MINUTE_MS - 1;
    assert_int_equal(sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller), OK);
    assert_int_equal(caller.access, ADMIN);
    fixture->ctx.now += 1;
    assert_code(fixture, sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller), ERR_TOKEN_EXPIRED);
    assert_code(fixture, sessions_identify_jwt(&fixture->ctx, pair.refresh_token, &caller),
                ERR_INVALID_TOKEN);
}

static void test_sessions_service__an_access_token_does_not_outlive_a_new_password(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "admin");
    struct caller caller;
    struct token_pair pair;

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    fixture->ctx.now += 2000;
    assert_int_equal(accounts_set_password(&fixture->ctx, &ada, password_of_all(&fixture->ctx), NULL,
                                           "account.password_reset"),
                     OK);
    assert_code(fixture, sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller),
                ERR_UNAUTHENTICATED);
}

static enum error_kind use(struct fixture *fixture, const char *token, const char **out_next, bool *out_keep)
{
    struct account account;
    struct token_pair pair = {0};

    *out_keep = false;
    enum error_kind kind = sessions_refresh(&fixture->ctx, token, &account, &pair, out_keep);
    *out_next = pair.refresh_token;
    return kind;
}

static void test_sessions_service__a_refresh_token_rotates_and_a_copy_ends_the_family(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct token_pair pair, other;
    const char *second, *third, *nothing;
    bool keep;

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &other), OK);
    assert_int_equal(use(fixture, pair.refresh_token, &second, &keep), OK);
    assert_int_equal(use(fixture, second, &third, &keep), OK);
    assert_string_not_equal(second, third);
    /* The first again: it has been copied. The refusal must be kept. */
    assert_code(fixture, use(fixture, pair.refresh_token, &nothing, &keep), ERR_INVALID_TOKEN);
    assert_true(keep);
    assert_code(fixture, use(fixture, third, &nothing, &keep), ERR_INVALID_TOKEN);
    assert_false(keep);
    assert_audited(fixture, "login.token_reused", 1);
    /* Another login of the same account is another family. */
    assert_int_equal(use(fixture, other.refresh_token, &nothing, &keep), OK);
}

static void test_sessions_service__a_refresh_token_ends(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct token_pair pair;
    const char *nothing;
    bool keep;
    int64_t rows;

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    fixture->ctx.now += REFRESH_TOKEN_MS;
    assert_code(fixture, use(fixture, pair.refresh_token, &nothing, &keep), ERR_TOKEN_EXPIRED);
    fixture->ctx.now += 1;
    assert_int_equal(sessions_remove_over(&fixture->ctx, &rows), OK);
    assert_int_equal(rows, 1);
    assert_code(fixture, use(fixture, pair.refresh_token, &nothing, &keep), ERR_INVALID_TOKEN);

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    assert_int_equal(sessions_end_family(&fixture->ctx, pair.refresh_token), OK);
    assert_int_equal(sessions_end_family(&fixture->ctx, "unknown"), OK);
    assert_code(fixture, use(fixture, pair.refresh_token, &nothing, &keep), ERR_INVALID_TOKEN);
}

static void test_sessions_service__the_signing_key_is_made_once(void **state)
{
    struct fixture *fixture = *state;
    struct account ada = add_account(fixture, "Ada", "librarian");
    struct caller caller;
    struct token_pair pair;

    assert_int_equal(sessions_give_tokens(&fixture->ctx, &ada, &pair), OK);
    assert_int_equal(sessions_prepare(&fixture->ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM secret"), 1);
    assert_int_equal(sessions_identify_jwt(&fixture->ctx, pair.access_token, &caller), OK);
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

static void test_sessions_service__an_api_key_opens_until_it_is_revoked(void **state)
{
    struct fixture *fixture = *state;
    const struct api_key_facts facts = {"Website", "librarian"};
    struct caller caller = {0};
    const char *key;
    int64_t id, rows;

    assert_int_equal(api_keys_create(&fixture->ctx, &facts, &id, &key), OK);
    assert_int_equal(api_keys_identify(&fixture->ctx, key, &caller), OK);
    assert_int_equal(caller.access, LIBRARIAN);
    assert_string_equal(caller.name, "API key Website");
    assert_int_equal(caller.account_id, 0);
    assert_int_equal(sessions_write_seen(&fixture->ctx, &rows), OK);
    assert_int_equal(fixture_int(fixture, "SELECT last_used_at IS NOT NULL FROM api_key"), 1);
    assert_code(fixture, api_keys_identify(&fixture->ctx, key + 1, &caller), ERR_INVALID_TOKEN);
    assert_int_equal(db_exec(&fixture->ctx, "UPDATE api_key SET revoked_at = 1"), OK);
    assert_code(fixture, api_keys_identify(&fixture->ctx, key, &caller), ERR_INVALID_TOKEN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_sessions_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_session_is_its_account),
        TEST(ends_when_idle_and_after_a_fortnight_however_busy),
        TEST(follows_the_account),
        TEST(signing_out_ends_this_one),
        TEST(an_access_token_lasts_a_quarter_of_an_hour),
        TEST(an_access_token_does_not_outlive_a_new_password),
        TEST(a_refresh_token_rotates_and_a_copy_ends_the_family),
        TEST(a_refresh_token_ends),
        TEST(the_signing_key_is_made_once),
        TEST(an_api_key_opens_until_it_is_revoked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
