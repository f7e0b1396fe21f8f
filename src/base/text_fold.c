/*
 * text_fold.c — what needs to know what a character is: cleaning, folding, sort keys, words.
 *
 * Unicode data comes from utf8proc. Folding decomposes to one array of code points and encodes that array
 * over itself. Marks that are accents are dropped; those that spell a sound of their own (Indic and Thaana
 * vowel signs, the voicing marks of kana) are letters to their readers and stay.
 */
#include "base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"

#define FOLD_STACK 512   /* code points; longer texts take theirs from the arena */
#define SORT_KEY_MAX 200 /* bytes, as promised in text.h */

/* ---- characters --------------------------------------------------------------------------------- */

#define NO_CHARACTER 0xFFFD /* stands for a byte that belongs to none (The Unicode Standard, 3.9) */

/*
 * The character at `text`, which is not at its end; its length is returned. Text inside is valid UTF-8, but what a
 * damaged file gives back need not be: a library that can still be read must not end the program.
 */
static size_t decode(const char *text, int32_t *out_point)
{
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, out_point);
    if (length > 0) {
        return (size_t)length;
    }
    *out_point = NO_CHARACTER;
    return 1;
}

static bool is_ascii(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* utf8proc numbers the categories by kind: letters, marks, numbers, punctuation, symbols, separators. */
static bool is_between(int32_t point, utf8proc_category_t first, utf8proc_category_t last)
{
    utf8proc_category_t category = utf8proc_category(point);
    return category >= first && category <= last;
}

static bool is_space(int32_t point)
{
    if (point < 0x80) {
        return point == ' ' || (point >= '\t' && point <= '\r');
    }
    return is_between(point, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

static bool is_punctuation(int32_t point)
{
    return is_between(point, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

static bool is_word_part(int32_t point)
{
    return is_between(point, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_NO);
}

static bool is_accent(int32_t point)
{
    static const struct {
        int32_t first, last;
    } blocks[] = {
        {0x0300, 0x07A5}, /* Combining Diacritical Marks; Cyrillic, Hebrew, Arabic, Syriac points */
        {0x07B1, 0x08FF}, /* NKo, Samaritan, Mandaic, Arabic Extended; Thaana's vowels lie before */
        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (point >= blocks[i].first && point <= blocks[i].last) {
            return is_between(point, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME);
        }
    }
    return false;
}

static bool is_apostrophe(int32_t point)
{
    return point == '\'' || point == 0x2019 || point == 0x02BC;
}

/* Punctuation that stands between words rather than in them. */
static bool is_divider(int32_t point)
{
    return point == '-' || point == '/' || utf8proc_category(point) == UTF8PROC_CATEGORY_PD;
}

/* ---- cleaning ----------------------------------------------------------------------------------- */

/* Copies without control characters; CR LF becomes LF. Returns the length. */
static size_t drop_controls(char *out, const char *bytes, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == 0xC2 && (unsigned char)bytes[i + 1] < 0xA0) {
            i++; /* U+0080–U+009F */
        } else if (byte == '\t' || byte == '\n' || (byte >= ' ' && byte != 0x7F)) {
            out[kept++] = bytes[i];
        }
    }
    return kept;
}

/* Cuts white space at both ends, in place; returns the new start. */
static char *trim(char *text, size_t length)
{
    char *start = text;
    char *end = text;
    for (char *at = text; at < text + length;) {
        int32_t point;
        size_t step = decode(at, &point);
        if (!is_space(point)) {
            end = at + step;
        } else if (at == start) {
            start = end = at + step;
        }
        at += step;
    }
    *end = '\0';
    return start;
}

/* Everything below U+0300 is in Form C whatever stands beside it, and no byte of it passes 0xCB. */
static bool is_surely_composed(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text >= 0xCC) {
            return false;
        }
    }
    return true;
}

static char *normalise(struct arena *arena, const char *text, utf8proc_option_t how)
{
    utf8proc_uint8_t *normalised = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, 0, &normalised,
                                           UTF8PROC_NULLTERM | UTF8PROC_STABLE | how);
    if (length == UTF8PROC_ERROR_NOMEM) {
        fputs("text: out of memory\n", stderr);
        abort();
    }
    assert(length >= 0);
    char *copy = arena_strndup(arena, (const char *)normalised, (size_t)length);
    free(normalised);
    return copy;
}

char *text_decompose(struct arena *arena, const char *text)
{
    return normalise(arena, text, UTF8PROC_DECOMPOSE);
}

/* Printable ASCII, and no space at either end: codes, numbers, ids. */
static bool is_clean_ascii(const char *bytes, size_t length)
{
    if (length == 0 || bytes[0] == ' ' || bytes[length - 1] == ' ') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < ' ' || bytes[i] > '~') {
            return false;
        }
    }
    return true;
}

char *text_clean(struct arena *arena, const char *bytes, size_t length)
{
    if (is_clean_ascii(bytes, length)) {
        return arena_strndup(arena, bytes, length);
    }
    if (!text_is_utf8(bytes, length) || memchr(bytes, '\0', length)) {
        return NULL;
    }
    char *copy = arena_alloc(arena, length + 1);
    char *trimmed = trim(copy, drop_controls(copy, bytes, length));
    return is_surely_composed(trimmed) ? trimmed : normalise(arena, trimmed, UTF8PROC_COMPOSE);
}

/* ---- folding ------------------------------------------------------------------------------------ */

/* How people without the letter write it; NULL for letters that decompose or stand for themselves. */
static const char *spell_plainly(int32_t point)
{
    switch (point) {
    case 0xE6: return "ae";
    case 0xF0: return "d"; /* ð */
    case 0xF8: return "o";
    case 0xFE: return "th";
    case 0x111: return "d"; /* đ */
    case 0x131: return "i"; /* ı */
    case 0x142: return "l";
    case 0x153: return "oe";
    default: return NULL; /* ß is case-folded to ss */
    }
}

/*
 * Writes the folded text over the points it comes from: no character is longer in UTF-8, or spelled
 * plainly, than the four bytes of its code point. Returns the length.
 */
static size_t encode_folded(int32_t *points, size_t count)
{
    char *out = (char *)points;
    size_t length = 0;
    bool space = false;
    for (size_t i = 0; i < count; i++) {
        int32_t point = points[i];
        if (is_accent(point)) {
            continue;
        }
        if (is_space(point)) {
            space = length > 0;
            continue;
        }
        if (space) {
            out[length++] = ' ';
            space = false;
        }
        const char *plain = spell_plainly(point);
        if (plain) {
            size_t plain_length = strlen(plain);
            memcpy(out + length, plain, plain_length);
            length += plain_length;
        } else {
            length += (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out + length);
        }
    }
    return length;
}

static utf8proc_ssize_t decompose(const char *text, size_t length, int32_t *out, size_t capacity)
{
    const utf8proc_option_t form =
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, out,
                                                (utf8proc_ssize_t)capacity, form);
    return count;
}

/* The same text with NO_CHARACTER for each byte that is not UTF-8. */
static const char *made_valid(struct arena *arena, const char *text, size_t *length)
{
    char *valid = arena_alloc(arena, 3 * *length + 1);
    size_t valid_length = 0;
    for (size_t at = 0; at < *length;) {
        int32_t point;
        at += decode(text + at, &point);
        valid_length += (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)valid + valid_length);
    }
    valid[valid_length] = '\0';
    *length = valid_length;
    return valid;
}

static char *fold_unicode(struct arena *arena, const char *text, size_t length)
{
    int32_t on_stack[FOLD_STACK];
    int32_t *points = on_stack;
    utf8proc_ssize_t count = decompose(text, length, points, FOLD_STACK);
    if (count == UTF8PROC_ERROR_INVALIDUTF8) {
        text = made_valid(arena, text, &length);
        count = decompose(text, length, points, FOLD_STACK);
    }
    assert(count >= 0);
    if (count > FOLD_STACK) {
        points = arena_alloc_array(arena, (size_t)count, sizeof *points);
        count = decompose(text, length, points, (size_t)count);
    }
    size_t folded_length = encode_folded(points, (size_t)count);
    return arena_strndup(arena, (const char *)points, folded_length);
}

static char *fold_ascii(struct arena *arena, const char *text, size_t length)
{
    char *folded = arena_alloc(arena, length + 1);
    size_t kept = 0;
    bool space = false;
    for (size_t i = 0; i < length; i++) {
        if (is_space(text[i])) {
            space = kept > 0;
            continue;
        }
        if (space) {
            folded[kept++] = ' ';
            space = false;
        }
        folded[kept++] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + ('a' - 'A')) : text[i];
    }
    folded[kept] = '\0';
    return folded;
}

char *text_fold(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    return is_ascii(text, length) ? fold_ascii(arena, text, length) : fold_unicode(arena, text, length);
}

/* ---- sort keys ---------------------------------------------------------------------------------- */

/*
 * Leading articles, folded. One that ends in an apostrophe stands against its noun, the others before a
 * space. After MARC 21, "Initial Definite and Indefinite Articles" (Library of Congress).
 */
static const struct {
    const char *languages; /* ISO 639-1, then 639-2 */
    const char *articles;
} article_table[] = {
    {"en eng", "the a an"},
    {"de ger deu", "der die das dem den des ein eine einem einen einer eines"},
    {"fr fre fra", "le la les l' un une des"},
    {"es spa", "el la lo los las un una unos unas"},
    {"it ita", "il lo la i gli le l' un una uno un'"},
    {"pt por", "o a os as um uma uns umas"},
    {"nl dut nld", "de het een"},
    {"sv swe", "en ett den det de"},
    {"no nb nn nor nob nno", "en et ei den det de"},
    {"da dan", "en et den det de"},
    {"ca cat", "el la els les l' un una uns unes"},
    {"hu hun", "a az egy"},
    {"ro ron rum", "un o"},
};

/* Is `word` (of `length` bytes) one of the words of a list separated by single spaces? */
static bool lists_word(const char *list, const char *word, size_t length)
{
    for (const char *at = list; *at;) {
        size_t entry = strcspn(at, " ");
        if (entry == length && memcmp(at, word, length) == 0) {
            return true;
        }
        at += entry + (at[entry] == ' ');
    }
    return false;
}

static const char *find_articles(const char *language)
{
    char code[4] = "";
    size_t length = language ? strcspn(language, "-_") : 0;
    if (length == 2 || length == 3) {
        for (size_t i = 0; i < length; i++) {
            code[i] =
                language[i] >= 'A' && language[i] <= 'Z' ? (char)(language[i] + ('a' - 'A')) : language[i];
        }
        for (size_t i = 0; i < sizeof article_table / sizeof article_table[0]; i++) {
            if (lists_word(article_table[i].languages, code, length)) {
                return article_table[i].articles;
            }
        }
    }
    return article_table[0].articles;
}

/* Copies folded text without punctuation; what stands between words becomes one space. */
static void drop_punctuation(char *out, const char *folded)
{
    char *end = out;
    bool space = false;
    for (size_t step; *folded; folded += step) {
        int32_t point;
        step = decode(folded, &point);
        if (point == ' ' || is_divider(point)) {
            space = end > out;
        } else if (!is_punctuation(point)) {
            if (space) {
                *end++ = ' ';
                space = false;
            }
            memcpy(end, folded, step);
            end += step;
        }
    }
    *end = '\0';
}

static const char *skip_opening_punctuation(const char *folded)
{
    while (*folded) {
        int32_t point;
        size_t step = decode(folded, &point);
        if (point != ' ' && !is_punctuation(point)) {
            break;
        }
        folded += step;
    }
    return folded;
}

/* `folded` past its opening punctuation and one of `articles`; NULL when it begins with none. */
static const char *skip_article(const char *folded, const char *articles)
{
    folded = skip_opening_punctuation(folded);
    char word[12]; /* longer than any article and its apostrophe */
    size_t length = 0;
    while (length < sizeof word - 1 && folded[length] >= 'a' && folded[length] <= 'z') {
        word[length] = folded[length];
        length++;
    }
    const char *rest = folded + length;
    if (length == 0 || *rest == '\0') {
        return NULL;
    }
    int32_t point;
    size_t step = decode(rest, &point);
    if (is_apostrophe(point)) {
        word[length++] = '\'';
        rest += step;
    } else if (point != ' ') {
        return NULL;
    }
    return lists_word(articles, word, length) ? rest : NULL;
}

static void cut_key(char *key)
{
    size_t length = strlen(key);
    if (length > SORT_KEY_MAX) {
        length = SORT_KEY_MAX;
        while (((unsigned char)key[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    while (length > 0 && key[length - 1] == ' ') {
        length--;
    }
    key[length] = '\0';
}

char *text_sort_key(struct arena *arena, const char *title, const char *language)
{
    const char *folded = text_fold(arena, title);
    char *key = arena_alloc(arena, strlen(folded) + 1);
    const char *rest = skip_article(folded, find_articles(language));
    if (rest) {
        drop_punctuation(key, rest);
    }
    if (*key == '\0') {
        drop_punctuation(key, folded);
    }
    /* Nothing but punctuation ("…") or marks: better a key of those than none. */
    if (*key == '\0') {
        key = arena_strdup(arena, *folded ? folded : title);
    }
    cut_key(key);
    return key;
}

char *text_name_key(struct arena *arena, const char *name)
{
    char *key = text_fold(arena, name);

    cut_key(key);
    return key;
}

/* ---- words -------------------------------------------------------------------------------------- */

size_t text_words(struct arena *arena, const char *folded, const char **out_words, size_t max)
{
    size_t count = 0;
    const char *start = NULL;
    for (const char *at = folded; count < max;) {
        int32_t point = 0;
        size_t step = *at ? decode(at, &point) : 0;
        bool in_word = step && is_word_part(point);
        if (in_word && !start) {
            start = at;
        } else if (!in_word && start) {
            out_words[count++] = arena_strndup(arena, start, (size_t)(at - start));
            start = NULL;
        }
        if (step == 0) {
            break;
        }
        at += step;
    }
    return count;
}

bool text_is_inside_word(const char *text, const char *at)
{
    int32_t point = 0;
    const char *before = at;

    if (at == text) {
        return false;
    }
    do {
        before--;
    } while (before > text && ((unsigned char)*before & 0xC0) == 0x80);
    decode(before, &point);
    return is_word_part(point);
}
