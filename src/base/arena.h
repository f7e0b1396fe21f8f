/*
 * arena.h — the memory of one request.
 *
 * Everything a request needs is taken from its arena and given back at once when the reply has left.
 * Nothing else is freed by hand in the slices. An arena belongs to one thread at a time (RUNTIME.md
 * says whose it is when); it has no lock.
 *
 * Running out. arena_alloc() never returns NULL: malloc() failing ends the process (nothing acknowledged
 * is lost, the service manager restarts). Passing the arena's own maximum marks it *exhausted* and still
 * serves, so that code in the middle of its work needs no error path of its own; whoever owns the request
 * (the dispatcher, the writer, a command) asks arena_exhausted() before anything is committed or sent and
 * turns it into an error. Everything that grows without a bound of its own (struct text_buf, and with it
 * all JSON and CSV) stops growing once its arena is exhausted, so the overshoot is bounded by the named
 * limits of single inputs.
 */
#ifndef CARREL_BASE_ARENA_H
#define CARREL_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;
struct arena_defer_entry;

struct arena {
    struct arena_chunk *chunk;          /* newest first */
    struct arena_defer_entry *deferred; /* newest first */
    size_t used;                        /* bytes handed out, for the maximum */
    size_t max;
    bool exhausted;
};

/* A place to come back to: everything allocated or deferred after it goes. */
struct arena_mark {
    struct arena_chunk *chunk;
    size_t chunk_used;
    struct arena_defer_entry *deferred;
    size_t used;
};

/* An empty arena that may hand out `max` bytes. Allocates nothing yet. */
void arena_init(struct arena *arena, size_t max);

/* `size` zeroed bytes, aligned for any type. Never NULL; see "Running out". */
void *arena_alloc(struct arena *arena, size_t size);

/* Room for `count` items of `size` bytes, zeroed; a product past SIZE_MAX ends the process. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

/* Copies of a string, of the first `length` bytes of one (NUL added), of bytes. NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *string);
char *arena_strndup(struct arena *arena, const char *string, size_t length);
void *arena_memdup(struct arena *arena, const void *bytes, size_t length);

/* A formatted string in the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `release(resource)` runs when the arena is reset past this point (last deferred first). */
void arena_defer(struct arena *arena, void (*release)(void *), void *resource);

/* True once more than `max` was asked for. Stays true until arena_reset(). */
static inline bool arena_exhausted(const struct arena *arena)
{
    return arena->exhausted;
}

struct arena_mark arena_mark(const struct arena *arena);
void arena_reset_to(struct arena *arena, struct arena_mark mark);

/* Runs what was deferred and forgets everything, but keeps up to ARENA_KEEP_BYTES for the next use. */
void arena_reset(struct arena *arena);

/* As arena_reset(), and gives all memory back. */
void arena_release(struct arena *arena);

#endif
