/*
 * commonest.h — the passwords that are guessed first.
 */
#ifndef CARREL_AUTH_COMMONEST_H
#define CARREL_AUTH_COMMONEST_H

#include <stdbool.h>

/* Is it one of them? Folded (text_fold), at least PASSWORD_MIN characters: shorter ones are not listed. */
bool commonest_has(const char *folded);

#endif
