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

/* The same bit by bit, for what does not fit into memory; digest_end() frees it. */
struct digest_run;
struct digest_run *digest_begin(void);
void digest_add(struct digest_run *run, const void *bytes, size_t length);
struct digest digest_end(struct digest_run *run);

/* 64 lower-case hexadecimal digits and a NUL. */
#define DIGEST_HEX_SIZE (2 * DIGEST_BYTES + 1)
void digest_format(const struct digest *digest, char out[DIGEST_HEX_SIZE]);

/* Compares secrets: takes as long whether they differ early, late or not at all. */
bool digest_equal(const struct digest *a, const struct digest *b);

#endif
