/*
 * mime.h — an e-mail as it goes over the wire: RFC 5322, with RFC 2045–2047 and 2231 for what is not plain ASCII.
 *
 * It is written piece by piece into a sink, so that what is attached is in memory once. Every line ends with CR LF and is at
 * most MIME_LINE_MAX long; there is no control character in a header, whatever a text holds, and no dot is doubled: that is
 * SMTP's business.
 */
#ifndef CARREL_NET_MIME_H
#define CARREL_NET_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/outcome.h"

#define MIME_LINE_MAX 78     /* characters, without the line end (RFC 5322, 2.1.1: 998 at most, 78 at best) */
#define MIME_ADDRESS_MAX 254 /* RFC 5321, 4.5.3.1.3 and its erratum 1690 */
#define MIME_FILE_NAME_MAX 100 /* bytes; more is cut off */

/* Attached. */
struct mail_part {
    const char *file_name;
    const char *type; /* "text/csv" */
    const char *bytes;
    size_t length;
};

struct mime_message {
    const char *from_name; /* NULL: none */
    const char *from;
    const char *const *to; /* ends with NULL */
    const char *reply_to;  /* NULL: none */
    const char *subject;
    const char *text; /* UTF-8, lines end with LF */
    const struct mail_part *parts;
    size_t part_count;
    const char *id; /* "0198c…@example.org", without the < > */
    int64_t date;   /* an instant */
};

/* Hands on NET_OK, or what ended it. */
typedef enum net_outcome mime_sink(void *argument, const char *bytes, size_t length);

/*
 * May it stand in an envelope and in a header? "ada@example.org": ASCII, nothing quoted, a domain or a literal. What another
 * program would read as something else (spaces, brackets, commas) is none.
 */
bool mime_is_address(const char *text);

/* RFC 4648 §4, padded, without line ends; `out` has room for mime_base64_length() characters and a NUL. */
size_t mime_base64(const void *bytes, size_t length, char *out); /* how many they are */
size_t mime_base64_length(size_t length);

/* All of it. NET_BAD_ADDRESS when an address is none (nothing was written then), or the sink's outcome. */
enum net_outcome mime_write(const struct mime_message *message, mime_sink *sink, void *argument) MUST_CHECK;

#endif
