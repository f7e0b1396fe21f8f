/*
 * reading_lists_repository.c — reading lists as SQL. A list has READING_LIST_ENTRIES_MAX titles at most, so that moving
 * one, which moves all between, stays a matter of a few milliseconds.
 */
#include "reading_lists/reading_lists_repository.h"

#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

SQL(FIND_LIST, "SELECT id, uuid, name, description, shown, member_id, entries, version FROM reading_list"
               " WHERE uuid = :uuid");
SQL(COUNT_OF_MEMBER, "SELECT count(*) FROM reading_list WHERE member_id = :member");
SQL(INSERT_LIST,
    "INSERT INTO reading_list (uuid, name, name_key, description, member_id, shown, created_at, created_by,"
    " updated_at) VALUES (:uuid, :name, :name_key, :description, :member, :shown, :now, :actor, :now)");
SQL(UPDATE_LIST, "UPDATE reading_list SET name = :name, name_key = :name_key, description = :description,"
                 " shown = :shown, updated_at = :now, version = version + 1 WHERE id = :id");
SQL(REMOVE_LIST, "DELETE FROM reading_list WHERE id = :id");
SQL(REMOVE_ENTRIES, "DELETE FROM reading_list_entry WHERE reading_list_id = :id");
SQL(TOUCH_LIST, "UPDATE reading_list SET entries = entries + :delta, updated_at = :now, version = version + 1"
                " WHERE id = :id");

SQL(POSITION, "SELECT position FROM reading_list_entry WHERE reading_list_id = :list AND book_id = :book");
SQL(LAST_POSITION, "SELECT max(position) FROM reading_list_entry WHERE reading_list_id = :list");
SQL(ADD_ENTRY, "INSERT INTO reading_list_entry (reading_list_id, book_id, position, note, added_at)"
               " VALUES (:list, :book, :position, :note, :now)");
SQL(TAKE_OFF, "DELETE FROM reading_list_entry WHERE reading_list_id = :list AND book_id = :book");
SQL(SHIFT, "UPDATE reading_list_entry SET position = position + :by WHERE reading_list_id = :list"
           " AND position BETWEEN :from AND :to");
SQL(PLACE, "UPDATE reading_list_entry SET position = :position WHERE reading_list_id = :list"
           " AND book_id = :book");
SQL(REPLACE, "UPDATE reading_list_entry SET book_id = :to WHERE reading_list_id = :list AND book_id = :from");
SQL(NEXT_WITH, "SELECT reading_list_id FROM reading_list_entry e WHERE book_id = :book"
               " AND reading_list_id > :after AND NOT EXISTS (SELECT 1 FROM reading_list_entry o"
               " WHERE o.reading_list_id = e.reading_list_id AND o.book_id = :without)"
               " ORDER BY reading_list_id LIMIT 1");

SQL(COUNTS, "SELECT l.id, l.name, l.entries,"
            " (SELECT count(*) FROM reading_list_entry e WHERE e.reading_list_id = l.id),"
            " (SELECT coalesce(max(position), 0) FROM reading_list_entry e WHERE e.reading_list_id = l.id)"
            " FROM reading_list l WHERE l.id > :after ORDER BY l.id");
SQL(SET_COUNT, "UPDATE reading_list SET entries = :counted WHERE id = :id");
SQL(IN_ORDER,
    "SELECT book_id FROM reading_list_entry WHERE reading_list_id = :id ORDER BY position, book_id");

/* ---- the listings --------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column list_columns[] = {
    {"id", COLUMN_UUID, false, "l.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "l.name", "Name"},
    {"description", COLUMN_TEXT, true, "l.description", "What it is for"},
    {"shown", COLUMN_BOOL, false, "l.shown", "In the public catalogue"},
    {"own", COLUMN_BOOL, false, "l.member_id IS NOT NULL", "true: the reader's who asks; false: the library's"},
    {"entries", COLUMN_INTEGER, false, "l.entries", "Titles on it, archived ones too"},
    {"created_at", COLUMN_INSTANT, false, "l.created_at", "When it was begun"},
    {"updated_at", COLUMN_INSTANT, false, "l.updated_at", "When it, or what stands on it, was last changed"},
    {"version", COLUMN_INTEGER, false, "l.version", "For If-Match"},
    {0},
};

static const struct list_sort list_sorts[] = {{"name", "l.name_key", .text = true}, {0}};

/* The first two are set by the service alone: whose lists. */
static const struct list_filter list_filters[] = {
    {".library", FILTER_BOOL, "l.member_id IS NULL"},
    {".member", FILTER_INTEGER, "l.member_id = :member"},
    {"shown", FILTER_BOOL, "l.shown = 1", .meaning = "true: only those in the public catalogue"},
    {"book_id", FILTER_UUID,
     "l.id IN (SELECT e.reading_list_id FROM book b JOIN reading_list_entry e ON e.book_id = b.id"
     " WHERE b.uuid = :book_id)", .meaning = "Lists on which this title stands"},
    {0},
};

#define OF_READER "a reader has READING_LISTS_MAX lists at most"

static const struct list_served list_served[] = {
    {".library", "name", .known = "the library's lists in an index"},
    {".library shown", "name", .known = "the library's lists in an index", .skips = "lists that are not shown"},
    {".member", .few = OF_READER},
    {".member shown", .few = OF_READER},
    {0},
};

static const struct column entry_columns[] = {
    {"position", COLUMN_INTEGER, false, "e.position", "Its place, from 1"},
    {"note", COLUMN_TEXT, true, "e.note", "Why it stands there"},
    {"added_at", COLUMN_INSTANT, false, "e.added_at", "When it was put there"},
    {"book.id", COLUMN_UUID, false, "b.uuid", "The title"},
    {"book.title", COLUMN_TEXT, false, "b.title", "Title proper"},
    {"book.subtitle", COLUMN_TEXT, true, "b.subtitle", "Rest of the title"},
    {"book.author", COLUMN_TEXT, false, "b.author", "Author"},
    {"book.year", COLUMN_INTEGER, true, "b.year", "Year of publication; negative is BCE"},
    {"book.language", COLUMN_TEXT, true, "b.language", "Language code"},
    {"book.isbn", COLUMN_TEXT, true, "b.isbn", "ISBN-13, or an identifier of the library's own"},
    {"book.cover", COLUMN_TEXT, true, "(SELECT lower(hex(substr(v.sha256, 1, 8))) FROM cover v WHERE v.book_id = b.id)",
     "Which picture it has (/books/{id}/cover); null: none", .only_json = true},
    {"book.total_copies", COLUMN_INTEGER, false, "b.total_copies", "Copies neither withdrawn nor lost"},
    {"book.available_copies", COLUMN_INTEGER, false, "b.available_copies", "Copies that can be lent now"},
    {"book.archived", COLUMN_BOOL, false, "b.deleted_at IS NOT NULL", "Readers do not see it here"},
    {0},
};

static const struct list_sort entry_sorts[] = {{"position", "e.position"}, {0}};

/* Set by the service alone: which list; and that archived titles are left out. */
static const struct list_filter entry_filters[] = {
    {".list", FILTER_INTEGER, "e.reading_list_id = :list"},
    {".live", FILTER_BOOL, "b.deleted_at IS NULL"},
    {0},
};

static const struct list_served entry_served[] = {
    {".list", .known = "the list's titles in an index", .index = "reading_list_entry_by_position"},
    {".list .live", .known = "the list's titles in an index", .index = "reading_list_entry_by_position", .skips = "archived titles"},
    {0},
};
/* clang-format on */

const struct listing reading_lists_listing = {
    .name = "ReadingList",
    .columns = list_columns,
    .from = "reading_list l",
    .id = "l.id",
    .uuid = "l.uuid",
    .sorts = list_sorts,
    .filters = list_filters,
    .served = list_served,
};

const struct listing list_entries_listing = {
    .name = "ReadingListEntry",
    .columns = entry_columns,
    .from = "reading_list_entry e JOIN book b ON b.id = e.book_id",
    .id = "e.book_id",
    .uuid = "b.uuid",
    .sorts = entry_sorts,
    .filters = entry_filters,
    .served = entry_served,
};

enum error_kind reading_lists_repo_list(struct ctx *ctx, const struct listing *listing,
                                        const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, listing, query, sink);
}

enum error_kind reading_lists_repo_show(struct ctx *ctx, const struct listing *listing, int64_t id,
                                        struct row_sink *sink)
{
    return list_one(ctx, listing, id, sink);
}

/* ---- lists ---------------------------------------------------------------------------------------------- */

enum error_kind reading_lists_repo_find(struct ctx *ctx, const struct uuid *uuid,
                                        struct reading_list *out_list, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_LIST);

    bind_uuid(s, ":uuid", uuid);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_list = (struct reading_list){
            .id = column_int(s, 0),
            .uuid = column_uuid(s, 1),
            .facts = {.name = column_text(s, 2),
                      .description = column_text(s, 3),
                      .shown = column_bool(s, 4)},
            .member_id = column_int(s, 5),
            .entries = column_int(s, 6),
            .version = column_int(s, 7),
        };
    return OK;
}

static enum error_kind read_number(struct stmt *s, int64_t *out_number)
{
    bool found;

    TRY(db_row(s, &found));
    *out_number = found ? column_int(s, 0) : 0;
    return OK;
}

enum error_kind reading_lists_repo_count_of_member(struct ctx *ctx, int64_t member_id, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_OF_MEMBER);

    bind_int(s, ":member", member_id);
    return read_number(s, out_count);
}

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct reading_list *list)
{
    bind_text(s, ":name", list->facts.name);
    bind_text(s, ":name_key", text_sort_key(ctx->arena, list->facts.name, NULL));
    bind_text(s, ":description", list->facts.description);
    bind_bool(s, ":shown", list->facts.shown);
    bind_int(s, ":now", ctx->now);
}

enum error_kind reading_lists_repo_insert(struct ctx *ctx, struct reading_list *list)
{
    struct stmt *s = db_statement(ctx, &INSERT_LIST);

    bind_facts(ctx, s, list);
    bind_uuid(s, ":uuid", &list->uuid);
    bind_number(s, ":member", list->member_id ? list->member_id : NO_NUMBER);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    TRY(db_run(s));
    list->id = db_last_id(ctx);
    return OK;
}

enum error_kind reading_lists_repo_update(struct ctx *ctx, const struct reading_list *list)
{
    struct stmt *s = db_statement(ctx, &UPDATE_LIST);

    bind_facts(ctx, s, list);
    bind_int(s, ":id", list->id);
    return db_run(s);
}

enum error_kind reading_lists_repo_remove(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE_ENTRIES);

    bind_int(s, ":id", id);
    TRY(db_run(s));
    s = db_statement(ctx, &REMOVE_LIST);
    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind reading_lists_repo_touch(struct ctx *ctx, int64_t id, int64_t delta)
{
    struct stmt *s = db_statement(ctx, &TOUCH_LIST);

    bind_int(s, ":id", id);
    bind_int(s, ":delta", delta);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

/* ---- titles --------------------------------------------------------------------------------------------- */

static struct stmt *bind_entry(struct ctx *ctx, const struct sql *sql, int64_t list_id, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, sql);

    bind_int(s, ":list", list_id);
    bind_int(s, ":book", book_id);
    return s;
}

enum error_kind reading_lists_repo_position(struct ctx *ctx, int64_t list_id, int64_t book_id,
                                            int64_t *out_position)
{
    return read_number(bind_entry(ctx, &POSITION, list_id, book_id), out_position);
}

enum error_kind reading_lists_repo_last(struct ctx *ctx, int64_t list_id, int64_t *out_position)
{
    struct stmt *s = db_statement(ctx, &LAST_POSITION);

    bind_int(s, ":list", list_id);
    return read_number(s, out_position);
}

enum error_kind reading_lists_repo_add(struct ctx *ctx, int64_t list_id, int64_t book_id, int64_t position,
                                       const char *note)
{
    struct stmt *s = bind_entry(ctx, &ADD_ENTRY, list_id, book_id);

    bind_int(s, ":position", position);
    bind_text(s, ":note", note);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind reading_lists_repo_take_off(struct ctx *ctx, int64_t list_id, int64_t book_id)
{
    return db_run(bind_entry(ctx, &TAKE_OFF, list_id, book_id));
}

enum error_kind reading_lists_repo_shift(struct ctx *ctx, int64_t list_id, int64_t from, int64_t to,
                                         int64_t by)
{
    struct stmt *s = db_statement(ctx, &SHIFT);

    bind_int(s, ":list", list_id);
    bind_int(s, ":from", from);
    bind_int(s, ":to", to);
    bind_int(s, ":by", by);
    return db_run(s);
}

enum error_kind reading_lists_repo_place(struct ctx *ctx, int64_t list_id, int64_t book_id, int64_t position)
{
    struct stmt *s = bind_entry(ctx, &PLACE, list_id, book_id);

    bind_int(s, ":position", position);
    return db_run(s);
}

enum error_kind reading_lists_repo_replace(struct ctx *ctx, int64_t list_id, int64_t from_book,
                                           int64_t to_book)
{
    struct stmt *s = db_statement(ctx, &REPLACE);

    bind_int(s, ":list", list_id);
    bind_int(s, ":from", from_book);
    bind_int(s, ":to", to_book);
    return db_run(s);
}

enum error_kind reading_lists_repo_next_with(struct ctx *ctx, int64_t book_id, int64_t without_book,
                                             int64_t after_id, int64_t *out_list_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_WITH);

    bind_int(s, ":book", book_id);
    bind_int(s, ":without", without_book);
    bind_int(s, ":after", after_id);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_list_id = column_int(s, 0);
    return OK;
}

/* ---- for --check ---------------------------------------------------------------------------------------- */

enum error_kind reading_lists_repo_next_wrong(struct ctx *ctx, int64_t after_id, struct list_count *out_count,
                                              bool *out_found)
{
    struct stmt *s = db_statement(ctx, &COUNTS);

    bind_int(s, ":after", after_id);
    for (;;) {
        TRY(db_row(s, out_found));
        if (!*out_found)
            return OK;
        struct list_count count = {.id = column_int(s, 0),
                                   .kept = column_int(s, 2),
                                   .counted = column_int(s, 3),
                                   .last = column_int(s, 4)};
        if (count.kept == count.counted && count.last == count.counted)
            continue;
        count.name = column_text(s, 1);
        *out_count = count;
        return OK;
    }
}

enum error_kind reading_lists_repo_mend(struct ctx *ctx, const struct list_count *count)
{
    struct stmt *s = db_statement(ctx, &SET_COUNT);

    bind_int(s, ":id", count->id);
    bind_int(s, ":counted", count->counted);
    TRY(db_run(s));
    s = db_statement(ctx, &IN_ORDER);
    bind_int(s, ":id", count->id);
    int64_t *books = arena_alloc_array(ctx->arena, (size_t)count->counted, sizeof *books);
    int64_t places = 0;
    for (bool found = true; places < count->counted;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        books[places++] = column_int(s, 0);
    }
    for (int64_t i = 0; i < places; i++)
        TRY(reading_lists_repo_place(ctx, count->id, books[i], i + 1));
    return OK;
}
