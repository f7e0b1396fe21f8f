/*
 * making_service.c — the one place where a copy's row comes from, with a barcode of its own.
 */
#include "copies/making_service.h"

#include <string.h>

#include "base/barcode.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "copies/copies_repository.h"
#include "counters/counters_service.h"
#include "settings/settings_service.h"

/* ---- barcodes ----------------------------------------------------------------------------------------- */

void making_check_barcode(struct ctx *ctx, const char *barcode)
{
    if (barcode && !barcode_acceptable(barcode))
        error_field(ctx, "body", "barcode", "barcode",
                    "must be 1 to %d letters, digits or signs that a scanner can read", BARCODE_MAX);
}

enum error_kind making_check_barcode_free(struct ctx *ctx, const char *barcode)
{
    struct copy holder;
    struct book book;
    char uuid[UUID_TEXT_SIZE];
    bool taken;

    TRY(copies_repo_find_by_barcode(ctx, barcode, &holder, &taken));
    if (!taken)
        return OK;
    TRY(books_find_by_id(ctx, holder.book_id, &book));
    uuid_format(&holder.uuid, uuid);
    error_reason_text(ctx, "copy_id", uuid);
    error_reason_text(ctx, "title", book.facts.title);
    return fail(ctx, DUPLICATE_BARCODE, "Barcode %s is on a copy of “%s” already.", barcode,
                book.facts.title);
}

static bool is_given(const struct known_copies *known, const char *barcode)
{
    for (size_t i = 0; i < known->count; i++)
        if (known->facts[i].barcode && strcmp(known->facts[i].barcode, barcode) == 0)
            return true;
    return false;
}

/* Inserts the copy under the next running number that nobody has typed in by hand, for this title either. */
static enum error_kind insert_with_next_barcode(struct ctx *ctx, struct copy *copy,
                                                const struct known_copies *known)
{
    char barcode[BARCODE_MAX + 1];
    const char *prefix;

    TRY(settings_text(ctx, SETTING_BARCODE_PREFIX, &prefix));
    for (int i = 0; i < COPY_BARCODE_TRIES + COPY_BARCODE_LEAPS; i++) {
        int64_t number;
        bool inserted;
        TRY(counters_leap(ctx, SEQUENCE_COPY_BARCODE, copies_barcode_step(i), &number));
        if (!barcode_make(barcode, prefix, number))
            break;
        if (is_given(known, barcode))
            continue;
        copy->facts.barcode = arena_strdup(ctx->arena, barcode);
        TRY(copies_repo_insert(ctx, copy, &inserted));
        if (inserted)
            return OK;
    }
    error_reason_text(ctx, "barcode_prefix", prefix);
    return fail(ctx, CONFLICT, "No barcode could be generated: the prefix “%s” leaves no free number.",
                prefix);
}

/* ---- rows --------------------------------------------------------------------------------------------- */

enum error_kind making_insert(struct ctx *ctx, int64_t book_id, const struct copy_facts *facts,
                              const struct known_copies *known, enum copy_status status,
                              struct copy *out_copy)
{
    struct copy copy = {
        .uuid = uuid_new(ctx->now),
        .book_id = book_id,
        .status = status,
        .facts = *facts,
        .created_at = ctx->now,
        .updated_at = ctx->now,
        .version = 1,
    };
    bool inserted = true;

    copy.facts.status = copy_status_name(status);
    if (copy.facts.barcode)
        TRY(copies_repo_insert(ctx, &copy, &inserted));
    else
        TRY(insert_with_next_barcode(ctx, &copy, known));
    if (!inserted)
        return fail(ctx, DUPLICATE_BARCODE, "Barcode %s is taken already.", copy.facts.barcode);
    *out_copy = copy;
    return OK;
}
