/*
 * served.h — every question that the served entries of the listings name (base/listing.h), one after the other,
 * for the tests that look at their plans and at their steps.
 */
#ifndef TESTS_SUPPORT_SERVED_H
#define TESTS_SUPPORT_SERVED_H

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "db/list_internal.h"
#include "routes.h"

#define SERVED_LISTINGS_MAX 64
#define SERVED_NAME_SIZE 160
#define SERVED_WORDS_MAX 8

struct served_question {
    const struct listing *listing;
    const struct list_served *entry;
    const struct list_sort *sort;   /* NULL: the entry tells a total only */
    uint64_t shape;                 /* sort, filters, search */
    char filters[SERVED_NAME_SIZE]; /* "member_id status=borrowed from" */
};

static inline size_t served_listings(const struct listing **out)
{
    size_t count = 0;

    for (const struct route *const *table = route_tables; *table; table++) {
        for (const struct route *route = *table; route->path; route++) {
            size_t i = 0;
            while (i < count && out[i] != route->list)
                i++;
            if (!route->list || i < count)
                continue;
            assert(count < SERVED_LISTINGS_MAX);
            out[count++] = route->list;
        }
    }
    return count;
}

static inline uint64_t served_state(const struct listing *listing, const char *name, const char *choice)
{
    if (strcmp(name, "q") == 0)
        return SHAPE_SEARCH;
    for (size_t i = 0; listing->filters && listing->filters[i].name; i++) {
        const struct list_filter *filter = &listing->filters[i];
        if (strcmp(filter->name, name) != 0)
            continue;
        unsigned state = filter->type == FILTER_CHOICE || !choice ? 1 : 2;
        for (size_t c = 0; choice && strcmp(filter->choices[c], choice) != 0; c++, state++)
            assert(filter->choices[c + 1]);
        return (uint64_t)state << (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * i);
    }
    fprintf(stderr, "%s has no filter %s\n", listing->name, name);
    assert(!"an entry names a filter that the listing does not have");
    return 0;
}

/* `subset`: which of the optional filters are given. False when there is no such subset. */
static inline bool served_filters(struct served_question *question, unsigned subset)
{
    char words[SERVED_NAME_SIZE];
    unsigned optional = 0;
    char *rest = words;
    char *word;

    assert(strlen(question->entry->filters) < sizeof words);
    snprintf(words, sizeof words, "%s", question->entry->filters);
    question->filters[0] = '\0';
    while ((word = strsep(&rest, " "))) {
        char *choice = strchr(word, '=');
        char *mark = strchr(word, '?');
        if (mark && !(subset & 1u << optional++))
            continue;
        if (mark)
            *mark = '\0';
        size_t length = strlen(question->filters);
        snprintf(question->filters + length, SERVED_NAME_SIZE - length, "%s%s", length ? " " : "", word);
        if (choice)
            *choice++ = '\0';
        if (*word)
            question->shape |= served_state(question->listing, word, choice);
    }
    return subset < 1u << optional;
}

/* An entry that names no sort of its listing would serve nothing, and nobody would notice. */
static inline void served_check_sorts(const struct served_question *question)
{
    const char *at = question->entry->sorts ? question->entry->sorts : "";

    while (*at) {
        size_t length = strcspn(at, " ");
        const struct list_sort *sort = question->listing->sorts;
        while (sort->name && (strlen(sort->name) != length || strncmp(sort->name, at, length) != 0))
            sort++;
        assert(sort->name);
        at += length + strspn(at + length, " ");
    }
}

typedef void served_visit(const struct served_question *question, void *argument);

static inline void served_each_of(const struct listing *listing, served_visit *visit, void *argument)
{
    for (const struct list_served *entry = list_served_entries(listing); entry->filters; entry++) {
        for (unsigned subset = 0;; subset++) {
            struct served_question question = {.listing = listing, .entry = entry};
            if (!served_filters(&question, subset))
                break;
            served_check_sorts(&question);
            uint64_t filters = question.shape;
            bool by_any = false;
            for (size_t s = 0; listing->sorts[s].name; s++) {
                question.sort = &listing->sorts[s];
                question.shape = filters | (uint64_t)s << SHAPE_SORT_AT;
                if (list_served_by(listing, question.shape) != entry)
                    continue;
                by_any = true;
                visit(&question, argument);
            }
            question.sort = NULL;
            question.shape = filters;
            if (!list_served_total(listing, filters)) {
                fprintf(stderr, "%s by “%s” meets no entry\n", listing->name, question.filters);
                assert(!"an entry does not serve what it names");
            }
            if (!by_any && list_served_total(listing, filters) == entry)
                visit(&question, argument);
        }
    }
}

static inline void served_each(served_visit *visit, void *argument)
{
    const struct listing *listings[SERVED_LISTINGS_MAX];
    size_t count = served_listings(listings);

    for (size_t i = 0; i < count; i++)
        served_each_of(listings[i], visit, argument);
}

#endif
