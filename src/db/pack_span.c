/*
 * pack_span.c — a column is looked at while its rows are packed, so mostly the word is the one before.
 */
#include "db/pack_span.h"

#include <assert.h>

void span_begin(struct column_span *span)
{
    *span = (struct column_span){.lowest = INT64_MAX, .highest = INT64_MIN};
}

static bool is_word(const struct span_word *word, const struct load_value *value)
{
    return word->length == value->length && memcmp(word->bytes, value->as.bytes, word->length) == 0;
}

/* SPAN_WORDS_MAX: none of them. */
static size_t find_word(const struct column_span *span, const struct load_value *value)
{
    for (size_t i = 0; i < span->word_count; i++)
        if (is_word(&span->words[i], value))
            return i;
    return SPAN_WORDS_MAX;
}

static void add_word(struct column_span *span, const struct load_value *value)
{
    if (span->is_wordy || find_word(span, value) < SPAN_WORDS_MAX)
        return;
    if (value->type != LOAD_TEXT || value->length > SPAN_WORD_BYTES || span->word_count == SPAN_WORDS_MAX) {
        span->is_wordy = true;
        return;
    }
    struct span_word *word = &span->words[span->word_count++];
    word->length = (uint8_t)value->length;
    memcpy(word->bytes, value->as.bytes, (size_t)value->length);
}

void span_widen(struct column_span *span, const struct load_value *value)
{
    switch (value->type) {
    case LOAD_NULL: span->has_null = true; break;
    case LOAD_INT:
        span->lowest = value->as.number < span->lowest ? value->as.number : span->lowest;
        span->highest = value->as.number > span->highest ? value->as.number : span->highest;
        break;
    case LOAD_TEXT:
    case LOAD_BLOB: add_word(span, value); break;
    }
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
    for (size_t i = 1; i < span->word_count; i++) {
        struct span_word word = span->words[i];
        size_t at = i;
        for (; at > 0 && is_after(&span->words[at - 1], &word); at--)
            span->words[at] = span->words[at - 1];
        span->words[at] = word;
    }
}

uint64_t span_code(const struct column_span *span, const struct load_value *word)
{
    size_t code = find_word(span, word);

    assert(code < span->word_count);
    return code;
}
