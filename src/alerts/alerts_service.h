/*
 * alerts_service.h — finding what is not well, telling who is to know, and when it is over.
 *
 * The job (jobs/alerts_job.c) goes: look, with a connection of its own; decide, in memory; note, on the writer; tell, with
 * nothing in hand; note that it was told, on the writer.
 */
#ifndef CARREL_ALERTS_ALERTS_SERVICE_H
#define CARREL_ALERTS_ALERTS_SERVICE_H

#include "alerts/alerts.h"
#include "base/ctx.h"
#include "notifications/mail.h"

/* Who is told, and how. */
struct alert_hearers {
    const char *library;
    const char *language;
    const char *const *to; /* NULL: nobody is written to */
    bool has_mail;         /* … and there is a way to */
    struct mail_account mail;
    const char *chat_url; /* NULL: none */
};

struct alerts_view {
    struct health_report report;
    struct alert *open;
    struct alert_hearers hearers;
};

/* How it went with one of the ways. */
struct alert_way {
    bool is_set;
    bool ok;
    const char *problem; /* in words; NULL: none */
};

struct alert_telling {
    struct alert_way email, chat;
};

/* ---- the job's steps ---------------------------------------------------------------------------------- */

/* With a connection; looks at folders, too, so never on the writer. */
enum error_kind alerts_look(struct ctx *ctx, struct alerts_view *out_view) MUST_CHECK;

/*
 * What has changed, in the arena; NULL: nothing. A state counts when it was found in each look for ALERT_AFTER_MS, worse and
 * better alike: what comes and goes tells nobody. It remembers from look to look, so one thread asks.
 */
struct alert_change *alerts_decide(struct ctx *ctx, const struct alerts_view *view);

/* Writer only. New ones get their ids. The same list again changes nothing more. */
enum error_kind alerts_note(struct ctx *ctx, struct alert_change *changes) MUST_CHECK;

/*
 * Without a connection: by e-mail and in the chat, one message for all; ALERT_DIFFERENT is told to nobody, and what is over only
 * when it was told of. MAIL_EXCHANGE_MS at most. False: nobody was reached, or there was nothing to tell.
 */
bool alerts_tell(struct ctx *ctx, const struct alert_hearers *hearers, const struct alert_change *changes,
                 struct alert_telling *out_telling);

/* Writer only: that those were told. */
enum error_kind alerts_note_told(struct ctx *ctx, const struct alert_change *changes) MUST_CHECK;

/* Writer only: those that are over and began ALERT_KEEP_DAYS ago go. */
enum error_kind alerts_prune(struct ctx *ctx, int64_t *out_removed) MUST_CHECK;

/* Forgets what was seen in earlier looks: for tests. */
void alerts_forget_looks(void);

/* ---- for people --------------------------------------------------------------------------------------- */

/* Those that are still there, the worst first; all, the newest first: FORBIDDEN for who is no administrator. */
enum error_kind alerts_list(struct ctx *ctx, bool all, struct alert **out_first) MUST_CHECK;

/* Puts it away for everybody, in the actor's name; the first one's name stays. ALERT_NOT_FOUND. */
enum error_kind alerts_see(struct ctx *ctx, const struct uuid *uuid, struct alert *out_alert) MUST_CHECK;

/* With a connection: who would be told. CHANNEL_IS_OFF: nobody. */
enum error_kind alerts_hearers(struct ctx *ctx, struct alert_hearers *out_hearers) MUST_CHECK;

/* Without one: tells them that this is a test. Who was left alone after failures (net/breaker.h) is asked again at once. */
void alerts_try(struct ctx *ctx, const struct alert_hearers *hearers, struct alert_telling *out_telling);

#endif
