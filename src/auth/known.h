/*
 * known.h — who has been let in before, kept in memory, so that a request with a session, an access token or an API key
 * costs no more than one without.
 *
 * What is kept: for SHA-256 of a credential (and its kind: a cookie's token is no access token) who it stood for, and
 * the rows of account, member, session and api_key that said so. Never the credential itself, and only what was let in:
 * a wrong one is looked up, and refused, each time. At most KNOWN_CALLERS_MAX, half a kilobyte each.
 *
 * Why nothing in it is ever out of date:
 *   - A row that is changed is in doubt from that statement on, long before COMMIT (db/watch.h, closely): nobody who
 *     rests on it is found, the library itself is asked. So signing out, closing an account, another role, a new
 *     password, a revoked key, an archived member act at the very next request, whoever has heard of them.
 *   - After COMMIT the row gets the next number. Who is kept was looked up *as of* a number, and is found only while
 *     none of his rows has a higher one. The number is read before the snapshot is taken: a worker that has read the
 *     library before a commit, and stores what it found after it, stores it as of a number that no longer suffices.
 *     A worker that reads the new number takes its snapshot after the commit. It cannot be taken the other way round.
 *   - After a rollback the row stays in doubt until the next commit. Should a commit never be told of, for ever: that
 *     costs time, and lets nobody in.
 *   - Time is compared at each request with what was known: end of the session, idle time, end of the access token.
 *     The idle time is a setting; its row is one of those that a session rests on.
 *   - `secret` is read once, at start; refresh tokens are never kept. All else that an answer depends on (the header
 *     against other sites, the level that a route needs, its owner) is checked after this, each time.
 *   - Only the writer's connection changes the library while the server runs (db/lockfile.h). Should somebody change
 *     it with another program nonetheless, that acts within KNOWN_FOR_MS.
 *
 * A loan changes its member's row, so a reader who borrows is looked up once more; that touches nobody else but those
 * whose rows share a number with it (KNOWN_ROWS). Thread-safe. Keeps nothing until known_repo_follow() follows a library.
 */
#ifndef CARREL_AUTH_KNOWN_H
#define CARREL_AUTH_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/auth.h"
#include "base/digest.h"

/* To be read before the snapshot in which the credential is looked up. */
int64_t known_as_of(void);

/* `kind`: what sort of credential, not 0. True: he is known, as of now; his name lies in the arena. */
bool known_find(struct ctx *ctx, int kind, const struct digest *hash, struct caller *out_caller);

/* Keeps who was let in at ctx->now. */
void known_put(const struct ctx *ctx, int kind, const struct digest *hash, int64_t as_of,
               const struct caller *caller);

/* ---- for known_repository.c, on the writer's thread ------------------------------------------------- */

enum known_table { KNOWN_ACCOUNT, KNOWN_MEMBER, KNOWN_SESSION, KNOWN_API_KEY, KNOWN_SETTING, KNOWN_TABLES };

/* The only row of KNOWN_SETTING that anybody rests on. */
#define KNOWN_IDLE_SETTING 1

/* From now on changes are followed, so that callers may be kept. */
void known_begin(void);

/* Forgets everybody, and keeps nobody any more. */
void known_forget(void);

/* The row is being changed. */
void known_doubt(enum known_table table, int64_t id);

/* What was done to these rows is committed. */
void known_settle(enum known_table table, const int64_t *ids, size_t count);

#endif
