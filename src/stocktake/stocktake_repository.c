/*
 * stocktake_repository.c — stock-takes as SQL, and their unseen copies as bits.
 */
#include "stocktake/stocktake_repository.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine.h"
#include "db/list.h"

#define BLOCK_BYTES (STOCKTAKE_BLOCK_IDS / 8)
#define BLOCK_WORDS (STOCKTAKE_BLOCK_IDS / ROW_SET_WORD)

#define TAKE_COLUMNS \
    "SELECT id, uuid, name, shelf, expected, seen, started_at, finished_at, missing FROM stocktake "

SQL(FIND, TAKE_COLUMNS "WHERE uuid = :uuid");
SQL(NEXT, TAKE_COLUMNS "WHERE id > :after ORDER BY id LIMIT 1");
SQL(SCANNED, "SELECT copy_id FROM stocktake_scan WHERE stocktake_id = :take AND copy_id IS NOT NULL");
SQL(INSERT_STOCKTAKE, "INSERT INTO stocktake (uuid, name, shelf, expected, started_at, started_by)"
                      " VALUES (:uuid, :name, :shelf, :expected, :now, :actor)");
SQL(COUNT_SEEN, "UPDATE stocktake SET seen = seen + 1 WHERE id = :take");
SQL(FINISH,
    "UPDATE stocktake SET finished_at = :now, finished_by = :actor, missing = :missing WHERE id = :take");

/* A file with strange ids shall not make a set of them larger than what a request may hold: 2,048 blocks, 2 MiB. */
#define LAST_ID "16777215"
#define IN_BOUNDS " AND block BETWEEN 0 AND 2047"

SQL_SCANNING(EXPECTED_ALL,
             "a stock-take of the whole library begins with a look at each copy, on a reading thread",
             "SELECT id FROM copy NOT INDEXED WHERE id BETWEEN 1 AND " LAST_ID
             " AND status IN ('available', 'on_hold_shelf')"
             " AND book_id NOT IN (SELECT id FROM book WHERE deleted_at IS NOT NULL)");
SQL(EXPECTED_OF_SHELF, "SELECT c.id FROM copy c WHERE c.shelf = :shelf AND c.id BETWEEN 1 AND " LAST_ID
                       " AND c.status IN ('available', 'on_hold_shelf')"
                       " AND EXISTS (SELECT 1 FROM book b WHERE b.id = c.book_id AND b.deleted_at IS NULL)");
SQL(LAST_COPY, "SELECT coalesce(max(id), 0) FROM copy WHERE id <= " LAST_ID);

SQL(READ_BLOCK, "SELECT bits FROM stocktake_unseen WHERE stocktake_id = :take AND block = :block");
SQL(READ_BLOCKS,
    "SELECT block, bits FROM stocktake_unseen WHERE stocktake_id = :take" IN_BOUNDS " ORDER BY block");
SQL(LAST_BLOCK, "SELECT coalesce(max(block), -1) FROM stocktake_unseen WHERE stocktake_id = :take" IN_BOUNDS);
SQL(INSERT_BLOCK, "INSERT INTO stocktake_unseen (stocktake_id, block, bits) VALUES (:take, :block, :bits)");
SQL(UPDATE_BLOCK, "UPDATE stocktake_unseen SET bits = :bits WHERE stocktake_id = :take AND block = :block");

SQL(FIND_SCAN, "SELECT finding FROM stocktake_scan WHERE stocktake_id = :take AND copy_id = :copy");
SQL(FIND_UNKNOWN, "SELECT finding FROM stocktake_scan WHERE stocktake_id = :take AND barcode = :barcode"
                  " AND copy_id IS NULL");
SQL(INSERT_SCAN, "INSERT INTO stocktake_scan (stocktake_id, copy_id, barcode, shelf, finding, at, scanned_by)"
                 " VALUES (:take, :copy, :barcode, :shelf, :finding, :now, :actor)");

SQL(WAS_LENT, "SELECT 1 FROM borrow WHERE book_id = :book AND borrowed_at >= :earliest AND copy_id = :copy"
              " AND (returned_at IS NULL OR returned_at >= :since OR borrowed_at >= :since) LIMIT 1");

/* ---- the listings --------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column take_columns[] = {
    {"id", COLUMN_UUID, false, "t.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "t.name", "Name"},
    {"shelf", COLUMN_TEXT, true, "t.shelf", "Its shelf; null: the whole library"},
    {"expected", COLUMN_INTEGER, false, "t.expected", "Copies that should have been there when it began"},
    {"seen", COLUMN_INTEGER, false, "t.seen", "Of these, so far"},
    {"missing", COLUMN_INTEGER, true, "t.missing", "Of these, missing when it was finished; null: it is under way"},
    {"accounted_for", COLUMN_INTEGER, true, "t.expected - t.seen - t.missing",
     "Of these, neither seen nor missing: lent, in repair or withdrawn meanwhile; null: it is under way"},
    {"started_at", COLUMN_INSTANT, false, "t.started_at", "When it began"},
    {"started_by", COLUMN_TEXT, false, "t.started_by", "Who began it"},
    {"finished_at", COLUMN_INSTANT, true, "t.finished_at", "When it was finished; null: it is under way"},
    {"finished_by", COLUMN_TEXT, true, "t.finished_by", "Who finished it"},
    {0},
};

static const struct column scan_columns[] = {
    {"at", COLUMN_INSTANT, false, "s.at", "When"},
    {"barcode", COLUMN_TEXT, false, "s.barcode", "What was scanned"},
    {"shelf", COLUMN_TEXT, true, "s.shelf", "Where; null: not said"},
    {"finding", COLUMN_TEXT, false, "s.finding",
     "in_place, misplaced, on_loan, on_hold_shelf, in_repair, was_lost, was_withdrawn or unknown"},
    {"scanned_by", COLUMN_TEXT, false, "s.scanned_by", "Who"},
    {"copy.id", COLUMN_UUID, true, "c.uuid", "The copy; null: no copy has the barcode"},
    {"copy.shelf", COLUMN_TEXT, true, "c.shelf", "Where its record says it stands now"},
    {"copy.status", COLUMN_TEXT, true, "c.status", "Its state now"},
    {"copy.title", COLUMN_TEXT, true, "(SELECT b.title FROM book b WHERE b.id = c.book_id)", "Its title"},
    {0},
};

#define OF_BOOK(column) "(SELECT b." column " FROM book b WHERE b.id = c.book_id)"

static const struct column missing_columns[] = {
    {"id", COLUMN_UUID, false, "c.uuid", "The copy"},
    {"barcode", COLUMN_TEXT, false, "c.barcode", "What the scanner reads"},
    {"status", COLUMN_TEXT, false, "c.status", "Its state now"},
    {"shelf", COLUMN_TEXT, true, "c.shelf", "Where its record says it stands now"},
    {"price", COLUMN_MONEY, true, "c.price", "What it cost, or costs to replace"},
    {"book.id", COLUMN_UUID, false, OF_BOOK("uuid"), "Id of its title"},
    {"book.title", COLUMN_TEXT, false, OF_BOOK("title"), "Title proper"},
    {"book.author", COLUMN_TEXT, false, OF_BOOK("author"), "Author"},
    {0},
};

static const struct list_sort take_sorts[] = {{"started_at", "t.started_at", .descending = true}, {0}};
static const struct list_sort scan_sorts[] = {{"at", "s.id", .descending = true}, {0}};
static const struct list_sort missing_sorts[] = {{"catalogued", "c.id"}, {0}};

/* Set by the service alone: whose scans. */
#define OF_STOCKTAKE {".stocktake", FILTER_INTEGER, "s.stocktake_id = :stocktake"}

static const struct list_filter scan_filters[] = {
    OF_STOCKTAKE,
    {"finding", FILTER_TEXT, "s.finding = :finding", .meaning = "What was found: misplaced, was_lost, unknown …"},
    {0},
};

/* Its rows are found as bits, by find_missing(); in SQL it would be this. */
static const struct list_filter missing_filters[] = {
    {".stocktake", FILTER_INTEGER,
     "EXISTS (SELECT 1 FROM stocktake_unseen s WHERE s.stocktake_id = :stocktake AND s.block = c.id / 8192"
     " AND (instr('0123456789ABCDEF', substr(hex(substr(s.bits, c.id % 8192 / 8 + 1, 1)), 2 - c.id % 8 / 4, 1)) - 1)"
     " >> (c.id % 4) & 1)"},
    {0},
};

static const struct list_served scan_served[] = {
    {"", .total = "(SELECT coalesce(max(id), 0) FROM stocktake_scan)", .known = "ids have no gaps: no scan is taken away"},
    {".stocktake", .known = "the stock-take's scans in an index", .index = "stocktake_scan_by_id"},
    {".stocktake finding", .known = "the stock-take's scans in an index"},
    {0},
};
/* clang-format on */

const struct listing stocktakes_listing = {
    .name = "Stocktake",
    .columns = take_columns,
    .from = "stocktake t",
    .id = "t.id",
    .uuid = "t.uuid",
    .sorts = take_sorts,
};

const struct listing stocktake_scans_listing = {
    .name = "StocktakeScan",
    .columns = scan_columns,
    .from = "stocktake_scan s LEFT JOIN copy c ON c.id = s.copy_id",
    .count_from = "stocktake_scan s",
    .id = "s.id",
    .sorts = scan_sorts,
    .filters = scan_filters,
    .served = scan_served,
};

static const struct row_set *narrow(const struct row_set *set, struct arena *arena,
                                    const struct row_page *page, bool *out_all)
{
    struct row_set *kept = arena_alloc(arena, sizeof *kept);
    int64_t id = page->descending ? row_set_before(set, page->after ? page->id : set->end)
                                  : row_set_next(set, page->after ? page->id + 1 : 0);

    *kept = row_set_new(arena, set->end);
    for (; id >= 0 && kept->count < page->rows;
         id = page->descending ? row_set_before(set, id) : row_set_next(set, id + 1))
        row_set_add(kept, id);
    *out_all = id < 0;
    return kept;
}

/* Without a stock-take it would be all copies; nobody asks so. */
#define COUNT_GONE(status) \
    "(SELECT count(*) FROM copy WHERE status = '" status "' AND status NOT IN ('available', 'on_loan'))"

static const struct list_served missing_served[] = {
    {"", .total = COUNTER("copies") " + " COUNT_GONE("lost") " + " COUNT_GONE("withdrawn"),
     .known = "the stock-take's bits"},
    {0},
};

/* The order of the list is the order of the ids, so that a page is the next bits. */
static enum error_kind find_missing(struct ctx *ctx, const struct list_query *query,
                                    const struct list_given *given, const struct row_set **out_set)
{
    struct row_set *set = arena_alloc(ctx->arena, sizeof *set);

    (void)query;
    TRY(stocktake_repo_unseen(ctx, given[0].number, set));
    set->of = set->end;
    set->narrow = narrow;
    *out_set = set;
    return OK;
}

const struct listing stocktake_missing_listing = {
    .name = "MissingCopy",
    .columns = missing_columns,
    .from = "copy c",
    .id = "c.id",
    .uuid = "c.uuid",
    .sorts = missing_sorts,
    .filters = missing_filters,
    .find = find_missing,
    .served = missing_served,
};

enum error_kind stocktake_repo_list(struct ctx *ctx, const struct listing *listing,
                                    const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, listing, query, sink);
}

enum error_kind stocktake_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &stocktakes_listing, id, sink);
}

/* ---- bits ----------------------------------------------------------------------------------------------- */

/* The first id of a block is bit 0 of its first byte: words are put together so that every machine reads the same. */
static void words_to_bytes(const uint64_t *words, uint8_t *out_bytes)
{
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        out_bytes[i] = (uint8_t)(words[i / 8] >> i % 8 * 8);
}

static void bytes_to_words(const uint8_t *bytes, uint64_t *out_words)
{
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        out_words[i / 8] |= (uint64_t)bytes[i] << i % 8 * 8;
}

/* A set whose words fill whole blocks. */
static struct row_set new_set(struct ctx *ctx, int64_t last_id)
{
    return row_set_new(ctx->arena, (last_id / STOCKTAKE_BLOCK_IDS + 1) * STOCKTAKE_BLOCK_IDS);
}

static enum error_kind one_number(struct stmt *s, int64_t *out_number)
{
    bool found;

    TRY(db_row(s, &found));
    *out_number = column_int(s, 0);
    return OK;
}

enum error_kind stocktake_repo_expected(struct ctx *ctx, const char *shelf, struct row_set *out_set)
{
    struct stmt *s = db_statement(ctx, shelf ? &EXPECTED_OF_SHELF : &EXPECTED_ALL);
    int64_t last;
    bool found;

    TRY(one_number(db_statement(ctx, &LAST_COPY), &last));
    *out_set = new_set(ctx, last);
    if (shelf)
        bind_text(s, ":shelf", shelf);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        row_set_add(out_set, column_int(s, 0));
    }
}

static enum error_kind insert_blocks(struct ctx *ctx, int64_t take_id, const struct row_set *set)
{
    uint8_t bytes[BLOCK_BYTES];

    for (int64_t id = row_set_next(set, 0); id >= 0;) {
        int64_t block = id / STOCKTAKE_BLOCK_IDS;
        struct stmt *s = db_statement(ctx, &INSERT_BLOCK);
        words_to_bytes(set->words + block * BLOCK_WORDS, bytes);
        bind_int(s, ":take", take_id);
        bind_int(s, ":block", block);
        bind_bytes(s, ":bits", bytes, sizeof bytes);
        TRY(db_run(s));
        id = row_set_next(set, (block + 1) * STOCKTAKE_BLOCK_IDS);
    }
    return OK;
}

enum error_kind stocktake_repo_unseen(struct ctx *ctx, int64_t take_id, struct row_set *out_set)
{
    struct stmt *s = db_statement(ctx, &LAST_BLOCK);
    int64_t last;
    bool found;

    bind_int(s, ":take", take_id);
    TRY(one_number(s, &last));
    *out_set = new_set(ctx, (last + 1) * STOCKTAKE_BLOCK_IDS - 1);
    s = db_statement(ctx, &READ_BLOCKS);
    bind_int(s, ":take", take_id);
    for (;;) {
        size_t length;
        TRY(db_row(s, &found));
        if (!found)
            break;
        bytes_to_words(column_bytes(s, 1, &length), out_set->words + column_int(s, 0) * BLOCK_WORDS);
    }
    for (size_t i = 0; i < row_set_words(out_set->end); i++)
        out_set->count += __builtin_popcountll(out_set->words[i]);
    return OK;
}

enum error_kind stocktake_repo_take_off(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                        bool *out_was_unseen)
{
    int64_t block = copy_id / STOCKTAKE_BLOCK_IDS;
    size_t at = (size_t)(copy_id % STOCKTAKE_BLOCK_IDS);
    struct stmt *s = db_statement(ctx, &READ_BLOCK);
    uint8_t bytes[BLOCK_BYTES];
    size_t length;
    bool found;

    bind_int(s, ":take", take_id);
    bind_int(s, ":block", block);
    TRY(db_row(s, &found));
    *out_was_unseen = false;
    if (!found)
        return OK;
    memcpy(bytes, column_bytes(s, 0, &length), sizeof bytes);
    *out_was_unseen = bytes[at / 8] >> at % 8 & 1;
    if (!*out_was_unseen)
        return OK;
    bytes[at / 8] &= (uint8_t) ~(1u << at % 8);
    s = db_statement(ctx, &UPDATE_BLOCK);
    bind_int(s, ":take", take_id);
    bind_int(s, ":block", block);
    bind_bytes(s, ":bits", bytes, sizeof bytes);
    return db_run(s);
}

/* ---- stock-takes ---------------------------------------------------------------------------------------- */

static enum error_kind read_take(struct stmt *s, struct stocktake *out_take, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_take = (struct stocktake){.id = column_int(s, 0),
                                       .uuid = column_uuid(s, 1),
                                       .facts = {.name = column_text(s, 2), .shelf = column_text(s, 3)},
                                       .expected = column_int(s, 4),
                                       .seen = column_int(s, 5),
                                       .started_at = column_int(s, 6),
                                       .finished_at = column_number(s, 7),
                                       .missing = column_number(s, 8)};
    return OK;
}

enum error_kind stocktake_repo_find(struct ctx *ctx, const struct uuid *uuid, struct stocktake *out_take,
                                    bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return read_take(s, out_take, out_found);
}

enum error_kind stocktake_repo_next(struct ctx *ctx, int64_t after, struct stocktake *out_take,
                                    bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT);

    bind_int(s, ":after", after);
    return read_take(s, out_take, out_found);
}

enum error_kind stocktake_repo_count_scanned_in(struct ctx *ctx, int64_t take_id, const struct row_set *set,
                                                int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &SCANNED);
    bool found;

    bind_int(s, ":take", take_id);
    for (*out_count = 0;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        *out_count += row_set_has(set, column_int(s, 0));
    }
}

enum error_kind stocktake_repo_insert(struct ctx *ctx, struct stocktake *take, const struct row_set *unseen)
{
    struct stmt *s = db_statement(ctx, &INSERT_STOCKTAKE);

    bind_uuid(s, ":uuid", &take->uuid);
    bind_text(s, ":name", take->facts.name);
    bind_text(s, ":shelf", take->facts.shelf);
    bind_int(s, ":expected", take->expected);
    bind_int(s, ":now", take->started_at);
    bind_text(s, ":actor", ctx->actor.name);
    TRY(db_run(s));
    take->id = db_last_id(ctx);
    return insert_blocks(ctx, take->id, unseen);
}

enum error_kind stocktake_repo_count_seen(struct ctx *ctx, int64_t take_id)
{
    struct stmt *s = db_statement(ctx, &COUNT_SEEN);

    bind_int(s, ":take", take_id);
    return db_run(s);
}

enum error_kind stocktake_repo_finish(struct ctx *ctx, int64_t take_id, int64_t missing)
{
    struct stmt *s = db_statement(ctx, &FINISH);

    bind_int(s, ":take", take_id);
    bind_int(s, ":missing", missing);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    return db_run(s);
}

/* ---- scans ---------------------------------------------------------------------------------------------- */

enum error_kind stocktake_repo_find_scan(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                         const char *barcode, const char **out_finding)
{
    struct stmt *s = db_statement(ctx, copy_id ? &FIND_SCAN : &FIND_UNKNOWN);
    bool found;

    bind_int(s, ":take", take_id);
    if (copy_id)
        bind_int(s, ":copy", copy_id);
    else
        bind_text(s, ":barcode", barcode);
    TRY(db_row(s, &found));
    *out_finding = found ? column_text(s, 0) : NULL;
    return OK;
}

enum error_kind stocktake_repo_insert_scan(struct ctx *ctx, int64_t take_id, int64_t copy_id,
                                           const struct scan_facts *facts, const char *finding)
{
    struct stmt *s = db_statement(ctx, &INSERT_SCAN);

    bind_int(s, ":take", take_id);
    bind_number(s, ":copy", copy_id ? copy_id : NO_NUMBER);
    bind_text(s, ":barcode", facts->barcode);
    bind_text(s, ":shelf", facts->shelf);
    bind_text(s, ":finding", finding);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name);
    return db_run(s);
}

enum error_kind stocktake_repo_was_lent(struct ctx *ctx, int64_t copy_id, int64_t book_id, int64_t since,
                                        bool *out_lent)
{
    struct stmt *s = db_statement(ctx, &WAS_LENT);

    bind_int(s, ":copy", copy_id);
    bind_int(s, ":book", book_id);
    bind_int(s, ":since", since);
    bind_int(s, ":earliest", since - (int64_t)OCCURRED_AT_PAST_DAYS * MS_PER_DAY);
    return db_row(s, out_lent);
}
