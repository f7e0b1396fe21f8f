/*
 * login_service.h — everything that is proved with a password or a code, in three steps each:
 *
 *     …_begin    on a worker, with a read snapshot: who is meant, and must they wait?
 *     …_compute  on the worker, without a connection: the hash (auth/password.h)
 *     …_finish   on the writer: what follows, and what must be remembered
 *
 * A wrong password costs the same work and gets the same answer whether there is such an account or not; after some
 * of them nothing is looked at for a while: TOO_MANY_ATTEMPTS, and how long in `retry_after_s` (auth/attempts.h).
 *
 * _finish may fail and still have written what must stay: then `keep` is true (response.h, refuse_and_commit).
 */
#ifndef CARREL_AUTH_LOGIN_SERVICE_H
#define CARREL_AUTH_LOGIN_SERVICE_H

#include "auth/auth.h"
#include "base/digest.h"

/* One act, from begin to finish. */
struct login {
    const char *name;         /* of the account, as typed */
    const char *password;     /* the present one; with a code: none */
    const char *code;         /* for a reset */
    const char *new_password; /* for a change or reset */
    bool known;
    struct account account;
    bool good;             /* the password is right */
    const char *new_hash;  /* of new_password, or of `password` with today's parameters; NULL: none */
    int64_t retry_after_s; /* of TOO_MANY_ATTEMPTS */
    bool keep;
};

/* ---- signing in: WRONG_CREDENTIALS, TOO_MANY_ATTEMPTS, ACCOUNT_CLOSED ------------------------------- */

enum error_kind login_begin(struct ctx *ctx, struct login *login) MUST_CHECK;
enum error_kind login_compute(struct ctx *ctx, struct login *login) MUST_CHECK;
enum error_kind login_finish(struct ctx *ctx, struct login *login) MUST_CHECK;

/* ---- a new password for the one who acts: WRONG_PASSWORD; the session `keep` stays --------------------- */

enum error_kind change_begin(struct ctx *ctx, struct login *change) MUST_CHECK;
enum error_kind change_compute(struct ctx *ctx, struct login *change) MUST_CHECK;
enum error_kind change_finish(struct ctx *ctx, struct login *change, const struct digest *keep) MUST_CHECK;

/* ---- a new password by code: INVALID_CODE -------------------------------------------------------------- */

enum error_kind reset_begin(struct ctx *ctx, struct login *reset) MUST_CHECK;
enum error_kind reset_compute(struct ctx *ctx, struct login *reset) MUST_CHECK;
enum error_kind reset_finish(struct ctx *ctx, struct login *reset) MUST_CHECK;

/* Notes that this name's password is lost, for an administrator to see. Nothing tells whether there is such a one. */
enum error_kind reset_ask(struct ctx *ctx, const char *name) MUST_CHECK;

#endif
