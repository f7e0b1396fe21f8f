/*
 * lookup_address.h — how the address of a target is written.
 *
 *     z3950   host:port/database           lx2.loc.gov:210/LCDB
 *     sru     a URL; parameters in it are kept and not added again (recordSchema=, version=). After a #, which is never
 *             sent, the names of its indexes: #isbn=pica.isb&title=pica.tit&author=pica.per&any=pica.all; an empty name:
 *             the words alone. Without: bath.isbn, dc.title, dc.creator, and the words alone.
 *     json    a URL that answers like Open Library's /api/books (bibkeys=, format=json and jscmd=data are added)
 */
#ifndef CARREL_LOOKUP_LOOKUP_ADDRESS_H
#define CARREL_LOOKUP_LOOKUP_ADDRESS_H

#include "base/arena.h"
#include "lookup/lookup.h"

/* Can it be read, for this kind of target? */
bool lookup_address_is_good(struct arena *arena, const char *kind, const char *address);

enum target_kind lookup_kind(const char *kind);

/* "host:port", as net/breaker.h knows it. */
const char *lookup_destination(struct arena *arena, const struct target_facts *target);

/* The URL of a question to an SRU server (https://www.loc.gov/standards/sru/sru-1-1.html). */
const char *lookup_sru_url(struct arena *arena, const char *address, const struct lookup_question *question,
                           int64_t records_max);

/* … and of one by ISBN to a JSON service. */
const char *lookup_json_url(struct arena *arena, const char *address, const char *isbn);

#endif
