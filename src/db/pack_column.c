/*
 * pack_column.c — rows wait until a block of them is full: what they span is known then, and with it their width.
 */
#include "db/pack_column.h"

#include <stdlib.h>

#define READ_PAST 8 /* bytes: a code is read as a whole word */

static void *room_for(void *memory, size_t count, size_t size)
{
    memory = realloc(memory, count * size);
    if (!memory)
        abort();
    return memory;
}

void kept_begin(struct kept_column *column)
{
    *column = (struct kept_column){.is_kept = true, .ascends = true, .last = INT64_MIN};
    span_begin(&column->span);
    column->rows = room_for(NULL, COLUMN_BLOCK_ROWS, sizeof *column->rows);
}

/* ---- blocks ------------------------------------------------------------------------------------------------ */

/* The span of the rows that wait; false: NULLs alone. */
static bool look_at_rows(struct kept_column *column, int64_t *out_lowest, int64_t *out_highest)
{
    int64_t lowest = INT64_MAX, highest = INT64_MIN, before = column->last;
    bool has_null = false, ascends = true;

    for (size_t i = 0; i < column->row_count; i++) {
        int64_t number = column->rows[i];
        ascends &= number >= before;
        before = number;
        if (number == NO_NUMBER) {
            has_null = true;
            continue;
        }
        lowest = number < lowest ? number : lowest;
        highest = number > highest ? number : highest;
    }
    column->last = before;
    column->ascends = column->ascends && ascends && !has_null;
    *out_lowest = lowest;
    *out_highest = highest;
    return lowest <= highest;
}

/* What all distances from the lowest are multiples of: mostly 1, which two or three rows tell. */
static uint64_t unit_of_rows(const struct kept_column *column, int64_t lowest)
{
    uint64_t unit = 0;

    for (size_t i = 0; i < column->row_count && unit != 1; i++) {
        uint64_t distance = (uint64_t)column->rows[i] - (uint64_t)lowest;
        if (column->rows[i] == NO_NUMBER || (unit && distance % unit == 0))
            continue;
        while (distance) { /* Euclid's */
            uint64_t rest = unit % distance;
            unit = distance;
            distance = rest;
        }
    }
    return unit ? unit : 1;
}

static void fill_block(const struct kept_column *column, struct column_block *block)
{
    block->codes = room_for(NULL, COLUMN_BLOCK_ROWS * block->width + READ_PAST, 1);
    for (size_t i = 0; i < column->row_count; i++) {
        uint64_t distance = (uint64_t)column->rows[i] - (uint64_t)block->lowest;
        uint64_t code =
            column->rows[i] == NO_NUMBER ? 0 : (block->unit == 1 ? distance : distance / block->unit) + 1;
        code = htole64(code);
        memcpy(&block->codes[i * block->width], &code,
               sizeof code); /* the next row's goes over what is too much */
    }
}

static void end_block(struct kept_column *column)
{
    struct column_block block = {0};
    int64_t lowest, highest;

    if (column->row_count == 0 || !column->is_kept)
        return;
    if (look_at_rows(column, &lowest, &highest)) {
        block.unit = unit_of_rows(column, lowest);
        uint64_t codes = ((uint64_t)highest - (uint64_t)lowest) / block.unit + 1;
        int bits = 64 - __builtin_clzll(codes);
        block.lowest = lowest;
        block.width = (size_t)(bits + 7) / 8;
        block.mask = UINT64_MAX >> (64 - 8 * block.width);
        span_take_in(&column->span, lowest, highest);
    }
    fill_block(column, &block);
    if (column->block_count == column->block_room) {
        column->block_room = column->block_room ? column->block_room * 2 : 16;
        column->blocks = room_for(column->blocks, column->block_room, sizeof *column->blocks);
    }
    column->blocks[column->block_count++] = block;
    column->row_count = 0;
}

static void forget(struct kept_column *column)
{
    for (size_t i = 0; i < column->block_count; i++)
        free(column->blocks[i].codes);
    free(column->blocks);
    free(column->rows);
    column->blocks = NULL;
    column->rows = NULL;
    column->block_count = column->block_room = column->row_count = 0;
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

void kept_add(struct kept_column *column, const struct load_value *value)
{
    int64_t number = value->as.number;

    if (!column->is_kept)
        return;
    if (value->type == LOAD_NULL) {
        column->span.has_null = true;
        number = NO_NUMBER;
    } else if (value->type != LOAD_INT) {
        number = span_add_word(&column->span, value);
    }
    if (value->type != LOAD_NULL && (column->span.is_wordy || number == NO_NUMBER)) {
        column->is_kept = false;
        forget(column);
        return;
    }
    column->rows[column->row_count++] = number;
    if (column->row_count == COLUMN_BLOCK_ROWS)
        end_block(column);
}

void kept_end(struct kept_column *column)
{
    end_block(column);
    free(column->rows);
    column->rows = NULL;
    span_end(&column->span);
}

void kept_release(struct kept_column *column)
{
    forget(column);
    column->is_kept = false;
}
