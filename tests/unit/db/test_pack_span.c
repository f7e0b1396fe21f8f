/*
 * test_pack_span.c — few short words are numbered in the order that an index has; anything else is no set of words.
 */
#include "scratch.h"

#include "db/pack_span.h"

static void widen_with(struct column_span *span, const char *text)
{
    struct load_value value = load_text(text);
    span_add_word(span, &value);
}

static uint64_t rank(struct column_span *span, const char *text)
{
    struct load_value value = load_text(text);
    int64_t word = span_add_word(span, &value);
    assert_int_equal(span->ranked[span->ranks[word]], word);
    return span->ranks[word];
}

static void test_pack_span__words_are_numbered_in_the_order_of_their_bytes(void **state)
{
    (void)state;
    struct column_span span;
    span_begin(&span);
    static const char *const words[] = {"on_loan", "on", "lost", "on_loan", "ä", "", "lost", "on_hold"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        widen_with(&span, words[i]);
    span_end(&span);
    assert_false(span.is_wordy);
    assert_int_equal(span.word_count, 6);
    static const char *const sorted[] = {"", "lost", "on", "on_hold", "on_loan", "ä"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(rank(&span, sorted[i]), i);
}

static void test_pack_span__more_words_or_a_longer_one_are_too_many(void **state)
{
    (void)state;
    struct column_span span;
    span_begin(&span);
    for (int letter = 'a'; letter < 'a' + SPAN_WORDS_MAX; letter++)
        widen_with(&span, (const char[]){(char)letter, '\0'});
    assert_false(span.is_wordy);
    widen_with(&span, "a");
    assert_false(span.is_wordy);
    widen_with(&span, "z");
    assert_true(span.is_wordy);

    span_begin(&span);
    widen_with(&span, "fifteen letters");
    assert_false(span.is_wordy);
    widen_with(&span, "sixteen letters!");
    assert_true(span.is_wordy);

    span_begin(&span);
    struct load_value blob = load_bytes("ab", 2);
    span_add_word(&span, &blob);
    assert_true(span.is_wordy);
}

static void test_pack_span__numbers_have_a_lowest_and_a_highest(void **state)
{
    (void)state;
    struct column_span span;
    span_begin(&span);
    assert_true(span.lowest > span.highest);
    static const int64_t numbers[] = {7, -3, 12, INT64_MIN, 5};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        span_take_in(&span, numbers[i], numbers[i]);
        assert_int_equal(span.highest, i < 2 ? 7 : 12);
    }
    assert_true(span.lowest == INT64_MIN);
    assert_false(span.has_null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_span__words_are_numbered_in_the_order_of_their_bytes),
        cmocka_unit_test(test_pack_span__more_words_or_a_longer_one_are_too_many),
        cmocka_unit_test(test_pack_span__numbers_have_a_lowest_and_a_highest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
