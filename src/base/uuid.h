/*
 * uuid.h — the public name of every row: UUID version 7 (RFC 9562).
 *
 * 48 bits of milliseconds, then a counter in rand_a that makes ids of one millisecond increase (method 1
 * of section 6.2), then random bits. Ids made by one process always increase, so inserts append to their
 * index. Thread-safe. Randomness comes from getrandom(2); its failure ends the process.
 */
#ifndef CARREL_BASE_UUID_H
#define CARREL_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_BYTES 16
#define UUID_TEXT_SIZE 37 /* 36 characters and the NUL */

struct uuid {
    uint8_t bytes[UUID_BYTES];
};

/* A new id whose time part is `instant_ms` or, where that would not increase, the last one's. */
struct uuid uuid_new(int64_t instant_ms);

/*
 * Ids are greater than this one from here on: at the start, when the clock may stand where it stood, or behind, with
 * the last id that the process before this one has left. No longer greater than those of a library that was open
 * before: its clock may be why another takes its place.
 */
void uuid_start_after(const struct uuid *uuid);

/* Canonical text, lower case. */
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE]);

/* 36 characters, either case, any version; the whole string or false. */
bool uuid_parse(const char *text, struct uuid *out_uuid);

/* False for all zero: no id was given, in a request where it may be left out. */
bool uuid_is_given(const struct uuid *uuid);

/*
 * The id of these parts: 48 bits of time, 12 that count within a millisecond, 62 at random. For invented rows of
 * the past (src/seeder), whose ids shall increase with their time and be the same for the same seed.
 */
struct uuid uuid_of(int64_t time_ms, unsigned counter, uint64_t random);

/* `length` random bytes from the system. */
void random_bytes(void *out, uint32_t length);

#endif
