/*
 * event_stream.h — a reply that goes on: server-sent events (WHATWG HTML, section 9.2).
 *
 * A stream holds a worker and, between its looks, no connection to the database. There are at most a quarter as many
 * as workers; who comes later is told to ask again and again instead. Each ends after EVENT_STREAM_MS, so that who
 * may listen is asked anew: browsers come back by themselves and say what they heard last.
 */
#ifndef CARREL_HTTP_EVENT_STREAM_H
#define CARREL_HTTP_EVENT_STREAM_H

#include "http/router.h"

/* Does the route follow, and the client want the stream? */
bool event_stream_is_wanted(const struct request *req);

/*
 * Calls the route's handler every EVENT_POLL_MS with a fresh snapshot and sends what it wrote; req->followed is the
 * handler's own, NO_NUMBER at the first call. BUSY when there are as many streams as may be; fails only before
 * anything was sent.
 */
enum error_kind event_stream(const struct router *router, struct request *req,
                             struct response *res) MUST_CHECK;

#endif
