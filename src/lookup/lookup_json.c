/*
 * lookup_json.c — what Open Library says of an ISBN (https://openlibrary.org/dev/docs/api/books, jscmd=data), as a title:
 *
 *     {"ISBN:9780140328721": {"title": …, "subtitle": …, "authors": [{"name": …}], "publishers": [{"name": …}],
 *                             "publish_date": "October 1, 1988", "subjects": [{"name": …}], "notes": …}}
 */
#include "base/json_read.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_facts.h"
#include "catalogue_io/marc_title.h"
#include "lookup/lookup_read.h"

#define SUBJECTS_TAKEN 6 /* it has dozens, many of them odd */

/* A text, or "" for anything else. */
static const char *text_of(struct ctx *ctx, const struct json_value *object, const char *name)
{
    const char *text = json_get_text(ctx->arena, json_member(object, name));

    return text ? text : "";
}

/* The names of a list of {"name": …}, parted by "; ". A "; " within one would part it: there it becomes ", ". */
static const char *names_of(struct ctx *ctx, const struct json_value *list, size_t max)
{
    struct text_buf names;
    size_t taken = 0;

    text_buf_init(&names, ctx->arena);
    for (size_t i = 0; i < json_count(list) && taken < max; i++) {
        const struct json_value *item = json_item(list, i);
        const char *name =
            json_type_of(item) == JSON_TEXT ? json_get_text(ctx->arena, item) : text_of(ctx, item, "name");
        if (!name || !name[0])
            continue;
        if (taken++ > 0)
            text_buf_append(&names, "; ");
        for (; *name; name++)
            text_buf_append_char(&names, *name == ';' ? ',' : *name);
    }
    return text_buf_string(&names);
}

static void read_book(struct ctx *ctx, const struct json_value *book, const char *isbn,
                      struct lookup_reading *reading)
{
    const struct json_value *authors = json_member(book, "authors");
    struct import_title title = {.facts = BOOK_FACTS_NONE};
    const char *names = names_of(ctx, authors, json_count(authors));

    import_set_title(ctx, &title, text_of(ctx, book, "title"));
    import_set_text(ctx, &title, "subtitle", text_of(ctx, book, "subtitle"), BOOK_TEXT_MAX);
    import_set_authors(ctx, &title, names[0] ? names : MARC_NO_AUTHOR);
    import_set_text(ctx, &title, "publisher", names_of(ctx, json_member(book, "publishers"), 1),
                    BOOK_TEXT_MAX);
    import_set_year(ctx, &title, text_of(ctx, book, "publish_date"));
    import_set_text(ctx, &title, "description", text_of(ctx, book, "notes"), BOOK_DESCRIPTION_MAX);
    import_set_categories(ctx, &title, names_of(ctx, json_member(book, "subjects"), SUBJECTS_TAKEN));
    title.facts.isbn = isbn;
    if (title.outcome != IMPORT_REFUSED)
        lookup_reading_add(ctx, reading, &title.facts, NULL);
}

enum net_outcome lookup_read_json(struct ctx *ctx, const char *bytes, size_t length, const char *isbn,
                                  struct lookup_reading *reading)
{
    const char *problem;
    const struct json_value *answer = json_parse(ctx->arena, bytes, length, &problem);

    if (json_type_of(answer) != JSON_OBJECT)
        return NET_UNREADABLE;
    for (size_t i = 0; i < json_count(answer) && json_member_name(answer, i); i++) {
        const struct json_value *book = json_member(answer, json_member_name(answer, i));
        if (json_type_of(book) != JSON_OBJECT)
            return NET_UNREADABLE;
        read_book(ctx, book, isbn, reading);
    }
    reading->found = (int64_t)reading->count;
    return NET_OK;
}
