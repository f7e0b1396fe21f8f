/*
 * calendar_days.h — the days of a range as the week and the closures give them: pure arithmetic.
 *
 * The table `calendar` is what this gives for CALENDAR_FIRST_DAY … CALENDAR_LAST_DAY. Here it can be asked of
 * closures that are not entered yet.
 */
#ifndef CARREL_POLICIES_CALENDAR_DAYS_H
#define CARREL_POLICIES_CALENDAR_DAYS_H

#include "base/ctx.h"
#include "policies/calendar.h"

/* Everything that decides. Closures in the order in which they were entered: of several, the last gives the reason. */
struct calendar_facts {
    struct opening_hours hours;
    const struct closure *closures;
    size_t closure_count;
};

struct calendar_day {
    const struct closure *reason; /* that decided; NULL: the ordinary week */
    bool open;
};

struct calendar_days {
    int32_t first, last;
    struct calendar_day *days;
};

/* The days first … last (at most those of the table `calendar` at once), in the arena. */
struct calendar_days *calendar_days_lay(struct arena *arena, const struct calendar_facts *facts,
                                        int32_t first, int32_t last);

/* NULL outside of the range. */
const struct calendar_day *calendar_days_at(const struct calendar_days *days, int32_t day);

/* The day itself or the first open one after; the day itself when there is none in the range. */
int32_t calendar_days_next_open(const struct calendar_days *days, int32_t day);

/*
 * The days of a closure when it comes for time number `turn`, from 0: its own, then year after year. False when
 * there is no such turn (it is not yearly) or the turn begins after CALENDAR_LAST_DAY.
 */
bool closure_turn(const struct closure_facts *facts, int turn, int32_t *out_first, int32_t *out_last);

/* Does anything of this close a day? If not, all days are open. */
bool calendar_facts_close(const struct calendar_facts *facts);

#endif
