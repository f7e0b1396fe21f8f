/*
 * import_file.h — the files of batches: beside the library, in "LIBRARY.imports", under the batch's UUID, for their
 * owner alone. One process serves one library, so there is one folder.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_FILE_H
#define CARREL_CATALOGUE_IO_IMPORT_FILE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/uuid.h"

/* Where they lie: `library_path` with ".imports". Kept until the next call; NULL forgets it. */
void import_files_open(const char *library_path);

/* NULL: nobody has opened it. */
const char *import_files_folder(void);

/* The file at `path` becomes the batch's, safe on the disk. CONFLICT with what the system says. */
enum error_kind import_file_take(struct ctx *ctx, const char *path, const struct uuid *batch) MUST_CHECK;

/* A descriptor for reading, or IMPORT_UNREADABLE: the file has gone. Whoever opens it closes it. */
enum error_kind import_file_open(struct ctx *ctx, const struct uuid *batch, int *out_descriptor) MUST_CHECK;

/* That there is none is fine. */
void import_file_remove(const struct uuid *batch);

/* Calls `is_wanted` for each file's batch and removes the file when it is not, with everything that is none. */
void import_files_sweep(bool (*is_wanted)(void *argument, const struct uuid *batch), void *argument);

#endif
