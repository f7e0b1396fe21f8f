/*
 * pack.c — rows to leaves, and on the way keys to the indexes that grow at their end.
 */
#include "db/pack.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "db/engine_internal.h"
#include "db/pack_internal.h"

#define PACK_TABLES_MAX 16
#define INDEXES_MAX 128

/* Indexes to be sorted, by several threads. */
struct queue {
    struct packed_index *items[INDEXES_MAX];
    size_t count, next;
    size_t busy; /* are being sorted */
    bool closed; /* no more will come */
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

struct packer {
    struct queue queue;
    const char *path;
    struct page_file *file;
    struct packed_table tables[PACK_TABLES_MAX];
    size_t table_count;
};

/* ---- what is to be sorted ---------------------------------------------------------------------------------- */

static void enqueue(struct queue *queue, struct packed_index *index)
{
    pthread_mutex_lock(&queue->lock);
    assert(queue->count < INDEXES_MAX);
    queue->items[queue->count++] = index;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

/* Waits for one; NULL: no more will come. */
static struct packed_index *dequeue(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->next == queue->count && !queue->closed)
        pthread_cond_wait(&queue->changed, &queue->lock);
    struct packed_index *index = queue->next < queue->count ? queue->items[queue->next++] : NULL;
    queue->busy += index != NULL;
    pthread_mutex_unlock(&queue->lock);
    return index;
}

static void end_one(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->busy--;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

static void wait_for_others(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->busy > 0)
        pthread_cond_wait(&queue->changed, &queue->lock);
    pthread_mutex_unlock(&queue->lock);
}

static void release_columns(struct packed_table *table)
{
    for (size_t i = 0; i < table->indexed_count; i++)
        kept_release(&table->columns[table->indexed[i]]);
}

static void let_go(struct packed_table *table)
{
    if (--table->needed == 0)
        release_columns(table);
}

void pack_help(struct packer *packer)
{
    struct packed_index *index;

    while ((index = dequeue(&packer->queue))) {
        pack_sorted(packer->file, index);
        let_go(index->table);
        end_one(&packer->queue);
    }
}

static void close_queue(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void pack_stop(struct packer *packer)
{
    pthread_mutex_lock(&packer->queue.lock);
    packer->queue.next = packer->queue.count;
    pthread_mutex_unlock(&packer->queue.lock);
    close_queue(&packer->queue);
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

static void release_table(struct packed_table *table)
{
    for (struct packed_index *index = table->indexes; index; index = index->next) {
        tree_release(&index->tree);
        record_release(&index->last);
    }
    tree_release(&table->tree);
    release_columns(table);
}

void pack_give_up(struct packer *packer)
{
    for (size_t i = 0; i < packer->table_count; i++)
        release_table(&packer->tables[i]);
    packer->table_count = 0;
    if (packer->file)
        page_file_drop(packer->file);
    packer->file = NULL;
}

static void release_packer(void *resource)
{
    struct packer *packer = resource;

    pack_give_up(packer);
    pthread_cond_destroy(&packer->queue.changed);
    pthread_mutex_destroy(&packer->queue.lock);
}

static enum error_kind read_tables(struct ctx *ctx, const char *const *names, struct packer *packer,
                                   bool *out_understood)
{
    struct pack_table *schema;

    for (*out_understood = true; *names && *out_understood; names++) {
        assert(packer->table_count < PACK_TABLES_MAX);
        TRY(pack_schema_table(ctx, *names, &schema));
        *out_understood = schema != NULL;
        packer->tables[packer->table_count++].schema = schema;
    }
    return OK;
}

enum error_kind pack_begin(struct ctx *ctx, const char *const *tables, struct packer **out_packer)
{
    struct packer *packer = arena_alloc(ctx->arena, sizeof *packer);
    bool understood;

    assert(ctx->db->mode == DB_BUILD && !db_in_transaction(ctx->db));
    TRY(read_tables(ctx, tables, packer, &understood));
    db_reset_statements(ctx->db);
    if (!understood) {
        *out_packer = NULL;
        return OK;
    }
    packer->path = arena_strdup(ctx->arena, sqlite3_db_filename(ctx->db->handle, "main"));
    db_close(ctx->db);
    ctx->db = NULL;
    TRY(page_file_open(ctx, packer->path, &packer->file));
    pthread_mutex_init(&packer->queue.lock, NULL);
    pthread_cond_init(&packer->queue.changed, NULL);
    arena_defer(ctx->arena, release_packer, packer);
    *out_packer = packer;
    return OK;
}

/* ---- rows -------------------------------------------------------------------------------------------------- */

static bool is_one_of(const struct pack_condition *condition, const struct load_value *value)
{
    for (size_t i = 0; i < condition->text_count; i++)
        if (load_value_compare(value, &condition->texts[i]) == 0)
            return true;
    return false;
}

static bool is_less(const struct load_value *value, const struct load_value *other)
{
    return value->type == LOAD_INT && other->type == LOAD_INT && value->as.number < other->as.number;
}

static bool meets(const struct pack_condition *condition, const struct load_value *values)
{
    const struct load_value *value = &values[condition->column];

    switch (condition->is) {
    case IS_NULL: return value->type == LOAD_NULL;
    case IS_NOT_NULL: return value->type != LOAD_NULL;
    case IS_NUMBER: return value->type == LOAD_INT && value->as.number == condition->number;
    case IS_NOT_NUMBER: return value->type == LOAD_INT && value->as.number != condition->number;
    case IS_TEXT: return value->type == LOAD_TEXT && is_one_of(condition, value);
    case IS_NONE_OF: return value->type != LOAD_NULL && !is_one_of(condition, value);
    case IS_LESS: break;
    }
    return is_less(value, &values[condition->other]);
}

bool packed_meets(const struct pack_index *index, const struct packed_row *row)
{
    for (size_t i = 0; i < index->condition_count; i++)
        if (!meets(&index->conditions[i], row->values))
            return false;
    return true;
}

static uint64_t bit_of(int column)
{
    return column < 0 ? 0 : UINT64_C(1) << column;
}

uint64_t packed_columns(const struct pack_index *index)
{
    uint64_t columns = 0;

    for (size_t i = 0; i < index->key_count; i++)
        columns |= bit_of(index->keys[i].column);
    for (size_t i = 0; i < index->condition_count; i++) {
        const struct pack_condition *condition = &index->conditions[i];
        columns |= bit_of(condition->column);
        if (condition->is == IS_LESS)
            columns |= bit_of(condition->other);
    }
    return columns;
}

bool packed_key(const struct pack_index *index, const struct packed_row *row, struct load_value *out_values)
{
    if (!packed_meets(index, row))
        return false;
    for (size_t i = 0; i < index->key_count; i++) {
        const struct pack_key *key = &index->keys[i];
        if (key->column == PACK_ROWID)
            out_values[i] = load_int(row->rowid);
        else if (key->has_instead && row->values[key->column].type == LOAD_NULL)
            out_values[i] = key->instead;
        else
            out_values[i] = row->values[key->column];
    }
    return true;
}

/* Lays the key down while keys come in order. */
static void lay_in_order(struct packed_index *index, const struct packed_row *row, struct record *key)
{
    struct load_value values[PACK_KEYS_MAX];
    size_t alike;

    if (!packed_key(index->schema, row, values))
        return;
    record_make(key, values, index->schema->key_count);
    if (index->is_begun) {
        index->in_order = record_compare(index->last.bytes, key->bytes, &alike) < 0;
        index->repeats |= index->schema->unique && alike + 1 >= index->schema->key_count;
    }
    if (!index->in_order) {
        tree_release(&index->tree);
        return;
    }
    index->is_begun = true;
    tree_add_key(&index->tree, key->bytes, key->length);
    struct record before = index->last;
    index->last = *key;
    *key = before; /* its bytes are written over next */
}

static enum error_kind check_row(struct ctx *ctx, const struct pack_table *table,
                                 const struct packed_row *row)
{
    if (row->rowid > UINT32_MAX)
        return fail(ctx, INTERNAL, "%s: more rows than can be packed.", table->name);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct pack_column *column = &table->columns[i];
        enum load_type type = row->values[i].type;
        if ((int)i != table->rowid_column && (type == LOAD_NULL ? column->not_null : type != column->type))
            return fail(ctx, INTERNAL, "%s %" PRId64 ": %s cannot be what it is.", table->name, row->rowid,
                        column->name);
    }
    return OK;
}

/* Where each given value goes; the other columns have their standard. */
struct assembly {
    int places[LOAD_COLUMNS_MAX];
    size_t count;
    struct packed_row row;
};

static void begin_assembly(const struct pack_table *table, const char *const *columns,
                           struct assembly *assembly)
{
    assembly->count = 0;
    for (size_t i = 0; i < table->column_count; i++)
        assembly->row.values[i] = table->columns[i].standard;
    for (; columns[assembly->count]; assembly->count++) {
        int place = -1;
        assert(assembly->count < LOAD_COLUMNS_MAX);
        for (size_t i = 0; i < table->column_count; i++)
            if (strcmp(table->columns[i].name, columns[assembly->count]) == 0)
                place = (int)i;
        assert(place >= 0 && place != table->rowid_column);
        assembly->places[assembly->count] = place;
    }
}

static enum error_kind pack_rows(struct ctx *ctx, struct packed_table *table, const char *const *columns,
                                 load_next *next, void *argument)
{
    struct load_value given[LOAD_COLUMNS_MAX];
    struct assembly assembly = {0};
    struct record record = {0}, key = {0};
    enum error_kind kind = OK;

    begin_assembly(table->schema, columns, &assembly);
    while (kind == OK && next(argument, given)) {
        for (size_t i = 0; i < assembly.count; i++)
            assembly.row.values[assembly.places[i]] = given[i];
        assembly.row.rowid = ++table->rows;
        kind = check_row(ctx, table->schema, &assembly.row);
        record_make(&record, assembly.row.values, table->schema->column_count);
        tree_add_row(&table->tree, assembly.row.rowid, record.bytes, record.length);
        for (size_t i = 0; i < table->indexed_count; i++)
            kept_add(&table->columns[table->indexed[i]], &assembly.row.values[table->indexed[i]]);
        for (struct packed_index *index = table->indexes; index; index = index->next)
            if (index->schema->understood && index->in_order)
                lay_in_order(index, &assembly.row, &key);
    }
    record_release(&record);
    record_release(&key);
    return kind;
}

/* ---- tables ------------------------------------------------------------------------------------------------ */

static enum error_kind begin_tree(struct ctx *ctx, struct packer *packer, struct tree *tree,
                                  enum tree_kind kind, uint32_t root)
{
    uint8_t page[PAGE_BYTES];

    page_file_read(packer->file, root, page, 1);
    if (page[0] != (kind == TREE_TABLE ? LEAF_TABLE : LEAF_INDEX) || get_u16(&page[AT_COUNT]))
        return fail(ctx, INTERNAL, "Only empty tables can be packed.");
    tree_begin(tree, packer->file, kind, root);
    return OK;
}

static enum error_kind begin_table(struct ctx *ctx, struct packer *packer, struct packed_table *table)
{
    struct packed_index **end = &table->indexes;
    uint64_t wanted = 0;

    TRY(begin_tree(ctx, packer, &table->tree, TREE_TABLE, table->schema->root));
    for (const struct pack_index *schema = table->schema->indexes; schema; schema = schema->next) {
        struct packed_index *index = arena_alloc(ctx->arena, sizeof *index);
        *index = (struct packed_index){.schema = schema, .table = table, .in_order = true};
        *end = index;
        end = &index->next;
        if (schema->understood) {
            wanted |= packed_columns(schema);
            TRY(begin_tree(ctx, packer, &index->tree, TREE_INDEX, schema->root));
        }
    }
    for (size_t i = 0; i < table->schema->column_count; i++)
        if (wanted >> i & 1) {
            kept_begin(&table->columns[i]);
            table->indexed[table->indexed_count++] = (uint8_t)i;
        }
    return OK;
}

static struct packed_table *table_named(struct packer *packer, const char *name)
{
    for (size_t i = 0; i < packer->table_count; i++)
        if (strcmp(packer->tables[i].schema->name, name) == 0)
            return &packer->tables[i];
    assert(!"a table that pack_begin() was not told of");
    return NULL;
}

enum error_kind pack_table(struct ctx *ctx, struct packer *packer, const char *name,
                           const char *const *columns, load_next *next, void *argument)
{
    struct packed_table *table = table_named(packer, name);

    TRY(begin_table(ctx, packer, table));
    TRY(pack_rows(ctx, table, columns, next, argument));
    tree_end(&table->tree);
    for (size_t i = 0; i < table->indexed_count; i++)
        kept_end(&table->columns[table->indexed[i]]);
    table->needed++; /* until all are told of */
    for (struct packed_index *index = table->indexes; index; index = index->next) {
        if (!index->schema->understood)
            continue;
        if (index->in_order) {
            tree_end(&index->tree);
        } else {
            table->needed++;
            enqueue(&packer->queue, index);
        }
    }
    let_go(table);
    return OK;
}

void pack_hold(struct packer *packer, const char *table)
{
    table_named(packer, table)->needed++;
}

void pack_let_go(struct packer *packer, const char *table)
{
    let_go(table_named(packer, table));
}

const struct kept_column *pack_column(struct packer *packer, const char *table, const char *column)
{
    const struct packed_table *packed = table_named(packer, table);

    for (size_t i = 0; i < packed->schema->column_count; i++)
        if (strcmp(packed->schema->columns[i].name, column) == 0 && packed->columns[i].is_kept)
            return &packed->columns[i];
    assert(!"a column that no index has, or not of numbers");
    return NULL;
}

enum error_kind pack_take_over(struct ctx *ctx, struct packer *packer, const char *path,
                               const struct moved_tree *trees, size_t count)
{
    struct page_file *from;

    TRY(page_file_open(ctx, path, &from));
    enum error_kind kind = pack_move_trees(ctx, from, packer->file, trees, count);
    if (kind == OK)
        kind = page_file_failure(ctx, from);
    page_file_drop(from);
    return kind;
}

enum error_kind pack_indexes(struct ctx *ctx, struct packer *packer)
{
    close_queue(&packer->queue);
    pack_help(packer);
    wait_for_others(&packer->queue);
    for (size_t i = 0; i < packer->table_count; i++)
        for (const struct packed_index *index = packer->tables[i].indexes; index; index = index->next)
            if (index->repeats)
                return fail(ctx, INTERNAL, "%s: two rows have the same key.", index->schema->name);
    return OK;
}

/* ---- ending ------------------------------------------------------------------------------------------------ */

static enum error_kind make_others(struct ctx *ctx, const struct packed_table *table)
{
    for (const struct packed_index *index = table->indexes; index; index = index->next)
        if (!index->schema->understood)
            TRY(db_exec(ctx, arena_printf(ctx->arena, "REINDEX %s", index->schema->name)));
    return OK;
}

enum error_kind pack_end(struct ctx *ctx, struct packer *packer)
{
    struct page_file *file = packer->file;

    packer->file = NULL;
    TRY(page_file_close(ctx, file));
    TRY(db_open(ctx, packer->path, DB_BUILD, &ctx->db));
    for (size_t i = 0; i < packer->table_count; i++)
        TRY(make_others(ctx, &packer->tables[i]));
    return OK;
}
