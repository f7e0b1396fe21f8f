/*
 * import_seen.c — hash sets outside any arena, as they outlive what an arena holds and give their memory back when
 * they grow.
 */
#include "catalogue_io/import_seen.h"

#include <stdlib.h>

#define CAPACITY_FIRST 64
#define FULL_PARTS 7 /* … of 8: then it grows by a quarter */

/* FNV-1a, and each bit stirred into all others (the finalizer of MurmurHash3). Never 0. */
static uint64_t digest_of(const char *key)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdu;
    hash ^= hash >> 33;
    hash *= 0xc4ceb9fe1a85ec53u;
    hash ^= hash >> 33;
    return hash ? hash : 1;
}

/* Where a digest stands or would stand. The part has a free place. */
static uint32_t find_place(const struct import_seen_part *part, uint64_t digest)
{
    uint32_t at = (uint32_t)(((digest & UINT32_MAX) * part->capacity) >> 32);

    while (part->digests[at] && part->digests[at] != digest)
        at = at + 1 < part->capacity ? at + 1 : 0;
    return at;
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        abort();
    return memory;
}

static void grow(struct import_seen_part *part)
{
    struct import_seen_part larger = {.count = part->count,
                                      .capacity = part->capacity ? part->capacity + part->capacity / 4
                                                                 : CAPACITY_FIRST};

    larger.digests = zeroed(larger.capacity, sizeof *larger.digests);
    larger.rows = zeroed(larger.capacity, sizeof *larger.rows);
    for (uint32_t i = 0; i < part->capacity; i++) {
        if (!part->digests[i])
            continue;
        uint32_t place = find_place(&larger, part->digests[i]);
        larger.digests[place] = part->digests[i];
        larger.rows[place] = part->rows[i];
    }
    free(part->digests);
    free(part->rows);
    *part = larger;
}

int64_t import_seen_before(struct import_seen *seen, const char *key, int64_t row)
{
    uint64_t digest = digest_of(key);
    struct import_seen_part *part = &seen->parts[digest >> 58];

    if ((uint64_t)part->count * 8 >= (uint64_t)part->capacity * FULL_PARTS)
        grow(part);
    uint32_t place = find_place(part, digest);
    if (part->digests[place])
        return part->rows[place];
    part->digests[place] = digest;
    part->rows[place] = row < UINT32_MAX ? (uint32_t)row : UINT32_MAX;
    part->count++;
    return 0;
}

void import_seen_release(struct import_seen *seen)
{
    for (int i = 0; i < IMPORT_SEEN_PARTS; i++) {
        free(seen->parts[i].digests);
        free(seen->parts[i].rows);
    }
    *seen = (struct import_seen){0};
}
