/*
 * import_source.c — a step of reading, wherever the bytes are.
 */
#include "catalogue_io/import_source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static size_t read_memory(const struct import_source *source, int64_t at, char *out, size_t size)
{
    size_t start = (size_t)at < source->length ? (size_t)at : source->length;
    size_t left = source->length - start;

    size = left < size ? left : size;
    if (size > 0)
        memcpy(out, source->bytes + start, size);
    return size;
}

bool import_source_read(const struct import_source *source, int64_t at, char *out, size_t size,
                        size_t *out_length)
{
    size_t length = 0;

    if (source->bytes) {
        *out_length = read_memory(source, at, out, size);
        return true;
    }
    while (length < size) {
        ssize_t got = pread(source->descriptor, out + length, size - length, (off_t)(at + (int64_t)length));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *out_length = length;
    return true;
}
