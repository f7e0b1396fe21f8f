/*
 * body.h — a request's body, whole, within its limit.
 */
#ifndef CARREL_HTTP_BODY_H
#define CARREL_HTTP_BODY_H

#include "http/request.h"

/* Where it comes from: up to `size` bytes; 0 at its end, negative when it broke off. */
typedef int body_source(void *connection, char *out, size_t size);

/* Does the request announce one? */
bool body_is_announced(const struct request *req);

/*
 * Fills req->body (with a NUL after it) and body_length. BODY_TOO_LARGE past `max`, BAD_REQUEST when it ends
 * early. The memory is freed with the request's arena.
 */
enum error_kind body_read(struct request *req, size_t max, body_source *read, void *connection) MUST_CHECK;

#endif
