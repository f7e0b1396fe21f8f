/*
 * import_value.c — what people write for a day or a sum, each way by itself.
 */
#include "catalogue_io/import_value.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/money.h"
#include "catalogue_io/import_columns.h"

#define MONTHS 12
#define YEAR_DIGITS 4
#define COMPACT_DIGITS 8 /* 20260301 */
#define PARTS 3

struct number {
    int value;
    size_t digits;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Up to eight digits; moves *at past them. */
static struct number read_number(const char **at)
{
    struct number number = {0};

    for (; is_digit(**at) && number.digits < COMPACT_DIGITS; (*at)++) {
        number.value = number.value * 10 + (**at - '0');
        number.digits++;
    }
    return number;
}

static enum import_day_outcome take(int year, int month, int day_of_month, int32_t *out_day)
{
    return clock_day_from_civil(year, month, day_of_month, out_day) ? IMPORT_DAY_READ : IMPORT_DAY_NONE;
}

/* The year stands last: which of the others is the month? */
static enum import_day_outcome take_year_last(const struct number parts[PARTS], char separator,
                                              int32_t *out_day)
{
    int first = parts[0].value;
    int second = parts[1].value;

    if (separator == '.' || first == second || first > MONTHS)
        return take(parts[2].value, second, first, out_day);
    if (second > MONTHS)
        return take(parts[2].value, first, second, out_day);
    return IMPORT_DAY_UNCLEAR;
}

/* A time may follow a day; it is not looked at. */
static bool ends_day(const char *rest)
{
    return *rest == '\0' || (*rest == 'T' && is_digit(rest[1])) || (*rest == ' ' && is_digit(rest[1]));
}

enum import_day_outcome import_read_day(const char *text, int32_t *out_day)
{
    struct number parts[PARTS];
    const char *at = text;
    int64_t instant;

    /* An instant lies in a day of the library's zone. */
    if (clock_parse_instant(text, &instant)) {
        *out_day = clock_day_of(instant);
        return IMPORT_DAY_READ;
    }
    if (*text == '\0' || strncmp(text, "0000-00-00", 10) == 0)
        return IMPORT_DAY_ABSENT;
    parts[0] = read_number(&at);
    if (parts[0].digits == COMPACT_DIGITS && ends_day(at))
        return take(parts[0].value / 10000, parts[0].value / 100 % 100, parts[0].value % 100, out_day);
    char separator = *at;
    if (separator == '\0' || !strchr("-/.", separator))
        return IMPORT_DAY_NONE;
    for (int i = 1; i < PARTS; i++) {
        if (*at != separator)
            return IMPORT_DAY_NONE;
        at++;
        at += separator == '.' && *at == ' '; /* 1. 3. 2026 */
        parts[i] = read_number(&at);
    }
    if (!ends_day(at) || parts[1].digits < 1 || parts[1].digits > 2)
        return IMPORT_DAY_NONE;
    if (parts[0].digits == YEAR_DIGITS && parts[2].digits >= 1 && parts[2].digits <= 2)
        return take(parts[0].value, parts[1].value, parts[2].value, out_day);
    if (parts[2].digits == YEAR_DIGITS && parts[0].digits >= 1 && parts[0].digits <= 2)
        return take_year_last(parts, separator, out_day);
    return IMPORT_DAY_NONE;
}

enum import_day_outcome import_read_instant(const char *text, int64_t *out_instant)
{
    int32_t day;

    if (clock_parse_instant(text, out_instant))
        return IMPORT_DAY_READ;
    enum import_day_outcome outcome = import_read_day(text, &day);
    if (outcome == IMPORT_DAY_READ)
        *out_instant = clock_day_start(day);
    return outcome;
}

/* The sign before the cents: the last one, when it stands once and what follows it can be cents. */
static const char *decimal_sign(const char *digits, int exponent)
{
    const char *point = strrchr(digits, '.');
    const char *comma = strrchr(digits, ',');
    const char *last = point > comma ? point : comma;

    if (!last || exponent == 0)
        return NULL;
    bool once = strchr(digits, *last) == last;
    return once && strlen(last + 1) <= (size_t)exponent ? last : NULL;
}

bool import_read_money(struct arena *arena, const char *text, int exponent, int64_t *out_minor)
{
    static const char figures[] = "0123456789.,";

    size_t skipped = strcspn(text, "0123456789");
    const char *begin = text + skipped;
    size_t length = strspn(begin, figures);
    if (length == 0 || memchr(text, '-', skipped) || strpbrk(begin + length, "0123456789"))
        return false;
    while (!is_digit(begin[length - 1]))
        length--; /* 12.- and 12,– */
    char *digits = arena_strndup(arena, begin, length);
    const char *sign = decimal_sign(digits, exponent);
    char *out = digits;
    for (const char *c = digits; *c; c++) {
        if (is_digit(*c))
            *out++ = *c;
        else if (c == sign)
            *out++ = '.';
    }
    *out = '\0';
    return money_parse(digits, exponent, out_minor);
}

bool import_word_among(struct arena *arena, const char *text, const char *words)
{
    const char *folded = import_header_words(arena, text);
    size_t length = strlen(folded);

    while (length > 0) {
        size_t its = strcspn(words, "|");
        if (its == length && memcmp(words, folded, length) == 0)
            return true;
        if (words[its] == '\0')
            return false;
        words += its + 1;
    }
    return false;
}
