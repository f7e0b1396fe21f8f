/*
 * picture.h — what a picture file says of itself: its kind and its size, read from its first bytes.
 *
 * Carrel never decodes a picture; browsers do. What is read here keeps anything else than a picture, and pictures
 * that are too large for a small computer, out of the library. Formats:
 *   JPEG  ITU-T T.81, B.1.1 (markers), B.2.2 (frame header)
 *   PNG   W3C Portable Network Graphics, 5.2 (signature), 11.2.1 (IHDR)
 *   WebP  RFC 9649, 2.4 to 2.7 (RIFF, VP8, VP8L, VP8X); RFC 6386, 9.1 (frame header of VP8)
 */
#ifndef CARREL_BOOKS_PICTURE_H
#define CARREL_BOOKS_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct picture {
    const char *media_type; /* "image/jpeg", "image/png", "image/webp" */
    int32_t width;          /* pixels; > 0 */
    int32_t height;
};

/* False: these bytes are none of the three, or end before they have said how large the picture is. */
bool picture_read(const void *bytes, size_t length, struct picture *out_picture);

#endif
