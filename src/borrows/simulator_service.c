/*
 * simulator_service.c — the decision to lend, asked by somebody who only wants to know.
 */
#include "borrows/simulator_service.h"

#include "base/clock.h"
#include "base/limits.h"
#include "policies/policies_service.h"

const struct field simulation_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct simulation_request, member_id), "The member"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct simulation_request, card), "Or the card number"},
    {"member_type", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, AT(struct simulation_request, member_type),
     "Or any member of this type"},
    {"book_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct simulation_request, book_id), "The title"},
    {"barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct simulation_request, barcode),
     "Or this very copy"},
    {"item_type", FIELD_TEXT, OPTIONAL, 1, BOOK_TEXT_MAX, AT(struct simulation_request, item_type),
     "Or any thing of this type"},
    {0},
};

/* One of three ways to say something: the first of none, or of too many, is what is wrong. */
static void check_one_of(struct ctx *ctx, const char *const names[3], const bool given[3])
{
    int count = given[0] + given[1] + given[2];

    if (count == 0)
        error_field(ctx, "query", names[0], "missing", "is required, or %s, or %s", names[1], names[2]);
    for (int i = 1, seen = given[0]; i < 3; seen += given[i++])
        if (given[i] && seen)
            error_field(ctx, "query", names[i], "ambiguous", "cannot be given together with %s",
                        given[0] ? names[0] : names[1]);
}

static enum error_kind check_simulation(struct ctx *ctx, const struct simulation_request *request)
{
    check_one_of(ctx, (const char *const[]){"member_id", "card", "member_type"},
                 (bool[]){uuid_is_given(&request->member_id), request->card, request->member_type});
    check_one_of(ctx, (const char *const[]){"book_id", "barcode", "item_type"},
                 (bool[]){uuid_is_given(&request->book_id), request->barcode, request->item_type});
    return error_check_fields(ctx);
}

static enum error_kind take_types(struct ctx *ctx, const struct simulation_request *request,
                                  struct lending *lending)
{
    if (request->member_type)
        TRY(policies_member_type_id(ctx, request->member_type, &lending->member_type_id));
    if (request->member_type && lending->member_type_id == 0)
        error_field(ctx, "query", "member_type", "unknown", "is no member type: %s", request->member_type);
    if (request->item_type)
        TRY(policies_item_type_id(ctx, request->item_type, &lending->item_type_id));
    if (request->item_type && lending->item_type_id == 0)
        error_field(ctx, "query", "item_type", "unknown", "is no item type: %s", request->item_type);
    lending->of_a_type = request->item_type != NULL;
    return error_check_fields(ctx);
}

enum error_kind borrows_simulate(struct ctx *ctx, const struct simulation_request *request,
                                 struct simulation *out_simulation)
{
    struct simulation simulation = {0};
    struct lending lending = {.at = ctx->now, .all = &simulation.refusals};

    TRY(check_simulation(ctx, request));
    TRY(take_types(ctx, request, &lending));
    if (!request->member_type)
        TRY(decision_take_member(ctx, &lending, &request->member_id, request->card));
    if (!request->item_type)
        TRY(decision_take_thing(ctx, &lending, &request->book_id, request->barcode));
    TRY(decision_take_rules(ctx, &lending));
    TRY(decision_make(ctx, &lending));
    TRY(decision_due_day(ctx, &lending, &simulation.due_day));
    simulation.due_at = clock_day_end(simulation.due_day);
    simulation.rule = lending.rule;
    simulation.rule_name = loan_rule_name(ctx, &lending.rule);
    simulation.total = lending.total;
    simulation.total_name = loan_rule_name(ctx, &lending.total);
    *out_simulation = simulation;
    return OK;
}
