/*
 * oai.h — the words of OAI-PMH 2.0 (https://www.openarchives.org/OAI/openarchivesprotocol.html), by which other programs
 * harvest the catalogue: all of it, then what has changed since.
 */
#ifndef CARREL_SHARING_OAI_H
#define CARREL_SHARING_OAI_H

#include <stddef.h>

/* A question: its arguments as they came, the verb among them. */
struct oai_argument {
    const char *name, *value;
};

struct oai_request {
    const char *base_url; /* of this interface, as the client called it */
    const struct oai_argument *arguments;
    size_t argument_count;
};

#endif
