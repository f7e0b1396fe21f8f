/*
 * request_log.h — one line for each request, or for those that fail or are slow, or for none.
 *
 *     {…,"message":"request","correlation_id":…,"method":"GET","route":"/api/v1/books/{id}","status":200,"ms":3,
 *      "bytes":812,"actor":"librarian"}
 *
 * The route is its pattern and the actor what it may do: no path, no name and no number of a reader stands there.
 */
#ifndef CARREL_HTTP_REQUEST_LOG_H
#define CARREL_HTTP_REQUEST_LOG_H

#include <stdint.h>

#define SLOW_REQUEST_MS 1000

struct request;
struct trace;

enum request_log { LOG_ALL_REQUESTS, LOG_SLOW_REQUESTS, LOG_NO_REQUESTS };

/* At any time, by any thread. */
void request_log_choose(enum request_log which);

/* The request's trace: what its `traceparent` says, if it has one, becomes the thread's own. */
void request_log_begin_trace(const struct request *req, struct trace *out_trace);

/* It has been answered: its span is told. */
void request_log_trace(const struct request *req, const struct trace *trace, int status, int64_t began_us);

void request_log_write(const struct request *req, const char *method, int status, int64_t us, int64_t bytes);

#endif
