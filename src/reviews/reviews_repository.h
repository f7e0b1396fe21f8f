/*
 * reviews_repository.h — the queries of table `review`; no rules.
 */
#ifndef CARREL_REVIEWS_REVIEWS_REPOSITORY_H
#define CARREL_REVIEWS_REVIEWS_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reviews/reviews.h"

enum error_kind reviews_repo_list(struct ctx *ctx, const struct listing *listing,
                                  const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind reviews_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

enum error_kind reviews_repo_find(struct ctx *ctx, const struct uuid *uuid, struct review *out_review,
                                  bool *out_found) MUST_CHECK;
enum error_kind reviews_repo_find_by_id(struct ctx *ctx, int64_t id, struct review *out_review,
                                        bool *out_found) MUST_CHECK;
enum error_kind reviews_repo_find_of(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                     struct review *out_review, bool *out_found) MUST_CHECK;

/* The first of a title after `after_id`, whatever its state. */
enum error_kind reviews_repo_next_of_book(struct ctx *ctx, int64_t book_id, int64_t after_id,
                                          struct review *out_review, bool *out_found) MUST_CHECK;

/* Has the member had the title out, as far as loans still say so? */
enum error_kind reviews_repo_has_borrowed(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                          bool *out_has) MUST_CHECK;

/* The member's of the title, or of one that was merged with it, while no loan says that they had any of these. */
enum error_kind reviews_repo_next_of_joined(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                            struct review *out_review, bool *out_found) MUST_CHECK;

/* Fills review->id. */
enum error_kind reviews_repo_insert(struct ctx *ctx, struct review *review) MUST_CHECK;

/* Stars, words, state and reason. */
enum error_kind reviews_repo_update(struct ctx *ctx, const struct review *review) MUST_CHECK;

/* State and reason, as somebody decided. */
enum error_kind reviews_repo_decide(struct ctx *ctx, const struct review *review) MUST_CHECK;
enum error_kind reviews_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

/* It is of that title, and that member's: 0 is nobody's. */
enum error_kind reviews_repo_move(struct ctx *ctx, int64_t id, int64_t book_id, int64_t member_id) MUST_CHECK;

#endif
