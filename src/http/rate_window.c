/*
 * rate_window.c — a hash table of keys; each has a queue of instants in blocks of one cache line, and stands in
 * one of two lists, newest first: idle keys and busy ones. Everything is an index into three arrays.
 */
#include "http/rate_window.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"

#define NONE 0 /* entry 0 and block 0 are not used */
#define BUCKETS RATE_WINDOW_KEYS_MAX
#define HASH_PARTS 5
#define BUSY_BLOCKS_MAX (RATE_WINDOW_BLOCKS_MAX / 4 * 3)
#define SWEEP_AT_ONCE 2 /* more than one request adds, so old ones always run out */

/* Instants as the low half of monotonic milliseconds: within one window their differences are exact. */
struct block {
    uint32_t times[RATE_WINDOW_BLOCK_TIMES];
    uint32_t next;
};

enum list_name { IDLE, BUSY, LIST_COUNT };

struct entry {
    struct rate_key key;
    uint32_t in_bucket; /* the next in the same bucket, or in the list of free entries */
    uint32_t newer, older;
    uint32_t first, last; /* blocks: of the oldest instant, of the newest */
    uint32_t count;       /* of instants */
    uint32_t block_count;
    uint8_t first_at; /* index of the oldest instant in its block */
    uint8_t list;     /* enum list_name */
    int64_t touched_ms;
};

struct list {
    uint32_t newest, oldest;
};

struct rate_window {
    pthread_mutex_t mutex;
    struct entry *entries;
    struct block *blocks;
    uint32_t *buckets;
    struct list lists[LIST_COUNT];
    uint32_t free_entries, free_blocks; /* given back */
    uint32_t fresh_entry, fresh_block;  /* never used from here on: their memory is not touched yet */
    uint32_t used_entries, used_blocks;
    uint32_t busy_blocks;
    int64_t now_ms; /* the latest told: threads may come here out of order */
    uint64_t hash_key[HASH_PARTS + 1];
};

static_assert(sizeof(struct block) == 64, "a block is a cache line");
static_assert((sizeof(struct entry) + sizeof(uint32_t)) * (RATE_WINDOW_KEYS_MAX + 1) +
                      sizeof(struct block) * (RATE_WINDOW_BLOCKS_MAX + 1) <=
                  RATE_WINDOW_BYTES_MAX,
              "all of it fits");
static_assert(RATE_LIMIT_MAX / RATE_WINDOW_BLOCK_TIMES + 2 < BUSY_BLOCKS_MAX, "one key never needs all");

struct rate_window *rate_window_new(void)
{
    struct rate_window *window = calloc(1, sizeof *window);

    if (!window || !(window->entries = calloc(RATE_WINDOW_KEYS_MAX + 1, sizeof *window->entries)) ||
        !(window->blocks = calloc(RATE_WINDOW_BLOCKS_MAX + 1, sizeof *window->blocks)) ||
        !(window->buckets = calloc(BUCKETS, sizeof *window->buckets)))
        abort();
    pthread_mutex_init(&window->mutex, NULL);
    window->fresh_entry = window->fresh_block = 1;
    random_bytes(window->hash_key, sizeof window->hash_key);
    return window;
}

void rate_window_free(struct rate_window *window)
{
    if (!window)
        return;
    pthread_mutex_destroy(&window->mutex);
    free(window->entries);
    free(window->blocks);
    free(window->buckets);
    free(window);
}

/* ---- the table ----------------------------------------------------------------------------------------- */

static uint32_t *bucket_of(struct rate_window *window, const struct rate_key *key)
{
    const uint32_t parts[HASH_PARTS] = {(uint32_t)key->parts[0], (uint32_t)(key->parts[0] >> 32),
                                        (uint32_t)key->parts[1], (uint32_t)(key->parts[1] >> 32), key->kind};
    uint64_t sum = window->hash_key[HASH_PARTS];

    for (size_t i = 0; i < HASH_PARTS; i++)
        sum += window->hash_key[i] * parts[i];
    return &window->buckets[(sum >> 32) % BUCKETS];
}

static bool is_same(const struct rate_key *a, const struct rate_key *b)
{
    return a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1] && a->kind == b->kind;
}

static void unlink_from_bucket(struct rate_window *window, uint32_t index)
{
    uint32_t *link = bucket_of(window, &window->entries[index].key);

    while (*link != index)
        link = &window->entries[*link].in_bucket;
    *link = window->entries[index].in_bucket;
}

/* ---- the lists ----------------------------------------------------------------------------------------- */

static void leave_list(struct rate_window *window, uint32_t index)
{
    struct entry *entry = &window->entries[index];
    struct list *list = &window->lists[entry->list];

    *(entry->newer ? &window->entries[entry->newer].older : &list->newest) = entry->older;
    *(entry->older ? &window->entries[entry->older].newer : &list->oldest) = entry->newer;
    if (entry->list == BUSY)
        window->busy_blocks -= entry->block_count;
}

static void enter_list(struct rate_window *window, uint32_t index)
{
    struct entry *entry = &window->entries[index];

    entry->list = entry->count >= RATE_WINDOW_BUSY ? BUSY : IDLE;
    struct list *list = &window->lists[entry->list];
    entry->newer = NONE;
    entry->older = list->newest;
    *(list->newest ? &window->entries[list->newest].newer : &list->oldest) = index;
    list->newest = index;
    if (entry->list == BUSY)
        window->busy_blocks += entry->block_count;
}

/* ---- instants ------------------------------------------------------------------------------------------ */

static void free_block(struct rate_window *window, struct entry *entry, uint32_t index)
{
    window->blocks[index].next = window->free_blocks;
    window->free_blocks = index;
    window->used_blocks--;
    entry->block_count--;
}

static void forget_oldest(struct rate_window *window, struct entry *entry)
{
    uint32_t first = entry->first;

    entry->count--;
    if (++entry->first_at < RATE_WINDOW_BLOCK_TIMES && entry->count > 0)
        return;
    entry->first = entry->count > 0 ? window->blocks[first].next : NONE;
    entry->first_at = 0;
    free_block(window, entry, first);
}

static uint32_t oldest_time(const struct rate_window *window, const struct entry *entry)
{
    return window->blocks[entry->first].times[entry->first_at];
}

/* The instants that matter no more. `now` is the low half: an entry untouched for long is emptied whole before. */
static void forget_old(struct rate_window *window, struct entry *entry, uint32_t now)
{
    while (entry->count > 0 && now - oldest_time(window, entry) >= RATE_WINDOW_MS)
        forget_oldest(window, entry);
}

static void forget_all(struct rate_window *window, struct entry *entry)
{
    while (entry->count > 0)
        forget_oldest(window, entry);
}

static void remove_entry(struct rate_window *window, uint32_t index)
{
    struct entry *entry = &window->entries[index];

    unlink_from_bucket(window, index);
    leave_list(window, index);
    forget_all(window, entry);
    entry->in_bucket = window->free_entries;
    window->free_entries = index;
    window->used_entries--;
}

/* ---- room ---------------------------------------------------------------------------------------------- */

static void make_room(struct rate_window *window)
{
    bool busy_are_too_many = window->busy_blocks > BUSY_BLOCKS_MAX;
    uint32_t quietest = window->lists[busy_are_too_many ? BUSY : IDLE].oldest;

    remove_entry(window, quietest ? quietest : window->lists[BUSY].oldest);
}

static uint32_t new_block(struct rate_window *window)
{
    if (!window->free_blocks && window->fresh_block > RATE_WINDOW_BLOCKS_MAX)
        make_room(window);
    uint32_t index = window->free_blocks;
    if (index)
        window->free_blocks = window->blocks[index].next;
    else
        index = window->fresh_block++;
    window->blocks[index].next = NONE;
    window->used_blocks++;
    return index;
}

static uint32_t new_entry(struct rate_window *window, const struct rate_key *key)
{
    if (!window->free_entries && window->fresh_entry > RATE_WINDOW_KEYS_MAX)
        make_room(window);
    uint32_t index = window->free_entries;
    if (index)
        window->free_entries = window->entries[index].in_bucket;
    else
        index = window->fresh_entry++;
    uint32_t *bucket = bucket_of(window, key);
    window->entries[index] = (struct entry){.key = *key, .in_bucket = *bucket};
    *bucket = index;
    window->used_entries++;
    return index;
}

static void remember(struct rate_window *window, struct entry *entry, uint32_t now)
{
    uint32_t at = (entry->first_at + entry->count) % RATE_WINDOW_BLOCK_TIMES;

    if (at == 0 || entry->count == 0) {
        uint32_t block = new_block(window);
        *(entry->count > 0 ? &window->blocks[entry->last].next : &entry->first) = block;
        entry->last = block;
        entry->block_count++;
    }
    window->blocks[entry->last].times[at] = now;
    entry->count++;
}

/* Who was not heard of for a whole window is as good as unknown. */
static void sweep(struct rate_window *window, int64_t now_ms)
{
    for (int list = IDLE; list < LIST_COUNT; list++) {
        for (int i = 0; i < SWEEP_AT_ONCE; i++) {
            uint32_t oldest = window->lists[list].oldest;
            if (!oldest || now_ms - window->entries[oldest].touched_ms < RATE_WINDOW_MS)
                break;
            remove_entry(window, oldest);
        }
    }
}

/* The key's entry, in no list: nothing that makes room can take it away. */
static uint32_t take_entry(struct rate_window *window, const struct rate_key *key, int64_t now_ms)
{
    uint32_t index = *bucket_of(window, key);

    while (index && !is_same(&window->entries[index].key, key))
        index = window->entries[index].in_bucket;
    if (!index)
        return new_entry(window, key);
    leave_list(window, index);
    if (now_ms - window->entries[index].touched_ms >= RATE_WINDOW_MS)
        forget_all(window, &window->entries[index]);
    return index;
}

int64_t rate_window_take(struct rate_window *window, const struct rate_key *key, int limit, int64_t now_ms)
{
    int64_t wait_ms = 0;

    assert(limit > 0 && limit <= RATE_LIMIT_MAX);
    pthread_mutex_lock(&window->mutex);
    now_ms = window->now_ms = now_ms > window->now_ms ? now_ms : window->now_ms;
    uint32_t now = (uint32_t)now_ms;
    sweep(window, now_ms);
    uint32_t index = take_entry(window, key, now_ms);
    struct entry *entry = &window->entries[index];
    forget_old(window, entry, now);
    if (entry->count < (uint32_t)limit)
        remember(window, entry, now);
    else
        wait_ms = RATE_WINDOW_MS - (int64_t)(now - oldest_time(window, entry));
    entry->touched_ms = now_ms;
    enter_list(window, index);
    pthread_mutex_unlock(&window->mutex);
    return wait_ms;
}

struct rate_window_figures rate_window_figures(struct rate_window *window)
{
    pthread_mutex_lock(&window->mutex);
    struct rate_window_figures figures = {
        .keys = window->used_entries,
        .blocks = window->used_blocks,
        .bytes = (RATE_WINDOW_KEYS_MAX + 1) * sizeof *window->entries +
                 (RATE_WINDOW_BLOCKS_MAX + 1) * sizeof *window->blocks + BUCKETS * sizeof *window->buckets,
    };
    pthread_mutex_unlock(&window->mutex);
    return figures;
}
