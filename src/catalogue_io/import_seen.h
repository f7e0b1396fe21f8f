/*
 * import_seen.h — which ISBNs, barcodes, cards and titles a file has had, and in which row: duplicates within it.
 *
 * Keys are kept as 64-bit digests, twelve bytes each with their row: two keys of each of a million rows take some
 * 32 MB. Two keys of one digest would refuse a row wrongly; of two million keys that happens in one of some nine
 * million files, and a file made to do so harms only itself.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_SEEN_H
#define CARREL_CATALOGUE_IO_IMPORT_SEEN_H

#include <stdint.h>

#define IMPORT_SEEN_PARTS 64 /* each grows by itself, so that growing takes little more than there is */

struct import_seen_part {
    uint64_t *digests; /* open addressing; 0: free */
    uint32_t *rows;
    uint32_t capacity, count;
};

/* All zero: empty. */
struct import_seen {
    struct import_seen_part parts[IMPORT_SEEN_PARTS];
};

void import_seen_release(struct import_seen *seen);

/* The row in which `key` was seen first; 0: it was not, and `row` (from 1) is remembered. */
int64_t import_seen_before(struct import_seen *seen, const char *key, int64_t row);

#endif
