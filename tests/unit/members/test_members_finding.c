/*
 * test_members_finding.c — who is found by what, who may borrow, and what the lists and the log show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "unit/members/members_support.h"

/* ---- lists: the names of the rows ------------------------------------------------------------------ */

struct names_sink {
    struct row_sink sink;
    char names[256]; /* "Ann, Bob" */
    int64_t total;
};

static void keep_name(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct names_sink *kept = (struct names_sink *)sink;
    size_t length = strlen(kept->names);

    for (size_t i = 0; columns[i].name; i++)
        if (strcmp(columns[i].name, "name") == 0)
            snprintf(kept->names + length, sizeof kept->names - length, "%s%s", length ? ", " : "",
                     values[i].text);
}

static void keep_total(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct names_sink *)sink)->total = meta->total;
}

static void assert_list(struct fixture *fixture, struct list_query query, const char *expected)
{
    struct names_sink kept = {.sink = {.row = keep_name, .page = keep_total}};

    query.limit = query.limit ? query.limit : 20;
    assert_int_equal(members_list(&fixture->ctx, &query, &kept.sink), OK);
    assert_string_equal(kept.names, expected);
    int64_t names = expected[0] != '\0';
    for (const char *c = expected; *c; c++)
        names += *c == ',';
    assert_int_equal(kept.total, names);
}

static void assert_filter(struct fixture *fixture, const char *name, const char *value, const char *expected)
{
    const struct list_parameter parameter = {name, value};

    assert_list(fixture, (struct list_query){.parameters = &parameter, .parameter_count = 1}, expected);
}

static void assert_search(struct fixture *fixture, const char *q, const char *expected)
{
    assert_list(fixture, (struct list_query){.search = q}, expected);
}

/* ---- finding --------------------------------------------------------------------------------------- */

static void test_members_finding__archived_members_are_not_found_unless_asked_for(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;
    struct member member = add(fixture, "Jane Roe", NULL, "A-17");
    struct member found;
    bool is_found;

    assert_int_equal(members_find_by_card(ctx, "A-17", &found, &is_found), OK);
    assert_true(is_found);
    assert_int_equal(members_archive(ctx, &member, NO_NUMBER), OK);
    assert_code(fixture, members_find(ctx, &member.uuid, &found), ERR_MEMBER_NOT_FOUND);
    assert_string_equal(ctx->error.detail, "Member not found.");
    fixture_next(fixture);
    assert_int_equal(members_find_any(ctx, &member.uuid, &found), OK);
    assert_true(found.deleted_at == ctx->now);
    assert_int_equal(members_find_by_card(ctx, "A-17", &found, &is_found), OK);
    assert_false(is_found);
}

static void test_members_finding__finds_nobody_by_an_unknown_id(void **state)
{
    struct fixture *fixture = *state;
    const struct uuid nobody = uuid_new(1);
    struct member member;
    bool found = true;

    assert_code(fixture, members_find(&fixture->ctx, &nobody, &member), ERR_MEMBER_NOT_FOUND);
    fixture_next(fixture);
    assert_code(fixture, members_find_by_id(&fixture->ctx, 12345, &member), ERR_MEMBER_NOT_FOUND);
    fixture_next(fixture);
    assert_int_equal(members_find_by_card(&fixture->ctx, "none", &member, &found), OK);
    assert_false(found);
}

static void test_members_finding__lists_by_name_without_case_or_accents(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "zoe", "a@x.org", NULL);
    add(fixture, "Éva", NULL, NULL);
    fixture->ctx.now++;
    add(fixture, "eve", "b@x.org", NULL);
    assert_list(fixture, (struct list_query){0}, "Éva, eve, zoe");
    assert_list(fixture, (struct list_query){.order = "desc"}, "zoe, eve, Éva");
    assert_list(fixture, (struct list_query){.sort = "created_at", .order = "asc"}, "zoe, Éva, eve");
    assert_list(fixture, (struct list_query){.sort = "email"}, "Éva, zoe, eve");
}

static void test_members_finding__filters(void **state)
{
    struct fixture *fixture = *state;
    struct member_facts pupil = facts_of("Pupil", "Pupil@X.org", "P-1");
    struct member gone = add(fixture, "Gone", NULL, NULL);
    struct member bad = add(fixture, "Bad", NULL, NULL);
    const struct member_status_change suspension = {"suspended", NULL, NO_NUMBER};

    pupil.member_type = "student";
    pupil.group = "3b";
    pupil.expires_on = TODAY - 1;
    add_facts(fixture, &pupil);
    assert_int_equal(members_archive(&fixture->ctx, &gone, NO_NUMBER), OK);
    assert_int_equal(members_change_status(&fixture->ctx, &bad, &suspension, NO_NUMBER), OK);
    add(fixture, "Plain", NULL, NULL);
    assert_list(fixture, (struct list_query){0}, "Bad, Plain, Pupil");
    assert_filter(fixture, "archived", "true", "Gone");
    assert_filter(fixture, "card", "P-1", "Pupil");
    assert_filter(fixture, "card", "P-", "");
    assert_filter(fixture, "email", "pupil@x.ORG", "Pupil");
    assert_filter(fixture, "member_type", "student", "Pupil");
    assert_filter(fixture, "member_type", "wizard", "");
    assert_filter(fixture, "group", "3b", "Pupil");
    assert_filter(fixture, "status", "active", "Plain");
    assert_filter(fixture, "status", "expired", "Pupil");
    assert_filter(fixture, "status", "suspended", "Bad");
}

static void test_members_finding__searches_name_card_email_and_phone(void **state)
{
    struct fixture *fixture = *state;
    struct member_facts facts = facts_of("Zoë Müller-Schmidt", "zoe.m@Example.org", "CARD-77");

    facts.phone = "+49 (151) 23 45 67";
    struct member member = add_facts(fixture, &facts);
    add(fixture, "John Doe", NULL, NULL);
    assert_search(fixture, "muller", "Zoë Müller-Schmidt");
    assert_search(fixture, "SCHM zoe", "Zoë Müller-Schmidt");
    assert_search(fixture, "card-77", "Zoë Müller-Schmidt");
    assert_search(fixture, "example", "Zoë Müller-Schmidt");
    assert_search(fixture, "4915123", "Zoë Müller-Schmidt");
    assert_search(fixture, "151 23", "Zoë Müller-Schmidt");
    assert_search(fixture, "15123456", "Zoë Müller-Schmidt");
    assert_search(fixture, "0151 2345", "Zoë Müller-Schmidt");
    assert_search(fixture, "45 67", "Zoë Müller-Schmidt");
    assert_search(fixture, "8151", "");
    assert_search(fixture, "34567", ""); /* begins within a group */
    assert_search(fixture, "nobody", "");

    facts.name = "Zoë Huber";
    facts.phone = NULL;
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, NO_NUMBER), OK);
    assert_search(fixture, "muller", "");
    assert_search(fixture, "4915123", "");
    assert_search(fixture, "huber", "Zoë Huber");
    assert_all_adds_up(fixture);
}

/* ---- who may borrow -------------------------------------------------------------------------------- */

static void test_members_finding__an_active_member_may_borrow(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    assert_int_equal(members_check_may_borrow(&fixture->ctx, &member), OK);
    member.facts.expires_on = TODAY;
    assert_int_equal(members_check_may_borrow(&fixture->ctx, &member), OK);
}

static void test_members_finding__says_since_when_a_membership_is_over(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    member.facts.expires_on = TODAY - 1;
    assert_code(fixture, members_check_may_borrow(&fixture->ctx, &member), ERR_MEMBER_EXPIRED);
    assert_string_equal(fixture->ctx.error.detail, "The membership of Jane Roe expired on 2026-03-01.");
    assert_string_equal(reason(fixture, "expired_on"), "2026-03-01");
    fixture_next(fixture);
    member.facts.expires_on = NO_NUMBER;
    member.status = MEMBER_STATUS_EXPIRED;
    assert_code(fixture, members_check_may_borrow(&fixture->ctx, &member), ERR_MEMBER_EXPIRED);
    assert_string_equal(fixture->ctx.error.detail, "The membership of Jane Roe has expired.");
}

static void test_members_finding__says_until_when_and_why_a_member_is_suspended(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    member.status = MEMBER_STATUS_SUSPENDED;
    assert_code(fixture, members_check_may_borrow(&fixture->ctx, &member), ERR_MEMBER_SUSPENDED);
    assert_string_equal(fixture->ctx.error.detail, "Jane Roe is suspended until further notice.");
    fixture_next(fixture);
    member.suspended_until = TODAY + 3;
    member.status_reason = "water damage";
    assert_code(fixture, members_check_may_borrow(&fixture->ctx, &member), ERR_MEMBER_SUSPENDED);
    assert_string_equal(fixture->ctx.error.detail, "Jane Roe is suspended until 2026-03-05 (water damage).");
    assert_string_equal(reason(fixture, "suspended_until"), "2026-03-05");
    assert_string_equal(reason(fixture, "status_reason"), "water damage");
    fixture_next(fixture);
    member.suspended_until = TODAY - 1;
    assert_int_equal(members_check_may_borrow(&fixture->ctx, &member), OK);
}

/* The listing decides in SQL what member_status_on() decides in C. */
static void test_members_finding__lists_show_the_status_that_rules(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t days[] = {NO_NUMBER, TODAY - 1, TODAY, TODAY + 1};
    static const char *const statuses[] = {"active", "expired", "suspended"};

    for (int s = 0; s < 3; s++) {
        for (int e = 0; e < 4; e++) {
            for (int u = 0; u < 4; u++) {
                struct member made = add(fixture, "Jane Roe", NULL, NULL);
                run(fixture, arena_printf(&fixture->arena,
                                          "UPDATE member SET status = '%s', expires_on = nullif(%lld, %lld),"
                                          " suspended_until = nullif(%lld, %lld) WHERE id = %lld",
                                          statuses[s], (long long)days[e], (long long)NO_NUMBER,
                                          (long long)days[u], (long long)NO_NUMBER, (long long)made.id));
                struct member member = reread(fixture, &made);
                const char *rules = member_status_name(member_status_on(&member, TODAY));
                struct list_parameter parameters[2] = {{"card", member.facts.card}, {"status", rules}};
                assert_list(fixture, (struct list_query){.parameters = parameters, .parameter_count = 2},
                            "Jane Roe");
            }
        }
    }
}

/* ---- audit and full text --------------------------------------------------------------------------- */

static void count_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    (void)columns;
    (void)values;
    ((struct names_sink *)sink)->total++;
}

static void test_members_finding__shows_a_members_own_log_even_when_archived(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);
    struct names_sink rows = {.sink = {.row = count_row}};
    const struct list_query query = {.limit = 20};
    const struct uuid nobody = uuid_new(1);

    add(fixture, "John Doe", NULL, NULL);
    assert_int_equal(members_archive(&fixture->ctx, &member, NO_NUMBER), OK);
    assert_int_equal(members_audit(&fixture->ctx, &member.uuid, &query, &rows.sink), OK);
    assert_int_equal(rows.total, 2);
    assert_code(fixture, members_audit(&fixture->ctx, &nobody, &query, &rows.sink), ERR_MEMBER_NOT_FOUND);
}

static int findings;
static char last_finding[256];

static void keep_finding(void *argument, const char *finding)
{
    (void)argument;
    findings++;
    snprintf(last_finding, sizeof last_finding, "%s", finding);
}

static void test_members_finding__finds_and_repairs_a_wrong_search_row(void **state)
{
    static const char *const damages[] = {
        "DELETE FROM member_search WHERE rowid = 1",
        "UPDATE member_search SET contact = 'elsewhere' WHERE rowid = 1",
        "INSERT INTO member_search (rowid, name, card, contact) VALUES (99, 'a', 'b', 'c')",
    };
    struct fixture *fixture = *state;
    struct member_facts facts = facts_of("Jane Roe", "jane@roe.org", "Card-1");

    facts.phone = "0151 234567";
    add_facts(fixture, &facts);
    add(fixture, "John Doe", NULL, NULL);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        run(fixture, damages[i]);
        findings = 0;
        assert_int_equal(members_check_search(&fixture->ctx, keep_finding, NULL), OK);
        assert_int_equal(findings, 1);
        assert_non_null(strstr(last_finding, i == 2 ? "no member" : "Jane Roe"));
        assert_int_equal(members_rebuild_search(&fixture->ctx), OK);
        assert_all_adds_up(fixture);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_members_finding__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(archived_members_are_not_found_unless_asked_for),
        TEST(finds_nobody_by_an_unknown_id),
        TEST(lists_by_name_without_case_or_accents),
        TEST(filters),
        TEST(searches_name_card_email_and_phone),
        TEST(an_active_member_may_borrow),
        TEST(says_since_when_a_membership_is_over),
        TEST(says_until_when_and_why_a_member_is_suspended),
        TEST(lists_show_the_status_that_rules),
        TEST(shows_a_members_own_log_even_when_archived),
        TEST(finds_and_repairs_a_wrong_search_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
