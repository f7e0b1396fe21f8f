/*
 * faulty_disk.h — what faulty_vfs.c knows of platter and cache. For tests: see faulty_vfs.h.
 */
#ifndef CARREL_TESTS_FAULTY_DISK_H
#define CARREL_TESTS_FAULTY_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk_file;

/* NULL when this file is not watched. */
struct disk_file *disk_opened(const char *name, int64_t *out_failures_told);
void disk_removed(const char *name);

/* Counts a write, sync or truncation; false when the power is gone, as of this one perhaps. */
bool disk_step(void);
bool disk_has_power(void);

void disk_write(struct disk_file *file, const void *bytes, size_t length, size_t offset);
void disk_truncate(struct disk_file *file, size_t size);

/* False when it fails, or one before it failed that this handle was not told of. */
bool disk_sync(struct disk_file *file, bool fails, int64_t *failures_told);

#endif
