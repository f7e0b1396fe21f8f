/*
 * test_lists.c — what the listings say is served from an index (struct list_served) is so: SQLite's plans seek and
 * do not sort, and over a library of many rows a page costs as few steps at the end as at the beginning.
 * docs/lists.md is the same table for people; CARREL_LISTS=1 writes it anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/log.h"
#include "base/text.h"
#include "counters/counters_check_service.h"
#include "db/list.h"
#include "support/plans.h"
#include "support/served.h"

/* ---- plans --------------------------------------------------------------------------------------------- */

/* A whole partial index is walked like a range: it holds nothing else. */
static bool walks_partial_index(const char *line)
{
    const char *name = strstr(line, " INDEX ");
    char sql[256];

    if (!name)
        return false;
    name += strlen(" INDEX ");
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM sqlite_schema WHERE name = '%.*s' AND instr(sql, ' WHERE ') > 0",
             (int)strcspn(name, " "), name);
    return fixture_int(fixture, sql) == 1;
}

static const char *served_complaint(const struct served_question *question, uint64_t shape,
                                    const struct plan *plan)
{
    const char *leader = NULL;

    for (int i = 0; i < plan->count && !leader; i++)
        if (plan->outermost[i] && is_loop(plan->lines[i]))
            leader = plan->lines[i];
    if (!leader)
        return "has no loop";
    if (question->entry->few)
        return is_narrow(plan, leader) ? NULL : "does not find its few rows by an index";
    const char *why = page_complaint(question->listing, question->sort, shape, plan);
    if (why)
        return why;
    bool filtered = shape >> SHAPE_FILTERS_AT && !question->entry->skips;
    if (filtered && !starts_with(leader, "SEARCH ") && !walks_partial_index(leader) &&
        strcmp(question->filters, "include_withdrawn") != 0) /* that one takes a condition away */
        return "walks an order and looks at each row";
    return NULL;
}

static int complain(const struct served_question *question, const char *what, const char *why,
                    const struct plan *plan)
{
    if (!why)
        return 0;
    print_error("%s filtered by “%s” sorted by %s, %s: %s\n", question->listing->name, question->filters,
                question->sort ? question->sort->name : "anything", what, why);
    print_plan(plan);
    return 1;
}

struct served_findings {
    int questions, wrong;
};

static void look_at_served(const struct served_question *question, void *argument)
{
    static const unsigned steps[] = {0, SHAPE_TIES, SHAPE_BEYOND};
    struct served_findings *findings = argument;
    struct plan plan;

    findings->questions++;
    for (size_t way = 0; question->sort && way < 6; way++) {
        if (steps[way / 2] == SHAPE_TIES && !list_may_tie(question->listing, question->sort))
            continue;
        uint64_t shape = question->shape | PAGE | (way % 2 ? SHAPE_DESCENDING : 0) | steps[way / 2];
        const char *name = page_name(question->listing, question->sort, shape);
        bool prepares = explain(name, list_sql(&fixture->ctx, question->listing, shape), &plan);
        findings->wrong += complain(
            question, name, prepares ? served_complaint(question, shape, &plan) : "does not prepare", &plan);
    }
    if (question->listing->total && !(question->shape & SHAPE_SEARCH || question->shape >> SHAPE_FILTERS_AT))
        return; /* a counter, whatever the shape's statement would do */
    if (may_be_counted(question->listing))
        return;
    uint64_t shape = (question->shape & ~((uint64_t)SHAPE_SORTS << SHAPE_SORT_AT)) | COUNT;
    bool prepares = explain("total", list_sql(&fixture->ctx, question->listing, shape), &plan);
    findings->wrong +=
        complain(question, "its total", prepares ? first_that_visits_all(&plan) : "does not prepare", &plan);
}

/* Which pairs these are, docs/lists.md says; how much is read for each, the next test. */
static void test_lists__every_served_pair_seeks_without_sorting(void **state)
{
    struct served_findings findings = {0};

    (void)state;
    served_each(look_at_served, &findings);
    print_message("%d served pairs of filters and sort\n", findings.questions);
    assert_true(findings.questions > 120);
    assert_int_equal(findings.wrong, 0);
}

/* ---- steps ------------------------------------------------------------------------------------------- */

#define PAGE_ROWS 5
#define PAGE_STEPS_MAX \
    1500                   /* of SQLite's machine; what scans any of the tables here takes more than 10,000 */
#define HALVING_STEPS 1700 /* the audit log finds where a range begins and ends by halving */
#define MIDDLE_ROWS 300
#define RUN_MAX 100000

/* Many of everything, so that walking where seeking was promised shows. Loans are a quarter of an hour apart,
   a month's are due on one day. */
static const char *const many_rows[] = {
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    " INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at, deleted_at)"
    " SELECT i, CAST(printf('%016d', i) AS BLOB), 't', 'a', 't' || i % 7, 'a' || i % 5, i / 9, 1,"
    "  iif(i > 300 AND i % 10 = 3, 1, NULL) FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
    " INSERT INTO member (id, uuid, card, name, name_key, member_type_id, group_name, email, email_key,"
    "  created_at, updated_at, deleted_at)"
    " SELECT i, CAST(printf('%016d', i) AS BLOB), 'card' || i, 'n', 'n' || i % 11, i % 5 + 1, 'g' || i % 3,"
    "  'e' || i, 'e' || i, i / 9, 1, iif(i > 300 AND i % 10 = 3, 1, NULL) FROM n",
    /* Some of every way to be active, expired or suspended today. */
    "UPDATE member SET status = CASE id % 7 WHEN 1 THEN 'suspended' WHEN 2 THEN 'expired' ELSE 'active' END,"
    "  suspended_until = CASE id % 5 WHEN 1 THEN 1 WHEN 2 THEN 99999 END,"
    "  expires_on = CASE id % 3 WHEN 1 THEN 1 WHEN 2 THEN 99999 END",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
    " INSERT INTO copy (id, uuid, book_id, barcode, shelf, status, created_at, updated_at)"
    " SELECT i, CAST(printf('%016d', i) AS BLOB), (i - 1) % 300 + 1, 'barcode' || i, 's' || i % 5, CASE WHEN i <= 154 THEN 'on_loan'"
    "  WHEN i % 40 = 7 THEN 'withdrawn' WHEN i % 40 = 9 THEN 'lost' WHEN i % 40 = 11 THEN 'in_repair'"
    "  WHEN i % 40 = 13 THEN 'on_hold_shelf' ELSE 'available' END, i / 9, 1 FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999),"
    " loan AS (SELECT i, i % 130 = 0 AS open, 1750000000000 + i * 900000 AS at, CASE WHEN i % 130 = 0"
    "  THEN i / 130 + 1 WHEN i % 7 = 1 THEN 301 ELSE 301 + i % 5000 END AS copy FROM n)"
    " INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
    "  returned_at, returned_day, fine_per_day, grace_days, lent_by)"
    " SELECT i + 1, CAST(printf('%016d', i + 1) AS BLOB), (copy - 1) % 300 + 1, copy,"
    "  CASE WHEN open AND i / 130 % 50 <> 0 THEN i / 130 + 2 WHEN open OR i % 6 = 5 THEN 1 ELSE i % 300 + 1 END,"
    "  1, at, (at / 2592000000 * 30 + 45) * 86400000 - 1, at / 2592000000 * 30 + 44, iif(open, NULL, at + 432000000),"
    "  iif(open, NULL, (at + 432000000) / 86400000), 100, 0, 1 FROM loan",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    " INSERT INTO audit_log (at, actor, action, entity, entity_id)"
    " SELECT 1750000000000 + i / 3 * 2700000, 'a', iif(i % 9, iif(i % 2, 'borrow.lent', 'borrow.returned'),"
    "  'book.updated'), iif(i % 9, 'borrow', 'book'), i % 45 + 1 FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
    " INSERT INTO charge (uuid, member_id, kind, amount, settled, at, day, made_by)"
    " SELECT CAST(printf('c%015d', i) AS BLOB), iif(i % 6 = 5, 1, i % 300 + 1), CASE i % 90 WHEN 1 THEN 'lost'"
    "  WHEN 2 THEN 'damage' WHEN 3 THEN 'fee' ELSE 'overdue' END, 100, iif(i % 40 = 0, 0, 100),"
    "  1750000000000 + i / 3 * 2700000, (1750000000000 + i / 3 * 2700000) / 86400000, 't' FROM n",
    "INSERT INTO payment (uuid, receipt, member_id, method, amount, allocated, at, day, taken_by)"
    " SELECT uuid, id, member_id, 'cash', 100, 100, at, day, 't' FROM charge",
    "INSERT INTO waiver (uuid, member_id, charge_id, kind, status, amount, reason, asked_by, asked_at, decided_at)"
    " SELECT uuid, member_id, id, 'waiver', CASE WHEN id % 200 = 0 THEN 'asked' WHEN id % 3 THEN 'approved'"
    "  ELSE 'refused' END, 100, 't', 't', at, iif(id % 200, at, NULL) FROM charge",
    "INSERT INTO stocktake (id, uuid, name, expected, started_at, started_by)"
    " VALUES (1, CAST('0000000000000001' AS BLOB), 'a', 0, 1, 't'), (2, CAST('0000000000000002' AS BLOB), 'b', 0, 1, 't')",
    "INSERT INTO stocktake_scan (stocktake_id, copy_id, barcode, finding, at, scanned_by)"
    " SELECT id % 2 + 1, id, barcode, iif(id % 9 = 1, 'misplaced', 'in_place'), id, 't' FROM copy",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    " INSERT INTO reading_list (id, uuid, name, name_key, member_id, shown, created_at, created_by, updated_at)"
    " SELECT i, CAST(printf('%016d', i) AS BLOB), 'l', 'l' || i % 9, iif(i % 40, i % 300 + 1, NULL), i % 80 = 0, 1, 't', i / 9"
    "  FROM n",
    "INSERT INTO reading_list_entry (reading_list_id, book_id, position, added_at)"
    " SELECT id % 2 + 1, id, (id + 1) / 2, 1 FROM book",
    "INSERT OR IGNORE INTO review (uuid, book_id, member_id, stars, text, status, created_at, updated_at)"
    " SELECT uuid, iif(id % 4, book_id, 1), iif(id % 3, iif(id % 5, member_id, 1), NULL), id % 5 + 1, 't',"
    "  CASE id % 9 WHEN 0 THEN 'waiting' WHEN 1 THEN 'refused' ELSE 'shown' END, borrowed_at / 7200000, 1 FROM borrow WHERE id % 4 < 2",
    /* Two in nine are open, one in nine ready; the first title and the first member have more than others. */
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
    " INSERT OR IGNORE INTO hold (id, uuid, book_id, member_id, status, place, copy_id, ready_at, pickup_day,"
    "  ended_at, placed_at, placed_by)"
    " SELECT i, CAST(printf('%016d', i) AS BLOB), iif(i % 4 = 1 AND (i % 9 > 1 OR i % 200 = 1), 1, i * 7 % 250 + 1),"
    "  iif(i % 4 = 2 AND (i % 9 > 1 OR i % 200 = 2), 1, i * 11 % 3900 + 1),"
    "  CASE i % 9 WHEN 0 THEN 'waiting' WHEN 1 THEN 'ready' WHEN 2 THEN 'expired' WHEN 3 THEN 'cancelled'"
    "  ELSE 'fulfilled' END, i / 9, iif(i % 9 = 1, i, NULL), iif(i % 9 = 1, 1750000000000, NULL),"
    "  iif(i % 9 IN (1, 2), 20500 + i / 100, NULL), iif(i % 9 > 1, 1760000000000, NULL),"
    "  1750000000000 + i / 7 * 60000, 't' FROM n",
    "INSERT INTO book_search (rowid, title) SELECT id, 'w' || id % 50 FROM book",
    "INSERT INTO member_search (rowid, name) SELECT id, 'w' || id % 50 FROM member",
};

struct seen {
    struct row_sink sink;
    int64_t rows;
    struct page_meta meta;
};

static void see_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    (void)columns;
    (void)values;
    ((struct seen *)sink)->rows++;
}

static void see_page(struct row_sink *sink, const struct page_meta *meta)
{
    ((struct seen *)sink)->meta = *meta;
}

/* What the statements of the connection have done since last asked; totals apart. */
static void take_steps(int64_t *out_page, int64_t *out_total)
{
    struct db *db = fixture->ctx.db;

    *out_page = *out_total = 0;
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct stmt *s = db->buckets[i]; s; s = s->next_in_bucket)
            *((s->shape & 3) == COUNT ? out_total : out_page) +=
                sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 1);
}

/* The values by which the filters of a question are asked. */
static const char *value_of(const char *name, const char *from, const char *to)
{
    static const char *const values[][2] = {
        {"member_id", "30303030-3030-3030-3030-303030303031"},
        {"book_id", "30303030-3030-3030-3030-303030303031"},
        {"entity", "book"},
        {".stocktake", "1"},
        {".member", "1"},
        {".list", "1"},
        {".book", "1"},
        {"finding", "misplaced"},
        {"shelf", "s1"},
        {".entity_id", "10"},
        {".borrow_id", "10"},
        {"action", "book.updated"},
        {"member_type", "adult"},
        {"group", "g1"},
        {"pickup_before", "2026-03-01"},
        {"status", "in_repair"},
        {"card", "card7"},
        {"email", "e7"},
        {"barcode", "barcode8"},
        {"isbn", "none"},
    };

    if (strcmp(name, "from") == 0)
        return from;
    if (strcmp(name, "to") == 0)
        return to;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i][0], name) == 0)
            return values[i][1];
    return "true";
}

static struct list_query query_of(const struct served_question *question, const char *from, const char *to)
{
    struct arena *arena = &fixture->arena;
    struct list_parameter *parameters = arena_alloc_array(arena, SERVED_WORDS_MAX, sizeof *parameters);
    struct list_query query = {
        .limit = PAGE_ROWS, .sort = question->sort ? question->sort->name : NULL, .parameters = parameters};
    char *rest = arena_strdup(arena, question->filters);
    char *word;

    while ((word = strsep(&rest, " "))) {
        char *choice = strchr(word, '=');
        if (choice)
            *choice++ = '\0';
        if (strcmp(word, "q") == 0)
            query.search = "w7";
        else if (*word)
            parameters[query.parameter_count++] =
                (struct list_parameter){word, choice ? choice : value_of(word, from, to)};
    }
    return query;
}

static struct seen ask(const struct served_question *question, struct list_query query)
{
    struct seen seen = {.sink = {see_row, see_page}};

    if (list_run(&fixture->ctx, question->listing, &query, &seen.sink) != OK)
        print_error("%s: %s\n", question->filters, fixture->ctx.error.detail);
    db_reset_statements(fixture->ctx.db);
    return seen;
}

/* Asks for a page and counts its steps. */
static struct seen look_at_page(const struct served_question *question, struct list_query query,
                                const char *which, struct served_findings *findings)
{
    bool filtered = question->shape & SHAPE_SEARCH || question->shape >> SHAPE_FILTERS_AT;
    const char *total = list_served_total(question->listing, question->shape)->total;
    bool dated = strstr(question->filters, "from") || strstr(question->filters, "to");
    /* One that is kept, and one by whole days, counts next to nothing. */
    bool counts = total ? !dated && strstr(total, "count(*)") != NULL : filtered || !question->listing->total;
    int64_t page_steps, total_steps;

    take_steps(&page_steps, &total_steps);
    struct seen seen = ask(question, query);
    take_steps(&page_steps, &total_steps);
    int halvings = !!strstr(question->filters, "from") + !!strstr(question->filters, "to");
    int64_t page_max = PAGE_STEPS_MAX + halvings * HALVING_STEPS;
    int64_t total_max = page_max + (counts ? 10 * seen.meta.total : 0);
    if ((page_steps > page_max && !question->entry->skips) || total_steps > total_max) {
        print_error("%s by “%s”, sorted by %s %s, %s page: %lld steps; its total %lld steps\n",
                    question->listing->name, question->filters, question->sort->name, query.order, which,
                    (long long)page_steps, (long long)total_steps);
        findings->wrong++;
    }
    findings->questions += seen.rows > 0;
    return seen;
}

/* Among what ties, and half way through a short list. */
static const char *somewhere(const struct served_question *question, struct list_query query, int64_t total)
{
    query.limit = total / 2 < MIDDLE_ROWS ? total / 2 + 1 : MIDDLE_ROWS;
    return ask(question, query).meta.next_cursor;
}

/* First, last, on either side of the step from the last page back, and in the midst. */
static void look_at_steps(const struct served_question *question, void *argument)
{
    struct served_findings *findings = argument;
    struct list_query query = query_of(question, "2025-08-02T10:07:00Z", "2025-12-03T15:00:00Z");

    for (int descending = 0; question->sort && descending < 2; descending++) {
        query.order = descending ? "desc" : "asc";
        query.cursor = NULL;
        struct page_meta first = look_at_page(question, query, "first", findings).meta;
        query.cursor = somewhere(question, query, first.total);
        if (query.cursor)
            look_at_page(question, query, "some", findings);
        query.cursor = first.last_cursor;
        if (query.cursor)
            query.cursor = look_at_page(question, query, "last", findings).meta.previous_cursor;
        if (query.cursor)
            query.cursor = look_at_page(question, query, "last but one", findings).meta.next_cursor;
        if (query.cursor)
            look_at_page(question, query, "deep", findings);
    }
}

static void test_lists__a_page_takes_as_few_steps_at_the_end_as_at_the_beginning(void **state)
{
    struct served_findings findings = {0};

    (void)state;
    served_each(look_at_steps, &findings);
    assert_true(findings.questions > 500);
    assert_int_equal(findings.wrong, 0);
}

/*
 * Of two indexes that look alike to it the planner takes the one that was made later, and a seeded library makes
 * them in another order than schema.sql. Served entries must not hang on that.
 */
static void test_lists__nothing_hangs_on_the_order_in_which_indexes_were_made(void **state)
{
    struct served_findings findings = {0};
    sqlite3 *handle = fixture->ctx.db->handle;
    sqlite3_stmt *statement = NULL;
    struct text_buf script;

    (void)state;
    text_buf_init(&script, &fixture->arena);
    assert_int_equal(
        sqlite3_prepare_v2(handle,
                           "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
                           " ORDER BY rowid DESC",
                           -1, &statement, NULL),
        SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        text_buf_printf(&script, "DROP INDEX %s; %s;", (const char *)sqlite3_column_text(statement, 0),
                        (const char *)sqlite3_column_text(statement, 1));
    sqlite3_finalize(statement);
    assert_int_equal(db_exec(&fixture->ctx, text_buf_string(&script)), OK);
    served_each(look_at_served, &findings);
    served_each(look_at_steps, &findings);
    assert_int_equal(findings.wrong, 0);
}

/* ---- totals ------------------------------------------------------------------------------------------ */

static void count_rows(const struct served_question *question, void *argument)
{
    static const char *const ranges[][2] = {
        {"2025-08-02", "2025-08-02"},
        {"2025-08-02", "2025-09-01"},
        {"2025-08-02T10:07:00Z", "2025-08-02T15:00:00Z"},
        {"2025-08-02T10:07:00Z", "2025-08-03T15:00:00Z"},
        {"2025-08-02T10:15:00.001Z", "2025-12-03"},
        {"2025-08-02", "2025-08-04T00:00:00Z"},
        {"2025-09-01", "2025-08-02"},
        {"2025-08-02T15:00:00Z", "2025-08-02T10:00:00Z"},
        {"1970-01-01", "2100-01-01"},
        {"2100-01-01", "1970-01-01"},
    };
    static const struct listing *listing;
    static char filters[SERVED_NAME_SIZE];
    struct served_findings *findings = argument;
    bool dated = strstr(question->filters, "from") || strstr(question->filters, "to");

    if (listing == question->listing && strcmp(filters, question->filters) == 0)
        return; /* by another sort */
    listing = question->listing;
    snprintf(filters, sizeof filters, "%s", question->filters);
    for (size_t i = 0; i < (dated ? sizeof ranges / sizeof ranges[0] : 1); i++) {
        struct arena_mark mark = arena_mark(&fixture->arena);
        struct list_query query = query_of(question, ranges[i][0], ranges[i][1]);
        query.limit = RUN_MAX;
        struct seen seen = ask(question, query);
        findings->questions += seen.rows > 0;
        if (seen.meta.total != seen.rows) {
            print_error("%s by “%s” (%s to %s): total %lld, rows %lld\n", question->listing->name,
                        question->filters, ranges[i][0], ranges[i][1], (long long)seen.meta.total,
                        (long long)seen.rows);
            findings->wrong++;
        }
        arena_reset_to(&fixture->arena, mark);
    }
}

static void test_lists__totals_are_exact_wherever_they_come_from(void **state)
{
    struct served_findings findings = {0};

    (void)state;
    served_each(count_rows, &findings);
    print_message("%d lists that are not empty\n", findings.questions);
    assert_true(findings.questions > 80);
    assert_int_equal(findings.wrong, 0);
}

/* ---- the table for people ------------------------------------------------------------------------------ */

#define PAGE_FOR_PEOPLE "docs/lists.md"
#define TABLE_BEGINS "<!-- written by tests/unit/test_lists.c -->\n"

/* Where all of it is listed, rather than a record's part. */
static const char *path_of(const struct listing *listing)
{
    const char *path = NULL;

    for (const struct route *const *table = route_tables; *table; table++)
        for (const struct route *route = *table; route->path; route++)
            if (route->list == listing && (!path || (strchr(path, '{') && !strchr(route->path, '{'))))
                path = route->path;
    return path;
}

/* The common values of a text are for entries of their own: "entity≠borrow". */
static void append_choices_left_out(struct text_buf *text, const struct listing *listing, const char *word,
                                    size_t length)
{
    for (const struct list_filter *filter = listing->filters; filter && filter->name; filter++)
        if (filter->type == FILTER_TEXT && filter->choices && strlen(filter->name) == length &&
            strncmp(filter->name, word, length) == 0)
            for (const char *const *choice = filter->choices; *choice; choice++)
                text_buf_printf(text, "≠%s", *choice);
}

/* "member_id status=borrowed?" in words. `listing` NULL: of sorts. */
static const char *listed(const struct listing *listing, const char *words, const char *none)
{
    struct text_buf text;

    if (!*words)
        return none;
    text_buf_init(&text, &fixture->arena);
    while (*words) {
        size_t length = strcspn(words, " ");
        bool optional = words[length - 1] == '?';
        text_buf_printf(&text, optional ? "%s(%.*s)" : "%s%.*s", text.length ? ", " : "",
                        (int)(length - optional), words);
        if (listing)
            append_choices_left_out(&text, listing, words, length);
        words += length + strspn(words + length, " ");
    }
    return text_buf_string(&text);
}

static const char *total_cell(const struct listing *listing, const struct list_served *entry)
{
    for (const struct list_served *before = listing->served; before && before < entry; before++)
        if (strcmp(before->filters, entry->filters) == 0)
            return "as above";
    if (entry->known)
        return entry->known;
    return !*entry->filters && listing->total ? "counter" : "counted";
}

static const char *remark_cell(const struct list_served *entry)
{
    if (entry->few)
        return arena_printf(&fixture->arena, "few, sorted: %s", entry->few);
    return entry->skips ? arena_printf(&fixture->arena, "passes over %s", entry->skips) : "";
}

static const char *table_for_people(void)
{
    const struct listing *found[SERVED_LISTINGS_MAX];
    size_t count = served_listings(found);
    struct text_buf text;

    text_buf_init(&text, &fixture->arena);
    text_buf_append(&text, "| list | filtered by | sorted by | total | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        for (const struct list_served *entry = list_served_entries(found[i]); entry->filters; entry++)
            text_buf_printf(&text, "| `%s` | %s | %s | %s | %s |\n", path_of(found[i]),
                            listed(found[i], entry->filters, "–"),
                            entry->sorts ? listed(NULL, entry->sorts, "–") : "any",
                            total_cell(found[i], entry), remark_cell(entry));
    return text_buf_string(&text);
}

static void test_lists__the_table_for_people_is_the_table_of_the_program(void **state)
{
    static char page[64 * 1024];
    const char *table = table_for_people();
    FILE *file = fopen(PAGE_FOR_PEOPLE, "r");

    (void)state;
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    char *begin = strstr(page, TABLE_BEGINS);
    assert_non_null(begin);
    begin += strlen(TABLE_BEGINS);
    if (strcmp(begin, table) != 0 && getenv("CARREL_LISTS")) {
        file = fopen(PAGE_FOR_PEOPLE, "w");
        assert_non_null(file);
        fprintf(file, "%.*s%s", (int)(begin - page), page, table);
        assert_int_equal(fclose(file), 0);
    } else if (strcmp(begin, table) != 0) {
        print_error(PAGE_FOR_PEOPLE " is not what the listings say; CARREL_LISTS=1 writes it anew\n");
        assert_string_equal(begin, table);
    }
}

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof many_rows / sizeof many_rows[0]; i++)
        assert_int_equal(db_exec(&fixture->ctx, many_rows[i]), OK);
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    db_reset_statements(fixture->ctx.db);
    return 0;
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_OFF);
    fixture = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists__every_served_pair_seeks_without_sorting),
        cmocka_unit_test_setup(test_lists__a_page_takes_as_few_steps_at_the_end_as_at_the_beginning, fill),
        cmocka_unit_test(test_lists__nothing_hangs_on_the_order_in_which_indexes_were_made),
        cmocka_unit_test(test_lists__totals_are_exact_wherever_they_come_from),
        cmocka_unit_test(test_lists__the_table_for_people_is_the_table_of_the_program),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
