/*
 * borrows_service.h — loans: finding and showing them, and the way to everything that is done with them.
 *
 * Lending: lending_service.h. Back, lost, found: returns_service.h. Longer: renewals_service.h. Late:
 * overdue_service.h. Closed days entered later: closures_service.h. What would be: simulator_service.h.
 */
#ifndef CARREL_BORROWS_BORROWS_SERVICE_H
#define CARREL_BORROWS_BORROWS_SERVICE_H

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"
#include "borrows/lending_service.h"
#include "borrows/returns_service.h"

/* A loan by its public id, or BORROW_RECORD_NOT_FOUND. */
enum error_kind borrows_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow) MUST_CHECK;

enum error_kind borrows_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
enum error_kind borrows_list_overdue(struct ctx *ctx, const struct list_query *query,
                                     struct row_sink *sink) MUST_CHECK;

/* Of one member or one book (BOOK_NOT_FOUND, MEMBER_NOT_FOUND; archived ones too: history stays). */
enum error_kind borrows_list_of_member(struct ctx *ctx, const struct uuid *member,
                                       const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind borrows_list_of_book(struct ctx *ctx, const struct uuid *book, const struct list_query *query,
                                     struct row_sink *sink) MUST_CHECK;

/* One loan as a row of borrows_listing. */
enum error_kind borrows_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* A copy of no loan as such a row, with the members that say nothing of a loan, and without `member`. */
enum error_kind borrows_show_copy(struct ctx *ctx, int64_t copy_id, struct row_sink *sink) MUST_CHECK;

/* Who has a live book (BOOK_NOT_FOUND), and who had it last. */
enum error_kind borrows_of_book(struct ctx *ctx, const struct uuid *book,
                                struct book_borrows *out_borrows) MUST_CHECK;

#endif
