/*
 * digest.h — fingerprints of secrets and of bodies: SHA-256 (FIPS 180-4), from OpenSSL.
 */
#ifndef CARREL_BASE_DIGEST_H
#define CARREL_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32

struct digest {
    uint8_t bytes[DIGEST_BYTES];
};

struct digest digest_of(const void *bytes, size_t length);

/* Compares secrets: takes as long whether they differ early, late or not at all. */
bool digest_equal(const struct digest *a, const struct digest *b);

#endif
