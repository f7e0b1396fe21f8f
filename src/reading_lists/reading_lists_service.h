/*
 * reading_lists_service.h — who may see and change which list.
 *
 * The staff sees and changes the library's own lists; a reader sees those that are shown, and their own, which nobody
 * else does: another's answers READING_LIST_NOT_FOUND, to the staff as well. What is done to the library's lists stands
 * in the audit log. `expected_version` as in books/books_service.h.
 */
#ifndef CARREL_READING_LISTS_READING_LISTS_SERVICE_H
#define CARREL_READING_LISTS_READING_LISTS_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reading_lists/reading_lists.h"

/* ---- reading -------------------------------------------------------------------------------------------- */

/*
 * A page of reading_lists_listing. `own`: the lists of the reader who asks (NO_MEMBER_RECORD, AUTH_IS_OFF); else the
 * library's: all of them for the staff, for others those that are shown.
 */
enum error_kind reading_lists_list(struct ctx *ctx, bool own, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;

/* READING_LIST_NOT_FOUND "Reading list not found.": also for a list that is not for who asks. */
enum error_kind reading_lists_find(struct ctx *ctx, const struct uuid *uuid,
                                   struct reading_list *out_list) MUST_CHECK;
enum error_kind reading_lists_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* The titles on a list, a page of list_entries_listing; archived ones for the staff alone. */
enum error_kind reading_lists_list_books(struct ctx *ctx, const struct uuid *uuid,
                                         const struct list_query *query, struct row_sink *sink) MUST_CHECK;

/* ---- changing: writer only ------------------------------------------------------------------------------ */

/*
 * The staff's becomes the library's, a reader's their own: NO_MEMBER_RECORD, READING_LIST_FULL past READING_LISTS_MAX,
 * VALIDATION_ERROR when a reader wants theirs shown.
 */
enum error_kind reading_lists_create(struct ctx *ctx, const struct reading_list_facts *facts,
                                     struct reading_list *out_list) MUST_CHECK;

/* `facts` are the list's own with the changes laid over them. When nothing differs nothing is written. */
enum error_kind reading_lists_update(struct ctx *ctx, const struct reading_list *before,
                                     const struct reading_list_facts *facts,
                                     int64_t expected_version) MUST_CHECK;

/* For good, with all that stands on it. */
enum error_kind reading_lists_remove(struct ctx *ctx, const struct reading_list *list,
                                     int64_t expected_version) MUST_CHECK;

/* As the last one. BOOK_NOT_FOUND, READING_LIST_FULL; CONFLICT for a title that stands there already. */
enum error_kind reading_lists_add(struct ctx *ctx, const struct reading_list *list,
                                  const struct list_entry_facts *facts) MUST_CHECK;

/* BOOK_NOT_FOUND when it is not on the list. */
enum error_kind reading_lists_take_off(struct ctx *ctx, const struct reading_list *list,
                                       const struct uuid *book) MUST_CHECK;
enum error_kind reading_lists_move(struct ctx *ctx, const struct reading_list *list,
                                   const struct list_order_facts *facts) MUST_CHECK;

/* ---- when two titles become one ------------------------------------------------------------------------- */

/*
 * On every list with the one title and without the other, the other takes its place; `moved` (may be NULL) is told the
 * internal id of each such list. A list that has both keeps both. Versions and dates of the lists stay.
 */
enum error_kind reading_lists_move_title(struct ctx *ctx, int64_t from_book, int64_t to_book,
                                         void (*moved)(void *argument, int64_t id),
                                         void *argument) MUST_CHECK;

/* Back again on one list, by its id; without effect when that is gone or has changed so that it cannot be. */
enum error_kind reading_lists_move_back(struct ctx *ctx, int64_t list_id, int64_t from_book,
                                        int64_t to_book) MUST_CHECK;

/* ---- for --check and --check --rebuild ------------------------------------------------------------------ */

/* Says where a list's number of titles or their places are wrong; `report` as in counters_check(). */
enum error_kind reading_lists_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                    void *argument) MUST_CHECK;
enum error_kind reading_lists_rebuild(struct ctx *ctx) MUST_CHECK;

#endif
