/*
 * csv_stream.h — a whole list as one CSV file, sent in pieces.
 */
#ifndef CARREL_HTTP_CSV_STREAM_H
#define CARREL_HTTP_CSV_STREAM_H

#include "http/router.h"

/* Does the client want the route's list as CSV? */
bool csv_is_wanted(const struct request *req);

/*
 * Calls the route's handler again and again, each time with the next cursor and a fresh snapshot, and hands
 * every piece to res->send_chunk between them: no snapshot is held while a slow client reads. Fails only
 * before anything was sent; later trouble sets res->broken.
 */
enum error_kind csv_stream(const struct router *router, struct request *req, struct response *res) MUST_CHECK;

#endif
