/*
 * otlp.h — spans to a collector of traces: OTLP over HTTP in JSON (OpenTelemetry Protocol 1.x, "OTLP/HTTP", binary ids as hex).
 *
 * What is to be told waits in memory, OTLP_WAITING_MAX spans at most; what comes when it is full is dropped and counted. A thread of its
 * own sends them every OTLP_SEND_MS, or sooner when many wait, OTLP_AT_ONCE in a request. What the collector does not take is lost: traces are for
 * looking at, and a library does not wait for them.
 */
#ifndef CARREL_NET_OTLP_H
#define CARREL_NET_OTLP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/trace.h"

#define OTLP_WAITING_MAX 1024
#define OTLP_AT_ONCE 256
#define OTLP_SEND_MS 2000
#define OTLP_EXCHANGE_MS 3000 /* a stop of the program may have to wait for one */

/* Where to; "" or NULL: nowhere, and no span is made. At any time; starts the thread when it is first needed. */
void otlp_choose(const char *url);

/* Sends what waits, once, and ends the thread. */
void otlp_stop(void);

struct otlp_figures {
    int64_t sent, dropped;
};
struct otlp_figures otlp_figures(void);

/* The body of a request; for the thread, and for tests. */
void otlp_write(struct text_buf *out, const struct span *spans, size_t count);

#endif
