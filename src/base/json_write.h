/*
 * json_write.h — writing JSON (RFC 8259) into a text buffer. Commas and escapes are its business alone.
 *
 *     json_object_begin(w);
 *     json_key(w, "id");    json_uuid(w, &book.uuid);
 *     json_member_text(w, "title", book.title);
 *     json_object_end(w);
 *
 * Nesting is checked by assert. All text inside Carrel is valid UTF-8, but for what a damaged library holds: bytes that are
 * no character are written as U+FFFD, so that what comes out is always JSON. Names (json_key) are constants.
 */
#ifndef CARREL_BASE_JSON_WRITE_H
#define CARREL_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct uuid;

/* jansson (json_read.c) exports functions of these two names; ours meet the linker under others. */
#define json_null json_write_null
#define json_real json_write_real

struct json_writer {
    struct text_buf *out;
    int depth;
    bool after_value; /* the next value or key needs a comma first */
    bool after_key;
};

void json_writer_init(struct json_writer *writer, struct text_buf *out);

void json_object_begin(struct json_writer *writer);
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer);
void json_array_end(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *name);

void json_text(struct json_writer *writer, const char *text); /* NULL writes null */
void json_int(struct json_writer *writer, int64_t value);
void json_bool(struct json_writer *writer, bool value);
void json_null(struct json_writer *writer);
void json_real(struct json_writer *writer, double value, int decimals); /* "12.5"; NaN and ∞ write null */
void json_money(struct json_writer *writer, int64_t minor, int exponent);
void json_uuid(struct json_writer *writer, const struct uuid *uuid);
void json_instant(struct json_writer *writer, int64_t instant_ms);
void json_day(struct json_writer *writer, int32_t day);
void json_raw(struct json_writer *writer, const char *json); /* already JSON: one whole value */

/* Key and value at once: what most lines of a reply are. */
void json_member_text(struct json_writer *writer, const char *name, const char *text);
void json_member_int(struct json_writer *writer, const char *name, int64_t value);
void json_member_bool(struct json_writer *writer, const char *name, bool value);
void json_member_real(struct json_writer *writer, const char *name, double value, int decimals);
void json_member_money(struct json_writer *writer, const char *name, int64_t minor, int exponent);
void json_member_uuid(struct json_writer *writer, const char *name, const struct uuid *uuid);
void json_member_instant(struct json_writer *writer, const char *name, int64_t instant_ms); /* 0: null */

#endif
