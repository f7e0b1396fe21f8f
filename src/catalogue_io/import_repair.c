/*
 * import_repair.c — the repairs, one function each. They know neither rows nor databases, so that their edge
 * cases can be tested one by one.
 */
#include "catalogue_io/import_repair.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"
#include "books/isbn.h"

/* Of an ISBN-10 whose zeros were dropped at least this many digits are left: no publisher lost more. */
#define ISBN10_DIGITS_LEFT_MIN 7

/* A name of one word among several is a pen name; more of them make the commas doubtful. */
#define SINGLE_NAMES_MAX 1

#define AUTHORS_MAX 200

#define BRACKETED_MAX 32 /* characters of an ISBN in brackets, with its hyphens */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- cells -------------------------------------------------------------------------------------------- */

const char *import_clean_cell(struct arena *arena, const char *cell)
{
    char *text = text_clean(arena, cell, strlen(cell));

    if (!text)
        return "";
    size_t length = strlen(text);
    /* ="0439023483": how programs keep a spreadsheet from eating zeros. */
    if (length >= 3 && text[0] == '=' && text[1] == '"' && text[length - 1] == '"') {
        text[length - 1] = '\0';
        return text_clean(arena, text + 2, length - 3);
    }
    /* '=1+1: how programs (this one too) keep a spreadsheet from running a text. */
    if (text[0] == '\'' && text[1] != '\0' && strchr("=+-@", text[1]))
        return text + 1;
    return text;
}

const char *import_one_line(struct arena *arena, const char *text)
{
    char *line = arena_strdup(arena, text);
    char *out = line;

    for (const char *c = line; *c; c++) {
        bool space = *c == ' ' || *c == '\t' || *c == '\n';
        if (space && (out == line || out[-1] == ' '))
            continue;
        *out++ = space ? ' ' : *c;
    }
    *out = '\0';
    /* A part of a cell may end with a no-break space that stood inside the cell. */
    return text_clean(arena, line, (size_t)(out - line));
}

const char *import_cut_text(struct arena *arena, const char *text, size_t max)
{
    if (text_length(text) <= max)
        return text;
    char *cut = arena_strdup(arena, text_truncate(arena, text, max));
    char *space = strrchr(cut, ' ');
    /* One long word has no better place. */
    if (space && space > cut)
        *space = '\0';
    /* A line end or a no-break space may stand before the place. */
    return text_clean(arena, cut, strlen(cut));
}

/* ---- ISBNs -------------------------------------------------------------------------------------------- */

/* 9.78043902348e+12, 439023483.0, 4,39E+08: something has taken it for a measurement. */
static bool is_rounded_number(const char *text)
{
    bool marked = false;
    const char *c = text;

    if (!is_digit(*c))
        return false;
    while (is_digit(*c))
        c++;
    if (*c == '.' || *c == ',') {
        marked = true;
        for (c++; is_digit(*c); c++)
            continue;
    }
    if (*c == 'e' || *c == 'E') {
        marked = true;
        c++;
        if (*c == '+' || *c == '-')
            c++;
        if (!is_digit(*c))
            return false;
        while (is_digit(*c))
            c++;
    }
    return marked && *c == '\0';
}

/* Digits only, but for an X at the end: too few of them for an ISBN-10, enough to have been one. */
static bool may_have_lost_zeros(const char *text)
{
    size_t length = strlen(text);

    if (length < ISBN10_DIGITS_LEFT_MIN || length >= ISBN10_LENGTH)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_digit(text[i]) && !(i == length - 1 && (text[i] == 'X' || text[i] == 'x')))
            return false;
    return true;
}

static enum isbn_outcome restore_zeros(const char *text, char out[ISBN_TEXT_MAX + 1])
{
    char padded[ISBN10_LENGTH + 1] = "0000000000";
    size_t length = strlen(text);

    memcpy(padded + ISBN10_LENGTH - length, text, length);
    return isbn_normalise(padded, out) == ISBN_VALID ? ISBN_ZEROS_RESTORED : ISBN_NOT_VALID;
}

/* One column by itself. *out_proven: it is an ISBN, no mere identifier. */
static enum isbn_outcome read_isbn(const char *text, char out[ISBN_TEXT_MAX + 1], bool *out_proven)
{
    char bare[BRACKETED_MAX + 1];
    size_t length = strlen(text);

    *out_proven = false;
    /* [0439023483]: how LibraryThing writes it, [] where there is none. */
    if (length >= 2 && length <= BRACKETED_MAX && text[0] == '[' && text[length - 1] == ']') {
        memcpy(bare, text + 1, length - 2);
        bare[length - 2] = '\0';
        text = bare;
    }
    if (*text == '\0')
        return ISBN_ABSENT;
    if (is_rounded_number(text))
        return ISBN_ROUNDED;
    if (may_have_lost_zeros(text))
        return restore_zeros(text, out);
    switch (isbn_normalise(text, out)) {
    case ISBN_VALID: *out_proven = true; return ISBN_TAKEN;
    case ISBN_LOCAL: return ISBN_TAKEN;
    case ISBN_CHECK_DIGIT:
    case ISBN_UNREADABLE: break;
    }
    return ISBN_NOT_VALID;
}

enum isbn_outcome import_repair_isbn(const char *isbn, const char *isbn13, char out[ISBN_TEXT_MAX + 1])
{
    char from_13[ISBN_TEXT_MAX + 1];
    bool proven;

    enum isbn_outcome other = read_isbn(isbn13, from_13, &proven);
    if (proven) {
        memcpy(out, from_13, sizeof from_13);
        return ISBN_TAKEN;
    }
    enum isbn_outcome own = read_isbn(isbn, out, &proven);
    if (own == ISBN_TAKEN || own == ISBN_ZEROS_RESTORED)
        return own;
    /* An article number of thirteen digits stands for itself; nothing shorter belongs into that column. */
    if (other == ISBN_TAKEN && strlen(from_13) == ISBN13_LENGTH) {
        memcpy(out, from_13, sizeof from_13);
        return ISBN_TAKEN;
    }
    if (own == ISBN_ROUNDED || (own == ISBN_ABSENT && other == ISBN_ROUNDED))
        return ISBN_ROUNDED;
    return own == ISBN_ABSENT && other == ISBN_ABSENT ? ISBN_ABSENT : ISBN_NOT_VALID;
}

/* ---- authors ------------------------------------------------------------------------------------------ */

/* What follows a name after a comma and is no name itself. */
static bool is_name_suffix(const char *part)
{
    static const char *const suffixes[] = {"Jr.", "Jr",    "Sr.", "Sr",   "II", "III",
                                           "IV",  "Ph.D.", "PhD", "M.D.", "MD", "Esq."};

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (text_equals_ignoring_case(part, suffixes[i]))
            return true;
    return false;
}

/* "J.R.R.", "J. R. R.", "M": given names without a surname. */
static bool is_initials(const char *part)
{
    size_t letters = 0;

    for (const char *c = part; *c; c++) {
        if (*c == ' ' || *c == '.' || *c == '-')
            letters = 0;
        else if (((unsigned char)*c & 0xC0) != 0x80 && ++letters > 1) /* first byte of a character */
            return false;
    }
    return true;
}

/* "van Gogh", "Le Guin": two words, and yet a surname alone. */
static bool is_surname_with_particle(const char *part)
{
    static const char *const particles[] = {"da ",  "de ",  "del ", "den ", "der ", "di ",
                                            "dos ", "du ",  "el ",  "ibn ", "la ",  "le ",
                                            "st. ", "ten ", "ter ", "van ", "von "};
    const char *space = strchr(part, ' ');

    if (!space || strchr(space + 1, ' '))
        return false;
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        size_t length = strlen(particles[i]);
        if ((size_t)(space - part) + 1 == length && strncasecmp(part, particles[i], length) == 0)
            return true;
    }
    return false;
}

/* Cuts `text` at every character of `separators`. Of `names`, what follows one as "Jr." does stays with it. */
static size_t split(struct arena *arena, const char *text, const char *separators, bool names,
                    const char **out_parts, size_t max)
{
    size_t count = 0;

    while (*text && count < max) {
        size_t length = strcspn(text, separators);
        const char *part = import_one_line(arena, arena_strndup(arena, text, length));
        if (names && count > 0 && is_name_suffix(part))
            out_parts[count - 1] = arena_printf(arena, "%s, %s", out_parts[count - 1], part);
        else if (*part)
            out_parts[count++] = part;
        text += length + (text[length] != '\0');
    }
    return count;
}

static const char *join(struct arena *arena, const char *const *parts, size_t count)
{
    struct text_buf joined;

    text_buf_init(&joined, arena);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&joined, "%s%s", i > 0 ? "; " : "", parts[i]);
    return text_buf_string(&joined);
}

/* "J.K. Rowling", "Dr. Seuss": no surname begins with an initial. */
static bool begins_with_initial(const char *part)
{
    const char *end = strchr(part, ' ');

    return end && memchr(part, '.', (size_t)(end - part)) && strncasecmp(part, "st. ", 4) != 0;
}

/* Are these people, each with first name and surname? Or one, surname first? */
static bool are_whole_names(const char *const *parts, size_t count)
{
    size_t single = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_initials(parts[i]))
            return false;
        single += !strchr(parts[i], ' ');
    }
    if (count == 2 && !begins_with_initial(parts[0]))
        return single == 0 && !is_surname_with_particle(parts[0]);
    return single <= SINGLE_NAMES_MAX;
}

const char *import_split_authors(struct arena *arena, const char *text, bool commas)
{
    const char *parts[AUTHORS_MAX];

    if (strpbrk(text, ";|\n")) {
        size_t count = split(arena, text, ";|\n", true, parts, AUTHORS_MAX);
        return join(arena, parts, count);
    }
    if (commas && strchr(text, ',')) {
        size_t count = split(arena, text, ",", true, parts, AUTHORS_MAX);
        if (count > 1 && are_whole_names(parts, count))
            return join(arena, parts, count);
    }
    return import_one_line(arena, text);
}

const char *import_cut_authors(struct arena *arena, const char *authors, size_t max)
{
    if (text_length(authors) <= max)
        return authors;
    /* What ends past the place after `max` does not fit: a list of thousands is not gone through name by name. */
    char *cut = arena_strdup(arena, text_truncate(arena, authors, max + 1));
    for (char *end; (end = strrchr(cut, ';')) != NULL;) {
        *end = '\0';
        if (text_length(cut) <= max)
            return text_clean(arena, cut, strlen(cut));
    }
    return import_cut_text(arena, cut, max);
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

bool import_read_count(const char *text, int64_t *out_count)
{
    char digits[24];
    size_t length = strspn(text, "-0123456789");
    const char *rest = text + length;

    /* "2008.0": exact all the same. */
    if (*rest == '.' || *rest == ',')
        rest += 1 + strspn(rest + 1, "0");
    if (*rest != '\0' || length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return text_to_int64(digits, out_count);
}

bool import_read_year(const char *text, int64_t *out_year)
{
    int64_t year = 0;

    if (import_read_count(text, out_year))
        return true;
    /* A date, a copyright sign, brackets: the first four digits that stand alone. */
    for (const char *c = text; *c;) {
        size_t length = strspn(c, "0123456789");
        if (length == 4) {
            for (size_t i = 0; i < length; i++)
                year = year * 10 + (c[i] - '0');
            *out_year = year;
            return true;
        }
        c += length > 0 ? length : 1;
    }
    return false;
}

const char *import_split_categories(struct arena *arena, const char *text)
{
    const char *parts[BOOK_CATEGORIES_MAX];

    const char *separators = strpbrk(text, ";|\n") ? ";|\n" : ",";

    size_t count = split(arena, text, separators, false, parts, BOOK_CATEGORIES_MAX);
    return join(arena, parts, count);
}
