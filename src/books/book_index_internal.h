/*
 * book_index_internal.h — how the index lies in memory: for the files that look into it (book_index.c,
 * book_rank.c, book_narrow.c, book_facets.c) and nobody else.
 */
#ifndef CARREL_BOOKS_BOOK_INDEX_INTERNAL_H
#define CARREL_BOOKS_BOOK_INDEX_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "books/book_index.h"
#include "books/book_words.h"

#define NO_YEAR (-9999) /* as in schema.sql's book_by_year */

/* Text of each slot in turn, then TEXT_FIND_PADDING bytes. */
struct slot_texts {
    char *bytes;
    uint32_t room;
    uint32_t ends[BOOK_INDEX_BLOCK]; /* of a slot's */
};

/* Numbers of each slot in turn: of its genres, of its authors. */
struct slot_numbers {
    uint32_t *numbers;
    uint32_t room;
    uint32_t ends[BOOK_INDEX_BLOCK];
};

#define BOOK_AUTHORS_MAX (BOOK_AUTHOR_MAX / 2) /* that so many letters can name */

struct block {
    uint32_t used; /* slots up to the last title there is; what is kept of others means nothing */
    /* "title\nauthor\n", and an identifier of the library's own as one line more. Nothing: there is no such title. */
    struct slot_texts words;
    struct slot_texts
        codes; /* "9780306406157 0306406152\n", or nothing: a third of all text, where no word can stand */
    struct slot_numbers genres;
    struct slot_numbers authors; /* numbers in index->authors */
    int16_t years[BOOK_INDEX_BLOCK];
    uint16_t item_types[BOOK_INDEX_BLOCK];
    uint16_t languages[BOOK_INDEX_BLOCK];  /* numbers in index->languages */
    uint32_t versions[BOOK_INDEX_BLOCK];   /* the last 32 bits tell two apart */
    uint32_t created[BOOK_INDEX_BLOCK];    /* in seconds */
    uint64_t title_keys[BOOK_INDEX_BLOCK]; /* their first eight bytes, as a number that sorts like them */
    uint64_t author_keys[BOOK_INDEX_BLOCK];
    bool archived[BOOK_INDEX_BLOCK];
    /* Changed while others read. */
    _Atomic(uint32_t) borrow_counts[BOOK_INDEX_BLOCK];
    _Atomic(uint32_t) available_counts[BOOK_INDEX_BLOCK];
};

struct book_index {
    pthread_rwlock_t lock;
    struct block **blocks;
    size_t block_count; /* up to the last that there is */
    int64_t count;
    struct book_words words;
    struct book_words languages; /* in small letters */
    struct book_words authors;   /* each name, folded */
    uint32_t genre_end;          /* past the greatest number of a genre; so below */
    uint32_t item_type_end;
};

static inline uint32_t text_start(const struct slot_texts *texts, unsigned slot)
{
    return slot ? texts->ends[slot - 1] : 0;
}

static inline bool block_has(const struct block *block, unsigned slot)
{
    return slot < block->used && block->words.ends[slot] > text_start(&block->words, slot);
}

/*
 * Does the byte at `at` belong to a word of folded text that begins at `text`? Letters and digits do, and so
 * does every byte of other scripts but those of U+2000–U+207F and U+0080–U+00BF: dashes, quotation marks.
 */
static inline bool is_word_byte(const char *text, const char *at)
{
    unsigned char byte = (unsigned char)*at;

    if (byte < 0x80)
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    if (byte >= 0xC0)
        return byte != 0xC2 && !(byte == 0xE2 && ((unsigned char)at[1] & 0xFE) == 0x80);
    while (at > text && ((unsigned char)*at & 0xC0) == 0x80)
        at--;
    return is_word_byte(at, at);
}

/* Where the numbers of a slot begin; they end at ends[slot]. */
static inline uint32_t numbers_start(const struct slot_numbers *list, unsigned slot)
{
    return slot ? list->ends[slot - 1] : 0;
}

static inline bool numbers_have(const struct slot_numbers *list, unsigned slot, int64_t number)
{
    for (uint32_t i = numbers_start(list, slot); i < list->ends[slot]; i++)
        if (list->numbers[i] == number)
            return true;
    return false;
}

/*
 * Which of the index's languages `language` means, in the arena: "en" means "en-us" too. NULL: any. Under the lock.
 */
const bool *book_index_languages(const struct book_index *index, struct arena *arena, const char *language);

/* The number of the author with this folded name; NO_NUMBER: no title is by one. Under the lock. */
int64_t book_index_author(const struct book_index *index, const char *name);

/* Anything before it sorts before it; what begins with the same eight bytes is the same. */
static inline uint64_t key_prefix(const char *key)
{
    uint64_t prefix = 0;

    for (unsigned i = 0; i < 8; i++) {
        prefix = prefix << 8 | (unsigned char)*key;
        key += *key != '\0';
    }
    return prefix;
}

/* book_narrow.c: a row_set_narrow whose `finder` is the index. */
const struct row_set *book_index_narrow(const struct row_set *set, struct arena *arena,
                                        const struct row_page *page, bool *out_all);

/* One letter of an alphabet: too little to be looked for inside of words. (A Chinese one is a word.) */
static inline bool is_letter(const char *word)
{
    unsigned char first = (unsigned char)word[0];

    return word[1] == '\0' || (first >= 0xC0 && first < 0xE0 && word[2] == '\0');
}

#endif
