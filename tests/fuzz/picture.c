/*
 * picture.c — the head of a JPEG, PNG or WebP: a size that is found is a size, of one of the three kinds, and the
 * bytes after those that told it change nothing. The bytes lie in memory of their own length, so that a sanitizer
 * sees a read past them.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "books/picture.h"

static bool read_copy(const uint8_t *data, size_t size, struct picture *out)
{
    uint8_t *copy = malloc(size ? size : 1);

    MUST(copy);
    memcpy(copy, data, size);
    bool found = picture_read(copy, size, out);
    free(copy);
    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture;
    struct picture again;

    if (size > 0 && read_copy(data, size, &picture)) {
        MUST(picture.width > 0 && picture.height > 0);
        MUST(text_starts_with(picture.media_type, "image/"));
        if (read_copy(data, size - 1, &again)) {
            MUST(again.width == picture.width && again.height == picture.height);
            MUST(strcmp(again.media_type, picture.media_type) == 0);
        }
    }
    return 0;
}
