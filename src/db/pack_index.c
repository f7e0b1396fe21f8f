/*
 * pack_index.c — an index whose keys come in another order than the table's rows: gathering, sorting, laying down.
 *
 * Where the columns were kept and what decides the order has room beside the row's id in 64 bits, these numbers are
 * sorted; the values that decide nothing are asked of the columns when the key is laid down. Columns that ascend with
 * the rows decide nothing that the row's id does not. Else the table is read again, and whole keys are compared.
 */
#include <assert.h>
#include <stdlib.h>

#include "db/pack_internal.h"
#include "db/pack_sort.h"

#define FETCH_AHEAD 16 /* keys */
#define FIRST_ROOM 1024

/* A value of the key. Its code: 0 is NULL where there are NULLs, then the lowest number or first word, and so on. */
struct field {
    const struct kept_column *column; /* NULL: the row's id */
    bool is_sorted; /* its code stands in the number, from `shift` on; else it is asked for */
    int shift;
    uint64_t mask;
    int64_t lowest;
    bool has_null;
    bool has_instead;
    int64_t instead; /* of NULL */
};

struct sorting {
    struct packed_index *index;
    struct field fields[PACK_KEYS_MAX];
    uint64_t row_mask;
    uint64_t *numbers;
    size_t count, room;
    uint64_t wanted; /* the table's columns that have to be read, a bit for each … */
    size_t columns;  /* … and how many that is with those before them */
    struct record_keys records;
    struct packed_row row;
    struct record record;
};

/* ---- how --------------------------------------------------------------------------------------------------- */

static bool has_words(const struct kept_column *column)
{
    return column->span.word_count > 0;
}

static void describe(const struct kept_column *column, const struct pack_key *key, struct field *out_field)
{
    bool has_instead = key->has_instead && column->span.has_null;

    *out_field = (struct field){.column = column,
                                .has_instead = has_instead,
                                .has_null = column->span.has_null && !has_instead,
                                .instead = has_instead ? key->instead.as.number : 0};
}

/* How many bits its code takes. */
static int measure(struct field *field)
{
    assert(field->column);
    const struct column_span *span = &field->column->span;
    int64_t lowest = span->lowest, highest = span->highest;

    if (field->has_instead) {
        lowest = field->instead < lowest ? field->instead : lowest;
        highest = field->instead > highest ? field->instead : highest;
    }
    field->lowest = lowest;
    if (lowest > highest)
        return 0; /* NULLs alone */
    uint64_t codes = (uint64_t)highest - (uint64_t)lowest;
    if (codes >= UINT64_MAX / 2)
        return 64;
    codes += field->has_null;
    field->mask = codes ? UINT64_MAX >> __builtin_clzll(codes) : 0;
    return codes ? 64 - __builtin_clzll(codes) : 0;
}

/* Its conditions are looked at as well. */
static bool are_columns_kept(const struct packed_index *index)
{
    uint64_t columns = packed_columns(index->schema);

    for (int i = 0; columns >> i; i++)
        if ((columns >> i & 1) && !index->table->columns[i].is_kept)
            return false;
    return true;
}

static bool describe_fields(const struct packed_index *index, struct field *fields)
{
    for (size_t i = 0; i < index->schema->key_count; i++) {
        const struct pack_key *key = &index->schema->keys[i];
        if (key->column == PACK_ROWID) {
            fields[i] = (struct field){0};
            continue;
        }
        const struct kept_column *column = &index->table->columns[key->column];
        if (has_words(column) && key->has_instead)
            return false;
        describe(column, key, &fields[i]);
    }
    return true;
}

/* How many of the key's first values decide its order, before the row's id does. */
static size_t count_deciding(const struct pack_index *schema, const struct field *fields)
{
    size_t count = 0;

    while (fields[count].column)
        count++;
    while (count > 0 && fields[count - 1].column->ascends && !has_words(fields[count - 1].column) &&
           !schema->unique)
        count--;
    return count;
}

static bool are_numbers(struct sorting *sorting)
{
    const struct packed_index *index = sorting->index;
    uint64_t last_row = index->table->rows ? (uint64_t)index->table->rows - 1 : 0;
    int shift = last_row ? 64 - __builtin_clzll(last_row) : 1;

    if (!are_columns_kept(index) || !describe_fields(index, sorting->fields))
        return false;
    sorting->row_mask = UINT64_MAX >> (64 - shift);
    size_t deciding = count_deciding(index->schema, sorting->fields);
    for (size_t i = deciding; i-- > 0;) {
        struct field *field = &sorting->fields[i];
        int bits = measure(field);
        if (shift + bits > 64)
            return false;
        field->is_sorted = bits > 0;
        field->shift = shift;
        shift += bits;
    }
    return true;
}

/* ---- gathering --------------------------------------------------------------------------------------------- */

static uint64_t code_of(const struct field *field, int64_t number)
{
    if (number == NO_NUMBER && !field->has_instead)
        return 0;
    if (number == NO_NUMBER)
        number = field->instead;
    else if (has_words(field->column))
        number = field->column->span.ranks[number];
    return (uint64_t)number - (uint64_t)field->lowest + field->has_null;
}

/* Does the row meet the index's conditions? */
static bool is_in(struct sorting *sorting, size_t at)
{
    const struct packed_index *index = sorting->index;

    if (index->schema->condition_count == 0)
        return true;
    for (size_t i = 0; i < index->schema->condition_count; i++) {
        const struct pack_condition *condition = &index->schema->conditions[i];
        const struct kept_column *column = &index->table->columns[condition->column];
        sorting->row.values[condition->column] = kept_value_of(column, kept_number(column, at));
        if (condition->is == IS_LESS) {
            column = &index->table->columns[condition->other];
            sorting->row.values[condition->other] = kept_value_of(column, kept_number(column, at));
        }
    }
    return packed_meets(index->schema, &sorting->row);
}

static void add_number(struct sorting *sorting, uint64_t number)
{
    if (sorting->count == sorting->room) {
        sorting->room = sorting->room ? sorting->room * 2 : FIRST_ROOM;
        sorting->numbers = realloc(sorting->numbers, sorting->room * sizeof *sorting->numbers);
        if (!sorting->numbers)
            abort();
    }
    sorting->numbers[sorting->count++] = number;
}

static void gather_numbers(struct sorting *sorting)
{
    const struct packed_index *index = sorting->index;
    size_t rows = (size_t)index->table->rows;
    const struct field *sorted[PACK_KEYS_MAX];
    size_t sorted_count = 0;

    for (size_t i = 0; i < index->schema->key_count; i++)
        if (sorting->fields[i].is_sorted)
            sorted[sorted_count++] = &sorting->fields[i];
    for (size_t row = 0; row < rows; row++) {
        uint64_t number = row;
        if (!is_in(sorting, row))
            continue;
        for (size_t i = 0; i < sorted_count; i++)
            number |= code_of(sorted[i], kept_number(sorted[i]->column, row)) << sorted[i]->shift;
        add_number(sorting, number);
    }
}

static bool gather_record(void *argument, int64_t rowid, const uint8_t *record, size_t length)
{
    struct sorting *sorting = argument;
    const struct pack_index *schema = sorting->index->schema;
    struct packed_row *row = &sorting->row;
    struct load_value values[PACK_KEYS_MAX];

    row->rowid = rowid;
    bool whole = record_read(record, length, row->values, sorting->columns, sorting->wanted);
    assert(whole);
    (void)whole;
    if (!packed_key(schema, row, values))
        return true;
    record_make(&sorting->record, values, schema->key_count);
    record_keys_add(&sorting->records, &sorting->record, &values[0]);
    return true;
}

/* ---- laying down ------------------------------------------------------------------------------------------- */

static struct load_value value_of(const struct field *field, uint64_t number)
{
    uint64_t code = number >> field->shift & field->mask;

    if (field->has_null && code == 0)
        return (struct load_value){.type = LOAD_NULL};
    int64_t value = (int64_t)((uint64_t)field->lowest + (code - field->has_null));
    return kept_value_of(field->column, has_words(field->column) ? field->column->span.ranked[value] : value);
}

static struct load_value ask_for(const struct field *field, size_t row)
{
    int64_t number = kept_number(field->column, row);

    return kept_value_of(field->column, number == NO_NUMBER && field->has_instead ? field->instead : number);
}

/* Rows are counted by size_t (gather_numbers), so nothing is cut off where that has 32 bits. */
static size_t row_of(const struct sorting *sorting, size_t at)
{
    return (size_t)(sorting->numbers[at] & sorting->row_mask);
}

static void lay_number(struct sorting *sorting, size_t at)
{
    const struct pack_index *schema = sorting->index->schema;
    uint64_t number = sorting->numbers[at];
    size_t row = row_of(sorting, at);
    struct load_value values[PACK_KEYS_MAX];
    bool all_known = true;

    for (size_t i = 0; i < schema->key_count; i++) {
        const struct field *field = &sorting->fields[i];
        if (!field->column)
            values[i] = load_int((int64_t)row + 1);
        else
            values[i] = field->is_sorted ? value_of(field, number) : ask_for(field, row);
        all_known = all_known && values[i].type != LOAD_NULL;
    }
    if (schema->unique && all_known && at > 0 &&
        ((sorting->numbers[at - 1] ^ number) & ~sorting->row_mask) == 0)
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

/* Rows are asked for all over the columns: what the next keys need is fetched from memory while this one is laid down. */
static void lay_numbers(struct sorting *sorting)
{
    const struct kept_column *asked[PACK_KEYS_MAX];
    size_t asked_count = 0;

    for (size_t i = 0; i < sorting->index->schema->key_count; i++)
        if (sorting->fields[i].column && !sorting->fields[i].is_sorted)
            asked[asked_count++] = sorting->fields[i].column;
    for (size_t at = 0; at < sorting->count; at++) {
        if (at + FETCH_AHEAD < sorting->count)
            for (size_t i = 0; i < asked_count; i++)
                __builtin_prefetch(kept_place(asked[i], row_of(sorting, at + FETCH_AHEAD)));
        lay_number(sorting, at);
    }
}

static void sort_as_numbers(struct sorting *sorting)
{
    gather_numbers(sorting);
    sort_numbers(sorting->numbers, sorting->count);
    lay_numbers(sorting);
    free(sorting->numbers);
}

static void sort_as_records(struct sorting *sorting)
{
    sorting->wanted = packed_columns(sorting->index->schema);
    sorting->columns = sorting->wanted ? 64 - (size_t)__builtin_clzll(sorting->wanted) : 0;
    tree_scan(&sorting->index->table->tree, gather_record, sorting);
    record_keys_sort(&sorting->records);
    for (size_t i = 0; i < sorting->records.count; i++)
        lay_record(sorting, i);
    record_keys_release(&sorting->records);
}

void pack_sorted(struct page_file *file, struct packed_index *index)
{
    struct sorting sorting = {.index = index};

    tree_begin(&index->tree, file, TREE_INDEX, index->schema->root);
    if (are_numbers(&sorting))
        sort_as_numbers(&sorting);
    else
        sort_as_records(&sorting);
    tree_end(&index->tree);
    record_release(&sorting.record);
}
