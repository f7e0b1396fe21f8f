/*
 * test_seal.c — the arithmetic against published vectors; whatever is changed, missing or moved does not open.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/limits.h"
#include "base/seal.h"

#include "base/scrypt.c" /* so that a test can take all turns */

static struct ctx make_ctx(struct arena *arena)
{
    arena_init(arena, ARENA_REQUEST_MAX);
    return (struct ctx){.arena = arena};
}

static void from_hex(const char *hex, uint8_t *out)
{
    for (size_t i = 0; hex[2 * i]; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

/* ---- vectors ------------------------------------------------------------------------------------------- */

/* RFC 7914, 12: the second and the third. */
static void test_scrypt__gives_what_rfc_7914_says(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    uint8_t wanted[64], found[64];
    const struct scrypt_cost second = {10, 8, 16}, third = {14, 8, 1};

    (void)state;
    from_hex(
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830da"
        "c727afb94a83ee6d8360cbdfa2cc0640",
        wanted);
    assert_int_equal(
        scrypt_derive(&ctx, "password", (const uint8_t *)"NaCl", 4, &second, found, sizeof found), OK);
    assert_memory_equal(found, wanted, sizeof wanted);
    from_hex(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9"
        "e61e85dc0d651e40dfcf017b45575887",
        wanted);
    assert_int_equal(scrypt_derive(&ctx, "pleaseletmein", (const uint8_t *)"SodiumChloride", 14, &third,
                                   found, sizeof found),
                     OK);
    assert_memory_equal(found, wanted, sizeof wanted);
    arena_release(&arena);
}

/* McGrew, Viega: The Galois/Counter Mode of Operation, test cases 13 and 14: key and nonce of zeros. */
static void test_seal__a_chunk_is_aes_256_gcm(void **state)
{
    static const uint8_t zeros[SEAL_KEY_BYTES];
    uint8_t sealed[16 + SEAL_TAG_BYTES], wanted[16 + SEAL_TAG_BYTES];

    (void)state;
    struct seal *seal = seal_of_file_key(zeros);
    from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", wanted);
    seal_chunk(seal, zeros, 16, false, sealed);
    assert_memory_equal(sealed, wanted, sizeof wanted);
    seal_free(seal);
    seal = seal_of_file_key(zeros);
    from_hex("530f8afbc74536b9a963b4f1c4cb738b", wanted);
    seal_chunk(seal, zeros, 0, false, sealed);
    assert_memory_equal(sealed, wanted, SEAL_TAG_BYTES);
    seal_free(seal);
}

/* ---- files --------------------------------------------------------------------------------------------- */

#define TEXT "Middlemarch"
#define TEXT_BYTES 11
#define SEALED_BYTES (TEXT_BYTES + SEAL_TAG_BYTES)

static const struct seal_key key = {.salt = {1, 2, 3}, .key = {4, 5, 6}};

struct three {
    uint8_t header[SEAL_HEADER_BYTES];
    uint8_t chunks[3][SEALED_BYTES];
};

static void seal_three(struct three *out)
{
    struct seal *seal = seal_new(&key, out->header);

    for (int i = 0; i < 3; i++)
        seal_chunk(seal, TEXT, TEXT_BYTES, i == 2, out->chunks[i]);
    seal_free(seal);
}

static struct seal *open_three(struct ctx *ctx, const struct three *three)
{
    struct seal *seal;

    assert_int_equal(seal_open(ctx, "a file", three->header, &key, &seal), OK);
    return seal;
}

static bool opens(struct seal *seal, const uint8_t *chunk, bool last)
{
    uint8_t plain[TEXT_BYTES];
    bool good = seal_open_chunk(seal, chunk, SEALED_BYTES, last, plain);

    if (good)
        assert_memory_equal(plain, TEXT, TEXT_BYTES);
    return good;
}

static void test_seal__chunks_open_in_their_order_only(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    struct three three;

    (void)state;
    seal_three(&three);
    struct seal *seal = open_three(&ctx, &three);
    assert_false(opens(seal, three.chunks[1], false)); /* the first is missing */
    assert_true(opens(seal, three.chunks[0], false));
    assert_false(opens(seal, three.chunks[0], false)); /* twice */
    assert_false(opens(seal, three.chunks[1], true));  /* cut short after it */
    assert_true(opens(seal, three.chunks[1], false));
    assert_false(opens(seal, three.chunks[2], false)); /* something behind it */
    assert_true(opens(seal, three.chunks[2], true));
    seal_free(seal);
    arena_release(&arena);
}

static void test_seal__a_changed_bit_does_not_open(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    struct three three;

    (void)state;
    seal_three(&three);
    struct seal *seal = open_three(&ctx, &three);
    for (size_t bit = 0; bit < SEALED_BYTES * 8; bit++) {
        three.chunks[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(opens(seal, three.chunks[0], false));
        three.chunks[0][bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(opens(seal, three.chunks[0], false));
    assert_false(seal_open_chunk(seal, three.chunks[1], SEAL_TAG_BYTES - 1, false, three.chunks[0]));
    seal_free(seal);
    arena_release(&arena);
}

/* The same words in two files are different bytes: no nonce serves twice, and no chunk moves to another file. */
static void test_seal__each_file_has_a_key_of_its_own(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    struct three one, other;

    (void)state;
    seal_three(&one);
    seal_three(&other);
    assert_memory_not_equal(one.chunks[0], other.chunks[0], SEALED_BYTES);
    struct seal *seal = open_three(&ctx, &one);
    assert_false(opens(seal, other.chunks[0], false));
    seal_free(seal);
    arena_release(&arena);
}

static void test_seal__a_damaged_header_is_no_wrong_passphrase(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    struct seal_key other = key;
    struct three three;
    struct seal *seal;

    (void)state;
    seal_three(&three);
    for (size_t at = 0; at < SEAL_HEADER_BYTES; at++) {
        three.header[at] ^= 4;
        error_clear(&ctx);
        assert_int_not_equal(seal_open(&ctx, "a file", three.header, &key, &seal), OK);
        assert_int_equal(ctx.error.code, at < 12 ? ERR_NOT_A_LIBRARY : ERR_LIBRARY_DAMAGED);
        three.header[at] ^= 4;
    }
    error_clear(&ctx);
    other.key[0] ^= 1;
    assert_int_not_equal(seal_open(&ctx, "a file", three.header, &other, &seal), OK);
    assert_int_equal(ctx.error.code, ERR_WRONG_PASSPHRASE);
    arena_release(&arena);
}

/* ---- passphrases --------------------------------------------------------------------------------------- */

static void test_seal__the_passphrase_opens_and_another_does_not(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    uint8_t header[SEAL_HEADER_BYTES];
    struct seal_key made, found;

    (void)state;
    assert_int_equal(seal_key_derive(&ctx, "gr\xc3\xbcne Fr\xc3\xb6sche", &made), OK);
    seal_free(seal_new(&made, header));
    /* Typed with the dots as letters of their own, and a space behind it. */
    assert_int_equal(seal_header_key(&ctx, "a file", header, "gru\xcc\x88ne Fro\xcc\x88sche ", &found), OK);
    assert_memory_equal(&found, &made, sizeof made);
    assert_int_not_equal(seal_header_key(&ctx, "a file", header, "grune Frosche", &found), OK);
    assert_int_equal(ctx.error.code, ERR_WRONG_PASSPHRASE);
    error_clear(&ctx);
    assert_int_not_equal(seal_header_key(&ctx, "a file", header, "\xff\xfe", &found), OK);
    assert_int_equal(ctx.error.code, ERR_BAD_REQUEST);
    arena_release(&arena);
}

static void test_seal__who_waits_for_a_passphrase_is_not_told_of_signing_in(void **state)
{
    struct arena arena;
    struct ctx ctx = make_ctx(&arena);
    struct seal_key made;

    (void)state;
    turns.waiting = PASSWORDS_WAITING_MAX;
    assert_int_equal(seal_key_derive(&ctx, "a passphrase", &made), ERROR_BUSY);
    turns.waiting = 0;
    assert_int_equal(ctx.error.code, ERR_BUSY);
    assert_non_null(strstr(ctx.error.detail, "passphrase"));
    assert_null(strstr(ctx.error.detail, "signing in"));
    error_clear(&ctx);
    assert_int_equal(seal_key_derive(&ctx, "a passphrase", &made), OK);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scrypt__gives_what_rfc_7914_says),
        cmocka_unit_test(test_seal__a_chunk_is_aes_256_gcm),
        cmocka_unit_test(test_seal__chunks_open_in_their_order_only),
        cmocka_unit_test(test_seal__a_changed_bit_does_not_open),
        cmocka_unit_test(test_seal__each_file_has_a_key_of_its_own),
        cmocka_unit_test(test_seal__a_damaged_header_is_no_wrong_passphrase),
        cmocka_unit_test(test_seal__the_passphrase_opens_and_another_does_not),
        cmocka_unit_test(test_seal__who_waits_for_a_passphrase_is_not_told_of_signing_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
