/*
 * marc_write.c — a title as a record: its original with what has been changed since laid over it, field group by group.
 *
 * Whether a fact has been changed is told by reading the original again: what it gives is what the import gave.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "books/isbn.h"
#include "catalogue_io/marc_language.h"
#include "catalogue_io/marc_title.h"
#include "marc/marc_charset.h"

#define LEADER_NEW "     nam a22     uu 4500"
#define LEADER_TYPE 6
#define FIXED_LENGTH 40
#define CENTURY_DIGITS 2 /* of a date that 008 has without them */
#define LANGUAGE_AT 35
#define NONFILING_MAX 9
#define YEAR_FIRST 1
#define YEAR_LAST 9998 /* 9999: still being published */

struct writing {
    struct ctx *ctx;
    const struct book_facts *facts;
    const struct marc_record *original; /* NULL: none */
    struct import_title was;            /* what the original gave */
    struct marc_record fresh;           /* fields to put in */
    bool changed;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool same(const char *one, const char *other)
{
    return strcmp(or_empty(one), or_empty(other)) == 0;
}

static struct marc_field *add(struct writing *writing, const char *tag, char indicator1, char indicator2)
{
    return marc_add_field(writing->ctx->arena, &writing->fresh, tag, indicator1, indicator2);
}

static void put(struct writing *writing, struct marc_field *field, char code, const char *text)
{
    if (*or_empty(text))
        marc_add_subfield(writing->ctx->arena, field, code, text);
}

static const char *with(struct writing *writing, const char *text, const char *mark)
{
    return *or_empty(text) ? arena_printf(writing->ctx->arena, "%s%s", text, mark) : text;
}

/* A stop where a sentence ends; none after an initial or a short word, of which it would be taken for a part. */
static const char *with_stop(struct writing *writing, const char *text)
{
    const char *stopped = with(writing, text, ".");
    const char *read = marc_title_plain(writing->ctx, stopped);

    return same(read, marc_title_plain(writing->ctx, text)) ? stopped : text;
}

/* ---- which facts have been changed ---------------------------------------------------------------------- */

/* A category is one, however it is spelled: the library has the spelling that came first (books_repository.c). */
static bool has_category(const struct writing *writing, const struct text_list *list, const char *name)
{
    struct arena *arena = writing->ctx->arena;
    const char *key = text_fold(arena, name);

    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(text_fold(arena, list->items[i]), key) == 0)
            return true;
    }
    return false;
}

static bool has_all(const struct writing *writing, const struct text_list *list, const struct text_list *of)
{
    for (size_t i = 0; i < of->count; i++) {
        if (!has_category(writing, list, of->items[i]))
            return false;
    }
    return true;
}

static bool title_changed(const struct writing *writing)
{
    return !same(writing->facts->title, writing->was.facts.title) ||
           !same(writing->facts->subtitle, writing->was.facts.subtitle);
}

static bool authors_changed(const struct writing *writing)
{
    return !same(writing->facts->author, writing->was.facts.author);
}

static bool isbn_changed(const struct writing *writing)
{
    return !same(writing->facts->isbn, writing->was.facts.isbn);
}

static bool publication_changed(const struct writing *writing)
{
    return !same(writing->facts->publisher, writing->was.facts.publisher) ||
           writing->facts->year != writing->was.facts.year;
}

static bool edition_changed(const struct writing *writing)
{
    return !same(writing->facts->edition, writing->was.facts.edition);
}

static bool language_changed(const struct writing *writing)
{
    return !same(writing->facts->language, writing->was.facts.language);
}

static bool description_changed(const struct writing *writing)
{
    return !same(writing->facts->description, writing->was.facts.description);
}

static bool categories_changed(const struct writing *writing)
{
    const struct text_list *now = &writing->facts->categories;
    const struct text_list *was = &writing->was.facts.categories;

    return !has_all(writing, now, was) || !has_all(writing, was, now);
}

/* A copy that came without a barcode was given one here: that is no change. */
static bool holdings_changed(const struct writing *writing, const struct marc_holding *holdings)
{
    size_t i = 0;

    for (; holdings; holdings = holdings->next, i++) {
        if (i >= writing->was.copy_count)
            return writing->was.copy_count > 0 || i > 0; /* none in the original: one was made */
        const struct copy_facts *copy = &writing->was.copies[i];
        if ((copy->barcode && strcmp(copy->barcode, holdings->barcode) != 0) ||
            !same(copy->shelf, holdings->shelf))
            return true;
    }
    return i < writing->was.copy_count;
}

/* Also by what was taken away. */
static bool has_changed(const struct writing *writing, bool holdings_go)
{
    return holdings_go || title_changed(writing) || authors_changed(writing) || isbn_changed(writing) ||
           publication_changed(writing) || edition_changed(writing) || language_changed(writing) ||
           description_changed(writing) || categories_changed(writing);
}

/* ---- fields -------------------------------------------------------------------------------------------- */

/* Characters of the title's article, with the blank: what sorting passes over. */
static char nonfiling(struct writing *writing)
{
    struct arena *arena = writing->ctx->arena;
    const char *title = writing->facts->title;
    const char *language = writing->facts->language;
    size_t length = strcspn(title, " '");
    const char *rest = title + length + (title[length] != '\0');
    size_t skipped = text_length(title) - text_length(rest);
    bool is_article = *rest && skipped <= NONFILING_MAX &&
                      strcmp(text_sort_key(arena, title, language), text_sort_key(arena, rest, "zxx")) == 0;

    return (char)('0' + (is_article ? skipped : 0));
}

static void write_title(struct writing *writing)
{
    const struct book_facts *facts = writing->facts;
    bool has_author = strcmp(facts->author, MARC_NO_AUTHOR) != 0;
    struct marc_field *field = add(writing, "245", has_author ? '1' : '0', nonfiling(writing));

    const char *mark = facts->subtitle ? " :" : " /";
    bool ends = !has_author && !facts->subtitle;
    put(writing, field, 'a', ends ? with_stop(writing, facts->title) : with(writing, facts->title, mark));
    put(writing, field, 'b',
        has_author ? with(writing, facts->subtitle, " /") : with_stop(writing, facts->subtitle));
    if (has_author)
        put(writing, field, 'c', with_stop(writing, facts->author));
}

static void write_authors(struct writing *writing)
{
    const char *at = writing->facts->author;

    if (strcmp(at, MARC_NO_AUTHOR) == 0)
        return;
    for (bool first = true; *at; first = false) {
        size_t length = strcspn(at, ";");
        const char *name = arena_strndup(writing->ctx->arena, at, length);
        struct marc_field *field = add(writing, first ? "100" : "700", strchr(name, ',') ? '1' : '0', ' ');
        put(writing, field, 'a', with_stop(writing, name));
        at += length;
        at += strspn(at, "; ");
    }
}

static void write_isbn(struct writing *writing)
{
    if (writing->facts->isbn)
        put(writing, add(writing, "020", ' ', ' '), 'a', writing->facts->isbn);
}

static const char *year_text(struct writing *writing)
{
    int64_t year = writing->facts->year;

    return year == NO_NUMBER ? NULL : arena_printf(writing->ctx->arena, "%" PRId64, year);
}

static void write_publication(struct writing *writing)
{
    const char *place =
        writing->original ? marc_subfield(marc_title_publication(writing->original), 'a') : NULL;
    const char *publisher = writing->facts->publisher;
    const char *year = year_text(writing);

    if (!place && !publisher && !year)
        return;
    struct marc_field *field = add(writing, "264", ' ', '1');
    put(writing, field, 'a', place);
    put(writing, field, 'b', with(writing, publisher, year ? "," : ""));
    put(writing, field, 'c', with(writing, year, "."));
}

static void write_edition(struct writing *writing)
{
    if (writing->facts->edition)
        put(writing, add(writing, "250", ' ', ' '), 'a', with_stop(writing, writing->facts->edition));
}

static void write_language(struct writing *writing)
{
    const char *code = marc_language(writing->facts->language);

    if (code)
        put(writing, add(writing, "041", ' ', ' '), 'a', code);
}

/* A line that a field which stays gives anyway: a series, an address. */
static bool is_given_elsewhere(struct writing *writing, const char *line)
{
    const char *was = or_empty(writing->was.facts.description);
    const char *lines = arena_printf(writing->ctx->arena, "\n%s\n", was);
    bool looks_so = line[0] == '(' || text_starts_with(line, "http://") || text_starts_with(line, "https://");

    return looks_so && strstr(lines, arena_printf(writing->ctx->arena, "\n%s\n", line));
}

static void write_description(struct writing *writing)
{
    const char *at = or_empty(writing->facts->description);

    while (*at) {
        size_t length = strcspn(at, "\n");
        const char *line = arena_strndup(writing->ctx->arena, at, length);
        if (*line && !(writing->original && is_given_elsewhere(writing, line)))
            put(writing, add(writing, "520", ' ', ' '), 'a', line);
        at += length + (at[length] == '\n');
    }
}

static void write_categories(struct writing *writing)
{
    const struct text_list *now = &writing->facts->categories;

    for (size_t i = 0; i < now->count; i++) {
        if (!writing->original || !has_category(writing, &writing->was.facts.categories, now->items[i]))
            put(writing, add(writing, "650", ' ', '4'), 'a', now->items[i]);
    }
}

static void write_holdings(struct writing *writing, const struct marc_holding *holdings)
{
    for (; holdings; holdings = holdings->next) {
        struct marc_field *field = add(writing, "852", '8', ' ');
        put(writing, field, 'c', holdings->shelf);
        put(writing, field, 'p', holdings->barcode);
    }
}

/* ---- what goes ------------------------------------------------------------------------------------------- */

static bool is_tag(const struct marc_field *field, const char *tags)
{
    const char *found = strstr(tags, field->tag);

    return found != NULL;
}

static bool is_old_isbn(const struct writing *writing, const struct marc_field *field)
{
    const char *text = marc_subfield(field, 'a');
    char isbn[ISBN_TEXT_MAX + 1];

    if (!text || !writing->was.facts.isbn)
        return false;
    const char *number = arena_strndup(writing->ctx->arena, text, strcspn(text, " ("));
    enum isbn_kind kind = isbn_normalise(number, isbn);
    return (kind == ISBN_VALID || kind == ISBN_LOCAL) && strcmp(isbn, writing->was.facts.isbn) == 0;
}

/* A subject that is none of the categories any more. */
static bool is_old_category(const struct writing *writing, const struct marc_field *field)
{
    struct import_title alone;
    struct marc_record record;

    marc_begin(&record, "", 0);
    struct marc_field copy = *field;
    copy.next = NULL;
    record.fields = &copy;
    marc_title_read(writing->ctx, &record, &alone);
    return alone.facts.categories.count > 0 &&
           !has_category(writing, &writing->facts->categories, alone.facts.categories.items[0]);
}

static bool goes(const struct writing *writing, const struct marc_field *field, bool holdings_go)
{
    if (is_tag(field, "245"))
        return title_changed(writing);
    if (is_tag(field, "100 110 111 700 710 711"))
        return authors_changed(writing) && !marc_subfield(field, 't') &&
               (field->tag[0] == '1' || marc_title_is_author(field));
    if (is_tag(field, "020"))
        return isbn_changed(writing) && is_old_isbn(writing, field);
    if (is_tag(field, "260 264"))
        return publication_changed(writing) && field == marc_title_publication(writing->original);
    if (is_tag(field, "250"))
        return edition_changed(writing);
    if (is_tag(field, "041"))
        return language_changed(writing);
    if (is_tag(field, "505 520"))
        return description_changed(writing);
    if (is_tag(field, "500"))
        return description_changed(writing) && !marc_find(writing->original->fields, "505") &&
               !marc_find(writing->original->fields, "520");
    if (is_tag(field, "600 610 611 630 650 651 655"))
        return categories_changed(writing) && is_old_category(writing, field);
    return holdings_go && is_tag(field, "852 952");
}

/* ---- control fields ------------------------------------------------------------------------------------- */

/* 005: "20261122093000.0", in UTC. */
static const char *changed_text(struct writing *writing, int64_t at)
{
    char instant[CLOCK_INSTANT_SIZE];
    struct text_buf digits;

    clock_format_instant(at, instant);
    text_buf_init(&digits, writing->ctx->arena);
    for (const char *c = instant; *c && *c != '.'; c++) {
        if (*c >= '0' && *c <= '9')
            text_buf_append_char(&digits, *c);
    }
    text_buf_append(&digits, ".0");
    return text_buf_string(&digits);
}

/* 008 with the year and language of now; positions that nobody has coded are blank. */
static const char *fixed_text(struct writing *writing, const char *old, const char *changed)
{
    const char *language = marc_language(writing->facts->language);
    int64_t year = writing->facts->year;
    bool has_year = year >= YEAR_FIRST && year <= YEAR_LAST;
    const char *fresh = arena_printf(writing->ctx->arena, "%.6s%c%-8sxx %17s   %s", changed + CENTURY_DIGITS,
                                     has_year ? 's' : 'n', has_year ? "" : "uuuu", "", " d");
    bool has_old = old && strlen(old) >= FIXED_LENGTH && marc_is_ascii(old, FIXED_LENGTH);
    char fixed[FIXED_LENGTH + 1];

    memcpy(fixed, has_old ? old : fresh, FIXED_LENGTH);
    fixed[FIXED_LENGTH] = '\0';
    if (old && !has_old)
        return old; /* its positions cannot be told: nothing was read from it either */
    if (!writing->original || year != writing->was.facts.year)
        memcpy(fixed + 7, has_year ? arena_printf(writing->ctx->arena, "%04d", (int)year) : "uuuu", 4);
    if (!writing->original || language_changed(writing))
        memcpy(fixed + LANGUAGE_AT, language ? language : "   ", 3);
    return arena_strdup(writing->ctx->arena, fixed);
}

static void set_leader(struct writing *writing, struct marc_record *record)
{
    static const struct {
        const char *item_type, *type_and_level;
    } kinds[] = {{"book", "am"},  {"reference", "am"}, {"periodical", "as"}, {"audio", "im"},
                 {"video", "gm"}, {"game", "rm"},      {"other", "om"}};

    if (writing->original && same(writing->facts->item_type, writing->was.facts.item_type))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (same(writing->facts->item_type, kinds[i].item_type))
            memcpy(record->leader + LEADER_TYPE, kinds[i].type_and_level, 2);
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

/* What is to be put in: all of it, or what replaces what was changed. */
static void write_fresh(struct writing *writing, const struct marc_holding *holdings, bool holdings_go)
{
    bool all = writing->original == NULL;

    if (all || isbn_changed(writing))
        write_isbn(writing);
    if (all ? marc_language(writing->facts->language) != NULL : language_changed(writing))
        write_language(writing);
    if (all || authors_changed(writing))
        write_authors(writing);
    if (all || title_changed(writing))
        write_title(writing);
    if (all || edition_changed(writing))
        write_edition(writing);
    if (all || publication_changed(writing))
        write_publication(writing);
    if (all || description_changed(writing))
        write_description(writing);
    if (all || categories_changed(writing))
        write_categories(writing);
    if (holdings_go)
        write_holdings(writing, holdings);
}

static struct marc_field *take_copy(struct writing *writing, const struct marc_field *field)
{
    struct marc_field *copy = arena_memdup(writing->ctx->arena, field, sizeof *field);

    copy->next = NULL;
    return copy;
}

static void append(struct marc_record *record, struct marc_field *field)
{
    *record->end = field;
    record->end = &field->next;
}

/* By their tags; those with the same tag stay in their order. */
static void sort(struct marc_record *record)
{
    struct marc_field *sorted = NULL;
    struct marc_field *next;

    for (struct marc_field *field = record->fields; field; field = next) {
        struct marc_field **at = &sorted;
        next = field->next;
        while (*at && strcmp((*at)->tag, field->tag) <= 0)
            at = &(*at)->next;
        field->next = *at;
        *at = field;
    }
    record->fields = sorted;
}

/* The original's fields in their order; each fresh one before the first of its tag or a greater one. */
static void merge(struct writing *writing, bool holdings_go, struct marc_record *out_record)
{
    const struct marc_field *old = writing->original ? writing->original->fields : NULL;
    struct marc_field *fresh = writing->fresh.fields;

    for (; old; old = old->next) {
        if (goes(writing, old, holdings_go))
            continue;
        for (; fresh && strcmp(fresh->tag, old->tag) <= 0; fresh = fresh->next)
            append(out_record, take_copy(writing, fresh));
        append(out_record, take_copy(writing, old));
    }
    for (; fresh; fresh = fresh->next)
        append(out_record, take_copy(writing, fresh));
}

/* 001, 005 and 008: new ones, or the original's brought up to date. */
static void set_control_fields(struct writing *writing, const char *uuid, int64_t changed_at,
                               struct marc_record *record)
{
    struct arena *arena = writing->ctx->arena;
    const char *changed = changed_text(writing, changed_at);

    for (struct marc_field *field = record->fields; field; field = field->next) {
        if (strcmp(field->tag, "005") == 0 && writing->changed)
            field->text = changed;
        if (strcmp(field->tag, "008") == 0 && writing->changed)
            field->text = fixed_text(writing, field->text, changed);
    }
    if (writing->original)
        return;
    struct marc_field *first = record->fields;
    struct marc_record control;
    marc_begin(&control, "", 0);
    marc_add_control(arena, &control, "001", uuid);
    marc_add_control(arena, &control, "005", changed);
    marc_add_control(arena, &control, "008", fixed_text(writing, NULL, changed));
    record->fields = control.fields;
    *control.end = first;
}

void marc_title_write(struct ctx *ctx, const struct book_facts *facts, const char *uuid, int64_t changed_at,
                      const struct marc_holding *holdings, const struct marc_record *original,
                      struct marc_record *out_record)
{
    struct writing writing = {.ctx = ctx, .facts = facts, .original = original};

    marc_begin(&writing.fresh, "", 0);
    if (original)
        marc_title_read(ctx, original, &writing.was);
    bool holdings_go = !original || holdings_changed(&writing, holdings);
    write_fresh(&writing, holdings, holdings_go);
    writing.changed = writing.fresh.fields || has_changed(&writing, holdings_go);
    const char *leader = original ? original->leader : LEADER_NEW;
    marc_begin(out_record, leader, strlen(leader));
    sort(&writing.fresh);
    merge(&writing, holdings_go, out_record);
    set_leader(&writing, out_record);
    set_control_fields(&writing, uuid, changed_at, out_record);
}
