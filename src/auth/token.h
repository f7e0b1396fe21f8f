/*
 * token.h — secrets that are made here and handed out: session and refresh tokens, API keys, codes for people.
 *
 * A token is 256 bits from getrandom(2) in base64url: nobody guesses one, so a plain SHA-256 is enough to keep it by,
 * and a look-up by that hash takes as long whatever was presented. A code is read out and typed: 60 bits in letters
 * and digits that nobody mixes up.
 */
#ifndef CARREL_AUTH_TOKEN_H
#define CARREL_AUTH_TOKEN_H

#include <stdbool.h>

#include "base/digest.h"

struct arena;

#define TOKEN_TEXT_LENGTH 43
#define API_KEY_PREFIX "carrel_"
#define CODE_TYPED_MAX 64    /* characters of a code as somebody typed it */
#define CODE_LETTERS 12      /* of a code, without the hyphens */
#define SETUP_CODE_LETTERS 8 /* it is on the console of the machine, and good for a few tries only */

/* 43 characters of base64url. */
const char *token_new(struct arena *arena);

/* How it is kept. */
struct digest token_hash(const char *token);

/* `letters` characters in groups of four: "K7MX-2PQD-9WHA". */
const char *code_new(struct arena *arena, int letters);

/* As it may have been typed (lower case, blanks, other hyphens, O for 0, I or L for 1), in one form; "" when it is
   none. */
const char *code_normalised(struct arena *arena, const char *typed);

#endif
