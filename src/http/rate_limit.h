/*
 * rate_limit.h — how often a minute somebody may ask (QUALITY.md "Let no one in").
 *
 * | who                                              | what                                | a minute             |
 * |--------------------------------------------------|-------------------------------------|----------------------|
 * | an address (strangers, members)                  | LIMIT_SEARCH, _WRITE and the rows   | the setting          |
 * |                                                  | that take a picture or a file       |                      |
 * | an account or API key from LIBRARIAN up          | the same                            | RATE_LIMIT_STAFF     |
 * | an address; an account from LIBRARIAN up         | LIMIT_TYPING rows                   | RATE_LIMIT_TYPING    |
 *
 * LIMIT_NONE and LIMIT_READ rows and the pages are free: what they cost is bounded by the connections there are.
 * So is the local socket. A setting above the other two numbers raises them as well. IPv6 addresses count by
 * their first 64 bits, which is what one customer of a provider is given.
 */
#ifndef CARREL_HTTP_RATE_LIMIT_H
#define CARREL_HTTP_RATE_LIMIT_H

#include <stdint.h>

#include "base/ctx.h"
#include "http/rate_window.h"

struct request;
struct response;
struct rate_limit;

/* `per_minute`: 1 to RATE_LIMIT_MAX. `clock` tells monotonic milliseconds; NULL: the machine's. */
struct rate_limit *rate_limit_new(int per_minute, int64_t (*clock)(void));
void rate_limit_free(struct rate_limit *limit);

/*
 * Counts `req`, whose route and actor are known. RATE_LIMITED, with Retry-After (whole seconds, rounded up) in
 * `res`, when that is one too many. NULL: nothing is counted.
 */
enum error_kind rate_limit_check(struct rate_limit *limit, const struct request *req,
                                 struct response *res) MUST_CHECK;

/* What an address counts as: IPv4 whole (also when it comes as ::ffff:a.b.c.d), IPv6 by its first 64 bits. */
struct rate_key rate_key_of_address(const char *address);

#endif
