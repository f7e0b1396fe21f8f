/*
 * import_copy.c — a file of copies: each with its barcode, and with what tells which title it is a copy of.
 */
#include <stdio.h>
#include <string.h>

#include "base/barcode.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"
#include "books/isbn.h"
#include "catalogue_io/import_record.h"
#include "catalogue_io/import_repair.h"
#include "catalogue_io/import_undo.h"
#include "catalogue_io/import_value.h"
#include "copies/copies_service.h"

struct import_copy {
    struct copy_facts facts;
    struct uuid book_uuid; /* all zero: not given */
    const char *isbn;      /* in stored form; so below: NULL, none */
    const char *title, *author;
    int64_t year;
    int64_t book_id; /* found by look(); 0: none yet */
};

/* What other systems call the states of a copy. "On loan" is "available" here: loans come by themselves. */
static const struct {
    const char *status, *words;
} states[] = {
    {"available", "available|in|on shelf|on the shelf|checked in|on loan|out|checked out|on hold shelf|hold|"
                  "verfugbar|vorhanden|ausgeliehen|entliehen|disponible|en rayon|prete|emprunte|prestado|"
                  "disponibile|in prestito|disponivel|emprestado|beschikbaar|uitgeleend|ok|crt|hld|ln"},
    {"in_repair",
     "in repair|repair|in mending|mending|bindery|damaged|in reparatur|reparatur|defekt|beschadigt|"
     "beim buchbinder|en reparation|abime|en reparacion|danado|in riparazione|danneggiato|"
     "em reparo|em reparacao|danificado|in reparatie|beschadigd|mnd"},
    {"lost",
     "lost|missing|long overdue|verloren|vermisst|fehlt|perdu|manquant|perdido|smarrito|perso|mancante|"
     "extraviado|verloren gegaan|vermist|lst"},
    {"withdrawn", "withdrawn|weeded|discarded|deleted|ausgesondert|ausgeschieden|makuliert|elimine|desherbe|"
                  "pilonne|descartado|expurgado|retirado|scartato|afgeschreven|afgevoerd"},
};

/* ---- from the row --------------------------------------------------------------------------------------- */

struct reading {
    struct ctx *ctx;
    const struct import_columns *columns;
    const struct csv_row *row;
    struct import_record *record;
};

static const char *cell(const struct reading *r, int field)
{
    return import_cell(r->ctx, r->columns, r->row, field);
}

static void read_barcode(const struct reading *r, struct import_copy *copy)
{
    const char *barcode = cell(r, COPY_COLUMN_BARCODE);

    if (*barcode == '\0')
        return;
    if (!barcode_acceptable(barcode)) {
        import_record_refused(
            r->ctx, r->record, IMPORT_BAD_BARCODE,
            arena_printf(r->ctx->arena, "Barcode “%s” is not 1 to %d letters, digits or signs.",
                         text_truncate(r->ctx->arena, barcode, BOOK_TEXT_MAX), BARCODE_MAX));
        return;
    }
    copy->facts.barcode = barcode;
    r->record->name = barcode;
    import_record_key(r->ctx, r->record, "barcode", barcode);
}

static void read_isbn(const struct reading *r, struct import_copy *copy)
{
    char isbn[ISBN_TEXT_MAX + 1];

    switch (import_repair_isbn(cell(r, COPY_COLUMN_ISBN), cell(r, COPY_COLUMN_ISBN13), isbn)) {
    case ISBN_TAKEN:
    case ISBN_ZEROS_RESTORED: copy->isbn = arena_strdup(r->ctx->arena, isbn); break;
    case ISBN_ABSENT:
    case ISBN_NOT_VALID:
    case ISBN_ROUNDED: break;
    }
}

static void read_title(const struct reading *r, struct import_copy *copy)
{
    bool plural = import_columns_have(r->columns, COPY_COLUMN_AUTHORS);
    struct arena *arena = r->ctx->arena;
    const char *title = import_cut_text(arena, cell(r, COPY_COLUMN_TITLE), BOOK_TITLE_MAX);
    const char *author = import_cut_authors(
        arena,
        import_split_authors(arena, cell(r, plural ? COPY_COLUMN_AUTHORS : COPY_COLUMN_AUTHOR), plural),
        BOOK_AUTHOR_MAX);

    copy->title = *title ? title : NULL;
    copy->author = *author ? author : NULL;
    if (!import_read_year(cell(r, COPY_COLUMN_YEAR), &copy->year))
        copy->year = NO_NUMBER;
    if (!r->record->name)
        r->record->name = copy->title;
}

static void read_book(const struct reading *r, struct import_copy *copy)
{
    const char *uuid = cell(r, COPY_COLUMN_BOOK_ID);

    if (*uuid && !uuid_parse(uuid, &copy->book_uuid))
        copy->book_uuid = (struct uuid){0};
    read_isbn(r, copy);
    read_title(r, copy);
    if (!uuid_is_given(&copy->book_uuid) && !copy->isbn && !copy->title)
        import_record_refused(
            r->ctx, r->record, IMPORT_NO_BOOK,
            "The row does not say of which title it is a copy: no ISBN that is valid, no title.");
}

static void read_status(const struct reading *r, struct import_copy *copy)
{
    const char *text = cell(r, COPY_COLUMN_STATUS);

    copy->facts.status = "available";
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (import_word_among(r->ctx->arena, text, states[i].words)) {
            copy->facts.status = states[i].status;
            return;
        }
    }
    if (*text)
        import_record_repaired(r->ctx, r->record, IMPORT_FIELD_DROPPED,
                               arena_printf(r->ctx->arena,
                                            "status left out: “%s” is none that is known here.",
                                            text_truncate(r->ctx->arena, text, BOOK_TEXT_MAX)));
}

static void read_price(const struct reading *r, struct import_copy *copy)
{
    const char *text = cell(r, COPY_COLUMN_PRICE);

    if (*text == '\0')
        return;
    if (!import_read_money(r->ctx->arena, text, r->ctx->currency_exponent, &copy->facts.price) ||
        copy->facts.price > MONEY_MAX) {
        copy->facts.price = NO_NUMBER;
        import_record_repaired(r->ctx, r->record, IMPORT_FIELD_DROPPED,
                               arena_printf(r->ctx->arena, "price left out: “%s” is no sum of money.",
                                            text_truncate(r->ctx->arena, text, BOOK_TEXT_MAX)));
    }
}

static void read_copy(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                      struct import_record *record)
{
    struct import_copy *copy = arena_alloc(ctx->arena, sizeof *copy);
    const struct reading reading = {ctx, columns, row, record};

    *copy = (struct import_copy){.facts = COPY_FACTS_NONE, .year = NO_NUMBER};
    record->facts = copy;
    record->match_id = NO_NUMBER;
    read_barcode(&reading, copy);
    read_book(&reading, copy);
    read_status(&reading, copy);
    read_price(&reading, copy);
    copy->facts.shelf = import_cell_text(ctx, columns, row, COPY_COLUMN_SHELF, BOOK_TEXT_MAX, record);
    copy->facts.note = import_cell_text(ctx, columns, row, COPY_COLUMN_NOTE, NOTE_MAX, record);
    copy->facts.acquired_on = import_cell_day(ctx, columns, row, COPY_COLUMN_ACQUIRED_ON, record);
    import_check_width(ctx, columns, row, record);
}

/* ---- against the library -------------------------------------------------------------------------------- */

/* Of which title: by its id here, else by its ISBN, else as it is called. *out_count as in books_find_titled(). */
static enum error_kind find_title(struct ctx *ctx, const struct import_copy *copy, struct book_name *out_name,
                                  size_t *out_count)
{
    bool found = false;

    *out_count = 0;
    if (uuid_is_given(&copy->book_uuid)) {
        struct book book;
        enum error_kind kind = books_find_any(ctx, &copy->book_uuid, &book);
        if (kind == OK) {
            *out_name =
                (struct book_name){book.id, book.uuid, book.facts.title, book.deleted_at != NO_NUMBER};
            *out_count = 1;
            return OK;
        }
        if (kind != ERROR_NOT_FOUND)
            return kind;
        error_clear(ctx);
    }
    if (copy->isbn) {
        struct book_facts facts = BOOK_FACTS_NONE;
        facts.isbn = copy->isbn;
        TRY(books_find_same(ctx, &facts, out_name, &found));
        *out_count = found;
    }
    if (found || !copy->title)
        return OK;
    return books_find_titled(ctx, copy->title, copy->author, copy->year, out_name, out_count);
}

static enum error_kind find_book(struct ctx *ctx, struct import_record *record, struct import_copy *copy)
{
    const char *called = copy->title ? copy->title : copy->isbn ? copy->isbn : "";
    struct book_name name;
    size_t count;

    TRY(find_title(ctx, copy, &name, &count));
    if (count == 0)
        import_record_refused(
            ctx, record, IMPORT_NO_BOOK,
            arena_printf(ctx->arena, "There is no title “%s” here: bring the titles first.", called));
    else if (count > 1)
        import_record_refused(ctx, record, IMPORT_BOOK_UNCLEAR,
                              arena_printf(ctx->arena,
                                           "Several titles are called “%s”: their ISBN, author or "
                                           "year would tell which.",
                                           called));
    else if (name.archived)
        import_record_refused(ctx, record, IMPORT_NO_BOOK,
                              arena_printf(ctx->arena, "“%s” is archived: restore it first.", name.title));
    else
        copy->book_id = name.id;
    return OK;
}

/* The copy that has this barcode, if any. One of another title is no match: it is in the way. */
static enum error_kind find_match(struct ctx *ctx, struct import_record *record)
{
    const struct import_copy *import = record->facts;
    struct copy copy;
    struct book book;
    bool found = false;

    record->match_id = NO_NUMBER;
    if (import->facts.barcode)
        TRY(copies_find_by_barcode(ctx, import->facts.barcode, &copy, &found));
    if (!found)
        return OK;
    TRY(books_find_by_id(ctx, copy.book_id, &book));
    if (import->book_id != 0 && import->book_id != copy.book_id) {
        import_record_refused(ctx, record, IMPORT_BARCODE_TAKEN,
                              arena_printf(ctx->arena, "Barcode %s is on a copy of “%s” already.",
                                           import->facts.barcode, book.facts.title));
        return OK;
    }
    record->match_id = copy.id;
    record->match_name = arena_printf(ctx->arena, "%s (%s)", import->facts.barcode, book.facts.title);
    return OK;
}

static enum error_kind look_at_copy(struct ctx *ctx, struct import_record *record)
{
    if (record->outcome == IMPORT_REFUSED)
        return OK;
    TRY(find_book(ctx, record, record->facts));
    return record->outcome == IMPORT_REFUSED ? OK : find_match(ctx, record);
}

/* ---- writing -------------------------------------------------------------------------------------------- */

static void tell_changes(struct import_trail *trail, const struct copy *before, const struct copy *after,
                         struct ctx *ctx)
{
    for (const struct field_change *change =
             fields_changes(ctx, copy_edit_fields, &before->facts, &after->facts);
         change; change = change->next)
        import_changed(trail, "copy", before->id, change->name, change->before, change->after);
}

static enum error_kind fill(struct ctx *ctx, int64_t id, const struct import_copy *import,
                            struct import_trail *trail)
{
    struct copy before, after;

    TRY(copies_find_by_id(ctx, id, &before));
    TRY(copies_fill_in_batch(ctx, &before, &import->facts));
    TRY(copies_find_by_id(ctx, id, &after));
    tell_changes(trail, &before, &after, ctx);
    return OK;
}

static enum error_kind write_copy(struct ctx *ctx, const struct import_record *record,
                                  enum import_choice choice, struct import_trail *trail, int64_t *out_copies)
{
    const struct import_copy *import = record->facts;
    struct copy copy;
    bool found = false;

    *out_copies = 0;
    if (import->facts.barcode)
        TRY(copies_find_by_barcode(ctx, import->facts.barcode, &copy, &found));
    if (found && choice != IMPORT_SKIP && copy.book_id == import->book_id)
        return fill(ctx, copy.id, import, trail);
    TRY(copies_add_in_batch(ctx, import->book_id, &import->facts, &copy));
    import_made(trail, "copy", copy.id);
    *out_copies = 1;
    return OK;
}

/* ---- undoing -------------------------------------------------------------------------------------------- */

static enum error_kind look_at_made(struct ctx *ctx, int64_t batch_id, int64_t id,
                                    struct import_made_record *out_record)
{
    struct copy copy;

    (void)batch_id; /* whoever changes a copy raises its version */
    TRY(copies_find_by_id(ctx, id, &copy));
    *out_record = (struct import_made_record){.name = copy.facts.barcode, .is_edited = copy.version > 1};
    return copies_ties(ctx, &copy, &out_record->tie);
}

static enum error_kind remove_copy(struct ctx *ctx, int64_t id)
{
    struct copy copy;

    TRY(copies_find_by_id(ctx, id, &copy));
    return copies_remove(ctx, &copy);
}

const struct import_undoer import_undo_copies = {"copy", look_at_made, remove_copy};

static const char *const needed[] = {"isbn|title|book_id", NULL};

const struct import_kind import_copies = {
    .name = "copies",
    .fields = import_copy_fields,
    .needed = needed,
    .read = read_copy,
    .look = look_at_copy,
    .write = write_copy,
};
