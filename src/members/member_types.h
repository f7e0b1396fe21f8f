/*
 * member_types.h — the kinds of readers that loan rules tell apart: adults, students, staff.
 */
#ifndef CARREL_MEMBERS_MEMBER_TYPES_H
#define CARREL_MEMBERS_MEMBER_TYPES_H

#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"

struct member_type {
    int64_t id;
    const char *code; /* what the API and imports say; it stays what it is */
    const char *name;
    int64_t membership_months; /* how long a membership runs; NO_NUMBER: for ever */
};

extern const struct field member_type_fields[];      /* over struct member_type, of a create */
extern const struct field member_type_edit_fields[]; /* … of an edit: all but the code */
extern const struct listing member_type_listing;

#endif
