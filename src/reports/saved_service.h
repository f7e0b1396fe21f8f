/*
 * saved_service.h — a report under a name, and when it goes to whom by e-mail.
 *
 * What is due is *claimed* in one transaction, sent outside of any, and its end written in another. Who claims it has
 * until the next day: when the program ends between the two, nobody knows whether the e-mail has gone, and it is not
 * sent a second time; saved_report.problem says so. What has failed is due again, and tried again in an hour.
 */
#ifndef CARREL_REPORTS_SAVED_SERVICE_H
#define CARREL_REPORTS_SAVED_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reports/reports.h"

/* REPORT_NOT_FOUND "Saved report not found." */
enum error_kind saved_find(struct ctx *ctx, const struct uuid *uuid,
                           struct saved_report *out_saved) MUST_CHECK;

enum error_kind saved_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind saved_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/*
 * VALIDATION_ERROR for a report that there is not, parameters that it does not take, an address that is none, a schedule
 * without anybody to send to; CONFLICT past SAVED_REPORTS_MAX. PRECONDITION_FAILED: another version than `expected`
 * (NO_NUMBER: any). Audited. Writer only.
 */
enum error_kind saved_add(struct ctx *ctx, const struct saved_report_facts *facts,
                          struct saved_report *out_saved) MUST_CHECK;
enum error_kind saved_update(struct ctx *ctx, struct saved_report *saved,
                             const struct saved_report_facts *facts, int64_t expected) MUST_CHECK;
enum error_kind saved_remove(struct ctx *ctx, const struct saved_report *saved, int64_t expected) MUST_CHECK;

/* ---- sending by itself -------------------------------------------------------------------------------- */

/* Claims the first after an id that is due today. Writer only. */
enum error_kind saved_claim(struct ctx *ctx, int64_t after_id, struct saved_report *out_saved,
                            bool *out_found) MUST_CHECK;

/* How sending ended. */
struct saved_end {
    bool sent;
    bool may_have_gone;  /* … or nobody knows: not again today */
    bool for_good;       /* trying again is no use before the next time */
    const char *problem; /* NULL: none */
};

/* Writes down how it ended, whether it was claimed or sent by hand. Writer only. */
enum error_kind saved_ended(struct ctx *ctx, const struct saved_report *saved,
                            const struct saved_end *end) MUST_CHECK;

#endif
