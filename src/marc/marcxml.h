/*
 * marcxml.h — MARC records as XML: the Library of Congress's MARC 21 slim schema
 * (https://www.loc.gov/standards/marcxml/), read with expat.
 *
 * Reading looks at local names only (`record`, `leader`, `controlfield`, `datafield`, `subfield`), so that prefixes,
 * a missing namespace and what is wrapped around records (an OAI or SRU answer) do not matter. Document types are
 * refused: no MARC needs one, and entities can be bombs.
 */
#ifndef CARREL_MARC_MARCXML_H
#define CARREL_MARC_MARCXML_H

#include <stdbool.h>
#include <stddef.h>

#include "marc/marc.h"

struct text_buf;

/* Does a file begin like XML? */
bool marcxml_is_likely(const char *bytes, size_t length);

/* ---- one after the other ---------------------------------------------------------------------------------- */

/* Where a document comes from: up to `size` bytes, fewer only at its end. False: it cannot be read. */
typedef bool marcxml_source(void *argument, char *out, size_t size, size_t *out_length);

struct marcxml_reader;

/* Goes with the arena. `argument` is handed to `read` and must live as long. NULL: there is no memory for it. */
struct marcxml_reader *marcxml_open(struct arena *arena, marcxml_source *read, void *argument);

enum marcxml_step { MARCXML_RECORD, MARCXML_END, MARCXML_WRONG };

/*
 * The next record, in `arena`, which may be reset before the one after it. After MARCXML_WRONG (*out_problem, in the
 * arena, says why) and MARCXML_END there is nothing more.
 */
enum marcxml_step marcxml_next(struct marcxml_reader *reader, struct arena *arena,
                               struct marc_record *out_record, size_t *out_fields_lost,
                               const char **out_problem);

/* ---- all of a document that is in memory ------------------------------------------------------------------ */

/*
 * One record, in the arena that was given; it may be reset before the call returns. `fields_lost`: had no tag, no code
 * or no text. False: no more, please.
 */
typedef bool marcxml_take(void *argument, const struct marc_record *record, size_t fields_lost);

enum marcxml_end {
    MARCXML_TO_END,
    MARCXML_STOPPED, /* by `take` */
    MARCXML_BROKEN,  /* the XML is not well-formed from some line on: *out_problem, a sentence, says where */
};

/* Every record of a document in any encoding expat knows (UTF-8, UTF-16, ISO-8859-1, ASCII). */
enum marcxml_end marcxml_read(struct arena *arena, const char *bytes, size_t length, marcxml_take *take,
                              void *argument, const char **out_problem);

/* A document: marcxml_begin(), any number of records, marcxml_end(). Characters that XML cannot have become U+FFFD. */
void marcxml_begin(struct text_buf *out);
void marcxml_write(struct text_buf *out, const struct marc_record *record);
void marcxml_end(struct text_buf *out);

#endif
