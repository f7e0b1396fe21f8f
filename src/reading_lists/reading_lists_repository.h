/*
 * reading_lists_repository.h — the queries of the tables reading_list and reading_list_entry; no rules.
 */
#ifndef CARREL_READING_LISTS_READING_LISTS_REPOSITORY_H
#define CARREL_READING_LISTS_READING_LISTS_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "reading_lists/reading_lists.h"

/* ---- lists ---------------------------------------------------------------------------------------------- */

enum error_kind reading_lists_repo_list(struct ctx *ctx, const struct listing *listing,
                                        const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind reading_lists_repo_show(struct ctx *ctx, const struct listing *listing, int64_t id,
                                        struct row_sink *sink) MUST_CHECK;

enum error_kind reading_lists_repo_find(struct ctx *ctx, const struct uuid *uuid,
                                        struct reading_list *out_list, bool *out_found) MUST_CHECK;
enum error_kind reading_lists_repo_count_of_member(struct ctx *ctx, int64_t member_id,
                                                   int64_t *out_count) MUST_CHECK;

/* Fills list->id. */
enum error_kind reading_lists_repo_insert(struct ctx *ctx, struct reading_list *list) MUST_CHECK;
enum error_kind reading_lists_repo_update(struct ctx *ctx, const struct reading_list *list) MUST_CHECK;

/* With all that stands on it. */
enum error_kind reading_lists_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

/* What stands on it has changed, by `delta` titles. */
enum error_kind reading_lists_repo_touch(struct ctx *ctx, int64_t id, int64_t delta) MUST_CHECK;

/* ---- titles --------------------------------------------------------------------------------------------- */

/* The title's place; *out_position 0: it is not on the list. */
enum error_kind reading_lists_repo_position(struct ctx *ctx, int64_t list_id, int64_t book_id,
                                            int64_t *out_position) MUST_CHECK;
enum error_kind reading_lists_repo_last(struct ctx *ctx, int64_t list_id, int64_t *out_position) MUST_CHECK;
enum error_kind reading_lists_repo_add(struct ctx *ctx, int64_t list_id, int64_t book_id, int64_t position,
                                       const char *note) MUST_CHECK;
enum error_kind reading_lists_repo_take_off(struct ctx *ctx, int64_t list_id, int64_t book_id) MUST_CHECK;

/* Those from one place to another, both included, move by `by`. */
enum error_kind reading_lists_repo_shift(struct ctx *ctx, int64_t list_id, int64_t from, int64_t to,
                                         int64_t by) MUST_CHECK;
enum error_kind reading_lists_repo_place(struct ctx *ctx, int64_t list_id, int64_t book_id,
                                         int64_t position) MUST_CHECK;

/* Another title in its place. */
enum error_kind reading_lists_repo_replace(struct ctx *ctx, int64_t list_id, int64_t from_book,
                                           int64_t to_book) MUST_CHECK;

/* The first list after `after_id` on which `book_id` stands and `without_book` does not. */
enum error_kind reading_lists_repo_next_with(struct ctx *ctx, int64_t book_id, int64_t without_book,
                                             int64_t after_id, int64_t *out_list_id,
                                             bool *out_found) MUST_CHECK;

/* ---- for --check ---------------------------------------------------------------------------------------- */

struct list_count {
    int64_t id;
    const char *name;
    int64_t kept, counted, last;
};

/* The first list after `after_id` whose number of titles is not what counting gives, or whose places have gaps. */
enum error_kind reading_lists_repo_next_wrong(struct ctx *ctx, int64_t after_id, struct list_count *out_count,
                                              bool *out_found) MUST_CHECK;

/* Number of titles and places as they should be. */
enum error_kind reading_lists_repo_mend(struct ctx *ctx, const struct list_count *count) MUST_CHECK;

#endif
