/*
 * of_one_router.c — what the loans of one title, of one member say; and all that the desk wants to know of a title
 * in one answer: who has it, who had it, its figures.
 */
#include "analytics/analytics_service.h"
#include "base/clock.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_durations(struct json_writer *w, const struct durations *durations)
{
    json_member_real(w, "average_borrow_duration", durations->average, 1);
    json_member_int(w, "longest_borrow_duration", durations->longest / MS_PER_DAY);
    json_member_int(w, "shortest_borrow_duration", durations->shortest / MS_PER_DAY);
}

static void write_text_or_null(struct json_writer *w, const char *name, const char *text)
{
    json_key(w, name);
    json_text(w, text);
}

static void write_trend(struct ctx *ctx, struct json_writer *w, const struct month_count *trend)
{
    json_key(w, "activity_trend");
    json_array_begin(w);
    for (int i = 0; i < TREND_MONTHS; i++) {
        json_object_begin(w);
        json_member_text(w, "month", arena_printf(ctx->arena, "%04d-%02d", trend[i].year, trend[i].month));
        json_member_int(w, "count", trend[i].count);
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- of a title ------------------------------------------------------------------------------------------- */

static void write_book(struct json_writer *w, const struct book_analytics *book)
{
    json_object_begin(w);
    json_member_int(w, "total_times_borrowed", book->borrow_count);
    write_durations(w, &book->durations);
    json_key(w, "last_borrowed_at");
    if (book->last_borrowed_at == NO_NUMBER)
        json_null(w);
    else
        json_instant(w, book->last_borrowed_at);
    json_member_int(w, "popularity_rank", book->popularity_rank);
    json_member_text(w, "availability_status", book->availability);
    json_member_int(w, "return_delay_count", book->durations.late);
    json_object_end(w);
}

static enum error_kind get_of_book(struct request *req, struct response *res)
{
    struct book_analytics analytics;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(analytics_of_book(req->ctx, &id, &analytics));
    write_book(response_json(res), &analytics);
    return OK;
}

static void write_current(struct ctx *ctx, struct json_writer *w, const struct current_borrower *current)
{
    int32_t today = clock_day_of(ctx->now);

    json_key(w, "current_borrowers");
    json_array_begin(w);
    for (; current; current = current->next) {
        json_object_begin(w);
        json_member_uuid(w, "borrow_id", &current->borrow_id);
        json_member_uuid(w, "member_id", &current->member_id);
        json_member_text(w, "name", current->name);
        json_member_instant(w, "borrowed_at", current->borrowed_at);
        json_member_instant(w, "due_date", current->due_at);
        json_member_int(w, "days_until_due", current->due_day - today);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_history(struct json_writer *w, const struct past_borrow *past)
{
    json_key(w, "borrow_history");
    json_array_begin(w);
    for (; past; past = past->next) {
        json_object_begin(w);
        if (past->forgotten)
            json_member_text(w, "member_id", NULL);
        else
            json_member_uuid(w, "member_id", &past->member_id);
        json_member_text(w, "member_name", past->member_name);
        json_member_instant(w, "borrowed_at", past->borrowed_at);
        json_member_instant(w, "returned_at", past->returned_at);
        json_member_int(w, "duration_days", (past->returned_at - past->borrowed_at) / MS_PER_DAY);
        json_object_end(w);
    }
    json_array_end(w);
}

static enum error_kind get_details(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct book_details details;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(analytics_details_of_book(req->ctx, &id, &details));
    json_object_begin(w);
    json_key(w, "book");
    TRY(analytics_show_book(req->ctx, &details, response_row(res)));
    write_current(req->ctx, w, details.borrows.current);
    write_history(w, details.borrows.past);
    json_key(w, "analytics");
    write_book(w, &details.analytics);
    json_object_end(w);
    return OK;
}

/* ---- of a member ------------------------------------------------------------------------------------------ */

static void write_member(struct ctx *ctx, struct json_writer *w, const struct member_analytics *member)
{
    json_object_begin(w);
    json_member_int(w, "total_books_borrowed", member->borrow_count);
    json_member_int(w, "active_books", member->open_borrows);
    write_durations(w, &member->durations);
    json_member_int(w, "overdue_count", member->overdue_count);
    json_member_real(w, "overdue_rate_percent", member->overdue_rate, 1);
    write_text_or_null(w, "favorite_author", member->favourite_author);
    json_member_real(w, "borrow_frequency_per_month", member->borrows_per_month, 2);
    json_member_text(w, "risk_level", member->risk_level);
    json_member_money(w, "total_fines_accrued", member->fines_accrued, ctx->currency_exponent);
    write_trend(ctx, w, member->trend);
    json_object_end(w);
}

static enum error_kind get_of_member(struct request *req, struct response *res)
{
    struct member_analytics analytics;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(analytics_of_member(req->ctx, &id, &analytics));
    write_member(req->ctx, response_json(res), &analytics);
    return OK;
}

/* ---- replies ---------------------------------------------------------------------------------------------- */

/* clang-format off */
#define DURATION_FIELDS \
    {"average_borrow_duration", COLUMN_REAL, false, "Days, of the loans that are over; 0 when there are none"}, \
    {"longest_borrow_duration", COLUMN_INTEGER, false, "Whole days"}, \
    {"shortest_borrow_duration", COLUMN_INTEGER, false, "Whole days"}

static const struct reply_field of_book_fields[] = {
    {"total_times_borrowed", COLUMN_INTEGER, false, "Loans there ever were"},
    DURATION_FIELDS,
    {"last_borrowed_at", COLUMN_INSTANT, true, "When it was last lent"},
    {"popularity_rank", COLUMN_INTEGER, false, "1: no title was lent more often"},
    {"availability_status", COLUMN_TEXT, false, "AVAILABLE, LOW_STOCK (one left) or OUT_OF_STOCK"},
    {"return_delay_count", COLUMN_INTEGER, false, "Loans that came back late"},
    {0},
};
static const struct reply_field month_fields[] = {
    {"month", COLUMN_TEXT, false, "YYYY-MM"},
    {"count", COLUMN_INTEGER, false, "Loans made in it"},
    {0},
};
static const struct reply_field of_member_fields[] = {
    {"total_books_borrowed", COLUMN_INTEGER, false, "Loans there ever were, but for those that are forgotten"},
    {"active_books", COLUMN_INTEGER, false, "Loans that are out now"},
    DURATION_FIELDS,
    {"overdue_count", COLUMN_INTEGER, false, "Loans returned late"},
    {"overdue_rate_percent", COLUMN_REAL, false, "The same, per cent of all"},
    {"favorite_author", COLUMN_TEXT, true, "Whose books were borrowed most"},
    {"borrow_frequency_per_month", COLUMN_REAL, false, "Loans in 30 days, since the first one"},
    {"risk_level", COLUMN_TEXT, false, "HIGH above 30 %, MEDIUM above 10 %, else LOW"},
    {"total_fines_accrued", COLUMN_MONEY, false, "Owed"},
    {"activity_trend", .meaning = "The last twelve months, oldest first", .fields = month_fields, .many = true},
    {0},
};

static const struct reply_field current_borrower_fields[] = {
    {"borrow_id", COLUMN_UUID, false, "The loan"},
    {"member_id", COLUMN_UUID, false, "Who has it"},
    {"name", COLUMN_TEXT, false, "The member's name"},
    {"borrowed_at", COLUMN_INSTANT, false, "Since when"},
    {"due_date", COLUMN_INSTANT, false, "Until when"},
    {"days_until_due", COLUMN_INTEGER, false, "Negative: so many days late"},
    {0},
};

static const struct reply_field past_borrow_fields[] = {
    {"member_id", COLUMN_UUID, true, "Who had it; null: forgotten"},
    {"member_name", COLUMN_TEXT, true, "The member's name; null: forgotten"},
    {"borrowed_at", COLUMN_INSTANT, false, "From"},
    {"returned_at", COLUMN_INSTANT, false, "To"},
    {"duration_days", COLUMN_INTEGER, false, "Whole days in between"},
    {0},
};

static const struct reply_field details_fields[] = {
    {"book", .meaning = "The title", .row = &books_listing},
    {"current_borrowers", .meaning = "Who has it now, soonest due first", .fields = current_borrower_fields, .many = true},
    {"borrow_history", .meaning = "The last loans that are over", .fields = past_borrow_fields, .many = true},
    {"analytics", .meaning = "What all its loans say, as /books/{id}/analytics", .fields = of_book_fields},
    {0},
};

static const struct reply book_reply = {"BookAnalytics", of_book_fields};
static const struct reply details_reply = {"BookDetails", details_fields};
static const struct reply member_reply = {"MemberAnalytics", of_member_fields};

const struct route of_one_routes[] = {
    {GET, "/books/{id}/analytics", LIBRARIAN, READS, LIMIT_READ, get_of_book, "What a title's loans say",
     .reply = &book_reply, .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {GET, "/books/{id}/details", LIBRARIAN, READS, LIMIT_READ, get_details,
     "Show a title with who has it, who had it and what its loans say", .reply = &details_reply,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {GET, "/members/{id}/analytics", MEMBER, READS, LIMIT_READ, get_of_member, "What a member's loans say",
     .reply = &member_reply, .own = "id", .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/analytics/member-activity/{id}", MEMBER, READS, LIMIT_READ, get_of_member,
     "The same as /members/{id}/analytics", .reply = &member_reply, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {0},
};
/* clang-format on */
