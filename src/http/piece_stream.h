/*
 * piece_stream.h — a reply too long for one snapshot and one arena, made piece by piece: an export.
 */
#ifndef CARREL_HTTP_PIECE_STREAM_H
#define CARREL_HTTP_PIECE_STREAM_H

#include "http/router.h"

/* Is this a route whose reply goes out in pieces? (A HEAD is answered from the first.) */
bool piece_stream_is_wanted(const struct request *req);

/*
 * Calls the route's handler again and again while it sets res->more, each time with a fresh snapshot and an empty body;
 * req->followed, 0 at first, is the handler's own: how far it is. Every piece is handed to res->send_chunk between two
 * calls: no snapshot is held while a slow client reads. What the route's `.prepare` has made (once, before) stays.
 * Fails only before anything was sent; later trouble sets res->broken.
 */
enum error_kind piece_stream(const struct router *router, struct request *req,
                             struct response *res) MUST_CHECK;

#endif
