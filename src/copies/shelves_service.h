/*
 * shelves_service.h — where copies stand: what a barcode is on, moving copies to another shelf, the shelves
 * themselves, and barcodes for labels that are printed ahead.
 */
#ifndef CARREL_COPIES_SHELVES_SERVICE_H
#define CARREL_COPIES_SHELVES_SERVICE_H

#include "copies/copies_service.h"
#include "copies/shelves.h"

/* ---- a scan --------------------------------------------------------------------------------------------- */

/* COPY_NOT_FOUND when no copy has the barcode. Nothing is written. */
enum error_kind shelves_scan(struct ctx *ctx, const char *barcode, struct copy_scan *out_scan) MUST_CHECK;

/* ---- barcodes for labels -------------------------------------------------------------------------------- */

/*
 * `count` barcodes that no copy has and none will be given: their numbers are used up. In the arena. CONFLICT when
 * the prefix leaves no number. Writer only.
 */
enum error_kind shelves_reserve_barcodes(struct ctx *ctx, int64_t count,
                                         const char ***out_barcodes) MUST_CHECK;

/* ---- moving --------------------------------------------------------------------------------------------- */

/* A transfer under way; begin with the facts alone. */
struct transfer {
    struct transfer_facts facts;
    int64_t moved, unchanged; /* unchanged: they stood there already */
    const char **unknown;     /* barcodes that no copy has */
    size_t unknown_count;
    bool told; /* that a shelf moves: it takes more than one call */
};

/* VALIDATION_ERROR unless it says either barcodes or from_shelf, and that other than `shelf`. */
enum error_kind shelves_check_transfer(struct ctx *ctx, const struct transfer_facts *facts) MUST_CHECK;

/*
 * Moves copies for about `budget_ms`; *out_more: call it again, each call is a transaction of its own. Copies that are
 * named leave an audit row each; a whole shelf leaves one at its end, and one before when it takes more than one call,
 * so that a transfer that broke off is known. Copies that are lent or lost move too: it is their record
 * that says where they belong.
 */
enum error_kind shelves_transfer_step(struct ctx *ctx, struct transfer *transfer, int64_t budget_ms,
                                      bool *out_more) MUST_CHECK;

/* ---- the shelves ---------------------------------------------------------------------------------------- */

/* Shelves by name, after `after` (NULL: from the first), `limit` at most; *out_more: there are more. */
enum error_kind shelves_list(struct ctx *ctx, const char *after, int64_t limit,
                             struct shelf_count **out_first, bool *out_more) MUST_CHECK;

#endif
