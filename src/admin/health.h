/*
 * health.h — what is looked at to say whether all is well with a library and the machine it lives on.
 */
#ifndef CARREL_ADMIN_HEALTH_H
#define CARREL_ADMIN_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

enum health_state {
    HEALTH_OK,
    HEALTH_WARN, /* somebody should look at it one of these days */
    HEALTH_BAD,  /* today */
};

/* What a sentence about it needs: a number, or a text. */
struct health_figure {
    const char *name; /* NULL: the last one was before */
    const char *text; /* NULL: it is a number */
    int64_t number;
};

#define HEALTH_FIGURES_MAX 8

#define HEALTH_SLOW_COMMIT_MS 500               /* 99 of 100 commits take less on a card that is well … */
#define HEALTH_SLOW_COMMITS_MIN 3               /* … and one hiccup, or two, are none */
#define HEALTH_COMMITS_MS (10 * 60 * 1000)      /* those of so long are looked at */
#define HEALTH_MESSAGE_LATE_MS (60 * 60 * 1000) /* a message that should have left so long ago is late */

struct health_check {
    const char *name; /* "database", "disk" … : stable, a program may compare it */
    enum health_state state;
    const char *text; /* in plain words */
    struct health_figure figures[HEALTH_FIGURES_MAX + 1];
};

enum health_subject {
    HEALTH_DATABASE,
    HEALTH_DISK,
    HEALTH_BACKUPS,
    HEALTH_JOURNAL,
    HEALTH_WRITER,
    HEALTH_CLOCK,
    HEALTH_CERTIFICATE,
    HEALTH_CARD,
    HEALTH_MAIL,
    HEALTH_WEBHOOKS,
    HEALTH_VERSIONS,
    HEALTH_SUBJECTS
};

struct health_report {
    enum health_state state; /* the worst of all */
    struct health_check checks[HEALTH_SUBJECTS];
};

const char *health_state_name(enum health_state state);

#endif
