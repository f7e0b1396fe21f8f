/*
 * index_repository.c — fills the index at start, follows the writer, turns filters into questions.
 *
 * Changes that are committed while it is being filled reach it through the watch, and what the watch has put in
 * is newer than what the filling thread has read: that one leaves it alone (book_index_fill()).
 */
#include "books/index_repository.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "books/books_repository.h"
#include "db/engine.h"
#include "db/list.h"
#include "db/watch.h"

#define FEW_HITS 3         /* fewer: a near word may have been meant */
#define INDEX_WAIT_MS 5000 /* a search waits so long for the index to be filled, then SQL answers */

/* What of a title may change without its version. */
SQL(READ_STATE, "SELECT version, available_copies, borrow_count FROM book WHERE id = :id");

#define RECORD                                                                                       \
    "SELECT id, version, title, subtitle, author, isbn, language, year, item_type_id, borrow_count," \
    " available_copies, deleted_at IS NOT NULL, title_key, author_key, created_at FROM book "

SQL(READ_RECORD, RECORD "WHERE id = :id");
SQL(READ_GENRES, "SELECT category_id FROM book_category WHERE book_id = :id");
SQL_SCANNING(READ_ALL_RECORDS, "the index is filled once, at start", RECORD "ORDER BY id");

SQL(FIND_GENRE, "SELECT id FROM category WHERE name_key = :key");
SQL(FIND_TYPE, "SELECT id FROM item_type WHERE code = :code");
SQL(COUNT_LENT_MORE, "SELECT count(*) FROM book WHERE borrow_count > :count AND deleted_at IS NULL");
SQL(FIND_BY_ISBN, "SELECT id FROM book WHERE isbn = :isbn");

enum state { EMPTY, FILLING, READY, LOST };

static struct {
    struct book_index *index;
    char *path;
    pthread_t thread;
    bool has_thread;
    atomic_bool stopping;
    pthread_mutex_t mutex;
    pthread_cond_t settled;
    enum state state; /* under the mutex */
} the = {.mutex = PTHREAD_MUTEX_INITIALIZER, .settled = PTHREAD_COND_INITIALIZER};

static void set_state(enum state state)
{
    pthread_mutex_lock(&the.mutex);
    /* What is lost stays lost: it may be wrong from here on. */
    if (the.state != LOST || state == EMPTY)
        the.state = state;
    pthread_cond_broadcast(&the.settled);
    pthread_mutex_unlock(&the.mutex);
}

static bool is_followed(void)
{
    pthread_mutex_lock(&the.mutex);
    bool followed = the.state == FILLING || the.state == READY;
    pthread_mutex_unlock(&the.mutex);
    return followed;
}

/* ---- filling and following ----------------------------------------------------------------------------- */

static enum error_kind read_genres(struct ctx *ctx, struct book_record *record)
{
    int64_t *genres = arena_alloc_array(ctx->arena, BOOK_CATEGORIES_MAX, sizeof *genres);
    struct stmt *s = db_statement(ctx, &READ_GENRES);
    bool found;

    bind_int(s, ":id", record->id);
    record->genres = genres;
    for (;;) {
        TRY(db_row(s, &found));
        if (!found || record->genre_count == BOOK_CATEGORIES_MAX)
            return OK;
        genres[record->genre_count++] = column_int(s, 0);
    }
}

/* The record of the statement's row. */
static enum error_kind read_record(struct ctx *ctx, struct stmt *s, struct book_record *out_record)
{
    struct book_facts facts = {.title = column_text(s, 2),
                               .subtitle = column_text(s, 3),
                               .author = column_text(s, 4),
                               .isbn = column_text(s, 5)};
    const char *title_key = column_text(s, 12);
    const char *author_key = column_text(s, 13);

    /* The schema has them NOT NULL. A page that was damaged may say otherwise. */
    if (!facts.title || !facts.author || !title_key || !author_key)
        return fail(ctx, INTERNAL, "The library's file is damaged: a title cannot be read.");
    struct book_search_row row = books_repo_search_row(ctx, &facts);
    *out_record = (struct book_record){
        .id = column_int(s, 0),
        .version = column_int(s, 1),
        .title = row.title,
        .author = row.author,
        .isbn = row.isbn,
        .language = column_text(s, 6),
        .year = column_number(s, 7),
        .item_type_id = column_int(s, 8),
        .borrow_count = column_int(s, 9),
        .available_count = column_int(s, 10),
        .archived = column_bool(s, 11),
        .title_key = title_key,
        .author_key = author_key,
        .created_at = column_int(s, 14),
    };
    return read_genres(ctx, out_record);
}

static enum error_kind follow_one(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &READ_STATE);
    struct book_record record;
    bool found;

    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        book_index_remove(the.index, id);
    if (!found || book_index_touch(the.index, id, column_int(s, 0), column_int(s, 1), column_int(s, 2)))
        return OK;
    s = db_statement(ctx, &READ_RECORD);
    bind_int(s, ":id", id);
    TRY(db_row(s, &found));
    if (!found)
        return OK;
    TRY(read_record(ctx, s, &record));
    if (!book_index_put(the.index, &record))
        return fail(ctx, INTERNAL, "Title %" PRId64 " has numbers beyond the index.", id);
    return OK;
}

/* db/watch.h: after COMMIT, on the writer's thread. */
static void follow(struct ctx *ctx, const int64_t *ids, size_t count, void *argument)
{
    struct arena_mark mark = arena_mark(ctx->arena);

    (void)argument;
    /* Who begins to fill it later reads what is committed already. */
    if (!is_followed())
        return;
    for (size_t i = 0; i < count; i++) {
        if (follow_one(ctx, ids[i]) != OK) {
            LOG(ERROR, "the search index is lost until the next start; searching goes on without it",
                LOG_TEXT("why", ctx->error.detail));
            set_state(LOST);
            error_clear(ctx);
        }
        arena_reset_to(ctx->arena, mark);
    }
}

static enum error_kind fill_from(struct ctx *ctx)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct stmt *s = db_statement(ctx, &READ_ALL_RECORDS);
    struct book_record record;
    bool found;

    while (!atomic_load(&the.stopping)) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        TRY(read_record(ctx, s, &record));
        if (!book_index_fill(the.index, &record))
            return fail(ctx, INTERNAL, "Title %" PRId64 " has numbers beyond the index.", record.id);
        arena_reset_to(ctx->arena, mark);
    }
    return fail(ctx, BUSY, "The server stops.");
}

static void *fill(void *argument)
{
    struct arena arena;
    struct ctx ctx = {.arena = &arena};
    int64_t began = clock_monotonic_ms();

    (void)argument;
    arena_init(&arena, ARENA_REQUEST_MAX);
    enum error_kind kind = db_open(&ctx, the.path, DB_READ, &ctx.db);
    if (kind == OK)
        kind = fill_from(&ctx);
    if (kind == OK)
        LOG(INFO, "search index filled", LOG_INT("titles", book_index_count(the.index)),
            LOG_INT("bytes", (int64_t)book_index_bytes(the.index)),
            LOG_INT("ms", clock_monotonic_ms() - began));
    else if (!atomic_load(&the.stopping))
        LOG(ERROR, "the search index could not be filled; searching goes on without it",
            LOG_TEXT("why", ctx.error.detail));
    set_state(kind == OK ? READY : LOST);
    db_close(ctx.db);
    arena_release(&arena);
    return NULL;
}

void books_index_open(struct db *writer_db)
{
    the.index = book_index_new();
    atomic_store(&the.stopping, false);
    set_state(EMPTY);
    db_watch(writer_db, "book", follow, NULL);
}

void books_index_expect(void)
{
    set_state(FILLING);
}

enum error_kind books_index_fill(struct ctx *ctx, const char *path)
{
    the.path = strdup(path);
    if (!the.path)
        abort();
    if (pthread_create(&the.thread, NULL, fill, NULL) != 0) {
        set_state(LOST);
        return fail(ctx, INTERNAL, "The thread that fills the search index could not be started.");
    }
    the.has_thread = true;
    return OK;
}

void books_index_stop(void)
{
    atomic_store(&the.stopping, true);
    if (the.has_thread)
        pthread_join(the.thread, NULL);
    the.has_thread = false;
}

void books_index_close(void)
{
    set_state(EMPTY);
    book_index_free(the.index);
    free(the.path);
    the.index = NULL;
    the.path = NULL;
}

/* ---- asking ------------------------------------------------------------------------------------------- */

struct book_index *books_index_ready(void)
{
    struct timespec until = clock_monotonic_after(INDEX_WAIT_MS);

    pthread_mutex_lock(&the.mutex);
    while (the.state == FILLING &&
           pthread_cond_clockwait(&the.settled, &the.mutex, CLOCK_MONOTONIC, &until) == 0)
        continue;
    struct book_index *index = the.state == READY ? the.index : NULL;
    pthread_mutex_unlock(&the.mutex);
    return index;
}

/* Without waiting. */
static struct book_index *ready_now(void)
{
    pthread_mutex_lock(&the.mutex);
    struct book_index *index = the.state == READY ? the.index : NULL;
    pthread_mutex_unlock(&the.mutex);
    return index;
}

size_t books_index_memory_now(void)
{
    struct book_index *index = ready_now();

    return index ? book_index_bytes(index) : 0;
}

enum error_kind books_index_lent_more(struct ctx *ctx, int64_t borrow_count, int64_t *out_count)
{
    struct book_index *index = ready_now();
    bool found;

    if (index) {
        *out_count = book_index_lent_more(index, borrow_count);
        return OK;
    }
    struct stmt *s = db_statement(ctx, &COUNT_LENT_MORE);
    bind_int(s, ":count", borrow_count);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

/* The id that this statement finds for a text; 0, which no row has, when there is none. */
static enum error_kind find_id(struct ctx *ctx, const struct sql *sql, const char *parameter,
                               const char *text, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, sql);
    bool found;

    bind_text(s, parameter, text);
    TRY(db_row(s, &found));
    *out_id = found ? column_int(s, 0) : 0;
    return OK;
}

static enum error_kind read_filters(struct ctx *ctx, const struct list_given *given,
                                    struct book_question *question, const char **out_isbn)
{
    *out_isbn = NULL;
    for (; given->name; given++) {
        if (!given->given)
            continue;
        if (strcmp(given->name, "archived") == 0)
            question->archived = true;
        else if (strcmp(given->name, "available") == 0)
            question->available = true;
        else if (strcmp(given->name, "author") == 0)
            question->author = given->text;
        else if (strcmp(given->name, "author_name") == 0)
            question->author_name = given->text;
        else if (strcmp(given->name, "language") == 0)
            question->language = given->text;
        else if (strcmp(given->name, "year_from") == 0)
            question->year_from = given->number;
        else if (strcmp(given->name, "year_to") == 0)
            question->year_to = given->number;
        else if (strcmp(given->name, "genre") == 0)
            TRY(find_id(ctx, &FIND_GENRE, ":key", given->text, &question->genre));
        else if (strcmp(given->name, "item_type") == 0)
            TRY(find_id(ctx, &FIND_TYPE, ":code", given->text, &question->item_type_id));
        else if (strcmp(given->name, "isbn") == 0)
            *out_isbn = given->text;
    }
    return OK;
}

/* Of what was found, the titles that have this ISBN: a handful at most, so SQL says which. */
static enum error_kind keep_isbn(struct ctx *ctx, const char *isbn, struct row_set *set)
{
    struct row_set kept = row_set_new(ctx->arena, set->end);
    struct stmt *s = db_statement(ctx, &FIND_BY_ISBN);
    bool found;

    kept.of = set->of;
    bind_text(s, ":isbn", isbn);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        if (row_set_has(set, column_int(s, 0)))
            row_set_add(&kept, column_int(s, 0));
    }
    *set = kept;
    return OK;
}

/* What is asked, as it is read from a query. */
struct reading {
    struct book_question question;
    const char *isbn;
    bool nothing;    /* something was typed, but no word */
    bool had_number; /* with hyphens */
};

static enum error_kind read_query(struct ctx *ctx, const struct list_query *query,
                                  const struct list_given *given, struct reading *out)
{
    *out = (struct reading){.question = BOOK_QUESTION_ANY};
    TRY(read_filters(ctx, given, &out->question, &out->isbn));
    out->nothing = query->search &&
                   !book_question_read(ctx->arena, query->search, false, &out->question, &out->had_number);
    return OK;
}

static enum error_kind find(struct ctx *ctx, struct book_index *index, const struct list_query *query,
                            struct reading *reading, struct row_set *out_set)
{
    struct book_question *question = &reading->question;

    *out_set = (struct row_set){0};
    if (reading->nothing)
        return OK;
    *out_set = book_index_find(index, ctx->arena, question);
    if (out_set->count == 0 && reading->had_number) {
        (void)book_question_read(ctx->arena, query->search, true, question, &reading->had_number);
        *out_set = book_index_find(index, ctx->arena, question);
    }
    return reading->isbn ? keep_isbn(ctx, reading->isbn, out_set) : OK;
}

enum error_kind books_index_find(struct ctx *ctx, const struct list_query *query,
                                 const struct list_given *given, const struct row_set **out_set)
{
    struct book_index *index = books_index_ready();
    struct row_set *set = arena_alloc(ctx->arena, sizeof *set);
    struct reading reading;

    *out_set = NULL;
    if (!index)
        return OK;
    TRY(read_query(ctx, query, given, &reading));
    TRY(find(ctx, index, query, &reading, set));
    *out_set = set;
    return OK;
}

static const char *words_as_text(struct ctx *ctx, const struct book_question *question)
{
    struct text_buf text;

    text_buf_init(&text, ctx->arena);
    for (size_t i = 0; i < question->word_count; i++)
        text_buf_printf(&text, "%s%s", i ? " " : "", question->words[i]);
    return text_buf_string(&text);
}

/* Few have these words: far more may have words that are nearly the same. */
static void look_nearby(struct ctx *ctx, struct book_index *index, const struct reading *reading,
                        int64_t found, struct book_hits *hits)
{
    struct book_question near = reading->question;

    if (reading->isbn || !book_index_rephrase(index, ctx->arena, &near))
        return;
    struct row_set set = book_index_find(index, ctx->arena, &near);
    if (set.count <= found)
        return;
    hits->perhaps = words_as_text(ctx, &near);
    hits->perhaps_total = set.count;
}

enum error_kind books_index_facets(struct ctx *ctx, const struct list_query *query,
                                   struct book_facets *out_facets)
{
    struct book_index *index = books_index_ready();
    const struct list_given *given;
    struct reading reading;
    struct row_set set;

    if (!index)
        return fail(ctx, BUSY, "The search is not ready. Try again, or use the catalogue's list.");
    TRY(list_read_given(ctx, &books_listing, query, &given));
    TRY(read_query(ctx, query, given, &reading));
    struct book_question question = reading.question;
    reading.question = book_question_bare(&question);
    TRY(find(ctx, index, query, &reading, &set));
    book_index_facets(index, ctx->arena, &set, &question, out_facets);
    return OK;
}

enum error_kind books_index_search(struct ctx *ctx, const struct list_query *query,
                                   struct book_hits *out_hits)
{
    struct book_index *index = books_index_ready();
    const struct list_given *given;
    struct reading reading;
    struct row_set set;
    const char *typed = query->search ? text_fold(ctx->arena, query->search) : "";

    *out_hits = (struct book_hits){0};
    if (!index)
        return fail(ctx, BUSY, "The search is not ready. Try again, or use the catalogue's list.");
    TRY(list_read_given(ctx, &books_listing, query, &given));
    TRY(read_query(ctx, query, given, &reading));
    TRY(find(ctx, index, query, &reading, &set));
    if (set.count > 0 && set.count < FEW_HITS)
        look_nearby(ctx, index, &reading, set.count, out_hits);
    if (set.count == 0 && !reading.nothing && book_index_correct(index, ctx->arena, &reading.question)) {
        typed = words_as_text(ctx, &reading.question);
        set = book_index_find(index, ctx->arena, &reading.question);
        if (reading.isbn)
            TRY(keep_isbn(ctx, reading.isbn, &set));
        out_hits->did_you_mean = set.count > 0 ? typed : NULL;
    }
    out_hits->total = set.count;
    out_hits->ids = arena_alloc_array(ctx->arena, (size_t)query->limit, sizeof *out_hits->ids);
    out_hits->count = book_index_rank(index, ctx->arena, &set, &reading.question, typed,
                                      (size_t)query->offset, (size_t)query->limit, out_hits->ids);
    return OK;
}
