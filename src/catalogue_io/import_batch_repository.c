/*
 * import_batch_repository.c — batches as SQL.
 */
#include "catalogue_io/import_batch_repository.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

#define BATCH_COLUMNS                                                                                               \
    "SELECT id, uuid, kind, name, status, error, format, encoding, delimiter, columns, profile, duplicates, bytes," \
    " rows_read, rows_done, imported, repaired, merged, refused, copies, summary, headers, fields, created_at,"     \
    " created_by, started_at, finished_at FROM import_batch "

SQL(INSERT_BATCH,
    "INSERT INTO import_batch (uuid, kind, name, status, encoding, delimiter, columns, profile, duplicates, bytes,"
    " created_at, created_by) VALUES (:uuid, :kind, :name, :status, :encoding, :delimiter, :columns, :profile,"
    " :duplicates, :bytes, :now, :actor)");
SQL(FIND_BATCH, BATCH_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_BATCH_BY_ID, BATCH_COLUMNS "WHERE id = :id");
SQL(FIND_OPEN_BATCH,
    BATCH_COLUMNS "WHERE status IN ('reading', 'writing', 'undoing') ORDER BY status, id LIMIT 1");
SQL(SAVE_BATCH,
    "UPDATE import_batch SET status = :status, error = :error, format = :format, encoding = :encoding,"
    " delimiter = :delimiter, columns = :columns, profile = :profile, duplicates = :duplicates,"
    " rows_read = :rows_read, rows_done = :rows_done, imported = :imported, repaired = :repaired,"
    " merged = :merged, refused = :refused, copies = :copies, summary = :summary, headers = :headers,"
    " fields = :fields, started_at = :started_at, finished_at = :finished_at WHERE id = :id");
SQL(REMOVE_BATCH, "DELETE FROM import_batch WHERE id = :batch");
SQL(FILE_BYTES,
    "SELECT coalesce(sum(bytes), 0) FROM import_batch WHERE status NOT IN ('done', 'undoing', 'undone')");

SQL(FIND_UNSTARTED, "SELECT id, uuid FROM import_batch WHERE created_at < :before AND started_at IS NULL"
                    " AND status IN ('ready', 'failed') ORDER BY created_at LIMIT 1");
SQL(FIND_ROWS_BEFORE, "SELECT b.id FROM import_batch b WHERE b.created_at < :before"
                      " AND EXISTS (SELECT 1 FROM import_row r WHERE r.batch_id = b.id)"
                      " ORDER BY b.created_at LIMIT 1");

SQL(KEEP_ROW,
    "INSERT INTO import_row (batch_id, row, outcome, name, reasons, match_id, match_name, cells) VALUES"
    " (:batch, :row, :outcome, :name, :reasons, :match, :match_name, :cells)"
    " ON CONFLICT (batch_id, row) DO UPDATE SET outcome = excluded.outcome, name = excluded.name,"
    " reasons = excluded.reasons, match_id = excluded.match_id, match_name = excluded.match_name,"
    " cells = excluded.cells");
SQL(CHOICE, "SELECT choice FROM import_row WHERE batch_id = :batch AND row = :row");
SQL(CHOOSE, "UPDATE import_row SET choice = :choice WHERE batch_id = :batch AND row = :row"
            " AND outcome = 'duplicate'");
SQL(CHOOSE_ALL, "UPDATE import_row SET choice = :choice WHERE batch_id = :batch AND outcome = 'duplicate'");
SQL(FORGET_ROWS, "DELETE FROM import_row WHERE batch_id = :batch AND row IN"
                 " (SELECT row FROM import_row WHERE batch_id = :batch ORDER BY row LIMIT :max)");
#define ROW_COLUMNS "SELECT row, outcome, name, reasons, match_id, match_name, choice, cells FROM import_row "
SQL(NEXT_ROW, ROW_COLUMNS "WHERE batch_id = :batch AND row > :after ORDER BY row LIMIT 1");
SQL(NEXT_ROW_OF,
    ROW_COLUMNS "WHERE batch_id = :batch AND outcome = :outcome AND row > :after ORDER BY row LIMIT 1");

SQL(GROW_RANGE,
    "UPDATE import_made SET last_id = :last WHERE batch_id = :batch AND entity = :entity AND first_id ="
    " (SELECT max(first_id) FROM import_made WHERE batch_id = :batch AND entity = :entity)"
    " AND last_id = :first - 1");
SQL(ADD_RANGE,
    "INSERT INTO import_made (batch_id, entity, first_id, last_id) VALUES (:batch, :entity, :first, :last)");
SQL(LAST_RANGE, "SELECT first_id, last_id FROM import_made WHERE batch_id = :batch AND entity = :entity"
                " AND first_id < :before ORDER BY first_id DESC LIMIT 1");
SQL(CUT_RANGE, "UPDATE import_made SET last_id = :last WHERE batch_id = :batch AND entity = :entity"
               " AND first_id = :first");
SQL(DROP_RANGE, "DELETE FROM import_made WHERE batch_id = :batch AND entity = :entity AND first_id = :first");

/* What was changed twice was as it was before the first time. */
SQL(ADD_VALUE, "INSERT INTO import_changed (batch_id, entity, entity_id, field, before, after) VALUES"
               " (:batch, :entity, :id, :field, :before, :after)"
               " ON CONFLICT (batch_id, entity, entity_id, field) DO UPDATE SET after = excluded.after");
SQL(NEXT_VALUE, "SELECT entity, entity_id, field, before, after FROM import_changed WHERE batch_id = :batch"
                " AND (entity, entity_id, field) > (:entity, :id, :field)"
                " ORDER BY entity, entity_id, field LIMIT 1");
SQL(FORGET_VALUE,
    "DELETE FROM import_changed WHERE batch_id = :batch AND entity = :entity AND entity_id = :id"
    " AND field = :field");

/* ---- the listings --------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column batch_columns[] = {
    {"id", COLUMN_UUID, false, "b.uuid", "Id"},
    {"kind", COLUMN_TEXT, false, "b.kind", "titles, copies, members or loans"},
    {"name", COLUMN_TEXT, false, "b.name", "Of the file"},
    {"status", COLUMN_TEXT, false, "b.status", "reading, ready, writing, stopped, failed, done, undoing or undone"},
    {"error", COLUMN_TEXT, true, "b.error", "Why it failed"},
    {"format", COLUMN_TEXT, false, "b.format", "csv, iso2709 or marcxml; empty: not read yet"},
    {"encoding", COLUMN_TEXT, true, "b.encoding", "Of CSV, as said or recognised"},
    {"delimiter", COLUMN_TEXT, true, "b.delimiter", "Between the cells of CSV: comma, semicolon, tab or bar"},
    {"profile", COLUMN_TEXT, true, "b.profile", "Name of the profile that says what the columns are"},
    {"duplicates", COLUMN_TEXT, false, "b.duplicates", "What is done with what the library has: skip, add_copies or merge"},
    {"bytes", COLUMN_INTEGER, false, "b.bytes", "Of the file"},
    {"rows_read", COLUMN_INTEGER, false, "b.rows_read", "Rows below the header, or records"},
    {"rows_done", COLUMN_INTEGER, false, "b.rows_done", "Of these, how many are through"},
    {"imported", COLUMN_INTEGER, false, "b.imported", "Rows that made a record, repaired ones included (until it is started: would make)"},
    {"repaired", COLUMN_INTEGER, false, "b.repaired", "Of these, how many with something changed or left out"},
    {"merged", COLUMN_INTEGER, false, "b.merged", "Rows that went into records that were there"},
    {"refused", COLUMN_INTEGER, false, "b.refused", "Rows that were not taken"},
    {"copies", COLUMN_INTEGER, false, "b.copies", "Copies made"},
    {"created_at", COLUMN_INSTANT, false, "b.created_at", "When the file was brought"},
    {"created_by", COLUMN_TEXT, false, "b.created_by", "Who brought it"},
    {"started_at", COLUMN_INSTANT, true, "b.started_at", "When it was started"},
    {"finished_at", COLUMN_INSTANT, true, "b.finished_at", "When the last row was through"},
    {"undone_at", COLUMN_INSTANT, true, "b.undone_at", "When it was undone"},
    {"undone_by", COLUMN_TEXT, true, "b.undone_by", "Who undid it"},
    {0},
};

static const struct list_sort batch_sorts[] = {{"created_at", "b.created_at", .descending = true}, {0}};

static const struct list_filter batch_filters[] = {
    {"kind", FILTER_TEXT, "b.kind = :kind", .meaning = "titles, copies, members or loans"},
    {"status", FILTER_TEXT, "b.status = :status", .meaning = "reading, ready, writing, stopped, failed, done, undoing or undone"},
    {0},
};

static const struct column row_columns[] = {
    {"row", COLUMN_INTEGER, false, "r.row", "As a spreadsheet counts: the header is row 1; of MARC, the record's number"},
    {"outcome", COLUMN_TEXT, false, "r.outcome", "repaired, duplicate or refused"},
    {"name", COLUMN_TEXT, true, "r.name", "The title, the reader, the barcode"},
    {"reasons", COLUMN_TEXTS, false,
     "'[\"' || replace(replace(replace(r.reasons, '\\', '\\\\'), '\"', '\\\"'), char(10), '\",\"') || '\"]'",
     "What was changed, left out or wrong"},
    {"match.id", COLUMN_UUID, true,
     "CASE (SELECT kind FROM import_batch WHERE id = r.batch_id) WHEN 'titles' THEN (SELECT uuid FROM book WHERE id = r.match_id)"
     " WHEN 'copies' THEN (SELECT uuid FROM copy WHERE id = r.match_id)"
     " WHEN 'members' THEN (SELECT uuid FROM member WHERE id = r.match_id)"
     " ELSE (SELECT uuid FROM borrow WHERE id = r.match_id) END", "What the library has"},
    {"match.name", COLUMN_TEXT, true, "r.match_name", "Its name"},
    {"choice", COLUMN_TEXT, true, "r.choice", "skip, add_copies or merge, as decided for this row; null: as for all"},
    {0},
};

static const struct list_sort row_sorts[] = {{"row", "r.row"}, {0}};

static const struct list_filter row_filters[] = {
    {".batch", FILTER_INTEGER, "r.batch_id = :batch"},
    {"outcome", FILTER_TEXT, "r.outcome = :outcome", .meaning = "repaired, duplicate or refused"},
    {0},
};

static const struct list_served row_served[] = {
    {".batch", .known = "the batch's rows in an index"},
    {".batch outcome", .known = "the batch's rows in an index"},
    {0},
};
/* clang-format on */

const struct listing imports_listing = {
    .name = "ImportBatch",
    .columns = batch_columns,
    .from = "import_batch b",
    .id = "b.id",
    .uuid = "b.uuid",
    .sorts = batch_sorts,
    .filters = batch_filters,
};

const struct listing import_rows_listing = {
    .name = "ImportRow",
    .columns = row_columns,
    .from = "import_row r",
    .id = "r.row",
    .sorts = row_sorts,
    .filters = row_filters,
    .served = row_served,
};

enum error_kind import_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &imports_listing, query, sink);
}

enum error_kind import_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &imports_listing, id, sink);
}

enum error_kind import_repo_list_rows(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &import_rows_listing, query, sink);
}

/* ---- batches -------------------------------------------------------------------------------------------- */

/* Lines "reason<TAB>rows". */
static const char *summary_of(struct ctx *ctx, const struct import_tally *tally)
{
    struct text_buf text;

    text_buf_init(&text, ctx->arena);
    for (int code = 0; code < IMPORT_REASON_COUNT; code++) {
        if (tally->reasons[code])
            text_buf_printf(&text, "%s\t%" PRId64 "\n", import_reason_name((enum import_reason_code)code),
                            tally->reasons[code]);
    }
    return text.length > 0 ? text_buf_string(&text) : NULL;
}

static void read_summary(const char *text, struct import_tally *tally)
{
    for (; text && *text; text += strcspn(text, "\n") + 1) {
        size_t length = strcspn(text, "\t");
        for (int code = 0; code < IMPORT_REASON_COUNT; code++) {
            const char *name = import_reason_name((enum import_reason_code)code);
            if (strlen(name) == length && strncmp(name, text, length) == 0)
                tally->reasons[code] = strtoll(text + length + 1, NULL, 10);
        }
        if (text[strcspn(text, "\n")] == '\0')
            return;
    }
}

/* Somebody's words for the columns, or a profile's lines: those have tabs. */
static void read_columns(const char *text, struct import_taking *taking)
{
    if (text && strchr(text, '\t'))
        taking->by_headers = text;
    else
        taking->columns = text;
}

static struct import_batch read_batch(struct stmt *s)
{
    struct import_batch batch = {
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .kind = column_text(s, 2),
        .name = column_text(s, 3),
        .status = column_text(s, 4),
        .error = column_text(s, 5),
        .format = column_text(s, 6),
        .taking = {.encoding = column_text(s, 7), .delimiter = column_text(s, 8)},
        .profile = column_text(s, 10),
        .duplicates = column_text(s, 11),
        .bytes = column_int(s, 12),
        .rows_read = column_int(s, 13),
        .tally = {.rows_done = column_int(s, 14),
                  .imported = column_int(s, 15),
                  .repaired = column_int(s, 16),
                  .merged = column_int(s, 17),
                  .refused = column_int(s, 18),
                  .copies = column_int(s, 19)},
        .headers = column_text(s, 21),
        .fields = column_text(s, 22),
        .created_at = column_int(s, 23),
        .created_by = column_text(s, 24),
        .started_at = column_number(s, 25),
        .finished_at = column_number(s, 26),
    };

    read_columns(column_text(s, 9), &batch.taking);
    read_summary(column_text(s, 20), &batch.tally);
    return batch;
}

static const char *columns_of(const struct import_taking *taking)
{
    return taking->columns ? taking->columns : taking->by_headers;
}

enum error_kind import_repo_insert(struct ctx *ctx, struct import_batch *batch)
{
    struct stmt *s = db_statement(ctx, &INSERT_BATCH);

    bind_uuid(s, ":uuid", &batch->uuid);
    bind_text(s, ":kind", batch->kind);
    bind_text(s, ":name", batch->name);
    bind_text(s, ":status", batch->status);
    bind_text(s, ":encoding", batch->taking.encoding);
    bind_text(s, ":delimiter", batch->taking.delimiter);
    bind_text(s, ":columns", columns_of(&batch->taking));
    bind_text(s, ":profile", batch->profile);
    bind_text(s, ":duplicates", batch->duplicates);
    bind_int(s, ":bytes", batch->bytes);
    bind_int(s, ":now", ctx->now);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    TRY(db_run(s));
    batch->id = db_last_id(ctx);
    return OK;
}

static enum error_kind read_one(struct stmt *s, struct import_batch *out_batch, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_batch = read_batch(s);
    return OK;
}

enum error_kind import_repo_find(struct ctx *ctx, const struct uuid *uuid, struct import_batch *out_batch,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BATCH);

    bind_uuid(s, ":uuid", uuid);
    return read_one(s, out_batch, out_found);
}

enum error_kind import_repo_find_by_id(struct ctx *ctx, int64_t id, struct import_batch *out_batch,
                                       bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BATCH_BY_ID);

    bind_int(s, ":id", id);
    return read_one(s, out_batch, out_found);
}

enum error_kind import_repo_find_open(struct ctx *ctx, struct import_batch *out_batch, bool *out_found)
{
    return read_one(db_statement(ctx, &FIND_OPEN_BATCH), out_batch, out_found);
}

enum error_kind import_repo_save(struct ctx *ctx, const struct import_batch *batch)
{
    struct stmt *s = db_statement(ctx, &SAVE_BATCH);
    const struct import_tally *tally = &batch->tally;

    bind_int(s, ":id", batch->id);
    bind_text(s, ":status", batch->status);
    bind_text(s, ":error", batch->error);
    bind_text(s, ":format", batch->format);
    bind_text(s, ":encoding", batch->taking.encoding);
    bind_text(s, ":delimiter", batch->taking.delimiter);
    bind_text(s, ":columns", columns_of(&batch->taking));
    bind_text(s, ":profile", batch->profile);
    bind_text(s, ":duplicates", batch->duplicates);
    bind_int(s, ":rows_read", batch->rows_read);
    bind_int(s, ":rows_done", tally->rows_done);
    bind_int(s, ":imported", tally->imported);
    bind_int(s, ":repaired", tally->repaired);
    bind_int(s, ":merged", tally->merged);
    bind_int(s, ":refused", tally->refused);
    bind_int(s, ":copies", tally->copies);
    bind_text(s, ":summary", summary_of(ctx, tally));
    bind_text(s, ":headers", batch->headers);
    bind_text(s, ":fields", batch->fields);
    bind_number(s, ":started_at", batch->started_at);
    bind_number(s, ":finished_at", batch->finished_at);
    return db_run(s);
}

enum error_kind import_repo_remove(struct ctx *ctx, int64_t id, int64_t max, bool *out_gone)
{
    struct stmt *s;
    int64_t removed;

    TRY(import_repo_forget_rows(ctx, id, max, &removed));
    *out_gone = removed < max;
    if (!*out_gone)
        return OK;
    s = db_statement(ctx, &REMOVE_BATCH);
    bind_int(s, ":batch", id);
    return db_run(s);
}

enum error_kind import_repo_find_unstarted(struct ctx *ctx, int64_t before, int64_t *out_id,
                                           struct uuid *out_uuid)
{
    struct stmt *s = db_statement(ctx, &FIND_UNSTARTED);
    bool found;

    bind_int(s, ":before", before);
    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    if (found)
        *out_uuid = column_uuid(s, 1);
    return OK;
}

enum error_kind import_repo_find_rows_before(struct ctx *ctx, int64_t before, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &FIND_ROWS_BEFORE);
    bool found;

    bind_int(s, ":before", before);
    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind import_repo_file_bytes(struct ctx *ctx, int64_t *out_bytes)
{
    struct stmt *s = db_statement(ctx, &FILE_BYTES);
    bool found;

    TRY(db_row(s, &found));
    *out_bytes = found ? column_int(s, 0) : 0;
    return OK;
}

/* ---- rows ----------------------------------------------------------------------------------------------- */

enum error_kind import_repo_keep_row(struct ctx *ctx, int64_t batch_id, const struct import_kept_row *row)
{
    struct stmt *s = db_statement(ctx, &KEEP_ROW);

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":row", row->row);
    bind_text(s, ":outcome", row->outcome);
    bind_text(s, ":name", row->name);
    bind_text(s, ":reasons", row->reasons);
    bind_number(s, ":match", row->match_id);
    bind_text(s, ":match_name", row->match_name);
    bind_text(s, ":cells", row->cells);
    return db_run(s);
}

enum error_kind import_repo_choice(struct ctx *ctx, int64_t batch_id, int64_t row, const char **out_choice)
{
    struct stmt *s = db_statement(ctx, &CHOICE);
    bool found;

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":row", row);
    TRY(db_row(s, &found));
    *out_choice = found ? column_text(s, 0) : NULL;
    return OK;
}

enum error_kind import_repo_choose(struct ctx *ctx, int64_t batch_id, int64_t row, const char *choice,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &CHOOSE);

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":row", row);
    bind_text(s, ":choice", choice);
    TRY(db_run(s));
    *out_found = db_changes(ctx) > 0;
    return OK;
}

enum error_kind import_repo_choose_all(struct ctx *ctx, int64_t batch_id, const char *choice,
                                       int64_t *out_rows)
{
    struct stmt *s = db_statement(ctx, &CHOOSE_ALL);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":choice", choice);
    TRY(db_run(s));
    *out_rows = db_changes(ctx);
    return OK;
}

enum error_kind import_repo_forget_rows(struct ctx *ctx, int64_t batch_id, int64_t max, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &FORGET_ROWS);

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":max", max);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind import_repo_next_row(struct ctx *ctx, int64_t batch_id, const char *outcome, int64_t after,
                                     struct import_kept_row *out_row, bool *out_found)
{
    struct stmt *s = db_statement(ctx, outcome ? &NEXT_ROW_OF : &NEXT_ROW);

    bind_int(s, ":batch", batch_id);
    bind_int(s, ":after", after);
    if (outcome)
        bind_text(s, ":outcome", outcome);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_row = (struct import_kept_row){.row = column_int(s, 0),
                                            .outcome = column_text(s, 1),
                                            .name = column_text(s, 2),
                                            .reasons = column_text(s, 3),
                                            .match_id = column_number(s, 4),
                                            .match_name = column_text(s, 5),
                                            .choice = column_text(s, 6),
                                            .cells = column_text(s, 7)};
    return OK;
}

/* ---- the trail -------------------------------------------------------------------------------------------- */

static enum error_kind run_range(struct stmt *s, int64_t batch_id, const struct import_range *range)
{
    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", range->entity);
    bind_int(s, ":first", range->first_id);
    bind_int(s, ":last", range->last_id);
    return db_run(s);
}

static enum error_kind add_ranges(struct ctx *ctx, int64_t batch_id, const struct import_range *range)
{
    if (!range)
        return OK;
    TRY(add_ranges(ctx, batch_id, range->next)); /* the first one first */
    TRY(run_range(db_statement(ctx, &GROW_RANGE), batch_id, range));
    if (db_changes(ctx) > 0)
        return OK;
    return run_range(db_statement(ctx, &ADD_RANGE), batch_id, range);
}

static enum error_kind add_value(struct ctx *ctx, int64_t batch_id, const struct import_value *value)
{
    struct stmt *s = db_statement(ctx, &ADD_VALUE);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", value->entity);
    bind_int(s, ":id", value->entity_id);
    bind_text(s, ":field", value->field);
    bind_text(s, ":before", value->before);
    bind_text(s, ":after", value->after);
    return db_run(s);
}

enum error_kind import_repo_add_trail(struct ctx *ctx, int64_t batch_id, const struct import_trail *trail)
{
    TRY(add_ranges(ctx, batch_id, trail->ranges));
    for (const struct import_value *value = trail->values; value; value = value->next)
        TRY(add_value(ctx, batch_id, value));
    return OK;
}

enum error_kind import_repo_range_before(struct ctx *ctx, int64_t batch_id, const char *entity,
                                         int64_t before_id, struct import_range *out_range, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &LAST_RANGE);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", entity);
    bind_int(s, ":before", before_id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_range = (struct import_range){
            .entity = entity, .first_id = column_int(s, 0), .last_id = column_int(s, 1)};
    return OK;
}

enum error_kind import_repo_last_range(struct ctx *ctx, int64_t batch_id, const char *entity,
                                       struct import_range *out_range, bool *out_found)
{
    return import_repo_range_before(ctx, batch_id, entity, INT64_MAX, out_range, out_found);
}

enum error_kind import_repo_cut_range(struct ctx *ctx, int64_t batch_id, const struct import_range *range,
                                      int64_t last_id)
{
    struct stmt *s = db_statement(ctx, last_id < range->first_id ? &DROP_RANGE : &CUT_RANGE);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", range->entity);
    bind_int(s, ":first", range->first_id);
    if (last_id >= range->first_id)
        bind_int(s, ":last", last_id);
    return db_run(s);
}

enum error_kind import_repo_next_value(struct ctx *ctx, int64_t batch_id, const struct import_value *after,
                                       struct import_value *out_value, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_VALUE);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", after->entity);
    bind_int(s, ":id", after->entity_id);
    bind_text(s, ":field", after->field);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_value = (struct import_value){.entity = column_text(s, 0),
                                           .entity_id = column_int(s, 1),
                                           .field = column_text(s, 2),
                                           .before = column_text(s, 3),
                                           .after = column_text(s, 4)};
    return OK;
}

enum error_kind import_repo_forget_value(struct ctx *ctx, int64_t batch_id, const struct import_value *value)
{
    struct stmt *s = db_statement(ctx, &FORGET_VALUE);

    bind_int(s, ":batch", batch_id);
    bind_text(s, ":entity", value->entity);
    bind_int(s, ":id", value->entity_id);
    bind_text(s, ":field", value->field);
    return db_run(s);
}
