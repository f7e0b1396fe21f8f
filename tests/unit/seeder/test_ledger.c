/*
 * test_ledger.c — what comes with the loans of an invented library: its calendar, renewals, holds and money, in the
 * shares that are promised, and as the services keep them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "filled.h"
#include "seeder/ledger.h"
#include "seeder/summary.h"

static struct fixture *library;
static struct seeder *seeder;

static int make_library(void **state)
{
    (void)state;
    library = filled("scaled_demo", 3, BULK_PACKED, &seeder);
    return 0;
}

static int remove_library(void **state)
{
    (void)state;
    fixture_free(library);
    return 0;
}

static int64_t count(const char *sql)
{
    return fixture_int(library, sql);
}

/* ---- days ------------------------------------------------------------------------------------------------- */

#define DAY(instant) "(" instant " / 86400000)" /* the fixture's zone is UTC */
#define CLOSED(day) "(SELECT open FROM calendar WHERE day = " day ") = 0"

static void test_ledger__has_a_week_and_closures(void **state)
{
    (void)state;
    assert_int_equal(count("SELECT count(DISTINCT weekday) FROM opening_hours"), 5);
    assert_true(count("SELECT count(*) FROM closed_day WHERE yearly") >= 2);
    assert_true(count("SELECT count(*) FROM closed_day WHERE NOT yearly AND kind = 'closure'") >= 2);
    assert_true(count("SELECT count(*) FROM closed_day WHERE kind = 'opening'") >= 1);
    assert_int_equal(count("SELECT count(*) FROM calendar WHERE day BETWEEN 20446 AND 20454 AND NOT open"),
                     9); /* Christmas */
}

static void test_ledger__does_nothing_on_a_closed_day(void **state)
{
    (void)state;
    assert_none(library, "SELECT count(*) FROM borrow WHERE " CLOSED(DAY("borrowed_at")));
    assert_none(library, "SELECT count(*) FROM borrow WHERE " CLOSED("returned_day"));
    assert_none(library, "SELECT count(*) FROM borrow WHERE " CLOSED("due_day"));
    assert_none(library, "SELECT count(*) FROM renewal WHERE way = 'desk' AND " CLOSED(DAY("at")));
    assert_none(library, "SELECT count(*) FROM payment WHERE " CLOSED("payment.day"));
    assert_none(library, "SELECT count(*) FROM hold WHERE " CLOSED("pickup_day"));
    assert_none(library, "SELECT count(*) FROM member WHERE " CLOSED(DAY("created_at")));
}

static void test_ledger__charges_for_open_days_alone(void **state)
{
    (void)state;
    assert_none(library, "SELECT count(*) FROM borrow b WHERE returned_at IS NOT NULL AND fine <> 100 * "
                         "max(0, (SELECT count(*) FROM calendar WHERE open AND day > b.due_day "
                         "AND day <= b.returned_day))");
    assert_true(
        count("SELECT count(*) FROM borrow WHERE fine > 0 AND fine < 100 * (returned_day - due_day)") > 50);
}

/* ---- renewals --------------------------------------------------------------------------------------------- */

/* Lent so long ago that it was renewed as often as it will be. */
#define OLD "borrowed_at < " NOW " - 50 * 86400000"

static void test_ledger__renews_as_promised(void **state)
{
    (void)state;
    const char *old = "SELECT count(*) FROM borrow WHERE " OLD;
    assert_per_mille(library, "SELECT count(*) FROM borrow WHERE renewals = 1 AND " OLD, old,
                     PLAN_RENEWED_ONCE_PERCENT * 10, 12);
    assert_per_mille(library, "SELECT count(*) FROM borrow WHERE renewals = 2 AND " OLD, old,
                     PLAN_RENEWED_TWICE_PERCENT * 10, 6);
    assert_none(library, "SELECT count(*) FROM borrow b WHERE renewals <> (SELECT count(*) FROM renewal "
                         "WHERE borrow_id = b.id)");
    assert_none(library, "SELECT count(*) FROM renewal r JOIN borrow b ON b.id = r.borrow_id "
                         "WHERE r.at <= b.borrowed_at OR r.at >= coalesce(b.returned_at, 9e18) OR r.at > " NOW
                         " OR " DAY("r.at") " > r.due_day_before OR r.due_day_after <= r.due_day_before");
    assert_none(library,
                "SELECT count(*) FROM borrow b WHERE renewals > 0 AND due_day <> (SELECT due_day_after "
                "FROM renewal WHERE borrow_id = b.id ORDER BY id DESC LIMIT 1)");
    assert_none(library,
                "SELECT count(*) FROM (SELECT at, lag(at) OVER (ORDER BY id) AS before FROM renewal) "
                "WHERE before > at");
}

/* ---- money ------------------------------------------------------------------------------------------------ */

static void test_ledger__charges_whoever_was_late(void **state)
{
    (void)state;
    assert_none(library,
                "SELECT count(*) FROM borrow b WHERE fine <> coalesce((SELECT sum(amount) FROM charge "
                "WHERE borrow_id = b.id AND kind = 'overdue'), 0)");
    assert_none(library, "SELECT count(*) FROM borrow b WHERE lost <> (SELECT count(*) FROM charge "
                         "WHERE borrow_id = b.id AND kind = 'lost')");
    assert_none(library,
                "SELECT count(*) FROM charge h JOIN borrow b ON b.id = h.borrow_id WHERE h.member_id <> "
                "b.member_id OR h.copy_id <> b.copy_id OR h.at <> b.returned_at OR h.day <> b.returned_day");
    assert_true(count("SELECT count(*) FROM charge") > 1500);
}

static void test_ledger__settles_the_oldest_first(void **state)
{
    (void)state;
    assert_none(library, "SELECT count(*) FROM charge h WHERE settled <> coalesce((SELECT sum(amount) "
                         "FROM allocation WHERE charge_id = h.id), 0)");
    assert_none(library, "SELECT count(*) FROM payment p WHERE allocated <> amount OR allocated <> "
                         "(SELECT sum(amount) FROM allocation WHERE payment_id = p.id)");
    assert_none(library, "SELECT count(*) FROM waiver w WHERE allocated <> amount OR allocated <> "
                         "(SELECT sum(amount) FROM allocation WHERE waiver_id = w.id)");
    assert_none(library,
                "SELECT count(*) FROM allocation a JOIN charge h ON h.id = a.charge_id "
                "LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN waiver w ON w.id = a.waiver_id "
                "WHERE h.member_id <> coalesce(p.member_id, w.member_id) "
                "OR h.at > coalesce(p.at, w.decided_at)");
    /* Nothing older of the member was open when something newer was paid. */
    assert_none(library,
                "SELECT count(*) FROM charge older JOIN charge newer ON newer.member_id = older.member_id "
                "AND newer.id > older.id WHERE older.settled < older.amount AND EXISTS (SELECT 1 FROM "
                "allocation WHERE charge_id = newer.id AND payment_id IS NOT NULL)");
    assert_none(library,
                "SELECT count(*) FROM member m WHERE balance <> coalesce((SELECT sum(amount - settled) "
                "FROM charge WHERE member_id = m.id), 0)");
    assert_true(count("SELECT count(*) FROM charge WHERE settled > 0 AND settled < amount") > 0);
}

static void test_ledger__gives_receipts_without_gaps(void **state)
{
    (void)state;
    assert_none(library, "SELECT count(*) FROM payment WHERE receipt <> id");
    assert_none(library, "SELECT count(*) FROM (SELECT at, lag(at) OVER (ORDER BY receipt) AS before "
                         "FROM payment) WHERE before > at");
    assert_int_equal(count("SELECT max(receipt) FROM payment"),
                     count("SELECT value FROM sequence WHERE name = 'receipt'"));
}

/* Of what was charged so long ago that those who pay have paid. */
static void test_ledger__is_paid_as_promised(void **state)
{
    (void)state;
    const char *charged = "SELECT sum(amount) FROM charge WHERE at < " NOW " - 40 * 86400000";
    const char *payments = "SELECT count(*) FROM payment";
    char sql[128];
    assert_per_mille(library,
                     "SELECT sum(a.amount) FROM allocation a JOIN charge h ON h.id = a.charge_id "
                     "WHERE payment_id IS NOT NULL AND h.at < " NOW " - 40 * 86400000",
                     charged, 850, 60);
    assert_per_mille(library,
                     "SELECT sum(a.amount) FROM allocation a JOIN charge h ON h.id = a.charge_id "
                     "WHERE waiver_id IS NOT NULL AND h.at < " NOW " - 40 * 86400000",
                     charged, PLAN_WAIVED_PERCENT * 10, 20);
    for (size_t i = 0; i < LEDGER_METHODS; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM payment WHERE method = '%s'", ledger_methods[i].name);
        assert_per_mille(library, sql, payments, ledger_methods[i].share * 10, 40);
    }
    assert_true(count("SELECT count(*) FROM member WHERE balance > 0") > 50);
}

static void test_ledger__loses_a_few_copies(void **state)
{
    (void)state;
    assert_in_range(count("SELECT count(*) FROM borrow WHERE lost"), 3, 30);
    assert_none(library, "SELECT count(*) FROM borrow b JOIN copy c ON c.id = b.copy_id WHERE b.lost <> "
                         "(c.status = 'lost' AND b.id = (SELECT max(id) FROM borrow WHERE copy_id = c.id))");
    assert_none(library, "SELECT count(*) FROM book WHERE total_copies = 0");
}

/* ---- holds ------------------------------------------------------------------------------------------------ */

static void test_ledger__holds_as_promised(void **state)
{
    (void)state;
    assert_per_mille(library, "SELECT count(*) FROM hold WHERE status = 'fulfilled'",
                     "SELECT count(*) FROM borrow", PLAN_HELD_PER_MILLE, 8);
    assert_true(count("SELECT count(*) FROM hold WHERE status = 'waiting'") > 20);
    assert_true(count("SELECT count(*) FROM hold WHERE status = 'ready'") > 5);
    assert_true(count("SELECT count(*) FROM hold WHERE status = 'cancelled'") > 20);
    assert_true(count("SELECT count(*) FROM hold WHERE status = 'expired'") > 5);
    /* Some stand on the pull list, most wait for titles that are all out. */
    assert_true(count("SELECT count(*) FROM hold h JOIN book b ON b.id = h.book_id WHERE status = 'waiting' "
                      "AND available_copies = 0") > 10);
}

static void test_ledger__keeps_the_rules_of_holds(void **state)
{
    (void)state;
    assert_none(library, "SELECT count(*) FROM hold WHERE placed_at > " NOW " OR ready_at < placed_at "
                         "OR ended_at < coalesce(ready_at, placed_at) OR ended_at > " NOW);
    assert_none(library, "SELECT count(*) FROM hold h JOIN borrow b ON b.id = h.borrow_id WHERE h.status <> "
                         "'fulfilled' OR b.member_id <> h.member_id OR b.copy_id <> h.copy_id "
                         "OR b.borrowed_at <> h.ended_at");
    assert_none(library, "SELECT count(*) FROM hold WHERE (status = 'fulfilled') <> (borrow_id IS NOT NULL)");
    assert_none(library, "SELECT count(*) FROM copy c WHERE (status = 'on_hold_shelf') <> (SELECT count(*) "
                         "FROM hold WHERE copy_id = c.id AND status = 'ready')");
    assert_none(library, "SELECT count(*) FROM hold WHERE status = 'ready' AND pickup_day < " DAY(NOW));
    /* While a copy lay on the hold shelf, nobody had it. */
    assert_none(library, "SELECT count(*) FROM hold h JOIN borrow b ON b.copy_id = h.copy_id "
                         "WHERE b.borrowed_at >= h.ready_at AND b.borrowed_at < coalesce(h.ended_at, 9e18)");
    assert_none(library, "SELECT count(*) FROM hold h JOIN borrow b ON b.copy_id = h.copy_id "
                         "WHERE b.borrowed_at < h.ready_at AND coalesce(b.returned_at, 9e18) > h.ready_at");
    /* First come, first served; no more than the rule allows. */
    assert_none(library, "SELECT count(*) FROM hold a JOIN hold b ON a.book_id = b.book_id AND a.id < b.id "
                         "WHERE a.ready_at > b.ready_at");
    assert_none(library, "SELECT count(*) FROM hold a JOIN hold b ON a.book_id = b.book_id AND a.id < b.id "
                         "WHERE a.status = 'waiting' AND b.status = 'waiting' AND a.place >= b.place");
    assert_none(library,
                "SELECT count(*) FROM member m JOIN loan_rule r ON r.id = coalesce((SELECT id FROM loan_rule "
                "WHERE member_type_id = m.member_type_id), 1) WHERE open_holds > r.hold_limit "
                "OR open_holds <> (SELECT count(*) FROM hold WHERE member_id = m.id AND ended_at IS NULL)");
}

/* Whoever lent or renewed did not pass over anybody. */
static void test_ledger__passes_over_nobody_who_waits(void **state)
{
    (void)state;
    assert_none(
        library,
        "SELECT count(*) FROM renewal r JOIN borrow b ON b.id = r.borrow_id JOIN hold h ON h.book_id = "
        "b.book_id AND h.placed_at < r.at AND coalesce(h.ready_at, h.ended_at, 9e18) > r.at "
        "WHERE NOT EXISTS (SELECT 1 FROM copy c WHERE c.book_id = b.book_id AND NOT EXISTS (SELECT 1 FROM "
        "borrow o WHERE o.copy_id = c.id AND o.borrowed_at < r.at AND coalesce(o.returned_at, 9e18) > r.at))");
    assert_none(library,
                "SELECT count(*) FROM hold h JOIN borrow b ON b.member_id = h.member_id AND b.book_id = "
                "h.book_id AND b.borrowed_at < h.placed_at AND coalesce(b.returned_at, 9e18) > h.placed_at");
}

/* ---- the summary ------------------------------------------------------------------------------------------ */

static void test_ledger__says_what_it_made(void **state)
{
    (void)state;
    struct seeder_summary summary;
    seeder_summary(seeder, &summary);
    assert_int_equal(summary.renewals, count("SELECT count(*) FROM renewal"));
    assert_int_equal(summary.renewed_twice, count("SELECT count(*) FROM borrow WHERE renewals = 2"));
    assert_int_equal(summary.charged, count("SELECT sum(amount) FROM charge"));
    assert_int_equal(summary.paid, count("SELECT sum(amount) FROM payment"));
    assert_int_equal(summary.waived, count("SELECT sum(amount) FROM waiver"));
    assert_int_equal(summary.holds, count("SELECT count(*) FROM hold"));
    assert_int_equal(summary.lost, count("SELECT count(*) FROM borrow WHERE lost"));
    const char *report = seeder_report(&library->arena, seeder);
    assert_non_null(strstr(report, "renewed  "));
    assert_non_null(strstr(report, " of loans were held"));
    assert_non_null(strstr(report, " receipts), "));
}

static void test_summary__one_of_a_thing_is_not_several(void **state)
{
    (void)state;
    const struct seeder_summary one = {.scenario = "x",
                                       .books = 1,
                                       .copies = 1,
                                       .members = 1,
                                       .borrows = 1,
                                       .renewals = 1,
                                       .charges = 1,
                                       .payments = 1,
                                       .lost = 1,
                                       .refused = 1};
    const struct seeder_summary none = {.scenario = "x", .renewals = 1};
    const char *report = summary_report(&library->arena, &one);
    assert_non_null(strstr(report, ": 1 title, 1 copy, 1 member, 1 loan.\n"));
    assert_non_null(strstr(report, " 1 charge: "));
    assert_non_null(strstr(report, "(1 receipt)"));
    assert_non_null(strstr(report, "; 1 copy lost\n"));
    assert_non_null(strstr(report, " 1 loan that "));
    report = summary_report(&library->arena, &none);
    assert_non_null(strstr(report, ": 0 titles, 0 copies, 0 members, 0 loans.\n"));
    assert_non_null(strstr(report, " 0 charges: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ledger__has_a_week_and_closures),
        cmocka_unit_test(test_ledger__does_nothing_on_a_closed_day),
        cmocka_unit_test(test_ledger__charges_for_open_days_alone),
        cmocka_unit_test(test_ledger__renews_as_promised),
        cmocka_unit_test(test_ledger__charges_whoever_was_late),
        cmocka_unit_test(test_ledger__settles_the_oldest_first),
        cmocka_unit_test(test_ledger__gives_receipts_without_gaps),
        cmocka_unit_test(test_ledger__is_paid_as_promised),
        cmocka_unit_test(test_ledger__loses_a_few_copies),
        cmocka_unit_test(test_ledger__holds_as_promised),
        cmocka_unit_test(test_ledger__keeps_the_rules_of_holds),
        cmocka_unit_test(test_ledger__passes_over_nobody_who_waits),
        cmocka_unit_test(test_ledger__says_what_it_made),
        cmocka_unit_test(test_summary__one_of_a_thing_is_not_several),
    };
    return cmocka_run_group_tests(tests, make_library, remove_library);
}
