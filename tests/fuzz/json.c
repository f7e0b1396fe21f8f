/*
 * json.c — the body of a request: JSON, then every field table of the program. What a table accepts is within its
 * bounds and is clean text; what it refuses is said.
 */
#include "fuzz.h"

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/money.h"
#include "routes.h"

#define STRUCT_BYTES 4096 /* more than any table's struct has */

static _Alignas(max_align_t) unsigned char record[STRUCT_BYTES];

static void check_text(struct fuzz *fuzz, const struct field *field, const char *text)
{
    if (!text)
        return;
    MUST(fuzz_is_clean(fuzz, text));
    if (field->type == FIELD_TEXT || field->type == FIELD_TEXTS)
        MUST((int64_t)text_length(text) >= field->min && (int64_t)text_length(text) <= field->max);
    if (field->type == FIELD_EMAIL)
        MUST(strchr(text, '@') && strlen(text) <= 254);
    if (field->type == FIELD_PHONE)
        MUST(strspn(text, "+0123456789 \t\n-xX.()") == strlen(text));
}

static void check_choice(const struct field *field, const char *text)
{
    const char *const *choice = field->choices;

    while (text && *choice && strcmp(*choice, text) != 0)
        choice++;
    MUST(!text || *choice);
}

static void check_texts(struct fuzz *fuzz, const struct field *field, const struct text_list *list)
{
    MUST(list->count <= field->most);
    for (size_t i = 0; i < list->count; i++)
        check_text(fuzz, field, list->items[i]);
}

static void check_stored(struct fuzz *fuzz, const struct field *field)
{
    const void *at = record + field->offset;
    const char *text;
    int64_t number;
    struct object_list objects;

    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_CHOICE:
        memcpy(&text, at, sizeof text);
        check_text(fuzz, field, text);
        if (field->type == FIELD_CHOICE)
            check_choice(field, text);
        break;
    case FIELD_INTEGER:
    case FIELD_MONEY:
        memcpy(&number, at, sizeof number);
        MUST(number == NO_NUMBER || (number >= field->min && number <= field->max));
        break;
    case FIELD_TEXTS: check_texts(fuzz, field, at); break;
    case FIELD_OBJECTS:
        memcpy(&objects, at, sizeof objects);
        MUST(objects.count <= field->most && (objects.count == 0 || objects.items));
        break;
    default: break;
    }
}

/* The others have no place of their own. */
static bool is_stored(const struct field *field)
{
    return (field->flags & SERVER_OWNED) == 0;
}

/* As an empty struct is: what was not stored passes check_stored(). */
static void clear_record(const struct field *fields)
{
    const int64_t none = NO_NUMBER;

    memset(record, 0, sizeof record);
    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        if (is_stored(field) && (field->type == FIELD_INTEGER || field->type == FIELD_MONEY))
            memcpy(record + field->offset, &none, sizeof none);
    }
}

static void check_table(struct fuzz *fuzz, const struct field *fields, enum field_use use,
                        const struct json_value *body)
{
    error_clear(&fuzz->ctx);
    bool good = fields_check(&fuzz->ctx, fields, use, body) == OK;
    MUST(good == (fuzz->ctx.error.fields == NULL));
    if (!good)
        MUST(fuzz->ctx.error.code == ERR_VALIDATION_ERROR);
    /* Stored even so, of a body that is wrong elsewhere: a slice's own checks want to see what is good. */
    clear_record(fields);
    fields_store(&fuzz->ctx, fields, body, record);
    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        if (is_stored(field) && json_member(body, field->name))
            check_stored(fuzz, field);
    }
}

/* Whatever is read is clean; a text that is written comes back as it was. */
static void check_value(struct fuzz *fuzz, const struct json_value *value)
{
    const char *text = json_get_text(&fuzz->arena, value);
    const char *number = json_get_number_text(&fuzz->arena, value);
    int64_t minor;

    if (text) {
        struct text_buf out;
        struct json_writer json;
        const char *why;
        MUST(fuzz_is_clean(fuzz, text));
        text_buf_init(&out, &fuzz->arena);
        json_writer_init(&json, &out);
        json_object_begin(&json);
        json_member_text(&json, "t", text);
        json_object_end(&json);
        const struct json_value *back = json_parse(&fuzz->arena, out.bytes, out.length, &why);
        MUST(back && strcmp(json_get_text(&fuzz->arena, json_member(back, "t")), text) == 0);
    }
    if (number)
        (void)money_parse(number, 2, &minor);
}

static void walk(struct fuzz *fuzz, const struct json_value *value, int depth)
{
    MUST(depth <= JSON_DEPTH_MAX);
    if (arena_exhausted(&fuzz->arena))
        return;
    check_value(fuzz, value);
    for (size_t i = 0; i < json_count(value); i++) {
        const char *name = json_type_of(value) == JSON_OBJECT ? json_member_name(value, i) : NULL;
        const struct json_value *inner = name ? json_member(value, name) : json_item(value, i);
        MUST(inner);
        walk(fuzz, inner, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    const char *why = NULL;

    fuzz_begin(&fuzz);
    const struct json_value *body = json_parse(&fuzz.arena, (const char *)data, size, &why);
    MUST((body == NULL) == (why != NULL));
    if (body) {
        walk(&fuzz, body, 0);
        for (const struct route *const *table = route_tables; *table; table++) {
            for (const struct route *route = *table; route->method != HTTP_NO_METHOD; route++) {
                if (route->body)
                    check_table(&fuzz, route->body, route->body_use, body);
            }
        }
    }
    return fuzz_end(&fuzz);
}
