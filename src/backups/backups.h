/*
 * backups.h — copies of the library: which there are, and which are due.
 */
#ifndef CARREL_BACKUPS_BACKUPS_H
#define CARREL_BACKUPS_BACKUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/seal.h"
#include "base/uuid.h"

#define BACKUP_PATH_MAX \
    4000 /* characters of a file's name in a request; the system's PATH_MAX is 4,096 bytes */

/* Why it was made; as texts in backup_run.kind. */
enum backup_kind {
    BACKUP_MANUAL,  /* somebody asked for it: never taken away by the program */
    BACKUP_HOURLY,  /* something was done since the last */
    BACKUP_DAILY,   /* the first of a day; read back in full */
    BACKUP_WEEKLY,  /* seven days after the last of its kind; stands for the day's as well */
    BACKUP_SECOND,  /* a daily or weekly one, copied to the second folder */
    BACKUP_UPGRADE, /* before an older library was brought forward */
    BACKUP_KINDS,
    BACKUP_NONE = BACKUP_KINDS, /* nothing is due */
};

const char *backup_kind_name(enum backup_kind kind);

/* One row of backup_run. */
struct backup {
    int64_t id;
    struct uuid uuid;
    const char *kind;
    int64_t started_at; /* the moment that it is a copy of */
    int64_t finished_at;
    const char *error; /* NULL: it went well */
    const char *path;  /* NULL: it did not */
    int64_t bytes;
    int64_t books, copies, members, borrows, open_borrows;
    int64_t last_audit_id;
    const char *sha256;
    const char *verified;       /* "quick", "full" */
    bool sealed;                /* only its passphrase opens it */
    int64_t copy_ms, verify_ms; /* of one that was just made */
    struct backup *next;
};

/* Which of them only the passphrase opens: setting backup_seal. */
enum backups_seal { SEAL_OFF, SEAL_SECOND, SEAL_ALL };

/* Where they go and how many stay: the settings, looked up. */
struct backup_place {
    bool scheduled;
    const char *directory;
    bool is_default;            /* … beside the library: made when it is not there */
    const char *second;         /* NULL: none is set */
    int64_t keep[BACKUP_KINDS]; /* of BACKUP_MANUAL: all, whatever stands here; of BACKUP_UPGRADE: by age */
    enum backups_seal seal;
    bool has_key;        /* a passphrase was set … */
    struct seal_key key; /* … and became this */
};

/* One to be made. */
struct backup_task {
    const char *library;
    const char *target; /* a new file or a directory */
    enum backup_kind kind;
    bool in_full;                /* read back in full */
    const struct seal_key *seal; /* NULL: everybody can read it */
    const char *note;            /* for its name (db/backup.h) */
};

/* What decides which is due. Instants; 0: there is none. */
struct backup_history {
    int64_t last_daily; /* or weekly */
    int64_t last_weekly;
    int64_t audit_id_in_last; /* of the last good one of any kind but BACKUP_SECOND; -1: there is none */
    int64_t audit_id_now;
};

struct backups_overview {
    struct backup_place place;
    bool folder_is_there; /* or will be made: that beside the library */
    bool second_is_there;
    int64_t last_good_at; /* 0: there is none */
    bool is_old;          /* none is younger than BACKUP_OLD_DAYS */
    struct backup *first; /* newest first, at most BACKUP_LIST_MAX */
};

#endif
