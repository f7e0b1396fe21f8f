/*
 * jwt.c — the few lines of JOSE that one algorithm needs.
 */
#include "auth/jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64url.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/text.h"

#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" /* {"alg":"HS256","typ":"JWT"} */
#define HEADER_LENGTH (sizeof HEADER - 1)

const char *jwt_signature(struct arena *arena, const void *key, size_t key_length, const char *text,
                          size_t length)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_length = 0;

    if (!HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, length, mac, &mac_length))
        abort();
    return base64url_encode(arena, mac, mac_length);
}

const char *jwt_make(struct arena *arena, const struct digest *key, const struct jwt_claims *claims)
{
    struct text_buf payload;
    struct json_writer json;

    text_buf_init(&payload, arena);
    json_writer_init(&json, &payload);
    json_object_begin(&json);
    json_member_uuid(&json, "sub", &claims->subject);
    json_member_text(&json, "role", claims->role);
    json_member_int(&json, "iat", claims->issued_at_s);
    json_member_int(&json, "exp", claims->expires_at_s);
    json_member_text(&json, "jti", claims->id);
    json_object_end(&json);
    const char *signing_input =
        arena_printf(arena, HEADER ".%s", base64url_encode(arena, payload.bytes, payload.length));
    return arena_printf(
        arena, "%s.%s", signing_input,
        jwt_signature(arena, key->bytes, sizeof key->bytes, signing_input, strlen(signing_input)));
}

/* The three parts, when there are exactly three and the first is the header. */
static bool split(const char *token, const char **out_payload, const char **out_signature)
{
    if (strlen(token) > ACCESS_TOKEN_TEXT_MAX || strncmp(token, HEADER ".", HEADER_LENGTH + 1) != 0)
        return false;
    const char *payload = token + HEADER_LENGTH + 1;
    const char *dot = strchr(payload, '.');
    if (!dot || strchr(dot + 1, '.'))
        return false;
    *out_payload = payload;
    *out_signature = dot + 1;
    return true;
}

static bool is_signed(struct arena *arena, const struct digest *key, const char *token, const char *signature)
{
    const char *due =
        jwt_signature(arena, key->bytes, sizeof key->bytes, token, (size_t)(signature - 1 - token));

    return strlen(signature) == strlen(due) && CRYPTO_memcmp(signature, due, strlen(due)) == 0;
}

static bool read_claims(struct arena *arena, const char *payload, size_t length, struct jwt_claims *out)
{
    const char *why;
    size_t bytes = 0;
    const char *text = base64url_decode(arena, arena_strndup(arena, payload, length), &bytes);
    const struct json_value *json = text ? json_parse(arena, text, bytes, &why) : NULL;
    const char *subject = json_get_text(arena, json_member(json, "sub"));

    out->role = json_get_text(arena, json_member(json, "role"));
    out->id = json_get_text(arena, json_member(json, "jti"));
    return subject && out->role && out->id && uuid_parse(subject, &out->subject) &&
           json_get_int(json_member(json, "iat"), &out->issued_at_s) &&
           json_get_int(json_member(json, "exp"), &out->expires_at_s);
}

enum jwt_verdict jwt_read(struct arena *arena, const struct digest *key, const char *token, int64_t now_s,
                          struct jwt_claims *out_claims)
{
    const char *payload, *signature;
    struct jwt_claims claims = {0};

    if (!split(token, &payload, &signature) || !is_signed(arena, key, token, signature) ||
        !read_claims(arena, payload, (size_t)(signature - 1 - payload), &claims))
        return JWT_BAD;
    /* Instants before 1970 are none of ours, and numbers below zero would not be safe to subtract. */
    if (claims.issued_at_s < 0 || claims.issued_at_s > now_s + ACCESS_TOKEN_FUTURE_S ||
        claims.expires_at_s <= claims.issued_at_s ||
        claims.expires_at_s - claims.issued_at_s > ACCESS_TOKEN_S)
        return JWT_BAD;
    if (claims.expires_at_s <= now_s)
        return JWT_EXPIRED;
    *out_claims = claims;
    return JWT_GOOD;
}
