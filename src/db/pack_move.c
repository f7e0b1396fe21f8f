/*
 * pack_move.c — from the leaves up: a page is put once it is known where those went that it names.
 */
#include "db/pack_move.h"

#include <stdbool.h>
#include <string.h>

#include "db/pack_cell.h"
#include "db/pack_record.h"

#define DEPTH_MAX 16 /* levels: two children a page would have to fill a file for so many */

struct move {
    struct ctx *ctx;
    struct page_file *from;
    struct page_writer writer;
};

static bool is_interior(const uint8_t *page)
{
    return page[0] == INTERIOR_TABLE || page[0] == INTERIOR_INDEX;
}

static bool is_leaf(const uint8_t *page)
{
    return page[0] == LEAF_TABLE || page[0] == LEAF_INDEX;
}

/* The new number of a chain's first page. Its numbers are gathered, and it is put from its end: each page names the next. */
static uint32_t move_overflow(struct move *move, uint32_t first, size_t length)
{
    size_t count = (length + OVERFLOW_BYTES - 1) / OVERFLOW_BYTES;
    struct arena_mark mark = arena_mark(move->ctx->arena);
    uint32_t *numbers = arena_alloc_array(move->ctx->arena, count, sizeof *numbers);
    uint8_t page[PAGE_BYTES];
    uint32_t next = 0;

    for (size_t i = 0; i < count; i++) {
        numbers[i] = first;
        page_file_read(move->from, first, page, 1);
        first = get_u32(page);
    }
    while (count > 0) {
        page_file_read(move->from, numbers[--count], page, 1);
        put_u32(page, next);
        next = page_writer_put(&move->writer, page);
    }
    arena_reset_to(move->ctx->arena, mark);
    return next;
}

static void move_rest_of_record(struct move *move, enum tree_kind kind, uint8_t *cell)
{
    uint64_t length, rowid;

    cell += varint_get(cell, &length);
    if (kind == TREE_TABLE)
        cell += varint_get(cell, &rowid);
    size_t local = cell_local_part(kind, (size_t)length);
    if (local < length)
        put_u32(&cell[local], move_overflow(move, get_u32(&cell[local]), (size_t)length - local));
}

static enum error_kind move_page(struct move *move, uint32_t number, int depth, uint32_t *out_number);

static enum error_kind move_child(struct move *move, uint8_t *child, int depth)
{
    uint32_t number;

    TRY(move_page(move, get_u32(child), depth + 1, &number));
    put_u32(child, number);
    return OK;
}

/* Reads the page and moves all that it names. */
static enum error_kind read_moved(struct move *move, uint32_t number, int depth, uint8_t *page)
{
    page_file_read(move->from, number, page, 1);
    bool interior = is_interior(page);
    if (depth > DEPTH_MAX || (!interior && !is_leaf(page)))
        return fail(move->ctx, INTERNAL, "Page %u of the file beside is not one of a tree.", number);
    const uint8_t *pointers = &page[interior ? INTERIOR_HEADER : LEAF_HEADER];
    for (size_t i = 0; i < get_u16(&page[AT_COUNT]); i++) {
        uint8_t *cell = &page[get_u16(&pointers[CELL_POINTER * i])];
        if (interior)
            TRY(move_child(move, cell, depth));
        if (page[0] != INTERIOR_TABLE)
            move_rest_of_record(move, page[0] == LEAF_TABLE ? TREE_TABLE : TREE_INDEX,
                                interior ? cell + CHILD : cell);
    }
    return interior ? move_child(move, &page[AT_RIGHT_CHILD], depth) : OK;
}

static enum error_kind move_page(struct move *move, uint32_t number, int depth, uint32_t *out_number)
{
    uint8_t page[PAGE_BYTES];

    TRY(read_moved(move, number, depth, page));
    *out_number = page_writer_put(&move->writer, page);
    return OK;
}

/* The root goes where the schema says that it is. */
static enum error_kind move_tree(struct move *move, const struct moved_tree *tree)
{
    uint8_t page[PAGE_BYTES];

    page_file_read(move->writer.file, tree->to, page, 1);
    if (!is_leaf(page))
        return fail(move->ctx, INTERNAL, "Page %u of the library holds more than can be replaced.", tree->to);
    TRY(read_moved(move, tree->from, 1, page));
    page_file_write(move->writer.file, tree->to, page);
    return OK;
}

enum error_kind pack_move_trees(struct ctx *ctx, struct page_file *from, struct page_file *to,
                                const struct moved_tree *trees, size_t count)
{
    struct move move = {.ctx = ctx, .from = from, .writer = {.file = to}};
    enum error_kind kind = OK;

    for (size_t i = 0; i < count && kind == OK; i++)
        kind = move_tree(&move, &trees[i]);
    page_writer_end(&move.writer);
    return kind;
}
