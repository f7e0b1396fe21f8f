/*
 * names_service.h — giving an author or a category another name in all its titles at once, archived ones included.
 *
 * What may take long is done in steps, each a transaction of its own: call again while *out_more. A name that breaks
 * off half way is in some titles the old, in others the new one; doing it again finishes it. Titles count as edited; one
 * audit row tells of the whole, an event of each title.
 */
#ifndef CARREL_BOOKS_NAMES_SERVICE_H
#define CARREL_BOOKS_NAMES_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "books/names.h"

/*
 * Names by folded name, at most `limit` (of NAMES_SHOWN_MAX); *out_next goes on after them (NULL: these were the last).
 * `typed` and `after` may be NULL. Of authors: BUSY while the catalogue is being read into memory.
 */
enum error_kind names_list_authors(struct ctx *ctx, const char *typed, const char *after, int64_t limit,
                                   struct used_name *out_names, size_t *out_count,
                                   const char **out_next) MUST_CHECK;
enum error_kind names_list_categories(struct ctx *ctx, const char *typed, const char *after, int64_t limit,
                                      struct used_name *out_names, size_t *out_count,
                                      const char **out_next) MUST_CHECK;

/* ---- authors -------------------------------------------------------------------------------------------- */

/* Under way; begin with the facts alone. */
struct renaming {
    struct author_rename facts;
    int64_t after_id; /* titles up to here are done */
    int64_t titles;   /* that got the new name */
    int64_t left;     /* … in which there was no room for it */
};

/*
 * VALIDATION_ERROR for a name that parts authors or is the same to the letter; AUTHOR_NOT_FOUND when no title names
 * `from`. A name that others have already joins them: a title that names both names one afterwards.
 */
enum error_kind names_check_author(struct ctx *ctx, const struct author_rename *facts) MUST_CHECK;
enum error_kind names_rename_author_step(struct ctx *ctx, struct renaming *renaming,
                                         bool *out_more) MUST_CHECK;

/* ---- categories ----------------------------------------------------------------------------------------- */

/* Under way; made by one of the two plans. */
struct recategorising {
    struct used_name from;
    struct used_name to; /* id 0: none, the category is removed; from.id: only its name changes */
    int64_t titles;      /* done so far */
};

/* CATEGORY_NOT_FOUND; DUPLICATE_CATEGORY, with how many titles have it, when another has the new name and `join` is
   not said. */
enum error_kind names_plan_category(struct ctx *ctx, const struct category_rename *facts,
                                    struct recategorising *out_plan) MUST_CHECK;
enum error_kind names_plan_removal(struct ctx *ctx, const char *name,
                                   struct recategorising *out_plan) MUST_CHECK;
enum error_kind names_recategorise_step(struct ctx *ctx, struct recategorising *plan,
                                        bool *out_more) MUST_CHECK;

#endif
