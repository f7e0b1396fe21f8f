/*
 * opening.c — a week as town libraries have it, closed on Sunday and Monday, and what a decade brings: Christmas, a
 * quiet week in summer, a repair, a feast.
 */
#include "seeder/opening.h"

#include <assert.h>

#include "base/clock.h"

#define MS_PER_MINUTE 60000
#define OPENS_MINUTES (9 * 60) /* where no week says when */
#define CLOSES_MINUTES (18 * 60)

/* Weekday (0: Monday), from, to. */
static const struct opening week[] = {
    {1, 10 * 60, 18 * 60}, {2, 10 * 60, 18 * 60}, {3, 10 * 60, 20 * 60},
    {4, 10 * 60, 18 * 60}, {5, 10 * 60, 14 * 60},
};

/* Of every year: month and day, from and to. */
static const struct {
    const char *name;
    int from_month, from_day, to_month, to_day;
} yearly[] = {
    {"Christmas and New Year", 12, 24, 1, 1},
    {"Summer closing", 8, 3, 8, 8},
    {"Labour Day", 5, 1, 5, 1},
};

/* Dated ones, in turn. */
static const struct {
    const char *name;
    const char *kind;
    int month, day, days;
} dated[] = {
    {"Stock-taking", CLOSURE_KIND_CLOSURE, 2, 10, 3},   {"Staff training", CLOSURE_KIND_CLOSURE, 4, 14, 1},
    {"Heating repair", CLOSURE_KIND_CLOSURE, 1, 21, 4}, {"Reading feast", CLOSURE_KIND_OPENING, 9, 20, 1},
    {"Water damage", CLOSURE_KIND_CLOSURE, 10, 6, 6},
};

#define YEARLY (sizeof yearly / sizeof yearly[0])
#define DATED (sizeof dated / sizeof dated[0])

static int32_t day_of(int year, int month, int day_of_month)
{
    int32_t day = 0;
    bool exists = clock_day_from_civil(year, month, day_of_month, &day);

    assert(exists);
    (void)exists;
    return day;
}

static void year_and_month(int32_t day, int *out_year, int *out_month)
{
    int day_of_month;

    clock_civil_from_day(day, out_year, out_month, &day_of_month);
}

/* ---- facts ------------------------------------------------------------------------------------------------- */

static struct closure_facts yearly_one(size_t which, int year)
{
    bool crosses = yearly[which].to_month < yearly[which].from_month;

    return (struct closure_facts){
        .kind = CLOSURE_KIND_CLOSURE,
        .first_day = day_of(year, yearly[which].from_month, yearly[which].from_day),
        .last_day = day_of(year + crosses, yearly[which].to_month, yearly[which].to_day),
        .yearly = true,
        .name = yearly[which].name,
    };
}

static struct closure_facts dated_one(size_t which, int year)
{
    int32_t first = day_of(year, dated[which].month, dated[which].day);

    return (struct closure_facts){.kind = dated[which].kind,
                                  .first_day = first,
                                  .last_day = first + dated[which].days - 1,
                                  .name = dated[which].name};
}

const struct calendar_facts *opening_facts(struct arena *arena, int32_t founded, int32_t today)
{
    struct calendar_facts *facts = arena_alloc(arena, sizeof *facts);
    int from, to, month;
    size_t count = 0;

    year_and_month(founded, &from, &month);
    year_and_month(today, &to, &month);
    struct closure *closures = arena_alloc_array(arena, YEARLY + (size_t)(to - from) + 2, sizeof *closures);
    for (size_t i = 0; i < sizeof week / sizeof week[0]; i++)
        facts->hours.items[facts->hours.count++] = week[i];
    for (size_t i = 0; i < YEARLY; i++)
        closures[count++].facts = yearly_one(i, from);
    for (int year = from; year <= to; year++)
        closures[count++].facts = dated_one((size_t)(year - from) % DATED, year);
    facts->closures = closures;
    facts->closure_count = count;
    return facts;
}

/* ---- days -------------------------------------------------------------------------------------------------- */

static void set_hours(struct plan_day *day, const struct calendar_facts *facts, int weekday)
{
    int64_t opens = 24 * 60, closes = 0;

    for (size_t i = 0; facts && i < facts->hours.count; i++) {
        const struct opening *opening = &facts->hours.items[i];
        if (opening->weekday != weekday)
            continue;
        opens = opening->opens < opens ? opening->opens : opens;
        closes = opening->closes > closes ? opening->closes : closes;
    }
    if (closes == 0) { /* open although the week does not say when */
        opens = OPENS_MINUTES;
        closes = CLOSES_MINUTES;
    }
    day->opens = (int32_t)opens * MS_PER_MINUTE;
    day->closes = (int32_t)closes * MS_PER_MINUTE;
}

const struct plan_days *opening_days(struct arena *arena, const struct calendar_facts *facts,
                                     bool closed_days_cost, int32_t first, int32_t last)
{
    struct plan_days *days = arena_alloc(arena, sizeof *days);
    size_t count = (size_t)(last - first) + 1;

    *days = (struct plan_days){first, last, arena_alloc_array(arena, count, sizeof *days->days)};
    const struct calendar_days *laid = facts ? calendar_days_lay(arena, facts, first, last) : NULL;
    for (size_t i = 0; i < count; i++) {
        struct plan_day *day = &days->days[i];
        int32_t number = first + (int32_t)i;
        bool is_open = !laid || calendar_days_at(laid, number)->open;
        day->starts = clock_day_start(number);
        if (is_open)
            set_hours(day, facts, clock_weekday_of(number));
        day->costs = (i ? day[-1].costs : 0) + (is_open || closed_days_cost);
    }
    int32_t next = last;
    for (size_t i = count; i-- > 0; days->days[i].next_open = next)
        if (days->days[i].closes > 0)
            next = first + (int32_t)i;
    return days;
}

int32_t opening_day_by(const struct plan_days *days, int32_t day, int32_t last)
{
    int32_t next = plan_day(days, day)->next_open;

    if (next <= last)
        return next;
    for (next = last; next > days->first && plan_day(days, next)->next_open != next; next--)
        ;
    return next;
}
