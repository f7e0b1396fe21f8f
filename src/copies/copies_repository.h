/*
 * copies_repository.h — copies in and out of the table copy. Queries and nothing else; texts that come out
 * live in the arena.
 */
#ifndef CARREL_COPIES_COPIES_REPOSITORY_H
#define CARREL_COPIES_COPIES_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "copies/copies.h"

enum error_kind copies_repo_find(struct ctx *ctx, const struct uuid *uuid, struct copy *out_copy,
                                 bool *out_found) MUST_CHECK;
enum error_kind copies_repo_find_by_id(struct ctx *ctx, int64_t id, struct copy *out_copy,
                                       bool *out_found) MUST_CHECK;
enum error_kind copies_repo_find_by_barcode(struct ctx *ctx, const char *barcode, struct copy *out_copy,
                                            bool *out_found) MUST_CHECK;

/* The oldest copy of a book with status available. */
enum error_kind copies_repo_pick_available(struct ctx *ctx, int64_t book_id, struct copy *out_copy,
                                           bool *out_found) MUST_CHECK;

/* Sets copy->id; *out_inserted is false, and nothing written, when the barcode is taken. */
enum error_kind copies_repo_insert(struct ctx *ctx, struct copy *copy, bool *out_inserted) MUST_CHECK;

/* Facts and status as they stand in `copy`; the status alone. Both raise the version and date updated_at `now`. */
enum error_kind copies_repo_update(struct ctx *ctx, const struct copy *copy) MUST_CHECK;
enum error_kind copies_repo_set_status(struct ctx *ctx, int64_t id, enum copy_status status) MUST_CHECK;

/* To another title, if it is one of `from_book`. Raises the version and dates updated_at too. */
enum error_kind copies_repo_set_book(struct ctx *ctx, int64_t id, int64_t from_book, int64_t to_book,
                                     bool *out_moved) MUST_CHECK;

/* Withdraws `count` available copies of a book, newest first. */
enum error_kind copies_repo_withdraw_newest(struct ctx *ctx, int64_t book_id, int64_t count) MUST_CHECK;

enum error_kind copies_repo_list(struct ctx *ctx, const struct list_query *query,
                                 struct row_sink *sink) MUST_CHECK;
enum error_kind copies_repo_export(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;
enum error_kind copies_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* What names a copy. */
struct copy_uses {
    bool lent, held, charged, scanned;
};
enum error_kind copies_repo_uses(struct ctx *ctx, const struct copy *copy,
                                 struct copy_uses *out_uses) MUST_CHECK;

/* Its row alone; nothing may name it. */
enum error_kind copies_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

#endif
