/*
 * seal.c — a header and numbered chunks; OpenSSL does the arithmetic.
 */
#include "base/seal.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/scrypt.h"
#include "base/text.h"
#include "base/uuid.h"

static const char magic[] = "CARRELSEAL1\n";
#define MAGIC_BYTES 12
#define AT_COST 12 /* log2 N, r, p, log2 of a chunk */
#define AT_SALT 16
#define AT_FILE_SALT 48
#define AT_MAC 80
#define AT_CHECK 112
#define CHECK_BYTES 16
#define CHUNK_LOG 16
#define NONCE_BYTES 12

/* Of format 1, for good: keys that libraries keep were made with it. */
static const struct scrypt_cost seal_cost = {.log_n = 14, .block = 8, .parallel = 5};

static_assert(1 << CHUNK_LOG == SEAL_CHUNK_MAX, "the header says how long a chunk is");
static_assert(AT_CHECK + CHECK_BYTES == SEAL_HEADER_BYTES, "the check is the header's end");

struct seal {
    EVP_CIPHER_CTX *cipher;
    uint8_t key[SEAL_KEY_BYTES];
    uint64_t number; /* of the next chunk */
};

/* ---- keys ---------------------------------------------------------------------------------------------- */

/* The same letters are the same passphrase, however a keyboard puts an accent on one. */
static enum error_kind stretch(struct ctx *ctx, const char *passphrase, const struct scrypt_cost *cost,
                               struct seal_key *key)
{
    const char *clean = text_clean(ctx->arena, passphrase, strlen(passphrase));

    if (!clean)
        return fail(ctx, BAD_REQUEST, "The passphrase is not valid UTF-8.");
    enum error_kind kind =
        scrypt_derive(ctx, clean, key->salt, sizeof key->salt, cost, key->key, sizeof key->key);
    if (kind != ERROR_BUSY)
        return kind;
    /* Who waits for a backup is not told of passwords. */
    bool is_memory = ctx->error.code == ERR_OUT_OF_MEMORY;
    error_clear(ctx);
    return is_memory
               ? fail(ctx, OUT_OF_MEMORY, "There is too little memory to work out the passphrase's key.")
               : fail(ctx, BUSY,
                      "The passphrase's key was not worked out: passwords are being checked just now. Try "
                      "again in a moment.");
}

enum error_kind seal_key_derive(struct ctx *ctx, const char *passphrase, struct seal_key *out_key)
{
    struct seal_key key;

    random_bytes(key.salt, sizeof key.salt);
    TRY(stretch(ctx, passphrase, &seal_cost, &key));
    *out_key = key;
    return OK;
}

/* HKDF-Expand (RFC 5869, 2.3) for one block. A key out of scrypt needs no extracting (3.3). */
static void expand(const uint8_t key[SEAL_KEY_BYTES], const char *label, const uint8_t *salt,
                   size_t salt_length, uint8_t out[SEAL_KEY_BYTES])
{
    uint8_t text[64];
    size_t length = strlen(label);

    assert(length + salt_length < sizeof text);
    memcpy(text, label, length);
    if (salt_length > 0)
        memcpy(text + length, salt, salt_length);
    length += salt_length;
    text[length++] = 1;
    if (!HMAC(EVP_sha256(), key, SEAL_KEY_BYTES, text, length, out, NULL))
        abort();
}

/* ---- the header ---------------------------------------------------------------------------------------- */

static void compute_mac(const uint8_t *header, const uint8_t key[SEAL_KEY_BYTES], struct digest *out_mac)
{
    uint8_t header_key[SEAL_KEY_BYTES];

    expand(key, "carrel seal header", NULL, 0, header_key);
    if (!HMAC(EVP_sha256(), header_key, sizeof header_key, header, AT_MAC, out_mac->bytes, NULL))
        abort();
    OPENSSL_cleanse(header_key, sizeof header_key);
}

bool seal_is_header(const uint8_t *bytes, size_t length)
{
    return length >= MAGIC_BYTES && memcmp(bytes, magic, MAGIC_BYTES) == 0;
}

static enum error_kind read_header(struct ctx *ctx, const char *name, const uint8_t *header,
                                   struct scrypt_cost *out_cost)
{
    struct digest check = digest_of(header, AT_CHECK);
    struct scrypt_cost cost = {header[AT_COST], header[AT_COST + 1], header[AT_COST + 2]};
    /* A spoilt file must not ask for more: half a gigabyte for a guess. */
    bool is_ours = cost.log_n == seal_cost.log_n && cost.block == seal_cost.block &&
                   cost.parallel == seal_cost.parallel && header[AT_COST + 3] == CHUNK_LOG;

    if (!seal_is_header(header, SEAL_HEADER_BYTES))
        return fail(ctx, NOT_A_LIBRARY, "%s is no sealed backup. Nothing was changed.", name);
    if (memcmp(check.bytes, header + AT_CHECK, CHECK_BYTES) != 0 || !is_ours)
        return fail(ctx, LIBRARY_DAMAGED,
                    "%s is damaged: its beginning is not as it was written. Nothing was changed. Take an "
                    "older backup.",
                    name);
    *out_cost = cost;
    return OK;
}

static enum error_kind check_mac(struct ctx *ctx, const char *name, const uint8_t *header,
                                 const struct seal_key *key)
{
    struct digest mac;

    compute_mac(header, key->key, &mac);
    if (CRYPTO_memcmp(mac.bytes, header + AT_MAC, sizeof mac.bytes) == 0)
        return OK;
    return fail(ctx, WRONG_PASSPHRASE, "This passphrase does not open %s. Nothing was changed.", name);
}

enum error_kind seal_header_key(struct ctx *ctx, const char *name, const uint8_t header[SEAL_HEADER_BYTES],
                                const char *passphrase, struct seal_key *out_key)
{
    struct scrypt_cost cost;
    struct seal_key key;

    TRY(read_header(ctx, name, header, &cost));
    memcpy(key.salt, header + AT_SALT, sizeof key.salt);
    TRY(stretch(ctx, passphrase, &cost, &key));
    TRY(check_mac(ctx, name, header, &key));
    *out_key = key;
    return OK;
}

static void write_header(uint8_t *header, const struct seal_key *key)
{
    struct digest mac, check;

    memcpy(header, magic, MAGIC_BYTES);
    header[AT_COST] = (uint8_t)seal_cost.log_n;
    header[AT_COST + 1] = (uint8_t)seal_cost.block;
    header[AT_COST + 2] = (uint8_t)seal_cost.parallel;
    header[AT_COST + 3] = CHUNK_LOG;
    memcpy(header + AT_SALT, key->salt, sizeof key->salt);
    random_bytes(header + AT_FILE_SALT, SEAL_KEY_BYTES);
    compute_mac(header, key->key, &mac);
    memcpy(header + AT_MAC, mac.bytes, sizeof mac.bytes);
    check = digest_of(header, AT_CHECK);
    memcpy(header + AT_CHECK, check.bytes, CHECK_BYTES);
}

/* ---- chunks -------------------------------------------------------------------------------------------- */

struct seal *seal_of_file_key(const uint8_t key[SEAL_KEY_BYTES])
{
    struct seal *seal = malloc(sizeof *seal);

    if (!seal || !(seal->cipher = EVP_CIPHER_CTX_new()))
        abort();
    memcpy(seal->key, key, SEAL_KEY_BYTES);
    seal->number = 0;
    return seal;
}

static struct seal *make_seal(const struct seal_key *key, const uint8_t *header)
{
    uint8_t file_key[SEAL_KEY_BYTES];

    expand(key->key, "carrel seal file", header + AT_FILE_SALT, SEAL_KEY_BYTES, file_key);
    struct seal *seal = seal_of_file_key(file_key);
    OPENSSL_cleanse(file_key, sizeof file_key);
    return seal;
}

struct seal *seal_new(const struct seal_key *key, uint8_t out_header[SEAL_HEADER_BYTES])
{
    write_header(out_header, key);
    return make_seal(key, out_header);
}

enum error_kind seal_open(struct ctx *ctx, const char *name, const uint8_t header[SEAL_HEADER_BYTES],
                          const struct seal_key *key, struct seal **out_seal)
{
    struct scrypt_cost cost;

    TRY(read_header(ctx, name, header, &cost));
    TRY(check_mac(ctx, name, header, key));
    *out_seal = make_seal(key, header);
    return OK;
}

void seal_free(struct seal *seal)
{
    if (!seal)
        return;
    EVP_CIPHER_CTX_free(seal->cipher);
    OPENSSL_cleanse(seal, sizeof *seal);
    free(seal);
}

static void make_nonce(const struct seal *seal, bool last, uint8_t nonce[NONCE_BYTES])
{
    memset(nonce, 0, NONCE_BYTES);
    for (int i = 0; i < 8; i++)
        nonce[NONCE_BYTES - 2 - i] = (uint8_t)(seal->number >> (8 * i));
    nonce[NONCE_BYTES - 1] = last;
}

/* Not one of these steps can fail but for a program that is wrong, or no memory. */
void seal_chunk(struct seal *seal, const void *plain, size_t length, bool last, uint8_t *out)
{
    uint8_t nonce[NONCE_BYTES];
    int written, more;

    assert(length <= SEAL_CHUNK_MAX);
    make_nonce(seal, last, nonce);
    if (EVP_EncryptInit_ex(seal->cipher, EVP_aes_256_gcm(), NULL, seal->key, nonce) != 1 ||
        EVP_EncryptUpdate(seal->cipher, out, &written, plain, (int)length) != 1 ||
        EVP_EncryptFinal_ex(seal->cipher, out + written, &more) != 1 ||
        EVP_CIPHER_CTX_ctrl(seal->cipher, EVP_CTRL_GCM_GET_TAG, SEAL_TAG_BYTES, out + length) != 1)
        abort();
    seal->number++;
}

bool seal_open_chunk(struct seal *seal, const uint8_t *sealed, size_t length, bool last, uint8_t *out)
{
    uint8_t nonce[NONCE_BYTES], tag[SEAL_TAG_BYTES];
    int written, more;

    if (length < SEAL_TAG_BYTES || length > SEAL_CHUNK_MAX + SEAL_TAG_BYTES)
        return false;
    size_t plain_length = length - SEAL_TAG_BYTES;
    memcpy(tag, sealed + plain_length, sizeof tag);
    make_nonce(seal, last, nonce);
    if (EVP_DecryptInit_ex(seal->cipher, EVP_aes_256_gcm(), NULL, seal->key, nonce) != 1 ||
        EVP_DecryptUpdate(seal->cipher, out, &written, sealed, (int)plain_length) != 1 ||
        EVP_CIPHER_CTX_ctrl(seal->cipher, EVP_CTRL_GCM_SET_TAG, SEAL_TAG_BYTES, tag) != 1)
        abort();
    if (EVP_DecryptFinal_ex(seal->cipher, out + written, &more) != 1)
        return false;
    seal->number++;
    return true;
}
