/*
 * redirect.h — the answer of the address that only leads to https (setting REDIRECT_LISTEN).
 */
#ifndef CARREL_HTTP_REDIRECT_H
#define CARREL_HTTP_REDIRECT_H

#include "http/request.h"
#include "http/response.h"

/*
 * 308 to the same name and `target` (as it was sent) at https and `port`, for a request that the guard has let through:
 * its Host is one of ours. Only GET and HEAD are sent on; anything else has been sent in the clear already, and is
 * FORBIDDEN so that somebody notices.
 */
enum error_kind redirect_to_https(const struct request *req, struct response *res, const char *target,
                                  int port) MUST_CHECK;

#endif
