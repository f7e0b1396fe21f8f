/*
 * borrows_check_service.c — the promises of circulation, looked at in one pass over the loans.
 *
 * Ids follow time, so the loans of a copy come one after the other, and what must be known of a copy is when it
 * was free again. A loan that does not simply follow the one before (reported later than it happened, or wrong)
 * makes its copy a suspect; the loans of suspects are then read once more, sorted by time, and looked at
 * precisely. A sound library has none or few, so the second pass is rare, and the first needs no sorting.
 */
#include "borrows/borrows_check_service.h"

#include <stdlib.h>

#include "base/id_index.h"
#include "base/limits.h"
#include "borrows/borrows_check_repository.h"
#include "counters/counters_check_service.h"

#define NEVER INT64_MAX /* when a copy that is out comes back */

struct copy_state {
    int64_t book_id;
    int64_t free_at; /* from when on it can be lent again, by the last loan that was read */
    uint32_t borrows;
    uint8_t open; /* 255: as many or more */
    bool on_loan; /* its status says so */
    bool suspect;
};

/* A loan of a suspect. */
struct close_borrow {
    int64_t borrowed_at, returned_at;
    size_t place; /* of its copy */
    uint32_t order;
    bool foreign; /* of another title than the copy's */
};

struct borrows_check {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
    struct id_index copy_ids;
    struct id_index parent_ids[LOAN_PARENTS];
    enum loan_parent parent; /* that is read */
    struct loan_index *loans;
    bool loans_fit;            /* into that index */
    struct copy_state *copies; /* by place */
    bool keys_hold;
    size_t from, to; /* places of the suspects that are looked at together */
    struct close_borrow *borrows;
    size_t borrow_count, borrow_room;
};

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);

    if (!memory)
        abort(); /* as the arena does */
    return memory;
}

/* ---- the first pass -------------------------------------------------------------------------------------- */

static bool take_copy(void *argument, int64_t id, int64_t book_id, bool on_loan)
{
    struct borrows_check *check = argument;
    size_t place = id_index_add(&check->copy_ids, id);

    if (place == ID_NOWHERE)
        return false;
    check->copies[place] = (struct copy_state){.book_id = book_id, .free_at = INT64_MIN, .on_loan = on_loan};
    return true;
}

static bool take_parent(void *argument, int64_t id)
{
    struct borrows_check *check = argument;

    return id_index_add(&check->parent_ids[check->parent], id) != ID_NOWHERE;
}

static enum error_kind read_parents(struct borrows_check *check, enum loan_parent parent)
{
    struct id_range range;

    check->parent = parent;
    TRY(borrows_check_repo_parent_range(check->ctx, parent, &range));
    id_index_init(&check->parent_ids[parent], range.first, range.last, range.count);
    return borrows_check_repo_parents(check->ctx, parent, take_parent, check);
}

static enum error_kind read_what_loans_name(struct borrows_check *check)
{
    struct id_range range;

    TRY(borrows_check_repo_copy_range(check->ctx, &range));
    id_index_init(&check->copy_ids, range.first, range.last, range.count);
    check->copies = zeroed(check->copy_ids.places, sizeof *check->copies);
    TRY(borrows_check_repo_copies(check->ctx, take_copy, check));
    for (enum loan_parent parent = 0; parent < LOAN_PARENTS; parent++)
        TRY(read_parents(check, parent));
    TRY(borrows_check_repo_loan_range(check->ctx, &range));
    loan_index_init(check->loans, &range);
    return OK;
}

static bool has_parent(const struct borrows_check *check, enum loan_parent parent, int64_t id)
{
    return id_index_place(&check->parent_ids[parent], id) != ID_NOWHERE;
}

static void take_borrow(struct borrows_check *check, const struct ledger_loan *borrow)
{
    size_t place = id_index_place(&check->copy_ids, borrow->copy_id);

    if (!loan_index_add(check->loans, borrow->id, borrow->member_id))
        check->loans_fit = false;
    if (!has_parent(check, LOAN_PARENT_RULE, borrow->rule_id) ||
        !has_parent(check, LOAN_PARENT_ACTOR, borrow->lent_by) ||
        (borrow->taken_by != NO_NUMBER && !has_parent(check, LOAN_PARENT_ACTOR, borrow->taken_by)))
        check->keys_hold = false;
    if (place == ID_NOWHERE) {
        check->keys_hold = false;
        return;
    }
    struct copy_state *copy = &check->copies[place];
    int64_t back_at = borrow->returned_at == NO_NUMBER ? NEVER : borrow->returned_at;
    copy->borrows++;
    if (back_at == NEVER && copy->open < UINT8_MAX)
        copy->open++;
    copy->suspect |= borrow->borrowed_at < copy->free_at || back_at < borrow->borrowed_at ||
                     borrow->book_id != copy->book_id;
    copy->free_at = back_at;
}

static void take_borrows(void *argument, const struct ledger_loan *borrows, size_t count)
{
    struct borrows_check *check = argument;

    for (size_t i = 0; i < count; i++)
        id_index_fetch(&check->copy_ids, borrows[i].copy_id, check->copies, sizeof *check->copies);
    for (size_t i = 0; i < count; i++)
        take_borrow(check, &borrows[i]);
}

/* ---- a closer look --------------------------------------------------------------------------------------- */

static void take_close_borrow(void *argument, const struct checked_borrow *borrow)
{
    struct borrows_check *check = argument;
    size_t place = id_index_place(&check->copy_ids, borrow->copy_id);

    if (place == ID_NOWHERE || place < check->from || place >= check->to || !check->copies[place].suspect ||
        check->borrow_count == check->borrow_room)
        return;
    check->borrows[check->borrow_count] =
        (struct close_borrow){.borrowed_at = borrow->borrowed_at,
                              .returned_at = borrow->returned_at == NO_NUMBER ? NEVER : borrow->returned_at,
                              .place = place,
                              .order = (uint32_t)check->borrow_count,
                              .foreign = borrow->book_id != check->copies[place].book_id};
    check->borrow_count++;
}

static int compare_borrows(const void *a, const void *b)
{
    const struct close_borrow *first = a;
    const struct close_borrow *second = b;

    if (first->place != second->place)
        return first->place < second->place ? -1 : 1;
    if (first->borrowed_at != second->borrowed_at)
        return first->borrowed_at < second->borrowed_at ? -1 : 1;
    return (first->order > second->order) - (first->order < second->order);
}

static enum error_kind report_copy(struct borrows_check *check, size_t place, const char *problem,
                                   int64_t count)
{
    struct ctx *ctx = check->ctx;
    struct arena_mark mark = arena_mark(ctx->arena);
    const char *barcode;

    if (count == 0)
        return OK;
    TRY(borrows_check_repo_barcode(ctx, id_index_id(&check->copy_ids, place), &barcode));
    check->report(check->argument,
                  arena_printf(ctx->arena, "Copy %s %s (%lld).", barcode, problem, (long long)count));
    arena_reset_to(ctx->arena, mark);
    return OK;
}

/* The loans of one copy, in the order of time. */
static enum error_kind look_at_copy(struct borrows_check *check, const struct close_borrow *borrows,
                                    size_t count)
{
    int64_t overlaps = 0;
    int64_t reversed = 0;
    int64_t foreign = 0;

    for (size_t i = 0; i < count; i++) {
        overlaps += i > 0 && borrows[i - 1].returned_at > borrows[i].borrowed_at;
        reversed += borrows[i].returned_at < borrows[i].borrowed_at;
        foreign += borrows[i].foreign;
    }
    TRY(report_copy(check, borrows->place, "was lent again before it came back", overlaps));
    TRY(report_copy(check, borrows->place, "came back before it was lent", reversed));
    return report_copy(check, borrows->place, "has loans of another title", foreign);
}

/* Takes as many suspects from check->to on as there is room for their loans; one at least. */
static void choose_suspects(struct borrows_check *check)
{
    size_t borrows = 0;

    for (check->from = check->to; check->to < check->copy_ids.places; check->to++) {
        const struct copy_state *copy = &check->copies[check->to];
        if (!copy->suspect)
            continue;
        if (borrows > 0 && borrows + copy->borrows > CHECK_LOANS_AT_ONCE)
            break;
        borrows += copy->borrows;
    }
    check->borrow_room = borrows;
    check->borrow_count = 0;
}

static enum error_kind look_at_suspects(struct borrows_check *check)
{
    size_t next;

    TRY(borrows_check_repo_borrows(check->ctx, take_close_borrow, check));
    qsort(check->borrows, check->borrow_count, sizeof *check->borrows, compare_borrows);
    for (size_t i = 0; i < check->borrow_count; i = next) {
        next = i + 1;
        while (next < check->borrow_count && check->borrows[next].place == check->borrows[i].place)
            next++;
        TRY(look_at_copy(check, &check->borrows[i], next - i));
    }
    return OK;
}

static enum error_kind look_closely(struct borrows_check *check)
{
    enum error_kind kind = OK;

    while (kind == OK && check->to < check->copy_ids.places) {
        choose_suspects(check);
        if (check->borrow_room == 0)
            break;
        check->borrows = zeroed(check->borrow_room, sizeof *check->borrows);
        kind = look_at_suspects(check);
        free(check->borrows);
    }
    return kind;
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

static enum error_kind check_lent_copies(struct borrows_check *check)
{
    struct ctx *ctx = check->ctx;

    for (size_t i = 0; i < check->copy_ids.places; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        const struct copy_state *copy = &check->copies[i];
        const char *barcode;
        if (copy->open == copy->on_loan)
            continue;
        TRY(borrows_check_repo_barcode(ctx, id_index_id(&check->copy_ids, i), &barcode));
        check->report(check->argument,
                      arena_printf(ctx->arena,
                                   "Copy %s does not agree with its open loans about being on loan (%d).",
                                   barcode, copy->open));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

static void report_double(void *argument, const char *member, const char *title, int64_t borrows)
{
    struct borrows_check *check = argument;

    check->report(check->argument,
                  arena_printf(check->ctx->arena, "The member “%s” has “%s” %lld times at once.", member,
                               title, (long long)borrows));
}

static enum error_kind check_all(struct borrows_check *check)
{
    const struct loan_watch also = {take_borrows, check};
    bool counted_keys_hold;

    TRY(read_what_loans_name(check));
    TRY(counters_check(check->ctx, &also, check->report, check->argument, &counted_keys_hold));
    if (!check->loans_fit)
        return fail(check->ctx, LIBRARY_DAMAGED, "The library's file is damaged: its rows are not in order.");
    check->keys_hold = check->keys_hold && counted_keys_hold;
    TRY(check_lent_copies(check));
    TRY(look_closely(check));
    return borrows_check_repo_doubles(check->ctx, report_double, check);
}

enum error_kind borrows_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                              void *argument, struct loan_index *out_loans, bool *out_keys_hold)
{
    struct borrows_check check = {.ctx = ctx,
                                  .report = report,
                                  .argument = argument,
                                  .loans = out_loans,
                                  .loans_fit = true,
                                  .keys_hold = true};

    *out_loans = (struct loan_index){0};
    enum error_kind kind = check_all(&check);

    if (kind == OK)
        *out_keys_hold = check.keys_hold;
    id_index_release(&check.copy_ids);
    for (int parent = 0; parent < LOAN_PARENTS; parent++)
        id_index_release(&check.parent_ids[parent]);
    free(check.copies);
    return kind;
}
