/*
 * test_statements.c — every statement of the program prepares, and finds its rows through an index.
 *
 * SQL() lists each statement in the linker section carrel_sql; the listings are found through the route
 * tables, their statements built as db/list builds them. What is looked at is SQLite's plan. Plans are chosen
 * by the schema alone: ANALYZE never runs on a library, so a plan on this empty file is the plan on one of
 * four million loans.
 *
 * The program must be linked with all objects of the library (--whole-archive), or it would look at a part
 * only. CARREL_PLANS=1 prints how each filter goes with each sort.
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

#include "base/limits.h"
#include "base/listing.h"
#include "base/log.h"
#include "base/text.h"
#include "db/engine_internal.h"
#include "db/list_internal.h"
#include "routes.h"
#include "support/fixture.h"
#include "support/plans.h"
#include "support/served.h"

#define LISTINGS_MAX 64

extern const struct sql *const __start_carrel_sql[];
extern const struct sql *const __stop_carrel_sql[];

/* Mentioned weakly it is not fetched from the archive: it is there only when everything is. */
extern void app_open(void) __attribute__((weak));

/* ---- SQL() --------------------------------------------------------------------------------------------- */

static bool has_scan(const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        if (starts_with(plan->lines[i], "SCAN ") || strstr(plan->lines[i], "AUTOMATIC") ||
            strstr(plan->lines[i], "USE TEMP B-TREE"))
            return true;
    return false;
}

static const char *complaint(const struct sql *sql, const struct plan *plan)
{
    const char *why = first_that_visits_all(plan);

    if (!why)
        why = large_sort(plan);
    if (sql->scans)
        return has_scan(plan) ? NULL : "SQL_SCANNING() without need: it does not scan";
    return why ? arena_printf(&fixture->arena, "%s; say why with SQL_SCANNING(), or give it an index", why)
               : NULL;
}

static void test_statements__all_prepare_and_use_an_index(void **state)
{
    int count = 0;
    int wrong = 0;

    (void)state;
    if (!app_open)
        print_error("link this program with -Wl,--whole-archive: not all statements are here\n");
    assert_true(app_open != NULL);
    for (const struct sql *const *listed = __start_carrel_sql; listed < __stop_carrel_sql;
         listed++, count++) {
        const struct sql *sql = *listed;
        struct plan plan;
        if (!explain(sql->name, sql->text, &plan)) {
            wrong++;
            continue;
        }
        const char *why = complaint(sql, &plan);
        if (why) {
            print_error("%s: %s\n", sql->name, why);
            print_plan(&plan);
            wrong++;
        }
    }
    print_message("%d statements\n", count);
    assert_int_equal(wrong, 0);
}

/* One author can have most of the titles (“Unknown”), and an import asks this for each of its rows. */
static void test_statements__a_title_is_known_again_by_its_title(void **state)
{
    int found = 0;

    (void)state;
    for (const struct sql *const *listed = __start_carrel_sql; listed < __stop_carrel_sql; listed++) {
        struct plan plan;
        if (strcmp((*listed)->name, "FIND_ALIKE") != 0)
            continue;
        assert_true(explain((*listed)->name, (*listed)->text, &plan));
        found++;
        for (size_t i = 0; i < (size_t)plan.count; i++)
            assert_null(strstr(plan.lines[i], "book_by_author"));
    }
    assert_int_equal(found, 1);
}

/* SQLite prepares the first statement of a text and forgets the rest without a word. */
static void test_statements__hold_one_statement_each(void **state)
{
    (void)state;
    for (const struct sql *const *listed = __start_carrel_sql; listed < __stop_carrel_sql; listed++) {
        sqlite3_stmt *statement = NULL;
        const char *rest = NULL;
        assert_int_equal(sqlite3_prepare_v2(fixture->ctx.db->handle, (*listed)->text, -1, &statement, &rest),
                         SQLITE_OK);
        assert_non_null(statement);
        if (rest[strspn(rest, " ;\n")])
            print_error("%s: only its first statement would run\n", (*listed)->name);
        assert_int_equal(rest[strspn(rest, " ;\n")], '\0');
        sqlite3_finalize(statement);
    }
}

/* ---- listings ------------------------------------------------------------------------------------------ */

static const struct listing *listings[LISTINGS_MAX];
static size_t listing_count;

static void add_listing(const struct listing *listing)
{
    for (size_t i = 0; i < listing_count; i++)
        if (listings[i] == listing)
            return;
    if (!listing)
        return;
    assert_true(listing_count < LISTINGS_MAX);
    listings[listing_count++] = listing;
}

static void collect_listings(void)
{
    for (const struct route *const *table = route_tables; *table; table++) {
        for (const struct route *route = *table; route->path; route++) {
            add_listing(route->list);
            add_listing(route->one);
        }
    }
}

/*
 * What every question to a listing has: nothing, but for one whose served entries all begin with a filter that its
 * service alone sets (“.list”). Nobody can ask for it without one of these; the first stands for them.
 */
static uint64_t always(const struct listing *listing)
{
    const struct list_served *entry = listing->served;
    char name[SERVED_NAME_SIZE];

    for (; entry && entry->filters; entry++)
        if (entry->filters[0] != '.')
            return 0;
    if (!listing->served)
        return 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(listing->served->filters, " "),
             listing->served->filters);
    return served_state(listing, name, NULL);
}

static void test_statements__every_list_is_walked_in_the_order_of_an_index(void **state)
{
    int pages = 0;
    int wrong = 0;

    (void)state;
    for (size_t l = 0; l < listing_count; l++) {
        const struct listing *listing = listings[l];
        for (size_t s = 0; listing->sorts[s].name; s++) {
            for (size_t way = 0; way < 6; way++, pages++) {
                static const unsigned steps[] = {0, SHAPE_TIES, SHAPE_BEYOND};
                uint64_t shape = always(listing) | PAGE | (uint64_t)s << SHAPE_SORT_AT |
                                 (way % 2 ? SHAPE_DESCENDING : 0) | steps[way / 2];
                const char *name = page_name(listing, &listing->sorts[s], shape);
                struct plan plan;
                const char *why = explain(name, list_sql(&fixture->ctx, listing, shape), &plan)
                                      ? page_complaint(listing, &listing->sorts[s], shape, &plan)
                                      : "does not prepare";
                if (why) {
                    print_error("%s: %s\n", name, why);
                    print_plan(&plan);
                    wrong++;
                }
            }
        }
    }
    print_message("%d pages of %d listings\n", pages, (int)listing_count);
    assert_true(listing_count >= 9);
    assert_int_equal(wrong, 0);
}

/* One row by its id, and the row that a cursor names: one look-up each. */
static void test_statements__every_list_finds_one_row_at_once(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t l = 0; l < listing_count; l++) {
        const struct listing *listing = listings[l];
        for (enum purpose purpose = ONE; purpose <= LOCATE; purpose++) {
            struct plan plan;
            if (purpose == LOCATE && !listing->uuid)
                continue;
            if (!explain(listing->name, list_sql(&fixture->ctx, listing, purpose), &plan) ||
                first_that_visits_all(&plan) || large_sort(&plan) ||
                (purpose == LOCATE && sorting_line(&plan, true))) {
                print_error("%s, %s:\n", listing->name, purpose == ONE ? "one row" : "the row of a cursor");
                print_plan(&plan);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

/* meta.total is exact and never a scan of a large table. */
static void test_statements__no_list_counts_a_large_table(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t l = 0; l < listing_count; l++) {
        const struct listing *listing = listings[l];
        struct plan plan;
        if (!explain(listing->name, list_sql(&fixture->ctx, listing, always(listing) | COUNT), &plan)) {
            wrong++;
        } else if (!listing->total && !may_be_counted(listing) && first_that_visits_all(&plan)) {
            print_error("%s: counts its rows one by one; name a counter in .total\n", listing->name);
            print_plan(&plan);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* ---- filters ------------------------------------------------------------------------------------------- */

static unsigned state_count(const struct list_filter *filter)
{
    unsigned states = 0;

    if (filter->type != FILTER_CHOICE)
        return 1;
    while (filter->choices[states])
        states++;
    return states;
}

/* What a page with this filter costs: as many rows as match, as lie before the page in the order, or all. */
static const char *cost(const struct plan *plan)
{
    bool narrowed = false;
    bool walks = false;

    for (int i = 0; i < plan->count; i++) {
        const char *line = plan->lines[i];
        if (!is_loop(line) || !plan->outermost[i] || !is_of_large_table(plan, line))
            continue;
        if (is_narrow(plan, line))
            narrowed = true;
        else
            walks = true;
        break;
    }
    if (sorting_line(plan, true) && !narrowed)
        return "SORTS ALL";
    if (narrowed)
        return sorting_line(plan, true) ? "matches, sorted" : "matches, in order";
    return walks ? "walks the order" : "small";
}

static int look_at_filter(const struct listing *listing, const char *filter, uint64_t shape)
{
    struct plan plan;
    int wrong = 0;
    bool print = getenv("CARREL_PLANS");

    for (size_t s = 0; listing->sorts[s].name; s++) {
        const struct list_sort *sort = &listing->sorts[s];
        uint64_t page = always(listing) | shape | PAGE | (uint64_t)s << SHAPE_SORT_AT |
                        (sort->descending ? SHAPE_DESCENDING : 0);
        assert_true(explain(listing->name, list_sql(&fixture->ctx, listing, page), &plan));
        const char *is = cost(&plan);
        if (print)
            print_message("%-12s %-22s %-18s %s\n", listing->name, filter, sort->name, is);
        if (strcmp(is, "SORTS ALL") == 0) {
            print_error("%s, filter %s, sorted by %s: sorts all rows for one page\n", listing->name, filter,
                        sort->name);
            print_plan(&plan);
            wrong++;
        }
    }
    assert_true(explain(listing->name, list_sql(&fixture->ctx, listing, shape | COUNT), &plan));
    if (print)
        print_message("%-12s %-22s %-18s %s\n", listing->name, filter, "(total)",
                      first_that_visits_all(&plan) ? "COUNTS ALL" : "counts matches");
    return wrong;
}

static void test_statements__no_filter_sorts_a_whole_table(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t l = 0; l < listing_count; l++) {
        const struct listing *listing = listings[l];
        wrong += look_at_filter(listing, "-", 0);
        if (listing->search)
            wrong += look_at_filter(listing, "q", SHAPE_SEARCH);
        for (size_t f = 0; listing->filters && listing->filters[f].name; f++) {
            const struct list_filter *filter = &listing->filters[f];
            assert_true(f < LIST_FILTERS_MAX);
            assert_true(state_count(filter) < 1u << SHAPE_FILTER_BITS);
            for (unsigned n = 1; n <= state_count(filter); n++) {
                const char *name =
                    filter->type == FILTER_CHOICE
                        ? arena_printf(&fixture->arena, "%s=%s", filter->name, filter->choices[n - 1])
                        : filter->name;
                wrong +=
                    look_at_filter(listing, name, (uint64_t)n << (SHAPE_FILTERS_AT + SHAPE_FILTER_BITS * f));
            }
        }
    }
    assert_int_equal(wrong, 0);
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_OFF);
    fixture = fixture_new();
    collect_listings();
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
        cmocka_unit_test(test_statements__all_prepare_and_use_an_index),
        cmocka_unit_test(test_statements__a_title_is_known_again_by_its_title),
        cmocka_unit_test(test_statements__hold_one_statement_each),
        cmocka_unit_test(test_statements__every_list_is_walked_in_the_order_of_an_index),
        cmocka_unit_test(test_statements__every_list_finds_one_row_at_once),
        cmocka_unit_test(test_statements__no_list_counts_a_large_table),
        cmocka_unit_test(test_statements__no_filter_sorts_a_whole_table),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
