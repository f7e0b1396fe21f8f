/*
 * json_read.h — reading JSON from outside (RFC 8259). The only user of jansson.
 *
 * Strict: the whole input must be one value, nesting at most JSON_DEPTH_MAX, no repeated member names, at
 * most JSON_MEMBERS_MAX of them in one object, no NUL in strings, valid UTF-8. Values belong to the document;
 * the document belongs to the arena. Strings come back cleaned (text_clean). Numbers of up to 15 significant
 * digits come back as exact decimals, so that money is never a float.
 */
#ifndef CARREL_BASE_JSON_READ_H
#define CARREL_BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_value; /* opaque; NULL stands for "absent" in every function below */

enum json_type {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOL,
    JSON_INTEGER,
    JSON_REAL,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
};

/* The document, or NULL with a message for people in *out_error ("line 1, column 7: …", in the arena). */
const struct json_value *json_parse(struct arena *arena, const char *bytes, size_t length,
                                    const char **out_error);

enum json_type json_type_of(const struct json_value *value);

/* A member of an object by name; NULL when absent or when `object` is no object. */
const struct json_value *json_member(const struct json_value *object, const char *name);

/* Members in the order of the text: the name of number `index`, NULL past the end. */
const char *json_member_name(const struct json_value *object, size_t index);

size_t json_count(const struct json_value *array_or_object);
const struct json_value *json_item(const struct json_value *array, size_t index);

/* The value, when it has that very type; else false / NULL. */
bool json_get_bool(const struct json_value *value, bool *out_value);
bool json_get_int(const struct json_value *value, int64_t *out_value);
bool json_get_real(const struct json_value *value, double *out_value); /* integers too */
const char *json_get_text(struct arena *arena, const struct json_value *value);

/*
 * The number as an exact decimal ("12.5" for 12.50, "1000" for 1e3), or a string's text; for money. NULL for
 * other types and for a real number that 15 significant digits do not tell exactly.
 */
const char *json_get_number_text(struct arena *arena, const struct json_value *value);

#endif
