/*
 * test_calendar_service.c — which days are open, which cost, what is refused, and what a change leaves behind.
 */
#include "unit/policies/calendar_support.h"

/* ---- short words ------------------------------------------------------------------------------------- */

static int32_t day_of(const char *text)
{
    int32_t day = 0;

    assert_true(clock_parse_day(text, &day));
    return day;
}

static struct closure_facts facts_of(const char *kind, const char *first, const char *last, bool yearly)
{
    return (struct closure_facts){.kind = kind,
                                  .first_day = day_of(first),
                                  .last_day = day_of(last),
                                  .yearly = yearly,
                                  .name = "A day"};
}

static int64_t enter(struct fixture *fixture, const char *kind, const char *first, const char *last,
                     bool yearly)
{
    const struct closure_facts facts = facts_of(kind, first, last, yearly);
    struct closure closure = {0};

    assert_int_equal(calendar_close(&fixture->ctx, &facts, &closure), OK);
    fixture_next(fixture);
    return closure.id;
}

static bool is_open(struct fixture *fixture, const char *day)
{
    return is_open_in_table(fixture, day_of(day));
}

static void assert_next_open(struct fixture *fixture, const char *day, const char *expected)
{
    char text[CLOCK_DAY_SIZE];
    int32_t found = 0;

    assert_int_equal(calendar_next_open(&fixture->ctx, day_of(day), &found), OK);
    clock_format_day(found, text);
    assert_string_equal(text, expected);
}

static int64_t rows(struct fixture *fixture)
{
    return fixture_int(fixture, "SELECT count(*) FROM calendar");
}

/* ---- without anything that closes -------------------------------------------------------------------- */

static void test_calendar_service__a_new_library_is_always_open_and_keeps_no_rows(void **state)
{
    struct fixture *fixture = *state;

    assert_true(is_open(fixture, "2026-03-01"));
    assert_next_open(fixture, "2026-03-01", "2026-03-01");
    assert_int_equal(fine_days(fixture, day_of("2026-03-01"), day_of("2026-03-11")), 10);
    assert_int_equal(fine_days(fixture, day_of("2026-03-11"), day_of("2026-03-01")), 0);
    enter(fixture, "opening", "2026-03-01", "2026-03-01", false);
    assert_int_equal(rows(fixture), 0);
    assert_int_equal(findings(fixture), 0);
}

/* ---- precedence -------------------------------------------------------------------------------------- */

static void test_calendar_service__weekdays_without_hours_are_closed(void **state)
{
    struct fixture *fixture = *state;

    open_on(fixture, "024");
    assert_int_equal(rows(fixture), CALENDAR_LAST_DAY - CALENDAR_FIRST_DAY + 1);
    assert_true(is_open(fixture, "2026-03-02")); /* a Monday */
    assert_false(is_open(fixture, "2026-03-03"));
    assert_true(is_open(fixture, "2026-03-04"));
    assert_false(is_open(fixture, "2026-03-07"));
    assert_next_open(fixture, "2026-03-07", "2026-03-09");
    open_on(fixture, "");
    assert_int_equal(rows(fixture), 0);
    assert_true(is_open(fixture, "2026-03-03"));
}

static void test_calendar_service__an_opening_wins_over_closure_and_week_whatever_came_first(void **state)
{
    struct fixture *fixture = *state;

    open_on(fixture, "01234");
    enter(fixture, "opening", "2026-12-24", "2026-12-26", false);
    enter(fixture, "closure", "2026-12-21", "2027-01-01", false);
    enter(fixture, "opening", "2026-12-30", "2026-12-30", false);
    assert_false(is_open(fixture, "2026-12-23"));
    assert_true(is_open(fixture, "2026-12-24"));
    assert_true(is_open(fixture, "2026-12-26")); /* a Saturday */
    assert_false(is_open(fixture, "2026-12-28"));
    assert_next_open(fixture, "2026-12-27", "2026-12-30");
    assert_next_open(fixture, "2026-12-31", "2027-01-04");
}

static void test_calendar_service__a_closure_wins_over_the_week(void **state)
{
    struct fixture *fixture = *state;

    open_on(fixture, "01234");
    int64_t id = enter(fixture, "closure", "2026-03-04", "2026-03-04", false);
    assert_false(is_open(fixture, "2026-03-04"));
    assert_int_equal(calendar_reopen(&fixture->ctx, id), OK);
    assert_true(is_open(fixture, "2026-03-04"));
    assert_int_equal(calendar_reopen(&fixture->ctx, id), ERROR_NOT_FOUND);
    assert_true(fixture->ctx.error.code == ERR_CLOSURE_NOT_FOUND);
}

/* ---- every year -------------------------------------------------------------------------------------- */

static void test_calendar_service__a_yearly_range_crosses_new_year_from_its_first_year_on(void **state)
{
    struct fixture *fixture = *state;

    enter(fixture, "closure", "2026-12-24", "2027-01-02", true);
    assert_true(is_open(fixture, "2025-12-24"));
    assert_true(is_open(fixture, "2026-01-01"));
    assert_true(is_open(fixture, "2026-12-23"));
    assert_false(is_open(fixture, "2026-12-24"));
    assert_false(is_open(fixture, "2027-01-02"));
    assert_true(is_open(fixture, "2027-01-03"));
    assert_false(is_open(fixture, "2031-12-31"));
    assert_false(is_open(fixture, "2032-01-02"));
    assert_true(is_open(fixture, "2032-01-03"));
    assert_false(is_open(fixture, "2069-12-31"));
    assert_next_open(fixture, "2026-12-25", "2027-01-03");
}

static void test_calendar_service__the_29th_of_february_falls_on_the_1st_of_march(void **state)
{
    struct fixture *fixture = *state;

    enter(fixture, "closure", "2028-02-29", "2028-02-29", true);
    assert_false(is_open(fixture, "2028-02-29"));
    assert_true(is_open(fixture, "2028-03-01"));
    assert_true(is_open(fixture, "2029-02-28"));
    assert_false(is_open(fixture, "2029-03-01"));
    assert_false(is_open(fixture, "2032-02-29"));
    assert_true(is_open(fixture, "2032-03-01"));
}

/* ---- days that cost ---------------------------------------------------------------------------------- */

static void test_calendar_service__closed_days_cost_nothing_unless_the_setting_says_so(void **state)
{
    struct fixture *fixture = *state;
    const int32_t friday = day_of("2026-03-06");

    open_on(fixture, "01234");
    assert_int_equal(fine_days(fixture, friday, friday + 2), 0);
    assert_int_equal(fine_days(fixture, friday, friday + 3), 1);
    fines_on_closed_days(fixture, "on");
    assert_int_equal(fine_days(fixture, friday, friday + 2), 2);
    assert_int_equal(fine_days(fixture, friday, friday + 3), 3);
    assert_false(is_open(fixture, "2026-03-07"));
    assert_int_equal(findings(fixture), 0);
    fines_on_closed_days(fixture, NULL);
    assert_int_equal(fine_days(fixture, friday, friday + 3), 1);
    assert_int_equal(findings(fixture), 0);
}

/* Days may be closed after something was made due on them, by opening hours or a closure that moves nothing. */
static void test_calendar_service__what_is_due_on_a_closed_day_costs_from_the_first_open_one_on(void **state)
{
    struct fixture *fixture = *state;
    const int32_t saturday = day_of("2026-03-07");

    open_on(fixture, "01234");
    assert_int_equal(fine_days(fixture, saturday, saturday + 1), 0);
    assert_int_equal(fine_days(fixture, saturday, saturday + 2), 0); /* Monday: the first day to bring it */
    assert_int_equal(fine_days(fixture, saturday, saturday + 3), 1);
    fines_on_closed_days(fixture, "on");
    assert_int_equal(fine_days(fixture, saturday, saturday + 2), 0);
    assert_int_equal(fine_days(fixture, saturday, saturday + 3), 1);
    assert_int_equal(fine_days(fixture, saturday, saturday + 9), 7);
}

static void test_calendar_service__a_flag_decides_from_the_start_on(void **state)
{
    struct fixture *fixture = *state;
    const int32_t friday = day_of("2026-03-06");
    char *problem = NULL;

    open_on(fixture, "01234");
    assert_true(settings_override(SETTING_FINES_ON_CLOSED_DAYS, "on", SOURCE_FLAG, &problem));
    assert_int_equal(calendar_follow_setting(&fixture->ctx), OK);
    assert_int_equal(fine_days(fixture, friday, friday + 3), 3);
    settings_forget();
    assert_int_equal(calendar_follow_setting(&fixture->ctx), OK);
    assert_int_equal(fine_days(fixture, friday, friday + 3), 1);
}

static void test_calendar_service__where_the_calendar_ends_every_day_is_open_and_costs(void **state)
{
    struct fixture *fixture = *state;

    const struct calendar_days *days = NULL;

    open_on(fixture, "0");
    enter(fixture, "closure", "2026-12-24", "2027-01-06", true);
    assert_int_equal(
        calendar_days_between(&fixture->ctx, CALENDAR_LAST_DAY - 9, CALENDAR_LAST_DAY + 9, NULL, &days), OK);
    assert_false(calendar_days_at(days, CALENDAR_LAST_DAY)->open);
    assert_true(calendar_days_at(days, CALENDAR_LAST_DAY + 1)->open);
    assert_true(is_open(fixture, "1989-12-30"));
    assert_true(is_open(fixture, "2070-01-04"));
    assert_int_equal(fine_days(fixture, day_of("1989-12-01"), day_of("1989-12-31")), 30);
    assert_int_equal(fine_days(fixture, day_of("2069-12-25"), day_of("2070-01-04")), 10);
}

/* ---- open days --------------------------------------------------------------------------------------- */

static void test_calendar_service__a_loan_is_due_on_an_open_day(void **state)
{
    struct fixture *fixture = *state;
    int32_t due = 0;

    open_on(fixture, "012");
    assert_int_equal(calendar_due_day(&fixture->ctx, day_of("2026-03-02"), 14, &due), OK);
    assert_int_equal(due, day_of("2026-03-16"));
    assert_int_equal(calendar_due_day(&fixture->ctx, day_of("2026-03-02"), 3, &due), OK);
    assert_int_equal(due, day_of("2026-03-09"));
    assert_int_equal(calendar_due_day(&fixture->ctx, day_of("2026-03-08"), 0, &due), OK);
    assert_int_equal(due, day_of("2026-03-09"));
}

static void test_calendar_service__the_day_itself_when_none_is_near(void **state)
{
    struct fixture *fixture = *state;

    enter(fixture, "closure", "2026-03-02", "2029-03-01", false);
    assert_next_open(fixture, "2026-03-02", "2026-03-02");
    assert_next_open(fixture, "2028-01-01", "2029-03-02");
}

/* ---- the reason, and what is not entered yet ----------------------------------------------------------- */

static void test_calendar_service__each_day_says_what_decided_it(void **state)
{
    struct fixture *fixture = *state;
    const struct closure_facts more = facts_of(NULL, "2026-03-10", "2026-03-10", false);
    const struct calendar_days *days = NULL;

    open_on(fixture, "01234");
    enter(fixture, "closure", "2026-03-03", "2026-03-03", false);
    assert_int_equal(
        calendar_days_between(&fixture->ctx, day_of("2026-03-01"), day_of("2026-03-31"), NULL, &days), OK);
    assert_null(calendar_days_at(days, day_of("2026-03-01"))->reason);
    assert_false(calendar_days_at(days, day_of("2026-03-01"))->open);
    assert_string_equal(calendar_days_at(days, day_of("2026-03-03"))->reason->facts.name, "A day");
    assert_false(calendar_days_at(days, day_of("2026-03-03"))->open);
    assert_true(calendar_days_at(days, day_of("2026-03-10"))->open);
    assert_null(calendar_days_at(days, day_of("2026-04-01")));
    assert_int_equal(
        calendar_days_between(&fixture->ctx, day_of("2026-03-01"), day_of("2026-03-31"), &more, &days), OK);
    assert_false(calendar_days_at(days, day_of("2026-03-10"))->open);
    assert_int_equal(calendar_days_next_open(days, day_of("2026-03-10")), day_of("2026-03-11"));
    assert_true(is_open(fixture, "2026-03-10"));
}

/* ---- refusals ---------------------------------------------------------------------------------------- */

static void assert_refused(struct fixture *fixture, struct closure_facts facts, const char *field)
{
    struct closure closure;

    assert_int_equal(calendar_close(&fixture->ctx, &facts, &closure), ERROR_INVALID);
    assert_string_equal(fixture->ctx.error.fields->field, field);
    fixture_next(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM closed_day"), 0);
}

static void test_calendar_service__closures_that_cannot_be_are_refused(void **state)
{
    struct fixture *fixture = *state;

    assert_refused(fixture, facts_of(NULL, "2026-03-03", "2026-03-02", false), "last_day");
    assert_refused(fixture, facts_of(NULL, "1989-12-31", "1990-01-02", false), "first_day");
    assert_refused(fixture, facts_of(NULL, "2069-12-31", "2070-01-01", false), "last_day");
    assert_refused(fixture, facts_of(NULL, "2026-03-03", "2027-03-02", true), "last_day");
    assert_refused(fixture, facts_of(NULL, "2026-01-01", "2029-01-05", false), "last_day");
    enter(fixture, NULL, "2026-03-03", "2027-03-01", true);
    enter(fixture, NULL, "2026-01-01", "2029-01-04", false);
}

static void test_calendar_service__only_so_many_closures(void **state)
{
    struct fixture *fixture = *state;
    struct closure_facts facts = facts_of(NULL, "2026-03-03", "2026-03-03", false);
    struct closure closure;

    assert_int_equal(
        db_exec(&fixture->ctx,
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
                " INSERT INTO closed_day (uuid, kind, first_day, last_day, name, created_at, created_by)"
                " SELECT randomblob(16), 'closure', 20000 + i, 20000 + i, 'A day', 0, 'test' FROM n"),
        OK);
    assert_int_equal(calendar_close(&fixture->ctx, &facts, &closure), OK); /* the thousandth */
    fixture_next(fixture);
    assert_int_equal(calendar_close(&fixture->ctx, &facts, &closure), ERROR_CONFLICT);
    assert_string_equal(fixture->ctx.error.reasons->key, "max_closures");
    assert_int_equal(fixture->ctx.error.reasons->number, 1000);
}

static void assert_hours_refused(struct fixture *fixture, struct opening_hours hours, const char *type)
{
    assert_int_equal(calendar_set_hours(&fixture->ctx, &hours), ERROR_INVALID);
    assert_string_equal(fixture->ctx.error.fields->type, type);
    fixture_next(fixture);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM opening_hours"), 0);
}

static void test_calendar_service__openings_that_overlap_are_refused(void **state)
{
    struct fixture *fixture = *state;

    assert_hours_refused(fixture, (struct opening_hours){{{0, 600, 600}}, 1}, "order");
    assert_hours_refused(fixture, (struct opening_hours){{{0, 600, 720}, {0, 540, 601}}, 2}, "overlap");
    assert_hours_refused(fixture, (struct opening_hours){{{0, 600, 720}, {0, 600, 720}}, 2}, "overlap");
    const struct opening_hours touching = {{{1, 600, 720}, {0, 600, 720}, {0, 720, 800}}, 3};
    struct opening_hours stored;
    assert_int_equal(calendar_set_hours(&fixture->ctx, &touching), OK);
    assert_int_equal(calendar_hours(&fixture->ctx, &stored), OK);
    assert_int_equal(stored.count, 3);
    assert_int_equal(stored.items[0].opens, 600);
    assert_int_equal(stored.items[1].opens, 720);
    assert_int_equal(stored.items[2].weekday, 1);
}

/* ---- traces ------------------------------------------------------------------------------------------ */

static void test_calendar_service__changes_leave_audit_rows_and_events(void **state)
{
    struct fixture *fixture = *state;

    open_on(fixture, "0");
    open_on(fixture, "0");
    int64_t id = enter(fixture, "closure", "2026-12-24", "2026-12-26", true);
    assert_int_equal(calendar_reopen(&fixture->ctx, id), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'CalendarChanged'"), 3);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM audit_log WHERE action = 'opening_hours.changed'"
                                 " AND before = '{\"days\":null}'"
                                 " AND after = '{\"days\":\"Mon 09:00-18:00\"}'"),
                     1);
    assert_int_equal(
        fixture_int(fixture,
                    "SELECT count(*) FROM audit_log WHERE action = 'closure.added'"
                    " AND entity = 'closed_day' AND entity_id IS NULL AND after ="
                    " '{\"kind\":\"closure\",\"first_day\":\"2026-12-24\",\"last_day\":\"2026-12-26\","
                    "\"yearly\":\"true\",\"name\":\"A day\"}'"),
        1);
    assert_int_equal(
        fixture_int(fixture,
                    "SELECT count(*) FROM audit_log WHERE action = 'closure.removed'"
                    " AND entity_id IS NULL AND before LIKE '%2026-12-26%' AND after NOT LIKE '%2026%'"),
        1);
}

/* ---- --check ----------------------------------------------------------------------------------------- */

static void test_calendar_service__what_is_wrong_is_found_and_rebuilt(void **state)
{
    static const char *const damage[] = {
        "UPDATE calendar SET open = 1 WHERE day = 20517",
        "UPDATE calendar SET costs = costs + 1 WHERE day >= 20517",
        "DELETE FROM calendar WHERE day = 20517",
        "DELETE FROM calendar WHERE day >= 36524",
        "DELETE FROM calendar",
        "INSERT INTO calendar (day, open, costs) VALUES (36525, 1, 99)",
        "DELETE FROM opening_hours",
        "INSERT INTO setting (name, value, updated_at) VALUES ('fines_on_closed_days', 'on', 0)",
    };
    struct fixture *fixture = *state;

    open_on(fixture, "01234");
    enter(fixture, "closure", "2026-03-05", "2026-03-05", false); /* 20517 */
    assert_int_equal(findings(fixture), 0);
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        assert_int_equal(db_exec(&fixture->ctx, damage[i]), OK);
        assert_int_equal(findings(fixture), 1);
        assert_int_equal(calendar_rebuild(&fixture->ctx), OK);
        assert_int_equal(findings(fixture), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_calendar_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_library_is_always_open_and_keeps_no_rows),
        TEST(weekdays_without_hours_are_closed),
        TEST(an_opening_wins_over_closure_and_week_whatever_came_first),
        TEST(a_closure_wins_over_the_week),
        TEST(a_yearly_range_crosses_new_year_from_its_first_year_on),
        TEST(the_29th_of_february_falls_on_the_1st_of_march),
        TEST(closed_days_cost_nothing_unless_the_setting_says_so),
        TEST(what_is_due_on_a_closed_day_costs_from_the_first_open_one_on),
        TEST(a_flag_decides_from_the_start_on),
        TEST(where_the_calendar_ends_every_day_is_open_and_costs),
        TEST(a_loan_is_due_on_an_open_day),
        TEST(the_day_itself_when_none_is_near),
        TEST(each_day_says_what_decided_it),
        TEST(closures_that_cannot_be_are_refused),
        TEST(only_so_many_closures),
        TEST(openings_that_overlap_are_refused),
        TEST(changes_leave_audit_rows_and_events),
        TEST(what_is_wrong_is_found_and_rebuilt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
