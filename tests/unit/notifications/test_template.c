/*
 * test_template.c — words are filled in, lists repeated, and what is no placeholder is named before it is saved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/arena.h"
#include "base/limits.h"
#include "notifications/notice_words.h"
#include "notifications/template.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct template_words words = {"name title loans", "loans", "title day"};

static const char *filled(const char *text)
{
    static const struct template_value one[] = {{"title", "Emma"}, {"day", "Monday"}};
    static const struct template_value other[] = {{"title", "{{name}}"}, {"day", NULL}};
    static const struct template_values items[] = {{one, 2, NULL}, {other, 2, NULL}};
    static const struct template_list loans = {"loans", items, 2};
    static const struct template_value outer[] = {{"name", "Ada"}, {"title", "outer"}};
    static const struct template_values values = {outer, 2, &loans};

    return template_fill(&arena, text, &values);
}

static void test_template__words_are_filled_in(void **state)
{
    (void)state;
    assert_string_equal(filled("Dear {{name}}, {{ title }}."), "Dear Ada, outer.");
    assert_string_equal(filled(""), "");
    assert_string_equal(filled("{ {name} }"), "{ {name} }");
}

static void test_template__a_list_is_repeated_and_its_own_words_come_first(void **state)
{
    (void)state;
    assert_string_equal(filled("{{#loans}}{{title}} for {{name}} on {{day}};{{/loans}}."),
                        "Emma for Ada on Monday;{{name}} for Ada on ;.");
}

static void test_template__a_value_is_never_read_as_a_template(void **state)
{
    (void)state;
    assert_string_equal(filled("{{#loans}}{{title}}|{{/loans}}"), "Emma|{{name}}|");
}

static void test_template__an_empty_list_leaves_nothing(void **state)
{
    static const struct template_list none = {"loans", NULL, 0};
    static const struct template_values values = {NULL, 0, &none};

    (void)state;
    assert_string_equal(template_fill(&arena, "a{{#loans}}x{{title}}{{/loans}}b", &values), "ab");
}

static bool is_good(const char *text, const struct template_words *allowed)
{
    const char *word;

    return template_look(&arena, text, allowed, &word) == TEMPLATE_GOOD;
}

static void test_template__what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text;
        enum template_fault fault;
        const char *word;
    } wrong[] = {
        {"{{nmae}}", TEMPLATE_NO_WORD, "nmae"},
        {"{{day}}", TEMPLATE_NO_WORD, "day"},
        {"{{loans}}", TEMPLATE_NO_WORD, "loans"},
        {"{{}}", TEMPLATE_NO_WORD, ""},
        {"{{#name}}{{/name}}", TEMPLATE_NO_LIST, "name"},
        {"{{#loans}}{{title}}", TEMPLATE_LIST_ENDLESS, "loans"},
        {"{{/loans}}", TEMPLATE_LIST_ENDS, "loans"},
        {"{{#loans}}{{#loans}}{{/loans}}", TEMPLATE_LIST_WITHIN, "loans"},
        {"Dear {{name", TEMPLATE_OPEN, "{{name"},
    };
    const char *word;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(template_look(&arena, wrong[i].text, &words, &word), wrong[i].fault);
        assert_string_equal(word, wrong[i].word);
        filled(wrong[i].text); /* and filling it in does no harm */
    }
    assert_true(is_good("{{name}}{{#loans}}{{day}} {{name}}{{/loans}}", &words));
}

/* Every kind, every channel, both languages: the program keeps its own rules. */
static void test_template__the_programs_own_words_are_good(void **state)
{
    (void)state;
    for (enum notice_kind_id kind = 0; kind < NOTICE_KINDS; kind++) {
        const struct template_words allowed = notice_words_allowed(kind);
        for (const char *const *language = notice_languages; *language; language++)
            for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++) {
                struct notice_template own;
                /* None is left out that the kind is told over. */
                assert_int_equal(notice_words(kind, channel, *language, &own),
                                 notice_kind_has(kind, channel));
                if (!notice_kind_has(kind, channel))
                    continue;
                assert_true(is_good(own.body, &allowed));
                assert_true(own.body[0] != '\0');
                assert_int_equal(own.subject == NULL, channel == NOTICE_SMS);
                if (own.subject)
                    assert_true(is_good(own.subject, &allowed));
            }
    }
}

static void test_template__every_placeholder_has_a_meaning(void **state)
{
    (void)state;
    for (enum notice_kind_id kind = 0; kind < NOTICE_KINDS; kind++) {
        char *names = arena_strdup(&arena, notice_kinds[kind].words);
        size_t count = 0;
        for (char *name = strtok_r(names, " ", &names); name; name = strtok_r(NULL, " ", &names), count++)
            assert_non_null(notice_word_meaning(name));
        assert_true(count > 3); /* name, card, library and its own */
    }
}

static void test_notice_words__a_country_is_no_language_of_its_own(void **state)
{
    struct notice_template own;

    (void)state;
    assert_true(notice_words(NOTICE_OVERDUE, NOTICE_EMAIL, "de-AT", &own));
    assert_string_equal(own.language, "de");
    assert_false(notice_words(NOTICE_OVERDUE, NOTICE_EMAIL, "fr", &own));
    assert_false(notice_words(NOTICE_OVERDUE, NOTICE_EMAIL, "den", &own));
    assert_string_equal(notice_day_text(&arena, 20514, "en"), "2 March 2026");
    assert_string_equal(notice_day_text(&arena, 20514, "de-CH"), "2.3.2026");
    assert_string_equal(notice_day_text(&arena, 20514, "fr"), "2026-03-02");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_template__words_are_filled_in),
        TEST(test_template__a_list_is_repeated_and_its_own_words_come_first),
        TEST(test_template__a_value_is_never_read_as_a_template),
        TEST(test_template__an_empty_list_leaves_nothing),
        TEST(test_template__what_is_wrong_is_named),
        TEST(test_template__the_programs_own_words_are_good),
        TEST(test_template__every_placeholder_has_a_meaning),
        TEST(test_notice_words__a_country_is_no_language_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
