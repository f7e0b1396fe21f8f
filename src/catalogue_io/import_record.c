/*
 * import_record.c — reasons, keys and cells.
 */
#include "catalogue_io/import_record.h"

#include "base/text.h"
#include "catalogue_io/import_repair.h"
#include "catalogue_io/import_value.h"

static void add_reason(struct ctx *ctx, struct import_record *record, enum import_reason_code code,
                       const char *text)
{
    struct import_reason **end = &record->reasons;

    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(ctx->arena, sizeof **end);
    **end = (struct import_reason){.code = code, .text = text};
}

void import_record_repaired(struct ctx *ctx, struct import_record *record, enum import_reason_code code,
                            const char *text)
{
    if (record->outcome == IMPORT_REFUSED)
        return;
    add_reason(ctx, record, code, text);
    record->outcome = IMPORT_REPAIRED;
}

void import_record_refused(struct ctx *ctx, struct import_record *record, enum import_reason_code code,
                           const char *text)
{
    if (record->outcome != IMPORT_REFUSED)
        record->reasons = NULL;
    add_reason(ctx, record, code, text);
    record->outcome = IMPORT_REFUSED;
}

void import_record_key(struct ctx *ctx, struct import_record *record, const char *what, const char *value)
{
    if (record->key_count < IMPORT_KEYS_MAX)
        record->keys[record->key_count++] = arena_printf(ctx->arena, "%s %s", what, value);
}

void import_record_refuse_for_error(struct ctx *ctx, struct import_record *record,
                                    enum import_reason_code code)
{
    const struct field_error *field = ctx->error.fields;
    const char *text =
        field ? arena_printf(ctx->arena, "%s %s.", field->field, field->message) : ctx->error.detail;

    error_clear(ctx);
    import_record_refused(ctx, record, code, text);
}

const char *import_cell(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        int field)
{
    int at = columns->at[field];

    if (at < 0 || (size_t)at >= row->count)
        return "";
    return import_one_line(ctx->arena, import_clean_cell(ctx->arena, row->cells[at]));
}

const char *import_cell_text(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                             int field, size_t max, struct import_record *record)
{
    const char *text = import_cell(ctx, columns, row, field);
    const char *cut = import_cut_text(ctx->arena, text, max);

    if (cut != text)
        import_record_repaired(
            ctx, record, IMPORT_FIELD_CUT,
            arena_printf(ctx->arena, "%s cut to %zu characters.", columns->fields[field].name, max));
    return *cut ? cut : NULL;
}

int64_t import_cell_day(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        int field, struct import_record *record)
{
    const char *text = import_cell(ctx, columns, row, field);
    const char *name = columns->fields[field].name;
    int32_t day;

    switch (import_read_day(text, &day)) {
    case IMPORT_DAY_ABSENT: return NO_NUMBER;
    case IMPORT_DAY_READ: return day;
    case IMPORT_DAY_UNCLEAR:
        import_record_refused(ctx, record, IMPORT_DATE_UNCLEAR,
                              arena_printf(ctx->arena,
                                           "%s: which of “%s” is the month? Write it as 2026-03-01.", name,
                                           text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
        return NO_NUMBER;
    case IMPORT_DAY_NONE: break;
    }
    import_record_refused(ctx, record, IMPORT_DATE_UNREADABLE,
                          arena_printf(ctx->arena, "%s: “%s” is no day. Write it as 2026-03-01.", name,
                                       text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
    return NO_NUMBER;
}

void import_check_width(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        struct import_record *record)
{
    size_t used = row->count;

    while (used > 0 && row->cells[used - 1][0] == '\0')
        used--;
    if (used > columns->count)
        import_record_refused(
            ctx, record, IMPORT_TOO_MANY_CELLS,
            arena_printf(ctx->arena,
                         "%zu cells below %zu columns: is there a delimiter that should be in quotes?", used,
                         columns->count));
}
