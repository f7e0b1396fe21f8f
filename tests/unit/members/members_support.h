/*
 * members_support.h — what the tests of members share: making them, reading them, what an act leaves behind.
 * Include it after cmocka.h.
 */
#ifndef CARREL_TESTS_MEMBERS_SUPPORT_H
#define CARREL_TESTS_MEMBERS_SUPPORT_H

#include <string.h>

#include "counters/counters_check_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "members/search_rows_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define TODAY 20514 /* of the fixture: 2026-03-02 */

static inline int set_up(void **state)
{
    settings_forget();
    *state = fixture_new();
    return 0;
}

static inline int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

static inline void run(struct fixture *fixture, const char *sql)
{
    assert_int_equal(db_exec(&fixture->ctx, sql), OK);
}

static inline struct member_facts facts_of(const char *name, const char *email, const char *card)
{
    struct member_facts facts = MEMBER_FACTS_NONE;

    facts.name = name;
    facts.email = email;
    facts.card = card;
    return facts;
}

static inline struct member add_facts(struct fixture *fixture, const struct member_facts *facts)
{
    struct member member = {0};

    assert_int_equal(members_create(&fixture->ctx, facts, &member), OK);
    return member;
}

static inline struct member add(struct fixture *fixture, const char *name, const char *email,
                                const char *card)
{
    const struct member_facts facts = facts_of(name, email, card);

    return add_facts(fixture, &facts);
}

static inline struct member reread(struct fixture *fixture, const struct member *member)
{
    struct member now = {0};

    assert_int_equal(members_find_by_id(&fixture->ctx, member->id, &now), OK);
    return now;
}

static inline void assert_code(struct fixture *fixture, enum error_kind kind, enum error_code code)
{
    assert_int_not_equal(kind, OK);
    assert_string_equal(error_code_name(fixture->ctx.error.code), error_code_name(code));
    assert_int_equal(kind, error_code_kind(code));
}

static inline const char *reason(struct fixture *fixture, const char *key)
{
    for (const struct error_reason *r = fixture->ctx.error.reasons; r; r = r->next)
        if (strcmp(r->key, key) == 0)
            return r->text ? r->text : arena_printf(&fixture->arena, "%lld", (long long)r->number);
    return "";
}

/* Every row that an act must leave, and no more. */
static inline void assert_traces(struct fixture *fixture, const char *action, const char *event, int count)
{
    const char *audit =
        arena_printf(&fixture->arena, "SELECT count(*) FROM audit_log WHERE action = '%s'", action);
    const char *told = arena_printf(&fixture->arena, "SELECT count(*) FROM event WHERE type = '%s'", event);

    assert_int_equal(fixture_int(fixture, audit), count);
    assert_int_equal(fixture_int(fixture, told), count);
}

static inline void report_finding(void *argument, const char *finding)
{
    print_error("%s\n", finding);
    ++*(int *)argument;
}

static inline void assert_all_adds_up(struct fixture *fixture)
{
    int findings = 0;
    bool keys_hold;

    assert_int_equal(counters_check(&fixture->ctx, NULL, report_finding, &findings, &keys_hold), OK);
    assert_int_equal(members_check_search(&fixture->ctx, report_finding, &findings), OK);
    assert_int_equal(findings, 0);
}

#endif
