/*
 * restore.h — a backup in the place of a library that is served: what is asked for, how far it is, what it would mean.
 */
#ifndef CARREL_BACKUPS_RESTORE_H
#define CARREL_BACKUPS_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

/* Which one: by the id of its row, or by its file. */
struct restore_request {
    struct uuid backup_id; /* all zero: by `path` */
    const char *path;      /* NULL: by `backup_id` */
    const char *passphrase;
    const char *until;
    bool confirm;
};

/* The same, found. */
struct restore_wish {
    const char *path;
    const char *passphrase; /* NULL: none was given */
    const char *until; /* as journal_parse_until() reads it (db/journal_restore.h); NULL: as the backup is */
};

/* How far the journal goes on from a backup, or was followed. */
struct restore_journal {
    bool is_there;
    bool ends_early; /* more may have been done than it has */
    int64_t entries;
    int64_t first_at, last_at; /* instants; 0: there is no entry */
};

/* One at a time goes through these, in this order; FAILED may follow each but DONE. */
enum restore_state {
    RESTORE_NONE,
    RESTORE_STAGING,  /* copied beside the library and looked at; people go on working */
    RESTORE_READY,    /* … and sound: the server is told */
    RESTORE_SWAPPING, /* nobody is served for a moment */
    RESTORE_FAILED,   /* the library is as it was */
    RESTORE_DONE,
};

const char *restore_state_name(enum restore_state state);

struct restore_status {
    enum restore_state state;
    const char *detail; /* of RESTORE_FAILED: why, for people; else NULL */
    const char *from;   /* the backup's file */
    const char *aside;  /* the library as it was; NULL: there was none */
    int64_t started_at, finished_at;
    int64_t bytes, bytes_done; /* copied so far */
};

/* What a library or a backup holds, as people count it. */
struct restore_counts {
    int64_t books, copies, members, borrows, open_borrows;
    int64_t last_activity; /* instant; 0: nothing was ever done */
};

/* Acts of one kind that the backup does not have. */
struct restore_loss {
    const char *action;
    int64_t count;
    struct restore_loss *next;
};

struct restore_preview {
    const char *path;
    int64_t bytes, version;
    int64_t made_at; /* the moment that it is a copy of; 0: not known */
    bool sealed;     /* it cannot be looked into without its passphrase: what its manifest says */
    struct restore_counts backup, present;
    int64_t lost_acts; /* that the present library has and the backup has not */
    struct restore_journal journal;
    struct restore_loss *lost; /* by kind, the most frequent first, at most RESTORE_LOSSES_MAX */
};

/* A file that may be restored. */
struct restore_file {
    const char *path;
    const char *library; /* file name of the library it is a copy of; NULL: not known */
    const char *kind;    /* as of backup_run; "aside": the library as it was before a restore */
    const char *verified;
    int64_t made_at;
    int64_t bytes;
    bool sealed;
    bool counted; /* the counts are known */
    struct restore_counts counts;
    struct restore_file *next;
};

#endif
