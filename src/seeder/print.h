/*
 * print.h — fingerprints of texts that are put together from parts: that of the whole follows from those of its parts, so
 * that a text can be compared with a million others before it is written down.
 *
 * The bytes are the digits of a number to an odd base, modulo 2^64. Equal texts have equal prints, however they are cut;
 * two different titles have the same once in billions of libraries.
 */
#ifndef CARREL_SEEDER_PRINT_H
#define CARREL_SEEDER_PRINT_H

#include <stddef.h>
#include <stdint.h>

#define PRINT_BASE UINT64_C(0x9E3779B97F4A7C15) /* 2^64 over the golden ratio, odd */

struct print {
    uint64_t number;
    uint64_t scale; /* the base to the power of the length: what a text before this one is multiplied by */
};

#define PRINT_NOTHING ((struct print){0, 1})

static inline struct print print_joined(struct print first, struct print second)
{
    return (struct print){first.number * second.scale + second.number, first.scale * second.scale};
}

static inline struct print print_of(const char *text, size_t length)
{
    struct print print = PRINT_NOTHING;

    for (size_t i = 0; i < length; i++)
        print = print_joined(print, (struct print){(unsigned char)text[i], PRINT_BASE});
    return print;
}

#endif
