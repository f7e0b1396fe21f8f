/*
 * multipart.h — a file sent by a form (RFC 7578): strictly, in memory, once.
 *
 * The library's own form reader writes to disk and forgives much; a form with one file needs neither.
 */
#ifndef CARREL_HTTP_MULTIPART_H
#define CARREL_HTTP_MULTIPART_H

#include "http/request.h"

/*
 * Finds the part named "file" of a multipart/form-data body; req->body and body_length are its bytes
 * afterwards. Every other part is skipped. BAD_REQUEST when the body is not well-formed or has no such part.
 */
enum error_kind multipart_take_file(struct request *req) MUST_CHECK;

#endif
