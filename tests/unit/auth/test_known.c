/*
 * test_known.c — whoever is known is let in without a question, and never a moment longer than he should be.
 *
 * With a writer, a pool and the door's own two functions, as http/access.c calls them; long because each change that
 * must act at once is a test of its own.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "auth/api_keys_service.h"
#include "auth/auth_router.h"
#include "auth/known.h"
#include "auth/known_repository.h"
#include "auth/seen.h"
#include "base/clock.h"
#include "db/migrate.h"
#include "db/pool.h"
#include "db/writer.h"
#include "unit/auth/auth_support.h"

#define READERS 3
#define ROUNDS 60

/* Everything the tests act upon, made by begin(). */
static struct {
    struct fixture *fixture;
    struct pool *pool;
    struct writer *writer;
    int64_t now;
    struct account ada; /* a librarian who is a reader as well */
    const char *session, *jwt, *key;
    int64_t key_id;
} the;

/* ---- acting ----------------------------------------------------------------------------------------------- */

typedef enum error_kind act(struct ctx *ctx);

static enum write_result call_act(struct ctx *ctx, void *argument)
{
    act *const *what = argument;

    ctx->now = the.now;
    return (*what)(ctx) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum error_kind try_write(act *what)
{
    struct arena arena;
    struct ctx ctx = {.arena = &arena, .now = the.now, .actor = {.access = ADMIN, .name = "test"}};

    arena_init(&arena, ARENA_REQUEST_MAX);
    enum error_kind kind = writer_run(the.writer, &ctx, call_act, &what);
    arena_release(&arena);
    return kind;
}

static void write(act *what)
{
    assert_int_equal(try_write(what), OK);
}

/* What one request learns. */
struct answer {
    bool recalled;
    enum error_kind kind;
    enum access access;
    int64_t account_id, member_id;
    struct uuid member_uuid;
    char name[128];
};

static struct answer ask(enum credential_kind kind, const char *token, act *meanwhile)
{
    struct arena arena;
    struct ctx ctx = {.arena = &arena, .now = the.now, .actor = {.access = ANYONE, .name = "anonymous"}};
    struct credential credential = {.kind = kind, .token = token};
    struct identity identity = {0};
    struct answer answer = {0};

    arena_init(&arena, ARENA_REQUEST_MAX);
    answer.recalled = auth_recall(&ctx, &credential, &identity);
    if (!answer.recalled) {
        if (pool_take(the.pool, &ctx) != OK)
            abort();
        if (meanwhile) {
            bool have;
            /* The first statement takes the snapshot. */
            if (accounts_have_admin(&ctx, &have) != OK)
                abort();
            write(meanwhile);
        }
        answer.kind = auth_identify(&ctx, &credential, &identity);
        pool_give(the.pool, &ctx);
    }
    answer.access = ctx.actor.access;
    answer.account_id = ctx.actor.account_id;
    answer.member_id = ctx.actor.member_id;
    answer.member_uuid = identity.member_uuid;
    snprintf(answer.name, sizeof answer.name, "%s", ctx.actor.name);
    arena_release(&arena);
    return answer;
}

static struct answer ask_session(void)
{
    return ask(CREDENTIAL_SESSION, the.session, NULL);
}

static struct answer ask_jwt(void)
{
    return ask(CREDENTIAL_JWT, the.jwt, NULL);
}

static struct answer ask_key(void)
{
    return ask(CREDENTIAL_API_KEY, the.key, NULL);
}

/* Until it is known: the first question may have to be asked. */
#define make_known(question)                   \
    do {                                       \
        assert_int_equal(question().kind, OK); \
        assert_true(question().recalled);      \
    } while (0)

static void assert_refused(struct answer answer, enum error_kind kind)
{
    assert_false(answer.recalled);
    assert_int_equal(answer.kind, kind);
    assert_int_equal(answer.access, ANYONE);
}

/* ---- a library with Ada in it ------------------------------------------------------------------------------ */

static enum error_kind let_ada_in(struct ctx *ctx)
{
    const struct api_key_facts facts = {"Website", "librarian"};
    struct arena *kept = &the.fixture->arena;
    struct token_pair pair;
    const char *token;

    TRY(sessions_start(ctx, &the.ada, "Browser", &token));
    the.session = arena_strdup(kept, token);
    TRY(sessions_give_tokens(ctx, &the.ada, &pair));
    the.jwt = arena_strdup(kept, pair.access_token);
    TRY(api_keys_create(ctx, &facts, &the.key_id, &token));
    the.key = arena_strdup(kept, token);
    return OK;
}

static enum error_kind start_again(struct ctx *ctx)
{
    const char *token;

    TRY(sessions_start(ctx, &the.ada, "Browser", &token));
    the.session = arena_strdup(&the.fixture->arena, token);
    return OK;
}

static int begin(void **state)
{
    struct seen seen[SEEN_QUEUE_MAX];
    void *fixture;

    (void)seen_take(seen, SEEN_QUEUE_MAX);
    set_up(&fixture);
    memset(&the, 0, sizeof the);
    the.fixture = fixture;
    the.now = the.fixture->ctx.now;
    the.ada = add_account(the.fixture, "Ada", "librarian");
    assert_int_equal(
        db_exec(&the.fixture->ctx,
                "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at) VALUES"
                " (7, x'0102030405060708090a0b0c0d0e0f10', 'M-7', 'Ada', 'ada', 0, 0),"
                " (8, x'1102030405060708090a0b0c0d0e0f10', 'M-8', 'Bert', 'bert', 0, 0);"
                "UPDATE account SET member_id = 7"),
        OK);
    the.ada = reread(the.fixture, &the.ada);
    fixture_commit(the.fixture);
    assert_int_equal(db_exec(&the.fixture->ctx, "ROLLBACK"), OK);
    known_repo_follow(the.fixture->ctx.db);
    assert_int_equal(writer_start(&the.fixture->ctx, the.fixture->ctx.db, &the.writer), OK);
    the.fixture->ctx.db = NULL;
    settings_follow(SETTING_SESSION_IDLE_MINUTES, known_repo_follow_setting);
    assert_int_equal(pool_open(&the.fixture->ctx, the.fixture->path, &the.pool), OK);
    write(let_ada_in);
    *state = &the;
    return 0;
}

static int end(void **state)
{
    (void)state;
    known_forget();
    pool_close(the.pool);
    writer_stop(the.writer);
    settings_follow(SETTING_SESSION_IDLE_MINUTES, NULL);
    remove_directory(the.fixture->directory);
    arena_release(&the.fixture->arena);
    free(the.fixture);
    return 0;
}

/* ---- who is known ------------------------------------------------------------------------------------------- */

typedef struct answer question(void);

static void assert_same_twice(question *what)
{
    const struct answer first = what();
    const struct answer second = what();

    assert_true(second.recalled && !first.recalled);
    assert_int_equal(first.kind, OK);
    assert_int_equal(second.kind, first.kind);
    assert_int_equal(second.access, first.access);
    assert_int_equal(second.account_id, first.account_id);
    assert_int_equal(second.member_id, first.member_id);
    assert_memory_equal(&second.member_uuid, &first.member_uuid, sizeof first.member_uuid);
    assert_string_equal(second.name, first.name);
}

static void test_known__the_second_answer_is_the_first(void **state)
{
    (void)state;
    assert_same_twice(ask_session);
    assert_same_twice(ask_jwt);
    assert_same_twice(ask_key);
    struct answer answer = ask_session();
    assert_int_equal(answer.access, LIBRARIAN);
    assert_string_equal(answer.name, "Ada");
    assert_int_equal(answer.account_id, the.ada.id);
    assert_int_equal(answer.member_id, 7);
    assert_int_equal(answer.member_uuid.bytes[0], 1);
    answer = ask_key();
    assert_string_equal(answer.name, "API key Website");
    assert_int_equal(answer.account_id, 0);
}

static void test_known__a_credential_of_one_kind_is_none_of_another(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    make_known(ask_key);
    assert_refused(ask(CREDENTIAL_JWT, the.session, NULL), ERROR_UNAUTHENTICATED);
    assert_refused(ask(CREDENTIAL_API_KEY, the.session, NULL), ERROR_UNAUTHENTICATED);
    assert_refused(ask(CREDENTIAL_SESSION, the.key, NULL), ERROR_UNAUTHENTICATED);
    assert_refused(ask(CREDENTIAL_SESSION, the.jwt, NULL), ERROR_UNAUTHENTICATED);
    /* A changed letter is another token, however much of it is known. */
    char *forged = arena_strdup(&the.fixture->arena, the.jwt);
    forged[strlen(forged) - 2] ^= 1;
    assert_refused(ask(CREDENTIAL_JWT, forged, NULL), ERROR_UNAUTHENTICATED);
}

static void test_known__who_was_refused_is_looked_up_each_time(void **state)
{
    const char *nobody = token_new(&the.fixture->arena);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_refused(ask(CREDENTIAL_SESSION, nobody, NULL), ERROR_UNAUTHENTICATED);
}

/* ---- changes act at once -------------------------------------------------------------------------------------- */

static enum error_kind sign_out(struct ctx *ctx)
{
    return sessions_end(ctx, the.session);
}

static enum error_kind edit(struct ctx *ctx, const char *role, bool disabled)
{
    struct account now;

    TRY(accounts_find(ctx, &the.ada.uuid, &now));
    struct account_facts facts = accounts_facts(&now);
    facts.role = role;
    facts.disabled = disabled;
    return accounts_update(ctx, &now, &facts, NO_NUMBER);
}

static enum error_kind demote(struct ctx *ctx)
{
    return edit(ctx, "member", false);
}

static enum error_kind close_account(struct ctx *ctx)
{
    return edit(ctx, "librarian", true);
}

static enum error_kind set_password(struct ctx *ctx)
{
    return accounts_set_password(ctx, &the.ada, "other", NULL, "account.password_changed");
}

static enum error_kind revoke(struct ctx *ctx)
{
    return db_exec(ctx, "UPDATE api_key SET revoked_at = 1");
}

static enum error_kind archive_member(struct ctx *ctx)
{
    return db_exec(ctx, "UPDATE member SET deleted_at = 1 WHERE id = 7");
}

static enum error_kind restore_member(struct ctx *ctx)
{
    return db_exec(ctx, "UPDATE member SET deleted_at = NULL WHERE id = 7");
}

static enum error_kind lend_to_another(struct ctx *ctx)
{
    return db_exec(ctx, "UPDATE member SET open_borrows = open_borrows + 1 WHERE id = 8");
}

static enum error_kind shorten_idle_time(struct ctx *ctx)
{
    return settings_set(ctx, "session_idle_minutes", "15");
}

static void test_known__signing_out_acts_at_once(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    write(sign_out);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
    assert_true(ask_jwt().recalled);
}

static void test_known__another_role_acts_at_once(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    write(demote);
    struct answer session = ask_session();
    assert_false(session.recalled);
    assert_int_equal(session.access, MEMBER);
    struct answer jwt = ask_jwt();
    assert_false(jwt.recalled);
    assert_int_equal(jwt.access, MEMBER);
    assert_int_equal(ask_jwt().access, MEMBER);
    assert_true(ask_jwt().recalled);
}

static void test_known__closing_an_account_acts_at_once(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    write(close_account);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
    assert_refused(ask_jwt(), ERROR_UNAUTHENTICATED);
}

static void test_known__a_new_password_acts_at_once(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    the.now += 2000;
    assert_true(ask_jwt().recalled);
    write(set_password);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
    assert_refused(ask_jwt(), ERROR_UNAUTHENTICATED);
}

static void test_known__revoking_a_key_acts_at_once(void **state)
{
    (void)state;
    make_known(ask_key);
    write(revoke);
    assert_refused(ask_key(), ERROR_UNAUTHENTICATED);
}

static void test_known__archiving_the_member_acts_at_once_and_so_does_restoring(void **state)
{
    (void)state;
    make_known(ask_session);
    write(archive_member);
    struct answer answer = ask_session();
    assert_false(answer.recalled);
    assert_int_equal(answer.member_id, 0);
    assert_true(ask_session().recalled);
    write(restore_member);
    answer = ask_session();
    assert_false(answer.recalled);
    assert_int_equal(answer.member_id, 7);
    write(demote);
    make_known(ask_session);
    write(archive_member);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
    assert_refused(ask_jwt(), ERROR_UNAUTHENTICATED);
}

static void test_known__a_shorter_idle_time_acts_at_once(void **state)
{
    (void)state;
    the.now += 20 * MINUTE_MS;
    make_known(ask_session);
    write(shorten_idle_time);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
}

static void test_known__what_others_do_disturbs_nobody(void **state)
{
    (void)state;
    make_known(ask_session);
    make_known(ask_jwt);
    make_known(ask_key);
    write(lend_to_another);
    assert_true(ask_session().recalled);
    assert_true(ask_key().recalled);
    write(start_again);
    assert_true(ask_jwt().recalled);
    assert_true(ask_key().recalled);
}

/* ---- time --------------------------------------------------------------------------------------------------------- */

static void test_known__time_runs_out_from_memory(void **state)
{
    const int64_t began = the.now;

    (void)state;
    the.now = began + 15 * MINUTE_MS - 1;
    make_known(ask_jwt);
    the.now = began + 15 * MINUTE_MS;
    assert_refused(ask_jwt(), ERROR_UNAUTHENTICATED);
    the.now = began + 720 * MINUTE_MS - 1;
    make_known(ask_session);
    the.now = began + 720 * MINUTE_MS;
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
}

static enum error_kind see(struct ctx *ctx)
{
    int64_t rows;

    return sessions_write_seen(ctx, &rows);
}

static void test_known__a_busy_session_ends_after_a_fortnight(void **state)
{
    const int64_t over = the.now + SESSION_MAX_MS;

    (void)state;
    for (; the.now < over - 1; the.now += 600 * MINUTE_MS) {
        make_known(ask_session);
        write(see);
    }
    the.now = over - 1;
    make_known(ask_session);
    the.now = over;
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
}

static void test_known__is_looked_up_again_after_a_while_and_when_the_clock_goes_back(void **state)
{
    (void)state;
    make_known(ask_session);
    the.now += KNOWN_FOR_MS - 1;
    assert_true(ask_session().recalled);
    the.now += 1;
    assert_false(ask_session().recalled);
    assert_true(ask_session().recalled);
    the.now -= 1;
    assert_false(ask_session().recalled);
}

static void test_known__its_use_is_noted(void **state)
{
    struct seen seen[4];

    (void)state;
    assert_int_equal(ask_key().kind, OK);
    assert_int_equal(seen_take(seen, 4), 1); /* never used before */
    the.now += SESSION_SEEN_MS - 1000;
    make_known(ask_session);
    assert_int_equal(seen_take(seen, 4), 0);
    the.now += 2000;
    assert_true(ask_session().recalled);
    assert_int_equal(seen_take(seen, 4), 1);
    assert_true(seen[0].what == SEEN_SESSION && seen[0].at == the.now);
    make_known(ask_jwt);
    assert_int_equal(seen_take(seen, 4), 0);
}

/* ---- a commit meanwhile ------------------------------------------------------------------------------------------- */

/* The worker's snapshot is older than the commit, and what it found is stored after it. */
static void test_known__who_looked_before_a_commit_is_not_known_after_it(void **state)
{
    (void)state;
    struct answer late = ask(CREDENTIAL_SESSION, the.session, sign_out);
    assert_int_equal(late.kind, OK);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
    late = ask(CREDENTIAL_JWT, the.jwt, demote);
    assert_int_equal(late.access, LIBRARIAN);
    struct answer answer = ask_jwt();
    assert_false(answer.recalled);
    assert_int_equal(answer.access, MEMBER);
    assert_int_equal(ask(CREDENTIAL_API_KEY, the.key, revoke).kind, OK);
    assert_refused(ask_key(), ERROR_UNAUTHENTICATED);
}

static bool was_recalled_before, was_recalled_within;

static enum error_kind sign_out_and_look(struct ctx *ctx)
{
    was_recalled_before = ask_session().recalled;
    TRY(sign_out(ctx));
    struct answer answer = ask_session();
    /* Not committed: the library says he is there, and that may not be kept either. */
    assert_int_equal(answer.kind, OK);
    was_recalled_within = answer.recalled || ask_session().recalled;
    return OK;
}

static enum error_kind sign_out_and_fail(struct ctx *ctx)
{
    TRY(sign_out_and_look(ctx));
    return fail(ctx, VALIDATION_ERROR, "no");
}

static void test_known__a_row_is_in_doubt_from_its_change_on(void **state)
{
    (void)state;
    make_known(ask_session);
    write(sign_out_and_look);
    assert_true(was_recalled_before);
    assert_false(was_recalled_within);
    assert_refused(ask_session(), ERROR_UNAUTHENTICATED);
}

static void test_known__is_known_again_after_a_rollback(void **state)
{
    (void)state;
    make_known(ask_session);
    assert_int_not_equal(try_write(sign_out_and_fail), OK);
    assert_false(was_recalled_within);
    write(lend_to_another);
    make_known(ask_session);
}

/* Readers who ask all the time; `is_ended` is set once signing out has been answered. */
static atomic_bool is_ended, is_over;
static atomic_int turn, asked_before, wrong, parked;

static void *ask_for_ever(void *argument)
{
    int mine = 0;

    (void)argument;
    while (!atomic_load(&is_over)) {
        if (atomic_load(&turn) == mine) { /* between two rounds the.session changes */
            sched_yield();
            continue;
        }
        bool ended;
        do {
            ended = atomic_load(&is_ended);
            struct answer answer = ask_session();
            if (ended && (answer.recalled || answer.kind == OK))
                atomic_fetch_add(&wrong, 1);
            if (!ended && answer.recalled)
                atomic_fetch_add(&asked_before, 1);
        } while (!ended);
        mine++;
        atomic_fetch_add(&parked, 1);
    }
    return NULL;
}

static void test_known__no_thread_is_let_in_once_signing_out_is_answered(void **state)
{
    pthread_t readers[READERS];

    (void)state;
    atomic_store(&is_over, false);
    atomic_store(&turn, 0);
    atomic_store(&wrong, 0);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, ask_for_ever, NULL), 0);
    for (int round = 1; round <= ROUNDS; round++) {
        atomic_store(&is_ended, false);
        atomic_store(&parked, 0);
        atomic_store(&asked_before, 0);
        atomic_store(&turn, round);
        while (atomic_load(&asked_before) < READERS)
            sched_yield();
        write(sign_out);
        atomic_store(&is_ended, true);
        while (atomic_load(&parked) < READERS)
            sched_yield();
        write(start_again);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
}

/* ---- how many ----------------------------------------------------------------------------------------------------- */

static struct digest hash_of(int number)
{
    return digest_of(&number, sizeof number);
}

static void test_known__so_many_and_the_latest_of_them(void **state)
{
    struct ctx *ctx = &the.fixture->ctx;
    const struct caller caller = {.access = MEMBER, .name = "x", .grounds = {.until = INT64_MAX}};
    struct caller found;
    int count = 0;

    (void)state;
    for (int i = 0; i < KNOWN_CALLERS_MAX * 4; i++) {
        struct digest hash = hash_of(i);
        ctx->now = the.now + i / 64;
        known_put(ctx, 1, &hash, known_as_of(), &caller);
        assert_true(known_find(ctx, 1, &hash, &found));
    }
    for (int i = 0; i < KNOWN_CALLERS_MAX * 4; i++) {
        struct digest hash = hash_of(i);
        count += known_find(ctx, 1, &hash, &found);
    }
    assert_true(count <= KNOWN_CALLERS_MAX && count > KNOWN_CALLERS_MAX * 3 / 4);
}

static void test_known__a_name_that_does_not_fit_is_not_kept(void **state)
{
    struct ctx *ctx = &the.fixture->ctx;
    struct digest hash = hash_of(1);
    struct caller found;
    char name[ACCOUNT_NAME_MAX * 8];

    (void)state;
    memset(name, 'x', sizeof name);
    name[ACCOUNT_NAME_MAX * 4 + 8] = '\0';
    struct caller caller = {.access = MEMBER, .name = name, .grounds = {.until = INT64_MAX}};
    known_put(ctx, 1, &hash, known_as_of(), &caller);
    assert_true(known_find(ctx, 1, &hash, &found));
    assert_string_equal(found.name, name);
    known_forget();
    known_begin();
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    known_put(ctx, 1, &hash, known_as_of(), &caller);
    assert_false(known_find(ctx, 1, &hash, &found));
}

static void test_known__keeps_nobody_while_nothing_is_followed(void **state)
{
    (void)state;
    make_known(ask_session);
    known_forget();
    for (int i = 0; i < 3; i++)
        assert_false(ask_session().recalled);
    known_begin();
    assert_false(ask_session().recalled);
    assert_true(ask_session().recalled);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_known__##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_second_answer_is_the_first),
        TEST(a_credential_of_one_kind_is_none_of_another),
        TEST(who_was_refused_is_looked_up_each_time),
        TEST(signing_out_acts_at_once),
        TEST(another_role_acts_at_once),
        TEST(closing_an_account_acts_at_once),
        TEST(a_new_password_acts_at_once),
        TEST(revoking_a_key_acts_at_once),
        TEST(archiving_the_member_acts_at_once_and_so_does_restoring),
        TEST(a_shorter_idle_time_acts_at_once),
        TEST(what_others_do_disturbs_nobody),
        TEST(time_runs_out_from_memory),
        TEST(a_busy_session_ends_after_a_fortnight),
        TEST(is_looked_up_again_after_a_while_and_when_the_clock_goes_back),
        TEST(its_use_is_noted),
        TEST(who_looked_before_a_commit_is_not_known_after_it),
        TEST(a_row_is_in_doubt_from_its_change_on),
        TEST(is_known_again_after_a_rollback),
        TEST(no_thread_is_let_in_once_signing_out_is_answered),
        TEST(so_many_and_the_latest_of_them),
        TEST(a_name_that_does_not_fit_is_not_kept),
        TEST(keeps_nobody_while_nothing_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
