/*
 * lexicon.c — reads the word lists line by line. A small reader of its own, because the files are meant to be
 * written by people who know a language, not a file format.
 */
#include "seeder/lexicon.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "seeder/seed_files.h"

#define SLOTS_MAX 8 /* braces in one pattern */
#define REDRAWS_MAX 8

struct reader {
    struct arena *arena;
    struct lexicon *lexicon;
    const char *file;
    int line;
    const char *rest; /* what is still to be read */
};

static _Noreturn __attribute__((format(printf, 2, 3))) void die(const struct reader *reader,
                                                                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "seed/%s:%d: ", reader->file, reader->line);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

/* ---- lines ------------------------------------------------------------------------------------------- */

static char *trimmed(struct arena *arena, const char *begin, const char *end)
{
    while (begin < end && (*begin == ' ' || *begin == '\t'))
        begin++;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return arena_strndup(arena, begin, (size_t)(end - begin));
}

/* The next line that says something; NULL at the end. */
static const char *next_line(struct reader *reader)
{
    while (*reader->rest) {
        const char *begin = reader->rest;
        const char *end = begin + strcspn(begin, "\n");

        reader->rest = *end ? end + 1 : end;
        reader->line++;
        if (end - begin > LEXICON_LINE_MAX)
            die(reader, "this line is longer than %d bytes", LEXICON_LINE_MAX);
        if (*begin == '#')
            continue;
        const char *line = trimmed(reader->arena, begin, end);
        if (*line)
            return line;
    }
    return NULL;
}

/* Cuts the line at the first `mark`: returns what stands before it, *line is what follows. NULL: no such mark. */
static const char *cut(struct reader *reader, const char **line, char mark)
{
    const char *at = strchr(*line, mark);

    if (!at)
        return NULL;
    const char *before = trimmed(reader->arena, *line, at);
    *line = trimmed(reader->arena, at + 1, at + strlen(at));
    return before;
}

/* The next word of the line; dies where there is none. */
static const char *take_word(struct reader *reader, const char **line)
{
    const char *begin = *line + strspn(*line, " ");
    const char *end = begin + strcspn(begin, " ");

    if (begin == end)
        die(reader, "something is missing here");
    *line = end;
    return trimmed(reader->arena, begin, end);
}

static int64_t take_number(struct reader *reader, const char **line)
{
    const char *word = take_word(reader, line);
    int64_t value;

    if (!text_to_int64(word, &value) || value < 0 || value > INT32_MAX)
        die(reader, "“%s” is no number", word);
    return value;
}

/* ---- scenarios and genres ---------------------------------------------------------------------------- */

static void read_scenarios(struct reader *reader)
{
    struct lexicon *lexicon = reader->lexicon;
    const char *line;

    while ((line = next_line(reader))) {
        if (lexicon->scenario_count == LEXICON_SCENARIOS_MAX)
            die(reader, "more than %d scenarios", LEXICON_SCENARIOS_MAX);
        struct scenario *scenario = &lexicon->scenarios[lexicon->scenario_count++];
        scenario->name = take_word(reader, &line);
        scenario->books = take_number(reader, &line);
        scenario->members = take_number(reader, &line);
        scenario->borrows = take_number(reader, &line);
        scenario->months = take_number(reader, &line);
        scenario->stock_percent = take_number(reader, &line);
        scenario->purpose = trimmed(reader->arena, line, line + strlen(line));
    }
}

static void read_genres(struct reader *reader)
{
    struct lexicon *lexicon = reader->lexicon;
    const char *line, *item;

    while ((line = next_line(reader))) {
        if (lexicon->genre_count == LEXICON_GENRES_MAX)
            die(reader, "more than %d genres", LEXICON_GENRES_MAX);
        struct genre *genre = &lexicon->genres[lexicon->genre_count++];
        genre->key = cut(reader, &line, ':');
        genre->category = cut(reader, &line, ';');
        if (!genre->key || !genre->category)
            die(reader, "a genre looks like “key: Category; Further, Further”");
        while (line) {
            if (genre->further_count == LEXICON_FURTHER_MAX)
                die(reader, "more than %d further categories", LEXICON_FURTHER_MAX);
            item = cut(reader, &line, ',');
            genre->further[genre->further_count++] = item ? item : line;
            line = item ? line : NULL;
        }
    }
}

static const struct genre *find_genre(const struct lexicon *lexicon, const char *key)
{
    for (size_t i = 0; i < lexicon->genre_count; i++)
        if (strcmp(lexicon->genres[i].key, key) == 0)
            return &lexicon->genres[i];
    return NULL;
}

/* ---- a language -------------------------------------------------------------------------------------- */

static void read_fact(struct reader *reader, struct language *language, const char *line)
{
    const char *key = take_word(reader, &line);

    if (strcmp(key, "code") == 0) {
        language->code = take_word(reader, &line);
    } else if (strcmp(key, "books") == 0) {
        language->books_share = (uint32_t)take_number(reader, &line);
    } else if (strcmp(key, "members") == 0) {
        language->members_share = (uint32_t)take_number(reader, &line);
    } else if (strcmp(key, "isbn") == 0) {
        while (line[strspn(line, " ")]) {
            if (language->isbn_group_count == LEXICON_ISBN_GROUPS_MAX)
                die(reader, "more than %d groups", LEXICON_ISBN_GROUPS_MAX);
            language->isbn_groups[language->isbn_group_count++] = take_word(reader, &line);
        }
    } else {
        die(reader, "“%s” is none of code, books, members, isbn", key);
    }
}

/* Titles of one language while they are read: patterns hold commas, so each has a line of its own. */
static void read_title(struct reader *reader, struct title_pattern *title, const char *line)
{
    const char *key = cut(reader, &line, ':');

    title->genre = key ? find_genre(reader->lexicon, key) : NULL;
    if (!title->genre)
        die(reader, "a title begins with a genre of genres.txt and a colon");
    title->title.text = cut(reader, &line, '|');
    title->subtitle.text = title->title.text ? line : NULL;
    if (!title->title.text)
        title->title.text = line;
}

static void read_word(struct reader *reader, struct word *word, const char *entry)
{
    const char *text = cut(reader, &entry, '=');

    word->text = text ? text : entry;
    word->latin = entry;
    word->length = strlen(word->text);
    word->print = print_of(word->text, word->length);
    const char *folded = text_fold(reader->arena, word->text);
    word->folded = print_of(folded, strlen(folded)).number;
    if (!*word->text || !*word->latin)
        die(reader, "an empty entry");
}

/* What the section at hand collects, before its final length is known. */
struct section {
    const char *name; /* NULL before the first */
    struct word words[LEXICON_ENTRIES_MAX];
    struct title_pattern titles[LEXICON_ENTRIES_MAX];
    size_t count;
};

static void close_section(struct reader *reader, struct language *language, struct section *section)
{
    if (!section->name)
        return;
    if (section->count == 0)
        die(reader, "[%s] is empty", section->name);
    if (strcmp(section->name, "titles") == 0) {
        language->titles =
            arena_memdup(reader->arena, section->titles, section->count * sizeof section->titles[0]);
        language->title_count = section->count;
    } else {
        if (language->list_count == LEXICON_LISTS_MAX)
            die(reader, "more than %d lists", LEXICON_LISTS_MAX);
        struct word_list *list = &language->lists[language->list_count++];
        list->name = section->name;
        list->name_length = strlen(section->name);
        list->words = arena_memdup(reader->arena, section->words, section->count * sizeof section->words[0]);
        list->count = section->count;
    }
    section->count = 0;
}

static void add_to_section(struct reader *reader, struct section *section, const char *line)
{
    bool titles = strcmp(section->name, "titles") == 0;

    while (line) {
        const char *item = titles ? NULL : cut(reader, &line, ',');

        if (section->count == LEXICON_ENTRIES_MAX)
            die(reader, "more than %d entries", LEXICON_ENTRIES_MAX);
        if (titles)
            read_title(reader, &section->titles[section->count++], line);
        else
            read_word(reader, &section->words[section->count++], item ? item : line);
        line = item ? line : NULL;
    }
}

/* Patterns may name lists that come after them. */
static void take_patterns_apart(struct reader *reader, struct language *language)
{
    struct pattern *names = arena_alloc_array(reader->arena, language->names->count, sizeof *names);

    for (size_t i = 0; i < language->names->count; i++)
        names[i] = lexicon_pattern(reader->arena, language, language->names->words[i].text);
    language->name_patterns = names;
    for (size_t i = 0; i < language->title_count; i++) {
        struct title_pattern *title = &language->titles[i];
        title->title = lexicon_pattern(reader->arena, language, title->title.text);
        if (title->subtitle.text)
            title->subtitle = lexicon_pattern(reader->arena, language, title->subtitle.text);
    }
}

static void read_language(struct reader *reader)
{
    struct lexicon *lexicon = reader->lexicon;
    struct arena scratch;
    const char *line;

    if (lexicon->language_count == LEXICON_LANGUAGES_MAX)
        die(reader, "more than %d languages", LEXICON_LANGUAGES_MAX);
    struct language *language = &lexicon->languages[lexicon->language_count++];
    arena_init(&scratch, sizeof(struct section) * 2);
    struct section *section = arena_alloc(&scratch, sizeof *section);
    while ((line = next_line(reader))) {
        size_t length = strlen(line);
        if (line[0] == '[' && line[length - 1] == ']') {
            close_section(reader, language, section);
            section->name = arena_strndup(reader->arena, line + 1, length - 2);
        } else if (section->name) {
            add_to_section(reader, section, line);
        } else {
            read_fact(reader, language, line);
        }
    }
    close_section(reader, language, section);
    arena_release(&scratch);
    language->names = lexicon_list(language, "names");
    language->publishers = lexicon_list(language, "publishers");
    if (!language->code || !language->isbn_group_count || !language->titles || !language->names ||
        !language->publishers)
        die(reader, "a language needs code, isbn, [names], [publishers] and [titles]");
    take_patterns_apart(reader, language);
    lexicon->books_shares += language->books_share;
    lexicon->members_shares += language->members_share;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static void read_files(struct arena *arena, struct lexicon *lexicon, bool languages)
{
    for (size_t i = 0; i < seed_file_count; i++) {
        struct reader reader = {arena, lexicon, seed_files[i].name, 0, seed_files[i].text};
        bool scenarios = strcmp(reader.file, "scenarios.txt") == 0;
        bool genres = strcmp(reader.file, "genres.txt") == 0;

        if (languages && !scenarios && !genres)
            read_language(&reader);
        else if (!languages && scenarios)
            read_scenarios(&reader);
        else if (!languages && genres)
            read_genres(&reader);
    }
}

const struct lexicon *lexicon_read(struct arena *arena)
{
    struct lexicon *lexicon = arena_alloc(arena, sizeof *lexicon);

    read_files(arena, lexicon, false); /* titles name genres: these first */
    read_files(arena, lexicon, true);
    return lexicon;
}

const struct scenario *lexicon_scenario(const struct lexicon *lexicon, const char *name)
{
    for (size_t i = 0; i < lexicon->scenario_count; i++)
        if (strcmp(lexicon->scenarios[i].name, name) == 0)
            return &lexicon->scenarios[i];
    return NULL;
}

const struct word_list *lexicon_list(const struct language *language, const char *name)
{
    for (size_t i = 0; i < language->list_count; i++)
        if (strcmp(language->lists[i].name, name) == 0)
            return &language->lists[i];
    return NULL;
}

/* ---- patterns ---------------------------------------------------------------------------------------- */

/* The list whose name stands at `name` (`length` bytes). */
static const struct word_list *list_named(const struct language *language, const char *name, size_t length)
{
    for (size_t i = 0; i < language->list_count; i++)
        if (language->lists[i].name_length == length && memcmp(language->lists[i].name, name, length) == 0)
            return &language->lists[i];
    fprintf(stderr, "seed: the language “%s” has no list [%.*s]\n", language->code, (int)length, name);
    abort();
}

struct pattern lexicon_pattern(struct arena *arena, const struct language *language, const char *text)
{
    struct piece *pieces = arena_alloc_array(arena, SLOTS_MAX + 1, sizeof *pieces);
    const char *c = text;

    for (struct piece *piece = pieces;; piece++) {
        piece->plain = c;
        piece->length = strcspn(c, "{");
        piece->print = print_of(c, piece->length);
        c += piece->length;
        if (!*c)
            return (struct pattern){text, pieces};
        assert(piece < &pieces[SLOTS_MAX]);
        size_t name = strcspn(++c, "}");
        piece->list = list_named(language, c, name);
        c += name + (c[name] == '}');
    }
}

/* What was drawn for the text at hand, folded: so that a fox is not sent out to meet the fox. */
struct drawn {
    uint64_t folded[SLOTS_MAX];
    size_t count;
};

static bool is_drawn(const struct drawn *drawn, uint64_t folded)
{
    for (size_t i = 0; i < drawn->count; i++)
        if (drawn->folded[i] == folded)
            return true;
    return false;
}

static const struct word *draw(const struct word_list *list, struct dice *dice, struct drawn *drawn)
{
    const struct word *word;
    int left = REDRAWS_MAX;

    do
        word = &list->words[dice_below(dice, (uint32_t)list->count)];
    while (is_drawn(drawn, word->folded) && --left > 0);
    drawn->folded[drawn->count++] = word->folded;
    return word;
}

void lexicon_fill(struct dice *dice, const struct pattern *pattern, struct text_buf *text,
                  struct text_buf *latin)
{
    struct drawn drawn = {.count = 0};

    for (const struct piece *piece = pattern->pieces;; piece++) {
        text_buf_append_bytes(text, piece->plain, piece->length);
        if (latin)
            text_buf_append_bytes(latin, piece->plain, piece->length);
        if (!piece->list)
            return;
        const struct word *word = draw(piece->list, dice, &drawn);
        text_buf_append_bytes(text, word->text, word->length);
        if (latin)
            text_buf_append(latin, word->latin);
    }
}

struct print lexicon_print(struct dice *dice, const struct pattern *pattern)
{
    struct drawn drawn = {.count = 0};
    struct print print = PRINT_NOTHING;

    for (const struct piece *piece = pattern->pieces;; piece++) {
        print = print_joined(print, piece->print);
        if (!piece->list)
            return print;
        print = print_joined(print, draw(piece->list, dice, &drawn)->print);
    }
}
