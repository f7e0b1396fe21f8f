/*
 * roll_over_service.c — who moves, who leaves, who cannot, and the way back.
 */
#include "members/roll_over_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "events/events_service.h"
#include "members/members_repository.h"
#include "members/members_service.h"
#include "members/roll_over_repository.h"

/* clang-format off */
static const struct field move_fields[] = {
    {"from_group", FIELD_TEXT, REQUIRED, 1, MEMBER_TEXT_MAX, AT(struct roll_over_move, from_group), "The group as it is"},
    {"to_group", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, AT(struct roll_over_move, to_group),
     "What it becomes; null: its members leave"},
    {0},
};

const struct field roll_over_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, MEMBER_TEXT_MAX, AT(struct roll_over_facts, name), "“Summer 2027”"},
    {"moves", FIELD_OBJECTS, REQUIRED, 0, 0, AT(struct roll_over_facts, moves), "Which group becomes which",
     .most = ROLL_OVER_MOVES_MAX, .fields = move_fields, .size = sizeof(struct roll_over_move)},
    {"expires_on", FIELD_DAY, OPTIONAL, 0, 0, AT(struct roll_over_facts, expires_on),
     "New last day of the memberships of those who stay; left out: as it is"},
    {"archive_leavers", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct roll_over_facts, archive_leavers),
     "true: leavers go to the archive; else they only lose their group"},
    {0},
};
/* clang-format on */

static const struct roll_over_move *move_at(const struct roll_over_facts *facts, size_t index)
{
    return (const struct roll_over_move *)facts->moves.items + index;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- planning ------------------------------------------------------------------------------------------- */

static void check_move(struct ctx *ctx, const struct roll_over_facts *facts, size_t index)
{
    const struct roll_over_move *move = move_at(facts, index);

    if (same_text(move->from_group, move->to_group))
        error_field(ctx, "body", "moves", "same", "%s must become another group", move->from_group);
    for (size_t i = 0; i < index; i++)
        if (same_text(move_at(facts, i)->from_group, move->from_group))
            error_field(ctx, "body", "moves", "twice", "%s must not be named twice", move->from_group);
}

static enum error_kind check_facts(struct ctx *ctx, const struct roll_over_facts *facts)
{
    if (facts->moves.count == 0)
        error_field(ctx, "body", "moves", "missing", "must name at least one group");
    for (size_t i = 0; i < facts->moves.count; i++)
        check_move(ctx, facts, i);
    if (facts->expires_on != NO_NUMBER && facts->expires_on < clock_day_of(ctx->now))
        error_field(ctx, "body", "expires_on", "too_small", "must not be in the past");
    return error_check_fields(ctx);
}

enum error_kind roll_over_plan(struct ctx *ctx, const struct roll_over_facts *facts,
                               struct roll_over_run *out_run)
{
    size_t moves = facts->moves.count, members = 0;

    TRY(check_facts(ctx, facts));
    *out_run = (struct roll_over_run){.facts = *facts};
    out_run->counts = arena_alloc_array(ctx->arena, moves, sizeof *out_run->counts);
    out_run->move_ends = arena_alloc_array(ctx->arena, moves, sizeof *out_run->move_ends);
    for (size_t i = 0; i < moves; i++) {
        TRY(members_repo_count_group(ctx, move_at(facts, i)->from_group, &out_run->counts[i].members));
        members += (size_t)out_run->counts[i].members;
    }
    out_run->member_ids = arena_alloc_array(ctx->arena, members, sizeof *out_run->member_ids);
    for (size_t i = 0; i < moves; i++) {
        size_t count;
        TRY(roll_over_repo_members(ctx, move_at(facts, i)->from_group,
                                   out_run->member_ids + out_run->member_count,
                                   (size_t)out_run->counts[i].members, &count));
        out_run->move_ends[i] = out_run->member_count += count;
    }
    return OK;
}

/* ---- one member ----------------------------------------------------------------------------------------- */

/* Says in the run why a leaver cannot go; the refusal itself is forgotten. */
static void keep(struct ctx *ctx, struct roll_over_run *run, const struct member *member)
{
    struct kept_leaver *kept;

    run->counts[run->move].kept++;
    if (run->kept_named < ROLL_OVER_KEPT_MAX) {
        kept = arena_alloc(ctx->arena, sizeof *kept);
        *kept = (struct kept_leaver){.uuid = member->uuid,
                                     .name = member->facts.name,
                                     .card = member->facts.card,
                                     .group = member->facts.group,
                                     .code = ctx->error.code,
                                     .detail = ctx->error.detail};
        *(run->last_kept ? run->last_kept : &run->kept) = kept;
        run->last_kept = &kept->next;
        run->kept_named++;
    }
    error_clear(ctx);
}

enum turn { TURN_MOVES, TURN_LEAVES, TURN_IS_ARCHIVED, TURN_IS_KEPT };

static enum turn turn_of(struct ctx *ctx, const struct roll_over_run *run, const struct member *member)
{
    if (move_at(&run->facts, run->move)->to_group)
        return TURN_MOVES;
    if (!run->facts.archive_leavers)
        return TURN_LEAVES;
    return members_check_may_leave(ctx, member) == OK ? TURN_IS_ARCHIVED : TURN_IS_KEPT;
}

static enum error_kind apply(struct ctx *ctx, const struct roll_over_run *run, const struct member *member,
                             enum turn turn)
{
    struct roll_over_change change = {.member_id = member->id,
                                      .group_before = member->facts.group,
                                      .group_after = member->facts.group,
                                      .expires_before = member->facts.expires_on,
                                      .expires_after = member->facts.expires_on,
                                      .archived = turn == TURN_IS_ARCHIVED};

    if (turn == TURN_IS_ARCHIVED) {
        TRY(members_archive(ctx, member, NO_NUMBER));
        return roll_over_repo_note(ctx, run->roll_over.id, &change);
    }
    change.group_after = move_at(&run->facts, run->move)->to_group;
    if (turn == TURN_MOVES && run->facts.expires_on != NO_NUMBER)
        change.expires_after = run->facts.expires_on;
    TRY(roll_over_repo_move(ctx, member->id, change.group_after, change.expires_after));
    return roll_over_repo_note(ctx, run->roll_over.id, &change);
}

/* The next member of the run; *out_kept: something of it lives in the arena. */
static enum error_kind turn_next(struct ctx *ctx, struct roll_over_run *run, bool writes, bool *out_kept)
{
    struct member member;

    *out_kept = false;
    while (run->next >= run->move_ends[run->move])
        run->move++;
    TRY(members_find_by_id(ctx, run->member_ids[run->next++], &member));
    /* It may have been changed between two slices. */
    if (member.deleted_at != NO_NUMBER ||
        !same_text(member.facts.group, move_at(&run->facts, run->move)->from_group))
        return OK;
    enum turn turn = turn_of(ctx, run, &member);
    *out_kept = turn == TURN_IS_KEPT;
    if (*out_kept) {
        keep(ctx, run, &member);
        return OK;
    }
    struct move_count *count = &run->counts[run->move];
    *(turn == TURN_IS_ARCHIVED ? &count->archived : &count->moved) += 1;
    return writes ? apply(ctx, run, &member, turn) : OK;
}

enum error_kind roll_over_preview(struct ctx *ctx, struct roll_over_run *run)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    bool kept;

    while (run->next < run->member_count) {
        TRY(turn_next(ctx, run, false, &kept));
        if (kept)
            mark = arena_mark(ctx->arena);
        else
            arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

/* ---- doing it ------------------------------------------------------------------------------------------- */

static enum error_kind begin(struct ctx *ctx, struct roll_over_run *run)
{
    struct roll_over unfinished;
    bool found;

    /* Half of it has moved: doing it again would move that half twice. */
    TRY(roll_over_repo_find_unfinished(ctx, &unfinished, &found));
    if (found)
        return fail(ctx, CONFLICT, "The roll-over “%s” is under way or broke off. Undo it first.",
                    unfinished.name);
    run->begun = true;
    run->roll_over =
        (struct roll_over){.uuid = uuid_new(ctx->now), .name = run->facts.name, .undone_at = NO_NUMBER};
    return roll_over_repo_insert(ctx, &run->roll_over);
}

/* Between two slices somebody may have undone it. */
static enum error_kind check_stands(struct ctx *ctx, const struct roll_over_run *run)
{
    struct roll_over now;

    TRY(roll_over_find(ctx, &run->roll_over.uuid, &now));
    return now.undone_at == NO_NUMBER
               ? OK
               : fail(ctx, ALREADY_UNDONE, "The roll-over “%s” was undone before its end.", now.name);
}

static int64_t changed_by(const struct roll_over_run *run)
{
    int64_t changed = 0;

    for (size_t i = 0; i < run->facts.moves.count; i++)
        changed += run->counts[i].moved + run->counts[i].archived;
    return changed;
}

static enum error_kind tell(struct ctx *ctx, const char *action, int64_t id, struct field_change *changes,
                            int64_t members)
{
    const char *count = arena_printf(ctx->arena, "%" PRId64, members);

    TRY(audit_edit(ctx, action, "roll_over", id, changes));
    return events_record(ctx, &(struct event_fact){.type = EVENT_MEMBERS_ROLLED_OVER, .detail = count});
}

static enum error_kind end_run(struct ctx *ctx, const struct roll_over_run *run)
{
    int64_t changed = changed_by(run);
    struct field_change change = {"members", NULL, arena_printf(ctx->arena, "%" PRId64, changed), NULL};

    TRY(roll_over_repo_set_finished(ctx, run->roll_over.id));
    return tell(ctx, "roll_over.done", run->roll_over.id, &change, changed);
}

enum error_kind roll_over_step(struct ctx *ctx, struct roll_over_run *run, int64_t budget_ms, bool *out_more)
{
    int64_t until = clock_monotonic_ms() + budget_ms;

    TRY(run->begun ? check_stands(ctx, run) : begin(ctx, run));
    struct arena_mark mark = arena_mark(ctx->arena);
    *out_more = false;
    for (int64_t looked = 1; run->next < run->member_count; looked++) {
        bool kept;
        TRY(turn_next(ctx, run, true, &kept));
        if (kept)
            mark = arena_mark(ctx->arena);
        else
            arena_reset_to(ctx->arena, mark);
        *out_more =
            looked % ROLL_OVER_AT_ONCE == 0 && run->next < run->member_count && clock_monotonic_ms() >= until;
        if (*out_more)
            break;
    }
    /* With each slice, so that one that breaks off says what it has done. */
    TRY(roll_over_repo_count(ctx, run->roll_over.id, changed_by(run)));
    return *out_more ? OK : end_run(ctx, run);
}

/* ---- undoing -------------------------------------------------------------------------------------------- */

enum error_kind roll_over_find(struct ctx *ctx, const struct uuid *uuid, struct roll_over *out_roll_over)
{
    bool found;

    TRY(roll_over_repo_find(ctx, uuid, out_roll_over, &found));
    return found ? OK : fail(ctx, ROLL_OVER_NOT_FOUND, "Roll-over not found.");
}

static bool stands_as(const struct member *member, const char *group, int64_t expires_on, bool archived)
{
    return same_text(member->facts.group, group) && member->facts.expires_on == expires_on &&
           (member->deleted_at != NO_NUMBER) == archived;
}

/* An undoing that broke off is done again: who is back already counts as put back. */
static enum error_kind put_back(struct ctx *ctx, struct roll_over_undoing *undoing,
                                const struct roll_over_change *change)
{
    struct member member;

    TRY(members_find_by_id(ctx, change->member_id, &member));
    bool is_back = stands_as(&member, change->group_before, change->expires_before, false);
    if (!is_back && !stands_as(&member, change->group_after, change->expires_after, change->archived)) {
        undoing->left++;
        return OK;
    }
    undoing->put_back++;
    if (is_back)
        return OK;
    return change->archived
               ? members_restore(ctx, &member)
               : roll_over_repo_move(ctx, member.id, change->group_before, change->expires_before);
}

static enum error_kind end_undoing(struct ctx *ctx, const struct roll_over_undoing *undoing)
{
    struct field_change left = {"left", NULL, arena_printf(ctx->arena, "%" PRId64, undoing->left), NULL};
    struct field_change back = {"put_back", NULL, arena_printf(ctx->arena, "%" PRId64, undoing->put_back),
                                &left};

    TRY(roll_over_repo_set_undone(ctx, undoing->roll_over_id));
    return tell(ctx, "roll_over.undone", undoing->roll_over_id, &back, undoing->put_back);
}

enum error_kind roll_over_undo_step(struct ctx *ctx, struct roll_over_undoing *undoing, int64_t budget_ms,
                                    bool *out_more)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    struct roll_over roll_over;

    TRY(roll_over_find(ctx, &undoing->uuid, &roll_over));
    if (roll_over.undone_at != NO_NUMBER)
        return fail(ctx, ALREADY_UNDONE, "The roll-over “%s” is undone already.", roll_over.name);
    undoing->roll_over_id = roll_over.id;
    struct arena_mark mark = arena_mark(ctx->arena);
    for (int64_t looked = 1;; looked++) {
        struct roll_over_change change;
        bool found;
        TRY(roll_over_repo_next(ctx, roll_over.id, undoing->after, &change, &found));
        *out_more = found && looked % ROLL_OVER_AT_ONCE == 0 && clock_monotonic_ms() >= until;
        if (!found || *out_more)
            break;
        TRY(put_back(ctx, undoing, &change));
        undoing->after = change.member_id;
        arena_reset_to(ctx->arena, mark);
    }
    return *out_more ? OK : end_undoing(ctx, undoing);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

enum error_kind roll_over_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return roll_over_repo_list(ctx, query, sink);
}

enum error_kind roll_over_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return roll_over_repo_show(ctx, id, sink);
}
