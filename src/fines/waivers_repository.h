/*
 * waivers_repository.h — waivers as SQL.
 */
#ifndef CARREL_FINES_WAIVERS_REPOSITORY_H
#define CARREL_FINES_WAIVERS_REPOSITORY_H

#include "base/ctx.h"
#include "fines/fines.h"

struct new_waiver {
    int64_t member_id, charge_id;
    enum waiver_kind kind;
    bool approved; /* at once, by who makes it; else it is asked for */
    int64_t amount;
    const char *reason;
};

/* By ctx->actor, now. */
enum error_kind waivers_repo_insert(struct ctx *ctx, const struct new_waiver *waiver,
                                    int64_t *out_id) MUST_CHECK;
enum error_kind waivers_repo_find(struct ctx *ctx, const struct uuid *uuid, struct waiver *out_waiver,
                                  bool *out_found) MUST_CHECK;

/* By ctx->actor, now. */
enum error_kind waivers_repo_decide(struct ctx *ctx, int64_t id, bool approved) MUST_CHECK;

enum error_kind waivers_repo_list(struct ctx *ctx, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind waivers_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
