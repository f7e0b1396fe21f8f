/*
 * fuzz.h — what a fuzz target starts from: a request with an arena, the input as text, and properties.
 *
 * A target is one file that defines LLVMFuzzerTestOneInput() (libFuzzer's name for it): it hands the bytes to a
 * parser and asserts with MUST() what has to hold whatever they are. `make fuzz` links it with libFuzzer;
 * `make test` links it with replay.c and runs every file of corpus/TARGET/ and regression/TARGET/ through it.
 */
#ifndef CARREL_TESTS_FUZZ_H
#define CARREL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "http/request.h"

#define FUZZ_NOW 1772445600000 /* 2026-03-02T10:00:00Z */

/* Not assert(): it holds in every build, and libFuzzer keeps the input of a program that aborts. */
#define MUST(condition)                                                                    \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
    struct arena arena;
    struct ctx ctx;
    struct request req;
};

static inline void fuzz_begin(struct fuzz *fuzz)
{
    memset(fuzz, 0, sizeof *fuzz);
    arena_init(&fuzz->arena, ARENA_REQUEST_MAX);
    fuzz->ctx = (struct ctx){.arena = &fuzz->arena,
                             .actor = {.access = ADMIN, .name = "fuzz", .address = "local"},
                             .now = FUZZ_NOW,
                             .currency_exponent = 2};
    fuzz->req = (struct request){.ctx = &fuzz->ctx, .method = GET, .path = "/", .correlation_id = "fuzz"};
}

static inline int fuzz_end(struct fuzz *fuzz)
{
    arena_release(&fuzz->arena);
    return 0;
}

/* The input as a string: up to its first NUL, if it has one, as whoever reads C strings would see it. */
static inline const char *fuzz_string(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    return arena_strndup(&fuzz->arena, (const char *)data, strnlen((const char *)data, size));
}

/* Cuts the first line off *text and returns it. */
static inline char *fuzz_line(struct fuzz *fuzz, const char **text)
{
    size_t length = strcspn(*text, "\n");
    char *line = arena_strndup(&fuzz->arena, *text, length);

    *text += length + ((*text)[length] == '\n');
    return line;
}

/* Is it as all text inside is: valid UTF-8, NFC, no control characters, nothing to trim? */
static inline bool fuzz_is_clean(struct fuzz *fuzz, const char *text)
{
    const char *again = text_clean(&fuzz->arena, text, strlen(text));

    return again && strcmp(again, text) == 0;
}

#endif
