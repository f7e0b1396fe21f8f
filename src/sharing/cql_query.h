/*
 * cql_query.h — a question in CQL, the Contextual Query Language (https://www.loc.gov/standards/sru/cql/), as a small tree
 * of what the catalogue can answer. What it cannot is a diagnostic of the standard
 * (https://www.loc.gov/standards/sru/diagnostics/diagnosticsList.html), by its number.
 *
 *     cql.anywhere, cql.serverChoice (and none)   title, author, ISBN
 *     dc.title, dc.creator                        words, or a phrase (adj, exact)
 *     dc.identifier, bath.isbn                    an ISBN in any form, or an identifier of the library's own
 *     dc.date                                     a year: = < > <= >=, within "1990 1999"
 *     dc.language                                 a code; en finds en-US
 *
 * and, or, not; not prox. A word may end in * for any ending.
 */
#ifndef CARREL_SHARING_CQL_QUERY_H
#define CARREL_SHARING_CQL_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Diagnostics that a question may meet. */
enum cql_diagnostic {
    CQL_FINE = 0,
    CQL_TOO_LONG = 12,
    CQL_SYNTAX = 10,
    CQL_NO_SET = 15, /* of indexes, by that prefix */
    CQL_NO_INDEX = 16,
    CQL_NO_RELATION = 19,
    CQL_NO_MODIFIER = 20,
    CQL_EMPTY_TERM = 27,
    CQL_MASKING = 28,
    CQL_TERM_FORM = 36, /* in invalid format for index or relation */
    CQL_NO_BOOLEAN = 37,
    CQL_TOO_MANY = 38, /* booleans */
    CQL_NO_BOOLEAN_MODIFIER = 46,
    CQL_NO_SORT = 80,
};

enum cql_kind { CQL_WORDS, CQL_IDENTIFIER, CQL_YEARS, CQL_LANGUAGE, CQL_AND, CQL_OR, CQL_NOT };

struct cql_tree {
    enum cql_kind kind;
    struct cql_tree *left, *right; /* of a boolean */
    const char *text;              /* CQL_WORDS: a full-text question; else the term */
    int64_t from, to;              /* CQL_YEARS, both included */
};

/*
 * Reads at most CQL_TEXT_MAX characters, with at most CQL_DEPTH_MAX clauses. On a diagnostic other than CQL_FINE, *out_tree
 * is untouched and *out_detail (NULL: nothing to add) says about what, in the arena.
 */
enum cql_diagnostic cql_read(struct arena *arena, const char *text, struct cql_tree **out_tree,
                             const char **out_detail);

/* What a diagnostic says, in English. */
const char *cql_message(enum cql_diagnostic diagnostic);

#endif
