/*
 * smtp.h — handing one e-mail to a mail server: RFC 5321, with STARTTLS (RFC 3207), TLS from the first byte (RFC 8314),
 * AUTH PLAIN and LOGIN (RFC 4954).
 *
 * TLS that was asked for is never left out: a server that does not offer it gets nothing, and its certificate has to be for
 * the name that was asked for, by an authority of this machine (net/stream.h). A password goes over an open connection only
 * where SMTP_OPEN was chosen. Commands are sent one by one; what a server says too early, before TLS begins, ends the
 * conversation.
 */
#ifndef CARREL_NET_SMTP_H
#define CARREL_NET_SMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "net/breaker.h"
#include "net/mime.h"
#include "net/outcome.h"

enum smtp_security { SMTP_STARTTLS, SMTP_TLS, SMTP_OPEN };

struct smtp_account {
    const char *host;
    uint16_t port;
    enum smtp_security security;
    const char *user; /* NULL: nobody signs in */
    const char *password;
};

/* How far it came. */
enum smtp_step {
    SMTP_CONNECTING,
    SMTP_GREETING, /* hello, and TLS */
    SMTP_SIGNING_IN,
    SMTP_SENDER,
    SMTP_RECIPIENT,
    SMTP_TEXT,
    SMTP_END, /* the last line of the text was sent: from here on nobody knows, until the server says so */
};

struct smtp_result {
    enum smtp_step step;
    int code;            /* of the server's last answer; 0: it gave none */
    const char *said;    /* … its words in one line, in the arena; "" */
    const char *refused; /* recipients that were not taken, parted by commas; NULL: none */
    bool lacks_tls;      /* NET_REFUSED: it does not offer STARTTLS */
    bool lacks_auth;     /* NET_REFUSED: it does not offer a way to sign in that is known here */
};

/* "mail.example.org:587", as net/breaker.h knows it. */
const char *smtp_destination(struct arena *arena, const struct smtp_account *account);

/*
 * NET_OK: the server has taken it for at least one of message->to. NET_REFUSED: it said no; NET_BAD_ADDRESS: an address is
 * none; NET_TOO_LARGE: the message is longer than MAIL_BYTES_MAX; else the outcomes of net_stream_open(), NET_UNREADABLE and NET_RESTING.
 * `deadline` is clock_monotonic_ms(). *out_result is set in any case.
 */
enum net_outcome smtp_send(struct arena *arena, const struct smtp_account *account,
                           const struct mime_message *message, int64_t deadline,
                           struct smtp_result *out_result) MUST_CHECK;

#endif
