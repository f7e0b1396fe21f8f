/*
 * test_import_seen.c — what stood in the file before, among many keys; and the trail's ranges.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/arena.h"
#include "base/limits.h"
#include "catalogue_io/import_kind.h"
#include "catalogue_io/import_seen.h"
#include "catalogue_io/import_trail.h"

#define KEYS 300000

static void test_import_seen__knows_the_row_of_each_of_many_keys(void **state)
{
    struct import_seen seen = {0};
    char key[32];

    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 1; i <= KEYS; i++) {
            snprintf(key, sizeof key, "isbn %d", i);
            assert_int_equal(import_seen_before(&seen, key, i + pass), pass == 0 ? 0 : i);
        }
    }
    assert_int_equal(import_seen_before(&seen, "barcode 1", 7), 0); /* of another kind */
    import_seen_release(&seen);
    assert_int_equal(import_seen_before(&seen, "isbn 1", 9), 0);
    import_seen_release(&seen);
}

static void test_import_seen__takes_little_memory(void **state)
{
    struct import_seen seen = {0};
    char key[32];
    size_t bytes = 0;

    (void)state;
    for (int i = 1; i <= KEYS; i++) {
        snprintf(key, sizeof key, "card %d", i);
        (void)import_seen_before(&seen, key, i);
    }
    for (int i = 0; i < IMPORT_SEEN_PARTS; i++)
        bytes += seen.parts[i].capacity * (sizeof *seen.parts[i].digests + sizeof *seen.parts[i].rows);
    assert_true(bytes / KEYS < 20);
    import_seen_release(&seen);
}

static void test_import_trail__keeps_ids_that_follow_each_other_as_one_range(void **state)
{
    struct arena arena;
    arena_init(&arena, ARENA_REQUEST_MAX);
    struct import_trail trail = {.arena = &arena};

    (void)state;
    import_made(&trail, "book", 4);
    import_made(&trail, "copy", 9);
    import_made(&trail, "book", 5);
    import_made(&trail, "book", 8);
    import_made(&trail, "copy", 10);
    const struct import_range *last = trail.ranges;
    assert_string_equal(last->entity, "book");
    assert_int_equal(last->first_id, 8);
    assert_int_equal(last->next->first_id, 9);
    assert_int_equal(last->next->last_id, 10);
    assert_int_equal(last->next->next->first_id, 4);
    assert_int_equal(last->next->next->last_id, 5);
    assert_null(last->next->next->next);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_seen__knows_the_row_of_each_of_many_keys),
        cmocka_unit_test(test_import_seen__takes_little_memory),
        cmocka_unit_test(test_import_trail__keeps_ids_that_follow_each_other_as_one_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
