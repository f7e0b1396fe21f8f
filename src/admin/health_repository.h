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

#endif
