/*
 * ber.c — tag, length, contents; contents of contents.
 */
#include "net/ber.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

#define NUMBER_BYTES_MAX 4
#define CONSTRUCTED 0x20
#define LONG_TAG 0x1f
#define INDEFINITE 0x80

struct element {
    bool is_constructed, is_indefinite, is_end; /* end: the two zeroes that close an indefinite length */
    size_t head, length;                        /* bytes of tag and length; of contents */
};

/* Tag and length at the beginning of `bytes`. */
static enum ber_measure read_head(const uint8_t *bytes, size_t length, struct element *out)
{
    struct element element = {0};
    size_t at = 1;

    if (length < 2)
        return BER_MORE;
    element.is_constructed = bytes[0] & CONSTRUCTED;
    if ((bytes[0] & LONG_TAG) == LONG_TAG) {
        while (at < length && bytes[at] & 0x80)
            at++;
        if (at > NUMBER_BYTES_MAX)
            return BER_BAD;
        if (++at >= length)
            return BER_MORE;
    }
    uint8_t first = bytes[at++];
    element.is_indefinite = first == INDEFINITE;
    element.length = first < 0x80 ? first : 0;
    if (first > 0x80) {
        size_t count = first & 0x7f;
        if (count > NUMBER_BYTES_MAX)
            return BER_BAD;
        if (length - at < count)
            return BER_MORE;
        for (; count > 0; count--)
            element.length = element.length << 8 | bytes[at++];
    }
    element.head = at;
    element.is_end = bytes[0] == 0 && first == 0;
    *out = element;
    return element.is_indefinite && !element.is_constructed ? BER_BAD : BER_WHOLE;
}

static enum ber_measure measure(const uint8_t *bytes, size_t length, int depth, size_t *out_length);

/* Values one after the other: exactly to the end of `length`, or (`to_mark`) to the two zeroes. */
static enum ber_measure measure_all(const uint8_t *bytes, size_t length, bool to_mark, int depth,
                                    size_t *out_length)
{
    size_t at = 0;

    while (to_mark || at < length) {
        struct element element;
        size_t taken;
        enum ber_measure result = read_head(bytes + at, length - at, &element);
        if (result == BER_WHOLE && element.is_end) {
            *out_length = at + element.head;
            return to_mark ? BER_WHOLE : BER_BAD;
        }
        if (result == BER_WHOLE)
            result = measure(bytes + at, length - at, depth, &taken);
        if (result != BER_WHOLE)
            return result;
        at += taken;
    }
    *out_length = at;
    return BER_WHOLE;
}

// NOLINTNEXTLINE(misc-no-recursion) bounded by NET_BER_DEPTH_MAX
static enum ber_measure measure(const uint8_t *bytes, size_t length, int depth, size_t *out_length)
{
    struct element element;
    enum ber_measure result = read_head(bytes, length, &element);
    size_t inside;

    if (result != BER_WHOLE)
        return result;
    if (depth > NET_BER_DEPTH_MAX || element.is_end)
        return BER_BAD;
    if (element.is_indefinite) {
        result = measure_all(bytes + element.head, length - element.head, true, depth + 1, &inside);
        if (result == BER_WHOLE)
            *out_length = element.head + inside;
        return result;
    }
    if (element.length > length - element.head)
        return BER_MORE;
    *out_length = element.head + element.length;
    if (!element.is_constructed)
        return BER_WHOLE;
    /* What ends inside is whole: there, "more" means that it reaches past its end. */
    result = measure_all(bytes + element.head, element.length, false, depth + 1, &inside);
    return result == BER_MORE ? BER_BAD : result;
}

enum ber_measure ber_measure(const char *bytes, size_t length, size_t max, size_t *out_length)
{
    const uint8_t *start = (const uint8_t *)bytes;
    struct element element;
    size_t whole;
    enum ber_measure result = read_head(start, length, &element);

    if (result == BER_WHOLE && !element.is_indefinite && element.length > max)
        return BER_BAD;
    if (result == BER_WHOLE)
        result = measure(start, length, 0, &whole);
    if (result == BER_MORE && length >= max)
        return BER_BAD;
    if (result == BER_WHOLE && whole > max)
        return BER_BAD;
    if (result == BER_WHOLE)
        *out_length = whole;
    return result;
}
