/*
 * import_undo_service.c — records from the last to the first, then values.
 */
#include "catalogue_io/import_undo_service.h"

#include <stdio.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "catalogue_io/import_batch_repository.h"
#include "catalogue_io/import_undo.h"
#include "catalogue_io/import_undo_repository.h"
#include "catalogue_io/marc_service.h"
#include "copies/copies_service.h"
#include "events/events_service.h"
#include "members/members_service.h"

#define LOOK_MS 3000 /* of a preview */
#define EDITED "it was changed since"
#define VALUE_FIELD_SIZE 64 /* more than any field's name has */

/* ---- titles ----------------------------------------------------------------------------------------------- */

static const char *reason_to_keep(const struct title_ties *ties)
{
    return ties->lent          ? "it was lent"
           : ties->held        ? "a reader has placed a hold on it"
           : ties->watched     ? "a reader watches it"
           : ties->listed      ? "it stands on a reading list"
           : ties->reviewed    ? "a reader has reviewed it"
           : ties->merged      ? "it was compared or merged with another title"
           : ties->more_copies ? "copies were added to it since"
                               : NULL;
}

/* Of the copies that came with it: they go and stay with it. */
static enum error_kind look_at_copies(struct ctx *ctx, int64_t batch_id, int64_t book_id,
                                      struct import_made_record *record)
{
    struct import_made_record copy;
    int64_t id = 0;

    for (;;) {
        TRY(import_repo_next_copy(ctx, book_id, id, &id));
        if (id == 0 || record->tie)
            return OK;
        TRY(import_undo_copies.look(ctx, batch_id, id, &copy));
        if (copy.tie)
            record->tie = arena_printf(ctx->arena, "of its copy %s: %s", copy.name, copy.tie);
        record->is_edited = record->is_edited || copy.is_edited;
    }
}

static enum error_kind look_at_title(struct ctx *ctx, int64_t batch_id, int64_t id,
                                     struct import_made_record *out_record)
{
    struct title_ties ties;
    struct book book;

    TRY(books_find_by_id(ctx, id, &book));
    TRY(import_repo_title_ties(ctx, id, &ties));
    *out_record = (struct import_made_record){.name = book.facts.title, .tie = reason_to_keep(&ties)};
    if (!out_record->tie)
        TRY(look_at_copies(ctx, batch_id, id, out_record));
    if (out_record->tie || out_record->is_edited || book.version == 1)
        return OK;
    return import_repo_title_edited(ctx, batch_id, id, &out_record->is_edited);
}

/* The id of the last record of a table is given again: nothing may stand under it that was said of this one. */
static enum error_kind forget_removed(struct ctx *ctx, const char *entity, int64_t id)
{
    TRY(audit_forget_record(ctx, entity, id));
    return import_repo_forget_changed(ctx, entity, id);
}

static enum error_kind remove_title(struct ctx *ctx, int64_t book_id)
{
    struct book book;
    int64_t id = 0;

    TRY(books_find_by_id(ctx, book_id, &book)); /* as it was: that its copies go is told in no event */
    for (;;) {
        TRY(import_repo_next_copy(ctx, book_id, id, &id));
        if (id == 0)
            break;
        TRY(import_undo_copies.remove(ctx, id));
        TRY(forget_removed(ctx, import_undo_copies.entity, id));
    }
    TRY(marc_forget_original(ctx, book_id));
    return books_remove(ctx, &book);
}

static const struct import_undoer undo_titles = {"book", look_at_title, remove_title};

/* ---- records ---------------------------------------------------------------------------------------------- */

/* Loans before copies, copies with their titles, and what was left of them. */
static const struct import_undoer *const undoers[IMPORT_UNDO_ENTITIES] = {
    &import_undo_borrows, &undo_titles, &import_undo_copies, &import_undo_members};

static const struct import_undoer *undoer_of(const char *entity)
{
    size_t i = 0;

    while (strcmp(undoers[i]->entity, entity) != 0)
        i++; /* the schema knows no others */
    return undoers[i];
}

enum error_kind import_undo_record(struct ctx *ctx, int64_t batch_id, const char *entity, int64_t id,
                                   bool edits_too, bool only_look, struct import_undone *out_undone)
{
    const struct import_undoer *undoer = undoer_of(entity);
    struct import_made_record record = {0};
    enum error_kind kind = undoer->look(ctx, batch_id, id, &record);

    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        *out_undone = (struct import_undone){.outcome = IMPORT_UNDO_GONE};
        return OK;
    }
    TRY(kind);
    const char *why = record.tie ? record.tie : record.is_edited && !edits_too ? EDITED : NULL;
    *out_undone = (struct import_undone){why ? IMPORT_UNDO_KEPT : IMPORT_UNDO_REMOVED, record.name, why};
    if (why || only_look)
        return OK;
    TRY(undoer->remove(ctx, id));
    return forget_removed(ctx, undoer->entity, id);
}

/* ---- values ----------------------------------------------------------------------------------------------- */

/* A record by its field table, and how it is written. */
struct valued {
    struct book book;
    struct copy copy;
    struct member member;
    const struct field *fields;
    void *facts;
    size_t size;
    const char *name;
};

static enum error_kind find_valued(struct ctx *ctx, const struct import_value *value, struct valued *v)
{
    if (strcmp(value->entity, "book") == 0) {
        TRY(books_find_by_id(ctx, value->entity_id, &v->book));
        v->fields = book_edit_fields;
        v->facts = &v->book.facts;
        v->size = sizeof v->book.facts;
        v->name = v->book.facts.title;
    } else if (strcmp(value->entity, "copy") == 0) {
        TRY(copies_find_by_id(ctx, value->entity_id, &v->copy));
        v->fields = copy_edit_fields;
        v->facts = &v->copy.facts;
        v->size = sizeof v->copy.facts;
        v->name = v->copy.facts.barcode;
    } else {
        TRY(members_find_by_id(ctx, value->entity_id, &v->member));
        v->fields = member_fields;
        v->facts = &v->member.facts;
        v->size = sizeof v->member.facts;
        v->name = v->member.facts.name;
    }
    return OK;
}

/* What "there is none" is, of whatever there can be none. */
static void clear_value(const struct field *field, void *facts)
{
    char *place = (char *)facts + field->offset;

    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_MONEY:
    case FIELD_DAY:
    case FIELD_INSTANT: *(int64_t *)(void *)place = NO_NUMBER; break;
    case FIELD_TEXTS: *(struct text_list *)(void *)place = (struct text_list){0}; break;
    case FIELD_TEXT:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_CHOICE: *(const char **)(void *)place = NULL; break;
    default: break;
    }
}

/* The facts with one of them as this text says. */
static void *with_value(struct ctx *ctx, const struct valued *v, const char *name, const char *text)
{
    void *facts = arena_memdup(ctx->arena, v->facts, v->size);
    const struct field *field = field_find(v->fields, name);
    const char *problem;

    if (field)
        clear_value(field, facts);
    if (!field || !field_store_text(ctx, field, text ? text : "", facts, &problem))
        return NULL;
    return facts;
}

static enum error_kind write_value(struct ctx *ctx, const struct import_value *value, const struct valued *v,
                                   const void *facts)
{
    const struct field_change *changes;

    if (strcmp(value->entity, "book") == 0)
        return books_update_in_batch(ctx, &v->book, facts, &changes);
    if (strcmp(value->entity, "copy") == 0)
        return copies_update(ctx, &v->copy, facts, NO_NUMBER);
    return members_update(ctx, &v->member, facts, NO_NUMBER);
}

static enum error_kind undo_value(struct ctx *ctx, const struct import_value *value, bool edits_too,
                                  bool only_look, enum import_undo_outcome *out_outcome,
                                  const char **out_name)
{
    struct valued v = {0};
    enum error_kind kind = find_valued(ctx, value, &v);

    *out_outcome = IMPORT_UNDO_GONE;
    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        return OK;
    }
    TRY(kind);
    *out_name = v.name;
    const void *left = with_value(ctx, &v, value->field, value->after);
    const void *before = with_value(ctx, &v, value->field, value->before);
    bool is_as_left = left && !fields_changes(ctx, v.fields, v.facts, left);
    *out_outcome = before && (is_as_left || edits_too) ? IMPORT_UNDO_REMOVED : IMPORT_UNDO_KEPT;
    if (only_look || *out_outcome == IMPORT_UNDO_KEPT)
        return OK;
    kind = write_value(ctx, value, &v, before);
    if (kind == OK || kind == ERROR_BUSY || kind == ERROR_INTERNAL)
        return kind;
    /* Refused, as of a copy whose title is archived by now: it stays, and the others go on. */
    error_clear(ctx);
    *out_outcome = IMPORT_UNDO_KEPT;
    return OK;
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

static struct import_undo_counts *counts_of(struct import_undo_preview *preview, const char *entity)
{
    size_t i = 0;

    while (i < preview->entity_count && strcmp(preview->counts[i].entity, entity) != 0)
        i++;
    if (i == preview->entity_count)
        preview->counts[preview->entity_count++] =
            (struct import_undo_counts){.entity = undoer_of(entity)->entity};
    return &preview->counts[i];
}

static void give_example(struct ctx *ctx, struct import_undo_preview *preview, const char *entity,
                         const char *name, const char *why)
{
    if (preview->example_count == IMPORT_UNDO_EXAMPLES)
        return;
    preview->examples[preview->example_count++] = (struct import_undo_example){
        counts_of(preview, entity)->entity, arena_strdup(ctx->arena, name), arena_strdup(ctx->arena, why)};
}

static void count_look(struct ctx *ctx, struct import_undo_preview *preview, const char *entity,
                       const struct import_undone *look)
{
    struct import_undo_counts *counts = counts_of(preview, entity);

    if (look->outcome == IMPORT_UNDO_REMOVED)
        counts->removed++;
    if (look->outcome != IMPORT_UNDO_KEPT)
        return;
    *(strcmp(look->why, EDITED) == 0 ? &counts->edited : &counts->kept) += 1;
    give_example(ctx, preview, entity, look->name, look->why);
}

/* One record, with what it takes from the arena given back unless it is an example. */
static enum error_kind look_at(struct ctx *ctx, const struct import_batch *batch, const char *entity,
                               int64_t id, struct import_undo_preview *preview)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    size_t examples = preview->example_count;
    struct import_undone look;

    TRY(import_undo_record(ctx, batch->id, entity, id, false, true, &look));
    count_look(ctx, preview, entity, &look);
    if (examples == preview->example_count)
        arena_reset_to(ctx->arena, mark);
    return OK;
}

static enum error_kind look_at_records(struct ctx *ctx, const struct import_batch *batch, const char *entity,
                                       int64_t until, struct import_undo_preview *preview)
{
    struct import_range range;
    int64_t before = INT64_MAX;
    bool found = true;

    for (;;) {
        TRY(import_repo_range_before(ctx, batch->id, entity, before, &range, &found));
        if (!found)
            return OK;
        for (int64_t id = range.last_id; id >= range.first_id; id--) {
            preview->complete = clock_monotonic_ms() < until;
            if (!preview->complete)
                return OK;
            TRY(look_at(ctx, batch, entity, id, preview));
        }
        before = range.first_id;
    }
}

/* One value after another, as look_at() does it; what the next one is looked for with is kept aside. */
static enum error_kind look_at_values(struct ctx *ctx, const struct import_batch *batch, int64_t until,
                                      struct import_undo_preview *preview)
{
    struct import_value value = {.entity = "", .field = ""};
    enum import_undo_outcome outcome;
    char field[VALUE_FIELD_SIZE];
    const char *name;
    bool found = true;

    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        size_t examples = preview->example_count;
        TRY(import_repo_next_value(ctx, batch->id, &value, &value, &found));
        if (!found)
            return OK;
        preview->complete = preview->complete && clock_monotonic_ms() < until;
        if (!preview->complete)
            return OK;
        TRY(undo_value(ctx, &value, false, true, &outcome, &name));
        struct import_undo_counts *counts = counts_of(preview, value.entity);
        counts->restored += outcome == IMPORT_UNDO_REMOVED;
        counts->edited += outcome == IMPORT_UNDO_KEPT;
        if (outcome == IMPORT_UNDO_KEPT)
            give_example(ctx, preview, value.entity, name, EDITED);
        snprintf(field, sizeof field, "%s", value.field);
        value = (struct import_value){.entity = counts->entity, .entity_id = value.entity_id, .field = field};
        if (examples == preview->example_count)
            arena_reset_to(ctx->arena, mark);
    }
}

static enum error_kind find_over(struct ctx *ctx, const struct uuid *uuid, struct import_batch *out_batch)
{
    bool found;

    TRY(import_repo_find(ctx, uuid, out_batch, &found));
    if (!found)
        return fail(ctx, IMPORT_NOT_FOUND, "Import not found.");
    if (strcmp(out_batch->status, IMPORT_DONE) == 0 || strcmp(out_batch->status, IMPORT_STOPPED) == 0)
        return OK;
    error_reason_text(ctx, "status", out_batch->status);
    if (strcmp(out_batch->status, IMPORT_UNDONE) == 0)
        return fail(ctx, ALREADY_UNDONE, "The import was undone already.");
    if (strcmp(out_batch->status, IMPORT_READY) == 0 || strcmp(out_batch->status, IMPORT_FAILED) == 0)
        return fail(ctx, IMPORT_NOT_READY, "The import has written nothing: there is nothing to undo.");
    return fail(ctx, IMPORT_UNDER_WAY, "The import is under way. Stop it first, or wait for its end.");
}

enum error_kind import_undo_preview(struct ctx *ctx, const struct uuid *uuid,
                                    struct import_undo_preview **out_preview)
{
    struct import_undo_preview *preview = arena_alloc(ctx->arena, sizeof *preview);
    int64_t until = clock_monotonic_ms() + LOOK_MS;
    struct import_batch batch;

    TRY(find_over(ctx, uuid, &batch));
    preview->complete = true;
    for (size_t i = 0; i < IMPORT_UNDO_ENTITIES && preview->complete; i++)
        TRY(look_at_records(ctx, &batch, undoers[i]->entity, until, preview));
    if (preview->complete)
        TRY(look_at_values(ctx, &batch, until, preview));
    *out_preview = preview;
    return OK;
}

/* ---- undoing ---------------------------------------------------------------------------------------------- */

enum error_kind import_undo_begin(struct ctx *ctx, const struct uuid *uuid, bool edits_too, int64_t *out_id)
{
    struct import_batch batch;
    bool is_counted;

    TRY(find_over(ctx, uuid, &batch));
    TRY(import_repo_stocktake_open(ctx, &is_counted));
    if (is_counted)
        return fail(ctx, CONFLICT, "A stock-take is under way. Finish it first.");
    struct field_change what = {.name = batch.kind, .before = batch.name};
    TRY(audit_edit(ctx, "catalogue.import_undone", "library", NO_NUMBER, &what));
    TRY(import_repo_begin_undo(ctx, batch.id, edits_too));
    *out_id = batch.id;
    return OK;
}

/* Records of one range, from its end; what is dealt with leaves it. */
static enum error_kind undo_range(struct ctx *ctx, const struct import_batch *batch,
                                  const struct import_range *range, bool edits_too, int64_t until)
{
    int64_t id = range->last_id;

    do {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct import_undone undone;
        TRY(import_undo_record(ctx, batch->id, range->entity, id, edits_too, false, &undone));
        id--;
        arena_reset_to(ctx->arena, mark);
    } while (id >= range->first_id && clock_monotonic_ms() < until);
    return import_repo_cut_range(ctx, batch->id, range, id);
}

static enum error_kind undo_records(struct ctx *ctx, const struct import_batch *batch, bool edits_too,
                                    int64_t until, bool *out_whole)
{
    struct import_range range;
    bool found;

    for (size_t i = 0; i < IMPORT_UNDO_ENTITIES;) {
        *out_whole = clock_monotonic_ms() < until;
        if (!*out_whole)
            return OK;
        TRY(import_repo_last_range(ctx, batch->id, undoers[i]->entity, &range, &found));
        if (found)
            TRY(undo_range(ctx, batch, &range, edits_too, until));
        else
            i++;
    }
    return OK;
}

static enum error_kind undo_values(struct ctx *ctx, const struct import_batch *batch, bool edits_too,
                                   int64_t until, bool *out_whole)
{
    const struct import_value start = {.entity = "", .field = ""};
    struct import_value value;
    bool found = true;

    while (found) {
        enum import_undo_outcome outcome;
        const char *name;
        *out_whole = clock_monotonic_ms() < until;
        if (!*out_whole)
            return OK;
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(import_repo_next_value(ctx, batch->id, &start, &value, &found));
        if (!found)
            return OK;
        TRY(undo_value(ctx, &value, edits_too, false, &outcome, &name));
        TRY(import_repo_forget_value(ctx, batch->id, &value));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

enum error_kind import_undo_step(struct ctx *ctx, int64_t batch_id, int64_t budget_ms, bool *out_goes_on)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    struct import_batch batch;
    bool found, edits_too, whole;

    TRY(import_repo_find_by_id(ctx, batch_id, &batch, &found));
    *out_goes_on = found && strcmp(batch.status, IMPORT_UNDOING) == 0;
    if (!*out_goes_on)
        return OK;
    TRY(import_repo_undoes_edits(ctx, batch_id, &edits_too));
    TRY(undo_records(ctx, &batch, edits_too, until, &whole));
    if (whole)
        TRY(undo_values(ctx, &batch, edits_too, until, &whole));
    *out_goes_on = !whole;
    if (!whole)
        return OK;
    TRY(import_repo_end_undo(ctx, batch_id));
    return events_record(ctx, &(struct event_fact){.type = EVENT_IMPORT_UNDONE, .detail = batch.kind});
}
