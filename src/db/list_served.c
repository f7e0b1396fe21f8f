/*
 * list_served.c — which of a listing's served entries a question meets, and what to advise where it meets
 * none. The entries are texts, so that a listing can be read; they are looked at when a statement is built, and for
 * each question to a listing with a finder, which have few entries.
 */
#include <string.h>

#include "base/ctx.h"
#include "base/text.h"
#include "db/list_internal.h"

/* One word of an entry: "name", "name?", "name=choice". */
struct word {
    const char *text;
    size_t name_length, length;
    bool optional;
};

static bool next_word(const char **at, struct word *out)
{
    *at += strspn(*at, " ");
    *out = (struct word){.text = *at, .length = strcspn(*at, " ?")};
    out->optional = out->text[out->length] == '?';
    *at += out->length + out->optional;
    out->name_length = strcspn(out->text, "=? ");
    return out->length > 0;
}

static bool names(const struct word *word, const char *name)
{
    return strlen(name) == word->name_length && strncmp(word->text, name, word->name_length) == 0;
}

unsigned list_filter_state(uint64_t shape, size_t index)
{
    return (unsigned)(shape >> (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * index)) &
           ((1u << SHAPE_FILTER_BITS) - 1);
}

const char *list_filter_choice(const struct list_filter *filter, unsigned state)
{
    if (filter->type == FILTER_CHOICE)
        return state > 0 ? filter->choices[state - 1] : NULL;
    return filter->choices && state > 1 ? filter->choices[state - 2] : NULL;
}

/* Does the word allow the filter to be in this state? */
static bool allows(const struct word *word, const struct list_filter *filter, unsigned state)
{
    const char *choice = list_filter_choice(filter, state);

    if (state == 0)
        return word->optional;
    if (word->text[word->name_length] != '=')
        return !choice || filter->type == FILTER_CHOICE;
    size_t at = word->name_length + 1;
    return choice && strlen(choice) == word->length - at &&
           strncmp(word->text + at, choice, strlen(choice)) == 0;
}

static bool find_word(const char *words, const char *name, struct word *out)
{
    while (next_word(&words, out))
        if (names(out, name))
            return true;
    return false;
}

/* Which of the question's filters the entry does without: a bit each, q past the last. */
static bool meets(const struct listing *listing, const struct list_served *entry, uint64_t shape,
                  uint32_t *out_left_out)
{
    struct word word;
    size_t i = 0;

    *out_left_out = 0;
    for (; listing->filters && listing->filters[i].name; i++) {
        unsigned state = list_filter_state(shape, i);
        bool named = find_word(entry->filters, listing->filters[i].name, &word);
        if (named && !allows(&word, &listing->filters[i], state))
            return false;
        if (!named && state > 0)
            *out_left_out |= 1u << i;
    }
    bool search = shape & SHAPE_SEARCH;
    if (find_word(entry->filters, "q", &word) != search) {
        if (!search)
            return false;
        *out_left_out |= 1u << i;
    }
    return true;
}

static const struct list_served unfiltered[] = {{.filters = ""}, {0}};

const struct list_served *list_served_entries(const struct listing *listing)
{
    return listing->served ? listing->served : unfiltered;
}

static bool has_sort(const struct list_served *entry, const struct list_sort *sort)
{
    struct word word;

    return !entry->sorts || find_word(entry->sorts, sort->name, &word);
}

const struct list_served *list_served_by(const struct listing *listing, uint64_t shape)
{
    const struct list_sort *sort = list_shape_sort(listing, shape);
    uint32_t left_out;

    for (const struct list_served *entry = list_served_entries(listing); entry->filters; entry++)
        if (meets(listing, entry, shape, &left_out) && left_out == 0 && has_sort(entry, sort))
            return entry;
    return NULL;
}

const struct list_served *list_served_total(const struct listing *listing, uint64_t shape)
{
    uint32_t left_out;

    for (const struct list_served *entry = list_served_entries(listing); entry->filters; entry++)
        if (meets(listing, entry, shape, &left_out) && left_out == 0)
            return entry;
    return NULL;
}

/* ---- advice -------------------------------------------------------------------------------------------- */

static int count_bits(uint32_t bits)
{
    return __builtin_popcount(bits);
}

/* The entry that leaves out the fewest filters, one that has the sort before one that has not. */
static const struct list_served *nearest(const struct listing *listing, uint64_t shape,
                                         uint32_t *out_left_out)
{
    const struct list_sort *sort = list_shape_sort(listing, shape);
    const struct list_served *best = NULL;
    int best_cost = 0;

    for (const struct list_served *entry = list_served_entries(listing); entry->filters; entry++) {
        uint32_t left_out;
        if (!meets(listing, entry, shape, &left_out) || (entry->sorts && !*entry->sorts))
            continue;
        int cost = 2 * count_bits(left_out) + !has_sort(entry, sort);
        if (!best || cost < best_cost) {
            best = entry;
            best_cost = cost;
            *out_left_out = left_out;
        }
    }
    return best;
}

const char *list_advice(struct ctx *ctx, const struct listing *listing, uint64_t shape)
{
    const struct list_sort *sort = list_shape_sort(listing, shape);
    uint32_t left_out = 0;
    const struct list_served *entry = nearest(listing, shape, &left_out);
    struct text_buf advice;
    size_t i = 0;

    if (!entry)
        return "Ask for less at once.";
    text_buf_init(&advice, ctx->arena);
    for (; listing->filters && listing->filters[i].name; i++)
        if (left_out & 1u << i)
            text_buf_printf(&advice, "%s%s", advice.length ? " and " : "Leave out ",
                            listing->filters[i].name);
    if (left_out & 1u << i)
        text_buf_printf(&advice, "%sq", advice.length ? " and " : "Leave out ");
    if (!has_sort(entry, sort)) {
        struct word word;
        const char *sorts = entry->sorts;
        if (next_word(&sorts, &word))
            text_buf_printf(&advice, "%s by %.*s", advice.length ? ", and sort" : "Sort", (int)word.length,
                            word.text);
    }
    text_buf_append(&advice, advice.length ? "." : "Try again shortly.");
    return text_buf_string(&advice);
}
