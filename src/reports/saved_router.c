/*
 * saved_router.c — saved reports: kept, changed, sent now.
 */
#include <pthread.h>
#include <string.h>

#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "reports/report_letter_service.h"
#include "reports/saved_service.h"

static enum error_kind list_saved(struct request *req, struct response *res)
{
    return saved_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind find(struct request *req, struct saved_report *out_saved)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return saved_find(req->ctx, &uuid, out_saved);
}

static enum error_kind show_saved(struct request *req, struct response *res)
{
    struct saved_report saved;

    TRY(find(req, &saved));
    response_version(res, saved.version);
    return saved_show(req->ctx, saved.id, response_row(res));
}

static enum error_kind add_saved(struct request *req, struct response *res)
{
    struct saved_report_facts facts = {0};
    struct saved_report saved;

    request_body(req, &facts);
    TRY(saved_add(req->ctx, &facts, &saved));
    return saved_show(req->ctx, saved.id, response_row(res));
}

static enum error_kind update_saved(struct request *req, struct response *res)
{
    struct saved_report_facts facts;
    struct saved_report saved;

    TRY(find(req, &saved));
    facts = saved.facts;
    request_body(req, &facts);
    TRY(saved_update(req->ctx, &saved, &facts, request_expected_version(req)));
    return saved_show(req->ctx, saved.id, response_row(res));
}

static enum error_kind remove_saved(struct request *req, struct response *res)
{
    struct saved_report saved;

    (void)res;
    TRY(find(req, &saved));
    return saved_remove(req->ctx, &saved, request_expected_version(req));
}

/* ---- now: made with a connection, sent without one, written down on the writer ---------------------------- */

struct sending {
    struct report_letter letter;
    struct saved_end end;
};

/* Those that are on their way. A client that waits no longer asks again, and its key is known only when the first has ended. */
struct on_its_way {
    struct uuid uuid;
    struct on_its_way *next;
};

static pthread_mutex_t ways_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct on_its_way *ways;

static void end_way(void *resource)
{
    struct on_its_way **at = &ways;

    pthread_mutex_lock(&ways_mutex);
    while (*at != resource)
        at = &(*at)->next;
    *at = (*at)->next;
    pthread_mutex_unlock(&ways_mutex);
}

/* Until the request is answered. */
static enum error_kind begin_way(struct ctx *ctx, const struct saved_report *saved)
{
    struct on_its_way *way = arena_alloc(ctx->arena, sizeof *way);
    const struct on_its_way *other;

    pthread_mutex_lock(&ways_mutex);
    for (other = ways; other && memcmp(&other->uuid, &saved->uuid, sizeof other->uuid) != 0;)
        other = other->next;
    if (!other) {
        *way = (struct on_its_way){saved->uuid, ways};
        ways = way;
    }
    pthread_mutex_unlock(&ways_mutex);
    if (other)
        return fail(ctx, CONFLICT, "“%s” is being sent at this moment.", saved->facts.name);
    arena_defer(ctx->arena, end_way, way);
    return OK;
}

static enum error_kind prepare_letter(struct request *req, struct response *res)
{
    struct sending *sending = arena_alloc(req->ctx->arena, sizeof *sending);
    struct saved_report saved;

    (void)res;
    req->state = sending;
    TRY(find(req, &saved));
    TRY(begin_way(req->ctx, &saved));
    return report_letter_make(req->ctx, &saved, &sending->letter);
}

static enum error_kind send_letter(struct request *req, struct response *res)
{
    struct sending *sending = req->state;

    (void)res;
    return report_letter_send(req->ctx, &sending->letter, &sending->end);
}

static enum error_kind note_sent(struct request *req, struct response *res)
{
    const struct sending *sending = req->state;

    TRY(saved_ended(req->ctx, &sending->letter.saved, &sending->end));
    return saved_show(req->ctx, sending->letter.saved.id, response_row(res));
}

/* clang-format off */
const struct route saved_routes[] = {
    {GET, "/reports/saved", LIBRARIAN, READS, LIMIT_SEARCH, list_saved, "List saved reports", .list = &saved_reports_listing},
    {POST, "/reports/saved", LIBRARIAN, WRITES, LIMIT_WRITE, add_saved, "Save a report with its parameters, and when to send it",
     .body = saved_report_fields, .one = &saved_reports_listing, .status = 201,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND, ERR_CONFLICT)},
    {GET, "/reports/saved/{id}", LIBRARIAN, READS, LIMIT_READ, show_saved, "Show a saved report", .one = &saved_reports_listing,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND)},
    {PUT, "/reports/saved/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, update_saved, "Change a saved report",
     .body = saved_report_fields, .body_use = FIELDS_EDIT, .one = &saved_reports_listing,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {PATCH, "/reports/saved/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, update_saved, "The same as PUT",
     .body = saved_report_fields, .body_use = FIELDS_EDIT, .one = &saved_reports_listing,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {DELETE, "/reports/saved/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, remove_saved, "Delete a saved report",
     .errors = ERRORS(ERR_REPORT_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {POST, "/reports/saved/{id}/send", LIBRARIAN, WRITES, LIMIT_WRITE, note_sent, "Make a saved report and send it now",
     .prepare = prepare_letter, .compute = send_letter, .one = &saved_reports_listing,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND, ERR_CONFLICT, ERR_CHANNEL_IS_OFF, ERR_NO_ADDRESS,
                      ERR_NOT_DELIVERED)},
    {0},
};
/* clang-format on */
