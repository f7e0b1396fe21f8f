/*
 * ber.h — where a message in BER (X.690) ends, and whether its parts fit into each other.
 *
 * A stranger's bytes are measured by this before anything is decoded: no length reaches past what holds it, nothing
 * nests deeper than NET_BER_DEPTH_MAX, no tag or length is longer than four bytes.
 */
#ifndef CARREL_NET_BER_H
#define CARREL_NET_BER_H

#include <stddef.h>

enum ber_measure {
    BER_WHOLE, /* one value: *out_length bytes */
    BER_MORE,  /* the beginning of one */
    BER_BAD,   /* of none, or of one longer than `max` */
};

enum ber_measure ber_measure(const char *bytes, size_t length, size_t max, size_t *out_length);

#endif
