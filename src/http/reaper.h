/*
 * reaper.h — cuts connections that hold a worker without giving it work (RUNTIME.md "Idle clients").
 *
 * A connection holds a worker thread while it lives. The library below has a timeout for silence, but none
 * for a client that sends a byte now and then, and none that depends on how many workers are left. One
 * thread looks at all connections a few times a second, and at once when half of the workers have come to be
 * taken, and shuts the sockets of those that
 *   – have not delivered their body, or not taken their reply, by the deadline set for it;
 *   – are idle after a request longer than HTTP_KEEP_ALIVE_BUSY_MS while more than half of the workers are taken (a quarter
 *     of that when all are);
 *   – have never sent a byte for that long, whether a worker has them yet or not;
 *   – are idle at all once the server stops.
 * The worker then sees the end of the connection, as if the client had gone.
 */
#ifndef CARREL_HTTP_REAPER_H
#define CARREL_HTTP_REAPER_H

#include <stdbool.h>
#include <stdint.h>

#define REAPER_PORTS_MAX 2

struct reaper;

/* `slots`: the number of workers; each uses its own, from 0. NULL when the thread cannot be started. */
struct reaper *reaper_start(int slots);
void reaper_stop(struct reaper *reaper);

/* From now on idle connections are cut at once. */
void reaper_close_idle(struct reaper *reaper);

/* One more TCP port whose connections it may cut before their first byte (0: none); REAPER_PORTS_MAX of them. */
void reaper_watch_port(struct reaper *reaper, int port);

/* A worker got a connection and waits for its first request; it is about to close it. */
void reaper_attach(struct reaper *reaper, int slot);
void reaper_detach(struct reaper *reaper, int slot);

/* The connection's socket (-1: unknown, never cut). Until then it counts, but cannot be cut. */
void reaper_watch(struct reaper *reaper, int slot, int socket);

/* What the worker does: waits `ms` at most for a body, or for a reply to be taken; works; is idle. */
void reaper_reading(struct reaper *reaper, int slot, int64_t ms);
void reaper_writing(struct reaper *reaper, int slot, int64_t ms);
void reaper_working(struct reaper *reaper, int slot);
void reaper_idle(struct reaper *reaper, int slot);

/* More than half of the workers have a connection. */
bool reaper_is_busy(struct reaper *reaper);

#endif
