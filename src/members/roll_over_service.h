/*
 * roll_over_service.h — the rules of a roll-over.
 *
 * Each member moves once, from the group in which they are when it begins: the fourth class may become the fifth
 * while the fifth becomes the sixth. Members of a move without `to_group` leave: they go to the archive with
 * `archive_leavers`, else they lose their group. Who has loans or holds or owes something cannot be archived: they
 * stay as they are, and are named with why.
 *
 * A whole school is no short act: it is done in slices, each a transaction of its own. When it breaks off, what was
 * done is kept and can be undone; until then there is no other, which would move some members twice.
 */
#ifndef CARREL_MEMBERS_ROLL_OVER_SERVICE_H
#define CARREL_MEMBERS_ROLL_OVER_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "members/roll_over.h"

/*
 * Finds the members it is about; on any connection. VALIDATION_ERROR: no moves, a group that moves twice or to itself,
 * a last day that is over.
 */
enum error_kind roll_over_plan(struct ctx *ctx, const struct roll_over_facts *facts,
                               struct roll_over_run *out_run) MUST_CHECK;

/* Fills in the counts as doing it would, without a change. */
enum error_kind roll_over_preview(struct ctx *ctx, struct roll_over_run *run) MUST_CHECK;

/*
 * CONFLICT while one is under way or broke off and is not undone.
 * Moves members for about `budget_ms`; *out_more: call it again. At the end audit row and MEMBERS_ROLLED_OVER.
 */
enum error_kind roll_over_step(struct ctx *ctx, struct roll_over_run *run, int64_t budget_ms,
                               bool *out_more) MUST_CHECK;

/*
 * Puts back group, last day and archived members, where they are still as the roll-over left them; the others are
 * left as they are and counted. ROLL_OVER_NOT_FOUND, ALREADY_UNDONE. In slices, as above.
 */
enum error_kind roll_over_undo_step(struct ctx *ctx, struct roll_over_undoing *undoing, int64_t budget_ms,
                                    bool *out_more) MUST_CHECK;

enum error_kind roll_over_find(struct ctx *ctx, const struct uuid *uuid,
                               struct roll_over *out_roll_over) MUST_CHECK;
enum error_kind roll_over_list(struct ctx *ctx, const struct list_query *query,
                               struct row_sink *sink) MUST_CHECK;
enum error_kind roll_over_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
