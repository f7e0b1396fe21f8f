/*
 * outcome.h — how an act on the network ended: a closed list, with a name for programs and a sentence for people.
 *
 * What happens out there is no error of ours: no ctx, no fail(). Whoever asked decides what it means.
 */
#ifndef CARREL_NET_OUTCOME_H
#define CARREL_NET_OUTCOME_H

#include "base/error.h"

/* Names are never changed: programs compare them. */
#define NET_OUTCOMES(X)                                                                                                            \
    X(OK, "ok", "It answers.")                                                                                                     \
    X(BAD_ADDRESS, "bad_address", "The address cannot be read.")                                                                   \
    X(NO_ADDRESS, "no_address", "No name server knows this name.")                                                                 \
    X(NO_NAME_SERVER, "no_name_server", "The name servers of this machine do not answer.")                                         \
    X(NO_CONNECTION, "no_connection",                                                                                              \
      "Nobody answers there: the connection is refused or nothing comes back.")                                                    \
    X(TIMED_OUT, "timed_out", "The answer took too long.")                                                                         \
    X(BROKEN_OFF, "broken_off", "The connection broke off in the middle of the answer.")                                           \
    X(NO_ROOTS, "no_roots",                                                                                                        \
      "This machine has no list of certificate authorities, so nobody's certificate can be checked. Install its ca-certificates.") \
    X(NOT_TRUSTED, "not_trusted",                                                                                                  \
      "Its certificate is not valid for this name, or not by an authority that this machine trusts.")                              \
    X(NO_TLS, "no_tls", "No encrypted connection could be made.")                                                                  \
    X(UNREADABLE, "unreadable", "The answer cannot be read: it is not what this kind of address answers.")                         \
    X(TOO_LARGE, "too_large", "The answer is too long.")                                                                           \
    X(REDIRECTED, "redirected",                                                                                                    \
      "It sends on to other addresses without an end, from https to http, or into this network.")                                  \
    X(REFUSED, "refused", "It answers that it cannot do this.")                                                                    \
    X(RESTING, "resting", "It has failed several times and is left alone for a while.")

enum net_outcome {
#define X(id, name, sentence) NET_##id,
    NET_OUTCOMES(X)
#undef X
};

const char *net_outcome_name(enum net_outcome outcome);     /* "no_address" */
const char *net_outcome_sentence(enum net_outcome outcome); /* "No name server knows this name." */

/* Hands what is not NET_OK on to the caller. */
#define NET_TRY(call)                       \
    do {                                    \
        enum net_outcome net_try_ = (call); \
        if (net_try_ != NET_OK)             \
            return net_try_;                \
    } while (0)

#endif
