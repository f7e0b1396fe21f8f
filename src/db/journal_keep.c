/*
 * journal_keep.c — writing: once a second what has gathered goes to the second folder and is synced. A folder that is
 * away is looked for as often; what waits is kept meanwhile, also what was written and not yet synced.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/journal_file.h"
#include "db/journal_folder.h"
#include "db/journal_internal.h"

struct journal_keeper {
    pthread_t thread;
    struct journal_desk *desk;
    struct arena arena;
    struct ctx ctx;

    /* The place, as the desk had it. */
    char *folder;
    bool is_sealed;
    struct seal_key key;
    uint64_t moves;

    struct journal_entry *first, **end; /* taken; `first` is the oldest that is not synced */
    struct segment *segment;            /* NULL: the next entry begins one */
    int32_t segment_day;
    bool knows_last; /* `series` and `last` say what lies in the folder */
    struct uuid series;
    uint64_t last;
    bool has_complained;
};

static bool is_series(const struct uuid *one, const struct uuid *other)
{
    return memcmp(one->bytes, other->bytes, UUID_BYTES) == 0;
}

/* ---- what has been taken -------------------------------------------------------------------------------------- */

/* Under the lock. */
static void take(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;

    if (desk->first) {
        *keeper->end = desk->first;
        keeper->end = desk->end;
        desk->first = NULL;
        desk->end = &desk->first;
    }
    desk->taken_since_ms = keeper->first ? keeper->first->since_ms : 0;
}

/* Entries up to `until` (not included; NULL: all) need not be kept any longer. Under the lock. */
static void let_go(struct journal_keeper *keeper, const struct journal_entry *until)
{
    while (keeper->first && keeper->first != until) {
        struct journal_entry *entry = keeper->first;
        keeper->first = entry->next;
        keeper->desk->bytes -= entry->length;
        journal_entry_free(entry);
    }
    if (!keeper->first)
        keeper->end = &keeper->first;
    keeper->desk->taken_since_ms = keeper->first ? keeper->first->since_ms : 0;
}

static void close_segment(struct journal_keeper *keeper)
{
    segment_end(keeper->segment);
    keeper->segment = NULL;
}

/* Under the lock. */
static void follow_place(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;

    if (keeper->moves == desk->moves)
        return;
    close_segment(keeper);
    let_go(keeper, NULL);
    free(keeper->folder);
    keeper->folder = desk->folder ? strdup(desk->folder) : NULL;
    if (desk->folder && !keeper->folder)
        abort();
    keeper->is_sealed = desk->is_sealed;
    keeper->key = desk->key;
    keeper->moves = desk->moves;
    keeper->knows_last = keeper->has_complained = false;
}

/* ---- the folder ------------------------------------------------------------------------------------------------- */

static void complain(struct journal_keeper *keeper, const char *what, int reason)
{
    if (!keeper->has_complained)
        LOG(WARN, what, LOG_TEXT("folder", keeper->folder), LOG_INT("errno", reason));
    keeper->has_complained = true;
}

static bool folder_is_there(struct journal_keeper *keeper)
{
    struct stat information;
    const char *path = journal_folder_path(&keeper->ctx, keeper->folder);

    if (stat(keeper->folder, &information) != 0 || !S_ISDIR(information.st_mode)) {
        complain(keeper, "the folder of the journal is away", errno);
        return false;
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        complain(keeper, "the folder of the journal cannot be written", errno);
        return false;
    }
    return true;
}

/* What lies there of the series that comes next; what is there already need not be written. */
static void look_for_last(struct journal_keeper *keeper, const struct uuid *series)
{
    struct journal_desk *desk = keeper->desk;

    if (keeper->knows_last && is_series(&keeper->series, series))
        return;
    close_segment(keeper);
    keeper->series = *series;
    keeper->last = journal_folder_last(&keeper->ctx, keeper->folder, series, desk->version);
    keeper->knows_last = true;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static bool open_segment(struct journal_keeper *keeper, const struct journal_entry *entry)
{
    const char *path = journal_folder_segment(&keeper->ctx, keeper->folder, &entry->series, entry->number);
    struct segment_head head = {
        .series = entry->series, .begun_at = entry->instant, .version = keeper->desk->version};

    /* What stands under this name is what a full or pulled stick left of an attempt: its entries come once more. */
    unlink(path);
    keeper->segment = segment_begin(path, &head, keeper->is_sealed ? &keeper->key : NULL);
    keeper->segment_day = clock_day_of(entry->instant);
    return keeper->segment != NULL;
}

/* A day, or enough of it, has a file of its own, so that what is old can be taken away. */
static bool is_full(const struct journal_keeper *keeper, const struct journal_entry *entry)
{
    return segment_bytes(keeper->segment) > JOURNAL_SEGMENT_BYTES ||
           clock_day_of(entry->instant) != keeper->segment_day;
}

static bool put(struct journal_keeper *keeper, const struct journal_entry *entry)
{
    if (keeper->segment && is_full(keeper, entry)) {
        if (!segment_sync(keeper->segment))
            return false;
        close_segment(keeper);
    }
    if (!keeper->segment && !open_segment(keeper, entry))
        return false;
    return segment_put(keeper->segment, entry->number, entry->instant, entry->bytes, entry->length);
}

/* The series cannot go on in this folder: another stick, or files that somebody took away. */
static void give_up_series(struct journal_keeper *keeper, const struct uuid *series)
{
    struct journal_desk *desk = keeper->desk;

    LOG(WARN, "the journal has a gap: its files do not end where the library went on");
    pthread_mutex_lock(&desk->lock);
    int64_t instant = keeper->first->instant;
    while (keeper->first && is_series(&keeper->first->series, series))
        let_go(keeper, keeper->first->next);
    if (is_series(&desk->series, series) && desk->state == JOURNAL_RECORDING)
        journal_break(desk, instant);
    pthread_mutex_unlock(&desk->lock);
}

static void written(struct journal_keeper *keeper, const struct journal_entry *until, int64_t last_at)
{
    pthread_mutex_lock(&keeper->desk->lock);
    let_go(keeper, until);
    if (last_at != 0)
        keeper->desk->last_written_at = last_at;
    pthread_mutex_unlock(&keeper->desk->lock);
}

/* Those of one series that follow each other; false: they have to wait. */
static bool write_run(struct journal_keeper *keeper)
{
    struct uuid series = keeper->first->series;
    struct journal_entry *entry = keeper->first;
    int64_t last_at = 0;
    bool whole = true;

    look_for_last(keeper, &series);
    /* What is still kept was never synced, even if the files show it: after a failed sync nobody knows. */
    if (keeper->last >= entry->number)
        keeper->last = entry->number - 1;
    if (entry->number != keeper->last + 1) {
        give_up_series(keeper, &series);
        return true;
    }
    for (; entry && is_series(&entry->series, &series) && whole; entry = whole ? entry->next : entry) {
        whole = put(keeper, entry);
        keeper->last = whole ? entry->number : keeper->last;
        last_at = entry->instant;
    }
    if (whole && (!keeper->segment || segment_sync(keeper->segment))) {
        written(keeper, entry, last_at);
        keeper->has_complained = false;
        return true;
    }
    complain(keeper, "the journal cannot be written", errno);
    close_segment(keeper);
    keeper->knows_last = false; /* what of it has arrived, the files say */
    return false;
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

/* Do the files end where the library does? */
static void look_at_start(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;

    pthread_mutex_lock(&desk->lock);
    struct uuid series = desk->series;
    pthread_mutex_unlock(&desk->lock);
    uint64_t number = desk->number;
    bool has_series = uuid_is_given(&series);
    if (has_series)
        look_for_last(keeper, &series);
    pthread_mutex_lock(&desk->lock);
    take(keeper);
    if (desk->state == JOURNAL_STARTING && has_series && keeper->last == number) {
        desk->state = JOURNAL_RECORDING;
    } else if (desk->state == JOURNAL_STARTING) {
        if (has_series) {
            LOG(WARN, "the journal does not end where the library does: another series begins",
                LOG_INT("in_library", (int64_t)number), LOG_INT("in_journal", (int64_t)keeper->last));
            journal_break(desk, clock_library_now(0));
        }
        let_go(keeper, NULL);
        desk->state = JOURNAL_WANTED;
    }
    pthread_mutex_unlock(&desk->lock);
}

static enum journal_state begin_turn(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;

    pthread_mutex_lock(&desk->lock);
    follow_place(keeper);
    take(keeper);
    enum journal_state state = desk->state;
    pthread_mutex_unlock(&desk->lock);
    return state;
}

static void do_turn(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;
    enum journal_state state = begin_turn(keeper);

    if (state == JOURNAL_OFF || !folder_is_there(keeper)) {
        arena_reset(&keeper->arena);
        return;
    }
    if (state == JOURNAL_STARTING)
        look_at_start(keeper);
    while (keeper->first && write_run(keeper))
        continue;
    pthread_mutex_lock(&desk->lock);
    if (desk->state == JOURNAL_BROKEN && keeper->moves == desk->moves && !keeper->first && !desk->first)
        desk->state = JOURNAL_WANTED;
    pthread_mutex_unlock(&desk->lock);
    arena_reset(&keeper->arena);
}

/* Under the lock: until there is something to do, and no sooner than JOURNAL_SYNC_MS after the last time. */
static void wait_for_turn(struct journal_keeper *keeper)
{
    struct journal_desk *desk = keeper->desk;
    struct timespec until = clock_monotonic_after(JOURNAL_SYNC_MS);
    int result = 0;

    while (!desk->stopping && result != ETIMEDOUT)
        result = pthread_cond_clockwait(&desk->wake, &desk->lock, CLOCK_MONOTONIC, &until);
    while (!desk->stopping && !desk->first && !keeper->first && keeper->moves == desk->moves &&
           (desk->state == JOURNAL_RECORDING || desk->state == JOURNAL_WANTED || desk->state == JOURNAL_OFF))
        pthread_cond_wait(&desk->wake, &desk->lock);
}

static void *keep_for_ever(void *argument)
{
    struct journal_keeper *keeper = argument;
    struct journal_desk *desk = keeper->desk;
    bool stopping = false;

    do_turn(keeper);
    while (!stopping) {
        pthread_mutex_lock(&desk->lock);
        wait_for_turn(keeper);
        stopping = desk->stopping;
        pthread_mutex_unlock(&desk->lock);
        do_turn(keeper);
    }
    return NULL;
}

struct journal_keeper *journal_keeper_start(struct journal_desk *desk)
{
    struct journal_keeper *keeper = calloc(1, sizeof *keeper);

    if (!keeper)
        abort();
    keeper->desk = desk;
    keeper->end = &keeper->first;
    keeper->moves = desk->moves - 1; /* takes the place up at its first turn */
    arena_init(&keeper->arena, ARENA_REQUEST_MAX);
    keeper->ctx = (struct ctx){.arena = &keeper->arena};
    if (pthread_create(&keeper->thread, NULL, keep_for_ever, keeper) == 0)
        return keeper;
    arena_release(&keeper->arena);
    free(keeper);
    return NULL;
}

void journal_keeper_stop(struct journal_keeper *keeper)
{
    if (!keeper)
        return;
    pthread_join(keeper->thread, NULL);
    close_segment(keeper);
    pthread_mutex_lock(&keeper->desk->lock);
    let_go(keeper, NULL);
    pthread_mutex_unlock(&keeper->desk->lock);
    free(keeper->folder);
    arena_release(&keeper->arena);
    free(keeper);
}
