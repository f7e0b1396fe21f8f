/*
 * test_calendar_model.c — random calendars against a model that knows no table and no ranges: it looks at one day,
 * asks every closure whether that day is one of its own, and counts one by one.
 */
#include "policies/calendar_sql.h"
#include "unit/policies/calendar_support.h"

SQL(FINE_DAYS_AS_LISTED, "SELECT " CALENDAR_FINE_DAYS(":due", ":back"));

static int64_t fine_days_as_listed(struct fixture *fixture, int32_t due, int32_t back)
{
    struct stmt *s = db_statement(&fixture->ctx, &FINE_DAYS_AS_LISTED);
    bool found = false;

    bind_int(s, ":due", due);
    bind_int(s, ":back", back);
    assert_int_equal(db_row(s, &found), OK);
    return column_int(s, 0);
}

#define MODEL_CLOSURES 12

struct model {
    bool week[WEEKDAYS];
    bool has_hours;
    bool closed_cost;
    struct closure_facts closures[MODEL_CLOSURES];
    bool entered[MODEL_CLOSURES];
    int64_t ids[MODEL_CLOSURES];
};

static uint64_t dice_state;

static int dice(int sides)
{
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((dice_state >> 33) % (uint64_t)sides);
}

/* 100 · month + day; the 29th of February is the 1st of March in years without one. */
static int date_in(int32_t day, int year)
{
    int its_year, month, day_of_month;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    clock_civil_from_day(day, &its_year, &month, &day_of_month);
    int date = 100 * month + day_of_month;
    return date == 229 && !leap ? 301 : date;
}

static int year_of(int32_t day)
{
    int year, month, day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    return year;
}

static bool is_day_of(const struct closure_facts *facts, int32_t day)
{
    if (!facts->yearly)
        return day >= facts->first_day && day <= facts->last_day;
    if (day < facts->first_day)
        return false;
    int year = year_of(day);
    int date = date_in(day, year);
    int from = date_in((int32_t)facts->first_day, year);
    int to = date_in((int32_t)facts->last_day, year);
    bool crosses = year_of((int32_t)facts->last_day) > year_of((int32_t)facts->first_day);
    return crosses ? date >= from || date <= to : date >= from && date <= to;
}

static bool model_is_open(const struct model *model, int32_t day)
{
    bool closed = false;

    for (size_t i = 0; i < MODEL_CLOSURES; i++) {
        if (!model->entered[i] || !is_day_of(&model->closures[i], day))
            continue;
        if (strcmp(model->closures[i].kind, "opening") == 0)
            return true;
        closed = true;
    }
    return !closed && (!model->has_hours || model->week[clock_weekday_of(day)]);
}

/* What is due on a day that was closed later counts as due on the first open one after, and costs from then on. */
static int64_t model_fine_days(const struct model *model, int32_t due, int32_t back)
{
    int64_t days = 0;
    int32_t counts_as = due;

    while (!model_is_open(model, counts_as) && counts_as < CALENDAR_LAST_DAY)
        counts_as++;
    if (model_is_open(model, counts_as))
        due = counts_as;
    for (int32_t day = due + 1; day <= back; day++)
        days += model->closed_cost || model_is_open(model, day);
    return days;
}

/* From 2026 on: closures begin in the first 900 days, often about the leap day, so that they meet each other. */
static int32_t any_day(void)
{
    int32_t february = 0;

    if (dice(2) > 0)
        return 20454 + dice(3000);
    assert_true(clock_day_from_civil(2026 + dice(9), 2, 28, &february));
    return february + dice(3);
}

static int32_t any_first_day(void)
{
    return dice(4) > 0 ? 20454 + dice(900) : 21243 - dice(3);
}

static void change_something(struct fixture *fixture, struct model *model)
{
    struct closure closure;
    char weekdays[WEEKDAYS + 1];
    size_t count = 0;
    size_t which = (size_t)dice(MODEL_CLOSURES);

    switch (dice(5)) {
    case 0:
        model->has_hours = false;
        for (int day = 0; day < WEEKDAYS; day++) {
            model->week[day] = dice(4) > 0;
            model->has_hours = model->has_hours || model->week[day];
            if (model->week[day])
                weekdays[count++] = (char)('0' + day);
        }
        weekdays[count] = '\0';
        open_on(fixture, weekdays);
        break;
    case 1:
        model->closed_cost = !model->closed_cost;
        fines_on_closed_days(fixture, model->closed_cost ? "on" : "off");
        break;
    default:
        if (model->entered[which]) {
            assert_int_equal(calendar_reopen(&fixture->ctx, model->ids[which]), OK);
            model->entered[which] = false;
            break;
        }
        model->closures[which] = (struct closure_facts){.kind = dice(3) > 0 ? "closure" : "opening",
                                                        .first_day = any_first_day(),
                                                        .yearly = dice(2) > 0,
                                                        .name = "A day"};
        model->closures[which].last_day = model->closures[which].first_day + dice(dice(3) > 0 ? 12 : 300);
        assert_int_equal(calendar_close(&fixture->ctx, &model->closures[which], &closure), OK);
        model->ids[which] = closure.id;
        model->entered[which] = true;
    }
    fixture_next(fixture);
}

static void compare_with_model(struct fixture *fixture, const struct model *model)
{
    for (int i = 0; i < 100; i++) {
        int32_t due = any_day();
        int32_t back = due + dice(60) - 5;
        int32_t next = 0;
        assert_int_equal(is_open_in_table(fixture, due), model_is_open(model, due));
        int64_t days = model_fine_days(model, due, back);
        assert_int_equal(fine_days(fixture, due, back), days);
        assert_int_equal(fine_days_as_listed(fixture, due, back), days);
        int32_t due_open = due;
        while (!model_is_open(model, due_open) && due_open <= due + CALENDAR_SEARCH_DAYS)
            due_open++;
        assert_int_equal(calendar_next_open(&fixture->ctx, due, &next), OK);
        assert_int_equal(next, due_open > due + CALENDAR_SEARCH_DAYS ? due : due_open);
    }
}

static void test_calendar_model__random_calendars_are_as_a_naive_model_says(void **state)
{
    struct fixture *fixture = *state;

    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct model model = {.has_hours = false};
        dice_state = seed;
        assert_int_equal(db_exec(&fixture->ctx, "DELETE FROM closed_day"), OK);
        open_on(fixture, "0");
        open_on(fixture, "");
        fines_on_closed_days(fixture, NULL);
        for (int i = 0; i < 15; i++) {
            change_something(fixture, &model);
            compare_with_model(fixture, &model);
            fixture_next(fixture);
        }
        assert_int_equal(findings(fixture), 0);
        fixture_commit(fixture);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_calendar_model__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(random_calendars_are_as_a_naive_model_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
