/*
 * own_names.h — the names and addresses by which the house can reach this machine.
 */
#ifndef CARREL_TLS_OWN_NAMES_H
#define CARREL_TLS_OWN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

#define TLS_NAMES_MAX 32

struct tls_names {
    const char *host; /* the machine's own name, lower case; "" when it has none that may stand in a URL */
    const char *dns[TLS_NAMES_MAX];
    size_t dns_count;
    const char *addresses[TLS_NAMES_MAX]; /* numeric */
    size_t address_count;
};

/*
 * localhost, the machine's name, the same with .local, the names in `also` (ends with NULL; NULL: none), and the
 * private addresses of its interfaces, in the arena. Public addresses are none of ours to vouch for; link-local ones
 * of IPv6 stand in no URL.
 */
void own_names_list(struct ctx *ctx, const char *const *also, struct tls_names *out_names);

/* The same with a given host name and no addresses but the machine's loopback, for own_names_list() and tests. */
void own_names_of_host(struct ctx *ctx, const char *host, const char *const *also,
                       struct tls_names *out_names);

/* A numeric address of a private network or of the machine itself (RFC 1918, 3927, 4193). */
bool own_names_is_private(const char *address);

#endif
