/*
 * router.c — "METHOD TARGET" against the program's own site map: the row that is found is one that fits by another,
 * plainer comparison, and none is missed; its query parameters are read within their bounds.
 */
#include "fuzz.h"

#include "http/guard_target.h"
#include "http/list_query.h"
#include "http/router.h"
#include "routes.h"

#define API "/api/v1"
#define STRUCT_BYTES 4096

static const char *const method_names[] = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};

static struct router router;

/* The path as words between slashes, each compared by itself. */
static bool fits(struct fuzz *fuzz, const struct route *route, const char *path)
{
    const char *pattern = arena_printf(&fuzz->arena, "%s%s", route->root ? "" : API, route->path);

    while (*pattern == '/' && *path == '/') {
        size_t wanted = strcspn(++pattern, "/");
        size_t given = strcspn(++path, "/");
        bool any = pattern[0] == '{';
        if (any ? given == 0 : (wanted != given || strncmp(pattern, path, given) != 0))
            return false;
        pattern += wanted;
        path += given;
    }
    return *pattern == '\0' && *path == '\0';
}

static void check_found(struct fuzz *fuzz, const struct route *route, const char *allow)
{
    const struct request *req = &fuzz->req;
    bool any = false;

    MUST(!route || (route->method == req->method && fits(fuzz, route, req->path)));
    for (size_t i = 0; i < router.count; i++) {
        if (!fits(fuzz, router.routes[i], req->path))
            continue;
        any = true;
        MUST(router.routes[i]->method != req->method || route);
        MUST(route || strstr(allow, method_names[router.routes[i]->method]));
    }
    MUST(any || !allow);
    for (size_t i = 0; i < req->path_parameter_count; i++) {
        MUST(!strchr(req->path_parameters[i].value, '/'));
        MUST(fuzz_is_clean(fuzz, req->path_parameters[i].value));
        MUST(request_path(req, req->path_parameters[i].name));
    }
}

static void check_query(struct fuzz *fuzz)
{
    static _Alignas(max_align_t) unsigned char record[STRUCT_BYTES];
    struct request *req = &fuzz->req;
    int64_t number;

    memset(record, 0, sizeof record);
    if (request_query_fields(req, record) != OK)
        return;
    for (const struct field *field = req->route->query; field && field->type != FIELD_NONE; field++) {
        memcpy(&number, record + field->offset, sizeof number);
        if (field->type == FIELD_INTEGER && request_query(req, field->name))
            MUST(number >= field->min && number <= field->max);
    }
}

static void check_list(struct fuzz *fuzz)
{
    const struct list_query *list = &fuzz->req.list;

    if (list_query_read(&fuzz->req) != OK)
        return;
    MUST(list->limit >= 1 && list->limit <= LIST_LIMIT_MAX);
    MUST(list->offset >= 0 && list->offset <= LIST_OFFSET_MAX);
    MUST(!list->search || text_length(list->search) <= SEARCH_TERM_MAX);
    MUST(!list->cursor || strlen(list->cursor) <= LIST_CURSOR_MAX);
    MUST(!list->order || strcmp(list->order, "asc") == 0 || strcmp(list->order, "desc") == 0);
    for (size_t i = 0; i < list->parameter_count; i++)
        MUST(list->parameters[i].name[0] != '.'); /* those are for services */
}

static enum http_method method_of(const char *name)
{
    for (int method = GET; method <= DELETE; method++) {
        if (strcmp(name, method_names[method]) == 0)
            return method;
    }
    return GET;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    const char *allow = NULL;

    if (!router.routes)
        MUST(router_init(&router, route_tables, NULL, NULL));
    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    size_t space = strcspn(text, " ");
    fuzz.req.method = method_of(arena_strndup(&fuzz.arena, text, space));
    if (guard_read_target(&fuzz.req, text[space] ? text + space + 1 : "") == OK) {
        const struct route *route = router_find(&router, &fuzz.req, &allow);
        check_found(&fuzz, route, allow);
        check_list(&fuzz);
        if (route && route->query)
            check_query(&fuzz);
    }
    return fuzz_end(&fuzz);
}
