/*
 * pool.h — the read connections: few, shared by all workers, each for one request at a time.
 *
 * pool_take() opens a snapshot (BEGIN) on a free connection and sets ctx->db; pool_give() ends it. Waits
 * at most DB_POOL_WAIT_MS for a free one, then BUSY. A read that runs longer than DB_READ_TIMEOUT_MS is
 * interrupted, and so is one that the WAL grows too long for (db/snapshots.h): BUSY. Connections are opened when first needed.
 */
#ifndef CARREL_DB_POOL_H
#define CARREL_DB_POOL_H

#include "base/ctx.h"

struct pool;

enum error_kind pool_open(struct ctx *ctx, const char *path, struct pool **out_pool) MUST_CHECK;
void pool_close(struct pool *pool);

enum error_kind pool_take(struct pool *pool, struct ctx *ctx) MUST_CHECK;
void pool_give(struct pool *pool, struct ctx *ctx);

#endif
