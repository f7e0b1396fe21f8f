/*
 * credential.c — a Cookie or Authorization header, and access tokens: nothing counts that is not in the letters of a
 * token, and no JWT is good that was not signed with the key.
 */
#include "fuzz.h"

#include "auth/jwt.h"
#include "auth/token.h"
#include "base/base64url.h"

#define JWT_HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
#define SIGNATURE_LENGTH 43
#define NOW_S (FUZZ_NOW / 1000)

static const struct digest key = {{7, 8, 9}};

static void check_read(struct fuzz *fuzz, const char *name, const char *value)
{
    struct name_value headers[] = {{name, value}};
    struct credential credential;

    error_clear(&fuzz->ctx);
    fuzz->req.headers = headers;
    fuzz->req.header_count = 1;
    if (session_read(&fuzz->req, &credential) != OK) {
        MUST(fuzz->ctx.error.code == ERR_INVALID_TOKEN);
        return;
    }
    MUST((credential.kind == CREDENTIAL_NONE) == (credential.token == NULL));
    if (!credential.token)
        return;
    size_t length = strlen(credential.token);
    MUST(length > 0 && length <= HTTP_TOKEN_MAX && strstr(value, credential.token));
    MUST(strpbrk(credential.token, " \t;,\"\\=") == NULL);
    if (credential.kind == CREDENTIAL_SESSION)
        MUST(base64url_is_text(credential.token, HTTP_TOKEN_MAX));
    MUST((credential.kind == CREDENTIAL_API_KEY) ==
         (name[0] == 'A' && text_starts_with(credential.token, API_KEY_PREFIX)));
    fuzz->req.method = POST;
    MUST((session_check_csrf(&fuzz->req, &credential) == OK) == (credential.kind != CREDENTIAL_SESSION));
}

static const char *sign(struct fuzz *fuzz, const char *text, size_t length)
{
    return jwt_signature(&fuzz->arena, key.bytes, sizeof key.bytes, text, length);
}

static void check_claims(struct fuzz *fuzz, const struct jwt_claims *claims)
{
    struct jwt_claims again;

    MUST(claims->expires_at_s > NOW_S && claims->expires_at_s - claims->issued_at_s <= ACCESS_TOKEN_S);
    MUST(claims->role && claims->id && fuzz_is_clean(fuzz, claims->role));
    const char *made = jwt_make(&fuzz->arena, &key, claims);
    if (strlen(made) > ACCESS_TOKEN_TEXT_MAX)
        return;
    MUST(jwt_read(&fuzz->arena, &key, made, NOW_S, &again) == JWT_GOOD);
    MUST(again.expires_at_s == claims->expires_at_s && strcmp(again.role, claims->role) == 0);
    MUST(memcmp(&again.subject, &claims->subject, sizeof again.subject) == 0);
}

/* Whatever it says: only with our signature is it anything but bad. */
static void check_token(struct fuzz *fuzz, const char *token)
{
    struct jwt_claims claims;
    enum jwt_verdict verdict = jwt_read(&fuzz->arena, &key, token, NOW_S, &claims);

    if (verdict == JWT_BAD)
        return;
    const char *dot = strrchr(token, '.');
    MUST(dot && strcmp(sign(fuzz, token, (size_t)(dot - token)), dot + 1) == 0);
    if (verdict == JWT_GOOD)
        check_claims(fuzz, &claims);
}

/* The input as the claims of a token that is signed as it should be, and then with one letter of the signature changed. */
static void check_signed(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    const char *text =
        arena_printf(&fuzz->arena, JWT_HEADER ".%s", base64url_encode(&fuzz->arena, data, size));
    char *token = arena_printf(&fuzz->arena, "%s.%s", text, sign(fuzz, text, strlen(text)));
    struct jwt_claims claims;

    check_token(fuzz, token);
    char *letter = token + strlen(token) - 1 - size % SIGNATURE_LENGTH;
    *letter = *letter == 'A' ? 'B' : 'A';
    MUST(jwt_read(&fuzz->arena, &key, token, NOW_S, &claims) == JWT_BAD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    check_read(&fuzz, "Cookie", text);
    check_read(&fuzz, "Authorization", text);
    check_token(&fuzz, text);
    check_signed(&fuzz, data, size);
    const char *code = code_normalised(&fuzz.arena, text);
    MUST(strcmp(code_normalised(&fuzz.arena, code), code) == 0);
    return fuzz_end(&fuzz);
}
