/*
 * test_merges_random.c — whatever hangs on titles when they become one, and whatever happens until they are two again:
 * the library is true at every step, and undoing at once gives back every row as it was.
 */
#include "../borrows/borrows_support.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/text.h"
#include "books/books_service.h"
#include "borrows/lending_service.h"
#include "borrows/privacy_service.h"
#include "borrows/returns_service.h"
#include "db/engine_internal.h"
#include "duplicates/merges_service.h"
#include "holds/placing_service.h"
#include "holds/watches_service.h"
#include "reading_lists/reading_lists_service.h"
#include "reviews/reviews_service.h"

#define TITLES 6
#define READERS 7
#define LISTS 2
#define ROUNDS 40
#define ACTS 60
#define OPEN_MERGES_MAX 8

static struct book titles[TITLES];
static struct member readers[READERS];
static struct reading_list lists[LISTS];
static struct uuid merges[OPEN_MERGES_MAX]; /* not undone yet */
static int merge_count;
static int made, undone_later, refused;
static int64_t reviewed, listed; /* of what was merged */
static uint32_t dice;

static int roll(int sides)
{
    /* Marsaglia's xorshift, "Xorshift RNGs" (2003) */
    dice ^= dice << 13;
    dice ^= dice >> 17;
    dice ^= dice << 5;
    return (int)(dice % (unsigned)sides);
}

/* A refusal is fine, a fault of ours is not. */
static void sane(enum error_kind kind)
{
    if (kind == ERROR_INTERNAL)
        print_error("%s\n", ctx->error.detail);
    assert_int_not_equal(kind, ERROR_INTERNAL);
}

/* What is derived in other slices, too. */
static void assert_all_true(void)
{
    assert_library_true();
    assert_int_equal(books_check_search(ctx, fail_on_finding, NULL), OK);
    assert_int_equal(reading_lists_check(ctx, fail_on_finding, NULL), OK);
}

/* ---- all rows as text ------------------------------------------------------------------------------------ */

static void add_rows(struct text_buf *text, const char *sql)
{
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(ctx->db->handle, sql, -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(s); i++) {
            const char *name = sqlite3_column_name(s, i);
            if (strcmp(name, "updated_at") == 0 || strcmp(name, "version") == 0)
                continue;
            const unsigned char *value = sqlite3_column_text(s, i);
            text_buf_printf(text, "%s=%s ", name, value ? (const char *)value : "NULL");
        }
        text_buf_append(text, "\n");
    }
    sqlite3_finalize(s);
}

static char *all_rows(void)
{
    static const char *const queries[] = {
        "SELECT * FROM copy ORDER BY id",
        "SELECT * FROM borrow ORDER BY id",
        "SELECT * FROM hold ORDER BY id",
        "SELECT * FROM title_watch",
        "SELECT * FROM review ORDER BY id",
        "SELECT * FROM reading_list ORDER BY id",
        "SELECT * FROM reading_list_entry ORDER BY reading_list_id, position, book_id",
        "SELECT * FROM book ORDER BY id",
        "SELECT * FROM book_category",
        "SELECT book_id, hex(record) AS r FROM book_marc ORDER BY book_id",
        "SELECT rowid, * FROM book_search ORDER BY rowid",
        "SELECT * FROM charge ORDER BY id",
        "SELECT * FROM member ORDER BY id",
        "SELECT * FROM library_counter ORDER BY name",
        "SELECT * FROM daily_stat ORDER BY day",
        "SELECT span, first_day, last_day, hex(books) AS b, hex(members) AS m FROM tally ORDER BY span, first_day",
    };
    struct text_buf text;
    char *kept;

    text_buf_init(&text, ctx->arena);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        add_rows(&text, queries[i]);
    kept = strdup(text_buf_string(&text));
    assert_non_null(kept);
    return kept;
}

/* Says where two differ. */
static void assert_same_rows(const char *before, const char *after)
{
    size_t same = 0;

    if (strcmp(before, after) == 0)
        return;
    while (before[same] == after[same])
        same++;
    while (same > 0 && before[same - 1] != '\n')
        same--;
    print_error("was: %.400s\nis:  %.400s\n", before + same, after + same);
    assert_true(false);
}

/* ---- what happens ---------------------------------------------------------------------------------------- */

static void act_lend(void)
{
    const struct lend_request request = {.book_id = titles[roll(TITLES)].uuid,
                                         .member_id = readers[roll(READERS)].uuid,
                                         .occurred_at = NO_NUMBER};
    struct borrow borrow;

    sane(borrows_lend(ctx, &request, &borrow));
}

static void act_return(void)
{
    struct return_request request = {.occurred_at = NO_NUMBER};
    struct reception reception;
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(ctx->db->handle,
                                        "SELECT c.barcode FROM borrow w JOIN copy c ON c.id = w.copy_id"
                                        " WHERE w.returned_at IS NULL ORDER BY (w.id * 7919) % 31 LIMIT 1",
                                        -1, &s, NULL),
                     SQLITE_OK);
    if (sqlite3_step(s) == SQLITE_ROW)
        request.barcode = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    if (request.barcode)
        sane(borrows_receive_barcode(ctx, &request, &reception));
}

static void act_hold(void)
{
    const struct hold_request request = {.book_id = titles[roll(TITLES)].uuid,
                                         .member_id = readers[roll(READERS)].uuid};
    struct hold hold;

    sane(placing_add(ctx, &request, &hold));
}

static void act_cancel(void)
{
    struct hold hold;
    struct uuid uuid;
    sqlite3_stmt *s;
    bool found;

    assert_int_equal(sqlite3_prepare_v2(ctx->db->handle,
                                        "SELECT uuid FROM hold WHERE ended_at IS NULL"
                                        " ORDER BY (id * 7919) % 17 LIMIT 1",
                                        -1, &s, NULL),
                     SQLITE_OK);
    found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        memcpy(uuid.bytes, sqlite3_column_blob(s, 0), sizeof uuid.bytes);
    sqlite3_finalize(s);
    if (found)
        sane(placing_cancel(ctx, &uuid, &hold));
}

static void act_watch(void)
{
    const struct watch_request request = {.member_id = readers[roll(READERS)].uuid};

    sane(watches_add(ctx, &titles[roll(TITLES)].uuid, &request));
}

static void act_review(void)
{
    const struct review_facts facts = {.stars = 1 + roll(5)};
    const struct actor staff = ctx->actor;
    struct review review;

    ctx->actor.access = MEMBER;
    ctx->actor.member_id = readers[roll(READERS)].id;
    sane(reviews_write(ctx, &titles[roll(TITLES)].uuid, &facts, &review));
    ctx->actor = staff;
}

static void act_list(void)
{
    const struct list_entry_facts facts = {.book_id = titles[roll(TITLES)].uuid};

    sane(reading_lists_add(ctx, &lists[roll(LISTS)], &facts));
}

static bool any_uuid(const char *sql, struct uuid *out_uuid)
{
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(ctx->db->handle, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_int(s, 1, roll(1 << 20));
    bool found = sqlite3_step(s) == SQLITE_ROW;
    if (found)
        memcpy(out_uuid->bytes, sqlite3_column_blob(s, 0), sizeof out_uuid->bytes);
    sqlite3_finalize(s);
    return found;
}

/* A title goes to the archive, or comes back from it. */
static void act_archive(void)
{
    struct book book;

    assert_int_equal(books_find_by_id(ctx, titles[roll(TITLES)].id, &book), OK);
    sane(book.deleted_at == NO_NUMBER ? books_archive(ctx, &book, NO_NUMBER) : books_restore(ctx, &book));
}

static void act_copy(void)
{
    static const char *const statuses[] = {"available", "in_repair", "lost", "withdrawn"};
    struct uuid uuid;
    struct copy copy;

    if (roll(4) == 0) {
        struct copy_facts facts = COPY_FACTS_NONE;
        sane(copies_add(ctx, &titles[roll(TITLES)].uuid, &facts, &copy));
        return;
    }
    assert_true(any_uuid("SELECT uuid FROM copy ORDER BY (id * 7919 + ?1) % 31 LIMIT 1", &uuid));
    if (copies_find(ctx, &uuid, &copy) != OK)
        return;
    struct copy_facts facts = copy.facts;
    facts.status = statuses[roll(4)];
    sane(copies_update(ctx, &copy, &facts, NO_NUMBER));
}

static void act_lose(void)
{
    const struct lost_report report = {.amount = NO_NUMBER};
    struct reception reception;
    struct uuid uuid;

    if (any_uuid("SELECT uuid FROM borrow WHERE returned_at IS NULL ORDER BY (id * 7919 + ?1) % 31 LIMIT 1",
                 &uuid))
        sane(borrows_declare_lost(ctx, &uuid, &report, &reception));
}

static void act_edit(void)
{
    static const char *const isbns[] = {"9780306406157", "9783161484100", "LOCAL-1", NULL};
    const char *categories[] = {"Odd", "Third", "Fresh"};
    struct book book;

    assert_int_equal(books_find_by_id(ctx, titles[roll(TITLES)].id, &book), OK);
    if (book.deleted_at != NO_NUMBER)
        return;
    struct book_facts facts = book.facts;
    facts.isbn = isbns[roll(4)];
    facts.allow_shared_isbn = roll(2);
    facts.categories = (struct text_list){categories, (size_t)roll(4)};
    facts.title = arena_printf(ctx->arena, "Title %d", roll(9));
    sane(books_update(ctx, &book, &facts, NO_NUMBER));
}

static void act_decide(void)
{
    const struct review_decision decision = {.status = roll(2) ? "shown" : "refused", .reason = "So"};
    struct review review;
    struct uuid uuid;

    if (any_uuid("SELECT uuid FROM review ORDER BY (id * 7919 + ?1) % 31 LIMIT 1", &uuid))
        sane(reviews_decide(ctx, &uuid, &decision, NO_NUMBER, &review));
}

static void act_forget(void)
{
    struct forgetting forgetting = {0};

    set("forget_loans_after_days", "30");
    while (forgetting.step != FORGETTING_ENDED) {
        fixture_next(fixture);
        assert_int_equal(privacy_forget_slice(ctx, &forgetting), OK);
    }
}

static void act_late(void)
{
    const struct lend_request request = {.book_id = titles[roll(TITLES)].uuid,
                                         .member_id = readers[roll(READERS)].uuid,
                                         .occurred_at = ctx->now - roll(40) * (int64_t)86400000};
    struct borrow borrow;

    sane(borrows_lend(ctx, &request, &borrow));
}

static void act_member(void)
{
    struct member member;

    assert_int_equal(members_find_by_id(ctx, readers[roll(READERS)].id, &member), OK);
    sane(member.deleted_at == NO_NUMBER ? members_archive(ctx, &member, NO_NUMBER)
                                        : members_restore(ctx, &member));
}

static void act_more(void)
{
    switch (roll(9)) {
    case 0: act_archive(); break;
    case 1:
    case 2: act_copy(); break;
    case 3: act_lose(); break;
    case 4:
    case 5: act_edit(); break;
    case 6: act_decide(); break;
    case 7: act_late(); break;
    default: roll(4) ? act_member() : act_forget(); break;
    }
}

static void act(void)
{
    fixture_next(fixture);
    ctx->now += 1 + roll(1000) * 7;
    switch (roll(18)) {
    case 0: pass_days(1 + roll(20)); break;
    case 1:
    case 2:
    case 3:
    case 4: act_lend(); break;
    case 5:
    case 6:
    case 7: act_return(); break;
    case 8:
    case 9: act_hold(); break;
    case 10: act_cancel(); break;
    case 11: act_list(); break;
    case 12:
    case 13: act_review(); break;
    case 14:
    case 15:
    case 16: act_more(); break;
    default: act_watch(); break;
    }
}

/* ---- merging --------------------------------------------------------------------------------------------- */

static bool make_one(struct uuid *out_uuid)
{
    static const char *takes[] = {"title", "isbn", "year", "subtitle"};
    int kept = roll(TITLES);
    int gone = (kept + 1 + roll(TITLES - 1)) % TITLES;
    const struct merge_facts facts = {.gone_id = titles[gone].uuid,
                                      .take = {.items = takes, .count = (size_t)roll(5)}};
    sqlite3_stmt *s;
    int64_t id;

    fixture_next(fixture);
    enum error_kind kind = merges_make(ctx, &titles[kept].uuid, &facts, NO_NUMBER, &id);
    sane(kind);
    if (kind != OK) {
        refused += ctx->error.code == ERR_MERGE_NOT_POSSIBLE;
        return false;
    }
    assert_int_equal(
        sqlite3_prepare_v2(ctx->db->handle, "SELECT uuid FROM title_merge WHERE id = ?", -1, &s, NULL),
        SQLITE_OK);
    sqlite3_bind_int64(s, 1, id);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    memcpy(out_uuid->bytes, sqlite3_column_blob(s, 0), sizeof out_uuid->bytes);
    sqlite3_finalize(s);
    made++;
    reviewed += count("SELECT count(*) FROM title_merge_move WHERE entity = 'review'");
    listed += count("SELECT count(*) FROM title_merge_move WHERE entity = 'reading_list'");
    return true;
}

static void make_and_unmake(void)
{
    char *before = all_rows();
    struct uuid uuid;
    int64_t id;

    if (make_one(&uuid)) {
        assert_all_true();
        assert_int_equal(merges_undo(ctx, &uuid, &id), OK);
        char *after = all_rows();
        assert_same_rows(before, after);
        free(after);
    }
    free(before);
}

static void undo_one(void)
{
    int which = roll(merge_count);
    int64_t id;

    fixture_next(fixture);
    enum error_kind kind = merges_undo(ctx, &merges[which], &id);
    sane(kind);
    if (kind != OK) /* the kept one went into another: that comes first */
        return;
    undone_later++;
    merges[which] = merges[--merge_count];
}

static void set_out(void)
{
    set("library_name", "Two of each");
    for (int i = 0; i < TITLES; i++) {
        struct book_facts facts = BOOK_FACTS_NONE;
        const char *categories[] = {i % 2 ? "Odd" : "Even", i % 3 ? "Some" : "Third"};
        facts.title = arena_printf(ctx->arena, "Title %d", i);
        facts.author = "Anonymous";
        facts.year = i % 2 ? 1990 + i : NO_NUMBER;
        facts.subtitle = i % 3 ? NULL : "Rest";
        facts.isbn =
            i < 4 ? (const char *[]){"9780306406157", "9780306406157", "LOCAL-1", "9783161484100"}[i] : NULL;
        facts.allow_shared_isbn = true;
        facts.total_copies = 1 + i % 3;
        facts.categories = (struct text_list){categories, 2};
        fixture_next(fixture);
        assert_int_equal(copies_catalogue_title(ctx, &facts, &titles[i]), OK);
    }
    for (int i = 0; i < READERS; i++) {
        fixture_next(fixture);
        readers[i] = register_member(arena_printf(ctx->arena, "Reader %d", i));
    }
    for (int i = 0; i < LISTS; i++) {
        fixture_next(fixture);
        const struct reading_list_facts facts = {.name = i ? "Sea" : "Land"};
        assert_int_equal(reading_lists_create(ctx, &facts, &lists[i]), OK);
    }
    (void)lend("Elsewhere", &readers[0]);
}

static void walk(uint32_t seed)
{
    dice = seed;
    merge_count = 0;
    set_out();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < ACTS; i++)
            act();
        make_and_unmake();
        assert_all_true();
        if (merge_count < OPEN_MERGES_MAX && roll(2) && make_one(&merges[merge_count]))
            merge_count++;
        assert_all_true();
        if (merge_count > 0 && roll(3) == 0)
            undo_one();
        assert_all_true();
    }
    while (merge_count > 0) {
        undo_one();
        assert_all_true();
    }
}

static void test_merges__keep_the_library_true_and_undo_to_the_last_row(void **state)
{
    (void)state;
    made = undone_later = refused = 0;
    for (uint32_t seed = 1; seed <= 8; seed++) {
        walk(seed * 2654435761u);
        tear_down(state);
        set_up(state);
    }
    /* The walk has been where it should. */
    assert_true(made > 60);
    assert_true(undone_later > 10);
    assert_true(refused > 5);
    assert_true(reviewed > 0 && listed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_merges__keep_the_library_true_and_undo_to_the_last_row, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
