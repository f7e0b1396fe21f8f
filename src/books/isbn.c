/*
 * isbn.c — check digits and forms of ISBNs. The rules are a page long and easy to get subtly wrong, so they
 * stand alone and are tested alone.
 */
#include "books/isbn.h"

#include <string.h>

#include "base/text.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Digits 0–9, and X as ten; -1 for anything else. */
static int value_of(char c)
{
    if (is_digit(c))
        return c - '0';
    return c == 'X' || c == 'x' ? 10 : -1;
}

/* How many bytes at `text` are a space or a dash: publishers, typesetters and word processors use them all. */
static size_t separator_length(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;

    if (byte[0] == ' ' || byte[0] == '-' || byte[0] == '\t')
        return 1;
    if (byte[0] == 0xC2 && (byte[1] == 0xA0 || byte[1] == 0xAD)) /* no-break space, soft hyphen */
        return 2;
    if (byte[0] == 0xE2 && byte[1] == 0x80 && byte[2] >= 0x90 && byte[2] <= 0x95) /* U+2010 … U+2015 */
        return 3;
    if (byte[0] == 0xE2 && byte[1] == 0x88 && byte[2] == 0x92) /* U+2212 minus */
        return 3;
    return 0;
}

/* Past a leading "ISBN", "ISBN-10:", "isbn 13 :" … */
static const char *skip_label(const char *text)
{
    if (!((text[0] == 'I' || text[0] == 'i') && (text[1] == 'S' || text[1] == 's') &&
          (text[2] == 'B' || text[2] == 'b') && (text[3] == 'N' || text[3] == 'n')))
        return text;
    text += 4;

    const char *number = text;
    number += separator_length(number);
    if (number[0] == '1' && (number[1] == '0' || number[1] == '3') && (number[2] == ':' || number[2] == ' '))
        text = number + 2;
    while (*text == ':' || *text == ' ')
        text++;
    return text;
}

/* The characters without separators. False when there are more than `max` of them. */
static bool strip(const char *text, char *out, size_t max)
{
    size_t length = 0;

    while (*text) {
        size_t separator = separator_length(text);
        if (separator > 0) {
            text += separator;
            continue;
        }
        if (length == max)
            return false;
        out[length++] = *text++;
    }
    out[length] = '\0';
    return true;
}

/* `count` digits, the last of which may be an X when `last_may_be_x`. */
static bool has_digits(const char *text, size_t count, bool last_may_be_x)
{
    if (strlen(text) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_digit(text[i]) && !(last_may_be_x && i == count - 1 && value_of(text[i]) == 10))
            return false;
    return true;
}

/* Weights 10, 9 … 1, modulo 11. */
static bool isbn10_holds(const char *digits)
{
    int sum = 0;

    for (int i = 0; i < ISBN10_LENGTH; i++)
        sum += (ISBN10_LENGTH - i) * value_of(digits[i]);
    return sum % 11 == 0;
}

/* The thirteenth digit of an ISBN-13, and of every article number: weights 1, 3, 1, 3 …, modulo 10. */
static char ean_check_digit(const char *digits)
{
    int sum = 0;

    for (int i = 0; i < ISBN13_LENGTH - 1; i++)
        sum += (i % 2 == 0 ? 1 : 3) * value_of(digits[i]);
    return (char)('0' + (10 - sum % 10) % 10);
}

static void ten_to_thirteen(const char *isbn10, char *out)
{
    memcpy(out, "978", 3);
    memcpy(out + 3, isbn10, ISBN10_LENGTH - 1);
    out[ISBN13_LENGTH - 1] = ean_check_digit(out);
    out[ISBN13_LENGTH] = '\0';
}

static bool is_local_identifier(const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length > ISBN_TEXT_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_digit(text[i]) && !is_letter(text[i]) && text[i] != '-')
            return false;
    return true;
}

enum isbn_kind isbn_normalise(const char *text, char out[ISBN_TEXT_MAX + 1])
{
    char stripped[ISBN13_LENGTH + 1] = "";
    const char *number = skip_label(text);

    if (strip(number, stripped, ISBN13_LENGTH)) {
        if (has_digits(stripped, ISBN10_LENGTH, true)) {
            if (!isbn10_holds(stripped))
                return ISBN_CHECK_DIGIT;
            ten_to_thirteen(stripped, out);
            return ISBN_VALID;
        }
        if (has_digits(stripped, ISBN13_LENGTH, false)) {
            if (ean_check_digit(stripped) != stripped[ISBN13_LENGTH - 1])
                return ISBN_CHECK_DIGIT;
            memcpy(out, stripped, sizeof stripped);
            bool bookland = text_starts_with(stripped, "978") || text_starts_with(stripped, "979");
            return bookland ? ISBN_VALID : ISBN_LOCAL;
        }
    }
    if (!is_local_identifier(text))
        return ISBN_UNREADABLE;
    memcpy(out, text, strlen(text) + 1);
    return ISBN_LOCAL;
}

bool isbn_to_10(const char *isbn13, char out[ISBN10_LENGTH + 1])
{
    int sum = 0;

    if (!has_digits(isbn13, ISBN13_LENGTH, false) || !text_starts_with(isbn13, "978"))
        return false;
    memcpy(out, isbn13 + 3, ISBN10_LENGTH - 1);
    for (int i = 0; i < ISBN10_LENGTH - 1; i++)
        sum += (ISBN10_LENGTH - i) * value_of(out[i]);
    int check = (11 - sum % 11) % 11;
    out[ISBN10_LENGTH - 1] = check == 10 ? 'X' : (char)('0' + check);
    out[ISBN10_LENGTH] = '\0';
    return true;
}
