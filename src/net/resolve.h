/*
 * resolve.h — a name into addresses, without the C library's resolver: that one loads shared objects at run time, and
 * in a static program must not be called (base/banned.h). c-ares asks the name servers that /etc/resolv.conf names and
 * reads /etc/hosts; there is no mDNS, so "printer.local" is found only where a name server knows it.
 *
 * Numeric addresses pass through, "localhost" is this machine (RFC 6761) and never asked for.
 */
#ifndef CARREL_NET_RESOLVE_H
#define CARREL_NET_RESOLVE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/outcome.h"

union net_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct net_addresses {
    union net_address items[NET_ADDRESSES_MAX];
    size_t count; /* at least one, after NET_OK */
};

socklen_t net_address_length(const union net_address *address);

/* How far in an address lies: what anybody out there names must not lead further in than where they are themselves. */
enum net_reach {
    NET_REACH_WORLD,
    NET_REACH_HOUSE,   /* the house's own network: RFC 1918, RFC 6598, RFC 4193 */
    NET_REACH_MACHINE, /* this one: loopback, and addresses that stand for it */
    NET_REACH_LINK,    /* link-local: where machines ask for their own secrets (169.254.169.254) */
};

enum net_reach net_address_reach(const union net_address *address);

/*
 * Waits NET_RESOLVE_MS, and never past `deadline` (clock_monotonic_ms()). NET_BAD_ADDRESS: that is no name;
 * NET_NO_ADDRESS; NET_NO_NAME_SERVER. Addresses stand in the order in which they are to be tried (RFC 6724).
 */
enum net_outcome net_resolve(const char *host, uint16_t port, int64_t deadline,
                             struct net_addresses *out_addresses) MUST_CHECK;

/* The same asked of one name server, "127.0.0.1:5300", whatever the system's files say: for tests. */
enum net_outcome net_resolve_at(const char *server, const char *host, uint16_t port, int64_t deadline,
                                struct net_addresses *out_addresses) MUST_CHECK;

#endif
