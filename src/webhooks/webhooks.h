/*
 * webhooks.h — programs elsewhere that are told what happens here.
 *
 * A *webhook* is an address that an administrator has entered, with the types of events that are sent there. A *delivery*
 * is one event on its way to one webhook: made on the writer when the event is met, sent by a thread of its own
 * (jobs/webhook_thread.h), tried again until it arrives or WEBHOOK_TRIES are over: then it is dead, until somebody sends it
 * once more by hand. At least once: a receiver may see the same `webhook-id` twice.
 *
 * Deliveries are signed as standardwebhooks.com has it: HMAC-SHA-256 over id, time and body. They name records by their
 * public ids and hold no copies of them.
 */
#ifndef CARREL_WEBHOOKS_WEBHOOKS_H
#define CARREL_WEBHOOKS_WEBHOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

#define WEBHOOK_SECRET_BYTES 32
#define WEBHOOK_ALL_EVENTS "*"   /* as the only one of `events` */
#define WEBHOOK_TEST_TYPE "Test" /* of a delivery that tells no event */
#define WEBHOOK_PROBLEM_MAX 200  /* bytes of an answer that are kept */

/* What an administrator says of a webhook (webhook_fields). */
struct webhook_facts {
    const char *name;
    const char *url;
    struct text_list events; /* names of types, or WEBHOOK_ALL_EVENTS alone */
    bool enabled;
};

struct webhook {
    int64_t id;
    struct uuid uuid;
    struct webhook_facts facts;
    unsigned char secret[WEBHOOK_SECRET_BYTES];
    int64_t failures;   /* one after the other */
    int64_t rest_until; /* instant; NO_NUMBER: it does not rest */
    int64_t created_at;
    int64_t version;
    struct webhook *next;
};

enum delivery_state { DELIVERY_WAITING, DELIVERY_SENT, DELIVERY_DEAD };
extern const char *const delivery_states[]; /* "waiting", "sent", "dead", NULL */

struct delivery {
    int64_t id;
    struct uuid uuid; /* the receiver knows a second try by it */
    int64_t webhook_id;
    bool is_test;
    struct uuid event; /* unless it is a test */
    const char *type;
    int64_t member_id; /* 0: none, or forgotten */
    const char *body;  /* what is sent */
    enum delivery_state state;
    int64_t tries;
    int64_t next_try_at;
};

/* How one try ended. */
struct delivery_outcome {
    bool is_sent;        /* it answered 2xx */
    bool is_gone;        /* it answered 410: nobody is there any more */
    bool is_away;        /* it did not answer, or that it cannot now: others need not be tried yet */
    int64_t status;      /* of the answer; NO_NUMBER: there was none */
    const char *problem; /* for people, at most WEBHOOK_PROBLEM_MAX bytes; NULL: none */
};

extern const struct field webhook_fields[];
extern const struct field webhook_edit_fields[];
extern const struct listing webhooks_listing;
extern const struct listing deliveries_listing;

#endif
