/*
 * audit_service.h — writing and reading the audit log.
 *
 * Who (actor, address, correlation id) and when come from ctx. Every act of a service writes its row in
 * the act's own transaction: lends and returns one compact row each (audit_act), edits what changed
 * (audit_edit), an import or a seed one row per batch.
 *
 * `action` is "noun.verb_in_the_past" ("member.registered"), `entity` the table's name ("book", "member",
 * "borrow", "copy", "loan_rule", "library"), `entity_id` the row's internal id, or NO_NUMBER when the
 * whole library is meant. Both texts are constants of the program.
 */
#ifndef CARREL_AUDIT_AUDIT_SERVICE_H
#define CARREL_AUDIT_AUDIT_SERVICE_H

#include "audit/audit.h"
#include "base/ctx.h"
#include "base/field.h"

enum error_kind audit_act(struct ctx *ctx, const char *action, const char *entity,
                          int64_t entity_id) MUST_CHECK;

/*
 * Who acts, for rows of which there are millions (borrow.lent_by): the number that ctx->actor.name has in `actor`, where a
 * new name gets one. Whose login acts on their own loan (`member_id`) is AUDIT_A_READER: the loan says which, until it
 * forgets. Names stay as they were then, as in the log. Writer only.
 */
enum error_kind audit_actor_id(struct ctx *ctx, int64_t member_id, int64_t *out_id) MUST_CHECK;

/* The same with what was changed, before and after (fields_changes()). NULL changes: as audit_act(). */
enum error_kind audit_edit(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                           const struct field_change *changes) MUST_CHECK;

/*
 * The last row about a record that is gone for good. Its id may be given again: all its rows stay, and name no record any more
 * (audit_forget_record()), or the next one would have them.
 */
enum error_kind audit_removal(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                              const struct field_change *changes) MUST_CHECK;

/*
 * Privacy: what the log says about one record no longer leads to the reader. Rows stay, and so do what was done and
 * when; two things go.
 *
 * audit_forget_requests(): correlation_id of all its rows. One request leaves rows about several records (a return
 * also one about the charge, and a charge has a member; a renewal of all one's loans one about each), and the
 * server's log has its path, in which a member's id may stand.
 *
 * audit_forget_actor(): actor and address of the rows that `actor` left, the actor becoming AUDIT_A_READER: for the
 * names of the reader's own login. What the staff did stays theirs.
 */
enum error_kind audit_forget_requests(struct ctx *ctx, const char *entity, int64_t entity_id) MUST_CHECK;
enum error_kind audit_forget_actor(struct ctx *ctx, const char *entity, int64_t entity_id,
                                   const char *actor) MUST_CHECK;

/*
 * A record is gone for good, and its id may be given again: its rows stay, but belong to no record any more, so that the
 * next one does not have them in its history.
 */
enum error_kind audit_forget_record(struct ctx *ctx, const char *entity, int64_t entity_id) MUST_CHECK;

/* The whole log: filters entity, action, actor, from, to. Rows are those of audit_listing. */
enum error_kind audit_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink) MUST_CHECK;

/* One record's log. A client's own `entity` filter does not count here. */
enum error_kind audit_list_entity(struct ctx *ctx, const char *entity, int64_t entity_id,
                                  const struct list_query *query, struct row_sink *sink) MUST_CHECK;

/*
 * Says what is wrong with the order of the log: ids without gaps, times that never go back. Its lists find a day,
 * and their totals, by both. `report` as in counters_check().
 */
enum error_kind audit_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                            void *argument) MUST_CHECK;

/*
 * After rows were lost with a damaged file: where one stood, “record.lost” stands now, so that the log has no gaps and
 * its times go on. Writer only.
 */
enum error_kind audit_settle(struct ctx *ctx) MUST_CHECK;

#endif
