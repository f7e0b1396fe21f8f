/*
 * json_read.c — jansson behind a small strict face.
 *
 * A json_value is jansson's own json_t: no second tree. jansson limits depth only at 2,048 and members not
 * at all, so one pass over the bytes looks at both before it may allocate. It keeps real numbers as double;
 * 15 significant digits survive that (DBL_DIG), so printing them and reading them back tells whether the
 * decimal is the one that was written.
 */
#include "base/json_read.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Some of jansson's type names are ours, too. Its own stand aside while its header is read. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL JANSSON_REAL
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_NULL

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"

#define NUMBER_TEXT_SIZE 32

static const json_t *as_jansson(const struct json_value *value)
{
    return (const json_t *)value;
}

static const struct json_value *as_ours(const json_t *value)
{
    return (const struct json_value *)value;
}

/* ---- parsing ------------------------------------------------------------------------------------ */

/* Past the string that begins at bytes[at]; a missing end is jansson's to report. */
static size_t skip_string(const char *bytes, size_t length, size_t at)
{
    for (at++; at < length && bytes[at] != '"'; at++) {
        at += bytes[at] == '\\';
    }
    return at;
}

/* What is too much in the text, for people; NULL when nothing is. Whether it is JSON is jansson's question. */
static const char *find_excess(const char *bytes, size_t length, size_t *out_at)
{
    size_t members[JSON_DEPTH_MAX + 1] = {0};
    size_t depth = 0;
    for (size_t at = 0; at < length; at++) {
        *out_at = at;
        switch (bytes[at]) {
        case '"': at = skip_string(bytes, length, at); break;
        case '{':
        case '[':
            if (depth++ == JSON_DEPTH_MAX) {
                return "this is nested too deeply";
            }
            members[depth] = 0;
            break;
        case '}':
        case ']': depth -= depth > 0; break;
        case '\0': /* the end to jansson, whatever follows */
            return "the text may not contain the character NUL";
        case ':':
            if (members[depth]++ == JSON_MEMBERS_MAX) {
                return "this object has too many members";
            }
            break;
        default: break;
        }
    }
    return NULL;
}

static const char *locate(struct arena *arena, const char *bytes, size_t at, const char *what)
{
    size_t line = 1;
    size_t column = 1;
    for (size_t i = 0; i < at; i++) {
        if (bytes[i] == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)bytes[i] & 0xC0) != 0x80;
        }
    }
    return arena_printf(arena, "line %zu, column %zu: %s.", line, column, what);
}

/* Our own words: jansson's quote the input, cut anywhere. */
static const char *explain(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_premature_end_of_input: return "the text ends too early";
    case json_error_end_of_input_expected: return "something follows the end of the value";
    case json_error_invalid_utf8: return "this is not valid UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "a string may not contain the character NUL";
    case json_error_duplicate_key: return "this member appears twice";
    case json_error_numeric_overflow: return "this number is too large";
    default: return "this is not valid JSON";
    }
}

/* jansson seeds its hash tables from /dev/urandom or, in an empty root, from the time, which can be guessed.
 */
static void seed_hash_tables(void)
{
    size_t seed = 0;
    while (seed == 0) { /* 0 asks jansson to find one itself */
        random_bytes(&seed, sizeof seed);
    }
    json_object_seed(seed);
}

static void release_document(void *document)
{
    json_decref(document);
}

const struct json_value *json_parse(struct arena *arena, const char *bytes, size_t length,
                                    const char **out_error)
{
    static pthread_once_t seeded = PTHREAD_ONCE_INIT;
    pthread_once(&seeded, seed_hash_tables);
    size_t excess_at;
    const char *excess = find_excess(bytes, length, &excess_at);
    if (excess) {
        *out_error = locate(arena, bytes, excess_at, excess);
        return NULL;
    }
    json_error_t error;
    json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!document) {
        if (json_error_code(&error) == json_error_out_of_memory) {
            fputs("json: out of memory\n", stderr);
            abort();
        }
        *out_error = arena_printf(arena, "line %d, column %d: %s.", error.line > 0 ? error.line : 1,
                                  error.column > 0 ? error.column : 1, explain(&error));
        return NULL;
    }
    arena_defer(arena, release_document, document);
    return as_ours(document);
}

/* ---- values ------------------------------------------------------------------------------------- */

enum json_type json_type_of(const struct json_value *value)
{
    if (!value) {
        return JSON_ABSENT;
    }
    switch (json_typeof(as_jansson(value))) {
    case JANSSON_OBJECT: return JSON_OBJECT;
    case JANSSON_ARRAY: return JSON_ARRAY;
    case JSON_STRING: return JSON_TEXT;
    case JANSSON_INTEGER: return JSON_INTEGER;
    case JANSSON_REAL: return JSON_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return JSON_BOOL;
    case JANSSON_NULL: return JSON_NULL;
    }
    assert(false);
    return JSON_ABSENT;
}

const struct json_value *json_member(const struct json_value *object, const char *name)
{
    return as_ours(json_object_get(as_jansson(object), name));
}

const char *json_member_name(const struct json_value *object, size_t index)
{
    json_t *members = (json_t *)object; /* only looked at, but jansson's iterators take no const */
    void *member = json_object_iter(members);
    for (; member && index > 0; index--) {
        member = json_object_iter_next(members, member);
    }
    return member ? json_object_iter_key(member) : NULL;
}

size_t json_count(const struct json_value *array_or_object)
{
    return json_array_size(as_jansson(array_or_object)) + json_object_size(as_jansson(array_or_object));
}

const struct json_value *json_item(const struct json_value *array, size_t index)
{
    return as_ours(json_array_get(as_jansson(array), index));
}

bool json_get_bool(const struct json_value *value, bool *out_value)
{
    if (json_type_of(value) != JSON_BOOL) {
        return false;
    }
    *out_value = json_is_true(as_jansson(value));
    return true;
}

bool json_get_int(const struct json_value *value, int64_t *out_value)
{
    if (json_type_of(value) != JSON_INTEGER) {
        return false;
    }
    *out_value = json_integer_value(as_jansson(value));
    return true;
}

bool json_get_real(const struct json_value *value, double *out_value)
{
    enum json_type type = json_type_of(value);
    if (type != JSON_REAL && type != JSON_INTEGER) {
        return false;
    }
    *out_value = json_number_value(as_jansson(value));
    return true;
}

const char *json_get_text(struct arena *arena, const struct json_value *value)
{
    if (json_type_of(value) != JSON_TEXT) {
        return NULL;
    }
    const json_t *string = as_jansson(value);
    return text_clean(arena, json_string_value(string), json_string_length(string));
}

static const char *write_real(struct arena *arena, double value)
{
    char text[NUMBER_TEXT_SIZE];
    snprintf(text, sizeof text, "%.*g", DBL_DIG, value);
    return strtod(text, NULL) == value ? arena_strdup(arena, text) : NULL;
}

const char *json_get_number_text(struct arena *arena, const struct json_value *value)
{
    switch (json_type_of(value)) {
    case JSON_INTEGER: return arena_printf(arena, "%" PRId64, (int64_t)json_integer_value(as_jansson(value)));
    case JSON_REAL: return write_real(arena, json_real_value(as_jansson(value)));
    case JSON_TEXT: return json_get_text(arena, value);
    default: return NULL;
    }
}
