/*
 * names_service.c — one name instead of another, title by title.
 */
#include "books/names_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/text.h"
#include "books/books_repository.h"
#include "books/names_repository.h"
#include "events/events_service.h"

/* clang-format off */
const struct field author_rename_fields[] = {
    {"from", FIELD_TEXT, REQUIRED, 1, BOOK_AUTHOR_MAX, AT(struct author_rename, from), "The author's name, one of a title's"},
    {"to", FIELD_TEXT, REQUIRED, 1, BOOK_AUTHOR_MAX, AT(struct author_rename, to), "The name from now on"},
    {0},
};

const struct field category_rename_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, BOOK_TEXT_MAX, AT(struct category_rename, name), "The category"},
    {"new_name", FIELD_TEXT, REQUIRED, 1, BOOK_TEXT_MAX, AT(struct category_rename, new_name), "Its name from now on"},
    {"join", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct category_rename, join),
     "true: its titles get the category that has this name already"},
    {0},
};
/* clang-format on */

/* ---- listing -------------------------------------------------------------------------------------------- */

/* One more than is shown was asked for: is it there? */
static const char *cut(struct ctx *ctx, const struct used_name *names, int64_t limit, size_t *count)
{
    if (*count <= (size_t)limit)
        return NULL;
    *count = (size_t)limit;
    return text_fold(ctx->arena, names[limit - 1].name);
}

enum error_kind names_list_authors(struct ctx *ctx, const char *typed, const char *after, int64_t limit,
                                   struct used_name *out_names, size_t *out_count, const char **out_next)
{
    const char *folded = after ? text_fold(ctx->arena, after) : NULL;

    TRY(names_repo_authors(ctx, typed, folded, (size_t)limit + 1, out_names, out_count));
    *out_next = cut(ctx, out_names, limit, out_count);
    return OK;
}

enum error_kind names_list_categories(struct ctx *ctx, const char *typed, const char *after, int64_t limit,
                                      struct used_name *out_names, size_t *out_count, const char **out_next)
{
    const char *folded = after ? text_fold(ctx->arena, after) : "";

    TRY(names_repo_categories(ctx, typed, folded, (size_t)limit + 1, out_names, out_count));
    *out_next = cut(ctx, out_names, limit, out_count);
    return OK;
}

/* ---- authors -------------------------------------------------------------------------------------------- */

/*
 * The authors with `to` in place of each that is `from` (folded), no name twice; NULL: none is. Whatever else stands
 * there stays as it is written.
 */
static const char *rename_one(struct ctx *ctx, const char *authors, const char *from, const char *to)
{
    const char *to_folded = text_fold(ctx->arena, to);
    struct text_buf renamed;
    bool found = false;
    bool has_to = false;

    text_buf_init(&renamed, ctx->arena);
    while (*authors) {
        size_t length = strcspn(authors, ";");
        const char *name = text_clean(ctx->arena, authors, length);
        const char *folded = name ? text_fold(ctx->arena, name) : "";
        bool is_from = *folded && strcmp(folded, from) == 0;
        bool is_to = is_from || strcmp(folded, to_folded) == 0;
        authors += length + (authors[length] == AUTHORS_PART);
        found = found || is_from;
        if (!name || !*name || (is_to && has_to))
            continue;
        has_to = has_to || is_to;
        text_buf_printf(&renamed, "%s%s", renamed.length ? "; " : "", is_from ? to : name);
    }
    return found ? text_buf_string(&renamed) : NULL;
}

/* The next titles that may name the author, and whether those are the last. */
static enum error_kind next_titles(struct ctx *ctx, const struct renaming *renaming,
                                   int64_t ids[RENAME_TITLES_A_SLICE], size_t *out_count)
{
    return names_repo_titles_by(ctx, renaming->facts.from, renaming->after_id, RENAME_TITLES_A_SLICE, ids,
                                out_count);
}

static enum error_kind names_it(struct ctx *ctx, int64_t id, const struct author_rename *facts,
                                struct book *out_book, const char **out_author)
{
    bool found;

    *out_author = NULL;
    TRY(books_repo_find_by_id(ctx, id, out_book, &found));
    if (found)
        *out_author = rename_one(ctx, out_book->facts.author, text_fold(ctx->arena, facts->from), facts->to);
    return OK;
}

enum error_kind names_check_author(struct ctx *ctx, const struct author_rename *facts)
{
    struct renaming looking = {.facts = *facts};
    int64_t ids[RENAME_TITLES_A_SLICE];
    size_t count;

    if (strchr(facts->to, AUTHORS_PART))
        error_field(ctx, "body", "to", "several", "must be one name, without “;”");
    if (strcmp(facts->from, facts->to) == 0)
        error_field(ctx, "body", "to", "same", "must be another name");
    TRY(error_check_fields(ctx));
    do {
        TRY(next_titles(ctx, &looking, ids, &count));
        for (size_t i = 0; i < count; i++) {
            struct arena_mark mark = arena_mark(ctx->arena);
            struct book book;
            const char *author;
            TRY(names_it(ctx, ids[i], facts, &book, &author));
            if (author)
                return OK;
            looking.after_id = ids[i];
            arena_reset_to(ctx->arena, mark);
        }
    } while (count == RENAME_TITLES_A_SLICE);
    return fail(ctx, AUTHOR_NOT_FOUND, "No title names “%s” as its author.", facts->from);
}

static enum error_kind rename_in(struct ctx *ctx, struct renaming *renaming, int64_t id)
{
    struct book book;
    const char *author;

    TRY(names_it(ctx, id, &renaming->facts, &book, &author));
    renaming->after_id = id;
    if (!author || strcmp(author, book.facts.author) == 0)
        return OK;
    if (text_length(author) > BOOK_AUTHOR_MAX) {
        renaming->left++;
        return OK;
    }
    book.facts.author = author;
    TRY(books_repo_update(ctx, &book));
    renaming->titles++;
    return events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_UPDATED, .book_id = id});
}

static enum error_kind tell_renamed(struct ctx *ctx, const struct renaming *renaming)
{
    struct field_change titles = {"titles", NULL, arena_printf(ctx->arena, "%" PRId64, renaming->titles),
                                  NULL};
    struct field_change name = {"author", renaming->facts.from, renaming->facts.to, &titles};

    return renaming->titles == 0 ? OK : audit_edit(ctx, "author.renamed", "library", NO_NUMBER, &name);
}

enum error_kind names_rename_author_step(struct ctx *ctx, struct renaming *renaming, bool *out_more)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct renaming next = *renaming;
    int64_t ids[RENAME_TITLES_A_SLICE];
    size_t count;

    TRY(next_titles(ctx, renaming, ids, &count));
    for (size_t i = 0; i < count; i++)
        TRY(rename_in(ctx, &next, ids[i]));
    *out_more = count == RENAME_TITLES_A_SLICE;
    if (!*out_more)
        TRY(tell_renamed(ctx, &next));
    *renaming = next;
    arena_reset_to(ctx->arena, mark);
    return OK;
}

/* ---- categories ----------------------------------------------------------------------------------------- */

static enum error_kind find_category(struct ctx *ctx, const char *name, struct used_name *out_name)
{
    bool found;

    TRY(names_repo_category(ctx, name, out_name, &found));
    return found ? OK : fail(ctx, CATEGORY_NOT_FOUND, "There is no category “%s”.", name);
}

static enum error_kind fail_taken(struct ctx *ctx, const struct used_name *by)
{
    error_reason_int(ctx, "titles", by->titles);
    return fail(ctx, DUPLICATE_CATEGORY, "There is a category “%s” already, with %" PRId64 " titles.",
                by->name, by->titles);
}

enum error_kind names_plan_category(struct ctx *ctx, const struct category_rename *facts,
                                    struct recategorising *out_plan)
{
    struct recategorising plan = {0};
    bool taken;

    TRY(find_category(ctx, facts->name, &plan.from));
    TRY(names_repo_category(ctx, facts->new_name, &plan.to, &taken));
    if (!taken)
        plan.to = plan.from;
    if (plan.to.id == plan.from.id)
        plan.to.name = facts->new_name;
    else if (!facts->join)
        return fail_taken(ctx, &plan.to);
    *out_plan = plan;
    return OK;
}

enum error_kind names_plan_removal(struct ctx *ctx, const char *name, struct recategorising *out_plan)
{
    struct recategorising plan = {0};

    TRY(find_category(ctx, name, &plan.from));
    *out_plan = plan;
    return OK;
}

static enum error_kind tell_category(struct ctx *ctx, const char *action, const struct recategorising *plan)
{
    struct field_change titles = {"titles", NULL, arena_printf(ctx->arena, "%" PRId64, plan->titles), NULL};
    struct field_change name = {"category", plan->from.name, plan->to.name, &titles};

    return audit_edit(ctx, action, "library", NO_NUMBER, &name);
}

static enum error_kind name_category(struct ctx *ctx, struct recategorising *plan)
{
    plan->titles = plan->from.titles;
    if (strcmp(plan->from.name, plan->to.name) == 0)
        return OK;
    TRY(names_repo_name_category(ctx, plan->from.id, plan->to.name));
    return tell_category(ctx, "category.renamed", plan);
}

/* Others may have renamed, joined or removed the same ones since that was planned, or between two steps. */
static enum error_kind check_plan(struct ctx *ctx, const struct recategorising *plan)
{
    struct used_name now;
    bool found;

    TRY(find_category(ctx, plan->from.name, &now));
    if (now.id != plan->from.id)
        return fail(ctx, CATEGORY_NOT_FOUND, "There is no category “%s”.", plan->from.name);
    if (!plan->to.id)
        return OK;
    TRY(names_repo_category(ctx, plan->to.name, &now, &found));
    if (plan->to.id == plan->from.id)
        return found && now.id != plan->from.id ? fail_taken(ctx, &now) : OK;
    return found && now.id == plan->to.id
               ? OK
               : fail(ctx, CATEGORY_NOT_FOUND, "There is no category “%s”.", plan->to.name);
}

enum error_kind names_recategorise_step(struct ctx *ctx, struct recategorising *plan, bool *out_more)
{
    struct recategorising next = *plan;
    int64_t ids[RENAME_TITLES_A_SLICE];
    size_t count;

    *out_more = false;
    TRY(check_plan(ctx, plan));
    if (plan->to.id == plan->from.id)
        return name_category(ctx, plan);
    TRY(names_repo_titles_of(ctx, plan->from.id, RENAME_TITLES_A_SLICE, ids, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(names_repo_recategorise(ctx, ids[i], plan->from.id, plan->to.id));
        TRY(books_repo_touch(ctx, ids[i]));
        TRY(events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_UPDATED, .book_id = ids[i]}));
    }
    next.titles += (int64_t)count;
    *out_more = count == RENAME_TITLES_A_SLICE;
    if (!*out_more) {
        TRY(names_repo_remove_category(ctx, plan->from.id));
        TRY(tell_category(ctx, plan->to.id ? "category.joined" : "category.removed", &next));
    }
    *plan = next;
    return OK;
}
