/*
 * metrics.h — how many requests each route had, how they ended and how long they took.
 *
 * Counted without a lock, under the route's own pattern: what stands in a path never becomes a label, so there are never more
 * series than the table has rows. What no row answered is a "page" (the pages and their files) or "other".
 */
#ifndef CARREL_HTTP_METRICS_H
#define CARREL_HTTP_METRICS_H

#include <stdint.h>

#include "base/exposition.h"

struct request;
struct router;
struct http_metrics;

enum http_refusal { REFUSED_RATE_LIMIT, REFUSED_CROWD, REFUSED_UNREADABLE, REFUSALS };

struct http_metrics *http_metrics_new(void);
void http_metrics_free(struct http_metrics *metrics);

/*
 * A request comes; it has been answered with `status` after so many µs, in so many bytes. Negative: how long it took says nothing, it
 * was a stream that goes on for as long as the client listens.
 */
void http_metrics_begin(struct http_metrics *metrics);
void http_metrics_end(struct http_metrics *metrics, const struct request *req, int status, int64_t us,
                      int64_t bytes);

void http_metrics_refused(struct http_metrics *metrics, enum http_refusal why);

/* The route as labels and logs name it: "/api/v1/books/{id}", "page", "other". */
#define HTTP_ROUTE_SIZE 160
const char *http_route_name(const struct request *req, int status, char out[HTTP_ROUTE_SIZE]);

/* All of it, and how the requests of routes with figures ended (carrel_borrows). */
void http_metrics_write(const struct router *router, struct exposition *x);

#endif
