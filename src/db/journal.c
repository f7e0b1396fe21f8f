/*
 * journal.c — recording: a session around each transaction, a number inside it, a place in the queue after it.
 */
#include "db/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"
#include "db/journal_folder.h"
#include "db/journal_internal.h"

SQL(READ_JOURNAL, "SELECT series, number FROM journal WHERE id = 1");
SQL(COUNT_ON, "UPDATE journal SET number = number + 1 WHERE id = 1");
SQL(BEGIN_SERIES, "INSERT INTO journal (id, series, number) VALUES (1, :series, 0) "
                  "ON CONFLICT (id) DO UPDATE SET series = excluded.series, number = 0");
SQL(END_SERIES, "DELETE FROM journal WHERE id = 1");

/* What the present transaction means for the journal. */
enum plan { PLAN_NOTHING, PLAN_RECORD, PLAN_BEGIN, PLAN_END };

struct journal {
    struct journal_desk desk;
    struct journal_keeper *keeper;

    /* The writer's thread's own from here on. */
    struct db *db;
    enum plan plan;
    sqlite3_session *session;
    bool too_large;
    struct journal_entry *entry; /* of the transaction that is being committed; NULL: it changed nothing */
    bool has_row;
    struct uuid series;
    uint64_t number;
    uint64_t moves; /* as the desk said when the transaction began */
    bool is_sealed; /* the same */
};

/* ---- the queue, under the desk's lock ------------------------------------------------------------------------ */

void journal_entry_free(struct journal_entry *entry)
{
    if (!entry)
        return;
    sqlite3_free(entry->bytes);
    free(entry);
}

void journal_break(struct journal_desk *desk, int64_t instant)
{
    desk->state = JOURNAL_BROKEN;
    if (desk->gap_since == 0)
        desk->gap_since = instant;
}

static void drop_all(struct journal_desk *desk)
{
    while (desk->first) {
        struct journal_entry *entry = desk->first;
        desk->first = entry->next;
        desk->bytes -= entry->length;
        journal_entry_free(entry);
    }
    desk->end = &desk->first;
}

static void append(struct journal_desk *desk, struct journal_entry *entry)
{
    if (desk->bytes + entry->length > JOURNAL_QUEUE_MAX) {
        LOG(WARN, "the journal has a gap: its folder was away for too long");
        journal_break(desk, entry->instant);
        journal_entry_free(entry);
        return;
    }
    bool was_empty = !desk->first;
    *desk->end = entry;
    desk->end = &entry->next;
    desk->bytes += entry->length;
    if (was_empty)
        pthread_cond_signal(&desk->wake);
}

/* ---- one transaction ----------------------------------------------------------------------------------------- */

/*
 * The full-text tables are virtual; what they keep in ordinary tables is recorded like any other (when a changeset is
 * asked for, SQLite opens a savepoint, and that makes them write what they still have in memory). The passphrase is set
 * while nothing is sealed yet: in the clear, its key would lie beside all that it is to seal.
 */
static int is_recorded(void *argument, const char *table)
{
    const struct journal *journal = argument;

    return strcmp(table, "journal") != 0 && (journal->is_sealed || strcmp(table, "secret") != 0);
}

static enum plan make_plan(struct journal *journal)
{
    pthread_mutex_lock(&journal->desk.lock);
    enum journal_state state = journal->desk.state;
    journal->moves = journal->desk.moves;
    journal->is_sealed = journal->desk.is_sealed;
    pthread_mutex_unlock(&journal->desk.lock);
    if (state == JOURNAL_WANTED)
        return PLAN_BEGIN;
    if (!journal->has_row)
        return PLAN_NOTHING;
    return state == JOURNAL_STARTING || state == JOURNAL_RECORDING ? PLAN_RECORD : PLAN_END;
}

static void end_session(struct journal *journal)
{
    if (journal->session)
        sqlite3session_delete(journal->session);
    journal->session = NULL;
}

void journal_begin(struct db *db)
{
    struct journal *journal = db->journal;

    if (!journal)
        return;
    journal->too_large = false;
    journal->plan = make_plan(journal);
    if (journal->plan != PLAN_RECORD)
        return;
    int result = sqlite3session_create(db->handle, "main", &journal->session);
    if (result == SQLITE_OK) {
        sqlite3session_table_filter(journal->session, is_recorded, journal);
        result = sqlite3session_attach(journal->session, NULL);
    }
    if (result != SQLITE_OK) {
        LOG(WARN, "the journal cannot record", LOG_INT("result", result));
        end_session(journal);
        journal->plan = PLAN_END;
    }
}

void journal_watch_memory(struct journal *journal)
{
    if (!journal || !journal->session ||
        sqlite3session_memory_used(journal->session) <= JOURNAL_TRANSACTION_MAX)
        return;
    sqlite3session_enable(journal->session, 0);
    journal->too_large = true;
}

/* The changes as they are now; false: the series cannot go on. Nothing changed: no entry. */
static bool gather(struct journal *journal)
{
    void *bytes = NULL;
    int length = 0;

    journal_watch_memory(journal);
    if (journal->too_large) {
        LOG(INFO, "a transaction was too large for the journal: another series begins");
        return false;
    }
    int result = sqlite3session_changeset(journal->session, &length, &bytes);
    if (result != SQLITE_OK || length > JOURNAL_ENTRY_MAX / 2) {
        LOG(WARN, "a transaction could not be recorded: another series begins", LOG_INT("result", result));
        sqlite3_free(bytes);
        return false;
    }
    if (length == 0) {
        sqlite3_free(bytes);
        return true;
    }
    journal->entry = malloc(sizeof *journal->entry);
    if (!journal->entry)
        abort();
    *journal->entry = (struct journal_entry){
        .series = journal->series, .number = journal->number + 1, .length = (size_t)length, .bytes = bytes};
    return true;
}

static enum error_kind begin_series(struct ctx *ctx, struct journal *journal)
{
    struct stmt *s;

    journal->series = uuid_new(clock_library_now(0));
    s = db_statement(ctx, &BEGIN_SERIES);
    bind_uuid(s, ":series", &journal->series);
    return db_run(s);
}

enum error_kind journal_before_commit(struct ctx *ctx)
{
    struct journal *journal = ctx->db->journal;

    if (!journal)
        return OK;
    if (journal->plan == PLAN_RECORD && !gather(journal))
        journal->plan = PLAN_END;
    end_session(journal);
    if (journal->plan == PLAN_RECORD && journal->entry)
        return db_run(db_statement(ctx, &COUNT_ON));
    if (journal->plan == PLAN_BEGIN)
        return begin_series(ctx, journal);
    if (journal->plan == PLAN_END)
        return db_run(db_statement(ctx, &END_SERIES));
    return OK;
}

static void enqueue(struct journal *journal)
{
    struct journal_entry *entry = journal->entry;
    struct journal_desk *desk = &journal->desk;

    journal->entry = NULL;
    if (!entry)
        return;
    journal->number = entry->number;
    entry->instant = clock_library_now(0);
    entry->since_ms = clock_monotonic_ms();
    pthread_mutex_lock(&desk->lock);
    if (desk->state == JOURNAL_STARTING || desk->state == JOURNAL_RECORDING)
        append(desk, entry);
    else
        journal_entry_free(entry); /* the series was ended meanwhile */
    pthread_mutex_unlock(&desk->lock);
}

static void have_begun(struct journal *journal)
{
    struct journal_desk *desk = &journal->desk;

    journal->has_row = true;
    journal->number = 0;
    pthread_mutex_lock(&desk->lock);
    /* Somebody chose another place meanwhile: this series was for the old one, and the next transaction ends it. */
    if (journal->moves == desk->moves) {
        desk->state = JOURNAL_RECORDING;
        desk->series = journal->series;
        desk->gap_since = 0;
    }
    pthread_mutex_unlock(&desk->lock);
    /*
     * A DELETE without WHERE that was prepared while nobody recorded empties its table without telling any session:
     * it is prepared anew.
     */
    db_forget_statements(journal->db);
}

static void have_ended(struct journal *journal)
{
    struct journal_desk *desk = &journal->desk;

    journal->has_row = false;
    pthread_mutex_lock(&desk->lock);
    desk->series = (struct uuid){0};
    if (desk->state == JOURNAL_STARTING || desk->state == JOURNAL_RECORDING)
        journal_break(desk, clock_library_now(0));
    pthread_cond_signal(&desk->wake);
    pthread_mutex_unlock(&desk->lock);
}

void journal_after_commit(struct db *db)
{
    struct journal *journal = db->journal;

    if (!journal)
        return;
    if (journal->plan == PLAN_RECORD)
        enqueue(journal);
    else if (journal->plan == PLAN_BEGIN)
        have_begun(journal);
    else if (journal->plan == PLAN_END)
        have_ended(journal);
    journal->plan = PLAN_NOTHING;
}

void journal_rolled_back(struct db *db)
{
    struct journal *journal = db->journal;

    if (!journal)
        return;
    end_session(journal);
    journal_entry_free(journal->entry);
    journal->entry = NULL;
    journal->plan = PLAN_NOTHING;
}

enum error_kind journal_forget(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &END_SERIES));
}

/* ---- from its beginning to its end ---------------------------------------------------------------------------- */

/* Under the lock. */
static void take_place(struct journal_desk *desk, const struct journal_place *place)
{
    free(desk->folder);
    desk->folder = place->folder ? strdup(place->folder) : NULL;
    if (place->folder && !desk->folder)
        abort();
    desk->is_sealed = place->key != NULL;
    desk->key = place->key ? *place->key : (struct seal_key){0};
}

static bool is_same_place(const struct journal_desk *desk, const struct journal_place *place)
{
    if (!desk->folder || !place->folder)
        return desk->folder == place->folder;
    return strcmp(desk->folder, place->folder) == 0 && desk->is_sealed == (place->key != NULL) &&
           (!place->key || memcmp(&desk->key, place->key, sizeof desk->key) == 0);
}

static enum error_kind read_row(struct ctx *ctx, struct journal *journal)
{
    struct stmt *s = db_statement(ctx, &READ_JOURNAL);

    TRY(db_row(s, &journal->has_row));
    if (journal->has_row) {
        journal->series = column_uuid(s, 0);
        journal->number = (uint64_t)column_int(s, 1);
    }
    return db_pragma_int(ctx, "PRAGMA user_version", &journal->desk.version);
}

enum error_kind journal_open(struct ctx *ctx, const struct journal_place *place, struct journal **out_journal)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (!journal)
        abort();
    journal->db = ctx->db;
    struct journal_desk *desk = &journal->desk;
    pthread_mutex_init(&desk->lock, NULL);
    pthread_cond_init(&desk->wake, NULL);
    desk->end = &desk->first;
    take_place(desk, place);
    desk->state = place->folder ? JOURNAL_STARTING : JOURNAL_OFF;
    enum error_kind kind = read_row(ctx, journal);
    db_forget_statements(ctx->db);
    desk->series = journal->series;
    desk->number = journal->number;
    if (kind == OK && !(journal->keeper = journal_keeper_start(desk)))
        kind = fail(ctx, INTERNAL, "The journal's thread could not be started.");
    if (kind != OK) {
        journal_close(journal);
        return kind;
    }
    ctx->db->journal = journal;
    *out_journal = journal;
    return OK;
}

void journal_move(struct journal *journal, const struct journal_place *place)
{
    struct journal_desk *desk = &journal->desk;

    pthread_mutex_lock(&desk->lock);
    if (!is_same_place(desk, place)) {
        take_place(desk, place);
        desk->moves++;
        drop_all(desk);
        desk->state = place->folder ? JOURNAL_BROKEN : JOURNAL_OFF;
        desk->gap_since = desk->last_written_at = 0;
        pthread_cond_signal(&desk->wake);
    }
    pthread_mutex_unlock(&desk->lock);
}

void journal_look(struct journal *journal, struct journal_status *out_status)
{
    struct journal_desk *desk = &journal->desk;

    pthread_mutex_lock(&desk->lock);
    bool is_recording = desk->state == JOURNAL_STARTING || desk->state == JOURNAL_RECORDING;
    int64_t oldest_ms = desk->taken_since_ms;
    if (oldest_ms == 0 && desk->first)
        oldest_ms = desk->first->since_ms;
    *out_status = (struct journal_status){.on = desk->folder != NULL,
                                          .lag_ms = oldest_ms ? clock_monotonic_ms() - oldest_ms : 0,
                                          .last_written_at = desk->last_written_at,
                                          .gap_since = desk->gap_since,
                                          .series_from = is_recording && uuid_is_given(&desk->series)
                                                             ? journal_series_began(&desk->series)
                                                             : 0};
    pthread_mutex_unlock(&desk->lock);
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    struct journal_desk *desk = &journal->desk;
    pthread_mutex_lock(&desk->lock);
    desk->stopping = true;
    pthread_cond_signal(&desk->wake);
    pthread_mutex_unlock(&desk->lock);
    journal_keeper_stop(journal->keeper);
    end_session(journal);
    drop_all(desk);
    journal_entry_free(journal->entry);
    free(desk->folder);
    pthread_cond_destroy(&desk->wake);
    pthread_mutex_destroy(&desk->lock);
    free(journal);
}
