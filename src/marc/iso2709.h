/*
 * iso2709.h — MARC records as library systems exchange them: ISO 2709 (https://www.loc.gov/marc/specifications/specrecstruc.html).
 *
 *     leader 24 | directory of (tag 3, length 4, start 5) … 0x1E | field 0x1E field 0x1E … 0x1D
 *
 * Reading believes the separators and not the numbers: many programs count characters where bytes are meant, or lose
 * count past 99,999. A record ends at 0x1D, wherever its leader says; a field at 0x1E. So one damaged record never
 * takes the next one with it.
 */
#ifndef CARREL_MARC_ISO2709_H
#define CARREL_MARC_ISO2709_H

#include <stdbool.h>
#include <stddef.h>

#include "marc/marc.h"
#include "marc/marc_charset.h"

struct text_buf;

/* A record as it was read, and what about it was not as it should be. */
struct marc_reading {
    struct marc_record record;
    enum marc_charset charset;
    bool says_other_charset; /* leader/09 names the other one */
    bool lengths_wrong;      /* of the record or its fields */
    size_t fields_lost;      /* could not be made out */
    size_t characters_lost;  /* are no characters: U+FFFD stands for them */
};

/* Does a file begin like one of these? */
bool iso2709_is_likely(const char *bytes, size_t length);

/*
 * The next record at *io_at or after it, its 0x1D included where there is one; what stands between records (line ends)
 * is passed over. False: there is none.
 */
bool iso2709_next(const char *bytes, size_t length, size_t *io_at, const char **out_record,
                  size_t *out_length);

/* One record. False, with a sentence for people, when nothing can be made of it. Texts are the arena's. */
bool iso2709_read(struct arena *arena, struct marc_converter *converter, const char *bytes, size_t length,
                  struct marc_reading *out_reading, const char **out_problem);

/*
 * Appends a record. Lengths that do not fit (a field of 10,000 bytes, a record of 100,000) are written as the largest
 * that do, as everybody does: the separators hold, and readers like this one read it whole.
 */
void iso2709_write(struct text_buf *out, const struct marc_record *record, enum marc_charset charset,
                   struct marc_converter *converter);

#endif
