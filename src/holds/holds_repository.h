/*
 * holds_repository.h — the queries of table `hold`; no rules. `today` is the day on which a hold counts or not.
 */
#ifndef CARREL_HOLDS_HOLDS_REPOSITORY_H
#define CARREL_HOLDS_HOLDS_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "holds/holds.h"

/* ---- finding ------------------------------------------------------------------------------------------ */

enum error_kind holds_repo_find(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold,
                                bool *out_found) MUST_CHECK;
enum error_kind holds_repo_find_by_id(struct ctx *ctx, int64_t id, struct hold *out_hold,
                                      bool *out_found) MUST_CHECK;
enum error_kind holds_repo_find_open(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                     struct hold *out_hold, bool *out_found) MUST_CHECK;
enum error_kind holds_repo_find_ready(struct ctx *ctx, int64_t copy_id, struct hold *out_hold,
                                      bool *out_found) MUST_CHECK;

/* The first that counts. */
enum error_kind holds_repo_first(struct ctx *ctx, int64_t book_id, int32_t today, struct hold *out_hold,
                                 bool *out_found) MUST_CHECK;

/* How many count; of these, how many stand before a hold. */
enum error_kind holds_repo_count(struct ctx *ctx, int64_t book_id, int32_t today, int64_t except_member_id,
                                 int64_t *out_count) MUST_CHECK;
enum error_kind holds_repo_count_before(struct ctx *ctx, const struct hold *hold, int32_t today,
                                        int64_t *out_count) MUST_CHECK;

/* All that wait for a title, in their order: at most `max`. */
enum error_kind holds_repo_queue(struct ctx *ctx, int64_t book_id, size_t max, struct hold *out_holds,
                                 size_t *out_count) MUST_CHECK;

/* The greatest place among the open holds of a title; 0: there is none. */
enum error_kind holds_repo_last_place(struct ctx *ctx, int64_t book_id, int64_t *out_place) MUST_CHECK;

/* The first ready holds, by pickup day and id, from first_day to last_day and past `after`. */
enum error_kind holds_repo_pickups(struct ctx *ctx, int32_t first_day, int32_t last_day,
                                   const struct hold_pickup *after, size_t max,
                                   struct hold_pickup *out_pickups, size_t *out_count) MUST_CHECK;

/* Has the member the title at home? (Lending belongs to borrows/, which stands above.) */
enum error_kind holds_repo_has_at_home(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                       bool *out_has) MUST_CHECK;

/* ---- changing ----------------------------------------------------------------------------------------- */

struct new_hold {
    struct uuid uuid;
    int64_t book_id, member_id, place;
    int64_t placed_at;
    const char *placed_by;
};

enum error_kind holds_repo_insert(struct ctx *ctx, const struct new_hold *hold, int64_t *out_id) MUST_CHECK;
enum error_kind holds_repo_set_ready(struct ctx *ctx, int64_t id, int64_t copy_id, int64_t ready_at,
                                     int32_t pickup_day) MUST_CHECK;
enum error_kind holds_repo_set_waiting(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind holds_repo_set_pickup(struct ctx *ctx, int64_t id, int32_t pickup_day) MUST_CHECK;
enum error_kind holds_repo_set_suspended(struct ctx *ctx, int64_t id, bool suspended,
                                         int64_t until) MUST_CHECK;
enum error_kind holds_repo_set_place(struct ctx *ctx, int64_t id, int64_t place) MUST_CHECK;

/* `borrow_id` 0 and `reason` NULL: none. */
enum error_kind holds_repo_end(struct ctx *ctx, int64_t id, enum hold_status status, int64_t borrow_id,
                               int64_t ended_at, const char *reason) MUST_CHECK;

/* ---- showing ------------------------------------------------------------------------------------------ */

enum error_kind holds_repo_list(struct ctx *ctx, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;
enum error_kind holds_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
