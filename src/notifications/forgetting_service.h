/*
 * forgetting_service.h — for the slices above: a loan or hold that forgets its reader, and records that go as if they had
 * never been there. In the caller's transaction.
 */
#ifndef CARREL_NOTIFICATIONS_FORGETTING_SERVICE_H
#define CARREL_NOTIFICATIONS_FORGETTING_SERVICE_H

#include "base/ctx.h"

/* Notifications of it name nobody any more, and say nothing. */
enum error_kind notifications_forget_borrow(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;
enum error_kind notifications_forget_hold(struct ctx *ctx, int64_t hold_id) MUST_CHECK;

/* The record is about to be removed: nothing here names it any more. What was told to a member goes with the member. */
enum error_kind notifications_book_removed(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind notifications_borrow_removed(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;
enum error_kind notifications_member_removed(struct ctx *ctx, int64_t member_id) MUST_CHECK;

#endif
