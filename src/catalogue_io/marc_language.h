/*
 * marc_language.h — languages as MARC names them: https://www.loc.gov/marc/languages/ (ISO 639-2/B).
 */
#ifndef CARREL_CATALOGUE_IO_MARC_LANGUAGE_H
#define CARREL_CATALOGUE_IO_MARC_LANGUAGE_H

/* The three letters for "de", "de-AT" (BCP 47) or "ger" itself; NULL for what has none here. */
const char *marc_language(const char *language);

#endif
