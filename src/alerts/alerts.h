/*
 * alerts.h — what is not well by itself: from when somebody has to know of it until it is not there any more.
 *
 * The subjects are those of admin/health.h. Each is looked at every ALERT_LOOK_MS; what is still so ALERT_AFTER_MS later has a
 * row. It is told once by e-mail and in a chat, again each ALERT_AGAIN_MS while it lasts, when it becomes worse, and when it is
 * over. All who work here see it above every page until one of them puts it away.
 */
#ifndef CARREL_ALERTS_ALERTS_H
#define CARREL_ALERTS_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "admin/health.h"
#include "base/uuid.h"

#define ALERTS_SHOWN_MAX 200 /* of those that are over */

struct alert {
    int64_t id;
    struct uuid uuid;
    const char *subject; /* the name of a health_check */
    enum health_state state;
    const char *text; /* the check's */
    int64_t began_at;
    int64_t ended_at;    /* 0: it is still there */
    int64_t told_at;     /* 0: nobody was told by e-mail or chat */
    const char *seen_by; /* who put it away; NULL: nobody */
    int64_t seen_at;
    struct alert *next;
};

enum alert_change_kind {
    ALERT_BEGAN,
    ALERT_WORSE,
    ALERT_DIFFERENT, /* better, or for another reason: noted, and told to nobody */
    ALERT_STAYS,     /* to be told again, or at last */
    ALERT_OVER,
};

struct alert_change {
    enum alert_change_kind kind;
    struct alert alert; /* as it shall be; of ALERT_BEGAN without an id until it is written */
    struct alert_change *next;
};

#endif
