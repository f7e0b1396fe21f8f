/*
 * test_base64url.c — RFC 4648's own examples, and what is not written in these letters; fingerprints beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* ours (base/error.h) has the name */

#include "base/arena.h"
#include "base/base64url.h"
#include "base/digest.h"

static void test_base64url__writes_and_reads_the_examples_of_rfc_4648(void **state)
{
    static const char *const examples[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    struct arena arena;
    size_t length;

    (void)state;
    arena_init(&arena, 4096);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_string_equal(base64url_encode(&arena, examples[i][0], strlen(examples[i][0])), examples[i][1]);
        assert_string_equal(base64url_decode(&arena, examples[i][1], &length), examples[i][0]);
        assert_int_equal(length, strlen(examples[i][0]));
    }
    assert_string_equal(base64url_encode(&arena, "\xfb\xff\xfe", 3), "-__-");
    arena_release(&arena);
}

static void test_base64url__refuses_other_letters(void **state)
{
    static const char *const wrong[] = {"Zg==", "Zm9v Zg", "+/", "Zm\xc3\xa9"};
    struct arena arena;
    size_t length;

    (void)state;
    arena_init(&arena, 4096);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_null(base64url_decode(&arena, wrong[i], &length));
        assert_false(base64url_is_text(wrong[i], 100));
    }
    assert_true(base64url_is_text("Zm9-_", 5));
    assert_false(base64url_is_text("Zm9-_", 4));
    assert_false(base64url_is_text("", 4));
    arena_release(&arena);
}

/* FIPS 180-4's example. */
static void test_digest__is_sha_256(void **state)
{
    static const uint8_t of_abc[DIGEST_BYTES] = {
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    struct digest abc = digest_of("abc", 3);
    struct digest other = abc;

    (void)state;
    assert_memory_equal(abc.bytes, of_abc, DIGEST_BYTES);
    assert_true(digest_equal(&abc, &other));
    other.bytes[DIGEST_BYTES - 1] ^= 1;
    assert_false(digest_equal(&abc, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64url__writes_and_reads_the_examples_of_rfc_4648),
        cmocka_unit_test(test_base64url__refuses_other_letters),
        cmocka_unit_test(test_digest__is_sha_256),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
