/*
 * test_import_member.c — rows of readers become members, are known again, and can be taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "kind_runner.h"
#include "members/members_service.h"

static struct member member_with(const char *card)
{
    struct member member = {0};
    bool found = false;

    assert_int_equal(members_find_by_card(ctx, card, &member, &found), OK);
    assert_true(found);
    return member;
}

static int32_t day(const char *text)
{
    int32_t value = 0;

    assert_true(clock_parse_day(text, &value));
    return value;
}

static void test_import_member__is_read_from_any_language(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("Ausweisnummer", "Vorname", "Nachname", "E-Mail", "Telefon",
                                       "Lesergruppe", "Klasse", "Geburtsdatum", "Gültig bis", "Bemerkung"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP,
                               CELLS("L-1", "Ada", "Lovelace", "Ada@Example.org", "'+49 151 2345678",
                                     "Schüler", "7b", "10.12.2012", "2027-07-31", "Likes sums")),
                     OK);
    struct member ada = member_with("L-1");
    assert_string_equal(ada.facts.name, "Ada Lovelace");
    assert_string_equal(ada.facts.email, "Ada@Example.org");
    assert_string_equal(ada.facts.phone, "+49 151 2345678"); /* what a spreadsheet would have run, undone */
    assert_string_equal(ada.facts.member_type, "student");
    assert_string_equal(ada.facts.group, "7b");
    assert_int_equal(ada.facts.birth_date, day("2012-12-10"));
    assert_int_equal(ada.facts.expires_on, day("2027-07-31"));
    assert_string_equal(ada.facts.note, "Likes sums");
    assert_int_equal(ada.status, MEMBER_STATUS_ACTIVE);
    assert_int_equal(trail.made, 1);
    assert_counters_right();
}

static void test_import_member__without_a_card_gets_one(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("name"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP, CELLS("Ada Lovelace")), OK);
    struct member ada = {0};
    assert_int_equal(members_find_by_id(ctx, trail.last_id, &ada), OK);
    assert_non_null(ada.facts.card);
    assert_string_equal(ada.facts.member_type, "adult");
}

static void test_import_member__has_the_type_that_the_library_calls_so(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("card", "name", "type"));
    assert_int_equal(look_at(&import_members, CELLS("1", "A", "FACULTY"))->outcome, IMPORT_AS_IT_IS);
    assert_int_equal(write_row(&import_members, IMPORT_SKIP, CELLS("1", "Alan", "Lehrerin")), OK);
    assert_string_equal(member_with("1").facts.member_type, "faculty");
    assert_int_equal(look_at(&import_members, CELLS("2", "Bob", "Wizard"))->outcome, IMPORT_REPAIRED);
    assert_reason(IMPORT_FIELD_DROPPED, "Wizard");
}

static void test_import_member__keeps_a_suspension_and_an_end(void **state)
{
    (void)state;
    set_headers(&import_members,
                CELLS("card", "name", "status", "status reason", "suspended until", "expires on"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP,
                               CELLS("1", "Ada", "Gesperrt", "Lost a key", "2026-04-01", "")),
                     OK);
    struct member ada = member_with("1");
    assert_int_equal(ada.status, MEMBER_STATUS_SUSPENDED);
    assert_string_equal(ada.status_reason, "Lost a key");
    assert_int_equal(ada.suspended_until, day("2026-04-01"));
    /* The last day says that it is over; a suspension that is over is none. */
    assert_int_equal(
        write_row(&import_members, IMPORT_SKIP, CELLS("2", "Bob", "expired", "", "", "2025-12-31")), OK);
    assert_int_equal(member_with("2").status, MEMBER_STATUS_ACTIVE);
    struct member bob = member_with("2");
    assert_int_equal(member_status_on(&bob, clock_day_of(ctx->now)), MEMBER_STATUS_EXPIRED);
    assert_int_equal(
        write_row(&import_members, IMPORT_SKIP, CELLS("3", "Cleo", "suspended", "", "2026-02-01", "")), OK);
    assert_int_equal(member_with("3").status, MEMBER_STATUS_ACTIVE);
    assert_counters_right();
}

static void test_import_member__is_known_by_card_address_or_name_and_birth(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("card", "name", "email", "birth date", "phone"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP,
                               CELLS("1", "Ada Lovelace", "ada@example.org", "10.12.2012", "")),
                     OK);
    int64_t id = trail.last_id;
    assert_int_equal(look_at(&import_members, CELLS("1", "Somebody", "", "", ""))->match_id, id);
    assert_int_equal(look_at(&import_members, CELLS("", "Somebody", "ADA@example.org", "", ""))->match_id,
                     id);
    assert_int_equal(look_at(&import_members, CELLS("", "ada LOVELACE", "", "2012-12-10", ""))->match_id, id);
    assert_int_equal(look_at(&import_members, CELLS("", "Ada Lovelace", "", "", ""))->match_id, NO_NUMBER);
    assert_int_equal(
        write_row(&import_members, IMPORT_MERGE, CELLS("1", "Other", "new@example.org", "", "0151 234567")),
        OK);
    struct member ada = member_with("1");
    assert_string_equal(ada.facts.name, "Ada Lovelace");
    assert_string_equal(ada.facts.email, "ada@example.org");
    assert_string_equal(ada.facts.phone, "0151 234567");
    assert_int_equal(trail.changed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member"), 1);
    assert_int_equal(record.key_count, 2);
}

static void test_import_member__an_archived_reader_keeps_the_card(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("card", "name"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP, CELLS("1", "Ada")), OK);
    struct member ada = member_with("1");
    assert_int_equal(members_archive(ctx, &ada, NO_NUMBER), OK);
    assert_int_equal(look_at(&import_members, CELLS("1", "Bob"))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_DUPLICATE_MEMBER, "archived");
}

static void test_import_member__what_is_wrong_is_left_out_or_refused(void **state)
{
    (void)state;
    set_headers(&import_members, CELLS("card", "name", "email", "phone", "birth date"));
    assert_int_equal(look_at(&import_members, CELLS("1", "Ada", "no address", "call me", ""))->outcome,
                     IMPORT_REPAIRED);
    assert_reason(IMPORT_FIELD_DROPPED, "email");
    assert_int_equal(look_at(&import_members, CELLS("1", "", "", "", ""))->outcome, IMPORT_REFUSED);
    assert_reason(IMPORT_NO_NAME, "missing");
    assert_int_equal(look_at(&import_members, CELLS("1", "Ada", "", "", "31.2.2012"))->outcome,
                     IMPORT_REFUSED);
    assert_reason(IMPORT_DATE_UNREADABLE, "no day");
    assert_int_equal(look_at(&import_members, CELLS("1", "Ada", "", "", "2030-01-01"))->outcome,
                     IMPORT_REFUSED);
    assert_reason(IMPORT_NOT_VALID, "birth_date");
}

static void test_import_member__can_be_taken_back_unless_something_hangs_on_it(void **state)
{
    const char *why;

    (void)state;
    set_headers(&import_members, CELLS("card", "name"));
    assert_int_equal(write_row(&import_members, IMPORT_SKIP, CELLS("1", "Ada Lovelace")), OK);
    int64_t ada = trail.last_id;
    assert_int_equal(write_row(&import_members, IMPORT_SKIP, CELLS("2", "Bob")), OK);
    int64_t bob = trail.last_id;
    struct member member = member_with("2");
    struct member_facts facts = member.facts;
    facts.note = "Edited";
    assert_int_equal(members_update_in_batch(ctx, &member, &facts), OK);
    assert_int_equal(undo("member", bob, false, &why), IMPORT_UNDO_KEPT);
    assert_int_equal(undo("member", bob, true, &why), IMPORT_UNDO_REMOVED);
    assert_int_equal(undo("member", ada, false, &why), IMPORT_UNDO_REMOVED);
    assert_int_equal(undo("member", ada, false, &why), IMPORT_UNDO_GONE);
    assert_int_equal(
        fixture_int(fixture, "SELECT count(*) FROM member_search WHERE member_search MATCH 'ada'"), 0);
    assert_counters_right();
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_member__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_read_from_any_language),
        TEST(without_a_card_gets_one),
        TEST(has_the_type_that_the_library_calls_so),
        TEST(keeps_a_suspension_and_an_end),
        TEST(is_known_by_card_address_or_name_and_birth),
        TEST(an_archived_reader_keeps_the_card),
        TEST(what_is_wrong_is_left_out_or_refused),
        TEST(can_be_taken_back_unless_something_hangs_on_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
