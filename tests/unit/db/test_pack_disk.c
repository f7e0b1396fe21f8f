/*
 * test_pack_disk.c — what several threads give lies in the file where they said, once it has settled; what cannot be
 * written is told, and nothing comes after it.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "db/pack_disk.h"
#include "db/pack_pages.h"

#define RUN_BYTES ((size_t)DISK_RUN_PAGES * PAGE_BYTES)

struct target {
    struct scratch scratch;
    int descriptor;
    struct pack_disk *disk;
};

static void begin(struct target *target, int flags)
{
    scratch_init(&target->scratch);
    target->descriptor = open(target->scratch.path, flags | O_CREAT | O_CLOEXEC, 0600);
    assert_true(target->descriptor >= 0);
    target->disk = pack_disk_begin(target->descriptor);
}

static void end(struct target *target)
{
    close(target->descriptor);
    scratch_remove(&target->scratch);
}

static void write_run(struct pack_disk *disk, int number, uint8_t filling, size_t length)
{
    uint8_t *buffer = pack_disk_take_buffer(disk);
    memset(buffer, filling, length);
    pack_disk_write(disk, buffer, (int64_t)number * (int64_t)RUN_BYTES, length);
}

static uint8_t byte_at(const struct target *target, int64_t at)
{
    uint8_t byte = 0;
    assert_int_equal(pread(target->descriptor, &byte, 1, at), 1);
    return byte;
}

static void test_pack_disk__what_has_settled_is_in_the_file(void **state)
{
    (void)state;
    struct target target;
    begin(&target, O_RDWR);
    for (int i = 0; i < 40; i++) { /* more than may wait */
        write_run(target.disk, i, (uint8_t)(i + 1), i % 2 ? RUN_BYTES : PAGE_BYTES);
        if (i % 10 == 9) {
            pack_disk_settle(target.disk);
            assert_int_equal(byte_at(&target, (int64_t)(i * RUN_BYTES)), i + 1);
            assert_int_equal(byte_at(&target, (int64_t)((i + 1) * RUN_BYTES) - 1), i + 1);
        }
    }
    assert_int_equal(pack_disk_failure(target.disk), 0);
    assert_int_equal(pack_disk_end(target.disk), 0);
    for (int i = 0; i < 40; i++)
        assert_int_equal(byte_at(&target, (int64_t)(i * RUN_BYTES) + PAGE_BYTES - 1), i + 1);
    assert_int_equal(lseek(target.descriptor, 0, SEEK_END), 40 * RUN_BYTES);
    end(&target);
}

/* A page that is given twice has what came last. */
static void test_pack_disk__runs_are_written_in_the_order_they_came_in(void **state)
{
    (void)state;
    struct target target;
    begin(&target, O_RDWR);
    for (int round = 1; round <= 100; round++)
        write_run(target.disk, 0, (uint8_t)round, PAGE_BYTES);
    assert_int_equal(pack_disk_end(target.disk), 0);
    assert_int_equal(byte_at(&target, 17), 100);
    end(&target);
}

#define GIVERS 3
#define RUNS_EACH 20

struct giver {
    struct pack_disk *disk;
    int first;
};

static void *give(void *argument)
{
    const struct giver *giver = argument;
    for (int i = 0; i < RUNS_EACH; i++)
        write_run(giver->disk, giver->first + i, (uint8_t)(giver->first + i), PAGE_BYTES);
    pack_disk_give_back(giver->disk, pack_disk_take_buffer(giver->disk));
    return NULL;
}

static void test_pack_disk__several_threads_give_at_once(void **state)
{
    (void)state;
    struct target target;
    pthread_t threads[GIVERS];
    struct giver givers[GIVERS];
    begin(&target, O_RDWR);
    for (int i = 0; i < GIVERS; i++) {
        givers[i] = (struct giver){target.disk, i * RUNS_EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, give, &givers[i]), 0);
    }
    for (int i = 0; i < GIVERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(pack_disk_end(target.disk), 0);
    for (int i = 0; i < GIVERS * RUNS_EACH; i++)
        assert_int_equal(byte_at(&target, (int64_t)(i * RUN_BYTES)), i);
    end(&target);
}

static void test_pack_disk__the_first_failure_is_kept_and_nothing_follows(void **state)
{
    (void)state;
    struct target target;
    begin(&target, O_RDONLY);
    for (int i = 0; i < 30; i++)
        write_run(target.disk, i, 1, RUN_BYTES);
    pack_disk_settle(target.disk);
    assert_int_equal(pack_disk_failure(target.disk), EBADF);
    assert_int_equal(pack_disk_end(target.disk), EBADF);
    assert_int_equal(lseek(target.descriptor, 0, SEEK_END), 0);
    end(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_disk__what_has_settled_is_in_the_file),
        cmocka_unit_test(test_pack_disk__runs_are_written_in_the_order_they_came_in),
        cmocka_unit_test(test_pack_disk__several_threads_give_at_once),
        cmocka_unit_test(test_pack_disk__the_first_failure_is_kept_and_nothing_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
