/*
 * smtp.c — one conversation: hello, who writes, to whom, what, goodbye.
 */
#include "net/smtp.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/smtp_reply.h"
#include "net/stream.h"

#define PIECE_BYTES 4096   /* read at a time */
#define TEXT_BYTES 16384   /* written at a time */
#define COMMAND_BYTES 1024 /* one command: an address, a password in base64 */
#define GOODBYE_MS 2000    /* what was taken is taken: nobody waits longer for a goodbye */
#define LITERAL_BYTES 64   /* "[IPv6:…]" */

struct talk {
    struct arena *arena;
    const struct smtp_account *account;
    const struct mime_message *message;
    struct net_stream stream;
    struct smtp_reply reply;
    char waiting[PIECE_BYTES]; /* read, and not yet anybody's */
    size_t waiting_at, waiting_length;
    int64_t size;           /* of the message, in bytes */
    bool takes_size;        /* hello was answered with SIZE … */
    const char *mechanisms; /* … and AUTH; NULL: without */
    struct smtp_result *result;
};

const char *smtp_destination(struct arena *arena, const struct smtp_account *account)
{
    return arena_printf(arena, "%s:%u", account->host, (unsigned)account->port);
}

/* ---- commands and answers --------------------------------------------------------------------------------- */

static const char *in_one_line(struct arena *arena, const char *text)
{
    char *line = arena_strdup(arena, text);

    for (char *c = line; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    return line;
}

static enum net_outcome read_reply(struct talk *talk)
{
    smtp_reply_init(&talk->reply);
    for (;;) {
        talk->waiting_at += smtp_reply_feed(&talk->reply, talk->waiting + talk->waiting_at,
                                            talk->waiting_length - talk->waiting_at);
        if (talk->reply.state != SMTP_READING_MORE)
            break;
        talk->waiting_at = 0;
        NET_TRY(net_stream_read(&talk->stream, talk->waiting, PIECE_BYTES, &talk->waiting_length));
        if (talk->waiting_length == 0)
            return NET_BROKEN_OFF;
    }
    if (talk->reply.state == SMTP_READING_BAD)
        return NET_UNREADABLE;
    talk->result->code = talk->reply.code;
    talk->result->said = in_one_line(talk->arena, talk->reply.text);
    return NET_OK;
}

/* Says it, and expects an answer of this class: 2 done, 3 go on. Anything else is a no. */
static enum net_outcome say(struct talk *talk, const char *command, int expected)
{
    NET_TRY(net_stream_write(&talk->stream, command, strlen(command)));
    NET_TRY(read_reply(talk));
    return talk->reply.code / 100 == expected ? NET_OK : NET_REFUSED;
}

/* ---- hello ------------------------------------------------------------------------------------------------ */

/* Who we are: the address of this end of the connection, for a machine in a library has no name that others know (4.1.3). */
static void own_literal(const struct talk *talk, char out[LITERAL_BYTES])
{
    union net_address own = {0};
    socklen_t size = sizeof own;
    char text[INET6_ADDRSTRLEN] = "";

    if (getsockname(talk->stream.fd, &own.any, &size) != 0)
        own.any.sa_family = AF_UNSPEC;
    if (own.any.sa_family == AF_INET6 && inet_ntop(AF_INET6, &own.v6.sin6_addr, text, sizeof text))
        snprintf(out, LITERAL_BYTES, "[IPv6:%s]", text);
    else if (own.any.sa_family == AF_INET && inet_ntop(AF_INET, &own.v4.sin_addr, text, sizeof text))
        snprintf(out, LITERAL_BYTES, "[%s]", text);
    else
        snprintf(out, LITERAL_BYTES, "localhost");
}

static enum net_outcome say_hello(struct talk *talk)
{
    char literal[LITERAL_BYTES];

    own_literal(talk, literal);
    NET_TRY(say(talk, arena_printf(talk->arena, "EHLO %s\r\n", literal), 2));
    talk->takes_size = smtp_reply_find(&talk->reply, "SIZE") != NULL;
    talk->mechanisms = arena_strdup(talk->arena, smtp_reply_find(&talk->reply, "AUTH"));
    return NET_OK;
}

/* What was said behind the answer was said in the open, by anybody: it must not count afterwards (CVE-2011-0411). */
static enum net_outcome begin_tls(struct talk *talk)
{
    if (!smtp_reply_find(&talk->reply, "STARTTLS")) {
        talk->result->lacks_tls = true;
        return NET_REFUSED;
    }
    NET_TRY(say(talk, "STARTTLS\r\n", 2));
    if (talk->waiting_at < talk->waiting_length)
        return NET_UNREADABLE;
    NET_TRY(net_stream_begin_tls(&talk->stream, talk->account->host));
    return say_hello(talk);
}

/* ---- signing in ------------------------------------------------------------------------------------------- */

static char *encode_base64(struct arena *arena, const char *bytes, size_t length)
{
    char *out = arena_alloc(arena, mime_base64_length(length) + 1);

    mime_base64(bytes, length, out);
    return out;
}

static enum net_outcome sign_in_plain(struct talk *talk)
{
    const struct smtp_account *account = talk->account;
    size_t user_length = strlen(account->user), password_length = strlen(account->password);
    size_t length = user_length + password_length + 2;
    char *secret = arena_alloc(talk->arena, length);

    memcpy(secret + 1, account->user, user_length);
    memcpy(secret + user_length + 2, account->password, password_length);
    const char *encoded = encode_base64(talk->arena, secret, length);
    return say(talk, arena_printf(talk->arena, "AUTH PLAIN %s\r\n", encoded), 2);
}

static enum net_outcome sign_in_login(struct talk *talk)
{
    const struct smtp_account *account = talk->account;
    const char *user = encode_base64(talk->arena, account->user, strlen(account->user));
    const char *password = encode_base64(talk->arena, account->password, strlen(account->password));

    NET_TRY(say(talk, "AUTH LOGIN\r\n", 3));
    NET_TRY(say(talk, arena_printf(talk->arena, "%s\r\n", user), 3));
    return say(talk, arena_printf(talk->arena, "%s\r\n", password), 2);
}

static bool offers(const char *mechanisms, const char *mechanism)
{
    size_t length = strlen(mechanism);

    for (const char *at = mechanisms; at && *at && *at != '\n'; at += strcspn(at, " \n")) {
        at += strspn(at, " ");
        if (strncasecmp(at, mechanism, length) == 0 && strcspn(at, " \n") == length)
            return true;
    }
    return false;
}

static enum net_outcome sign_in(struct talk *talk)
{
    if (offers(talk->mechanisms, "PLAIN"))
        return sign_in_plain(talk);
    if (offers(talk->mechanisms, "LOGIN"))
        return sign_in_login(talk);
    talk->result->lacks_auth = true;
    return NET_REFUSED;
}

/* ---- the message ------------------------------------------------------------------------------------------ */

struct text_sink {
    struct talk *talk;
    char bytes[TEXT_BYTES];
    size_t length;
    bool at_line_start;
};

static enum net_outcome flush_text(struct text_sink *sink)
{
    size_t length = sink->length;

    sink->length = 0;
    return net_stream_write(&sink->talk->stream, sink->bytes, length);
}

/* A line that begins with a dot gets another (4.5.2). */
static enum net_outcome take_text(void *argument, const char *bytes, size_t length)
{
    struct text_sink *sink = argument;

    for (size_t i = 0; i < length; i++) {
        if (sink->length + 2 > TEXT_BYTES)
            NET_TRY(flush_text(sink));
        if (sink->at_line_start && bytes[i] == '.')
            sink->bytes[sink->length++] = '.';
        sink->bytes[sink->length++] = bytes[i];
        sink->at_line_start = bytes[i] == '\n';
    }
    return NET_OK;
}

static enum net_outcome count_text(void *argument, const char *bytes, size_t length)
{
    (void)bytes;
    *(int64_t *)argument += (int64_t)length;
    return NET_OK;
}

static enum net_outcome send_text(struct talk *talk)
{
    struct text_sink *sink = arena_alloc(talk->arena, sizeof *sink);

    sink->talk = talk;
    sink->at_line_start = true;
    NET_TRY(say(talk, "DATA\r\n", 3));
    NET_TRY(mime_write(talk->message, take_text, sink));
    NET_TRY(flush_text(sink));
    talk->result->step = SMTP_END;
    return say(talk, ".\r\n", 2);
}

/* Those who are taken get it; the others are named. With nobody left it is a no. */
static enum net_outcome name_recipients(struct talk *talk)
{
    struct text_buf refused;
    int taken = 0;

    text_buf_init(&refused, talk->arena);
    for (const char *const *to = talk->message->to; *to; to++) {
        enum net_outcome outcome = say(talk, arena_printf(talk->arena, "RCPT TO:<%s>\r\n", *to), 2);
        if (outcome == NET_OK)
            taken++;
        else if (outcome == NET_REFUSED && talk->reply.code != 421)
            text_buf_printf(&refused, "%s%s", refused.length > 0 ? ", " : "", *to);
        else
            return outcome;
    }
    if (refused.length > 0)
        talk->result->refused = text_buf_string(&refused);
    return taken > 0 ? NET_OK : NET_REFUSED;
}

static enum net_outcome name_sender(struct talk *talk)
{
    const char *size = talk->takes_size ? arena_printf(talk->arena, " SIZE=%" PRId64, talk->size) : "";

    return say(talk, arena_printf(talk->arena, "MAIL FROM:<%s>%s\r\n", talk->message->from, size), 2);
}

static enum net_outcome converse(struct talk *talk)
{
    const struct smtp_account *account = talk->account;

    talk->result->step = SMTP_GREETING;
    NET_TRY(read_reply(talk));
    if (talk->reply.code / 100 != 2)
        return NET_REFUSED;
    NET_TRY(say_hello(talk));
    if (account->security == SMTP_STARTTLS)
        NET_TRY(begin_tls(talk));
    talk->result->step = SMTP_SIGNING_IN;
    if (account->user)
        NET_TRY(sign_in(talk));
    talk->result->step = SMTP_SENDER;
    NET_TRY(name_sender(talk));
    talk->result->step = SMTP_RECIPIENT;
    NET_TRY(name_recipients(talk));
    talk->result->step = SMTP_TEXT;
    return send_text(talk);
}

/* The message is with the server already, or never will be: whatever becomes of this changes nothing. */
static void say_goodbye(struct talk *talk)
{
    struct smtp_result said = *talk->result;
    int64_t latest = clock_monotonic_ms() + GOODBYE_MS;

    talk->stream.deadline = talk->stream.deadline < latest ? talk->stream.deadline : latest;
    (void)!say(talk, "QUIT\r\n", 2);
    *talk->result = said;
}

static enum net_outcome hold_talk(struct talk *talk, int64_t deadline)
{
    const struct smtp_account *account = talk->account;

    NET_TRY(net_stream_open(account->host, account->port, account->security == SMTP_TLS, NET_REACH_LINK,
                            deadline, &talk->stream));
    enum net_outcome outcome = converse(talk);
    if (outcome == NET_OK || outcome == NET_REFUSED)
        say_goodbye(talk);
    net_stream_close(&talk->stream);
    return outcome;
}

enum net_outcome smtp_send(struct arena *arena, const struct smtp_account *account,
                           const struct mime_message *message, int64_t deadline,
                           struct smtp_result *out_result)
{
    struct breakers *breakers = breakers_shared();
    const char *destination = smtp_destination(arena, account);
    struct talk *talk = arena_alloc(arena, sizeof *talk);

    *talk = (struct talk){.arena = arena, .account = account, .message = message, .result = out_result};
    *out_result = (struct smtp_result){.said = ""};
    NET_TRY(mime_write(message, count_text, &talk->size));
    if (talk->size > MAIL_BYTES_MAX)
        return NET_TOO_LARGE;
    if (!breaker_allows(breakers, destination, clock_monotonic_ms()))
        return NET_RESTING;
    enum net_outcome outcome = hold_talk(talk, deadline);
    /* Who says no to one message answers all the same. */
    bool answers = outcome == NET_OK || (outcome == NET_REFUSED && out_result->step >= SMTP_SENDER);
    breaker_note(breakers, destination, answers, clock_monotonic_ms());
    return outcome;
}
