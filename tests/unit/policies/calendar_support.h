/*
 * calendar_support.h — a library with a calendar, for the tests of it.
 */
#ifndef TESTS_CALENDAR_SUPPORT_H
#define TESTS_CALENDAR_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "db/engine.h"
#include "policies/calendar_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static inline int set_up(void **state)
{
    settings_forget();
    settings_follow(SETTING_FINES_ON_CLOSED_DAYS, calendar_follow_setting);
    *state = fixture_new();
    return 0;
}

static inline int tear_down(void **state)
{
    settings_follow(SETTING_FINES_ON_CLOSED_DAYS, NULL);
    fixture_free(*state);
    return 0;
}

static inline void open_on(struct fixture *fixture,
                           const char *weekdays) /* "024": Monday, Wednesday, Friday */
{
    struct opening_hours hours = {.count = 0};

    for (; *weekdays; weekdays++)
        hours.items[hours.count++] = (struct opening){*weekdays - '0', 540, 1080};
    assert_int_equal(calendar_set_hours(&fixture->ctx, &hours), OK);
    fixture_next(fixture);
}

/* A day without a row is open. */
static inline bool is_open_in_table(struct fixture *fixture, int32_t day)
{
    return fixture_int(fixture, arena_printf(fixture->ctx.arena,
                                             "SELECT coalesce((SELECT open FROM calendar WHERE day = %d), 1)",
                                             (int)day)) != 0;
}

static inline int64_t fine_days(struct fixture *fixture, int32_t due, int32_t back)
{
    int64_t days = -1;

    assert_int_equal(calendar_fine_days(&fixture->ctx, due, back, &days), OK);
    return days;
}

static inline void count_finding(void *argument, const char *finding)
{
    assert_non_null(strstr(finding, "The calendar is not as opening hours and closures give it"));
    ++*(int *)argument;
}

static inline int findings(struct fixture *fixture)
{
    int count = 0;

    assert_int_equal(calendar_check(&fixture->ctx, count_finding, &count), OK);
    fixture_next(fixture);
    return count;
}

static inline void fines_on_closed_days(struct fixture *fixture, const char *value)
{
    assert_int_equal(settings_set(&fixture->ctx, "fines_on_closed_days", value), OK);
    fixture_next(fixture);
}

#endif
