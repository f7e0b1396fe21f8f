/*
 * making_service.h — new copies and their barcodes. Within the slice.
 */
#ifndef CARREL_COPIES_MAKING_SERVICE_H
#define CARREL_COPIES_MAKING_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "copies/copies.h"

/* Adds to ctx->error what is wrong with a barcode that somebody has given; NULL is no barcode. */
void making_check_barcode(struct ctx *ctx, const char *barcode);

/* DUPLICATE_BARCODE names what holds it. */
enum error_kind making_check_barcode_free(struct ctx *ctx, const char *barcode) MUST_CHECK;

/* What is known of the copies that come together: a generated barcode is none of theirs. */
struct known_copies {
    const struct copy_facts *facts;
    size_t count;
};

/*
 * A new row, with the next running number where the facts have no barcode. The caller has checked a given one, and counts
 * the copy. CONFLICT when the prefix leaves no number. Writer only.
 */
enum error_kind making_insert(struct ctx *ctx, int64_t book_id, const struct copy_facts *facts,
                              const struct known_copies *known, enum copy_status status,
                              struct copy *out_copy) MUST_CHECK;

#endif
