/*
 * salvage_map.c — from the roots that the schema names, down each tree; then what nothing leads to.
 */
#include <stdlib.h>
#include <string.h>

#include "db/salvage_internal.h"

/* Pages that are still to be visited: the last in comes first, so children go in from right to left. */
struct stack {
    uint32_t *pages;
    size_t count, room;
};

static void push(struct stack *stack, uint32_t page)
{
    if (stack->count == stack->room) {
        stack->room = stack->room ? 2 * stack->room : 256;
        uint32_t *grown = realloc(stack->pages, stack->room * sizeof *grown);
        if (!grown)
            abort();
        stack->pages = grown;
    }
    stack->pages[stack->count++] = page;
}

static void push_children(struct stack *stack, const struct cells *cells)
{
    push(stack, cells->right);
    for (int i = cells->count - 1; i >= 0; i--)
        push(stack, cells_child(cells, i));
}

/* ---- trees ---------------------------------------------------------------------------------------------- */

/* Most rows of the page could be the table's: a pointer that was damaged leads into another table. */
static bool page_fits(struct salvage *work, const struct salvage_table *table, const struct cells *cells)
{
    struct salvage_record record;
    int readable = 0;
    int fitting = 0;

    for (int i = 0; i < cells->count; i++) {
        struct arena_mark mark = arena_mark(&work->rows);
        if (cells_record(&work->pages, cells, i, &work->rows, &record)) {
            readable++;
            fitting += salvage_fits(table, &record);
        }
        arena_reset_to(&work->rows, mark);
    }
    return 2 * fitting >= readable;
}

struct walk {
    struct salvage *work;
    struct salvage_table *table; /* NULL: only marked as another's */
    bool is_index;               /* of an index, or of a table WITHOUT ROWID */
    struct stack stack;
};

static bool is_of_this_tree(const struct walk *walk, const struct cells *cells)
{
    bool is_index = cells->kind == PAGE_INDEX_INNER || cells->kind == PAGE_INDEX_LEAF;

    return is_index == walk->is_index &&
           (!walk->table || cells->kind == PAGE_TABLE_INNER || page_fits(walk->work, walk->table, cells));
}

static enum error_kind visit(struct walk *walk, uint32_t page)
{
    struct salvage *work = walk->work;
    struct cells cells;
    bool is_free = page >= 1 && page <= work->pages.count && work->owner[page] == OWNER_NONE;

    if (!is_free || !cells_load(&work->pages, page, &cells) || !is_of_this_tree(walk, &cells)) {
        if (walk->table)
            walk->table->counts.holes++;
        return OK;
    }
    work->owner[page] = walk->table ? (uint8_t)(walk->table - work->tables + 1) : OWNER_OTHER;
    if (cells.kind == PAGE_TABLE_INNER || cells.kind == PAGE_INDEX_INNER)
        push_children(&walk->stack, &cells);
    if (!walk->table || cells.kind == PAGE_TABLE_INNER)
        return OK;
    return salvage_take_page(work, walk->table, &cells, walk->table->has_defaults, NULL);
}

static enum error_kind walk_tree(struct salvage *work, struct salvage_table *table, bool is_index,
                                 uint32_t root)
{
    struct walk walk = {.work = work, .table = table, .is_index = is_index};
    enum error_kind kind = OK;

    push(&walk.stack, root);
    while (kind == OK && walk.stack.count > 0)
        kind = visit(&walk, walk.stack.pages[--walk.stack.count]);
    free(walk.stack.pages);
    return kind;
}

/* ---- the schema ----------------------------------------------------------------------------------------- */

enum { SCHEMA_TYPE, SCHEMA_NAME, SCHEMA_TABLE, SCHEMA_ROOT, SCHEMA_SQL, SCHEMA_COLUMNS };

static bool text_is(const struct salvage_value *value, const char *text)
{
    return value->type == SALVAGE_TEXT && value->length == strlen(text) &&
           memcmp(value->as.bytes, text, value->length) == 0;
}

static bool is_schema_row(const struct salvage_record *record)
{
    const struct salvage_value *values = record->values;

    return record->count == SCHEMA_COLUMNS && values[SCHEMA_NAME].type == SALVAGE_TEXT &&
           values[SCHEMA_ROOT].type == SALVAGE_INT &&
           (text_is(&values[SCHEMA_TYPE], "table") || text_is(&values[SCHEMA_TYPE], "index"));
}

struct root {
    struct salvage_table *table; /* NULL: of an index, or of what is made anew */
    bool is_index;
    uint32_t page;
};

struct roots {
    struct root *list;
    size_t count;
};

static struct salvage_table *find_table(struct salvage *work, const struct salvage_value *name)
{
    for (int i = 0; i < work->table_count; i++)
        if (text_is(name, work->tables[i].counts.table))
            return &work->tables[i];
    return NULL;
}

/* FTS5's own tables: all have a row's number but the two that are WITHOUT ROWID (fts5.html, 9). */
static bool ends_as_index_tree(const struct salvage_value *name)
{
    static const char *const endings[] = {"_idx", "_config"};

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t length = strlen(endings[i]);
        if (name->length > length && memcmp(name->as.bytes + name->length - length, endings[i], length) == 0)
            return true;
    }
    return false;
}

static void note_root(struct salvage *work, const struct salvage_record *record, struct roots *roots)
{
    const struct salvage_value *values = record->values;
    bool is_index = text_is(&values[SCHEMA_TYPE], "index");
    struct salvage_table *table = is_index ? NULL : find_table(work, &values[SCHEMA_NAME]);
    int64_t page = values[SCHEMA_ROOT].as.number;

    if (page < 2 || page > work->pages.count || (table && table->is_rooted))
        return;
    if (table) {
        table->is_rooted = true;
        is_index = table->without_rowid;
    } else if (!is_index) {
        is_index = ends_as_index_tree(&values[SCHEMA_NAME]);
    }
    struct root *grown = realloc(roots->list, (roots->count + 1) * sizeof *grown);
    if (!grown)
        abort();
    roots->list = grown;
    roots->list[roots->count++] = (struct root){table, is_index, (uint32_t)page};
}

/* False: it is no page of the schema. */
static bool note_schema_page(struct salvage *work, const struct cells *cells, struct roots *roots)
{
    struct salvage_record record;
    bool is_schema = false;

    for (int i = 0; i < cells->count; i++) {
        struct arena_mark mark = arena_mark(&work->rows);
        if (cells_record(&work->pages, cells, i, &work->rows, &record) && is_schema_row(&record)) {
            is_schema = true;
            note_root(work, &record, roots);
        }
        arena_reset_to(&work->rows, mark);
    }
    return is_schema;
}

/* Any page may be one of the schema's: the way to it may be lost. */
static void find_roots(struct salvage *work, struct roots *roots)
{
    struct cells cells;

    for (uint32_t page = 1; page <= work->pages.count; page++)
        if (cells_load(&work->pages, page, &cells) &&
            (page == 1 || (cells.kind == PAGE_TABLE_LEAF && note_schema_page(work, &cells, roots)))) {
            if (page == 1 && cells.kind == PAGE_TABLE_LEAF)
                (void)note_schema_page(work, &cells, roots);
            work->owner[page] = OWNER_OTHER;
        }
}

enum error_kind salvage_take_trees(struct salvage *work)
{
    struct roots roots = {0};
    enum error_kind kind = OK;

    find_roots(work, &roots);
    for (size_t i = 0; i < roots.count && kind == OK; i++)
        kind = walk_tree(work, roots.list[i].table, roots.list[i].is_index, roots.list[i].page);
    free(roots.list);
    for (int i = 0; i < work->table_count; i++)
        work->tables[i].counts.holes += !work->tables[i].is_rooted;
    return kind;
}

/* ---- what nothing leads to ------------------------------------------------------------------------------ */

/* How many rows the table would keep of the page; nothing comes of it. */
static enum error_kind try_page(struct salvage *work, struct salvage_table *table, const struct cells *cells,
                                int *out_kept)
{
    struct salvage_counts counts = table->counts;

    TRY(db_exec(work->ctx, "SAVEPOINT trial"));
    work->is_trial = true;
    enum error_kind kind = salvage_take_page(work, table, cells, table->has_defaults, out_kept);
    work->is_trial = false;
    table->counts = counts;
    TRY(kind);
    return db_exec(work->ctx, "ROLLBACK TO trial; RELEASE trial");
}

/*
 * A page of rows may be of any table with rows like these. A page of an index tree is looked at only where a table is
 * known to miss some, and not for the little tables that a new library fills itself: an index could look the same.
 */
static bool may_be_of(struct salvage *work, const struct salvage_table *table, const struct cells *cells)
{
    bool is_index = cells->kind != PAGE_TABLE_LEAF;

    if (is_index != table->without_rowid || (is_index && (table->has_defaults || table->counts.holes == 0)))
        return false;
    return page_fits(work, table, cells);
}

/* The table that keeps most of its rows; of two that keep as many, the one that misses some. */
static enum error_kind choose_table(struct salvage *work, const struct cells *cells,
                                    struct salvage_table **out_table)
{
    int percent = cells->kind == PAGE_TABLE_LEAF ? SALVAGE_STRAY_MIN_PERCENT : SALVAGE_STRAY_INDEX_PERCENT;
    int least = (cells->count * percent + 99) / 100;
    int best = 0;

    *out_table = NULL;
    for (int i = 0; i < work->table_count; i++) {
        struct salvage_table *table = &work->tables[i];
        int kept;
        if (!may_be_of(work, table, cells))
            continue;
        TRY(try_page(work, table, cells, &kept));
        bool is_better = kept > best || (kept == best && *out_table && table->counts.holes > 0 &&
                                         ((*out_table)->counts.holes == 0 || (*out_table)->has_defaults));
        if (kept >= least && kept > 0 && is_better) {
            best = kept;
            *out_table = table;
        }
    }
    return OK;
}

static enum error_kind take_stray(struct salvage *work, uint32_t page)
{
    struct salvage_table *table;
    struct cells cells;

    if (work->owner[page] != OWNER_NONE || !cells_load(&work->pages, page, &cells) ||
        cells.kind == PAGE_TABLE_INNER || cells.count == 0)
        return OK;
    TRY(choose_table(work, &cells, &table));
    if (!table)
        return OK;
    work->owner[page] = (uint8_t)(table - work->tables + 1);
    return salvage_take_page(work, table, &cells, table->has_defaults, NULL);
}

/* Pages of rows first: what an index tree's rows point at is there then. */
static enum error_kind take_strays_of(struct salvage *work, bool index_trees)
{
    struct cells cells;

    for (uint32_t page = 2; page <= work->pages.count; page++)
        if (work->owner[page] == OWNER_NONE && cells_load(&work->pages, page, &cells) &&
            (cells.kind != PAGE_TABLE_LEAF) == index_trees)
            TRY(take_stray(work, page));
    return OK;
}

enum error_kind salvage_take_strays(struct salvage *work)
{
    TRY(take_strays_of(work, false));
    /* From here on a row must also point at what is there. */
    TRY(db_exec(work->ctx, "COMMIT; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE"));
    TRY(take_strays_of(work, true));
    return db_exec(work->ctx, "COMMIT; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE");
}
