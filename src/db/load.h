/*
 * load.h — filling the tables of a new file faster than single statements can: for DB_BUILD connections.
 *
 * One INSERT … SELECT takes a whole table from a function that knows the next row; SQLite asks for columns
 * instead of being handed parameters, 17 calls a row less. Rows should come in the order of the table's key.
 * Indexes are taken off before and made again after: sorted once, written once, packed. Which there are,
 * the file itself says, so that a new index in schema.sql needs no change here.
 *
 *     TRY(db_take_indexes(ctx, &indexes));
 *     TRY(db_load(ctx, "borrow", borrow_columns, next_borrow, &generator));
 *     for (struct load_index *index = indexes; index; index = index->next)
 *         TRY(db_make_index(ctx, index));
 */
#ifndef CARREL_DB_LOAD_H
#define CARREL_DB_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/ctx.h"

#define LOAD_COLUMNS_MAX 32

enum load_type { LOAD_NULL, LOAD_INT, LOAD_TEXT, LOAD_BLOB };

struct load_value {
    enum load_type type;
    int length; /* of text or blob, in bytes */
    union {
        int64_t number;
        const void *bytes; /* must live until the next row is asked for */
    } as;
};

static inline struct load_value load_int(int64_t number)
{
    return (struct load_value){.type = LOAD_INT, .as.number = number};
}

/* NO_NUMBER is NULL. */
static inline struct load_value load_number(int64_t number)
{
    return number == NO_NUMBER ? (struct load_value){.type = LOAD_NULL} : load_int(number);
}

static inline struct load_value load_bytes(const void *bytes, int length)
{
    return (struct load_value){.type = LOAD_BLOB, .length = length, .as.bytes = bytes};
}

/* NULL is NULL. */
static inline struct load_value load_text(const char *text)
{
    return text ? (struct load_value){.type = LOAD_TEXT, .length = (int)strlen(text), .as.bytes = text}
                : (struct load_value){.type = LOAD_NULL};
}

/* Writes the values of the next row, one for each column; false: there is none. */
typedef bool load_next(void *argument, struct load_value *out_row);

/*
 * Inserts all rows into `table`. `columns` ends with NULL; columns left out get their default, an `id` left out
 * is 1, 2, 3 … in an empty table. Both are constants of the program.
 */
enum error_kind db_load(struct ctx *ctx, const char *table, const char *const *columns, load_next *next,
                        void *argument) MUST_CHECK;

/* An index that stands in the schema as a statement of its own (not those of UNIQUE and PRIMARY KEY). */
struct load_index {
    const char *name;
    const char *table;
    const char *sql;
    struct load_index *next;
};

/* Drops them all and says what they were, in the arena. Resets every statement of the connection. */
enum error_kind db_take_indexes(struct ctx *ctx, struct load_index **out_indexes) MUST_CHECK;
enum error_kind db_make_index(struct ctx *ctx, const struct load_index *index) MUST_CHECK;

#endif
