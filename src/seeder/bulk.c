/*
 * bulk.c — streams the plan into the tables, by one of two roads, and what is counted or searched after them.
 */
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "counters/tallies_service.h"
#include "db/beside.h"
#include "db/engine.h"
#include "db/pack.h"
#include "seeder/bulk_beside.h"
#include "settings/settings_service.h"

#define TELL_EVERY 4096   /* rows */
#define LEDGER_PERCENT 50 /* about so many rows come with a hundred loans */
#define ROW_MEMORY_MAX (1024 * 1024)

SQL(ITEM_TYPES, "SELECT id, code FROM item_type");
SQL(MEMBER_TYPES, "SELECT id, code FROM member_type");

void bulk_tell(struct bulk *bulk, const char *phase)
{
    const struct bulk_progress *progress = bulk->request->progress;

    atomic_store(progress->phase, phase);
    progress->tell(progress->argument);
}

void bulk_advance(struct bulk *bulk, int64_t work)
{
    const struct bulk_progress *progress = bulk->request->progress;

    atomic_fetch_add(progress->done, work);
    progress->tell(progress->argument);
}

/* ---- one table --------------------------------------------------------------------------------------------- */

void pass_next_row(struct pass *pass)
{
    arena_reset(&pass->row);
    if (++pass->rows % TELL_EVERY)
        return;
    if (pass->is_beside)
        atomic_fetch_add(pass->bulk->request->progress->done, TELL_EVERY);
    else
        bulk_advance(pass->bulk, TELL_EVERY);
}

struct load_value pass_next_id(struct pass *pass, int64_t at)
{
    return load_bytes(id_series_next(&pass->ids, at)->bytes, UUID_BYTES);
}

static void begin_pass(struct ctx *ctx, struct bulk *bulk, const char *table, struct pass *pass)
{
    *pass = (struct pass){.bulk = bulk, .actor = load_text(ctx->actor.name)};
    arena_init(&pass->row, ROW_MEMORY_MAX);
    id_series_init(&pass->ids, bulk->plan->request.random_seed, table);
}

enum error_kind bulk_load_by_sql(struct ctx *ctx, struct bulk *bulk, const char *table,
                                 const char *const *columns, load_next *next)
{
    struct pass pass;

    begin_pass(ctx, bulk, table, &pass);
    pass.is_beside = bulk->packer != NULL;
    enum error_kind kind = db_load(ctx, table, columns, next, &pass);
    arena_release(&pass.row);
    return kind;
}

enum error_kind bulk_load(struct ctx *ctx, struct bulk *bulk, const char *table, const char *const *columns,
                          load_next *next)
{
    struct pass pass;

    if (!bulk->packer)
        return bulk_load_by_sql(ctx, bulk, table, columns, next);
    begin_pass(ctx, bulk, table, &pass);
    enum error_kind kind = pack_table(ctx, bulk->packer, table, columns, next, &pass);
    arena_release(&pass.row);
    return kind;
}

/* ---- what is there already --------------------------------------------------------------------------------- */

static enum error_kind read_types(struct ctx *ctx, const struct sql *sql, struct type_list *out_types)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found || out_types->count == TYPES_MAX)
            return OK;
        out_types->ids[out_types->count] = column_int(s, 0);
        out_types->codes[out_types->count++] = column_text(s, 1);
    }
}

/* ---- the whole ----------------------------------------------------------------------------------------- */

/* An index takes a fifth of the time in which its table's rows were made. */
static int64_t work_of_index(const struct bulk *bulk, const struct load_index *index)
{
    if (strcmp(index->table, "borrow") == 0)
        return bulk->plan->request.borrows / 5;
    return strcmp(index->table, "copy") == 0 ? bulk->summary.copies / 5 : bulk->summary.books / 5;
}

/* Indexes of the few rows that are out or archived: filled on the way, where others cost a walk over the table. */
static bool is_small(const struct load_index *index)
{
    return strstr(index->sql, "WHERE returned_at IS NULL") ||
           strstr(index->sql, "WHERE deleted_at IS NOT NULL");
}

static enum error_kind make_indexes(struct ctx *ctx, struct bulk *bulk, const struct load_index *indexes,
                                    bool small)
{
    for (const struct load_index *index = indexes; index; index = index->next) {
        if (is_small(index) != small)
            continue;
        TRY(db_make_index(ctx, index));
        bulk_advance(bulk, small ? 0 : work_of_index(bulk, index));
    }
    return OK;
}

static void make_room(struct bulk *bulk)
{
    const struct plan *plan = bulk->plan;
    struct arena *arena = bulk->request->arena;
    size_t copies = 0;

    bulk->books = arena_alloc_array(arena, plan->book_count, sizeof *bulk->books);
    for (size_t i = 0; i < plan->book_count; i++) {
        bulk->books[i].first_copy = (uint32_t)copies;
        copies += plan->books[i].copies;
    }
    bulk->members = arena_alloc_array(arena, plan->member_count, sizeof *bulk->members);
    bulk->copy_acts = arena_alloc_array(arena, copies, sizeof *bulk->copy_acts);
    bulk->copy_acted_at = arena_alloc_array(arena, copies, sizeof *bulk->copy_acted_at);
    bulk->day_count = (size_t)(clock_day_of(plan->request.now) - plan->first_day) + 1;
    bulk->days = arena_alloc_array(arena, bulk->day_count, sizeof *bulk->days);
    bulk->ledger = ledger_new(arena, false);
}

/* Titles are walked once for their words and once more for the sum of all loans. */
static int64_t work_of_tables(const struct bulk *bulk)
{
    const struct seeder_summary *summary = &bulk->summary;

    return bulk->plan->request.borrows * (100 + LEDGER_PERCENT) / 100 + summary->copies + summary->books * 3 +
           summary->members * 2;
}

static enum error_kind load_tables(struct ctx *ctx, struct bulk *bulk)
{
    TRY(bulk_load_borrows(ctx, bulk));
    bulk_beside_lent(bulk);
    TRY(bulk_load_ledger(ctx, bulk));
    TRY(bulk_load_copies(ctx, bulk));
    bulk_beside_await_names(bulk);
    TRY(bulk_load_books(ctx, bulk));
    return bulk_load_members(ctx, bulk);
}

/* Everything by SQL: what the packed road is compared with, and what there is when that does not know the schema. */
static enum error_kind fill_by_sql(struct ctx *ctx, struct bulk *bulk)
{
    struct load_index *indexes;
    int64_t work = work_of_tables(bulk);

    TRY(db_exec(ctx, "BEGIN"));
    TRY(db_take_indexes(ctx, &indexes));
    for (const struct load_index *index = indexes; index; index = index->next)
        work += is_small(index) ? 0 : work_of_index(bulk, index);
    atomic_store(bulk->request->progress->total, work);
    TRY(make_indexes(ctx, bulk, indexes, true));
    TRY(load_tables(ctx, bulk));
    TRY(bulk_load_categories(ctx, bulk));
    TRY(bulk_write_numbers(ctx, bulk));
    bulk_tell(bulk, "sorting indexes");
    TRY(make_indexes(ctx, bulk, indexes, false));
    TRY(bulk_beside_end(ctx, bulk));
    TRY(tallies_count_days(ctx, NULL));
    return bulk_make_search(ctx, bulk);
}

static enum error_kind fill_packed(struct ctx *ctx, struct bulk *bulk)
{
    atomic_store(bulk->request->progress->total, work_of_tables(bulk) + bulk->plan->request.borrows / 2);
    TRY(load_tables(ctx, bulk));
    bulk_tell(bulk, "sorting indexes");
    TRY(pack_indexes(ctx, bulk->packer));
    bulk_advance(bulk, bulk->plan->request.borrows / 2);
    bulk_tell(bulk, "indexing words");
    TRY(bulk_beside_end(ctx, bulk));
    TRY(pack_end(ctx, bulk->packer));
    bulk->packer = NULL;
    TRY(db_exec(ctx, "BEGIN"));
    return bulk_write_numbers(ctx, bulk);
}

static enum error_kind fill(struct ctx *ctx, struct bulk *bulk)
{
    static const char *const packed[] = {"borrow", "renewal", "charge", "payment", "waiver", "allocation",
                                         "hold",   "copy",    "book",   "member",  NULL};
    static const char *const beside[] = {"book_search",   "member_search", "category",
                                         "book_category", "tally",         NULL};
    struct beside *file = NULL;

    TRY(settings_text(ctx, SETTING_BARCODE_PREFIX, &bulk->barcode_prefix));
    TRY(settings_text(ctx, SETTING_CARD_PREFIX, &bulk->card_prefix));
    TRY(audit_actor_id(ctx, NO_NUMBER, &bulk->actor_id));
    TRY(read_types(ctx, &ITEM_TYPES, &bulk->item_types));
    TRY(read_types(ctx, &MEMBER_TYPES, &bulk->member_types));
    if (bulk->request->road == BULK_PACKED) {
        TRY(beside_open(ctx, beside, &file));
        TRY(pack_begin(ctx, packed, &bulk->packer));
    }
    if (bulk->packer)
        pack_hold(bulk->packer, "borrow"); /* for the tallies */
    bulk_beside_begin(ctx, bulk, bulk->packer ? file : NULL);
    return bulk->packer ? fill_packed(ctx, bulk) : fill_by_sql(ctx, bulk);
}

enum error_kind bulk_fill(struct ctx *ctx, const struct bulk_request *request,
                          struct seeder_summary *out_summary)
{
    struct bulk *bulk = arena_alloc(request->arena, sizeof *bulk);

    *bulk = (struct bulk){.request = request, .plan = request->plan};
    summary_start(&bulk->summary, bulk->plan);
    make_room(bulk);
    enum error_kind kind = fill(ctx, bulk);
    bulk_beside_give_up(bulk); /* the request is the caller's, who goes on */
    if (kind != OK && bulk->packer)
        pack_give_up(bulk->packer);
    TRY(kind);
    *out_summary = bulk->summary;
    return OK;
}
