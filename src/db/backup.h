/*
 * backup.h — a verified copy of a library while people go on working.
 *
 * Its pages are those of one moment (db/page_copy.h). The copy is made under a temporary name in the target's
 * directory, synced, reopened, checked (quick_check, foreign keys, application id, row counts), renamed into
 * place, and the directory synced: a file under its final name is always whole. All that is done on a thread of its own
 * with the lowest claims to processor and disk.
 *
 * One that is sealed is first made so beside the library, where what is in it stands anyway, then sealed under a
 * temporary name in the target's directory and read back: nothing that can be read without the passphrase ever lies
 * there. What a crash leaves of either is taken away when the next one is made.
 */
#ifndef CARREL_DB_BACKUP_H
#define CARREL_DB_BACKUP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/digest.h"
#include "base/seal.h"

struct db; /* db/engine.h */

/* How the copy is read back. */
enum backup_check {
    BACKUP_CHECK_QUICK, /* quick_check, foreign keys, counts: while somebody waits */
    BACKUP_CHECK_FULL, /* integrity_check (indexes against their tables) and the full-text rows as well: at night */
};

struct backup_report {
    const char *path;    /* of the finished file, absolute */
    const char *library; /* the file name of what it is a copy of */
    int64_t bytes;
    int64_t made_at; /* instant; 0: now */
    int64_t version; /* of its schema */
    int64_t books, copies, members, borrows, open_borrows;
    int64_t last_audit_id; /* 0: nothing was ever done */
    struct digest digest;  /* SHA-256 of the file */
    bool sealed;           /* only its passphrase opens it (db/sealed.h) */
    int64_t copy_ms;       /* until it was on the disk */
    int64_t verify_ms;
};

/* What shall be made. */
struct backup_order {
    const char *library; /* opened by a read connection of its own */
    const char *target;  /* a file that does not exist yet, or a directory (a name with the date is made) */
    enum backup_check check;
    const struct seal_key *seal; /* NULL: everybody can read it. Else the name ends in SEALED_SUFFIX */
    const char *note;            /* stands in the name that is made: "from-version-3"; NULL: nothing */
};

enum error_kind backup_make_as(struct ctx *ctx, const struct backup_order *order,
                               struct backup_report *out_report) MUST_CHECK;

/* The same for one that is not sealed. */
enum error_kind backup_make(struct ctx *ctx, const char *library_path, const char *target,
                            enum backup_check check, struct backup_report *out_report) MUST_CHECK;

/*
 * True: whatever is being made is broken off within moments (BUSY), and nothing new begins, so that a program that is
 * told to stop does not read a gigabyte first. False, as at the start: backups are made again. From any thread.
 */
void backup_break_off(bool stopping);

/* What it last said, for whoever copies a finished backup. */
const atomic_bool *backup_is_broken_off(void);

/* `copy` is being read back, and interrupted when backups are broken off; until it is said to be over. */
void backup_check_begin(struct db *copy);
void backup_check_end(const struct db *copy);

#endif
