/*
 * pack_span.c — a column is looked at while its rows are packed, so mostly the word is the one before.
 */
#include "db/pack_span.h"

void span_begin(struct column_span *span)
{
    *span = (struct column_span){.lowest = INT64_MAX, .highest = INT64_MIN};
}

void span_take_in(struct column_span *span, int64_t lowest, int64_t highest)
{
    span->lowest = lowest < span->lowest ? lowest : span->lowest;
    span->highest = highest > span->highest ? highest : span->highest;
}

static bool is_word(const struct span_word *word, const struct load_value *value)
{
    return word->length == value->length && memcmp(word->bytes, value->as.bytes, word->length) == 0;
}

int64_t span_add_word(struct column_span *span, const struct load_value *value)
{
    for (size_t i = 0; i < span->word_count; i++)
        if (is_word(&span->words[i], value))
            return (int64_t)i;
    if (value->type != LOAD_TEXT || value->length > SPAN_WORD_BYTES || span->word_count == SPAN_WORDS_MAX) {
        span->is_wordy = true;
        return 0;
    }
    struct span_word *word = &span->words[span->word_count];
    word->length = (uint8_t)value->length;
    memcpy(word->bytes, value->as.bytes, (size_t)value->length);
    return (int64_t)span->word_count++;
}

/* As an index has texts: byte by byte, and the shorter first. */
static bool is_after(const struct span_word *left, const struct span_word *right)
{
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->bytes, right->bytes, shorter);

    return order ? order > 0 : left->length > right->length;
}

void span_end(struct column_span *span)
{
    for (size_t i = 0; i < span->word_count; i++) {
        size_t rank = 0;
        for (size_t other = 0; other < span->word_count; other++)
            rank += is_after(&span->words[i], &span->words[other]);
        span->ranks[i] = (uint8_t)rank;
        span->ranked[rank] = (uint8_t)i;
    }
}
