/*
 * marc_file.h — a file of MARC records, ISO 2709 or MARCXML, of any length, as the rows of an import.
 */
#ifndef CARREL_CATALOGUE_IO_MARC_FILE_H
#define CARREL_CATALOGUE_IO_MARC_FILE_H

#include "base/ctx.h"
#include "catalogue_io/import_facts.h"
#include "catalogue_io/import_source.h"

/* Told by how it begins. What begins like XML is taken for MARCXML: it is nothing else that could be imported. */
bool marc_file_is_likely(const char *bytes, size_t length);

struct marc_file;

/* Stands before the first record; goes with the arena. False: it does not begin like MARC. `source` is copied. */
bool marc_file_open(struct arena *arena, const struct import_source *source, struct marc_file **out_file);

const char *marc_file_format(const struct marc_file *file); /* "iso2709", "marcxml" */

enum marc_file_step {
    MARC_FILE_RECORD,
    MARC_FILE_END,
    MARC_FILE_UNREADABLE, /* the disk */
};

/* The next record, read or damaged (refused, with why), in ctx->arena, which may be reset before the one after it. */
enum marc_file_step marc_file_next(struct marc_file *file, struct ctx *ctx, struct import_title *out_title);

#endif
