/*
 * marc_service.c — a title, its copies and its original, put together and written down.
 */
#include "catalogue_io/marc_service.h"

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/log.h"
#include "books/books_service.h"
#include "catalogue_io/marc_repository.h"
#include "catalogue_io/marc_title.h"
#include "marc/iso2709.h"
#include "marc/marcxml.h"

static bool keep_record(void *argument, const struct marc_record *record, size_t fields_lost)
{
    struct marc_record *kept = argument;

    (void)fields_lost;
    *kept = *record;
    return false;
}

/* The first of them. */
static bool read_record(struct ctx *ctx, struct marc_converter *converter, enum marc_format format,
                        const char *bytes, size_t length, struct marc_record *out_record,
                        const char **out_problem)
{
    struct marc_reading reading;

    *out_problem = "there is no record in it";
    if (format == MARC_XML) {
        marc_begin(out_record, "", 0);
        if (marcxml_read(ctx->arena, bytes, length, keep_record, out_record, out_problem) == MARCXML_STOPPED)
            return true;
    } else if (iso2709_read(ctx->arena, converter, bytes, length, &reading, out_problem)) {
        *out_record = reading.record;
        return true;
    }
    return false;
}

/* What was once read is read again. Should it not be, the title goes out without it, and the log says so. */
static bool read_original(struct ctx *ctx, struct marc_converter *converter, enum marc_format format,
                          const char *bytes, size_t length, struct marc_record *out_record)
{
    const char *problem;

    if (read_record(ctx, converter, format, bytes, length, out_record, &problem))
        return true;
    LOG(ERROR, "an original record cannot be read", LOG_TEXT("why", problem));
    return false;
}

static enum error_kind write_title(struct ctx *ctx, struct marc_converter *converter, const struct book *book,
                                   const struct marc_style *style, struct text_buf *out)
{
    struct marc_holding *holdings;
    struct marc_record original, record;
    enum marc_format format = MARC_ISO_2709;
    char uuid[UUID_TEXT_SIZE];
    const char *bytes;
    size_t length;

    TRY(marc_repo_holdings(ctx, book->id, &holdings));
    TRY(marc_repo_original(ctx, book->id, &format, &bytes, &length));
    bool has_original = bytes && read_original(ctx, converter, format, bytes, length, &original);
    uuid_format(&book->uuid, uuid);
    marc_title_write(ctx, &book->facts, uuid, book->updated_at, holdings, has_original ? &original : NULL,
                     &record);
    if (style->format == MARC_XML)
        marcxml_write(out, &record);
    else
        iso2709_write(out, &record, style->charset, converter);
    return OK;
}

static void begin(const struct marc_style *style, struct text_buf *out)
{
    if (style->format == MARC_XML)
        marcxml_begin(out);
}

static void end(const struct marc_style *style, struct text_buf *out)
{
    if (style->format == MARC_XML)
        marcxml_end(out);
}

/* In memory of its own, so that a piece of many titles takes no more than it has to say. */
static enum error_kind append_title(struct ctx *ctx, struct marc_converter *converter,
                                    const struct book *book, const struct marc_style *style,
                                    struct text_buf *out)
{
    struct ctx scratch = *ctx;
    struct arena arena;
    struct text_buf record;

    arena_init(&arena, ARENA_RECORD_MAX);
    scratch.arena = &arena;
    text_buf_init(&record, &arena);
    enum error_kind kind = write_title(&scratch, converter, book, style, &record);
    if (kind == OK && arena_exhausted(&arena))
        kind = fail(ctx, OUT_OF_MEMORY, "The record of “%s” is too large.", book->facts.title);
    else if (kind != OK)
        kind = error_set(ctx, scratch.error.code, "%s", scratch.error.detail);
    else
        text_buf_append(out, text_buf_string(&record));
    arena_release(&arena);
    return kind;
}

enum error_kind marc_keep_original(struct ctx *ctx, int64_t book_id, enum marc_format format,
                                   const char *record, size_t length)
{
    return marc_repo_keep(ctx, book_id, format, record, length);
}

enum error_kind marc_forget_original(struct ctx *ctx, int64_t book_id)
{
    return marc_repo_forget(ctx, book_id);
}

enum error_kind marc_show(struct ctx *ctx, const struct uuid *uuid, const struct marc_style *style,
                          struct text_buf *out)
{
    struct book book;

    TRY(books_find_any(ctx, uuid, &book));
    begin(style, out);
    TRY(append_title(ctx, marc_converter_new(ctx->arena), &book, style, out));
    end(style, out);
    return OK;
}

/* The only record among these bytes, in the form in which it is kept: XML as a <record> of ours. */
static enum error_kind only_record(struct ctx *ctx, const char *bytes, size_t length,
                                   enum marc_format *out_format, const char **out_record, size_t *out_length)
{
    struct marc_record record;
    struct text_buf xml;
    const char *problem;
    size_t at = 0;

    *out_format = marcxml_is_likely(bytes, length) ? MARC_XML : MARC_ISO_2709;
    if (*out_format == MARC_ISO_2709 &&
        (!iso2709_is_likely(bytes, length) || !iso2709_next(bytes, length, &at, out_record, out_length)))
        return fail(ctx, IMPORT_UNREADABLE, "This is no MARC record.");
    if (!read_record(ctx, marc_converter_new(ctx->arena), *out_format,
                     *out_format == MARC_XML ? bytes : *out_record,
                     *out_format == MARC_XML ? length : *out_length, &record, &problem))
        return fail(ctx, IMPORT_UNREADABLE, "This is no MARC record.");
    if (*out_format == MARC_ISO_2709)
        return OK;
    text_buf_init(&xml, ctx->arena);
    marcxml_write(&xml, &record);
    *out_record = text_buf_string(&xml);
    *out_length = xml.length;
    return OK;
}

enum error_kind marc_keep(struct ctx *ctx, const struct uuid *uuid, const char *bytes, size_t length)
{
    enum marc_format format;
    const char *record;
    size_t record_length;
    struct book book;

    TRY(books_find(ctx, uuid, &book));
    TRY(only_record(ctx, bytes, length, &format, &record, &record_length));
    TRY(marc_repo_replace(ctx, book.id, format, record, record_length));
    return audit_act(ctx, "book.record_kept", "book", book.id);
}

enum error_kind marc_export_piece(struct ctx *ctx, const struct marc_style *style, int64_t *io_after,
                                  struct text_buf *out, bool *out_more)
{
    struct marc_converter *converter = marc_converter_new(ctx->arena);
    int64_t ids[MARC_PIECE_RECORDS];
    size_t count;
    size_t written = 0;

    TRY(marc_repo_titles(ctx, *io_after, MARC_PIECE_RECORDS, ids, &count));
    if (*io_after == 0)
        begin(style, out);
    while (written < count && out->length < MARC_PIECE_BYTES) {
        struct book book;
        TRY(books_find_by_id(ctx, ids[written], &book));
        TRY(append_title(ctx, converter, &book, style, out));
        *io_after = ids[written++];
    }
    *out_more = written < count || count == MARC_PIECE_RECORDS;
    if (!*out_more)
        end(style, out);
    return OK;
}
