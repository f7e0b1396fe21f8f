/*
 * test_files.c — a copied file is whole and its owner's alone, or it is not there.
 */
#include "scratch.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "db/files.h"

struct files_test {
    struct scratch scratch;
    char from[128], to[128];
};

static int set_up(void **state)
{
    struct files_test *t = calloc(1, sizeof *t);
    char *bytes = calloc(1, 700001); /* several steps, and a part of one */

    scratch_init(&t->scratch);
    snprintf(t->from, sizeof t->from, "%s/from", t->scratch.directory);
    snprintf(t->to, sizeof t->to, "%s/to", t->scratch.directory);
    for (int i = 0; i < 700001; i++)
        bytes[i] = (char)(i * 31 % 251);
    file_write(t->from, bytes, 700001);
    free(bytes);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct files_test *t = *state;

    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static void test_files__a_copy_is_the_same_and_its_owners_alone(void **state)
{
    struct files_test *t = *state;
    struct digest copied, read;
    struct stat status;

    scratch_must(&t->scratch, file_copy(&t->scratch.ctx, t->from, t->to, &copied));
    struct bytes bytes = file_bytes(t->from);
    assert_file_is(t->to, bytes);
    struct digest wanted = digest_of(bytes.at, bytes.length);
    free(bytes.at);
    scratch_must(&t->scratch, file_digest(&t->scratch.ctx, t->to, &read));
    assert_true(digest_equal(&wanted, &copied) && digest_equal(&wanted, &read));
    assert_int_equal(stat(t->to, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_files__a_copy_replaces_nothing(void **state)
{
    struct files_test *t = *state;
    struct bytes mine = {(unsigned char *)"mine", 4};

    file_write(t->to, mine.at, mine.length);
    assert_fails_with(&t->scratch, file_copy(&t->scratch.ctx, t->from, t->to, NULL), CONFLICT);
    assert_file_is(t->to, mine);
}

static void test_files__a_copy_that_fails_or_is_given_up_leaves_nothing(void **state)
{
    struct files_test *t = *state;
    atomic_bool stop = true;

    assert_fails_with(&t->scratch, file_copy_until(&t->scratch.ctx, t->from, t->to, &stop, NULL), BUSY);
    assert_int_equal(access(t->to, F_OK), -1);
    /* A folder opens, but cannot be read. */
    assert_fails_with(&t->scratch, file_copy(&t->scratch.ctx, t->scratch.directory, t->to, NULL), CONFLICT);
    assert_int_equal(access(t->to, F_OK), -1);
    assert_fails_with(&t->scratch, file_copy(&t->scratch.ctx, "/nowhere/at/all", t->to, NULL), CONFLICT);
    assert_fails_with(&t->scratch, file_copy(&t->scratch.ctx, t->from, "/dev/full/to", NULL), CONFLICT);
    stop = false;
    scratch_must(&t->scratch, file_copy_until(&t->scratch.ctx, t->from, t->to, &stop, NULL));
}

static void test_files__a_small_file_is_written_whole_over_the_one_before(void **state)
{
    struct files_test *t = *state;
    struct bytes second = {(unsigned char *)"second", 6};

    scratch_must(&t->scratch, file_write_whole(&t->scratch.ctx, t->to, "the first", 9));
    scratch_must(&t->scratch, file_write_whole(&t->scratch.ctx, t->to, "second", 6));
    assert_file_is(t->to, second);
    assert_int_equal(files_in(t->scratch.directory), 2);
    assert_fails_with(&t->scratch, file_write_whole(&t->scratch.ctx, "/nowhere/at/all", "x", 1), CONFLICT);
}

static void test_files__the_folder_of_a_file(void **state)
{
    struct files_test *t = *state;

    assert_string_equal(file_folder(&t->scratch.ctx, "/srv/library.db"), "/srv");
    assert_string_equal(file_folder(&t->scratch.ctx, "/library.db"), "/");
    assert_string_equal(file_folder(&t->scratch.ctx, "library.db"), ".");
    scratch_must(&t->scratch, file_sync(&t->scratch.ctx, t->from));
    scratch_must(&t->scratch, file_sync_folder(&t->scratch.ctx, t->from));
    assert_fails_with(&t->scratch, file_sync_folder(&t->scratch.ctx, "/nowhere/at/all"), CONFLICT);
}

/* No descriptor free: it says nothing of the file, and a little later it works. */
static void test_files__without_a_descriptor_they_are_busy(void **state)
{
    struct files_test *t = *state;
    struct rlimit before, none;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum error_kind folder = file_sync_folder(&t->scratch.ctx, t->from);
    enum error_code code = t->scratch.ctx.error.code;
    error_clear(&t->scratch.ctx);
    enum error_kind file = file_copy(&t->scratch.ctx, t->from, t->to, NULL);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(folder, ERROR_BUSY);
    assert_int_equal(code, ERR_BUSY);
    assert_int_equal(file, ERROR_BUSY);
    error_clear(&t->scratch.ctx);
    scratch_must(&t->scratch, file_copy(&t->scratch.ctx, t->from, t->to, NULL));
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_files__a_copy_is_the_same_and_its_owners_alone),
        each(test_files__a_copy_replaces_nothing),
        each(test_files__a_copy_that_fails_or_is_given_up_leaves_nothing),
        each(test_files__a_small_file_is_written_whole_over_the_one_before),
        each(test_files__the_folder_of_a_file),
        each(test_files__without_a_descriptor_they_are_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
