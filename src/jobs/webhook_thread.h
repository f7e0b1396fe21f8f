/*
 * webhook_thread.h — the threads that tell others what happens (webhooks/deliveries_service.h): one that looks, each
 * second, for events and for what is due, and for each webhook with something to be sent one that posts it, so that nobody
 * waits for a receiver that is slow or away.
 *
 * Without an enabled webhook it reads one row a second and writes nothing.
 */
#ifndef CARREL_JOBS_WEBHOOK_THREAD_H
#define CARREL_JOBS_WEBHOOK_THREAD_H

#include "base/ctx.h"

struct pool;   /* db/pool.h */
struct writer; /* db/writer.h */
struct webhook_thread;

/* `ctx` is only read (currency). Pool and writer must outlive the thread. */
enum error_kind webhook_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                     struct webhook_thread **out_thread) MUST_CHECK;

/* From now on it ends by itself, as soon as it can; nobody waits. NULL is allowed. */
void webhook_thread_ask_to_stop(struct webhook_thread *thread);

/* The same, and waits for the posts at hand: NET_EXCHANGE_MS at most. NULL is allowed. */
void webhook_thread_stop(struct webhook_thread *thread);

#endif
