/*
 * names_repository.c — names as SQL, and as the index in memory counts them.
 */
#include "books/names_repository.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "books/index_repository.h"
#include "db/engine.h"

SQL(TITLE_AUTHORS, "SELECT author FROM book WHERE id = :id");
SQL(TITLES_BY, "SELECT rowid FROM book_search WHERE book_search MATCH :phrase AND rowid > :after"
               " ORDER BY rowid LIMIT :max");

#define CATEGORY \
    "SELECT c.id, c.name, (SELECT count(*) FROM book_category bc WHERE bc.category_id = c.id) FROM category c "

SQL(CATEGORIES, CATEGORY "WHERE c.name_key > :after AND (:typed IS NULL OR instr(c.name_key, :typed))"
                         " ORDER BY c.name_key LIMIT :max");
SQL(FIND_CATEGORY, CATEGORY "WHERE c.name_key = :key");
SQL(NAME_CATEGORY, "UPDATE category SET name = :name, name_key = :key WHERE id = :id");
SQL(TITLES_OF, "SELECT book_id FROM book_category WHERE category_id = :category ORDER BY book_id LIMIT :max");
SQL(RECATEGORISE, "UPDATE OR IGNORE book_category SET category_id = :to WHERE book_id = :book"
                  " AND category_id = :from AND :to <> 0");
SQL(UNCATEGORISE, "DELETE FROM book_category WHERE book_id = :book AND category_id = :from");
SQL(REMOVE_CATEGORY, "DELETE FROM category WHERE id = :id");

/* ---- authors -------------------------------------------------------------------------------------------- */

/* Of the authors of a title the one whose folded name this is, as it is written there. */
static const char *spelled(struct ctx *ctx, const char *authors, const char *folded)
{
    while (*authors) {
        size_t length = strcspn(authors, ";");
        const char *name = text_clean(ctx->arena, authors, length);
        if (name && strcmp(text_fold(ctx->arena, name), folded) == 0)
            return name;
        authors += length + (authors[length] == AUTHORS_PART);
    }
    return folded;
}

enum error_kind names_repo_authors(struct ctx *ctx, const char *typed, const char *after, size_t max,
                                   struct used_name *out_names, size_t *out_count)
{
    struct book_index *index = books_index_ready();
    struct index_author *authors = arena_alloc_array(ctx->arena, max, sizeof *authors);
    const char *words[SEARCH_WORDS_MAX];
    bool found;

    if (!index)
        return fail(ctx, BUSY, "The search is not ready. Try again, or use the catalogue's list.");
    size_t count = typed ? text_words(ctx->arena, text_fold(ctx->arena, typed), words, SEARCH_WORDS_MAX) : 0;
    count = book_index_authors(index, ctx->arena, words, count, after, max, authors);
    for (size_t i = 0; i < count; i++) {
        struct stmt *s = db_statement(ctx, &TITLE_AUTHORS);
        bind_int(s, ":id", authors[i].title);
        TRY(db_row(s, &found));
        const char *name = found ? spelled(ctx, column_text(s, 0), authors[i].name) : authors[i].name;
        out_names[i] = (struct used_name){.name = name, .titles = authors[i].titles};
    }
    *out_count = count;
    return OK;
}

static enum error_kind read_ids(struct stmt *s, size_t max, int64_t *out_ids, size_t *out_count)
{
    size_t count = 0;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found || count == max)
            break;
        out_ids[count++] = column_int(s, 0);
    }
    *out_count = count;
    return OK;
}

enum error_kind names_repo_titles_by(struct ctx *ctx, const char *name, int64_t after_id, size_t max,
                                     int64_t *out_ids, size_t *out_count)
{
    const char *words[SEARCH_WORDS_MAX];
    size_t count = text_words(ctx->arena, text_fold(ctx->arena, name), words, SEARCH_WORDS_MAX);
    struct text_buf phrase;

    *out_count = 0;
    if (count == 0)
        return OK;
    text_buf_init(&phrase, ctx->arena);
    text_buf_append(&phrase, "author : \"");
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&phrase, "%s%s", i ? " " : "", words[i]);
    text_buf_append(&phrase, "\"");
    struct stmt *s = db_statement(ctx, &TITLES_BY);
    bind_text(s, ":phrase", text_buf_string(&phrase));
    bind_int(s, ":after", after_id);
    bind_int(s, ":max", (int64_t)max);
    return read_ids(s, max, out_ids, out_count);
}

/* ---- categories ----------------------------------------------------------------------------------------- */

static struct used_name read_category(struct stmt *s)
{
    return (struct used_name){.id = column_int(s, 0), .name = column_text(s, 1), .titles = column_int(s, 2)};
}

enum error_kind names_repo_categories(struct ctx *ctx, const char *typed, const char *after, size_t max,
                                      struct used_name *out_names, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &CATEGORIES);
    size_t count = 0;
    bool found;

    bind_text(s, ":after", after);
    bind_text(s, ":typed", typed ? text_fold(ctx->arena, typed) : NULL);
    bind_int(s, ":max", (int64_t)max);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found || count == max)
            break;
        out_names[count++] = read_category(s);
    }
    *out_count = count;
    return OK;
}

enum error_kind names_repo_category(struct ctx *ctx, const char *name, struct used_name *out_name,
                                    bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_CATEGORY);

    bind_text(s, ":key", text_fold(ctx->arena, name));
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_name = read_category(s);
    return OK;
}

enum error_kind names_repo_name_category(struct ctx *ctx, int64_t id, const char *name)
{
    struct stmt *s = db_statement(ctx, &NAME_CATEGORY);

    bind_int(s, ":id", id);
    bind_text(s, ":name", name);
    bind_text(s, ":key", text_fold(ctx->arena, name));
    return db_run(s);
}

enum error_kind names_repo_titles_of(struct ctx *ctx, int64_t category_id, size_t max, int64_t *out_ids,
                                     size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &TITLES_OF);

    bind_int(s, ":category", category_id);
    bind_int(s, ":max", (int64_t)max);
    return read_ids(s, max, out_ids, out_count);
}

enum error_kind names_repo_recategorise(struct ctx *ctx, int64_t book_id, int64_t from, int64_t to)
{
    struct stmt *s = db_statement(ctx, &RECATEGORISE);

    bind_int(s, ":book", book_id);
    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    TRY(db_run(s));
    s = db_statement(ctx, &UNCATEGORISE);
    bind_int(s, ":book", book_id);
    bind_int(s, ":from", from);
    return db_run(s);
}

enum error_kind names_repo_remove_category(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_CATEGORY);

    bind_int(s, ":id", id);
    return db_run(s);
}
