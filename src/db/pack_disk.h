/*
 * pack_disk.h — runs of pages on their way into a file, by a thread of its own.
 *
 * A file system lets one thread at a time write to a file: two that fill pages would wait for each other half a second of
 * the ten that a gigabyte and a half takes. Nothing here makes a page durable: that is fsync's business, after the end.
 */
#ifndef CARREL_DB_PACK_DISK_H
#define CARREL_DB_PACK_DISK_H

#include <stddef.h>
#include <stdint.h>

#define DISK_RUN_PAGES 256 /* at most so many at once: 1 MiB */

struct pack_disk;

/* For the file that `descriptor` has open for writing until the end. Never NULL. */
struct pack_disk *pack_disk_begin(int descriptor);

/* Room for DISK_RUN_PAGES: given to pack_disk_write() or given back. By any thread, as what follows. */
uint8_t *pack_disk_take_buffer(struct pack_disk *disk);
void pack_disk_give_back(struct pack_disk *disk, uint8_t *buffer);

/* `at` and `length` in bytes, of whole pages. Waits when there are too many before it. The first error is kept. */
void pack_disk_write(struct pack_disk *disk, uint8_t *buffer, int64_t at, size_t length);

/* Returns when all that was given so far has been written: what is read from the file now is what was. */
void pack_disk_settle(struct pack_disk *disk);

/* errno of the first failure so far, or 0. */
int pack_disk_failure(struct pack_disk *disk);

/* Waits for all that was given, and frees `disk`. errno as above. */
int pack_disk_end(struct pack_disk *disk);

#endif
