/*
 * digest.c — OpenSSL does the arithmetic; who uses it knows none of its headers.
 */
#include "base/digest.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *sha256;
static pthread_key_t state_key; /* frees it when its thread ends */
static _Thread_local EVP_MD_CTX *state;

static void free_state(void *pointer)
{
    EVP_MD_CTX_free(pointer);
    state = NULL;
}

/* SHA256() looks the algorithm up by name each time, which takes longer than a token's hash. */
static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256 || pthread_key_create(&state_key, free_state) != 0)
        abort();
}

/* Each thread keeps one: making one takes as long as a token's hash, too. */
static void make_state(void)
{
    state = EVP_MD_CTX_new();
    if (!state || pthread_setspecific(state_key, state) != 0)
        abort();
}

struct digest digest_of(const void *bytes, size_t length)
{
    static pthread_once_t is_fetched = PTHREAD_ONCE_INIT;
    struct digest digest;

    pthread_once(&is_fetched, fetch);
    if (!state)
        make_state();
    if (!EVP_DigestInit_ex(state, sha256, NULL) || !EVP_DigestUpdate(state, bytes, length) ||
        !EVP_DigestFinal_ex(state, digest.bytes, NULL))
        abort();
    return digest;
}

/* A struct of ours around OpenSSL's, so that its headers stay here. */
struct digest_run {
    EVP_MD_CTX *context;
};

struct digest_run *digest_begin(void)
{
    struct digest_run *run = malloc(sizeof *run);

    if (!run || !(run->context = EVP_MD_CTX_new()) ||
        EVP_DigestInit_ex(run->context, EVP_sha256(), NULL) != 1)
        abort();
    return run;
}

void digest_add(struct digest_run *run, const void *bytes, size_t length)
{
    if (EVP_DigestUpdate(run->context, bytes, length) != 1)
        abort();
}

struct digest digest_end(struct digest_run *run)
{
    struct digest digest;
    unsigned length = 0;

    if (EVP_DigestFinal_ex(run->context, digest.bytes, &length) != 1)
        abort();
    assert(length == DIGEST_BYTES);
    EVP_MD_CTX_free(run->context);
    free(run);
    return digest;
}

void digest_format(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[2 * i] = digits[digest->bytes[i] >> 4];
        out[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    out[2 * DIGEST_BYTES] = '\0';
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}
