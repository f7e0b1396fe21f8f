/*
 * lookup_service.h — which catalogues are asked, and asking them.
 *
 * A question goes through three hands: lookup_begin() reads which targets there are, lookup_run() asks them with no
 * connection in hand, lookup_compare() looks what of it is in this catalogue.
 */
#ifndef CARREL_LOOKUP_LOOKUP_SERVICE_H
#define CARREL_LOOKUP_LOOKUP_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "lookup/lookup.h"
#include "lookup/lookup_ask.h"

/* ---- targets ------------------------------------------------------------------------------------------- */

/* TARGET_NOT_FOUND */
enum error_kind lookup_find_target(struct ctx *ctx, const struct uuid *uuid,
                                   struct lookup_target *out_target) MUST_CHECK;
enum error_kind lookup_list_targets(struct ctx *ctx, const struct list_query *query,
                                    struct row_sink *sink) MUST_CHECK;
enum error_kind lookup_show_target(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/*
 * VALIDATION_ERROR for an address that cannot be read, DUPLICATE_TARGET for a name that another has, CONFLICT when there
 * are LOOKUP_TARGETS_MAX. Who is changed is asked again at once, however often it has failed before.
 */
enum error_kind lookup_add_target(struct ctx *ctx, const struct target_facts *facts,
                                  struct lookup_target *out_target) MUST_CHECK;
enum error_kind lookup_update_target(struct ctx *ctx, const struct lookup_target *before,
                                     const struct target_facts *facts, int64_t expected_version) MUST_CHECK;
enum error_kind lookup_delete_target(struct ctx *ctx, const struct lookup_target *target) MUST_CHECK;

/* ---- asking -------------------------------------------------------------------------------------------- */

struct lookup {
    struct lookup_question question; /* ISBN: as it is stored, thirteen digits */
    struct lookup_target *targets;
    size_t count;
    struct lookup_answer answer;
};

/* VALIDATION_ERROR: nothing is asked for, or an ISBN that is none. Reads the targets that are enabled. */
enum error_kind lookup_begin(struct ctx *ctx, const struct lookup_question *question,
                             struct lookup *out_lookup) MUST_CHECK;

/* The same for one target, enabled or not, with a question that only wants an answer. */
enum error_kind lookup_begin_test(struct ctx *ctx, const struct uuid *target,
                                  struct lookup *out_lookup) MUST_CHECK;

/* lookup_ask(): its errors. */
enum error_kind lookup_run(struct ctx *ctx, struct lookup *lookup) MUST_CHECK;

/* Says of each record whether its ISBN, or the very same title without one, is in this catalogue. */
enum error_kind lookup_compare(struct ctx *ctx, struct lookup *lookup) MUST_CHECK;

#endif
