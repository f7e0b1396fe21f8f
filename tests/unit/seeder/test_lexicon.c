/*
 * test_lexicon.c — every line of seed/ is read, and every pattern makes text a catalogue would take.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "seeder/lexicon.h"

static struct arena arena;
static const struct lexicon *lexicon;

static int read_all(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_IMPORT_MAX);
    lexicon = lexicon_read(&arena);
    return 0;
}

static int forget_all(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_clean(const char *text)
{
    const char *clean = text_clean(&arena, text, strlen(text));
    assert_non_null(clean);
    assert_string_equal(clean, text); /* NFC, no spaces at the ends, no control characters */
    assert_null(strstr(text, "  "));
}

static void test_lexicon__knows_the_scenario_minimal(void **state)
{
    (void)state;
    const struct scenario *minimal = lexicon_scenario(lexicon, "minimal");
    assert_non_null(minimal);
    assert_int_equal(minimal->books, 5000);
    assert_int_equal(minimal->members, 1000);
    assert_int_equal(minimal->borrows, 2250);
    assert_null(lexicon_scenario(lexicon, "enormous"));
}

static void test_lexicon__speaks_several_scripts(void **state)
{
    (void)state;
    static const char *const codes[] = {"en", "ru", "el", "ar", "zh", "ja", "hi"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < lexicon->language_count; k++)
            found = found || strcmp(lexicon->languages[k].code, codes[i]) == 0;
        assert_true(found);
    }
}

static void test_lexicon__stores_every_word_as_the_catalogue_would(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++)
        for (size_t k = 0; k < lexicon->languages[i].list_count; k++)
            for (size_t w = 0; w < lexicon->languages[i].lists[k].count; w++)
                assert_clean(lexicon->languages[i].lists[k].words[w].text);
    for (size_t i = 0; i < lexicon->genre_count; i++)
        assert_clean(lexicon->genres[i].category);
}

static void test_lexicon__has_no_word_twice_in_a_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        for (size_t k = 0; k < lexicon->languages[i].list_count; k++) {
            const struct word_list *list = &lexicon->languages[i].lists[k];
            for (size_t a = 0; a < list->count; a++)
                for (size_t b = a + 1; b < list->count; b++)
                    if (strcmp(list->words[a].text, list->words[b].text) == 0)
                        fail_msg("%s [%s]: “%s” twice", lexicon->languages[i].code, list->name,
                                 list->words[a].text);
        }
    }
}

/* Fills it many times: an unknown list ends the process, an over-long title fails here. */
static void try_pattern(const struct language *language, const struct pattern *pattern, size_t max)
{
    struct dice dice;
    dice_seed(&dice, 4, 4);
    for (int i = 0; i < 40; i++) {
        struct text_buf text;
        text_buf_init(&text, &arena);
        lexicon_fill(&dice, pattern, &text, NULL);
        const char *made = text_buf_string(&text);
        assert_clean(made);
        assert_in_range(text_length(made), 2, max);
        if (strpbrk(made, "{}=|"))
            fail_msg("%s: “%s” made “%s”", language->code, pattern->text, made);
    }
}

static void test_lexicon__fills_every_pattern(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        const struct language *language = &lexicon->languages[i];
        for (size_t k = 0; k < language->title_count; k++) {
            try_pattern(language, &language->titles[k].title, BOOK_TITLE_MAX);
            if (language->titles[k].subtitle.text)
                try_pattern(language, &language->titles[k].subtitle, BOOK_TEXT_MAX);
        }
        for (size_t k = 0; k < language->names->count; k++)
            try_pattern(language, &language->name_patterns[k], BOOK_AUTHOR_MAX / 2);
    }
}

static void test_lexicon__uses_every_list_and_genre(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        const struct language *language = &lexicon->languages[i];
        for (size_t k = 0; k < language->list_count; k++) {
            const struct word_list *list = &language->lists[k];
            char slot[64];
            bool used = list == language->names || list == language->publishers;
            snprintf(slot, sizeof slot, "{%s}", list->name);
            for (size_t t = 0; t < language->title_count && !used; t++)
                used = strstr(language->titles[t].title.text, slot) ||
                       (language->titles[t].subtitle.text && strstr(language->titles[t].subtitle.text, slot));
            for (size_t n = 0; n < language->names->count && !used; n++)
                used = strstr(language->names->words[n].text, slot) != NULL;
            if (!used)
                fail_msg("%s [%s]: no pattern uses it", language->code, list->name);
        }
    }
    const struct language *english = &lexicon->languages[0];
    for (size_t i = 0; i < lexicon->language_count; i++)
        if (strcmp(lexicon->languages[i].code, "en") == 0)
            english = &lexicon->languages[i];
    for (size_t g = 0; g < lexicon->genre_count; g++) {
        bool used = false;
        for (size_t t = 0; t < english->title_count; t++)
            used = used || english->titles[t].genre == &lexicon->genres[g];
        if (!used)
            fail_msg("genre “%s”: no English title is of it", lexicon->genres[g].key);
    }
}

/* Title after title: the print is that of the text which the same dice make. */
static void test_lexicon__prints_what_it_would_fill_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        const struct language *language = &lexicon->languages[i];
        for (size_t k = 0; k < language->title_count; k++) {
            struct dice dice, same;
            struct text_buf text;
            dice_seed(&dice, 7, k);
            same = dice;
            text_buf_init(&text, &arena);
            lexicon_fill(&dice, &language->titles[k].title, &text, NULL);
            struct print print = lexicon_print(&same, &language->titles[k].title);
            const char *made = text_buf_string(&text);
            assert_true(print.number == print_of(made, strlen(made)).number);
            assert_true(print.number != print_of(made, strlen(made) - 1).number);
            assert_memory_equal(&dice, &same, sizeof dice);
        }
    }
}

static void test_lexicon__never_draws_the_same_twice(void **state)
{
    (void)state;
    const struct language *german = NULL;
    for (size_t i = 0; i < lexicon->language_count; i++)
        if (strcmp(lexicon->languages[i].code, "de") == 0)
            german = &lexicon->languages[i];
    assert_non_null(german);
    struct pattern pattern = lexicon_pattern(&arena, german, "{tier}|{anderes}");
    struct dice dice;
    dice_seed(&dice, 5, 5);
    for (int i = 0; i < 3000; i++) {
        struct text_buf text;
        text_buf_init(&text, &arena);
        lexicon_fill(&dice, &pattern, &text, NULL);
        const char *folded = text_fold(&arena, text_buf_string(&text));
        const char *bar = strchr(folded, '|');
        size_t first = (size_t)(bar - folded);
        assert_false(strlen(bar + 1) == first && strncmp(folded, bar + 1, first) == 0);
    }
}

static void test_lexicon__spells_names_in_latin_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        const struct language *language = &lexicon->languages[i];
        for (size_t k = 0; k < language->names->count; k++) {
            struct text_buf text, latin;
            struct dice dice;
            dice_seed(&dice, 6, k);
            text_buf_init(&text, &arena);
            text_buf_init(&latin, &arena);
            lexicon_fill(&dice, &language->name_patterns[k], &text, &latin);
            for (const char *c = text_fold(&arena, text_buf_string(&latin)); *c; c++)
                if ((unsigned char)*c > 126)
                    fail_msg("%s: “%s” needs a Latin spelling", language->code, text_buf_string(&text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexicon__knows_the_scenario_minimal),
        cmocka_unit_test(test_lexicon__speaks_several_scripts),
        cmocka_unit_test(test_lexicon__stores_every_word_as_the_catalogue_would),
        cmocka_unit_test(test_lexicon__has_no_word_twice_in_a_list),
        cmocka_unit_test(test_lexicon__fills_every_pattern),
        cmocka_unit_test(test_lexicon__uses_every_list_and_genre),
        cmocka_unit_test(test_lexicon__prints_what_it_would_fill_in),
        cmocka_unit_test(test_lexicon__never_draws_the_same_twice),
        cmocka_unit_test(test_lexicon__spells_names_in_latin_letters),
    };
    return cmocka_run_group_tests(tests, read_all, forget_all);
}
