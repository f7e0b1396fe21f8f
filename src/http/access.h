/*
 * access.h — who is acting, and may they? The columns `access`, `own`, `catalogue` and `during_setup` of a
 * route, applied before a body is read.
 *
 * The local socket is the machine's owner and passes always. Over TCP the door decides, in this order:
 *   1. while the library has no administrator, only rows marked `during_setup`: 403 SETUP_REQUIRED;
 *   2. what the client presents is looked up (in memory, if nothing has changed since it was): 401 INVALID_TOKEN, UNAUTHENTICATED, TOKEN_EXPIRED. A session
 *      that is over does not keep a browser from what anyone may see. No credential: nothing is looked up;
 *   3. a session's cookie on an unsafe method needs its header: 403 CSRF_TOKEN_MISSING, CSRF_TOKEN_WRONG;
 *   4. the row's `access` (of the catalogue: MEMBER, while it is not public), then `own`: 401 or 403.
 * Without a door (tests; `--auth off`) nothing is read: the actor that the server began with counts.
 */
#ifndef CARREL_HTTP_ACCESS_H
#define CARREL_HTTP_ACCESS_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/uuid.h"
#include "http/session.h"

struct request;
struct router;

/* What a handler may want to know beside ctx->actor. */
struct identity {
    struct uuid member_uuid; /* of ctx->actor.member_id; counts only where that is not 0 */
};

/* Wired by app.c; none but `recall` may be NULL. All but `identify` are asked for every request and answer from memory. */
struct door {
    /*
     * Fills ctx->actor (all but address and correlation id) and *out_identity, or fails with
     * UNAUTHENTICATED, INVALID_TOKEN or TOKEN_EXPIRED and leaves both alone. ctx->db is a snapshot.
     */
    enum error_kind (*identify)(struct ctx *ctx, const struct credential *credential,
                                struct identity *out_identity);
    bool (*needs_setup)(void);
    bool (*catalogue_is_public)(void);
    bool (*metrics_are_open)(void);
    /*
     * Before `identify`, with ctx->db NULL: true when it has done what `identify` would do. False: `identify` is asked,
     * with a snapshot that is taken after this has returned; it finds in *credential what was noted there.
     */
    bool (*recall)(struct ctx *ctx, struct credential *credential, struct identity *out_identity);
};

/* `req` has its route. Fills ctx->actor, req->credential and req->identity. */
enum error_kind access_check(const struct router *router, struct request *req) MUST_CHECK;

#endif
