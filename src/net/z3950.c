/*
 * z3950.c — a conversation of three questions: may I come in, what have you, show me.
 */
#include "net/z3950.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/ber.h"
#include "net/stream.h"
#include "net/url.h"

#define PIECE_BYTES (16 * 1024) /* read at a time */

bool z3950_address_parse(struct arena *arena, const char *text, struct z3950_address *out_address)
{
    const char *slash = strchr(text, '/');
    struct net_url url;

    if (!slash || slash == text || strstr(text, "//") || strlen(text) > LOOKUP_ADDRESS_MAX)
        return false;
    /* A name with a port, as in a URL: the same grammar, another default. */
    if (!net_url_parse(arena, arena_printf(arena, "http://%s", text), &url) || url.fragment)
        return false;
    if (url.target[1] == '\0' || strchr(url.target + 1, '/'))
        return false;
    const char *after_host = text[0] == '[' ? strchr(text, ']') : text;
    bool says_port = after_host && memchr(after_host, ':', (size_t)(slash - after_host));
    *out_address = (struct z3950_address){.host = url.host,
                                          .port = says_port ? url.port : 210,
                                          .database = arena_strdup(arena, url.target + 1)};
    return true;
}

/* The next message. What comes after it in the same piece is nobody's: nothing was asked yet. */
static enum net_outcome read_message(struct arena *arena, struct net_stream *stream,
                                     struct z3950_message *out_message)
{
    char *piece = arena_alloc(arena, PIECE_BYTES);
    struct text_buf message;
    size_t length;
    enum ber_measure measured = BER_MORE;

    text_buf_init(&message, arena);
    while (measured == BER_MORE) {
        NET_TRY(net_stream_read(stream, piece, PIECE_BYTES, &length));
        if (length == 0)
            return NET_BROKEN_OFF;
        text_buf_append_bytes(&message, piece, length);
        if ((message.bytes[0] & 0xe0) !=
            0xa0) /* all of them are constructed, with a tag of their own context */
            return NET_UNREADABLE;
        if (arena_exhausted(arena))
            return NET_TOO_LARGE;
        measured = ber_measure(message.bytes, message.length, NET_BER_MAX, &length);
    }
    if (measured == BER_BAD)
        return message.length >= NET_BER_MAX ? NET_TOO_LARGE : NET_UNREADABLE;
    return z3950_read(arena, message.bytes, length, out_message) ? NET_OK : NET_UNREADABLE;
}

static enum net_outcome ask(struct arena *arena, struct net_stream *stream, const char *bytes, size_t length,
                            enum z3950_kind kind, struct z3950_message *out_message)
{
    if (!bytes)
        return NET_UNREADABLE;
    NET_TRY(net_stream_write(stream, bytes, length));
    NET_TRY(read_message(arena, stream, out_message));
    if (out_message->kind != kind)
        return out_message->kind == Z3950_OTHER ? NET_REFUSED : NET_UNREADABLE;
    return NET_OK;
}

static enum net_outcome present(struct arena *arena, struct net_stream *stream, size_t max,
                                struct z3950_answer *answer)
{
    struct z3950_record **end = &answer->records;
    struct z3950_message message;
    size_t wanted = answer->found < (int64_t)max ? (size_t)answer->found : max;
    size_t length;

    /* A server may send fewer at a time than were asked for. */
    for (size_t have = 0; have < wanted;) {
        const char *bytes = z3950_write_present(arena, (int64_t)have + 1, (int64_t)(wanted - have), &length);
        NET_TRY(ask(arena, stream, bytes, length, Z3950_PRESENT, &message));
        answer->diagnostic = message.diagnostic;
        if (!message.records)
            return have > 0 ? NET_OK : NET_REFUSED;
        *end = message.records;
        for (; *end && have < wanted; have++)
            end = &(*end)->next;
        *end = NULL;
    }
    return NET_OK;
}

static enum net_outcome converse(struct arena *arena, struct net_stream *stream,
                                 const struct z3950_address *address, const struct z3950_question *question,
                                 struct z3950_answer *answer)
{
    struct z3950_message message;
    size_t length;
    const char *bytes = z3950_write_init(arena, &length);

    NET_TRY(ask(arena, stream, bytes, length, Z3950_INIT, &message));
    if (!message.succeeded)
        return NET_REFUSED;
    bytes = z3950_write_search(arena, address->database, question, &length);
    NET_TRY(ask(arena, stream, bytes, length, Z3950_SEARCH, &message));
    answer->diagnostic = message.diagnostic;
    if (!message.succeeded || message.diagnostic)
        return NET_REFUSED;
    answer->found = message.found > 0 ? message.found : 0;
    return present(arena, stream, question->records_max, answer);
}

enum net_outcome z3950_ask(struct arena *arena, const struct z3950_address *address,
                           const struct z3950_question *question, int64_t deadline,
                           struct z3950_answer *out_answer)
{
    struct breakers *breakers = breakers_shared();
    const char *destination = arena_printf(arena, "%s:%u", address->host, (unsigned)address->port);
    struct net_stream stream;

    *out_answer = (struct z3950_answer){0};
    if (!breaker_allows(breakers, destination, clock_monotonic_ms()))
        return NET_RESTING;
    enum net_outcome outcome =
        net_stream_open(address->host, address->port, false, NET_REACH_LINK, deadline, &stream);
    if (outcome == NET_OK) {
        outcome = converse(arena, &stream, address, question, out_answer);
        net_stream_close(&stream);
    }
    breaker_note(breakers, destination, outcome == NET_OK || outcome == NET_REFUSED, clock_monotonic_ms());
    return outcome;
}
