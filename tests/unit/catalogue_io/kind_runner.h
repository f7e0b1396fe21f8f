/*
 * kind_runner.h — one row of a file through a kind, as the import does it: read, looked at, written; and what the trail
 * was told.
 */
#ifndef CARREL_TESTS_KIND_RUNNER_H
#define CARREL_TESTS_KIND_RUNNER_H

#include <stdio.h>
#include <string.h>

#include "catalogue_io/import_kind.h"
#include "catalogue_io/import_undo_service.h"
#include "counters/counters_check_service.h"
#include "support/fixture.h"

struct import_trail {
    int made, changed;
    const char *entity;
    int64_t last_id;
    char changes[512]; /* "field before>after;" */
};

void import_made(struct import_trail *trail, const char *entity, int64_t id)
{
    trail->made++;
    trail->entity = entity;
    trail->last_id = id;
}

void import_changed(struct import_trail *trail, const char *entity, int64_t id, const char *field,
                    const char *before, const char *after)
{
    size_t used = strlen(trail->changes);

    trail->changed++;
    trail->entity = entity;
    trail->last_id = id;
    snprintf(trail->changes + used, sizeof trail->changes - used, "%s %s>%s;", field, before ? before : "-",
             after ? after : "-");
}

static struct fixture *fixture;
static struct ctx *ctx;
static struct import_columns columns;
static struct import_trail trail;
static struct import_record record;

#define CELLS(...) \
    ((const char *const[]){__VA_ARGS__}), sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

static inline void set_headers(const struct import_kind *kind, const char *const *headers, size_t count)
{
    import_columns_match(ctx->arena, kind->fields, headers, count, &columns);
}

static inline const struct import_record *read_row(const struct import_kind *kind, const char *const *cells,
                                                   size_t count)
{
    const struct csv_row row = {2, cells, count};

    record = (struct import_record){.row = 2};
    kind->read(ctx, &columns, &row, &record);
    return &record;
}

static inline const struct import_record *look_at(const struct import_kind *kind, const char *const *cells,
                                                  size_t count)
{
    read_row(kind, cells, count);
    assert_int_equal(kind->look(ctx, &record), OK);
    return &record;
}

/* As the import does it: what has a match, by choice. */
static inline enum error_kind write_row(const struct import_kind *kind, enum import_choice choice,
                                        const char *const *cells, size_t count)
{
    int64_t copies;

    look_at(kind, cells, count);
    assert_int_not_equal(record.outcome, IMPORT_REFUSED);
    trail = (struct import_trail){0};
    error_clear(ctx);
    return kind->write(ctx, &record, choice, &trail, &copies);
}

/* As a step of undoing does it, after a look that must have foreseen it. */
static inline enum import_undo_outcome undo(const char *entity, int64_t id, bool edits_too,
                                            const char **out_why)
{
    struct import_undone looked, undone;

    assert_int_equal(import_undo_record(ctx, 0, entity, id, edits_too, true, &looked), OK);
    assert_int_equal(import_undo_record(ctx, 0, entity, id, edits_too, false, &undone), OK);
    assert_int_equal(looked.outcome, undone.outcome);
    *out_why = undone.why;
    return undone.outcome;
}

static inline void say_finding(void *argument, const char *finding)
{
    (void)argument;
    print_error("%s\n", finding);
    (*(int *)argument)++;
}

/* The numbers that are kept equal those that are counted. */
static inline void assert_counters_right(void)
{
    int findings = 0;
    bool keys_hold = false;

    fixture_commit(fixture);
    assert_int_equal(counters_check(ctx, NULL, say_finding, &findings, &keys_hold), OK);
    assert_int_equal(findings, 0);
    assert_true(keys_hold);
}

static inline void assert_reason(enum import_reason_code code, const char *says)
{
    assert_non_null(record.reasons);
    if (!strstr(record.reasons->text, says))
        print_error("%s\n", record.reasons->text);
    assert_non_null(strstr(record.reasons->text, says));
    assert_string_equal(import_reason_name(record.reasons->code), import_reason_name(code));
}

static inline int set_up(void **state)
{
    (void)state;
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#endif
