/*
 * book_authors.c — the authors there are, by name: a walk over the titles to count them, and one over their names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "books/book_index_internal.h"

static bool has_all(const char *name, size_t length, const char *const *words, size_t word_count)
{
    for (size_t i = 0; i < word_count; i++)
        if (!memmem(name, length, words[i], strlen(words[i])))
            return false;
    return true;
}

static int compare_names(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_numbers(const struct book_words *names, uint32_t a, uint32_t b)
{
    size_t a_length;
    size_t b_length;
    const char *a_name = book_words_text(names, a, &a_length);
    const char *b_name = book_words_text(names, b, &b_length);

    return compare_names(a_name, a_length, b_name, b_length);
}

/* Keeps the `max` first ones in order; how many there are now. */
static size_t insert(const struct book_words *names, uint32_t *chosen, size_t count, size_t max,
                     uint32_t number)
{
    if (count == max && compare_numbers(names, number, chosen[count - 1]) > 0)
        return count;
    size_t place = count < max ? count++ : count - 1;
    for (; place > 0 && compare_numbers(names, number, chosen[place - 1]) < 0; place--)
        chosen[place] = chosen[place - 1];
    chosen[place] = number;
    return count;
}

/* Of each author: how many titles, and one of them, a live one if there is. */
struct author_use {
    uint32_t titles;
    uint32_t title;
    bool live;
};

static void count_block(const struct block *block, size_t first_id, struct author_use *uses)
{
    uint32_t at = 0;

    for (unsigned slot = 0; slot < block->used; slot++)
        for (; at < block->authors.ends[slot]; at++) {
            struct author_use *use = &uses[block->authors.numbers[at]];
            use->titles++;
            if (use->live)
                continue;
            use->title = (uint32_t)(first_id + slot);
            use->live = !block->archived[slot];
        }
}

/* Too much for a request's arena where there are a million. */
static struct author_use *count_uses(const struct book_index *index)
{
    struct author_use *uses = calloc(index->authors.count + 1, sizeof *uses);

    if (!uses)
        abort();
    for (size_t b = 0; b < index->block_count; b++)
        if (index->blocks[b])
            count_block(index->blocks[b], b * BOOK_INDEX_BLOCK, uses);
    return uses;
}

size_t book_index_authors(struct book_index *index, struct arena *arena, const char *const *words,
                          size_t word_count, const char *after, size_t max, struct index_author *out_authors)
{
    uint32_t *chosen = arena_alloc_array(arena, max + 1, sizeof *chosen);
    const struct book_words *names = &index->authors;
    size_t count = 0;
    size_t length;

    pthread_rwlock_rdlock(&index->lock);
    struct author_use *uses = count_uses(index);
    for (uint32_t number = 0; number < names->count; number++) {
        const char *name = book_words_text(names, number, &length);
        if (uses[number].titles == 0 || !has_all(name, length, words, word_count))
            continue;
        if (!after || compare_names(name, length, after, strlen(after)) > 0)
            count = insert(names, chosen, count, max, number);
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = book_words_text(names, chosen[i], &length);
        out_authors[i] = (struct index_author){.name = arena_strndup(arena, name, length),
                                               .titles = uses[chosen[i]].titles,
                                               .title = uses[chosen[i]].title};
    }
    pthread_rwlock_unlock(&index->lock);
    free(uses);
    return count;
}
