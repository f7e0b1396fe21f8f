/*
 * pack_index.c — an index whose keys come in another order than the table's rows: reading, sorting, laying down.
 */
#include <assert.h>

#include "db/pack_internal.h"
#include "db/pack_sort.h"

/* A value's place in a key of 64 bits. 0 is NULL where there are NULLs, then the lowest number, and so on. */
struct field {
    int shift;
    uint64_t mask;
    int64_t lowest;
    bool has_null;
};

struct sorting {
    struct packed_index *index;
    size_t columns; /* of the table, as many as have to be read */
    bool as_numbers;
    struct field fields[PACK_KEYS_MAX];
    struct number_keys numbers;
    struct record_keys records;
    struct packed_row row;
    struct record record;
};

/* ---- how --------------------------------------------------------------------------------------------------- */

/* The field of one value; how many bits it takes. */
static int measure(const struct packed_table *table, const struct pack_key *key, struct field *out_field)
{
    struct number_range range = table->ranges[key->column];

    if (key->has_instead && range.has_null) {
        int64_t instead = key->instead.as.number;
        range.lowest = instead < range.lowest ? instead : range.lowest;
        range.highest = instead > range.highest ? instead : range.highest;
        range.has_null = false;
    }
    *out_field = (struct field){.lowest = range.lowest, .has_null = range.has_null};
    if (range.lowest > range.highest)
        return 0; /* NULLs alone */
    uint64_t codes = (uint64_t)range.highest - (uint64_t)range.lowest;
    if (codes >= UINT64_MAX / 2)
        return 64;
    codes += range.has_null;
    out_field->mask = codes ? UINT64_MAX >> __builtin_clzll(codes) : 0;
    return codes ? 64 - __builtin_clzll(codes) : 0;
}

/* Numbers of together 64 bits, and after them nothing but the rowid, whose order the rows have already. */
static bool are_numbers(const struct packed_index *index, struct field *fields)
{
    const struct pack_index *schema = index->schema;
    size_t count = schema->key_count;
    int shift = 0;

    while (count > 0 && schema->keys[count - 1].column == PACK_ROWID)
        count--;
    for (size_t i = count; i-- > 0;) {
        const struct pack_key *key = &schema->keys[i];
        if (key->column == PACK_ROWID || index->table->schema->columns[key->column].type != LOAD_INT)
            return false;
        int bits = measure(index->table, key, &fields[i]);
        fields[i].shift = shift;
        shift += bits;
        if (shift > 63)
            return false;
    }
    return true;
}

static size_t columns_needed(const struct pack_index *schema)
{
    int last = -1;

    for (size_t i = 0; i < schema->key_count; i++)
        last = schema->keys[i].column > last ? schema->keys[i].column : last;
    for (size_t i = 0; i < schema->condition_count; i++) {
        const struct pack_condition *condition = &schema->conditions[i];
        last = condition->column > last ? condition->column : last;
        last = condition->is == IS_LESS && condition->other > last ? condition->other : last;
    }
    return (size_t)last + 1;
}

/* ---- collecting -------------------------------------------------------------------------------------------- */

static void collect_numbers(struct sorting *sorting, const struct load_value *values, int64_t rowid)
{
    const struct pack_index *schema = sorting->index->schema;
    struct number_keys *numbers = &sorting->numbers;
    uint64_t key = 0;

    for (size_t i = 0; i < schema->key_count; i++) {
        const struct field *field = &sorting->fields[i];
        if (schema->keys[i].column != PACK_ROWID && values[i].type != LOAD_NULL)
            key |= ((uint64_t)values[i].as.number - (uint64_t)field->lowest + field->has_null)
                   << field->shift;
    }
    assert(numbers->count < numbers->room);
    numbers->keys[numbers->count] = key;
    numbers->rowids[numbers->count++] = (uint32_t)rowid;
}

static bool collect(void *argument, int64_t rowid, const uint8_t *record, size_t length)
{
    struct sorting *sorting = argument;
    const struct pack_index *schema = sorting->index->schema;
    struct load_value values[PACK_KEYS_MAX];
    struct packed_row *row = &sorting->row;

    row->rowid = rowid;
    bool whole = record_read(record, length, row->values, sorting->columns);
    assert(whole);
    (void)whole;
    if (!packed_key(schema, row, values))
        return true;
    if (sorting->as_numbers) {
        collect_numbers(sorting, values, rowid);
    } else {
        record_make(&sorting->record, values, schema->key_count);
        record_keys_add(&sorting->records, &sorting->record, &values[0]);
    }
    return true;
}

/* ---- laying down ------------------------------------------------------------------------------------------- */

static void lay_number(struct sorting *sorting, size_t at)
{
    const struct pack_index *schema = sorting->index->schema;
    uint64_t key = sorting->numbers.keys[at];
    struct load_value values[PACK_KEYS_MAX];
    bool all_known = true;

    for (size_t i = 0; i < schema->key_count; i++) {
        const struct field *field = &sorting->fields[i];
        uint64_t code = key >> field->shift & field->mask;
        if (schema->keys[i].column == PACK_ROWID) {
            values[i] = load_int(sorting->numbers.rowids[at]);
        } else if (field->has_null && code == 0) {
            values[i] = (struct load_value){.type = LOAD_NULL};
            all_known = false;
        } else {
            values[i] = load_int((int64_t)((uint64_t)field->lowest + code - field->has_null));
        }
    }
    if (schema->unique && all_known && at > 0 && sorting->numbers.keys[at - 1] == key)
        sorting->index->repeats = true;
    record_make(&sorting->record, values, schema->key_count);
    tree_add_key(&sorting->index->tree, sorting->record.bytes, sorting->record.length);
}

static void lay_record(struct sorting *sorting, size_t at)
{
    const struct record_key *key = &sorting->records.keys[at];
    size_t alike;

    if (sorting->index->schema->unique && at > 0) {
        record_compare(key[-1].bytes, key->bytes, &alike);
        sorting->index->repeats |= alike + 1 >= sorting->index->schema->key_count;
    }
    tree_add_key(&sorting->index->tree, key->bytes, record_key_length(key));
}

void pack_sorted(struct page_file *file, struct packed_index *index)
{
    struct sorting sorting = {.index = index, .columns = columns_needed(index->schema)};

    sorting.as_numbers = are_numbers(index, sorting.fields);
    if (sorting.as_numbers)
        number_keys_init(&sorting.numbers, index->count);
    tree_scan(&index->table->tree, collect, &sorting);
    number_keys_sort(&sorting.numbers);
    record_keys_sort(&sorting.records);
    tree_begin(&index->tree, file, TREE_INDEX, index->schema->root);
    for (size_t i = 0; i < sorting.numbers.count; i++)
        lay_number(&sorting, i);
    for (size_t i = 0; i < sorting.records.count; i++)
        lay_record(&sorting, i);
    tree_end(&index->tree);
    number_keys_release(&sorting.numbers);
    record_keys_release(&sorting.records);
    record_release(&sorting.record);
}
