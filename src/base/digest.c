/*
 * digest.c — OpenSSL does the arithmetic; who uses it knows none of its headers.
 */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

struct digest digest_of(const void *bytes, size_t length)
{
    struct digest digest;

    SHA256(bytes, length, digest.bytes);
    return digest;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}
