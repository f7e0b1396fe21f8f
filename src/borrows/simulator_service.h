/*
 * simulator_service.h — what would the desk say? For whoever writes rules, and for a reader who asks why.
 */
#ifndef CARREL_BORROWS_SIMULATOR_SERVICE_H
#define CARREL_BORROWS_SIMULATOR_SERVICE_H

#include "base/ctx.h"
#include "borrows/borrows.h"
#include "borrows/decision_service.h"

/* A person or a kind of person, a thing or a kind of thing. */
struct simulation_request {
    struct uuid member_id; /* all zero: not by id; so book_id */
    const char *card;
    const char *member_type; /* its code */
    struct uuid book_id;
    const char *barcode;
    const char *item_type; /* its code */
};

struct simulation {
    struct lending_refusal *refusals; /* in the order of the checks; NULL: it may be lent */
    int32_t due_day;                  /* if it were lent now */
    int64_t due_at;
    struct loan_rule rule; /* how long, how often renewed, what a late day costs */
    const char *rule_name;
    struct loan_rule total; /* how many things altogether, and how many holds */
    const char *total_name;
};

extern const struct field simulation_fields[]; /* over struct simulation_request */

/*
 * The decision of decision_service.h as it would be made now, all of it. Nothing is written; any connection.
 * VALIDATION_ERROR where it is not said, or said twice, who or what, and for unknown types; MEMBER_NOT_FOUND,
 * BOOK_NOT_FOUND, COPY_NOT_FOUND. Of a kind of person or thing only that is decided which can be: how long, what
 * it costs, a limit of none.
 */
enum error_kind borrows_simulate(struct ctx *ctx, const struct simulation_request *request,
                                 struct simulation *out_simulation) MUST_CHECK;

#endif
