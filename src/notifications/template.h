/*
 * template.h — words with placeholders, filled in: the part of Mustache that a letter needs.
 *
 *     Dear {{name}}, please bring back{{#loans}}
 *     - {{title}}, due on {{due_date}}{{/loans}}
 *
 * {{word}} stands for a value, {{#list}} … {{/list}} is repeated for each item of a list; lists do not stand within each other.
 * Inside one, its own words come first, then those around it. Values are plain text and are never read for placeholders
 * themselves. Blanks within the braces do not matter. Syntax after https://mustache.github.io/mustache.5.html
 */
#ifndef CARREL_NOTIFICATIONS_TEMPLATE_H
#define CARREL_NOTIFICATIONS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct template_value {
    const char *name;
    const char *text; /* NULL: nothing */
};

struct template_list;

/* What a text is filled with. */
struct template_values {
    const struct template_value *values;
    size_t count;
    const struct template_list *list; /* the one there is; NULL: none */
};

struct template_list {
    const char *name;
    const struct template_values *items;
    size_t count;
};

/* Which words a text may use. Names are parted by spaces; `list` may be NULL. */
struct template_words {
    const char *names;
    const char *list;
    const char *list_names; /* those of an item */
};

enum template_fault {
    TEMPLATE_GOOD,
    TEMPLATE_NO_WORD,      /* no such placeholder */
    TEMPLATE_NO_LIST,      /* no such list */
    TEMPLATE_LIST_WITHIN,  /* a list within a list */
    TEMPLATE_LIST_ENDS,    /* one that has not begun */
    TEMPLATE_LIST_ENDLESS, /* one that does not end */
    TEMPLATE_OPEN,         /* braces that nobody closes */
};

/* The first thing that is wrong with a text; *out_word, in the arena, is what stands there. */
enum template_fault template_look(struct arena *arena, const char *text, const struct template_words *words,
                                  const char **out_word);

/* Does this placeholder stand in the text? */
bool template_uses(const char *text, const char *name);

/* The text filled in; what template_look() would refuse stands for nothing. */
const char *template_fill(struct arena *arena, const char *text, const struct template_values *values);

#endif
