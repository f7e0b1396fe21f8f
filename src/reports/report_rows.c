/*
 * report_rows.c — rows that grow, names that become numbers.
 */
#include "reports/report_rows.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define ROWS_AT_FIRST 64
#define IDS_AT_FIRST 4096
#define GROUP_SLOTS 32768 /* a power of two, three times REPORT_GROUPS_MAX */
#define MONTHS_PER_YEAR 12

const char *const report_weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday",    NULL};

/* ---- the result ----------------------------------------------------------------------------------------- */

struct report_result *report_result_new(struct ctx *ctx, const struct report *report,
                                        const struct report_view *view, const struct report_query *query)
{
    struct report_result *result = arena_alloc(ctx->arena, sizeof *result);

    *result = (struct report_result){.report = report, .view = view, .query = *query, .made_at = ctx->now};
    while (view->columns[result->column_count].type != COLUMN_END)
        result->column_count++;
    assert(result->column_count <= REPORT_COLUMNS_MAX);
    result->last = -1;
    int64_t cap = query->time_cap_ms ? query->time_cap_ms : REPORT_MS;
    result->deadline_ms = clock_monotonic_ms() + cap;
    return result;
}

bool report_is_summed(const struct report_view *view, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = view->summed; at && (at = strstr(at, name)) != NULL; at += length)
        if ((at == view->summed || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static void add_up(struct report_result *result, const union report_cell *cells)
{
    for (size_t i = 0; i < result->column_count; i++) {
        const struct column *column = &result->view->columns[i];
        if (!report_is_summed(result->view, column->name))
            continue;
        if (column->type == COLUMN_REAL)
            result->totals[i].real += isnan(cells[i].real) ? 0 : cells[i].real;
        else if (cells[i].number != NO_NUMBER)
            result->totals[i].number += cells[i].number;
    }
}

void report_add_row(struct ctx *ctx, struct report_result *result, const union report_cell *cells)
{
    size_t width = result->column_count;

    if (result->row_count == result->cell_rows) {
        size_t room = result->cell_rows ? 2 * result->cell_rows : ROWS_AT_FIRST;
        union report_cell *grown = arena_alloc_array(ctx->arena, room * width, sizeof *grown);
        if (result->row_count)
            memcpy(grown, result->cells, result->row_count * width * sizeof *grown);
        result->cells = grown;
        result->cell_rows = room;
    }
    memcpy(&result->cells[result->row_count * width], cells, width * sizeof *cells);
    result->row_count++;
    add_up(result, cells);
}

/* realloc() moves them: what is given back in the end is what stands in the result then. */
static void free_ids(void *resource)
{
    struct report_result *result = resource;

    free(result->ids);
}

void report_add_id(struct ctx *ctx, struct report_result *result, int64_t id)
{
    if (!result->ids)
        arena_defer(ctx->arena, free_ids, result);
    if (result->row_count == result->id_room) {
        result->id_room = result->id_room ? 2 * result->id_room : IDS_AT_FIRST;
        int64_t *grown = realloc(result->ids, result->id_room * sizeof *grown);
        if (!grown)
            abort(); /* as the arena does */
        result->ids = grown;
    }
    result->ids[result->row_count++] = id;
}

size_t report_column(const struct report_result *result, const char *name)
{
    size_t i = 0;

    while (strcmp(result->view->columns[i].name, name) != 0) {
        i++;
        assert(i < result->column_count);
    }
    return i;
}

void report_set_total(struct report_result *result, const char *name, int64_t number)
{
    result->totals[report_column(result, name)].number = number;
}

bool report_is_by(const struct report_result *result, const char *view)
{
    return result->view->name && strcmp(result->view->name, view) == 0;
}

bool report_is_sorted_by(const struct report_result *result, const char *sort)
{
    return result->query.sort && strcmp(result->query.sort, sort) == 0;
}

enum error_kind report_in_time(struct ctx *ctx, int64_t deadline_ms)
{
    if (clock_monotonic_ms() <= deadline_ms)
        return OK;
    return fail(ctx, LIST_TOO_SLOW,
                "This report takes too long. Ask for fewer days, or again when the desk is quiet.");
}

/* ---- groups --------------------------------------------------------------------------------------------- */

struct report_groups *report_groups_new(struct ctx *ctx)
{
    struct report_groups *groups = arena_alloc(ctx->arena, sizeof *groups);

    groups->names = arena_alloc_array(ctx->arena, REPORT_GROUPS_MAX, sizeof *groups->names);
    groups->slots = arena_alloc_array(ctx->arena, GROUP_SLOTS, sizeof *groups->slots);
    return groups;
}

static size_t hash_of(const unsigned char *name, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ name[i]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

/* A slot holds the group's number and one, so that 0 is an empty one. */
enum error_kind report_group(struct ctx *ctx, struct report_groups *groups, const void *name, size_t length,
                             uint32_t *out_group)
{
    size_t at = hash_of(name, length) % GROUP_SLOTS;

    for (; groups->slots[at]; at = (at + 1) % GROUP_SLOTS) {
        const char *known = groups->names[groups->slots[at] - 1];
        if (strlen(known) == length && (length == 0 || memcmp(known, name, length) == 0)) {
            *out_group = groups->slots[at] - 1;
            return OK;
        }
    }
    if (groups->count == REPORT_GROUPS_MAX)
        return fail(ctx, INVALID_PARAMETER,
                    "There are more than %d of these: as a table that says nothing. Choose another one.",
                    REPORT_GROUPS_MAX);
    groups->names[groups->count] = length ? arena_strndup(ctx->arena, name, length) : "";
    *out_group = (uint32_t)groups->count++;
    groups->slots[at] = *out_group + 1;
    return OK;
}

struct named {
    const char *key;
    uint32_t group;
};

static int compare_names(const void *a, const void *b)
{
    const struct named *one = a;
    const struct named *other = b;

    if ((*one->key == '\0') != (*other->key == '\0'))
        return *one->key == '\0' ? 1 : -1;
    int order = strcmp(one->key, other->key);
    return order ? order : (one->group > other->group) - (one->group < other->group);
}

const uint32_t *report_groups_sorted(struct ctx *ctx, const struct report_groups *groups)
{
    struct named *named = arena_alloc_array(ctx->arena, groups->count + 1, sizeof *named);
    uint32_t *order = arena_alloc_array(ctx->arena, groups->count + 1, sizeof *order);

    for (size_t i = 0; i < groups->count; i++)
        named[i] = (struct named){text_fold(ctx->arena, groups->names[i]), (uint32_t)i};
    qsort(named, groups->count, sizeof *named, compare_names);
    for (size_t i = 0; i < groups->count; i++)
        order[i] = named[i].group;
    return order;
}

struct report_ids report_ids_new(struct ctx *ctx, int64_t largest_id)
{
    struct report_ids ids = {.end = largest_id + 1};

    ids.of = malloc((size_t)ids.end * sizeof *ids.of);
    if (!ids.of)
        abort(); /* as the arena does */
    memset(ids.of, UINT8_MAX, (size_t)ids.end * sizeof *ids.of);
    arena_defer(ctx->arena, free, ids.of);
    return ids;
}

/* ---- days ----------------------------------------------------------------------------------------------- */

int32_t report_day_of(struct report_day_of *at, int64_t instant)
{
    if (instant < at->start || instant > at->end || at->start == at->end) {
        at->day = clock_day_of(instant);
        at->start = clock_day_start(at->day);
        at->end = clock_day_end(at->day);
    }
    return at->day;
}

int64_t report_month_of(int32_t day)
{
    int year;
    int month;
    int day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    return (int64_t)year * MONTHS_PER_YEAR + month - 1;
}

const char *report_month_name(struct ctx *ctx, int64_t month)
{
    return arena_printf(ctx->arena, "%04d-%02d", (int)(month / MONTHS_PER_YEAR),
                        (int)(month % MONTHS_PER_YEAR) + 1);
}

int32_t report_month_first(int64_t month)
{
    int32_t day = 0;

    (void)clock_day_from_civil((int)(month / MONTHS_PER_YEAR), (int)(month % MONTHS_PER_YEAR) + 1, 1, &day);
    return day;
}
