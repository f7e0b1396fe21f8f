/*
 * lookup_read.h — answers of targets as records: strangers' bytes, of which nothing is believed.
 */
#ifndef CARREL_LOOKUP_LOOKUP_READ_H
#define CARREL_LOOKUP_LOOKUP_READ_H

#include "base/ctx.h"
#include "lookup/lookup.h"
#include "net/z3950.h"

/* Records in the order they came, at most LOOKUP_RECORDS_MAX of them; those without a title are left out. */
struct lookup_reading {
    struct lookup_record *records;
    struct lookup_record **end;
    size_t count;
    int64_t found;      /* as the target says */
    const char *detail; /* what it says went wrong; NULL: nothing */
};

void lookup_reading_init(struct lookup_reading *reading);

/* NET_UNREADABLE, NET_REFUSED. Texts are the arena's of ctx; no database is needed. */
enum net_outcome lookup_read_sru(struct ctx *ctx, const char *bytes, size_t length,
                                 struct lookup_reading *reading) MUST_CHECK;
enum net_outcome lookup_read_json(struct ctx *ctx, const char *bytes, size_t length, const char *isbn,
                                  struct lookup_reading *reading) MUST_CHECK;
void lookup_read_z3950(struct ctx *ctx, const struct z3950_record *records, struct lookup_reading *reading);

/* ---- for the three of them ------------------------------------------------------------------------------ */

/* Adds a record, unless it is full. */
void lookup_reading_add(struct ctx *ctx, struct lookup_reading *reading, const struct book_facts *facts,
                        const char *marc);

#endif
