/*
 * import_batch_router.c — bringing a file in steps: it goes up, is looked at, decided about, started, watched, undone.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/csv_write.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_batch_service.h"
#include "catalogue_io/import_file.h"
#include "catalogue_io/import_router.h"
#include "catalogue_io/import_undo_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* ---- replies -------------------------------------------------------------------------------------------- */

static void write_columns(struct json_writer *w, struct arena *arena, const struct import_batch *batch)
{
    const char *header = batch->headers;
    const char *field = batch->fields;

    json_key(w, "columns");
    json_array_begin(w);
    while (header && field) {
        size_t header_length = strcspn(header, "\t");
        size_t field_length = strcspn(field, "\t");
        json_object_begin(w);
        json_member_text(w, "header", arena_strndup(arena, header, header_length));
        json_member_text(w, "field", field_length ? arena_strndup(arena, field, field_length) : NULL);
        json_object_end(w);
        header = header[header_length] ? header + header_length + 1 : NULL;
        field = field[field_length] ? field + field_length + 1 : NULL;
    }
    json_array_end(w);
}

static enum error_kind write_batch(struct request *req, struct response *res, int64_t id)
{
    struct json_writer *w = response_json(res);
    struct import_batch batch;

    TRY(imports_find_by_id(req->ctx, id, &batch));
    json_object_begin(w);
    TRY(imports_show(req->ctx, id, response_members(res)));
    write_columns(w, req->ctx->arena, &batch);
    import_write_summary(w, batch.tally.reasons);
    json_object_end(w);
    return OK;
}

static enum error_kind wake(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    import_wake();
    return OK;
}

/* ---- bringing --------------------------------------------------------------------------------------------- */

/* The file under the name of the batch that is to be; it goes again, unless that comes to be. */
struct brought {
    struct import_batch batch;
    bool is_kept;
};

static void give_back(void *resource)
{
    const struct brought *brought = resource;

    if (!brought->is_kept)
        import_file_remove(&brought->batch.uuid);
}

static enum error_kind take_file(struct request *req, struct response *res)
{
    struct brought *brought = arena_alloc(req->ctx->arena, sizeof *brought);
    struct import_wishes wishes = {0};

    (void)res;
    TRY(request_query_fields(req, &wishes));
    TRY(imports_plan(req->ctx, &wishes, (int64_t)req->body_length, &brought->batch));
    TRY(import_file_take(req->ctx, req->spooled, &brought->batch.uuid));
    arena_defer(req->ctx->arena, give_back, brought);
    req->state = brought;
    return OK;
}

static enum error_kind begin_import(struct request *req, struct response *res)
{
    struct brought *brought = req->state;

    TRY(imports_begin(req->ctx, &brought->batch));
    return write_batch(req, res, brought->batch.id);
}

static enum error_kind keep_file(struct request *req, struct response *res)
{
    ((struct brought *)req->state)->is_kept = true;
    return wake(req, res);
}

/* ---- looking ---------------------------------------------------------------------------------------------- */

static enum error_kind list_imports(struct request *req, struct response *res)
{
    return imports_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_import(struct request *req, struct response *res)
{
    struct import_batch batch;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(imports_find(req->ctx, &uuid, &batch));
    return write_batch(req, res, batch.id);
}

static enum error_kind list_rows(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return imports_list_rows(req->ctx, &uuid, &req->list, response_page(res));
}

static void write_refused_head(struct text_buf *out, struct arena *arena, const struct import_batch *batch)
{
    const char *header = batch->headers ? batch->headers : "record\tname";

    while (header) {
        size_t length = strcspn(header, "\t");
        csv_write_text(out, arena, arena_strndup(arena, header, length));
        text_buf_append_char(out, ',');
        header = header[length] ? header + length + 1 : NULL;
    }
    text_buf_append(out, "reason\r\n");
}

static void write_refused_row(struct text_buf *out, struct arena *arena, const struct import_kept_row *row)
{
    if (row->cells)
        text_buf_append(out, row->cells);
    else
        text_buf_printf(out, "%lld,", (long long)row->row);
    if (!row->cells)
        csv_write_text(out, arena, row->name ? row->name : "");
    text_buf_append_char(out, ',');
    csv_write_text(out, arena, row->reasons);
    text_buf_append(out, "\r\n");
}

static enum error_kind export_refused(struct request *req, struct response *res)
{
    struct import_kept_row row;
    struct import_batch batch;
    struct uuid uuid;
    bool found = true;

    TRY(request_uuid(req, "id", &uuid));
    TRY(imports_find(req->ctx, &uuid, &batch));
    res->content_type = "text/csv; charset=utf-8";
    response_header(res, "Content-Disposition", "attachment; filename=\"refused.csv\"");
    if (req->followed == 0)
        write_refused_head(&res->body, req->ctx->arena, &batch);
    for (int i = 0; found && i < IMPORT_AT_ONCE_ROWS && res->body.length < MARC_PIECE_BYTES; i++) {
        TRY(imports_next_refused(req->ctx, &batch, req->followed, &row, &found));
        if (found)
            write_refused_row(&res->body, req->ctx->arena, &row);
        req->followed = found ? row.row : req->followed;
    }
    res->more = found;
    return OK;
}

/* ---- deciding --------------------------------------------------------------------------------------------- */

static enum error_kind act(struct request *req, struct response *res,
                           enum error_kind (*deed)(struct ctx *, const struct uuid *, int64_t *))
{
    struct uuid uuid;
    int64_t id;

    TRY(request_uuid(req, "id", &uuid));
    TRY(deed(req->ctx, &uuid, &id));
    return write_batch(req, res, id);
}

static enum error_kind change_import(struct request *req, struct response *res)
{
    struct import_wishes wishes = {0};
    struct uuid uuid;
    int64_t id;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &wishes);
    TRY(imports_change(req->ctx, &uuid, &wishes, &id));
    return write_batch(req, res, id);
}

static enum error_kind start_import(struct request *req, struct response *res)
{
    return act(req, res, imports_start);
}

static enum error_kind stop_import(struct request *req, struct response *res)
{
    return act(req, res, imports_stop);
}

static enum error_kind look_at_import(struct request *req, struct response *res)
{
    struct import_batch batch;
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    return imports_find(req->ctx, &uuid, &batch);
}

static enum error_kind give_up_import(struct request *req, struct response *res)
{
    struct uuid uuid;
    bool gone;

    TRY(request_uuid(req, "id", &uuid));
    TRY(imports_give_up(req->ctx, &uuid, &gone));
    res->more = !gone;
    if (gone)
        import_file_remove(&uuid);
    return OK;
}

static enum error_kind choose_row(struct request *req, struct response *res)
{
    struct import_decision decision = {0};
    struct uuid uuid;
    int64_t row;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    if (!text_to_int64(request_path(req, "row"), &row))
        return fail(req->ctx, IMPORT_ROW_NOT_FOUND, "No duplicate stands in this row.");
    request_body(req, &decision);
    return imports_choose(req->ctx, &uuid, row, decision.choice);
}

static enum error_kind choose_rows(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct import_decision decision = {0};
    struct uuid uuid;
    int64_t rows;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &decision);
    TRY(imports_choose_all(req->ctx, &uuid, decision.choice, &rows));
    json_object_begin(w);
    json_member_int(w, "rows", rows);
    json_object_end(w);
    return OK;
}

/* ---- undoing ---------------------------------------------------------------------------------------------- */

static void write_counts(struct json_writer *w, const struct import_undo_counts *counts)
{
    json_object_begin(w);
    json_member_text(w, "entity", counts->entity);
    json_member_int(w, "removed", counts->removed);
    json_member_int(w, "restored", counts->restored);
    json_member_int(w, "kept", counts->kept);
    json_member_int(w, "edited", counts->edited);
    json_object_end(w);
}

static enum error_kind preview_undo(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct import_undo_preview *preview;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(import_undo_preview(req->ctx, &uuid, &preview));
    json_object_begin(w);
    json_member_bool(w, "complete", preview->complete);
    json_key(w, "counts");
    json_array_begin(w);
    for (size_t i = 0; i < preview->entity_count; i++)
        write_counts(w, &preview->counts[i]);
    json_array_end(w);
    json_key(w, "examples");
    json_array_begin(w);
    for (size_t i = 0; i < preview->example_count; i++) {
        json_object_begin(w);
        json_member_text(w, "entity", preview->examples[i].entity);
        json_member_text(w, "name", preview->examples[i].name);
        json_member_text(w, "why", preview->examples[i].why);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static enum error_kind undo_import(struct request *req, struct response *res)
{
    struct import_undo_wishes wishes = {0};
    struct uuid uuid;
    int64_t id;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &wishes);
    TRY(import_undo_begin(req->ctx, &uuid, wishes.edits_too, &id));
    return write_batch(req, res, id);
}

/* clang-format off */
static const struct reply_field column_fields[] = {
    {"header", COLUMN_TEXT, .meaning = "As it stands in the file"},
    {"field", COLUMN_TEXT, true, "What it becomes; null: left out"},
    {0},
};

static const struct reply_field batch_fields[] = {
    {"batch", .row = &imports_listing, .beside = true},
    {"columns", .meaning = "What the columns are taken for; of MARC none", .fields = column_fields, .many = true},
    {"summary", .meaning = "How many rows each reason concerns", .fields = import_summary_fields, .many = true},
    {0},
};

static const struct reply_field chosen_fields[] = {
    {"rows", COLUMN_INTEGER, .meaning = "How many rows were decided about, of those that are kept; the others follow"},
    {0},
};

static const struct reply_field count_fields[] = {
    {"entity", COLUMN_TEXT, .meaning = "book, copy, member or borrow"},
    {"removed", COLUMN_INTEGER, .meaning = "Records that would go"},
    {"restored", COLUMN_INTEGER, .meaning = "Values that would be put back"},
    {"kept", COLUMN_INTEGER, .meaning = "Records that would stay: something hangs on them"},
    {"edited", COLUMN_INTEGER, .meaning = "Records and values that would stay: somebody has changed them since"},
    {0},
};

static const struct reply_field example_fields[] = {
    {"entity", COLUMN_TEXT, .meaning = "book, copy, member or borrow"},
    {"name", COLUMN_TEXT, true, "Its name"},
    {"why", COLUMN_TEXT, .meaning = "Why it would stay"},
    {0},
};

static const struct reply_field preview_fields[] = {
    {"complete", COLUMN_BOOL, .meaning = "false: it has so many records that not all were looked at; the figures are of those that were"},
    {"counts", .meaning = "What would become of what it made and changed", .fields = count_fields, .many = true},
    {"examples", .meaning = "Some of what would stay, and why", .fields = example_fields, .many = true},
    {0},
};

static const struct reply batch_reply = {"ImportBatchWhole", batch_fields};
static const struct reply chosen_reply = {"ImportRowsChosen", chosen_fields};
static const struct reply preview_reply = {"ImportUndoPreview", preview_fields};

static const char *const taken[] = {"text/csv", "text/tab-separated-values", "multipart/form-data", "application/marc",
                                    "application/marcxml+xml", "application/xml", "text/xml", "text/plain",
                                    "application/octet-stream", NULL};

const struct route import_routes[] = {
    {GET, "/imports", LIBRARIAN, READS, LIMIT_SEARCH, list_imports, "List imports, newest first", .list = &imports_listing},
    {POST, "/imports", LIBRARIAN, WRITES, LIMIT_FILE, begin_import, "Bring a file: it is read, and nothing written yet",
     .prepare = take_file, .committed = keep_file, .takes = taken, .query = import_begin_parameters, .reply = &batch_reply, .status = 201,
     .errors = ERRORS(ERR_PROFILE_NOT_FOUND, ERR_CONFLICT)},
    {GET, "/imports/{id}", LIBRARIAN, READS, LIMIT_READ, show_import, "Show an import: how far it is, what it found", .reply = &batch_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND)},
    {PUT, "/imports/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, change_import, "Say how the file is to be taken, and read it anew",
     .body = import_change_fields, .body_use = FIELDS_EDIT, .committed = wake, .reply = &batch_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_PROFILE_NOT_FOUND, ERR_IMPORT_UNDER_WAY,
                      ERR_IMPORT_NOT_READY)},
    {DELETE, "/imports/{id}", LIBRARIAN, BULK, LIMIT_WRITE, give_up_import, "Give up an import that was never started",
     .prepare = look_at_import,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_IMPORT_UNDER_WAY, ERR_IMPORT_NOT_READY)},
    {GET, "/imports/{id}/rows", LIBRARIAN, READS, LIMIT_SEARCH, list_rows, "List rows that were repaired, refused, or are there already",
     .list = &import_rows_listing,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND)},
    {POST, "/imports/{id}/rows", LIBRARIAN, WRITES, LIMIT_WRITE, choose_rows, "Decide about all rows whose record is there already",
     .body = import_rows_fields, .reply = &chosen_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_IMPORT_UNDER_WAY, ERR_IMPORT_NOT_READY)},
    {PUT, "/imports/{id}/rows/{row}", LIBRARIAN, WRITES, LIMIT_WRITE, choose_row, "Decide about one row whose record is there already",
     .body = import_row_fields,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_IMPORT_ROW_NOT_FOUND, ERR_IMPORT_UNDER_WAY,
                      ERR_IMPORT_NOT_READY)},
    {GET, "/imports/{id}/refused", LIBRARIAN, READS, LIMIT_SEARCH, export_refused, "The rows that were not taken, with why, as CSV",
     .content_type = "text/csv", .in_pieces = true,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND)},
    {POST, "/imports/{id}/start", LIBRARIAN, WRITES, LIMIT_WRITE, start_import, "Write what was read; go on after a stop",
     .committed = wake, .reply = &batch_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_IMPORT_UNDER_WAY, ERR_IMPORT_NOT_READY)},
    {POST, "/imports/{id}/stop", LIBRARIAN, WRITES, LIMIT_WRITE, stop_import, "Stop: what is written stays, the rest can go on later",
     .reply = &batch_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_IMPORT_UNDER_WAY, ERR_IMPORT_NOT_READY)},
    {GET, "/imports/{id}/undo", ADMIN, READS, LIMIT_READ, preview_undo, "What undoing an import would take back, and what would stay",
     .reply = &preview_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_ALREADY_UNDONE, ERR_IMPORT_UNDER_WAY, ERR_IMPORT_NOT_READY)},
    {POST, "/imports/{id}/undo", ADMIN, WRITES, LIMIT_WRITE, undo_import, "Undo an import", .body = import_undo_fields,
     .committed = wake, .reply = &batch_reply,
     .errors = ERRORS(ERR_IMPORT_NOT_FOUND, ERR_CONFLICT, ERR_ALREADY_UNDONE, ERR_IMPORT_UNDER_WAY,
                      ERR_IMPORT_NOT_READY)},
    {0},
};
/* clang-format on */
