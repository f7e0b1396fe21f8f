/*
 * import_seen.h — which ISBNs, barcodes and titles a file has had, and in which row: duplicates within it.
 *
 * Keys are kept as 128-bit digests, so that a hundred thousand rows cost little memory. Two keys of one digest
 * would refuse a row wrongly; by chance that does not happen, and a file made to do so harms only itself.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_SEEN_H
#define CARREL_CATALOGUE_IO_IMPORT_SEEN_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct import_seen_entry {
    uint64_t digest[2];
    int64_t row; /* 0: free */
};

/* All zero: empty. */
struct import_seen {
    struct import_seen_entry *entries; /* open addressing, a power of two of them */
    size_t capacity;
    size_t count;
};

/* The row in which `key` was seen first; 0: it was not, and `row` (from 1) is remembered. */
int64_t import_seen_before(struct import_seen *seen, struct arena *arena, const char *key, int64_t row);

#endif
