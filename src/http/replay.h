/*
 * replay.h — Idempotency-Key: a POST that is sent again is answered again, and done once.
 *
 * Of WRITES and BULK rows that are not `.secret`. The key is looked up on a snapshot, for the common case, and
 * once more on the writer before the handler runs: there, acts come one after the other, so of two with the same
 * key the second finds the first's answer. The answer is kept in the transaction of the act. An error is not
 * kept: it undid the act, and the next try is judged anew.
 *
 * A repeated answer has the header Idempotency-Replayed: true. Of one longer than IDEMPOTENCY_REPLY_MAX only
 * that it was given is known: 409 REPLY_NOT_KEPT, with the status it had and when.
 */
#ifndef CARREL_HTTP_REPLAY_H
#define CARREL_HTTP_REPLAY_H

#include "http/request.h"
#include "http/response.h"

/* Does the header mean something to requests of this row? */
bool replay_is_for(const struct route *route);

/* Reads the header, where it means something, into req->reply_key. BAD_REQUEST for a key that is none. */
enum error_kind replay_read_key(struct request *req) MUST_CHECK;

bool replay_is_possible(const struct request *req);

/*
 * Looks for a kept answer, with ctx->db set: req->replayed says whether `res` is one now. Fails with
 * IDEMPOTENCY_KEY_REUSED, REPLY_NOT_KEPT. Without a key it does nothing.
 */
enum error_kind replay_find(struct request *req, struct response *res) MUST_CHECK;

/* Keeps the answer, whose status is set, on the writer. */
enum error_kind replay_keep(struct request *req, const struct response *res) MUST_CHECK;

#endif
