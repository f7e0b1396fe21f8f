/*
 * log_level.h — how much the program tells in its log, for as long as it runs.
 */
#ifndef CARREL_ADMIN_LOG_LEVEL_H
#define CARREL_ADMIN_LOG_LEVEL_H

#include "base/field.h"

struct log_level_choice {
    const char *level; /* "debug" … "off" */
};

extern const struct field log_level_fields[]; /* over struct log_level_choice */

#endif
