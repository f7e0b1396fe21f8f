/*
 * notice_thread.h — the one thread that makes notifications of what happened and what is due, and sends them, one message
 * after the other (notifications/sending_service.h): reading on the pool's connections, writing through the writer's bulk
 * queue, talking to mail servers with neither.
 *
 * It looks every NOTICE_LOOK_MS, and when notices_wake() is called. What was being sent when the last process ended is
 * marked as unsure before anything else.
 */
#ifndef CARREL_JOBS_NOTICE_THREAD_H
#define CARREL_JOBS_NOTICE_THREAD_H

#include "base/ctx.h"

struct pool;   /* db/pool.h */
struct writer; /* db/writer.h */
struct notice_thread;

/* `ctx` is only read (currency). Pool and writer must outlive the thread. */
enum error_kind notice_thread_start(struct ctx *ctx, struct pool *pool, struct writer *writer,
                                    struct notice_thread **out_thread) MUST_CHECK;

/* From now on it ends by itself, as soon as it can; nobody waits. NULL is allowed. */
void notice_thread_ask_to_stop(struct notice_thread *thread);

/* The same, and waits for the message at hand: MAIL_EXCHANGE_MS at most. NULL is allowed. */
void notice_thread_stop(struct notice_thread *thread);

#endif
