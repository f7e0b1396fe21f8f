/*
 * titles_service.c — titles come with copies, and the number of copies in an edit makes and withdraws them.
 */
#include "copies/titles_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "copies/copies_repository.h"
#include "copies/making_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"

/* `count` copies, of which the first `known_count` have these facts. */
static enum error_kind add_available_copies(struct ctx *ctx, int64_t book_id, int64_t count,
                                            const struct copy_facts *known, size_t known_count)
{
    const struct known_copies all = {known, known_count};
    const struct copy_facts unknown = COPY_FACTS_NONE;
    struct copy copy;

    for (int64_t i = 0; i < count; i++)
        TRY(making_insert(ctx, book_id, (size_t)i < known_count ? &known[i] : &unknown, &all, COPY_AVAILABLE,
                          &copy));
    return counters_book_copies(ctx, book_id, count, count);
}

static int64_t wanted_copies(const struct book_facts *facts)
{
    return facts->total_copies == NO_NUMBER ? 1 : facts->total_copies;
}

/* Wrong fields stay in ctx->error: books_create() fails with them and its own, all at once. */
static bool is_wrong_already(const struct ctx *ctx, const char *name)
{
    for (const struct field_error *wrong = ctx->error.fields; wrong; wrong = wrong->next)
        if (strcmp(wrong->field, name) == 0)
            return true;
    return false;
}

static void check_wanted_copies(struct ctx *ctx, const struct book_facts *facts, int64_t least)
{
    int64_t total = wanted_copies(facts);

    if (is_wrong_already(ctx, "total_copies"))
        return; /* then nothing can be said of what is measured against it */

    if (total < least || total > BOOK_COPIES_MAX)
        error_field(ctx, "body", "total_copies", total < least ? "too_small" : "too_large",
                    "must be between 1 and %d", BOOK_COPIES_MAX);
    if (facts->available_copies != NO_NUMBER && facts->available_copies > total)
        error_field(ctx, "body", "available_copies", "too_large",
                    "must be at most total_copies (%" PRId64 ")", total);
}

enum error_kind copies_check_title(struct ctx *ctx, const struct book_facts *facts)
{
    check_wanted_copies(ctx, facts, 1);
    return books_check_facts(ctx, facts);
}

static enum error_kind
catalogue(struct ctx *ctx, const struct book_facts *facts, const struct copy_facts *copies, size_t copy_count,
          int64_t least, enum error_kind (*create)(struct ctx *, const struct book_facts *, struct book *),
          struct book *out_book)
{
    int64_t total = wanted_copies(facts);
    struct book book;

    check_wanted_copies(ctx, facts, least);
    for (size_t i = 0; i < copy_count; i++) {
        making_check_barcode(ctx, copies[i].barcode);
        if (copies[i].barcode)
            TRY(making_check_barcode_free(ctx, copies[i].barcode));
    }
    TRY(create(ctx, facts, &book));
    TRY(add_available_copies(ctx, book.id, total, copies, copy_count));
    book.total_copies = book.facts.total_copies = total;
    book.available_copies = book.facts.available_copies = total;
    *out_book = book;
    return OK;
}

enum error_kind copies_catalogue_title(struct ctx *ctx, const struct book_facts *facts, struct book *out_book)
{
    return catalogue(ctx, facts, NULL, 0, 1, books_create, out_book);
}

enum error_kind copies_catalogue_title_in_batch(struct ctx *ctx, const struct book_facts *facts,
                                                const struct copy_facts *copies, size_t copy_count,
                                                struct book *out_book)
{
    return catalogue(ctx, facts, copies, copy_count, 0, books_create_in_batch, out_book);
}

static enum error_kind check_batch(struct ctx *ctx, const struct book *book, int64_t count,
                                   const struct copy_facts *copies, size_t copy_count)
{
    for (size_t i = 0; i < copy_count; i++) {
        making_check_barcode(ctx, copies[i].barcode);
        if (copies[i].barcode)
            TRY(making_check_barcode_free(ctx, copies[i].barcode));
    }
    TRY(error_check_fields(ctx));
    if (book->total_copies + count <= BOOK_COPIES_MAX)
        return OK;
    error_reason_int(ctx, "total_copies", book->total_copies);
    return fail(ctx, CONFLICT, "A title can have at most %d copies.", BOOK_COPIES_MAX);
}

enum error_kind copies_add_many_in_batch(struct ctx *ctx, const struct book *book, int64_t count,
                                         const struct copy_facts *copies, size_t copy_count,
                                         void (*made)(void *argument, int64_t id), void *argument)
{
    const struct known_copies all = {copies, copy_count};
    const struct copy_facts unknown = COPY_FACTS_NONE;
    struct copy copy;

    TRY(check_batch(ctx, book, count, copies, copy_count));
    for (int64_t i = 0; i < count; i++) {
        TRY(making_insert(ctx, book->id, (size_t)i < copy_count ? &copies[i] : &unknown, &all, COPY_AVAILABLE,
                          &copy));
        made(argument, copy.id);
    }
    TRY(counters_book_copies(ctx, book->id, count, count));
    return count > 0 ? books_touch(ctx, book->id) : OK;
}

static enum error_kind withdraw_copies(struct ctx *ctx, const struct book *book, int64_t count)
{
    int64_t bound = book->total_copies - book->available_copies;

    if (count > book->available_copies) {
        error_reason_int(ctx, "total_copies", book->total_copies);
        error_reason_int(ctx, "available_copies", book->available_copies);
        return fail(ctx, COPIES_NOT_AVAILABLE,
                    "%" PRId64 " of the %" PRId64
                    " copies are lent, held or in repair: total_copies cannot go"
                    " below %" PRId64 ".",
                    bound, book->total_copies, bound);
    }
    TRY(copies_repo_withdraw_newest(ctx, book->id, count));
    return counters_book_copies(ctx, book->id, -count, -count);
}

static enum error_kind change_total(struct ctx *ctx, const struct book *book, int64_t total)
{
    struct field_change change = {
        .name = "total_copies",
        .before = arena_printf(ctx->arena, "%" PRId64, book->total_copies),
        .after = arena_printf(ctx->arena, "%" PRId64, total),
    };

    if (total > book->total_copies)
        TRY(add_available_copies(ctx, book->id, total - book->total_copies, NULL, 0));
    else
        TRY(withdraw_copies(ctx, book, book->total_copies - total));
    TRY(audit_edit(ctx, "book.copies_changed", "book", book->id, &change));
    return events_record(
        ctx, &(struct event_fact){.type = EVENT_BOOK_UPDATED, .book_id = book->id, .detail = "total_copies"});
}

enum error_kind copies_edit_title(struct ctx *ctx, const struct book *before, const struct book_facts *after,
                                  int64_t expected_version)
{
    int64_t total = after->total_copies == NO_NUMBER ? before->total_copies : after->total_copies;

    /* A title that has none (all withdrawn or lost) may be sent back as it was read; none other may ask for it. */
    if (total != before->total_copies && total < 1)
        error_field(ctx, "body", "total_copies", "too_small", "must be at least 1");
    TRY(books_update(ctx, before, after, expected_version));
    if (total == before->total_copies)
        return OK;
    TRY(change_total(ctx, before, total));
    /* One edit is one version, whatever it changes. */
    struct book edited;
    TRY(books_find_by_id(ctx, before->id, &edited));
    return edited.version == before->version ? books_touch(ctx, before->id) : OK;
}
