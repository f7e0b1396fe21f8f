/*
 * field_grammar.h — what addresses, phone numbers and codes of languages look like.
 */
#ifndef CARREL_BASE_FIELD_GRAMMAR_H
#define CARREL_BASE_FIELD_GRAMMAR_H

#include <stdbool.h>

/* RFC 5321 addr-spec as people write it: local@domain.tld. */
bool field_is_email(const char *text);

/* ^\+?[\d\s\-xX.()]{7,30}$ */
bool field_is_phone(const char *text);

/* The shape of BCP 47, not its registry: "en", "pt-BR". Who uses it has something to fall back to. */
bool field_is_language(const char *text);

#endif
