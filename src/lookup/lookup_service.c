/*
 * lookup_service.c — the rules of targets, and what a question has to be.
 */
#include "lookup/lookup_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "books/isbn.h"
#include "lookup/lookup_address.h"
#include "lookup/lookup_repository.h"
#include "net/breaker.h"

/* A book that many catalogues have; whether this one does is no matter. */
#define TEST_ISBN "9780140328721"

const char *const target_kinds[] = {"z3950", "sru", "json", NULL};

/* clang-format off */
#define EDITABLE \
    {"name", FIELD_TEXT, REQUIRED, 1, LOOKUP_NAME_MAX, AT(struct target_facts, name), "What people read"}, \
    {"kind", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct target_facts, kind), "How it is asked: z3950, sru or json", target_kinds}, \
    {"address", FIELD_TEXT, REQUIRED, 1, LOOKUP_ADDRESS_MAX, AT(struct target_facts, address), \
     "host:port/database for z3950, else a URL"}, \
    {"enabled", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct target_facts, enabled), "Is it asked? (true)"}, \
    {"position", FIELD_INTEGER, OPTIONAL, 0, 1000000, AT(struct target_facts, position), \
     "Targets are asked and shown in this order; when it is left out, last"}, \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored: say it in If-Match"}

const struct field target_fields[] = {EDITABLE, {0}};
const struct field target_edit_fields[] = {EDITABLE, {0}};

const struct field lookup_question_fields[] = {
    {"isbn", FIELD_TEXT, OPTIONAL, 1, ISBN_TEXT_MAX, AT(struct lookup_question, isbn), "ISBN, in any form"},
    {"title", FIELD_TEXT, OPTIONAL, 1, LOOKUP_TERM_MAX, AT(struct lookup_question, title), "Words of the title"},
    {"author", FIELD_TEXT, OPTIONAL, 1, LOOKUP_TERM_MAX, AT(struct lookup_question, author), "Words of an author's name"},
    {"any", FIELD_TEXT, OPTIONAL, 1, LOOKUP_TERM_MAX, AT(struct lookup_question, any), "Words anywhere in the record"},
    {0},
};
/* clang-format on */

/* ---- targets ------------------------------------------------------------------------------------------- */

enum error_kind lookup_find_target(struct ctx *ctx, const struct uuid *uuid, struct lookup_target *out_target)
{
    bool found;

    TRY(lookup_repo_find(ctx, uuid, out_target, &found));
    return found ? OK : fail(ctx, TARGET_NOT_FOUND, "This catalogue is not in the list.");
}

enum error_kind lookup_list_targets(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return lookup_repo_list(ctx, query, sink);
}

enum error_kind lookup_show_target(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return lookup_repo_show(ctx, id, sink);
}

/* `id`: of the one that is changed, 0 for a new one. */
static enum error_kind check_facts(struct ctx *ctx, int64_t id, const struct target_facts *facts)
{
    struct lookup_target holder;
    bool taken;

    bool is_good = lookup_address_is_good(ctx->arena, facts->kind, facts->address);
    if (!is_good && lookup_kind(facts->kind) == TARGET_Z3950)
        error_field(ctx, "body", "address", "address", "must be host:port/database");
    else if (!is_good)
        error_field(ctx, "body", "address", "address",
                    "must be a web address that begins with http or https");
    TRY(error_check_fields(ctx));
    TRY(lookup_repo_find_name(ctx, facts->name, &holder, &taken));
    if (taken && holder.id != id)
        return fail(ctx, DUPLICATE_TARGET, "There is a catalogue “%s” in the list already.",
                    holder.facts.name);
    return OK;
}

/* An administrator has a reason to think that it answers now. */
static void forget_failures(struct ctx *ctx, const struct target_facts *facts)
{
    breaker_forget(breakers_shared(), lookup_destination(ctx->arena, facts));
}

enum error_kind lookup_add_target(struct ctx *ctx, const struct target_facts *facts,
                                  struct lookup_target *out_target)
{
    struct lookup_target target = {.facts = *facts};
    struct target_facts none = {.position = NO_NUMBER};
    int64_t count, last;

    TRY(check_facts(ctx, 0, facts));
    TRY(lookup_repo_count(ctx, &count, &last));
    if (count >= LOOKUP_TARGETS_MAX)
        return fail(ctx, CONFLICT, "There are %d catalogues in the list already. Remove one first.",
                    LOOKUP_TARGETS_MAX);
    if (facts->position == NO_NUMBER)
        target.facts.position = last + 1;
    TRY(lookup_repo_insert(ctx, &target));
    TRY(audit_edit(ctx, "lookup_target.added", "lookup_target", target.id,
                   fields_changes(ctx, target_fields, &none, &target.facts)));
    forget_failures(ctx, &target.facts);
    *out_target = target;
    return OK;
}

enum error_kind lookup_update_target(struct ctx *ctx, const struct lookup_target *before,
                                     const struct target_facts *facts, int64_t expected_version)
{
    struct lookup_target after = *before;
    const struct field_change *changes = fields_changes(ctx, target_fields, &before->facts, facts);

    if (expected_version != NO_NUMBER && expected_version != before->version) {
        error_reason_int(ctx, "version", before->version);
        return fail(ctx, PRECONDITION_FAILED,
                    "%s was changed by someone else since you read it. Read it again.", before->facts.name);
    }
    forget_failures(ctx, facts);
    if (!changes)
        return OK;
    after.facts = *facts;
    if (facts->position == NO_NUMBER)
        after.facts.position = before->facts.position;
    TRY(check_facts(ctx, before->id, &after.facts));
    TRY(lookup_repo_update(ctx, &after));
    return audit_edit(ctx, "lookup_target.updated", "lookup_target", before->id, changes);
}

enum error_kind lookup_delete_target(struct ctx *ctx, const struct lookup_target *target)
{
    struct target_facts none = {.position = NO_NUMBER};

    TRY(lookup_repo_delete(ctx, target->id));
    return audit_removal(ctx, "lookup_target.deleted", "lookup_target", target->id,
                         fields_changes(ctx, target_fields, &target->facts, &none));
}

/* ---- asking -------------------------------------------------------------------------------------------- */

static enum error_kind check_question(struct ctx *ctx, struct lookup_question *question)
{
    char isbn[ISBN_TEXT_MAX + 1];

    if (!question->isbn && !question->title && !question->author && !question->any)
        error_field(ctx, "query", "isbn", "missing", "or title, author or any must be given");
    if (question->isbn) {
        if (isbn_normalise(question->isbn, isbn) == ISBN_VALID)
            question->isbn = arena_strdup(ctx->arena, isbn);
        else
            error_field(ctx, "query", "isbn", "isbn", "must be an ISBN whose check digit holds");
    }
    return error_check_fields(ctx);
}

enum error_kind lookup_begin(struct ctx *ctx, const struct lookup_question *question,
                             struct lookup *out_lookup)
{
    struct lookup lookup = {.question = *question};

    TRY(check_question(ctx, &lookup.question));
    lookup.targets = arena_alloc_array(ctx->arena, LOOKUP_TARGETS_MAX, sizeof *lookup.targets);
    TRY(lookup_repo_enabled(ctx, lookup.targets, &lookup.count));
    *out_lookup = lookup;
    return OK;
}

enum error_kind lookup_begin_test(struct ctx *ctx, const struct uuid *target, struct lookup *out_lookup)
{
    struct lookup lookup = {.question = {.isbn = TEST_ISBN}, .count = 1};

    lookup.targets = arena_alloc(ctx->arena, sizeof *lookup.targets);
    TRY(lookup_find_target(ctx, target, lookup.targets));
    forget_failures(ctx, &lookup.targets->facts);
    *out_lookup = lookup;
    return OK;
}

enum error_kind lookup_run(struct ctx *ctx, struct lookup *lookup)
{
    return lookup_ask(ctx, lookup->targets, lookup->count, &lookup->question, &lookup->answer);
}

enum error_kind lookup_compare(struct ctx *ctx, struct lookup *lookup)
{
    for (struct lookup_record *record = lookup->answer.records; record; record = record->next)
        TRY(books_find_same(ctx, &record->facts, &record->present, &record->is_present));
    return OK;
}
