/*
 * reviews_repository.c — reviews as SQL.
 */
#include "reviews/reviews_repository.h"

#include <assert.h>
#include <string.h>

#include "db/engine.h"
#include "db/list.h"

#define REVIEW_COLUMNS \
    "SELECT id, uuid, book_id, member_id, stars, text, status, reason, created_at, version FROM review "

SQL(FIND_REVIEW, REVIEW_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_REVIEW_BY_ID, REVIEW_COLUMNS "WHERE id = :id");
SQL(FIND_OF, REVIEW_COLUMNS "WHERE member_id = :member AND book_id = :book");
SQL(NEXT_OF_BOOK,
    REVIEW_COLUMNS "WHERE id = (SELECT min(id) FROM review WHERE book_id = :book AND id > :after)");
SQL(HAS_BORROWED, "SELECT 1 FROM borrow INDEXED BY borrow_by_member WHERE member_id = :member"
                  " AND book_id = :book LIMIT 1");

/*
 * Of a title and those that were ever one record with it: copies, and the loans of them, went to and fro between them.
 */
SQL(NEXT_OF_JOINED,
    "WITH RECURSIVE joined (id) AS (SELECT :book"
    " UNION SELECT g.gone_id FROM joined j CROSS JOIN title_merge g ON g.kept_id = j.id"
    " UNION SELECT k.kept_id FROM joined j CROSS JOIN title_merge k ON k.gone_id = j.id) " REVIEW_COLUMNS
    "WHERE id = (SELECT min(r.id) FROM joined j CROSS JOIN review r ON r.member_id = :member AND r.book_id = j.id"
    " WHERE NOT EXISTS (SELECT 1 FROM joined o CROSS JOIN borrow w INDEXED BY borrow_by_member"
    "  ON w.member_id = :member AND w.book_id = o.id))");

SQL(INSERT_REVIEW,
    "INSERT INTO review (uuid, book_id, member_id, stars, text, status, created_at, updated_at)"
    " VALUES (:uuid, :book, :member, :stars, :text, :status, :now, :now)");
SQL(UPDATE_REVIEW,
    "UPDATE review SET stars = :stars, text = :text, status = :status, reason = :reason, updated_at = :now,"
    " version = version + 1 WHERE id = :id");
SQL(DECIDE_REVIEW, "UPDATE review SET status = :status, reason = :reason, decided_at = :now,"
                   " decided_by = :actor, version = version + 1 WHERE id = :id");
SQL(REMOVE_REVIEW, "DELETE FROM review WHERE id = :id");
SQL(MOVE_REVIEW, "UPDATE review SET book_id = :book, member_id = :member WHERE id = :id");

/* ---- the listings --------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column review_columns[] = {
    {"id", COLUMN_UUID, false, "r.uuid", "The review"},
    {"stars", COLUMN_INTEGER, false, "r.stars", "1 to 5"},
    {"text", COLUMN_TEXT, true, "r.text", "In words; null: stars alone"},
    {"status", COLUMN_TEXT, false, "r.status", "waiting, shown or refused"},
    {"reason", COLUMN_TEXT, true, "r.reason", "Why it was refused"},
    {"created_at", COLUMN_INSTANT, false, "r.created_at", "When it was written"},
    {"updated_at", COLUMN_INSTANT, false, "r.updated_at", "When the reader last changed it"},
    {"decided_at", COLUMN_INSTANT, true, "r.decided_at", "When somebody last decided about it"},
    {"version", COLUMN_INTEGER, false, "r.version", "For If-Match"},
    {"book.id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"book.title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"book.author", COLUMN_TEXT, false, "b.author", "Author"},
    {"member.id", COLUMN_UUID, true, "m.uuid", "Who wrote it; null: forgotten"},
    {"member.name", COLUMN_TEXT, true, "m.name", "Name"},
    {0},
};

static const struct column shown_columns[] = {
    {"id", COLUMN_UUID, false, "r.uuid", "The review"},
    {"stars", COLUMN_INTEGER, false, "r.stars", "1 to 5"},
    {"text", COLUMN_TEXT, true, "r.text", "In words; null: stars alone"},
    {"created_at", COLUMN_INSTANT, false, "r.created_at", "When it was written"},
    {0},
};

static const struct list_sort review_sorts[] = {{"created_at", "r.created_at", .descending = true}, {0}};

static const char *const status_choices[] = {"waiting", "shown", "refused", NULL};
static const char *const status_wheres[] = {
    [REVIEW_WAITING] = "r.status = 'waiting'",
    [REVIEW_SHOWN] = "r.status = 'shown'",
    [REVIEW_REFUSED] = "r.status = 'refused'",
};

/* The last is set by the service alone: a reader's own. */
static const struct list_filter review_filters[] = {
    {"status", FILTER_CHOICE, .choices = status_choices, .wheres = status_wheres, .meaning = "State of the review"},
    {"book_id", FILTER_UUID, "r.book_id = (SELECT id FROM book WHERE uuid = :book_id)", .meaning = "Reviews of this title"},
    {".member", FILTER_INTEGER, "r.member_id = :member"},
    {0},
};

#define OF_STATUS(name) {"status=" name, .known = "the reviews of that state in an index", .index = "review_by_status"}
#define OF_BOOK(name) {"status=" name " book_id", .known = "the title's reviews in an index", .index = "review_by_book"}

static const struct list_served review_served[] = {
    {""},
    OF_STATUS("waiting"),
    OF_STATUS("shown"),
    OF_STATUS("refused"),
    OF_BOOK("waiting"),
    OF_BOOK("shown"),
    OF_BOOK("refused"),
    {".member", .few = "a reader reviews a title once", .index = "review_pair"},
    {0},
};

static const struct list_filter shown_filters[] = {
    {".book", FILTER_INTEGER, "r.book_id = :book AND r.status = 'shown'"},
    {0},
};

static const struct list_served shown_served[] = {
    {".book", .known = "the title's reviews in an index", .index = "review_by_book"},
    {0},
};
/* clang-format on */

/* LEFT, though the title is always there: the review is looked at first. */
const struct listing reviews_listing = {
    .name = "Review",
    .columns = review_columns,
    .from = "review r LEFT JOIN book b ON b.id = r.book_id LEFT JOIN member m ON m.id = r.member_id",
    .count_from = "review r",
    .id = "r.id",
    .uuid = "r.uuid",
    .sorts = review_sorts,
    .filters = review_filters,
    .total = "reviews",
    .served = review_served,
};

const struct listing shown_reviews_listing = {
    .name = "ShownReview",
    .columns = shown_columns,
    .from = "review r",
    .id = "r.id",
    .uuid = "r.uuid",
    .sorts = review_sorts,
    .filters = shown_filters,
    .served = shown_served,
};

enum error_kind reviews_repo_list(struct ctx *ctx, const struct listing *listing,
                                  const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, listing, query, sink);
}

enum error_kind reviews_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &reviews_listing, id, sink);
}

/* ---- finding -------------------------------------------------------------------------------------------- */

static enum review_status status_from(const char *name)
{
    size_t status = 0;

    while (strcmp(status_choices[status], name) != 0) {
        status++;
        assert(status_choices[status]); /* the table's CHECK has the same */
    }
    return (enum review_status)status;
}

static enum error_kind read_review(struct stmt *s, struct review *out_review, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_review = (struct review){
            .id = column_int(s, 0),
            .uuid = column_uuid(s, 1),
            .book_id = column_int(s, 2),
            .member_id = column_int(s, 3),
            .facts = {.stars = column_int(s, 4), .text = column_text(s, 5)},
            .status = status_from(column_text(s, 6)),
            .reason = column_text(s, 7),
            .created_at = column_int(s, 8),
            .version = column_int(s, 9),
        };
    return OK;
}

enum error_kind reviews_repo_find(struct ctx *ctx, const struct uuid *uuid, struct review *out_review,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_REVIEW);

    bind_uuid(s, ":uuid", uuid);
    return read_review(s, out_review, out_found);
}

enum error_kind reviews_repo_find_by_id(struct ctx *ctx, int64_t id, struct review *out_review,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_REVIEW_BY_ID);

    bind_int(s, ":id", id);
    return read_review(s, out_review, out_found);
}

enum error_kind reviews_repo_find_of(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                     struct review *out_review, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_OF);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return read_review(s, out_review, out_found);
}

enum error_kind reviews_repo_next_of_book(struct ctx *ctx, int64_t book_id, int64_t after_id,
                                          struct review *out_review, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_OF_BOOK);

    bind_int(s, ":book", book_id);
    bind_int(s, ":after", after_id);
    return read_review(s, out_review, out_found);
}

enum error_kind reviews_repo_has_borrowed(struct ctx *ctx, int64_t member_id, int64_t book_id, bool *out_has)
{
    struct stmt *s = db_statement(ctx, &HAS_BORROWED);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return db_row(s, out_has);
}

enum error_kind reviews_repo_next_of_joined(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                            struct review *out_review, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_OF_JOINED);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return read_review(s, out_review, out_found);
}

/* ---- changing ------------------------------------------------------------------------------------------- */

enum error_kind reviews_repo_insert(struct ctx *ctx, struct review *review)
{
    struct stmt *s = db_statement(ctx, &INSERT_REVIEW);

    bind_uuid(s, ":uuid", &review->uuid);
    bind_int(s, ":book", review->book_id);
    bind_int(s, ":member", review->member_id);
    bind_int(s, ":stars", review->facts.stars);
    bind_text(s, ":text", review->facts.text);
    bind_text(s, ":status", review_status_name(review->status));
    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    review->id = db_last_id(ctx);
    return OK;
}

static void bind_state(struct ctx *ctx, struct stmt *s, const struct review *review)
{
    bind_int(s, ":id", review->id);
    bind_text(s, ":status", review_status_name(review->status));
    bind_text(s, ":reason", review->reason);
    bind_int(s, ":now", ctx->now);
}

enum error_kind reviews_repo_update(struct ctx *ctx, const struct review *review)
{
    struct stmt *s = db_statement(ctx, &UPDATE_REVIEW);

    bind_state(ctx, s, review);
    bind_int(s, ":stars", review->facts.stars);
    bind_text(s, ":text", review->facts.text);
    return db_run(s);
}

enum error_kind reviews_repo_decide(struct ctx *ctx, const struct review *review)
{
    struct stmt *s = db_statement(ctx, &DECIDE_REVIEW);

    bind_state(ctx, s, review);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    return db_run(s);
}

enum error_kind reviews_repo_remove(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_REVIEW);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind reviews_repo_move(struct ctx *ctx, int64_t id, int64_t book_id, int64_t member_id)
{
    struct stmt *s = db_statement(ctx, &MOVE_REVIEW);

    bind_int(s, ":id", id);
    bind_int(s, ":book", book_id);
    bind_number(s, ":member", member_id ? member_id : NO_NUMBER);
    return db_run(s);
}
