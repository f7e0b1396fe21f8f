/*
 * pack_column.h — the values of one column while its table is packed, kept in memory for the indexes that have to be
 * sorted, so that the table is not read again: numbers, or few short words (pack_span.h); NULLs among them. A block of rows
 * takes as many bytes a value as its span needs: two or three for an id, four for an instant, one for the end of a day.
 */
#ifndef CARREL_DB_PACK_COLUMN_H
#define CARREL_DB_PACK_COLUMN_H

#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "db/pack_span.h"

#define COLUMN_BLOCK_BITS 12
#define COLUMN_BLOCK_ROWS ((size_t)1 << COLUMN_BLOCK_BITS)

/* A value is its distance to the lowest, in units that all distances are multiples of, plus one; NULL is 0. */
struct column_block {
    uint8_t *codes; /* little end first, and a few bytes more than there are */
    uint64_t mask;
    size_t width; /* bytes of a code */
    int64_t lowest;
    uint64_t unit;
};

/* Begin with kept_begin(), end with kept_release(). */
struct kept_column {
    struct column_span span;
    bool is_kept;  /* else it had other values, and none can be asked for */
    bool ascends;  /* no row has less than the one before, or NULL */
    int64_t last;  /* of the rows before */
    int64_t *rows; /* of the block that is being filled; a word is its number */
    size_t row_count;
    struct column_block *blocks;
    size_t block_count, block_room;
};

void kept_begin(struct kept_column *column);

/* Of the next row. */
void kept_add(struct kept_column *column, const struct load_value *value);

/* After the last; from here on values can be asked for, by any thread. */
void kept_end(struct kept_column *column);
void kept_release(struct kept_column *column);

/* Where the row's code is. Rows count from 0. */
static inline const uint8_t *kept_place(const struct kept_column *column, size_t row)
{
    const struct column_block *block = &column->blocks[row >> COLUMN_BLOCK_BITS];

    return &block->codes[(row & (COLUMN_BLOCK_ROWS - 1)) * block->width];
}

/* The row's number, or which of the words; NO_NUMBER: NULL. */
static inline int64_t kept_number(const struct kept_column *column, size_t row)
{
    const struct column_block *block = &column->blocks[row >> COLUMN_BLOCK_BITS];
    uint64_t code;

    memcpy(&code, kept_place(column, row), sizeof code);
    code = le64toh(code) & block->mask;
    return code ? (int64_t)((uint64_t)block->lowest + (code - 1) * block->unit) : NO_NUMBER;
}

/* What a number or a word's number stands for. */
static inline struct load_value kept_value_of(const struct kept_column *column, int64_t number)
{
    if (number == NO_NUMBER)
        return (struct load_value){.type = LOAD_NULL};
    if (column->span.word_count == 0)
        return load_int(number);
    const struct span_word *word = &column->span.words[number];
    return (struct load_value){LOAD_TEXT, word->length, {.bytes = word->bytes}};
}

#endif
