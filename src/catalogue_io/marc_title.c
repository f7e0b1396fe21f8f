/*
 * marc_title.c — reading a record: texts are cleaned and lose ISBD's punctuation, then go the way of every import.
 */
#include "catalogue_io/marc_title.h"

#include <string.h>

#include "base/text.h"
#include "books/isbn.h"
#include "catalogue_io/import_repair.h"
#include "marc/marc_charset.h"

#define ISBD_MARKS "/:;=,"
/* Longer than any fact in characters of four bytes, so it will be cut, and told; not added to for ever. */
#define JOINED_BYTES_MAX (4 * BOOK_DESCRIPTION_MAX)
#define LETTERS_BEFORE_A_STOP 4 /* "Press." ends a sentence, "Inc." and "J." are abbreviations */

#define LEADER_TYPE 6
#define LEADER_LEVEL 7
#define DATE_AT 7 /* in 008 */
#define DATE_LENGTH 4
#define LANGUAGE_AT 35
#define LANGUAGE_LENGTH 3
#define FIXED_LENGTH 40

/* ---- texts --------------------------------------------------------------------------------------------- */

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (unsigned char)byte >= 0x80;
}

/* Is the stop at `end - 1` one that ends a sentence? */
static bool is_full_stop(const char *text, size_t end)
{
    size_t letters = 0;

    while (letters + 1 < end && is_letter(text[end - 2 - letters]))
        letters++;
    return letters >= LETTERS_BEFORE_A_STOP || (letters == 0 && end > 1 && text[end - 2] != '.');
}

/* One clean line without the marks that only lead over to the next subfield. */
const char *marc_title_plain(struct ctx *ctx, const char *text)
{
    const char *clean = text ? text_clean(ctx->arena, text, strlen(text)) : NULL;

    if (!clean)
        return "";
    char *line = arena_strdup(ctx->arena, import_one_line(ctx->arena, clean));
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == ' ' || strchr(ISBD_MARKS, line[length - 1]) ||
                          (line[length - 1] == '.' && is_full_stop(line, length))))
        length--;
    line[length] = '\0';
    return line;
}

static const char *of_field(struct ctx *ctx, const struct marc_field *field, char code)
{
    return marc_title_plain(ctx, marc_subfield(field, code));
}

static const char *of_record(struct ctx *ctx, const struct marc_record *record, const char *tag, char code)
{
    return of_field(ctx, marc_find(record->fields, tag), code);
}

/* A list of names or lines that grows; what is empty or there already is not added. */
struct joined {
    struct text_buf text;
    const char *between;
};

static void join(struct joined *joined, const char *part)
{
    const char *at = text_buf_string(&joined->text);
    size_t length = strlen(part);
    size_t between = strlen(joined->between);

    if (length == 0 || joined->text.length > JOINED_BYTES_MAX)
        return;
    for (const char *found = strstr(at, part); found; found = strstr(found + 1, part)) {
        size_t before = (size_t)(found - at);
        bool begins =
            before == 0 || (before >= between && memcmp(found - between, joined->between, between) == 0);
        if (begins && (found[length] == '\0' || text_starts_with(found + length, joined->between)))
            return;
    }
    if (joined->text.length > 0)
        text_buf_append(&joined->text, joined->between);
    text_buf_append(&joined->text, part);
}

static struct joined join_with(struct ctx *ctx, const char *between)
{
    struct joined joined = {.between = between};

    text_buf_init(&joined.text, ctx->arena);
    return joined;
}

/* "; " parts names here: inside one it may not stand. */
static const char *name(struct ctx *ctx, const char *text)
{
    char *copy = arena_strdup(ctx->arena, text);

    for (char *at = strchr(copy, ';'); at; at = strchr(at, ';'))
        *at = ',';
    return copy;
}

/* ---- title --------------------------------------------------------------------------------------------- */

static const char *title_proper(struct ctx *ctx, const struct marc_field *field)
{
    struct joined title = join_with(ctx, ". ");
    struct joined part = join_with(ctx, ", ");

    for (const struct marc_subfield *subfield = field ? field->subfields : NULL; subfield;
         subfield = subfield->next) {
        if (subfield->code == 'n' || subfield->code == 'p')
            join(&part, marc_title_plain(ctx, subfield->text));
    }
    join(&title, of_field(ctx, field, 'a'));
    join(&title, text_buf_string(&part.text));
    return text_buf_string(&title.text);
}

/* The 880 that repeats field `tag` in its own script: its $6 begins with the tag. */
static const struct marc_field *in_own_script(const struct marc_record *record, const char *tag)
{
    const struct marc_field *field = marc_find(record->fields, "880");

    for (; field; field = marc_find(field->next, "880")) {
        const char *link = marc_subfield(field, '6');
        if (link && text_starts_with(link, tag))
            return field;
    }
    return NULL;
}

static const char *subtitle(struct ctx *ctx, const struct marc_record *record)
{
    struct joined all = join_with(ctx, " = ");

    join(&all, of_record(ctx, record, "245", 'b'));
    join(&all, title_proper(ctx, in_own_script(record, "245")));
    return text_buf_string(&all.text);
}

/* ---- authors ------------------------------------------------------------------------------------------- */

/* Codes of https://www.loc.gov/marc/relators/ for those whose work it is. */
bool marc_title_is_author(const struct marc_field *field)
{
    static const char *const codes[] = {"aut", "cre", "edt", "com", "cmp", "art", "ill", NULL};
    const char *code = marc_subfield(field, '4');

    if (!code)
        return !marc_subfield(field, 't'); /* with a title it is another work */
    for (size_t i = 0; codes[i]; i++) {
        if (text_starts_with(code, codes[i]))
            return true;
    }
    return false;
}

static const char *authors(struct ctx *ctx, const struct marc_record *record)
{
    static const char *const tags[] = {"100", "110", "111", "700", "710", "711", NULL};
    struct joined names = join_with(ctx, "; ");

    for (size_t i = 0; tags[i]; i++) {
        const struct marc_field *field = marc_find(record->fields, tags[i]);
        for (; field; field = marc_find(field->next, tags[i])) {
            if (tags[i][0] == '1' || marc_title_is_author(field))
                join(&names, name(ctx, of_field(ctx, field, 'a')));
        }
    }
    if (names.text.length == 0)
        join(&names, name(ctx, of_record(ctx, record, "245", 'c')));
    return text_buf_string(&names.text);
}

static void set_authors(struct ctx *ctx, struct import_title *title, const struct marc_record *record)
{
    const char *names = authors(ctx, record);

    if (*names == '\0') {
        names = MARC_NO_AUTHOR;
        import_repaired(ctx, title, IMPORT_AUTHOR_UNKNOWN,
                        "The record names no author: entered as “Unknown”.");
    }
    import_set_authors(ctx, title, names);
}

/* ---- numbers and dates --------------------------------------------------------------------------------- */

/* "1555535291 (cloth : alk. paper)": the number stands before the first blank. */
static const char *number_of(struct ctx *ctx, const struct marc_field *field)
{
    const char *text = of_field(ctx, field, 'a');

    return arena_strndup(ctx->arena, text, strcspn(text, " ("));
}

static void set_isbn(struct ctx *ctx, struct import_title *title, const struct marc_record *record)
{
    const char *first = "";
    const struct marc_field *field = marc_find(record->fields, "020");

    for (; field; field = marc_find(field->next, "020")) {
        const char *number = number_of(ctx, field);
        char isbn[ISBN_TEXT_MAX + 1];
        if (isbn_normalise(number, isbn) == ISBN_VALID) {
            import_set_isbn(ctx, title, number, "");
            return;
        }
        if (*first == '\0')
            first = number;
    }
    import_set_isbn(ctx, title, first, "");
}

/* 264 with second indicator 1 is the publication; 260 is how it was written before 2013. */
const struct marc_field *marc_title_publication(const struct marc_record *record)
{
    const struct marc_field *field = marc_find(record->fields, "264");

    while (field && field->indicators[1] != '1')
        field = marc_find(field->next, "264");
    return field ? field : marc_find(record->fields, "260");
}

static const char *fixed(struct ctx *ctx, const struct marc_record *record, size_t at, size_t length)
{
    const char *text = marc_control(record, "008");

    bool has_positions = text && strlen(text) >= FIXED_LENGTH && marc_is_ascii(text, FIXED_LENGTH);

    return has_positions ? arena_strndup(ctx->arena, text + at, length) : "";
}

static void set_year(struct ctx *ctx, struct import_title *title, const struct marc_record *record)
{
    const char *date = fixed(ctx, record, DATE_AT, DATE_LENGTH);

    if (strspn(date, "0123456789") != DATE_LENGTH || strcmp(date, "9999") == 0)
        date = of_field(ctx, marc_title_publication(record), 'c');
    import_set_year(ctx, title, date);
}

static const char *language(struct ctx *ctx, const struct marc_record *record)
{
    const char *code = of_record(ctx, record, "041", 'a');

    if (strlen(code) < LANGUAGE_LENGTH)
        code = fixed(ctx, record, LANGUAGE_AT, LANGUAGE_LENGTH);
    bool says_nothing = strspn(code, "abcdefghijklmnopqrstuvwxyz") < LANGUAGE_LENGTH ||
                        strcmp(code, "und") == 0 || strcmp(code, "zxx") == 0 || strcmp(code, "mul") == 0;
    return says_nothing ? "" : arena_strndup(ctx->arena, code, LANGUAGE_LENGTH);
}

/* ---- what it is about ---------------------------------------------------------------------------------- */

static void join_field(struct ctx *ctx, struct joined *lines, const struct marc_record *record,
                       const char *tag, char code)
{
    const struct marc_field *field = marc_find(record->fields, tag);

    for (; field; field = marc_find(field->next, tag)) {
        const char *text = marc_subfield(field, code);
        const char *clean = text ? text_clean(ctx->arena, text, strlen(text)) : NULL;
        join(lines, clean ? clean : "");
    }
}

static void join_series(struct ctx *ctx, struct joined *lines, const struct marc_record *record)
{
    const struct marc_field *field = marc_find(record->fields, "490");

    for (; field; field = marc_find(field->next, "490")) {
        const char *title = of_field(ctx, field, 'a');
        const char *volume = of_field(ctx, field, 'v');
        if (*title)
            join(lines, *volume ? arena_printf(ctx->arena, "(%s ; %s)", title, volume)
                                : arena_printf(ctx->arena, "(%s)", title));
    }
}

static const char *description(struct ctx *ctx, const struct marc_record *record)
{
    struct joined lines = join_with(ctx, "\n");

    join_field(ctx, &lines, record, "520", 'a');
    join_field(ctx, &lines, record, "505", 'a');
    if (lines.text.length == 0)
        join_field(ctx, &lines, record, "500", 'a');
    join_series(ctx, &lines, record);
    join_field(ctx, &lines, record, "856", 'u');
    return text_buf_string(&lines.text);
}

static void set_categories(struct ctx *ctx, struct import_title *title, const struct marc_record *record)
{
    static const char *const tags[] = {"600", "610", "611", "630", "650", "651", "655", NULL};
    struct joined names = join_with(ctx, "; ");
    size_t count = 0;

    for (size_t i = 0; tags[i]; i++) {
        const struct marc_field *field = marc_find(record->fields, tags[i]);
        for (; field && count < BOOK_CATEGORIES_MAX; field = marc_find(field->next, tags[i])) {
            size_t before = names.text.length;
            join(&names, import_cut_text(ctx->arena, name(ctx, of_field(ctx, field, 'a')), BOOK_TEXT_MAX));
            count += names.text.length > before;
        }
    }
    import_set_categories(ctx, title, text_buf_string(&names.text));
}

/* https://www.loc.gov/marc/bibliographic/bdleader.html: type of record, and for texts the level. */
static const char *item_type(const struct marc_record *record)
{
    char level = record->leader[LEADER_LEVEL];

    switch (record->leader[LEADER_TYPE]) {
    case 'i':
    case 'j': return "audio";
    case 'g': return "video";
    case 'r': return "game";
    case 'a':
    case 't': return level == 's' || level == 'b' ? "periodical" : "book";
    case ' ': return "book";
    default: return "other";
    }
}

/* ---- copies -------------------------------------------------------------------------------------------- */

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static const char *shelf(struct ctx *ctx, const struct marc_field *field, const char *codes)
{
    struct joined parts = join_with(ctx, " ");

    for (; *codes; codes++)
        join(&parts, of_field(ctx, field, *codes));
    return or_null(import_cut_text(ctx->arena, text_buf_string(&parts.text), BOOK_TEXT_MAX));
}

/* As it is printed: a stop at its end is part of it. */
static const char *barcode(struct ctx *ctx, const struct marc_field *field)
{
    const char *text = marc_subfield(field, 'p');
    const char *clean = text ? text_clean(ctx->arena, text, strlen(text)) : NULL;

    return clean ? clean : "";
}

static void set_copies(struct ctx *ctx, struct import_title *title, const struct marc_record *record)
{
    const char *tag = marc_find(record->fields, "952") ? "952" : "852";
    const char *shelf_codes = tag[0] == '9' ? "co" : "chi";
    size_t count = 0;

    for (const struct marc_field *field = marc_find(record->fields, tag); field;
         field = marc_find(field->next, tag))
        count++;
    if (count > BOOK_COPIES_MAX) {
        import_repaired(
            ctx, title, IMPORT_COPIES_CUT,
            arena_printf(ctx->arena, "%zu copies: the first %d of them.", count, BOOK_COPIES_MAX));
        count = BOOK_COPIES_MAX;
    }
    title->copies = arena_alloc_array(ctx->arena, count + 1, sizeof *title->copies);
    const struct marc_field *field = marc_find(record->fields, tag);
    for (; title->copy_count < count; field = marc_find(field->next, tag)) {
        struct copy_facts *copy = &title->copies[title->copy_count++];
        *copy = COPY_FACTS_NONE;
        copy->barcode = or_null(barcode(ctx, field));
        copy->shelf = shelf(ctx, field, shelf_codes);
        if (copy->barcode)
            import_check_barcode(ctx, title, copy->barcode);
    }
    title->facts.total_copies = count > 0 ? (int64_t)count : 1;
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

void marc_title_read(struct ctx *ctx, const struct marc_record *record, struct import_title *out_title)
{
    *out_title = (struct import_title){.facts = BOOK_FACTS_NONE};
    import_set_title(ctx, out_title, title_proper(ctx, marc_find(record->fields, "245")));
    import_set_text(ctx, out_title, "subtitle", subtitle(ctx, record), BOOK_TEXT_MAX);
    set_authors(ctx, out_title, record);
    set_isbn(ctx, out_title, record);
    import_set_text(ctx, out_title, "publisher", of_field(ctx, marc_title_publication(record), 'b'),
                    BOOK_TEXT_MAX);
    set_year(ctx, out_title, record);
    import_set_text(ctx, out_title, "edition", of_record(ctx, record, "250", 'a'), BOOK_TEXT_MAX);
    import_set_text(ctx, out_title, "language", language(ctx, record), BOOK_TEXT_MAX);
    import_set_text(ctx, out_title, "description", description(ctx, record), BOOK_DESCRIPTION_MAX);
    import_set_text(ctx, out_title, "item_type", item_type(record), BOOK_TEXT_MAX);
    set_categories(ctx, out_title, record);
    set_copies(ctx, out_title, record);
}
