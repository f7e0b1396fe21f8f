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
    struct span_word words[SPAN_WORDS_MAX]; /* in the order of span_code() once span_end() was called */
};

void span_begin(struct column_span *span);
void span_widen(struct column_span *span, const struct load_value *value);
void span_end(struct column_span *span);

/* Which of the words it is, from 0; it must be one. */
uint64_t span_code(const struct column_span *span, const struct load_value *word);

#endif
