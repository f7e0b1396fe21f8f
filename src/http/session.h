/*
 * session.h — what a client presents to say who it is, and the cookie that a browser keeps for it.
 *
 * Two ways: `Authorization: Bearer X` (an API key when X begins with "carrel_", else a JWT), which counts
 * where both are there, and the cookie of a browser's session. The cookie's name is carrel_session, over TLS
 * __Host-carrel_session: a browser takes such a one from this very host and over TLS only (RFC 6265bis §4.1.3).
 * Whose the token is, the auth slice knows; here nothing is looked up.
 *
 * A browser sends its cookie with every request, also with one that another site made it send. So an unsafe
 * method needs, beside the guard's look at Origin, a header that no other site can know: X-CSRF-Token, which
 * is derived from the session's token and shown to the page by GET /auth/me and by the reply to a login.
 */
#ifndef CARREL_HTTP_SESSION_H
#define CARREL_HTTP_SESSION_H

#include <stdint.h>

#include "base/ctx.h"
#include "base/digest.h"

struct request;
struct response;

enum credential_kind {
    CREDENTIAL_NONE,
    CREDENTIAL_SESSION,
    CREDENTIAL_JWT,
    CREDENTIAL_API_KEY,
};

struct credential {
    enum credential_kind kind;
    const char *token;  /* as presented: letters of a token, at most HTTP_TOKEN_MAX; NULL: none */
    struct digest hash; /* the door's own: of the token … */
    int64_t as_of;      /* … and what it knows had changed before it looked the token up */
};

/*
 * Reads what `req` presents into *out_credential. INVALID_TOKEN when there is an Authorization header that is no
 * Bearer token, or more than one. A cookie that cannot be one of ours is none; so are two of them, for one
 * was then set by somebody else.
 */
enum error_kind session_read(const struct request *req, struct credential *out_credential) MUST_CHECK;

/* What X-CSRF-Token must say in this session (base64url of SHA-256 of "csrf" and the session's token). */
const char *session_csrf_token(struct arena *arena, const char *token);

/* OK for safe methods and for credentials no browser sends by itself; CSRF_TOKEN_MISSING, CSRF_TOKEN_WRONG. */
enum error_kind session_check_csrf(const struct request *req, const struct credential *credential) MUST_CHECK;

/* Has the reply set the session's cookie, for `max_age_s` seconds, or remove it. */
void session_set_cookie(const struct request *req, struct response *res, const char *token,
                        int64_t max_age_s);
void session_clear_cookie(const struct request *req, struct response *res);

#endif
