/*
 * openapi_schema.c — from our types to theirs.
 */
#include "http/openapi_schema.h"

#include <assert.h>
#include <string.h>

#include "http/openapi_example.h"
#include "http/openapi_words.h"

#define NAME_PART_SIZE 64

/* ---- small pieces -------------------------------------------------------------------------------------- */

static void write_type(struct json_writer *w, const char *type, bool nullable)
{
    json_key(w, "type");
    if (!nullable) {
        json_text(w, type);
        return;
    }
    json_array_begin(w);
    json_text(w, type);
    json_text(w, "null");
    json_array_end(w);
}

static void write_string(struct json_writer *w, const char *format, bool nullable)
{
    write_type(w, "string", nullable);
    if (format)
        json_member_text(w, "format", format);
}

static void write_strings(struct json_writer *w, bool nullable)
{
    write_type(w, "array", nullable);
    json_key(w, "items");
    json_object_begin(w);
    write_type(w, "string", false);
    json_object_end(w);
}

static void write_enum(struct json_writer *w, const char *const *choices, bool nullable)
{
    json_key(w, "enum");
    json_array_begin(w);
    for (; choices && *choices; choices++)
        json_text(w, *choices);
    if (nullable)
        json_null(w);
    json_array_end(w);
}

static void write_meaning(struct json_writer *w, const char *meaning)
{
    if (meaning)
        json_member_text(w, "description", meaning);
}

void schema_write_ref(struct json_writer *w, const char *name)
{
    json_object_begin(w);
    json_key(w, "$ref");
    json_text(w, arena_printf(w->out->arena, "#/components/schemas/%s", name));
    json_object_end(w);
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static void write_text_bounds(struct json_writer *w, const struct field *field, bool nullable)
{
    /* An empty text stands for "none" where there may be none. */
    if (field->min > 0 && !nullable)
        json_member_int(w, "minLength", field->min);
    if (field->max > 0)
        json_member_int(w, "maxLength", field->max);
}

static void write_range(struct json_writer *w, const struct field *field)
{
    if (field->min == 0 && field->max == 0)
        return;
    json_member_int(w, "minimum", field->min);
    json_member_int(w, "maximum", field->max);
}

/* A number, or the same as text: some clients keep money out of floating point. */
static void write_money(struct json_writer *w, bool nullable)
{
    json_key(w, "type");
    json_array_begin(w);
    json_text(w, "number");
    json_text(w, "string");
    if (nullable)
        json_text(w, "null");
    json_array_end(w);
}

static void write_objects(struct json_writer *w, const struct field *field, bool nullable)
{
    write_type(w, "array", nullable);
    if (field->most > 0)
        json_member_int(w, "maxItems", (int64_t)field->most);
    json_key(w, "items");
    schema_write_body(w, field->fields, FIELDS_CREATE);
}

static void write_field_type(struct json_writer *w, const struct field *field, bool nullable)
{
    switch (field->type) {
    case FIELD_TEXT:
        write_string(w, NULL, nullable);
        write_text_bounds(w, field, nullable);
        break;
    case FIELD_EMAIL: write_string(w, "email", nullable); break;
    case FIELD_PHONE:
        write_string(w, NULL, nullable);
        json_member_text(w, "pattern", "^\\+?[\\d\\s\\-xX.()]{7,30}$");
        break;
    case FIELD_CHOICE:
        write_string(w, NULL, nullable);
        write_enum(w, field->choices, nullable);
        break;
    case FIELD_INTEGER:
        write_type(w, "integer", nullable);
        write_range(w, field);
        break;
    case FIELD_BOOL: write_type(w, "boolean", nullable); break;
    case FIELD_MONEY: write_money(w, nullable); break;
    case FIELD_UUID: write_string(w, "uuid", nullable); break;
    case FIELD_DAY: write_string(w, "date", nullable); break;
    case FIELD_INSTANT: write_string(w, "date-time", nullable); break;
    case FIELD_TEXTS:
        write_strings(w, nullable);
        if (field->most > 0)
            json_member_int(w, "maxItems", (int64_t)field->most);
        break;
    case FIELD_OBJECTS: write_objects(w, field, nullable); break;
    case FIELD_NONE: break;
    }
}

void schema_write_field(struct json_writer *w, const struct field *field)
{
    json_object_begin(w);
    write_field_type(w, field, false);
    example_of_field(w, field);
    json_object_end(w);
}

static void write_body_member(struct json_writer *w, const struct field *field)
{
    json_key(w, field->name);
    json_object_begin(w);
    if (field->flags & SERVER_OWNED) {
        json_member_text(w, "description", "The server's own: accepted and ignored.");
    } else {
        write_field_type(w, field, !(field->flags & REQUIRED));
        write_meaning(w, field->meaning);
    }
    json_object_end(w);
}

void schema_write_body(struct json_writer *w, const struct field *fields, enum field_use use)
{
    json_object_begin(w);
    write_type(w, "object", false);
    json_member_bool(w, "additionalProperties", false);
    json_key(w, "properties");
    json_object_begin(w);
    for (const struct field *field = fields; field->type != FIELD_NONE; field++)
        write_body_member(w, field);
    json_object_end(w);
    json_key(w, "required");
    json_array_begin(w);
    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        if (use == FIELDS_CREATE && (field->flags & REQUIRED))
            json_text(w, field->name);
    }
    json_array_end(w);
    json_object_end(w);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static void write_column_type(struct json_writer *w, enum column_type type, bool nullable)
{
    switch (type) {
    case COLUMN_TEXT: write_string(w, NULL, nullable); break;
    case COLUMN_INTEGER: write_type(w, "integer", nullable); break;
    case COLUMN_REAL:
    case COLUMN_MONEY: write_type(w, "number", nullable); break;
    case COLUMN_BOOL: write_type(w, "boolean", nullable); break;
    case COLUMN_UUID: write_string(w, "uuid", nullable); break;
    case COLUMN_INSTANT: write_string(w, "date-time", nullable); break;
    case COLUMN_DAY: write_string(w, "date", nullable); break;
    case COLUMN_TEXTS: write_strings(w, nullable); break;
    case COLUMN_END: break;
    }
}

/* Does the column stand in the group that the first `length` bytes of `group` name? */
static bool is_in_group(const struct column *column, const char *group, size_t length)
{
    return column->type != COLUMN_END && strncmp(column->name, group, length) == 0;
}

/* The end of the columns that share the group which `column` opens at `from`; itself + 1 when it opens none. */
static const struct column *end_of_member(const struct column *column, size_t from)
{
    const char *dot = strchr(column->name + from, '.');
    const struct column *end = column + 1;

    while (dot && is_in_group(end, column->name, (size_t)(dot - column->name) + 1))
        end++;
    return end;
}

static const char *member_name(const struct column *column, size_t from, char part[NAME_PART_SIZE])
{
    size_t length = strcspn(column->name + from, ".");

    assert(length < NAME_PART_SIZE);
    memcpy(part, column->name + from, length);
    part[length] = '\0';
    return part;
}

static void write_columns(struct json_writer *w, const struct column *first, const struct column *end,
                          size_t from, const char *meaning);

static void write_null(struct json_writer *w)
{
    json_object_begin(w);
    write_type(w, "null", false);
    json_object_end(w);
}

static void write_group(struct json_writer *w, const struct column *column, const struct column *end,
                        size_t from, bool nullable, const char *meaning)
{
    if (!nullable) {
        write_columns(w, column, end, from, meaning);
        return;
    }
    json_object_begin(w);
    write_meaning(w, meaning);
    json_key(w, "anyOf");
    json_array_begin(w);
    write_columns(w, column, end, from, NULL);
    write_null(w);
    json_array_end(w);
    json_object_end(w);
}

/* `nullable`: it may be null besides, whatever the column says. */
static void write_column_member(struct json_writer *w, const struct column *column, const struct column *end,
                                size_t from, bool nullable)
{
    char part[NAME_PART_SIZE];
    const char *dot = strchr(column->name + from, '.');

    json_key(w, member_name(column, from, part));
    if (dot) {
        write_group(w, column, end, (size_t)(dot - column->name) + 1, nullable, words_of_group(part));
        return;
    }
    json_object_begin(w);
    write_column_type(w, column->type, column->nullable || nullable);
    write_meaning(w, column->meaning);
    json_object_end(w);
}

/* The object of the columns from `first` to `end`, whose names share their first `from` bytes. */
static void write_columns(struct json_writer *w, const struct column *first, const struct column *end,
                          size_t from, const char *meaning)
{
    char part[NAME_PART_SIZE];

    json_object_begin(w);
    write_type(w, "object", false);
    write_meaning(w, meaning);
    json_member_bool(w, "additionalProperties", false);
    json_key(w, "properties");
    json_object_begin(w);
    for (const struct column *column = first; column < end;) {
        const struct column *next = end_of_member(column, from);
        write_column_member(w, column, next, from, false);
        column = next;
    }
    json_object_end(w);
    json_key(w, "required");
    json_array_begin(w);
    for (const struct column *column = first; column < end; column = end_of_member(column, from))
        json_text(w, member_name(column, from, part));
    json_array_end(w);
    json_object_end(w);
}

static const struct column *end_of_columns(const struct listing *listing)
{
    const struct column *end = listing->columns;

    while (end->type != COLUMN_END)
        end++;
    return end;
}

void schema_write_row(struct json_writer *w, const struct listing *listing)
{
    write_columns(w, listing->columns, end_of_columns(listing), 0, NULL);
}

/* ---- replies described by hand ------------------------------------------------------------------------- */

static bool is_end(const struct reply_field *field)
{
    return !field->name;
}

static const char *meaning_of(const struct reply_field *field)
{
    return field->meaning ? field->meaning : words_of_group(field->name);
}

static void write_object(struct json_writer *w, const struct reply_field *fields, const char *meaning);

/* `described`: whoever holds it has said what it is. */
static void write_one(struct json_writer *w, const struct reply_field *field, bool described)
{
    if (field->row) {
        schema_write_ref(w, field->row->name);
    } else if (field->fields || field->open) {
        write_object(w, field->fields, described ? NULL : meaning_of(field));
    } else {
        json_object_begin(w);
        write_column_type(w, field->type, field->nullable && !field->many);
        write_meaning(w, field->meaning);
        json_object_end(w);
    }
}

static void write_many(struct json_writer *w, const struct reply_field *field)
{
    json_object_begin(w);
    write_type(w, "array", field->nullable);
    write_meaning(w, meaning_of(field));
    json_key(w, "items");
    write_one(w, field, true);
    json_object_end(w);
}

static void write_or_null(struct json_writer *w, const struct reply_field *field)
{
    json_object_begin(w);
    write_meaning(w, meaning_of(field));
    json_key(w, "anyOf");
    json_array_begin(w);
    write_one(w, field, true);
    write_null(w);
    json_array_end(w);
    json_object_end(w);
}

/* The members of a row that stand beside the others (reply_field.beside), and their names. */
static void write_row_members(struct json_writer *w, const struct reply_field *field)
{
    const struct column *end = end_of_columns(field->row);

    for (const struct column *column = field->row->columns; column < end;) {
        const struct column *next = end_of_member(column, 0);
        write_column_member(w, column, next, 0, field->nullable);
        column = next;
    }
}

static void write_row_names(struct json_writer *w, const struct reply_field *field)
{
    const struct column *end = end_of_columns(field->row);
    char part[NAME_PART_SIZE];

    for (const struct column *column = field->row->columns; column < end; column = end_of_member(column, 0))
        json_text(w, member_name(column, 0, part));
}

static void write_reply_member(struct json_writer *w, const struct reply_field *field)
{
    json_key(w, field->name);
    if (field->many)
        write_many(w, field);
    else if (field->nullable && (field->row || field->fields))
        write_or_null(w, field);
    else
        write_one(w, field, false);
}

static void write_object(struct json_writer *w, const struct reply_field *fields, const char *meaning)
{
    json_object_begin(w);
    write_type(w, "object", false);
    write_meaning(w, meaning);
    if (!fields) {
        json_object_end(w);
        return;
    }
    json_member_bool(w, "additionalProperties", false);
    json_key(w, "properties");
    json_object_begin(w);
    for (const struct reply_field *field = fields; !is_end(field); field++) {
        if (field->beside)
            write_row_members(w, field);
        else
            write_reply_member(w, field);
    }
    json_object_end(w);
    json_key(w, "required");
    json_array_begin(w);
    for (const struct reply_field *field = fields; !is_end(field); field++) {
        if (field->beside)
            write_row_names(w, field);
        else
            json_text(w, field->name);
    }
    json_array_end(w);
    json_object_end(w);
}

void schema_write_reply(struct json_writer *w, const struct reply_field *fields)
{
    write_object(w, fields, NULL);
}

/* ---- filters ------------------------------------------------------------------------------------------- */

void schema_write_filter(struct json_writer *w, const struct list_filter *filter)
{
    json_object_begin(w);
    switch (filter->type) {
    case FILTER_TEXT:
    case FILTER_FOLDED:
    /* A day or an instant: no one format is both. */
    case FILTER_FROM_DAY:
    case FILTER_TO_DAY: write_string(w, NULL, false); break;
    case FILTER_INTEGER: write_type(w, "integer", false); break;
    case FILTER_BOOL: write_type(w, "boolean", false); break;
    case FILTER_UUID: write_string(w, "uuid", false); break;
    case FILTER_CHOICE:
        write_string(w, NULL, false);
        write_enum(w, filter->choices, false);
        break;
    }
    example_of_filter(w, filter);
    json_object_end(w);
}
