/*
 * settings.h — the one table of everything that can be set, and where a value may come from.
 *
 * A setting is a flag (--card-prefix), an environment variable (CARREL_CARD_PREFIX, or the file that
 * CARREL_CARD_PREFIX_FILE names), a line of the `.env` file beside the library, or, unless it concerns the
 * process itself, a value stored in the library by an administrator. The first of these that is there
 * counts; else the default.
 *
 * Types, bounds and meaning are a field's (base/field.h), so that the same row checks a flag, a line of
 * `.env`, a JSON body and a stored value, and documents the API.
 */
#ifndef CARREL_SETTINGS_SETTINGS_H
#define CARREL_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/limits.h"
#include "base/money.h"

/*
 * X(ID, name, type, default or NULL, min, max, choices or NULL, meaning). Bounds are characters of texts,
 * values of integers, minor units of money.
 *
 * Of the process: given by flag or environment, never stored.
 */
#define PROCESS_SETTINGS(X)                                                                           \
    X(DB, db, FIELD_TEXT, "library.db", 1, 4096, NULL, "The library: one file, made if missing")      \
    X(LISTEN, listen, FIELD_TEXT, "0.0.0.0:8000", 1, 255, NULL,                                       \
      "Numeric address and port to serve on; port 0 picks a free one")                                \
    X(THREADS, threads, FIELD_INTEGER, "64", HTTP_THREADS_MIN, HTTP_THREADS_MAX, NULL,                \
      "Connections served at the same time")                                                          \
    X(RATE_LIMIT_PER_MINUTE, rate_limit_per_minute, FIELD_INTEGER, "100", 0, RATE_LIMIT_MAX, NULL,    \
      "Searches and changes of one address in a minute; 0: as many as they like")                     \
    X(HOST_NAMES, host_names, FIELD_TEXT, "", 0, 1000, NULL,                                          \
      "Names this server may be called by, besides localhost, the machine's name and its addresses")  \
    X(TRUSTED_PROXIES, trusted_proxies, FIELD_TEXT, "", 0, 1000, NULL,                                \
      "Addresses or prefixes of proxies whose X-Forwarded-For and -Proto are believed")               \
    X(ENVIRONMENT, environment, FIELD_CHOICE, "development", 0, 0, environment_choices,               \
      "In production a library is never seeded")                                                      \
    X(TEST_CLOCK, test_clock, FIELD_TEXT, NULL, 1, 4096, NULL,                                        \
      "With environment test only: the time is the instant that this file begins with")               \
    X(LOG_LEVEL, log_level, FIELD_CHOICE, "info", 0, 0, log_level_choices,                            \
      "Least important line that is logged")                                                          \
    X(AUTH, auth, FIELD_CHOICE, "on", 0, 0, on_off,                                                   \
      "off: nobody signs in, everyone is an administrator; on this machine's own addresses only")     \
    X(TLS, tls, FIELD_CHOICE, "off", 0, 0, tls_choices,                                               \
      "auto: serve https with a certificate by an authority of this library's own")                   \
    X(TLS_CERT, tls_cert, FIELD_TEXT, NULL, 1, 4096, NULL,                                            \
      "Serve https with the certificate (and its chain) in this PEM file")                            \
    X(TLS_KEY, tls_key, FIELD_TEXT, NULL, 1, 4096, NULL,                                              \
      "The certificate's private key, a PEM file; without it, in the file of the certificate")        \
    X(REDIRECT_LISTEN, redirect_listen, FIELD_TEXT, NULL, 1, 255, NULL,                               \
      "With TLS: a further address and port that answers http and only leads to https")               \
    X(SEED_DATA, seed_data, FIELD_CHOICE, "false", 0, 0, true_false,                                  \
      "true: an empty library is filled with a demonstration before it is served, for containers")    \
    X(SEED_SCENARIO, seed_scenario, FIELD_TEXT, "minimal", 1, 40, NULL, "Which: as --seed names it")  \
    X(FORCE_SEED, force_seed, FIELD_CHOICE, "false", 0, 0, true_false,                                \
      "true: with seed_data, at each start, whatever is in the library; it is lost")                  \
    X(MAX_ACTIVE_BORROWS, max_active_borrows, FIELD_INTEGER, NULL, 0, 1000, NULL,                     \
      "Loans a member may have at once, in place of the any × any rule's own")                        \
    X(DEFAULT_BORROW_DURATION_DAYS, default_borrow_duration_days, FIELD_INTEGER, NULL, 0, 3650, NULL, \
      "Days of a loan, in place of the any × any rule's own")                                         \
    X(DAILY_FINE, daily_fine, FIELD_MONEY, NULL, 0, MONEY_MAX, NULL,                                  \
      "Fine for each day overdue, in place of the any × any rule's own")

/* Of the library: an administrator may store them. */
#define STORED_SETTINGS(X)                                                                                                   \
    X(LIBRARY_NAME, library_name, FIELD_TEXT, "My Library", 1, 100, NULL,                                                    \
      "The library's name, shown on every page")                                                                             \
    X(LANGUAGE, language, FIELD_TEXT, "en", 1, 35, NULL,                                                                     \
      "Language of the pages and of sorting: en, fr, pt-BR")                                                                 \
    X(TIME_ZONE, time_zone, FIELD_TEXT, "", 0, 64, NULL,                                                                     \
      "Zone that days follow, Europe/Berlin; empty: the machine's. In force from the next start")                            \
    X(CURRENCY, currency, FIELD_TEXT, "EUR", 3, 3, NULL,                                                                     \
      "ISO 4217 code. Amounts are not converted. In force from the next start")                                              \
    X(BARCODE_PREFIX, barcode_prefix, FIELD_TEXT, "3900", 1, 8, NULL,                                                        \
      "Digits that generated barcodes of copies begin with")                                                                 \
    X(CARD_PREFIX, card_prefix, FIELD_TEXT, "2900", 1, 8, NULL,                                                              \
      "Digits that generated card numbers begin with")                                                                       \
    X(PUBLIC_CATALOGUE, public_catalogue, FIELD_CHOICE, "on", 0, 0, on_off,                                                  \
      "on: anybody may look titles up; off: only who has signed in")                                                         \
    X(METRICS_OPEN, metrics_open, FIELD_CHOICE, "off", 0, 0, on_off,                                                         \
      "on: anybody may read /metrics; off: only administrators, and programs on this machine")                               \
    X(POPULAR_SEARCHES, popular_searches, FIELD_CHOICE, "on", 0, 0, on_off,                                                  \
      "on: the catalogue counts what is asked for, never by whom, and shows what is asked often")                            \
    X(SELF_REGISTRATION, self_registration, FIELD_CHOICE, "off", 0, 0, on_off,                                               \
      "on: readers may register themselves, with a login of their own")                                                      \
    X(SESSION_IDLE_MINUTES, session_idle_minutes, FIELD_INTEGER, "720", 15, 20160, NULL,                                     \
      "After so long without a request, a browser has to sign in again")                                                     \
    X(PICKUP_DAYS, pickup_days, FIELD_INTEGER, "7", 1, 365, NULL,                                                            \
      "Days a held copy waits on the hold shelf before it goes to the next reader")                                          \
    X(RENEW_OVERDUE, renew_overdue, FIELD_CHOICE, "on", 0, 0, on_off,                                                        \
      "on: what is overdue may be renewed; off: it has to be brought back")                                                  \
    X(RENEW_HELD, renew_held, FIELD_CHOICE, "off", 0, 0, on_off,                                                             \
      "off: a title that another reader waits for is not renewed")                                                           \
    X(RENEW_BY_READER, renew_by_reader, FIELD_CHOICE, "on", 0, 0, on_off,                                                    \
      "on: readers may renew their own loans")                                                                               \
    X(RENEW_AUTOMATICALLY, renew_automatically, FIELD_CHOICE, "off", 0, 0, on_off,                                           \
      "on: a loan that may be renewed is, on the day it is due")                                                             \
    X(FINES_ON_CLOSED_DAYS, fines_on_closed_days, FIELD_CHOICE, "off", 0, 0, on_off,                                         \
      "on: days on which the library is closed cost a fine as well")                                                         \
    X(BLOCK_BALANCE, block_balance, FIELD_MONEY, "0", 0, MONEY_MAX, NULL,                                                    \
      "A reader who owes more than this may not borrow or renew; 0: however much it is")                                     \
    X(LOST_PRICE, lost_price, FIELD_MONEY, "0", 0, MONEY_MAX, NULL,                                                          \
      "Charged for a lost copy whose price is not known; 0: nothing")                                                        \
    X(REFUND_FOUND, refund_found, FIELD_CHOICE, "on", 0, 0, on_off,                                                          \
      "on: when a lost copy is found, what was charged for it is taken back")                                                \
    X(OVERDUE_STEPS, overdue_steps, FIELD_TEXT, "1,8,22", 0, 60, NULL,                                                       \
      "Days late on which a reader is urged again, parted by commas")                                                        \
    X(LOST_AFTER_DAYS, lost_after_days, FIELD_INTEGER, "0", 0, 3650, NULL,                                                   \
      "So many days late, a copy counts as lost and is charged; 0: never by itself")                                         \
    X(FORGET_LOANS_AFTER_DAYS, forget_loans_after_days, FIELD_INTEGER, "0", 0, 36500, NULL,                                  \
      "So long after its return a loan forgets who had it, unless a fee is open; a hold, after its end; 0: never")           \
    X(CONTACT_EMAIL, contact_email, FIELD_TEXT, "", 0, 254, NULL,                                                            \
      "Where harvesters of the catalogue (OAI-PMH) may write to; everybody can read it")                                     \
    X(REVIEWS, reviews, FIELD_CHOICE, "borrowers", 0, 0, review_choices,                                                     \
      "Who may review a title: nobody (off), who has borrowed it (borrowers), or every reader (members)")                    \
    X(REVIEW_MODERATION, review_moderation, FIELD_CHOICE, "on", 0, 0, on_off,                                                \
      "on: what readers write about a title is shown when somebody of the staff has read it")                                \
    X(BACKUP_SCHEDULE, backup_schedule, FIELD_CHOICE, "on", 0, 0, on_off,                                                    \
      "on: backups are made by themselves, hourly when anything was done, daily, weekly")                                    \
    X(BACKUP_DIR, backup_dir, FIELD_TEXT, "", 0, 1000, NULL,                                                                 \
      "Folder for them on the server; empty: backups, beside the library")                                                   \
    X(BACKUP_SECOND_DIR, backup_second_dir, FIELD_TEXT, "", 0, 1000, NULL,                                                   \
      "A second folder, on a USB stick: daily backups are copied there whenever it is there")                                \
    X(BACKUP_HOURLY_KEEP, backup_hourly_keep, FIELD_INTEGER, "24", 0, 168, NULL,                                             \
      "Hourly backups that are kept; 0: none are made")                                                                      \
    X(BACKUP_DAILY_KEEP, backup_daily_keep, FIELD_INTEGER, "7", 1, 366, NULL, "Daily backups that are kept")                 \
    X(BACKUP_WEEKLY_KEEP, backup_weekly_keep, FIELD_INTEGER, "8", 0, 520, NULL,                                              \
      "Weekly backups that are kept; 0: none are made")                                                                      \
    X(BACKUP_SECOND_KEEP, backup_second_keep, FIELD_INTEGER, "14", 1, 366, NULL,                                             \
      "Backups that are kept in the second folder")                                                                          \
    X(BACKUP_SEAL, backup_seal, FIELD_CHOICE, "off", 0, 0, backup_seal_choices,                                              \
      "Which backups only the passphrase opens: none, those in the second folder, or all")                                   \
    X(JOURNAL, journal, FIELD_CHOICE, "on", 0, 0, on_off,                                                                    \
      "on: every change is also written to the second folder, so that a backup can be brought to any moment")                \
    X(MAIL_TRANSPORT, mail_transport, FIELD_CHOICE, "off", 0, 0, mail_choices,                                               \
      "How e-mails leave: not at all (off), to a mail server (smtp), or by this machine's program (sendmail)")               \
    X(MAIL_FROM, mail_from, FIELD_TEXT, "", 0, 254, NULL, "Address that e-mails come from")                                  \
    X(SMTP_HOST, smtp_host, FIELD_TEXT, "", 0, 253, NULL, "The mail server's name or address")                               \
    X(SMTP_PORT, smtp_port, FIELD_INTEGER, "587", 1, 65535, NULL,                                                            \
      "Its port: 587, or 465 where TLS begins at once")                                                                      \
    X(SMTP_SECURITY, smtp_security, FIELD_CHOICE, "starttls", 0, 0, smtp_choices,                                            \
      "starttls: TLS or nothing; tls: from the first byte; none: readable by everybody on the way")                          \
    X(SMTP_USER, smtp_user, FIELD_TEXT, "", 0, 254, NULL, "Name to sign in with there; empty: without")                      \
    X(SMTP_PASSWORD, smtp_password, FIELD_TEXT, "", 0, 254, NULL, "Its password; never shown again")                         \
    X(SENDMAIL_PATH, sendmail_path, FIELD_TEXT, "/usr/sbin/sendmail", 1, 1000, NULL,                                         \
      "Program that takes an e-mail as sendmail -t -i does, such as msmtp")                                                  \
    X(SMS_URL, sms_url, FIELD_TEXT, "", 0, 1000, NULL,                                                                       \
      "Web address of a gateway for text or push messages; {phone}, {card} and {text} stand for what they say. Empty: none") \
    X(SMS_BODY, sms_body, FIELD_TEXT, "", 0, 2000, NULL,                                                                     \
      "What is posted to it, JSON or a form, with the same words in braces; empty: it is asked with GET")                    \
    X(SMS_AUTHORIZATION, sms_authorization, FIELD_TEXT, "", 0, 1000, NULL,                                                   \
      "What the gateway wants as Authorization, such as Bearer and a key; never shown again")                                \
    X(NOTICE_CHANNELS, notice_channels, FIELD_TEXT, "app,email", 0, 60, NULL,                                                \
      "How readers are told who have not chosen: app, email, sms, parted by commas")                                         \
    X(NOTICE_DUE_SOON_DAYS, notice_due_soon_days, FIELD_INTEGER, "2", 0, 30, NULL,                                           \
      "Days before a loan is due that its reader is told; 0: not at all")                                                    \
    X(NOTICE_HOLD_DAYS, notice_hold_days, FIELD_INTEGER, "1", 0, 30, NULL,                                                   \
      "Days before a held copy goes to the next reader that this one is told; 0: not at all")                                \
    X(NOTICE_MEMBERSHIP_DAYS, notice_membership_days, FIELD_INTEGER, "14", 0, 120, NULL,                                     \
      "Days before a membership ends that its reader is told; 0: not at all")                                                \
    X(NOTICE_RECEIPTS, notice_receipts, FIELD_CHOICE, "off", 0, 0, on_off,                                                   \
      "on: who has paid gets the receipt as a message, too")                                                                 \
    X(NOTICE_DIGEST, notice_digest, FIELD_CHOICE, "on", 0, 0, on_off,                                                        \
      "on: what a reader is told on one day comes in one message, at notice_from; what is urgent does not wait")             \
    X(NOTICE_FROM, notice_from, FIELD_TEXT, "08:00", 5, 5, NULL, "Nothing is sent earlier in the day")                       \
    X(NOTICE_TO, notice_to, FIELD_TEXT, "20:00", 5, 5, NULL, "Nothing is sent later in the day")                             \
    X(NOTICE_ON_CLOSED_DAYS, notice_on_closed_days, FIELD_CHOICE, "off", 0, 0, on_off,                                       \
      "on: readers are told on days on which the library is closed, too")                                                    \
    X(ALERT_EMAIL, alert_email, FIELD_TEXT, "", 0, 500, NULL,                                                                \
      "Who is told by e-mail when something is not well: addresses parted by commas")                                        \
    X(ALERT_CHAT_URL, alert_chat_url, FIELD_TEXT, "", 0, 1000, NULL,                                                         \
      "Incoming webhook of a chat (Slack, Mattermost, Rocket.Chat) that is told as well; never shown again")                 \
    X(LOG_REQUESTS, log_requests, FIELD_CHOICE, "on", 0, 0, log_request_choices,                                             \
      "Which requests are logged: all (on), those that fail or are slow (slow), none (off)")                                 \
    X(TRACE_URL, trace_url, FIELD_TEXT, "", 0, 1000, NULL,                                                                   \
      "Where traces are sent as OTLP in JSON, such as http://collector:4318/v1/traces; empty: nowhere")

/* clang-format off */
enum setting {
#define X(id, ...) SETTING_##id,
    PROCESS_SETTINGS(X)
    STORED_SETTINGS(X)
#undef X
    SETTING_COUNT,
};
/* clang-format on */

/* Where a value came from; a later one counts more. */
enum setting_source {
    SOURCE_NONE, /* not set, and without a default */
    SOURCE_DEFAULT,
    SOURCE_STORED,
    SOURCE_ENV_FILE,    /* `.env` beside the library */
    SOURCE_ENVIRONMENT, /* CARREL_NAME, or the file that CARREL_NAME_FILE names */
    SOURCE_FLAG,
};

/* What is shown for a value that is never shown (a password); given back, it leaves the value as it is. */
#define SETTING_CONCEALED "••••••••"

/* One setting as --config and the administrator see it. */
struct setting_state {
    enum setting id;
    const char *name;
    const char *value; /* as text; NULL: none; of one that is concealed "" or SETTING_CONCEALED */
    bool concealed;
    enum setting_source source;
    const char *source_name; /* "flag", "environment", ".env", "stored", "default", "none" */
    bool stored;             /* an administrator may change it */
    const char *meaning;
    enum field_type type;
    const char *const *choices; /* ends with NULL; NULL: not a choice */
};

/* A value by its field's type: texts and choices as text, integers and money as number, BOOL as flag. */
union setting_value {
    const char *text;
    int64_t number;
    bool flag;
};

/* The body of PUT /admin/system-config: one value for each setting, at the place of its id. */
struct setting_values {
    union setting_value of[SETTING_COUNT];
};

/* The stored settings as a field table over struct setting_values. */
extern const struct field setting_fields[];

#endif
