/*
 * list_sql.c — the SQL of a listing in one shape.
 */
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/list_internal.h"

bool list_may_tie(const struct listing *listing, const struct list_sort *sort)
{
    return listing->uuid || strcmp(sort->sql, listing->id) != 0;
}

static void append_condition(struct text_buf *sql, const char *condition)
{
    if (!condition)
        return;
    text_buf_append(sql, sql->length > 0 ? " AND (" : " WHERE (");
    text_buf_append(sql, condition);
    text_buf_append_char(sql, ')');
}

/*
 * Each seeks; as one condition, `sort >= ? AND (sort > ? OR id > ?)`, it would walk through all that tie. They
 * come before the filters: of two bounds on one side (`from` and the place of the cursor) SQLite takes the first.
 */
static void append_keyset(struct text_buf *where, struct ctx *ctx, const struct listing *listing,
                          const char *sort, uint64_t shape)
{
    const char *beyond = shape & SHAPE_DESCENDING ? "<" : ">";

    if (shape & SHAPE_TIES)
        append_condition(
            where, arena_printf(ctx->arena, "%s = :after AND %s %s :after_id", sort, listing->id, beyond));
    if (shape & SHAPE_BEYOND)
        append_condition(where, arena_printf(ctx->arena, "%s %s :after", sort, beyond));
}

static const char *filter_condition(const struct list_filter *filter, unsigned state)
{
    if (state == 0)
        return filter->otherwise;
    if (filter->type == FILTER_CHOICE)
        return filter->wheres[state - 1];
    return list_filter_choice(filter, state) ? filter->wheres[state - 2] : filter->where;
}

static void append_filters(struct text_buf *where, const struct listing *listing, uint64_t shape)
{
    for (size_t i = 0; listing->filters && listing->filters[i].name; i++)
        append_condition(where, filter_condition(&listing->filters[i], list_filter_state(shape, i)));
    if (shape & SHAPE_SEARCH)
        append_condition(where, shape & SHAPE_WALK ? listing->search_walked : listing->search);
    if (shape & SHAPE_WALK_SET)
        text_buf_printf(where, "%srow_set_has(:set, %s)", where->length > 0 ? " AND " : " WHERE ",
                        listing->id);
}

/*
 * Looks the set's rows up and sorts them by id alone; then the page's rows are read whole. (A sorter carries
 * all columns of what it sorts.) The `+` keeps every index but that of the ids out of it.
 */
static void append_sorted_set(struct text_buf *sql, struct ctx *ctx, const struct listing *listing,
                              uint64_t shape)
{
    const char *sort = arena_printf(ctx->arena, "+%s", list_shape_sort(listing, shape)->sql);
    const char *direction = shape & SHAPE_DESCENDING ? "DESC" : "ASC";
    struct text_buf where;

    text_buf_init(&where, ctx->arena);
    append_condition(&where, arena_printf(ctx->arena, "%s = row_ids.value", listing->id));
    append_keyset(&where, ctx, listing, sort, shape);
    text_buf_printf(sql, " WHERE %s IN (SELECT %s FROM json_each(:set) AS row_ids CROSS JOIN %s%s",
                    listing->id, listing->id, listing->from, text_buf_string(&where));
    text_buf_printf(sql, " ORDER BY %s %s, +%s %s LIMIT :limit OFFSET :offset)", sort, direction, listing->id,
                    direction);
    text_buf_printf(sql, " ORDER BY %s %s, +%s %s", sort, direction, listing->id, direction);
}

/* "borrow w LEFT JOIN …" with the index named behind "borrow w". */
static const char *from_with_index(struct ctx *ctx, const char *from, const char *index)
{
    if (!index)
        return from;
    size_t head = strcspn(from, " ");
    head += strspn(from + head, " ");
    head += strcspn(from + head, " ");
    return arena_printf(ctx->arena, "%.*s INDEXED BY %s%s", (int)head, from, index, from + head);
}

static const char *page_sql(struct ctx *ctx, const struct listing *listing, uint64_t shape)
{
    const struct list_sort *sort = list_shape_sort(listing, shape);
    const struct list_served *served = shape & SHAPE_SORT_SET ? NULL : list_served_by(listing, shape);
    const char *direction = shape & SHAPE_DESCENDING ? "DESC" : "ASC";
    struct text_buf sql;
    struct text_buf where;

    text_buf_init(&sql, ctx->arena);
    text_buf_append(&sql, "SELECT ");
    for (const struct column *column = listing->columns; column->name; column++)
        text_buf_printf(&sql, "%s, ", column->sql);
    text_buf_printf(&sql, "%s, %s, %s FROM %s", sort->sql, listing->id,
                    listing->uuid ? listing->uuid : listing->id,
                    from_with_index(ctx, listing->from, served ? served->index : NULL));
    if (shape & SHAPE_SORT_SET) {
        append_sorted_set(&sql, ctx, listing, shape);
        return text_buf_string(&sql);
    }
    text_buf_init(&where, ctx->arena);
    append_keyset(&where, ctx, listing, sort->sql, shape);
    append_filters(&where, listing, shape);
    append_condition(&where, served ? served->also : NULL);
    text_buf_printf(&sql, "%s ORDER BY ", text_buf_string(&where));
    /* Ties have one sort value; told to sort by it all the same, SQLite does not see it for an expression. */
    if (!(shape & SHAPE_TIES))
        text_buf_printf(&sql, "%s %s, ", sort->sql, direction);
    text_buf_printf(&sql, "%s %s LIMIT :limit OFFSET :offset", listing->id, direction);
    return text_buf_string(&sql);
}

static const char *count_sql(struct ctx *ctx, const struct listing *listing, uint64_t shape)
{
    const struct list_served *served = list_served_total(listing, shape);
    const char *from = listing->count_from ? listing->count_from : listing->from;
    struct text_buf where;

    if (served && served->total)
        return arena_printf(ctx->arena, "SELECT %s", served->total);
    text_buf_init(&where, ctx->arena);
    append_filters(&where, listing, shape);
    return arena_printf(ctx->arena, "SELECT count(*) FROM %s%s",
                        from_with_index(ctx, from, served ? served->index : NULL), text_buf_string(&where));
}

static const char *one_sql(struct ctx *ctx, const struct listing *listing)
{
    struct text_buf sql;

    text_buf_init(&sql, ctx->arena);
    for (const struct column *column = listing->columns; column->name; column++)
        text_buf_printf(&sql, "%s%s", sql.length ? ", " : "SELECT ", column->sql);
    text_buf_printf(&sql, " FROM %s WHERE %s = :id", listing->from, listing->id);
    return text_buf_string(&sql);
}

const char *list_sql(struct ctx *ctx, const void *key, uint64_t shape)
{
    const struct listing *listing = key;

    switch ((enum purpose)(shape & 3)) {
    case PAGE: return page_sql(ctx, listing, shape);
    case COUNT: return count_sql(ctx, listing, shape);
    case ONE: return one_sql(ctx, listing);
    case LOCATE: break;
    }
    return arena_printf(ctx->arena,
                        "SELECT %s, %s = :uuid FROM %s WHERE %s <= :uuid ORDER BY %s DESC LIMIT 1",
                        listing->id, listing->uuid, listing->from, listing->uuid, listing->uuid);
}
