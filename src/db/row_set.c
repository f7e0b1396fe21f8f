/*
 * row_set.c — lets SQLite ask a bitmap, so that a page of what was found outside SQL is still a walk through
 * the index of its order.
 */
#include "db/row_set.h"

#include "base/text.h"

/* SQLite hands a pointer only to who knows its type's name. */
#define ROW_SET "row_set"

static void answer_has(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct row_set *set = sqlite3_value_pointer(values[0], ROW_SET);

    (void)count;
    sqlite3_result_int(context, set && row_set_has(set, sqlite3_value_int64(values[1])));
}

int row_set_register(sqlite3 *handle)
{
    return sqlite3_create_function_v2(handle, "row_set_has", 2,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                      answer_has, NULL, NULL, NULL);
}

void bind_row_set(struct stmt *s, const char *name, const struct row_set *set)
{
    int index = s->handle ? sqlite3_bind_parameter_index(s->handle, name) : 0;

    /* Binding an object of the caller's for as long as the statement runs: nothing is written through it. */
    if (index > 0 && sqlite3_bind_pointer(s->handle, index, (void *)set, ROW_SET, NULL) != SQLITE_OK)
        s->failed = db_fail(s->ctx, s->db, sqlite3_errcode(s->db->handle), s->name);
}

const char *row_set_json(struct arena *arena, const struct row_set *set)
{
    struct text_buf json;

    text_buf_init(&json, arena);
    text_buf_append_char(&json, '[');
    for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1)) {
        if (json.length > 1)
            text_buf_append_char(&json, ',');
        text_buf_append_int(&json, id);
    }
    text_buf_append_char(&json, ']');
    return text_buf_string(&json);
}
