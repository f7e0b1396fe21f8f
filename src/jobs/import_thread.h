/*
 * import_thread.h — the one thread that reads, writes and undoes imports (catalogue_io/import_batch.h), one batch after
 * the other: reading on the pool's connections, writing through the writer's bulk queue, which yields to the desk.
 *
 * Whatever was under way when the last process ended goes on when this starts.
 */
#ifndef CARREL_JOBS_IMPORT_THREAD_H
#define CARREL_JOBS_IMPORT_THREAD_H

#include "base/ctx.h"

struct pool;   /* db/pool.h */
struct writer; /* db/writer.h */
struct import_thread;

/* Removes files that a broken upload, or a crash between file and row, has left. Before anybody can bring one. */
enum error_kind import_files_tidy(struct ctx *ctx, struct pool *pool) MUST_CHECK;

/* `ctx` is only read (currency). Pool and writer must outlive the thread. */
enum error_kind import_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                    struct import_thread **out_thread) MUST_CHECK;

/* From now on it ends by itself, as soon as it can; nobody waits. NULL is allowed. */
void import_thread_ask_to_stop(struct import_thread *thread);

/* The same, and waits for the slice at hand. NULL is allowed. */
void import_thread_stop(struct import_thread *thread);

#endif
