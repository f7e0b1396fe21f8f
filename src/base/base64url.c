/*
 * base64url.c — one pair of loops for cursors, tokens and fingerprints.
 */
#include "base/base64url.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Six bits; -1: no letter of it. */
static int value_of(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    return letter == '-' ? 62 : letter == '_' ? 63 : -1;
}

char *base64url_encode(struct arena *arena, const void *bytes, size_t length)
{
    const unsigned char *in = bytes;
    char *text = arena_alloc(arena, length * 4 / 3 + 2);
    size_t written = 0;
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | in[i];
        for (held += 8; held >= 6; held -= 6)
            text[written++] = letters[bits >> (held - 6) & 63];
    }
    if (held > 0)
        text[written++] = letters[bits << (6 - held) & 63];
    text[written] = '\0';
    return text;
}

char *base64url_decode(struct arena *arena, const char *text, size_t *out_length)
{
    size_t length = strlen(text);
    char *bytes = arena_alloc(arena, length * 3 / 4 + 1);
    size_t written = 0;
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return NULL;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[written++] = (char)(bits >> held & 255);
        }
    }
    bytes[written] = '\0';
    *out_length = written;
    return bytes;
}

bool base64url_is_text(const char *text, size_t max)
{
    size_t length = 0;

    while (length <= max && value_of(text[length]) >= 0)
        length++;
    return length > 0 && length <= max && text[length] == '\0';
}
