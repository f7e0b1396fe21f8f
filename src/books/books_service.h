/*
 * books_service.h — the rules of the catalogue's titles.
 *
 * Texts of a struct book live in the arena. Functions that change something leave the audit row, the event
 * and the counters of that change in the same transaction. `expected_version` is the version the caller
 * has read, NO_NUMBER when any will do; another one → PRECONDITION_FAILED.
 *
 * Titles know nothing of copies. Who wants a title *with* its copies (POST /books, an import) calls
 * copies_catalogue_title(); who edits one and its number of copies calls copies_edit_title().
 */
#ifndef CARREL_BOOKS_BOOKS_SERVICE_H
#define CARREL_BOOKS_BOOKS_SERVICE_H

#include <stdbool.h>

#include "audit/audit.h"
#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/uuid.h"
#include "books/books.h"

/* ---- finding ------------------------------------------------------------------------------------------ */

/*
 * A live title, or BOOK_NOT_FOUND "Book not found."; books_find_any() finds archived ones too. Of a record that was
 * merged into another the reason says into which: `merged_into`, `title`.
 */
enum error_kind books_find(struct ctx *ctx, const struct uuid *uuid, struct book *out_book) MUST_CHECK;
enum error_kind books_find_any(struct ctx *ctx, const struct uuid *uuid, struct book *out_book) MUST_CHECK;

/* Where it is and which version, for showing it (books_show()); `archived_too` as above. */
enum error_kind books_find_version(struct ctx *ctx, const struct uuid *uuid, bool archived_too,
                                   struct book_version *out_version) MUST_CHECK;
enum error_kind books_find_by_id(struct ctx *ctx, int64_t id,
                                 struct book *out_book) MUST_CHECK; /* archived too */

/*
 * Who has it already, archived or not: a record with this ISBN or identifier (as isbn_normalise() gives it);
 * for facts without one, a live record without one, of the same title, author and year. None is no error.
 */
enum error_kind books_find_same(struct ctx *ctx, const struct book_facts *facts, struct book_name *out_name,
                                bool *out_found) MUST_CHECK;

/*
 * The live titles that are called so, whatever article their language drops: of this author (NULL: any), of this year
 * (NO_NUMBER: any; one that has no year fits every year). *out_count: 0, 1, or 2 for several; *out_name the first.
 */
enum error_kind books_find_titled(struct ctx *ctx, const char *title, const char *author, int64_t year,
                                  struct book_name *out_name, size_t *out_count) MUST_CHECK;

/*
 * A page of books_listing (ISBNs in `isbn` and `q` may have any form); the one row of a title, archived or not. The archive
 * (`archived`) is for the staff: others get UNAUTHENTICATED or FORBIDDEN, here and from books_search() and books_facets().
 */
enum error_kind books_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind books_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/*
 * The titles that match the query's search and filters best (books/book_index.h says what that is), page by page
 * with limit and offset. When nothing has the words, those that no title has are replaced by the nearest.
 */
enum error_kind books_search(struct ctx *ctx, const struct list_query *query,
                             struct book_hits *out_hits) MUST_CHECK;

/*
 * What the titles that books_list() gives for the query can be narrowed down by: of each facet the values that most
 * titles have (FACET_VALUES_MAX), counted exactly and without the facet's own filter. BUSY while the index is not
 * filled.
 */
enum error_kind books_facets(struct ctx *ctx, const struct list_query *query,
                             struct named_facets *out_facets) MUST_CHECK;

/* The words of the catalogue that go on from `prefix` (folded), the most used first; at most `max`. */
size_t books_words(struct ctx *ctx, const char *prefix, size_t max, const char **out_words);

/* How many live titles were lent more often than so. */
enum error_kind books_lent_more(struct ctx *ctx, int64_t borrow_count, int64_t *out_count) MUST_CHECK;

/* The title's audit log, archived titles included: a page of audit_listing. */
enum error_kind books_audit(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                            struct row_sink *sink) MUST_CHECK;

/* "AVAILABLE", "LOW_STOCK" (one left), "OUT_OF_STOCK". */
const char *books_availability_status(const struct book *book);

/* ---- changing ----------------------------------------------------------------------------------------- */

/*
 * Are these facts good, apart from what other records say? Wrong fields are added to ctx->error;
 * error_check_fields() then fails. For callers that check facts long before they write them.
 */
enum error_kind books_check_facts(struct ctx *ctx, const struct book_facts *facts) MUST_CHECK;

/*
 * A title without copies. VALIDATION_ERROR on an ISBN whose check digit is wrong, an identifier with other
 * characters than letters, digits and hyphens, an unknown item type. DUPLICATE_ISBN names the other record
 * (and says whether it could be restored) unless facts->allow_shared_isbn.
 */
enum error_kind books_create(struct ctx *ctx, const struct book_facts *facts,
                             struct book *out_book) MUST_CHECK;

/* The same as part of a batch, which writes one audit row and one event for all its titles. */
enum error_kind books_create_in_batch(struct ctx *ctx, const struct book_facts *facts,
                                      struct book *out_book) MUST_CHECK;

/*
 * `after` are the title's own facts with the changes laid over them; the same errors as above. When nothing
 * differs nothing is written. total_copies is not looked at here.
 */
enum error_kind books_update(struct ctx *ctx, const struct book *before, const struct book_facts *after,
                             int64_t expected_version) MUST_CHECK;

/*
 * The same as part of a batch: neither audit row nor event, and no version asked for. *out_changes: what differed, NULL
 * for nothing.
 */
enum error_kind books_update_in_batch(struct ctx *ctx, const struct book *before,
                                      const struct book_facts *after,
                                      const struct field_change **out_changes) MUST_CHECK;

/*
 * A title that a batch made and nobody has used goes, as if it had never been there: with its categories, cover and
 * full-text row. Its copies have gone before; what else names it is the caller's to ask. In a batch: no audit row.
 */
enum error_kind books_remove(struct ctx *ctx, const struct book *book) MUST_CHECK;

/* OK when `expected_version` is the book's or NO_NUMBER, else PRECONDITION_FAILED. */
enum error_kind books_check_version(struct ctx *ctx, const struct book *book,
                                    int64_t expected_version) MUST_CHECK;

/*
 * For undoing a merge: whether others may have the title's ISBN, too, is again as it was; as far as can be: where
 * another record has it for itself by now, it is shared.
 */
enum error_kind books_set_isbn_shared(struct ctx *ctx, int64_t id, bool shared) MUST_CHECK;

/* Something shown with the title was changed by hand (its copies): raises the version, dates updated_at. */
enum error_kind books_touch(struct ctx *ctx, int64_t id) MUST_CHECK;

/* HAS_ACTIVE_BORROWS, HAS_HOLDS with their number. Its ISBN stays taken, its copies keep counting. */
enum error_kind books_archive(struct ctx *ctx, const struct book *book, int64_t expected_version) MUST_CHECK;

/* Back from the archive; a live title is left as it is. CONFLICT for one that was merged: the merge is to be undone. */
enum error_kind books_restore(struct ctx *ctx, const struct book *book) MUST_CHECK;

/* ---- the full-text rows: for --check and --check --rebuild --------------------------------------------- */

/* Calls report() with a sentence for each row that is missing, wrong or without a title. */
enum error_kind books_check_search(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                   void *argument) MUST_CHECK;
enum error_kind books_rebuild_search(struct ctx *ctx) MUST_CHECK;

/* That of a title with these facts, for whoever writes the titles of a new library; they may come later. */
enum error_kind books_add_search_row(struct ctx *ctx, int64_t id, const struct book_facts *facts) MUST_CHECK;

/* The lists of words that are searched, against the rows; and made anew from them. Writer only. */
enum error_kind books_check_words(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                  void *argument) MUST_CHECK;
enum error_kind books_remake_words(struct ctx *ctx) MUST_CHECK;

#endif
