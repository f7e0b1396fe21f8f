/*
 * journal_file.h — the file format of the journal: one segment, written entry by entry and read back.
 *
 * A segment holds the transactions of one series that follow each other without a gap; the next segment goes on where
 * it ends. All numbers are big-endian.
 *
 *     0   16  "CARRELJOURNAL1" and two line feeds
 *     16  16  UUID of the series (version 7: it tells when the series began)
 *     32   8  instant at which the segment was begun, ms since 1970
 *     40   4  version of the library's schema: user_version
 *     44   4  1: the bytes of the entries are sealed, else 0
 *     48 128  only when sealed: the header of base/seal.h
 *
 * and then entries, each one transaction:
 *
 *     0    4  "CJE1"
 *     4    8  its number; one more than that of the entry before
 *     12   8  instant of its COMMIT
 *     20   4  bytes that follow this head, without the digest
 *     24   4  the first four bytes of the SHA-256 of bytes 0 … 23
 *     28      a changeset of SQLite (https://www.sqlite.org/sessionintro.html; its layout stands at the top of
 *             ext/session/sqlite3session.c), or the same in sealed chunks, each but the last of SEAL_CHUNK_MAX
 *          32  SHA-256 of the digest before (of the first: SHA-256 of the segment's header), this head and these bytes
 *
 * What a pulled stick or a power cut leaves at the end (an entry too short, or zeros) is no entry: TORN. So is a last
 * entry with a wrong bit, which looks the same. Where another entry follows, it is damage, and told as such. That an
 * entry is missing is seen by the numbers.
 *
 * Sealed chunks are numbered within their segment, so nobody goes on with a segment that he has not begun himself: a
 * nonce must not serve two texts.
 */
#ifndef CARREL_DB_JOURNAL_FILE_H
#define CARREL_DB_JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/seal.h"
#include "base/uuid.h"

struct segment_head {
    struct uuid series;
    int64_t begun_at;
    int64_t version;
    bool is_sealed;
};

/* ---- writing: no ctx, the journal's own thread does it -------------------------------------------------- */

struct segment; /* one that is being written */

/*
 * A new file (never over one that is there), readable by its owner alone; `key` NULL: not sealed. NULL with errno.
 * What was put is on the disk after segment_sync(). When anything fails, close the segment: it is not to be gone on
 * with.
 */
struct segment *segment_begin(const char *path, const struct segment_head *head, const struct seal_key *key);
bool segment_put(struct segment *segment, uint64_t number, int64_t instant, const void *bytes, size_t length);
bool segment_sync(struct segment *segment); /* false as well when the file no longer stands under its name */
int64_t segment_bytes(const struct segment *segment);
void segment_end(struct segment *segment);

/* ---- reading -------------------------------------------------------------------------------------------- */

struct segment_reader; /* closed when its arena is reset */

struct journal_change {
    uint64_t number;
    int64_t instant;
    void *bytes; /* in memory that lasts until the next one is read */
    size_t length;
};

enum segment_reading {
    SEGMENT_ENTRY,
    SEGMENT_END,     /* after a whole entry, or after the header */
    SEGMENT_TORN,    /* what follows was never finished */
    SEGMENT_DAMAGED, /* what follows is not what was written */
};

/*
 * Opens it and reads its header. CONFLICT: it cannot be read; LIBRARY_DAMAGED: that is no segment, or not a whole one;
 * PASSPHRASE_REQUIRED: it is sealed, `key` is NULL; WRONG_PASSPHRASE. `with_bytes` false: the changes are passed over
 * unopened, and a sealed segment needs no key.
 */
enum error_kind segment_open(struct ctx *ctx, const char *path, const struct seal_key *key, bool with_bytes,
                             struct segment_head *out_head, struct segment_reader **out_reader) MUST_CHECK;

/* Only SEGMENT_ENTRY fills *out. */
enum segment_reading segment_next(struct segment_reader *reader, struct journal_change *out);

#endif
