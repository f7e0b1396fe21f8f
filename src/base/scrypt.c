/*
 * scrypt.c — libscrypt does the arithmetic; here stands who may compute when.
 */
#include "base/scrypt.h"

#include <errno.h>
#include <libscrypt.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

#define LOG_N_MAX 18
#define BLOCK_MAX 16
#define PARALLEL_MAX 16

bool scrypt_cost_is_bearable(const struct scrypt_cost *cost)
{
    return cost->log_n >= 1 && cost->log_n <= LOG_N_MAX && cost->block >= 1 && cost->block <= BLOCK_MAX &&
           cost->parallel >= 1 && cost->parallel <= PARALLEL_MAX;
}

static struct {
    pthread_mutex_t lock;
    pthread_cond_t free;
    int working, waiting;
    size_t bytes;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER, .free = PTHREAD_COND_INITIALIZER};

/* RFC 7914 §6: N blocks of 128 r bytes. */
static size_t bytes_of(const struct scrypt_cost *cost)
{
    return ((size_t)128 << cost->log_n) * (size_t)cost->block;
}

static bool wait_for_turn(size_t bytes)
{
    const struct timespec until = clock_monotonic_after(PASSWORD_WAIT_MS);
    int outcome = 0;

    pthread_mutex_lock(&turns.lock);
    bool may_wait = turns.waiting < PASSWORDS_WAITING_MAX;
    if (may_wait) {
        turns.waiting++;
        while (turns.working >= PASSWORDS_AT_ONCE && outcome != ETIMEDOUT)
            outcome = pthread_cond_clockwait(&turns.free, &turns.lock, CLOCK_MONOTONIC, &until);
        turns.waiting--;
    }
    bool mine = may_wait && turns.working < PASSWORDS_AT_ONCE;
    turns.working += mine;
    turns.bytes += mine ? bytes : 0;
    pthread_mutex_unlock(&turns.lock);
    return mine;
}

static void end_turn(size_t bytes)
{
    pthread_mutex_lock(&turns.lock);
    turns.working--;
    turns.bytes -= bytes;
    pthread_cond_signal(&turns.free);
    pthread_mutex_unlock(&turns.lock);
}

size_t scrypt_bytes_held(void)
{
    pthread_mutex_lock(&turns.lock);
    size_t bytes = turns.bytes;
    pthread_mutex_unlock(&turns.lock);
    return bytes;
}

enum error_kind scrypt_derive(struct ctx *ctx, const char *secret, const uint8_t *salt, size_t salt_length,
                              const struct scrypt_cost *cost, uint8_t *out, size_t length)
{
    if (!wait_for_turn(bytes_of(cost)))
        return fail(ctx, BUSY, "Many people are signing in just now. Try again in a moment.");
    int outcome = libscrypt_scrypt((const uint8_t *)secret, strlen(secret), salt, salt_length,
                                   (uint64_t)1 << cost->log_n, (uint32_t)cost->block,
                                   (uint32_t)cost->parallel, out, length);
    end_turn(bytes_of(cost));
    return outcome == 0 ? OK : fail(ctx, OUT_OF_MEMORY, "There is too little memory to check a password.");
}
