/*
 * book_narrow.c — which titles of a set may stand on a page of a sorted list.
 *
 * To sort a few thousand titles for one page, SQL has to read each from the table; to walk the order's index
 * until twenty of them have come, it may have to walk all of it. The index here knows what the sorts compare (of
 * texts the first eight bytes), so the few dozen that may come next are chosen first, and SQL looks at no others.
 * What is chosen is always enough; the exact order is SQL's.
 */
#include <string.h>

#include "base/clock.h"
#include "base/ctx.h"
#include "books/book_index_internal.h"

/*
 * The page is cut from a snapshot that may be a moment older than the index: should a few of the chosen have
 * moved meanwhile, it still fills.
 */
#define SPARE_ROWS 8

/* A place in the order: what is equal in both may stand in any order, unless `exact`. */
struct place {
    uint64_t key;
    int64_t id;
};

typedef uint64_t key_of(const struct block *block, unsigned slot);

static uint64_t title_key(const struct block *block, unsigned slot)
{
    return block->title_keys[slot];
}

static uint64_t author_key(const struct block *block, unsigned slot)
{
    return block->author_keys[slot];
}

static uint64_t created_key(const struct block *block, unsigned slot)
{
    return block->created[slot];
}

static uint64_t year_key(const struct block *block, unsigned slot)
{
    return (uint64_t)(block->years[slot] - NO_YEAR);
}

static uint64_t available_key(const struct block *block, unsigned slot)
{
    return atomic_load_explicit(&block->available_counts[slot], memory_order_relaxed);
}

static uint64_t borrows_key(const struct block *block, unsigned slot)
{
    return atomic_load_explicit(&block->borrow_counts[slot], memory_order_relaxed);
}

/* `exact`: equal keys are equal values, so that ids decide between them. */
static const struct order {
    const char *sort;
    key_of *key;
    bool exact;
} orders[] = {
    {"title", title_key, false},
    {"author", author_key, false},
    {"created_at", created_key, false},
    {"year", year_key, true},
    {"available_copies", available_key, true},
    {"borrow_count", borrows_key, true},
};

struct narrowing {
    const struct book_index *index;
    const struct order *order;
    bool descending;
    struct place after;
    bool has_after;
    struct place *first; /* a heap of the first so many after it, the last of them on top */
    size_t count, max;
};

static uint64_t after_key(const struct order *order, const struct row_page *page)
{
    if (page->text)
        return key_prefix(page->text);
    if (order->key == year_key)
        return (uint64_t)(page->number - NO_YEAR);
    return (uint64_t)(order->key == created_key ? page->number / MS_PER_SECOND : page->number);
}

/* Below zero: `a` comes first. Zero: they may stand in either order. */
static int compare(const struct narrowing *n, const struct place *a, const struct place *b)
{
    int order = (a->key > b->key) - (a->key < b->key);

    if (order == 0 && n->order->exact)
        order = (a->id > b->id) - (a->id < b->id);
    return n->descending ? -order : order;
}

static struct place place_of(const struct narrowing *n, int64_t id)
{
    const struct block *block = n->index->blocks[id / BOOK_INDEX_BLOCK];

    return (struct place){n->order->key(block, (unsigned)(id % BOOK_INDEX_BLOCK)), id};
}

static void sink_top(struct narrowing *n)
{
    size_t at = 0;

    for (;;) {
        size_t last = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < n->count; child++)
            if (compare(n, &n->first[child], &n->first[last]) > 0)
                last = child;
        if (last == at)
            return;
        struct place kept = n->first[at];
        n->first[at] = n->first[last];
        n->first[last] = kept;
        at = last;
    }
}

static void consider(struct narrowing *n, struct place place)
{
    if (n->has_after && compare(n, &place, &n->after) <= 0)
        return;
    if (n->count == n->max) {
        if (compare(n, &place, &n->first[0]) < 0) {
            n->first[0] = place;
            sink_top(n);
        }
        return;
    }
    size_t at = n->count++;
    n->first[at] = place;
    for (size_t above; at > 0 && compare(n, &n->first[at], &n->first[above = (at - 1) / 2]) > 0; at = above) {
        struct place kept = n->first[at];
        n->first[at] = n->first[above];
        n->first[above] = kept;
    }
}

/* Ids and dates grow together: begun at the other end, each title would be better than all before it. */
static void consider_all(struct narrowing *n, const struct row_set *set)
{
    if (n->descending)
        for (int64_t id = row_set_before(set, set->end); id >= 0; id = row_set_before(set, id))
            consider(n, place_of(n, id));
    else
        for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1))
            consider(n, place_of(n, id));
}

/* From what may tie with the row the page comes after, to what may tie with the last that it needs. */
static void keep_between(struct narrowing *n, const struct row_set *set, struct row_set *kept)
{
    for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1)) {
        struct place place = place_of(n, id);
        if (n->has_after && compare(n, &place, &n->after) < 0)
            continue;
        if (n->count < n->max || compare(n, &place, &n->first[0]) <= 0)
            row_set_add(kept, id);
    }
}

const struct row_set *book_index_narrow(const struct row_set *set, struct arena *arena,
                                        const struct row_page *page, bool *out_all)
{
    struct book_index *index = set->finder;
    struct narrowing n = {.index = index,
                          .descending = page->descending,
                          .has_after = page->after,
                          .max = (size_t)page->rows + SPARE_ROWS};
    struct row_set *kept = arena_alloc(arena, sizeof *kept);

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(orders[i].sort, page->sort) == 0)
            n.order = &orders[i];
    if (!n.order)
        return NULL;
    *kept = row_set_new(arena, set->end);
    kept->of = set->of;
    n.first = arena_alloc_array(arena, n.max, sizeof *n.first);
    if (page->after)
        n.after = (struct place){after_key(n.order, page), page->id};
    pthread_rwlock_rdlock(&index->lock);
    consider_all(&n, set);
    keep_between(&n, set, kept);
    pthread_rwlock_unlock(&index->lock);
    *out_all = n.count < n.max;
    return kept;
}
