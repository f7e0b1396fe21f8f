/*
 * health_repository.h — the library as a file on a disk: how large, how full, and how its writer keeps up.
 */
#ifndef CARREL_ADMIN_HEALTH_REPOSITORY_H
#define CARREL_ADMIN_HEALTH_REPOSITORY_H

#include <stdint.h>

#include "base/ctx.h"

struct database_figures {
    int64_t bytes;
    int64_t free_bytes; /* of pages that hold nothing */
    int64_t wal_bytes;
    int64_t version;      /* of the schema */
    const char *sqlite;   /* the version of SQLite */
    int64_t last_full_at; /* when a copy of it was last read through in full; 0: never */
};

enum error_kind health_repo_database(struct ctx *ctx, const char *library,
                                     struct database_figures *out_figures) MUST_CHECK;

/* Bytes that may still be written in the folder of `file`; -1: it cannot be told. */
int64_t health_repo_room(struct ctx *ctx, const char *file);

/* How many wait for the writer now, and how long the last one waited. */
void health_repo_writer(int64_t *out_waiting, int64_t *out_last_ms);

#endif
