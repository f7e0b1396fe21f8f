/*
 * notices.h — what readers are told, about what, and over which channel: the kinds as a closed list.
 *
 * A notification is one row for each reader, thing told and channel. It is made once for ever: from an event, or by the
 * daily walk over what is due; `dedupe` sees to that. What goes out over a wire is looked at again when it is sent: what is
 * no longer true by then is dropped and says why.
 *
 * In the program it tells itself (channel app) only readers who can sign in, unless somebody of the staff chose so: for
 * all others it would say that they were told.
 */
#ifndef CARREL_NOTIFICATIONS_NOTICES_H
#define CARREL_NOTIFICATIONS_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/uuid.h"

enum notice_channel { NOTICE_APP, NOTICE_EMAIL, NOTICE_SMS, NOTICE_CHANNELS };

extern const char *const notice_channel_names[]; /* "app", "email", "sms", NULL */

/* Stable names: they are stored. name, urgent (waits for no digest), placeholders besides COMMON_WORDS, summary. */
#define LOAN_WORDS " title author due_date days loans"
#define HOLD_WORDS " title author pickup_until"
#define COMMON_WORDS "name card library"

#define NOTICE_KIND_ROWS(X)                                                                                  \
    X(DUE_SOON, "due_soon", false, LOAN_WORDS, "A loan is due soon")                                         \
    X(OVERDUE, "overdue", false, LOAN_WORDS, "A loan is overdue")                                            \
    X(HOLD_READY, "hold_ready", true, HOLD_WORDS, "A held title is ready to be fetched")                     \
    X(HOLD_EXPIRING, "hold_expiring", false, HOLD_WORDS,                                                     \
      "A held title waits for its reader not much longer")                                                   \
    X(HOLD_ENDED, "hold_ended", false, " title author", "A held title was not fetched in time")              \
    X(HOLD_WAITS_AGAIN, "hold_waits_again", true, " title author",                                           \
      "The copy of a held title is gone again, and its reader waits")                                        \
    X(HOLD_CANCELLED, "hold_cancelled", false, " title author", "The library has cancelled a hold")          \
    X(TITLE_AVAILABLE, "title_available", false, " title author", "A title that the reader watches is back") \
    X(DUE_DATE_MOVED, "due_date_moved", false, LOAN_WORDS, "A closed day has moved the due date")            \
    X(MEMBERSHIP_EXPIRING, "membership_expiring", false, " expires_on days", "The membership ends soon")     \
    X(RECEIPT, "receipt", true, " amount balance receipt_number date", "The receipt of a payment")           \
    X(PASSWORD_CODE, "password_code", true, " login code valid_until", "A code to set a new password with")  \
    X(MESSAGE, "message", false, " subject text", "A message that somebody of the staff has written")        \
    X(DIGEST, "digest", false, " count notices", "Several of these in one message")

enum notice_kind_id {
#define X(id, ...) NOTICE_##id,
    NOTICE_KIND_ROWS(X)
#undef X
        NOTICE_KINDS
};

struct notice_kind {
    const char *name;
    bool urgent;
    const char *words; /* names of its placeholders, parted by spaces; some are lists (template.h) */
    const char *summary;
};

extern const struct notice_kind notice_kinds[NOTICE_KINDS];

/* NOTICE_KINDS, NOTICE_CHANNELS: none of that name. */
enum notice_kind_id notice_kind_named(const char *name);
enum notice_channel notice_channel_named(const char *name);

/* May the kind go out over that channel? A password's code goes by e-mail alone; a digest is nothing in the program. */
bool notice_kind_has(enum notice_kind_id kind, enum notice_channel channel);

/* May a reader say whether they want it? A code they have asked for they get. */
bool notice_kind_is_chosen(enum notice_kind_id kind);

/* A placeholder, or a list of them, as the one who writes templates sees it. NULL: there is none of that name. */
const char *notice_word_meaning(const char *name);

/* ---- what is told ------------------------------------------------------------------------------------------ */

/* A notification that is about to be made: for each channel that the reader wants one row. Ids are internal, 0: none. */
struct notice_draft {
    enum notice_kind_id kind;
    int64_t member_id, book_id, borrow_id, hold_id, payment_id;
    const char *detail; /* what must still be so when it is sent: a day number, for example; NULL */
    const char *dedupe; /* names the thing told; the channel is added */
};

/* One notification with all that its words and its truth need. Texts are NULL, numbers NO_NUMBER where there is nothing. */
struct notice {
    int64_t id;
    struct uuid uuid;
    enum notice_kind_id kind;
    enum notice_channel channel;
    const char *state;
    const char *detail;
    int64_t tries, created_at, send_at;

    int64_t member_id; /* 0: forgotten */
    struct uuid member_uuid;
    const char *name, *email, *phone, *card, *language;
    int64_t archived_at, expires_on;
    int64_t wanted; /* 0, 1; NO_NUMBER: the reader has not said */

    const char *title, *author;
    int64_t available_copies;
    int64_t loan_due_day, loan_returned_at, loan_member_id;
    const char *hold_status;
    int64_t pickup_day;
    int64_t receipt_number, amount, balance_after, paid_day;
    struct uuid account_uuid; /* the reader's own login; not given: none that is open */
    const char *login;
    int64_t reset_asked_at;
};

/* A message on its way: what was claimed for it, and where it goes. */
struct notice_outgoing {
    int64_t ids[NOTICE_TOGETHER_MAX]; /* the first one leads */
    size_t count;
    enum notice_channel channel;
    struct uuid uuid; /* of its first one and of what it says: the same in every try that says the same */
    int64_t tries;    /* this one included */
    const char *address, *card, *subject, *text;
};

/* How that went. */
enum notice_result {
    NOTICE_WENT,
    NOTICE_AGAIN,    /* not now */
    NOTICE_FOR_GOOD, /* trying again is no use */
    NOTICE_PERHAPS,  /* nobody knows */
};

/* ---- bodies ------------------------------------------------------------------------------------------------ */

/* POST /notifications/send */
struct notice_message {
    struct text_list member_ids;
    const char *group_name;
    const char *channel; /* NULL: each reader's own */
    const char *subject;
    const char *text;
};

struct notice_unreached {
    struct uuid id;
    const char *name;
    struct notice_unreached *next;
};

struct notice_queued {
    int64_t queued; /* notifications */
    struct notice_unreached *without_address;
};

/* PUT /notifications/templates and its preview; also one in force. */
struct notice_template {
    const char *kind, *channel, *language;
    const char *subject; /* NULL: the channel has none */
    const char *body;
    bool is_own; /* the library's, not the program's */
    int64_t version;
};

/* ?language= and ?member_id= */
struct notice_template_query {
    const char *language;
    struct uuid member_id;
};

/* PUT /notifications/preferences/{memberId} */
struct notice_preference {
    const char *kind, *channel;
    bool wanted;
    bool is_own; /* the reader has said so, and not the library */
};

struct notice_preferences {
    const char *language;           /* NULL: the library's */
    struct object_list preferences; /* of struct notice_preference */
};

extern const struct field notice_message_fields[];
extern const struct field notice_template_fields[];
extern const struct field notice_template_query_fields[];
extern const struct field notice_preferences_fields[];

/* How a channel is doing. */
struct notice_channel_state {
    bool on;
    const char *why_off; /* NULL: it is on */
    int64_t waiting, failed;
    int64_t last_sent_at, last_problem_at; /* 0: never */
    const char *last_problem;
};

extern const struct listing notices_listing;

#endif
