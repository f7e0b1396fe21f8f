/*
 * import_value.h — days, instants, sums and words of somebody's file. Pure functions; texts are clean UTF-8.
 *
 * A day is never guessed: 3/4/2026 is March to one and April to another, and nobody would notice.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_VALUE_H
#define CARREL_CATALOGUE_IO_IMPORT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

enum import_day_outcome {
    IMPORT_DAY_ABSENT, /* "", and what programs write for none: 0000-00-00 */
    IMPORT_DAY_READ,
    IMPORT_DAY_UNCLEAR, /* day and month could change places */
    IMPORT_DAY_NONE,    /* no day at all, or no such day */
};

/*
 * 2026-03-01, 2026/3/1 and 20260301, with a time after it or without (of an RFC 3339 instant, the day in the
 * library's zone); 1.3.2026. With slashes or hyphens and the year
 * last only where one of the two numbers is past 12, or both are the same. Years have four digits.
 */
enum import_day_outcome import_read_day(const char *text, int32_t *out_day);

/* RFC 3339 to the millisecond; else a day as above: its first moment in the library's zone. */
enum import_day_outcome import_read_instant(const char *text, int64_t *out_instant);

/* "12.50", "12,5", "€ 1.234,50", "USD 7": minor units; false for what is no sum of this currency. */
bool import_read_money(struct arena *arena, const char *text, int exponent, int64_t *out_minor);

/* Does the text, folded, stand among words parted by bars ("lost|missing|verloren")? "" never does. */
bool import_word_among(struct arena *arena, const char *text, const char *words);

#endif
