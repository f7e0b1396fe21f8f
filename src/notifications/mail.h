/*
 * mail.h — an e-mail as the rest of the program speaks of it, and the account it leaves by.
 */
#ifndef CARREL_NOTIFICATIONS_MAIL_H
#define CARREL_NOTIFICATIONS_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/uuid.h"
#include "net/mime.h"
#include "net/smtp.h"

struct mail {
    const char *const *to; /* ends with NULL; MAIL_RECIPIENTS_MAX at most */
    const char *subject;
    const char *text; /* UTF-8, lines end with LF */
    const struct mail_part *parts;
    size_t part_count;
    const char *reply_to; /* NULL: none */
    struct uuid id;       /* of the Message-ID: who receives the same twice knows it by that */
};

/* The settings of one moment; texts are the arena's they were read with. */
struct mail_account {
    bool by_program; /* sendmail, not SMTP */
    struct smtp_account smtp;
    const char *program;
    const char *from;
    const char *from_name; /* the library's */
    int64_t most_ms;       /* to take for one message; 0, or more than that: MAIL_EXCHANGE_MS */
};

/* How it went, by e-mail or text message. */
struct mail_outcome {
    bool may_have_gone;  /* the connection broke after the last byte: nobody knows */
    bool for_good;       /* trying again is no use: there is no such address, or it is not accepted */
    bool of_recipient;   /* not now, but the server is well: it said so of this recipient alone */
    const char *refused; /* addresses that were not taken while others were; NULL: none */
};

#endif
