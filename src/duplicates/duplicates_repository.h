/*
 * duplicates_repository.h — finding titles that look alike, and pairs that are said to be different.
 */
#ifndef CARREL_DUPLICATES_DUPLICATES_REPOSITORY_H
#define CARREL_DUPLICATES_DUPLICATES_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "duplicates/duplicates.h"

/* A live title of a group that shares one key. */
struct alike {
    int64_t id, year; /* NO_NUMBER: not known */
    const char *isbn; /* NULL: none */
    const char *title_key, *author_key, *author;
    const char *surname; /* for whoever compares: not read here */
};

/* The first ISBN, or sort key of a title, from `from` on (`past`: after it) that more than one record has. */
enum error_kind duplicates_repo_next_isbn(struct ctx *ctx, const char *from, bool past, const char **out_isbn,
                                          bool *out_found) MUST_CHECK;
enum error_kind duplicates_repo_next_title(struct ctx *ctx, const char *from, bool past, const char **out_key,
                                           bool *out_found) MUST_CHECK;

/* The live titles with it by id, at most `max`. */
enum error_kind duplicates_repo_of_isbn(struct ctx *ctx, const char *isbn, struct alike *out_alike,
                                        size_t max, size_t *out_count) MUST_CHECK;
enum error_kind duplicates_repo_of_title(struct ctx *ctx, const char *title_key, struct alike *out_alike,
                                         size_t max, size_t *out_count) MUST_CHECK;

/* One title, archived or not: where a page ended. */
enum error_kind duplicates_repo_find(struct ctx *ctx, const struct uuid *uuid, struct alike *out_alike,
                                     bool *out_found) MUST_CHECK;

enum error_kind duplicates_repo_is_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                         bool *out_apart) MUST_CHECK;
enum error_kind duplicates_repo_say_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                          bool *out_changed) MUST_CHECK;
enum error_kind duplicates_repo_unsay_apart(struct ctx *ctx, int64_t first_id, int64_t second_id,
                                            bool *out_changed) MUST_CHECK;

#endif
