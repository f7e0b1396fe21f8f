/*
 * table_rows.c — down the tree to the first leaf, along its cells, and up again. Ids that ascend keep a damaged tree from
 * leading in a circle: no leaf can be met twice.
 */
#include "db/table_rows.h"

#include <endian.h>
#include <stdlib.h>
#include <strings.h>

#include "base/limits.h"
#include "db/engine.h"
#include "db/pack_cell.h"

SQL(PAGE, "SELECT data FROM sqlite_dbpage WHERE pgno = :page");
SQL(TREE,
    "SELECT s.rootpage, t.wr OR t.type NOT IN ('table', 'shadow') FROM sqlite_schema s, pragma_table_list(s.name) t"
    " WHERE s.type = 'table' AND s.name = :table COLLATE NOCASE AND t.schema = 'main'");
SQL(COLUMNS,
    "SELECT name, pk = 1 AND upper(type) = 'INTEGER' AND (SELECT count(*) FROM pragma_table_xinfo(:table) WHERE pk > 0) = 1, dflt_value, hidden FROM pragma_table_xinfo(:table)"
    " ORDER BY cid");

/* A page on the way from the root to the leaf, and which of its cells comes next. */
struct level {
    uint8_t *bytes; /* with room behind it for a number that begins at its end */
    size_t cells;   /* where the array of their places begins */
    int count, next;
    bool is_leaf;
};

struct row_column {
    int value; /* place in table_rows.values; -1: nobody asked */
    struct row_value if_missing;
};

struct row_pages {
    struct ctx *ctx;
    const char *table;
    size_t page_bytes, usable; /* of a page: what the file leaves at its end is not */
    struct level levels[ROWS_DEPTH_MAX];
    int depth; /* of the page that is being read; -1: past the last row */
    bool has_row;
    struct row_column columns[ROWS_COLUMNS_MAX]; /* in the order of the record */
    int column_count;                            /* up to the last that is asked for */
    int rowid_value;                             /* the value that is the row's id; -1: none */
    uint8_t *overflow;                           /* a page on which a record goes on */
    uint8_t *whole;                              /* a record gathered from several pages */
    size_t whole_room;
};

static enum error_kind fail_damaged(const struct row_pages *pages)
{
    return fail(pages->ctx, LIBRARY_DAMAGED,
                "The library's file is damaged: rows of its table %s cannot be read.", pages->table);
}

/* ---- pages ------------------------------------------------------------------------------------------------- */

static enum error_kind read_page(const struct row_pages *pages, uint32_t number, uint8_t *out_bytes)
{
    struct stmt *s = db_statement(pages->ctx, &PAGE);
    size_t length = 0;
    bool found;

    bind_int(s, ":page", number);
    TRY(db_row(s, &found));
    const void *bytes = found ? column_bytes(s, 0, &length) : NULL;
    if (!bytes || length != pages->page_bytes)
        return fail_damaged(pages);
    memcpy(out_bytes, bytes, length);
    return db_row(s, &found);
}

static enum error_kind go_down(struct row_pages *pages, uint32_t number)
{
    if (++pages->depth == ROWS_DEPTH_MAX)
        return fail_damaged(pages);
    struct level *level = &pages->levels[pages->depth];
    if (!level->bytes) {
        level->bytes = arena_alloc(pages->ctx->arena, pages->page_bytes + 2 * ROWS_NUMBER_BYTES);
        memset(level->bytes + pages->page_bytes, 0, 2 * ROWS_NUMBER_BYTES);
    }
    TRY(read_page(pages, number, level->bytes));
    level->is_leaf = level->bytes[0] == LEAF_TABLE;
    level->cells = level->is_leaf ? LEAF_HEADER : INTERIOR_HEADER;
    level->count = (int)get_u16(level->bytes + AT_COUNT);
    level->next = 0;
    bool could_be =
        (level->is_leaf && (level->count > 0 || pages->depth == 0)) || level->bytes[0] == INTERIOR_TABLE;
    return could_be && level->cells + 2 * (size_t)level->count <= pages->usable ? OK : fail_damaged(pages);
}

/* The cell's place on its page; 0: nowhere that could be. */
static size_t cell_at(const struct row_pages *pages, const struct level *level, int index)
{
    size_t at = get_u16(level->bytes + level->cells + 2 * (size_t)index);

    return at >= level->cells + 2 * (size_t)level->count && at + 4 <= pages->usable ? at : 0;
}

/* To the leaf with the next cell; pages->depth is -1 when there is none. */
static enum error_kind find_leaf(struct row_pages *pages)
{
    while (pages->depth >= 0) {
        struct level *level = &pages->levels[pages->depth];
        if (level->is_leaf && level->next < level->count)
            return OK;
        if (level->is_leaf || level->next > level->count) {
            pages->depth--;
            continue;
        }
        size_t at = level->next == level->count ? AT_RIGHT_CHILD : cell_at(pages, level, level->next);
        if (at == 0)
            return fail_damaged(pages);
        level->next++;
        TRY(go_down(pages, get_u32(level->bytes + at)));
    }
    return OK;
}

/* ---- records ----------------------------------------------------------------------------------------------- */

/* A number of one to nine bytes, most of one (1.6, "varint"); there is room for nine wherever it is called. */
static inline uint64_t take_varint(const uint8_t *bytes, size_t *at)
{
    uint64_t value = bytes[*at];

    if (value < 0x80) {
        (*at)++;
        return value;
    }
    value = 0;
    for (int i = 0; i < 8; i++) {
        uint8_t byte = bytes[(*at)++];
        value = value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            return value;
    }
    return value << 8 | bytes[(*at)++];
}

/* What is not needed of eight bytes is shifted out; there is room for eight wherever it is called. */
static inline int64_t signed_at(const uint8_t *bytes, uint64_t length)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value) >> (64 - 8 * length);
}

/* Bytes that a serial type takes in the body (2.1). */
static const uint8_t body_lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

static inline uint64_t body_length(uint64_t type)
{
    return type < sizeof body_lengths ? body_lengths[type] : (type - 12) / 2;
}

static inline void read_value(struct row_value *value, uint64_t type, const uint8_t *body, uint64_t length)
{
    value->bytes = body;
    value->length = (uint32_t)length;
    value->number = 0;
    if (type >= 12) {
        value->type = type & 1 ? ROW_TEXT : ROW_BLOB;
    } else if (type == 0 || type == 7) {
        value->type = type ? ROW_REAL : ROW_NULL;
    } else {
        value->type = ROW_INT;
        value->number = length ? signed_at(body, length) : (int64_t)type - 8;
    }
}

enum record_read { RECORD_READ, RECORD_GOES_ON, RECORD_CANNOT_BE };

/* Of a record of `length` bytes the first `local` are here: RECORD_GOES_ON when a value lies past them. */
static enum record_read read_record(struct table_rows *rows, const uint8_t *record, uint64_t length,
                                    size_t local)
{
    const struct row_pages *pages = rows->pages;
    size_t at = 0;
    uint64_t header = take_varint(record, &at);
    uint64_t body = header;

    if (header > length || header < at)
        return RECORD_CANNOT_BE;
    if (header > local)
        return RECORD_GOES_ON;
    for (int i = 0; i < pages->column_count; i++) {
        const struct row_column *column = &pages->columns[i];
        if (at >= header) {
            if (column->value >= 0)
                rows->values[column->value] = column->if_missing;
            continue;
        }
        uint64_t type = take_varint(record, &at);
        uint64_t part = body_length(type);
        if (at > header || type == 10 || type == 11 || part > length - body)
            return RECORD_CANNOT_BE;
        if (column->value >= 0 && body + part > local)
            return RECORD_GOES_ON;
        if (column->value >= 0)
            read_value(&rows->values[column->value], type, record + body, part);
        body += part;
    }
    return RECORD_READ;
}

/* How much of a record stands on the leaf itself (1.6, "Cell payload overflow pages"). */
static size_t local_length(const struct row_pages *pages, uint64_t length)
{
    size_t most = pages->usable - 35;
    size_t least = (pages->usable - 12) * 32 / 255 - 23;

    if (length <= most)
        return (size_t)length;
    size_t fitting = least + (size_t)((length - least) % (pages->usable - 4));
    return fitting <= most ? fitting : least;
}

/* The record's beginning stands at `local`, and behind it the number of the page on which it goes on. */
static enum error_kind gather(struct row_pages *pages, const uint8_t *local, size_t local_bytes,
                              size_t length)
{
    uint32_t next = get_u32(local + local_bytes);

    if (pages->whole_room < length) {
        pages->whole_room = length + length / 4;
        pages->whole = arena_alloc(pages->ctx->arena, pages->whole_room + ROWS_NUMBER_BYTES);
    }
    memcpy(pages->whole, local, local_bytes);
    for (size_t at = local_bytes; at < length;) {
        size_t part =
            length - at < pages->usable - OVERFLOW_NEXT ? length - at : pages->usable - OVERFLOW_NEXT;
        TRY(read_page(pages, next, pages->overflow));
        memcpy(pages->whole + at, pages->overflow + OVERFLOW_NEXT, part);
        next = get_u32(pages->overflow);
        at += part;
    }
    memset(pages->whole + length, 0, ROWS_NUMBER_BYTES);
    return OK;
}

static enum error_kind read_cell(struct table_rows *rows, const struct level *leaf, int index)
{
    struct row_pages *pages = rows->pages;
    size_t at = cell_at(pages, leaf, index);

    if (at == 0)
        return fail_damaged(pages);
    uint64_t length = take_varint(leaf->bytes, &at);
    int64_t rowid = (int64_t)take_varint(leaf->bytes, &at);
    if (length == 0 || (pages->has_row && rowid <= rows->rowid))
        return fail_damaged(pages);
    size_t local = local_length(pages, length);
    if (at + local + (local < length ? 4 : 0) > pages->usable)
        return fail_damaged(pages);
    rows->rowid = rowid;
    pages->has_row = true;
    enum record_read read = read_record(rows, leaf->bytes + at, length, local);
    if (read == RECORD_GOES_ON && length <= SALVAGE_ROW_MAX) {
        TRY(gather(pages, leaf->bytes + at, local, (size_t)length));
        read = read_record(rows, pages->whole, length, (size_t)length);
    }
    if (read != RECORD_READ)
        return fail_damaged(pages);
    /* INTEGER PRIMARY KEY DESC is a column like others: it has a value of its own. */
    if (pages->rowid_value >= 0 && row_is_null(rows, pages->rowid_value))
        rows->values[pages->rowid_value] = (struct row_value){.type = ROW_INT, .number = rowid};
    return OK;
}

enum error_kind table_rows_next(struct table_rows *rows, bool *out_found)
{
    struct row_pages *pages = rows->pages;
    struct level *level = pages->depth >= 0 ? &pages->levels[pages->depth] : NULL;

    if (!level || !level->is_leaf || level->next == level->count)
        TRY(find_leaf(pages));
    *out_found = pages->depth >= 0;
    if (!*out_found)
        return OK;
    level = &pages->levels[pages->depth];
    return read_cell(rows, level, level->next++);
}

/* ---- beginning --------------------------------------------------------------------------------------------- */

static enum error_kind fail_unknown(const struct row_pages *pages, const char *what)
{
    return fail(pages->ctx, INTERNAL, "The rows of %s cannot be read: there is no such %s.", pages->table,
                what);
}

/* ALTER TABLE ADD COLUMN takes constants only; ours are numbers and texts. */
static bool read_default(struct arena *arena, const char *text, struct row_value *out_value)
{
    char *end;

    *out_value = (struct row_value){.type = ROW_NULL};
    if (!text || strcmp(text, "NULL") == 0)
        return true;
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '\'' && !memchr(text + 1, '\'', length - 2)) {
        *out_value = (struct row_value){.type = ROW_TEXT,
                                        .length = (uint32_t)(length - 2),
                                        .bytes = arena_memdup(arena, text + 1, length - 2)};
        return true;
    }
    *out_value = (struct row_value){.type = ROW_INT, .number = strtoll(text, &end, 10)};
    return end != text && *end == '\0';
}

static int place_among(const char *const *columns, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcasecmp(columns[i], name) == 0)
            return i;
    return -1;
}

/* Where each of `columns` stands in a record; *out_readable: as far as this file can tell. */
static enum error_kind find_columns(struct row_pages *pages, const char *const *columns, int count,
                                    bool *out_readable)
{
    struct stmt *s = db_statement(pages->ctx, &COLUMNS);
    int known = 0;
    bool found;

    bind_text(s, ":table", pages->table);
    *out_readable = true;
    for (int i = 0;; i++) {
        TRY(db_row(s, &found));
        if (!found)
            return known == count ? OK : fail_unknown(pages, "column");
        bool is_computed = column_int(s, 3) != 0;
        int value = place_among(columns, count, column_text(s, 0));
        known += value >= 0;
        *out_readable = *out_readable && i < ROWS_COLUMNS_MAX && !is_computed;
        if (!*out_readable)
            continue;
        struct row_column *column = &pages->columns[i];
        column->value = value;
        if (value < 0)
            continue;
        pages->column_count = i + 1;
        if (column_bool(s, 1))
            pages->rowid_value = column->value;
        *out_readable = read_default(pages->ctx->arena, column_text(s, 2), &column->if_missing);
    }
}

static enum error_kind find_tree(struct row_pages *pages, uint32_t *out_root, bool *out_by_rowid)
{
    struct stmt *s = db_statement(pages->ctx, &TREE);
    bool found;

    bind_text(s, ":table", pages->table);
    TRY(db_row(s, &found));
    if (!found)
        return fail_unknown(pages, "table");
    *out_root = (uint32_t)column_int(s, 0);
    *out_by_rowid = !column_bool(s, 1);
    return db_row(s, &found); /* to its end: no statement stays open on the schema */
}

/* What the file's header says of its pages (1.3). */
static enum error_kind measure_pages(struct row_pages *pages)
{
    int64_t page_bytes;

    TRY(db_pragma_int(pages->ctx, "PRAGMA page_size", &page_bytes));
    pages->page_bytes = (size_t)page_bytes;
    pages->overflow = arena_alloc(pages->ctx->arena, pages->page_bytes);
    TRY(read_page(pages, 1, pages->overflow));
    pages->usable = pages->page_bytes - pages->overflow[20];
    return OK;
}

enum error_kind table_rows_try(struct ctx *ctx, const char *table, const char *const *columns, int count,
                               struct table_rows **out_rows)
{
    struct table_rows *rows = arena_alloc(ctx->arena, sizeof *rows);
    struct row_pages *pages = arena_alloc(ctx->arena, sizeof *pages);
    uint32_t root;
    bool by_rowid;
    bool readable;

    *out_rows = NULL;
    *pages = (struct row_pages){
        .ctx = ctx, .table = arena_strdup(ctx->arena, table), .depth = -1, .rowid_value = -1};
    *rows = (struct table_rows){.values = arena_alloc(ctx->arena, (size_t)count * sizeof *rows->values),
                                .pages = pages};
    TRY(find_tree(pages, &root, &by_rowid));
    TRY(find_columns(pages, columns, count, &readable));
    if (!by_rowid || !readable)
        return OK;
    TRY(measure_pages(pages));
    TRY(go_down(pages, root));
    *out_rows = rows;
    return OK;
}

enum error_kind table_rows_begin(struct ctx *ctx, const char *table, const char *const *columns, int count,
                                 struct table_rows **out_rows)
{
    TRY(table_rows_try(ctx, table, columns, count, out_rows));
    return *out_rows ? OK : fail_damaged(&(struct row_pages){.ctx = ctx, .table = table});
}
