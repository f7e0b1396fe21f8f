/*
 * import_seen.c — a small hash set in the arena of the import.
 */
#include "catalogue_io/import_seen.h"

#include "base/arena.h"

#define CAPACITY_FIRST 1024

/* FNV-1a twice, from different beginnings and with the halves stirred: 128 bits that differ for different keys. */
static struct import_seen_entry digest(const char *key, int64_t row)
{
    uint64_t a = 0xcbf29ce484222325u;
    uint64_t b = 0x9e3779b97f4a7c15u;

    for (; *key; key++) {
        a = (a ^ (unsigned char)*key) * 0x100000001b3u;
        b = ((b ^ (unsigned char)*key) * 0xff51afd7ed558ccdu) ^ b >> 29;
    }
    return (struct import_seen_entry){.digest = {a ^ a >> 32, b ^ b >> 32}, .row = row};
}

/* Where an entry stands or would stand. */
static struct import_seen_entry *find_place(const struct import_seen *seen,
                                            const struct import_seen_entry *entry)
{
    size_t at = (size_t)entry->digest[0] & (seen->capacity - 1);

    for (;; at = (at + 1) & (seen->capacity - 1)) {
        struct import_seen_entry *place = &seen->entries[at];
        if (place->row == 0 || (place->digest[0] == entry->digest[0] && place->digest[1] == entry->digest[1]))
            return place;
    }
}

/* Twice the room; the old entries stay in the arena until the import is over. */
static void grow(struct import_seen *seen, struct arena *arena)
{
    struct import_seen larger = {.capacity = seen->capacity ? seen->capacity * 2 : CAPACITY_FIRST,
                                 .count = seen->count};

    larger.entries = arena_alloc_array(arena, larger.capacity, sizeof *larger.entries);
    for (size_t i = 0; i < seen->capacity; i++)
        if (seen->entries[i].row)
            *find_place(&larger, &seen->entries[i]) = seen->entries[i];
    *seen = larger;
}

int64_t import_seen_before(struct import_seen *seen, struct arena *arena, const char *key, int64_t row)
{
    struct import_seen_entry entry = digest(key, row);

    if (seen->count * 4 >= seen->capacity * 3)
        grow(seen, arena);
    struct import_seen_entry *place = find_place(seen, &entry);
    if (place->row)
        return place->row;
    *place = entry;
    seen->count++;
    return 0;
}
