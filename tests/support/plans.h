/*
 * plans.h — what SQLite means to do with a statement (EXPLAIN QUERY PLAN), and what to think of it. For test_statements.c
 * and test_lists.c; their `fixture` is a library without rows, which the planner does not mind.
 */
#ifndef TESTS_SUPPORT_PLANS_H
#define TESTS_SUPPORT_PLANS_H

#include <stdio.h>
#include <string.h>

#include "base/listing.h"
#include "db/engine_internal.h"
#include "db/list_internal.h"
#include "support/fixture.h"

#define PLAN_LINES_MAX 96
#define PLAN_LINE_SIZE 256

/* What grows without a bound. Everything else is a few hundred rows at most. */
static const char *const large_tables[] = {"book",
                                           "copy",
                                           "member",
                                           "borrow",
                                           "audit_log",
                                           "event",
                                           "book_category",
                                           "book_search",
                                           "member_search",
                                           "idempotency_key",
                                           "session",
                                           "refresh_token",
                                           "one_time_code",
                                           "charge",
                                           "payment",
                                           "waiver",
                                           "allocation",
                                           "stocktake_scan",
                                           "stocktake_unseen",
                                           "hold",
                                           "title_watch",
                                           "renewal",
                                           "closure_move",
                                           "cover",
                                           "reading_list",
                                           "reading_list_entry",
                                           "notification",
                                           "notification_preference",
                                           "notification_reader",
                                           "webhook_delivery",
                                           "account",
                                           "review",
                                           "roll_over_change",
                                           "title_merge_move",
                                           "import_made",
                                           "import_changed"};
#define LARGE_COUNT (sizeof large_tables / sizeof large_tables[0])

/* Of these, a list may count its rows for the total, in an index: one for each reader. */
static const char *const counted_tables[] = {"account"};
#define COUNTED_COUNT (sizeof counted_tables / sizeof counted_tables[0])

static struct fixture *fixture;

/* ---- plans --------------------------------------------------------------------------------------------- */

struct plan {
    char lines[PLAN_LINES_MAX][PLAN_LINE_SIZE];
    bool outermost[PLAN_LINES_MAX]; /* a loop of the statement itself, not of a subquery */
    int count;
    const char *sql;
};

/* False, with SQLite's message printed, when the statement does not prepare. */
static inline bool explain(const char *name, const char *sql, struct plan *out)
{
    sqlite3 *handle = fixture->ctx.db->handle;
    char *explained = arena_printf(&fixture->arena, "EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *statement = NULL;

    *out = (struct plan){.sql = sql};
    if (sqlite3_prepare_v2(handle, explained, -1, &statement, NULL) != SQLITE_OK) {
        print_error("%s: %s\n", name, sqlite3_errmsg(handle));
        return false;
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        assert_true(out->count < PLAN_LINES_MAX);
        out->outermost[out->count] = sqlite3_column_int(statement, 1) == 0;
        snprintf(out->lines[out->count++], PLAN_LINE_SIZE, "%s",
                 (const char *)sqlite3_column_text(statement, 3));
    }
    sqlite3_finalize(statement);
    return true;
}

static inline bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static inline const char *next_word(const char *at, const char **out_word, size_t *out_length)
{
    while (*at && !is_word(*at))
        at++;
    *out_word = at;
    while (is_word(*at))
        at++;
    *out_length = (size_t)(at - *out_word);
    return at;
}

static inline bool same(const char *word, size_t length, const char *text)
{
    return strlen(text) == length && strncasecmp(word, text, length) == 0;
}

static inline bool is_large_table(const char *word, size_t length)
{
    for (size_t i = 0; i < LARGE_COUNT; i++)
        if (same(word, length, large_tables[i]))
            return true;
    return false;
}

/* Is `name` a large table, or does the SQL somewhere call one so ("borrow w", "borrow AS w")? */
static inline bool means_large_table(const char *sql, const char *name, size_t name_length)
{
    const char *word;
    size_t length;

    if (is_large_table(name, name_length))
        return true;
    for (const char *at = next_word(sql, &word, &length); length > 0; at = next_word(at, &word, &length)) {
        if (!is_large_table(word, length))
            continue;
        const char *after = at;
        size_t gap = strspn(after, " \n");
        const char *alias;
        size_t alias_length;
        const char *end = next_word(after, &alias, &alias_length);
        if (gap > 0 && alias == after + gap && same(alias, alias_length, "AS"))
            next_word(end, &alias, &alias_length);
        if (gap > 0 && alias_length == name_length && memcmp(alias, name, name_length) == 0)
            return true;
    }
    return false;
}

static inline bool starts_with(const char *line, const char *beginning)
{
    return strncmp(line, beginning, strlen(beginning)) == 0;
}

static inline bool is_loop(const char *line)
{
    return starts_with(line, "SCAN ") || starts_with(line, "SEARCH ");
}

static inline bool is_of_large_table(const struct plan *plan, const char *line)
{
    const char *name;
    size_t length;

    next_word(line + strcspn(line, " "), &name, &length);
    return means_large_table(plan->sql, name, length);
}

static inline bool may_be_counted(const struct listing *listing)
{
    const char *table;
    size_t length;

    next_word(listing->from, &table, &length);
    for (size_t i = 0; i < COUNTED_COUNT; i++)
        if (same(table, length, counted_tables[i]))
            return true;
    return false;
}

/*
 * Every row is visited: a scan, an index that SQLite would have to make first, a full-text table without a
 * term.
 */
static inline bool visits_all(const struct plan *plan, const char *line)
{
    if (!is_loop(line))
        return false;
    if (strstr(line, "USING AUTOMATIC"))
        return true;
    if (!starts_with(line, "SCAN ") || !is_of_large_table(plan, line))
        return false;
    const char *full_text = strstr(line, " VIRTUAL TABLE INDEX ");
    return !full_text || strcmp(full_text, " VIRTUAL TABLE INDEX 0:") == 0;
}

/* Through an index, by the value of its first column at least: a few rows. Or by none, for min() and max(). */
static inline bool is_narrow(const struct plan *plan, const char *line)
{
    return !is_loop(line) || !is_of_large_table(plan, line) ||
           (starts_with(line, "SEARCH ") && (strstr(line, "=?") || !strstr(line, " USING "))) ||
           (strstr(line, " VIRTUAL TABLE INDEX ") && !visits_all(plan, line));
}

static inline const char *first_that_visits_all(const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        if (visits_all(plan, plan->lines[i]))
            return plan->lines[i];
    return NULL;
}

static inline const char *sorting_line(const struct plan *plan, bool outermost)
{
    for (int i = 0; i < plan->count; i++)
        if (strstr(plan->lines[i], "USE TEMP B-TREE") && (plan->outermost[i] || !outermost))
            return plan->lines[i];
    return NULL;
}

/* A sort of what an index has narrowed down is cheap; one of anything else is not. */
static inline const char *large_sort(const struct plan *plan)
{
    const char *sort = sorting_line(plan, false);

    for (int i = 0; sort && i < plan->count; i++)
        if (!is_narrow(plan, plan->lines[i]))
            return sort;
    return NULL;
}

static inline void print_plan(const struct plan *plan)
{
    print_error("    %s\n", plan->sql);
    for (int i = 0; i < plan->count; i++)
        print_error("        %s\n", plan->lines[i]);
}

/* ---- pages --------------------------------------------------------------------------------------------- */

static inline const char *page_name(const struct listing *listing, const struct list_sort *sort,
                                    uint64_t shape)
{
    return arena_printf(&fixture->arena, "%s sorted by %s %s, %s", listing->name, sort->name,
                        shape & SHAPE_DESCENDING ? "desc" : "asc",
                        shape & SHAPE_TIES     ? "next page, among its ties"
                        : shape & SHAPE_BEYOND ? "next page"
                                               : "first page");
}

/* The loop that leads walks the sort's own index (or the rows by id); all others are look-ups. */
static inline const char *page_complaint(const struct listing *listing, const struct list_sort *sort,
                                         uint64_t shape, const struct plan *plan)
{
    const char *leader = NULL;
    size_t alias = strcspn(listing->id, ".");

    if (sorting_line(plan, true))
        return "sorts all rows for one page";
    for (int i = 0; i < plan->count; i++) {
        const char *line = plan->lines[i];
        if (!is_loop(line))
            continue;
        if (!leader && plan->outermost[i]) {
            leader = line;
            continue;
        }
        if (!is_narrow(plan, line) || visits_all(plan, line))
            return arena_printf(&fixture->arena, "visits many rows for each of the page: %s", line);
    }
    const char *name = leader ? strchr(leader, ' ') + 1 : "";
    if (strncmp(name, listing->id, alias) != 0 || is_word(name[alias]))
        return "is led by another table";
    if (shape & SHAPE_BEYOND && !starts_with(leader, "SEARCH "))
        return "does not seek to its place";
    const char *own_id = arena_printf(&fixture->arena, "=? AND %s", listing->id + alias + 1);
    bool places = strstr(leader, own_id) || strstr(leader, "=? AND rowid"); /* goes on at an id */
    bool unique = strstr(leader, " INDEX sqlite_autoindex_");               /* of a UNIQUE column: no ties */
    if (shape & SHAPE_TIES && !places && !unique && strcmp(sort->sql, listing->id) != 0)
        return "walks through all that tie";
    if (!strstr(leader, " INDEX ") && strcmp(sort->sql, listing->id) != 0)
        return "walks no index";
    return NULL;
}

#endif
