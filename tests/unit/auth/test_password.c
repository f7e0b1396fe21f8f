/*
 * test_password.c — scrypt as RFC 7914 has it, the text it is kept as, and what may be a password.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include <libscrypt.h>
#include <pthread.h>
#include <stdatomic.h>

#include "auth/password.h"
#include "base/limits.h"
#include "base/scrypt.h"

static struct arena arena;
static struct ctx ctx;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    ctx = (struct ctx){.arena = &arena};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* RFC 7914 §12, without its last vector, which takes a gigabyte. */
static void test_password__computes_scrypt_as_rfc_7914_has_it(void **state)
{
    static const struct {
        const char *password, *salt;
        uint64_t n;
        uint32_t r, p;
        const char *hex;
    } vectors[] = {
        {"", "", 16, 1, 1,
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
         "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
        {"password", "NaCl", 1024, 8, 16,
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
         "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
        {"pleaseletmein", "SodiumChloride", 16384, 8, 1,
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
         "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t out[64];
        char hex[129];
        assert_int_equal(libscrypt_scrypt((const uint8_t *)vectors[i].password, strlen(vectors[i].password),
                                          (const uint8_t *)vectors[i].salt, strlen(vectors[i].salt),
                                          vectors[i].n, vectors[i].r, vectors[i].p, out, sizeof out),
                         0);
        for (int byte = 0; byte < 64; byte++)
            snprintf(hex + byte * 2, 3, "%02x", out[byte]);
        assert_string_equal(hex, vectors[i].hex);
    }
}

/* The third vector, kept as we keep one: other parameters than today's are read from the text. */
#define VECTOR_3                                 \
    "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$" \
    "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"

static void test_password__knows_a_password_kept_by_others(void **state)
{
    bool good = false;

    (void)state;
    assert_int_equal(password_verify(&ctx, VECTOR_3, "pleaseletmein", &good), OK);
    assert_true(good);
    assert_int_equal(password_verify(&ctx, VECTOR_3, "pleaseletmeout", &good), OK);
    assert_false(good);
    assert_true(password_is_outdated(VECTOR_3));
}

static void test_password__keeps_and_knows_again(void **state)
{
    const char *hash = NULL, *other = NULL;
    bool good = false;

    (void)state;
    assert_int_equal(password_hash(&ctx, "paper harbour", &hash), OK);
    assert_int_equal(strncmp(hash, "$scrypt$ln=14,r=8,p=5$", 22), 0);
    assert_null(strstr(hash, "harbour"));
    assert_false(password_is_outdated(hash));
    assert_int_equal(password_verify(&ctx, hash, "paper harbour", &good), OK);
    assert_true(good);
    assert_int_equal(password_verify(&ctx, hash, "paper harbouR", &good), OK);
    assert_false(good);
    /* Salted: the same password never looks the same. */
    assert_int_equal(password_hash(&ctx, "paper harbour", &other), OK);
    assert_string_not_equal(hash, other);
}

static void test_password__nothing_fits_what_cannot_be_read(void **state)
{
    static const char *const spoilt[] = {
        NULL,
        "",
        "paper harbour",
        "$scrypt$",
        "$scrypt$ln=14,r=8,p=5$$",
        "$scrypt$ln=14,r=8,p=5$c2FsdA",
        "$scrypt$ln=14,r=8,p=5$c2FsdA$",
        "$scrypt$ln=14,r=8,p=5$c2 sdA$c2FsdA",
        "$scrypt$ln=30,r=8,p=5$c2FsdA$c2FsdA", /* would take sixteen gigabytes */
        "$scrypt$ln=14,r=99,p=5$c2FsdA$c2FsdA",
        "$scrypt$ln=0,r=8,p=5$c2FsdA$c2FsdA",
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$c2FsdA",
    };

    (void)state;
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        bool good = true;
        assert_int_equal(password_verify(&ctx, spoilt[i], "paper harbour", &good), OK);
        assert_false(good);
    }
    assert_true(password_is_outdated("$scrypt$"));
}

/* ---- rules --------------------------------------------------------------------------------------------- */

static const char *problem_of(const char *password, const char *name)
{
    error_clear(&ctx);
    password_gather(&ctx, "password", password, name);
    return ctx.error.fields ? ctx.error.fields->type : "fine";
}

static void test_password__must_be_long_and_not_what_is_tried_first(void **state)
{
    char long_one[PASSWORD_MAX + 2];

    (void)state;
    assert_string_equal(problem_of("nine sign", NULL), "too_short");
    assert_string_equal(problem_of("ten signs!", NULL), "fine");
    /* Characters are counted, not bytes. */
    assert_string_equal(problem_of("äöüäöüäöü", NULL), "too_short");
    assert_string_equal(problem_of("äöüäöüäöüß", NULL), "fine");
    memset(long_one, 'q', sizeof long_one);
    long_one[PASSWORD_MAX + 1] = '\0';
    assert_string_equal(problem_of(long_one, NULL), "too_long");
    long_one[PASSWORD_MAX] = '\0';
    assert_string_equal(problem_of(long_one, NULL), "fine");
    assert_string_equal(problem_of("password123", NULL), "too_common");
    assert_string_equal(problem_of("PassWord123", NULL), "too_common");
    assert_string_equal(problem_of("1234567890", NULL), "too_common");
    assert_string_equal(problem_of("zzzzzzzzzz", NULL), "fine");
    assert_string_equal(problem_of("Ada Lovelace", "ada  LOVELACE"), "is_name");
}

static void test_password__is_never_part_of_what_is_said_about_it(void **state)
{
    static const char *const bad[] = {"short", "password123", "Ada Lovelace"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_string_not_equal(problem_of(bad[i], "ada lovelace"), "fine");
        assert_null(strstr(ctx.error.fields->message, bad[i]));
    }
}

/* ---- turns --------------------------------------------------------------------------------------------- */

#define CROWD (PASSWORDS_WAITING_MAX + PASSWORDS_AT_ONCE + 6)

#define ROUNDS_MAX 10 /* of a crowd that a busy machine lets in one by one */

static atomic_int served, sent_away, failed;
static _Atomic size_t most_held; /* bytes, of those who were worked on at once */
static pthread_barrier_t door;

static void *knock(void *argument)
{
    struct arena own;
    struct ctx own_ctx = {.arena = &own};
    const char *hash;

    if (argument)
        pthread_barrier_wait(argument);
    arena_init(&own, ARENA_REQUEST_MAX);
    enum error_kind kind = password_hash(&own_ctx, "paper harbour", &hash);
    size_t held = scrypt_bytes_held();
    for (size_t most = most_held; held > most && !atomic_compare_exchange_weak(&most_held, &most, held);)
        continue;
    atomic_fetch_add(kind == OK ? &served : own_ctx.error.code == ERR_BUSY ? &sent_away : &failed, 1);
    arena_release(&own);
    return NULL;
}

static void let_a_crowd_knock(void)
{
    pthread_t threads[CROWD];

    for (int i = 0; i < CROWD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, knock, &door), 0);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* However many knock, few are worked on, some wait, and the rest hear at once that they shall come again. */
static void test_password__sends_away_whom_it_cannot_serve_soon(void **state)
{
    const struct scrypt_cost cost = SCRYPT_COST_NOW;
    size_t of_one = ((size_t)128 << cost.log_n) * (size_t)cost.block;
    int knocked = 0;

    (void)state;
    assert_int_equal(pthread_barrier_init(&door, NULL, CROWD), 0);
    for (int round = 0; round < ROUNDS_MAX && sent_away == 0; round++, knocked += CROWD)
        let_a_crowd_knock();
    pthread_barrier_destroy(&door);
    assert_int_equal(failed, 0);
    assert_int_equal(served + sent_away, knocked);
    assert_true(sent_away > 0);
    assert_true(served >= PASSWORDS_AT_ONCE);
    /* A core each, and no more: whoever is sent away looks while the others are worked on. */
    assert_in_range(most_held, of_one, PASSWORDS_AT_ONCE * of_one);
    /* … and there is a turn for the next one. */
    int before = served;
    knock(NULL);
    assert_int_equal(served, before + 1);
    assert_int_equal(scrypt_bytes_held(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_password__computes_scrypt_as_rfc_7914_has_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_password__knows_a_password_kept_by_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_password__keeps_and_knows_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_password__nothing_fits_what_cannot_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_password__must_be_long_and_not_what_is_tried_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_password__is_never_part_of_what_is_said_about_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_password__sends_away_whom_it_cannot_serve_soon, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
