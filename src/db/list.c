/*
 * list.c — one engine for every list.
 *
 * What a query makes of a listing is a small number, its *shape* (sort, direction, which filters): the SQL
 * depends on nothing else, so it is built (list_sql.c) once for each shape and connection and found again by
 * pointer and number. Values are always bound.
 */
#include "db/list.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "db/cursor.h"
#include "db/engine_internal.h"
#include "db/list_internal.h"
#include "db/row_set.h"

SQL(COUNTED_TOTAL, "SELECT value FROM library_counter WHERE name = :name");

static size_t column_count(const struct listing *listing)
{
    size_t count = 0;

    while (listing->columns[count].name)
        count++;
    return count;
}

/* ---- running it ---------------------------------------------------------------------------------------- */

/* What a `total` may use besides: the whole days of a range, and where they begin and end. */
static void bind_whole_days(struct stmt *s, const struct ctx *ctx, const struct filter_value *value)
{
    const char *day = arena_printf(ctx->arena, ":%s_day", value->filter->name);
    const char *edge = arena_printf(ctx->arena, ":%s_edge", value->filter->name);
    bool end = value->filter->type == FILTER_TO_DAY;

    if (statement_has(s, day))
        bind_int(s, day, value->whole_day);
    if (statement_has(s, edge))
        bind_int(s, edge, end ? clock_day_end(value->whole_day) : clock_day_start(value->whole_day));
}

static void bind_question(struct stmt *s, const struct ctx *ctx, const struct question *question)
{
    if (statement_has(s, ":now"))
        bind_int(s, ":now", ctx->now);
    if (statement_has(s, ":today"))
        bind_int(s, ":today", clock_day_of(ctx->now));
    if (!question)
        return;
    if (question->search && statement_has(s, ":q"))
        bind_text(s, ":q", question->search);
    if (question->set && question->shape & SHAPE_WALK_SET)
        bind_row_set(s, ":set", question->set);
    else if (question->set)
        bind_text(s, ":set", row_set_json(ctx->arena, question->page_set));
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter_value *value = &question->filters[i];
        const char *name = value->filter->name;
        const char *parameter = arena_printf(ctx->arena, ":%s", *name == '.' ? name + 1 : name);
        if (value->state == 0)
            continue;
        if (value->filter->type == FILTER_FROM_DAY || value->filter->type == FILTER_TO_DAY)
            bind_whole_days(s, ctx, value);
        if (!statement_has(s, parameter))
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
    if (question->set) {
        *out_total = question->set->count;
        return OK;
    }
    struct stmt *s;
    if (listing->total && !filtered) {
        s = db_statement(ctx, &COUNTED_TOTAL);
        bind_text(s, ":name", listing->total);
    } else {
        uint64_t shape = (question->shape & ~((uint64_t)SHAPE_SORTS << SHAPE_SORT_AT)) | COUNT;
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
    struct uuid uuid; /* where its listing shows one … */
    int64_t id;       /* … else this */
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
    if (question->listing->uuid)
        edge.uuid = column_uuid(s, after_columns + 2);
    else
        edge.id = column_int(s, after_columns + 1);
    return edge;
}

static const char *row_of(struct ctx *ctx, const struct question *question, const struct edge *edge)
{
    char uuid[UUID_TEXT_SIZE];

    if (!question->listing->uuid)
        return arena_printf(ctx->arena, "%lld", (long long)edge->id);
    uuid_format(&edge->uuid, uuid);
    return arena_strdup(ctx->arena, uuid);
}

static const char *cursor_at_end(struct ctx *ctx, const struct question *question)
{
    struct cursor cursor = {.backward = true, .from_end = true, .question = question->hash};

    return cursor_format(ctx->arena, &cursor);
}

static const char *cursor_at(struct ctx *ctx, const struct question *question, const struct edge *edge,
                             bool backward)
{
    struct cursor cursor = {.backward = backward,
                            .question = question->hash,
                            .row = row_of(ctx, question, edge),
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
    bool from_row = question->has_cursor && !question->cursor.from_end;
    struct page page = {
        .query = query, .question = question, .sink = sink, .column_count = column_count(question->listing)};

    page.values = arena_alloc_array(ctx->arena, page.column_count, sizeof *page.values);
    if (backward)
        page.kept = arena_alloc_array(ctx->arena, (size_t)query->limit, sizeof *page.kept);
    if (from_row && list_may_tie(question->listing, question->sort))
        TRY(read_rows(ctx, &page, SHAPE_TIES));
    if (!page.more)
        TRY(read_rows(ctx, &page, from_row ? SHAPE_BEYOND : 0));
    for (int64_t i = page.rows - 1; backward && i >= 0; i--)
        sink->row(sink, question->listing->columns, page.kept[i]);
    /* Rows that have moved since the set was narrowed may be missed here; what comes after is not. */
    page.more = page.more || (question->set && !question->set_is_whole && page.rows > 0);
    meta->has_more = page.more;
    if (page.rows == 0)
        return OK;
    bool came_from_somewhere = question->has_cursor || query->offset > 0;
    if (backward ? from_row : page.more)
        meta->next_cursor = cursor_at(ctx, question, backward ? &page.first : &page.last, false);
    if (backward ? page.more : came_from_somewhere)
        meta->previous_cursor = cursor_at(ctx, question, backward ? &page.last : &page.first, true);
    if (meta->next_cursor || meta->previous_cursor)
        meta->last_cursor = cursor_at_end(ctx, question);
    return OK;
}

static enum error_kind answer(struct ctx *ctx, const struct list_query *query, struct question *question,
                              struct row_sink *sink, struct page_meta *meta)
{
    TRY(list_find_set(ctx, query, question));
    if (!query->without_total)
        TRY(find_total(ctx, question, &meta->total));
    if (question->search && question->listing->search_walked &&
        (query->without_total || meta->total > LIST_SORTED_MAX))
        question->shape |= SHAPE_WALK;
    return question->matches_nothing ? OK : push_page(ctx, query, question, sink, meta);
}

/* Nobody waits for long, and no reader holds a connection for long: what takes more is refused, with advice. */
static enum error_kind answer_in_time(struct ctx *ctx, const struct list_query *query,
                                      struct question *question, struct row_sink *sink,
                                      struct page_meta *meta)
{
    int64_t cap_ms = query->time_cap_ms ? query->time_cap_ms : LIST_TIME_CAP_MS;
    int64_t until = clock_monotonic_ms() + cap_ms;
    int64_t deadline = ctx->db->deadline_ms;

    if (query->without_total || (deadline != 0 && deadline < until))
        return answer(ctx, query, question, sink, meta);
    ctx->db->deadline_ms = until;
    enum error_kind kind = answer(ctx, query, question, sink, meta);
    ctx->db->deadline_ms = deadline;
    if (kind != ERROR_BUSY || ctx->error.code != ERR_BUSY || clock_monotonic_ms() <= until)
        return kind;
    error_clear(ctx);
    error_reason_text(ctx, "sort", question->sort->name);
    error_reason_int(ctx, "time_cap_ms", cap_ms);
    return fail(ctx, LIST_TOO_SLOW, "So sorted and filtered, this list takes too long. %s",
                list_advice(ctx, question->listing, question->shape));
}

enum error_kind list_run(struct ctx *ctx, const struct listing *listing, const struct list_query *query,
                         struct row_sink *sink)
{
    struct question question = {0};
    struct page_meta meta = {.limit = query->limit, .offset = query->offset};

    TRY(list_question_read(ctx, listing, query, &question));
    TRY(answer_in_time(ctx, query, &question, sink, &meta));
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
