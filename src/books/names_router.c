/*
 * names_router.c — authors and categories over HTTP: how many titles have a name, and another name for all of them.
 * Names may hold any letter, so they stand in the query or the body, never in the path.
 */
#include "base/limits.h"
#include "books/names_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct names_query {
    const char *q, *after;
    int64_t limit;
};

static const struct field names_query[] = {
    {"q", FIELD_TEXT, OPTIONAL, 1, SEARCH_TERM_MAX, AT(struct names_query, q), "Any part of the name"},
    {"after", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct names_query, after),
     "Names after this one: `next` of the page before"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, NAMES_SHOWN_MAX, AT(struct names_query, limit),
     "How many at most (default 20)"},
    {0},
};

typedef enum error_kind names_lister(struct ctx *ctx, const char *typed, const char *after, int64_t limit,
                                     struct used_name *out_names, size_t *out_count, const char **out_next);

static enum error_kind list_names(struct request *req, struct response *res, names_lister *list)
{
    struct names_query query = {.limit = LIST_LIMIT_DEFAULT};
    struct used_name names[NAMES_SHOWN_MAX + 1];
    struct json_writer *json = response_json(res);
    const char *next;
    size_t count;

    TRY(request_query_fields(req, &query));
    TRY(list(req->ctx, query.q, query.after, query.limit, names, &count, &next));
    json_object_begin(json);
    json_key(json, "names");
    json_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json);
        json_member_text(json, "name", names[i].name);
        json_member_int(json, "titles", names[i].titles);
        json_object_end(json);
    }
    json_array_end(json);
    json_member_text(json, "next", next);
    json_object_end(json);
    return OK;
}

static enum error_kind list_authors(struct request *req, struct response *res)
{
    return list_names(req, res, names_list_authors);
}

static enum error_kind list_categories(struct request *req, struct response *res)
{
    return list_names(req, res, names_list_categories);
}

/* ---- authors -------------------------------------------------------------------------------------------- */

static enum error_kind plan_author(struct request *req, struct response *res)
{
    struct renaming *renaming = arena_alloc(req->ctx->arena, sizeof *renaming);

    (void)res;
    *renaming = (struct renaming){0};
    request_body(req, &renaming->facts);
    req->state = renaming;
    return names_check_author(req->ctx, &renaming->facts);
}

static enum error_kind rename_author(struct request *req, struct response *res)
{
    struct renaming *renaming = req->state;

    TRY(names_rename_author_step(req->ctx, renaming, &res->more));
    if (res->more)
        return OK;
    struct json_writer *json = response_json(res);
    json_object_begin(json);
    json_member_text(json, "name", renaming->facts.to);
    json_member_int(json, "titles", renaming->titles);
    json_member_int(json, "left", renaming->left);
    json_object_end(json);
    return OK;
}

/* ---- categories ----------------------------------------------------------------------------------------- */

static enum error_kind plan_category(struct request *req, struct response *res)
{
    struct recategorising *plan = arena_alloc(req->ctx->arena, sizeof *plan);
    struct category_rename facts = {0};

    (void)res;
    request_body(req, &facts);
    req->state = plan;
    return names_plan_category(req->ctx, &facts, plan);
}

struct removal_query {
    const char *name;
};

static const struct field removal_query[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, BOOK_TEXT_MAX, AT(struct removal_query, name), "The category"},
    {0},
};

static enum error_kind plan_removal(struct request *req, struct response *res)
{
    struct recategorising *plan = arena_alloc(req->ctx->arena, sizeof *plan);
    struct removal_query query = {0};

    (void)res;
    TRY(request_query_fields(req, &query));
    req->state = plan;
    return names_plan_removal(req->ctx, query.name, plan);
}

static enum error_kind recategorise(struct request *req, struct response *res)
{
    struct recategorising *plan = req->state;

    TRY(names_recategorise_step(req->ctx, plan, &res->more));
    if (res->more)
        return OK;
    struct json_writer *json = response_json(res);
    json_object_begin(json);
    json_member_text(json, "name", plan->to.name);
    json_member_int(json, "titles", plan->titles);
    json_object_end(json);
    return OK;
}

/* ---- shapes and routes ---------------------------------------------------------------------------------- */

/* clang-format off */
static const struct reply_field name_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "As it is written in the titles"},
    {"titles", COLUMN_INTEGER, .meaning = "How many have it, archived ones included"},
    {0},
};

static const struct reply_field names_shape[] = {
    {"names", .fields = name_shape, .many = true, .meaning = "In the order of the alphabet"},
    {"next", COLUMN_TEXT, true, "For `after`; null: these were the last"},
    {0},
};

static const struct reply_field renamed_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "The name now"},
    {"titles", COLUMN_INTEGER, .meaning = "Titles that were changed"},
    {"left", COLUMN_INTEGER, .meaning = "Titles that have no room for it among their other authors, and keep the old one"},
    {0},
};

static const struct reply_field recategorised_shape[] = {
    {"name", COLUMN_TEXT, true, "The category that these titles have now; null: it was removed"},
    {"titles", COLUMN_INTEGER, .meaning = "Titles that have it, or had it"},
    {0},
};

static const struct reply names_reply = {"UsedNames", names_shape};
static const struct reply renamed_reply = {"AuthorRenamed", renamed_shape};
static const struct reply recategorised_reply = {"CategoryChanged", recategorised_shape};

const struct route names_routes[] = {
    {GET, "/authors", LIBRARIAN, READS, LIMIT_TYPING, list_authors, "Authors and how many titles name them",
     .query = names_query, .reply = &names_reply},
    {POST, "/authors/rename", LIBRARIAN, BULK, LIMIT_WRITE, rename_author, "Give an author another name in all titles",
     .body = author_rename_fields, .prepare = plan_author, .reply = &renamed_reply,
     .errors = ERRORS(ERR_AUTHOR_NOT_FOUND)},
    {GET, "/categories", LIBRARIAN, READS, LIMIT_TYPING, list_categories, "Categories and how many titles have them",
     .query = names_query, .reply = &names_reply},
    {PUT, "/categories", LIBRARIAN, BULK, LIMIT_WRITE, recategorise, "Give a category another name, or join two",
     .body = category_rename_fields, .prepare = plan_category, .reply = &recategorised_reply,
     .errors = ERRORS(ERR_CATEGORY_NOT_FOUND, ERR_DUPLICATE_CATEGORY)},
    {DELETE, "/categories", LIBRARIAN, BULK, LIMIT_WRITE, recategorise, "Take a category away from all titles",
     .query = removal_query, .prepare = plan_removal, .reply = &recategorised_reply,
     .errors = ERRORS(ERR_CATEGORY_NOT_FOUND, ERR_DUPLICATE_CATEGORY)},
    {0},
};
/* clang-format on */
