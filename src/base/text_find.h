/*
 * text_find.h — where a few bytes stand in many: memmem() for scanning megabytes, millions of times a day.
 *
 * Sixty-four places are looked at in one step, by the two bytes of the needle that are rarest in the titles of
 * books (SSE2 and NEON, of which every x86-64 and every 64-bit Raspberry Pi has one; elsewhere memmem()).
 * glibc's memmem() takes ten times as long for two letters.
 */
#ifndef CARREL_BASE_TEXT_FIND_H
#define CARREL_BASE_TEXT_FIND_H

#include <stddef.h>
#include <stdint.h>

/* So many bytes past the end of what is searched must be readable; what they are does not matter. */
#define TEXT_FIND_PADDING 64

struct text_needle {
    const char *bytes;
    size_t length;
    size_t rare[2];           /* offsets of the two bytes that are looked for first */
    uint64_t head, head_mask; /* its first eight bytes as they lie in memory, or as many as it has */
};

/* `length` ≥ 1. The bytes are not copied. */
struct text_needle text_needle(const char *bytes, size_t length);

/* The first place from `text` on where the needle stands whole before `end`; NULL: there is none. */
const char *text_find(const char *text, const char *end, const struct text_needle *needle);

/*
 * The same for what counts at the beginning of a word alone, as a single letter does: most of the places right behind a small
 * letter of ASCII are passed over, so that few are left to be looked at. `text` itself is taken for a beginning.
 */
const char *text_find_beginning(const char *text, const char *end, const struct text_needle *needle);

#endif
