/*
 * index_repository.h — the catalogue in memory (books/book_index.h) and the table `book`: filling the one from
 * the other, following its changes, and answering for books_listing.
 *
 * A process serves one library, so there is one index. Where there is none (a command, a test of a repository)
 * or while it is not filled yet and INDEX_WAIT_MS have passed, the listing's own SQL answers: words from their
 * beginning only, but from the same rows.
 */
#ifndef CARREL_BOOKS_INDEX_REPOSITORY_H
#define CARREL_BOOKS_INDEX_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "books/book_index.h"
#include "books/books.h"

/* Makes the index and has `writer_db` report changes to it, before that belongs to the writer. */
void books_index_open(struct db *writer_db);

/* It will be filled shortly: who searches waits from here on. */
void books_index_expect(void);

/* Fills it on a thread of its own, from the library at `path`. */
enum error_kind books_index_fill(struct ctx *ctx, const char *path) MUST_CHECK;

/* Ends the filling; then, when the writer has gone, gives everything back. */
void books_index_stop(void);
void books_index_close(void);

/* The index once it is filled, which is waited for; NULL: there is none that could be asked. */
struct book_index *books_index_ready(void);

/* How many live titles were lent more often than so; while there is no index SQL counts them, which takes longer. */
enum error_kind books_index_lent_more(struct ctx *ctx, int64_t borrow_count, int64_t *out_count) MUST_CHECK;

/* Bytes of it, without waiting: 0 while it is filled, or there is none. */
size_t books_index_memory_now(void);

/* books_listing's list_finder. */
enum error_kind books_index_find(struct ctx *ctx, const struct list_query *query,
                                 const struct list_given *given, const struct row_set **out_set) MUST_CHECK;

/* query->search, limit and offset, ranked as book_index_rank() does. BUSY while there is no index to ask. */
enum error_kind books_index_search(struct ctx *ctx, const struct list_query *query,
                                   struct book_hits *out_hits) MUST_CHECK;

/* The facets of what books_index_find() finds for the query: exact. BUSY as above. */
enum error_kind books_index_facets(struct ctx *ctx, const struct list_query *query,
                                   struct book_facets *out_facets) MUST_CHECK;

#endif
