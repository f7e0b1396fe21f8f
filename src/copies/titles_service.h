/*
 * titles_service.h — titles with their copies. What a copy's functions promise (copies_service.h) holds here, too.
 */
#ifndef CARREL_COPIES_TITLES_SERVICE_H
#define CARREL_COPIES_TITLES_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "books/books.h"
#include "copies/copies.h"

/* books_check_facts(), and whether the numbers of copies go together: adds to the wrong fields in ctx->error. */
enum error_kind copies_check_title(struct ctx *ctx, const struct book_facts *facts) MUST_CHECK;

/*
 * books_create() and facts->total_copies (else one) available copies with generated barcodes, all or nothing.
 * VALIDATION_ERROR besides: available_copies > total_copies.
 */
enum error_kind copies_catalogue_title(struct ctx *ctx, const struct book_facts *facts,
                                       struct book *out_book) MUST_CHECK;

/*
 * The same as part of a batch, which writes one audit row and one event for all its titles. `copies` are
 * what is known of the first of them (barcode, shelf); their status is not looked at. facts->total_copies may be 0: they
 * come by themselves. A refusal (DUPLICATE_ISBN, DUPLICATE_BARCODE, VALIDATION_ERROR) leaves the
 * database as it was, so that the batch can go on without it.
 */
enum error_kind copies_catalogue_title_in_batch(struct ctx *ctx, const struct book_facts *facts,
                                                const struct copy_facts *copies, size_t copy_count,
                                                struct book *out_book) MUST_CHECK;

/*
 * So many more copies of a live title as part of a batch, of which the first are known. DUPLICATE_BARCODE,
 * VALIDATION_ERROR, CONFLICT past BOOK_COPIES_MAX leave the database as it was. `made` is told of each.
 */
enum error_kind copies_add_many_in_batch(struct ctx *ctx, const struct book *book, int64_t count,
                                         const struct copy_facts *copies, size_t copy_count,
                                         void (*made)(void *argument, int64_t id), void *argument) MUST_CHECK;

/*
 * books_update(), and after->total_copies where it differs: more adds copies, fewer withdraws available ones,
 * newest first. COPIES_NOT_AVAILABLE when fewer than are lent, held or in repair.
 */
enum error_kind copies_edit_title(struct ctx *ctx, const struct book *before, const struct book_facts *after,
                                  int64_t expected_version) MUST_CHECK;

#endif
