/*
 * field.h — field tables: what an act takes in, described once.
 *
 * The same table validates a JSON body (all wrong fields in one 422), reads one cell of an imported CSV,
 * tells the audit log what an edit changed, and generates the OpenAPI schema. A table ends with {0}.
 *
 *     const struct field book_fields[] = {
 *         {"title", FIELD_TEXT, REQUIRED, 1, BOOK_TITLE_MAX, AT(struct book_facts, title), "Title proper"},
 *         …
 *         {0},
 *     };
 *
 * Values are stored at `offset` in the struct that the caller hands in: texts as `const char *` (NULL when
 * absent or null), integers, days, instants and money as int64_t (NO_NUMBER), booleans as bool, UUIDs as
 * struct uuid (all zero when absent), lists of texts as struct text_list, of objects as struct object_list.
 * Only fields that were given are written: fill the struct with the present values first and an edit changes
 * just what it names.
 */
#ifndef CARREL_BASE_FIELD_H
#define CARREL_BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct json_value;

enum field_type {
    FIELD_NONE = 0, /* the end of a table */
    FIELD_TEXT, /* min and max are characters; empty counts as absent unless min is 0 and it is not REQUIRED */
    FIELD_EMAIL,   /* RFC 5321 addr-spec as people write it: local@domain.tld, at most 254 characters */
    FIELD_PHONE,   /* ^\+?[\d\s\-xX.()]{7,30}$ */
    FIELD_CHOICE,  /* one of `choices` */
    FIELD_INTEGER, /* min and max are values; JSON integers only (true is none, 3.0 is none) */
    FIELD_BOOL,
    FIELD_MONEY, /* min and max in minor units */
    FIELD_UUID,
    FIELD_DAY,     /* YYYY-MM-DD → day number (base/clock.h) */
    FIELD_INSTANT, /* RFC 3339 → ms */
    FIELD_TEXTS,   /* a list of texts: min and max are characters of each, at most `most` of them */
    FIELD_OBJECTS, /* a list of objects, each with the members of `fields`; JSON only, and no part of differences */
};

enum field_flags {
    OPTIONAL = 0,
    REQUIRED = 1,     /* must be given on create (an edit may leave it out, but not set it to null) */
    SERVER_OWNED = 2, /* accepted and ignored: id, timestamps, what a client sends back as it got it */
    NOT_STORED = 4,   /* read on create, no part of the record's own facts (no audit difference) */
};

#define AT(type, member) offsetof(type, member)

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    int64_t min, max;
    size_t offset;
    const char *meaning;        /* one line for the API's documentation */
    const char *const *choices; /* FIELD_CHOICE: ends with NULL */
    size_t most;                /* FIELD_TEXTS, FIELD_OBJECTS */
    const struct field *fields; /* FIELD_OBJECTS: a table over structs … */
    size_t size;                /* … of so many bytes */
};

struct text_list {
    const char **items;
    size_t count;
};

/* Structs one after the other; they begin as zeroes. */
struct object_list {
    void *items;
    size_t count;
};

enum field_use {
    FIELDS_CREATE, /* REQUIRED fields must be there */
    FIELDS_EDIT,   /* only what is given is looked at */
};

/*
 * Checks `body` against the table: every wrong, missing and unknown member is added to ctx->error. Writes
 * nothing. fields_check() then fails with VALIDATION_ERROR when there was any; whoever has more to say about
 * the same body calls fields_gather(), adds to it, and ends with error_check_fields().
 */
void fields_gather(struct ctx *ctx, const struct field *fields, enum field_use use,
                   const struct json_value *body);
enum error_kind fields_check(struct ctx *ctx, const struct field *fields, enum field_use use,
                             const struct json_value *body) MUST_CHECK;

/* Stores the given members of a body, those that are in order. */
void fields_store(struct ctx *ctx, const struct field *fields, const struct json_value *body,
                  void *out_struct);

/*
 * Reads one value from text, as a CSV cell or query parameter has it: same types, same bounds. On failure
 * *out_problem (in the arena) says what is wrong, and nothing is stored. Empty text is "absent" and true.
 */
bool field_store_text(struct ctx *ctx, const struct field *field, const char *text, void *out_struct,
                      const char **out_problem);

const struct field *field_find(const struct field *fields, const char *name);

/* One changed field, as the audit log shows it; texts are as JSON would show the value, NULL for null. */
struct field_change {
    const char *name;
    const char *before;
    const char *after;
    struct field_change *next;
};

/* What differs between two structs described by one table; NULL when nothing does. */
struct field_change *fields_changes(struct ctx *ctx, const struct field *fields, const void *before,
                                    const void *after);

#endif
