/*
 * lexicon.h — the texts of seed/ taken apart: scenarios, genres, and for each language its lists of words and
 * the patterns that make titles and names of them. seed/en.txt explains the form.
 */
#ifndef CARREL_SEEDER_LEXICON_H
#define CARREL_SEEDER_LEXICON_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "seeder/dice.h"
#include "seeder/print.h"

#define LEXICON_LANGUAGES_MAX 32
#define LEXICON_LISTS_MAX 64    /* of one language */
#define LEXICON_ENTRIES_MAX 512 /* of one list */
#define LEXICON_ISBN_GROUPS_MAX 4
#define LEXICON_GENRES_MAX 48
#define LEXICON_FURTHER_MAX 8
#define LEXICON_SCENARIOS_MAX 16
#define LEXICON_LINE_MAX 1024 /* bytes */

/* How large a library is made. */
struct scenario {
    const char *name;
    int64_t books, members, borrows, months;
    int64_t stock_percent; /* copies, against an ordinary library */
    const char *purpose;
};

struct genre {
    const char *key;      /* "scifi", as in the patterns */
    const char *category; /* "Science Fiction", as in the catalogue */
    const char *further[LEXICON_FURTHER_MAX];
    size_t further_count;
};

/* Entries of a section; `latin` is how one is written in Latin letters (often the entry itself). */
struct word {
    const char *text;
    const char *latin;
    size_t length;      /* of text, in bytes */
    struct print print; /* of text … */
    uint64_t folded;    /* … and without case and accents (text_fold) */
};

struct word_list {
    const char *name;
    size_t name_length;
    const struct word *words;
    size_t count;
};

/* Some text, and a word after it. */
struct piece {
    const char *plain;
    size_t length;
    struct print print;
    const struct word_list *list; /* NULL: no word follows, and no piece */
};

struct pattern {
    const char *text; /* as in seed/; NULL: none */
    const struct piece *pieces;
};

struct title_pattern {
    const struct genre *genre;
    struct pattern title, subtitle;
};

struct language {
    const char *code;
    uint32_t books_share, members_share; /* parts of the sum over all languages */
    const char *isbn_groups[LEXICON_ISBN_GROUPS_MAX];
    size_t isbn_group_count;
    struct title_pattern *titles;
    size_t title_count;
    const struct pattern *name_patterns; /* of `names`, which says how many */
    struct word_list lists[LEXICON_LISTS_MAX];
    size_t list_count;
    const struct word_list *names, *publishers; /* among the lists */
};

struct lexicon {
    struct scenario scenarios[LEXICON_SCENARIOS_MAX];
    size_t scenario_count;
    struct genre genres[LEXICON_GENRES_MAX];
    size_t genre_count;
    struct language languages[LEXICON_LANGUAGES_MAX];
    size_t language_count;
    uint32_t books_shares, members_shares; /* sums */
};

/*
 * Reads the texts compiled in. They are part of the program, so a mistake in them is one of ours: it ends the
 * process with a line that says where it is. The unit tests read every line and try every pattern.
 */
const struct lexicon *lexicon_read(struct arena *arena);

const struct scenario *lexicon_scenario(const struct lexicon *lexicon, const char *name); /* NULL: none */
const struct word_list *lexicon_list(const struct language *language, const char *name);  /* NULL: none */

/* Takes a pattern of this language apart, once all its lists are there; a list that it does not have ends the process. */
struct pattern lexicon_pattern(struct arena *arena, const struct language *language, const char *text);

/*
 * Appends the pattern with a word drawn for each {list}; no two words of one text are alike (apart from case
 * and accents) where the lists allow it. `latin` gets the same in Latin letters; NULL: not wanted.
 */
void lexicon_fill(struct dice *dice, const struct pattern *pattern, struct text_buf *text,
                  struct text_buf *latin);

/* The print of what lexicon_fill() would append, throwing the same dice. */
struct print lexicon_print(struct dice *dice, const struct pattern *pattern);

#endif
