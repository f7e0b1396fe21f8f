/*
 * book_rank.c — reading what somebody typed, and telling good matches from mere ones.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "base/text_find.h"
#include "books/book_index_internal.h"

#define LONG_WORD 8 /* from so many letters on two mistakes are forgiven */

/* ---- what was typed ------------------------------------------------------------------------------------ */

/* Past a hyphen or dash of any kind; NULL: none stands here. */
static const char *skip_dash(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;

    if (byte[0] == '-')
        return at + 1;
    bool dash = byte[0] == 0xE2 && byte[1] == 0x80 && byte[2] >= 0x90 && byte[2] <= 0x95;
    return dash ? at + 3 : NULL;
}

/* The digits of a number with hyphens in it ("978-0-14", "07414-x"), up to the next space; NULL: it is none. */
static char *joined_number(struct arena *arena, const char *at, const char **out_end)
{
    char *digits = arena_alloc(arena, strcspn(at, " ") + 1);
    size_t count = 0;
    bool dashed = false;

    while (*at && *at != ' ') {
        const char *after = skip_dash(at);
        bool last_x = *at == 'x' && count > 0 && (at[1] == '\0' || at[1] == ' ');
        if (after)
            dashed = true;
        else if ((*at >= '0' && *at <= '9') || last_x)
            digits[count++] = *at;
        else
            return NULL;
        at = after ? after : at + 1;
    }
    *out_end = at;
    return dashed && count > 1 ? digits : NULL;
}

/* The same text with the hyphens of its numbers left out. */
static const char *join_numbers(struct arena *arena, const char *folded, bool *out_had_number)
{
    struct text_buf joined;

    text_buf_init(&joined, arena);
    for (const char *at = folded; *at;) {
        const char *end = at + strcspn(at, " ");
        const char *digits = joined_number(arena, at, &end);
        if (digits) {
            text_buf_append(&joined, digits);
            *out_had_number = true;
        } else {
            text_buf_append_bytes(&joined, at, (size_t)(end - at));
        }
        at = end + strspn(end, " ");
        text_buf_append_char(&joined, ' ');
    }
    return text_buf_string(&joined);
}

static bool is_article(const char *word)
{
    return strcmp(word, "the") == 0 || strcmp(word, "a") == 0 || strcmp(word, "an") == 0;
}

bool book_question_read(struct arena *arena, const char *typed, bool apart, struct book_question *question,
                        bool *out_had_number)
{
    const char *folded = text_fold(arena, typed);
    bool had_number = false;
    const char *joined = join_numbers(arena, folded, &had_number);

    question->word_count = text_words(arena, apart ? folded : joined, question->words, SEARCH_WORDS_MAX);
    if (question->word_count > 1 && is_article(question->words[0]))
        memmove(question->words, question->words + 1, --question->word_count * sizeof *question->words);
    *out_had_number = had_number;
    return question->word_count > 0;
}

/* ---- rank ---------------------------------------------------------------------------------------------- */

enum rank { TITLE_IS_IT, TITLE_BEGINS_SO, WORDS_OF_TITLE, WORDS_OF_AUTHOR, MERE_MATCH };

struct candidate {
    int64_t id;
    enum rank rank;
    uint32_t borrow_count;
    const char *title;
    size_t title_length;
};

struct ranking {
    struct text_needle words[SEARCH_WORDS_MAX];
    size_t word_count;
    const char *typed; /* without an article */
    size_t typed_length;
    struct candidate *best; /* a heap, the worst on top */
    size_t count, max;
};

/* Asked of every title that matches, so in constants that the compiler knows. */
static const char *skip_article(const char *text, const char *end)
{
    if (end - text > 4 && memcmp(text, "the ", 4) == 0)
        return text + 4;
    if (end - text > 3 && memcmp(text, "an ", 3) == 0)
        return text + 3;
    return end - text > 2 && memcmp(text, "a ", 2) == 0 ? text + 2 : text;
}

static bool has_word(const char *text, const char *end, const struct text_needle *word, bool whole)
{
    for (const char *at = text; (at = text_find(at, end, word)) != NULL; at++) {
        const char *after = at + word->length;
        if ((at == text || !is_word_byte(text, at - 1)) &&
            (!whole || after == end || !is_word_byte(after, after)))
            return true;
    }
    return false;
}

static bool has_words(const struct ranking *ranking, const char *text, const char *end, bool whole)
{
    for (size_t i = 0; i < ranking->word_count; i++)
        if (!has_word(text, end, &ranking->words[i], whole))
            return false;
    return true;
}

/* Texts end with a newline, which nobody types: strncmp() stops there. */
static bool begins_so(const struct ranking *ranking, const char *text, const char *end, const char **out_rest)
{
    const char *title = skip_article(text, end);

    *out_rest = title + ranking->typed_length;
    return *title == *ranking->typed && ranking->typed_length > 0 &&
           strncmp(title, ranking->typed, ranking->typed_length) == 0;
}

static enum rank rank_by_words(const struct ranking *ranking, const char *text, const char *title_end,
                               const char *end)
{
    if (has_words(ranking, text, title_end, true))
        return WORDS_OF_TITLE;
    const char *author_end = memchr(title_end + 1, '\n', (size_t)(end - title_end - 1));
    return has_words(ranking, title_end + 1, author_end, false) ? WORDS_OF_AUTHOR : MERE_MATCH;
}

static int compare_text(const struct candidate *a, const struct candidate *b)
{
    size_t shorter = a->title_length < b->title_length ? a->title_length : b->title_length;
    int order = memcmp(a->title, b->title, shorter);

    return order ? order : (a->title_length > b->title_length) - (a->title_length < b->title_length);
}

/* Below zero: `a` is better. */
static int compare(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    int order;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->borrow_count != b->borrow_count)
        return a->borrow_count > b->borrow_count ? -1 : 1;
    order = compare_text(a, b);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

static void swap(struct candidate *a, struct candidate *b)
{
    struct candidate kept = *a;

    *a = *b;
    *b = kept;
}

static void sink_top(struct ranking *ranking)
{
    size_t at = 0;

    for (;;) {
        size_t worst = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < ranking->count; child++)
            if (compare(&ranking->best[child], &ranking->best[worst]) > 0)
                worst = child;
        if (worst == at)
            return;
        swap(&ranking->best[at], &ranking->best[worst]);
        at = worst;
    }
}

static void consider(struct ranking *ranking, const struct candidate *candidate)
{
    if (ranking->count == ranking->max) {
        if (compare(candidate, &ranking->best[0]) >= 0)
            return;
        ranking->best[0] = *candidate;
        sink_top(ranking);
        return;
    }
    size_t at = ranking->count++;
    ranking->best[at] = *candidate;
    for (; at > 0 && compare(&ranking->best[at], &ranking->best[(at - 1) / 2]) > 0; at = (at - 1) / 2)
        swap(&ranking->best[at], &ranking->best[(at - 1) / 2]);
}

/* Is there room for no more, and would the best that this may still be come after all that there are? */
static bool is_hopeless(const struct ranking *ranking, enum rank best, uint32_t borrow_count)
{
    const struct candidate *worst = &ranking->best[0];

    return ranking->count == ranking->max &&
           (best > worst->rank || (best == worst->rank && borrow_count < worst->borrow_count));
}

static void consider_slot(struct ranking *ranking, const struct block *block, unsigned slot, int64_t id)
{
    const char *text = block->words.bytes + text_start(&block->words, slot);
    const char *end = block->words.bytes + block->words.ends[slot];
    uint32_t borrow_count = atomic_load_explicit(&block->borrow_counts[slot], memory_order_relaxed);
    const char *rest;
    bool begins = begins_so(ranking, text, end, &rest);

    if (is_hopeless(ranking, begins ? TITLE_IS_IT : WORDS_OF_TITLE, borrow_count))
        return;
    const char *title_end = memchr(text, '\n', (size_t)(end - text));
    struct candidate candidate = {
        .id = id, .borrow_count = borrow_count, .title = text, .title_length = (size_t)(title_end - text)};
    if (begins)
        candidate.rank = rest == title_end ? TITLE_IS_IT : TITLE_BEGINS_SO;
    else
        candidate.rank = rank_by_words(ranking, text, title_end, end);
    consider(ranking, &candidate);
}

static void consider_all(struct book_index *index, const struct row_set *set, struct ranking *ranking)
{
    for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1)) {
        const struct block *block = index->blocks[id / BOOK_INDEX_BLOCK];
        unsigned slot = (unsigned)(id % BOOK_INDEX_BLOCK);
        if (block && block_has(block, slot))
            consider_slot(ranking, block, slot, id);
    }
}

size_t book_index_rank(struct book_index *index, struct arena *arena, const struct row_set *set,
                       const struct book_question *question, const char *typed, size_t skip, size_t max,
                       int64_t *out_ids)
{
    const char *typed_end = typed + strlen(typed);
    struct ranking ranking = {.typed = skip_article(typed, typed_end),
                              .max = skip + max,
                              .word_count = question->word_count,
                              .best = arena_alloc_array(arena, skip + max + 1, sizeof *ranking.best)};
    size_t count = 0;

    ranking.typed_length = (size_t)(typed_end - ranking.typed);
    for (size_t i = 0; i < question->word_count; i++)
        ranking.words[i] = text_needle(question->words[i], strlen(question->words[i]));
    if (max == 0)
        return 0;
    /* The titles that are compared lie in the index: the lock is kept until they are in order. */
    pthread_rwlock_rdlock(&index->lock);
    consider_all(index, set, &ranking);
    qsort(ranking.best, ranking.count, sizeof *ranking.best, compare);
    pthread_rwlock_unlock(&index->lock);
    for (size_t i = skip; i < ranking.count; i++)
        out_ids[count++] = ranking.best[i].id;
    return count;
}

/* ---- the vocabulary ------------------------------------------------------------------------------------ */

bool book_index_correct(struct book_index *index, struct arena *arena, struct book_question *question)
{
    bool corrected = false;

    pthread_rwlock_rdlock(&index->lock);
    for (size_t i = 0; i < question->word_count; i++) {
        const char *word = question->words[i];
        size_t length = strlen(word);
        uint32_t nearest;
        if (is_letter(word) || book_words_has(&index->words, word, length) ||
            !book_words_nearest(&index->words, word, length, text_length(word) >= LONG_WORD ? 2 : 1, 1,
                                &nearest))
            continue;
        const char *text = book_words_text(&index->words, nearest, &length);
        question->words[i] = arena_strndup(arena, text, length);
        corrected = true;
    }
    pthread_rwlock_unlock(&index->lock);
    return corrected;
}

/* So many times as often, a near word is worth mentioning. */
#define FAR_MORE 5
#define SHORTEST_REPHRASED 4 /* letters; of shorter ones everything is near */

bool book_index_rephrase(struct book_index *index, struct arena *arena, struct book_question *question)
{
    bool rephrased = false;

    pthread_rwlock_rdlock(&index->lock);
    for (size_t i = 0; i < question->word_count; i++) {
        const char *word = question->words[i];
        size_t length = strlen(word);
        uint32_t number;
        if (text_length(word) < SHORTEST_REPHRASED)
            continue;
        bool known = book_words_find(&index->words, word, length, &number);
        uint32_t uses = known ? index->words.words[number].uses : 0;
        if (!book_words_nearest(&index->words, word, length, text_length(word) >= LONG_WORD ? 2 : 1,
                                (uses ? uses : 1) * FAR_MORE, &number))
            continue;
        const char *text = book_words_text(&index->words, number, &length);
        question->words[i] = arena_strndup(arena, text, length);
        rephrased = true;
    }
    pthread_rwlock_unlock(&index->lock);
    return rephrased;
}

size_t book_index_words(struct book_index *index, struct arena *arena, const char *prefix, size_t max,
                        const char **out_words)
{
    uint32_t *numbers = arena_alloc_array(arena, max + 1, sizeof *numbers);

    pthread_rwlock_rdlock(&index->lock);
    size_t count = book_words_beginning(&index->words, prefix, strlen(prefix), numbers, max);
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *text = book_words_text(&index->words, numbers[i], &length);
        out_words[i] = arena_strndup(arena, text, length);
    }
    pthread_rwlock_unlock(&index->lock);
    return count;
}
