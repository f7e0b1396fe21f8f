/*
 * faulty_vfs.h — a disk that fails when a test says so: a VFS of SQLite (https://www.sqlite.org/vfs.html) in front of
 * the usual one, as the default of a test's program.
 *
 *     faulty_install();                                                     once, before any library is opened
 *     faulty_arm(&(struct fault){.kind = FAULT_SYNC, .at = 3});             the third sync from now on fails
 *     …                                                                     and faulty_disarm() ends it
 *
 * And a disk that loses its power. Between faulty_watch() and faulty_power_back() it keeps of the library at a path
 * (and of its -wal and -journal) what a sync has brought to the platter, apart from what stands in the cache:
 *
 *     faulty_watch(path);
 *     faulty_cut_at(17, 5);      at the 17th write, sync or truncation the power goes: that and all later ones fail
 *     …                          everything is closed
 *     faulty_power_back();       the files are what was synced; of the rest, sectors as the dice (5) fell
 *
 * A sync that fails on a watched file loses what it should have written, and later ones have nothing left to do:
 * so does Linux (https://www.postgresql.org/docs/12/wal-reliability.html, "fsync" in https://lwn.net/Articles/752063/).
 * Everybody who has the file open is told of the failure, once.
 *
 * What is closed, unlocked or unmapped never fails. Calls from all threads are counted together.
 */
#ifndef CARREL_TESTS_FAULTY_VFS_H
#define CARREL_TESTS_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_OPEN,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_SHORT_WRITE, /* half of it is written, then the disk is full */
    FAULT_FULL,        /* nothing is written: the disk is full */
    FAULT_SYNC,
    FAULT_TRUNCATE,
    FAULT_LOCK,   /* of the file, or of the index of the WAL */
    FAULT_SHARED, /* mapping the index of the WAL */
    FAULT_KINDS,
};

struct fault {
    enum fault_kind kind;
    int64_t at; /* which one fails, from 1 */
    bool lasts; /* all later ones fail, too */
};

void faulty_install(void);
const char *faulty_kind_name(enum fault_kind kind);

/* Counts from here on. With `at` 0 nothing fails. */
void faulty_arm(const struct fault *fault);
void faulty_disarm(void);

/* Calls of this kind since it was armed; and did one fail? */
int64_t faulty_count(enum fault_kind kind);
bool faulty_has_struck(void);

void faulty_watch(const char *library_path);
void faulty_cut_at(int64_t at, uint64_t dice); /* 0: faulty_cut_now() does it, or nobody */
void faulty_cut_now(void);
int64_t faulty_steps(void); /* writes, syncs and truncations since faulty_cut_at() */
void faulty_power_back(void);

/* Memory: like faulty_arm(), for what SQLite asks of malloc. faulty_install() must come first of all. */
void faulty_arm_memory(int64_t at, bool lasts);
void faulty_disarm_memory(void);
int64_t faulty_memory_count(void);

#endif
