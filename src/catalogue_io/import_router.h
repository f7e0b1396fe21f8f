/*
 * import_router.h — one way in for every kind of file: what the rows of import_router.c, import_batch_router.c and
 * marc_router.c share.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_ROUTER_H
#define CARREL_CATALOGUE_IO_IMPORT_ROUTER_H

#include "base/json_write.h"
#include "catalogue_io/import_report.h"
#include "http/route.h"

/* A BULK row's `.prepare` and handler, its `.reply` and `.query`. */
route_handler import_prepare, import_run;
extern const struct reply import_report_reply;
extern const struct field import_parameters[];

/* The member `summary`: how many rows each reason concerns, of those that concern any; and what it is made of. */
void import_write_summary(struct json_writer *w, const int64_t reasons[IMPORT_REASON_COUNT]);
extern const struct reply_field import_summary_fields[];

#endif
