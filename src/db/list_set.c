/*
 * list_set.c — lists whose rows were found outside SQL (base/row_set.h): the conditions go, a set takes their place.
 */
#include "base/row_set.h"
#include "db/list_internal.h"

/*
 * What a page of a set costs, in the time of one step along an index: a row that is looked up by its id is read
 * from a table that no cache holds whole. (Measured at 200,000 books: 0.3 µs a step, 3 µs a row.)
 */
#define LOOK_UP_STEPS 10

/* How far a walk goes is a guess, which may be wrong by all of the table; so many look-ups are a promise. */
#define SURE_LOOK_UPS 300

/*
 * Walking passes as many entries for each row of the page as there are rows for each of the set; sorting looks
 * up what may stand on the page, or all of the set when that is not known. What a partial index leaves out
 * cannot be walked along it.
 */
static uint64_t cheaper_way(struct ctx *ctx, struct question *question, const struct list_query *query)
{
    const struct row_set *set = question->set;
    const struct cursor *cursor = &question->cursor;
    int64_t rows = query->limit + 1 + (question->has_cursor ? 0 : query->offset);
    struct row_page page = {.sort = question->sort->name,
                            .descending = question->descending != (question->has_cursor && cursor->backward),
                            .after = question->has_cursor && !cursor->from_end,
                            .text = cursor->text ? cursor->text_value : NULL,
                            .number = cursor->number,
                            .id = question->cursor_id,
                            .rows = rows};
    const struct row_set *narrowed = set;
    bool may_walk = true;

    question->set_is_whole = true;
    if (set->narrow && set->count > rows)
        narrowed = set->narrow(set, ctx->arena, &page, &question->set_is_whole);
    for (size_t i = 0; i < question->filter_count; i++)
        may_walk = may_walk && !(question->filters[i].filter->otherwise && question->filters[i].state);
    if (!narrowed)
        narrowed = set;
    double walk = (double)rows * (double)set->of / (double)(set->count + 1);
    if (may_walk && narrowed->count > SURE_LOOK_UPS && walk < (double)narrowed->count * LOOK_UP_STEPS) {
        question->set_is_whole = true;
        return SHAPE_WALK_SET;
    }
    question->page_set = narrowed;
    return SHAPE_SORT_SET;
}

/* The conditions go, but for those that say which partial index may be walked. */
static void ask_for_set(struct ctx *ctx, struct question *question, const struct list_query *query)
{
    question->shape &= ~(uint64_t)SHAPE_SEARCH;
    question->search = NULL;
    for (size_t i = 0; i < question->filter_count; i++)
        if (!question->filters[i].filter->otherwise)
            question->shape &=
                ~((((uint64_t)1 << SHAPE_FILTER_BITS) - 1) << (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * i));
    question->matches_nothing = question->set->count == 0;
    question->shape |= cheaper_way(ctx, question, query);
}

enum error_kind list_find_set(struct ctx *ctx, const struct list_query *query, struct question *question)
{
    bool filtered;

    if (!question->listing->find)
        return OK;
    const struct list_given *given = list_given_filters(ctx, question, &filtered);
    if ((!filtered && !question->search) || list_served_by(question->listing, question->shape))
        return OK; /* an index has it */
    TRY(question->listing->find(ctx, query, given, &question->set));
    if (question->set)
        ask_for_set(ctx, question, query);
    return OK;
}
