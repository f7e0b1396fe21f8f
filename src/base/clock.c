/*
 * clock.c — the machine's clocks, the library's days, RFC 3339.
 *
 * The zone is the C library's (TZ and tzset): it reads the system's zone files, in a static binary too,
 * and is UTC where there are none. Calendar arithmetic is our own and free of zones; the C library is asked
 * only for what a zone decides: the local time of an instant.
 */
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_PER_DAY 86400
#define YEAR_MIN 1
#define YEAR_MAX 9999
#define ZONE_PATH_SIZE 256
#define INSTANT_LENGTH 24 /* as clock_format_instant() writes it */

static _Atomic int64_t latest_recorded_ms = INT64_MIN;

/* A test's clock: its file, the machine's clock when there is none, and the latest instant it has shown. */
static int test_file = -1;
static _Atomic int64_t test_instant_ms = INT64_MIN;

/* ---- clocks ------------------------------------------------------------------------------------- */

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec time;
    int failed = clock_gettime(clock, &time);
    assert(!failed);
    (void)failed;
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static bool read_instant(int file, int64_t *out_instant_ms, bool *out_may_go_back)
{
    char text[INSTANT_LENGTH + 2] = "";
    ssize_t length = pread(file, text, INSTANT_LENGTH + 1, 0);

    *out_may_go_back = text[INSTANT_LENGTH] == '<';
    text[INSTANT_LENGTH] = '\0';
    return length >= INSTANT_LENGTH && clock_parse_instant(text, out_instant_ms);
}

/* The later of the two, kept in `latest`. */
static int64_t advance(_Atomic int64_t *latest, int64_t instant_ms)
{
    int64_t known = atomic_load(latest);

    while (known < instant_ms && !atomic_compare_exchange_weak(latest, &known, instant_ms)) {
    }
    return known < instant_ms ? instant_ms : known;
}

int64_t clock_now_ms(void)
{
    int64_t shown;
    bool may_go_back;

    if (test_file < 0)
        return read_clock_us(CLOCK_REALTIME) / 1000;
    if (!read_instant(test_file, &shown, &may_go_back))
        return atomic_load(&test_instant_ms);
    if (!may_go_back)
        return advance(&test_instant_ms, shown);
    atomic_store(&test_instant_ms, shown);
    return shown;
}

bool clock_follow_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int64_t shown;
    bool may_go_back;

    if (file < 0)
        return false;
    if (!read_instant(file, &shown, &may_go_back)) {
        close(file);
        return false;
    }
    advance(&test_instant_ms, shown);
    if (test_file >= 0)
        close(test_file);
    test_file = file;
    return true;
}

int64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_clock_us(CLOCK_MONOTONIC);
}

int64_t clock_library_now(int64_t last_recorded_ms)
{
    int64_t latest = advance(&latest_recorded_ms, last_recorded_ms);
    int64_t now = clock_now_ms();
    return now > latest ? now : latest;
}

int64_t clock_library_begin(int64_t last_recorded_ms)
{
    atomic_store(&latest_recorded_ms, last_recorded_ms);
    return clock_library_now(last_recorded_ms);
}

void clock_note_recorded(int64_t instant_ms)
{
    advance(&latest_recorded_ms, instant_ms);
}

int64_t clock_behind_ms(void)
{
    int64_t latest = atomic_load(&latest_recorded_ms);
    int64_t now = clock_now_ms();
    return latest > now ? latest - now : 0;
}

struct timespec clock_monotonic_after(int64_t ms)
{
    int64_t at_us = clock_monotonic_us() + ms * 1000;

    return (struct timespec){.tv_sec = (time_t)(at_us / 1000000), .tv_nsec = (long)(at_us % 1000000) * 1000};
}

void clock_sleep_ms(int64_t ms)
{
    if (ms <= 0) {
        return;
    }
    struct timespec left = {.tv_sec = (time_t)(ms / MS_PER_SECOND),
                            .tv_nsec = (long)(ms % MS_PER_SECOND) * 1000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}

/* ---- the zone ----------------------------------------------------------------------------------- */

/* IANA names are letters, digits, '_', '+', '-' between slashes: nothing that could leave the directory. */
static bool is_zone_name(const char *zone)
{
    if (*zone == '\0' || *zone == '/') {
        return false;
    }
    for (const char *at = zone; *at; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        bool digit = *at >= '0' && *at <= '9';
        if (!letter && !digit && !strchr("_+-/", *at)) {
            return false;
        }
    }
    return true;
}

/* The C library takes any name and falls back to UTC in silence, so we look for ourselves. */
static bool zone_exists(const char *zone)
{
    const char *directory = getenv("TZDIR");
    char path[ZONE_PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", directory ? directory : "/usr/share/zoneinfo", zone);
    if (!is_zone_name(zone) || length < 0 || (size_t)length >= sizeof path) {
        return false;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    char magic[4];
    bool found = read(file, magic, sizeof magic) == (ssize_t)sizeof magic && memcmp(magic, "TZif", 4) == 0;
    close(file);
    return found;
}

bool clock_zone_is_known(const char *zone)
{
    return strcmp(zone, "UTC") == 0 || zone_exists(zone);
}

#define MACHINE_ZONE_BYTES 256

bool clock_set_zone(const char *zone)
{
    static char machine_zone[MACHINE_ZONE_BYTES]; /* as the program was started; "": there was none */
    static bool is_kept;
    bool found = !zone || clock_zone_is_known(zone);

    if (!is_kept) {
        const char *given = getenv("TZ");
        snprintf(machine_zone, sizeof machine_zone, "%s", !given ? "" : *given ? given : "UTC0");
        is_kept = true;
    }
    const char *value = zone ? (found && strcmp(zone, "UTC") != 0 ? zone : "UTC0") : machine_zone;
    /* Another library may have set one before: a backup that took its place may have none. */
    if ((*value ? setenv("TZ", value, 1) : unsetenv("TZ")) != 0) {
        fputs("clock: out of memory\n", stderr);
        abort();
    }
    tzset();
    return found;
}

/* ---- the calendar ------------------------------------------------------------------------------- */

static int64_t divide_down(int64_t dividend, int64_t divisor)
{
    return dividend / divisor - (dividend % divisor < 0);
}

/* Days from 1970-01-01. Years begin in March, so that the leap day is the last of its year. */
static int64_t count_days(int64_t year, int month, int day_of_month)
{
    year -= month <= 2;
    int64_t era = divide_down(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day_of_month - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void split_day(int64_t day, int64_t *out_year, int *out_month, int *out_day_of_month)
{
    day += 719468;
    int64_t era = divide_down(day, 146097);
    int64_t day_of_era = day - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *out_day_of_month = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    *out_month = (int)(month < 10 ? month + 3 : month - 9);
    *out_year = year_of_era + era * 400 + (*out_month <= 2);
}

bool clock_day_from_civil(int year, int month, int day_of_month, int32_t *out_day)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day_of_month < 1 || day_of_month > month_days[month - 1] + (month == 2 && leap)) {
        return false;
    }
    int64_t day = count_days(year, month, day_of_month);
    if (day < INT32_MIN || day > INT32_MAX) {
        return false;
    }
    *out_day = (int32_t)day;
    return true;
}

void clock_civil_from_day(int32_t day, int *out_year, int *out_month, int *out_day_of_month)
{
    int64_t year;
    split_day(day, &year, out_month, out_day_of_month);
    *out_year = (int)year;
}

int clock_weekday_of(int32_t day)
{
    return (int)(((int64_t)day % 7 + 7 + 3) % 7); /* day 0 was a Thursday */
}

/* ---- days of the zone --------------------------------------------------------------------------- */

static struct tm to_local(int64_t second)
{
    time_t time = (time_t)second;
    struct tm local;
    struct tm *done = localtime_r(&time, &local);
    assert(done); /* fails only past the year 2,147,483,647 */
    (void)done;
    return local;
}

static int64_t find_day(int64_t second)
{
    struct tm local = to_local(second);
    return count_days((int64_t)local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

int32_t clock_day_of(int64_t instant_ms)
{
    int64_t day = find_day(divide_down(instant_ms, MS_PER_SECOND));
    assert(day >= INT32_MIN && day <= INT32_MAX);
    return (int32_t)day;
}

int clock_hour_of(int64_t instant_ms)
{
    return to_local(divide_down(instant_ms, MS_PER_SECOND)).tm_hour;
}

/*
 * The first second of `day`, by bisection between an instant that is surely before it and one that is
 * surely not. A day the zone skipped (Samoa, 2011-12-30) begins where the next one does.
 */
static int64_t search_day_start(int32_t day)
{
    int64_t before = ((int64_t)day - 2) * SECONDS_PER_DAY;
    int64_t after = ((int64_t)day + 2) * SECONDS_PER_DAY;
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (find_day(middle) < day) {
            before = middle;
        } else {
            after = middle;
        }
    }
    return after;
}

int64_t clock_day_start(int32_t day)
{
    int64_t year;
    struct tm midnight = {.tm_isdst = -1};
    split_day(day, &year, &midnight.tm_mon, &midnight.tm_mday);
    midnight.tm_mon -= 1;
    midnight.tm_year = (int)(year - 1900);
    int64_t second = (int64_t)mktime(&midnight);
    /* Where midnight does not exist or comes twice, mktime() chooses for itself. */
    if (find_day(second) != day || find_day(second - 1) >= day) {
        second = search_day_start(day);
    }
    return second * MS_PER_SECOND;
}

int64_t clock_day_end(int32_t day)
{
    assert(day < INT32_MAX);
    return clock_day_start(day + 1) - 1;
}

int64_t clock_zone_print(void)
{
    uint64_t print = 0;

    for (int year = 1970; year < 2070; year++) {
        for (int month = 1; month <= 12; month++) {
            int32_t first = (int32_t)count_days(year, month, 1);
            print = (print ^ (uint64_t)clock_day_start(first)) * 0x9e3779b97f4a7c15u;
        }
    }
    return (int64_t)print;
}

/* ---- text --------------------------------------------------------------------------------------- */

/* `count` digits, with zeros before them. Where the next goes. */
static char *put_digits(char *to, int count, int value)
{
    for (int i = count - 1; i >= 0; i--, value /= 10) {
        to[i] = (char)('0' + value % 10);
    }
    return to + count;
}

static char *put_byte(char *to, char byte)
{
    *to = byte;
    return to + 1;
}

/* "2026-11-22" */
static char *put_day(char *to, int year, int month, int day_of_month)
{
    to = put_byte(put_digits(to, 4, year), '-');
    to = put_byte(put_digits(to, 2, month), '-');
    return put_digits(to, 2, day_of_month);
}

/* Digit by digit: every row of every list has a few instants, and printf takes ten times as long. */
void clock_format_instant(int64_t instant_ms, char out[CLOCK_INSTANT_SIZE])
{
    int64_t day = divide_down(instant_ms, MS_PER_DAY);
    int ms = (int)((instant_ms % MS_PER_DAY + MS_PER_DAY) % MS_PER_DAY);
    int64_t year;
    int month;
    int day_of_month;
    split_day(day, &year, &month, &day_of_month);
    if (year < 0 || year > YEAR_MAX) {
        snprintf(out, CLOCK_INSTANT_SIZE, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
                 day_of_month, ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
        return;
    }
    char *to = put_byte(put_day(out, (int)year, month, day_of_month), 'T');
    to = put_byte(put_digits(to, 2, ms / 3600000), ':');
    to = put_byte(put_digits(to, 2, ms / 60000 % 60), ':');
    to = put_byte(put_digits(to, 2, ms / 1000 % 60), '.');
    to = put_byte(put_digits(to, 3, ms % 1000), 'Z');
    *to = '\0';
}

void clock_format_day(int32_t day, char out[CLOCK_DAY_SIZE])
{
    int64_t year;
    int month;
    int day_of_month;
    split_day(day, &year, &month, &day_of_month);
    if (year < 0 || year > YEAR_MAX) {
        snprintf(out, CLOCK_DAY_SIZE, "%04" PRId64 "-%02d-%02d", year, month, day_of_month);
        return;
    }
    *put_day(out, (int)year, month, day_of_month) = '\0';
}

/* Exactly `count` digits at *at, which moves past them. */
static bool read_digits(const char **at, int count, int *out_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char digit = (*at)[i];
        if (digit < '0' || digit > '9') {
            return false;
        }
        value = value * 10 + (digit - '0');
    }
    *at += count;
    *out_value = value;
    return true;
}

static bool read_char(const char **at, char expected)
{
    if (**at != expected) {
        return false;
    }
    *at += 1;
    return true;
}

static bool read_day(const char **at, int32_t *out_day)
{
    int year;
    int month;
    int day_of_month;
    return read_digits(at, 4, &year) && read_char(at, '-') && read_digits(at, 2, &month) &&
           read_char(at, '-') && read_digits(at, 2, &day_of_month) && year >= YEAR_MIN &&
           clock_day_from_civil(year, month, day_of_month, out_day);
}

/* Seconds of the day, 60 allowed in the last place for a leap second. */
static bool read_time(const char **at, int *out_seconds, bool *out_leap)
{
    int hour;
    int minute;
    int second;
    if (!read_digits(at, 2, &hour) || !read_char(at, ':') || !read_digits(at, 2, &minute) ||
        !read_char(at, ':') || !read_digits(at, 2, &second) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    *out_seconds = (hour * 60 + minute) * 60 + second;
    *out_leap = second == 60;
    return true;
}

/* An optional fraction; what is finer than a millisecond is dropped. */
static bool read_fraction(const char **at, int *out_ms)
{
    *out_ms = 0;
    if (!read_char(at, '.')) {
        return true;
    }
    int digits = 0;
    for (int value; read_digits(at, 1, &value); digits++) {
        if (digits < 3) {
            *out_ms = *out_ms * 10 + value;
        }
    }
    for (int i = digits; i < 3; i++) {
        *out_ms *= 10;
    }
    return digits > 0;
}

static bool read_offset(const char **at, int *out_seconds)
{
    if (read_char(at, 'Z') || read_char(at, 'z')) {
        *out_seconds = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1;
    int hours;
    int minutes;
    if ((!read_char(at, '+') && !read_char(at, '-')) || !read_digits(at, 2, &hours) || !read_char(at, ':') ||
        !read_digits(at, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *out_seconds = sign * (hours * 60 + minutes) * 60;
    return true;
}

bool clock_parse_instant(const char *text, int64_t *out_instant_ms)
{
    int32_t day;
    int seconds;
    int ms;
    int offset;
    bool leap;
    if (!read_day(&text, &day) || !(read_char(&text, 'T') || read_char(&text, 't')) ||
        !read_time(&text, &seconds, &leap) || !read_fraction(&text, &ms) || !read_offset(&text, &offset) ||
        *text != '\0') {
        return false;
    }
    int64_t second = (int64_t)day * SECONDS_PER_DAY + seconds - offset;
    /* Leap seconds end a day of UTC. They count as the second after them, as in the POSIX clock. */
    if (leap && second % SECONDS_PER_DAY != 0) {
        return false;
    }
    /* An offset can carry the first and last hours past the years that are written with four digits. */
    if (second < count_days(YEAR_MIN, 1, 1) * SECONDS_PER_DAY ||
        second >= count_days(YEAR_MAX + 1, 1, 1) * SECONDS_PER_DAY) {
        return false;
    }
    *out_instant_ms = second * MS_PER_SECOND + ms;
    return true;
}

bool clock_parse_day(const char *text, int32_t *out_day)
{
    int32_t day;
    if (!read_day(&text, &day) || *text != '\0') {
        return false;
    }
    *out_day = day;
    return true;
}

bool clock_parse_local(const char *text, int64_t *out_instant_ms)
{
    int32_t day;
    int year;
    int month;
    int day_of_month;
    int hour;
    int minute;
    int second = 0;
    if (!read_day(&text, &day) || !(read_char(&text, ' ') || read_char(&text, 'T')) ||
        !read_digits(&text, 2, &hour) || !read_char(&text, ':') || !read_digits(&text, 2, &minute) ||
        (*text == ':' && (!read_char(&text, ':') || !read_digits(&text, 2, &second))) || *text != '\0' ||
        hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    clock_civil_from_day(day, &year, &month, &day_of_month);
    struct tm time = {.tm_year = year - 1900,
                      .tm_mon = month - 1,
                      .tm_mday = day_of_month,
                      .tm_hour = hour,
                      .tm_min = minute,
                      .tm_sec = second,
                      .tm_isdst = -1};
    *out_instant_ms = (int64_t)mktime(&time) * MS_PER_SECOND;
    return true;
}
