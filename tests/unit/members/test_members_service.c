/*
 * test_members_service.c — the rules of membership, and what every change leaves behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/barcode.h"
#include "base/clock.h"
#include "unit/members/members_support.h"

/* ---- registering ----------------------------------------------------------------------------------- */

static void test_members_service__registers_a_member(void **state)
{
    struct fixture *fixture = *state;
    struct member_facts facts = facts_of("Jane Roe", "Jane@Roe.org", NULL);

    facts.phone = "+49 (151) 23-45";
    facts.member_type = "student";
    facts.expires_on = TODAY + 10;
    facts.birth_date = TODAY - 5000;
    facts.group = "3b";
    facts.note = "reads a lot";
    struct member made = add_facts(fixture, &facts);
    struct member member = reread(fixture, &made);
    assert_string_equal(member.facts.name, "Jane Roe");
    assert_string_equal(member.facts.email, "Jane@Roe.org");
    assert_string_equal(member.facts.phone, "+49 (151) 23-45");
    assert_string_equal(member.facts.member_type, "student");
    assert_string_equal(member.facts.group, "3b");
    assert_string_equal(member.facts.note, "reads a lot");
    assert_int_equal(member.facts.expires_on, TODAY + 10);
    assert_int_equal(member.facts.birth_date, TODAY - 5000);
    assert_int_equal(member.status, MEMBER_STATUS_ACTIVE);
    assert_int_equal(member.version, 1);
    assert_true(member.deleted_at == NO_NUMBER && member.last_borrowed_at == NO_NUMBER);
    assert_true(member.created_at == fixture->ctx.now);
    assert_memory_equal(&member.uuid, &made.uuid, sizeof member.uuid);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member WHERE phone_key = '491512345'"), 1);
    assert_traces(fixture, "member.registered", "MemberRegistered", 1);
    assert_all_adds_up(fixture);
}

static void test_members_service__makes_cards_with_the_librarys_prefix(void **state)
{
    struct fixture *fixture = *state;
    struct member first = add(fixture, "Jane Roe", NULL, NULL);
    struct member second = add(fixture, "John Doe", NULL, NULL);

    assert_int_equal(strlen(first.facts.card), BARCODE_DIGITS);
    assert_int_equal(strncmp(first.facts.card, "2900", 4), 0);
    assert_true(barcode_luhn_ok(first.facts.card));
    assert_string_not_equal(first.facts.card, second.facts.card);
    assert_int_equal(settings_set(&fixture->ctx, "card_prefix", "77"), OK);
    struct member third = add(fixture, "Jim Poe", NULL, NULL);
    assert_int_equal(strncmp(third.facts.card, "77", 2), 0);
    assert_string_equal(first.facts.member_type, "adult");
}

static void test_members_service__passes_over_cards_that_are_taken(void **state)
{
    struct fixture *fixture = *state;
    char taken[BARCODE_MAX + 1];

    assert_true(barcode_make(taken, "2900", 1));
    add(fixture, "Old Card", NULL, taken);
    struct member member = add(fixture, "New Card", NULL, NULL);
    assert_string_not_equal(member.facts.card, taken);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM sequence WHERE name = 'member_card'"), 2);
}

static void test_members_service__says_when_no_card_number_is_left(void **state)
{
    struct fixture *fixture = *state;
    const struct member_facts facts = facts_of("Jane Roe", NULL, NULL);
    struct member member;

    run(fixture, "UPDATE sequence SET value = 999999999999 WHERE name = 'member_card'");
    assert_code(fixture, members_create(&fixture->ctx, &facts, &member), ERR_CONFLICT);
    assert_string_equal(reason(fixture, "card_prefix"), "2900");
}

static void test_members_service__refuses_a_taken_card(void **state)
{
    struct fixture *fixture = *state;
    struct member holder = add(fixture, "Jane Roe", NULL, "A-17");
    const struct member_facts facts = facts_of("John Doe", NULL, "A-17");
    char uuid[UUID_TEXT_SIZE];
    struct member member;

    uuid_format(&holder.uuid, uuid);
    assert_code(fixture, members_create(&fixture->ctx, &facts, &member), ERR_DUPLICATE_CARD);
    assert_string_equal(fixture->ctx.error.detail, "Card A-17 belongs to Jane Roe already.");
    assert_string_equal(reason(fixture, "member_id"), uuid);
    assert_string_equal(reason(fixture, "state"), "live");
}

static void test_members_service__refuses_a_taken_email_in_any_case(void **state)
{
    struct fixture *fixture = *state;
    struct member holder = add(fixture, "Jane Roe", "jane@roe.org", NULL);
    const struct member_facts facts = facts_of("John Doe", "JANE@Roe.org", NULL);
    struct member member;

    assert_code(fixture, members_create(&fixture->ctx, &facts, &member), ERR_DUPLICATE_EMAIL);
    assert_string_equal(fixture->ctx.error.detail,
                        "The e-mail address JANE@Roe.org belongs to Jane Roe already.");
    assert_string_equal(reason(fixture, "name"), "Jane Roe");
    fixture_next(fixture);
    assert_int_equal(members_archive(&fixture->ctx, &holder, NO_NUMBER), OK);
    assert_code(fixture, members_create(&fixture->ctx, &facts, &member), ERR_DUPLICATE_EMAIL);
    assert_string_equal(reason(fixture, "state"), "archived");
}

static void test_members_service__members_without_email_do_not_collide(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "Jane Roe", NULL, NULL);
    add(fixture, "Jane Roe", NULL, NULL);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member"), 2);
}

static void test_members_service__names_all_wrong_fields_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct member_facts facts = facts_of("Jane Roe", NULL, "Zoë");
    struct member member;

    facts.member_type = "wizard";
    facts.birth_date = TODAY + 1;
    assert_code(fixture, members_create(&fixture->ctx, &facts, &member), ERR_VALIDATION_ERROR);
    const struct field_error *wrong = fixture->ctx.error.fields;
    assert_string_equal(wrong->field, "member_type");
    assert_non_null(strstr(wrong->message, "adult, student, faculty, child, staff"));
    assert_string_equal(wrong->next->field, "card");
    assert_string_equal(wrong->next->next->field, "birth_date");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member"), 0);
}

/* ---- summary --------------------------------------------------------------------------------------- */

static void assert_risk(struct fixture *fixture, int64_t borrows, int64_t late, const char *risk)
{
    const struct member member = {
        .borrow_count = borrows, .overdue_count = late, .created_at = fixture->ctx.now};
    struct member_summary summary;

    members_summarise(&fixture->ctx, &member, &summary);
    assert_string_equal(summary.risk_level, risk);
}

static void test_members_service__risk_follows_the_overdue_rate(void **state)
{
    struct fixture *fixture = *state;

    assert_risk(fixture, 0, 0, "LOW");
    assert_risk(fixture, 10, 1, "LOW");
    assert_risk(fixture, 100, 11, "MEDIUM");
    assert_risk(fixture, 10, 3, "MEDIUM");
    assert_risk(fixture, 100, 31, "HIGH");
    assert_risk(fixture, 1, 1, "HIGH");
}

static void test_members_service__summarises_loans_and_days(void **state)
{
    struct fixture *fixture = *state;
    const struct member member = {.borrow_count = 8,
                                  .overdue_count = 1,
                                  .balance = 250,
                                  .created_at = fixture->ctx.now - 40 * (int64_t)MS_PER_DAY};
    struct member_summary summary;

    members_summarise(&fixture->ctx, &member, &summary);
    assert_int_equal(summary.membership_days, 40);
    assert_int_equal(summary.total_borrowed, 8);
    assert_true(summary.overdue_rate == 12.5);
    assert_int_equal(summary.fines_accrued, 250);
}

/* ---- changing -------------------------------------------------------------------------------------- */

static void test_members_service__changes_just_what_differs(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", "jane@roe.org", "A-1");
    struct member_facts facts = member.facts;

    facts.name = "Jane Poe";
    facts.email = NULL;
    fixture->ctx.now += 1000;
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, 1), OK);
    struct member now = reread(fixture, &member);
    assert_string_equal(now.facts.name, "Jane Poe");
    assert_null(now.facts.email);
    assert_string_equal(now.facts.card, "A-1");
    assert_int_equal(now.version, 2);
    assert_true(now.updated_at == fixture->ctx.now && now.created_at == member.created_at);
    assert_traces(fixture, "member.updated", "MemberUpdated", 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE"
                                          " before = '{\"name\":\"Jane Roe\",\"email\":\"jane@roe.org\"}'"
                                          " AND after = '{\"name\":\"Jane Poe\",\"email\":null}'"),
                     1);
}

static void test_members_service__writes_nothing_when_nothing_differs(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", "jane@roe.org", "A-1");
    struct member_facts facts = member.facts;

    facts.card = NULL; /* stays what it was */
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, NO_NUMBER), OK);
    assert_int_equal(reread(fixture, &member).version, 1);
    assert_traces(fixture, "member.updated", "MemberUpdated", 0);
}

static void test_members_service__keeps_own_card_and_email_but_not_anothers(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", "jane@roe.org", "A-1");
    struct member_facts facts = member.facts;

    add(fixture, "John Doe", "john@doe.org", "A-2");
    facts.email = "JANE@ROE.ORG";
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, NO_NUMBER), OK);
    facts.email = "john@doe.org";
    assert_code(fixture, members_update(&fixture->ctx, &member, &facts, NO_NUMBER), ERR_DUPLICATE_EMAIL);
    fixture_next(fixture);
    facts.email = NULL;
    facts.card = "A-2";
    assert_code(fixture, members_update(&fixture->ctx, &member, &facts, NO_NUMBER), ERR_DUPLICATE_CARD);
}

static void test_members_service__refuses_changes_to_another_version(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);
    struct member_facts facts = member.facts;
    const struct member_status_change change = {"suspended", NULL, NO_NUMBER};

    facts.name = "Jane Poe";
    assert_code(fixture, members_update(ctx, &member, &facts, 7), ERR_PRECONDITION_FAILED);
    assert_string_equal(reason(fixture, "version"), "1");
    fixture_next(fixture);
    assert_code(fixture, members_change_status(ctx, &member, &change, -1), ERR_PRECONDITION_FAILED);
    fixture_next(fixture);
    assert_code(fixture, members_archive(ctx, &member, 2), ERR_PRECONDITION_FAILED);
    assert_int_equal(reread(fixture, &member).version, 1);
}

static void test_members_service__a_membership_that_goes_on_is_active_again(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);
    const struct member_status_change over = {"expired", "moved away", NO_NUMBER};
    struct member_facts facts = member.facts;

    assert_int_equal(members_change_status(&fixture->ctx, &member, &over, NO_NUMBER), OK);
    member = reread(fixture, &member);
    facts.expires_on = TODAY - 1;
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, NO_NUMBER), OK);
    member = reread(fixture, &member);
    assert_int_equal(member.status, MEMBER_STATUS_EXPIRED);
    facts.expires_on = TODAY + 365;
    assert_int_equal(members_update(&fixture->ctx, &member, &facts, NO_NUMBER), OK);
    member = reread(fixture, &member);
    assert_int_equal(member.status, MEMBER_STATUS_ACTIVE);
    assert_null(member.status_reason);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'MemberStatusChanged'"),
                     2);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'member.updated'"
                                          " AND json_extract(after, '$.status') = 'active'"),
                     1);
}

static void test_members_service__suspends_and_lifts(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);
    const struct member_status_change suspension = {"suspended", "water damage", TODAY + 7};
    const struct member_status_change lifted = {"active", NULL, NO_NUMBER};

    assert_int_equal(members_change_status(&fixture->ctx, &member, &suspension, 1), OK);
    member = reread(fixture, &member);
    assert_int_equal(member.status, MEMBER_STATUS_SUSPENDED);
    assert_string_equal(member.status_reason, "water damage");
    assert_int_equal(member.suspended_until, TODAY + 7);
    assert_int_equal(member.version, 2);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'MemberStatusChanged'"
                                          " AND detail = 'suspended'"),
                     1);
    assert_int_equal(members_change_status(&fixture->ctx, &member, &suspension, NO_NUMBER), OK);
    assert_traces(fixture, "member.status_changed", "MemberStatusChanged", 1);
    assert_int_equal(members_change_status(&fixture->ctx, &member, &lifted, NO_NUMBER), OK);
    member = reread(fixture, &member);
    assert_int_equal(member.status, MEMBER_STATUS_ACTIVE);
    assert_null(member.status_reason);
    assert_true(member.suspended_until == NO_NUMBER);
    assert_traces(fixture, "member.status_changed", "MemberStatusChanged", 2);
}

static void assert_status_refused(struct fixture *fixture, const struct member *member,
                                  struct member_status_change change, const char *field)
{
    assert_code(fixture, members_change_status(&fixture->ctx, member, &change, NO_NUMBER),
                ERR_VALIDATION_ERROR);
    assert_string_equal(fixture->ctx.error.fields->field, field);
    fixture_next(fixture);
}

static void test_members_service__refuses_status_changes_without_effect(void **state)
{
    struct fixture *fixture = *state;
    struct member_facts facts = facts_of("Jane Roe", NULL, NULL);

    facts.expires_on = TODAY - 1;
    struct member member = add_facts(fixture, &facts);
    assert_status_refused(fixture, &member, (struct member_status_change){"active", NULL, NO_NUMBER},
                          "status");
    assert_status_refused(fixture, &member, (struct member_status_change){"gone", NULL, NO_NUMBER}, "status");
    assert_status_refused(fixture, &member, (struct member_status_change){"suspended", NULL, TODAY - 1},
                          "suspended_until");
    assert_status_refused(fixture, &member, (struct member_status_change){"expired", NULL, TODAY + 1},
                          "suspended_until");
    assert_int_equal(reread(fixture, &member).version, 1);
}

/* ---- archive --------------------------------------------------------------------------------------- */

static void test_members_service__archives_and_restores(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    add(fixture, "John Doe", NULL, NULL);
    assert_int_equal(members_archive(&fixture->ctx, &member, 1), OK);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'members'"), 1);
    assert_int_equal(
        fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'members_archived'"), 1);
    assert_traces(fixture, "member.archived", "MemberArchived", 1);
    assert_all_adds_up(fixture);
    member = reread(fixture, &member);
    assert_int_equal(members_restore(&fixture->ctx, &member), OK);
    member = reread(fixture, &member);
    assert_true(member.deleted_at == NO_NUMBER);
    assert_int_equal(members_restore(&fixture->ctx, &member), OK);
    assert_traces(fixture, "member.restored", "MemberRestored", 1);
    assert_int_equal(member.version, 3);
    assert_all_adds_up(fixture);
}

static void test_members_service__does_not_archive_a_member_with_open_loans(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    member.open_borrows = 2;
    assert_code(fixture, members_archive(&fixture->ctx, &member, NO_NUMBER), ERR_HAS_ACTIVE_BORROWS);
    assert_string_equal(fixture->ctx.error.detail, "Jane Roe cannot be archived with 2 active borrows.");
    assert_string_equal(reason(fixture, "open_borrows"), "2");
    fixture_next(fixture);
    member.open_borrows = 1;
    assert_code(fixture, members_archive(&fixture->ctx, &member, NO_NUMBER), ERR_HAS_ACTIVE_BORROWS);
    assert_non_null(strstr(fixture->ctx.error.detail, "1 active borrow."));
}

static void test_members_service__does_not_archive_a_member_who_owes(void **state)
{
    struct fixture *fixture = *state;
    struct member member = add(fixture, "Jane Roe", NULL, NULL);

    member.balance = 1250;
    assert_code(fixture, members_archive(&fixture->ctx, &member, NO_NUMBER), ERR_HAS_BALANCE);
    assert_string_equal(fixture->ctx.error.detail, "Jane Roe cannot be archived while 12.50 is owed.");
    assert_string_equal(reason(fixture, "balance"), "12.50");
    fixture_next(fixture);
    member.balance = -100; /* the library owes */
    assert_int_equal(members_archive(&fixture->ctx, &member, NO_NUMBER), OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_members_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_a_member),
        TEST(makes_cards_with_the_librarys_prefix),
        TEST(passes_over_cards_that_are_taken),
        TEST(says_when_no_card_number_is_left),
        TEST(refuses_a_taken_card),
        TEST(refuses_a_taken_email_in_any_case),
        TEST(members_without_email_do_not_collide),
        TEST(names_all_wrong_fields_at_once),
        TEST(risk_follows_the_overdue_rate),
        TEST(summarises_loans_and_days),
        TEST(changes_just_what_differs),
        TEST(writes_nothing_when_nothing_differs),
        TEST(keeps_own_card_and_email_but_not_anothers),
        TEST(refuses_changes_to_another_version),
        TEST(a_membership_that_goes_on_is_active_again),
        TEST(suspends_and_lifts),
        TEST(refuses_status_changes_without_effect),
        TEST(archives_and_restores),
        TEST(does_not_archive_a_member_with_open_loans),
        TEST(does_not_archive_a_member_who_owes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
