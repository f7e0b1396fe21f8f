/*
 * pack_index.c — an index whose keys come in another order than the table's rows: reading, sorting, laying down.
 */
#include <assert.h>

#include "db/pack_internal.h"
#include "db/pack_sort.h"

/* A value's place in a key of 64 bits. 0 is NULL where there are NULLs, then the lowest number or first word, and so on. */
struct field {
    int column; /* PACK_ROWID: takes no place */
    int shift;
    uint64_t mask;
    int64_t lowest;
    const struct column_span *words; /* NULL: numbers */
    bool has_null;
    bool has_instead;
    int64_t instead; /* of NULL */
};

struct sorting {
    struct packed_index *index;
    uint64_t wanted; /* the table's columns that have to be read, a bit for each … */
    size_t columns;  /* … and how many that is with those before them */
    bool as_numbers;
    struct field fields[PACK_KEYS_MAX];
    struct number_keys numbers;
    struct record_keys records;
    struct packed_row row;
    struct record record;
};

/* ---- how --------------------------------------------------------------------------------------------------- */

/* The field of one value; how many bits it takes. */
static int measure(const struct column_span *span, const struct pack_key *key, struct field *out_field)
{
    int64_t lowest = span->word_count ? 0 : span->lowest;
    int64_t highest = span->word_count ? (int64_t)span->word_count - 1 : span->highest;
    bool has_instead = key->has_instead && span->has_null;

    *out_field = (struct field){.column = key->column,
                                .words = span->word_count ? span : NULL,
                                .has_instead = has_instead,
                                .has_null = span->has_null && !has_instead};
    if (has_instead) {
        out_field->instead = key->instead.as.number;
        lowest = out_field->instead < lowest ? out_field->instead : lowest;
        highest = out_field->instead > highest ? out_field->instead : highest;
    }
    out_field->lowest = lowest;
    if (lowest > highest)
        return 0; /* NULLs alone */
    uint64_t codes = (uint64_t)highest - (uint64_t)lowest;
    if (codes >= UINT64_MAX / 2)
        return 64;
    codes += out_field->has_null;
    out_field->mask = codes ? UINT64_MAX >> __builtin_clzll(codes) : 0;
    return codes ? 64 - __builtin_clzll(codes) : 0;
}

static bool can_be_number(const struct packed_table *table, const struct pack_key *key)
{
    if (key->column == PACK_ROWID)
        return false;
    enum load_type type = table->schema->columns[key->column].type;
    return type == LOAD_INT ||
           (type == LOAD_TEXT && !table->spans[key->column].is_wordy && !key->has_instead);
}

/* Values of together 64 bits, and after them nothing but the rowid, whose order the rows have already. */
static bool are_numbers(const struct packed_index *index, struct field *fields)
{
    const struct pack_index *schema = index->schema;
    size_t count = schema->key_count;
    int shift = 0;

    for (; count > 0 && schema->keys[count - 1].column == PACK_ROWID; count--)
        fields[count - 1] = (struct field){.column = PACK_ROWID};
    for (size_t i = count; i-- > 0;) {
        const struct pack_key *key = &schema->keys[i];
        if (!can_be_number(index->table, key))
            return false;
        int bits = measure(&index->table->spans[key->column], key, &fields[i]);
        fields[i].shift = shift;
        shift += bits;
        if (shift > 63)
            return false;
    }
    return true;
}

static uint64_t bit_of(int column)
{
    return column == PACK_ROWID ? 0 : UINT64_C(1) << column;
}

/* What its keys and its conditions look at. */
static uint64_t columns_wanted(const struct pack_index *schema)
{
    uint64_t wanted = 0;

    for (size_t i = 0; i < schema->key_count; i++)
        wanted |= bit_of(schema->keys[i].column);
    for (size_t i = 0; i < schema->condition_count; i++) {
        const struct pack_condition *condition = &schema->conditions[i];
        wanted |= bit_of(condition->column);
        if (condition->is == IS_LESS)
            wanted |= bit_of(condition->other);
    }
    return wanted;
}

/* ---- collecting -------------------------------------------------------------------------------------------- */

static uint64_t code_of(const struct field *field, const struct load_value *value)
{
    if (value->type == LOAD_INT)
        return (uint64_t)value->as.number - (uint64_t)field->lowest + field->has_null;
    if (value->type != LOAD_NULL)
        return span_code(field->words, value) + field->has_null;
    return field->has_instead ? (uint64_t)field->instead - (uint64_t)field->lowest : 0;
}

static void collect_numbers(struct sorting *sorting)
{
    const struct packed_row *row = &sorting->row;
    struct number_keys *numbers = &sorting->numbers;
    uint64_t key = 0;

    for (size_t i = 0; i < sorting->index->schema->key_count; i++) {
        const struct field *field = &sorting->fields[i];
        if (field->column != PACK_ROWID)
            key |= code_of(field, &row->values[field->column]) << field->shift;
    }
    assert(numbers->count < numbers->room);
    numbers->keys[numbers->count] = key;
    numbers->rowids[numbers->count++] = (uint32_t)row->rowid;
}

static void collect_record(struct sorting *sorting)
{
    const struct pack_index *schema = sorting->index->schema;
    struct load_value values[PACK_KEYS_MAX];

    if (!packed_key(schema, &sorting->row, values))
        return;
    record_make(&sorting->record, values, schema->key_count);
    record_keys_add(&sorting->records, &sorting->record, &values[0]);
}

static bool collect(void *argument, int64_t rowid, const uint8_t *record, size_t length)
{
    struct sorting *sorting = argument;
    struct packed_row *row = &sorting->row;

    row->rowid = rowid;
    bool whole = record_read(record, length, row->values, sorting->columns, sorting->wanted);
    assert(whole);
    (void)whole;
    if (!sorting->as_numbers)
        collect_record(sorting);
    else if (packed_meets(sorting->index->schema, row))
        collect_numbers(sorting);
    return true;
}

/* ---- laying down ------------------------------------------------------------------------------------------- */

/* What code_of() made of it. */
static struct load_value value_of(const struct field *field, uint64_t code)
{
    if (field->has_null && code == 0)
        return (struct load_value){.type = LOAD_NULL};
    code -= field->has_null;
    if (!field->words)
        return load_int((int64_t)((uint64_t)field->lowest + code));
    const struct span_word *word = &field->words->words[code];
    return (struct load_value){LOAD_TEXT, word->length, {.bytes = word->bytes}};
}

static void lay_number(struct sorting *sorting, size_t at)
{
    const struct pack_index *schema = sorting->index->schema;
    uint64_t key = sorting->numbers.keys[at];
    struct load_value values[PACK_KEYS_MAX];
    bool all_known = true;

    for (size_t i = 0; i < schema->key_count; i++) {
        const struct field *field = &sorting->fields[i];
        uint64_t code = key >> field->shift & field->mask;
        values[i] =
            field->column == PACK_ROWID ? load_int(sorting->numbers.rowids[at]) : value_of(field, code);
        all_known = all_known && values[i].type != LOAD_NULL;
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
    struct sorting sorting = {.index = index, .wanted = columns_wanted(index->schema)};

    sorting.columns = sorting.wanted ? 64 - (size_t)__builtin_clzll(sorting.wanted) : 0;
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
