/*
 * marc_repository.c — originals, and what a record tells of the copies.
 */
#include "catalogue_io/marc_repository.h"

#include <string.h>

#include "db/engine.h"

SQL(KEEP, "INSERT INTO book_marc (book_id, format, record) VALUES (:book, :format, :record)");
SQL(REPLACE_RECORD, "UPDATE book_marc SET format = :format, record = :record WHERE book_id = :book");
SQL(FORGET, "DELETE FROM book_marc WHERE book_id = :book");
SQL(ORIGINAL, "SELECT format, record FROM book_marc WHERE book_id = :book");
SQL(HOLDINGS, "SELECT barcode, shelf FROM copy WHERE book_id = :book AND status NOT IN ('withdrawn', 'lost')"
              " ORDER BY id");
SQL(TITLES, "SELECT id FROM book WHERE id > :after AND deleted_at IS NULL ORDER BY id LIMIT :max");

static const char *const format_names[] = {[MARC_ISO_2709] = "iso2709", [MARC_XML] = "marcxml"};

enum error_kind marc_repo_keep(struct ctx *ctx, int64_t book_id, enum marc_format format, const char *record,
                               size_t length)
{
    struct stmt *s = db_statement(ctx, &KEEP);

    bind_int(s, ":book", book_id);
    bind_text(s, ":format", format_names[format]);
    bind_bytes(s, ":record", record, length);
    return db_run(s);
}

enum error_kind marc_repo_replace(struct ctx *ctx, int64_t book_id, enum marc_format format,
                                  const char *record, size_t length)
{
    struct stmt *s = db_statement(ctx, &REPLACE_RECORD);

    bind_int(s, ":book", book_id);
    bind_text(s, ":format", format_names[format]);
    bind_bytes(s, ":record", record, length);
    TRY(db_run(s));
    return db_changes(ctx) > 0 ? OK : marc_repo_keep(ctx, book_id, format, record, length);
}

enum error_kind marc_repo_forget(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &FORGET);

    bind_int(s, ":book", book_id);
    return db_run(s);
}

enum error_kind marc_repo_original(struct ctx *ctx, int64_t book_id, enum marc_format *out_format,
                                   const char **out_record, size_t *out_length)
{
    struct stmt *s = db_statement(ctx, &ORIGINAL);
    bool found;

    bind_int(s, ":book", book_id);
    TRY(db_row(s, &found));
    *out_record = NULL;
    if (!found)
        return OK;
    *out_format = strcmp(column_text(s, 0), format_names[MARC_XML]) == 0 ? MARC_XML : MARC_ISO_2709;
    const void *bytes = column_bytes(s, 1, out_length);
    *out_record = arena_memdup(ctx->arena, bytes, *out_length);
    return OK;
}

enum error_kind marc_repo_holdings(struct ctx *ctx, int64_t book_id, struct marc_holding **out_first)
{
    struct stmt *s = db_statement(ctx, &HOLDINGS);
    struct marc_holding **end = out_first;
    bool found;

    *out_first = NULL;
    bind_int(s, ":book", book_id);
    TRY(db_row(s, &found));
    while (found) {
        *end = arena_alloc(ctx->arena, sizeof **end);
        **end = (struct marc_holding){.barcode = column_text(s, 0), .shelf = column_text(s, 1)};
        end = &(*end)->next;
        TRY(db_row(s, &found));
    }
    return OK;
}

enum error_kind marc_repo_titles(struct ctx *ctx, int64_t after_id, size_t max, int64_t *out_ids,
                                 size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &TITLES);
    size_t count = 0;
    bool found;

    bind_int(s, ":after", after_id);
    bind_int(s, ":max", (int64_t)max);
    TRY(db_row(s, &found));
    for (; found && count < max; count++) {
        out_ids[count] = column_int(s, 0);
        TRY(db_row(s, &found));
    }
    *out_count = count;
    return OK;
}
