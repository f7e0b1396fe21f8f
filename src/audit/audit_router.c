/*
 * audit_router.c — reading the log. Nobody writes it from outside.
 */
#include "audit/audit_service.h"
#include "http/request.h"
#include "http/response.h"

static enum error_kind list_audit_log(struct request *req, struct response *res)
{
    return audit_list(req->ctx, &req->list, response_page(res));
}

const struct route audit_routes[] = {
    {GET, "/admin/audit-logs", ADMIN, READS, LIMIT_SEARCH, list_audit_log, "Who did what, newest first",
     .list = &audit_listing},
    {GET, "/admin/audit-logs/export/csv", ADMIN, READS, LIMIT_SEARCH, list_audit_log,
     "The same list as CSV, all rows", .list = &audit_listing, .as_csv = true},
    {0},
};
