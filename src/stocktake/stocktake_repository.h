/*
 * stocktake_repository.h — the only writer of stocktake, stocktake_scan and stocktake_unseen.
 *
 * Which copies are unseen is kept as bits, a row for each 8,192 ids that follow each other: 1.1 million copies take
 * 137 KB, a scan changes one row of 1 KB, and the missing ones are listed without a look at those that are there.
 */
#ifndef CARREL_STOCKTAKE_STOCKTAKE_REPOSITORY_H
#define CARREL_STOCKTAKE_STOCKTAKE_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "stocktake/stocktake.h"

enum error_kind stocktake_repo_find(struct ctx *ctx, const struct uuid *uuid, struct stocktake *out_take,
                                    bool *out_found) MUST_CHECK;

/* The next one after an id. */
enum error_kind stocktake_repo_next(struct ctx *ctx, int64_t after, struct stocktake *out_take,
                                    bool *out_found) MUST_CHECK;

/* How many of the copies that were scanned are in a set. */
enum error_kind stocktake_repo_count_scanned_in(struct ctx *ctx, int64_t take_id, const struct row_set *set,
                                                int64_t *out_count) MUST_CHECK;

/* The copies that should be on a shelf (NULL: in the library) now, ids past 16,777,215 left out. In the arena. */
enum error_kind stocktake_repo_expected(struct ctx *ctx, const char *shelf,
                                        struct row_set *out_set) MUST_CHECK;

/* Inserts the stock-take with these copies unseen; sets take->id. `expected` and `started_at` are the caller's. */
enum error_kind stocktake_repo_insert(struct ctx *ctx, struct stocktake *take,
                                      const struct row_set *unseen) MUST_CHECK;

/* The copies that are unseen, in the arena. */
enum error_kind stocktake_repo_unseen(struct ctx *ctx, int64_t take_id, struct row_set *out_set) MUST_CHECK;

/* It is unseen no more; *out_was_unseen: it was. */
enum error_kind stocktake_repo_take_off(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                        bool *out_was_unseen) MUST_CHECK;

/* One more of those expected was seen. */
enum error_kind stocktake_repo_count_seen(struct ctx *ctx, int64_t take_id) MUST_CHECK;

/* What was found when this copy (0: this unknown barcode) was scanned before; NULL in *out_finding: it was not. */
enum error_kind stocktake_repo_find_scan(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                         const char *barcode, const char **out_finding) MUST_CHECK;
enum error_kind stocktake_repo_insert_scan(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                           const struct scan_facts *facts, const char *finding) MUST_CHECK;

/* Was the copy lent after `since`, or back since then? Loans may be told days late: those are asked for too. */
enum error_kind stocktake_repo_was_lent(struct ctx *ctx, int64_t copy_id, int64_t book_id, int64_t since,
                                        bool *out_lent) MUST_CHECK;

enum error_kind stocktake_repo_finish(struct ctx *ctx, int64_t take_id, int64_t missing) MUST_CHECK;

/* Both lists are of the stock-take that `query` names as ".stocktake" (list_query_with()). */
enum error_kind stocktake_repo_list(struct ctx *ctx, const struct listing *listing,
                                    const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind stocktake_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
