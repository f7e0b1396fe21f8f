/*
 * marc_repository.h — the only writer of `book_marc`; and what an export reads.
 */
#ifndef CARREL_CATALOGUE_IO_MARC_REPOSITORY_H
#define CARREL_CATALOGUE_IO_MARC_REPOSITORY_H

#include "base/ctx.h"
#include "catalogue_io/marc_title.h"
#include "marc/marc.h"

/* The record that a title came from: bytes as they stood in the file, or a <record> of MARCXML. */
enum error_kind marc_repo_keep(struct ctx *ctx, int64_t book_id, enum marc_format format, const char *record,
                               size_t length) MUST_CHECK;

/* The same in place of one that is kept already, if there is one. */
enum error_kind marc_repo_replace(struct ctx *ctx, int64_t book_id, enum marc_format format,
                                  const char *record, size_t length) MUST_CHECK;
enum error_kind marc_repo_forget(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/* *out_record is NULL when there is none. Bytes are the arena's. */
enum error_kind marc_repo_original(struct ctx *ctx, int64_t book_id, enum marc_format *out_format,
                                   const char **out_record, size_t *out_length) MUST_CHECK;

/* Copies that are neither withdrawn nor lost, in the order they came. */
enum error_kind marc_repo_holdings(struct ctx *ctx, int64_t book_id,
                                   struct marc_holding **out_first) MUST_CHECK;

/* Live titles after `after_id`, at most `max`: how many, in *out_count. */
enum error_kind marc_repo_titles(struct ctx *ctx, int64_t after_id, size_t max, int64_t *out_ids,
                                 size_t *out_count) MUST_CHECK;

#endif
