/*
 * book_facets.c — what the titles that were found can be narrowed down by, and how many of them each value has.
 *
 * A facet is counted among the titles that fit everything else that is asked. So each title of the set is looked
 * at once: does it fit all filters, it counts in every facet; all but one, it counts in that one; else nowhere.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "books/book_index_internal.h"

#define YEARS 10
#define FIRST_DECADE (-10000) /* before all that an int16_t of ours holds */
#define DECADES 4280          /* up to INT16_MAX */
#define BIT(facet) (1u << (facet))

struct counting {
    const struct book_index *index;
    const struct book_question *question;
    const bool *languages;
    int64_t author;
    uint32_t *all; /* what the following lie in */
    uint32_t *counts[FACETS];
    uint32_t sizes[FACETS];
    uint32_t *titles_by;       /* of each author one title */
    uint32_t *language_groups; /* of each language, the one it counts as */
    const char **group_names;
    int64_t total;
};

struct book_question book_question_bare(const struct book_question *question)
{
    struct book_question bare = *question;

    bare.genre = bare.item_type_id = bare.year_from = bare.year_to = NO_NUMBER;
    bare.author_name = bare.language = NULL;
    bare.available = false;
    return bare;
}

static uint32_t decade_of(int year)
{
    return (uint32_t)(year - FIRST_DECADE) / YEARS;
}

static bool is_available(const struct block *block, unsigned slot)
{
    return atomic_load_explicit(&block->available_counts[slot], memory_order_relaxed) > 0;
}

/* The facets whose own filter the title does not fit. */
static unsigned misfits(const struct counting *c, const struct block *block, unsigned slot)
{
    const struct book_question *question = c->question;
    int year = block->years[slot];
    unsigned bits = 0;

    if ((question->year_from != NO_NUMBER && year < question->year_from) ||
        (question->year_to != NO_NUMBER && (year == NO_YEAR || year > question->year_to)))
        bits |= BIT(FACET_DECADE);
    if (question->available && !is_available(block, slot))
        bits |= BIT(FACET_AVAILABLE);
    if (question->item_type_id != NO_NUMBER && block->item_types[slot] != question->item_type_id)
        bits |= BIT(FACET_ITEM_TYPE);
    if (c->languages && !c->languages[block->languages[slot]])
        bits |= BIT(FACET_LANGUAGE);
    if (question->genre != NO_NUMBER && !numbers_have(&block->genres, slot, question->genre))
        bits |= BIT(FACET_GENRE);
    if (question->author_name && !numbers_have(&block->authors, slot, c->author))
        bits |= BIT(FACET_AUTHOR);
    return bits;
}

static inline void count_authors(struct counting *c, const struct block *block, unsigned slot, int64_t id)
{
    for (uint32_t i = numbers_start(&block->authors, slot); i < block->authors.ends[slot]; i++) {
        uint32_t author = block->authors.numbers[i];
        if (c->counts[FACET_AUTHOR][author]++ == 0)
            c->titles_by[author] = (uint32_t)id;
    }
}

static inline void count_genres(struct counting *c, const struct block *block, unsigned slot)
{
    for (uint32_t i = numbers_start(&block->genres, slot); i < block->genres.ends[slot]; i++)
        c->counts[FACET_GENRE][block->genres.numbers[i]]++;
}

/* Inlined with all facets, it asks nothing. */
static inline void count_title(struct counting *c, const struct block *block, unsigned slot, int64_t id,
                               unsigned facets)
{
    if (facets & BIT(FACET_GENRE))
        count_genres(c, block, slot);
    if (facets & BIT(FACET_AUTHOR))
        count_authors(c, block, slot, id);
    if (facets & BIT(FACET_DECADE) && block->years[slot] != NO_YEAR)
        c->counts[FACET_DECADE][decade_of(block->years[slot])]++;
    if (facets & BIT(FACET_LANGUAGE))
        c->counts[FACET_LANGUAGE][c->language_groups[block->languages[slot]]]++;
    if (facets & BIT(FACET_ITEM_TYPE))
        c->counts[FACET_ITEM_TYPE][block->item_types[slot]]++;
    if (facets & BIT(FACET_AVAILABLE))
        c->counts[FACET_AVAILABLE][is_available(block, slot)]++;
}

static bool is_narrowed(const struct book_question *question)
{
    return question->genre != NO_NUMBER || question->author_name || question->year_from != NO_NUMBER ||
           question->year_to != NO_NUMBER || question->language || question->item_type_id != NO_NUMBER ||
           question->available;
}

static void count_all(struct counting *c, const struct row_set *set)
{
    const unsigned all = BIT(FACETS) - 1;
    bool narrowed = is_narrowed(c->question);

    for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1)) {
        const struct block *block = c->index->blocks[id / BOOK_INDEX_BLOCK];
        unsigned slot = (unsigned)(id % BOOK_INDEX_BLOCK);
        if (!block || !block_has(block, slot))
            continue;
        unsigned bits = narrowed ? misfits(c, block, slot) : 0;
        c->total += bits == 0;
        if (bits == 0)
            count_title(c, block, slot, id, all);
        else if ((bits & (bits - 1)) == 0)
            count_title(c, block, slot, id, bits);
    }
}

/* en-us counts as en: the first that begins so stands for all of them. */
static void group_languages(struct counting *c, struct arena *arena)
{
    uint32_t count = c->index->languages.count;

    c->language_groups = arena_alloc_array(arena, count + 1, sizeof *c->language_groups);
    c->group_names = arena_alloc_array(arena, count + 1, sizeof *c->group_names);
    for (uint32_t i = 0; i < count; i++) {
        size_t length;
        const char *code = book_words_text(&c->index->languages, i, &length);
        const char *hyphen = memchr(code, '-', length);
        const char *name = arena_strndup(arena, code, hyphen ? (size_t)(hyphen - code) : length);
        uint32_t same = 0;
        while (same < i && (!c->group_names[same] || strcmp(c->group_names[same], name) != 0))
            same++;
        c->language_groups[i] = same;
        if (same == i)
            c->group_names[i] = name;
    }
}

/* A counter for each author that there is: too much for a request's arena where there are a million. */
static void allocate(struct counting *c)
{
    size_t numbers = c->sizes[FACET_AUTHOR];

    for (int facet = 0; facet < FACETS; facet++)
        numbers += c->sizes[facet];
    uint32_t *next = calloc(numbers + 1, sizeof *next);
    if (!next)
        abort();
    c->all = next;
    for (int facet = 0; facet < FACETS; facet++) {
        c->counts[facet] = next;
        next += c->sizes[facet];
    }
    c->titles_by = next;
}

static void prepare(struct counting *c, struct arena *arena)
{
    const struct book_index *index = c->index;
    const struct book_question *question = c->question;

    c->languages = book_index_languages(index, arena, question->language);
    c->author = question->author_name ? book_index_author(index, question->author_name) : NO_NUMBER;
    c->sizes[FACET_GENRE] = index->genre_end;
    c->sizes[FACET_AUTHOR] = index->authors.count;
    c->sizes[FACET_DECADE] = DECADES;
    c->sizes[FACET_LANGUAGE] = index->languages.count;
    c->sizes[FACET_ITEM_TYPE] = index->item_type_end;
    c->sizes[FACET_AVAILABLE] = 2;
    group_languages(c, arena);
    allocate(c);
}

static struct facet_value value_of(const struct counting *c, struct arena *arena, enum book_facet facet,
                                   uint32_t number)
{
    struct facet_value value = {.number = number, .count = c->counts[facet][number]};
    size_t length;

    if (facet == FACET_DECADE)
        value.number = FIRST_DECADE + (int64_t)number * YEARS;
    if (facet == FACET_LANGUAGE)
        value.text = c->group_names[number];
    if (facet == FACET_AUTHOR) {
        const char *name = book_words_text(&c->index->authors, number, &length);
        value.text = arena_strndup(arena, name, length);
        value.title = c->titles_by[number];
    }
    return value;
}

/* The numbers that most titles have, in that order; how many. */
static size_t choose(const struct counting *c, enum book_facet facet, uint32_t chosen[FACET_VALUES_MAX])
{
    const uint32_t *counts = c->counts[facet];
    uint32_t least = 0; /* of those that are chosen, once there are enough */
    size_t count = 0;

    for (uint32_t number = 0; number < c->sizes[facet]; number++) {
        if (counts[number] <= least)
            continue;
        /* Titles of no language say nothing. */
        if (facet == FACET_LANGUAGE && (!c->group_names[number] || !*c->group_names[number]))
            continue;
        size_t place = count < FACET_VALUES_MAX ? count++ : count - 1;
        for (; place > 0 && counts[chosen[place - 1]] < counts[number]; place--)
            chosen[place] = chosen[place - 1];
        chosen[place] = number;
        if (count == FACET_VALUES_MAX)
            least = counts[chosen[count - 1]];
    }
    return count;
}

static void sort_latest_first(struct facet_value *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct facet_value value = values[i];
        size_t place = i;
        for (; place > 0 && values[place - 1].number < value.number; place--)
            values[place] = values[place - 1];
        values[place] = value;
    }
}

void book_index_facets(struct book_index *index, struct arena *arena, const struct row_set *set,
                       const struct book_question *question, struct book_facets *out)
{
    struct counting counting = {.index = index, .question = question};

    *out = (struct book_facets){0};
    pthread_rwlock_rdlock(&index->lock);
    prepare(&counting, arena);
    count_all(&counting, set);
    for (enum book_facet facet = 0; facet < FACETS; facet++) {
        uint32_t chosen[FACET_VALUES_MAX];
        out->counts[facet] = choose(&counting, facet, chosen);
        for (size_t i = 0; i < out->counts[facet]; i++)
            out->values[facet][i] = value_of(&counting, arena, facet, chosen[i]);
    }
    pthread_rwlock_unlock(&index->lock);
    free(counting.all);
    sort_latest_first(out->values[FACET_DECADE], out->counts[FACET_DECADE]);
    out->total = counting.total;
}
