/*
 * merges_service.c — the order in which two titles become one: first what hangs on copies, then what waits for them,
 * then what describes the title; counted at the end. The way back is the same way.
 */
#include "duplicates/merges_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "books/covers_service.h"
#include "borrows/following_service.h"
#include "copies/copies_service.h"
#include "counters/recount_service.h"
#include "duplicates/merged_fields.h"
#include "duplicates/merged_holds_service.h"
#include "duplicates/merged_reviews_service.h"
#include "duplicates/merges_repository.h"
#include "events/events_service.h"

const struct field merge_fields[] = {
    {"gone_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct merge_facts, gone_id),
     "The record that becomes one with this and goes to the archive"},
    {"take", FIELD_TEXTS, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct merge_facts, take),
     "What this record gets from it: title, subtitle, author, isbn, publisher, edition, year, language,"
     " description, item_type, cover",
     .most = BOOK_CATEGORIES_MAX},
    {0},
};

/* ---- looking before -------------------------------------------------------------------------------------- */

static enum error_kind find_both(struct ctx *ctx, const struct uuid *kept_uuid, const struct uuid *gone_uuid,
                                 const char *where, const char *field, struct book *out_kept,
                                 struct book *out_gone)
{
    TRY(books_find(ctx, kept_uuid, out_kept));
    TRY(books_find(ctx, gone_uuid, out_gone));
    if (out_kept->id == out_gone->id)
        error_field(ctx, where, field, "same", "must be another title");
    return error_check_fields(ctx);
}

static enum error_kind look(struct ctx *ctx, const struct book *kept, const struct book *gone,
                            struct merge_preview *out_preview)
{
    struct merge_preview preview = {.kept_id = kept->id, .gone_id = gone->id};
    struct merge_move *category;

    TRY(merges_repo_preview(ctx, &preview));
    TRY(merges_repo_categories(ctx, gone->id, kept->id, &category));
    preview.categories.items = arena_alloc_array(ctx->arena, BOOK_CATEGORIES_MAX, sizeof(char *));
    for (; category && kept->facts.categories.count + preview.categories.count < BOOK_CATEGORIES_MAX;
         category = category->next)
        preview.categories.items[preview.categories.count++] = category->before;
    if (preview.readers)
        preview.obstacle = "readers";
    else if (preview.copies + preview.loans + preview.holds > MERGE_MOVES_MAX)
        preview.obstacle = "too_many";
    else if (preview.queue > HOLD_QUEUE_MAX)
        preview.obstacle = "queue";
    else if (kept->total_copies + gone->total_copies > BOOK_COPIES_MAX)
        preview.obstacle = "copies";
    *out_preview = preview;
    return OK;
}

enum error_kind merges_preview(struct ctx *ctx, const struct uuid *kept_uuid, const struct uuid *gone_uuid,
                               struct merge_preview *out_preview)
{
    struct book kept;
    struct book gone;

    TRY(find_both(ctx, kept_uuid, gone_uuid, "query", "with", &kept, &gone));
    return look(ctx, &kept, &gone, out_preview);
}

static enum error_kind refuse_reader(struct ctx *ctx, const struct merge_reader *reader)
{
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&reader->uuid, uuid);
    error_reason_text(ctx, "member_id", uuid);
    error_reason_text(ctx, "obstacle", reader->reason);
    if (strcmp(reader->reason, "both_lent") == 0)
        return fail(ctx, MERGE_NOT_POSSIBLE, "%s has both titles at home: take one of them back first.",
                    reader->name);
    if (strcmp(reader->reason, "both_ready") == 0)
        return fail(ctx, MERGE_NOT_POSSIBLE,
                    "Both titles lie on the hold shelf for %s: cancel one of the holds first.", reader->name);
    return fail(
        ctx, MERGE_NOT_POSSIBLE,
        "%s has one of the titles at home, and the other lies on the hold shelf for them: cancel that "
        "hold first.",
        reader->name);
}

static enum error_kind check_possible(struct ctx *ctx, const struct merge_preview *preview)
{
    if (preview->readers)
        return refuse_reader(ctx, preview->readers);
    if (!preview->obstacle)
        return OK;
    error_reason_text(ctx, "obstacle", preview->obstacle);
    if (strcmp(preview->obstacle, "queue") == 0)
        return fail(ctx, MERGE_NOT_POSSIBLE, "More than %d readers would wait for one title.",
                    HOLD_QUEUE_MAX);
    if (strcmp(preview->obstacle, "copies") == 0)
        return fail(ctx, MERGE_NOT_POSSIBLE, "A title can have at most %d copies.", BOOK_COPIES_MAX);
    return fail(ctx, MERGE_NOT_POSSIBLE, "More than %d copies, loans and holds would move: keep that record.",
                MERGE_MOVES_MAX);
}

static enum error_kind check_taken(struct ctx *ctx, const struct text_list *take)
{
    for (size_t i = 0; i < take->count; i++)
        if (!merged_field_number(take->items[i]) && strcmp(take->items[i], MERGED_FIELDS_COVER) != 0)
            error_field(ctx, "body", "take", "choice", "“%s” is nothing that could be taken", take->items[i]);
    return error_check_fields(ctx);
}

/* ---- making one ------------------------------------------------------------------------------------------ */

struct merging {
    int64_t id; /* of the merge */
    struct book kept, gone;
    const struct text_list *take;
};

static enum error_kind move_copies(struct ctx *ctx, const struct merging *merging)
{
    struct merge_move *copy;
    bool moved;

    TRY(merges_repo_copies(ctx, merging->gone.id, &copy));
    for (; copy; copy = copy->next) {
        TRY(merges_repo_note(ctx, merging->id, MERGED_COPY, copy->entity_id, NULL));
        TRY(copies_change_title(ctx, copy->entity_id, merging->gone.id, merging->kept.id, &moved));
    }
    return borrows_follow_copies(ctx, merging->gone.id, merging->kept.id);
}

static enum error_kind add_categories(struct ctx *ctx, const struct merging *merging, struct text_list *list)
{
    const char **items = arena_alloc_array(ctx->arena, BOOK_CATEGORIES_MAX, sizeof *items);
    struct merge_move *category;

    for (size_t i = 0; i < list->count; i++)
        items[i] = list->items[i];
    list->items = items;
    TRY(merges_repo_categories(ctx, merging->gone.id, merging->kept.id, &category));
    for (; category && list->count < BOOK_CATEGORIES_MAX; category = category->next) {
        items[list->count++] = category->before;
        TRY(merges_repo_note(ctx, merging->id, MERGED_CATEGORY, category->entity_id, NULL));
    }
    return OK;
}

static bool takes(const struct text_list *take, const char *name)
{
    for (size_t i = 0; i < take->count; i++)
        if (strcmp(take->items[i], name) == 0)
            return true;
    return false;
}

/* The same number twice in `take` is one. */
static enum error_kind describe(struct ctx *ctx, const struct merging *merging)
{
    const struct book_facts *gone = &merging->gone.facts;
    struct book_facts after = merging->kept.facts;
    struct text_list seen = {.items = merging->take->items};

    after.allow_shared_isbn = true;
    if (takes(merging->take, "isbn"))
        TRY(merges_repo_note(ctx, merging->id, MERGED_FIELD, MERGED_FIELD_SHARED,
                             merging->kept.isbn_shared ? "1" : "0"));
    for (; seen.count < merging->take->count; seen.count++) {
        const char *name = merging->take->items[seen.count];
        int64_t number = merged_field_number(name);
        if (number == 0 || takes(&seen, name))
            continue;
        TRY(merges_repo_note(ctx, merging->id, MERGED_FIELD, number,
                             merged_field_text(ctx, number, &merging->kept.facts)));
        merged_field_copy(number, gone, &after);
    }
    TRY(add_categories(ctx, merging, &after.categories));
    return books_update(ctx, &merging->kept, &after, NO_NUMBER);
}

static enum error_kind move_cover(struct ctx *ctx, const struct merging *merging)
{
    const char *of_kept;
    const char *of_gone;

    TRY(covers_name(ctx, merging->kept.id, &of_kept));
    TRY(covers_name(ctx, merging->gone.id, &of_gone));
    if (*of_gone == '\0' || (*of_kept != '\0' && !takes(merging->take, MERGED_FIELDS_COVER)))
        return OK;
    TRY(merges_repo_note(ctx, merging->id, MERGED_COVER, merging->gone.id, of_gone));
    return covers_exchange(ctx, merging->gone.id, merging->kept.id);
}

static enum error_kind move_record(struct ctx *ctx, const struct merging *merging)
{
    bool moved;

    TRY(merges_repo_move_marc(ctx, merging->gone.id, merging->kept.id, &moved));
    return moved ? merges_repo_note(ctx, merging->id, MERGED_MARC, merging->gone.id, NULL) : OK;
}

static enum error_kind archive_gone(struct ctx *ctx, const struct merging *merging)
{
    struct book gone;

    TRY(recount_book(ctx, merging->gone.id));
    TRY(recount_book(ctx, merging->kept.id));
    TRY(books_touch(ctx, merging->kept.id));
    TRY(books_find_by_id(ctx, merging->gone.id, &gone));
    return books_archive(ctx, &gone, NO_NUMBER);
}

static enum error_kind tell(struct ctx *ctx, const struct book *kept, const struct book *gone,
                            const char *action, enum event_type event)
{
    char uuid[UUID_TEXT_SIZE];
    struct field_change change = {.name = "record"};

    uuid_format(&gone->uuid, uuid);
    change.after = arena_printf(ctx->arena, "%s (%s)", gone->facts.title, uuid);
    TRY(audit_edit(ctx, action, "book", kept->id, &change));
    return events_record(
        ctx,
        &(struct event_fact){.type = event, .book_id = kept->id, .detail = arena_strdup(ctx->arena, uuid)});
}

enum error_kind merges_make(struct ctx *ctx, const struct uuid *kept, const struct merge_facts *facts,
                            int64_t expected_version, int64_t *out_id)
{
    struct merging merging = {.take = &facts->take};
    struct uuid uuid = uuid_new(ctx->now);
    struct merge_preview preview;

    TRY(check_taken(ctx, &facts->take));
    TRY(find_both(ctx, kept, &facts->gone_id, "body", "gone_id", &merging.kept, &merging.gone));
    TRY(books_check_version(ctx, &merging.kept, expected_version));
    TRY(look(ctx, &merging.kept, &merging.gone, &preview));
    TRY(check_possible(ctx, &preview));
    TRY(merges_repo_insert(ctx, &uuid, merging.kept.id, merging.gone.id, &merging.id));
    TRY(merged_holds_move(ctx, merging.id, merging.gone.id, merging.kept.id));
    TRY(move_copies(ctx, &merging));
    TRY(merged_reviews_move(ctx, merging.id, merging.gone.id, merging.kept.id));
    TRY(move_cover(ctx, &merging));
    TRY(move_record(ctx, &merging));
    TRY(describe(ctx, &merging));
    TRY(archive_gone(ctx, &merging));
    TRY(tell(ctx, &merging.kept, &merging.gone, "book.merged", EVENT_BOOK_MERGED));
    *out_id = merging.id;
    return OK;
}

/* ---- making two again ------------------------------------------------------------------------------------ */

static enum error_kind return_copies(struct ctx *ctx, const struct merging *merging)
{
    struct merge_move *copy;
    bool moved;

    TRY(merges_repo_moves(ctx, merging->id, MERGED_COPY, &copy));
    for (; copy; copy = copy->next)
        TRY(copies_change_title(ctx, copy->entity_id, merging->kept.id, merging->gone.id, &moved));
    return borrows_follow_copies(ctx, merging->kept.id, merging->gone.id);
}

static enum error_kind return_cover(struct ctx *ctx, const struct merging *merging)
{
    struct merge_move *cover;
    const char *now;

    TRY(merges_repo_moves(ctx, merging->id, MERGED_COVER, &cover));
    TRY(covers_name(ctx, merging->kept.id, &now));
    if (!cover || !cover->before || strcmp(cover->before, now) != 0)
        return OK;
    return covers_exchange(ctx, merging->gone.id, merging->kept.id);
}

static enum error_kind return_record(struct ctx *ctx, const struct merging *merging)
{
    struct merge_move *marc;
    bool moved;

    TRY(merges_repo_moves(ctx, merging->id, MERGED_MARC, &marc));
    return marc ? merges_repo_move_marc(ctx, merging->kept.id, merging->gone.id, &moved) : OK;
}

static enum error_kind remove_categories(struct ctx *ctx, const struct merging *merging,
                                         struct text_list *list)
{
    const char **items = arena_alloc_array(ctx->arena, BOOK_CATEGORIES_MAX, sizeof *items);
    struct merge_move *first;
    size_t count = 0;

    TRY(merges_repo_moved_categories(ctx, merging->id, &first));
    for (size_t i = 0; i < list->count; i++) {
        const struct merge_move *category = first;
        while (category && strcmp(category->before, list->items[i]) != 0)
            category = category->next;
        if (!category)
            items[count++] = list->items[i];
    }
    *list = (struct text_list){.items = items, .count = count};
    return OK;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A value goes back where it is still the one that was taken. */
static enum error_kind restore_values(struct ctx *ctx, const struct merging *merging)
{
    struct book_facts after = merging->kept.facts;
    const char *shared = NULL;
    struct merge_move *value;

    after.allow_shared_isbn = true;
    TRY(merges_repo_moves(ctx, merging->id, MERGED_FIELD, &value));
    for (; value; value = value->next)
        if (value->entity_id == MERGED_FIELD_SHARED)
            shared = value->before;
        else if (same(merged_field_text(ctx, value->entity_id, &merging->kept.facts),
                      merged_field_text(ctx, value->entity_id, &merging->gone.facts)))
            merged_field_set(value->entity_id, value->before, &after);
    TRY(remove_categories(ctx, merging, &after.categories));
    TRY(books_update(ctx, &merging->kept, &after, NO_NUMBER));
    if (!shared || same(after.isbn, merging->kept.facts.isbn))
        return OK;
    return books_set_isbn_shared(ctx, merging->kept.id, strcmp(shared, "1") == 0);
}

static enum error_kind check_undo(struct ctx *ctx, const struct title_merge *merge,
                                  const struct merging *both)
{
    struct title_merge later;
    char uuid[UUID_TEXT_SIZE];
    bool found;

    if (merge->undone)
        return fail(ctx, ALREADY_UNDONE, "This merge was undone already.");
    TRY(merges_repo_find_of_gone(ctx, merge->kept_id, &later, &found));
    if (!found)
        return OK;
    uuid_format(&later.uuid, uuid);
    error_reason_text(ctx, "merge_id", uuid);
    return fail(ctx, MERGE_NOT_POSSIBLE, "“%s” became one with another title itself: undo that merge first.",
                both->kept.facts.title);
}

enum error_kind merges_undo(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    struct title_merge merge;
    struct merging both = {0};
    bool found;

    TRY(merges_repo_find(ctx, uuid, &merge, &found));
    if (!found)
        return fail(ctx, MERGE_NOT_FOUND, "Merge not found.");
    both.id = merge.id;
    TRY(books_find_by_id(ctx, merge.kept_id, &both.kept));
    TRY(books_find_by_id(ctx, merge.gone_id, &both.gone));
    TRY(check_undo(ctx, &merge, &both));
    TRY(merges_repo_set_undone(ctx, merge.id));
    TRY(books_restore(ctx, &both.gone));
    TRY(return_copies(ctx, &both));
    TRY(merged_holds_return(ctx, merge.id, both.gone.id, both.kept.id));
    TRY(merged_reviews_return(ctx, merge.id, both.gone.id, both.kept.id));
    TRY(return_cover(ctx, &both));
    TRY(return_record(ctx, &both));
    TRY(restore_values(ctx, &both));
    TRY(recount_book(ctx, both.gone.id));
    TRY(recount_book(ctx, both.kept.id));
    TRY(books_touch(ctx, both.kept.id));
    TRY(tell(ctx, &both.kept, &both.gone, "book.merge_undone", EVENT_BOOK_MERGE_UNDONE));
    *out_id = merge.id;
    return OK;
}

/* ---- showing --------------------------------------------------------------------------------------------- */

enum error_kind merges_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return merges_repo_list(ctx, query, sink);
}

enum error_kind merges_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return merges_repo_show(ctx, id, sink);
}
