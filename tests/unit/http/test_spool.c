/*
 * test_spool.c — a body is kept in a file only where there is room for it.
 */
#include "http_support.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "db/files.h"
#include "http/spool.h"

#define PLENTY INT64_MAX

struct arriving {
    const char *bytes;
    size_t length, at;
    int asked;
};

static int arrive(void *connection, char *out, size_t size)
{
    struct arriving *arriving = connection;
    size_t left = arriving->length - arriving->at;
    size_t taken = left < size ? left : size;

    arriving->asked++;
    memcpy(out, arriving->bytes + arriving->at, taken);
    arriving->at += taken;
    return (int)taken;
}

static int files_in_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    int count = 0;

    assert_non_null(listing);
    for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

/* A request that announces so many bytes, spooled into a new folder. */
static enum error_kind spool(struct http_test *t, int64_t announced, struct arriving *arriving, char folder[])
{
    assert_non_null(mkdtemp(folder));
    t->req.headers = (struct name_value[]){
        {.name = "Content-Length", .value = arena_printf(&t->arena, "%" PRId64, announced)}};
    t->req.header_count = 1;
    return spool_read(&t->req, folder, (size_t)PLENTY, arrive, arriving);
}

static void test_spool__refuses_what_the_disk_has_no_room_for_before_it_comes(void **state)
{
    struct arriving arriving = {.bytes = "abc", .length = 3};
    char folder[] = "/tmp/carrel-spool-XXXXXX";
    struct http_test t;
    struct statvfs disk;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(statvfs("/tmp", &disk), 0);
    int64_t room = (int64_t)(disk.f_bavail * disk.f_frsize);
    /* As much as is free, so that nothing would be left of it. */
    assert_int_equal(spool(&t, room, &arriving, folder), ERROR_BUSY);
    assert_int_equal(t.ctx.error.code, ERR_DISK_FULL);
    assert_int_equal(arriving.asked, 0);
    http_test_end(&t);
    assert_int_equal(files_in_folder(folder), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_spool__keeps_a_body_as_it_came_until_the_request_ends(void **state)
{
    struct arriving arriving = {.bytes = "abc", .length = 3};
    char folder[] = "/tmp/carrel-spool-XXXXXX";
    struct http_test t;
    char read[4] = "";

    (void)state;
    http_test_begin(&t);
    assert_int_equal(spool(&t, 3, &arriving, folder), OK);
    assert_int_equal(t.req.body_length, 3);
    FILE *file = fopen(t.req.spooled, "r");
    assert_non_null(file);
    assert_int_equal(fread(read, 1, 4, file), 3);
    assert_string_equal(read, "abc");
    fclose(file);
    assert_int_equal(files_in_folder(folder), 1);
    http_test_end(&t);
    assert_int_equal(files_in_folder(folder), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spool__refuses_what_the_disk_has_no_room_for_before_it_comes),
        cmocka_unit_test(test_spool__keeps_a_body_as_it_came_until_the_request_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
