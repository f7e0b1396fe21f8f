/*
 * json_write.c — JSON by appending.
 *
 * The writer remembers only whether a comma is due and how deep it stands; what was written is in the
 * buffer. Mistakes in nesting are mistakes of the program and asserted.
 */
#include "base/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"
#include "base/uuid.h"

#define REAL_DECIMALS_MAX 15
#define REAL_TEXT_SIZE 352 /* -1.8e308 written out, a point and the decimals */

void json_writer_init(struct json_writer *writer, struct text_buf *out)
{
    *writer = (struct json_writer){.out = out};
}

/* Before every value and key. */
static void separate(struct json_writer *writer)
{
    if (writer->after_value) {
        assert(writer->depth > 0);
        text_buf_append_char(writer->out, ',');
    }
}

static void begin_value(struct json_writer *writer)
{
    if (!writer->after_key) {
        separate(writer);
    }
    writer->after_key = false;
    writer->after_value = true;
}

static void write_plain(struct json_writer *writer, const char *json)
{
    begin_value(writer);
    text_buf_append(writer->out, json);
}

static void open_container(struct json_writer *writer, char bracket)
{
    begin_value(writer);
    text_buf_append_char(writer->out, bracket);
    writer->depth++;
    writer->after_value = false;
}

static void close_container(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0 && !writer->after_key);
    text_buf_append_char(writer->out, bracket);
    writer->depth--;
    writer->after_value = true;
}

void json_object_begin(struct json_writer *writer)
{
    open_container(writer, '{');
}

void json_object_end(struct json_writer *writer)
{
    close_container(writer, '}');
}

void json_array_begin(struct json_writer *writer)
{
    open_container(writer, '[');
}

void json_array_end(struct json_writer *writer)
{
    close_container(writer, ']');
}

static void write_escape(struct text_buf *out, unsigned char byte)
{
    static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* byte and letter by turns */
    for (const char *form = short_forms; *form; form += 2) {
        if ((unsigned char)*form == byte) {
            text_buf_append_char(out, '\\');
            text_buf_append_char(out, form[1]);
            return;
        }
    }
    text_buf_printf(out, "\\u%04x", byte);
}

/* Bytes that need an escape, and the NUL at the end: below a space, '"', '\\', and 0x7F. */
static const bool ends_run[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,          1,          1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1, [0x7F] = 1,
};

/* How many bytes there are before one that needs an escape, or the end. */
static size_t plain_length(const char *text, bool *out_ascii)
{
    const char *end = text;
    unsigned char bits = 0;
    while (!ends_run[(unsigned char)*end]) {
        bits |= (unsigned char)*end++;
    }
    *out_ascii = bits < 0x80;
    return (size_t)(end - text);
}

static void write_mended(struct text_buf *out, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t character = text_character(text + at, length - at);
        text_buf_append_bytes(out, character ? text + at : "\xEF\xBF\xBD", character ? character : 3);
        at += character ? character : 1;
    }
}

static void write_escaped(struct text_buf *out, const char *text)
{
    text_buf_append_char(out, '"');
    for (;;) {
        bool ascii;
        size_t plain = plain_length(text, &ascii);
        if (ascii || text_is_utf8(text, plain)) {
            text_buf_append_bytes(out, text, plain);
        } else {
            write_mended(out, text, plain);
        }
        text += plain;
        if (*text == '\0') {
            break;
        }
        write_escape(out, (unsigned char)*text++);
    }
    text_buf_append_char(out, '"');
}

/* `length` bytes that need no escape, in quotes, to be written by the caller; NULL: the arena is exhausted. */
static char *begin_quoted(struct json_writer *writer, size_t length)
{
    begin_value(writer);
    char *to = text_buf_extend(writer->out, length + 2);
    if (!to) {
        return NULL;
    }
    to[0] = '"';
    to[length + 1] = '"';
    return to + 1;
}

/* Comma, quotes and colon at once; mostly nothing in a name needs an escape. */
void json_key(struct json_writer *writer, const char *name)
{
    assert(writer->depth > 0 && !writer->after_key);
    bool ascii;
    size_t plain = plain_length(name, &ascii);
    if (name[plain] != '\0') {
        separate(writer);
        write_escaped(writer->out, name);
        text_buf_append_char(writer->out, ':');
    } else {
        char *to = text_buf_extend(writer->out, plain + 3 + writer->after_value);
        if (to && writer->after_value) {
            *to++ = ',';
        }
        if (to) {
            to[0] = '"';
            memcpy(to + 1, name, plain);
            to[plain + 1] = '"';
            to[plain + 2] = ':';
        }
    }
    writer->after_key = true;
    writer->after_value = false;
}

void json_text(struct json_writer *writer, const char *text)
{
    if (!text) {
        json_null(writer);
        return;
    }
    bool ascii;
    size_t plain = plain_length(text, &ascii);
    if (text[plain] != '\0' || (!ascii && !text_is_utf8(text, plain))) {
        begin_value(writer);
        write_escaped(writer->out, text);
        return;
    }
    char *to = begin_quoted(writer, plain);
    if (to) {
        memcpy(to, text, plain);
    }
}

void json_int(struct json_writer *writer, int64_t value)
{
    begin_value(writer);
    text_buf_append_int(writer->out, value);
}

void json_bool(struct json_writer *writer, bool value)
{
    write_plain(writer, value ? "true" : "false");
}

void json_null(struct json_writer *writer)
{
    write_plain(writer, "null");
}

void json_real(struct json_writer *writer, double value, int decimals)
{
    assert(decimals >= 0 && decimals <= REAL_DECIMALS_MAX);
    if (!isfinite(value)) {
        json_null(writer);
        return;
    }
    char digits[REAL_TEXT_SIZE];
    int length = snprintf(digits, sizeof digits, "%.*f", decimals, value);
    if (decimals > 0) {
        while (digits[length - 1] == '0') {
            length--;
        }
        length -= digits[length - 1] == '.';
        digits[length] = '\0';
    }
    write_plain(writer, strcmp(digits, "-0") == 0 ? "0" : digits);
}

void json_money(struct json_writer *writer, int64_t minor, int exponent)
{
    char text[MONEY_TEXT_SIZE];
    money_format(minor, exponent, text);
    write_plain(writer, text);
}

static void write_quoted(struct json_writer *writer, const char *harmless)
{
    size_t length = strlen(harmless);
    char *to = begin_quoted(writer, length);
    if (to) {
        memcpy(to, harmless, length);
    }
}

void json_uuid(struct json_writer *writer, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];
    uuid_format(uuid, text);
    write_quoted(writer, text);
}

void json_instant(struct json_writer *writer, int64_t instant_ms)
{
    char text[CLOCK_INSTANT_SIZE];
    clock_format_instant(instant_ms, text);
    write_quoted(writer, text);
}

void json_day(struct json_writer *writer, int32_t day)
{
    char text[CLOCK_DAY_SIZE];
    clock_format_day(day, text);
    write_quoted(writer, text);
}

void json_raw(struct json_writer *writer, const char *json)
{
    write_plain(writer, json);
}

void json_member_text(struct json_writer *writer, const char *name, const char *text)
{
    json_key(writer, name);
    json_text(writer, text);
}

void json_member_int(struct json_writer *writer, const char *name, int64_t value)
{
    json_key(writer, name);
    json_int(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *name, bool value)
{
    json_key(writer, name);
    json_bool(writer, value);
}

void json_member_real(struct json_writer *writer, const char *name, double value, int decimals)
{
    json_key(writer, name);
    json_real(writer, value, decimals);
}

void json_member_money(struct json_writer *writer, const char *name, int64_t minor, int exponent)
{
    json_key(writer, name);
    json_money(writer, minor, exponent);
}

void json_member_uuid(struct json_writer *writer, const char *name, const struct uuid *uuid)
{
    json_key(writer, name);
    json_uuid(writer, uuid);
}

void json_member_instant(struct json_writer *writer, const char *name, int64_t instant_ms)
{
    json_key(writer, name);
    if (instant_ms == 0) {
        json_null(writer);
    } else {
        json_instant(writer, instant_ms);
    }
}
