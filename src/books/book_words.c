/*
 * book_words.c — the words of the catalogue. Looked through from end to end: some ten thousand words are a few
 * hundred microseconds, of which a tree or a trie would save little and cost more memory than the words.
 */
#include "books/book_words.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_WORDS 256
#define FIRST_TEXT 4096

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static uint32_t hash_of(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static uint32_t letters_of(const char *text, size_t length)
{
    uint32_t letters = 0;

    for (size_t i = 0; i < length; i++)
        letters |= 1u << ((unsigned char)text[i] % 32);
    return letters;
}

void book_words_release(struct book_words *words)
{
    free(words->words);
    free(words->slots);
    free(words->text);
    *words = (struct book_words){0};
}

size_t book_words_bytes(const struct book_words *words)
{
    return words->room * sizeof *words->words + words->slot_count * sizeof *words->slots + words->text_room;
}

const char *book_words_text(const struct book_words *words, uint32_t number, size_t *out_length)
{
    *out_length = words->words[number].length;
    return words->text + words->words[number].place;
}

/* The slot of this word, or the empty one where it belongs. */
static uint32_t *find_slot(const struct book_words *words, const char *text, size_t length)
{
    uint32_t at = hash_of(text, length) & (words->slot_count - 1);

    for (; words->slots[at]; at = (at + 1) & (words->slot_count - 1)) {
        const struct book_word *word = &words->words[words->slots[at] - 1];
        if (word->length == length && memcmp(words->text + word->place, text, length) == 0)
            break;
    }
    return &words->slots[at];
}

static void make_room(struct book_words *words, size_t length)
{
    if (words->count == words->room) {
        words->room = words->room ? words->room * 2 : FIRST_WORDS;
        words->words = must(realloc(words->words, words->room * sizeof *words->words));
        words->slot_count = words->room * 2;
        free(words->slots);
        words->slots = must(calloc(words->slot_count, sizeof *words->slots));
        for (uint32_t i = 0; i < words->count; i++)
            *find_slot(words, words->text + words->words[i].place, words->words[i].length) = i + 1;
    }
    /* An empty text is a word too, and wants a place. */
    while (words->text_length + length >= words->text_room) {
        words->text_room = words->text_room ? words->text_room * 2 : FIRST_TEXT;
        words->text = must(realloc(words->text, words->text_room));
    }
}

uint32_t book_words_add(struct book_words *words, const char *text, size_t length)
{
    make_room(words, length);
    uint32_t *slot = find_slot(words, text, length);
    if (*slot == 0) {
        words->words[words->count] = (struct book_word){
            .place = words->text_length, .length = (uint32_t)length, .letters = letters_of(text, length)};
        memcpy(words->text + words->text_length, text, length);
        words->text_length += (uint32_t)length;
        *slot = ++words->count;
    }
    words->words[*slot - 1].uses++;
    return *slot - 1;
}

static struct book_word *find_word(const struct book_words *words, const char *text, size_t length)
{
    uint32_t number = words->slot_count ? *find_slot(words, text, length) : 0;

    return number ? &words->words[number - 1] : NULL;
}

void book_words_drop(struct book_words *words, const char *text, size_t length)
{
    struct book_word *word = find_word(words, text, length);

    if (word && word->uses > 0)
        word->uses--;
}

bool book_words_find(const struct book_words *words, const char *text, size_t length, uint32_t *out_number)
{
    const struct book_word *word = find_word(words, text, length);

    if (word)
        *out_number = (uint32_t)(word - words->words);
    return word != NULL;
}

bool book_words_has(const struct book_words *words, const char *text, size_t length)
{
    const struct book_word *word = find_word(words, text, length);

    return word && word->uses > 0;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Rows of the usual table, of which the last three are needed: bytes, not letters; good enough for a guess. */
static unsigned distance_between(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][BOOK_WORD_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

bool book_words_nearest(const struct book_words *words, const char *text, size_t length, unsigned distance,
                        uint32_t least_uses, uint32_t *out_number)
{
    uint32_t letters = letters_of(text, length);
    unsigned nearest = distance + 1;
    uint32_t uses = 0;

    if (length > BOOK_WORD_MAX)
        return false;
    for (uint32_t i = 0; i < words->count; i++) {
        const struct book_word *word = &words->words[i];
        if (word->uses < least_uses || word->length > BOOK_WORD_MAX || word->length > length + distance ||
            length > word->length + distance)
            continue;
        /* A changed letter takes one kind away and brings another. */
        if ((unsigned)__builtin_popcount(word->letters ^ letters) > 2 * distance)
            continue;
        unsigned apart = distance_between(text, length, words->text + word->place, word->length);
        if (apart < nearest || (apart == nearest && apart <= distance && word->uses > uses)) {
            nearest = apart;
            uses = word->uses;
            *out_number = i;
        }
    }
    return nearest <= distance;
}

size_t book_words_beginning(const struct book_words *words, const char *prefix, size_t length,
                            uint32_t *out_numbers, size_t max)
{
    size_t count = 0;

    for (uint32_t i = 0; i < words->count; i++) {
        const struct book_word *word = &words->words[i];
        if (word->length <= length || word->uses == 0 ||
            memcmp(words->text + word->place, prefix, length) != 0)
            continue;
        size_t place = count;
        while (place > 0 && words->words[out_numbers[place - 1]].uses < word->uses)
            place--;
        if (place == max)
            continue;
        if (count < max)
            count++;
        memmove(out_numbers + place + 1, out_numbers + place, (count - place - 1) * sizeof *out_numbers);
        out_numbers[place] = i;
    }
    return count;
}
