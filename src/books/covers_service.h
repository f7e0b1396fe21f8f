/*
 * covers_service.h — giving a title its picture, and taking it away.
 *
 * A picture is part of the title: it raises the title's version, leaves an audit row and an event. An archived
 * title keeps its picture.
 */
#ifndef CARREL_BOOKS_COVERS_SERVICE_H
#define CARREL_BOOKS_COVERS_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/uuid.h"
#include "books/covers.h"

/* The picture of a title, archived or not. BOOK_NOT_FOUND; COVER_NOT_FOUND when it has none. */
enum error_kind covers_find(struct ctx *ctx, const struct uuid *book, struct cover *out_cover) MUST_CHECK;

/*
 * `bytes` become the picture of a live title, in place of the one it had; the same ones again change nothing.
 * IMAGE_UNREADABLE: they are no JPEG, PNG or WebP, not of the media type that was said, or a side has more than
 * COVER_SIDE_MAX pixels. BODY_TOO_LARGE past COVER_BYTES_MAX. `*out_book_id` is the title's row.
 */
enum error_kind covers_put(struct ctx *ctx, const struct uuid *book, const char *media_type,
                           const void *bytes, size_t length, int64_t *out_book_id) MUST_CHECK;

/* COVER_NOT_FOUND when there is none to remove. */
enum error_kind covers_remove(struct ctx *ctx, const struct uuid *book) MUST_CHECK;

/*
 * For a merge of two titles, which tells of it: each gets the picture that the other had, or none. covers_name()
 * says which a title has, as `cover` does in lists; "": none.
 */
enum error_kind covers_exchange(struct ctx *ctx, int64_t first_book, int64_t second_book) MUST_CHECK;
enum error_kind covers_name(struct ctx *ctx, int64_t book_id, const char **out_name) MUST_CHECK;

/* The title's row, as books_show() gives it. */
enum error_kind covers_show_book(struct ctx *ctx, int64_t book_id, struct row_sink *sink) MUST_CHECK;

#endif
