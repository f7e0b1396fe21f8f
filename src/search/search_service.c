/*
 * search_service.c — puts together what the catalogue's index and its sorted titles know.
 */
#include "search/search_service.h"

#include "base/text.h"
#include "books/books_service.h"
#include "search/search_repository.h"
#include "search/terms_service.h"

#define TITLES (SUGGESTIONS_MAX / 2)
#define AUTHORS 3

enum error_kind search_books(struct ctx *ctx, const struct list_query *query, struct book_hits *out_hits)
{
    return books_search(ctx, query, out_hits);
}

enum error_kind search_show_books(struct ctx *ctx, const struct book_hits *hits, struct row_sink *sink)
{
    for (size_t i = 0; i < hits->count; i++) {
        enum error_kind kind = books_show(ctx, hits->ids[i], sink);
        /* The index may be a moment ahead of what this request sees: a title that was only just made. */
        if (kind == ERROR_NOT_FOUND)
            error_clear(ctx);
        else
            TRY(kind);
    }
    return OK;
}

enum error_kind search_said(struct ctx *ctx, const struct list_query *query, const struct book_hits *hits)
{
    if (!query->search || hits->total == 0 || hits->did_you_mean)
        return OK;
    return terms_said(ctx, query->search);
}

enum error_kind search_facets(struct ctx *ctx, const struct list_query *query, const struct book_hits *hits,
                              struct named_facets *out_facets)
{
    struct list_query meant = *query;

    if (hits && hits->did_you_mean)
        meant.search = hits->did_you_mean;
    return books_facets(ctx, &meant, out_facets);
}

static void add(const char *kind, const char *const *texts, size_t count, struct suggestion *suggestions,
                size_t *suggestion_count)
{
    for (size_t i = 0; i < count && *suggestion_count < SUGGESTIONS_MAX; i++)
        suggestions[(*suggestion_count)++] = (struct suggestion){kind, texts[i]};
}

enum error_kind search_suggest(struct ctx *ctx, const char *typed,
                               struct suggestion out_suggestions[SUGGESTIONS_MAX], size_t *out_count)
{
    const char *folded = text_fold(ctx->arena, typed);
    const char *texts[SUGGESTIONS_MAX];
    size_t found;
    size_t count = 0;

    *out_count = 0;
    if (!*folded)
        return OK;
    TRY(search_repo_titles(ctx, text_sort_key(ctx->arena, typed, NULL), TITLES, texts, &found));
    add("title", texts, found, out_suggestions, &count);
    TRY(search_repo_authors(ctx, folded, AUTHORS, texts, &found));
    add("author", texts, found, out_suggestions, &count);
    found = books_words(ctx, folded, SUGGESTIONS_MAX - count, texts);
    add("word", texts, found, out_suggestions, &count);
    *out_count = count;
    return OK;
}
