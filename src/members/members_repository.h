/*
 * members_repository.h — the only writer of `member` (its counters apart) and of member_search.
 */
#ifndef CARREL_MEMBERS_MEMBERS_REPOSITORY_H
#define CARREL_MEMBERS_MEMBERS_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "members/members.h"

/* Live and archived alike. *out_found says whether there is one; if not, *out_member is untouched. */
enum error_kind members_repo_find(struct ctx *ctx, const struct uuid *uuid, struct member *out_member,
                                  bool *out_found) MUST_CHECK;
enum error_kind members_repo_find_by_id(struct ctx *ctx, int64_t id, struct member *out_member,
                                        bool *out_found) MUST_CHECK;
enum error_kind members_repo_find_by_card(struct ctx *ctx, const char *card, struct member *out_member,
                                          bool *out_found) MUST_CHECK;
/* Addresses are compared folded. */
enum error_kind members_repo_find_by_email(struct ctx *ctx, const char *email, struct member *out_member,
                                           bool *out_found) MUST_CHECK;

enum error_kind members_repo_list(struct ctx *ctx, const struct list_query *query,
                                  struct row_sink *sink) MUST_CHECK;
enum error_kind members_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

enum error_kind members_repo_find_type(struct ctx *ctx, const char *code, int64_t *out_id,
                                       bool *out_found) MUST_CHECK;
enum error_kind members_repo_list_types(struct ctx *ctx,
                                        const char **out_codes) MUST_CHECK; /* "adult, student" */

/* The next group after a name; how many members, archived ones left out, belong to one. */
enum error_kind members_repo_next_group(struct ctx *ctx, const char *after, const char **out_name,
                                        bool *out_found) MUST_CHECK;
enum error_kind members_repo_count_group(struct ctx *ctx, const char *group, int64_t *out_count) MUST_CHECK;

/* Live members of this name (compared folded), born on this day (NO_NUMBER: any): 0, 1, or 2 for several. */
enum error_kind members_repo_find_named(struct ctx *ctx, const char *name, int64_t birth_date,
                                        struct member *out_member, size_t *out_count) MUST_CHECK;

/* The code of the type that is called so, or has this code; compared folded. */
enum error_kind members_repo_find_type_called(struct ctx *ctx, const char *words, const char **out_code,
                                              bool *out_found) MUST_CHECK;

/* What names a member. */
struct member_uses {
    bool lent, held, money, login, watching, reading, reviewed, rolled_over, told;
};
enum error_kind members_repo_uses(struct ctx *ctx, int64_t id, struct member_uses *out_uses) MUST_CHECK;

/* Its row and its full-text row; nothing may name it. */
enum error_kind members_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

/* Both write the row and its full-text row; keys are derived here. Insert sets member->id. */
enum error_kind members_repo_insert(struct ctx *ctx, struct member *member) MUST_CHECK;
enum error_kind members_repo_update(struct ctx *ctx,
                                    const struct member *member) MUST_CHECK; /* facts, status */
enum error_kind members_repo_set_archived(struct ctx *ctx, int64_t id, int64_t deleted_at) MUST_CHECK;

/* ---- the full-text rows --------------------------------------------------------------------------------- */

/* What a member can be found by; folded. */
struct member_search_row {
    const char *name;
    const char *card;
    const char *contact; /* e-mail address, and the phone number as it may be typed */
};

/* What it should be, for these facts. */
struct member_search_row members_repo_search_row(struct ctx *ctx, const struct member_facts *facts);

/* All members by id, begun with an empty walk; *out_found: there was one more. With its row, for rebuilding … */
struct member_search_walk {
    struct stmt *members, *rows;
    int64_t row_id; /* the next full-text row, if has_row */
    bool has_row;
    int64_t strays; /* full-text rows of no member: all of them once the walk is over */
};
enum error_kind members_repo_next_member(struct ctx *ctx, struct member_search_walk *walk,
                                         struct member *out_member, struct member_search_row *out_due,
                                         bool *out_found) MUST_CHECK;

/* … or compared with the one it has, for checking. */
enum error_kind members_repo_check_member(struct ctx *ctx, struct member_search_walk *walk,
                                          struct member *out_member, bool *out_as_due,
                                          bool *out_found) MUST_CHECK;
enum error_kind members_repo_put_search_row(struct ctx *ctx, int64_t id,
                                            const struct member_search_row *row) MUST_CHECK;
/* FTS5's own lists of words against the full-text rows, and made anew from them. Writer only. */
enum error_kind members_repo_compare_words(struct ctx *ctx, bool *out_agree) MUST_CHECK;
enum error_kind members_repo_remake_words(struct ctx *ctx) MUST_CHECK;

enum error_kind members_repo_clear_search(struct ctx *ctx) MUST_CHECK;

#endif
