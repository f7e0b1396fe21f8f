/*
 * closures_repository.h — the only writer of `closure_move`, and of what a closure changes in `borrow`.
 */
#ifndef CARREL_BORROWS_CLOSURES_REPOSITORY_H
#define CARREL_BORROWS_CLOSURES_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "borrows/borrows.h"

/* Loans that are out and due on first … last: `each` gets them by due day and id. */
enum error_kind closures_repo_due(struct ctx *ctx, int32_t first, int32_t last,
                                  void (*each)(void *argument, int64_t borrow_id, int32_t due_day),
                                  void *argument) MUST_CHECK;
enum error_kind closures_repo_count_due(struct ctx *ctx, int32_t day, int64_t *out_count) MUST_CHECK;

/* The loan's due day, if it is out and due on `from_day` (*out_moved). Urging begins anew for what is late no more. */
enum error_kind closures_repo_move_borrow(struct ctx *ctx, int64_t borrow_id, int32_t from_day,
                                          int32_t to_day, bool *out_moved) MUST_CHECK;

/* One row; borrow_id or hold_id is 0. */
struct closure_move {
    int64_t borrow_id, hold_id;
    int32_t day_before, day_after;
};
enum error_kind closures_repo_keep(struct ctx *ctx, int64_t closure_id,
                                   const struct closure_move *move) MUST_CHECK;
enum error_kind closures_repo_kept(struct ctx *ctx, int64_t closure_id,
                                   void (*each)(void *argument, const struct closure_move *move),
                                   void *argument) MUST_CHECK;
enum error_kind closures_repo_forget(struct ctx *ctx, int64_t closure_id) MUST_CHECK;

enum error_kind closures_repo_borrow(struct ctx *ctx, int64_t id, struct borrow *out_borrow) MUST_CHECK;
enum error_kind closures_repo_hold(struct ctx *ctx, int64_t id, int64_t *out_book_id,
                                   int64_t *out_member_id) MUST_CHECK;

/* Whose loan of what, for people. */
struct borrow_words {
    struct uuid uuid;
    const char *title, *member_name, *card;
};
enum error_kind closures_repo_words(struct ctx *ctx, int64_t borrow_id,
                                    struct borrow_words *out_words) MUST_CHECK;

#endif
