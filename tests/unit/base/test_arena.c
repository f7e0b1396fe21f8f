/*
 * test_arena.c — memory of one request: zeroed, aligned, bounded, given back in order.
 */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"

#define PLENTY (1024 * 1024)

static char released[16];

static void note_release(void *resource)
{
    size_t length = strlen(released);
    released[length] = *(const char *)resource;
    released[length + 1] = '\0';
}

static void test_arena__hands_out_zeroed_aligned_separate_memory(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = arena_alloc(&arena, i);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t at = 0; at < i; at++) {
            assert_int_equal(blocks[i][at], 0);
        }
        memset(blocks[i], (int)i, i);
    }
    for (size_t i = 0; i < 200; i++) {
        for (size_t at = 0; at < i; at++) {
            assert_int_equal(blocks[i][at], (int)i);
        }
    }
    arena_release(&arena);
}

static void test_arena__zeroes_memory_that_was_used_before(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    memset(arena_alloc(&arena, 4000), 0xAA, 4000);
    arena_reset(&arena);
    const unsigned char *again = arena_alloc(&arena, 4000);
    for (size_t i = 0; i < 4000; i++) {
        assert_int_equal(again[i], 0);
    }
    arena_release(&arena);
}

static void test_arena__serves_past_its_maximum_but_says_so(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024);
    arena_alloc(&arena, 1024);
    assert_false(arena_exhausted(&arena));
    char *more = arena_alloc(&arena, 100 * 1024);
    assert_true(arena_exhausted(&arena));
    memset(more, 1, 100 * 1024);
    arena_reset(&arena);
    assert_false(arena_exhausted(&arena));
    arena_release(&arena);
}

static void test_arena__stays_exhausted_when_going_back_to_a_mark(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1024);
    struct arena_mark mark = arena_mark(&arena);
    arena_alloc(&arena, 4096);
    arena_reset_to(&arena, mark);
    assert_true(arena_exhausted(&arena));
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

static void test_arena__a_mark_keeps_what_is_older_and_drops_what_is_newer(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * PLENTY);
    char *kept = arena_strdup(&arena, "kept");
    struct arena_mark mark = arena_mark(&arena);
    const char *first_after = arena_alloc(&arena, 64);
    for (int i = 0; i < 300; i++) {
        memset(arena_alloc(&arena, 10000), 0xFF, 10000);
    }
    arena_reset_to(&arena, mark);
    assert_string_equal(kept, "kept");
    assert_ptr_equal(arena_alloc(&arena, 64), first_after);
    arena_release(&arena);
}

static void test_arena__a_mark_of_an_empty_arena_gives_everything_back(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    struct arena_mark mark = arena_mark(&arena);
    arena_alloc(&arena, 50000);
    arena_reset_to(&arena, mark);
    assert_null(arena.chunk);
    arena_release(&arena);
}

static void test_arena__runs_what_was_deferred_last_first(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    released[0] = '\0';
    arena_defer(&arena, note_release, "a");
    arena_defer(&arena, note_release, "b");
    arena_defer(&arena, note_release, "c");
    arena_reset(&arena);
    assert_string_equal(released, "cba");
    arena_release(&arena);
    assert_string_equal(released, "cba");
}

static void test_arena__a_mark_runs_only_what_was_deferred_after_it(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    released[0] = '\0';
    arena_defer(&arena, note_release, "a");
    struct arena_mark outer = arena_mark(&arena);
    arena_alloc(&arena, 100000);
    arena_defer(&arena, note_release, "b");
    struct arena_mark inner = arena_mark(&arena);
    arena_defer(&arena, note_release, "c");
    arena_reset_to(&arena, inner);
    assert_string_equal(released, "c");
    arena_reset_to(&arena, inner);
    assert_string_equal(released, "c");
    arena_reset_to(&arena, outer);
    assert_string_equal(released, "cb");
    arena_release(&arena);
    assert_string_equal(released, "cba");
}

static void test_arena__keeps_one_bounded_chunk_for_the_next_request(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * PLENTY);
    for (int i = 0; i < 100; i++) {
        arena_alloc(&arena, 10000);
    }
    arena_alloc(&arena, 2 * PLENTY);
    arena_reset(&arena);
    struct arena_mark start = arena_mark(&arena);
    assert_non_null(start.chunk);
    arena_alloc(&arena, ARENA_KEEP_BYTES);
    assert_ptr_equal(arena.chunk, start.chunk);
    arena_alloc(&arena, 1);
    assert_ptr_not_equal(arena.chunk, start.chunk);
    arena_release(&arena);
}

static void test_arena__keeps_nothing_of_one_huge_request(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * PLENTY);
    arena_alloc(&arena, 2 * PLENTY);
    arena_reset(&arena);
    assert_null(arena.chunk);
    arena_release(&arena);
}

static void test_arena__copies_strings_and_bytes_and_null_stays_null(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    assert_string_equal(arena_strdup(&arena, ""), "");
    assert_string_equal(arena_strdup(&arena, "word"), "word");
    assert_string_equal(arena_strndup(&arena, "wordless", 4), "word");
    assert_memory_equal(arena_memdup(&arena, "a\0b", 3), "a\0b", 3);
    assert_null(arena_strdup(&arena, NULL));
    assert_null(arena_strndup(&arena, NULL, 5));
    assert_null(arena_memdup(&arena, NULL, 5));
    assert_string_equal(arena_printf(&arena, "%s-%03d", "x", 7), "x-007");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    assert_int_equal(strlen(arena_printf(&arena, "%050000d", 1)), 50000);
    arena_release(&arena);
}

static void test_arena__can_be_used_again_after_release(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, PLENTY);
    arena_alloc(&arena, 10);
    arena_release(&arena);
    arena_release(&arena);
    assert_string_equal(arena_strdup(&arena, "again"), "again");
    assert_int_equal(((int *)arena_alloc_array(&arena, 100, sizeof(int)))[99], 0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__hands_out_zeroed_aligned_separate_memory),
        cmocka_unit_test(test_arena__zeroes_memory_that_was_used_before),
        cmocka_unit_test(test_arena__serves_past_its_maximum_but_says_so),
        cmocka_unit_test(test_arena__stays_exhausted_when_going_back_to_a_mark),
        cmocka_unit_test(test_arena__a_mark_keeps_what_is_older_and_drops_what_is_newer),
        cmocka_unit_test(test_arena__a_mark_of_an_empty_arena_gives_everything_back),
        cmocka_unit_test(test_arena__runs_what_was_deferred_last_first),
        cmocka_unit_test(test_arena__a_mark_runs_only_what_was_deferred_after_it),
        cmocka_unit_test(test_arena__keeps_one_bounded_chunk_for_the_next_request),
        cmocka_unit_test(test_arena__keeps_nothing_of_one_huge_request),
        cmocka_unit_test(test_arena__copies_strings_and_bytes_and_null_stays_null),
        cmocka_unit_test(test_arena__can_be_used_again_after_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
