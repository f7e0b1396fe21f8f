/*
 * auth_support.h — what the tests of the door share: people with passwords, and what an act leaves behind.
 * Include it after cmocka.h.
 */
#ifndef CARREL_TESTS_AUTH_SUPPORT_H
#define CARREL_TESTS_AUTH_SUPPORT_H

#include <string.h>

#include "auth/accounts_service.h"
#include "auth/attempts.h"
#include "auth/login_service.h"
#include "auth/password.h"
#include "auth/sessions_service.h"
#include "auth/token.h"
#include "base/limits.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define PASSWORD "paper harbour lights"
#define MINUTE_MS 60000LL

static inline int set_up(void **state)
{
    struct fixture *fixture = fixture_new();

    settings_forget();
    attempts_forget_all();
    fixture->ctx.actor.address = "192.0.2.7";
    assert_int_equal(sessions_prepare(&fixture->ctx), OK);
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

/* Hashing takes tenths of a second: once is enough for all tests of a program. */
static inline const char *password_of_all(struct ctx *ctx)
{
    static char kept[256];

    if (kept[0] == '\0') {
        const char *hash = NULL;
        assert_int_equal(password_hash(ctx, PASSWORD, &hash), OK);
        snprintf(kept, sizeof kept, "%s", hash);
    }
    return kept;
}

static inline struct account add_account(struct fixture *fixture, const char *name, const char *role)
{
    const struct account_facts facts = {.name = name, .role = role};
    struct account account = {0};

    assert_int_equal(accounts_create(&fixture->ctx, &facts, password_of_all(&fixture->ctx), &account), OK);
    assert_int_equal(accounts_find(&fixture->ctx, &account.uuid, &account), OK);
    return account;
}

static inline struct account reread(struct fixture *fixture, const struct account *account)
{
    struct account now = {0};

    assert_int_equal(accounts_find(&fixture->ctx, &account->uuid, &now), OK);
    return now;
}

static inline void assert_code(struct fixture *fixture, enum error_kind kind, enum error_code code)
{
    assert_int_not_equal(kind, OK);
    assert_string_equal(error_code_name(fixture->ctx.error.code), error_code_name(code));
    assert_int_equal(kind, error_code_kind(code));
    fixture_next(fixture);
}

static inline void assert_audited(struct fixture *fixture, const char *action, int count)
{
    const char *sql =
        arena_printf(&fixture->arena, "SELECT count(*) FROM audit_log WHERE action = '%s'", action);

    assert_int_equal(fixture_int(fixture, sql), count);
}

#endif
