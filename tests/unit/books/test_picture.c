/*
 * test_picture.c — the size of a picture, from the first bytes of three formats, and nothing from anything else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "books/picture.h"

#define BYTES(text) (text), sizeof(text) - 1

#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
#define JFIF "\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define RIFF "RIFF\x64\0\0\0WEBP"

static void assert_picture(const char *bytes, size_t length, const char *media_type, int width, int height)
{
    struct picture picture;

    assert_true(picture_read(bytes, length, &picture));
    assert_string_equal(picture.media_type, media_type);
    assert_int_equal(picture.width, width);
    assert_int_equal(picture.height, height);
    /* Not one byte less than what it needs, from memory that ends there. */
    for (size_t less = 0; less < length; less++) {
        char *part = malloc(less + 1);
        assert_non_null(part);
        memcpy(part, bytes, less);
        (void)picture_read(part, less, &picture);
        free(part);
    }
}

static void assert_none(const char *bytes, size_t length)
{
    struct picture picture = {.width = 17};

    assert_false(picture_read(bytes, length, &picture));
    assert_int_equal(picture.width, 17);
}

static void test_picture__png_says_its_size_in_its_first_chunk(void **state)
{
    (void)state;
    assert_picture(BYTES(PNG_HEAD "\0\0\1\x2c\0\0\1\xc2"), "image/png", 300, 450);
    assert_none(BYTES(PNG_HEAD "\0\0\1\x2c\0\0\1"));
    assert_none(BYTES(PNG_HEAD "\0\0\0\0\0\0\1\xc2"));
    assert_none(BYTES(PNG_HEAD "\xff\0\0\0\0\0\1\xc2"));
    assert_none(BYTES("\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT\0\0\1\x2c\0\0\1\xc2"));
}

static void test_picture__jpeg_is_read_segment_by_segment_to_its_frame(void **state)
{
    (void)state;
    assert_picture(BYTES("\xff\xd8" JFIF "\xff\xc0\0\x11\x08\1\xc2\1\x2c\3"), "image/jpeg", 300, 450);
    /* Progressive; tables before the frame; bytes that fill the space between. */
    assert_picture(BYTES("\xff\xd8" JFIF "\xff\xc4\0\4\1\2\xff\xff\xff\xc2\0\x11\x08\0\2\0\3\3"),
                   "image/jpeg", 3, 2);
    /* A restart marker stands alone. */
    assert_picture(BYTES("\xff\xd8\xff\xd0\xff\xc0\0\x11\x08\0\2\0\3\3"), "image/jpeg", 3, 2);
}

static void test_picture__a_jpeg_without_a_frame_has_no_size(void **state)
{
    (void)state;
    assert_none(BYTES("\xff\xd8" JFIF));
    assert_none(BYTES("\xff\xd8" JFIF "\xff\xda\0\x0c"));
    assert_none(BYTES("\xff\xd8" JFIF "\xff\xd9\0\0"));
    assert_none(BYTES("\xff\xd8\xff\xe0\0\1\xff\xc0\0\x11\x08\0\2\0\3\3"));
    assert_none(BYTES("\xff\xd8\xff\xc0\0\x11\x08\0\0\0\3\3"));
    assert_none(BYTES("\xff\xd8\xff\xe0\xff\xff"));
}

static void test_picture__webp_has_three_headers(void **state)
{
    (void)state;
    assert_picture(BYTES(RIFF "VP8 \x10\0\0\0\0\0\0\x9d\x01\x2a\x2c\1\xc2\1"), "image/webp", 300, 450);
    assert_picture(BYTES(RIFF "VP8L\x10\0\0\0\x2f\x2b\x41\x70\0"), "image/webp", 300, 450);
    assert_picture(BYTES(RIFF "VP8X\x0a\0\0\0\0\0\0\0\x2b\1\0\xc1\1\0"), "image/webp", 300, 450);
    assert_none(BYTES(RIFF "VP8X\x0a\0\0\0\0\0\0\0\x2b\1\0\xc1\1"));
    assert_none(BYTES(RIFF "ALPH\x0a\0\0\0\0\0\0\0\x2b\1\0\xc1\1\0"));
}

static void test_picture__anything_else_is_none(void **state)
{
    (void)state;
    assert_none(BYTES(""));
    assert_none(BYTES("GIF89a\x01\0\x01\0"));
    assert_none(BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"2\"/>"));
    assert_none(BYTES("<!doctype html><script>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture__png_says_its_size_in_its_first_chunk),
        cmocka_unit_test(test_picture__jpeg_is_read_segment_by_segment_to_its_frame),
        cmocka_unit_test(test_picture__a_jpeg_without_a_frame_has_no_size),
        cmocka_unit_test(test_picture__webp_has_three_headers),
        cmocka_unit_test(test_picture__anything_else_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
