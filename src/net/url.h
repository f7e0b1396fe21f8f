/*
 * url.h — addresses of servers as people write them: "https://example.org:8443/sru?x=y" (RFC 3986), and what goes into them.
 */
#ifndef CARREL_NET_URL_H
#define CARREL_NET_URL_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct text_buf;

struct net_url {
    bool is_https;
    const char *host;     /* lower case; an IPv6 address without its brackets */
    uint16_t port;        /* 80 or 443 when none is said */
    const char *target;   /* path and query: "/sru?x=y"; at least "/" */
    const char *fragment; /* after the #, never sent; NULL: none */
};

/*
 * False for what is no http or https URL of plain ASCII, at most NET_URL_MAX long; names and passwords in it are refused.
 * Texts are the arena's.
 */
bool net_url_parse(struct arena *arena, const char *text, struct net_url *out_url);

/* "example.org:443", "[::1]:80": for a Host header (without the scheme's own port) and for breaker.h (with it). */
const char *net_url_authority(struct arena *arena, const struct net_url *url, bool with_port);

/* Where a Location of `from` leads: a whole URL or a path of the same server. */
bool net_url_follow(struct arena *arena, const struct net_url *from, const char *location,
                    struct net_url *out_url);

/* Appends a value for a query string: UTF-8, all but unreserved characters as %XX. */
void net_url_encode(struct text_buf *out, const char *value);

#endif
