/*
 * analytics.h — what the library's figures are made of, before anybody writes them down.
 *
 * Days are civil days of the library's zone. `now` figures (overview, overdue, inventory, forecast, recent
 * activity) do not depend on the range that was asked for; trends and favourites do.
 */
#ifndef CARREL_ANALYTICS_ANALYTICS_H
#define CARREL_ANALYTICS_ANALYTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/uuid.h"
#include "books/books.h" /* books_listing: a title's page shows a row of it */
#include "borrows/borrows.h"

struct day_range {
    int32_t from, to; /* both included */
};

struct overview {
    int64_t total_books; /* not archived */
    int64_t total_copies;
    int64_t total_members;
    int64_t total_borrows;
    int64_t active_borrows;
    int64_t overdue_borrows;
    double utilization_rate; /* active ÷ copies × 100 */
    double health_score;     /* 0–100 */
};

#define DAYS_OF_WEEK 7

/* Loans that are out past their due day, by how many days. */
struct overdue_figures {
    int64_t total;
    int64_t days_1_3, days_4_7;
    int64_t days_7_plus;              /* 8 and more */
    int64_t by_weekday[DAYS_OF_WEEK]; /* of the due day, Monday first */
    int64_t longest_days;             /* of the one that is out longest; 0: none */
};

struct inventory_health {
    int64_t low_stock; /* titles with at most one copy available */
    int64_t never_borrowed;
    int64_t unavailable; /* titles with none */
};

/* One number a day, for each day of a range, in order. */
struct trends {
    struct day_range range;
    int64_t borrows[ANALYTICS_DAYS_MAX];
    int64_t returns[ANALYTICS_DAYS_MAX];
    int64_t active_members[ANALYTICS_DAYS_MAX];
};

struct forecast {
    int64_t daily;
    int64_t next_7_days;
};

struct favourite_book {
    struct uuid uuid;
    const char *title;
    const char *author;
    int64_t borrow_count;
};

struct favourite_member {
    struct uuid uuid;
    const char *name;
    int64_t borrow_count;
};

/* A copy that went or came back. */
struct activity {
    struct uuid borrow_id;
    bool is_return;
    const char *book_title;
    const char *member_name; /* NULL: forgotten */
    int64_t at;
};

struct favourite_books {
    size_t count;
    struct favourite_book rows[ANALYTICS_TOP_MAX];
};

struct favourite_members {
    size_t count;
    struct favourite_member rows[ANALYTICS_TOP_MAX];
};

struct activities {
    size_t count;
    struct activity rows[ANALYTICS_ACTIVITY_MAX];
};

#define SUMMARY_TOP 5
#define SUMMARY_ACTIVITY 10

/* The dashboard; large: from the arena. */
struct summary {
    struct overview overview;
    struct overdue_figures overdue;
    struct inventory_health inventory;
    struct trends trends;
    struct forecast forecast;
    struct favourite_members members;
    struct favourite_books books;
    struct activities activity;
    int64_t last_backup_at; /* 0: there is none */
    bool backup_is_old;
};

/* What a number of loans that are over have in common, in days; NULL figures are NO_NUMBER. */
struct durations {
    int64_t count;
    double average;  /* days; 0 without loans */
    int64_t longest; /* whole days */
    int64_t shortest;
    int64_t late; /* of them returned past their due day */
};

struct book_analytics {
    int64_t borrow_count;
    int64_t last_borrowed_at; /* NO_NUMBER: never */
    int64_t popularity_rank;  /* 1: no title was lent more often */
    const char *availability;
    struct durations durations;
};

/* All that the desk wants to know of a title at once. */
struct book_details {
    struct book_borrows borrows; /* who has it, who had it */
    struct book_analytics analytics;
};

#define TREND_MONTHS 12

struct month_count {
    int year, month;
    int64_t count;
};

struct member_analytics {
    int64_t borrow_count;
    int64_t open_borrows;
    int64_t overdue_count; /* returned late */
    double overdue_rate;   /* per cent of all loans */
    const char *risk_level;
    const char *favourite_author; /* NULL: none */
    double borrows_per_month;     /* since the first loan, months of 30 days */
    int64_t fines_accrued;
    struct durations durations;
    struct month_count trend[TREND_MONTHS]; /* the last twelve months, oldest first */
};

#endif
