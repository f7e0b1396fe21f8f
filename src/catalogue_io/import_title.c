/*
 * import_title.c — a row is a title with its copies. One that the catalogue has can give its copies to the title that
 * is there, and fill what that does not say; it never changes what somebody has written.
 */
#include "catalogue_io/import_title.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "catalogue_io/import_row.h"
#include "catalogue_io/marc_service.h"
#include "copies/copies_service.h"

/* ---- reading ------------------------------------------------------------------------------------------- */

/* The first wrong field as a reason; ctx->error is empty again. */
static void refuse_for_error(struct ctx *ctx, struct import_title *title)
{
    const struct field_error *field = ctx->error.fields;
    const char *text =
        field ? arena_printf(ctx->arena, "%s %s.", field->field, field->message) : ctx->error.detail;

    error_clear(ctx);
    import_refused(ctx, title, IMPORT_NOT_VALID, text);
}

static void add_key(struct import_record *record, const char *key)
{
    if (record->key_count < IMPORT_KEYS_MAX)
        record->keys[record->key_count++] = key;
}

/* By which rows are the same title; without an ISBN, title, author and year are. */
static void add_keys(struct ctx *ctx, const struct import_title *title, struct import_record *record)
{
    const struct book_facts *facts = &title->facts;

    add_key(record, facts->isbn ? arena_printf(ctx->arena, "isbn %s", facts->isbn)
                                : arena_printf(ctx->arena, "title %s\n%s\n%" PRId64, facts->title,
                                               text_fold(ctx->arena, facts->author), facts->year));
    for (size_t i = 0; i < title->copy_count; i++) {
        if (title->copies[i].barcode)
            add_key(record, arena_printf(ctx->arena, "barcode %s", title->copies[i].barcode));
    }
}

/* What was found about the title is what is found about the record. */
static void show(const struct import_title *title, struct import_record *record)
{
    record->outcome = title->outcome;
    record->reasons = title->reasons;
}

void import_title_record(struct ctx *ctx, struct import_title *title, struct import_record *out_record)
{
    if (title->outcome != IMPORT_REFUSED && books_check_facts(ctx, &title->facts) != OK)
        refuse_for_error(ctx, title);
    *out_record = (struct import_record){
        .row = title->row, .name = title->facts.title, .match_id = NO_NUMBER, .facts = title};
    show(title, out_record);
    if (title->outcome != IMPORT_REFUSED)
        add_keys(ctx, title, out_record);
}

static void read_row(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                     struct import_record *record)
{
    struct import_title *title = arena_alloc(ctx->arena, sizeof *title);

    import_row_read(ctx, columns, row, title);
    import_title_record(ctx, title, record);
}

/* ---- looking ------------------------------------------------------------------------------------------- */

/* A barcode that is on a copy of this very title already says nothing new; on any other copy it is taken. */
static enum error_kind look_at_copies(struct ctx *ctx, struct import_title *title, int64_t match_id)
{
    size_t kept = 0;

    for (size_t i = 0; i < title->copy_count; i++) {
        struct copy copy;
        bool found = false;
        if (title->copies[i].barcode)
            TRY(copies_find_by_barcode(ctx, title->copies[i].barcode, &copy, &found));
        if (!found) {
            title->copies[kept++] = title->copies[i];
        } else if (copy.book_id == match_id) {
            title->facts.total_copies--;
        } else {
            title->copies[kept++] = title->copies[i];
            import_refused(
                ctx, title, IMPORT_BARCODE_TAKEN,
                arena_printf(ctx->arena, "Barcode %s is on a copy already.", title->copies[i].barcode));
        }
    }
    title->copy_count = kept;
    return OK;
}

static void note_match(struct ctx *ctx, struct import_title *title, const struct book_name *other)
{
    struct import_reason *reason = arena_alloc(ctx->arena, sizeof *reason);

    *reason = (struct import_reason){
        .code = IMPORT_DUPLICATE_IN_CATALOGUE,
        .text =
            title->facts.isbn
                ? arena_printf(ctx->arena, "ISBN %s belongs to “%s” already%s.", title->facts.isbn,
                               other->title, other->archived ? ", which is archived" : "")
                : arena_printf(ctx->arena, "“%s” of that author and year is there already.", other->title),
        .next = title->reasons};
    title->reasons = reason;
}

static enum error_kind look(struct ctx *ctx, struct import_record *record)
{
    struct import_title *title = record->facts;
    struct book_name other;
    bool found;

    TRY(books_find_same(ctx, &title->facts, &other, &found));
    TRY(look_at_copies(ctx, title, found ? other.id : NO_NUMBER));
    if (found && title->outcome != IMPORT_REFUSED) {
        note_match(ctx, title, &other);
        record->match_id = other.id;
        record->match_name = other.title;
    }
    show(title, record);
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static enum error_kind write_new(struct ctx *ctx, const struct import_title *title,
                                 struct import_trail *trail, int64_t *out_copies)
{
    struct book book;

    TRY(copies_catalogue_title_in_batch(ctx, &title->facts, title->copies, title->copy_count, &book));
    if (title->original)
        TRY(marc_keep_original(ctx, book.id, title->original_format, title->original,
                               title->original_length));
    /* Its copies need no trail of their own: they go with it (import_undo_service.h). */
    import_made(trail, "book", book.id);
    *out_copies = book.total_copies;
    return OK;
}

static void made_copy(void *argument, int64_t id)
{
    import_made(argument, "copy", id);
}

static void fill(const char **value, const char *given, const char *name, struct import_trail *trail,
                 int64_t book_id)
{
    if (*value || !given)
        return;
    *value = given;
    import_changed(trail, "book", book_id, name, NULL, given);
}

static const char *joined(struct ctx *ctx, const struct text_list *list)
{
    const char *text = NULL;

    for (size_t i = 0; i < list->count; i++)
        text = text ? arena_printf(ctx->arena, "%s; %s", text, list->items[i]) : list->items[i];
    return text;
}

/* Categories that are not there yet, as many as a title can have. */
static void add_categories(struct ctx *ctx, struct book_facts *facts, const struct text_list *given,
                           struct import_trail *trail, int64_t book_id)
{
    struct text_list all = {.items = arena_alloc_array(ctx->arena, facts->categories.count + given->count + 1,
                                                       sizeof *all.items)};

    for (size_t i = 0; i < facts->categories.count; i++)
        all.items[all.count++] = facts->categories.items[i];
    for (size_t i = 0; i < given->count && all.count < BOOK_CATEGORIES_MAX; i++) {
        size_t same = 0;
        while (same < all.count &&
               strcmp(text_fold(ctx->arena, all.items[same]), text_fold(ctx->arena, given->items[i])) != 0)
            same++;
        if (same == all.count)
            all.items[all.count++] = given->items[i];
    }
    if (all.count == facts->categories.count)
        return;
    import_changed(trail, "book", book_id, "categories", joined(ctx, &facts->categories), joined(ctx, &all));
    facts->categories = all;
}

static enum error_kind fill_title(struct ctx *ctx, const struct book *book, const struct book_facts *given,
                                  struct import_trail *trail)
{
    struct book_facts facts = book->facts;
    const struct field_change *changes;
    int64_t id = book->id;

    fill(&facts.subtitle, given->subtitle, "subtitle", trail, id);
    fill(&facts.publisher, given->publisher, "publisher", trail, id);
    fill(&facts.edition, given->edition, "edition", trail, id);
    fill(&facts.language, given->language, "language", trail, id);
    fill(&facts.description, given->description, "description", trail, id);
    if (facts.year == NO_NUMBER && given->year != NO_NUMBER) {
        facts.year = given->year;
        import_changed(trail, "book", id, "year", NULL, arena_printf(ctx->arena, "%" PRId64, given->year));
    }
    add_categories(ctx, &facts, &given->categories, trail, id);
    return books_update_in_batch(ctx, book, &facts, &changes);
}

/* Copies first: they can be refused, and then nothing has been changed. */
static enum error_kind write_into(struct ctx *ctx, const struct import_record *record,
                                  enum import_choice choice, struct import_trail *trail, int64_t *out_copies)
{
    struct import_title title = *(const struct import_title *)record->facts;
    struct book book;

    TRY(books_find_by_id(ctx, record->match_id, &book));
    if (book.deleted_at != NO_NUMBER)
        return fail(ctx, BOOK_NOT_FOUND, "“%s” is archived. Restore it first.", book.facts.title);
    int64_t count = title.facts.total_copies == NO_NUMBER ? 1 : title.facts.total_copies;
    TRY(copies_add_many_in_batch(ctx, &book, count, title.copies, title.copy_count, made_copy, trail));
    *out_copies = count;
    if (choice != IMPORT_MERGE)
        return OK;
    TRY(books_find_by_id(ctx, record->match_id, &book));
    return fill_title(ctx, &book, &title.facts, trail);
}

static enum error_kind write(struct ctx *ctx, const struct import_record *record, enum import_choice choice,
                             struct import_trail *trail, int64_t *out_copies)
{
    if (record->match_id != NO_NUMBER)
        return write_into(ctx, record, choice, trail, out_copies);
    return write_new(ctx, record->facts, trail, out_copies);
}

static const char *const needed[] = {"title", "author", NULL};

const struct import_kind import_titles = {
    .name = "titles",
    .fields = import_title_fields,
    .needed = needed,
    .read = read_row,
    .look = look,
    .write = write,
};
