/*
 * reviews_service.c — the rules of reviews.
 */
#include "reviews/reviews_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "books/books_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "members/self_service.h"
#include "reviews/reviews_repository.h"
#include "settings/settings_service.h"

/* ---- who may -------------------------------------------------------------------------------------------- */

static enum error_kind read_setting(struct ctx *ctx, bool *out_off, bool *out_borrowers)
{
    const char *who;

    TRY(settings_text(ctx, SETTING_REVIEWS, &who));
    *out_off = strcmp(who, "off") == 0;
    *out_borrowers = strcmp(who, "borrowers") == 0;
    return OK;
}

static enum error_kind check_on(struct ctx *ctx)
{
    bool off, borrowers;

    TRY(read_setting(ctx, &off, &borrowers));
    return off ? fail(ctx, REVIEWS_ARE_OFF, "Reviews are switched off in this library.") : OK;
}

static enum error_kind find_self(struct ctx *ctx, struct member *out_member)
{
    TRY(self_find(ctx, out_member));
    return out_member->deleted_at == NO_NUMBER ? OK : fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
}

static enum error_kind may_write(struct ctx *ctx, const struct member *member, const struct book *book,
                                 bool *out_may)
{
    bool off, borrowers;

    TRY(read_setting(ctx, &off, &borrowers));
    *out_may = true;
    return borrowers ? reviews_repo_has_borrowed(ctx, member->id, book->id, out_may) : OK;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

static struct list_query with_number(struct ctx *ctx, const struct list_query *query, const char *name,
                                     int64_t number)
{
    return list_query_with(ctx->arena, query, name, arena_printf(ctx->arena, "%" PRId64, number));
}

enum error_kind reviews_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return reviews_repo_list(ctx, &reviews_listing, query, sink);
}

enum error_kind reviews_list_shown(struct ctx *ctx, const struct uuid *book_uuid,
                                   const struct list_query *query, struct row_sink *sink)
{
    struct list_query narrowed;
    struct book book;

    TRY(check_on(ctx));
    TRY(books_find(ctx, book_uuid, &book));
    narrowed = with_number(ctx, query, ".book", book.id);
    return reviews_repo_list(ctx, &shown_reviews_listing, &narrowed, sink);
}

enum error_kind reviews_list_own(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    struct list_query narrowed;
    struct member member;

    TRY(self_find(ctx, &member));
    narrowed = with_number(ctx, query, ".member", member.id);
    return reviews_repo_list(ctx, &reviews_listing, &narrowed, sink);
}

enum error_kind reviews_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return reviews_repo_show(ctx, id, sink);
}

enum error_kind reviews_own_of(struct ctx *ctx, const struct uuid *book_uuid, struct own_review *out_own)
{
    struct own_review own = {0};
    struct review review;
    struct member member;
    struct book book;
    bool found, off, borrowers, may;

    TRY(find_self(ctx, &member));
    TRY(books_find(ctx, book_uuid, &book));
    TRY(reviews_repo_find_of(ctx, member.id, book.id, &review, &found));
    TRY(read_setting(ctx, &off, &borrowers));
    TRY(may_write(ctx, &member, &book, &may));
    if (found)
        own.id = review.id;
    if (off)
        own.why_not = "Reviews are switched off in this library.";
    else if (!found && !may)
        own.why_not = arena_printf(ctx->arena, "“%s” can be reviewed by readers who have borrowed it.",
                                   book.facts.title);
    *out_own = own;
    return OK;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* What it becomes when its reader says this; `before` NULL: it is new. */
static enum error_kind judge(struct ctx *ctx, const struct review *before, const struct review_facts *facts,
                             enum review_status *out_status)
{
    bool moderated;

    *out_status = REVIEW_SHOWN;
    if (!facts->text)
        return OK;
    if (before && before->facts.text && strcmp(before->facts.text, facts->text) == 0) {
        *out_status = before->status;
        return OK;
    }
    TRY(settings_is_on(ctx, SETTING_REVIEW_MODERATION, &moderated));
    if (moderated)
        *out_status = REVIEW_WAITING;
    return OK;
}

/* `times` 1: it counts from now on; -1: no more. */
static enum error_kind count(struct ctx *ctx, const struct review *review, int times)
{
    return review->status == REVIEW_SHOWN
               ? counters_rating(ctx, review->book_id, times, times * review->facts.stars)
               : OK;
}

static enum error_kind count_change(struct ctx *ctx, const struct review *before, const struct review *after)
{
    TRY(count(ctx, before, -1));
    return count(ctx, after, 1);
}

static enum error_kind check_may_write(struct ctx *ctx, const struct member *member, const struct book *book)
{
    struct review review;
    bool may, found;

    TRY(check_on(ctx));
    TRY(may_write(ctx, member, book, &may));
    if (!may)
        return fail(ctx, CONFLICT, "“%s” can be reviewed by readers who have borrowed it.",
                    book->facts.title);
    TRY(reviews_repo_find_of(ctx, member->id, book->id, &review, &found));
    return found ? fail(ctx, CONFLICT, "You have reviewed “%s” already. Change what you said.",
                        book->facts.title)
                 : OK;
}

/* Without its reader: that they have had the title is theirs to tell. */
static enum error_kind tell(struct ctx *ctx, enum event_type type, const struct review *review)
{
    return events_record(ctx, &(struct event_fact){.type = type,
                                                   .book_id = review->book_id,
                                                   .detail = review_status_name(review->status)});
}

enum error_kind reviews_write(struct ctx *ctx, const struct uuid *book_uuid, const struct review_facts *facts,
                              struct review *out_review)
{
    struct review review = {
        .uuid = uuid_new(ctx->now), .facts = *facts, .created_at = ctx->now, .version = 1};
    struct member member;
    struct book book;

    TRY(find_self(ctx, &member));
    TRY(books_find(ctx, book_uuid, &book));
    TRY(check_may_write(ctx, &member, &book));
    TRY(judge(ctx, NULL, facts, &review.status));
    review.book_id = book.id;
    review.member_id = member.id;
    TRY(reviews_repo_insert(ctx, &review));
    TRY(counters_add(ctx, COUNTER_REVIEWS, 1));
    TRY(count(ctx, &review, 1));
    TRY(audit_act(ctx, "review.written", "review", review.id));
    *out_review = review;
    return tell(ctx, EVENT_REVIEW_WRITTEN, &review);
}

enum error_kind reviews_find_own(struct ctx *ctx, const struct uuid *uuid, struct review *out_review)
{
    struct review review;
    struct member member;
    bool found;

    TRY(self_find(ctx, &member));
    TRY(reviews_repo_find(ctx, uuid, &review, &found));
    if (!found || review.member_id != member.id)
        return fail(ctx, REVIEW_NOT_FOUND, "Review not found.");
    *out_review = review;
    return OK;
}

static enum error_kind check_version(struct ctx *ctx, const struct review *review, int64_t expected)
{
    if (expected == NO_NUMBER || expected == review->version)
        return OK;
    return fail(ctx, PRECONDITION_FAILED, "The review was changed since you read it. Read it again.");
}

enum error_kind reviews_update(struct ctx *ctx, const struct review *before, const struct review_facts *facts,
                               int64_t expected_version)
{
    struct review after = *before;

    TRY(check_on(ctx));
    TRY(check_version(ctx, before, expected_version));
    if (!fields_changes(ctx, review_fields, &before->facts, facts))
        return OK;
    after.facts = *facts;
    TRY(judge(ctx, before, facts, &after.status));
    if (after.status != REVIEW_REFUSED)
        after.reason = NULL;
    TRY(reviews_repo_update(ctx, &after));
    TRY(count_change(ctx, before, &after));
    TRY(audit_act(ctx, "review.changed", "review", before->id));
    return tell(ctx, EVENT_REVIEW_WRITTEN, &after);
}

enum error_kind reviews_remove(struct ctx *ctx, const struct review *review, int64_t expected_version)
{
    TRY(check_version(ctx, review, expected_version));
    TRY(reviews_repo_remove(ctx, review->id));
    TRY(counters_add(ctx, COUNTER_REVIEWS, -1));
    TRY(count(ctx, review, -1));
    TRY(events_forget_reviews(ctx, review->book_id, review->created_at));
    return audit_removal(ctx, "review.deleted", "review", review->id, NULL);
}

/* ---- deciding ------------------------------------------------------------------------------------------- */

enum error_kind reviews_decide(struct ctx *ctx, const struct uuid *uuid,
                               const struct review_decision *decision, int64_t expected_version,
                               struct review *out_review)
{
    bool refuses = strcmp(decision->status, review_status_name(REVIEW_REFUSED)) == 0;
    struct review before, after;
    bool found;

    if (refuses && !decision->reason)
        error_field(ctx, "body", "reason", "missing", "is required for a refusal: the reader sees it");
    TRY(error_check_fields(ctx));
    TRY(reviews_repo_find(ctx, uuid, &before, &found));
    if (!found)
        return fail(ctx, REVIEW_NOT_FOUND, "Review not found.");
    TRY(check_version(ctx, &before, expected_version));
    after = before;
    after.status = refuses ? REVIEW_REFUSED : REVIEW_SHOWN;
    after.reason = refuses ? decision->reason : NULL;
    TRY(reviews_repo_decide(ctx, &after));
    TRY(count_change(ctx, &before, &after));
    struct field_change reason = {"reason", before.reason, after.reason, NULL};
    struct field_change status = {"status", review_status_name(before.status),
                                  review_status_name(after.status),
                                  before.reason || after.reason ? &reason : NULL};
    *out_review = after;
    TRY(audit_edit(ctx, "review.decided", "review", before.id, &status));
    return tell(ctx, EVENT_REVIEW_DECIDED, &after);
}

/* ---- privacy -------------------------------------------------------------------------------------------- */

static enum error_kind forget(struct ctx *ctx, const struct review *review, const char *const *names,
                              size_t count)
{
    TRY(reviews_repo_move(ctx, review->id, review->book_id, 0));
    TRY(audit_forget_requests(ctx, "review", review->id));
    for (size_t i = 0; i < count; i++)
        TRY(audit_forget_actor(ctx, "review", review->id, names[i]));
    return OK;
}

enum error_kind reviews_forget_loan(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                    const char *const *names, size_t count)
{
    struct review review;
    bool found, borrowed;

    TRY(reviews_repo_has_borrowed(ctx, member_id, book_id, &borrowed));
    if (borrowed)
        return OK;
    TRY(reviews_repo_find_of(ctx, member_id, book_id, &review, &found));
    if (found)
        TRY(forget(ctx, &review, names, count));
    for (;;) {
        TRY(reviews_repo_next_of_joined(ctx, member_id, book_id, &review, &found));
        if (!found)
            return OK;
        TRY(forget(ctx, &review, names, count));
    }
}

/* ---- when two titles become one ------------------------------------------------------------------------- */

/* From the title it has to another, with its stars. */
static enum error_kind move(struct ctx *ctx, const struct review *review, int64_t book_id)
{
    struct review after = *review;

    after.book_id = book_id;
    TRY(reviews_repo_move(ctx, review->id, book_id, review->member_id));
    return count_change(ctx, review, &after);
}

/* Each becomes the other's title; for a moment the one is nobody's, since nobody has two of a title. */
static enum error_kind swap(struct ctx *ctx, const struct review *one, const struct review *other)
{
    TRY(reviews_repo_move(ctx, one->id, one->book_id, 0));
    TRY(move(ctx, other, one->book_id));
    return move(ctx, one, other->book_id);
}

static enum error_kind move_or_swap(struct ctx *ctx, const struct review *review, int64_t book_id,
                                    bool only_newer, bool *out_moved)
{
    struct review there;
    bool found = false;

    if (review->member_id)
        TRY(reviews_repo_find_of(ctx, review->member_id, book_id, &there, &found));
    *out_moved = !found || !only_newer || review->id > there.id;
    if (!*out_moved)
        return OK;
    return found ? swap(ctx, review, &there) : move(ctx, review, book_id);
}

enum error_kind reviews_move_title(struct ctx *ctx, int64_t from_book, int64_t to_book,
                                   void (*moved)(void *argument, int64_t id), void *argument)
{
    struct review review = {0};
    bool found, came;

    for (;;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(reviews_repo_next_of_book(ctx, from_book, review.id, &review, &found));
        if (!found)
            return OK;
        TRY(move_or_swap(ctx, &review, to_book, true, &came));
        arena_reset_to(ctx->arena, mark); /* its words: of the review its id is wanted from here on */
        if (came && moved)
            moved(argument, review.id);
    }
}

enum error_kind reviews_move_back(struct ctx *ctx, int64_t id, int64_t from_book, int64_t to_book)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct review review;
    bool found, came;

    TRY(reviews_repo_find_by_id(ctx, id, &review, &found));
    if (found && review.book_id == from_book)
        TRY(move_or_swap(ctx, &review, to_book, false, &came));
    arena_reset_to(ctx->arena, mark);
    return OK;
}
