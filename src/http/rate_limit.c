/*
 * rate_limit.c — who a request is counted for, and with which number.
 */
#include "http/rate_limit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "http/address.h"
#include "http/request.h"
#include "http/response.h"

enum key_kind { OF_ADDRESS, OF_ACCOUNT, OF_NAME };
#define TYPING 0x100U /* added to the kind: counted apart */

struct rate_limit {
    struct rate_window *window;
    int per_minute;
    int64_t (*clock)(void);
};

struct rate_limit *rate_limit_new(int per_minute, int64_t (*clock)(void))
{
    struct rate_limit *limit = calloc(1, sizeof *limit);

    if (!limit)
        abort();
    *limit = (struct rate_limit){rate_window_new(), per_minute, clock ? clock : clock_monotonic_ms};
    return limit;
}

void rate_limit_free(struct rate_limit *limit)
{
    if (!limit)
        return;
    rate_window_free(limit->window);
    free(limit);
}

/* ---- who ----------------------------------------------------------------------------------------------- */

/* What is no address at all shares one key: nobody escapes by being unreadable. */
struct rate_key rate_key_of_address(const char *address)
{
    struct rate_key key = {.kind = OF_ADDRESS};
    struct in6_addr six = {0};

    (void)address_parse(address, &six);
    memcpy(key.parts, six.s6_addr, sizeof key.parts);
    if (!IN6_IS_ADDR_V4MAPPED(&six))
        key.parts[1] = UINT64_MAX; /* no IPv4 address has this beside it */
    return key;
}

static struct rate_key key_of(const struct request *req)
{
    const struct actor *actor = &req->ctx->actor;
    struct rate_key key = {.kind = OF_ACCOUNT};

    if (actor->access < LIBRARIAN)
        return rate_key_of_address(req->remote_address);
    if (actor->account_id != 0) {
        key.parts[0] = (uint64_t)actor->account_id;
        return key;
    }
    /* An API key, or everybody while nobody signs in. */
    struct digest digest = digest_of(actor->name, strlen(actor->name));
    memcpy(key.parts, digest.bytes, sizeof key.parts);
    key.kind = OF_NAME;
    return key;
}

/* ---- how often ----------------------------------------------------------------------------------------- */

static int at_least(int number, int other)
{
    return number > other ? number : other;
}

/* 0: as often as they like. */
static int limit_of(const struct rate_limit *limit, const struct request *req)
{
    switch (req->route->limit) {
    case LIMIT_WRITE:
    case LIMIT_PICTURE:
    case LIMIT_UPLOAD:
    case LIMIT_FILE:
    case LIMIT_SEARCH:
        return req->ctx->actor.access < LIBRARIAN ? limit->per_minute
                                                  : at_least(RATE_LIMIT_STAFF, limit->per_minute);
    case LIMIT_TYPING: return at_least(RATE_LIMIT_TYPING, limit->per_minute);
    case LIMIT_NONE:
    case LIMIT_READ: break;
    }
    return 0;
}

enum error_kind rate_limit_check(struct rate_limit *limit, const struct request *req, struct response *res)
{
    if (!limit || req->local_socket)
        return OK;
    int per_minute = limit_of(limit, req);
    if (per_minute == 0)
        return OK;
    struct rate_key key = key_of(req);
    if (req->route->limit == LIMIT_TYPING)
        key.kind |= TYPING;
    int64_t wait_ms = rate_window_take(limit->window, &key, per_minute, limit->clock());
    if (wait_ms == 0)
        return OK;
    int64_t wait_s = (wait_ms + MS_PER_SECOND - 1) / MS_PER_SECOND;
    response_header(res, "Retry-After", arena_printf(req->ctx->arena, "%" PRId64, wait_s));
    error_reason_int(req->ctx, "per_minute", per_minute);
    return fail(req->ctx, RATE_LIMITED, "Rate limit exceeded: %d a minute. Try again in %" PRId64 " s.",
                per_minute, wait_s);
}
