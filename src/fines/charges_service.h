/*
 * charges_service.h — charging at the desk, and what a member owes.
 */
#ifndef CARREL_FINES_CHARGES_SERVICE_H
#define CARREL_FINES_CHARGES_SERVICE_H

#include "base/ctx.h"
#include "fines/fines.h"
#include "members/members.h"

/*
 * The live member that a body means, by id or by card: VALIDATION_ERROR when it says neither or both,
 * MEMBER_NOT_FOUND.
 */
enum error_kind charges_find_member(struct ctx *ctx, const struct uuid *member_id, const char *card,
                                    struct member *out_member) MUST_CHECK;

/*
 * Damage, loss or a fee, for a loan of the member's or a copy, or for neither. MEMBER_NOT_FOUND,
 * BORROW_RECORD_NOT_FOUND, COPY_NOT_FOUND; VALIDATION_ERROR for a loan that is not the member's, and for loan and copy
 * together; CONFLICT when they would owe more than MONEY_MAX. Writer only.
 */
enum error_kind charges_add(struct ctx *ctx, const struct charge_request *request,
                            int64_t *out_id) MUST_CHECK;

/* A charge by its public id, or CHARGE_NOT_FOUND. */
enum error_kind charges_find(struct ctx *ctx, const struct uuid *uuid, struct charge *out_charge) MUST_CHECK;

enum error_kind charges_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
enum error_kind charges_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* The oldest ACCOUNT_CHARGES_MAX that are open of a member. */
enum error_kind charges_list_open(struct ctx *ctx, const struct member *member,
                                  struct row_sink *sink) MUST_CHECK;

/* A member, archived or not, whose account is shown: MEMBER_NOT_FOUND. */
enum error_kind charges_account(struct ctx *ctx, const struct uuid *member_id,
                                struct member *out_member) MUST_CHECK;

#endif
