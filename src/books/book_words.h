/*
 * book_words.h — a vocabulary: each word once, with the number of times it is in use. Those of the titles and
 * authors put typing mistakes right and finish what is being typed; the language codes are kept in one too.
 *
 * A word that is no longer used keeps its number and its place; it is not found. Not locked: whoever has one
 * sees to that (books/book_index.c). Memory: about 30 bytes a word and its text.
 */
#ifndef CARREL_BOOKS_BOOK_WORDS_H
#define CARREL_BOOKS_BOOK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOK_WORD_MAX 64 /* bytes that count in a comparison; longer words are no one's typing mistake */

struct book_word {
    uint32_t place;   /* of its text */
    uint32_t length;  /* bytes */
    uint32_t uses;    /* 0: no longer used */
    uint32_t letters; /* which letters it has, a bit for each of 32 kinds */
};

struct book_words {
    struct book_word *words; /* in the order in which they came */
    uint32_t count, room;
    uint32_t *slots; /* a hash table of their numbers plus one */
    uint32_t slot_count;
    char *text;
    uint32_t text_length, text_room;
};

void book_words_release(struct book_words *words);
size_t book_words_bytes(const struct book_words *words);

/* One more use of this word; its number, from 0. */
uint32_t book_words_add(struct book_words *words, const char *text, size_t length);

/* One use less. */
void book_words_drop(struct book_words *words, const char *text, size_t length);

const char *book_words_text(const struct book_words *words, uint32_t number, size_t *out_length);

/* Its number, in use or not. False: it never was. */
bool book_words_find(const struct book_words *words, const char *text, size_t length, uint32_t *out_number);

/* Is this word in use? */
bool book_words_has(const struct book_words *words, const char *text, size_t length);

/*
 * The word in use that is nearest to `text`: at most `distance` letters put in, left out, changed or swapped
 * with their neighbour (optimal string alignment); among equals the most used. `least_uses`: others do not count, 1 or
 * more. False: none is so near.
 */
bool book_words_nearest(const struct book_words *words, const char *text, size_t length, unsigned distance,
                        uint32_t least_uses, uint32_t *out_number);

/* The most used words that begin with `prefix` and go on, at most `max`; how many there are is returned. */
size_t book_words_beginning(const struct book_words *words, const char *prefix, size_t length,
                            uint32_t *out_numbers, size_t max);

#endif
