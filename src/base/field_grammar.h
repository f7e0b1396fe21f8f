/*
 * field_grammar.h — what addresses and phone numbers look like, for field tables.
 */
#ifndef CARREL_BASE_FIELD_GRAMMAR_H
#define CARREL_BASE_FIELD_GRAMMAR_H

#include <stdbool.h>

/* RFC 5321 addr-spec as people write it: local@domain.tld. */
bool field_is_email(const char *text);

/* ^\+?[\d\s\-xX.()]{7,30}$ */
bool field_is_phone(const char *text);

#endif
