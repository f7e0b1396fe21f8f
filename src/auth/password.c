/*
 * password.c — the rules and the text form; base/scrypt.h has the arithmetic.
 */
#include "auth/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "auth/commonest.h"
#include "base/limits.h"
#include "base/scrypt.h"
#include "base/text.h"
#include "base/uuid.h"

#define SCHEME "$scrypt$"
#define SALT_BYTES 16
#define HASH_BYTES 32

#define STORED_MAX 256
#define BASE64_MAX 96 /* of the salt or the hash */

struct stored {
    struct scrypt_cost cost;
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

static enum error_kind compute(struct ctx *ctx, const char *password, const struct stored *how, uint8_t *out,
                               size_t length)
{
    return scrypt_derive(ctx, password, how->salt, how->salt_length, &how->cost, out, length);
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
    if (!read_parameter(&salt, "ln=", ',', &out->cost.log_n) ||
        !read_parameter(&salt, "r=", ',', &out->cost.block) ||
        !read_parameter(&salt, "p=", '$', &out->cost.parallel) || !scrypt_cost_is_bearable(&out->cost))
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
    return (struct stored){.cost = SCRYPT_COST_NOW, .salt_length = SALT_BYTES, .hash_length = HASH_BYTES};
}

enum error_kind password_hash(struct ctx *ctx, const char *password, const char **out_hash)
{
    struct stored made = todays_parameters();
    struct text_buf text;

    random_bytes(made.salt, SALT_BYTES);
    TRY(compute(ctx, password, &made, made.hash, HASH_BYTES));
    text_buf_init(&text, ctx->arena);
    text_buf_printf(&text, SCHEME "ln=%d,r=%d,p=%d$", made.cost.log_n, made.cost.block, made.cost.parallel);
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

    const struct scrypt_cost now = SCRYPT_COST_NOW;

    return !read_stored(hash, &stored) || stored.cost.log_n != now.log_n || stored.cost.block != now.block ||
           stored.cost.parallel != now.parallel || stored.hash_length != HASH_BYTES;
}
