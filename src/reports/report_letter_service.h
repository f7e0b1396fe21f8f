/*
 * report_letter_service.h — a saved report as an e-mail: its first rows to read, all of them attached as CSV.
 */
#ifndef CARREL_REPORTS_REPORT_LETTER_SERVICE_H
#define CARREL_REPORTS_REPORT_LETTER_SERVICE_H

#include "base/ctx.h"
#include "notifications/mail_service.h"
#include "reports/reports.h"
#include "reports/saved_service.h"

/* What is about to be sent; the arena's, its CSV malloc's until that is reset. */
struct report_letter {
    struct saved_report saved;
    struct mail_account account;
    struct mail mail;
    struct mail_part csv;
};

/*
 * Makes the report and puts the letter together: with a connection. CHANNEL_IS_OFF; NO_ADDRESS when it has no
 * recipients; and whatever reports_make() says.
 */
enum error_kind report_letter_make(struct ctx *ctx, const struct saved_report *saved,
                                   struct report_letter *out_letter) MUST_CHECK;

/* Sends it: without a connection. Errors of mail_send(); *out_end says in any case what to write down. */
enum error_kind report_letter_send(struct ctx *ctx, const struct report_letter *letter,
                                   struct saved_end *out_end) MUST_CHECK;

/* What to write down when it could not even be prepared. */
struct saved_end report_letter_not_made(struct ctx *ctx);

#endif
