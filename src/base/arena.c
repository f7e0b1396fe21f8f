/*
 * arena.c — bump allocation from a chain of chunks.
 *
 * Chunks double from ARENA_CHUNK_BYTES to ARENA_KEEP_BYTES, so that an arena which is used again and again
 * soon serves a whole request from the one chunk a reset leaves it. Only the newest chunk is handed out
 * from: a mark is then a position, and going back to it frees what is newer. What is not handed out is
 * poisoned for AddressSanitizer, which would otherwise see nothing of what goes wrong inside a chunk.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena_figures.h"
#include "base/limits.h"

#if defined(__has_include) && __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define ALIGNMENT alignof(max_align_t)

struct arena_chunk {
    struct arena_chunk *older;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena_defer_entry {
    struct arena_defer_entry *older;
    void (*release)(void *);
    void *resource;
};

static _Atomic(size_t) bytes_held;

size_t arena_bytes_held(void)
{
    return atomic_load_explicit(&bytes_held, memory_order_relaxed);
}

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "arena: %s\n", why);
    abort();
}

void arena_init(struct arena *arena, size_t max)
{
    *arena = (struct arena){.max = max};
}

static void add_chunk(struct arena *arena, size_t size)
{
    size_t usual = ARENA_CHUNK_BYTES;
    if (arena->chunk) {
        usual = arena->chunk->size < ARENA_KEEP_BYTES / 2 ? arena->chunk->size * 2 : ARENA_KEEP_BYTES;
    }
    if (size < usual) {
        size = usual;
    }
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) {
        die("out of memory");
    }
    chunk->older = arena->chunk;
    chunk->size = size;
    atomic_fetch_add_explicit(&bytes_held, size, memory_order_relaxed);
    chunk->used = 0;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, size);
    arena->chunk = chunk;
}

static struct arena_chunk *take_chunk(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunk;
    arena->chunk = chunk->older;
    return chunk;
}

static void free_chunk(struct arena_chunk *chunk)
{
    if (chunk) {
        ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->size);
        atomic_fetch_sub_explicit(&bytes_held, chunk->size, memory_order_relaxed);
        free(chunk);
    }
}

static void rewind_chunk(struct arena_chunk *chunk, size_t used)
{
    chunk->used = used;
    ASAN_POISON_MEMORY_REGION(chunk->bytes + used, chunk->size - used);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        die("an allocation without bounds");
    }
    size_t rounded = size ? (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1) : ALIGNMENT;
    arena->used += rounded;
    if (arena->used > arena->max) {
        arena->exhausted = true;
    }
    if (!arena->chunk || arena->chunk->size - arena->chunk->used < rounded) {
        add_chunk(arena, rounded);
    }
    unsigned char *bytes = arena->chunk->bytes + arena->chunk->used;
    arena->chunk->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(bytes, size);
    return memset(bytes, 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        die("an array without bounds");
    }
    return arena_alloc(arena, bytes);
}

char *arena_strdup(struct arena *arena, const char *string)
{
    return string ? arena_memdup(arena, string, strlen(string) + 1) : NULL;
}

char *arena_strndup(struct arena *arena, const char *string, size_t length)
{
    if (!string) {
        return NULL;
    }
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, string, length);
    return copy;
}

void *arena_memdup(struct arena *arena, const void *bytes, size_t length)
{
    return bytes ? memcpy(arena_alloc(arena, length), bytes, length) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    assert(format);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    char *string = arena_alloc(arena, (size_t)length + 1);
    va_start(args, format);
    vsnprintf(string, (size_t)length + 1, format, args);
    va_end(args);
    return string;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *resource)
{
    struct arena_defer_entry *entry = arena_alloc(arena, sizeof *entry);
    *entry = (struct arena_defer_entry){arena->deferred, release, resource};
    arena->deferred = entry;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .chunk = arena->chunk,
        .chunk_used = arena->chunk ? arena->chunk->used : 0,
        .deferred = arena->deferred,
        .used = arena->used,
    };
}

static void run_deferred(struct arena *arena, const struct arena_defer_entry *until)
{
    while (arena->deferred != until) {
        struct arena_defer_entry *entry = arena->deferred;
        arena->deferred = entry->older;
        entry->release(entry->resource);
    }
}

void arena_reset_to(struct arena *arena, struct arena_mark mark)
{
    run_deferred(arena, mark.deferred);
    while (arena->chunk != mark.chunk) {
        free_chunk(take_chunk(arena));
    }
    if (arena->chunk) {
        assert(mark.chunk_used <= arena->chunk->used);
        rewind_chunk(arena->chunk, mark.chunk_used);
    }
    arena->used = mark.used;
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena, NULL);
    struct arena_chunk *kept = NULL; /* the largest that may be */
    while (arena->chunk) {
        struct arena_chunk *chunk = take_chunk(arena);
        if (chunk->size <= ARENA_KEEP_BYTES && (!kept || chunk->size > kept->size)) {
            free_chunk(kept);
            kept = chunk;
        } else {
            free_chunk(chunk);
        }
    }
    if (kept) {
        kept->older = NULL;
        rewind_chunk(kept, 0);
    }
    *arena = (struct arena){.chunk = kept, .max = arena->max};
}

void arena_release(struct arena *arena)
{
    arena_reset(arena);
    free_chunk(arena->chunk);
    arena->chunk = NULL;
}
