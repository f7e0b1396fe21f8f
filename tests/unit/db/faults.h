/*
 * faults.h — a day in a small library, done while the disk or the memory fails somewhere in it, and what must hold
 * then: an act that was acknowledged is there, one that was refused is not, nothing is damaged, and everything goes
 * on when the fault is gone.
 *
 * How many rounds: FAULTS=full tries every n (of a kind with more than FAULTS_FULL_ROUNDS, about so many), as
 * `make durability` does; else about FAULTS_ROUNDS of each kind. FAULTS_AT=n tries that one alone, FAULTS_LOG=1 lets
 * the program's own log be seen.
 */
#ifndef CARREL_TESTS_FAULTS_H
#define CARREL_TESTS_FAULTS_H

#include "scratch.h"

#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>

#include "admin/admin_service.h"
#include "borrows/borrows_service.h"
#include "catalogue_io/import_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "db/backup.h"
#include "db/pool.h"
#include "db/writer.h"
#include "fines/charges_service.h"
#include "fines/payments_service.h"
#include "holds/placing_service.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/faulty_vfs.h"

#define FAULTS_ROUNDS 10
#define FAULTS_FULL_ROUNDS 3000
#define FEE 350
#define IMPORTED 30
#define FAULTS_STEPS_MAX 100000 /* of one day; more would be a day without end */

/* What the day begins with, and the bytes of its file. */
static struct {
    struct bytes file;
    struct book to_lend, lent;
    struct member reader, debtor;
    struct borrow loan;
} template;

struct day {
    struct scratch scratch;
    char backup[128];
    struct writer *writer;
    struct pool *pool;
};

/* ---- the acts -------------------------------------------------------------------------------------------- */

static inline enum write_result done_if(enum error_kind kind)
{
    return kind == OK ? WRITE_DONE : WRITE_FAILED;
}

static inline enum write_result do_register(struct ctx *ctx, void *argument)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;

    (void)argument;
    facts.name = "New Reader";
    return done_if(members_create(ctx, &facts, &member));
}

static inline enum write_result do_catalogue(struct ctx *ctx, void *argument)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book;

    (void)argument;
    facts.title = "New Title";
    facts.author = "An Author";
    facts.total_copies = 2;
    return done_if(copies_catalogue_title(ctx, &facts, &book));
}

static inline enum write_result do_lend(struct ctx *ctx, void *argument)
{
    struct lend_request request = {
        .book_id = template.to_lend.uuid, .member_id = template.reader.uuid, .occurred_at = NO_NUMBER};
    struct borrow borrow;

    (void)argument;
    return done_if(borrows_lend(ctx, &request, &borrow));
}

static inline enum write_result do_hold(struct ctx *ctx, void *argument)
{
    struct hold_request request = {.book_id = template.lent.uuid, .member_id = template.debtor.uuid};
    struct hold hold;

    (void)argument;
    return done_if(placing_add(ctx, &request, &hold));
}

static inline enum write_result do_return(struct ctx *ctx, void *argument)
{
    struct return_request request = {.occurred_at = NO_NUMBER};
    struct reception reception;

    (void)argument;
    return done_if(borrows_receive(ctx, &template.loan.uuid, &request, &reception));
}

static inline enum write_result do_pay(struct ctx *ctx, void *argument)
{
    struct payment_request request = {.member_id = template.debtor.uuid, .amount = FEE, .method = "cash"};
    int64_t id;

    (void)argument;
    return done_if(payments_take(ctx, &request, &id));
}

/* A few titles a slice: several transactions. */
static inline enum write_result do_import(struct ctx *ctx, void *argument)
{
    bool more = false;

    if (import_plan_step(ctx, argument, 1, &more) != OK)
        return WRITE_FAILED;
    return more ? WRITE_MORE : WRITE_DONE;
}

static const struct act {
    const char *name;
    write_function *work;
    const char *there; /* SQL: so often it is there */
    int64_t whole;     /* … when it is there */
    bool is_import;    /* in slices: what was refused may be there in part */
} acts[] = {
    {"register", do_register, "SELECT count(*) FROM member WHERE name = 'New Reader'", 1},
    {"catalogue", do_catalogue,
     "SELECT count(*) FROM copy c JOIN book b ON b.id = c.book_id WHERE b.title = 'New Title'", 2},
    {"lend", do_lend,
     "SELECT count(*) FROM borrow r JOIN book b ON b.id = r.book_id WHERE b.title = 'To Lend'", 1},
    {"hold", do_hold, "SELECT count(*) FROM hold", 1},
    {"return", do_return,
     "SELECT count(*) FROM borrow r JOIN book b ON b.id = r.book_id"
     " WHERE b.title = 'Lent' AND r.returned_at IS NOT NULL",
     1},
    {"pay", do_pay, "SELECT count(*) FROM payment", 1},
    {"import", do_import, "SELECT count(*) FROM book WHERE title LIKE 'Imported %'", IMPORTED, true},
};
#define ACTS (sizeof acts / sizeof acts[0])

/* How each act ended, in one day. */
struct outcomes {
    enum error_kind kind[ACTS];
    enum error_code code[ACTS];
    enum error_kind began, backup, looked;
    enum error_code began_code, backup_code, looked_code;
};

static inline const char *import_text(void)
{
    static char text[1024] = "title,author\n";

    if (!strstr(text, "Imported"))
        for (int i = 0; i < IMPORTED; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "Imported %d,An Author\n", i);
    return text;
}

/* Reads on a pooled connection, as a worker does. */
static inline enum error_kind look_something_up(struct day *day, struct ctx *ctx)
{
    TRY(pool_take(day->pool, ctx));
    int64_t books = 0;
    enum error_kind kind = db_pragma_int(ctx, "SELECT count(*) FROM book", &books);
    pool_give(day->pool, ctx);
    return kind;
}

static inline enum error_kind plan_import(struct day *day, struct ctx *ctx, struct import_plan **out_plan)
{
    const struct import_options options = {0};

    TRY(pool_take(day->pool, ctx));
    enum error_kind kind = import_plan_make(ctx, import_text(), strlen(import_text()), &options, out_plan);
    pool_give(day->pool, ctx);
    return kind;
}

static inline enum error_kind run_act(struct day *day, const struct act *act, enum error_code *out_code)
{
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    struct import_plan *plan = NULL;
    enum error_kind kind = act->is_import ? plan_import(day, &ctx, &plan) : OK;

    if (kind == OK)
        kind = (act->is_import ? writer_run_bulk : writer_run)(day->writer, &ctx, act->work, plan);
    *out_code = ctx.error.code;
    arena_release(&arena);
    return kind;
}

static inline enum error_kind run_backup(struct day *day, enum error_code *out_code)
{
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    struct backup_report report;
    enum error_kind kind = backup_make(&ctx, day->scratch.path, day->backup, BACKUP_CHECK_QUICK, &report);

    *out_code = ctx.error.code;
    arena_release(&arena);
    return kind;
}

/* ---- opening and closing ------------------------------------------------------------------------------------ */

static inline enum error_kind prepare(struct ctx *ctx, struct day *day)
{
    struct db *db;

    TRY(db_open(ctx, day->scratch.path, DB_WRITE, &ctx->db));
    db = ctx->db;
    enum error_kind kind = migrate_library(ctx);
    db_reset_statements(db);
    ctx->db = NULL;
    if (kind != OK) {
        db_close(db);
        return kind;
    }
    TRY(writer_start(ctx, db, &day->writer));
    return pool_open(ctx, day->scratch.path, &day->pool);
}

static inline enum error_kind begin_day(struct day *day, enum error_code *out_code)
{
    enum error_kind kind = prepare(&day->scratch.ctx, day);

    *out_code = day->scratch.ctx.error.code;
    error_clear(&day->scratch.ctx);
    return kind;
}

static inline void end_day(struct day *day)
{
    pool_close(day->pool);
    writer_stop(day->writer);
    day->pool = NULL;
    day->writer = NULL;
}

static inline void run_day(struct day *day, struct outcomes *out)
{
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);

    *out = (struct outcomes){.backup = ERROR_BUSY, .looked = ERROR_BUSY};
    for (size_t i = 0; i < ACTS; i++)
        out->kind[i] = ERROR_BUSY;
    out->began = begin_day(day, &out->began_code);
    if (out->began == OK) {
        for (size_t i = 0; i < ACTS; i++)
            out->kind[i] = run_act(day, &acts[i], &out->code[i]);
        out->looked = look_something_up(day, &ctx);
        out->looked_code = ctx.error.code;
        out->backup = run_backup(day, &out->backup_code);
    }
    arena_release(&arena);
}

/* ---- the template --------------------------------------------------------------------------------------------- */

static inline void fill_template(struct ctx *ctx)
{
    struct book_facts book = BOOK_FACTS_NONE;
    struct member_facts member = MEMBER_FACTS_NONE;
    struct charge_request charge = {.kind = "fee", .amount = FEE};
    int64_t id;

    book.author = "An Author";
    book.title = "To Lend";
    assert_int_equal(copies_catalogue_title(ctx, &book, &template.to_lend), OK);
    book.title = "Lent";
    assert_int_equal(copies_catalogue_title(ctx, &book, &template.lent), OK);
    member.name = "A Reader";
    assert_int_equal(members_create(ctx, &member, &template.reader), OK);
    member.name = "A Debtor";
    assert_int_equal(members_create(ctx, &member, &template.debtor), OK);
    struct lend_request request = {
        .book_id = template.lent.uuid, .member_id = template.reader.uuid, .occurred_at = NO_NUMBER};
    assert_int_equal(borrows_lend(ctx, &request, &template.loan), OK);
    charge.member_id = template.debtor.uuid;
    assert_int_equal(charges_add(ctx, &charge, &id), OK);
    assert_int_equal(admin_rebuild(ctx), OK);
}

static inline int make_template(void **state)
{
    (void)state;
    faulty_install();
    struct fixture *fixture = fixture_new();
    struct db *db = fixture->ctx.db;
    settings_forget();
    fill_template(&fixture->ctx);
    fixture_commit(fixture);
    assert_int_equal(db_exec(&fixture->ctx, "ROLLBACK"), OK);
    db_close(db);
    fixture->ctx.db = NULL;
    template.file = file_bytes(fixture->path);
    fixture_free(fixture);
    return 0;
}

static inline int drop_template(void **state)
{
    (void)state;
    free(template.file.at);
    settings_forget();
    return 0;
}

static inline void day_init(struct day *day)
{
    char *problem = NULL;

    *day = (struct day){0};
    scratch_init(&day->scratch);
    log_set_level(LOG_OFF);
    snprintf(day->backup, sizeof day->backup, "%s/copy.db", day->scratch.directory);
    assert_true(settings_override(SETTING_DB, day->scratch.path, SOURCE_FLAG, &problem));
    file_write(day->scratch.path, template.file.at, template.file.length);
}

static inline void day_remove(struct day *day)
{
    scratch_remove(&day->scratch);
    settings_forget();
}

/* ---- what must hold -------------------------------------------------------------------------------------------- */

static inline void assert_sound(struct day *day)
{
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    struct check_report report = {0};

    assert_int_equal(file_int(day->scratch.path, "SELECT count(*) FROM pragma_integrity_check WHERE"
                                                 " integrity_check = 'ok'"),
                     1);
    if (admin_check(&ctx, CHECK_FULL, &report) != OK)
        stop_test("the check could not be made: %s", ctx.error.detail);
    for (const struct finding *finding = report.findings; finding; finding = finding->next)
        print_error("%s\n", finding->text);
    assert_int_equal(report.finding_count, 0);
    arena_release(&arena);
}

/* What nobody may know of: with the power gone, a refused act may be there, whole. */
static inline void assert_acts(struct day *day, const struct outcomes *outcomes, bool refused_may_be_there,
                               const char *when)
{
    for (size_t i = 0; i < ACTS; i++) {
        int64_t there = file_int(day->scratch.path, acts[i].there);
        bool is_done = outcomes->kind[i] == OK;
        bool is_whole = there == acts[i].whole;
        bool is_absent = there == 0 || (acts[i].is_import && there <= IMPORTED);
        if (is_done ? !is_whole : !(is_absent || (refused_may_be_there && is_whole)))
            stop_test("%s: %s was %s and %" PRId64 " of %" PRId64 " is there", when, acts[i].name,
                      is_done ? "acknowledged" : "refused", there, acts[i].whole);
    }
}

/* Everything that is not there is done now, and then all of it is there, once. */
static inline void finish_day(struct day *day, const char *when)
{
    enum error_code code;

    for (size_t i = 0; i < ACTS; i++) {
        if (file_int(day->scratch.path, acts[i].there) == acts[i].whole)
            continue;
        if (run_act(day, &acts[i], &code) != OK)
            stop_test("%s: the fault is gone, and %s says %s", when, acts[i].name, error_code_name(code));
        assert_int_equal(file_int(day->scratch.path, acts[i].there), acts[i].whole);
    }
}

/* A backup that has its name is whole; where there is none, nothing of it is left. */
static inline void assert_backup(struct day *day, enum error_kind kind, const char *when)
{
    if (kind == OK) {
        if (file_int(day->backup,
                     "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") != 1)
            stop_test("%s: a backup that was made is damaged", when);
        unlink(day->backup);
    } else if (access(day->backup, F_OK) == 0) {
        stop_test("%s: a backup that was not made is there", when);
    }
}

/* So many apart that as many as wanted are tried of `count`. */
static inline int64_t stride_of(int64_t count)
{
    const char *wish = getenv("FAULTS");
    int64_t rounds = wish && strcmp(wish, "full") == 0 ? FAULTS_FULL_ROUNDS : FAULTS_ROUNDS;

    return count > rounds ? count / rounds : 1;
}

#endif
