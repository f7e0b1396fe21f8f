/*
 * marc_file.h — a file of MARC records, ISO 2709 or MARCXML, as the rows of an import.
 */
#ifndef CARREL_CATALOGUE_IO_MARC_FILE_H
#define CARREL_CATALOGUE_IO_MARC_FILE_H

#include "base/ctx.h"
#include "catalogue_io/import_facts.h"

/* Told by how it begins. What begins like XML is taken for MARCXML: it is nothing else that could be imported. */
bool marc_file_is_likely(const char *bytes, size_t length);

/*
 * Calls `take` for each record, read or damaged (refused, with why), until it returns false. ctx->arena may be reset
 * by it; `bytes` must live longer than the titles do. Answers what the file is: "iso2709", "marcxml".
 */
const char *marc_file_read(struct ctx *ctx, const char *bytes, size_t length,
                           bool (*take)(void *argument, struct import_title *title), void *argument);

#endif
