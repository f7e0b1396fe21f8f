/*
 * admin.h — what looking after the library finds and makes.
 */
#ifndef CARREL_ADMIN_ADMIN_H
#define CARREL_ADMIN_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

/* Can it serve, and what would be left if the disk broke now? */
struct readiness {
    int64_t last_backup_at; /* 0: there is none */
    bool backup_is_old;     /* backups/backups_service.h says when */
};

/* How closely SQLite looks at the file. */
enum check_depth {
    CHECK_QUICK, /* quick_check: pages, cells and rows */
    CHECK_FULL,  /* integrity_check: every index entry against its row as well */
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
