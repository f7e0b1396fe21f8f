/*
 * marc_charset.c — YAZ's converters, a subfield at a time, with something to go on with where they stop.
 */
#include "marc/marc_charset.h"

#include <assert.h>
#include <string.h>
#include <yaz/yaz-iconv.h>

#include "base/arena.h"
#include "base/text.h"

#define ESCAPE 0x1b
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define PIECE_BYTES 256
#define REFERENCE "&#x"
#define REFERENCE_DIGITS_MAX 6
#define HIGH 0x80
#define FOUR_BYTES 0xf0
#define LIGATURE_SECOND_HALF 0xec /* what ANSEL says in two bytes, Unicode says in the first */
#define DOUBLE_TILDE_SECOND_HALF 0xfb

struct marc_converter {
    yaz_iconv_t from_marc8;
    yaz_iconv_t to_marc8;
    bool is_ansel[HIGH]; /* bytes from 0x80 that stand for something where no escape has said otherwise */
};

static void release(void *resource)
{
    struct marc_converter *converter = resource;

    yaz_iconv_close(converter->from_marc8);
    yaz_iconv_close(converter->to_marc8);
}

/* YAZ passes over bytes that mean nothing; people are told of them. Its own tables say which those are. */
static void learn_ansel(struct marc_converter *converter)
{
    for (int i = 0; i < HIGH; i++) {
        char probe[] = {(char)(HIGH + i), 'a'};
        char out[PIECE_BYTES];
        char *from = probe, *to = out;
        size_t left = sizeof probe, room = sizeof out;
        yaz_iconv(converter->from_marc8, &from, &left, &to, &room);
        yaz_iconv(converter->from_marc8, NULL, NULL, &to, &room);
        converter->is_ansel[i] =
            sizeof out - room > 1 || HIGH + i == LIGATURE_SECOND_HALF || HIGH + i == DOUBLE_TILDE_SECOND_HALF;
    }
}

struct marc_converter *marc_converter_new(struct arena *arena)
{
    struct marc_converter *converter = arena_alloc(arena, sizeof *converter);

    converter->from_marc8 = yaz_iconv_open("UTF-8", "MARC-8");
    converter->to_marc8 = yaz_iconv_open("MARC8lossless", "UTF-8");
    assert(converter->from_marc8 && converter->to_marc8); /* both are compiled in */
    arena_defer(arena, release, converter);
    learn_ansel(converter);
    return converter;
}

bool marc_is_ascii(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] >= HIGH)
            return false;
    }
    return true;
}

static bool is_plain(const char *bytes, size_t length)
{
    return marc_is_ascii(bytes, length) && !memchr(bytes, ESCAPE, length) && !memchr(bytes, '\0', length);
}

enum marc_charset marc_charset_of(const char *bytes, size_t length)
{
    if (memchr(bytes, ESCAPE, length))
        return MARC_MARC_8;
    return text_is_utf8(bytes, length) ? MARC_UTF_8 : MARC_MARC_8;
}

static int digit_value(char digit)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, digit >= 'A' && digit <= 'F' ? digit + ('a' - 'A') : digit);

    return digit && at ? (int)(at - digits) : -1;
}

/* The character that a reference at `at` stands for; 0: it is none. *out_length: of the reference. */
static unsigned long read_reference(const char *at, size_t *out_length)
{
    const char *digits = at + strlen(REFERENCE);
    unsigned long point = 0;
    size_t count = 0;

    while (count <= REFERENCE_DIGITS_MAX && digit_value(digits[count]) >= 0)
        point = point << 4 | (unsigned long)digit_value(digits[count++]);
    *out_length = strlen(REFERENCE) + count + 1;
    bool is_one = count > 0 && count <= REFERENCE_DIGITS_MAX && digits[count] == ';' && point >= 0xa0 &&
                  point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return is_one ? point : 0;
}

static void append_character(struct text_buf *out, unsigned long point)
{
    if (point < 0x800) {
        text_buf_append_char(out, (char)(0xc0 | point >> 6));
    } else if (point < 0x10000) {
        text_buf_append_char(out, (char)(0xe0 | point >> 12));
        text_buf_append_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
    } else {
        text_buf_append_char(out, (char)(0xf0 | point >> 18));
        text_buf_append_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
        text_buf_append_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
    }
    text_buf_append_char(out, (char)(0x80 | (point & 0x3f)));
}

static const char *resolve_references(struct arena *arena, const char *text)
{
    const char *at = strstr(text, REFERENCE);
    struct text_buf out;
    size_t length;

    if (!at)
        return text;
    text_buf_init(&out, arena);
    for (; at; at = strstr(text, REFERENCE)) {
        text_buf_append_bytes(&out, text, (size_t)(at - text));
        unsigned long point = read_reference(at, &length);
        if (point)
            append_character(&out, point);
        else
            text_buf_append_bytes(&out, at, length = strlen(REFERENCE));
        text = at + length;
    }
    text_buf_append(&out, text);
    return text_buf_string(&out);
}

/* YAZ's tables give characters; that they are UTF-8 without NUL is looked at all the same. */
static const char *checked(const struct text_buf *out, size_t *io_lost)
{
    const char *text = text_buf_string(out);

    if (strlen(text) != out->length || !text_is_utf8(text, out->length))
        text = REPLACEMENT;
    for (const char *at = strstr(text, REPLACEMENT); at; at = strstr(at + strlen(REPLACEMENT), REPLACEMENT))
        ++*io_lost;
    return text;
}

/* Converts a piece of text; what YAZ stops at becomes U+FFFD, and it goes on after it. */
static void convert(yaz_iconv_t yaz, const char *bytes, size_t length, struct text_buf *out)
{
    char *at = (char *)bytes; /* yaz_iconv only reads it */
    size_t left = length;
    bool is_over = false;

    while (!is_over) {
        char piece[PIECE_BYTES];
        char *to = piece;
        size_t room = sizeof piece;
        bool flushes = left == 0;
        size_t result =
            flushes ? yaz_iconv(yaz, NULL, NULL, &to, &room) : yaz_iconv(yaz, &at, &left, &to, &room);
        bool is_full = result == (size_t)-1 && yaz_iconv_error(yaz) == YAZ_ICONV_E2BIG;
        text_buf_append_bytes(out, piece, (size_t)(to - piece));
        if (result == (size_t)-1 && !is_full && left > 0) {
            text_buf_append(out, REPLACEMENT);
            at++;
            left--;
        }
        is_over = flushes && !is_full;
    }
}

/* Up to the next byte that means nothing in ANSEL. */
static size_t known_length(const struct marc_converter *converter, const char *bytes, size_t length)
{
    size_t known = 0;

    while (known < length) {
        unsigned char byte = (unsigned char)bytes[known];
        if (byte == 0 || (byte >= HIGH && !converter->is_ansel[byte - HIGH]))
            break;
        known++;
    }
    return known;
}

const char *marc_from_marc8(struct marc_converter *converter, struct arena *arena, const char *bytes,
                            size_t length, size_t *io_lost)
{
    bool escapes = memchr(bytes, ESCAPE, length) != NULL;
    struct text_buf out;
    size_t at = 0;

    if (is_plain(bytes, length))
        return resolve_references(arena, arena_strndup(arena, bytes, length));
    text_buf_init(&out, arena);
    do {
        size_t known = escapes ? length - at : known_length(converter, bytes + at, length - at);
        convert(converter->from_marc8, bytes + at, known, &out);
        at += known;
        if (at < length)
            text_buf_append(&out, REPLACEMENT);
        at++;
    } while (at < length);
    return resolve_references(arena, checked(&out, io_lost));
}

/* Of the first character of valid UTF-8. */
static size_t character_length(const char *text)
{
    unsigned char first = (unsigned char)*text;

    return first < HIGH ? 1 : first < 0xe0 ? 2 : first < FOUR_BYTES ? 3 : 4;
}

static unsigned long code_point(const char *text)
{
    size_t length = character_length(text);
    unsigned long point = (unsigned char)*text & (length == 1 ? 0x7f : 0xffUL >> (length + 1));

    for (size_t i = 1; i < length; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3fU);
    return point;
}

/* "&#x1F600;": how the standard writes what MARC-8 does not have. */
static size_t count_references(const char *text)
{
    size_t count = 0;

    for (const char *at = strstr(text, REFERENCE); at; at = strstr(at + strlen(REFERENCE), REFERENCE))
        count++;
    return count;
}

/* Characters past U+FFFF, of four bytes, are in none of the tables, and YAZ would not close their reference. */
static const char *encode(struct marc_converter *converter, struct arena *arena, const char *text)
{
    struct text_buf out;

    text_buf_init(&out, arena);
    while (*text) {
        size_t plain = 0;
        while (text[plain] && (unsigned char)text[plain] < FOUR_BYTES)
            plain++;
        convert(converter->to_marc8, text, plain, &out);
        text += plain;
        if (*text) {
            text_buf_printf(&out, REFERENCE "%04lX;", code_point(text));
            text += character_length(text);
        }
    }
    return text_buf_string(&out);
}

/* ANSEL has accents, and hardly any letter that already wears one; East Asian tables have whole syllables. */
static const char *encode_best(struct marc_converter *converter, struct arena *arena, const char *text)
{
    const char *composed = encode(converter, arena, text);

    if (count_references(composed) == 0)
        return composed;
    const char *decomposed = encode(converter, arena, text_decompose(arena, text));
    return count_references(decomposed) < count_references(composed) ? decomposed : composed;
}

/* Is `marc8` this text, read again? */
static bool says(struct marc_converter *converter, struct arena *arena, const char *marc8, const char *text)
{
    size_t lost = 0;
    const char *again = marc_from_marc8(converter, arena, marc8, strlen(marc8), &lost);
    const char *one = text_clean(arena, again, strlen(again));
    const char *other = text_clean(arena, text, strlen(text));

    return lost == 0 && one && other && strcmp(one, other) == 0;
}

/* YAZ passes over some characters in silence: each of those becomes a reference. (An accent is tried on a letter.) */
static const char *refer_to_unknown(struct marc_converter *converter, struct arena *arena, const char *text)
{
    struct text_buf out;

    text_buf_init(&out, arena);
    while (*text) {
        const char *rest = text + character_length(text);
        const char *tried = arena_printf(arena, "a%.*s", (int)(rest - text), text);
        if (says(converter, arena, encode_best(converter, arena, tried), tried))
            text_buf_append_bytes(&out, text, (size_t)(rest - text));
        else
            text_buf_printf(&out, REFERENCE "%04lX;", code_point(text));
        text = rest;
    }
    return text_buf_string(&out);
}

const char *marc_to_marc8(struct marc_converter *converter, struct arena *arena, const char *text)
{
    if (is_plain(text, strlen(text)))
        return text;
    const char *encoded = encode_best(converter, arena, text);
    return says(converter, arena, encoded, text)
               ? encoded
               : encode_best(converter, arena, refer_to_unknown(converter, arena, text));
}
