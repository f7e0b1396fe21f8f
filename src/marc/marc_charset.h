/*
 * marc_charset.h — MARC-8 and UTF-8, told apart by the bytes and not by what the record says of itself.
 *
 * MARC-8 is the library world's own: ASCII and ANSEL, whose accents stand before their letter, and by escape
 * sequences Greek, Cyrillic, Hebrew, Arabic and East Asian scripts
 * (https://www.loc.gov/marc/specifications/speccharmarc8.html). The tables are YAZ's (vendor/yaz.sh). Many records
 * say MARC-8 in leader/09 and are UTF-8: bytes past ASCII that are valid UTF-8, without an escape, hardly ever are
 * anything else.
 */
#ifndef CARREL_MARC_MARC_CHARSET_H
#define CARREL_MARC_MARC_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum marc_charset { MARC_UTF_8, MARC_MARC_8 };

/* Of the text of a whole record. */
enum marc_charset marc_charset_of(const char *bytes, size_t length);

/* Both are the same for these. */
bool marc_is_ascii(const char *bytes, size_t length);

struct marc_converter;

/*
 * Between UTF-8 and MARC-8; it is given back when the arena is. One subfield at a time: each begins in ASCII and
 * ANSEL again, as the standard has it.
 */
struct marc_converter *marc_converter_new(struct arena *arena);

/*
 * MARC-8 as UTF-8, in the order of base letter and accents that Unicode has. What is no MARC-8, and NUL, becomes
 * U+FFFD and raises *io_lost.
 */
const char *marc_from_marc8(struct marc_converter *converter, struct arena *arena, const char *bytes,
                            size_t length, size_t *io_lost);

/*
 * UTF-8 as MARC-8. What MARC-8 does not have is written as "&#x1F600;", as the standard allows.
 */
const char *marc_to_marc8(struct marc_converter *converter, struct arena *arena, const char *text);

#endif
