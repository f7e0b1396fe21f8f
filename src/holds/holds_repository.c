/*
 * holds_repository.c — holds as SQL. Those that are open stand in partial indexes of their own, so that a queue
 * costs the same however many holds there have been.
 */
#include "holds/holds_repository.h"

#include <assert.h>
#include <string.h>

#include "db/engine.h"
#include "db/list.h"
#include "members/members_sql.h"

#define HOLD_COLUMNS                                                                                       \
    "SELECT id, uuid, book_id, member_id, status, place, suspended, suspended_until, copy_id, pickup_day," \
    " placed_at FROM hold "

/* Who may not borrow would find the copy on the hold shelf and not get it. */
#define MAY_BORROW(h) \
    "(SELECT " MEMBER_STATUS_TODAY("r") " FROM member r WHERE r.id = " h ".member_id) = 'active'"

/* NULL, and so false, for one that is suspended until somebody lifts it. */
#define COUNTS(h) "(" h ".suspended = 0 OR " h ".suspended_until <= :today) AND " MAY_BORROW(h)

/* That it is open follows from its status; said so that the index of open holds serves it. */
#define WAITS(h) h ".status = 'waiting' AND " h ".ended_at IS NULL"

#define QUEUE_OF_BOOK "book_id = :book AND " WAITS("hold")

SQL(FIND_HOLD, HOLD_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_HOLD_BY_ID, HOLD_COLUMNS "WHERE id = :id");
SQL(FIND_OPEN, HOLD_COLUMNS "WHERE member_id = :member AND book_id = :book AND ended_at IS NULL");
SQL(FIND_READY, HOLD_COLUMNS "WHERE copy_id = :copy AND status = 'ready'");
SQL(FIRST_HOLD, HOLD_COLUMNS "WHERE " QUEUE_OF_BOOK " AND " COUNTS("hold") " ORDER BY place, id LIMIT 1");
/* By name: the planner would take the index of all holds that a title ever had. */
SQL(COUNT_HOLDS, "SELECT count(*) FROM hold INDEXED BY hold_queue WHERE " QUEUE_OF_BOOK
                 " AND " COUNTS("hold") " AND member_id <> :except");
SQL(COUNT_BEFORE, "SELECT count(*) FROM hold WHERE " QUEUE_OF_BOOK
                  " AND " COUNTS("hold") " AND (place, id) < (:place, :id)");
SQL(QUEUE, HOLD_COLUMNS "WHERE " QUEUE_OF_BOOK " ORDER BY place, id");
SQL(LAST_PLACE, "SELECT max(place) FROM hold WHERE book_id = :book AND ended_at IS NULL");

#define PICKUP_DAY "coalesce(pickup_day, 0)" /* as in the index; a ready hold always has one */
SQL(PICKUPS,
    "SELECT id, pickup_day FROM hold WHERE status = 'ready' AND " PICKUP_DAY " BETWEEN :first AND :last"
    " AND (" PICKUP_DAY ", id) > (:after_day, :after_id) ORDER BY " PICKUP_DAY ", id");

SQL(HAS_AT_HOME,
    "SELECT 1 FROM borrow WHERE member_id = :member AND book_id = :book AND returned_at IS NULL");

SQL(INSERT_HOLD, "INSERT INTO hold (uuid, book_id, member_id, place, placed_at, placed_by)"
                 " VALUES (:uuid, :book, :member, :place, :placed_at, :placed_by)");
SQL(SET_READY,
    "UPDATE hold SET status = 'ready', copy_id = :copy, ready_at = :ready_at, pickup_day = :pickup_day,"
    " suspended = 0, suspended_until = NULL WHERE id = :id AND status = 'waiting'");
SQL(SET_WAITING, "UPDATE hold SET status = 'waiting', copy_id = NULL, ready_at = NULL, pickup_day = NULL"
                 " WHERE id = :id AND status = 'ready'");
SQL(SET_PICKUP, "UPDATE hold SET pickup_day = :pickup_day WHERE id = :id AND status = 'ready'");
SQL(SET_SUSPENDED, "UPDATE hold SET suspended = :suspended, suspended_until = :until WHERE id = :id");
SQL(SET_PLACE, "UPDATE hold SET place = :place WHERE id = :id");
SQL(END_HOLD, "UPDATE hold SET status = :status, borrow_id = :borrow, ended_at = :ended_at,"
              " ended_reason = :reason WHERE id = :id AND ended_at IS NULL");

/* ---- the listing -------------------------------------------------------------------------------------- */

/* How many wait before it, suspended ones too. */
#define BEFORE(also)                                                                \
    "(SELECT count(*) FROM hold o WHERE o.book_id = h.book_id AND " WAITS("o") also \
        " AND (o.place, o.id) < (h.place, h.id))"

/* clang-format off */
static const struct column hold_columns[] = {
    {"id", COLUMN_UUID, false, "h.uuid", "The hold"},
    {"book_id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"member_id", COLUMN_UUID, true, "m.uuid", "Who waits; null: forgotten, with the loan that fulfilled it"},
    {"copy_id", COLUMN_UUID, true, "c.uuid", "The copy on the hold shelf for it; kept when it is over"},
    {"status", COLUMN_TEXT, false, "h.status", "waiting, ready, fulfilled, cancelled or expired"},
    {"position", COLUMN_INTEGER, true, "CASE h.status WHEN 'waiting' THEN 1 + " BEFORE("") " WHEN 'ready' THEN 0 END",
     "Place among those that wait, from 1; 0 when ready; null when it is over"},
    {"placed_at", COLUMN_INSTANT, false, "h.placed_at", "When it was placed"},
    {"ready_at", COLUMN_INSTANT, true, "h.ready_at", "When a copy was put aside"},
    {"pickup_until", COLUMN_DAY, true, "h.pickup_day", "The last day to fetch it"},
    {"suspended", COLUMN_BOOL, false,
     "h.status = 'waiting' AND h.suspended = 1 AND coalesce(h.suspended_until > :today, 1)",
     "Keeps its place, but is passed over"},
    {"suspended_until", COLUMN_DAY, true, "iif(h.suspended_until > :today AND h.ended_at IS NULL, h.suspended_until, NULL)",
     "The day on which it counts again; null: when that is said"},
    {"ended_at", COLUMN_INSTANT, true, "h.ended_at", "When it was fulfilled, cancelled or expired"},
    {"ended_reason", COLUMN_TEXT, true, "h.ended_reason", "Why it was cancelled or expired"},
    {"book.id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"book.title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"book.author", COLUMN_TEXT, false, "b.author", "Author"},
    {"member.id", COLUMN_UUID, true, "m.uuid", "Who waits; null: forgotten"},
    {"member.name", COLUMN_TEXT, true, "m.name", "Name"},
    {"member.card", COLUMN_TEXT, true, "m.card", "Card number"},
    {"copy.id", COLUMN_UUID, true, "c.uuid", "The copy"},
    {"copy.barcode", COLUMN_TEXT, true, "c.barcode", "Its barcode"},
    {"copy.shelf", COLUMN_TEXT, true, "c.shelf", "Where it stands otherwise"},
    {0},
};

static const struct list_sort hold_sorts[] = {
    {"placed_at", "h.placed_at", .descending = true},
    {"pickup_date", "coalesce(h.pickup_day, 0)"},
    {"position", "h.place"},
    {0},
};

static const char *const status_choices[] = {"waiting", "ready", "fulfilled", "cancelled", "expired", NULL};
static const char *const status_wheres[] = {
    [HOLD_WAITING] = "h.status = 'waiting' AND h.ended_at IS NULL",
    [HOLD_READY] = "h.status = 'ready' AND h.ended_at IS NULL",
    [HOLD_FULFILLED] = "h.status = 'fulfilled'",
    [HOLD_CANCELLED] = "h.status = 'cancelled'",
    [HOLD_EXPIRED] = "h.status = 'expired'",
};

/* A copy stands on its shelf for it: those that count, as many of each title as it has copies there. */
#define TO_PULL                                                                                         \
    WAITS("h") " AND " COUNTS("h")                                                              \
    " AND coalesce((SELECT b.available_copies FROM book b WHERE b.id = h.book_id), 0) > 0"              \
    " AND " BEFORE(" AND " COUNTS("o")) " < (SELECT b.available_copies FROM book b WHERE b.id = h.book_id)"

/* The last one was lost or withdrawn while they waited. */
#define WITHOUT_COPIES \
    WAITS("h") " AND coalesce((SELECT b.total_copies FROM book b WHERE b.id = h.book_id), 0) = 0"

static const struct list_filter hold_filters[] = {
    {"member_id", FILTER_UUID, "h.member_id = (SELECT id FROM member WHERE uuid = :member_id)",
     .meaning = "Holds of this member"},
    {"book_id", FILTER_UUID, "h.book_id = (SELECT id FROM book WHERE uuid = :book_id)",
     .meaning = "Holds of this title"},
    {"status", FILTER_CHOICE, .choices = status_choices, .wheres = status_wheres, .meaning = "State of the hold"},
    {"open", FILTER_BOOL, "h.ended_at IS NULL", .meaning = "true: only those that wait or are ready"},
    {"to_pull", FILTER_BOOL, TO_PULL,
     .meaning = "true: the pull list, waiting holds for which a copy stands on its shelf"},
    {"without_copies", FILTER_BOOL, WITHOUT_COPIES,
     .meaning = "true: waiting in vain, the library has no copy of the title any more"},
    {"pickup_before", FILTER_FROM_DAY,
     "h.status = 'ready' AND coalesce(h.pickup_day, 0) < :pickup_before_day",
     .meaning = "Ready ones that were to be fetched before this day"},
    {0},
};

#define OF_BOOK(number) "(SELECT " number " FROM book WHERE uuid = :book_id)"
#define OF_MEMBER(number) "(SELECT " number " FROM member WHERE uuid = :member_id)"
#define SHORT_QUEUE "a title has HOLD_QUEUE_MAX open holds at most"
#define FEW_HOLDS "a member has few holds at once"

#define BY_EVERY_SORT(filters, placed, pickup, place, ...) \
    {filters, "placed_at", .index = placed, __VA_ARGS__},  \
    {filters, "pickup_date", .index = pickup, __VA_ARGS__}, \
    {filters, "position", .index = place, __VA_ARGS__}
#define OF_STATUS(name, ...) \
    BY_EVERY_SORT("status=" name, "hold_by_status", "hold_status_by_pickup", "hold_status_by_place", __VA_ARGS__)
#define OPEN_OF_STATUS(name) OF_STATUS(name, .known = "the holds of that status in an index")
#define ENDED_OF_STATUS(name) OF_STATUS(name, .total = COUNTER("holds_" name), .known = "counter")

static const struct list_served hold_served[] = {
    {""},
    BY_EVERY_SORT("open", "hold_open_by_placed", "hold_open_by_pickup", "hold_open_by_place",
                  .total = COUNTER("holds_open"), .known = "counter"),
    OPEN_OF_STATUS("waiting"),
    OPEN_OF_STATUS("ready"),
    ENDED_OF_STATUS("fulfilled"),
    ENDED_OF_STATUS("cancelled"),
    ENDED_OF_STATUS("expired"),
    {"status=ready? pickup_before", "pickup_date", .known = "an index of what is ready",
     .index = "hold_status_by_pickup"},
    {"member_id", "placed_at", .known = "the member's holds in an index"},
    {"member_id open", NULL, OF_MEMBER("open_holds"), "number on the record", .index = "hold_open_pair",
     .few = FEW_HOLDS},
    {"member_id status=waiting open?", .index = "hold_open_pair", .few = FEW_HOLDS},
    {"member_id status=ready open?", .index = "hold_open_pair", .few = FEW_HOLDS},
    {"book_id", "placed_at", .known = "the title's holds in an index"},
    {"book_id open", NULL, OF_BOOK("open_holds"), "number on the record", .index = "hold_queue",
     .few = SHORT_QUEUE},
    {"book_id status=waiting open?", .index = "hold_queue", .few = SHORT_QUEUE},
    {"book_id status=ready open?", .index = "hold_queue", .few = SHORT_QUEUE},
    {0},
};
/* clang-format on */

/* LEFT, though all but the copy are there: the hold is looked at first, whatever the planner thinks of the others. */
const struct listing holds_listing = {
    .name = "Hold",
    .columns = hold_columns,
    .from = "hold h LEFT JOIN book b ON b.id = h.book_id LEFT JOIN member m ON m.id = h.member_id"
            " LEFT JOIN copy c ON c.id = h.copy_id",
    .count_from = "hold h",
    .id = "h.id",
    .uuid = "h.uuid",
    .sorts = hold_sorts,
    .filters = hold_filters,
    .total = "holds",
    .served = hold_served,
};

enum error_kind holds_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &holds_listing, query, sink);
}

enum error_kind holds_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &holds_listing, id, sink);
}

/* ---- finding ------------------------------------------------------------------------------------------ */

static const char *const status_names[] = {
    [HOLD_WAITING] = "waiting",     [HOLD_READY] = "ready",     [HOLD_FULFILLED] = "fulfilled",
    [HOLD_CANCELLED] = "cancelled", [HOLD_EXPIRED] = "expired",
};

static enum hold_status status_from(const char *name)
{
    size_t status = 0;

    while (strcmp(status_names[status], name) != 0) {
        status++;
        assert(status < sizeof status_names / sizeof status_names[0]); /* the table's CHECK has the same */
    }
    return (enum hold_status)status;
}

static enum error_kind read_hold(struct stmt *s, struct hold *out_hold, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_hold = (struct hold){.id = column_int(s, 0),
                                  .uuid = column_uuid(s, 1),
                                  .book_id = column_int(s, 2),
                                  .member_id = column_int(s, 3),
                                  .status = status_from(column_text(s, 4)),
                                  .place = column_int(s, 5),
                                  .suspended = column_bool(s, 6),
                                  .suspended_until = column_number(s, 7),
                                  .copy_id = column_int(s, 8),
                                  .pickup_day = column_number(s, 9),
                                  .placed_at = column_int(s, 10)};
    return OK;
}

enum error_kind holds_repo_find(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold,
                                bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_HOLD);

    bind_uuid(s, ":uuid", uuid);
    return read_hold(s, out_hold, out_found);
}

enum error_kind holds_repo_find_by_id(struct ctx *ctx, int64_t id, struct hold *out_hold, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_HOLD_BY_ID);

    bind_int(s, ":id", id);
    return read_hold(s, out_hold, out_found);
}

enum error_kind holds_repo_find_open(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                     struct hold *out_hold, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_OPEN);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return read_hold(s, out_hold, out_found);
}

enum error_kind holds_repo_find_ready(struct ctx *ctx, int64_t copy_id, struct hold *out_hold,
                                      bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_READY);

    bind_int(s, ":copy", copy_id);
    return read_hold(s, out_hold, out_found);
}

enum error_kind holds_repo_first(struct ctx *ctx, int64_t book_id, int32_t today, struct hold *out_hold,
                                 bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIRST_HOLD);

    bind_int(s, ":book", book_id);
    bind_int(s, ":today", today);
    return read_hold(s, out_hold, out_found);
}

static enum error_kind read_count(struct stmt *s, int64_t *out_count)
{
    bool found;

    TRY(db_row(s, &found));
    *out_count = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind holds_repo_count(struct ctx *ctx, int64_t book_id, int32_t today, int64_t except_member_id,
                                 int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_HOLDS);

    bind_int(s, ":book", book_id);
    bind_int(s, ":today", today);
    bind_int(s, ":except", except_member_id);
    return read_count(s, out_count);
}

enum error_kind holds_repo_count_before(struct ctx *ctx, const struct hold *hold, int32_t today,
                                        int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_BEFORE);

    bind_int(s, ":book", hold->book_id);
    bind_int(s, ":today", today);
    bind_int(s, ":place", hold->place);
    bind_int(s, ":id", hold->id);
    return read_count(s, out_count);
}

enum error_kind holds_repo_queue(struct ctx *ctx, int64_t book_id, size_t max, struct hold *out_holds,
                                 size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &QUEUE);
    size_t count = 0;
    bool found = true;

    bind_int(s, ":book", book_id);
    while (found && count < max) {
        TRY(read_hold(s, &out_holds[count], &found));
        count += found;
    }
    *out_count = count;
    return OK;
}

enum error_kind holds_repo_last_place(struct ctx *ctx, int64_t book_id, int64_t *out_place)
{
    struct stmt *s = db_statement(ctx, &LAST_PLACE);

    bind_int(s, ":book", book_id);
    return read_count(s, out_place);
}

enum error_kind holds_repo_pickups(struct ctx *ctx, int32_t first_day, int32_t last_day,
                                   const struct hold_pickup *after, size_t max,
                                   struct hold_pickup *out_pickups, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &PICKUPS);
    size_t count = 0;
    bool found;

    bind_int(s, ":first", first_day);
    bind_int(s, ":last", last_day);
    bind_int(s, ":after_day", after->pickup_day);
    bind_int(s, ":after_id", after->hold_id);
    while (count < max) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        out_pickups[count++] = (struct hold_pickup){column_int(s, 0), (int32_t)column_int(s, 1)};
    }
    *out_count = count;
    return OK;
}

enum error_kind holds_repo_has_at_home(struct ctx *ctx, int64_t member_id, int64_t book_id, bool *out_has)
{
    struct stmt *s = db_statement(ctx, &HAS_AT_HOME);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return db_row(s, out_has);
}

/* ---- changing ----------------------------------------------------------------------------------------- */

enum error_kind holds_repo_insert(struct ctx *ctx, const struct new_hold *hold, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_HOLD);

    bind_uuid(s, ":uuid", &hold->uuid);
    bind_int(s, ":book", hold->book_id);
    bind_int(s, ":member", hold->member_id);
    bind_int(s, ":place", hold->place);
    bind_int(s, ":placed_at", hold->placed_at);
    bind_text(s, ":placed_by", hold->placed_by);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind holds_repo_set_ready(struct ctx *ctx, int64_t id, int64_t copy_id, int64_t ready_at,
                                     int32_t pickup_day)
{
    struct stmt *s = db_statement(ctx, &SET_READY);

    bind_int(s, ":id", id);
    bind_int(s, ":copy", copy_id);
    bind_int(s, ":ready_at", ready_at);
    bind_int(s, ":pickup_day", pickup_day);
    return db_run(s);
}

enum error_kind holds_repo_set_waiting(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &SET_WAITING);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind holds_repo_set_pickup(struct ctx *ctx, int64_t id, int32_t pickup_day)
{
    struct stmt *s = db_statement(ctx, &SET_PICKUP);

    bind_int(s, ":id", id);
    bind_int(s, ":pickup_day", pickup_day);
    return db_run(s);
}

enum error_kind holds_repo_set_suspended(struct ctx *ctx, int64_t id, bool suspended, int64_t until)
{
    struct stmt *s = db_statement(ctx, &SET_SUSPENDED);

    bind_int(s, ":id", id);
    bind_bool(s, ":suspended", suspended);
    bind_number(s, ":until", until);
    return db_run(s);
}

enum error_kind holds_repo_set_place(struct ctx *ctx, int64_t id, int64_t place)
{
    struct stmt *s = db_statement(ctx, &SET_PLACE);

    bind_int(s, ":id", id);
    bind_int(s, ":place", place);
    return db_run(s);
}

enum error_kind holds_repo_end(struct ctx *ctx, int64_t id, enum hold_status status, int64_t borrow_id,
                               int64_t ended_at, const char *reason)
{
    struct stmt *s = db_statement(ctx, &END_HOLD);

    bind_int(s, ":id", id);
    bind_text(s, ":status", status_names[status]);
    bind_number(s, ":borrow", borrow_id == 0 ? NO_NUMBER : borrow_id);
    bind_int(s, ":ended_at", ended_at);
    bind_text(s, ":reason", reason);
    return db_run(s);
}
