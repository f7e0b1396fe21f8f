/*
 * books_service.c — what may stand in the catalogue, and what must be told when it changes.
 */
#include "books/books_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/text.h"
#include "books/books_repository.h"
#include "books/facets_repository.h"
#include "books/index_repository.h"
#include "books/isbn.h"
#include "books/merging_repository.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "notifications/forgetting_service.h"

#define LOW_STOCK_COPIES 1 /* API.md: low stock = available ≤ 1 */

/* ---- finding ------------------------------------------------------------------------------------------ */

/* Says where an archived title went, if it was merged into another. */
static enum error_kind fail_not_found(struct ctx *ctx, int64_t archived_id)
{
    struct book_name kept;
    char uuid[UUID_TEXT_SIZE];
    bool merged = false;

    if (archived_id != NO_NUMBER)
        TRY(merging_repo_kept(ctx, archived_id, &kept, &merged));
    if (!merged)
        return fail(ctx, BOOK_NOT_FOUND, "Book not found.");
    uuid_format(&kept.uuid, uuid);
    error_reason_text(ctx, "merged_into", uuid);
    error_reason_text(ctx, "title", kept.title);
    return fail(ctx, BOOK_NOT_FOUND, "This record became one with “%s”.", kept.title);
}

static enum error_kind find(struct ctx *ctx, const struct uuid *uuid, bool archived_too,
                            struct book *out_book)
{
    struct book book;
    bool found;

    TRY(books_repo_find(ctx, uuid, &book, &found));
    if (!found || (book.deleted_at != NO_NUMBER && !archived_too))
        return fail_not_found(ctx, found ? book.id : NO_NUMBER);
    *out_book = book;
    return OK;
}

enum error_kind books_find(struct ctx *ctx, const struct uuid *uuid, struct book *out_book)
{
    return find(ctx, uuid, false, out_book);
}

enum error_kind books_find_any(struct ctx *ctx, const struct uuid *uuid, struct book *out_book)
{
    return find(ctx, uuid, true, out_book);
}

enum error_kind books_find_version(struct ctx *ctx, const struct uuid *uuid, bool archived_too,
                                   struct book_version *out_version)
{
    struct book_version version;
    bool found;

    TRY(books_repo_find_version(ctx, uuid, &version, &found));
    if (!found || (version.archived && !archived_too))
        return fail_not_found(ctx, found ? version.id : NO_NUMBER);
    *out_version = version;
    return OK;
}

enum error_kind books_find_by_id(struct ctx *ctx, int64_t id, struct book *out_book)
{
    bool found;

    TRY(books_repo_find_by_id(ctx, id, out_book, &found));
    return found ? OK : fail(ctx, BOOK_NOT_FOUND, "Book not found.");
}

/* Who has an ISBN; of a record that became one with another, that. */
static enum error_kind find_isbn(struct ctx *ctx, const char *isbn, int64_t except_id,
                                 struct book_name *out_name, bool *out_found)
{
    struct book_name kept;
    bool merged = false;

    TRY(books_repo_find_isbn(ctx, isbn, except_id, out_name, out_found));
    if (*out_found && out_name->archived)
        TRY(merging_repo_kept(ctx, out_name->id, &kept, &merged));
    if (merged)
        *out_name = kept;
    return OK;
}

enum error_kind books_find_same(struct ctx *ctx, const struct book_facts *facts, struct book_name *out_name,
                                bool *out_found)
{
    if (facts->isbn)
        return find_isbn(ctx, facts->isbn, 0, out_name, out_found);
    return books_repo_find_alike(ctx, facts, out_name, out_found);
}

/* Those whose articles a title's key leaves out (base/text.h); "": none. */
static const char *const article_languages[] = {"", "en", "de", "fr", "es", "it", "pt", "nl"};

enum error_kind books_find_titled(struct ctx *ctx, const char *title, const char *author, int64_t year,
                                  struct book_name *out_name, size_t *out_count)
{
    const char *tried[sizeof article_languages / sizeof article_languages[0]];
    const char *folded = text_fold(ctx->arena, title);
    size_t keys = 0;

    *out_count = 0;
    for (size_t i = 0; i < sizeof tried / sizeof tried[0] && *out_count < 2; i++) {
        const char *key = text_sort_key(ctx->arena, title, article_languages[i]);
        bool again = false;
        for (size_t other = 0; other < keys && !again; other++)
            again = strcmp(tried[other], key) == 0;
        if (again)
            continue;
        tried[keys++] = key;
        TRY(books_repo_find_titled(ctx, &(struct book_sought){key, folded, author, year}, out_name,
                                   out_count));
    }
    return OK;
}

/* The stored form of an ISBN in any form, or NULL. */
static const char *stored_isbn(struct ctx *ctx, const char *text)
{
    char isbn[ISBN_TEXT_MAX + 1];

    return text && isbn_normalise(text, isbn) == ISBN_VALID ? arena_strdup(ctx->arena, isbn) : NULL;
}

/* The query with each ISBN in its stored form. */
static struct list_query with_stored_isbns(struct ctx *ctx, const struct list_query *query)
{
    struct list_query stored = *query;
    const char *searched = stored_isbn(ctx, query->search);
    struct list_parameter *parameters =
        arena_memdup(ctx->arena, query->parameters, query->parameter_count * sizeof *parameters);

    for (size_t i = 0; i < query->parameter_count; i++) {
        const char *isbn =
            strcmp(parameters[i].name, "isbn") == 0 ? stored_isbn(ctx, parameters[i].value) : NULL;
        if (isbn)
            parameters[i].value = isbn;
    }
    stored.parameters = parameters;
    /* Hyphens would make several words of it. */
    if (searched)
        stored.search = searched;
    return stored;
}

/* Of a title that one knows, everybody is told that it is archived; what else is in the archive is the staff's. */
static enum error_kind check_archive(struct ctx *ctx, const struct list_query *query)
{
    bool asked = false;

    for (size_t i = 0; i < query->parameter_count; i++) {
        const char *value = query->parameters[i].value;
        if (strcmp(query->parameters[i].name, "archived") == 0)
            asked =
                asked || (strcmp(value, "false") != 0 && strcmp(value, "0") != 0 && strcmp(value, "no") != 0);
    }
    if (!asked || ctx->actor.access >= LIBRARIAN)
        return OK;
    if (ctx->actor.access <= ANYONE)
        return fail(ctx, UNAUTHENTICATED, "Sign in first.");
    return fail(ctx, FORBIDDEN, "Archived titles are listed for the staff alone.");
}

enum error_kind books_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    struct list_query stored = with_stored_isbns(ctx, query);

    TRY(check_archive(ctx, query));
    return books_repo_list(ctx, &stored, sink);
}

enum error_kind books_search(struct ctx *ctx, const struct list_query *query, struct book_hits *out_hits)
{
    struct list_query stored = with_stored_isbns(ctx, query);

    TRY(check_archive(ctx, query));
    return books_index_search(ctx, &stored, out_hits);
}

enum error_kind books_facets(struct ctx *ctx, const struct list_query *query, struct named_facets *out_facets)
{
    struct list_query stored = with_stored_isbns(ctx, query);
    struct book_facets counted;

    TRY(check_archive(ctx, query));
    TRY(books_index_facets(ctx, &stored, &counted));
    return facets_repo_name(ctx, &counted, out_facets);
}

size_t books_words(struct ctx *ctx, const char *prefix, size_t max, const char **out_words)
{
    struct book_index *index = books_index_ready();

    return index ? book_index_words(index, ctx->arena, prefix, max, out_words) : 0;
}

enum error_kind books_lent_more(struct ctx *ctx, int64_t borrow_count, int64_t *out_count)
{
    return books_index_lent_more(ctx, borrow_count, out_count);
}

enum error_kind books_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return books_repo_show(ctx, id, sink);
}

enum error_kind books_audit(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                            struct row_sink *sink)
{
    struct book book = {0};

    TRY(books_find_any(ctx, uuid, &book));
    return audit_list_entity(ctx, "book", book.id, query, sink);
}

const char *books_availability_status(const struct book *book)
{
    if (book->available_copies == 0)
        return "OUT_OF_STOCK";
    return book->available_copies <= LOW_STOCK_COPIES ? "LOW_STOCK" : "AVAILABLE";
}

/* ---- what is written ---------------------------------------------------------------------------------- */

/* Sets facts->isbn to its stored form and *out_isbn13 where it is one. Adds a wrong field to the error. */
static void settle_isbn(struct ctx *ctx, struct book_facts *facts, const char **out_isbn13)
{
    char isbn[ISBN_TEXT_MAX + 1];

    *out_isbn13 = NULL;
    if (!facts->isbn)
        return;
    switch (isbn_normalise(facts->isbn, isbn)) {
    case ISBN_VALID: facts->isbn = *out_isbn13 = arena_strdup(ctx->arena, isbn); break;
    case ISBN_LOCAL: facts->isbn = arena_strdup(ctx->arena, isbn); break;
    case ISBN_CHECK_DIGIT:
        error_field(ctx, "body", "isbn", "isbn",
                    "looks like an ISBN, but its check digit is wrong: a digit was mistyped");
        break;
    case ISBN_UNREADABLE:
        error_field(
            ctx, "body", "isbn", "isbn",
            "must be an ISBN-10, an ISBN-13 or an identifier of at most %d letters, digits and hyphens",
            ISBN_TEXT_MAX);
        break;
    }
}

static enum error_kind settle_item_type(struct ctx *ctx, struct book_facts *facts, int64_t *out_id)
{
    bool found;

    if (!facts->item_type)
        facts->item_type = ITEM_TYPE_DEFAULT;
    TRY(books_repo_find_item_type(ctx, facts->item_type, out_id, &found));
    if (!found) {
        const char *codes;
        TRY(books_repo_list_item_types(ctx, &codes));
        error_field(ctx, "body", "item_type", "choice", "must be one of: %s", codes);
    }
    return OK;
}

/* Two spellings of one category are one: the first stays. */
static struct text_list settle_categories(struct ctx *ctx, const struct text_list *given)
{
    struct text_list kept = {.items = arena_alloc_array(ctx->arena, given->count + 1, sizeof *kept.items)};
    const char **keys = arena_alloc_array(ctx->arena, given->count + 1, sizeof *keys);

    for (size_t i = 0; i < given->count; i++) {
        const char *key = text_fold(ctx->arena, given->items[i]);
        size_t same = 0;
        while (same < kept.count && strcmp(keys[same], key) != 0)
            same++;
        if (same < kept.count)
            continue;
        keys[kept.count] = key;
        kept.items[kept.count++] = given->items[i];
    }
    return kept;
}

/* Brings facts into the form in which they are stored; wrong fields are left in ctx->error. */
static enum error_kind settle(struct ctx *ctx, struct book *book)
{
    book->facts.categories = settle_categories(ctx, &book->facts.categories);
    settle_isbn(ctx, &book->facts, &book->isbn13);
    return settle_item_type(ctx, &book->facts, &book->item_type_id);
}

enum error_kind books_check_facts(struct ctx *ctx, const struct book_facts *facts)
{
    struct book book = {.facts = *facts};

    TRY(settle(ctx, &book));
    return error_check_fields(ctx);
}

/* The ISBN of a new or edited record: free, or taken with the cataloguer's consent. */
static enum error_kind claim_isbn(struct ctx *ctx, struct book *book)
{
    struct book_name other;
    bool taken = false;

    book->isbn_shared = false;
    if (book->isbn13)
        TRY(find_isbn(ctx, book->isbn13, book->id, &other, &taken));
    if (!taken)
        return OK;
    /* Its own, too, when a record that became one with it has it. */
    if (book->facts.allow_shared_isbn || other.id == book->id) {
        book->isbn_shared = true;
        return OK;
    }
    char uuid[UUID_TEXT_SIZE];
    uuid_format(&other.uuid, uuid);
    error_reason_text(ctx, "book_id", uuid);
    error_reason_text(ctx, "title", other.title);
    error_reason_text(ctx, "state", other.archived ? "archived" : "live");
    if (other.archived)
        return fail(ctx, DUPLICATE_ISBN,
                    "ISBN %s belongs to “%s”, which is archived: restore it, or allow a shared ISBN.",
                    book->isbn13, other.title);
    return fail(ctx, DUPLICATE_ISBN,
                "ISBN %s belongs to “%s” already. Allow a shared ISBN if both are right.", book->isbn13,
                other.title);
}

/* ---- changing ----------------------------------------------------------------------------------------- */

static enum error_kind add_book(struct ctx *ctx, const struct book_facts *facts, struct book *out_book)
{
    struct book book = {
        .facts = *facts,
        .last_borrowed_at = NO_NUMBER,
        .created_at = ctx->now,
        .updated_at = ctx->now,
        .deleted_at = NO_NUMBER,
        .version = 1,
    };

    TRY(settle(ctx, &book));
    TRY(error_check_fields(ctx));
    TRY(claim_isbn(ctx, &book));
    book.uuid = uuid_new(ctx->now);
    TRY(books_repo_insert(ctx, &book));
    TRY(counters_book_added(ctx, book.id));
    book.facts.total_copies = 0;
    book.facts.available_copies = 0;
    *out_book = book;
    return OK;
}

static enum error_kind tell(struct ctx *ctx, const char *action, enum event_type event, int64_t book_id,
                            const struct field_change *changes)
{
    TRY(audit_edit(ctx, action, "book", book_id, changes));
    return events_record(ctx, &(struct event_fact){.type = event, .book_id = book_id});
}

enum error_kind books_create_in_batch(struct ctx *ctx, const struct book_facts *facts, struct book *out_book)
{
    return add_book(ctx, facts, out_book);
}

enum error_kind books_create(struct ctx *ctx, const struct book_facts *facts, struct book *out_book)
{
    struct book book;

    TRY(add_book(ctx, facts, &book));
    TRY(tell(ctx, "book.added", EVENT_BOOK_ADDED, book.id, NULL));
    *out_book = book;
    return OK;
}

enum error_kind books_check_version(struct ctx *ctx, const struct book *book, int64_t expected_version)
{
    if (expected_version == NO_NUMBER || expected_version == book->version)
        return OK;
    error_reason_int(ctx, "version", book->version);
    return fail(ctx, PRECONDITION_FAILED,
                "“%s” was changed by someone else since you read it. Read it again.", book->facts.title);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

enum error_kind books_update_in_batch(struct ctx *ctx, const struct book *before,
                                      const struct book_facts *after, const struct field_change **out_changes)
{
    struct book book = *before;

    book.facts = *after;
    TRY(settle(ctx, &book));
    TRY(error_check_fields(ctx));
    /* An ISBN that stays is not asked about again: consent to share it was given once. */
    if (!same_text(book.isbn13, before->isbn13))
        TRY(claim_isbn(ctx, &book));

    *out_changes = fields_changes(ctx, book_edit_fields, &before->facts, &book.facts);
    return *out_changes ? books_repo_update(ctx, &book) : OK;
}

enum error_kind books_update(struct ctx *ctx, const struct book *before, const struct book_facts *after,
                             int64_t expected_version)
{
    const struct field_change *changes;

    TRY(books_check_version(ctx, before, expected_version));
    TRY(books_update_in_batch(ctx, before, after, &changes));
    return changes ? tell(ctx, "book.updated", EVENT_BOOK_UPDATED, before->id, changes) : OK;
}

enum error_kind books_remove(struct ctx *ctx, const struct book *book)
{
    /* Made in a batch and never changed, it has left no event. */
    if (book->version > 1)
        TRY(events_forget_book(ctx, book->id));
    TRY(notifications_book_removed(ctx, book->id));
    TRY(counters_book_removed(ctx, book->id));
    return books_repo_remove(ctx, book->id);
}

enum error_kind books_set_isbn_shared(struct ctx *ctx, int64_t id, bool shared)
{
    return books_repo_set_isbn_shared(ctx, id, shared);
}

enum error_kind books_touch(struct ctx *ctx, int64_t id)
{
    return books_repo_touch(ctx, id);
}

enum error_kind books_archive(struct ctx *ctx, const struct book *book, int64_t expected_version)
{
    TRY(books_check_version(ctx, book, expected_version));
    if (book->open_borrows > 0) {
        error_reason_int(ctx, "open_borrows", book->open_borrows);
        return fail(ctx, HAS_ACTIVE_BORROWS, "“%s” cannot be archived: it has %" PRId64 " active borrow%s.",
                    book->facts.title, book->open_borrows, book->open_borrows == 1 ? "" : "s");
    }
    if (book->open_holds > 0) {
        error_reason_int(ctx, "open_holds", book->open_holds);
        return fail(ctx, HAS_HOLDS, "“%s” cannot be archived: %" PRId64 " reader%s for it.",
                    book->facts.title, book->open_holds, book->open_holds == 1 ? " waits" : "s wait");
    }
    TRY(books_repo_set_archived(ctx, book->id, ctx->now));
    TRY(counters_book_archived(ctx, book->id));
    return tell(ctx, "book.archived", EVENT_BOOK_ARCHIVED, book->id, NULL);
}

enum error_kind books_restore(struct ctx *ctx, const struct book *book)
{
    struct book_name kept;
    char uuid[UUID_TEXT_SIZE];
    bool merged;

    if (book->deleted_at == NO_NUMBER)
        return OK;
    TRY(merging_repo_kept(ctx, book->id, &kept, &merged));
    if (merged) {
        uuid_format(&kept.uuid, uuid);
        error_reason_text(ctx, "merged_into", uuid);
        return fail(ctx, CONFLICT, "“%s” became one with “%s”: undo the merge to have it back.",
                    book->facts.title, kept.title);
    }
    TRY(books_repo_set_archived(ctx, book->id, NO_NUMBER));
    TRY(counters_book_restored(ctx, book->id));
    return tell(ctx, "book.restored", EVENT_BOOK_RESTORED, book->id, NULL);
}

/* ---- the full-text rows ------------------------------------------------------------------------------- */

enum error_kind books_check_search(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                   void *argument)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct book_search_walk walk = {0};
    struct book_name name;
    bool as_due;
    bool found;

    for (;;) {
        TRY(books_repo_check_title(ctx, &walk, &name, &as_due, &found));
        if (!found)
            break;
        if (!as_due)
            report(argument, arena_printf(ctx->arena, "“%s” is not in the full-text index as it should be.",
                                          name.title));
        arena_reset_to(ctx->arena, mark);
    }
    if (walk.strays > 0)
        report(argument, arena_printf(ctx->arena, "The full-text index has %" PRId64 " entr%s of no book.",
                                      walk.strays, walk.strays == 1 ? "y" : "ies"));
    return OK;
}

enum error_kind books_rebuild_search(struct ctx *ctx)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct book_search_walk walk = {0};
    struct book_search_row due;
    struct book_name name;
    bool found;

    TRY(books_repo_clear_search(ctx));
    for (;;) {
        TRY(books_repo_next_title(ctx, &walk, &name, &due, &found));
        if (!found)
            return OK;
        TRY(books_repo_put_search_row(ctx, name.id, &due));
        arena_reset_to(ctx->arena, mark);
    }
}

enum error_kind books_add_search_row(struct ctx *ctx, int64_t id, const struct book_facts *facts)
{
    struct book_search_row row = books_repo_search_row(ctx, facts);

    return books_repo_put_search_row(ctx, id, &row);
}

enum error_kind books_check_words(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                  void *argument)
{
    bool agree;

    TRY(books_repo_compare_words(ctx, &agree));
    if (!agree)
        report(argument, "The words by which titles are found do not agree with the titles.");
    return OK;
}

enum error_kind books_remake_words(struct ctx *ctx)
{
    return books_repo_remake_words(ctx);
}
