/*
 * restore_router.c — restoring in the pages: what may be restored, what that would mean, doing it, how far it is.
 *
 * The answer to POST /admin/restore comes at once: 202, and GET /admin/restore tells the rest. When that says
 * "swapping", nobody answers for a moment; then the restored library does, with the accounts and sessions that it has.
 */
#include "backups/backups.h"
#include "backups/restore_service.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* clang-format off */
static const struct field restore_fields[] = {
    {"backup_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct restore_request, backup_id), "The backup, from GET /admin/backups; or …"},
    {"path", FIELD_TEXT, OPTIONAL, 1, BACKUP_PATH_MAX, AT(struct restore_request, path),
     "… its file, from GET /admin/restore/files; on the socket, any file"},
    {"passphrase", FIELD_TEXT, OPTIONAL, 1, PASSPHRASE_MAX, AT(struct restore_request, passphrase), "Of a sealed one"},
    {"until", FIELD_TEXT, OPTIONAL, 1, RESTORE_UNTIL_MAX, AT(struct restore_request, until),
     "Brought forward by the journal to this moment: 2026-11-22 14:30, 2026-11-22T14:30:00Z, or latest"},
    {"confirm", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct restore_request, confirm),
     "true: the present library is to be put aside. Only asked for when it is restored"},
    {0},
};
/* clang-format on */

/* ---- how far it is ------------------------------------------------------------------------------------------- */

static void write_status(struct json_writer *json, const struct restore_status *status)
{
    json_object_begin(json);
    json_member_text(json, "state", restore_state_name(status->state));
    json_member_text(json, "detail", status->detail);
    json_member_text(json, "from", status->from);
    json_member_text(json, "kept_aside", status->aside);
    json_member_instant(json, "started_at", status->started_at);
    json_member_instant(json, "finished_at", status->finished_at);
    json_member_int(json, "bytes", status->bytes);
    json_member_int(json, "bytes_done", status->bytes_done);
    json_object_end(json);
}

static enum error_kind get_status(struct request *req, struct response *res)
{
    struct restore_status status;

    restore_status(req->ctx, &status);
    write_status(response_json(res), &status);
    return OK;
}

/* ---- what it would mean -------------------------------------------------------------------------------------- */

static void write_counts(struct json_writer *json, const char *name, const struct restore_counts *counts)
{
    json_key(json, name);
    json_object_begin(json);
    json_member_int(json, "books", counts->books);
    json_member_int(json, "copies", counts->copies);
    json_member_int(json, "members", counts->members);
    json_member_int(json, "borrows", counts->borrows);
    json_member_int(json, "open_borrows", counts->open_borrows);
    json_member_instant(json, "last_activity", counts->last_activity);
    json_object_end(json);
}

static void write_losses(struct json_writer *json, const struct restore_preview *preview)
{
    json_member_int(json, "lost_acts", preview->lost_acts);
    json_key(json, "lost");
    json_array_begin(json);
    for (const struct restore_loss *loss = preview->lost; loss; loss = loss->next) {
        json_object_begin(json);
        json_member_text(json, "action", loss->action);
        json_member_int(json, "count", loss->count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_journal(struct json_writer *json, const struct restore_journal *journal)
{
    json_key(json, "journal");
    if (!journal->is_there) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_int(json, "entries", journal->entries);
    json_member_instant(json, "first_at", journal->first_at);
    json_member_instant(json, "last_at", journal->last_at);
    json_object_end(json);
}

static enum error_kind preview(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct restore_request wanted = {0};
    struct restore_preview preview;
    struct restore_wish wish;

    request_body(req, &wanted);
    TRY(restore_find(req->ctx, &wanted, &wish));
    TRY(restore_preview(req->ctx, wish.path, &preview));
    json_object_begin(json);
    json_member_text(json, "path", preview.path);
    json_member_int(json, "bytes", preview.bytes);
    json_member_int(json, "version", preview.version);
    json_member_instant(json, "made_at", preview.made_at);
    json_member_bool(json, "sealed", preview.sealed);
    write_counts(json, "backup", &preview.backup);
    write_counts(json, "present", &preview.present);
    write_losses(json, &preview);
    write_journal(json, &preview.journal);
    json_object_end(json);
    return OK;
}

/* ---- doing it ------------------------------------------------------------------------------------------------ */

static enum error_kind begin(struct request *req, struct response *res)
{
    struct restore_request wanted = {0};
    struct restore_wish wish;

    request_body(req, &wanted);
    if (!wanted.confirm) {
        error_field(
            req->ctx, "body", "confirm", "missing",
            "must be true: the backup takes the place of the present library, which is kept beside it");
        return error_check_fields(req->ctx);
    }
    TRY(restore_find(req->ctx, &wanted, &wish));
    TRY(restore_begin(req->ctx, &wish));
    return get_status(req, res);
}

static enum error_kind list_files(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct restore_file *first;

    TRY(restore_files(req->ctx, &first));
    json_object_begin(json);
    json_key(json, "files");
    json_array_begin(json);
    for (const struct restore_file *file = first; file; file = file->next) {
        json_object_begin(json);
        json_member_text(json, "path", file->path);
        json_member_text(json, "library", file->library);
        json_member_text(json, "kind", file->kind);
        json_member_text(json, "verified", file->verified);
        json_member_instant(json, "made_at", file->made_at);
        json_member_int(json, "bytes", file->bytes);
        json_member_bool(json, "sealed", file->sealed);
        if (file->counted) {
            write_counts(json, "counts", &file->counts);
        } else {
            json_key(json, "counts");
            json_null(json);
        }
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* ---- shapes -------------------------------------------------------------------------------------------------- */

static const struct reply_field status_shape[] = {
    {"state", COLUMN_TEXT, false,
     "none, staging (looked at; all goes on), ready, swapping (nobody answers for a moment), failed, done"},
    {"detail", COLUMN_TEXT, true, "Why it failed"},
    {"from", COLUMN_TEXT, true, "The backup's file"},
    {"kept_aside", COLUMN_TEXT, true,
     "The library as it was before; null: there was none, or it is as it was"},
    {"started_at", COLUMN_INSTANT, true, "When it was asked for"},
    {"finished_at", COLUMN_INSTANT, true, "When it was done, or failed"},
    {"bytes", COLUMN_INTEGER, false, "Size of the backup"},
    {"bytes_done", COLUMN_INTEGER, false, "… of which so much is copied"},
    {0},
};

static const struct reply_field counts_shape[] = {
    {"books", COLUMN_INTEGER, false, "Titles"},
    {"copies", COLUMN_INTEGER, false, "Copies"},
    {"members", COLUMN_INTEGER, false, "Members"},
    {"borrows", COLUMN_INTEGER, false, "Loans"},
    {"open_borrows", COLUMN_INTEGER, false, "… of them open"},
    {"last_activity", COLUMN_INSTANT, true, "When something was last done; null: never"},
    {0},
};

static const struct reply_field loss_shape[] = {
    {"action", COLUMN_TEXT, false, "As in the audit log: borrow.lent"},
    {"count", COLUMN_INTEGER, false, "How many of them"},
    {0},
};

static const struct reply_field journal_shape[] = {
    {"entries", COLUMN_INTEGER, false, "Changes after the backup"},
    {"first_at", COLUMN_INSTANT, true, "The first of them; null: there is none"},
    {"last_at", COLUMN_INSTANT, true, "The last of them"},
    {0},
};

static const struct reply_field preview_shape[] = {
    {"path", COLUMN_TEXT, false, "The backup's file"},
    {"bytes", COLUMN_INTEGER, false, "Its size"},
    {"version", COLUMN_INTEGER, false, "Of its schema; an older one is brought forward"},
    {"made_at", COLUMN_INSTANT, true, "The moment that it is a copy of; null: it does not say"},
    {"sealed", COLUMN_BOOL, false, "It takes a passphrase, and what it holds is told by its manifest"},
    {"backup", .meaning = "What it holds", .fields = counts_shape},
    {"present", .meaning = "What the library holds now", .fields = counts_shape},
    {"lost_acts", COLUMN_INTEGER, false, "Acts since, which only the library kept aside will have"},
    {"lost", .meaning = "… by kind, the most frequent first", .fields = loss_shape, .many = true},
    {"journal", .meaning = "What brings it forward (`until`); null: there is none, or it is sealed",
     .fields = journal_shape, .nullable = true},
    {0},
};

static const struct reply_field file_shape[] = {
    {"path", COLUMN_TEXT, false, "The file"},
    {"library", COLUMN_TEXT, true, "File name of the library that it is a copy of; null: it does not say"},
    {"kind", COLUMN_TEXT, true, "As of a backup; aside: the library as it was before a restore"},
    {"verified", COLUMN_TEXT, true, "How it was read back when it was made"},
    {"made_at", COLUMN_INSTANT, true, "The moment that it is a copy of"},
    {"bytes", COLUMN_INTEGER, false, "Its size"},
    {"sealed", COLUMN_BOOL, false, "It takes a passphrase"},
    {"counts", .meaning = "What it holds; null: it has no manifest", .fields = counts_shape,
     .nullable = true},
    {0},
};

static const struct reply_field files_shape[] = {
    {"files", .meaning = "Newest first", .fields = file_shape, .many = true},
    {0},
};

static const struct reply status_reply = {"Restore", status_shape};
static const struct reply preview_reply = {"RestorePreview", preview_shape};
static const struct reply files_reply = {"RestoreFiles", files_shape};

/* Also while there is no library that can be opened (src/rescue.h). */
const struct route restore_status_routes[] = {
    {GET, "/admin/restore", ADMIN, UNMANAGED, LIMIT_READ, get_status, "How far is the restore?",
     .reply = &status_reply},
    {0},
};

const struct route restore_routes[] = {
    {GET, "/admin/restore/files", ADMIN, READS, LIMIT_READ, list_files,
     "List all files that may be restored, also those that the library does not know of",
     .reply = &files_reply},
    {POST, "/admin/restore/preview", ADMIN, READS, LIMIT_WRITE, preview,
     "Say what is in a backup, and what would be lost by restoring it", .body = restore_fields,
     .reply = &preview_reply,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_WRONG_PASSPHRASE, ERR_BACKUP_NOT_FOUND, ERR_CONFLICT,
                      ERR_NOT_A_LIBRARY, ERR_LIBRARY_TOO_NEW, ERR_LIBRARY_DAMAGED, ERR_PASSPHRASE_REQUIRED)},
    {POST, "/admin/restore", ADMIN, READS, LIMIT_WRITE, begin,
     "Put a backup in the library's place; the library as it is now is kept beside it",
     .body = restore_fields, .reply = &status_reply, .status = 202,
     .errors = ERRORS(ERR_INVALID_PARAMETER, ERR_FORBIDDEN, ERR_WRONG_PASSPHRASE, ERR_BACKUP_NOT_FOUND,
                      ERR_CONFLICT, ERR_NOT_A_LIBRARY, ERR_LIBRARY_TOO_NEW, ERR_LIBRARY_DAMAGED,
                      ERR_PASSPHRASE_REQUIRED, ERR_JOURNAL_GAP, ERR_RESTORE_UNDER_WAY)},
    {0},
};
