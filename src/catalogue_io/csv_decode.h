/*
 * csv_decode.h — text in one of the encodings that files are brought in, made UTF-8 piece by piece.
 */
#ifndef CARREL_CATALOGUE_IO_CSV_DECODE_H
#define CARREL_CATALOGUE_IO_CSV_DECODE_H

#include <stdbool.h>
#include <stddef.h>

/* "UTF-8", "Windows-1252", "UTF-16LE", "UTF-16BE" and NULL. */
extern const char *const csv_encodings[];

#define CSV_UTF_8 csv_encodings[0]
#define CSV_WINDOWS_1252 csv_encodings[1]
#define CSV_UTF_16LE csv_encodings[2]
#define CSV_UTF_16BE csv_encodings[3]

/* What a piece of `length` bytes can become, with what was held back of the piece before. */
#define CSV_DECODED_MAX(length) (3 * (length) + 8)

/* Begins with its encoding and nothing held. */
struct csv_decoder {
    const char *encoding; /* one of csv_encodings */
    unsigned char held[4];
    size_t held_count;
};

/*
 * `out` has room for CSV_DECODED_MAX(length). Half a character at the end of a piece is held back for the next one;
 * `is_last`: there is none. What is no character becomes U+FFFD; of UTF-8, nothing is looked at.
 */
size_t csv_decode(struct csv_decoder *decoder, const char *bytes, size_t length, bool is_last, char *out);

/* Is what comes piece by piece UTF-8? `decoder` holds half characters, as above; false once it is not. */
bool csv_is_utf8(struct csv_decoder *decoder, const char *bytes, size_t length, bool is_last);

#endif
