/*
 * list_question.c — what a client asked of a list, read and found good or refused: sort, filters, search, cursor.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/engine_internal.h"
#include "db/list.h"
#include "db/list_internal.h"

static enum error_kind read_sort(struct ctx *ctx, const struct list_query *query, struct question *question)
{
    const struct list_sort *sort = question->listing->sorts;

    while (query->sort && sort->name && strcmp(sort->name, query->sort) != 0)
        sort++;
    if (!sort->name)
        return fail(ctx, INVALID_PARAMETER, "This list cannot be sorted by “%s”.", query->sort);
    assert((size_t)(sort - question->listing->sorts) <= SHAPE_SORTS);
    question->sort = sort;
    question->descending = sort->descending;
    if (query->order) {
        question->descending = strcmp(query->order, "desc") == 0;
        if (!question->descending && strcmp(query->order, "asc") != 0)
            return fail(ctx, INVALID_PARAMETER, "order must be asc or desc.");
    }
    return OK;
}

static bool read_boundary(const char *text, bool end, struct filter_value *value)
{
    int32_t day;

    if (clock_parse_day(text, &day))
        value->number = end ? clock_day_end(day) : clock_day_start(day);
    else if (!clock_parse_instant(text, &value->number))
        return false;
    day = clock_day_of(value->number);
    if (end)
        value->whole_day = value->number == clock_day_end(day) ? day : day - 1;
    else
        value->whole_day = value->number == clock_day_start(day) ? day : day + 1;
    return true;
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
    case FILTER_TEXT:
        value->text = text;
        if (value->filter->choices && read_choice(value->filter, text, &value->state))
            value->state++;
        break;
    case FILTER_FOLDED: value->text = text_fold(ctx->arena, text); break;
    case FILTER_INTEGER: good = text_to_int64(text, &value->number); break;
    case FILTER_BOOL: good = read_bool(text, &value->state); break;
    case FILTER_UUID: good = uuid_parse(text, &value->uuid); break;
    case FILTER_FROM_DAY: good = read_boundary(text, false, value); break;
    case FILTER_TO_DAY: good = read_boundary(text, true, value); break;
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
        (!question->cursor.from_end && question->cursor.text != question->sort->text))
        return fail(ctx, INVALID_CURSOR, "This cursor is broken. Start again without it.");
    if (question->cursor.question != question->hash)
        return fail(ctx, INVALID_CURSOR,
                    "This cursor belongs to another list, sort or filter. Start again without it.");
    question->has_cursor = true;
    return question->cursor.from_end ? OK : locate_cursor_row(ctx, question);
}

enum error_kind list_question_read(struct ctx *ctx, const struct listing *listing,
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

const struct list_given *list_given_filters(struct ctx *ctx, const struct question *question, bool *out_any)
{
    struct list_given *given = arena_alloc_array(ctx->arena, question->filter_count + 1, sizeof *given);

    *out_any = false;
    for (size_t i = 0; i < question->filter_count; i++) {
        const struct filter_value *value = &question->filters[i];
        given[i] = (struct list_given){value->filter->name, value->state == 1, value->text, value->number};
        *out_any = *out_any || value->state;
    }
    return given;
}

enum error_kind list_read_given(struct ctx *ctx, const struct listing *listing,
                                const struct list_query *query, const struct list_given **out_given)
{
    struct question question = {.listing = listing};
    bool filtered;

    TRY(read_filters(ctx, query, &question));
    *out_given = list_given_filters(ctx, &question, &filtered);
    return OK;
}
