/*
 * address.h — numeric addresses and prefixes, IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2) so that there is one kind;
 * and who the client is behind a proxy that may be believed.
 */
#ifndef CARREL_HTTP_ADDRESS_H
#define CARREL_HTTP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/ctx.h"

struct request;

struct address_prefix {
    struct in6_addr address;
    int bits; /* that count, of 128; -1: the end of a list */
};

/* "192.0.2.7", "2001:db8::1", "fe80::1%eth0" (the interface is dropped). */
bool address_parse(const char *text, struct in6_addr *out_address);

bool address_is_in(const struct in6_addr *address, const struct address_prefix *list);

/*
 * "10.0.0.0/8, ::1": addresses and prefixes, parted by commas or spaces; the list lives in the arena.
 * INVALID_PARAMETER names what is neither.
 */
enum error_kind address_read_list(struct ctx *ctx, const char *text,
                                  const struct address_prefix **out_list) MUST_CHECK;

/*
 * When the connection comes from a proxy of this list, the client is the last address in X-Forwarded-For that is
 * not one of them, and X-Forwarded-Proto says whether it came over TLS: sets the address in `req` and its ctx.
 * From anybody else these headers mean nothing, for anybody can send them.
 */
void address_of_client(struct request *req, const struct address_prefix *proxies);

#endif
