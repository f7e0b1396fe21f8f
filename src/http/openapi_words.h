/*
 * openapi_words.h — sentences of /openapi.json that belong to no row: what the whole is, and what its parts are.
 */
#ifndef CARREL_HTTP_OPENAPI_WORDS_H
#define CARREL_HTTP_OPENAPI_WORDS_H

/* What holds for all of the interface: lists, errors, who one is, units. Markdown. */
extern const char words_of_api[];

/* What the part of the API that is called so is about; NULL: it says it all. */
const char *words_of_tag(const char *tag);

/* What an object within a row or a reply is, by its name: "book"; NULL: not known. */
const char *words_of_group(const char *name);

#endif
