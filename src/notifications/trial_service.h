/*
 * trial_service.h — a message that says only that it arrives, so that an administrator sees whether what is set works.
 */
#ifndef CARREL_NOTIFICATIONS_TRIAL_SERVICE_H
#define CARREL_NOTIFICATIONS_TRIAL_SERVICE_H

#include "base/ctx.h"
#include "base/field.h"
#include "notifications/gateway.h"
#include "notifications/mail.h"

struct trial_facts {
    const char *channel; /* "email", "sms" */
    const char *address; /* an e-mail address; a telephone number */
};

extern const struct field trial_fields[]; /* over struct trial_facts */

struct trial {
    struct trial_facts facts;
    struct mail_account mail;
    struct gateway_account gateway;
    const char *library;
    bool in_german;
};

/* With a connection: reads what is set. CHANNEL_IS_OFF; NO_ADDRESS for what is no e-mail address. */
enum error_kind trial_begin(struct ctx *ctx, struct trial *trial) MUST_CHECK;

/* Without one: sends it. NOT_DELIVERED with the other side's words. */
enum error_kind trial_run(struct ctx *ctx, struct trial *trial) MUST_CHECK;

#endif
