/*
 * session.c — cookies and Authorization are read by hand: their grammars are small, and what does not keep
 * to them is nobody's credential.
 */
#include "http/session.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/base64url.h"
#include "base/digest.h"
#include "base/text.h"
#include "http/request.h"
#include "http/response.h"

#define COOKIE "carrel_session"
#define COOKIE_OVER_TLS "__Host-carrel_session"
#define API_KEY_PREFIX "carrel_"
#define BEARER "Bearer "
#define CSRF_HEADER "X-CSRF-Token"

/* ---- Authorization ------------------------------------------------------------------------------------- */

static bool is_token_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '-' && letter <= '9') || letter == '_' || letter == '~' || letter == '+';
}

/* RFC 6750 §2.1: b64token, without the padding that none of ours has. */
static bool is_token(const char *text)
{
    size_t length = 0;

    while (length <= HTTP_TOKEN_MAX && is_token_letter(text[length]))
        length++;
    return length > 0 && length <= HTTP_TOKEN_MAX && text[length] == '\0';
}

static enum error_kind read_authorization(const struct request *req, const char *header,
                                          struct credential *out_credential)
{
    const char *token = strncasecmp(header, BEARER, strlen(BEARER)) == 0 ? header + strlen(BEARER) : "";
    token += strspn(token, " ");
    if (request_header_count(req, "Authorization") != 1 || !is_token(token))
        return fail(req->ctx, INVALID_TOKEN, "The Authorization header must be one Bearer token.");
    *out_credential = (struct credential){.kind = text_starts_with(token, API_KEY_PREFIX) ? CREDENTIAL_API_KEY
                                                                                          : CREDENTIAL_JWT,
                                          .token = token};
    return OK;
}

/* ---- cookies ------------------------------------------------------------------------------------------- */

static const char *cookie_name(const struct request *req)
{
    return req->secure ? COOKIE_OVER_TLS : COOKIE;
}

/* How many cookies of this name a Cookie header has; *out_value is the last one's. */
static size_t find_cookies(struct arena *arena, const char *header, const char *name, const char **out_value)
{
    size_t length = strlen(name);
    size_t count = 0;

    while (*header) {
        header += strspn(header, "; \t");
        size_t pair = strcspn(header, ";");
        if (pair > length && strncmp(header, name, length) == 0 && header[length] == '=') {
            size_t end = pair;
            while (end > length + 1 && (header[end - 1] == ' ' || header[end - 1] == '\t'))
                end--;
            *out_value = arena_strndup(arena, header + length + 1, end - length - 1);
            count++;
        }
        header += pair;
    }
    return count;
}

static void read_cookie(const struct request *req, struct credential *out_credential)
{
    const char *token = NULL;
    size_t count = 0;

    for (size_t i = 0; i < req->header_count; i++) {
        if (text_equals_ignoring_case(req->headers[i].name, "Cookie"))
            count += find_cookies(req->ctx->arena, req->headers[i].value, cookie_name(req), &token);
    }
    if (count == 1 && base64url_is_text(token, HTTP_TOKEN_MAX))
        *out_credential = (struct credential){.kind = CREDENTIAL_SESSION, .token = token};
}

enum error_kind session_read(const struct request *req, struct credential *out_credential)
{
    const char *authorization = request_header(req, "Authorization");

    *out_credential = (struct credential){.kind = CREDENTIAL_NONE};
    if (authorization)
        return read_authorization(req, authorization, out_credential);
    read_cookie(req, out_credential);
    return OK;
}

static void set_cookie(const struct request *req, struct response *res, const char *value, int64_t max_age_s)
{
    response_header(res, "Set-Cookie",
                    arena_printf(req->ctx->arena,
                                 "%s=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Strict%s",
                                 cookie_name(req), value, max_age_s, req->secure ? "; Secure" : ""));
}

void session_set_cookie(const struct request *req, struct response *res, const char *token, int64_t max_age_s)
{
    set_cookie(req, res, token, max_age_s);
}

void session_clear_cookie(const struct request *req, struct response *res)
{
    set_cookie(req, res, "", 0);
}

/* ---- cross-site requests ------------------------------------------------------------------------------- */

const char *session_csrf_token(struct arena *arena, const char *token)
{
    const char *text = arena_printf(arena, "csrf%s", token);
    struct digest digest = digest_of(text, strlen(text));

    return base64url_encode(arena, digest.bytes, DIGEST_BYTES);
}

enum error_kind session_check_csrf(const struct request *req, const struct credential *credential)
{
    const char *given = request_header(req, CSRF_HEADER);

    if (req->method == GET || credential->kind != CREDENTIAL_SESSION)
        return OK;
    if (!given)
        return fail(req->ctx, CSRF_TOKEN_MISSING,
                    "Send " CSRF_HEADER " with what GET /api/v1/auth/me says as csrf_token.");
    const char *wanted = session_csrf_token(req->ctx->arena, credential->token);
    struct digest given_digest = digest_of(given, strlen(given));
    struct digest wanted_digest = digest_of(wanted, strlen(wanted));
    if (!digest_equal(&given_digest, &wanted_digest))
        return fail(req->ctx, CSRF_TOKEN_WRONG, "This page is out of date. Load it again.");
    return OK;
}
