/*
 * import_title.h — titles as a kind of rows (import_kind.h), from whatever kind of file they come.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_TITLE_H
#define CARREL_CATALOGUE_IO_IMPORT_TITLE_H

#include "catalogue_io/import_facts.h"
#include "catalogue_io/import_kind.h"

/* A title as it was read, in ctx->arena, as a record: the facts are checked, and it gets its keys. */
void import_title_record(struct ctx *ctx, struct import_title *title, struct import_record *out_record);

#endif
