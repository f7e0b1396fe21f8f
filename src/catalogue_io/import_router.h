/*
 * import_router.h — one way in for every kind of file: what the rows of import_router.c and marc_router.c share.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_ROUTER_H
#define CARREL_CATALOGUE_IO_IMPORT_ROUTER_H

#include "http/route.h"

/* A BULK row's `.prepare` and handler, its `.reply` and `.query`. */
route_handler import_prepare, import_run;
extern const struct reply import_report_reply;
extern const struct field import_parameters[];

#endif
