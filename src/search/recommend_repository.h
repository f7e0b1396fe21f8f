/*
 * recommend_repository.h — who had what, in small seeks along the indexes of loans. Within the slice.
 */
#ifndef CARREL_SEARCH_RECOMMEND_REPOSITORY_H
#define CARREL_SEARCH_RECOMMEND_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/uuid.h"

/* What decides whether a title is worth showing. */
struct title_state {
    bool live;
    int64_t available_copies, borrow_count;
};

/* A recent loan: of which title, by whom. */
struct recent_loan {
    int64_t book_id, member_id;
};

/* Titles that the member has had, the last first, one for each loan; at most `max`. */
enum error_kind recommend_repo_loans_of(struct ctx *ctx, int64_t member_id, size_t max, int64_t *out_books,
                                        size_t *out_count) MUST_CHECK;

/* Who had the title last, as far as its last `look` loans know it, each once; at most `max`. */
enum error_kind recommend_repo_readers_of(struct ctx *ctx, int64_t book_id, size_t look, size_t max,
                                          int64_t *out_members, size_t *out_count) MUST_CHECK;

/* Of the last `look` loans of all, those by members of this type; at most `look`. */
enum error_kind recommend_repo_recent(struct ctx *ctx, int64_t member_type_id, size_t look,
                                      struct recent_loan *out_loans, size_t *out_count) MUST_CHECK;

/* Live titles with something to lend: those lent most often, and the newest; at most `max`. */
enum error_kind recommend_repo_popular(struct ctx *ctx, size_t max, int64_t *out_books,
                                       size_t *out_count) MUST_CHECK;
enum error_kind recommend_repo_newest(struct ctx *ctx, size_t max, int64_t *out_books,
                                      size_t *out_count) MUST_CHECK;

/* An unknown title is not live. */
enum error_kind recommend_repo_state(struct ctx *ctx, int64_t book_id,
                                     struct title_state *out_state) MUST_CHECK;

/* The title there must be. */
enum error_kind recommend_repo_title(struct ctx *ctx, int64_t book_id, struct uuid *out_uuid,
                                     const char **out_title) MUST_CHECK;

#endif
