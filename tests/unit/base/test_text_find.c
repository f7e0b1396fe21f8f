/*
 * test_text_find.c — finds what memmem() finds, wherever it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text_find.h"

#define TEXT_MAX 300

static uint32_t seed = 1;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* Few different letters, so that beginnings of the needle stand all over the place. */
static void test_text_find__finds_what_memmem_finds(void **state)
{
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t length = dice(TEXT_MAX);
        size_t needle_length = 1 + dice(6);
        char *text = malloc(length + TEXT_FIND_PADDING); /* a block of its own: a sanitizer sees its end */
        char needle[8];
        for (size_t i = 0; i < length; i++)
            text[i] = (char)('a' + (int)dice(3));
        for (size_t i = 0; i < needle_length; i++)
            needle[i] = (char)('a' + (int)dice(3));
        memcpy(text + length, "abcabcabcabc", 12); /* what stands behind the end is not found */
        memset(text + length + 12, 'a', TEXT_FIND_PADDING - 12);
        struct text_needle wanted = text_needle(needle, needle_length);
        const char *at = text;
        while (at) {
            const char *expected = memmem(at, (size_t)(text + length - at), needle, needle_length);
            const char *found = text_find(at, text + length, &wanted);
            assert_ptr_equal(found, expected);
            at = found ? found + 1 : NULL;
        }
        free(text);
    }
}

static void test_text_find__looks_for_two_different_places_of_the_needle(void **state)
{
    static const char *const needles[] = {"ab", "zz", "978", "quartz", "και", "日本", "ee", "eze"};

    (void)state;
    for (size_t i = 0; i < sizeof needles / sizeof needles[0]; i++) {
        struct text_needle needle = text_needle(needles[i], strlen(needles[i]));
        assert_true(needle.rare[0] < needle.length && needle.rare[1] < needle.length);
        assert_int_not_equal(needle.rare[0], needle.rare[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_find__finds_what_memmem_finds),
        cmocka_unit_test(test_text_find__looks_for_two_different_places_of_the_needle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
