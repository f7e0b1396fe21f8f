/*
 * csv_decode.c — the encodings of spreadsheet programs, with tables small enough to stand here.
 */
#include "catalogue_io/csv_decode.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define REPLACEMENT_CHARACTER 0xFFFD

const char *const csv_encodings[] = {"UTF-8", "Windows-1252", "UTF-16LE", "UTF-16BE", NULL};

/* Windows-1252, 0x80 to 0x9F, as the WHATWG Encoding Standard has it; the rest equals Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static char *put_character(char *out, uint32_t character)
{
    if (character < 0x80) {
        *out++ = (char)character;
    } else if (character < 0x800) {
        *out++ = (char)(0xC0 | character >> 6);
        *out++ = (char)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        *out++ = (char)(0xE0 | character >> 12);
        *out++ = (char)(0x80 | (character >> 6 & 0x3F));
        *out++ = (char)(0x80 | (character & 0x3F));
    } else {
        *out++ = (char)(0xF0 | character >> 18);
        *out++ = (char)(0x80 | (character >> 12 & 0x3F));
        *out++ = (char)(0x80 | (character >> 6 & 0x3F));
        *out++ = (char)(0x80 | (character & 0x3F));
    }
    return out;
}

static char *decode_windows_1252(const unsigned char *bytes, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++)
        out = put_character(out,
                            bytes[i] >= 0x80 && bytes[i] < 0xA0 ? windows_1252[bytes[i] - 0x80] : bytes[i]);
    return out;
}

static uint32_t utf16_unit(const unsigned char *bytes, bool big_endian)
{
    return big_endian ? (uint32_t)bytes[0] << 8 | bytes[1] : (uint32_t)bytes[1] << 8 | bytes[0];
}

/* At most two units are held: an odd byte, a first half whose second half may follow. */
static char *decode_utf16(struct csv_decoder *decoder, const unsigned char *bytes, size_t length,
                          bool is_last, char *out)
{
    bool big_endian = decoder->encoding == CSV_UTF_16BE;
    unsigned char *held = decoder->held;

    for (size_t i = 0; i < length || (is_last && decoder->held_count >= 2);) {
        while (decoder->held_count < 4 && i < length) {
            held[decoder->held_count++] = bytes[i++];
            if (decoder->held_count == 2) {
                uint32_t unit = utf16_unit(held, big_endian);
                if (unit < 0xD800 || unit >= 0xDC00)
                    break;
            }
        }
        if (decoder->held_count < 2 || (decoder->held_count < 4 && i == length && !is_last &&
                                        (utf16_unit(held, big_endian) & 0xFC00) == 0xD800))
            break;
        uint32_t unit = utf16_unit(held, big_endian);
        size_t used = 2;
        if ((unit & 0xFC00) == 0xD800 && decoder->held_count == 4 &&
            (utf16_unit(held + 2, big_endian) & 0xFC00) == 0xDC00) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (utf16_unit(held + 2, big_endian) - 0xDC00);
            used = 4;
        } else if (unit >= 0xD800 && unit < 0xE000) {
            unit = REPLACEMENT_CHARACTER;
        }
        out = put_character(out, unit);
        decoder->held_count -= used;
        memmove(held, held + used, decoder->held_count);
    }
    return out;
}

size_t csv_decode(struct csv_decoder *decoder, const char *bytes, size_t length, bool is_last, char *out)
{
    const unsigned char *given = (const unsigned char *)bytes;

    if (decoder->encoding == CSV_WINDOWS_1252)
        return (size_t)(decode_windows_1252(given, length, out) - out);
    if (decoder->encoding != CSV_UTF_8)
        return (size_t)(decode_utf16(decoder, given, length, is_last, out) - out);
    if (length > 0)
        memcpy(out, bytes, length);
    return length;
}

/* How many bytes at the end are the beginning of a character that goes on: 0 to 3. */
static size_t begun(const char *bytes, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        unsigned char byte = (unsigned char)bytes[length - back];
        size_t needs = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        if ((byte & 0xC0) == 0x80)
            continue;
        return needs > back ? back : 0;
    }
    return 0;
}

bool csv_is_utf8(struct csv_decoder *decoder, const char *bytes, size_t length, bool is_last)
{
    char joined[8];
    size_t used = 0;

    if (decoder->held_count > 0) {
        while (used < length && used < 3 && ((unsigned char)bytes[used] & 0xC0) == 0x80)
            used++;
        memcpy(joined, decoder->held, decoder->held_count);
        memcpy(joined + decoder->held_count, bytes, used);
        size_t joined_length = decoder->held_count + used;
        if (used == length && !is_last && begun(joined, joined_length) == joined_length) {
            memcpy(decoder->held, joined, joined_length);
            decoder->held_count = joined_length;
            return true;
        }
        if (!text_is_utf8(joined, joined_length))
            return false;
        decoder->held_count = 0;
    }
    bytes += used;
    length -= used;
    size_t open = is_last ? 0 : begun(bytes, length);
    memcpy(decoder->held, bytes + length - open, open);
    decoder->held_count = open;
    return text_is_utf8(bytes, length - open);
}
