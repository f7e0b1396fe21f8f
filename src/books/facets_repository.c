/*
 * facets_repository.c — the index counts by numbers and folded names: what people call them stands in the library.
 */
#include "books/facets_repository.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "db/engine.h"

SQL(GENRE_NAME, "SELECT name FROM category WHERE id = :id");
SQL(ITEM_TYPE_NAME, "SELECT name, code FROM item_type WHERE id = :id");
SQL(TITLE_AUTHORS, "SELECT author FROM book WHERE id = :id");

static const char *const facet_names[FACETS] = {
    [FACET_GENRE] = "genre",       [FACET_AUTHOR] = "author_name",  [FACET_DECADE] = "decade",
    [FACET_LANGUAGE] = "language", [FACET_ITEM_TYPE] = "item_type", [FACET_AVAILABLE] = "available",
};

_Static_assert(FACETS == NAMED_FACETS, "books.h knows as many facets as the index");

static enum error_kind read_name(struct ctx *ctx, const struct sql *sql, int64_t id,
                                 struct named_value *value)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    /* The index may be a moment ahead of what this request sees: what is not there yet is not named. */
    value->name = found ? column_text(s, 0) : NULL;
    value->value = found && sql == &ITEM_TYPE_NAME ? column_text(s, 1) : value->name;
    return OK;
}

/* Of the authors of a title the one whose folded name this is, as it is written there. */
static const char *spelled(struct ctx *ctx, const char *authors, const char *folded)
{
    while (*authors) {
        size_t length = strcspn(authors, ";");
        const char *name = arena_strndup(ctx->arena, authors, length);
        name += strspn(name, " ");
        if (strcmp(text_fold(ctx->arena, name), folded) == 0)
            return name;
        authors += length + (authors[length] == ';');
    }
    return folded;
}

static enum error_kind read_author(struct ctx *ctx, const struct facet_value *counted,
                                   struct named_value *value)
{
    TRY(read_name(ctx, &TITLE_AUTHORS, counted->title, value));
    value->name = value->value = value->name ? spelled(ctx, value->name, counted->text) : counted->text;
    return OK;
}

static enum error_kind name_value(struct ctx *ctx, enum book_facet facet, const struct facet_value *counted,
                                  struct named_value *value)
{
    value->count = counted->count;
    switch (facet) {
    case FACET_GENRE: return read_name(ctx, &GENRE_NAME, counted->number, value);
    case FACET_ITEM_TYPE: return read_name(ctx, &ITEM_TYPE_NAME, counted->number, value);
    case FACET_AUTHOR: return read_author(ctx, counted, value);
    case FACET_LANGUAGE: value->name = counted->text; break;
    case FACET_AVAILABLE: value->name = counted->number ? "true" : "false"; break;
    default: value->name = arena_printf(ctx->arena, "%" PRId64, counted->number);
    }
    value->value = value->name;
    return OK;
}

enum error_kind facets_repo_name(struct ctx *ctx, const struct book_facets *counted,
                                 struct named_facets *out_facets)
{
    out_facets->total = counted->total;
    for (enum book_facet facet = 0; facet < FACETS; facet++) {
        struct named_facet *named = &out_facets->facets[facet];
        *named = (struct named_facet){.name = facet_names[facet]};
        named->values = arena_alloc_array(ctx->arena, FACET_VALUES_MAX, sizeof *named->values);
        for (size_t i = 0; i < counted->counts[facet]; i++) {
            TRY(name_value(ctx, facet, &counted->values[facet][i], &named->values[named->count]));
            named->count += named->values[named->count].name != NULL;
        }
    }
    return OK;
}
