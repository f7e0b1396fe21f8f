/*
 * field.c — one reader for every field type, fed from JSON or from text.
 *
 * Both ways in end in struct reading; bounds are checked and values stored from there, so that a CSV cell
 * and a JSON member can never be held to different rules.
 */
#include "base/field.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/field_grammar.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "base/uuid.h"

/* One value on its way from outside to a struct. */
struct reading {
    bool absent;
    const char *text;
    int64_t number;
    bool flag;
    struct uuid uuid;
    struct text_list list;
    struct object_list objects;
    const char *problem; /* what is wrong, for people; NULL: nothing */
    const char *type;    /* the same for programs */
};

static void object(struct reading *reading, const char *type, const char *problem)
{
    reading->type = type;
    reading->problem = problem;
}

/* ---- grammar of single types --------------------------------------------------------------------------- */

static bool is_choice(const struct field *field, const char *text)
{
    for (const char *const *choice = field->choices; choice && *choice; choice++) {
        if (strcmp(*choice, text) == 0)
            return true;
    }
    return false;
}

static const char *list_choices(struct arena *arena, const struct field *field)
{
    struct text_buf buf;

    text_buf_init(&buf, arena);
    for (const char *const *choice = field->choices; choice && *choice; choice++)
        text_buf_printf(&buf, "%s%s", choice == field->choices ? "must be one of: " : ", ", *choice);
    return text_buf_string(&buf);
}

/* ---- bounds -------------------------------------------------------------------------------------------- */

static void check_length(struct arena *arena, const struct field *field, const char *text,
                         struct reading *reading)
{
    int64_t length = (int64_t)text_length(text);

    if (field->max > 0 && length > field->max)
        object(reading, "too_long",
               arena_printf(arena, "must be at most %" PRId64 " characters", field->max));
    else if (length < field->min)
        object(reading, "too_short",
               arena_printf(arena, "must be at least %" PRId64 " characters", field->min));
}

/* "1000" or, for money, "10.00". */
static const char *show_number(const struct ctx *ctx, const struct field *field, int64_t number)
{
    char text[MONEY_TEXT_SIZE];

    if (field->type != FIELD_MONEY)
        return arena_printf(ctx->arena, "%" PRId64, number);
    money_format(number, ctx->currency_exponent, text);
    return arena_strdup(ctx->arena, text);
}

/* Both bounds 0 stand for none. */
static void check_range(const struct ctx *ctx, const struct field *field, struct reading *reading)
{
    if (field->min == 0 && field->max == 0)
        return;
    if (reading->number < field->min)
        object(reading, "too_small",
               arena_printf(ctx->arena, "must be at least %s", show_number(ctx, field, field->min)));
    else if (reading->number > field->max)
        object(reading, "too_large",
               arena_printf(ctx->arena, "must be at most %s", show_number(ctx, field, field->max)));
}

/* ---- from text ----------------------------------------------------------------------------------------- */

static bool is_blank_absent(const struct field *field, const char *text)
{
    if (*text != '\0')
        return false;
    return field->type != FIELD_TEXT || field->min > 0 || (field->flags & REQUIRED);
}

static void read_money(const struct ctx *ctx, const struct field *field, const char *text,
                       struct reading *reading)
{
    if (!money_parse(text, ctx->currency_exponent, &reading->number))
        object(reading, "money",
               ctx->currency_exponent == 0
                   ? "must be an amount of money without decimals"
                   : arena_printf(ctx->arena, "must be an amount of money with at most %d decimals",
                                  ctx->currency_exponent));
    else
        check_range(ctx, field, reading);
}

static void read_day(const char *text, struct reading *reading)
{
    int32_t day;

    if (clock_parse_day(text, &day))
        reading->number = day;
    else
        object(reading, "day", "must be a date like 2026-11-22");
}

/* The types that are strings in JSON: one way for both sources. */
static void read_string(struct ctx *ctx, const struct field *field, const char *text, struct reading *reading)
{
    reading->absent = is_blank_absent(field, text);
    if (reading->absent)
        return;
    reading->text = text;
    switch (field->type) {
    case FIELD_TEXT: check_length(ctx->arena, field, text, reading); break;
    case FIELD_EMAIL:
        if (!field_is_email(text))
            object(reading, "email", "must be a valid e-mail address");
        break;
    case FIELD_PHONE:
        if (!field_is_phone(text))
            object(reading, "phone", "must be a valid phone number");
        break;
    case FIELD_CHOICE:
        if (!is_choice(field, text))
            object(reading, "choice", list_choices(ctx->arena, field));
        break;
    case FIELD_UUID:
        if (!uuid_parse(text, &reading->uuid))
            object(reading, "uuid", "must be a valid id (UUID)");
        break;
    case FIELD_DAY: read_day(text, reading); break;
    case FIELD_INSTANT:
        if (!clock_parse_instant(text, &reading->number))
            object(reading, "instant", "must be a date and time like 2026-11-22T09:30:00Z");
        break;
    case FIELD_MONEY: read_money(ctx, field, text, reading); break;
    case FIELD_NONE:
    case FIELD_INTEGER:
    case FIELD_BOOL:
    case FIELD_OBJECTS:
    case FIELD_TEXTS: break;
    }
}

static void read_bool_text(const char *text, struct reading *reading)
{
    static const char *const yes[] = {"true", "1", "yes"};
    static const char *const no[] = {"false", "0", "no"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (text_equals_ignoring_case(text, yes[i]) || text_equals_ignoring_case(text, no[i])) {
            reading->flag = text_equals_ignoring_case(text, yes[i]);
            return;
        }
    }
    object(reading, "bool", "must be true or false");
}

static void check_item(struct ctx *ctx, const struct field *field, const char *item, struct reading *reading)
{
    struct reading one = {0};

    check_length(ctx->arena, field, item, &one);
    if (one.problem)
        object(reading, one.type, arena_printf(ctx->arena, "each %s", one.problem));
}

static void check_count(struct ctx *ctx, const struct field *field, size_t count, struct reading *reading)
{
    if (field->most > 0 && count > field->most)
        object(reading, "too_many", arena_printf(ctx->arena, "must be at most %zu", field->most));
}

/* "history; travel": as the CSV of a list shows it. */
static void read_texts_text(struct ctx *ctx, const struct field *field, const char *text,
                            struct reading *reading)
{
    size_t room = 1;

    for (const char *p = text; *p; p++)
        room += *p == ';';
    reading->list.items = arena_alloc_array(ctx->arena, room, sizeof *reading->list.items);
    while (*text && !reading->problem) {
        size_t length = strcspn(text, ";");
        const char *item = text_clean(ctx->arena, text, length);
        if (item && *item) {
            check_item(ctx, field, item, reading);
            reading->list.items[reading->list.count++] = item;
        }
        text += length + (text[length] == ';');
    }
    check_count(ctx, field, reading->list.count, reading);
}

static struct reading read_text(struct ctx *ctx, const struct field *field, const char *text)
{
    struct reading reading = {0};

    if (!text || *text == '\0') {
        reading.absent = true;
        return reading;
    }
    switch (field->type) {
    case FIELD_INTEGER:
        if (text_to_int64(text, &reading.number))
            check_range(ctx, field, &reading);
        else
            object(&reading, "integer", "must be a whole number");
        break;
    case FIELD_BOOL: read_bool_text(text, &reading); break;
    case FIELD_TEXTS: read_texts_text(ctx, field, text, &reading); break;
    case FIELD_OBJECTS: object(&reading, "list", "can be given as JSON only"); break;
    default: read_string(ctx, field, text, &reading); break;
    }
    return reading;
}

/* ---- from JSON ----------------------------------------------------------------------------------------- */

static void read_texts_json(struct ctx *ctx, const struct field *field, const struct json_value *value,
                            struct reading *reading)
{
    if (json_type_of(value) != JSON_ARRAY) {
        object(reading, "list", "must be a list of texts");
        return;
    }
    size_t count = json_count(value);
    check_count(ctx, field, count, reading);
    if (reading->problem)
        return;
    reading->list.items = arena_alloc_array(ctx->arena, count + 1, sizeof *reading->list.items);
    for (size_t i = 0; i < count && !reading->problem; i++) {
        const char *item = json_get_text(ctx->arena, json_item(value, i));
        if (!item) {
            object(reading, "list", "must be a list of texts");
        } else if (*item) {
            check_item(ctx, field, item, reading);
            reading->list.items[reading->list.count++] = item;
        }
    }
}

/* What the objects hold is looked at by check_objects(): each wrong member has a name of its own. */
static void read_objects_json(struct ctx *ctx, const struct field *field, const struct json_value *value,
                              struct reading *reading)
{
    size_t count = json_count(value);

    if (json_type_of(value) != JSON_ARRAY) {
        object(reading, "list", "must be a list of objects");
        return;
    }
    check_count(ctx, field, count, reading);
    if (reading->problem)
        return;
    char *items = arena_alloc_array(ctx->arena, count + 1, field->size);
    for (size_t i = 0; i < count; i++)
        fields_store(ctx, field->fields, json_item(value, i), items + i * field->size);
    reading->objects = (struct object_list){items, count};
}

static void read_money_json(struct ctx *ctx, const struct field *field, const struct json_value *value,
                            struct reading *reading)
{
    const char *text = json_get_number_text(ctx->arena, value);

    if (text)
        read_string(ctx, field, text, reading);
    else
        read_money(ctx, field, "", reading);
}

static struct reading read_json(struct ctx *ctx, const struct field *field, const struct json_value *value)
{
    struct reading reading = {0};
    const char *text;

    if (json_type_of(value) == JSON_NULL || json_type_of(value) == JSON_ABSENT) {
        reading.absent = true;
        return reading;
    }
    switch (field->type) {
    case FIELD_INTEGER:
        if (json_get_int(value, &reading.number))
            check_range(ctx, field, &reading);
        else
            object(&reading, "integer", "must be a whole number");
        break;
    case FIELD_BOOL:
        if (!json_get_bool(value, &reading.flag))
            object(&reading, "bool", "must be true or false");
        break;
    case FIELD_TEXTS: read_texts_json(ctx, field, value, &reading); break;
    case FIELD_OBJECTS: read_objects_json(ctx, field, value, &reading); break;
    case FIELD_MONEY: read_money_json(ctx, field, value, &reading); break;
    default:
        text = json_get_text(ctx->arena, value);
        if (text)
            read_string(ctx, field, text, &reading);
        else
            object(&reading, "text", "must be text");
        break;
    }
    return reading;
}

/* ---- storing ------------------------------------------------------------------------------------------- */

static void store(const struct field *field, const struct reading *reading, void *out_struct)
{
    void *place = (char *)out_struct + field->offset;

    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_CHOICE: *(const char **)place = reading->absent ? NULL : reading->text; break;
    case FIELD_INTEGER:
    case FIELD_MONEY:
    case FIELD_DAY:
    case FIELD_INSTANT: *(int64_t *)place = reading->absent ? NO_NUMBER : reading->number; break;
    case FIELD_BOOL:
        /* A bool has no room for "not known": null leaves what is there. */
        if (!reading->absent)
            *(bool *)place = reading->flag;
        break;
    case FIELD_UUID: *(struct uuid *)place = reading->uuid; break;
    case FIELD_TEXTS: *(struct text_list *)place = reading->list; break;
    case FIELD_OBJECTS: *(struct object_list *)place = reading->objects; break;
    case FIELD_NONE: break;
    }
}

/* ---- tables -------------------------------------------------------------------------------------------- */

const struct field *field_find(const struct field *fields, const char *name)
{
    for (const struct field *field = fields; field && field->type != FIELD_NONE; field++) {
        if (strcmp(field->name, name) == 0)
            return field;
    }
    return NULL;
}

static void check_members(struct ctx *ctx, const struct field *fields, enum field_use use,
                          const struct json_value *body, const char *within);

static void check_objects(struct ctx *ctx, const struct field *field, const struct json_value *value,
                          const char *name)
{
    for (size_t i = 0; i < json_count(value); i++) {
        const char *item = arena_printf(ctx->arena, "%s[%zu]", name, i);
        if (json_type_of(json_item(value, i)) == JSON_OBJECT)
            check_members(ctx, field->fields, FIELDS_CREATE, json_item(value, i),
                          arena_printf(ctx->arena, "%s.", item));
        else
            error_field(ctx, "body", item, "object", "must be an object");
    }
}

static void check_field(struct ctx *ctx, const struct field *field, enum field_use use,
                        const struct json_value *body, const char *within)
{
    const struct json_value *value = json_member(body, field->name);
    const char *name = *within ? arena_printf(ctx->arena, "%s%s", within, field->name) : field->name;

    if (field->flags & SERVER_OWNED)
        return;
    struct reading reading = read_json(ctx, field, value);
    bool given = json_type_of(value) != JSON_ABSENT;
    if (reading.absent && (field->flags & REQUIRED) && (given || use == FIELDS_CREATE))
        object(&reading, "missing", "is required");
    if (reading.problem)
        error_field(ctx, "body", name, reading.type, "%s", reading.problem);
    else if (field->type == FIELD_OBJECTS && !reading.absent)
        check_objects(ctx, field, value, name);
}

static void refuse_unknown(struct ctx *ctx, const struct field *fields, const struct json_value *body,
                           const char *within)
{
    size_t count = json_count(body);

    for (size_t i = 0; i < count; i++) {
        const char *name = json_member_name(body, i);
        if (name && !field_find(fields, name))
            error_field(ctx, "body", *within ? arena_printf(ctx->arena, "%s%s", within, name) : name,
                        "unknown", "is not a known field");
    }
}

/* `within` is what the members' names begin with: "" or "days[0].". */
static void check_members(struct ctx *ctx, const struct field *fields, enum field_use use,
                          const struct json_value *body, const char *within)
{
    for (const struct field *field = fields; field->type != FIELD_NONE; field++)
        check_field(ctx, field, use, body, within);
    refuse_unknown(ctx, fields, body, within);
}

void fields_gather(struct ctx *ctx, const struct field *fields, enum field_use use,
                   const struct json_value *body)
{
    enum json_type type = json_type_of(body);

    if (type != JSON_OBJECT && type != JSON_ABSENT) {
        error_field(ctx, "body", "", "object", "must be a JSON object");
        (void)fail(ctx, VALIDATION_ERROR, "The body must be a JSON object.");
        return;
    }
    check_members(ctx, fields, use, body, "");
}

enum error_kind fields_check(struct ctx *ctx, const struct field *fields, enum field_use use,
                             const struct json_value *body)
{
    fields_gather(ctx, fields, use, body);
    return error_check_fields(ctx);
}

void fields_store(struct ctx *ctx, const struct field *fields, const struct json_value *body,
                  void *out_struct)
{
    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        const struct json_value *value = json_member(body, field->name);
        if (json_type_of(value) == JSON_ABSENT || (field->flags & SERVER_OWNED))
            continue;
        struct reading reading = read_json(ctx, field, value);
        if (!reading.problem)
            store(field, &reading, out_struct);
    }
}

bool field_store_text(struct ctx *ctx, const struct field *field, const char *text, void *out_struct,
                      const char **out_problem)
{
    struct reading reading = read_text(ctx, field, text);

    if (reading.problem) {
        *out_problem = reading.problem;
        return false;
    }
    if (!reading.absent)
        store(field, &reading, out_struct);
    return true;
}

/* ---- differences --------------------------------------------------------------------------------------- */

static const char *show_list(struct arena *arena, const struct text_list *list)
{
    struct text_buf buf;
    struct json_writer writer;

    text_buf_init(&buf, arena);
    json_writer_init(&writer, &buf);
    json_array_begin(&writer);
    for (size_t i = 0; i < list->count; i++)
        json_text(&writer, list->items[i]);
    json_array_end(&writer);
    return text_buf_string(&buf);
}

static const char *show_uuid(struct arena *arena, const struct uuid *uuid)
{
    static const struct uuid none;
    char text[UUID_TEXT_SIZE];

    if (memcmp(uuid, &none, sizeof none) == 0)
        return NULL;
    uuid_format(uuid, text);
    return arena_strdup(arena, text);
}

static const char *show_counted(struct ctx *ctx, const struct field *field, int64_t number)
{
    char text[CLOCK_INSTANT_SIZE];

    if (number == NO_NUMBER)
        return NULL;
    if (field->type == FIELD_DAY)
        clock_format_day((int32_t)number, text);
    else if (field->type == FIELD_INSTANT)
        clock_format_instant(number, text);
    else
        return show_number(ctx, field, number);
    return arena_strdup(ctx->arena, text);
}

static const char *show(struct ctx *ctx, const struct field *field, const void *from)
{
    const void *place = (const char *)from + field->offset;

    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_CHOICE: return *(const char *const *)place;
    case FIELD_INTEGER:
    case FIELD_MONEY:
    case FIELD_DAY:
    case FIELD_INSTANT: return show_counted(ctx, field, *(const int64_t *)place);
    case FIELD_BOOL: return *(const bool *)place ? "true" : "false";
    case FIELD_UUID: return show_uuid(ctx->arena, place);
    case FIELD_TEXTS: return show_list(ctx->arena, place);
    case FIELD_OBJECTS:
    case FIELD_NONE: break;
    }
    return NULL;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

struct field_change *fields_changes(struct ctx *ctx, const struct field *fields, const void *before,
                                    const void *after)
{
    struct field_change *first = NULL;
    struct field_change **end = &first;

    for (const struct field *field = fields; field->type != FIELD_NONE; field++) {
        if (field->flags & (SERVER_OWNED | NOT_STORED))
            continue;
        const char *was = show(ctx, field, before);
        const char *is = show(ctx, field, after);
        if (same(was, is))
            continue;
        *end =
            arena_memdup(ctx->arena, &(struct field_change){.name = field->name, .before = was, .after = is},
                         sizeof **end);
        end = &(*end)->next;
    }
    return first;
}
