/*
 * uuid.c — UUIDv7 whose order is the order of making.
 *
 * One lock guards the time and the counter of the last id. The counter starts at random in the lower half
 * of its 12 bits, so that at least 2,048 ids follow within a millisecond; past its end the time part moves
 * on by one, ahead of the clock, and the clock catches up. The random bits of ids are taken from the system
 * some dozens at a time; secrets (random_bytes) never come from that store.
 */
#include "base/uuid.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define TIME_MAX ((INT64_C(1) << 48) - 1)
#define COUNTER_MAX 0xFFF
#define COUNTER_FIRST_MASK 0x7FF
#define RANDOM_BYTES_PER_ID 10 /* two for the counter's start, eight behind it */

static struct {
    pthread_mutex_t lock;
    int64_t time;
    unsigned counter;
    uint8_t random[RANDOM_BYTES_PER_ID * 64];
    size_t random_left;
} last = {.lock = PTHREAD_MUTEX_INITIALIZER, .time = -1};

void random_bytes(void *out, uint32_t length)
{
    uint8_t *at = out;
    size_t left = length;
    while (left > 0) {
        ssize_t got = getrandom(at, left, 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            fprintf(stderr, "uuid: no randomness from the system: %s\n", strerror(errno));
            abort();
        }
        at += got;
        left -= (size_t)got;
    }
}

/* Under the lock. */
static void take_random(uint8_t out[RANDOM_BYTES_PER_ID])
{
    if (last.random_left == 0) {
        random_bytes(last.random, sizeof last.random);
        last.random_left = sizeof last.random;
    }
    last.random_left -= RANDOM_BYTES_PER_ID;
    memcpy(out, last.random + last.random_left, RANDOM_BYTES_PER_ID);
}

/* Under the lock: moves `last` on to what the next id carries. */
static void advance(int64_t time, unsigned first_counter)
{
    if (time > last.time) {
        last.time = time;
        last.counter = first_counter;
    } else if (last.counter < COUNTER_MAX) {
        last.counter++;
    } else {
        last.time++;
        last.counter = first_counter;
    }
}

struct uuid uuid_of(int64_t time_ms, unsigned counter, uint64_t random)
{
    struct uuid uuid;
    for (int i = 0; i < 6; i++) {
        uuid.bytes[i] = (uint8_t)((uint64_t)time_ms >> (40 - 8 * i));
    }
    uuid.bytes[6] = (uint8_t)(0x70 | (counter & COUNTER_MAX) >> 8);
    uuid.bytes[7] = (uint8_t)counter;
    memcpy(uuid.bytes + 8, &random, 8);
    uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3F));
    return uuid;
}

void uuid_start_after(const struct uuid *uuid)
{
    unsigned counter = (unsigned)(uuid->bytes[6] & 0x0F) << 8 | uuid->bytes[7];
    int64_t time = 0;

    for (int i = 0; i < 6; i++)
        time = time << 8 | uuid->bytes[i];
    pthread_mutex_lock(&last.lock);
    last.time = time;
    last.counter = counter;
    pthread_mutex_unlock(&last.lock);
}

struct uuid uuid_new(int64_t instant_ms)
{
    uint8_t random[RANDOM_BYTES_PER_ID];
    pthread_mutex_lock(&last.lock);
    take_random(random);
    advance(instant_ms < 0          ? 0
            : instant_ms > TIME_MAX ? TIME_MAX
                                    : instant_ms,
            ((unsigned)random[0] << 8 | random[1]) & COUNTER_FIRST_MASK);
    uint64_t time = (uint64_t)last.time;
    unsigned counter = last.counter;
    pthread_mutex_unlock(&last.lock);

    uint64_t behind;
    memcpy(&behind, random + 2, sizeof behind);
    return uuid_of((int64_t)time, counter, behind);
}

/* The canonical text has a hyphen before these bytes. */
static int has_hyphen_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    static const uint8_t places[UUID_BYTES] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
    for (int i = 0; i < UUID_BYTES; i++) {
        out[places[i]] = digits[uuid->bytes[i] >> 4];
        out[places[i] + 1] = digits[uuid->bytes[i] & 0xF];
    }
    out[8] = out[13] = out[18] = out[23] = '-';
    out[UUID_TEXT_SIZE - 1] = '\0';
}

/* -1 when it is no digit. */
static int read_hex(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool uuid_is_given(const struct uuid *uuid)
{
    static const struct uuid none;

    return memcmp(uuid, &none, sizeof none) != 0;
}

bool uuid_parse(const char *text, struct uuid *out_uuid)
{
    struct uuid uuid;
    for (int i = 0; i < UUID_BYTES; i++) {
        if (has_hyphen_before(i) && *text++ != '-') {
            return false;
        }
        int high = read_hex(text[0]);
        int low = high < 0 ? -1 : read_hex(text[1]);
        if (low < 0) {
            return false;
        }
        uuid.bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    if (*text != '\0') {
        return false;
    }
    *out_uuid = uuid;
    return true;
}
