/*
 * charges_repository.h — charges as SQL.
 */
#ifndef CARREL_FINES_CHARGES_REPOSITORY_H
#define CARREL_FINES_CHARGES_REPOSITORY_H

#include "base/ctx.h"
#include "fines/fines.h"

enum error_kind charges_repo_insert(struct ctx *ctx, const struct new_charge *charge,
                                    int64_t *out_id) MUST_CHECK;
enum error_kind charges_repo_find(struct ctx *ctx, const struct uuid *uuid, struct charge *out_charge,
                                  bool *out_found) MUST_CHECK;
enum error_kind charges_repo_find_by_id(struct ctx *ctx, int64_t id, struct charge *out_charge,
                                        bool *out_found) MUST_CHECK;

/* What was charged for one loan as one kind, and the approved waivers of these charges. */
struct posted {
    int64_t charged;
    int64_t waived;     /* by administrators */
    int64_t taken_back; /* by corrections, or because the copy was found */
    int64_t last_id;    /* of the last such charge; 0: there is none */
};

enum error_kind charges_repo_posted(struct ctx *ctx, int64_t borrow_id, enum charge_kind kind,
                                    struct posted *out_posted) MUST_CHECK;
enum error_kind charges_repo_forget_borrow(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;

/* A loan by its public id, for a charge that names one: its member (0: forgotten) and its copy. */
struct named_borrow {
    int64_t id, member_id, copy_id;
};

enum error_kind charges_repo_find_borrow(struct ctx *ctx, const struct uuid *uuid,
                                         struct named_borrow *out_borrow, bool *out_found) MUST_CHECK;

enum error_kind charges_repo_list(struct ctx *ctx, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind charges_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
