/*
 * listing.c — narrowing a query: what a path or a service has decided, a client cannot undecide.
 */
#include "base/listing.h"

#include <string.h>

#include "base/arena.h"

struct list_query list_query_with(struct arena *arena, const struct list_query *query, const char *name,
                                  const char *value)
{
    struct list_parameter *parameters =
        arena_alloc_array(arena, query->parameter_count + 1, sizeof *parameters);
    struct list_query narrowed = *query;
    size_t count = 0;

    for (size_t i = 0; i < query->parameter_count; i++)
        if (strcmp(query->parameters[i].name, name) != 0)
            parameters[count++] = query->parameters[i];
    parameters[count++] = (struct list_parameter){name, value};
    narrowed.parameters = parameters;
    narrowed.parameter_count = count;
    return narrowed;
}
