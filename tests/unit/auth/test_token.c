/*
 * test_token.c — tokens that nobody guesses, codes that people can type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/token.h"
#include "base/arena.h"
#include "base/base64url.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void test_token__has_256_bits_and_is_never_the_same(void **state)
{
    const char *tokens[200];

    (void)state;
    for (int i = 0; i < 200; i++) {
        tokens[i] = token_new(&arena);
        assert_int_equal(strlen(tokens[i]), TOKEN_TEXT_LENGTH);
        assert_true(base64url_is_text(tokens[i], TOKEN_TEXT_LENGTH));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(tokens[i], tokens[j]);
    }
}

static void test_token__is_kept_as_sha_256(void **state)
{
    /* FIPS 180-4's example, "abc". */
    static const uint8_t abc[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                  0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                  0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    const struct digest hash = token_hash("abc");

    (void)state;
    assert_memory_equal(hash.bytes, abc, sizeof abc);
}

static void test_token__a_code_can_be_read_out_and_typed(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        const char *code = code_new(&arena, CODE_LETTERS);
        assert_int_equal(strlen(code), 14);
        assert_true(code[4] == '-' && code[9] == '-');
        assert_null(strpbrk(code, "ILOUilou"));
        assert_int_equal(strlen(code_normalised(&arena, code)), CODE_LETTERS);
    }
    assert_int_equal(strlen(code_new(&arena, SETUP_CODE_LETTERS)), 9);
}

static void test_token__a_code_is_known_however_it_is_typed(void **state)
{
    (void)state;
    assert_string_equal(code_normalised(&arena, "K7MX-2P0D-1WHA"), "K7MX2P0D1WHA");
    assert_string_equal(code_normalised(&arena, " k7mx 2p0d 1wha "), "K7MX2P0D1WHA");
    assert_string_equal(code_normalised(&arena, "K7MX\xe2\x80\x93"
                                                "2POD.LWHA"),
                        "K7MX2P0D1WHA");
    assert_string_equal(code_normalised(&arena, "K7MX-2POD-iWHA"), "K7MX2P0D1WHA");
    /* U is no letter of a code. */
    assert_string_equal(code_normalised(&arena, "K7MU"), "");
    assert_string_equal(code_normalised(&arena, ""), "");
    assert_string_equal(code_normalised(&arena, "-"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_token__has_256_bits_and_is_never_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_token__is_kept_as_sha_256, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_token__a_code_can_be_read_out_and_typed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_token__a_code_is_known_however_it_is_typed, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
