/*
 * client.h — the one outgoing HTTP client: http and https, GET and POST, one reply, then the connection closes.
 *
 * Nothing leaves the library's network unless an administrator has entered the address that is asked; so addresses of
 * the house's own network are as good as others. No proxy, no cookies, no compression. At most NET_REDIRECTS_MAX
 * redirects are followed, of a GET, never from https to http, and never further in (net/resolve.h) than the server is that
 * sends there: nobody out there names an address of the house. Not for the writer, and never with a read connection in
 * hand: an exchange may take NET_EXCHANGE_MS.
 */
#ifndef CARREL_NET_CLIENT_H
#define CARREL_NET_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "net/breaker.h"
#include "net/outcome.h"

struct net_header {
    const char *name;
    const char *value; /* without line ends: they are refused */
};

struct net_request {
    const char *url;
    const char *accept; /* NULL: anything */
    const struct net_header
        *headers;     /* further ones, for this host alone; ends with a NULL name; NULL: none */
    const char *body; /* makes it a POST; NULL: a GET */
    size_t body_length;
    const char *body_type;
    size_t reply_max;     /* bytes of the body; 0: NET_REPLY_MAX */
    bool status_says_all; /* a body that is longer, breaks off or does not come is cut: NET_OK all the same */
    int64_t deadline;     /* clock_monotonic_ms(); 0: NET_EXCHANGE_MS from now; never later than that */
    struct breakers *breakers; /* NULL: breakers_shared() */
    bool *
        was_sent; /* set to true once all of it was written: from then on somebody may have acted on it; NULL */
};

struct net_reply {
    int status;
    const char *content_type; /* NULL: not said */
    const char *body;         /* NUL-terminated, in the arena */
    size_t length;
};

/*
 * NET_OK: a reply is there, whatever its status says. 5xx and 429 count as failures for the breaker, as all other
 * outcomes do but NET_BAD_ADDRESS, NET_REDIRECTED and NET_RESTING.
 */
enum net_outcome net_exchange(struct arena *arena, const struct net_request *request,
                              struct net_reply *out_reply) MUST_CHECK;

/* An administrator has changed or tries something: a server that was left alone (breakers_shared()) is asked again at once. */
void net_forget_failures(struct arena *arena, const char *url);

#endif
