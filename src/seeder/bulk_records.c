/*
 * bulk_records.c — rows of titles, their categories, and members: invented, with what their loans add up to.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "seeder/bulk_internal.h"

static size_t type_of(const struct type_list *types, const char *code)
{
    for (size_t i = 0; i < types->count; i++)
        if (strcmp(types->codes[i], code) == 0)
            return i;
    assert(!"the invention uses a type that schema.sql does not have");
    return 0;
}

/* ---- titles -------------------------------------------------------------------------------------------- */

static const char *const book_columns[] = {"uuid",
                                           "title",
                                           "subtitle",
                                           "author",
                                           "isbn",
                                           "isbn13",
                                           "publisher",
                                           "edition",
                                           "year",
                                           "language",
                                           "item_type_id",
                                           "title_key",
                                           "author_key",
                                           "total_copies",
                                           "available_copies",
                                           "open_borrows",
                                           "borrow_count",
                                           "last_borrowed_at",
                                           "created_at",
                                           "updated_at",
                                           "open_holds",
                                           "version",
                                           NULL};

/* When the title last lost a copy, which is a new version of it; else when it was catalogued. */
static int64_t book_updated_at(const struct bulk *bulk, size_t index)
{
    const struct book_state *state = &bulk->books[index];
    const struct planned_book *planned = &bulk->plan->books[index];
    int64_t at = planned->at;

    for (uint8_t copy = 0; state->lost > 0 && copy < planned->copies; copy++) {
        size_t number = bulk_copy(bulk, (uint32_t)index, copy);
        if (bulk->copy_acts[number] & COPY_IS_LOST && bulk->copy_acted_at[number] > at)
            at = bulk->copy_acted_at[number];
    }
    return at;
}

/* Index + 1. */
static uint16_t category_number(struct bulk *bulk, const char *name)
{
    size_t i = 0;

    while (i < bulk->category_count && strcmp(bulk->categories[i], name) != 0)
        i++;
    assert(i < CATEGORIES_MAX);
    if (i == bulk->category_count)
        bulk->categories[bulk->category_count++] = name;
    return (uint16_t)(i + 1);
}

void bulk_keep_categories(struct bulk *bulk, size_t index, const struct text_list *list)
{
    struct book_state *book = &bulk->books[index];

    assert(list->count <= BOOK_CATEGORIES);
    for (size_t i = 0; i < list->count; i++)
        book->categories[i] = category_number(bulk, list->items[i]);
    if (book->categories[1] == book->categories[0])
        book->categories[1] = 0;
}

static bool next_book(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    struct arena *arena = &pass->row;

    pass_next_row(pass);
    if (pass->index == bulk->plan->book_count)
        return false;
    size_t index = pass->index++;
    const struct planned_book *planned = &bulk->plan->books[index];
    struct book_state *state = &bulk->books[index];
    struct book_facts facts = invent_book(arena, bulk->invention, (uint32_t)index);
    if (!bulk->packer)
        bulk_keep_categories(bulk, index, &facts.categories);
    *row++ = pass_next_id(pass, planned->at);
    *row++ = load_text(facts.title);
    *row++ = load_text(facts.subtitle);
    *row++ = load_text(facts.author);
    *row++ = load_text(facts.isbn);
    *row++ = load_text(facts.isbn);
    *row++ = load_text(facts.publisher);
    *row++ = load_text(facts.edition);
    *row++ = load_number(facts.year);
    *row++ = load_text(facts.language);
    *row++ = load_int(bulk->item_types.ids[type_of(&bulk->item_types, facts.item_type)]);
    *row++ = load_text(text_sort_key(arena, facts.title, facts.language));
    *row++ = load_text(text_name_key(arena, facts.author));
    *row++ = load_int(planned->copies - state->lost);
    *row++ = load_int(planned->copies - state->lost - state->open - state->aside);
    *row++ = load_int(state->open);
    *row++ = load_int(state->borrows);
    *row++ = load_number(instant_or_null(state->last_borrowed_at));
    *row++ = load_int(planned->at);
    *row++ = load_int(book_updated_at(bulk, index));
    *row++ = load_int(state->holds);
    *row = load_int(1 + state->lost);
    return true;
}

static bool next_category(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;

    pass_next_row(pass);
    if (pass->index == bulk->category_count)
        return false;
    const char *name = bulk->categories[pass->index++];
    *row++ = load_text(name);
    *row = load_text(text_fold(&pass->row, name));
    return true;
}

static bool next_book_category(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;

    pass_next_row(pass);
    for (; pass->index < bulk->plan->book_count * BOOK_CATEGORIES; pass->index++) {
        const struct book_state *book = &bulk->books[pass->index / BOOK_CATEGORIES];
        size_t position = pass->index % BOOK_CATEGORIES;
        if (!book->categories[position])
            continue;
        *row++ = load_int((int64_t)(pass->index++ / BOOK_CATEGORIES) + 1);
        *row++ = load_int(book->categories[position]);
        *row = load_int((int64_t)position);
        return true;
    }
    return false;
}

enum error_kind bulk_load_books(struct ctx *ctx, struct bulk *bulk)
{
    bulk_tell(bulk, "cataloguing");
    return bulk_load(ctx, bulk, "book", book_columns, next_book);
}

enum error_kind bulk_load_categories(struct ctx *ctx, struct bulk *bulk)
{
    static const char *const category_columns[] = {"name", "name_key", NULL};
    static const char *const pair_columns[] = {"book_id", "category_id", "position", NULL};

    TRY(bulk_load_by_sql(ctx, bulk, "category", category_columns, next_category));
    return bulk_load_by_sql(ctx, bulk, "book_category", pair_columns, next_book_category);
}

/* ---- members ------------------------------------------------------------------------------------------- */

static const char *const member_columns[] = {"uuid",
                                             "card",
                                             "name",
                                             "email",
                                             "phone",
                                             "member_type_id",
                                             "expires_on",
                                             "group_name",
                                             "birth_date",
                                             "name_key",
                                             "email_key",
                                             "phone_key",
                                             "open_borrows",
                                             "borrow_count",
                                             "overdue_count",
                                             "last_borrowed_at",
                                             "created_at",
                                             "updated_at",
                                             "balance",
                                             "open_holds",
                                             NULL};

static const char *digits_of(struct arena *arena, const char *phone)
{
    char *digits = arena_strdup(arena, phone), *to = digits;

    for (const char *from = phone; from && *from; from++)
        if (*from >= '0' && *from <= '9')
            *to++ = *from;
    if (to)
        *to = '\0';
    return digits;
}

static bool next_member(void *argument, struct load_value *row)
{
    struct pass *pass = argument;
    struct bulk *bulk = pass->bulk;
    struct arena *arena = &pass->row;

    pass_next_row(pass);
    if (pass->index == bulk->plan->member_count)
        return false;
    size_t index = pass->index++;
    int64_t joined = bulk->plan->members[index].at;
    const struct member_state *state = &bulk->members[index];
    struct member_facts facts = invent_member(arena, bulk->invention, (uint32_t)index);
    size_t type = type_of(&bulk->member_types, facts.member_type);
    bulk->members_of[type]++;
    barcode_make(pass->barcode, bulk->card_prefix, (int64_t)index + 1);
    *row++ = pass_next_id(pass, joined);
    *row++ = load_text(pass->barcode);
    *row++ = load_text(facts.name);
    *row++ = load_text(facts.email);
    *row++ = load_text(facts.phone);
    *row++ = load_int(bulk->member_types.ids[type]);
    *row++ = load_number(facts.expires_on);
    *row++ = load_text(facts.group);
    *row++ = load_number(facts.birth_date);
    *row++ = load_text(text_name_key(arena, facts.name));
    *row++ = load_text(facts.email ? text_fold(arena, facts.email) : NULL);
    *row++ = load_text(digits_of(arena, facts.phone));
    *row++ = load_int(state->open);
    *row++ = load_int(state->borrows);
    *row++ = load_int(state->late);
    *row++ = load_number(instant_or_null(state->last_borrowed_at));
    *row++ = load_int(joined);
    *row++ = load_int(joined);
    *row++ = load_int(state->balance);
    *row = load_int(state->holds);
    return true;
}

enum error_kind bulk_load_members(struct ctx *ctx, struct bulk *bulk)
{
    char last[BARCODE_MAX + 1];

    bulk_tell(bulk, "registering");
    if (!barcode_make(last, bulk->card_prefix, bulk->summary.members))
        return fail(ctx, CONFLICT, "The card prefix “%s” leaves no room for %lld members.", bulk->card_prefix,
                    (long long)bulk->summary.members);
    return bulk_load(ctx, bulk, "member", member_columns, next_member);
}
