/*
 * access.c — one place for every 401 and 403 that a route table means, so that a row cannot be forgotten.
 */
#include "http/access.h"

#include <string.h>

#include "db/pool.h"
#include "http/address.h"
#include "http/request.h"
#include "http/router.h"

static enum error_kind check_setup(const struct door *door, struct request *req)
{
    if (req->route->during_setup || !door->needs_setup())
        return OK;
    return fail(req->ctx, SETUP_REQUIRED,
                "This library has no administrator yet. Open its pages in a browser to set it up, or run "
                "carrel --create-admin NAME.");
}

/* A browser that was away too long is a stranger again, and strangers may look around. */
static bool may_be_forgotten(const struct request *req, enum error_kind kind)
{
    return kind == ERROR_UNAUTHENTICATED && req->credential.kind == CREDENTIAL_SESSION &&
           req->route->access == ANYONE;
}

static enum error_kind identify(const struct router *router, struct request *req)
{
    TRY(session_read(req, &req->credential));
    if (req->credential.kind == CREDENTIAL_NONE)
        return OK;
    /* First: what it answers from memory needs no connection, and what it notes must be older than the snapshot. */
    if (router->door->recall && router->door->recall(req->ctx, &req->credential, &req->identity))
        return session_check_csrf(req, &req->credential);
    TRY(pool_take(router->pool, req->ctx));
    enum error_kind kind = router->door->identify(req->ctx, &req->credential, &req->identity);
    pool_give(router->pool, req->ctx);
    if (kind == OK)
        return session_check_csrf(req, &req->credential);
    if (!may_be_forgotten(req, kind))
        return kind;
    error_clear(req->ctx);
    req->credential = (struct credential){.kind = CREDENTIAL_NONE};
    return OK;
}

/* From 127.0.0.0/8 or ::1, and not by way of a proxy: that one stands here for anybody. */
static bool is_from_here(const struct request *req)
{
    static const char *const of_proxies[] = {"X-Forwarded-For",   "Forwarded", "X-Forwarded-Host",
                                             "X-Forwarded-Proto", "X-Real-IP", "Via"};
    struct in6_addr six;

    for (size_t i = 0; i < sizeof of_proxies / sizeof of_proxies[0]; i++)
        if (request_header(req, of_proxies[i]))
            return false;
    if (!address_parse(req->remote_address, &six))
        return false;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == IN_LOOPBACKNET);
}

static bool is_monitor(const struct router *router, const struct request *req)
{
    return req->route->for_monitors &&
           (is_from_here(req) || (router->door && router->door->metrics_are_open()));
}

static enum error_kind check_level(const struct router *router, struct request *req)
{
    const struct actor *actor = &req->ctx->actor;
    enum access needed = req->route->access;

    if (req->route->catalogue && router->door && !router->door->catalogue_is_public())
        needed = MEMBER;
    if (actor->access >= needed || is_monitor(router, req))
        return OK;
    if (actor->access <= ANYONE)
        return fail(req->ctx, UNAUTHENTICATED, "Sign in first.");
    return fail(req->ctx, FORBIDDEN, "Your account may not do this.");
}

/* The same answer for another member and for one that does not exist: who reads here learns nothing. */
static enum error_kind check_owner(struct request *req)
{
    const struct actor *actor = &req->ctx->actor;
    struct uuid asked;

    if (!req->route->own || actor->access > MEMBER)
        return OK;
    if (actor->member_id != 0 && uuid_parse(request_path(req, req->route->own), &asked) &&
        memcmp(&asked, &req->identity.member_uuid, sizeof asked) == 0)
        return OK;
    return fail(req->ctx, FORBIDDEN, "Your account shows you your own data only.");
}

enum error_kind access_check(const struct router *router, struct request *req)
{
    if (router->door && !req->local_socket) {
        TRY(check_setup(router->door, req));
        TRY(identify(router, req));
    }
    TRY(check_level(router, req));
    return check_owner(req);
}
