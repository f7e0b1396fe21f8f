/*
 * import_trail.c — gathering; import_batch_repository.c writes it down.
 */
#include "catalogue_io/import_trail.h"

#include <string.h>

#include "base/arena.h"
#include "catalogue_io/import_kind.h"

void import_made(struct import_trail *trail, const char *entity, int64_t id)
{
    struct import_range *range = trail->ranges;

    while (range && strcmp(range->entity, entity) != 0)
        range = range->next;
    if (range && range->last_id + 1 == id) {
        range->last_id = id;
        return;
    }
    range = arena_alloc(trail->arena, sizeof *range);
    *range = (struct import_range){entity, id, id, trail->ranges};
    trail->ranges = range;
}

void import_changed(struct import_trail *trail, const char *entity, int64_t id, const char *field,
                    const char *before, const char *after)
{
    struct import_value *value = arena_alloc(trail->arena, sizeof *value);

    *value = (struct import_value){.entity = entity,
                                   .entity_id = id,
                                   .field = arena_strdup(trail->arena, field),
                                   .before = arena_strdup(trail->arena, before),
                                   .after = arena_strdup(trail->arena, after),
                                   .next = trail->values};
    trail->values = value;
}
