/*
 * list_query.c — reads what can be read without knowing the listing; db/list judges the rest (which sorts and
 * filters there are, whether a cursor is one of its own).
 */
#include "http/list_query.h"

#include <string.h>

#include "base/text.h"

static const char *const own_parameters[] = {"limit", "offset", "cursor", "sort_by",
                                             "order", "sort",   "q",      "search"};

/* Names with a dot before them are filters that only a service may set (/books/{id}/audit). */
static bool is_own(const char *name)
{
    if (name[0] == '.')
        return true;
    for (size_t i = 0; i < sizeof own_parameters / sizeof own_parameters[0]; i++) {
        if (strcmp(name, own_parameters[i]) == 0)
            return true;
    }
    return false;
}

static enum error_kind read_limit(struct request *req)
{
    const char *text = request_query(req, "limit");

    req->list.limit = LIST_LIMIT_DEFAULT;
    if (text &&
        (!text_to_int64(text, &req->list.limit) || req->list.limit < 1 || req->list.limit > LIST_LIMIT_MAX))
        return fail(req->ctx, INVALID_PARAMETER, "The parameter \"limit\" must be between 1 and %d.",
                    LIST_LIMIT_MAX);
    return OK;
}

static enum error_kind read_offset(struct request *req)
{
    const char *text = request_query(req, "offset");

    if (text && (!text_to_int64(text, &req->list.offset) || req->list.offset < 0))
        return fail(req->ctx, INVALID_PARAMETER, "The parameter \"offset\" must be a whole number from 0.");
    if (req->list.offset > LIST_OFFSET_MAX)
        return fail(req->ctx, INVALID_PARAMETER,
                    "The parameter \"offset\" may be at most %d. Follow \"next_cursor\" with the parameter "
                    "\"cursor\" to go further.",
                    LIST_OFFSET_MAX);
    return OK;
}

static enum error_kind read_cursor(struct request *req)
{
    req->list.cursor = request_query(req, "cursor");
    if (req->list.cursor && strlen(req->list.cursor) > LIST_CURSOR_MAX)
        return fail(req->ctx, INVALID_CURSOR, "The cursor is not one this server gave out.");
    return OK;
}

/* sort_by=title&order=asc, or sort=-created_at; sort=created_at is ascending. */
static enum error_kind read_sort(struct request *req)
{
    const char *order = request_query(req, "order");
    const char *sort = request_query(req, "sort");

    if (order && text_equals_ignoring_case(order, "asc"))
        req->list.order = "asc";
    else if (order && text_equals_ignoring_case(order, "desc"))
        req->list.order = "desc";
    else if (order)
        return fail(req->ctx, INVALID_PARAMETER, "The parameter \"order\" must be asc or desc.");
    req->list.sort = request_query(req, "sort_by");
    if (req->list.sort || !sort)
        return OK;
    bool descending = sort[0] == '-';
    req->list.sort = descending ? sort + 1 : sort;
    if (!order)
        req->list.order = descending ? "desc" : "asc";
    return OK;
}

static enum error_kind read_search(struct request *req)
{
    const char *term = request_query(req, "q");

    req->list.search = term ? term : request_query(req, "search");
    if (req->list.search && text_length(req->list.search) > SEARCH_TERM_MAX)
        return fail(req->ctx, INVALID_PARAMETER, "The parameter \"q\" must be at most %d characters.",
                    SEARCH_TERM_MAX);
    return OK;
}

static void pass_on_others(struct request *req)
{
    struct list_parameter *others = arena_alloc_array(req->ctx->arena, req->query_count + 1, sizeof *others);
    size_t count = 0;

    for (size_t i = 0; i < req->query_count; i++) {
        if (!is_own(req->query[i].name) && req->query[i].value[0] != '\0')
            others[count++] =
                (struct list_parameter){.name = req->query[i].name, .value = req->query[i].value};
    }
    req->list.parameters = others;
    req->list.parameter_count = count;
}

enum error_kind list_query_read(struct request *req)
{
    req->list = (struct list_query){0};
    TRY(read_limit(req));
    TRY(read_offset(req));
    TRY(read_cursor(req));
    TRY(read_sort(req));
    TRY(read_search(req));
    pass_on_others(req);
    return OK;
}
