/*
 * journal_internal.h — what the recording half (journal.c, the writer's thread) and the writing half (journal_keep.c,
 * the journal's own) share.
 */
#ifndef CARREL_DB_JOURNAL_INTERNAL_H
#define CARREL_DB_JOURNAL_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/seal.h"
#include "base/uuid.h"

enum journal_state {
    JOURNAL_OFF,      /* no place */
    JOURNAL_STARTING, /* recording; whether the files end where the library does is still to be looked at */
    JOURNAL_RECORDING,
    JOURNAL_BROKEN, /* the series is over; the folder is waited for */
    JOURNAL_WANTED, /* the folder is there: the next transaction begins a series */
};

/* A transaction that waits for the second disk. */
struct journal_entry {
    struct journal_entry *next;
    struct uuid series;
    uint64_t number;
    int64_t instant;  /* of its COMMIT */
    int64_t since_ms; /* the same, monotonic */
    size_t length;
    void *bytes; /* SQLite's */
};

struct journal_keeper; /* the thread's own */

/* Between the two threads, under its lock. */
struct journal_desk {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    enum journal_state state;
    char *folder;
    bool is_sealed;
    struct seal_key key;
    uint64_t moves; /* of place: entries from before one go nowhere */
    struct journal_entry *first, **end;
    size_t bytes;           /* of these and of those that the keeper has taken */
    int64_t taken_since_ms; /* since_ms of the oldest that the keeper has taken; 0: none */
    struct uuid series;     /* of the library; all zero: none */
    uint64_t number;        /* in the library when the journal was opened */
    int64_t version;
    int64_t last_written_at, gap_since;
    bool stopping;
};

/* journal_keep.c */
struct journal_keeper *journal_keeper_start(struct journal_desk *desk); /* NULL: no thread */
void journal_keeper_stop(struct journal_keeper *keeper); /* desk->stopping is set, wake was signalled */

/* journal.c. The series is over, from this change on; under the lock. */
void journal_break(struct journal_desk *desk, int64_t instant);
void journal_entry_free(struct journal_entry *entry);

#endif
