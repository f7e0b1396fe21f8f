/*
 * openapi_example.c — the same walk as openapi_schema.c, with values in place of types.
 */
#include "http/openapi_example.h"

#include <string.h>

#include "base/csv_write.h"
#include "base/limits.h"
#include "http/openapi_sample.h"

#define SOME_ID "0192d4c8-1b20-7a41-8c55-0e9a3d6f7b01"
#define SOME_INSTANT "2026-11-22T10:00:00Z"
#define SOME_DAY "2026-11-22"

/* Where a value stands: for openapi_sample.h. */
struct place {
    const char *schema; /* NULL: none */
    const char *group;  /* "reports.columns"; NULL: at the top */
};

static const char *path_of(struct arena *arena, const struct place *place, const char *name)
{
    return place->group ? arena_printf(arena, "%s.%s", place->group, name) : name;
}

/* ---- values -------------------------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    return text && text[0] != '\0' && strspn(text, "0123456789.-") == strlen(text);
}

static bool is_whole(const char *text)
{
    return is_number(text) && !strchr(text, '.');
}

static bool is_truth(const char *text)
{
    return text && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
}

static bool is_like(const char *text, const char *other)
{
    return text && strlen(text) == strlen(other) && text[4] == other[4] && text[strlen(other) - 1] != ' ' &&
           (strcmp(other, SOME_INSTANT) != 0 || text[10] == 'T');
}

/* The sample where it is of this type, else a value that always is. */
static const char *value_of(enum column_type type, const char *sample)
{
    switch (type) {
    case COLUMN_INTEGER: return is_whole(sample) ? sample : "1";
    case COLUMN_REAL:
    case COLUMN_MONEY: return is_number(sample) ? sample : "1.5";
    case COLUMN_BOOL: return is_truth(sample) ? sample : "true";
    case COLUMN_UUID: return is_like(sample, SOME_ID) ? sample : SOME_ID;
    case COLUMN_INSTANT: return is_like(sample, SOME_INSTANT) ? sample : SOME_INSTANT;
    case COLUMN_DAY: return is_like(sample, SOME_DAY) ? sample : SOME_DAY;
    case COLUMN_TEXT:
    case COLUMN_TEXTS:
    case COLUMN_END: break;
    }
    return sample ? sample : "";
}

static void write_value(struct json_writer *w, enum column_type type, const char *sample)
{
    const char *value = value_of(type, sample);

    switch (type) {
    case COLUMN_INTEGER:
    case COLUMN_REAL:
    case COLUMN_MONEY:
    case COLUMN_BOOL: json_raw(w, value); break;
    case COLUMN_TEXTS:
        json_array_begin(w);
        if (sample)
            json_text(w, sample);
        json_array_end(w);
        break;
    default: json_text(w, value); break;
    }
}

/* ---- bodies and parameters ----------------------------------------------------------------------------- */

static enum column_type type_of(const struct field *field)
{
    switch (field->type) {
    case FIELD_INTEGER: return COLUMN_INTEGER;
    case FIELD_BOOL: return COLUMN_BOOL;
    case FIELD_MONEY: return COLUMN_MONEY;
    case FIELD_UUID: return COLUMN_UUID;
    case FIELD_DAY: return COLUMN_DAY;
    case FIELD_INSTANT: return COLUMN_INSTANT;
    case FIELD_TEXTS: return COLUMN_TEXTS;
    default: return COLUMN_TEXT;
    }
}

static bool is_choice(const struct field *field, const char *text)
{
    for (const char *const *choice = field->choices; text && choice && *choice; choice++) {
        if (strcmp(*choice, text) == 0)
            return true;
    }
    return false;
}

/* Within the bounds of the field, whatever the sample of that name is elsewhere. */
static const char *sample_for(struct arena *arena, const char *schema, const struct field *field)
{
    const char *sample = sample_of(schema, field->name);
    int64_t number;

    if (field->type == FIELD_CHOICE)
        return is_choice(field, sample) ? sample : field->choices[0];
    if (field->type != FIELD_INTEGER || (field->min == 0 && field->max == 0))
        return sample;
    bool fits = sample && text_to_int64(sample, &number) && number >= field->min && number <= field->max;
    return fits ? sample : arena_printf(arena, "%lld", (long long)(field->min > 1 ? field->min : 1));
}

static bool is_in_body(const char *schema, const struct field *field)
{
    if (field->flags & SERVER_OWNED)
        return false;
    return (field->flags & REQUIRED) || sample_of(schema, field->name);
}

static void write_field(struct json_writer *w, const char *schema, const struct field *field)
{
    if (field->type != FIELD_OBJECTS) {
        write_value(w, type_of(field), sample_for(w->out->arena, schema, field));
        return;
    }
    json_array_begin(w);
    example_write_body(w, NULL, field->fields);
    json_array_end(w);
}

void example_write_body(struct json_writer *w, const char *schema, const struct field *fields)
{
    json_object_begin(w);
    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        if (!is_in_body(schema, field))
            continue;
        json_key(w, field->name);
        write_field(w, schema, field);
    }
    json_object_end(w);
}

void example_of_field(struct json_writer *w, const struct field *field)
{
    if (!(field->flags & REQUIRED) && sample_is_absent(NULL, field->name))
        return;
    json_key(w, "examples");
    json_array_begin(w);
    write_field(w, NULL, field);
    json_array_end(w);
}

void example_of_name(struct json_writer *w, const char *name)
{
    const char *sample = sample_of(NULL, name);

    if (sample)
        json_member_text(w, "example", sample);
}

void example_of_filter(struct json_writer *w, const struct list_filter *filter)
{
    static const enum column_type types[] = {
        [FILTER_INTEGER] = COLUMN_INTEGER, [FILTER_BOOL] = COLUMN_BOOL,  [FILTER_UUID] = COLUMN_UUID,
        [FILTER_FROM_DAY] = COLUMN_DAY,    [FILTER_TO_DAY] = COLUMN_DAY, [FILTER_CHOICE] = COLUMN_TEXT,
    };
    enum column_type type = types[filter->type] != COLUMN_END ? types[filter->type] : COLUMN_TEXT;

    json_key(w, "examples");
    json_array_begin(w);
    write_value(w, type, filter->type == FILTER_CHOICE ? filter->choices[0] : sample_of(NULL, filter->name));
    json_array_end(w);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static void write_column(struct json_writer *w, const struct column *column, const struct place *place)
{
    struct arena *arena = w->out->arena;
    const char *path = path_of(arena, place, column->name);

    if (column->nullable && sample_is_absent(place->schema, path))
        json_null(w);
    else
        write_value(w, column->type, sample_of(place->schema, path));
}

/* Begins the member of a column: closes the groups that end before it, opens those that begin with it. */
static void begin_column(struct json_writer *w, const char *name, const char **group)
{
    const char *dot = strrchr(name, '.');
    const char *its = dot ? arena_strndup(w->out->arena, name, (size_t)(dot - name)) : NULL;
    bool same = its && *group && strcmp(its, *group) == 0;

    if (*group && !same)
        json_object_end(w);
    if (its && !same) {
        json_key(w, its);
        json_object_begin(w);
    }
    *group = its;
    json_key(w, dot ? dot + 1 : name);
}

static void write_columns(struct json_writer *w, const struct listing *listing, const struct place *place)
{
    const char *group = NULL;

    for (const struct column *column = listing->columns; column->type != COLUMN_END; column++) {
        begin_column(w, column->name, &group);
        write_column(w, column, place);
    }
    if (group)
        json_object_end(w);
}

void example_write_row(struct json_writer *w, const struct listing *listing)
{
    struct place place = {listing->name, NULL};

    json_object_begin(w);
    write_columns(w, listing, &place);
    json_object_end(w);
}

void example_write_page(struct json_writer *w, const struct listing *listing)
{
    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    example_write_row(w, listing);
    json_array_end(w);
    json_key(w, "meta");
    json_object_begin(w);
    json_member_int(w, "total", 1);
    json_member_int(w, "limit", LIST_LIMIT_DEFAULT);
    json_member_int(w, "offset", 0);
    json_member_bool(w, "has_more", false);
    json_member_text(w, "next_cursor", NULL);
    json_member_text(w, "previous_cursor", NULL);
    json_member_text(w, "last_cursor", NULL);
    json_object_end(w);
    json_object_end(w);
}

/* ---- replies described by hand ------------------------------------------------------------------------- */

static void write_fields(struct json_writer *w, const struct reply_field *fields, const struct place *place);

static void write_one(struct json_writer *w, const struct reply_field *field, const struct place *place)
{
    const char *path = path_of(w->out->arena, place, field->name);
    struct place within = {place->schema, path};

    if (field->row) {
        example_write_row(w, field->row);
    } else if (field->fields || field->open) {
        json_object_begin(w);
        write_fields(w, field->fields, &within);
        json_object_end(w);
    } else {
        write_value(w, field->type, sample_of(place->schema, path));
    }
}

static void write_member(struct json_writer *w, const struct reply_field *field, const struct place *place)
{
    struct arena *arena = w->out->arena;
    bool absent = sample_is_absent(place->schema, path_of(arena, place, field->name));

    json_key(w, field->name);
    if (field->many) {
        json_array_begin(w);
        if (!absent)
            write_one(w, field, place);
        json_array_end(w);
    } else if (field->nullable && absent) {
        json_null(w);
    } else {
        write_one(w, field, place);
    }
}

static void write_fields(struct json_writer *w, const struct reply_field *fields, const struct place *place)
{
    for (const struct reply_field *field = fields; field && field->name; field++) {
        if (field->beside)
            write_columns(w, field->row, place);
        else
            write_member(w, field, place);
    }
}

void example_write_reply(struct json_writer *w, const struct reply *reply)
{
    struct place place = {reply->name, NULL};

    json_object_begin(w);
    write_fields(w, reply->fields, &place);
    json_object_end(w);
}

/* ---- CSV ----------------------------------------------------------------------------------------------- */

const char *example_csv(struct arena *arena, const struct listing *listing)
{
    struct text_buf line;

    text_buf_init(&line, arena);
    csv_write_header(&line, listing->columns);
    return text_buf_string(&line);
}
