/*
 * making_repository.h — what has to be told, and who can be told how: as SQL. Reads only.
 */
#ifndef CARREL_NOTIFICATIONS_MAKING_REPOSITORY_H
#define CARREL_NOTIFICATIONS_MAKING_REPOSITORY_H

#include "base/ctx.h"
#include "notifications/notices.h"

/* How a reader can be told. */
struct notice_reader {
    struct uuid uuid;
    const char *name;
    const char *email, *phone; /* NULL: none */
    bool signs_in;             /* has a login that is open */
    bool archived;
    int64_t wants[NOTICE_CHANNELS]; /* of the kind that was asked for: 0, 1; NO_NUMBER: has not said */
};

enum error_kind making_repo_reader(struct ctx *ctx, int64_t member_id, const char *kind,
                                   struct notice_reader *out_reader, bool *out_found) MUST_CHECK;
enum error_kind making_repo_member_id(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                      bool *out_found) MUST_CHECK;
/* Live members of a group, at most `max`. */
enum error_kind making_repo_group(struct ctx *ctx, const char *group, int64_t *out_ids, size_t max,
                                  size_t *out_count) MUST_CHECK;

/* The newest hold of that reader for that title; 0: none. */
enum error_kind making_repo_hold(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                 int64_t *out_id) MUST_CHECK;
/* What the reader paid at that instant; 0: nothing. */
enum error_kind making_repo_payment(struct ctx *ctx, int64_t member_id, int64_t at,
                                    int64_t *out_id) MUST_CHECK;

enum error_kind making_repo_is_open(struct ctx *ctx, int32_t day, bool *out_open) MUST_CHECK;

/* ---- what is due: walks in their index, after the place (`at`, `id`) ----------------------------------------- */

struct notice_due {
    int64_t at; /* due_at, pickup day or last day */
    int64_t id; /* of the loan, hold or member */
    int64_t book_id, member_id;
    int64_t day;
};

/* Open loans that were lent before `lent_before` and are due until that instant. */
enum error_kind making_repo_loans(struct ctx *ctx, int64_t after_at, int64_t after_id, int64_t until,
                                  int64_t lent_before, struct notice_due *out_due, size_t max,
                                  size_t *out_count) MUST_CHECK;
/* Holds that are ready since before `ready_before` and end until that day. */
enum error_kind making_repo_holds(struct ctx *ctx, int64_t after_day, int64_t after_id, int64_t until_day,
                                  int64_t ready_before, struct notice_due *out_due, size_t max,
                                  size_t *out_count) MUST_CHECK;
/* Memberships whose last day is that one. */
enum error_kind making_repo_memberships(struct ctx *ctx, int64_t day, int64_t after_id,
                                        struct notice_due *out_due, size_t max, size_t *out_count) MUST_CHECK;

#endif
