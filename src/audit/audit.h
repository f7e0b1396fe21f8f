/*
 * audit.h — who did what, when, from where: the append-only log of a library.
 */
#ifndef CARREL_AUDIT_AUDIT_H
#define CARREL_AUDIT_AUDIT_H

#include "base/listing.h"

/* In place of the name of a reader who has been forgotten (audit_forget_actor()). */
#define AUDIT_A_READER "a reader"
#define AUDIT_A_READER_ID 1 /* its row in `actor`, there from the beginning */

/* Rows of the log, newest first; `before` and `after` are JSON objects as text. */
extern const struct listing audit_listing;

#endif
