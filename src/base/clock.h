/*
 * clock.h — instants, deadlines and the days of the library.
 *
 * Instants are int64_t milliseconds since 1970-01-01T00:00:00Z. Days are int32_t counts of civil days
 * since 1970-01-01 in the library's own time zone; due dates, closures and daily counts follow them.
 * Durations and deadlines use the monotonic clock, so that setting the clock never ends or prolongs one.
 *
 * Civil days: add days to the *date*, then convert with the zone. Never add 86,400 s to an instant.
 * Day arithmetic after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"; text after RFC 3339.
 */
#ifndef CARREL_BASE_CLOCK_H
#define CARREL_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define MS_PER_SECOND 1000
#define MS_PER_DAY 86400000

/* The wall clock as the machine has it, or as a test's file has it. */
int64_t clock_now_ms(void);

/*
 * For tests that live through months in seconds: from now on the wall clock stands at the instant that the file at
 * `path` begins with ("2026-11-22T09:30:00.000Z": UTC with milliseconds, 24 characters), and moves when the file
 * does. It is read each time anybody asks, and goes forward only: what is earlier than what was read before, or
 * not an instant, is passed over. With a '<' right after the instant it goes back, as the clock of a machine does that
 * somebody sets, or whose battery is empty. False when the file cannot be read or does not begin so: nothing has changed then.
 * Monotonic time is not touched. To be called before threads start, and never in a library that is in use:
 * app_follow_test_clock() refuses it unless the environment is `test`.
 */
bool clock_follow_file(const char *path);

/* Never runs backwards; only differences mean anything. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/*
 * `now` for the library: max(wall clock, the latest instant ever passed here), so that a machine without
 * a clock battery never returns a book before it was lent. Seed it at start with the last recorded
 * instant of the file. Thread-safe.
 */
int64_t clock_library_now(int64_t last_recorded_ms);

/*
 * The same for a library that is opened: what was recorded in one that was open before counts no longer, so that a backup
 * from before a clock went wrong brings the time back as well.
 */
int64_t clock_library_begin(int64_t last_recorded_ms);

/* Something was recorded at this instant: from now on clock_library_now() is not before it. Thread-safe. */
void clock_note_recorded(int64_t instant_ms);

/* By how much the wall clock is behind the library's time (0 when it is not): the clock is wrong. */
int64_t clock_behind_ms(void);

/*
 * Sets the library's zone: an IANA name ("Europe/Berlin") or NULL for the machine's. To be called
 * before threads start, or when they have ended: the C library keeps one zone per process. False when the system has no such
 * zone (no tzdata, or a misspelt name); UTC is then in force.
 */
bool clock_set_zone(const char *zone);

/* Has this machine rules for the zone (tzdata)? */
bool clock_zone_is_known(const char *zone);

/*
 * A number for the days of the zone in force: another zone, or the same with other rules, has another one unless the
 * months from 1970 to 2069 begin at the same instants in both.
 */
int64_t clock_zone_print(void);

/* The day on which an instant falls in the library's zone. */
int32_t clock_day_of(int64_t instant_ms);

/* The first and the last millisecond of a day in the library's zone. */
int64_t clock_day_start(int32_t day);
int64_t clock_day_end(int32_t day);

/* Hour of the day (0–23) and day of the week (0 = Monday) in the library's zone. */
int clock_hour_of(int64_t instant_ms);
int clock_weekday_of(int32_t day);

/* Proleptic Gregorian calendar ↔ day number; zone-free. False when there is no such date. */
bool clock_day_from_civil(int year, int month, int day_of_month, int32_t *out_day);
void clock_civil_from_day(int32_t day, int *out_year, int *out_month, int *out_day_of_month);

/* RFC 3339. Instants are written in UTC with milliseconds: "2026-11-22T09:30:00.000Z" (24 characters). */
#define CLOCK_INSTANT_SIZE 32
#define CLOCK_DAY_SIZE 16
void clock_format_instant(int64_t instant_ms, char out[CLOCK_INSTANT_SIZE]);
void clock_format_day(int32_t day, char out[CLOCK_DAY_SIZE]); /* "2026-11-22" */

/* Any RFC 3339 date-time with Z or an offset, fraction optional; whole string or false. Years 1–9999. */
bool clock_parse_instant(const char *text, int64_t *out_instant_ms);
bool clock_parse_day(const char *text, int32_t *out_day); /* YYYY-MM-DD */

/*
 * A moment as the clock on the library's wall shows it: "2026-11-22 14:30", also with seconds or a T between. Of an
 * hour that comes twice, or never, the C library's choice.
 */
bool clock_parse_local(const char *text, int64_t *out_instant_ms);

/*
 * The moment `ms` from now, for pthread_cond_clockwait(…, CLOCK_MONOTONIC, …): no wait ends early, or goes on for
 * hours, because somebody sets the clock.
 */
struct timespec clock_monotonic_after(int64_t ms);

void clock_sleep_ms(int64_t ms);

#endif
