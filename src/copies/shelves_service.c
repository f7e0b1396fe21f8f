/*
 * shelves_service.c — copies as the people see them who carry them: a barcode in the hand, a shelf that moves.
 */
#include "copies/shelves_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/barcode.h"
#include "base/clock.h"
#include "copies/copies_repository.h"
#include "copies/shelves_repository.h"
#include "counters/counters_service.h"
#include "settings/settings_service.h"

/* clang-format off */
const struct field transfer_fields[] = {
    {"barcodes", FIELD_TEXTS, OPTIONAL, 1, BARCODE_MAX, AT(struct transfer_facts, barcodes),
     "The copies with these barcodes; or say from_shelf", .most = COPY_BARCODES_MAX},
    {"from_shelf", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct transfer_facts, from_shelf),
     "All copies whose record names this shelf"},
    {"shelf", FIELD_TEXT, REQUIRED, 1, BOOK_TEXT_MAX, AT(struct transfer_facts, shelf), "Where they go"},
    {0},
};
/* clang-format on */

/* ---- a scan --------------------------------------------------------------------------------------------- */

enum error_kind shelves_scan(struct ctx *ctx, const char *barcode, struct copy_scan *out_scan)
{
    struct copy_scan scan = {0};
    bool found;

    TRY(copies_repo_find_by_barcode(ctx, barcode, &scan.copy, &found));
    if (!found)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found: none has the barcode %s.", barcode);
    TRY(shelves_repo_scan_borrow(ctx, &scan));
    TRY(shelves_repo_scan_hold(ctx, &scan));
    *out_scan = scan;
    return OK;
}

/* ---- barcodes for labels -------------------------------------------------------------------------------- */

static enum error_kind next_free_barcode(struct ctx *ctx, const char *prefix, const char **out_barcode)
{
    char barcode[BARCODE_MAX + 1];

    for (int i = 0; i < COPY_BARCODE_TRIES + COPY_BARCODE_LEAPS; i++) {
        struct copy holder;
        int64_t number;
        bool taken;
        TRY(counters_leap(ctx, SEQUENCE_COPY_BARCODE, copies_barcode_step(i), &number));
        if (!barcode_make(barcode, prefix, number))
            break;
        TRY(copies_repo_find_by_barcode(ctx, barcode, &holder, &taken));
        if (!taken) {
            *out_barcode = arena_strdup(ctx->arena, barcode);
            return OK;
        }
    }
    error_reason_text(ctx, "barcode_prefix", prefix);
    return fail(ctx, CONFLICT, "No barcode could be generated: the prefix “%s” leaves no free number.",
                prefix);
}

enum error_kind shelves_reserve_barcodes(struct ctx *ctx, int64_t count, const char ***out_barcodes)
{
    const char **barcodes = arena_alloc_array(ctx->arena, (size_t)count, sizeof *barcodes);
    struct field_change change = {.name = "barcodes"};
    const char *prefix;

    TRY(settings_text(ctx, SETTING_BARCODE_PREFIX, &prefix));
    for (int64_t i = 0; i < count; i++)
        TRY(next_free_barcode(ctx, prefix, &barcodes[i]));
    change.after = arena_printf(ctx->arena, "%s to %s", barcodes[0], barcodes[count - 1]);
    TRY(audit_edit(ctx, "copy.barcodes_reserved", "library", NO_NUMBER, &change));
    *out_barcodes = barcodes;
    return OK;
}

/* ---- moving --------------------------------------------------------------------------------------------- */

enum error_kind shelves_check_transfer(struct ctx *ctx, const struct transfer_facts *facts)
{
    if (facts->barcodes.count == 0 && !facts->from_shelf)
        error_field(ctx, "body", "barcodes", "missing", "or from_shelf must be given");
    if (facts->barcodes.count > 0 && facts->from_shelf)
        error_field(ctx, "body", "from_shelf", "unexpected", "must not be given together with barcodes");
    if (facts->from_shelf && facts->shelf && strcmp(facts->from_shelf, facts->shelf) == 0)
        error_field(ctx, "body", "shelf", "same", "must be another than from_shelf");
    return error_check_fields(ctx);
}

static enum error_kind move_named(struct ctx *ctx, struct transfer *transfer, const char *barcode)
{
    struct copy copy;
    bool found;

    TRY(copies_repo_find_by_barcode(ctx, barcode, &copy, &found));
    if (!found) {
        transfer->unknown[transfer->unknown_count++] = barcode;
        return OK;
    }
    const struct field_change change = {"shelf", copy.facts.shelf, transfer->facts.shelf, NULL};
    if (copy.facts.shelf && strcmp(copy.facts.shelf, transfer->facts.shelf) == 0) {
        transfer->unchanged++;
        return OK;
    }
    copy.facts.shelf = transfer->facts.shelf;
    TRY(copies_repo_update(ctx, &copy));
    transfer->moved++;
    return audit_edit(ctx, "copy.moved", "copy", copy.id, &change);
}

static enum error_kind move_all_named(struct ctx *ctx, struct transfer *transfer)
{
    const struct text_list *barcodes = &transfer->facts.barcodes;

    /* A slice that is done again after a rollback begins where it began. */
    transfer->moved = transfer->unchanged = 0;
    transfer->unknown_count = 0;
    transfer->unknown = arena_alloc_array(ctx->arena, barcodes->count, sizeof *transfer->unknown);
    for (size_t i = 0; i < barcodes->count; i++)
        TRY(move_named(ctx, transfer, barcodes->items[i]));
    return OK;
}

static enum error_kind tell_shelf_moved(struct ctx *ctx, const struct transfer *transfer)
{
    struct field_change copies = {"copies", NULL, arena_printf(ctx->arena, "%" PRId64, transfer->moved),
                                  NULL};
    struct field_change shelf = {"shelf", transfer->facts.from_shelf, transfer->facts.shelf, &copies};

    return transfer->moved == 0 ? OK : audit_edit(ctx, "shelf.moved", "library", NO_NUMBER, &shelf);
}

/* If this breaks off before its end, nothing else would say who has begun it. */
static enum error_kind tell_shelf_moves(struct ctx *ctx, struct transfer *transfer)
{
    struct field_change shelf = {"shelf", transfer->facts.from_shelf, transfer->facts.shelf, NULL};

    if (transfer->told)
        return OK;
    transfer->told = true;
    return audit_edit(ctx, "shelf.moving", "library", NO_NUMBER, &shelf);
}

enum error_kind shelves_transfer_step(struct ctx *ctx, struct transfer *transfer, int64_t budget_ms,
                                      bool *out_more)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    int64_t moved = 0, in_all = 0;

    *out_more = false;
    if (!transfer->facts.from_shelf)
        return move_all_named(ctx, transfer);
    do {
        TRY(shelves_repo_move_shelf(ctx, transfer->facts.from_shelf, transfer->facts.shelf,
                                    COPY_MOVED_AT_ONCE, &moved));
        in_all += moved;
    } while (moved == COPY_MOVED_AT_ONCE && clock_monotonic_ms() < until);
    transfer->moved += in_all;
    *out_more = moved == COPY_MOVED_AT_ONCE;
    return *out_more ? tell_shelf_moves(ctx, transfer) : tell_shelf_moved(ctx, transfer);
}

/* ---- the shelves ---------------------------------------------------------------------------------------- */

enum error_kind shelves_list(struct ctx *ctx, const char *after, int64_t limit,
                             struct shelf_count **out_first, bool *out_more)
{
    struct shelf_count **last = out_first;
    const char *name = after ? after : "";

    *out_first = NULL;
    for (int64_t i = 0;; i++) {
        bool found;
        TRY(shelves_repo_next_shelf(ctx, name, &name, &found));
        *out_more = found && i == limit;
        if (!found || i == limit)
            return OK;
        struct shelf_count *shelf = arena_alloc(ctx->arena, sizeof *shelf);
        shelf->name = name;
        TRY(shelves_repo_count_shelf(ctx, name, &shelf->copies));
        *last = shelf;
        last = &shelf->next;
    }
}
