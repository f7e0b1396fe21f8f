/*
 * roll_over_router.c — the school year's turn: looked at, done, undone.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "members/roll_over_service.h"

/* ---- the report ----------------------------------------------------------------------------------------- */

static void write_counts(struct json_writer *json, const struct move_count *count)
{
    json_member_int(json, "members", count->members);
    json_member_int(json, "moved", count->moved);
    json_member_int(json, "archived", count->archived);
    json_member_int(json, "kept", count->kept);
}

static void write_moves(struct json_writer *json, const struct roll_over_run *run)
{
    const struct roll_over_move *moves = run->facts.moves.items;

    json_key(json, "moves");
    json_array_begin(json);
    for (size_t i = 0; i < run->facts.moves.count; i++) {
        json_object_begin(json);
        json_member_text(json, "from_group", moves[i].from_group);
        json_member_text(json, "to_group", moves[i].to_group);
        write_counts(json, &run->counts[i]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_kept(struct json_writer *json, const struct roll_over_run *run)
{
    json_key(json, "cannot_leave");
    json_array_begin(json);
    for (const struct kept_leaver *kept = run->kept; kept; kept = kept->next) {
        json_object_begin(json);
        json_key(json, "member");
        json_object_begin(json);
        json_member_uuid(json, "id", &kept->uuid);
        json_member_text(json, "name", kept->name);
        json_member_text(json, "card", kept->card);
        json_member_text(json, "group", kept->group);
        json_object_end(json);
        json_member_text(json, "error_code", error_code_name(kept->code));
        json_member_text(json, "detail", kept->detail);
        json_object_end(json);
    }
    json_array_end(json);
}

/* `id` 0: nothing was done. */
static enum error_kind write_run(struct request *req, struct response *res, const struct roll_over_run *run,
                                 int64_t id)
{
    struct json_writer *json = response_json(res);
    struct move_count sum = {0};

    for (size_t i = 0; i < run->facts.moves.count; i++) {
        sum.members += run->counts[i].members;
        sum.moved += run->counts[i].moved;
        sum.archived += run->counts[i].archived;
        sum.kept += run->counts[i].kept;
    }
    json_object_begin(json);
    json_key(json, "roll_over");
    if (id)
        TRY(roll_over_show(req->ctx, id, response_row(res)));
    else
        json_null(json);
    write_counts(json, &sum);
    write_moves(json, run);
    write_kept(json, run);
    json_member_int(json, "cannot_leave_omitted", sum.kept - run->kept_named);
    json_object_end(json);
    return OK;
}

/* ---- handlers ------------------------------------------------------------------------------------------- */

static enum error_kind plan_roll_over(struct request *req, struct response *res)
{
    struct roll_over_facts facts = {.expires_on = NO_NUMBER};
    struct roll_over_run *run = arena_alloc(req->ctx->arena, sizeof *run);

    (void)res;
    request_body(req, &facts);
    req->state = run;
    return roll_over_plan(req->ctx, &facts, run);
}

static enum error_kind preview(struct request *req, struct response *res)
{
    TRY(plan_roll_over(req, res));
    TRY(roll_over_preview(req->ctx, req->state));
    return write_run(req, res, req->state, 0);
}

static enum error_kind roll_over(struct request *req, struct response *res)
{
    struct roll_over_run *run = req->state;

    TRY(roll_over_step(req->ctx, run, WRITER_BULK_SLICE_MS, &res->more));
    return res->more ? OK : write_run(req, res, run, run->roll_over.id);
}

static enum error_kind plan_undo(struct request *req, struct response *res)
{
    struct roll_over_undoing *undoing = arena_alloc(req->ctx->arena, sizeof *undoing);

    (void)res;
    req->state = undoing;
    return request_uuid(req, "id", &undoing->uuid);
}

static enum error_kind undo(struct request *req, struct response *res)
{
    struct roll_over_undoing *undoing = req->state;

    TRY(roll_over_undo_step(req->ctx, undoing, WRITER_BULK_SLICE_MS, &res->more));
    if (res->more)
        return OK;
    struct json_writer *json = response_json(res);
    json_object_begin(json);
    json_key(json, "roll_over");
    TRY(roll_over_show(req->ctx, undoing->roll_over_id, response_row(res)));
    json_member_int(json, "put_back", undoing->put_back);
    json_member_int(json, "left", undoing->left);
    json_object_end(json);
    return OK;
}

static enum error_kind list_roll_overs(struct request *req, struct response *res)
{
    return roll_over_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_roll_over(struct request *req, struct response *res)
{
    struct roll_over found;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(roll_over_find(req->ctx, &uuid, &found));
    return roll_over_show(req->ctx, found.id, response_row(res));
}

/* ---- shapes and routes ---------------------------------------------------------------------------------- */

/* clang-format off */
#define COUNTS_SHAPE \
    {"members", COLUMN_INTEGER, .meaning = "Members it is about"}, \
    {"moved", COLUMN_INTEGER, .meaning = "To another group, or out of their own"}, \
    {"archived", COLUMN_INTEGER, .meaning = "Leavers who go to the archive"}, \
    {"kept", COLUMN_INTEGER, .meaning = "Leavers who cannot be archived and stay as they are"}

static const struct reply_field move_shape[] = {
    {"from_group", COLUMN_TEXT, .meaning = "The group as it was"},
    {"to_group", COLUMN_TEXT, true, "What it becomes; null: its members leave"},
    COUNTS_SHAPE,
    {0},
};

static const struct reply_field leaver_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The member"},
    {"name", COLUMN_TEXT, .meaning = "Name"},
    {"card", COLUMN_TEXT, .meaning = "Card number"},
    {"group", COLUMN_TEXT, true, "Group"},
    {0},
};

static const struct reply_field kept_shape[] = {
    {"member", .fields = leaver_shape, .meaning = "Who"},
    {"error_code", COLUMN_TEXT, .meaning = "HAS_ACTIVE_BORROWS, HAS_HOLDS or HAS_BALANCE"},
    {"detail", COLUMN_TEXT, .meaning = "Why, for people"},
    {0},
};

static const struct reply_field run_shape[] = {
    {"roll_over", .nullable = true, .row = &roll_overs_listing, .meaning = "What was done; null: a preview"},
    COUNTS_SHAPE,
    {"moves", .fields = move_shape, .many = true, .meaning = "Group by group"},
    {"cannot_leave", .fields = kept_shape, .many = true, .meaning = "Leavers who cannot be archived, and why"},
    {"cannot_leave_omitted", COLUMN_INTEGER, .meaning = "How many more of them there are"},
    {0},
};

static const struct reply_field undo_shape[] = {
    {"roll_over", .row = &roll_overs_listing, .meaning = "What was undone"},
    {"put_back", COLUMN_INTEGER, .meaning = "Members who are as they were before"},
    {"left", COLUMN_INTEGER, .meaning = "Members whom somebody has changed since: they stay as they are"},
    {0},
};

static const struct reply run_reply = {"RollOverReport", run_shape};
static const struct reply undo_reply = {"RollOverUndo", undo_shape};

const struct route roll_over_routes[] = {
    {POST, "/roll-overs/preview", ADMIN, READS, LIMIT_WRITE, preview, "What a roll-over would do; nothing is written",
     .body = roll_over_fields, .reply = &run_reply,
     .errors = ERRORS(ERR_CONFLICT)},
    {POST, "/roll-overs", ADMIN, BULK, LIMIT_WRITE, roll_over, "Move groups of members up, let the last ones leave",
     .body = roll_over_fields, .prepare = plan_roll_over, .reply = &run_reply, .status = 201,
     .errors = ERRORS(ERR_CONFLICT)},
    {GET, "/roll-overs", ADMIN, READS, LIMIT_SEARCH, list_roll_overs, "List roll-overs, newest first",
     .list = &roll_overs_listing},
    {GET, "/roll-overs/{id}", ADMIN, READS, LIMIT_READ, show_roll_over, "Show a roll-over",
     .one = &roll_overs_listing,
     .errors = ERRORS(ERR_ROLL_OVER_NOT_FOUND)},
    {POST, "/roll-overs/{id}/undo", ADMIN, BULK, LIMIT_WRITE, undo,
     "Undo a roll-over, where nobody has changed its members since", .prepare = plan_undo, .reply = &undo_reply,
     .errors = ERRORS(ERR_ROLL_OVER_NOT_FOUND, ERR_CONFLICT, ERR_ALREADY_UNDONE)},
    {0},
};
/* clang-format on */
