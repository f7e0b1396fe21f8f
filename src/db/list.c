/*
 * list.c — one engine for every list.
 *
 * What a query makes of a listing is a small number, its *shape* (sort, direction, which filters): the SQL
 * depends on nothing else, so it is built once for each shape and connection and found again by pointer and
 * number. Values are always bound.
 */
#include "db/list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "db/cursor.h"
#include "db/engine_internal.h"
#include "db/list_internal.h"

SQL(COUNTED_TOTAL, "SELECT value FROM library_counter WHERE name = :name");

struct filter_value {
    const struct list_filter *filter;
    unsigned state; /* 0: absent; n: given, and for a choice the number of the choice from 1 */
    const char *text;
    int64_t number;
    struct uuid uuid;
};

/* A query that has been read and found good. */
struct question {
    const struct listing *listing;
    const struct list_sort *sort;
    bool descending;
    struct filter_value filters[LIST_FILTERS_MAX];
    size_t filter_count;
    const char *search; /* as a full-text query; NULL: none */
    bool matches_nothing;
    struct cursor cursor; /* of use when has_cursor */
    bool has_cursor;
    int64_t cursor_id;
    uint64_t hash;
    uint64_t shape;
};

/* ---- SQL of a shape ------------------------------------------------------------------------------------ */

static size_t column_count(const struct listing *listing)
{
    size_t count = 0;

    while (listing->columns[count].name)
        count++;
    return count;
}

static unsigned filter_state(uint64_t shape, size_t index)
{
    return (unsigned)(shape >> (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * index)) &
           ((1u << SHAPE_FILTER_BITS) - 1);
}

static void append_condition(struct text_buf *sql, const char *condition)
{
    if (!condition)
        return;
    text_buf_append(sql, sql->length > 0 ? " AND (" : " WHERE (");
    text_buf_append(sql, condition);
    text_buf_append_char(sql, ')');
}

/* Each seeks; as one condition, `sort >= ? AND (sort > ? OR id > ?)`, it would walk through all that tie. */
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

static const char *conditions(struct ctx *ctx, const struct listing *listing, uint64_t shape)
{
    struct text_buf where;

    text_buf_init(&where, ctx->arena);
    for (size_t i = 0; listing->filters && listing->filters[i].name; i++) {
        const struct list_filter *filter = &listing->filters[i];
        unsigned state = filter_state(shape, i);
        if (state == 0)
            append_condition(&where, filter->otherwise);
        else
            append_condition(&where,
                             filter->type == FILTER_CHOICE ? filter->wheres[state - 1] : filter->where);
    }
    if (shape & SHAPE_SEARCH)
        append_condition(&where, listing->search);
    return text_buf_string(&where);
}

static const char *page_sql(struct ctx *ctx, const struct listing *listing, uint64_t shape)
{
    const struct list_sort *sort = &listing->sorts[shape >> SHAPE_SORT_AT & 15];
    const char *direction = shape & SHAPE_DESCENDING ? "DESC" : "ASC";
    struct text_buf sql;
    struct text_buf where;

    text_buf_init(&sql, ctx->arena);
    text_buf_append(&sql, "SELECT ");
    for (const struct column *column = listing->columns; column->name; column++)
        text_buf_printf(&sql, "%s, ", column->sql);
    text_buf_printf(&sql, "%s, %s, %s FROM %s", sort->sql, listing->id,
                    listing->uuid ? listing->uuid : listing->id, listing->from);
    text_buf_init(&where, ctx->arena);
    text_buf_append(&where, conditions(ctx, listing, shape));
    append_keyset(&where, ctx, listing, sort->sql, shape);
    text_buf_printf(&sql, "%s ORDER BY ", text_buf_string(&where));
    /* Ties have one sort value; told to sort by it all the same, SQLite does not see it for an expression. */
    if (!(shape & SHAPE_TIES))
        text_buf_printf(&sql, "%s %s, ", sort->sql, direction);
    text_buf_printf(&sql, "%s %s LIMIT :limit OFFSET :offset", listing->id, direction);
    return text_buf_string(&sql);
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
    case COUNT:
        return arena_printf(ctx->arena, "SELECT count(*) FROM %s%s",
                            listing->count_from ? listing->count_from : listing->from,
                            conditions(ctx, listing, shape));
    case ONE: return one_sql(ctx, listing);
    case LOCATE: break;
    }
    return arena_printf(ctx->arena,
                        "SELECT %s, %s = :uuid FROM %s WHERE %s <= :uuid ORDER BY %s DESC LIMIT 1",
                        listing->id, listing->uuid, listing->from, listing->uuid, listing->uuid);
}

/* ---- reading the query --------------------------------------------------------------------------------- */

static enum error_kind read_sort(struct ctx *ctx, const struct list_query *query, struct question *question)
{
    const struct list_sort *sort = question->listing->sorts;

    while (query->sort && sort->name && strcmp(sort->name, query->sort) != 0)
        sort++;
    if (!sort->name)
        return fail(ctx, INVALID_PARAMETER, "This list cannot be sorted by “%s”.", query->sort);
    question->sort = sort;
    question->descending = sort->descending;
    if (query->order) {
        question->descending = strcmp(query->order, "desc") == 0;
        if (!question->descending && strcmp(query->order, "asc") != 0)
            return fail(ctx, INVALID_PARAMETER, "order must be asc or desc.");
    }
    return OK;
}

static bool read_boundary(const char *text, bool end, int64_t *out_ms)
{
    int32_t day;

    if (clock_parse_day(text, &day)) {
        *out_ms = end ? clock_day_end(day) : clock_day_start(day);
        return true;
    }
    return clock_parse_instant(text, out_ms);
}

static bool read_choice(const struct list_filter *filter, const char *text, unsigned *out_state)
{
    for (unsigned i = 0; filter->choices[i]; i++) {
        if (strcmp(filter->choices[i], text) == 0) {
            *out_state = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_bool(const char *text, unsigned *out_state)
{
    *out_state = strcmp(text, "true") == 0 || strcmp(text, "1") == 0 || strcmp(text, "yes") == 0;
    return *out_state || strcmp(text, "false") == 0 || strcmp(text, "0") == 0 || strcmp(text, "no") == 0;
}

static enum error_kind read_filter(struct ctx *ctx, struct filter_value *value, const char *text)
{
    bool good = true;

    value->state = 1;
    switch (value->filter->type) {
    case FILTER_TEXT: value->text = text; break;
    case FILTER_FOLDED: value->text = text_fold(ctx->arena, text); break;
    case FILTER_INTEGER: good = text_to_int64(text, &value->number); break;
    case FILTER_BOOL: good = read_bool(text, &value->state); break;
    case FILTER_UUID: good = uuid_parse(text, &value->uuid); break;
    case FILTER_FROM_DAY: good = read_boundary(text, false, &value->number); break;
    case FILTER_TO_DAY: good = read_boundary(text, true, &value->number); break;
    case FILTER_CHOICE: good = read_choice(value->filter, text, &value->state); break;
    }
    if (!good)
        return fail(ctx, INVALID_PARAMETER, "“%s” is no value for %s.", text, value->filter->name);
    return OK;
}

static enum error_kind read_filters(struct ctx *ctx, const struct list_query *query,
                                    struct question *question)
{
    const struct list_filter *filters = question->listing->filters;

    for (size_t i = 0; filters && filters[i].name; i++) {
        assert(i < LIST_FILTERS_MAX);
        struct filter_value *value = &question->filters[question->filter_count++];
        value->filter = &filters[i];
        for (size_t p = 0; p < query->parameter_count; p++) {
            const struct list_parameter *parameter = &query->parameters[p];
            if (strcmp(parameter->name, filters[i].name) == 0 && parameter->value && *parameter->value)
                TRY(read_filter(ctx, value, parameter->value));
        }
        assert(value->state < 1u << SHAPE_FILTER_BITS);
        question->shape |= (uint64_t)value->state << (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * i);
    }
    return OK;
}

/* Words become `"word"*` terms, all of which must be found; nothing of FTS5's own syntax gets through. */
static void read_search(struct ctx *ctx, const struct list_query *query, struct question *question)
{
    const char *words[SEARCH_WORDS_MAX];
    struct text_buf terms;

    if (!query->search || !question->listing->search)
        return;
    size_t count = text_words(ctx->arena, text_fold(ctx->arena, query->search), words, SEARCH_WORDS_MAX);
    text_buf_init(&terms, ctx->arena);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&terms, "%s\"%s\"*", i ? " " : "", words[i]);
    question->search = text_buf_string(&terms);
    question->matches_nothing = count == 0;
    question->shape |= SHAPE_SEARCH;
}

static void hash_text(uint64_t *hash, const char *text)
{
    /* FNV-1a; the NUL is hashed too, so that neighbours do not run together. */
    for (const char *c = text ? text : "\x01";; c++) {
        *hash = (*hash ^ (unsigned char)*c) * 0x100000001b3u;
        if (!*c)
            return;
    }
}

static void hash_question(struct question *question, const struct list_query *query)
{
    uint64_t hash = 0xcbf29ce484222325u;

    hash_text(&hash, question->listing->name);
    hash_text(&hash, question->sort->name);
    hash_text(&hash, question->descending ? "desc" : "asc");
    hash_text(&hash, question->search);
    for (size_t i = 0; i < question->filter_count; i++) {
        const char *name = question->filters[i].filter->name;
        hash_text(&hash, name);
        for (size_t p = 0; p < query->parameter_count; p++)
            if (strcmp(query->parameters[p].name, name) == 0)
                hash_text(&hash, query->parameters[p].value);
    }
    question->hash = hash;
}

/*
 * The row that a cursor names may be gone. Ids and UUIDs grow together, so the last one made before it stands
 * for it: going up, what is past that one; going down, that one is the first.
 */
static enum error_kind locate_cursor_row(struct ctx *ctx, struct question *question)
{
    const struct listing *listing = question->listing;
    struct uuid uuid;
    bool found;

    if (listing->uuid ? !uuid_parse(question->cursor.row, &uuid)
                      : !text_to_int64(question->cursor.row, &question->cursor_id))
        return fail(ctx, INVALID_CURSOR, "This cursor is broken. Start again without it.");
    if (!listing->uuid)
        return OK;
    struct stmt *s = db_shaped_statement(ctx, listing, LOCATE, listing->name, list_sql);
    bind_uuid(s, ":uuid", &uuid);
    TRY(db_row(s, &found));
    bool exact = found && column_bool(s, 1);
    bool going_up = question->descending == question->cursor.backward;
    question->cursor_id = (found ? column_int(s, 0) : 0) + (exact || going_up ? 0 : 1);
    return OK;
}

static enum error_kind read_cursor(struct ctx *ctx, const struct list_query *query, struct question *question)
{
    if (!query->cursor)
        return OK;
    if (!cursor_parse(ctx->arena, query->cursor, &question->cursor) ||
        question->cursor.text != question->sort->text)
        return fail(ctx, INVALID_CURSOR, "This cursor is broken. Start again without it.");
    if (question->cursor.question != question->hash)
        return fail(ctx, INVALID_CURSOR,
                    "This cursor belongs to another list, sort or filter. Start again without it.");
    question->has_cursor = true;
    return locate_cursor_row(ctx, question);
}

static enum error_kind read_question(struct ctx *ctx, const struct listing *listing,
                                     const struct list_query *query, struct question *question)
{
    question->listing = listing;
    if (query->offset > LIST_OFFSET_MAX)
        return fail(ctx, INVALID_PARAMETER, "offset may be at most %d. Use cursor=… to go further.",
                    LIST_OFFSET_MAX);
    TRY(read_sort(ctx, query, question));
    TRY(read_filters(ctx, query, question));
    read_search(ctx, query, question);
    hash_question(question, query);
    TRY(read_cursor(ctx, query, question));
    question->shape |= (uint64_t)(question->sort - listing->sorts) << SHAPE_SORT_AT;
    return OK;
}

/* ---- running it ---------------------------------------------------------------------------------------- */

static void bind_question(struct stmt *s, const struct ctx *ctx, const struct question *question)
{
    if (statement_has(s, ":now"))
        bind_int(s, ":now", ctx->now);
    if (statement_has(s, ":today"))
        bind_int(s, ":today", clock_day_of(ctx->now));
    if (!question)
        return;
    if (question->search)
        bind_text(s, ":q", question->search);
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter_value *value = &question->filters[i];
        const char *name = value->filter->name;
        const char *parameter = arena_printf(ctx->arena, ":%s", *name == '.' ? name + 1 : name);
        if (value->state == 0 || !statement_has(s, parameter))
            continue;
        if (value->text)
            bind_text(s, parameter, value->text);
        else if (value->filter->type == FILTER_UUID)
            bind_uuid(s, parameter, &value->uuid);
        else
            bind_int(s, parameter, value->number);
    }
}

static enum error_kind find_total(struct ctx *ctx, const struct question *question, int64_t *out_total)
{
    const struct listing *listing = question->listing;
    bool filtered = question->search || question->shape >> SHAPE_FILTERS_AT;
    bool found;

    if (question->matches_nothing) {
        *out_total = 0;
        return OK;
    }
    struct stmt *s;
    if (listing->total && !filtered) {
        s = db_statement(ctx, &COUNTED_TOTAL);
        bind_text(s, ":name", listing->total);
    } else {
        uint64_t shape = (question->shape & ~(uint64_t)(15u << SHAPE_SORT_AT)) | COUNT;
        s = db_shaped_statement(ctx, listing, shape, listing->name, list_sql);
        bind_question(s, ctx, question);
    }
    TRY(db_row(s, &found));
    *out_total = found ? column_int(s, 0) : 0;
    return OK;
}

static void read_values(struct stmt *s, const struct column *columns, struct column_value *values)
{
    for (int i = 0; columns[i].name; i++) {
        struct column_value *value = &values[i];
        *value = (struct column_value){.is_null = column_is_null(s, i)};
        if (value->is_null)
            continue;
        switch (columns[i].type) {
        case COLUMN_TEXT:
        case COLUMN_TEXTS: value->text = (const char *)sqlite3_column_text(s->handle, i); break;
        case COLUMN_UUID:
            if (sqlite3_column_bytes(s->handle, i) == UUID_BYTES)
                value->blob = sqlite3_column_blob(s->handle, i);
            else
                value->is_null = true;
            break;
        case COLUMN_REAL: value->real = column_real(s, i); break;
        default: value->number = column_int(s, i); break;
        }
    }
}

/* What a row leaves behind for the cursors. */
struct edge {
    const char *row;
    const char *text;
    int64_t number;
};

static struct edge read_edge(struct stmt *s, const struct question *question, int after_columns)
{
    struct edge edge = {0};

    if (question->sort->text)
        edge.text = column_text(s, after_columns);
    else
        edge.number = column_int(s, after_columns);
    if (question->listing->uuid) {
        struct uuid uuid = column_uuid(s, after_columns + 2);
        char *text = arena_alloc(s->ctx->arena, UUID_TEXT_SIZE);
        uuid_format(&uuid, text);
        edge.row = text;
    } else {
        edge.row = arena_printf(s->ctx->arena, "%lld", (long long)column_int(s, after_columns + 1));
    }
    return edge;
}

static const char *cursor_at(struct ctx *ctx, const struct question *question, const struct edge *edge,
                             bool backward)
{
    struct cursor cursor = {.backward = backward,
                            .question = question->hash,
                            .row = edge->row,
                            .text = question->sort->text,
                            .text_value = edge->text,
                            .number = edge->number};

    return cursor_format(ctx->arena, &cursor);
}

/* Rows of a page walked backwards: kept until all are there, then pushed in the list's own order. */
static struct column_value *keep_row(struct ctx *ctx, const struct column_value *values, size_t count)
{
    struct column_value *kept = arena_memdup(ctx->arena, values, count * sizeof *values);

    for (size_t i = 0; i < count; i++) {
        kept[i].text = arena_strdup(ctx->arena, values[i].text);
        kept[i].blob = values[i].blob ? arena_memdup(ctx->arena, values[i].blob, UUID_BYTES) : NULL;
    }
    return kept;
}

/* A page on its way from one or two statements to the sink. */
struct page {
    const struct list_query *query;
    const struct question *question;
    struct row_sink *sink;
    size_t column_count;
    struct column_value *values;
    struct column_value **kept; /* NULL: pushed as they come */
    struct edge first, last;    /* as they were walked */
    int64_t rows;
    bool more;
};

/* `step`: SHAPE_TIES or SHAPE_BEYOND, from a cursor; 0 from the start. */
static struct stmt *page_statement(struct ctx *ctx, const struct page *page, uint64_t step)
{
    const struct question *question = page->question;
    const struct cursor *cursor = &question->cursor;
    uint64_t shape = question->shape | PAGE | step;

    if (question->descending != (question->has_cursor && cursor->backward))
        shape |= SHAPE_DESCENDING;
    struct stmt *s = db_shaped_statement(ctx, question->listing, shape, question->listing->name, list_sql);
    bind_question(s, ctx, question);
    if (step && cursor->text)
        bind_text(s, ":after", cursor->text_value);
    else if (step)
        bind_int(s, ":after", cursor->number);
    if (step == SHAPE_TIES)
        bind_int(s, ":after_id", question->cursor_id);
    bind_int(s, ":limit", page->query->limit + 1 - page->rows); /* one more says that there is more */
    bind_int(s, ":offset", question->has_cursor ? 0 : page->query->offset);
    return s;
}

static enum error_kind read_rows(struct ctx *ctx, struct page *page, uint64_t step)
{
    const struct column *columns = page->question->listing->columns;
    struct stmt *s = page_statement(ctx, page, step);

    for (;;) {
        bool found;
        TRY(db_row(s, &found));
        page->more = found && page->rows == page->query->limit;
        if (!found || page->more)
            return OK;
        read_values(s, columns, page->values);
        page->last = read_edge(s, page->question, (int)page->column_count);
        if (page->rows == 0)
            page->first = page->last;
        if (page->kept)
            page->kept[page->rows] = keep_row(ctx, page->values, page->column_count);
        else
            page->sink->row(page->sink, columns, page->values);
        page->rows++;
    }
}

static enum error_kind push_page(struct ctx *ctx, const struct list_query *query,
                                 const struct question *question, struct row_sink *sink,
                                 struct page_meta *meta)
{
    bool backward = question->has_cursor && question->cursor.backward;
    struct page page = {
        .query = query, .question = question, .sink = sink, .column_count = column_count(question->listing)};

    page.values = arena_alloc_array(ctx->arena, page.column_count, sizeof *page.values);
    if (backward)
        page.kept = arena_alloc_array(ctx->arena, (size_t)query->limit, sizeof *page.kept);
    if (question->has_cursor)
        TRY(read_rows(ctx, &page, SHAPE_TIES));
    if (!page.more)
        TRY(read_rows(ctx, &page, question->has_cursor ? SHAPE_BEYOND : 0));
    for (int64_t i = page.rows - 1; backward && i >= 0; i--)
        sink->row(sink, question->listing->columns, page.kept[i]);
    meta->has_more = page.more;
    if (page.rows == 0)
        return OK;
    bool came_from_somewhere = question->has_cursor || query->offset > 0;
    if (backward || page.more)
        meta->next_cursor = cursor_at(ctx, question, backward ? &page.first : &page.last, false);
    if (backward ? page.more : came_from_somewhere)
        meta->previous_cursor = cursor_at(ctx, question, backward ? &page.last : &page.first, true);
    return OK;
}

enum error_kind list_run(struct ctx *ctx, const struct listing *listing, const struct list_query *query,
                         struct row_sink *sink)
{
    struct question question = {0};
    struct page_meta meta = {.limit = query->limit, .offset = query->offset};

    TRY(read_question(ctx, listing, query, &question));
    if (!query->without_total)
        TRY(find_total(ctx, &question, &meta.total));
    if (!question.matches_nothing)
        TRY(push_page(ctx, query, &question, sink, &meta));
    if (sink->page)
        sink->page(sink, &meta);
    return OK;
}

enum error_kind list_one(struct ctx *ctx, const struct listing *listing, int64_t id, struct row_sink *sink)
{
    struct stmt *s = db_shaped_statement(ctx, listing, ONE, listing->name, list_sql);
    struct column_value *values = arena_alloc_array(ctx->arena, column_count(listing), sizeof *values);
    bool found;

    bind_question(s, ctx, NULL);
    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, NOT_FOUND, "There is no such record.");
    read_values(s, listing->columns, values);
    sink->row(sink, listing->columns, values);
    return OK;
}
