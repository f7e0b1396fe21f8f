/*
 * pack_pages.h — the pages of a file that SQLite has made and put down: taking them at its end, writing many at
 * once, and telling the file's header how many there are now.
 *
 * https://www.sqlite.org/fileformat2.html, sections 1.3 (the header), 1.4 (the lock-byte page), 1.5 (the
 * freelist). Several threads may take and write pages of one file, each through a page_writer of its own.
 * Failures are kept by the file: page_file_close() reports the first, and what came after it wrote nothing.
 */
#ifndef CARREL_DB_PACK_PAGES_H
#define CARREL_DB_PACK_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/limits.h"

#define PAGE_BYTES DB_PAGE_BYTES
#define PAGE_LOCK_BYTE (1073741824 / PAGE_BYTES + 1) /* where locks are held: no page of any tree */

struct page_file;

struct page_run {
    uint32_t first, count;
};

/* The file must be whole, without a journal, with DB_PAGE_BYTES a page, and nobody else's. */
enum error_kind page_file_open(struct ctx *ctx, const char *path, struct page_file **out_file) MUST_CHECK;

/*
 * Pages that were taken and not used go to the freelist, or are cut off at the end. Frees `file` in any case;
 * after an error the file is worth nothing.
 */
enum error_kind page_file_close(struct ctx *ctx, struct page_file *file) MUST_CHECK;

/* Has anything failed so far? */
enum error_kind page_file_failure(struct ctx *ctx, struct page_file *file) MUST_CHECK;

/* In place of closing, after an error, or when it was only read. */
void page_file_drop(struct page_file *file);

/* At least one page, at most `wanted`, one after the other; first what was given back, then at the end. */
struct page_run page_file_take(struct page_file *file, uint32_t wanted);
void page_file_give_back(struct page_file *file, struct page_run run);

void page_file_write(struct page_file *file, uint32_t number, const uint8_t *page);
void page_file_read(struct page_file *file, uint32_t first, uint8_t *bytes, uint32_t count);

/* ---- one page after the other ------------------------------------------------------------------------------ */

/* Begin with {.file = …}; end with page_writer_end() or page_writer_undo(). */
struct page_writer {
    struct page_file *file;
    struct page_run *runs; /* all that were taken; the last is being filled */
    size_t run_count, run_room;
    uint8_t *buffer;
    uint32_t used; /* pages of the last run */
};

/* Where the next page is filled, with whatever stands there; until it is done, or the writer ends. */
uint8_t *page_writer_page(struct page_writer *writer);

/* It is filled; its number. */
uint32_t page_writer_done(struct page_writer *writer);

/* The same for a page that was filled elsewhere. */
uint32_t page_writer_put(struct page_writer *writer, const uint8_t *page);

/* Writes what is left; gives the rest of the last run back. */
void page_writer_end(struct page_writer *writer);

/* As if nothing had been put. */
void page_writer_undo(struct page_writer *writer);

static inline void put_u16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static inline void put_u32(uint8_t *to, uint32_t value)
{
    put_u16(to, value >> 16);
    put_u16(to + 2, value & 0xffff);
}

static inline uint32_t get_u16(const uint8_t *from)
{
    return (uint32_t)from[0] << 8 | from[1];
}

static inline uint32_t get_u32(const uint8_t *from)
{
    return get_u16(from) << 16 | get_u16(from + 2);
}

#endif
