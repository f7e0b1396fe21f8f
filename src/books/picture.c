/*
 * picture.c — headers of three formats, each read with its own byte order. Bytes come from outside: nothing is read
 * that a length has not been asked for (tests/fuzz/picture.c).
 */
#include "books/picture.h"

#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t length;
};

/* `count` bytes from `offset` on, the most significant first; 0 where there are none. */
static uint32_t big_endian(struct bytes file, size_t offset, size_t count)
{
    uint32_t value = 0;

    if (offset > file.length || count > file.length - offset)
        return 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | file.at[offset + i];
    return value;
}

static uint32_t little_endian(struct bytes file, size_t offset, size_t count)
{
    uint32_t value = 0;

    if (offset > file.length || count > file.length - offset)
        return 0;
    for (size_t i = count; i > 0; i--)
        value = value << 8 | file.at[offset + i - 1];
    return value;
}

static bool has(struct bytes file, size_t offset, const char *text, size_t length)
{
    return offset <= file.length && length <= file.length - offset &&
           memcmp(file.at + offset, text, length) == 0;
}

static bool sized(struct picture *out, const char *media_type, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX)
        return false;
    *out = (struct picture){.media_type = media_type, .width = (int32_t)width, .height = (int32_t)height};
    return true;
}

static bool read_png(struct bytes file, struct picture *out)
{
    if (!has(file, 0, "\x89PNG\r\n\x1a\n", 8) || !has(file, 8, "\0\0\0\x0dIHDR", 8))
        return false;
    return sized(out, "image/png", big_endian(file, 16, 4), big_endian(file, 20, 4));
}

/* SOF0 to SOF15, without DHT, JPG and DAC, which have numbers among them. */
static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Segment by segment to the frame header; a scan (SOS) or the end (EOI) before it is no picture. */
static bool read_jpeg(struct bytes file, struct picture *out)
{
    size_t at = 2;

    if (!has(file, 0, "\xff\xd8\xff", 3))
        return false;
    while (at + 4 <= file.length && file.at[at] == 0xff) {
        uint8_t marker = file.at[at + 1];
        if (marker == 0xff) {
            at++; /* any number of these may fill the space before a marker */
            continue;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += 2; /* these stand alone */
            continue;
        }
        size_t length = big_endian(file, at + 2, 2);
        if (marker == 0xd9 || marker == 0xda || length < 2)
            return false;
        /* A height of 0 is told after the first scan (DNL): no camera and no canvas does that. */
        if (is_frame(marker))
            return sized(out, "image/jpeg", big_endian(file, at + 7, 2), big_endian(file, at + 5, 2));
        at += 2 + length;
    }
    return false;
}

static bool read_webp(struct bytes file, struct picture *out)
{
    if (!has(file, 0, "RIFF", 4) || !has(file, 8, "WEBP", 4))
        return false;
    if (has(file, 12, "VP8X", 4) && file.length >= 30)
        return sized(out, "image/webp", little_endian(file, 24, 3) + 1, little_endian(file, 27, 3) + 1);
    if (has(file, 12, "VP8L", 4) && has(file, 20, "\x2f", 1) && file.length >= 25) {
        uint32_t bits = little_endian(file, 21, 4);
        return sized(out, "image/webp", (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }
    if (has(file, 12, "VP8 ", 4) && has(file, 23, "\x9d\x01\x2a", 3))
        return sized(out, "image/webp", little_endian(file, 26, 2) & 0x3fff,
                     little_endian(file, 28, 2) & 0x3fff);
    return false;
}

bool picture_read(const void *bytes, size_t length, struct picture *out_picture)
{
    struct bytes file = {.at = bytes, .length = length};

    return read_jpeg(file, out_picture) || read_png(file, out_picture) || read_webp(file, out_picture);
}
