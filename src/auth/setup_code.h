/*
 * setup_code.h — the code that proves, while a library has no administrator or cannot be opened, that one stands at its
 * machine.
 *
 * It is printed on the console and written beside the library, readable for its owner alone (0600). Whoever may read
 * either could as well take the file away, so it opens nothing that was shut. SETUP_CODE_TRIES wrong tries make a new
 * one. Kept in memory; thread-safe.
 */
#ifndef CARREL_AUTH_SETUP_CODE_H
#define CARREL_AUTH_SETUP_CODE_H

#include <stdbool.h>

#include "base/ctx.h"

/*
 * Makes the first code and its file, `library_path`.setup-code. What cannot be written is logged; the console has it
 * all the same, with `why`, a constant of the program: "this library has no administrator yet".
 */
void setup_code_start(const char *library_path, const char *why);

/* Is it the code? Wrong ones are counted. False while there is none. */
bool setup_code_matches(struct ctx *ctx, const char *typed);

/* Setup is done: the code is void, its file removed. Also when there was none. */
void setup_code_end(void);

#endif
