/*
 * list_query.h — the query parameters that every list has (API.md "Lists").
 */
#ifndef CARREL_HTTP_LIST_QUERY_H
#define CARREL_HTTP_LIST_QUERY_H

#include "http/request.h"

/*
 * Fills req->list from limit, offset, cursor, sort_by and order (or sort=-name), q (or search); every other
 * parameter is passed on as a possible filter. What cannot be read is INVALID_PARAMETER.
 */
enum error_kind list_query_read(struct request *req) MUST_CHECK;

#endif
