/*
 * crowd.h — one address may not hold all workers.
 *
 * A connection holds a worker while it lives, and a client that sends its head a letter at a time holds one for
 * HTTP_REQUEST_TIMEOUT_MS. So an address (of IPv6 its first 64 bits) may have half of the workers to wait for it.
 * What it opens beyond that is served all the same, for a whole school may sit behind one address, but is not
 * waited for: the whole head must have come HTTP_CROWDED_HEAD_MS after a worker looked at it, and its answer
 * ends the connection.
 */
#ifndef CARREL_HTTP_CROWD_H
#define CARREL_HTTP_CROWD_H

#include <stdbool.h>

struct address_prefix; /* http/address.h */
struct crowd;

/*
 * `slots`: the number of workers; each uses its own, from 0. `proxies` (may be NULL) bring many
 * people each and have no bound; nor have connections without an address, those of the local socket.
 */
struct crowd *crowd_new(int slots, const struct address_prefix *proxies);
void crowd_free(struct crowd *crowd);

/* A worker got a connection from this numeric address. False: the address has its half already. */
bool crowd_enter(struct crowd *crowd, int slot, const char *address);

/* It closes the connection. Without crowd_enter() before it, nothing happens. */
void crowd_leave(struct crowd *crowd, int slot);

/* Has the whole head (encrypted: anything at all) come? Waits HTTP_CROWDED_HEAD_MS at most; takes nothing. */
bool crowd_has_head(int socket, bool encrypted);

#endif
