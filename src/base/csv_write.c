/*
 * csv_write.c — the writing half of CSV; reading is libcsv's business (catalogue_io).
 */
#include "base/csv_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/money.h"
#include "base/uuid.h"

#define REAL_TEXT_SIZE 64
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* Spaces at the ends are quoted too: some readers drop them otherwise. So do all with U+FEFF where a file begins. */
static bool needs_quotes(const char *text, size_t length)
{
    return strpbrk(text, ",\"\r\n") != NULL || (length > 0 && (text[0] == ' ' || text[length - 1] == ' ')) ||
           strncmp(text, BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1) == 0;
}

static void write_cell(struct text_buf *out, const char *text)
{
    size_t length = strlen(text);

    if (!needs_quotes(text, length)) {
        text_buf_append_bytes(out, text, length);
        return;
    }
    text_buf_append_char(out, '"');
    for (const char *p = text; *p;) {
        size_t run = strcspn(p, "\"");
        text_buf_append_bytes(out, p, run);
        p += run;
        if (*p == '"') {
            text_buf_append(out, "\"\"");
            p++;
        }
    }
    text_buf_append_char(out, '"');
}

void csv_write_text(struct text_buf *out, struct arena *arena, const char *text)
{
    if (*text != '\0' && strchr("=+-@\t\r", *text))
        text = arena_printf(arena, "'%s", text);
    write_cell(out, text);
}

/* ["a","b"] → a; b */
static void write_texts(struct text_buf *out, struct ctx *ctx, const char *json)
{
    struct text_buf joined;
    const char *error;
    const struct json_value *list = json_parse(ctx->arena, json, strlen(json), &error);
    size_t count = json_count(list);

    text_buf_init(&joined, ctx->arena);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_get_text(ctx->arena, json_item(list, i));
        if (text)
            text_buf_printf(&joined, "%s%s", joined.length > 0 ? "; " : "", text);
    }
    csv_write_text(out, ctx->arena, text_buf_string(&joined));
}

static void write_real(struct text_buf *out, double real)
{
    char text[REAL_TEXT_SIZE];

    snprintf(text, sizeof text, "%.2f", real);
    text_buf_append(out, text);
}

static void write_formatted(struct text_buf *out, const struct ctx *ctx, enum column_type type,
                            const struct column_value *value)
{
    char text[UUID_TEXT_SIZE + MONEY_TEXT_SIZE + CLOCK_INSTANT_SIZE];

    switch (type) {
    case COLUMN_UUID: uuid_format((const struct uuid *)(const void *)value->blob, text); break;
    case COLUMN_INSTANT: clock_format_instant(value->number, text); break;
    case COLUMN_DAY: clock_format_day((int32_t)value->number, text); break;
    case COLUMN_MONEY: money_format(value->number, ctx->currency_exponent, text); break;
    default: text[0] = '\0'; break;
    }
    text_buf_append(out, text);
}

static void write_value(struct text_buf *out, struct ctx *ctx, enum column_type type,
                        const struct column_value *value)
{
    if (value->is_null)
        return;
    switch (type) {
    case COLUMN_TEXT: csv_write_text(out, ctx->arena, value->text); break;
    case COLUMN_TEXTS: write_texts(out, ctx, value->text); break;
    case COLUMN_INTEGER: text_buf_append_int(out, value->number); break;
    case COLUMN_BOOL: text_buf_append(out, value->number ? "true" : "false"); break;
    case COLUMN_REAL: write_real(out, value->real); break;
    default: write_formatted(out, ctx, type, value); break;
    }
}

void csv_write_header(struct text_buf *out, const struct column *columns)
{
    bool first = true;

    for (const struct column *column = columns; column->type != COLUMN_END; column++) {
        if (column->only_json)
            continue;
        if (!first)
            text_buf_append_char(out, ',');
        first = false;
        for (const char *p = column->name; *p; p++)
            text_buf_append_char(out, *p == '.' ? '_' : *p);
    }
    text_buf_append(out, "\r\n");
}

void csv_write_row(struct text_buf *out, struct ctx *ctx, const struct column *columns,
                   const struct column_value *values)
{
    bool first = true;

    for (size_t i = 0; columns[i].type != COLUMN_END; i++) {
        if (columns[i].only_json)
            continue;
        if (!first)
            text_buf_append_char(out, ',');
        first = false;
        write_value(out, ctx, columns[i].type, &values[i]);
    }
    text_buf_append(out, "\r\n");
}
