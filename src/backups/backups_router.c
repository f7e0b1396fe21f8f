/*
 * backups_router.c — backups for those who look after the library: which there are, and another one now.
 */
#include "backups/backups_service.h"
#include "backups/journal_service.h"
#include "backups/sealing_service.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct backup_request {
    const char *to;
    const char *passphrase;
};

static const struct field backup_fields[] = {
    {"to", FIELD_TEXT, OPTIONAL, 1, BACKUP_PATH_MAX, AT(struct backup_request, to),
     "A new file, or a directory, on the server: only for its owner, on the socket. Otherwise the library's own folder"},
    {"passphrase", FIELD_TEXT, OPTIONAL, PASSPHRASE_MIN, PASSPHRASE_MAX,
     AT(struct backup_request, passphrase),
     "This one is sealed with it, whatever else is set. If it is lost, nobody can open it"},
    {0},
};

/* One that is being made, from `.prepare` on. */
struct making {
    struct backup_place place;
    struct backup_request wanted;
    struct backup backup;
};

static void write_counts(struct json_writer *json, const struct backup *backup)
{
    json_member_int(json, "bytes", backup->bytes);
    json_member_int(json, "books", backup->books);
    json_member_int(json, "copies", backup->copies);
    json_member_int(json, "members", backup->members);
    json_member_int(json, "borrows", backup->borrows);
    json_member_int(json, "open_borrows", backup->open_borrows);
}

static void write_backup(struct json_writer *json, const struct backup *backup)
{
    json_member_uuid(json, "id", &backup->uuid);
    json_member_text(json, "kind", backup->kind);
    json_member_instant(json, "started_at", backup->started_at);
    json_member_instant(json, "finished_at", backup->finished_at);
    json_member_text(json, "error", backup->error);
    json_member_text(json, "path", backup->path);
    write_counts(json, backup);
    json_member_text(json, "sha256", backup->sha256);
    json_member_text(json, "verified", backup->verified);
    json_member_bool(json, "sealed", backup->sealed);
}

static void write_journal(struct json_writer *json, const struct journal_overview *journal)
{
    json_key(json, "journal");
    json_object_begin(json);
    json_member_bool(json, "on", journal->on);
    json_member_bool(json, "folder_is_there", journal->folder_is_there);
    json_member_bool(json, "has_base", journal->has_base);
    json_member_int(json, "lag_ms", journal->lag_ms);
    json_member_instant(json, "last_written_at", journal->last_written_at);
    json_member_instant(json, "gap_since", journal->gap_since);
    json_member_instant(json, "series_from", journal->series_from);
    json_object_end(json);
}

static enum error_kind list_backups(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct backups_overview overview;
    struct journal_overview journal;

    TRY(backups_overview(req->ctx, &overview));
    backups_look_at_folders(&overview);
    backups_journal_overview(req->ctx, &overview.place, overview.first, &journal);
    json_object_begin(json);
    json_member_bool(json, "scheduled", overview.place.scheduled);
    json_member_text(json, "directory", overview.place.directory);
    json_member_text(json, "second_directory", overview.place.second);
    json_member_bool(json, "second_is_there", overview.second_is_there);
    json_member_instant(json, "last_good_at", overview.last_good_at);
    json_member_bool(json, "is_old", overview.is_old);
    json_member_text(json, "seal", sealing_name(overview.place.seal));
    json_member_bool(json, "passphrase_set", overview.place.has_key);
    write_journal(json, &journal);
    json_key(json, "backups");
    json_array_begin(json);
    for (const struct backup *backup = overview.first; backup; backup = backup->next) {
        json_object_begin(json);
        write_backup(json, backup);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind prepare_backup(struct request *req, struct response *res)
{
    struct making *making = arena_alloc(req->ctx->arena, sizeof *making);

    (void)res;
    *making = (struct making){0};
    req->state = making;
    request_body(req, &making->wanted);
    if (making->wanted.to && req->ctx->actor.access != LOCAL_ADMIN)
        return fail(
            req->ctx, FORBIDDEN,
            "Only the machine's owner says where a backup goes: carrel --backup FILE. Leave \"to\" out.");
    return backups_place(req->ctx, &making->place);
}

static enum error_kind make_file(struct request *req, struct response *res)
{
    struct making *making = req->state;

    (void)res;
    if (making->wanted.passphrase)
        TRY(sealing_with(req->ctx, making->wanted.passphrase, &making->place));
    return backups_make(req->ctx, &making->place, making->wanted.to, BACKUP_MANUAL, &making->backup);
}

static enum error_kind record_backup(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct making *making = req->state;

    TRY(backups_record(req->ctx, &making->backup));
    json_object_begin(json);
    write_backup(json, &making->backup);
    json_member_int(json, "copy_ms", making->backup.copy_ms);
    json_member_int(json, "verify_ms", making->backup.verify_ms);
    json_object_end(json);
    return OK;
}

/* clang-format off */
#define BACKUP_FIELDS                                                                                           \
    {"id", COLUMN_UUID, false, "Id"},                                                                           \
    {"kind", COLUMN_TEXT, false, "manual, hourly, daily, weekly; second: a copy in the second folder; upgrade"}, \
    {"started_at", COLUMN_INSTANT, false, "The moment that it is a copy of"},                                   \
    {"finished_at", COLUMN_INSTANT, false, "When it was there"},                                                \
    {"error", COLUMN_TEXT, true, "Why it was not made; null: it was"},                                          \
    {"path", COLUMN_TEXT, true, "The finished file; null: it was not made"},                                    \
    {"bytes", COLUMN_INTEGER, false, "Its size"},                                                               \
    {"books", COLUMN_INTEGER, false, "Titles in it"},                                                           \
    {"copies", COLUMN_INTEGER, false, "Copies in it"},                                                          \
    {"members", COLUMN_INTEGER, false, "Members in it"},                                                        \
    {"borrows", COLUMN_INTEGER, false, "Loans in it"},                                                          \
    {"open_borrows", COLUMN_INTEGER, false, "… of them open"},                                                  \
    {"sha256", COLUMN_TEXT, true, "SHA-256 of the file"},                                                       \
    {"verified", COLUMN_TEXT, true, "How it was read back: quick, or full (indexes and full-text rows as well)"}, \
    {"sealed", COLUMN_BOOL, false, "Only its passphrase opens it"}
/* clang-format on */

static const struct reply_field listed_shape[] = {BACKUP_FIELDS, {0}};

static const struct reply_field made_shape[] = {
    BACKUP_FIELDS,
    {"copy_ms", COLUMN_INTEGER, false, "Time taken to copy"},
    {"verify_ms", COLUMN_INTEGER, false, "Time taken to read it back and check it"},
    {0},
};

static const struct reply_field journal_shape[] = {
    {"on", COLUMN_BOOL, false, "Every change is to be written to the second folder as well"},
    {"folder_is_there", COLUMN_BOOL, false, "That folder is there now"},
    {"has_base", COLUMN_BOOL, false, "A backup lies there that these changes go on from"},
    {"lag_ms", COLUMN_INTEGER, false, "Since the oldest change that is not there yet was made; 0: all are"},
    {"last_written_at", COLUMN_INSTANT, true, "The last change that is there; null: none since the start"},
    {"gap_since", COLUMN_INSTANT, true, "From then on changes are not written; null: nothing is missing"},
    {"series_from", COLUMN_INSTANT, true,
     "Since when changes follow each other without a gap; null: they do not"},
    {0},
};

static const struct reply_field backups_shape[] = {
    {"scheduled", COLUMN_BOOL, false, "They are made by themselves"},
    {"directory", COLUMN_TEXT, false, "Where they go, on the server"},
    {"second_directory", COLUMN_TEXT, true, "Where daily ones are copied to as well; null: nowhere"},
    {"second_is_there", COLUMN_BOOL, false, "That folder is there now"},
    {"last_good_at", COLUMN_INSTANT, true, "When the last good one was made; null: there is none"},
    {"is_old", COLUMN_BOOL, false, "None is younger than two days"},
    {"seal", COLUMN_TEXT, false, "Which are sealed: off, second (those in the second folder), all"},
    {"passphrase_set", COLUMN_BOOL, false, "There is a passphrase to seal them with"},
    {"journal", .meaning = "Every change, once more in the second folder", .fields = journal_shape},
    {"backups", .meaning = "Those there are, and the last failures; newest first", .fields = listed_shape,
     .many = true},
    {0},
};

static const struct reply made_reply = {"Backup", made_shape};
static const struct reply backups_reply = {"Backups", backups_shape};

const struct route backups_routes[] = {
    {GET, "/admin/backups", ADMIN, READS, LIMIT_READ, list_backups, "List the backups",
     .reply = &backups_reply},
    {POST, "/admin/backups", ADMIN, WRITES, LIMIT_WRITE, record_backup, "Make a verified backup now",
     .body = backup_fields, .reply = &made_reply, .status = 201, .prepare = prepare_backup,
     .compute = make_file,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_WRONG_PASSPHRASE, ERR_CONFLICT, ERR_NOT_A_LIBRARY,
                      ERR_LIBRARY_DAMAGED, ERR_BACKUP_FAILED, ERR_PASSPHRASE_REQUIRED)},
    {0},
};
