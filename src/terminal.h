/*
 * terminal.h — what people type that nobody may see: passwords and passphrases.
 */
#ifndef CARREL_TERMINAL_H
#define CARREL_TERMINAL_H

#include "base/ctx.h"

/*
 * At a terminal: asks for it, nothing is shown of what is typed, and a second time when `again` is not NULL.
 * Otherwise: one line of standard input. `what` is for the words ("password"). BAD_REQUEST when nothing comes, the two
 * differ, or it is not UTF-8.
 */
enum error_kind terminal_read_secret(struct ctx *ctx, const char *what, const char *prompt, const char *again,
                                     const char **out_secret) MUST_CHECK;

#endif
