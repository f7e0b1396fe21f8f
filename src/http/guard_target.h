/*
 * guard_target.h — the request target ("/api/v1/books?q=x") taken apart: the half of the guard that decodes.
 */
#ifndef CARREL_HTTP_GUARD_TARGET_H
#define CARREL_HTTP_GUARD_TARGET_H

#include "http/request.h"

/* Fills path and query of `req`: decoded exactly once, valid UTF-8, without control bytes or encoded slashes. */
enum error_kind guard_read_target(struct request *req, const char *target) MUST_CHECK;

/* Adds what stands in a body of the type FORM_TYPE to the query, by the same rules and limits. */
#define FORM_TYPE "application/x-www-form-urlencoded"
enum error_kind guard_read_form(struct request *req) MUST_CHECK;

#endif
