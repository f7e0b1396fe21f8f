/*
 * test_sealed.c — a whole file sealed and opened is the same file; one that is not as it was sealed is refused with why.
 */
#include "scratch.h"

#include <sys/stat.h>

#include "db/sealed.h"

struct sealed_test {
    struct scratch scratch;
    char plain[128], sealed[128], opened[128];
    struct seal_key key;
};

static int set_up(void **state)
{
    struct sealed_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    snprintf(t->plain, sizeof t->plain, "%s/plain", t->scratch.directory);
    snprintf(t->sealed, sizeof t->sealed, "%s/sealed", t->scratch.directory);
    snprintf(t->opened, sizeof t->opened, "%s/opened", t->scratch.directory);
    t->key = (struct seal_key){.salt = {1}, .key = {2}};
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct sealed_test *t = *state;

    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static void write_plain(struct sealed_test *t, size_t length)
{
    char *bytes = calloc(1, length + 1);

    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(i * 31 % 251);
    file_write(t->plain, bytes, length);
    free(bytes);
}

static void seal_it(struct sealed_test *t, size_t length)
{
    struct digest digest, wanted;

    write_plain(t, length);
    scratch_must(&t->scratch, sealed_make(&t->scratch.ctx, t->plain, t->sealed, &t->key, NULL, &digest));
    struct bytes bytes = file_bytes(t->sealed);
    wanted = digest_of(bytes.at, bytes.length);
    free(bytes.at);
    assert_true(digest_equal(&wanted, &digest));
}

static enum error_kind open_it(struct sealed_test *t)
{
    struct digest digest;

    return sealed_open(&t->scratch.ctx, t->sealed, &t->key, t->opened, &digest);
}

static void assert_refused_with(struct sealed_test *t, const char *words)
{
    assert_int_not_equal(open_it(t), OK);
    assert_int_equal(t->scratch.ctx.error.code, ERR_LIBRARY_DAMAGED);
    assert_non_null(strstr(t->scratch.ctx.error.detail, words));
    assert_int_equal(access(t->opened, F_OK), -1);
    error_clear(&t->scratch.ctx);
}

static void test_sealed__what_comes_out_is_what_went_in(void **state)
{
    struct sealed_test *t = *state;
    static const size_t lengths[] = {0, 1, SEAL_CHUNK_MAX - 1, SEAL_CHUNK_MAX, SEAL_CHUNK_MAX + 1, 700001};

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct stat status;
        seal_it(t, lengths[i]);
        assert_true(sealed_is(t->sealed) && !sealed_is(t->plain));
        scratch_must(&t->scratch, open_it(t));
        struct bytes bytes = file_bytes(t->plain);
        assert_file_is(t->opened, bytes);
        free(bytes.at);
        assert_int_equal(stat(t->sealed, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        unlink(t->sealed);
        unlink(t->opened);
    }
}

static void test_sealed__one_that_is_cut_short_anywhere_is_refused(void **state)
{
    struct sealed_test *t = *state;
    const size_t chunk = SEAL_CHUNK_MAX + SEAL_TAG_BYTES;

    seal_it(t, 3 * SEAL_CHUNK_MAX + 100);
    struct bytes whole = file_bytes(t->sealed);
    /* Where a chunk ends, and in the middle of one; in the header, and all of it gone. */
    const size_t ends[] = {SEAL_HEADER_BYTES + 3 * chunk, SEAL_HEADER_BYTES + chunk};
    for (size_t i = 0; i < 2; i++) {
        file_write(t->sealed, whole.at, ends[i]);
        assert_refused_with(t, "cut short");
    }
    file_write(t->sealed, whole.at, whole.length - 1);
    assert_refused_with(t, "not as it was sealed");
    file_write(t->sealed, whole.at, SEAL_HEADER_BYTES);
    assert_refused_with(t, "cut short");
    file_write(t->sealed, whole.at, 0);
    assert_refused_with(t, "cut short");
    free(whole.at);
}

static void test_sealed__one_that_is_changed_or_longer_is_refused(void **state)
{
    struct sealed_test *t = *state;
    const size_t chunk = SEAL_CHUNK_MAX + SEAL_TAG_BYTES;

    seal_it(t, 2 * SEAL_CHUNK_MAX);
    struct bytes whole = file_bytes(t->sealed);
    assert_int_equal(whole.length, SEAL_HEADER_BYTES + 2 * chunk);
    unsigned char *more = calloc(1, whole.length + chunk);
    memcpy(more, whole.at, whole.length);
    memcpy(more + whole.length, whole.at + SEAL_HEADER_BYTES, chunk);
    file_write(t->sealed, more, whole.length + chunk);
    assert_refused_with(t, "something stands behind its end");
    /* The two chunks in the other order. */
    memcpy(more + SEAL_HEADER_BYTES, whole.at + SEAL_HEADER_BYTES + chunk, chunk);
    memcpy(more + SEAL_HEADER_BYTES + chunk, whole.at + SEAL_HEADER_BYTES, chunk);
    file_write(t->sealed, more, whole.length);
    assert_refused_with(t, "not as it was sealed");
    for (size_t at = SEAL_HEADER_BYTES; at < whole.length; at += 9973) {
        memcpy(more, whole.at, whole.length);
        more[at] ^= 1;
        file_write(t->sealed, more, whole.length);
        assert_refused_with(t, "not as it was sealed");
    }
    free(more);
    free(whole.at);
}

static void test_sealed__the_passphrase_is_asked_for(void **state)
{
    struct sealed_test *t = *state;
    struct seal_key key, found;
    struct digest digest;

    scratch_must(&t->scratch, seal_key_derive(&t->scratch.ctx, "correct horse", &key));
    write_plain(t, 10);
    scratch_must(&t->scratch, sealed_make(&t->scratch.ctx, t->plain, t->sealed, &key, NULL, &digest));
    assert_fails_with(&t->scratch, sealed_key(&t->scratch.ctx, t->sealed, NULL, &found), PASSPHRASE_REQUIRED);
    assert_fails_with(&t->scratch, sealed_key(&t->scratch.ctx, t->sealed, "wrong horse", &found),
                      WRONG_PASSPHRASE);
    scratch_must(&t->scratch, sealed_key(&t->scratch.ctx, t->sealed, "correct horse", &found));
    assert_memory_equal(&found, &key, sizeof key);
}

static void test_sealed__what_cannot_be_written_or_is_given_up_leaves_nothing(void **state)
{
    struct sealed_test *t = *state;
    struct bytes mine = {(unsigned char *)"mine", 4};
    atomic_bool stop = true;
    struct digest digest;

    write_plain(t, 700001);
    assert_fails_with(&t->scratch, sealed_make(&t->scratch.ctx, t->plain, t->sealed, &t->key, &stop, &digest),
                      BUSY);
    assert_int_equal(access(t->sealed, F_OK), -1);
    file_write(t->sealed, mine.at, mine.length); /* replaces nothing */
    assert_fails_with(&t->scratch, sealed_make(&t->scratch.ctx, t->plain, t->sealed, &t->key, NULL, &digest),
                      CONFLICT);
    assert_file_is(t->sealed, mine);
    assert_fails_with(&t->scratch,
                      sealed_make(&t->scratch.ctx, t->scratch.directory, t->opened, &t->key, NULL, &digest),
                      CONFLICT);
    assert_int_equal(access(t->opened, F_OK), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_sealed__what_comes_out_is_what_went_in),
        CASE(test_sealed__one_that_is_cut_short_anywhere_is_refused),
        CASE(test_sealed__one_that_is_changed_or_longer_is_refused),
        CASE(test_sealed__the_passphrase_is_asked_for),
        CASE(test_sealed__what_cannot_be_written_or_is_given_up_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
