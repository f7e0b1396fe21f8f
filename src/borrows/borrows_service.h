/*
 * borrows_service.h — lending and taking back.
 *
 * Each act changes loan, copy, counters, daily figures, audit log and outbox in one transaction, or nothing.
 * All writing functions must run on the writer's connection.
 *
 * `occurred_at` says when it really happened (book drop, offline desk): at most OCCURRED_AT_PAST_DAYS ago and
 * not in the future. Due dates, fines and statistics follow it.
 */
#ifndef CARREL_BORROWS_BORROWS_SERVICE_H
#define CARREL_BORROWS_BORROWS_SERVICE_H

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"

/*
 * Lends. Checked in this order (API.md): the member exists (MEMBER_NOT_FOUND) and may borrow
 * (MEMBER_EXPIRED, MEMBER_SUSPENDED); the rule's limit (BORROW_LIMIT_EXCEEDED); the same title is not already
 * with them (ACTIVE_BORROW_EXISTS); the book exists (BOOK_NOT_FOUND, COPY_NOT_FOUND); a copy is there
 * (INVENTORY_UNAVAILABLE, or COPY_NOT_AVAILABLE for the very copy that was scanned).
 */
enum error_kind borrows_lend(struct ctx *ctx, const struct lend_request *request,
                             struct borrow *out_borrow) MUST_CHECK;

/* Takes back a loan by its id: BORROW_RECORD_NOT_FOUND, ALREADY_RETURNED. */
enum error_kind borrows_return(struct ctx *ctx, const struct uuid *uuid, const struct return_request *request,
                               struct borrow *out_borrow) MUST_CHECK;

/* Takes back whatever loan this barcode is out on: COPY_NOT_FOUND, ALREADY_RETURNED. */
enum error_kind borrows_return_barcode(struct ctx *ctx, const struct return_request *request,
                                       struct borrow *out_borrow) MUST_CHECK;

/* A loan by its public id, or BORROW_RECORD_NOT_FOUND. */
enum error_kind borrows_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow) MUST_CHECK;

/* ---- reading -------------------------------------------------------------------------------------------- */

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

/* The loans of a live book (BOOK_NOT_FOUND); the book itself as a row of books_listing. */
enum error_kind borrows_of_book(struct ctx *ctx, const struct uuid *book,
                                struct book_loans *out_loans) MUST_CHECK;
enum error_kind borrows_show_book(struct ctx *ctx, const struct book_loans *loans,
                                  struct row_sink *sink) MUST_CHECK;

/* Loans open now. */
enum error_kind borrows_count_open(struct ctx *ctx, int64_t *out_count) MUST_CHECK;

#endif
