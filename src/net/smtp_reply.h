/*
 * smtp_reply.h — reading what a mail server answers: RFC 5321, 4.2, byte by byte as it comes.
 */
#ifndef CARREL_NET_SMTP_REPLY_H
#define CARREL_NET_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

#define SMTP_REPLY_TEXT_MAX 4096 /* of all lines; what is more is dropped */
#define SMTP_REPLY_LINES_MAX 200 /* more are none */

enum smtp_reading { SMTP_READING_MORE, SMTP_READING_DONE, SMTP_READING_BAD };

struct smtp_reply {
    enum smtp_reading state;
    int code; /* 200–599, once state is SMTP_READING_DONE */
    char text
        [SMTP_REPLY_TEXT_MAX]; /* without the codes, lines parted by LF; printable ASCII, '?' for the rest */
    size_t text_length;

    /* The reader's own. */
    char line[SMTP_LINE_MAX];
    size_t line_length;
    int lines;
};

void smtp_reply_init(struct smtp_reply *reply);

/*
 * Takes bytes up to the end of the reply, and tells how many: what comes behind belongs to nobody yet. A line that is too
 * long, has no code, or another code than the one before it: SMTP_READING_BAD. Once it is not SMTP_READING_MORE nothing is taken.
 */
size_t smtp_reply_feed(struct smtp_reply *reply, const char *bytes, size_t length);

/* Is there a line that is this keyword, or begins with it and a space ("AUTH PLAIN LOGIN")? The rest of it, or NULL. */
const char *smtp_reply_find(const struct smtp_reply *reply, const char *keyword);

#endif
