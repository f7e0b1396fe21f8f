/*
 * search_service.h — finding what one has in mind rather than a list in order: the best first, and what somebody
 * who is still typing may mean. (The lists of the other slices have their own `q`.)
 */
#ifndef CARREL_SEARCH_SEARCH_SERVICE_H
#define CARREL_SEARCH_SEARCH_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "base/row_sink.h"
#include "books/books.h"

#define SUGGESTIONS_MAX 10

struct suggestion {
    const char *kind; /* "title", "author", "word" */
    const char *text;
};

/* books_search() (books/books_service.h); then the rows of what it found, best first. */
enum error_kind search_books(struct ctx *ctx, const struct list_query *query,
                             struct book_hits *out_hits) MUST_CHECK;
enum error_kind search_show_books(struct ctx *ctx, const struct book_hits *hits,
                                  struct row_sink *sink) MUST_CHECK;

/*
 * A finished question and what it found: what it was asked for is noted among the popular queries, if it may be
 * (search/terms_service.h) and the words were those that were typed.
 */
enum error_kind search_said(struct ctx *ctx, const struct list_query *query,
                            const struct book_hits *hits) MUST_CHECK;

/* books_facets() of the query; `hits` not NULL: with the words that these were found by. */
enum error_kind search_facets(struct ctx *ctx, const struct list_query *query, const struct book_hits *hits,
                              struct named_facets *out_facets) MUST_CHECK;

/*
 * What begins with `typed`, case, accents and a leading English article aside: half of them titles, then authors,
 * then words of the catalogue. There may be none.
 */
enum error_kind search_suggest(struct ctx *ctx, const char *typed,
                               struct suggestion out_suggestions[SUGGESTIONS_MAX],
                               size_t *out_count) MUST_CHECK;

#endif
