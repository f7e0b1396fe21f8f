/*
 * shelves_repository.h — shelves and scans as queries. Texts that come out live in the arena.
 */
#ifndef CARREL_COPIES_SHELVES_REPOSITORY_H
#define CARREL_COPIES_SHELVES_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "copies/shelves.h"

/* Fill in who has the copy of the scan, who it is set aside for, and how many wait for its title. */
enum error_kind shelves_repo_scan_borrow(struct ctx *ctx, struct copy_scan *scan) MUST_CHECK;
enum error_kind shelves_repo_scan_hold(struct ctx *ctx, struct copy_scan *scan) MUST_CHECK;

/* Moves `max` copies of a shelf at most to another; the versions go up. */
enum error_kind shelves_repo_move_shelf(struct ctx *ctx, const char *from, const char *to, int64_t max,
                                        int64_t *out_moved) MUST_CHECK;

/* The next shelf after a name; how many copies' records name a shelf. */
enum error_kind shelves_repo_next_shelf(struct ctx *ctx, const char *after, const char **out_name,
                                        bool *out_found) MUST_CHECK;
enum error_kind shelves_repo_count_shelf(struct ctx *ctx, const char *shelf, int64_t *out_count) MUST_CHECK;

#endif
