/*
 * opening.h — when the invented library is open: its week, its closures, and the days of the plan laid out by them.
 */
#ifndef CARREL_SEEDER_OPENING_H
#define CARREL_SEEDER_OPENING_H

#include "base/arena.h"
#include "policies/calendar_days.h"

/* One day of the plan. */
struct plan_day {
    int64_t starts;        /* instant */
    int32_t opens, closes; /* ms after that; the same on a closed day */
    int32_t next_open;     /* the day itself when it is open */
    int32_t costs;         /* days that cost a fine, from the first up to and including this one */
};

struct plan_days {
    int32_t first, last;
    struct plan_day *days;
};

/* The week and closures of a library that was founded on one day and is seen on another. In the arena. */
const struct calendar_facts *opening_facts(struct arena *arena, int32_t founded, int32_t today);

/* `facts` NULL: open every day, from nine to six. In the arena. */
const struct plan_days *opening_days(struct arena *arena, const struct calendar_facts *facts,
                                     bool closed_days_cost, int32_t first, int32_t last);

static inline const struct plan_day *plan_day(const struct plan_days *days, int32_t day)
{
    return &days->days[day - days->first];
}

/* The day itself or the first open one after it; where that would be past `last`, the last open one up to `last`. */
int32_t opening_day_by(const struct plan_days *days, int32_t day, int32_t last);

#endif
