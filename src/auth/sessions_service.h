/*
 * sessions_service.h — who has been let in: sessions of browsers, token pairs of API clients.
 *
 * Changing functions run on the writer. Those that read say who a credential stands for *now*: a role that was taken
 * away, an account that was closed, a member who was archived count from the next request on.
 */
#ifndef CARREL_AUTH_SESSIONS_SERVICE_H
#define CARREL_AUTH_SESSIONS_SERVICE_H

#include "auth/auth.h"

/* Reads the key that signs access tokens, and makes it in a library that has none. At start, on the writer's
   connection, before there are other threads. */
enum error_kind sessions_prepare(struct ctx *ctx) MUST_CHECK;

/* ---- letting in ------------------------------------------------------------------------------------- */

/* What the browser shall keep as its cookie. `agent`: what it calls itself; NULL: nothing. */
enum error_kind sessions_start(struct ctx *ctx, const struct account *account, const char *agent,
                               const char **out_token) MUST_CHECK;

enum error_kind sessions_give_tokens(struct ctx *ctx, const struct account *account,
                                     struct token_pair *out_pair) MUST_CHECK;

/*
 * The next pair for a refresh token. INVALID_TOKEN when it is none of ours, TOKEN_EXPIRED when its time is over,
 * UNAUTHENTICATED when the account is closed. A token that was used before has been copied by somebody: its whole
 * family ends, which must be kept although the answer is INVALID_TOKEN: *out_keep.
 */
enum error_kind sessions_refresh(struct ctx *ctx, const char *refresh_token, struct account *out_account,
                                 struct token_pair *out_pair, bool *out_keep) MUST_CHECK;

/* ---- and out ---------------------------------------------------------------------------------------- */

/* That it is over already is no error. */
enum error_kind sessions_end(struct ctx *ctx, const char *token) MUST_CHECK;
enum error_kind sessions_end_family(struct ctx *ctx, const char *refresh_token) MUST_CHECK;

/* ---- who is it? ------------------------------------------------------------------------------------- */

/* UNAUTHENTICATED: the session is not there, over, or its account closed. */
enum error_kind sessions_identify(struct ctx *ctx, const char *token, struct caller *out_caller) MUST_CHECK;

/* INVALID_TOKEN: not an access token of ours; TOKEN_EXPIRED; UNAUTHENTICATED: the account is closed. */
enum error_kind sessions_identify_jwt(struct ctx *ctx, const char *token,
                                      struct caller *out_caller) MUST_CHECK;

/* Notes that its session or key was used now, if that was not written for some minutes. */
void sessions_note_use(const struct ctx *ctx, const struct grounds *grounds);

/* For jobs: writes what has been seen; removes what is over. *out_rows: how many. */
enum error_kind sessions_write_seen(struct ctx *ctx, int64_t *out_rows) MUST_CHECK;
enum error_kind sessions_remove_over(struct ctx *ctx, int64_t *out_rows) MUST_CHECK;

#endif
