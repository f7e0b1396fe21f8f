/*
 * field_grammar.c — written out by hand: both grammars are short, and a pattern would say less.
 */
#include "base/field_grammar.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define EMAIL_MAX 254 /* RFC 5321 §4.5.3.1.3, without the angle brackets */
#define EMAIL_LOCAL_MAX 64
#define DOMAIN_LABEL_MAX 63
#define SUBTAG_MAX 8
#define PHONE_MIN 7
#define PHONE_MAX 30

static bool is_local_part(const char *text, size_t length)
{
    if (length == 0 || length > EMAIL_LOCAL_MAX || text[0] == '.' || text[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && text[i + 1] == '.')
            return false;
        if (!isalnum((unsigned char)text[i]) && !strchr(".!#$%&'*+-/=?^_`{|}~", text[i]))
            return false;
    }
    return true;
}

static bool is_domain_label(const char *label, size_t length)
{
    if (length == 0 || length > DOMAIN_LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)label[i]) && label[i] != '-')
            return false;
    }
    return true;
}

/* At least two labels; the last one is no number, so that an address of four bytes is none. */
static bool is_domain(const char *text)
{
    size_t labels = 0;

    for (;;) {
        size_t length = strcspn(text, ".");
        if (!is_domain_label(text, length))
            return false;
        labels++;
        if (text[length] == '\0')
            return labels >= 2 && length >= 2 && !isdigit((unsigned char)text[0]);
        text += length + 1;
    }
}

bool field_is_email(const char *text)
{
    const char *at = strrchr(text, '@');

    return at && strlen(text) <= EMAIL_MAX && is_local_part(text, (size_t)(at - text)) && is_domain(at + 1);
}

bool field_is_phone(const char *text)
{
    if (*text == '+')
        text++;
    size_t length = strlen(text);
    return length >= PHONE_MIN && length <= PHONE_MAX && strspn(text, "0123456789 \t-xX.()") == length;
}

bool field_is_language(const char *text)
{
    static const char subtag[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    if (!isalpha((unsigned char)*text))
        return false;
    for (;;) {
        size_t length = strspn(text, subtag);
        if (length == 0 || length > SUBTAG_MAX)
            return false;
        text += length;
        if (*text == '\0')
            return true;
        if (*text++ != '-')
            return false;
    }
}
