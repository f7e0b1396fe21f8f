/*
 * seed_files.h — the texts of the folder seed/, compiled in: src/tools/embed.c writes build/gen/seed_data.c.
 */
#ifndef CARREL_SEEDER_SEED_FILES_H
#define CARREL_SEEDER_SEED_FILES_H

#include <stddef.h>

struct seed_file {
    const char *name; /* "en.txt" */
    const char *text; /* UTF-8, lines end with '\n' */
};

/* In order of their names; a row without a name follows the last. */
extern const struct seed_file seed_files[];
extern const size_t seed_file_count;

#endif
