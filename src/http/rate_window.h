/*
 * rate_window.h — who asked how often in the last minute, exactly, in bounded memory.
 *
 * A sliding window: of one key no more than `limit` requests are let through in any RATE_WINDOW_MS. The instant
 * of each that was let through is kept for as long as it matters, so the answer is exact to the millisecond and
 * so is the wait; refused requests count for nothing. Each request costs O(1).
 *
 * Memory is RATE_WINDOW_BYTES_MAX at most, however many keys there are; it is touched only as it is needed. When
 * all of it is in use, the key that was quiet longest is forgotten, first of those that asked less than
 * RATE_WINDOW_BUSY times: a flood of addresses that come once pushes out others of its kind, not who asks all
 * the time. Busy keys have three quarters of the room, so that a new one can always become busy.
 *
 * Keys are hashed with numbers drawn at start (multilinear hashing: Lemire and Kaser, "Strongly universal string
 * hashing is fast", 2014), so nobody can choose addresses that collide. Thread-safe.
 */
#ifndef CARREL_HTTP_RATE_WINDOW_H
#define CARREL_HTTP_RATE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define RATE_WINDOW_MS 60000
#define RATE_WINDOW_KEYS_MAX 32768
#define RATE_WINDOW_BLOCKS_MAX 65536 /* of RATE_WINDOW_BLOCK_TIMES instants each */
#define RATE_WINDOW_BLOCK_TIMES 15
#define RATE_WINDOW_BUSY 8
#define RATE_WINDOW_BYTES_MAX (8 * 1024 * 1024)

struct rate_key {
    uint64_t parts[2]; /* an address, an account */
    uint32_t kind;     /* which of them, and for what */
};

struct rate_window;

struct rate_window *rate_window_new(void);
void rate_window_free(struct rate_window *window);

/*
 * Counts a request of `key` at `now_ms` (monotonic) and returns 0; or, when `limit` (1 to RATE_LIMIT_MAX) were
 * let through within the last minute, returns the milliseconds until the next may be.
 */
int64_t rate_window_take(struct rate_window *window, const struct rate_key *key, int limit, int64_t now_ms);

/* For tests: what it holds, and what of its memory is in use. */
struct rate_window_figures {
    size_t keys;
    size_t blocks;
    size_t bytes; /* reserved in all */
};
struct rate_window_figures rate_window_figures(struct rate_window *window);

#endif
