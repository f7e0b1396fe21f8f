/*
 * salvage_standins.c — where a title, a copy, a member or the name of who lent is lost, but not what was lent or paid: a record with a name
 * that says so takes its place, so that a loan or a debt is not lost with it. Somebody who knows writes the rest in.
 */
#include <inttypes.h>
#include <string.h>

#include "db/salvage_internal.h"

/* Its number is the lost one's: ?1; where it wants them, ?2 a new name for the API, ?3 the time. */
static const struct {
    const char *parent;
    const char *children; /* whose rows are worth it */
    const char *insert;
} standins[] = {
    {"book", "copy borrow hold",
     "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
     " VALUES (?1, ?2, 'Lost record ' || ?1, 'Unknown', 'lost record ' || ?1, 'unknown', ?3, ?3)"},
    {"member", "borrow hold charge payment waiver",
     "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
     " VALUES (?1, ?2, 'LOST-' || ?1, 'Lost record ' || ?1, 'lost record ' || ?1, ?3, ?3)"},
    {"actor", "borrow", "INSERT INTO actor (id, name) VALUES (?1, 'Lost record ' || ?1)"},
    {"copy", "borrow",
     "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
     " VALUES (?1, ?2, (SELECT book_id FROM borrow WHERE copy_id = ?1), 'LOST-' || ?1, ?3, ?3)"},
};
#define STANDINS (sizeof standins / sizeof standins[0])

static bool is_word_of(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* One of its name may be there by chance: then there is none. */
static int insert_one(struct salvage *work, sqlite3_stmt *insert, const char *parent, int64_t id)
{
    struct uuid uuid = uuid_new(work->ctx->now);
    int result = sqlite3_bind_int64(insert, 1, id);

    if (result == SQLITE_OK && sqlite3_bind_parameter_count(insert) > 1)
        result = sqlite3_bind_blob(insert, 2, uuid.bytes, sizeof uuid.bytes, SQLITE_STATIC);
    if (result == SQLITE_OK && sqlite3_bind_parameter_count(insert) > 2)
        result = sqlite3_bind_int64(insert, 3, work->ctx->now);
    if (result == SQLITE_OK)
        result = sqlite3_step(insert);
    sqlite3_reset(insert);
    if (result == SQLITE_DONE) {
        work->summary->stand_ins++;
        fprintf(work->report, "%s %" PRId64 ": its record is lost; “Lost record” stands in for it\n", parent,
                id);
    }
    return result == SQLITE_DONE || (result & 0xff) == SQLITE_CONSTRAINT ? SQLITE_OK : result;
}

static enum error_kind insert_all(struct salvage *work, size_t which, const char *missing)
{
    sqlite3 *handle = work->ctx->db->handle;
    sqlite3_stmt *query = NULL;
    sqlite3_stmt *insert = NULL;
    int result = sqlite3_prepare_v2(handle, missing, -1, &query, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_prepare_v2(handle, standins[which].insert, -1, &insert, NULL);
    while (result == SQLITE_OK && (result = sqlite3_step(query)) == SQLITE_ROW)
        result = insert_one(work, insert, standins[which].parent, sqlite3_column_int64(query, 0));
    sqlite3_finalize(query);
    sqlite3_finalize(insert);
    return result == SQLITE_DONE ? OK : db_fail(work->ctx, work->ctx->db, result, "stand-ins");
}

enum error_kind salvage_stand_in(struct salvage *work, const char *child, const char *column,
                                 const char *parent, const char *where_broken)
{
    for (size_t i = 0; i < STANDINS; i++)
        if (strcmp(standins[i].parent, parent) == 0 && is_word_of(standins[i].children, child))
            /* Sorted, and so read to its end before the first is made. */
            return insert_all(work, i,
                              arena_printf(&work->rows,
                                           "SELECT DISTINCT \"%s\" FROM \"%s\" WHERE %s ORDER BY +\"%s\"",
                                           column, child, where_broken, column));
    return OK;
}
