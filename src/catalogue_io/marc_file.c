/*
 * marc_file.c — record by record: what reading its bytes had to say is told with what its fields had to say.
 */
#include "catalogue_io/marc_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/marc_title.h"
#include "marc/iso2709.h"
#include "marc/marcxml.h"

#define FIRST_BYTES (16 * 1024) /* show what it is */
#define RECORD_END 0x1d

/* The longest record and a bit: what is longer has lost its end. */
#define WINDOW_BYTES (MARC_RECORD_BYTES_MAX + 4096)

struct marc_file {
    struct import_source source;
    int64_t at;                 /* of the source, where the window ends */
    bool is_at_end;             /* … which is its end */
    int64_t records;            /* told */
    bool over;                  /* what was told last was the last */
    struct marcxml_reader *xml; /* NULL: ISO 2709 */
    struct marc_converter *converter;
    char *window; /* of ISO 2709: what was read and not yet told */
    size_t window_at, window_length;
    bool passes_over; /* the rest of a record that has lost its end */
};

bool marc_file_is_likely(const char *bytes, size_t length)
{
    return marcxml_is_likely(bytes, length) || iso2709_is_likely(bytes, length);
}

static void tell_lost_fields(struct ctx *ctx, struct import_title *title, size_t count)
{
    if (count > 0)
        import_repaired(ctx, title, IMPORT_MARC_FIELDS_LOST,
                        arena_printf(ctx->arena, "%zu field%s of the record could not be made out.", count,
                                     count == 1 ? "" : "s"));
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
        import_repaired(ctx, title, IMPORT_CHARACTERS_LOST,
                        arena_printf(ctx->arena, "%zu character%s could not be read.",
                                     reading->characters_lost, reading->characters_lost == 1 ? "" : "s"));
    tell_lost_fields(ctx, title, reading->fields_lost);
}

static void refuse(struct marc_file *file, struct ctx *ctx, const char *problem,
                   struct import_title *out_title)
{
    *out_title = (struct import_title){.row = ++file->records};
    import_refused(ctx, out_title, IMPORT_MARC_UNREADABLE, problem);
}

/* ---- ISO 2709 ------------------------------------------------------------------------------------------ */

static void read_iso2709(struct marc_file *file, struct ctx *ctx, const char *bytes, size_t length,
                         struct import_title *out_title)
{
    struct marc_reading record;
    const char *problem;

    if (!iso2709_read(ctx->arena, file->converter, bytes, length, &record, &problem)) {
        refuse(file, ctx, problem, out_title);
        return;
    }
    marc_title_read(ctx, &record.record, out_title);
    tell_reading(ctx, out_title, &record);
    out_title->row = ++file->records;
    out_title->original = bytes;
    out_title->original_length = length;
    out_title->original_format = MARC_ISO_2709;
}

/* Fills the window behind what is not yet told. False: the disk. */
static bool fill_window(struct marc_file *file)
{
    size_t length;

    file->window_length -= file->window_at;
    memmove(file->window, file->window + file->window_at, file->window_length);
    file->window_at = 0;
    size_t room = WINDOW_BYTES - file->window_length;
    if (!import_source_read(&file->source, file->at, file->window + file->window_length, room, &length))
        return false;
    file->at += (int64_t)length;
    file->window_length += length;
    file->is_at_end = length < room;
    return true;
}

/* The rest of a record that was refused for its length. */
static void pass_over(struct marc_file *file)
{
    const char *rest = file->window + file->window_at;
    const char *end = memchr(rest, RECORD_END, file->window_length - file->window_at);

    file->window_at = end ? (size_t)(end - file->window) + 1 : file->window_length;
    file->passes_over = !end;
}

enum found { FOUND, NOTHING_WHOLE, NOTHING_MORE };

/* A whole record in the window, or what there is where the window is full or the file ends. */
static enum found find_record(struct marc_file *file, const char **out_record, size_t *out_length)
{
    size_t at = file->window_at;

    if (!iso2709_next(file->window, file->window_length, &at, out_record, out_length)) {
        file->window_at = file->window_length;
        return file->is_at_end ? NOTHING_MORE : NOTHING_WHOLE;
    }
    bool has_end = (*out_record)[*out_length - 1] == RECORD_END;
    if (!has_end && !file->is_at_end && *out_length < WINDOW_BYTES) {
        file->window_at = at - *out_length;
        return NOTHING_WHOLE;
    }
    file->passes_over = !has_end && !file->is_at_end;
    file->window_at = at;
    return FOUND;
}

static enum marc_file_step next_iso2709(struct marc_file *file, struct ctx *ctx,
                                        struct import_title *out_title)
{
    const char *record;
    size_t length;

    for (;;) {
        if (file->passes_over)
            pass_over(file);
        enum found found = file->passes_over ? NOTHING_WHOLE : find_record(file, &record, &length);
        if (found == FOUND)
            break;
        if (found == NOTHING_MORE || (file->passes_over && file->is_at_end))
            return MARC_FILE_END;
        if (!fill_window(file))
            return MARC_FILE_UNREADABLE;
    }
    /* The window moves on; what is kept of the record is the caller's. */
    read_iso2709(file, ctx, arena_memdup(ctx->arena, record, length), length, out_title);
    return MARC_FILE_RECORD;
}

/* ---- MARCXML ------------------------------------------------------------------------------------------- */

static bool read_source(void *argument, char *out, size_t size, size_t *out_length)
{
    struct marc_file *file = argument;

    if (!import_source_read(&file->source, file->at, out, size, out_length))
        return false;
    file->at += (int64_t)*out_length;
    return true;
}

static void read_marcxml(struct marc_file *file, struct ctx *ctx, const struct marc_record *record,
                         size_t fields_lost, struct import_title *out_title)
{
    struct text_buf original;

    text_buf_init(&original, ctx->arena);
    marcxml_write(&original, record);
    marc_title_read(ctx, record, out_title);
    tell_lost_fields(ctx, out_title, fields_lost);
    out_title->row = ++file->records;
    out_title->original = text_buf_string(&original);
    out_title->original_length = original.length;
    out_title->original_format = MARC_XML;
}

static enum marc_file_step next_marcxml(struct marc_file *file, struct ctx *ctx,
                                        struct import_title *out_title)
{
    struct marc_record record;
    const char *problem;
    size_t fields_lost;

    switch (marcxml_next(file->xml, ctx->arena, &record, &fields_lost, &problem)) {
    case MARCXML_RECORD: read_marcxml(file, ctx, &record, fields_lost, out_title); return MARC_FILE_RECORD;
    case MARCXML_WRONG:
        file->over = true;
        refuse(file, ctx, arena_printf(ctx->arena, "%s What was read before it counts.", problem), out_title);
        return MARC_FILE_RECORD;
    case MARCXML_END: break;
    }
    return MARC_FILE_END;
}

/* ---- either -------------------------------------------------------------------------------------------- */

static void release_window(void *resource)
{
    free(resource);
}

bool marc_file_open(struct arena *arena, const struct import_source *source, struct marc_file **out_file)
{
    struct marc_file *file = arena_alloc(arena, sizeof *file);
    char first[FIRST_BYTES];
    size_t length;

    *file = (struct marc_file){.source = *source};
    if (!import_source_read(source, 0, first, sizeof first, &length) || !marc_file_is_likely(first, length))
        return false;
    if (marcxml_is_likely(first, length)) {
        file->xml = marcxml_open(arena, read_source, file);
        if (!file->xml)
            abort();
    } else {
        file->converter = marc_converter_new(arena);
        file->window = malloc(WINDOW_BYTES);
        if (!file->window)
            abort();
        arena_defer(arena, release_window, file->window);
    }
    *out_file = file;
    return true;
}

const char *marc_file_format(const struct marc_file *file)
{
    return file->xml ? "marcxml" : "iso2709";
}

enum marc_file_step marc_file_next(struct marc_file *file, struct ctx *ctx, struct import_title *out_title)
{
    if (file->over)
        return MARC_FILE_END;
    return file->xml ? next_marcxml(file, ctx, out_title) : next_iso2709(file, ctx, out_title);
}
