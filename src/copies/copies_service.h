/*
 * copies_service.h — the rules of copies. Titles that come or change with their copies: titles_service.h; where copies
 * stand: shelves_service.h.
 *
 * Texts of a struct copy live in the arena. Functions that change something keep the book's counters and
 * leave the audit row and the event of that change in the same transaction, except copies_set_status(),
 * whose callers (lending, returning) tell what happened themselves. `expected_version` is the version the
 * caller has read, NO_NUMBER when any will do; another one → PRECONDITION_FAILED.
 */
#ifndef CARREL_COPIES_COPIES_SERVICE_H
#define CARREL_COPIES_COPIES_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/uuid.h"
#include "books/books_service.h" /* titles come and change together with their copies */
#include "copies/copies.h"
#include "copies/titles_service.h"

/* ---- copies --------------------------------------------------------------------------------------------- */

/* COPY_NOT_FOUND "Copy not found." Copies of archived titles are found too. */
enum error_kind copies_find(struct ctx *ctx, const struct uuid *uuid, struct copy *out_copy) MUST_CHECK;
enum error_kind copies_find_by_id(struct ctx *ctx, int64_t id, struct copy *out_copy) MUST_CHECK;

/* Exactly as the scanner reads it, whatever its status. That there is none is no error. */
enum error_kind copies_find_by_barcode(struct ctx *ctx, const char *barcode, struct copy *out_copy,
                                       bool *out_found) MUST_CHECK;

/* The available copy of a book that has been there longest. That there is none is no error. */
enum error_kind copies_pick_available(struct ctx *ctx, int64_t book_id, struct copy *out_copy,
                                      bool *out_found) MUST_CHECK;

/* A page of copies_listing: all, or those of one live title. Withdrawn and lost ones only when asked for. */
enum error_kind copies_list(struct ctx *ctx, const struct list_query *query,
                            struct row_sink *sink) MUST_CHECK;
enum error_kind copies_export(struct ctx *ctx, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK; /* all: copies_export_listing */
enum error_kind copies_list_of_book(struct ctx *ctx, const struct uuid *book_uuid,
                                    const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind copies_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/*
 * One more copy of a live title. DUPLICATE_BARCODE names what holds it; VALIDATION_ERROR on a barcode that no
 * scanner would read.
 */
enum error_kind copies_add(struct ctx *ctx, const struct uuid *book_uuid, const struct copy_facts *facts,
                           struct copy *out_copy) MUST_CHECK;

/*
 * `after` are the copy's own facts with the changes laid over them. When nothing differs nothing is written.
 * The status changes by hand only where copy_moves lets the desk (COPY_BY_DESK): else COPY_NOT_AVAILABLE with
 * `from` and `to`, as when the copy is out or on the hold shelf. VALIDATION_ERROR for those two as the new status.
 */
enum error_kind copies_update(struct ctx *ctx, const struct copy *before, const struct copy_facts *after,
                              int64_t expected_version) MUST_CHECK;

/*
 * The same two as part of a batch, which writes one audit row and one event for all: one more copy of the title with
 * this internal id, which is live; and empty values of a copy that is there taken from `after`. Barcode and status of
 * that stay. Refusals leave the database as it was.
 */
enum error_kind copies_add_in_batch(struct ctx *ctx, int64_t book_id, const struct copy_facts *facts,
                                    struct copy *out_copy) MUST_CHECK;
enum error_kind copies_fill_in_batch(struct ctx *ctx, const struct copy *before,
                                     const struct copy_facts *after) MUST_CHECK;

/*
 * A copy that should never have been there (an import that is undone) goes wholly. copies_ties(): what hangs on it that
 * must not be lost, for people ("it was lent"); NULL: nothing. Only such a one may be removed: COPY_NOT_AVAILABLE.
 */
enum error_kind copies_ties(struct ctx *ctx, const struct copy *copy, const char **out_why) MUST_CHECK;
enum error_kind copies_remove(struct ctx *ctx, const struct copy *copy) MUST_CHECK;

/*
 * Writes the new status and keeps the book's counters; one that changes how many copies the title has is a new version
 * of it, as an edit of an older one may name their number. Nothing is asked and nothing told: see above. A change that
 * copy_moves does not have is a programming mistake (assert).
 */
enum error_kind copies_set_status(struct ctx *ctx, const struct copy *copy, enum copy_status to) MUST_CHECK;

/*
 * For a merge of two titles: the copy belongs to another one from now on, unless it is no copy of `from_book` (any
 * more). Its loans and its hold are to follow at once, and both titles to be recounted (recount_service.h).
 */
enum error_kind copies_change_title(struct ctx *ctx, int64_t copy_id, int64_t from_book, int64_t to_book,
                                    bool *out_moved) MUST_CHECK;

#endif
