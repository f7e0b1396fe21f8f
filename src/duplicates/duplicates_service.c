/*
 * duplicates_service.c — telling titles that are alike from titles that only share a name.
 */
#include "duplicates/duplicates_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "books/books_service.h"
#include "duplicates/duplicates_repository.h"

#define GROUP_MAX 200 /* titles of one key that are compared with one another */
#define WALK_MS 80    /* then a page ends as it is: titles of one name, each another's, may be many */

const struct field apart_fields[] = {
    {"first_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct apart_facts, first_id), "The one title"},
    {"second_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct apart_facts, second_id), "The other one"},
    {0},
};

const char *likeness_name(enum likeness likeness)
{
    static const char *const names[] = {[LIKE_ISBN] = "isbn",
                                        [LIKE_TITLE_YEAR] = "title_author_year",
                                        [LIKE_TITLE_AUTHOR] = "title_author",
                                        [LIKE_SURNAME] = "title_surname_year",
                                        [LIKE_NOTHING] = ""};

    return names[likeness];
}

/* ---- likeness ------------------------------------------------------------------------------------------- */

/* Of the first author: what stands before a comma, else the last word. Folded. */
static const char *find_surname(struct ctx *ctx, const struct alike *title)
{
    char *name = text_fold(ctx->arena, title->author);
    const char *words[SEARCH_WORDS_MAX];

    name[strcspn(name, ";")] = '\0';
    bool inverted = strchr(name, ',') != NULL;
    name[strcspn(name, ",")] = '\0';
    size_t count = text_words(ctx->arena, name, words, SEARCH_WORDS_MAX);
    if (count == 0)
        return "";
    return inverted ? name : words[count - 1];
}

/* Found once for each title, however many it is compared with. */
static const char *surname(struct ctx *ctx, struct alike *title)
{
    if (!title->surname)
        title->surname = find_surname(ctx, title);
    return title->surname;
}

static enum likeness compare_titles(struct ctx *ctx, struct alike *a, struct alike *b)
{
    bool no_other_year = a->year == b->year || a->year == NO_NUMBER || b->year == NO_NUMBER;

    if (strcmp(a->author_key, b->author_key) == 0)
        return no_other_year ? LIKE_TITLE_YEAR : LIKE_TITLE_AUTHOR;
    if (a->year == b->year && a->year != NO_NUMBER && strcmp(surname(ctx, a), surname(ctx, b)) == 0)
        return LIKE_SURNAME;
    return LIKE_NOTHING;
}

static enum likeness compare(struct ctx *ctx, bool by_isbn, struct alike *a, struct alike *b)
{
    if (by_isbn)
        return LIKE_ISBN;
    /* Shown among those of one ISBN already. */
    if (a->isbn && b->isbn && strcmp(a->isbn, b->isbn) == 0)
        return LIKE_NOTHING;
    return compare_titles(ctx, a, b);
}

/* The oldest title before group[at] that is like it. */
static enum error_kind find_partner(struct ctx *ctx, bool by_isbn, struct alike *group, size_t at,
                                    struct title_pair *out_pair)
{
    *out_pair = (struct title_pair){.second_id = group[at].id, .likeness = LIKE_NOTHING};
    for (size_t i = 0; i < at; i++) {
        enum likeness likeness = compare(ctx, by_isbn, &group[i], &group[at]);
        bool apart;
        if (likeness == LIKE_NOTHING)
            continue;
        TRY(duplicates_repo_is_apart(ctx, group[i].id, group[at].id, &apart));
        if (apart)
            continue;
        *out_pair = (struct title_pair){group[i].id, group[at].id, likeness};
        return OK;
    }
    return OK;
}

/* ---- the walk ------------------------------------------------------------------------------------------- */

struct walk {
    bool by_isbn;
    const char *from;    /* the key to go on at */
    bool past;           /* … or after */
    int64_t after_id;    /* within the key: titles after this one */
    struct alike *group; /* GROUP_MAX */
    struct title_pair *pairs;
    size_t count, limit;
    int64_t last_id; /* the last title that was looked at; 0: none */
    int64_t until;   /* monotonic */
    bool more;
};

static enum error_kind walk_group(struct ctx *ctx, struct walk *walk, const char *key)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    size_t count;

    TRY((walk->by_isbn ? duplicates_repo_of_isbn : duplicates_repo_of_title)(ctx, key, walk->group, GROUP_MAX,
                                                                             &count));
    for (size_t i = 1; i < count && walk->count < walk->limit; i++) {
        struct title_pair pair;
        if (walk->group[i].id <= walk->after_id)
            continue;
        TRY(find_partner(ctx, walk->by_isbn, walk->group, i, &pair));
        if (pair.likeness != LIKE_NOTHING)
            walk->pairs[walk->count++] = pair;
        walk->last_id = walk->group[i].id;
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

/* Until the page is full, the time is over or the keys end. */
static enum error_kind walk_keys(struct ctx *ctx, struct walk *walk)
{
    const char *key;
    bool found;

    for (;;) {
        walk->more = walk->count == walk->limit || (walk->last_id && clock_monotonic_ms() > walk->until);
        if (walk->more)
            return OK;
        TRY((walk->by_isbn ? duplicates_repo_next_isbn
                           : duplicates_repo_next_title)(ctx, walk->from, walk->past, &key, &found));
        if (!found)
            return OK;
        /* No two titles are left of the key it was to go on at. */
        if (strcmp(key, walk->from) != 0)
            walk->after_id = 0;
        TRY(walk_group(ctx, walk, key));
        walk->from = key;
        walk->past = true;
        walk->after_id = 0;
    }
    return OK;
}

#define BY_ISBN "isbn."
#define BY_TITLE "title."

/* Where a page goes on: after the last title that was looked at, whatever has become of it. */
static enum error_kind read_after(struct ctx *ctx, const char *after, struct walk *walk)
{
    struct alike title;
    struct uuid uuid;
    bool found = false;

    *walk = (struct walk){.by_isbn = true, .from = "", .until = clock_monotonic_ms() + WALK_MS};
    if (!after)
        return OK;
    walk->by_isbn = text_starts_with(after, BY_ISBN);
    if ((walk->by_isbn || text_starts_with(after, BY_TITLE)) &&
        uuid_parse(after + (walk->by_isbn ? sizeof BY_ISBN : sizeof BY_TITLE) - 1, &uuid))
        TRY(duplicates_repo_find(ctx, &uuid, &title, &found));
    if (!found || (walk->by_isbn && !title.isbn))
        return fail(ctx, INVALID_PARAMETER, "The page after which to go on is not known: begin anew.");
    walk->from = walk->by_isbn ? title.isbn : title.title_key;
    walk->after_id = title.id;
    return OK;
}

static enum error_kind say_next(struct ctx *ctx, const struct walk *walk, const char **out_next)
{
    char uuid[UUID_TEXT_SIZE];
    struct book book;

    TRY(books_find_by_id(ctx, walk->last_id, &book));
    uuid_format(&book.uuid, uuid);
    *out_next = arena_printf(ctx->arena, "%s%s", walk->by_isbn ? BY_ISBN : BY_TITLE, uuid);
    return OK;
}

enum error_kind duplicates_find(struct ctx *ctx, const char *after, int64_t limit,
                                struct title_pair *out_pairs, size_t *out_count, const char **out_next)
{
    struct walk walk;

    TRY(read_after(ctx, after, &walk));
    walk.group = arena_alloc_array(ctx->arena, GROUP_MAX, sizeof *walk.group);
    walk.pairs = out_pairs;
    walk.limit = (size_t)limit;
    TRY(walk_keys(ctx, &walk));
    if (!walk.more && walk.by_isbn) {
        walk.by_isbn = false;
        walk.from = "";
        walk.past = false;
        walk.after_id = walk.last_id = 0;
        TRY(walk_keys(ctx, &walk));
    }
    *out_count = walk.count;
    *out_next = NULL;
    return walk.more ? say_next(ctx, &walk, out_next) : OK;
}

/* ---- pairs that are different --------------------------------------------------------------------------- */

enum error_kind duplicates_set_apart(struct ctx *ctx, const struct apart_facts *facts, bool apart)
{
    struct field_change change = {.name = "other"};
    struct book first;
    struct book second;
    bool changed;

    TRY(books_find_any(ctx, &facts->first_id, &first));
    TRY(books_find_any(ctx, &facts->second_id, &second));
    if (first.id == second.id)
        error_field(ctx, "body", "second_id", "same", "must be another title than first_id");
    TRY(error_check_fields(ctx));
    TRY((apart ? duplicates_repo_say_apart : duplicates_repo_unsay_apart)(ctx, first.id, second.id,
                                                                          &changed));
    if (!changed)
        return OK;
    change.after = arena_printf(ctx->arena, "“%s”", second.facts.title);
    return audit_edit(ctx, apart ? "book.set_apart" : "book.not_set_apart", "book", first.id, &change);
}
