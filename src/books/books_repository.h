/*
 * books_repository.h — titles in and out of the tables book, category, book_category and book_search.
 *
 * Queries and nothing else. Derived columns of a row (sort keys, full-text row) are written with it.
 * Texts that come out live in the arena.
 */
#ifndef CARREL_BOOKS_BOOKS_REPOSITORY_H
#define CARREL_BOOKS_BOOKS_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "books/books.h"

/* Archived ones too: book.deleted_at tells. */
enum error_kind books_repo_find(struct ctx *ctx, const struct uuid *uuid, struct book *out_book,
                                bool *out_found) MUST_CHECK;
enum error_kind books_repo_find_version(struct ctx *ctx, const struct uuid *uuid,
                                        struct book_version *out_version, bool *out_found) MUST_CHECK;
enum error_kind books_repo_find_by_id(struct ctx *ctx, int64_t id, struct book *out_book,
                                      bool *out_found) MUST_CHECK;

/* The first record with this ISBN other than `except_id` (0: any); live ones before archived ones. */
enum error_kind books_repo_find_isbn(struct ctx *ctx, const char *isbn, int64_t except_id,
                                     struct book_name *out_name, bool *out_found) MUST_CHECK;

/* A live record without an ISBN, of the same title, author and year. */
enum error_kind books_repo_find_alike(struct ctx *ctx, const struct book_facts *facts,
                                      struct book_name *out_name, bool *out_found) MUST_CHECK;

/* Adds to *io_count the live titles of this key that are called so, at most to 2; *out_name is the first of all. */
struct book_sought {
    const char *title_key, *folded; /* the title, as text_fold() gives it */
    const char *author;             /* NULL: any */
    int64_t year;                   /* NO_NUMBER: any */
};
enum error_kind books_repo_find_titled(struct ctx *ctx, const struct book_sought *sought,
                                       struct book_name *out_name, size_t *io_count) MUST_CHECK;

enum error_kind books_repo_find_item_type(struct ctx *ctx, const char *code, int64_t *out_id,
                                          bool *out_found) MUST_CHECK;
enum error_kind books_repo_list_item_types(struct ctx *ctx,
                                           const char **out_codes) MUST_CHECK; /* "book, …" */

/* Writes the record and all that hangs on it. Sets book->id. */
enum error_kind books_repo_insert(struct ctx *ctx, struct book *book) MUST_CHECK;
enum error_kind books_repo_update(struct ctx *ctx, const struct book *book) MUST_CHECK;

/* The record and all that hangs on it. */
enum error_kind books_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

/* `deleted_at` NO_NUMBER: live again. Raises the version, dates updated_at `now`. */
enum error_kind books_repo_set_archived(struct ctx *ctx, int64_t id, int64_t deleted_at) MUST_CHECK;
/* Not shared only while no other record has the ISBN for itself. */
enum error_kind books_repo_set_isbn_shared(struct ctx *ctx, int64_t id, bool shared) MUST_CHECK;
enum error_kind books_repo_touch(struct ctx *ctx, int64_t id) MUST_CHECK;

enum error_kind books_repo_list(struct ctx *ctx, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;
enum error_kind books_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* ---- the full-text rows ------------------------------------------------------------------------------- */

/* What the full-text row of a book should be: folded. */
struct book_search_row {
    const char *title, *author, *isbn;
};

/* What it should be, for these facts. */
struct book_search_row books_repo_search_row(struct ctx *ctx, const struct book_facts *facts);

/* All titles by id, begun with an empty walk; *out_found: there was one more. With its row, for rebuilding … */
struct book_search_walk {
    struct stmt *titles, *rows;
    int64_t row_id; /* the next full-text row, if has_row */
    bool has_row;
    int64_t strays; /* full-text rows of no title: all of them once the walk is over */
};
enum error_kind books_repo_next_title(struct ctx *ctx, struct book_search_walk *walk,
                                      struct book_name *out_name, struct book_search_row *out_due,
                                      bool *out_found) MUST_CHECK;

/* … or compared with the one it has, for checking. */
enum error_kind books_repo_check_title(struct ctx *ctx, struct book_search_walk *walk,
                                       struct book_name *out_name, bool *out_as_due,
                                       bool *out_found) MUST_CHECK;
/* FTS5's own lists of words against the full-text rows, and made anew from them. Writer only. */
enum error_kind books_repo_compare_words(struct ctx *ctx, bool *out_agree) MUST_CHECK;
enum error_kind books_repo_remake_words(struct ctx *ctx) MUST_CHECK;

enum error_kind books_repo_clear_search(struct ctx *ctx) MUST_CHECK;
enum error_kind books_repo_put_search_row(struct ctx *ctx, int64_t id,
                                          const struct book_search_row *row) MUST_CHECK;

#endif
