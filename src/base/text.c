/*
 * text.c — UTF-8 as bytes, the small ASCII grammar helpers, and the growing buffer.
 *
 * Nothing here needs to know what a character means; what does is in text_fold.c. The UTF-8 check follows
 * table 3-7 of the Unicode Standard ("Well-Formed UTF-8 Byte Sequences"): only the second byte's range
 * depends on the first.
 */
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

#define TEXT_BUF_FIRST_BYTES 256

size_t text_character(const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char first = bytes[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (left < length) {
        return 0;
    }
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t step = text_character(bytes + at, length - at);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t text_length(const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        count += !continues_character(*text);
    }
    return count;
}

const char *text_truncate(struct arena *arena, const char *text, size_t max)
{
    const char *end = text;
    for (size_t count = 0; *end; end++) {
        if (!continues_character(*end) && count++ == max) {
            return arena_strndup(arena, text, (size_t)(end - text));
        }
    }
    return text;
}

static char lower_ascii(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool text_equals_ignoring_case(const char *a, const char *b)
{
    while (*a && lower_ascii(*a) == lower_ascii(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_to_int64(const char *text, int64_t *out_value)
{
    bool negative = *text == '-';
    const char *digit = text + negative;
    if (*digit == '\0') {
        return false;
    }
    /* Counted downwards: INT64_MIN has no positive counterpart. */
    int64_t value = 0;
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *digit - '0', &value)) {
            return false;
        }
    }
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *out_value = negative ? value : -value;
    return true;
}

size_t text_put_int(char *to, int64_t value)
{
    char digits[TEXT_INT_MAX];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        digits[--at] = '-';
    }
    memcpy(to, &digits[at], sizeof digits - at);
    return sizeof digits - at;
}

void text_buf_init(struct text_buf *buf, struct arena *arena)
{
    *buf = (struct text_buf){.arena = arena};
}

/*
 * Grows for `more` bytes and the NUL. False when the arena is exhausted. Growth stops at what the
 * arena may still hand out, so that doubling a long buffer does not overshoot the maximum.
 */
static bool grow(struct text_buf *buf, size_t more)
{
    struct arena *arena = buf->arena;
    size_t left = arena->max - arena->used;
    if (more >= left || buf->length + more >= left) {
        arena->exhausted = true;
        return false;
    }
    size_t capacity = buf->capacity ? buf->capacity * 2 : TEXT_BUF_FIRST_BYTES;
    if (capacity > left) {
        capacity = left;
    }
    if (capacity < buf->length + more + 1) {
        capacity = buf->length + more + 1;
    }
    char *bytes = arena_alloc(arena, capacity);
    if (buf->length) {
        memcpy(bytes, buf->bytes, buf->length);
    }
    buf->bytes = bytes;
    buf->capacity = capacity;
    return true;
}

/* Hundreds of times for a reply, and nearly always there is room. */
static inline bool make_room(struct text_buf *buf, size_t more)
{
    return !arena_exhausted(buf->arena) && (more < buf->capacity - buf->length || grow(buf, more));
}

char *text_buf_extend(struct text_buf *buf, size_t length)
{
    if (!make_room(buf, length)) {
        return NULL;
    }
    char *bytes = buf->bytes + buf->length;
    buf->length += length;
    buf->bytes[buf->length] = '\0';
    return bytes;
}

void text_buf_append_bytes(struct text_buf *buf, const void *bytes, size_t length)
{
    char *to = length ? text_buf_extend(buf, length) : NULL;
    if (to) {
        memcpy(to, bytes, length);
    }
}

void text_buf_append(struct text_buf *buf, const char *string)
{
    text_buf_append_bytes(buf, string, strlen(string));
}

void text_buf_append_char(struct text_buf *buf, char byte)
{
    char *to = text_buf_extend(buf, 1);
    if (to) {
        *to = byte;
    }
}

void text_buf_append_int(struct text_buf *buf, int64_t value)
{
    char digits[TEXT_INT_MAX];
    text_buf_append_bytes(buf, digits, text_put_int(digits, value));
}

void text_buf_printf(struct text_buf *buf, const char *format, ...)
{
    assert(format);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    if (!make_room(buf, (size_t)length)) {
        return;
    }
    va_start(args, format);
    vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, args);
    va_end(args);
    buf->length += (size_t)length;
}

void text_buf_clear(struct text_buf *buf)
{
    buf->length = 0;
    if (buf->bytes) {
        buf->bytes[0] = '\0';
    }
}

const char *text_buf_string(const struct text_buf *buf)
{
    return buf->bytes ? buf->bytes : "";
}
