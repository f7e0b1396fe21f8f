/*
 * barcode.c — Luhn numbers for copies and cards. Kept in base because two slices that may not know each
 * other (copies, members) make them alike.
 */
#include "base/barcode.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool all_digits(const char *text)
{
    for (; *text; text++)
        if (!is_digit(*text))
            return false;
    return true;
}

/* What the digits sum up to when the one right of them is the check digit: every other is doubled. */
static int luhn_sum(const char *digits, size_t count)
{
    int sum = 0;
    bool doubled = true;

    for (size_t i = count; i > 0; i--) {
        int value = digits[i - 1] - '0';
        if (doubled)
            value = value * 2 > 9 ? value * 2 - 9 : value * 2;
        sum += value;
        doubled = !doubled;
    }
    return sum;
}

static char luhn_check_digit(const char *digits, size_t count)
{
    return (char)('0' + (10 - luhn_sum(digits, count) % 10) % 10);
}

bool barcode_make(char out[BARCODE_MAX + 1], const char *prefix, int64_t number)
{
    size_t prefix_length = strlen(prefix);
    char made[BARCODE_DIGITS + 1] = "";

    if (number < 0 || prefix_length >= BARCODE_DIGITS - 1 || !all_digits(prefix))
        return false;
    memcpy(made, prefix, prefix_length);
    for (size_t i = BARCODE_DIGITS - 1; i > prefix_length; number /= 10)
        made[--i] = (char)('0' + number % 10);
    if (number > 0)
        return false;
    made[BARCODE_DIGITS - 1] = luhn_check_digit(made, BARCODE_DIGITS - 1);
    memcpy(out, made, sizeof made);
    return true;
}

bool barcode_luhn_ok(const char *digits)
{
    size_t length = strlen(digits);

    return length >= 2 && all_digits(digits) && luhn_check_digit(digits, length - 1) == digits[length - 1];
}

bool barcode_acceptable(const char *barcode)
{
    size_t length = strlen(barcode);

    if (length == 0 || length > BARCODE_MAX || barcode[0] == ' ' || barcode[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i++)
        if (barcode[i] < ' ' || barcode[i] > '~')
            return false;
    return true;
}
