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
