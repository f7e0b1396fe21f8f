/*
 * setup_service.h — the first administrator.
 *
 * Until there is one, nearly everything answers 403 SETUP_REQUIRED (http/access.h). That is asked for every request,
 * so the answer is kept in memory; setup_look() brings it up to date after a commit that may have changed it.
 */
#ifndef CARREL_AUTH_SETUP_SERVICE_H
#define CARREL_AUTH_SETUP_SERVICE_H

#include <stdbool.h>

#include "auth/auth.h"

/* The body of POST /auth/setup (setup_fields). */
struct setup_facts {
    const char *code;
    const char *name;
    const char *password;
    const char *library_name; /* NULL: as it is */
    const char *language;     /* NULL: as it is */
    const char *time_zone;    /* NULL: as it is */
};

extern const struct field setup_fields[];

bool setup_is_needed(void);

/* Asks the library. When it has an administrator, the code and its file go. */
enum error_kind setup_look(struct ctx *ctx) MUST_CHECK;

/*
 * Whether somebody stands at the machine: WRONG_SETUP_CODE, TOO_MANY_ATTEMPTS (*out_wait_s, left alone otherwise). Needs
 * no connection.
 */
enum error_kind setup_prove(struct ctx *ctx, const char *code, int64_t *out_wait_s) MUST_CHECK;

/* On a worker: SETUP_DONE, WRONG_SETUP_CODE, TOO_MANY_ATTEMPTS (*out_wait_s), VALIDATION_ERROR. */
enum error_kind setup_begin(struct ctx *ctx, const struct setup_facts *facts, int64_t *out_wait_s) MUST_CHECK;

/* On the writer. SETUP_DONE when somebody was quicker. */
enum error_kind setup_finish(struct ctx *ctx, const struct setup_facts *facts, const char *hash,
                             struct account *out_account) MUST_CHECK;

#endif
