/*
 * book_index.h — the catalogue in memory: what `q` and the filters of GET /books ask, of every title.
 *
 * Why this and not SQL. A title is found by *any* part of its words (from two letters on), by any filters
 * beside it, in every order, with the exact number of all that match, in a few milliseconds at 200,000 titles.
 * FTS5 finds beginnings of words quickly, but the matches of a common one cost a look-up each before they are
 * counted or sorted (p99 89 ms measured), and an index of trigrams has nothing shorter than three letters and
 * is no better at counting. The text itself, folded, is 13 MB; five of these are ISBNs, which lie apart, since no
 * word but a number stands in one. Looking through the rest sixty-four letters at a time (base/text_find.h) costs a
 * third of a millisecond, needs no structure that could be out of step with the text, and leaves the number of
 * matches behind as a by-product. So that is what is done. The full-text table in the library's file stays the
 * durable index: it answers where this one cannot, and --check holds it against the titles it is made of.
 *
 * What is held: the text of the book_search row (title and subtitle, author, both forms of the ISBN, folded),
 * what the filters ask, what the sorts compare (of texts the first eight bytes: enough to choose which few titles
 * SQL has to sort for a page, book_narrow.c), its authors one by one as the facets count them, and the vocabulary.
 * 151 bytes a title: 30 MB for 200,000, of which 13 are text and 4 the authors (book_index_bytes()). Texts lie
 * packed in blocks of BOOK_INDEX_BLOCK titles, so that an edit moves a quarter of a megabyte at most; smaller
 * blocks cost every search the time of finding the next.
 *
 * Kept true: filled at start by a thread of its own; after that changed only after COMMIT and before the client
 * that wrote is answered (db/watch.h). Threads: one lock, many readers; a title's lending state is changed
 * without keeping readers out. Nothing here knows SQL: books/index_repository.h fills and asks it.
 *
 * What matches. Every word of the question must stand somewhere in title, author or ISBN, as any part of
 * their words; a single letter or digit only at the beginning of a word. A leading English article of a
 * question of several words is not asked for. A number with hyphens is looked for without them (an ISBN's
 * part); book_question_read() with `apart` makes it several words (1939-1945).
 */
#ifndef CARREL_BOOKS_BOOK_INDEX_H
#define CARREL_BOOKS_BOOK_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/row_set.h"

struct arena;
struct book_index;

#define BOOK_INDEX_BLOCK 4096
#define BOOK_INDEX_IDS_MAX (1 << 24) /* ids grow from 1; no library has so many titles */

/* A title as it is put in. Texts are copied; title, author and isbn are folded. */
struct book_record {
    int64_t id, version;
    const char *title, *author, *isbn; /* as in its book_search row */
    const char *language;              /* NULL: not known */
    int64_t year;                      /* NO_NUMBER: not known */
    int64_t item_type_id;
    const char *title_key, *author_key; /* what the sorts by title and author compare */
    int64_t created_at;
    int64_t borrow_count, available_count;
    bool archived;
    const int64_t *genres; /* category ids */
    size_t genre_count;
};

/* What is asked. {.year_from = NO_NUMBER …} is BOOK_QUESTION_ANY: every live title. */
struct book_question {
    const char *words[SEARCH_WORDS_MAX]; /* folded */
    size_t word_count;
    const char *author;      /* folded, any part of it; NULL: any; so below */
    const char *author_name; /* folded, the whole name of one of its authors */
    const char *language;    /* a code; "en" finds "en-US" */
    int64_t year_from, year_to;
    int64_t item_type_id, genre; /* NO_NUMBER: any; what no title has: nothing */
    bool available;              /* only such */
    bool archived;               /* only such, else only live ones */
};

#define BOOK_QUESTION_ANY    \
    ((struct book_question){ \
        .year_from = NO_NUMBER, .year_to = NO_NUMBER, .item_type_id = NO_NUMBER, .genre = NO_NUMBER})

/* What a catalogue can be narrowed down by. */
enum book_facet {
    FACET_GENRE,
    FACET_AUTHOR,
    FACET_DECADE,
    FACET_LANGUAGE, /* without what stands behind a hyphen: en-US counts as en */
    FACET_ITEM_TYPE,
    FACET_AVAILABLE,
    FACETS
};

/* A value that titles have, and how many of them. */
struct facet_value {
    int64_t number; /* of a genre or an item type its id; a decade's first year; of FACET_AVAILABLE 1 or 0 */
    const char *text; /* of an author (folded), of a language; in the arena */
    int64_t title;    /* of an author: a title by them */
    int64_t count;
};

struct book_facets {
    struct facet_value values[FACETS]
                             [FACET_VALUES_MAX]; /* those that most titles have; decades latest first */
    size_t counts[FACETS];
    int64_t total; /* titles that match all that is asked */
};

struct book_index *book_index_new(void);
void book_index_free(struct book_index *index);
size_t book_index_bytes(struct book_index *index);
int64_t book_index_count(struct book_index *index); /* titles in it */

/* ---- filling and changing: one thread besides the one that fills --------------------------------------- */

/*
 * Adds or replaces. False: its numbers do not fit (an id past BOOK_INDEX_IDS_MAX, more than 65,535 item types
 * or languages): the index is of no use for such a library.
 */
bool book_index_put(struct book_index *index, const struct book_record *record);

/* The same while filling: what is there already was put in later, and stays. */
bool book_index_fill(struct book_index *index, const struct book_record *record);

/* The title is no more: not found, and not put in by who fills and has read it before. */
void book_index_remove(struct book_index *index, int64_t id);

/* Lent or come back. False: the title is new, or more than this has changed (its version has): put it in. */
bool book_index_touch(struct book_index *index, int64_t id, int64_t version, int64_t available_count,
                      int64_t borrow_count);

/* ---- asking ------------------------------------------------------------------------------------------- */

/*
 * The words of what somebody typed. `apart`: numbers with hyphens are words of their digits, not one number.
 * False when it has no words at all (and so finds nothing). *out_had_number says whether `apart` matters.
 */
bool book_question_read(struct arena *arena, const char *typed, bool apart, struct book_question *question,
                        bool *out_had_number);

/* All that match, in the arena. */
struct row_set book_index_find(struct book_index *index, struct arena *arena,
                               const struct book_question *question);

/* The same question without what the facets stand for. */
struct book_question book_question_bare(const struct book_question *question);

/*
 * Counts the facets of `set`, which is what the bare question finds: the values of each facet among the titles
 * that match all that is asked but this facet itself, so that another can be chosen in its place. Exact.
 */
void book_index_facets(struct book_index *index, struct arena *arena, const struct row_set *set,
                       const struct book_question *question, struct book_facets *out);

/*
 * The best of `set`, best first: `skip` of them left out, then at most `max`; how many is returned.
 * Best: the title is what was typed; then it begins so; then every word is a whole word of the title; then
 * every word begins a word of the author; then the rest. Among these what was lent more often comes first, then
 * the title in order of its folded text. `typed` is folded; a leading English article counts on neither side.
 */
size_t book_index_rank(struct book_index *index, struct arena *arena, const struct row_set *set,
                       const struct book_question *question, const char *typed, size_t skip, size_t max,
                       int64_t *out_ids);

/* How many live titles were lent more often than so. */
int64_t book_index_lent_more(struct book_index *index, int64_t borrow_count);

/*
 * The question's words that no title and no author has, replaced by the nearest that one has: one letter away,
 * two in words of eight letters and more. False: nothing was replaced.
 */
bool book_index_correct(struct book_index *index, struct arena *arena, struct book_question *question);

/*
 * The same for words that few titles have: the one that is replaced by a near word that far more have, if there is
 * one. False: nothing was replaced.
 */
bool book_index_rephrase(struct book_index *index, struct arena *arena, struct book_question *question);

/* The most used words of titles and authors that begin with `prefix` (folded) and go on, in the arena. */
size_t book_index_words(struct book_index *index, struct arena *arena, const char *prefix, size_t max,
                        const char **out_words);

/* An author as the index has them. */
struct index_author {
    const char *name; /* folded; in the arena */
    int64_t titles;   /* how many name them, archived ones included */
    int64_t title;    /* one of these */
};

/*
 * Authors whose name has all these words (folded) somewhere in it, by folded name, after `after` (NULL: from the
 * first); at most `max`, of NAMES_SHOWN_MAX + 1. How many is returned.
 */
size_t book_index_authors(struct book_index *index, struct arena *arena, const char *const *words,
                          size_t word_count, const char *after, size_t max, struct index_author *out_authors);

#endif
