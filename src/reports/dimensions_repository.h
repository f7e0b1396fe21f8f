/*
 * dimensions_repository.h — what titles and readers are told apart by, and the ids behind a parameter.
 *
 * Each of these reads a table of titles or readers once, in the order in which it lies: 200,000 titles take a few
 * tens of milliseconds.
 */
#ifndef CARREL_REPORTS_DIMENSIONS_REPOSITORY_H
#define CARREL_REPORTS_DIMENSIONS_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_set.h"
#include "reports/report_rows.h"

enum report_dimension {
    BY_ITEM_TYPE,   /* its code */
    BY_CATEGORY,    /* the first of a title's categories, so that sums come out */
    BY_LANGUAGE,    /* as given */
    BY_MEMBER_TYPE, /* its code */
    BY_GROUP,       /* class, family, club */
};

/*
 * The group of every title, or of every reader; archived ones too. Without a language or group they are in ""; a title
 * without a category is in none (NO_GROUP).
 */
enum error_kind dimensions_repo_read(struct ctx *ctx, enum report_dimension dimension,
                                     struct report_groups *groups, struct report_ids *out_ids) MUST_CHECK;

/* Ids by code or name; 0: there is none. */
enum error_kind dimensions_repo_item_type(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;
enum error_kind dimensions_repo_member_type(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;
enum error_kind dimensions_repo_category(struct ctx *ctx, const char *name, int64_t *out_id) MUST_CHECK;

/* The titles of one item type, of one category (0: any), or of both. */
enum error_kind dimensions_repo_titles(struct ctx *ctx, int64_t item_type_id, int64_t category_id,
                                       struct row_set *out_set) MUST_CHECK;

#endif
