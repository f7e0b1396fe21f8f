/*
 * import_source.h — the bytes of a file that is brought, read in steps: from memory, or from a file that may be larger
 * than memory. It is read several times: recognised, looked through, written.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_SOURCE_H
#define CARREL_CATALOGUE_IO_IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import_source {
    const char *bytes; /* in memory; NULL: `descriptor` */
    size_t length;     /* of `bytes` */
    int descriptor;    /* of an open file; whoever opened it closes it */
};

/*
 * Up to `size` bytes from `at` on into `out`: as many as there are, fewer only at the end. False: the disk cannot be
 * read.
 */
bool import_source_read(const struct import_source *source, int64_t at, char *out, size_t size,
                        size_t *out_length);

#endif
