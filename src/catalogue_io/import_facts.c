/*
 * import_facts.c — what one value of a file, repaired, becomes in the facts of a title: through the same field table
 * that a body of POST /books goes through. A file is held to no other rules than a person.
 */
#include "catalogue_io/import_facts.h"

#include <inttypes.h>
#include <string.h>

#include "base/barcode.h"
#include "base/text.h"
#include "catalogue_io/import_repair.h"

/* ---- reasons ------------------------------------------------------------------------------------------ */

static void add_reason(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                       const char *text)
{
    struct import_reason **end = &title->reasons;

    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(ctx->arena, sizeof **end);
    **end = (struct import_reason){.code = code, .text = text};
}

void import_repaired(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                     const char *text)
{
    if (title->outcome == IMPORT_REFUSED)
        return;
    add_reason(ctx, title, code, text);
    if (title->outcome == IMPORT_AS_IT_IS)
        title->outcome = IMPORT_REPAIRED;
}

void import_refused(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                    const char *text)
{
    /* What was repaired no longer matters. */
    if (title->outcome != IMPORT_REFUSED)
        title->reasons = NULL;
    add_reason(ctx, title, code, text);
    title->outcome = IMPORT_REFUSED;
}

/* ---- values ------------------------------------------------------------------------------------------- */

/* Stores a text under a field's own bounds. False, with a sentence, when it does not fit them. */
static bool store(struct ctx *ctx, struct import_title *title, const char *field, const char *text,
                  const char **out_problem)
{
    return field_store_text(ctx, field_find(book_fields, field), text, &title->facts, out_problem);
}

/* A field the title can do without: left out rather than the row refused. */
static void store_or_drop(struct ctx *ctx, struct import_title *title, const char *field, const char *text)
{
    const char *problem;

    if (!store(ctx, title, field, text, &problem))
        import_repaired(ctx, title, IMPORT_FIELD_DROPPED,
                        arena_printf(ctx->arena, "%s left out: it %s.", field, problem));
}

void import_set_text(struct ctx *ctx, struct import_title *title, const char *field, const char *text,
                     size_t max)
{
    const char *cut = import_cut_text(ctx->arena, text, max);

    if (cut != text)
        import_repaired(ctx, title, IMPORT_FIELD_CUT,
                        arena_printf(ctx->arena, "%s cut to %zu characters.", field, max));
    store_or_drop(ctx, title, field, cut);
}

void import_set_title(struct ctx *ctx, struct import_title *title, const char *text)
{
    const char *cut = import_cut_text(ctx->arena, text, BOOK_TITLE_MAX);

    if (*text == '\0')
        import_refused(ctx, title, IMPORT_NO_TITLE, "The title is missing.");
    if (cut != text)
        import_repaired(ctx, title, IMPORT_TITLE_CUT,
                        arena_printf(ctx->arena, "Title of %zu characters cut to %d.", text_length(text),
                                     BOOK_TITLE_MAX));
    store_or_drop(ctx, title, "title", cut);
}

void import_set_authors(struct ctx *ctx, struct import_title *title, const char *names)
{
    const char *cut = import_cut_authors(ctx->arena, names, BOOK_AUTHOR_MAX);

    if (*names == '\0')
        import_refused(ctx, title, IMPORT_NO_AUTHOR, "The author is missing.");
    if (cut != names)
        import_repaired(ctx, title, IMPORT_AUTHOR_CUT,
                        arena_printf(ctx->arena, "Author of %zu characters cut to %zu, after whole names.",
                                     text_length(names), text_length(cut)));
    store_or_drop(ctx, title, "author", cut);
}

void import_set_isbn(struct ctx *ctx, struct import_title *title, const char *own, const char *isbn13)
{
    const char *shown = text_truncate(ctx->arena, *own ? own : isbn13, ISBN_TEXT_MAX);
    char isbn[ISBN_TEXT_MAX + 1];

    switch (import_repair_isbn(own, isbn13, isbn)) {
    case ISBN_ABSENT: return;
    case ISBN_TAKEN: break;
    case ISBN_ZEROS_RESTORED:
        import_repaired(ctx, title, IMPORT_ISBN_ZEROS_RESTORED,
                        arena_printf(ctx->arena, "ISBN %s given its leading zeros back: %s.", own, isbn));
        break;
    case ISBN_NOT_VALID:
        import_repaired(ctx, title, IMPORT_ISBN_DROPPED,
                        arena_printf(ctx->arena, "ISBN %s left out: it is not valid.", shown));
        return;
    case ISBN_ROUNDED:
        import_repaired(ctx, title, IMPORT_ISBN_ROUNDED,
                        arena_printf(ctx->arena, "ISBN %s left out: a spreadsheet has rounded it.", shown));
        return;
    }
    title->facts.isbn = arena_strdup(ctx->arena, isbn);
}

void import_set_year(struct ctx *ctx, struct import_title *title, const char *text)
{
    const char *problem;
    int64_t year;

    if (*text == '\0')
        return;
    bool read = import_read_year(text, &year);
    /* 0 is how programs write that they do not know. */
    if (read && year == 0)
        return;
    if (!read || !store(ctx, title, "year", arena_printf(ctx->arena, "%" PRId64, year), &problem))
        import_repaired(ctx, title, IMPORT_YEAR_DROPPED,
                        arena_printf(ctx->arena, "Year left out: “%s” is none.",
                                     text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
}

void import_set_categories(struct ctx *ctx, struct import_title *title, const char *names)
{
    store_or_drop(ctx, title, "categories", names);
}

void import_check_barcode(struct ctx *ctx, struct import_title *title, const char *barcode)
{
    if (!barcode_acceptable(barcode))
        import_refused(ctx, title, IMPORT_BAD_BARCODE,
                       arena_printf(ctx->arena, "Barcode “%s” is not 1 to %d letters, digits or signs.",
                                    text_truncate(ctx->arena, barcode, BOOK_TEXT_MAX), BARCODE_MAX));
}
