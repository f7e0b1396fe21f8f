/*
 * pack_tree.c — SQLite's own inserting finds a place for each row, splits and balances. Where all rows come in order
 * there is nothing to find: a page is filled and left behind.
 */
#include "db/pack_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CELL_SMALLEST 4 /* bytes */
#define SCAN_PAGES 256

static void *grown(void *memory, size_t size)
{
    void *more = realloc(memory, size);

    if (!more)
        abort();
    return more;
}

/* ---- levels ------------------------------------------------------------------------------------------------ */

static void level_add_page(struct tree_level *level, uint32_t page)
{
    if (level->count == level->room) {
        level->room = level->room ? level->room * 2 : 64;
        level->pages = grown(level->pages, level->room * sizeof *level->pages);
        level->ends = grown(level->ends, level->room * sizeof *level->ends);
    }
    level->pages[level->count++] = page;
}

/* What parts the page added last from the next. */
static void level_part(struct tree_level *level, const uint8_t *cell, size_t length)
{
    if (!level->cells || level->cells_length + length > level->cells_room) {
        level->cells_room = (level->cells_length + length) * 2;
        level->cells = grown(level->cells, level->cells_room);
    }
    memcpy(&level->cells[level->cells_length], cell, length);
    level->cells_length += length;
    assert(level->cells_length <= UINT32_MAX);
    level->ends[level->count - 1] = (uint32_t)level->cells_length;
}

static const uint8_t *level_parting(const struct tree_level *level, size_t index, size_t *out_length)
{
    uint32_t start = index ? level->ends[index - 1] : 0;

    *out_length = level->ends[index] - start;
    return &level->cells[start];
}

static void level_release(struct tree_level *level)
{
    free(level->pages);
    free(level->ends);
    free(level->cells);
    *level = (struct tree_level){0};
}

/* ---- pages ------------------------------------------------------------------------------------------------- */

/* Cells lie from the end of the page downwards, pointers to them from the header upwards. Where the next one goes. */
static inline uint8_t *room_for_cell(uint8_t *page, size_t header, size_t *count, size_t *content,
                                     size_t length)
{
    *content -= length < CELL_SMALLEST ? CELL_SMALLEST : length;
    put_u16(&page[header + CELL_POINTER * (*count)++], *content);
    return &page[*content];
}

static bool has_room(size_t header, size_t count, size_t content, size_t length)
{
    size_t used = header + CELL_POINTER * (count + 1) + (length < CELL_SMALLEST ? CELL_SMALLEST : length);

    return used <= content;
}

static void finish_page(uint8_t *page, int type, size_t count, size_t content)
{
    page[0] = (uint8_t)type;
    put_u16(&page[AT_COUNT], count);
    put_u16(&page[AT_CONTENT], content);
}

static void begin_leaf(struct tree *tree)
{
    tree->leaf = page_writer_page(&tree->writer);
    memset(tree->leaf, 0, LEAF_HEADER); /* the rest is zeroed where no cell came, see finish_leaf() */
    tree->cell_count = 0;
    tree->content = PAGE_BYTES;
}

static void finish_leaf(struct tree *tree)
{
    size_t free_from = LEAF_HEADER + CELL_POINTER * tree->cell_count;

    memset(&tree->leaf[free_from], 0, tree->content - free_from);
    finish_page(tree->leaf, tree->kind == TREE_TABLE ? LEAF_TABLE : LEAF_INDEX, tree->cell_count,
                tree->content);
}

static void write_leaf(struct tree *tree)
{
    finish_leaf(tree);
    level_add_page(&tree->leaves, page_writer_done(&tree->writer));
    begin_leaf(tree);
}

/* ---- cells ------------------------------------------------------------------------------------------------- */

/* Written from its end, so that each page knows the number of the next. The number of the first. */
static uint32_t write_overflow(struct tree *tree, const uint8_t *bytes, size_t length)
{
    uint8_t page[PAGE_BYTES];
    uint32_t next = 0;

    for (size_t left = length; left > 0;) {
        size_t part = left % OVERFLOW_BYTES ? left % OVERFLOW_BYTES : OVERFLOW_BYTES;
        left -= part;
        memset(page, 0, sizeof page);
        put_u32(page, next);
        memcpy(&page[OVERFLOW_NEXT], &bytes[left], part);
        next = page_writer_put(&tree->overflow, page);
    }
    return next;
}

/* What is to stand on a leaf: the record's length, a row's id, as much of the record as stays here, where the rest is. */
struct cell {
    int64_t rowid;        /* of a table's */
    const uint8_t *bytes; /* of the record … */
    size_t length, local; /* … and how much of it stays in the cell */
    uint32_t overflow;    /* the page on which it goes on; 0: none */
    size_t size;          /* of the cell */
};

static struct cell make_cell(struct tree *tree, int64_t rowid, const uint8_t *bytes, size_t length)
{
    size_t local = cell_local_part(tree->kind, length);
    struct cell cell = {rowid, bytes, length, local, 0, varint_length(length) + local};

    if (tree->kind == TREE_TABLE)
        cell.size += varint_length((uint64_t)rowid);
    if (local < length) {
        cell.overflow = write_overflow(tree, &bytes[local], length - local);
        cell.size += OVERFLOW_NEXT;
    }
    return cell;
}

static void write_cell(const struct tree *tree, const struct cell *cell, uint8_t *to)
{
    to += varint_put(to, cell->length);
    if (tree->kind == TREE_TABLE)
        to += varint_put(to, (uint64_t)cell->rowid);
    copy_bytes(to, cell->bytes, cell->local);
    if (cell->overflow)
        put_u32(to + cell->local, cell->overflow);
}

static bool cell_fits(const struct tree *tree, const struct cell *cell)
{
    return has_room(LEAF_HEADER, tree->cell_count, tree->content, cell->size);
}

static void add_cell(struct tree *tree, const struct cell *cell)
{
    write_cell(tree, cell,
               room_for_cell(tree->leaf, LEAF_HEADER, &tree->cell_count, &tree->content, cell->size));
}

void tree_begin(struct tree *tree, struct page_file *file, enum tree_kind kind, uint32_t root)
{
    *tree = (struct tree){.kind = kind, .root = root, .writer.file = file, .overflow.file = file};
    tree->parting.bytes = grown(NULL, PAGE_BYTES);
    tree->parting.room = PAGE_BYTES;
    begin_leaf(tree);
}

void tree_add_row(struct tree *tree, int64_t rowid, const uint8_t *record, size_t length)
{
    uint8_t parting[VARINT_MAX];

    struct cell cell = make_cell(tree, rowid, record, length);
    if (!cell_fits(tree, &cell)) {
        write_leaf(tree);
        level_part(&tree->leaves, parting, varint_put(parting, (uint64_t)tree->last_rowid));
    }
    add_cell(tree, &cell);
    tree->last_rowid = rowid;
}

void tree_add_key(struct tree *tree, const uint8_t *record, size_t length)
{
    struct cell cell = make_cell(tree, 0, record, length);

    if (tree->parting.length) {
        write_leaf(tree);
        level_part(&tree->leaves, tree->parting.bytes, tree->parting.length);
        tree->parting.length = 0;
    }
    if (cell_fits(tree, &cell)) {
        add_cell(tree, &cell);
        return;
    }
    write_cell(tree, &cell, tree->parting.bytes);
    tree->parting.length = cell.size;
}

/* ---- the pages above --------------------------------------------------------------------------------------- */

/* The page's last child when its first is `from`: as many as fit, but never so that one alone is left over. */
static size_t last_child(const struct tree_level *level, size_t from)
{
    size_t room = PAGE_BYTES - INTERIOR_HEADER, length, at = from;

    for (; at + 1 < level->count; at++) {
        level_parting(level, at, &length);
        if (CELL_POINTER + CHILD + length > room)
            break;
        room -= CELL_POINTER + CHILD + length;
    }
    return at + 2 == level->count ? at - 1 : at;
}

static void fill_interior(const struct tree *tree, uint8_t *page, const struct tree_level *level, size_t from,
                          size_t last)
{
    size_t count = 0, content = PAGE_BYTES, length;

    memset(page, 0, PAGE_BYTES);
    for (size_t i = from; i < last; i++) {
        const uint8_t *parting = level_parting(level, i, &length);
        uint8_t *cell = room_for_cell(page, INTERIOR_HEADER, &count, &content, CHILD + length);
        put_u32(cell, level->pages[i]);
        memcpy(&cell[CHILD], parting, length);
    }
    put_u32(&page[AT_RIGHT_CHILD], level->pages[last]);
    finish_page(page, tree->kind == TREE_TABLE ? INTERIOR_TABLE : INTERIOR_INDEX, count, content);
}

static void write_root(struct tree *tree, const uint8_t *page)
{
    page_file_write(tree->writer.file, tree->root, page);
}

/* The level above this one; nothing when that is the root. */
static struct tree_level write_above(struct tree *tree, const struct tree_level *level)
{
    struct tree_level above = {0};
    uint8_t page[PAGE_BYTES];
    size_t length;

    for (size_t from = 0, last; from < level->count; from = last + 1) {
        last = last_child(level, from);
        fill_interior(tree, page, level, from, last);
        if (from == 0 && last + 1 == level->count) {
            write_root(tree, page);
            break;
        }
        level_add_page(&above, page_writer_put(&tree->writer, page));
        if (last + 1 < level->count) {
            const uint8_t *parting = level_parting(level, last, &length);
            level_part(&above, parting, length);
        }
    }
    return above;
}

static void write_levels(struct tree *tree)
{
    struct tree_level level = write_above(tree, &tree->leaves);

    while (level.count) {
        struct tree_level above = write_above(tree, &level);
        level_release(&level);
        level = above;
    }
}

/* Nothing follows the cell that was to go up: the leaf's last goes in its place, and this one begins a leaf. */
static void settle_parting(struct tree *tree)
{
    struct record last = {0};

    if (!tree->parting.length)
        return;
    size_t end = tree->cell_count > 1
                     ? get_u16(&tree->leaf[LEAF_HEADER + CELL_POINTER * (tree->cell_count - 2)])
                     : PAGE_BYTES;
    record_copy(&last, &tree->leaf[tree->content], end - tree->content);
    tree->cell_count--;
    tree->content = end;
    write_leaf(tree);
    level_part(&tree->leaves, last.bytes, last.length);
    memcpy(room_for_cell(tree->leaf, LEAF_HEADER, &tree->cell_count, &tree->content, tree->parting.length),
           tree->parting.bytes, tree->parting.length);
    record_release(&last);
}

void tree_end(struct tree *tree)
{
    settle_parting(tree);
    if (tree->leaves.count == 0) {
        finish_leaf(tree);
        write_root(tree, tree->leaf);
        if (tree->cell_count)
            level_add_page(&tree->leaves, tree->root);
    } else {
        write_leaf(tree);
        write_levels(tree);
    }
    page_writer_end(&tree->writer);
    page_writer_end(&tree->overflow);
    record_release(&tree->parting);
}

void tree_release(struct tree *tree)
{
    page_writer_undo(&tree->writer);
    page_writer_undo(&tree->overflow);
    record_release(&tree->parting);
    level_release(&tree->leaves);
}

/* ---- reading a table again --------------------------------------------------------------------------------- */

struct scan {
    const struct tree *tree;
    tree_row *each;
    void *argument;
    struct record whole; /* one that overflows */
};

static const uint8_t *gather(struct scan *scan, const uint8_t *local, size_t local_length, size_t length)
{
    uint8_t page[PAGE_BYTES];
    uint32_t next = get_u32(&local[local_length]);

    record_copy(&scan->whole, local, local_length);
    while (next && scan->whole.length < length) {
        size_t left = length - scan->whole.length, had = scan->whole.length;
        size_t part = left < OVERFLOW_BYTES ? left : OVERFLOW_BYTES;
        page_file_read(scan->tree->writer.file, next, page, 1);
        if (had + part > scan->whole.room)
            scan->whole.bytes = grown(scan->whole.bytes, scan->whole.room = length);
        memcpy(&scan->whole.bytes[had], &page[OVERFLOW_NEXT], part);
        scan->whole.length += part;
        next = get_u32(page);
    }
    return scan->whole.bytes;
}

static bool scan_leaf(struct scan *scan, const uint8_t *page)
{
    size_t count = get_u16(&page[AT_COUNT]);

    for (size_t i = 0; i < count; i++) {
        const uint8_t *cell = &page[get_u16(&page[LEAF_HEADER + CELL_POINTER * i])];
        uint64_t length, rowid;
        cell += varint_get(cell, &length);
        cell += varint_get(cell, &rowid);
        size_t local = cell_local_part(TREE_TABLE, (size_t)length);
        const uint8_t *record = local == length ? cell : gather(scan, cell, local, (size_t)length);
        if (!scan->each(scan->argument, (int64_t)rowid, record, (size_t)length))
            return false;
    }
    return true;
}

/* Leaves that lie within SCAN_PAGES of one another are read at once, with what lies between. */
bool tree_scan(const struct tree *tree, tree_row *each, void *argument)
{
    const uint32_t *pages = tree->leaves.pages;
    struct scan scan = {.tree = tree, .each = each, .argument = argument};
    uint8_t *buffer = grown(NULL, (size_t)SCAN_PAGES * PAGE_BYTES);
    bool goes_on = true;

    for (size_t i = 0, next; i < tree->leaves.count && goes_on; i = next) {
        for (next = i + 1; next < tree->leaves.count && pages[next] > pages[next - 1] &&
                           pages[next] - pages[i] < SCAN_PAGES;)
            next++;
        page_file_read(tree->writer.file, pages[i], buffer, pages[next - 1] - pages[i] + 1);
        for (size_t leaf = i; leaf < next && goes_on; leaf++)
            goes_on = scan_leaf(&scan, &buffer[(size_t)(pages[leaf] - pages[i]) * PAGE_BYTES]);
    }
    free(buffer);
    record_release(&scan.whole);
    return goes_on;
}
