/*
 * test_jwt.c — the vectors of RFC 7515 and 7519, and tokens that somebody else made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "auth/jwt.h"
#include "base/arena.h"
#include "base/base64url.h"
#include "base/limits.h"

#define NOW_S 1772445600
#define HEADER "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

static struct arena arena;
static struct digest key;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    memset(key.bytes, 7, sizeof key.bytes);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct jwt_claims some_claims(void)
{
    struct jwt_claims claims = {
        .role = "librarian", .issued_at_s = NOW_S, .expires_at_s = NOW_S + ACCESS_TOKEN_S, .id = "one"};

    assert_true(uuid_parse("01900000-0000-7000-8000-0000000000ff", &claims.subject));
    return claims;
}

static enum jwt_verdict read_at(const char *token, int64_t now_s)
{
    struct jwt_claims claims;

    return jwt_read(&arena, &key, token, now_s, &claims);
}

/* A token with this header and payload, signed with our own key. */
static const char *signed_token(const char *header, const char *payload)
{
    const char *text = arena_printf(&arena, "%s.%s", base64url_encode(&arena, header, strlen(header)),
                                    base64url_encode(&arena, payload, strlen(payload)));

    return arena_printf(&arena, "%s.%s", text,
                        jwt_signature(&arena, key.bytes, sizeof key.bytes, text, strlen(text)));
}

/* RFC 7515 §A.1 (the same token is RFC 7519's example, §3.1). */
#define RFC_KEY "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
#define RFC_TEXT                               \
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9" \
    "."                                        \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define RFC_SIGNATURE "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

static void test_jwt__signs_as_rfc_7515_does(void **state)
{
    size_t length;
    const char *rfc_key = base64url_decode(&arena, RFC_KEY, &length);

    (void)state;
    assert_int_equal(length, 64);
    assert_string_equal(jwt_signature(&arena, rfc_key, length, RFC_TEXT, strlen(RFC_TEXT)), RFC_SIGNATURE);
    /* Good as it is, it is not written as we write them. */
    assert_int_equal(read_at(RFC_TEXT "." RFC_SIGNATURE, 1300819370), JWT_BAD);
}

static void test_jwt__reads_what_it_made(void **state)
{
    const struct jwt_claims made = some_claims();
    struct jwt_claims claims;

    (void)state;
    const char *token = jwt_make(&arena, &key, &made);
    assert_int_equal(strncmp(token, HEADER ".", strlen(HEADER) + 1), 0);
    assert_int_equal(jwt_read(&arena, &key, token, NOW_S + 10, &claims), JWT_GOOD);
    assert_memory_equal(&claims.subject, &made.subject, sizeof claims.subject);
    assert_string_equal(claims.role, "librarian");
    assert_string_equal(claims.id, "one");
    assert_int_equal(claims.issued_at_s, NOW_S);
    assert_int_equal(claims.expires_at_s, NOW_S + 900);
}

static void test_jwt__knows_its_time(void **state)
{
    struct jwt_claims claims = some_claims();

    (void)state;
    const char *token = jwt_make(&arena, &key, &claims);
    assert_int_equal(read_at(token, NOW_S + 899), JWT_GOOD);
    assert_int_equal(read_at(token, NOW_S + 900), JWT_EXPIRED);
    assert_int_equal(read_at(token, NOW_S - ACCESS_TOKEN_FUTURE_S), JWT_GOOD);
    assert_int_equal(read_at(token, NOW_S - ACCESS_TOKEN_FUTURE_S - 1), JWT_BAD);
    /* One that would live longer than ours do was made by somebody else, whatever its signature. */
    claims.expires_at_s = NOW_S + ACCESS_TOKEN_S + 1;
    assert_int_equal(read_at(jwt_make(&arena, &key, &claims), NOW_S), JWT_BAD);
    claims.expires_at_s = NOW_S;
    assert_int_equal(read_at(jwt_make(&arena, &key, &claims), NOW_S - 1), JWT_BAD);
    /* So far apart that their difference is no number: the fuzzer's. */
    claims.issued_at_s = INT64_MIN;
    claims.expires_at_s = INT64_MAX;
    assert_int_equal(read_at(jwt_make(&arena, &key, &claims), NOW_S), JWT_BAD);
}

static void test_jwt__takes_no_other_header(void **state)
{
    static const char payload[] = "{\"sub\":\"01900000-0000-7000-8000-0000000000ff\",\"role\":\"admin\","
                                  "\"iat\":1772445600,\"exp\":1772446500,\"jti\":\"x\"}";
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"None\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS384\",\"typ\":\"JWT\"}",
        "{\"alg\":\"RS256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"typ\":\"jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
        "{\"typ\":\"JWT\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"../../dev/null\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"jku\":\"https://example.org\"}",
        "{\"alg\": \"HS256\",\"typ\":\"JWT\"}",
        "",
    };

    (void)state;
    assert_int_equal(read_at(signed_token("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payload), NOW_S), JWT_GOOD);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        assert_int_equal(read_at(signed_token(headers[i], payload), NOW_S), JWT_BAD);
}

static void test_jwt__takes_no_other_claims(void **state)
{
#define SUB "\"sub\":\"01900000-0000-7000-8000-0000000000ff\","
    static const char *const payloads[] = {
        "",
        "{}",
        "[]",
        "null",
        "{" SUB "\"role\":\"admin\",\"iat\":1772445600,\"exp\":1772446500}",
        "{" SUB "\"iat\":1772445600,\"exp\":1772446500,\"jti\":\"x\"}",
        "{" SUB "\"role\":\"admin\",\"iat\":1772445600,\"jti\":\"x\"}",
        "{" SUB "\"role\":\"admin\",\"iat\":\"1772445600\",\"exp\":1772446500,\"jti\":\"x\"}",
        "{" SUB "\"role\":\"admin\",\"iat\":1772445600.5,\"exp\":1772446500,\"jti\":\"x\"}",
        "{\"sub\":\"admin\",\"role\":\"admin\",\"iat\":1772445600,\"exp\":1772446500,\"jti\":\"x\"}",
        "{" SUB SUB "\"role\":\"admin\",\"iat\":1772445600,\"exp\":1772446500,\"jti\":\"x\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++)
        assert_int_equal(read_at(signed_token("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payloads[i]), NOW_S),
                         JWT_BAD);
}

static void test_jwt__is_what_was_signed_and_nothing_near_it(void **state)
{
    const struct jwt_claims claims = some_claims();
    const char *token = jwt_make(&arena, &key, &claims);
    size_t length = strlen(token);
    const char *signature = strrchr(token, '.') + 1;
    int head = (int)(signature - token);

    (void)state;
    /* Every character counts. */
    for (size_t i = 0; i < length; i++) {
        char *other = arena_strdup(&arena, token);
        other[i] = other[i] == 'A' ? 'B' : 'A';
        assert_int_equal(read_at(other, NOW_S), JWT_BAD);
    }
    static const char *const ends[] = {".", "A", ".x", "=", " ", "\n", ".."};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        assert_int_equal(read_at(arena_printf(&arena, "%s%s", token, ends[i]), NOW_S), JWT_BAD);
    assert_int_equal(read_at(arena_printf(&arena, ".%s", token), NOW_S), JWT_BAD);
    assert_int_equal(read_at(arena_strndup(&arena, token, length - 1), NOW_S), JWT_BAD);
    assert_int_equal(read_at(arena_strndup(&arena, token, (size_t)head), NOW_S), JWT_BAD);
    assert_int_equal(read_at(arena_strndup(&arena, token, (size_t)head - 1), NOW_S), JWT_BAD);
    assert_int_equal(read_at("", NOW_S), JWT_BAD);
    assert_int_equal(read_at("..", NOW_S), JWT_BAD);
    /* Written differently, the same bytes are another signature: the last letter has two bits to spare. */
    char *loose = arena_strdup(&arena, token);
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    loose[length - 1] = letters[(strchr(letters, loose[length - 1]) - letters) ^ 1];
    assert_int_equal(read_at(loose, NOW_S), JWT_BAD);
    /* Another key's. */
    struct digest other_key = key;
    other_key.bytes[31] ^= 1;
    assert_int_equal(read_at(jwt_make(&arena, &other_key, &claims), NOW_S), JWT_BAD);
}

static void test_jwt__does_not_read_what_is_too_long(void **state)
{
    char *token = arena_alloc(&arena, 100000);

    (void)state;
    memset(token, 'A', 99999);
    memcpy(token, HEADER ".", strlen(HEADER) + 1);
    assert_int_equal(read_at(token, NOW_S), JWT_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_jwt__signs_as_rfc_7515_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__reads_what_it_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__knows_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__takes_no_other_header, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__takes_no_other_claims, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__is_what_was_signed_and_nothing_near_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_jwt__does_not_read_what_is_too_long, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
