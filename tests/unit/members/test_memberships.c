/*
 * test_memberships.c — months on the calendar, memberships that begin, end and go on, suspensions that end by
 * themselves, groups that are counted without a look at each member.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/clock.h"
#include "db/engine_internal.h"
#include "members/member_types_service.h"
#include "members/memberships_service.h"
#include "members_support.h"

static struct fixture *fixture_of(void **state)
{
    return *state;
}

static int32_t day(const char *text)
{
    int32_t number = 0;

    assert_true(clock_parse_day(text, &number));
    return number;
}

static struct member_type add_type(struct fixture *fixture, const char *code, int64_t months)
{
    struct member_type type = {.code = code, .name = code, .membership_months = months};

    assert_int_equal(member_types_add(&fixture->ctx, &type), OK);
    return type;
}

static struct member add_of_type(struct fixture *fixture, const char *type, int64_t expires_on)
{
    struct member_facts facts = facts_of("Jane Roe", NULL, NULL);

    facts.member_type = type;
    facts.expires_on = expires_on;
    return add_facts(fixture, &facts);
}

/* ---- months --------------------------------------------------------------------------------------------- */

static void test_memberships__months_end_on_a_day_that_there_is(void **state)
{
    static const struct {
        const char *from;
        int64_t months;
        const char *to;
    } cases[] = {
        {"2026-03-02", 1, "2026-04-02"},  {"2026-03-02", 12, "2027-03-02"},
        {"2026-01-31", 1, "2026-02-28"},  {"2024-01-31", 1, "2024-02-29"},
        {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
        {"2026-08-31", 1, "2026-09-30"},  {"2026-11-30", 3, "2027-02-28"},
        {"2026-12-31", 1, "2027-01-31"},  {"2026-03-02", 1200, "2126-03-02"},
        {"1999-12-15", 2, "2000-02-15"},  {"9999-11-30", 1, "9999-12-30"},
    };
    int32_t to;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(membership_add_months(day(cases[i].from), cases[i].months, &to));
        assert_int_equal(to, day(cases[i].to));
    }
    assert_false(membership_add_months(day("9999-12-01"), 1, &to));
}

/* ---- memberships ---------------------------------------------------------------------------------------- */

static void test_memberships__begin_with_the_months_of_their_type(void **state)
{
    struct fixture *fixture = fixture_of(state);

    add_type(fixture, "summer", 3);
    assert_int_equal(add_of_type(fixture, "summer", NO_NUMBER).facts.expires_on, day("2026-06-02"));
    assert_int_equal(add_of_type(fixture, "summer", TODAY + 1).facts.expires_on, TODAY + 1);
    assert_true(add_of_type(fixture, "adult", NO_NUMBER).facts.expires_on == NO_NUMBER);
    assert_true(add_of_type(fixture, NULL, NO_NUMBER).facts.expires_on == NO_NUMBER);
}

static void test_memberships__go_on_from_the_later_of_today_and_the_last_day(void **state)
{
    struct fixture *fixture = fixture_of(state);
    const struct membership_renewal by_type = {NO_NUMBER, NO_NUMBER}, by_two = {2, NO_NUMBER};

    add_type(fixture, "yearly", 12);
    static const struct {
        int64_t from;
        const char *by_type, *by_two;
    } cases[] = {
        {TODAY - 400, "2027-03-02", "2026-05-02"},
        {TODAY - 1, "2027-03-02", "2026-05-02"},
        {TODAY, "2027-03-02", "2026-05-02"},
        {TODAY + 29, "2027-03-31", "2026-05-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct member one = add_of_type(fixture, "yearly", cases[i].from);
        assert_int_equal(memberships_renew(&fixture->ctx, &one, &by_type, NO_NUMBER), OK);
        assert_int_equal(reread(fixture, &one).facts.expires_on, day(cases[i].by_type));
        struct member other = add_of_type(fixture, "yearly", cases[i].from);
        assert_int_equal(memberships_renew(&fixture->ctx, &other, &by_two, other.version), OK);
        assert_int_equal(reread(fixture, &other).facts.expires_on, day(cases[i].by_two));
    }
    assert_traces(fixture, "member.renewed", "MembershipRenewed", 8);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE detail = '2027-03-31'"), 1);
    assert_all_adds_up(fixture);
}

static void test_memberships__that_were_ended_by_hand_are_active_again(void **state)
{
    struct fixture *fixture = fixture_of(state);
    const struct member_status_change end = {"expired", "moved away", NO_NUMBER};
    const struct membership_renewal renewal = {1, NO_NUMBER};
    struct member member = add_of_type(fixture, "adult", TODAY + 5);

    assert_int_equal(members_change_status(&fixture->ctx, &member, &end, NO_NUMBER), OK);
    member = reread(fixture, &member);
    assert_code(fixture, members_check_may_borrow(&fixture->ctx, &member), ERR_MEMBER_EXPIRED);
    fixture_next(fixture);
    assert_int_equal(memberships_renew(&fixture->ctx, &member, &renewal, NO_NUMBER), OK);
    member = reread(fixture, &member);
    assert_int_equal(members_check_may_borrow(&fixture->ctx, &member), OK);
}

static void test_memberships__are_not_shortened_or_left_open(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct member member = add_of_type(fixture, "adult", TODAY + 5),
                  endless = add_of_type(fixture, "adult", NO_NUMBER);
    static const struct {
        struct membership_renewal renewal;
        const char *field;
    } cases[] = {
        {{NO_NUMBER, NO_NUMBER}, "months"}, {{1, TODAY + 50}, "until"},
        {{NO_NUMBER, TODAY - 1}, "until"},  {{NO_NUMBER, TODAY + 5}, "until"},
        {{NO_NUMBER, TODAY + 4}, "until"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_code(fixture, memberships_renew(&fixture->ctx, &member, &cases[i].renewal, NO_NUMBER),
                    ERR_VALIDATION_ERROR);
        assert_string_equal(fixture->ctx.error.fields->field, cases[i].field);
        fixture_next(fixture);
    }
    const struct membership_renewal month = {1, NO_NUMBER};
    assert_code(fixture, memberships_renew(&fixture->ctx, &endless, &month, NO_NUMBER), ERR_CONFLICT);
    fixture_next(fixture);
    assert_code(fixture, memberships_renew(&fixture->ctx, &member, &month, 7), ERR_PRECONDITION_FAILED);
    fixture_next(fixture);
    assert_int_equal(reread(fixture, &member).facts.expires_on, TODAY + 5);
}

static void test_memberships__a_suspension_ends_by_itself(void **state)
{
    struct fixture *fixture = fixture_of(state);
    const struct member_status_change suspension = {"suspended", "water damage", TODAY + 7};
    struct member member = add(fixture, "Jane Roe", NULL, NULL);
    int64_t now = fixture->ctx.now;

    assert_int_equal(members_change_status(&fixture->ctx, &member, &suspension, NO_NUMBER), OK);
    member = reread(fixture, &member);
    for (int days = 0; days <= 9; days++) {
        fixture->ctx.now = now + (int64_t)days * MS_PER_DAY;
        enum error_kind kind = members_check_may_borrow(&fixture->ctx, &member);
        if (days <= 7)
            assert_code(fixture, kind, ERR_MEMBER_SUSPENDED);
        else
            assert_int_equal(kind, OK); /* nobody has lifted it */
        fixture_next(fixture);
    }
    assert_int_equal(reread(fixture, &member).version, member.version);
}

/* ---- types ---------------------------------------------------------------------------------------------- */

static void test_memberships__a_type_that_is_needed_stays(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct member_type used = add_type(fixture, "used", NO_NUMBER), free_one = add_type(fixture, "free", 2),
                       adult;
    struct member member = add_of_type(fixture, "used", NO_NUMBER);

    assert_int_equal(members_archive(&fixture->ctx, &member, NO_NUMBER), OK);
    assert_code(fixture, member_types_delete(&fixture->ctx, &used), ERR_MEMBER_TYPE_IN_USE);
    assert_string_equal(reason(fixture, "members"), "1");
    fixture_next(fixture);
    assert_int_equal(member_types_find(&fixture->ctx, "adult", &adult), OK);
    assert_code(fixture, member_types_delete(&fixture->ctx, &adult), ERR_MEMBER_TYPE_IN_USE);
    fixture_next(fixture);
    assert_int_equal(member_types_delete(&fixture->ctx, &free_one), OK);
    assert_code(fixture, member_types_find(&fixture->ctx, "free", &free_one), ERR_MEMBER_TYPE_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action LIKE 'member_type.%'"),
                     3);
}

/* ---- cards ---------------------------------------------------------------------------------------------- */

static void test_memberships__an_old_card_finds_nobody(void **state)
{
    struct fixture *fixture = fixture_of(state);
    const struct card_facts any = {NULL};
    struct member member = add(fixture, "Jane Roe", NULL, NULL), found;
    const char *old = member.facts.card;
    bool is_there;

    assert_int_equal(memberships_replace_card(&fixture->ctx, &member, &any, member.version), OK);
    member = reread(fixture, &member);
    assert_string_not_equal(member.facts.card, old);
    assert_int_equal(members_find_by_card(&fixture->ctx, old, &found, &is_there), OK);
    assert_false(is_there);
    assert_int_equal(members_find_by_card(&fixture->ctx, member.facts.card, &found, &is_there), OK);
    assert_true(is_there);
    assert_traces(fixture, "member.card_replaced", "MemberUpdated", 1);
    assert_all_adds_up(fixture); /* the full-text row, too */
}

/* ---- groups --------------------------------------------------------------------------------------------- */

static void test_memberships__groups_are_found_without_a_look_at_each_member(void **state)
{
    struct fixture *fixture = fixture_of(state);
    struct group_count *group;
    int64_t steps = 0;
    bool more;

    run(fixture,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
        " INSERT INTO member (uuid, card, name, name_key, group_name, created_at, updated_at, deleted_at)"
        " SELECT randomblob(16), 'c' || i, 'n', 'n', iif(i % 3, 'g' || printf('%03d', i % 300), NULL), 1, 1,"
        " iif(i % 300 = 1 AND i > 300, 1, NULL) FROM n");
    assert_int_equal(memberships_groups(&fixture->ctx, NULL, 2, &group, &more), OK);
    assert_string_equal(group->name, "g001");
    assert_int_equal(group->members, 1); /* 29 are archived */
    assert_string_equal(group->next->name, "g002");
    assert_int_equal(group->next->members, 30);
    assert_null(group->next->next);
    assert_true(more);
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct stmt *s = fixture->ctx.db->buckets[i]; s; s = s->next_in_bucket)
            if (strstr(sqlite3_sql(s->handle), "SELECT group_name") ||
                strstr(sqlite3_sql(s->handle), "group_name = :group"))
                steps += sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 0);
    assert_true(steps > 0 && steps < 1000);
    assert_int_equal(memberships_groups(&fixture->ctx, "g298", 2, &group, &more), OK);
    assert_string_equal(group->name, "g299");
    assert_null(group->next);
    assert_false(more);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_memberships__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(months_end_on_a_day_that_there_is),
        TEST(begin_with_the_months_of_their_type),
        TEST(go_on_from_the_later_of_today_and_the_last_day),
        TEST(that_were_ended_by_hand_are_active_again),
        TEST(are_not_shortened_or_left_open),
        TEST(a_suspension_ends_by_itself),
        TEST(a_type_that_is_needed_stays),
        TEST(an_old_card_finds_nobody),
        TEST(groups_are_found_without_a_look_at_each_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
