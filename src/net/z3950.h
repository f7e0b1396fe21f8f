/*
 * z3950.h — asking a library's catalogue over Z39.50 (ISO 23950, version 3): one question, some records, goodbye.
 *
 * Messages are written and read by YAZ (vendor/yaz.sh); bytes come and go through net/stream.h. Records are asked for in
 * MARC 21 (USMARC) and handed over as they come: ISO 2709 in MARC-8 or UTF-8 (marc/iso2709.h).
 */
#ifndef CARREL_NET_Z3950_H
#define CARREL_NET_Z3950_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "net/breaker.h"
#include "net/outcome.h"

/* "z3950.example.org:210/database"; the port may be left out: 210. */
struct z3950_address {
    const char *host;
    uint16_t port;
    const char *database;
};

bool z3950_address_parse(struct arena *arena, const char *text, struct z3950_address *out_address);

/* Use attributes of bib-1 (https://www.loc.gov/z3950/agency/defns/bib1.html). */
enum z3950_use { Z3950_TITLE = 4, Z3950_ISBN = 7, Z3950_AUTHOR = 1003, Z3950_ANY = 1016 };

#define Z3950_TERMS_MAX 4

struct z3950_question {
    struct {
        enum z3950_use use;
        const char *text; /* UTF-8 */
    } terms[Z3950_TERMS_MAX];
    size_t count; /* at least one; all must be found */
    size_t records_max;
};

struct z3950_record {
    const char *bytes;
    size_t length;
    struct z3950_record *next;
};

struct z3950_answer {
    int64_t found;                /* titles, as the server says */
    struct z3950_record *records; /* at most records_max */
    const char *diagnostic;       /* of NET_REFUSED: what the server says, UTF-8; NULL: nothing */
};

/*
 * NET_BAD_ADDRESS and the outcomes of net_stream_open(); NET_UNREADABLE: that is no Z39.50; NET_REFUSED: it says no, of
 * which out_answer->diagnostic tells more; NET_RESTING. The breaker's destination is "host:port". `deadline` is
 * clock_monotonic_ms(). *out_answer is set in any case. Memory is the arena's.
 */
enum net_outcome z3950_ask(struct arena *arena, const struct z3950_address *address,
                           const struct z3950_question *question, int64_t deadline,
                           struct z3950_answer *out_answer) MUST_CHECK;

/* ---- single messages: for z3950.c itself, tests and fuzzing --------------------------------------------- */

enum z3950_kind { Z3950_INIT, Z3950_SEARCH, Z3950_PRESENT, Z3950_OTHER };

struct z3950_message {
    enum z3950_kind kind;
    bool succeeded; /* init: welcome; search: it was done */
    int64_t found;
    struct z3950_record *records; /* in the arena, in their order */
    struct z3950_record **end;
    const char *diagnostic; /* NULL: none */
};

/* One reply, measured by ber_measure(). False: it is none. */
bool z3950_read(struct arena *arena, const char *bytes, size_t length, struct z3950_message *out_message);

/* Requests, in the arena. */
const char *z3950_write_init(struct arena *arena, size_t *out_length);
const char *z3950_write_search(struct arena *arena, const char *database,
                               const struct z3950_question *question, size_t *out_length);
const char *z3950_write_present(struct arena *arena, int64_t first, int64_t count, size_t *out_length);

#endif
