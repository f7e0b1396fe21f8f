/*
 * health_repository.h — the library as a file on a disk: how large, how full, and how its writer keeps up.
 */
#ifndef CARREL_ADMIN_HEALTH_REPOSITORY_H
#define CARREL_ADMIN_HEALTH_REPOSITORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct database_figures {
    int64_t bytes;
    int64_t free_bytes; /* of pages that hold nothing */
    int64_t wal_bytes;
    int64_t version;      /* of the schema */
    const char *sqlite;   /* the version of SQLite */
    int64_t last_full_at; /* when a copy of it was last read through in full; 0: never */
    int64_t damage_met;   /* how often SQLite has called it damaged since the start */
};

enum error_kind health_repo_database(struct ctx *ctx, const char *library,
                                     struct database_figures *out_figures) MUST_CHECK;

/* Bytes that may still be written in the folder of `file`; -1: it cannot be told. */
int64_t health_repo_room(struct ctx *ctx, const char *file);

struct writer_state {
    int64_t waiting; /* for the writer, now */
    int64_t last_ms; /* how long the last one waited */
    bool keeps_wal;  /* a sync has failed (db/engine.h) */
};

void health_repo_writer(struct writer_state *out_state);

struct card_figures {
    int64_t commits; /* of the last HEALTH_COMMITS_MS */
    int64_t slow;    /* of these, slower than HEALTH_SLOW_COMMIT_MS */
    int64_t p99_ms;
};

void health_repo_card(struct card_figures *out_figures);

/* By which messages leave the house. What waits for one that is off waits for nobody's repair. */
struct message_ways {
    bool email, sms;
};

/* Messages that leave the house. */
struct message_figures {
    int64_t late;   /* they wait since before `late_before`, and sending them has failed or was not tried */
    int64_t failed; /* given up after NOTICE_TRIES, of those made since `since` */
    int64_t sent;   /* of those made since `since` */
};

enum error_kind health_repo_messages(struct ctx *ctx, const struct message_ways *ways, int64_t since,
                                     int64_t late_before, struct message_figures *out_figures) MUST_CHECK;

/* Other programs that are told what happens. */
struct webhook_figures {
    int64_t dead; /* deliveries of an event, made since `since`, that were given up */
    int64_t away; /* webhooks that take nothing, and for which something waits since before `late_before` */
};

enum error_kind health_repo_webhooks(struct ctx *ctx, int64_t since, int64_t late_before,
                                     struct webhook_figures *out_figures) MUST_CHECK;

#endif
