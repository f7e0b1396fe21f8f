/*
 * digest.c — OpenSSL does the arithmetic; who uses it knows none of its headers.
 */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *sha256;

/* SHA256() looks the algorithm up by name each time, which takes longer than a token's hash. */
static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256)
        abort();
}

struct digest digest_of(const void *bytes, size_t length)
{
    static pthread_once_t is_fetched = PTHREAD_ONCE_INIT;
    struct digest digest;

    pthread_once(&is_fetched, fetch);
    if (!EVP_Digest(bytes, length, digest.bytes, NULL, sha256, NULL))
        abort();
    return digest;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}
