/*
 * covers_service.c — which pictures are taken, and what is left behind when one comes or goes.
 */
#include "books/covers_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/text.h"
#include "books/books_service.h"
#include "books/covers_repository.h"
#include "events/events_service.h"

#define COVER_NAME_BYTES 8 /* of the digest, as in books_listing */

const char *const cover_media_types[] = {"image/jpeg", "image/png", "image/webp", NULL};

enum error_kind covers_find(struct ctx *ctx, const struct uuid *book_uuid, struct cover *out_cover)
{
    struct book book;
    bool found;

    TRY(books_find_any(ctx, book_uuid, &book));
    TRY(covers_repo_find(ctx, book.id, out_cover, &found));
    return found ? OK : fail(ctx, COVER_NOT_FOUND, "“%s” has no picture.", book.facts.title);
}

static enum error_kind read_picture(struct ctx *ctx, const char *media_type, const void *bytes, size_t length,
                                    struct picture *out_picture)
{
    if (length > COVER_BYTES_MAX) {
        error_reason_int(ctx, "max_bytes", COVER_BYTES_MAX);
        return fail(ctx, BODY_TOO_LARGE, "A picture may have at most %d KiB.", COVER_BYTES_MAX / 1024);
    }
    if (!picture_read(bytes, length, out_picture))
        return fail(ctx, IMAGE_UNREADABLE, "This is no picture that can be read: send a JPEG, PNG or WebP.");
    if (strcmp(out_picture->media_type, media_type) != 0) {
        error_reason_text(ctx, "media_type", out_picture->media_type);
        return fail(ctx, IMAGE_UNREADABLE, "The picture was sent as %s and is %s.", media_type,
                    out_picture->media_type);
    }
    if (out_picture->width > COVER_SIDE_MAX || out_picture->height > COVER_SIDE_MAX) {
        error_reason_int(ctx, "max_side", COVER_SIDE_MAX);
        return fail(ctx, IMAGE_UNREADABLE,
                    "The picture has %d by %d pixels. Make it smaller: at most %d on a side.",
                    (int)out_picture->width, (int)out_picture->height, COVER_SIDE_MAX);
    }
    return OK;
}

static enum error_kind tell(struct ctx *ctx, const char *action, int64_t book_id)
{
    TRY(books_touch(ctx, book_id));
    TRY(audit_act(ctx, action, "book", book_id));
    return events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_UPDATED, .book_id = book_id});
}

enum error_kind covers_put(struct ctx *ctx, const struct uuid *book_uuid, const char *media_type,
                           const void *bytes, size_t length, int64_t *out_book_id)
{
    struct cover cover = {.bytes = bytes, .length = length};
    struct cover before;
    struct book book;
    bool found;

    TRY(books_find(ctx, book_uuid, &book));
    TRY(read_picture(ctx, media_type, bytes, length, &cover.picture));
    cover.sha256 = digest_of(bytes, length);
    TRY(covers_repo_find(ctx, book.id, &before, &found));
    if (!found || !digest_equal(&before.sha256, &cover.sha256)) {
        TRY(covers_repo_put(ctx, book.id, &cover));
        TRY(tell(ctx, found ? "book.cover_changed" : "book.cover_added", book.id));
    }
    *out_book_id = book.id;
    return OK;
}

enum error_kind covers_remove(struct ctx *ctx, const struct uuid *book_uuid)
{
    struct book book;
    bool removed;

    TRY(books_find(ctx, book_uuid, &book));
    TRY(covers_repo_remove(ctx, book.id, &removed));
    if (!removed)
        return fail(ctx, COVER_NOT_FOUND, "“%s” has no picture.", book.facts.title);
    return tell(ctx, "book.cover_removed", book.id);
}

enum error_kind covers_show_book(struct ctx *ctx, int64_t book_id, struct row_sink *sink)
{
    return books_show(ctx, book_id, sink);
}

static enum error_kind give(struct ctx *ctx, int64_t book_id, const struct cover *cover, bool has)
{
    bool removed;

    return has ? covers_repo_put(ctx, book_id, cover) : covers_repo_remove(ctx, book_id, &removed);
}

enum error_kind covers_exchange(struct ctx *ctx, int64_t first_book, int64_t second_book)
{
    struct cover first = {0};
    struct cover second = {0};
    bool has_first;
    bool has_second;

    TRY(covers_repo_find(ctx, first_book, &first, &has_first));
    TRY(covers_repo_find(ctx, second_book, &second, &has_second));
    TRY(give(ctx, first_book, &second, has_second));
    return give(ctx, second_book, &first, has_first);
}

enum error_kind covers_name(struct ctx *ctx, int64_t book_id, const char **out_name)
{
    struct text_buf name;
    struct cover cover;
    bool found;

    TRY(covers_repo_find(ctx, book_id, &cover, &found));
    text_buf_init(&name, ctx->arena);
    for (size_t i = 0; found && i < COVER_NAME_BYTES; i++)
        text_buf_printf(&name, "%02x", cover.sha256.bytes[i]);
    *out_name = text_buf_string(&name);
    return OK;
}
