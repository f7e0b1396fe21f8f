/*
 * seal.h — what only a passphrase opens: the arithmetic of sealed files, chunk by chunk; db/sealed.h does whole files.
 *
 * A sealed file is a header of SEAL_HEADER_BYTES and then chunks. All numbers are unsigned bytes.
 *
 *      0  12  "CARRELSEAL1" and a line feed
 *     12   4  log2 N, r, p of scrypt (RFC 7914): 14, 8, 5; log2 of a chunk's length: 16
 *     16  32  salt of the passphrase
 *     48  32  salt of the file, another for each
 *     80  32  HMAC-SHA-256 of bytes 0 … 79 with the header key: the wrong passphrase is told at once
 *    112  16  the first half of the SHA-256 of bytes 0 … 111: a damaged header is no wrong passphrase
 *
 * The passphrase is taken as UTF-8 in NFC, without spaces around it.
 *
 *     key        = scrypt(passphrase, salt of the passphrase, N, r, p), 32 bytes: what the library keeps, with the salt
 *     header key = HMAC-SHA-256(key, "carrel seal header" 01)
 *     file key   = HMAC-SHA-256(key, "carrel seal file" bytes 48 … 79, 01)
 *
 * (both are HKDF-Expand of RFC 5869, 2.3, for one block). Each chunk of SEAL_CHUNK_MAX bytes, the last of fewer, is
 * AES-256-GCM (NIST SP 800-38D) with the file key, followed by its tag of SEAL_TAG_BYTES. Its nonce of 12 bytes is its
 * number from 0 on, big-endian, in 11 bytes, then 1 for the last chunk and else 0: the STREAM construction (Hoang,
 * Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015,
 * section 7; the same layout as in age, https://age-encryption.org/v1). So a chunk that is changed, missing, moved, of
 * another file, or no longer the last one does not open. An empty file has one empty chunk.
 *
 * A nonce must never serve two texts: who cannot know what was written before (after a crash) begins another file.
 */
#ifndef CARREL_BASE_SEAL_H
#define CARREL_BASE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

#define SEAL_KEY_BYTES 32
#define SEAL_HEADER_BYTES 128
#define SEAL_TAG_BYTES 16
#define SEAL_CHUNK_MAX 65536

/* What a passphrase became with a salt. Neither is ever shown. */
struct seal_key {
    uint8_t salt[SEAL_KEY_BYTES];
    uint8_t key[SEAL_KEY_BYTES];
};

/* With a new salt. BUSY, OUT_OF_MEMORY. As slow as base/scrypt.h says: never on the writer. */
enum error_kind seal_key_derive(struct ctx *ctx, const char *passphrase, struct seal_key *out_key) MUST_CHECK;

/* Does a file that begins so call itself sealed? */
bool seal_is_header(const uint8_t *bytes, size_t length);

/*
 * The key of a sealed file from its header; `name` is for the words. WRONG_PASSPHRASE; LIBRARY_DAMAGED; as slow as
 * seal_key_derive().
 */
enum error_kind seal_header_key(struct ctx *ctx, const char *name, const uint8_t header[SEAL_HEADER_BYTES],
                                const char *passphrase, struct seal_key *out_key) MUST_CHECK;

/* The chunks of one file, in order. Freed by seal_free(), which forgets the key. */
struct seal;

/* A new file: fills in its header. */
struct seal *seal_new(const struct seal_key *key, uint8_t out_header[SEAL_HEADER_BYTES]);

/* One that is there. WRONG_PASSPHRASE: it was sealed with another key; LIBRARY_DAMAGED: its header is not whole. */
enum error_kind seal_open(struct ctx *ctx, const char *name, const uint8_t header[SEAL_HEADER_BYTES],
                          const struct seal_key *key, struct seal **out_seal) MUST_CHECK;

void seal_free(struct seal *seal);

/* The next chunk, of at most SEAL_CHUNK_MAX bytes. `out` has room for `length` + SEAL_TAG_BYTES. */
void seal_chunk(struct seal *seal, const void *plain, size_t length, bool last, uint8_t *out);

/*
 * Opens the next chunk, `length` bytes with its tag, into `out` (SEAL_TAG_BYTES fewer). False: it is not what was
 * sealed as this one; the next one is then still the same.
 */
bool seal_open_chunk(struct seal *seal, const uint8_t *sealed, size_t length, bool last, uint8_t *out);

/* Chunks with this very file key, without a header: for the published test vectors. */
struct seal *seal_of_file_key(const uint8_t key[SEAL_KEY_BYTES]);

#endif
