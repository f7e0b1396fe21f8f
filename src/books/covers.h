/*
 * covers.h — the picture of a title. A title has one or none; it is kept as it was sent.
 */
#ifndef CARREL_BOOKS_COVERS_H
#define CARREL_BOOKS_COVERS_H

#include <stddef.h>

#include "base/digest.h"
#include "books/picture.h"

struct cover {
    struct picture picture; /* what the bytes say of themselves */
    struct digest sha256;   /* of the bytes; the beginning of it is the cover's name in a title (`cover`) */
    const void *bytes;
    size_t length; /* at most COVER_BYTES_MAX */
};

/* "image/jpeg", "image/png", "image/webp" and NULL. */
extern const char *const cover_media_types[];

#endif
