/*
 * router.c — the tables: checked at start, indexed, searched; and the columns that are applied before a body
 * is read. What happens afterwards is dispatch.c.
 *
 * The rows are sorted so that at every segment a literal stands before a parameter: the first row that fits
 * is the most literal one. Rows with the same first segment are found together, so that a request is held against
 * a dozen patterns and not against hundreds.
 */
#include "http/router.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "http/access.h"
#include "http/metrics.h"
#include "http/openapi.h"
#include "http/rate_limit.h"

#define API_PREFIX "/api/v1"

/* ---- tables -------------------------------------------------------------------------------------------- */

static bool has_bad_segment(const char *path)
{
    size_t parameters = 0;

    for (const char *p = path; *p; p++) {
        if (*p == '/' && p[1] == '/')
            return true;
        if (*p == '{') {
            size_t length = strcspn(p, "}/");
            if (p[-1] != '/' || p[length] != '}' || length < 2 ||
                (p[length + 1] != '/' && p[length + 1] != '\0'))
                return true;
            parameters++;
        }
    }
    return parameters > HTTP_PATH_PARAMS_MAX;
}

static bool has_parameter(const char *path, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
        if (strncmp(p + 1, name, length) == 0 && p[length + 1] == '}')
            return true;
    }
    return false;
}

/* What is wrong with a row, for the log; NULL: nothing. */
static const char *find_fault(const struct route *route)
{
    if (!route->path || route->path[0] != '/' || has_bad_segment(route->path))
        return "the path is malformed";
    if (route->path[1] != '\0' && route->path[strlen(route->path) - 1] == '/')
        return "the path ends with a slash";
    if (route->access == ACCESS_UNSET)
        return "access is not set";
    if (!route->handler)
        return "there is no handler";
    if (!route->summary || route->summary[0] == '\0')
        return "there is no summary";
    if (route->method == GET && (route->work == WRITES || route->work == BULK))
        return "a GET may not write";
    if (route->work == BULK && !route->prepare)
        return "bulk work needs .prepare";
    if ((route->body || route->takes_csv || route->takes) && route->limit != LIMIT_WRITE &&
        route->limit != LIMIT_PICTURE && route->limit != LIMIT_UPLOAD && route->limit != LIMIT_FILE)
        return "a body needs LIMIT_WRITE, LIMIT_PICTURE, LIMIT_UPLOAD or LIMIT_FILE";
    if (route->as_csv && !route->list)
        return "as_csv needs .list";
    if (route->committed && route->work != WRITES)
        return "committed needs WRITES";
    if (route->compute && route->work != WRITES && (route->work != READS || !route->prepare))
        return "compute needs WRITES, or READS with .prepare";
    if (route->work == READS && route->prepare && (route->follows || route->list))
        return "prepare of READS is for a single reply, or one in pieces";
    if (route->own && (route->access != MEMBER || !has_parameter(route->path, route->own)))
        return "own needs MEMBER, and a parameter of that name";
    if (route->catalogue && route->access != ANYONE)
        return "the catalogue is for ANYONE, or for MEMBER by setting";
    return NULL;
}

/* With the slash at which it begins; 0 at the end. */
static size_t segment_length(const char *path)
{
    return *path ? (size_t)(strchrnul(path + 1, '/') - path) : 0;
}

static bool is_parameter(const char *segment)
{
    return *segment == '{';
}

/* Segment by segment: literals before parameters, else alphabetically; parameter names do not count. */
static int compare_paths(const char *a, const char *b)
{
    while (*a && *b) {
        size_t a_length = segment_length(a);
        size_t b_length = segment_length(b);
        if (is_parameter(a + 1) != is_parameter(b + 1))
            return is_parameter(a + 1) ? 1 : -1;
        if (!is_parameter(a + 1)) {
            int order = strncmp(a, b, a_length < b_length ? a_length : b_length);
            if (order != 0)
                return order;
            if (a_length != b_length)
                return a_length < b_length ? -1 : 1;
        }
        a += a_length;
        b += b_length;
    }
    return (*a != '\0') - (*b != '\0');
}

static int compare_routes(const void *a, const void *b)
{
    const struct route *left = *(const struct route *const *)a;
    const struct route *right = *(const struct route *const *)b;

    if (left->root != right->root)
        return left->root ? 1 : -1;
    int order = compare_paths(left->path, right->path);
    return order ? order : (int)left->method - (int)right->method;
}

static void complain(const struct route *route, const char *why)
{
    LOG(ERROR, "route table", LOG_TEXT("method", http_method_name(route->method)),
        LOG_TEXT("path", route->path), LOG_TEXT("why", why));
}

static bool collect(struct router *router, const struct route *const *tables)
{
    bool good = true;

    for (; *tables; tables++) {
        for (const struct route *route = *tables; route->method != HTTP_NO_METHOD; route++) {
            const char *fault = find_fault(route);
            if (router->count == ROUTES_MAX)
                fault = "there are too many routes";
            if (fault) {
                complain(route, fault);
                good = false;
            } else {
                router->routes[router->count++] = route;
            }
        }
    }
    return good;
}

static bool has_twins(const struct router *router)
{
    bool twins = false;

    for (size_t i = 1; i < router->count; i++) {
        if (compare_routes(&router->routes[i - 1], &router->routes[i]) == 0) {
            complain(router->routes[i], "two rows have this method and path");
            twins = true;
        }
    }
    return twins;
}

static bool begins_alike(const struct route_range *range, const struct route *first,
                         const struct route *route)
{
    return first->root == route->root && range->is_parameter == is_parameter(route->path + 1) &&
           (range->is_parameter || (segment_length(route->path) == range->segment_length &&
                                    memcmp(route->path, range->path, range->segment_length) == 0));
}

static void make_ranges(struct router *router)
{
    struct route_range *range = NULL;

    for (size_t i = 0; i < router->count; i++) {
        const struct route *route = router->routes[i];
        if (!range || !begins_alike(range, router->routes[range->first], route)) {
            range = &router->ranges[router->range_count++];
            *range = (struct route_range){.path = route->path,
                                          .segment_length = segment_length(route->path),
                                          .first = i,
                                          .is_parameter = is_parameter(route->path + 1)};
        }
        range->end = i + 1;
    }
}

bool router_init(struct router *router, const struct route *const *tables, struct pool *pool,
                 struct writer *writer)
{
    *router = (struct router){.pool = pool, .writer = writer};
    router->routes = calloc(ROUTES_MAX, sizeof(const struct route *));
    router->metrics = http_metrics_new();
    router->document = openapi_document_new();
    router->ranges = calloc(ROUTES_MAX, sizeof *router->ranges);
    if (!router->routes || !router->ranges)
        abort();
    bool good = collect(router, tables);
    qsort(router->routes, router->count, sizeof *router->routes, compare_routes);
    make_ranges(router);
    return !has_twins(router) && good;
}

void router_release(struct router *router)
{
    free(router->routes);
    free(router->ranges);
    http_metrics_free(router->metrics);
    openapi_document_free(router->document);
    *router = (struct router){0};
}

/* ---- finding ------------------------------------------------------------------------------------------- */

/* Does `path` fit `pattern`? The parameters' places are noted in `req`, still as parts of the path. */
static bool fits(struct request *req, const char *pattern, const char *path)
{
    req->path_parameter_count = 0;
    while (*pattern && *path) {
        size_t pattern_length = segment_length(pattern);
        size_t path_length = segment_length(path);
        if (is_parameter(pattern + 1)) {
            if (path_length < 2)
                return false;
            req->path_parameters[req->path_parameter_count++] =
                (struct name_value){.name = pattern + 2, .value = path + 1};
        } else if (pattern_length != path_length || memcmp(pattern, path, path_length) != 0) {
            return false;
        }
        pattern += pattern_length;
        path += path_length;
    }
    return *pattern == '\0' && *path == '\0';
}

static void cut_parameters(struct request *req)
{
    struct arena *arena = req->ctx->arena;

    for (size_t i = 0; i < req->path_parameter_count; i++) {
        struct name_value *parameter = &req->path_parameters[i];
        parameter->name = arena_strndup(arena, parameter->name, strcspn(parameter->name, "}"));
        const char *clean = text_clean(arena, parameter->value, strcspn(parameter->value, "/"));
        parameter->value = clean ? clean : "";
    }
}

static const char *path_below_api(const char *path)
{
    size_t length = strlen(API_PREFIX);

    return strncmp(path, API_PREFIX, length) == 0 && path[length] == '/' ? path + length : NULL;
}

/* "GET, HEAD, POST" from the set of methods whose bits are set; NULL when none is. */
static const char *list_methods(struct arena *arena, unsigned methods)
{
    struct text_buf list;

    text_buf_init(&list, arena);
    for (int method = GET; method <= DELETE; method++) {
        if (methods & (1U << method))
            text_buf_printf(&list, "%s%s", list.length > 0 ? ", " : "",
                            http_method_name((enum http_method)method));
        if (method == GET && (methods & (1U << GET)))
            text_buf_append(&list, ", HEAD");
    }
    return list.length > 0 ? list.bytes : NULL;
}

/* Of these rows the first that fits, and the methods of those before it that would. */
static const struct route *find_in(const struct router *router, const struct route_range *range,
                                   struct request *req, const char *path, unsigned *methods)
{
    for (size_t i = range->first; i < range->end; i++) {
        const struct route *route = router->routes[i];
        if (!fits(req, route->path, path))
            continue;
        if (route->method == req->method) {
            req->route_number = i + 1;
            return route;
        }
        *methods |= 1U << route->method;
    }
    return NULL;
}

const struct route *router_find(const struct router *router, struct request *req, const char **out_allow)
{
    const char *below = path_below_api(req->path);
    size_t below_length = below ? segment_length(below) : 0, length = segment_length(req->path);
    unsigned allowed = 0;

    for (const struct route_range *range = router->ranges; range < &router->ranges[router->range_count];
         range++) {
        bool root = router->routes[range->first]->root;
        const char *path = root ? req->path : below;
        size_t segment = root ? length : below_length;
        if (!path || !(range->is_parameter ||
                       (segment == range->segment_length && memcmp(path, range->path, segment) == 0)))
            continue;
        const struct route *route = find_in(router, range, req, path, &allowed);
        if (route) {
            cut_parameters(req);
            req->route = route;
            *out_allow = NULL;
            return route;
        }
    }
    req->path_parameter_count = 0;
    *out_allow = list_methods(req->ctx->arena, allowed);
    return NULL;
}

/* ---- what is checked before the body is read ----------------------------------------------------------- */

static size_t body_max_of(const struct route *route)
{
    switch (route->limit) {
    case LIMIT_WRITE: return HTTP_BODY_MAX;
    case LIMIT_PICTURE: return COVER_BYTES_MAX;
    case LIMIT_UPLOAD: return HTTP_UPLOAD_MAX;
    case LIMIT_FILE: return IMPORT_FILE_MAX;
    case LIMIT_NONE:
    case LIMIT_READ:
    case LIMIT_SEARCH:
    case LIMIT_TYPING: break;
    }
    return 0;
}

static enum error_kind check_announced_size(struct request *req, size_t max)
{
    const char *length = request_header(req, "Content-Length");
    int64_t bytes = 0;

    if (!length || (text_to_int64(length, &bytes) && bytes <= (int64_t)max))
        return OK;
    if (max == 0)
        return fail(req->ctx, BODY_TOO_LARGE, "This request takes no body.");
    return fail(req->ctx, BODY_TOO_LARGE, "The body may have at most %zu bytes.", max);
}

enum error_kind router_admit(const struct router *router, struct request *req, struct response *res,
                             size_t *out_body_max)
{
    const char *allow = NULL;

    *out_body_max = 0;
    req->router = router;
    if (!router_find(router, req, &allow)) {
        /* Perhaps a page or another file of ours: dispatch will know. */
        if (!allow && req->method == GET && !request_is_api(req))
            return check_announced_size(req, 0);
        if (router->closed)
            return fail(req->ctx, LIBRARY_CLOSED,
                        "This library cannot be opened just now. Its pages say what can be done.");
        if (!allow)
            return fail(req->ctx, NOT_FOUND, "There is nothing at this address.");
        response_header(res, "Allow", allow);
        return fail(req->ctx, METHOD_NOT_ALLOWED, "This address does not take that method. It takes: %s.",
                    allow);
    }
    TRY(access_check(router, req));
    enum error_kind kind = rate_limit_check(router->rate_limit, req, res);
    if (kind == ERROR_RATE_LIMITED)
        http_metrics_refused(router->metrics, REFUSED_RATE_LIMIT);
    TRY(kind);
    *out_body_max = body_max_of(req->route);
    return check_announced_size(req, *out_body_max);
}
