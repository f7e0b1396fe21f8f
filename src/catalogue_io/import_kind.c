/*
 * import_kind.c — which kinds there are.
 */
#include "catalogue_io/import_kind.h"

#include <string.h>

static const struct import_kind *const kinds[] = {&import_titles, &import_copies, &import_members,
                                                  &import_loans};

const struct import_kind *import_kind_named(const char *name)
{
    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    }
    return NULL;
}
