/*
 * list.c — "Book?q=x": a query string for any list of the program, run by the keyset engine against a small library.
 * It ends in a page or a refusal, never in a failure, and the cursors of a page are taken.
 */
#include "fuzz.h"

#include "copies/copies_service.h"
#include "db/engine.h"
#include "db/list.h"
#include "http/guard_target.h"
#include "http/list_query.h"
#include "routes.h"
#include "support/fixture.h"

#define BOOKS 12

struct page {
    struct row_sink sink;
    int64_t rows;
    struct page_meta meta;
};

static void count_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    (void)columns;
    (void)values;
    ((struct page *)sink)->rows++;
}

static void keep_meta(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct page *)sink)->meta = *meta;
}

/* Few titles, so that most tie with another one. */
static void add_books(struct ctx *ctx)
{
    static const char *const titles[] = {"Emma", "Ulysses", "A \"B\" c"};
    struct book book;

    for (int i = 0; i < BOOKS; i++) {
        struct book_facts facts = BOOK_FACTS_NONE;
        facts.title = titles[i % 3];
        facts.author = i % 2 ? "Ann" : "Zo\u00eb";
        facts.year = i % 4 ? 1900 + i : NO_NUMBER;
        ctx->now++;
        MUST(copies_catalogue_title(ctx, &facts, &book) == OK);
    }
}

static struct fixture *fixture;

static void close_library(void)
{
    fixture_free(fixture);
}

static void open_library(void)
{
    fixture = fixture_new();
    atexit(close_library);
    add_books(&fixture->ctx);
    fixture_commit(fixture);
}

static bool run(struct fuzz *fuzz, const struct listing *listing, const struct list_query *query,
                struct page *page)
{
    *page = (struct page){.sink = {count_row, keep_meta}};
    error_clear(&fuzz->ctx);
    enum error_kind kind = list_run(&fuzz->ctx, listing, query, &page->sink);
    if (kind != OK && kind != ERROR_MALFORMED)
        fprintf(stderr, "%s: %s\n", error_code_name(fuzz->ctx.error.code), fuzz->ctx.error.detail);
    MUST(kind == OK || kind == ERROR_MALFORMED);
    db_reset_statements(fuzz->ctx.db);
    MUST(kind != OK || page->rows <= query->limit);
    return kind == OK;
}

static void go_on(struct fuzz *fuzz, const struct listing *listing, const char *cursor)
{
    struct list_query query = fuzz->req.list;
    struct page page;

    if (!cursor)
        return;
    query.cursor = cursor;
    query.offset = 0;
    MUST(run(fuzz, listing, &query, &page));
}

/* The listing of this name; the books, when there is none. */
static const struct listing *find_listing(const char *name, size_t length)
{
    for (const struct route *const *table = route_tables; *table; table++) {
        for (const struct route *route = *table; route->method != HTTP_NO_METHOD; route++) {
            if (route->list && strlen(route->list->name) == length &&
                strncmp(route->list->name, name, length) == 0)
                return route->list;
        }
    }
    return &books_listing;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct page page;

    if (!fixture)
        open_library();
    fuzz_begin(&fuzz);
    fuzz.ctx.db = fixture->ctx.db;
    const char *text = fuzz_string(&fuzz, data, size);
    size_t name_length = strcspn(text, "?");
    const struct listing *listing = find_listing(text, name_length);
    const char *target = arena_printf(&fuzz.arena, "/%s", text + name_length);
    if (guard_read_target(&fuzz.req, target) == OK && list_query_read(&fuzz.req) == OK &&
        run(&fuzz, listing, &fuzz.req.list, &page)) {
        MUST(page.meta.has_more == (page.meta.next_cursor != NULL));
        go_on(&fuzz, listing, page.meta.next_cursor);
        go_on(&fuzz, listing, page.meta.previous_cursor);
    }
    return fuzz_end(&fuzz);
}
