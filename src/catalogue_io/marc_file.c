/*
 * marc_file.c — record by record: what reading its bytes had to say is told with what its fields had to say.
 */
#include "catalogue_io/marc_file.h"

#include <inttypes.h>

#include "base/text.h"
#include "catalogue_io/marc_title.h"
#include "marc/iso2709.h"
#include "marc/marcxml.h"

#define CONVERTER_BYTES_MAX (64 * 1024) /* it is small: tables are the program's */

struct reading {
    struct ctx *ctx;
    bool (*take)(void *argument, struct import_title *title);
    void *argument;
    int64_t records;
};

bool marc_file_is_likely(const char *bytes, size_t length)
{
    return marcxml_is_likely(bytes, length) || iso2709_is_likely(bytes, length);
}

static void tell_lost_fields(struct ctx *ctx, struct import_title *title, size_t count)
{
    if (count > 0)
        import_repaired(ctx, title, IMPORT_MARC_FIELDS_LOST,
                        arena_printf(ctx->arena, "%zu fields of the record could not be made out.", count));
}

static void tell_reading(struct ctx *ctx, struct import_title *title, const struct marc_reading *reading)
{
    if (reading->says_other_charset)
        import_repaired(ctx, title, IMPORT_CHARSET_CORRECTED,
                        reading->charset == MARC_UTF_8 ? "The record says MARC-8 and is UTF-8: read as UTF-8."
                                                       : "The record says UTF-8 and is not: read as MARC-8.");
    if (reading->lengths_wrong)
        import_repaired(ctx, title, IMPORT_LENGTHS_CORRECTED,
                        "The record's lengths are wrong: its separators were believed.");
    if (reading->characters_lost > 0)
        import_repaired(
            ctx, title, IMPORT_CHARACTERS_LOST,
            arena_printf(ctx->arena, "%zu characters could not be read.", reading->characters_lost));
    tell_lost_fields(ctx, title, reading->fields_lost);
}

static bool refuse(struct reading *reading, const char *problem)
{
    struct import_title title = {.row = ++reading->records};

    import_refused(reading->ctx, &title, IMPORT_MARC_UNREADABLE, problem);
    return reading->take(reading->argument, &title);
}

/* ---- ISO 2709 ------------------------------------------------------------------------------------------ */

static bool take_iso2709(struct reading *reading, struct marc_converter *converter, const char *bytes,
                         size_t length)
{
    struct marc_reading record;
    struct import_title title;
    const char *problem;

    if (!iso2709_read(reading->ctx->arena, converter, bytes, length, &record, &problem))
        return refuse(reading, problem);
    marc_title_read(reading->ctx, &record.record, &title);
    tell_reading(reading->ctx, &title, &record);
    title.row = ++reading->records;
    title.original = bytes;
    title.original_length = length;
    title.original_format = MARC_ISO_2709;
    title.original_is_file = true;
    return reading->take(reading->argument, &title);
}

static void read_iso2709(struct reading *reading, const char *bytes, size_t length)
{
    struct arena own;
    const char *record;
    size_t at = 0, size;

    arena_init(&own, CONVERTER_BYTES_MAX);
    struct marc_converter *converter = marc_converter_new(&own);
    while (iso2709_next(bytes, length, &at, &record, &size) && take_iso2709(reading, converter, record, size))
        ;
    arena_release(&own);
}

/* ---- MARCXML ------------------------------------------------------------------------------------------- */

static bool take_marcxml(void *argument, const struct marc_record *record, size_t fields_lost)
{
    struct reading *reading = argument;
    struct import_title title;
    struct text_buf original;

    text_buf_init(&original, reading->ctx->arena);
    marcxml_write(&original, record);
    marc_title_read(reading->ctx, record, &title);
    tell_lost_fields(reading->ctx, &title, fields_lost);
    title.row = ++reading->records;
    title.original = text_buf_string(&original);
    title.original_length = original.length;
    title.original_format = MARC_XML;
    return reading->take(reading->argument, &title);
}

const char *marc_file_read(struct ctx *ctx, const char *bytes, size_t length,
                           bool (*take)(void *argument, struct import_title *title), void *argument)
{
    struct reading reading = {.ctx = ctx, .take = take, .argument = argument};
    const char *problem;

    if (!marcxml_is_likely(bytes, length)) {
        read_iso2709(&reading, bytes, length);
        return "iso2709";
    }
    if (marcxml_read(ctx->arena, bytes, length, take_marcxml, &reading, &problem) == MARCXML_BROKEN)
        refuse(&reading, arena_printf(ctx->arena, "%s What was read before it counts.", problem));
    return "marcxml";
}
