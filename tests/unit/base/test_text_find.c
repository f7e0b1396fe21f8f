/*
 * test_text_find.c — finds what memmem() finds, wherever it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text_find.h"

#define TEXT_MAX 300
#define NEEDLE_MAX 12

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
        size_t needle_length = 1 + dice(NEEDLE_MAX);
        char *text = malloc(length + TEXT_FIND_PADDING); /* a block of its own: a sanitizer sees its end */
        char needle[NEEDLE_MAX];
        for (size_t i = 0; i < length; i++)
            text[i] = (char)('a' + (int)dice(3));
        for (size_t i = 0; i < needle_length; i++)
            needle[i] = (char)('a' + (int)dice(3));
        if (length > needle_length && dice(2))
            memcpy(needle, text + dice((unsigned)(length - needle_length)), needle_length); /* it is there */
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

static bool is_small_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* What is passed over stands behind a letter; what is found stands there. */
static void test_text_find__passes_over_what_stands_inside_of_words(void **state)
{
    static const char bytes[] = "ab z{`\n\xce\xb1"
                                "1";
    int64_t found_in_all = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t length = 1 + dice(TEXT_MAX);
        char *text = malloc(length + TEXT_FIND_PADDING);
        const char *needle = (const char *[]){"a", "b", "z", "1", "\xce\xb1"}[dice(5)];
        for (size_t i = 0; i < length + TEXT_FIND_PADDING; i++)
            text[i] = bytes[dice(sizeof bytes - 1)];
        struct text_needle wanted = text_needle(needle, strlen(needle));
        for (const char *from = text, *end = text + length; from;) {
            const char *found = text_find_beginning(from, end, &wanted);
            const char *at = memmem(from, (size_t)(end - from), needle, strlen(needle));
            while (at && at != found) {
                assert_true(at > from && is_small_letter(at[-1]));
                at = memmem(at + 1, (size_t)(end - at - 1), needle, strlen(needle));
            }
            assert_ptr_equal(at, found);
            found_in_all += found != NULL;
            from = found ? found + 1 : NULL;
        }
        free(text);
    }
    assert_true(found_in_all > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_find__passes_over_what_stands_inside_of_words),
        cmocka_unit_test(test_text_find__finds_what_memmem_finds),
        cmocka_unit_test(test_text_find__looks_for_two_different_places_of_the_needle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
