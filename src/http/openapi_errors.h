/*
 * openapi_errors.h — how requests of a row can fail, told from its columns, as /openapi.json says it.
 *
 * What a column leads to (a body that is no JSON, a signature that is missing, a list that takes too long) follows
 * for all rows alike; what the service refuses stands in the row's `.errors`. The contract test holds every
 * refusal of the API suite against the result.
 */
#ifndef CARREL_HTTP_OPENAPI_ERRORS_H
#define CARREL_HTTP_OPENAPI_ERRORS_H

#include "base/json_write.h"
#include "http/router.h"

/* Indexed by code. */
struct error_set {
    bool has[ERROR_CODE_COUNT];
};

void errors_of_route(const struct route *route, struct error_set *out_set);

/* What the code means, in one sentence; NULL for ERR_NONE alone. */
const char *errors_meaning(enum error_code code);

/* The members of an operation's "responses" that are not success: one for each status, by reference. */
void errors_write_responses(struct json_writer *w, const struct route *route);

/* What those refer to: the members of components.responses, and of components.examples (one for each code). */
void errors_write_shared_responses(struct json_writer *w, const struct router *router);
void errors_write_examples(struct json_writer *w, const struct router *router);

#endif
