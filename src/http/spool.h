/*
 * spool.h — a body too large for memory, in a file that goes with the request unless somebody renames it.
 */
#ifndef CARREL_HTTP_SPOOL_H
#define CARREL_HTTP_SPOOL_H

#include "http/body.h"

/*
 * Fills req->spooled and body_length. The folder is made where there is none, the file is its owner's alone.
 * BODY_TOO_LARGE past `max`, BAD_REQUEST when the body ends early. DISK_FULL before any of it is read when the disk has
 * no room for what is announced and SPOOL_MARGIN_BYTES besides, and when it fills up meanwhile.
 */
enum error_kind spool_read(struct request *req, const char *folder, size_t max, body_source *read,
                           void *connection) MUST_CHECK;

/* Of a multipart/form-data body that was spooled, only the bytes of its part "file" stay. BAD_REQUEST. */
enum error_kind spool_take_file(struct request *req) MUST_CHECK;

#endif
