/*
 * sending_service.c — is it still true, may it go now, what does it say: asked in the moment in which it goes.
 */
#include "notifications/sending_service.h"

#include <string.h>

#include "auth/accounts_service.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "notifications/notices_repository.h"
#include "notifications/wording_service.h"

#define UUID_TIME_BYTES 6 /* of a UUIDv7 (RFC 9562, 5.7): they stay, and so does when it was made */
#define TOO_LATE_DAYS 7   /* due so long ago and never tried: its channel was off, or the machine */

/* ---- still true? ------------------------------------------------------------------------------------------- */

static bool detail_is(const struct notice *notice, int64_t day)
{
    int64_t said;

    return notice->detail && text_to_int64(notice->detail, &said) && said == day;
}

static const char *loan_is_past(const struct ctx *ctx, const struct notice *notice)
{
    if (notice->loan_due_day == NO_NUMBER || notice->loan_member_id != notice->member_id)
        return "The loan is another one now.";
    if (notice->loan_returned_at != NO_NUMBER)
        return "It has come back.";
    if (notice->kind == NOTICE_DUE_SOON && !detail_is(notice, notice->loan_due_day))
        return "It is due on another day now.";
    if (notice->kind == NOTICE_OVERDUE && notice->loan_due_day >= clock_day_of(ctx->now))
        return "It is not overdue any more.";
    return NULL;
}

static const char *hold_is_past(const struct notice *notice)
{
    const char *told = notice->kind == NOTICE_HOLD_WAITS_AGAIN ? "waiting"
                       : notice->kind == NOTICE_HOLD_CANCELLED ? "cancelled"
                                                               : NULL;

    if (told)
        return notice->hold_status && strcmp(notice->hold_status, told) == 0
                   ? NULL
                   : "The hold stands otherwise now.";
    if (!notice->hold_status || strcmp(notice->hold_status, "ready") != 0)
        return "The hold is over, or waits again.";
    if (notice->kind == NOTICE_HOLD_EXPIRING && !detail_is(notice, notice->pickup_day))
        return "It is kept for longer now.";
    return NULL;
}

/* A password that was set since has cleared that somebody asked. */
static const char *code_is_past(const struct notice *notice)
{
    return notice->reset_asked_at == NO_NUMBER || !uuid_is_given(&notice->account_uuid)
               ? "Nobody asks for a code any more."
               : NULL;
}

static const char *subject_is_past(const struct ctx *ctx, const struct notice *notice)
{
    switch (notice->kind) {
    case NOTICE_DUE_SOON:
    case NOTICE_OVERDUE:
    case NOTICE_DUE_DATE_MOVED: return loan_is_past(ctx, notice);
    case NOTICE_HOLD_READY:
    case NOTICE_HOLD_EXPIRING:
    case NOTICE_HOLD_WAITS_AGAIN:
    case NOTICE_HOLD_CANCELLED: return hold_is_past(notice);
    case NOTICE_TITLE_AVAILABLE: return notice->available_copies > 0 ? NULL : "It is lent again.";
    case NOTICE_MEMBERSHIP_EXPIRING:
        return detail_is(notice, notice->expires_on) ? NULL : "The membership was renewed.";
    case NOTICE_RECEIPT: return notice->receipt_number != NO_NUMBER ? NULL : "There is no such payment.";
    case NOTICE_PASSWORD_CODE: return code_is_past(notice);
    default: return NULL;
    }
}

static const char *address_of(const struct notice *notice)
{
    return notice->channel == NOTICE_EMAIL ? notice->email : notice->phone;
}

/* Why it shall not go at all; NULL: it shall. */
static const char *why_drop(const struct ctx *ctx, const struct notice *notice)
{
    if (notice->member_id == 0 || notice->archived_at != NO_NUMBER)
        return "The reader has left.";
    if (!address_of(notice))
        return "The reader has no address for it.";
    if (notice->kind != NOTICE_MESSAGE && notice->wanted == 0)
        return "The reader does not want it.";
    if (notice->tries == 0 && notice->send_at < ctx->now - (int64_t)TOO_LATE_DAYS * MS_PER_DAY)
        return "It is too late for it.";
    return subject_is_past(ctx, notice);
}

/* ---- claiming ---------------------------------------------------------------------------------------------- */

/* A code is made when it goes, and is nowhere else: what is kept has dots in its place. */
static enum error_kind make_code(struct ctx *ctx, const struct notice *notice, const char **out_code,
                                 int64_t *out_until)
{
    struct account account;

    TRY(accounts_find(ctx, &notice->account_uuid, &account));
    return accounts_make_reset_code(ctx, &account, out_code, out_until);
}

static enum error_kind claim_single(struct ctx *ctx, const struct notice_house *house,
                                    const struct notice *notice, struct notice_outgoing *out_message)
{
    struct notice_wording kept;
    struct notice_wording sent;
    const char *code = NULL;
    int64_t until = 0;

    if (notice->kind == NOTICE_PASSWORD_CODE)
        TRY(make_code(ctx, notice, &code, &until));
    TRY(wording_of(ctx, house, notice, code, until, &sent));
    TRY(wording_of(ctx, house, notice, NULL, until, &kept));
    out_message->subject = sent.subject;
    out_message->text = sent.body;
    return notices_repo_claim(ctx, notice->id, 0, address_of(notice), kept.subject, kept.body);
}

/* As many of the lines as go in without being cut: what is called sent must have been told. At least one. */
static enum error_kind word_together(struct ctx *ctx, const struct notice_house *house,
                                     const struct notice *first, const struct notice_wording *lines,
                                     size_t *count, struct notice_wording *out_whole)
{
    size_t max = first->channel == NOTICE_SMS ? NOTICE_SMS_MAX : NOTICE_BODY_MAX;
    struct arena_mark mark = arena_mark(ctx->arena);

    for (;;) {
        TRY(wording_digest(ctx, house, first, lines, *count, out_whole));
        if (*count == 1 || text_length(out_whole->body) < max)
            return OK;
        arena_reset_to(ctx->arena, mark);
        (*count)--;
    }
}

/* Each row keeps its own line: what one of them tells can be forgotten without the others. */
static enum error_kind claim_together(struct ctx *ctx, const struct notice_house *house,
                                      const struct notice *notices, size_t count,
                                      struct notice_outgoing *out_message)
{
    struct notice_wording *lines = arena_alloc_array(ctx->arena, count, sizeof *lines);
    struct notice_wording whole;

    for (size_t i = 0; i < count; i++) {
        struct notice brief = notices[i];
        brief.channel = notice_kind_has(brief.kind, NOTICE_APP) ? NOTICE_APP : brief.channel;
        TRY(wording_of(ctx, house, &brief, NULL, 0, &lines[i]));
    }
    TRY(word_together(ctx, house, &notices[0], lines, &count, &whole));
    if (count == 1)
        return claim_single(ctx, house, &notices[0], out_message);
    for (size_t i = 0; i < count; i++) {
        TRY(notices_repo_claim(ctx, notices[i].id, notices[0].id, address_of(&notices[i]), lines[i].subject,
                               lines[i].body));
        out_message->ids[i] = notices[i].id;
    }
    out_message->subject = whole.subject;
    out_message->text = whole.body;
    out_message->count = count;
    return OK;
}

/* Others that go along; those that are no longer true are dropped on the way. */
static enum error_kind gather(struct ctx *ctx, struct notice *notices, size_t *count)
{
    int64_t ids[NOTICE_TOGETHER_MAX];
    size_t others;

    TRY(notices_repo_companions(ctx, &notices[0], NOTICE_TOGETHER_MAX - 1, ids, &others));
    for (size_t i = 0; i < others; i++) {
        struct notice *notice = &notices[*count];
        TRY(notices_repo_load(ctx, ids[i], notice));
        if (notice_kinds[notice->kind].urgent)
            continue;
        const char *why = why_drop(ctx, notice);
        if (why)
            TRY(notices_repo_drop(ctx, notice->id, why));
        else
            (*count)++;
    }
    return OK;
}

/* Of a digest that is tried again, others may go along: that is another message, not a second copy (RFC 5322, 3.6.4). */
static struct uuid message_uuid(const struct notice *first, const struct notice_outgoing *message)
{
    struct digest_run *run = digest_begin();
    struct uuid uuid = first->uuid;

    digest_add(run, first->uuid.bytes, sizeof first->uuid.bytes);
    digest_add(run, message->address, strlen(message->address) + 1);
    if (message->subject)
        digest_add(run, message->subject, strlen(message->subject) + 1);
    digest_add(run, message->text, strlen(message->text));
    struct digest digest = digest_end(run);
    memcpy(uuid.bytes + UUID_TIME_BYTES, digest.bytes, sizeof uuid.bytes - UUID_TIME_BYTES);
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x70); /* still a version 7, … */
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80); /* … of the usual variant */
    return uuid;
}

static enum error_kind claim(struct ctx *ctx, const struct notice_house *house, const struct notice *first,
                             struct notice_outgoing *out_message)
{
    struct notice *notices = arena_alloc_array(ctx->arena, NOTICE_TOGETHER_MAX, sizeof *notices);
    size_t count = 1;

    notices[0] = *first;
    *out_message = (struct notice_outgoing){.ids = {first->id},
                                            .count = 1,
                                            .channel = first->channel,
                                            .tries = first->tries + 1,
                                            .address = address_of(first),
                                            .card = first->card};
    if (house->digest && !notice_kinds[first->kind].urgent)
        TRY(gather(ctx, notices, &count));
    if (count == 1)
        TRY(claim_single(ctx, house, first, out_message));
    else
        TRY(claim_together(ctx, house, notices, count, out_message));
    out_message->uuid = message_uuid(first, out_message);
    return OK;
}

/* Dropped, put off, or claimed: *out_found. */
static enum error_kind look_at(struct ctx *ctx, const struct notice_house *house, const struct notice *notice,
                               struct notice_outgoing *out_message, bool *out_found)
{
    const char *why = why_drop(ctx, notice);
    int64_t later;
    bool may;

    if (why)
        return notices_repo_drop(ctx, notice->id, why);
    TRY(notice_may_go_now(ctx, house, notice->kind, &may));
    if (!may) {
        TRY(notice_due_time(ctx, house, notice->kind, &later));
        return notices_repo_postpone(ctx, notice->id, later);
    }
    *out_found = true;
    return claim(ctx, house, notice, out_message);
}

enum error_kind sending_claim(struct ctx *ctx, const struct notice_house *house,
                              const bool channels[NOTICE_CHANNELS], struct notice_outgoing *out_message,
                              bool *out_found, bool *out_more)
{
    struct notice notice;
    int64_t id;

    *out_found = false;
    *out_more = true;
    for (int looked = 0; looked < NOTICES_A_SLICE && !*out_found; looked++) {
        TRY(notices_repo_next_due(ctx, channels, &id, out_more));
        if (!*out_more)
            return OK;
        TRY(notices_repo_load(ctx, id, &notice));
        TRY(look_at(ctx, house, &notice, out_message, out_found));
    }
    return OK;
}

enum error_kind sending_is_due(struct ctx *ctx, const bool channels[NOTICE_CHANNELS], bool *out_due)
{
    int64_t id;

    return notices_repo_next_due(ctx, channels, &id, out_due);
}

/* ---- marking ------------------------------------------------------------------------------------------------- */

int64_t sending_wait_ms(int64_t tries)
{
    int64_t wait = NOTICE_RETRY_MS;

    while (--tries > 0 && wait < NOTICE_RETRY_MAX_MS)
        wait *= 3;
    return wait < NOTICE_RETRY_MAX_MS ? wait : NOTICE_RETRY_MAX_MS;
}

enum error_kind sending_mark(struct ctx *ctx, const struct notice_outgoing *message,
                             enum notice_result result, const char *problem)
{
    bool again = result == NOTICE_AGAIN && message->tries < NOTICE_TRIES;
    const char *state = result == NOTICE_WENT      ? "sent"
                        : result == NOTICE_PERHAPS ? "unsure"
                        : again                    ? "waiting"
                                                   : "failed";
    int64_t send_at = again ? ctx->now + sending_wait_ms(message->tries) : ctx->now;

    for (size_t i = 0; i < message->count; i++)
        TRY(notices_repo_end(ctx, message->ids[i], state, send_at, problem));
    return OK;
}

enum error_kind sending_recover(struct ctx *ctx, int64_t claimed_until, int64_t *out_rows)
{
    return notices_repo_recover(
        ctx, claimed_until, "The program ended while it was being sent: it may have gone, or not.", out_rows);
}
