/*
 * text.h — Unicode text as a library needs it, and a buffer to write text into.
 *
 * All text inside Carrel is valid UTF-8 in Normalization Form C, NUL-terminated, without control
 * characters other than tab and newline. It becomes so at the door (json_read, CSV import, query
 * parameters) by text_clean(). Unicode data: utf8proc. Forms: Unicode Standard Annex #15.
 */
#ifndef CARREL_BASE_TEXT_H
#define CARREL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Bytes of the character at `text`, of which `left` (1 at least) may be read; 0: it is none (text_is_utf8()). */
size_t text_character(const char *text, size_t left);

/* Is this (length bytes) well-formed UTF-8 (no surrogates, no overlong forms, nothing past U+10FFFF)? */
bool text_is_utf8(const char *bytes, size_t length);

/*
 * The form in which text is stored: NFC, white space at both ends removed, control characters removed
 * (tab, CR LF and LF are kept as tab and LF). NULL when the bytes are not UTF-8 or hold a NUL.
 */
char *text_clean(struct arena *arena, const char *bytes, size_t length);

/* Valid UTF-8 in Normalization Form D: letters, then their accents. For other character sets; never stored. */
char *text_decompose(struct arena *arena, const char *text);

/* Number of characters (code points) of valid UTF-8. */
size_t text_length(const char *text);

/* The first `max` characters of `text` (which is returned itself when it is no longer). */
const char *text_truncate(struct arena *arena, const char *text, size_t max);

/*
 * Folded text, for comparing and searching: case-folded, compatibility-decomposed, without accents and
 * other marks, runs of white space as one space. "Ærø Café" and "ærø CAFE\u0301" fold alike; so do
 * full-width and ordinary letters. Letters that do not decompose but are written plainly by people
 * (ß æ ø đ ł ı œ þ ð) become ss ae o d l i oe th d. Bytes that are not UTF-8, which only a damaged file has, count as U+FFFD.
 */
char *text_fold(struct arena *arena, const char *text);

/*
 * The sort key of a title: folded, punctuation dropped, one leading article of `language` dropped
 * ("The Hobbit" → "hobbit", "L'Étranger" → "etranger"). `language` is a BCP 47 or ISO 639 code ("en",
 * "eng", "fr-CA"); NULL or an unknown one means English articles only. Never empty for a non-empty
 * title: a title that is only an article keeps it. At most 200 bytes, cut at a character.
 */
char *text_sort_key(struct arena *arena, const char *title, const char *language);

/* The sort key of a name: folded, at most 200 bytes, cut at a character. */
char *text_name_key(struct arena *arena, const char *name);

/*
 * Splits folded text into words of letters and digits, for a full-text query. Returns how many (at most
 * `max`); `out_words` point into the arena.
 */
size_t text_words(struct arena *arena, const char *folded, const char **out_words, size_t max);

/* Does a letter or digit, as text_words() has it, stand before `at` in valid UTF-8 that begins at `text`? */
bool text_is_inside_word(const char *text, const char *at);

/* ASCII only, whatever the locale: the grammar of headers, codes and barcodes. */
bool text_equals_ignoring_case(const char *a, const char *b);
bool text_starts_with(const char *text, const char *prefix);

/*
 * A whole decimal integer ("-12", "007", "0"), nothing before or after it. False when it is none or does
 * not fit; *out_value is then untouched.
 */
bool text_to_int64(const char *text, int64_t *out_value);

/* The other way, without a NUL at the end; at most TEXT_INT_MAX bytes. How many there are. */
#define TEXT_INT_MAX 20
size_t text_put_int(char *to, int64_t value);

/*
 * A text that grows in an arena. `bytes` is always NUL-terminated once anything was appended; until then
 * it may be NULL (use text_buf_string()). Appending to an exhausted arena does nothing (see arena.h).
 */
struct text_buf {
    struct arena *arena;
    char *bytes;
    size_t length;
    size_t capacity;
};

void text_buf_init(struct text_buf *buf, struct arena *arena);
void text_buf_append(struct text_buf *buf, const char *string);
void text_buf_append_bytes(struct text_buf *buf, const void *bytes, size_t length);
void text_buf_append_char(struct text_buf *buf, char byte);
void text_buf_append_int(struct text_buf *buf, int64_t value);
char *text_buf_extend(struct text_buf *buf,
                      size_t length); /* so many bytes, to be written; NULL: exhausted */
void text_buf_printf(struct text_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_buf_clear(struct text_buf *buf);
const char *text_buf_string(const struct text_buf *buf); /* "" when empty */

#endif
