/*
 * admin.h — what looking after the library finds and makes.
 */
#ifndef CARREL_ADMIN_ADMIN_H
#define CARREL_ADMIN_ADMIN_H

#include <stdint.h>

/* A copy of the library, whole and verified (db/backup.h says how). */
struct made_backup {
    const char *path; /* absolute */
    int64_t bytes;
    int64_t books, members, borrows;
    int64_t copy_ms, verify_ms;
};

/* One broken promise of DATA.md "Always true", in plain words. */
struct finding {
    const char *text;
    struct finding *next;
};

struct check_report {
    struct finding *findings; /* at most CHECK_FINDINGS_MAX; NULL: all is well */
    int64_t finding_count;    /* all there are */
    int64_t ms;
};

#define CHECK_FINDINGS_MAX 200

#endif
