/*
 * pack_span.h — what values a column has, so that keys of an index can be numbers of as few bits as possible: from the
 * lowest number to the highest, or which few short words (a status).
 */
#ifndef CARREL_DB_PACK_SPAN_H
#define CARREL_DB_PACK_SPAN_H

#include "db/load.h"

#define SPAN_WORDS_MAX 8
#define SPAN_WORD_BYTES 15

struct span_word {
    uint8_t length;
    char bytes[SPAN_WORD_BYTES];
};

/* Of all values but NULL. */
struct column_span {
    int64_t lowest, highest; /* lowest > highest: no numbers */
    bool has_null;
    bool is_wordy; /* other texts than the words, or blobs */
    size_t word_count;
    struct span_word words[SPAN_WORDS_MAX]; /* in the order in which they were met */
    uint8_t ranks[SPAN_WORDS_MAX];  /* of each in the order that an index has, from 0; after span_end() … */
    uint8_t ranked[SPAN_WORDS_MAX]; /* … and which word has that rank */
};

void span_begin(struct column_span *span);

/* The numbers from `lowest` to `highest`, both of which there are. */
void span_take_in(struct column_span *span, int64_t lowest, int64_t highest);

/* Which of the words it is, from 0; one more of them if need be. Makes the span wordy when that cannot be. */
int64_t span_add_word(struct column_span *span, const struct load_value *word);
void span_end(struct column_span *span);

#endif
