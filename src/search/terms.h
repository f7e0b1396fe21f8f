/*
 * terms.h — what the catalogue was asked for, on its way into the library.
 *
 * Searching reads, and reading must not write: so a finished question is noted here, and a job writes what has come
 * together every few minutes (search/terms_service.h). Bounded and lossy: SEARCH_TERM_QUEUE_MAX terms, the same one
 * once. Nobody's name, address or session is noted with it. Thread-safe.
 */
#ifndef CARREL_SEARCH_TERMS_H
#define CARREL_SEARCH_TERMS_H

#include <stddef.h>

#define TERM_BYTES 128 /* with the NUL; nobody asks the same longer text twice */

struct noted_term {
    char key[TERM_BYTES]; /* folded */
    char term[TERM_BYTES];
};

/* Both shorter than TERM_BYTES. What stands there already, or finds no place, is lost. */
void terms_note(const char *key, const char *term);

/* Takes out up to `max`; how many there were. */
size_t terms_take(struct noted_term *out, size_t max);

/* Another library takes the place of the one that was asked, or none is to be kept. */
void terms_forget(void);

#endif
