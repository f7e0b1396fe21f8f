/*
 * finding_service.h — members as files of other systems name them; taking back one who was never there; what those of a new
 * library are found by.
 */
#ifndef CARREL_MEMBERS_FINDING_SERVICE_H
#define CARREL_MEMBERS_FINDING_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "members/members.h"

/* Who has the card, or the e-mail address, archived members too: both are taken. That nobody has it is no error. */
enum error_kind members_find_holder_of_card(struct ctx *ctx, const char *card, struct member *out_member,
                                            bool *out_found) MUST_CHECK;
enum error_kind members_find_holder_of_email(struct ctx *ctx, const char *email, struct member *out_member,
                                             bool *out_found) MUST_CHECK;

/* The live members of this name, born on this day (NO_NUMBER: any). *out_count: 0, 1, or 2 for several. */
enum error_kind members_find_called(struct ctx *ctx, const char *name, int64_t birth_date,
                                    struct member *out_member, size_t *out_count) MUST_CHECK;

/* The code of the member type that has this code or name, case and accents aside. That there is none is no error. */
enum error_kind member_types_find_called(struct ctx *ctx, const char *words, const char **out_code,
                                         bool *out_found) MUST_CHECK;

/*
 * A member who should never have been there (an import that is undone) goes wholly, without audit row and event.
 * members_ties(): what hangs on the record that must not be lost, for people ("they have borrowed"); NULL: nothing.
 * Only such a one may be removed: CONFLICT.
 */
enum error_kind members_ties(struct ctx *ctx, const struct member *member, const char **out_why) MUST_CHECK;
enum error_kind members_remove(struct ctx *ctx, const struct member *member) MUST_CHECK;

/*
 * The full-text row by which a member with these facts is found, for whoever writes the members of a new library; they may
 * come later.
 */
enum error_kind members_add_search_row(struct ctx *ctx, int64_t id,
                                       const struct member_facts *facts) MUST_CHECK;

#endif
