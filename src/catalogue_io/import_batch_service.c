/*
 * import_batch_service.c — which state lets what be done.
 */
#include "catalogue_io/import_batch_service.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_kind.h"
#include "catalogue_io/import_profile_service.h"
#include "catalogue_io/import_work_service.h"

/* ---- finding ---------------------------------------------------------------------------------------------- */

enum error_kind imports_find(struct ctx *ctx, const struct uuid *uuid, struct import_batch *out_batch)
{
    bool found;

    TRY(import_repo_find(ctx, uuid, out_batch, &found));
    return found ? OK : fail(ctx, IMPORT_NOT_FOUND, "Import not found.");
}

enum error_kind imports_find_by_id(struct ctx *ctx, int64_t id, struct import_batch *out_batch)
{
    bool found;

    TRY(import_repo_find_by_id(ctx, id, out_batch, &found));
    return found ? OK : fail(ctx, IMPORT_NOT_FOUND, "Import not found.");
}

enum error_kind imports_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return import_repo_list(ctx, query, sink);
}

enum error_kind imports_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return import_repo_show(ctx, id, sink);
}

enum error_kind imports_list_rows(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                                  struct row_sink *sink)
{
    struct import_batch batch;

    TRY(imports_find(ctx, uuid, &batch));
    struct list_query narrowed =
        list_query_with(ctx->arena, query, ".batch", arena_printf(ctx->arena, "%lld", (long long)batch.id));
    return import_repo_list_rows(ctx, &narrowed, sink);
}

enum error_kind imports_next_refused(struct ctx *ctx, const struct import_batch *batch, int64_t after,
                                     struct import_kept_row *out_row, bool *out_found)
{
    do {
        TRY(import_repo_next_row(ctx, batch->id, NULL, after, out_row, out_found));
        after = *out_found ? out_row->row : after;
    } while (*out_found && !out_row->cells && strcmp(out_row->outcome, "refused") != 0);
    return OK;
}

static bool is_in(const struct import_batch *batch, const char *status)
{
    return strcmp(batch->status, status) == 0;
}

static enum error_kind fail_state(struct ctx *ctx, const struct import_batch *batch)
{
    error_reason_text(ctx, "status", batch->status);
    if (is_in(batch, IMPORT_READING))
        return fail(ctx, IMPORT_UNDER_WAY, "The file is being read. Wait until that is done.");
    if (is_in(batch, IMPORT_WRITING))
        return fail(ctx, IMPORT_UNDER_WAY, "The import is under way. Stop it first, or wait for its end.");
    if (is_in(batch, IMPORT_UNDOING))
        return fail(ctx, IMPORT_UNDER_WAY, "The import is being undone. Wait until that is done.");
    if (is_in(batch, IMPORT_FAILED))
        return fail(ctx, IMPORT_NOT_READY, "The file could not be read. Say how it is to be taken first.");
    if (is_in(batch, IMPORT_READY))
        return fail(ctx, IMPORT_NOT_READY, "The import was not started yet.");
    if (is_in(batch, IMPORT_UNDONE))
        return fail(ctx, IMPORT_NOT_READY, "The import was undone. Bring the file again.");
    return fail(ctx, IMPORT_NOT_READY, "The import was started already.");
}

static enum error_kind find_in(struct ctx *ctx, const struct uuid *uuid, const char *status,
                               const char *or_status, struct import_batch *out_batch)
{
    TRY(imports_find(ctx, uuid, out_batch));
    if (is_in(out_batch, status) || (or_status && is_in(out_batch, or_status)))
        return OK;
    return fail_state(ctx, out_batch);
}

/* ---- bringing --------------------------------------------------------------------------------------------- */

/* What it says is said again with the batch: it may be changed before the file is written. */
static enum error_kind take_profile(struct ctx *ctx, const struct uuid *uuid, struct import_batch *batch)
{
    struct import_profile profile;

    TRY(import_profile_find(ctx, uuid, &profile));
    if (strcmp(profile.kind, batch->kind) != 0)
        return fail(ctx, INVALID_PARAMETER, "The import profile “%s” is for files of %s.", profile.name,
                    profile.kind);
    batch->profile = profile.name;
    batch->taking.encoding = profile.encoding;
    batch->taking.delimiter = profile.delimiter;
    batch->taking.by_headers = profile.columns;
    batch->duplicates = profile.duplicates;
    return OK;
}

static enum error_kind take_wishes(struct ctx *ctx, const struct import_wishes *wishes,
                                   struct import_batch *batch)
{
    if (uuid_is_given(&wishes->profile))
        TRY(take_profile(ctx, &wishes->profile, batch));
    if (wishes->encoding)
        batch->taking.encoding = wishes->encoding;
    if (wishes->delimiter)
        batch->taking.delimiter = wishes->delimiter;
    if (wishes->columns)
        batch->taking.columns = wishes->columns;
    if (wishes->duplicates)
        batch->duplicates = wishes->duplicates;
    return OK;
}

static enum error_kind check_room(struct ctx *ctx, int64_t bytes)
{
    int64_t waiting;

    TRY(import_repo_file_bytes(ctx, &waiting));
    if (waiting + bytes <= IMPORT_FILES_BYTES_MAX)
        return OK;
    error_reason_int(ctx, "bytes_waiting", waiting);
    return fail(ctx, CONFLICT, "Too many files wait to be imported. Import them, or give them up, first.");
}

enum error_kind imports_plan(struct ctx *ctx, const struct import_wishes *wishes, int64_t bytes,
                             struct import_batch *out_batch)
{
    struct import_batch batch = {.kind = wishes->kind ? wishes->kind : import_kind_names[0],
                                 .name = wishes->name ? wishes->name : "",
                                 .status = IMPORT_READING,
                                 .format = "",
                                 .duplicates = import_duplicate_names[IMPORT_SKIP],
                                 .bytes = bytes,
                                 .started_at = NO_NUMBER,
                                 .finished_at = NO_NUMBER};

    if (!import_kind_named(batch.kind))
        return fail(ctx, INVALID_PARAMETER, "Files of %s cannot be imported.", batch.kind);
    TRY(check_room(ctx, bytes));
    TRY(take_wishes(ctx, wishes, &batch));
    batch.uuid = uuid_new(ctx->now);
    *out_batch = batch;
    return OK;
}

enum error_kind imports_begin(struct ctx *ctx, struct import_batch *batch)
{
    return import_repo_insert(ctx, batch);
}

/* ---- deciding --------------------------------------------------------------------------------------------- */

/* What was recognised the last time is recognised again, unless somebody says it. */
enum error_kind imports_change(struct ctx *ctx, const struct uuid *uuid, const struct import_wishes *wishes,
                               int64_t *out_id)
{
    struct import_batch batch;

    TRY(find_in(ctx, uuid, IMPORT_READY, IMPORT_FAILED, &batch));
    batch.taking = (struct import_taking){0};
    batch.profile = NULL;
    TRY(take_wishes(ctx, wishes, &batch));
    batch.status = IMPORT_READING;
    batch.error = NULL;
    batch.rows_read = 0;
    batch.tally = (struct import_tally){0};
    batch.headers = batch.fields = NULL;
    *out_id = batch.id;
    return import_repo_save(ctx, &batch);
}

enum error_kind imports_start(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    struct import_batch batch;

    TRY(find_in(ctx, uuid, IMPORT_READY, IMPORT_STOPPED, &batch));
    *out_id = batch.id;
    if (is_in(&batch, IMPORT_READY))
        return import_work_start(ctx, &batch);
    batch.status = IMPORT_WRITING;
    batch.error = NULL;
    return import_repo_save(ctx, &batch);
}

enum error_kind imports_stop(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    struct import_batch batch;

    TRY(find_in(ctx, uuid, IMPORT_WRITING, NULL, &batch));
    batch.status = IMPORT_STOPPED;
    *out_id = batch.id;
    return import_repo_save(ctx, &batch);
}

enum error_kind imports_give_up(struct ctx *ctx, const struct uuid *uuid, bool *out_gone)
{
    struct import_batch batch;

    TRY(imports_find(ctx, uuid, &batch));
    if (batch.started_at != NO_NUMBER)
        return fail_state(ctx, &batch);
    return import_repo_remove(ctx, batch.id, IMPORT_AT_ONCE_ROWS, out_gone);
}

enum error_kind imports_choose(struct ctx *ctx, const struct uuid *uuid, int64_t row, const char *choice)
{
    struct import_batch batch;
    bool found;

    TRY(find_in(ctx, uuid, IMPORT_READY, NULL, &batch));
    TRY(import_repo_choose(ctx, batch.id, row, choice, &found));
    return found ? OK : fail(ctx, IMPORT_ROW_NOT_FOUND, "No duplicate stands in this row.");
}

enum error_kind imports_choose_all(struct ctx *ctx, const struct uuid *uuid, const char *choice,
                                   int64_t *out_rows)
{
    struct import_batch batch;

    TRY(find_in(ctx, uuid, IMPORT_READY, NULL, &batch));
    batch.duplicates = choice;
    TRY(import_repo_save(ctx, &batch));
    return import_repo_choose_all(ctx, batch.id, choice, out_rows);
}

/* ---- for the thread ----------------------------------------------------------------------------------------- */

enum error_kind imports_next(struct ctx *ctx, struct import_batch *out_batch, bool *out_found)
{
    return import_repo_find_open(ctx, out_batch, out_found);
}

enum error_kind imports_forget_rows(struct ctx *ctx, int64_t batch_id, int64_t max, int64_t *out_removed)
{
    return import_repo_forget_rows(ctx, batch_id, max, out_removed);
}

static enum error_kind prune_rows(struct ctx *ctx, int64_t max, bool *out_more)
{
    int64_t id, removed;

    TRY(import_repo_find_rows_before(ctx, ctx->now - (int64_t)IMPORT_ROWS_KEEP_DAYS * MS_PER_DAY, &id));
    *out_more = id != 0;
    return id ? import_repo_forget_rows(ctx, id, max, &removed) : OK;
}

enum error_kind imports_prune(struct ctx *ctx, int64_t max, bool *out_more, struct uuid *out_gone)
{
    struct uuid uuid;
    int64_t id;
    bool gone;

    *out_gone = (struct uuid){0};
    TRY(import_repo_find_unstarted(ctx, ctx->now - (int64_t)IMPORT_FILE_KEEP_DAYS * MS_PER_DAY, &id, &uuid));
    if (id == 0)
        return prune_rows(ctx, max, out_more);
    TRY(import_repo_remove(ctx, id, max, &gone));
    if (gone)
        *out_gone = uuid;
    *out_more = true;
    return OK;
}

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool wanted;
} the = {.mutex = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};

void import_wake(void)
{
    pthread_mutex_lock(&the.mutex);
    the.wanted = true;
    pthread_cond_broadcast(&the.woken);
    pthread_mutex_unlock(&the.mutex);
}

void import_wait(int64_t ms)
{
    struct timespec until = clock_monotonic_after(ms);

    pthread_mutex_lock(&the.mutex);
    while (!the.wanted && pthread_cond_clockwait(&the.woken, &the.mutex, CLOCK_MONOTONIC, &until) == 0)
        continue;
    the.wanted = false;
    pthread_mutex_unlock(&the.mutex);
}

static const char *told_by(const struct error *why, const char *key)
{
    for (const struct error_reason *reason = why->reasons; reason; reason = reason->next)
        if (strcmp(reason->key, key) == 0)
            return reason->text;
    return NULL;
}

/* Of a file whose columns are not known: what they are called, so that somebody can say what they are. */
static void describe_failed(struct ctx *ctx, const struct error *why, struct import_batch *batch)
{
    const char *headers = told_by(why, "headers");
    const char *fields = told_by(why, "columns");
    const char *delimiter = told_by(why, "delimiter");

    if (!headers || !fields)
        return;
    char *parted = arena_strdup(ctx->arena, fields);
    for (char *at = parted; *at; at++)
        if (*at == ',')
            *at = '\t';
    batch->format = "csv";
    batch->headers = headers;
    batch->fields = parted;
    batch->taking.encoding = told_by(why, "encoding");
    batch->taking.delimiter = delimiter ? import_delimiter_name(delimiter[0]) : NULL;
}

enum error_kind imports_failed(struct ctx *ctx, const struct uuid *uuid, const struct error *why)
{
    struct import_batch batch;
    bool found;

    TRY(import_repo_find(ctx, uuid, &batch, &found));
    if (!found || (strcmp(batch.status, IMPORT_READING) != 0 && strcmp(batch.status, IMPORT_WRITING) != 0))
        return OK;
    /* What was being written can go on where it stopped, once the cause has been seen to. */
    batch.status = strcmp(batch.status, IMPORT_WRITING) == 0 ? IMPORT_STOPPED : IMPORT_FAILED;
    batch.error = why->detail;
    if (strcmp(batch.status, IMPORT_FAILED) == 0)
        describe_failed(ctx, why, &batch);
    return import_repo_save(ctx, &batch);
}
