/*
 * calendar_days.c — from opening hours and closures to days. Weaker words are laid down first and stronger ones
 * over them, so that the precedence is the order of three loops.
 */
#include "policies/calendar_days.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

static bool is_opening(const struct closure_facts *facts)
{
    return facts->kind && strcmp(facts->kind, CLOSURE_KIND_OPENING) == 0;
}

/* The same date so many years later. */
static int32_t years_later(int32_t day, int years)
{
    int year, month, day_of_month;
    int32_t later = day;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    if (!clock_day_from_civil(year + years, month, day_of_month, &later))
        (void)clock_day_from_civil(year + years, 3, 1, &later);
    return later;
}

bool closure_turn(const struct closure_facts *facts, int turn, int32_t *out_first, int32_t *out_last)
{
    if (turn > 0 && !facts->yearly)
        return false;
    int32_t first = years_later((int32_t)facts->first_day, turn);
    if (first > CALENDAR_LAST_DAY)
        return false;
    *out_first = first;
    *out_last = years_later((int32_t)facts->last_day, turn);
    if (*out_last > CALENDAR_LAST_DAY)
        *out_last = CALENDAR_LAST_DAY;
    return true;
}

bool calendar_facts_close(const struct calendar_facts *facts)
{
    bool closes = facts->hours.count > 0;

    for (size_t i = 0; i < facts->closure_count && !closes; i++)
        closes = !is_opening(&facts->closures[i].facts);
    return closes;
}

static void lay_week(struct calendar_days *days, const struct opening_hours *hours)
{
    bool open[WEEKDAYS] = {false};

    for (size_t i = 0; i < hours->count; i++)
        open[hours->items[i].weekday] = true;
    for (int32_t day = days->first; day <= days->last; day++)
        days->days[day - days->first].open = hours->count == 0 || day < CALENDAR_FIRST_DAY ||
                                             day > CALENDAR_LAST_DAY || open[clock_weekday_of(day)];
}

static void lay_closure(struct calendar_days *days, const struct closure *closure)
{
    int32_t first, last;

    for (int turn = 0; closure_turn(&closure->facts, turn, &first, &last) && first <= days->last; turn++) {
        if (first < days->first)
            first = days->first;
        if (last > days->last)
            last = days->last;
        for (int32_t day = first; day <= last; day++)
            days->days[day - days->first] = (struct calendar_day){closure, is_opening(&closure->facts)};
    }
}

static void lay_closures(struct calendar_days *days, const struct calendar_facts *facts, bool openings)
{
    for (size_t i = 0; i < facts->closure_count; i++)
        if (is_opening(&facts->closures[i].facts) == openings)
            lay_closure(days, &facts->closures[i]);
}

struct calendar_days *calendar_days_lay(struct arena *arena, const struct calendar_facts *facts,
                                        int32_t first, int32_t last)
{
    struct calendar_days *days = arena_alloc(arena, sizeof *days);

    assert(first <= last && last - first <= CALENDAR_LAST_DAY - CALENDAR_FIRST_DAY);
    *days = (struct calendar_days){.first = first, .last = last};
    days->days = arena_alloc_array(arena, (size_t)(last - first) + 1, sizeof *days->days);
    lay_week(days, &facts->hours);
    lay_closures(days, facts, false);
    lay_closures(days, facts, true);
    return days;
}

const struct calendar_day *calendar_days_at(const struct calendar_days *days, int32_t day)
{
    return day < days->first || day > days->last ? NULL : &days->days[day - days->first];
}

int32_t calendar_days_next_open(const struct calendar_days *days, int32_t day)
{
    for (int32_t at = day; at <= days->last; at++) {
        const struct calendar_day *found = calendar_days_at(days, at);
        if (!found || found->open)
            return at;
    }
    return day;
}
