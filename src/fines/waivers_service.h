/*
 * waivers_service.h — letting a reader off: asked at the desk, decided by an administrator, or made by the program.
 *
 * A waiver that is asked for changes nothing until it is approved. Writing functions must run on the writer.
 */
#ifndef CARREL_FINES_WAIVERS_SERVICE_H
#define CARREL_FINES_WAIVERS_SERVICE_H

#include "base/ctx.h"
#include "fines/fines.h"
#include "members/members.h"

/* CHARGE_NOT_FOUND; OVERPAYMENT when more is asked for than is open of the charge. */
enum error_kind waivers_ask(struct ctx *ctx, const struct uuid *charge, const struct waiver_request *request,
                            int64_t *out_id) MUST_CHECK;

/*
 * WAIVER_NOT_FOUND, ALREADY_DECIDED; OVERPAYMENT when the charge has been settled meanwhile so far that less is open
 * than was asked for. Event FINE_WAIVED.
 */
enum error_kind waivers_approve(struct ctx *ctx, const struct uuid *waiver, int64_t *out_id) MUST_CHECK;

/* WAIVER_NOT_FOUND, ALREADY_DECIDED. The reason stands in the audit log. */
enum error_kind waivers_refuse(struct ctx *ctx, const struct uuid *waiver, const struct refusal *refusal,
                               int64_t *out_id) MUST_CHECK;

/*
 * An approved waiver that the program makes: `amount` (0: nothing is written) of what was charged for a loan. It
 * settles what is open of that loan's charges of that kind, then the member's others, oldest first; what is left is
 * a credit. `charge` is the one that the waiver names. Event FINE_WAIVED.
 */
enum error_kind waivers_correct(struct ctx *ctx, const struct charge *charge, enum waiver_kind kind,
                                int64_t amount, const char *reason) MUST_CHECK;

enum error_kind waivers_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
/* The last ACCOUNT_ROWS_MAX of a member. */
enum error_kind waivers_list_last(struct ctx *ctx, const struct member *member,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind waivers_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
