/*
 * password.c — libscrypt does the arithmetic; here stand the rules, the text form, and who may compute when.
 */
#include "auth/password.h"

#include <errno.h>
#include <libscrypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "auth/commonest.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"

#define SCHEME "$scrypt$"
#define LOG_N 14
#define BLOCK 8
#define PARALLEL 5
#define SALT_BYTES 16
#define HASH_BYTES 32

/* What a stored hash may ask for: more would be an attack with a spoilt file. */
#define LOG_N_MAX 18
#define BLOCK_MAX 16
#define PARALLEL_MAX 16
#define STORED_MAX 256
#define BASE64_MAX 96 /* of the salt or the hash */

struct stored {
    int log_n, block, parallel;
    uint8_t salt[BASE64_MAX];
    size_t salt_length;
    uint8_t hash[BASE64_MAX];
    size_t hash_length;
};

/* ---- rules ----------------------------------------------------------------------------------------- */

void password_gather(struct ctx *ctx, const char *field, const char *password, const char *name)
{
    size_t length = text_length(password);

    if (length < PASSWORD_MIN) {
        error_field(ctx, "body", field, "too_short", "must have at least %d characters", PASSWORD_MIN);
        return;
    }
    if (length > PASSWORD_MAX) {
        error_field(ctx, "body", field, "too_long", "must have at most %d characters", PASSWORD_MAX);
        return;
    }
    const char *folded = text_fold(ctx->arena, password);
    if (name && strcmp(folded, text_fold(ctx->arena, name)) == 0)
        error_field(ctx, "body", field, "is_name", "must not be the name of the account");
    else if (commonest_has(folded))
        error_field(ctx, "body", field, "too_common",
                    "is one of the passwords that are tried first: choose another");
}

/* ---- turns ----------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t free;
    int working, waiting;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER, .free = PTHREAD_COND_INITIALIZER};

static struct timespec deadline(void)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += PASSWORD_WAIT_MS / 1000;
    return at;
}

static bool wait_for_turn(void)
{
    const struct timespec until = deadline();
    int outcome = 0;

    pthread_mutex_lock(&turns.lock);
    bool may_wait = turns.waiting < PASSWORDS_WAITING_MAX;
    if (may_wait) {
        turns.waiting++;
        while (turns.working >= PASSWORDS_AT_ONCE && outcome != ETIMEDOUT)
            outcome = pthread_cond_timedwait(&turns.free, &turns.lock, &until);
        turns.waiting--;
    }
    bool mine = may_wait && turns.working < PASSWORDS_AT_ONCE;
    turns.working += mine;
    pthread_mutex_unlock(&turns.lock);
    return mine;
}

static void end_turn(void)
{
    pthread_mutex_lock(&turns.lock);
    turns.working--;
    pthread_cond_signal(&turns.free);
    pthread_mutex_unlock(&turns.lock);
}

static enum error_kind compute(struct ctx *ctx, const char *password, const struct stored *how, uint8_t *out,
                               size_t length)
{
    if (!wait_for_turn())
        return fail(ctx, BUSY, "Many people are signing in just now. Try again in a moment.");
    int outcome = libscrypt_scrypt((const uint8_t *)password, strlen(password), how->salt, how->salt_length,
                                   (uint64_t)1 << how->log_n, (uint32_t)how->block, (uint32_t)how->parallel,
                                   out, length);
    end_turn();
    return outcome == 0 ? OK : fail(ctx, OUT_OF_MEMORY, "There is too little memory to check a password.");
}

/* ---- the text form --------------------------------------------------------------------------------- */

static void append_base64(struct text_buf *out, const uint8_t *bytes, size_t length)
{
    unsigned char text[BASE64_MAX * 2];
    int written = EVP_EncodeBlock(text, bytes, (int)length);

    while (written > 0 && text[written - 1] == '=')
        written--;
    text_buf_append_bytes(out, text, (size_t)written);
}

static bool read_base64(const char *text, size_t length, uint8_t out[BASE64_MAX], size_t *out_length)
{
    unsigned char padded[BASE64_MAX + 4];
    unsigned char bytes[BASE64_MAX];
    size_t padding = (4 - length % 4) % 4;

    if (length == 0 || length > BASE64_MAX - 4 || padding == 3)
        return false;
    memcpy(padded, text, length);
    memset(padded + length, '=', padding);
    int count = EVP_DecodeBlock(bytes, padded, (int)(length + padding));
    if (count <= (int)padding)
        return false;
    *out_length = (size_t)count - padding;
    memcpy(out, bytes, *out_length);
    return true;
}

static bool in_bounds(const struct stored *stored)
{
    return stored->log_n >= 1 && stored->log_n <= LOG_N_MAX && stored->block >= 1 &&
           stored->block <= BLOCK_MAX && stored->parallel >= 1 && stored->parallel <= PARALLEL_MAX;
}

/* "ln=14," at *text: moves past it. */
static bool read_parameter(const char **text, const char *name, char end, int *out_value)
{
    size_t length = strlen(name);
    int value = 0;
    const char *at = *text + length;

    if (strncmp(*text, name, length) != 0)
        return false;
    for (int digits = 0; *at >= '0' && *at <= '9' && digits < 2; at++, digits++)
        value = value * 10 + (*at - '0');
    if (*at != end)
        return false;
    *text = at + 1;
    *out_value = value;
    return true;
}

static bool read_stored(const char *text, struct stored *out)
{
    *out = (struct stored){0};
    if (strlen(text) > STORED_MAX || strncmp(text, SCHEME, strlen(SCHEME)) != 0)
        return false;
    const char *salt = text + strlen(SCHEME);
    if (!read_parameter(&salt, "ln=", ',', &out->log_n) || !read_parameter(&salt, "r=", ',', &out->block) ||
        !read_parameter(&salt, "p=", '$', &out->parallel) || !in_bounds(out))
        return false;
    size_t salt_length = strcspn(salt, "$");
    if (salt[salt_length] != '$')
        return false;
    const char *hash = salt + salt_length + 1;
    return read_base64(salt, salt_length, out->salt, &out->salt_length) &&
           read_base64(hash, strlen(hash), out->hash, &out->hash_length);
}

/* ---- keeping and checking -------------------------------------------------------------------------- */

static struct stored todays_parameters(void)
{
    return (struct stored){.log_n = LOG_N,
                           .block = BLOCK,
                           .parallel = PARALLEL,
                           .salt_length = SALT_BYTES,
                           .hash_length = HASH_BYTES};
}

enum error_kind password_hash(struct ctx *ctx, const char *password, const char **out_hash)
{
    struct stored made = todays_parameters();
    struct text_buf text;

    random_bytes(made.salt, SALT_BYTES);
    TRY(compute(ctx, password, &made, made.hash, HASH_BYTES));
    text_buf_init(&text, ctx->arena);
    text_buf_printf(&text, SCHEME "ln=%d,r=%d,p=%d$", LOG_N, BLOCK, PARALLEL);
    append_base64(&text, made.salt, SALT_BYTES);
    text_buf_append_char(&text, '$');
    append_base64(&text, made.hash, HASH_BYTES);
    *out_hash = text_buf_string(&text);
    return OK;
}

enum error_kind password_verify(struct ctx *ctx, const char *hash, const char *password, bool *out_good)
{
    struct stored stored = todays_parameters();
    uint8_t computed[BASE64_MAX];
    bool readable = hash && read_stored(hash, &stored);

    if (!readable)
        stored = todays_parameters();
    TRY(compute(ctx, password, &stored, computed, stored.hash_length));
    *out_good = readable && CRYPTO_memcmp(computed, stored.hash, stored.hash_length) == 0;
    return OK;
}

bool password_is_outdated(const char *hash)
{
    struct stored stored;

    return !read_stored(hash, &stored) || stored.log_n != LOG_N || stored.block != BLOCK ||
           stored.parallel != PARALLEL || stored.hash_length != HASH_BYTES;
}
