/*
 * problem.h — the one place that knows status numbers: ctx->error → the error reply of API.md "Errors".
 */
#ifndef CARREL_HTTP_PROBLEM_H
#define CARREL_HTTP_PROBLEM_H

#include "http/request.h"
#include "http/response.h"

/* Replaces whatever the reply held. `kind` is what the handler returned. */
void problem_write(const struct request *req, struct response *res, enum error_kind kind);

int problem_status(enum error_kind kind);

#endif
