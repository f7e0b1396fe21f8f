/*
 * bulk.h — a large invented library, written table by table by one of two roads. Packed: full pages laid down
 * (db/pack.h), loans, names, words and indexes made by threads side by side. SQL: the reference, nothing that SQLite does not
 * document; also taken when the schema has what packing does not understand.
 *
 * Rows are what the services would have written (test_bulk.c compares the three). Counters come from the generator's
 * own totals; --check compares them with the facts.
 *
 * Memory: about 60 bytes a title or member, 12 a copy, 14 a loan for what comes with it until that is written, what is
 * out, words until they are written, and by the packed road what it takes to sort (db/pack.h): four million loans need
 * 240 MB in all. It grows with the library: ten times as many 3.9 GB, nearly all of it for sorting.
 */
#ifndef CARREL_SEEDER_BULK_H
#define CARREL_SEEDER_BULK_H

#include <stdatomic.h>

#include "base/ctx.h"
#include "seeder/invent.h"
#include "seeder/plan.h"
#include "seeder/summary.h"

/* Where the work shows how far it is; tell() is called after each change. */
struct bulk_progress {
    _Atomic(int64_t) *done, *total;
    _Atomic(const char *) *phase;
    void (*tell)(void *argument);
    void *argument;
};

enum bulk_road {
    BULK_PACKED, /* pages laid down (db/pack.h) */
    BULK_SQL,    /* the reference: nothing that SQLite does not document */
};

struct bulk_request {
    struct arena *arena; /* for what lives as long as the filling */
    const struct plan *plan;
    const struct lexicon *lexicon;
    const struct bulk_progress *progress;
    enum bulk_road road;
};

/*
 * ctx->db is a DB_BUILD connection to an empty library, outside a transaction; afterwards inside one, and it may be
 * another connection. Both roads make the same rows.
 */
enum error_kind bulk_fill(struct ctx *ctx, const struct bulk_request *request,
                          struct seeder_summary *out_summary) MUST_CHECK;

#endif
