/*
 * marc_service.h — titles going out as MARC 21 records.
 *
 * A title that was imported as a record goes out as that record, field for field, with what has been changed since;
 * any other as one made of its facts (marc_title.h).
 */
#ifndef CARREL_CATALOGUE_IO_MARC_SERVICE_H
#define CARREL_CATALOGUE_IO_MARC_SERVICE_H

#include "base/ctx.h"
#include "base/text.h"
#include "base/uuid.h"
#include "marc/marc.h"
#include "marc/marc_charset.h"

struct marc_style {
    enum marc_format format;
    enum marc_charset charset; /* of ISO 2709; MARCXML is UTF-8 */
};

/* One title, archived or not, as a whole file. BOOK_NOT_FOUND. */
enum error_kind marc_show(struct ctx *ctx, const struct uuid *uuid, const struct marc_style *style,
                          struct text_buf *out) MUST_CHECK;

/* Keeps the record that a title was imported from. Writer only. */
enum error_kind marc_keep_original(struct ctx *ctx, int64_t book_id, enum marc_format format,
                                   const char *record, size_t length) MUST_CHECK;

/* Forgets it, with the title. Writer only. */
enum error_kind marc_forget_original(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/*
 * Keeps `bytes`, one record in either form, as the original of a live title, in place of one that is kept already: it was
 * catalogued from it. The title's own facts stay as they are. BOOK_NOT_FOUND, IMPORT_UNREADABLE.
 */
enum error_kind marc_keep(struct ctx *ctx, const struct uuid *uuid, const char *bytes,
                          size_t length) MUST_CHECK;

/*
 * A piece of a file of all live titles: MARC_PIECE_RECORDS of them after *io_after, which is brought forward; 0
 * begins. *out_more: that was not the last piece. Titles that are catalogued meanwhile come last.
 */
enum error_kind marc_export_piece(struct ctx *ctx, const struct marc_style *style, int64_t *io_after,
                                  struct text_buf *out, bool *out_more) MUST_CHECK;

#endif
