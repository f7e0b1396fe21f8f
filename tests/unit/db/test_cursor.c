/*
 * test_cursor.c — a cursor comes back as it was given out, or not at all.
 */
#include "scratch.h"

#include "db/cursor.h"

static const char row[] = "0195f3c2-7a10-7cc3-98c4-dc0c0c07398f";

static void assert_round_trip(struct arena *arena, struct cursor cursor)
{
    struct cursor back;
    const char *text = cursor_format(arena, &cursor);

    assert_true(cursor_parse(arena, text, &back));
    assert_int_equal(back.backward, cursor.backward);
    assert_true(back.question == cursor.question);
    assert_string_equal(back.row, cursor.row);
    assert_int_equal(back.text, cursor.text);
    if (cursor.text)
        assert_string_equal(back.text_value, cursor.text_value);
    else
        assert_true(back.number == cursor.number);
    /* Safe in a query string as it is. */
    assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     strlen(text));
}

static void test_cursor__comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "a",      "the hobbit", "  spaces  ", "tab\tand\nnewline",
                                        "ærø",  "日本語", "i12",        "t",          "𝔘𝔫𝔦",
                                        "p 0 x"};
    static const int64_t numbers[] = {0, 1, -1, -9999, 1772445600000, INT64_MAX, INT64_MIN};
    struct arena arena;
    arena_init(&arena, 1 << 20);

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (int backward = 0; backward < 2; backward++)
            assert_round_trip(&arena, (struct cursor){.backward = backward,
                                                      .question = 0x0123456789abcdefu << i,
                                                      .row = row,
                                                      .text = true,
                                                      .text_value = texts[i]});
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_round_trip(&arena,
                          (struct cursor){.question = UINT64_MAX - i, .row = "42", .number = numbers[i]});
    arena_release(&arena);
}

static void test_cursor__refuses_every_truncation(void **state)
{
    (void)state;
    struct arena arena;
    struct cursor out = {.row = "untouched"};
    arena_init(&arena, 1 << 22);
    /* A longer number may lose digits and still be one: the place is another, the question the same. */
    const char *text = cursor_format(&arena, &(struct cursor){.question = 7, .row = row, .number = 5});

    for (size_t length = 0; length < strlen(text); length++)
        assert_false(cursor_parse(&arena, arena_strndup(&arena, text, length), &out));
    assert_string_equal(out.row, "untouched");
    arena_release(&arena);
}

static const char *encoded(struct arena *arena, const char *inside, size_t length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = arena_alloc(arena, length * 2 + 4);
    size_t at = 0;
    for (size_t bit = 0; bit < length * 8; bit += 6) {
        unsigned six = 0;
        for (size_t i = bit; i < bit + 6; i++)
            six = six << 1 | (i < length * 8 ? ((unsigned char)inside[i / 8] >> (7 - i % 8) & 1u) : 0);
        out[at++] = alphabet[six];
    }
    return out;
}

static void test_cursor__refuses_forged_insides(void **state)
{
    (void)state;
#define HASH "0123456789abcdef"
    static const char *const forged[] = {
        "",
        "n",
        "n " HASH,
        "n " HASH " ",
        "n " HASH " row",
        "n " HASH " row ",
        "x " HASH " row i5",
        "N " HASH " row i5",
        "n 0123456789ABCDEF row i5",
        "n 0123456789abcdeg row i5",
        "n 0123456789abcde row i55",
        "n-" HASH " row i5",
        "n " HASH "-row i5",
        "n " HASH " row x5",
        "n " HASH " row i",
        "n " HASH " row i5 ",
        "n " HASH " row i05",
        "n " HASH " row i+5",
        "n " HASH " row i-0",
        "n " HASH " row i5x",
        "n " HASH " row i99999999999999999999",
        "n " HASH " - i0 ",
        "z " HASH " row i0",
        "z " HASH " - i1",
        "z " HASH " - t",
        "n " HASH " row t\xff\xfe",
        "n " HASH " row t\xed\xa0\x80", /* a surrogate */
    };
    struct arena arena;
    struct cursor out;
    arena_init(&arena, 1 << 20);

    assert_true(cursor_parse(&arena, encoded(&arena, "n " HASH " row i5", 25), &out));
    assert_true(cursor_parse(&arena, encoded(&arena, "n " HASH " row t5", 25), &out));
    assert_false(out.from_end);
    assert_true(cursor_parse(&arena, encoded(&arena, "z " HASH " - i0", 23), &out));
    assert_true(out.from_end && out.backward);
    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
        if (cursor_parse(&arena, encoded(&arena, forged[i], strlen(forged[i])), &out))
            stop_test("taken for a cursor: %s", forged[i]);
    assert_false(cursor_parse(&arena, encoded(&arena, "n " HASH " row ta\0b", 27), &out));
    arena_release(&arena);
}

static void test_cursor__refuses_what_is_not_base64url(void **state)
{
    (void)state;
    static const char *const foreign[] = {"", "=", "!", "AAAA====", "bm8+", "bm8/", "é", "nnnn nnnn", "A"};
    struct arena arena;
    struct cursor out;
    arena_init(&arena, 1 << 20);
    const char *good = cursor_format(&arena, &(struct cursor){.question = 7, .row = row, .number = 5});

    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        assert_false(cursor_parse(&arena, foreign[i], &out));
    assert_false(cursor_parse(&arena, arena_printf(&arena, "%s=", good), &out));
    assert_false(cursor_parse(&arena, arena_printf(&arena, "%sA", good), &out));
    assert_false(cursor_parse(&arena, arena_printf(&arena, " %s", good), &out));
    char *endless = arena_alloc(&arena, LIST_CURSOR_MAX + 2);
    memset(endless, 'A', LIST_CURSOR_MAX + 1);
    assert_false(cursor_parse(&arena, endless, &out));
    arena_release(&arena);
}

/* Whatever is taken is a text that cursor_format() gives out: there is one spelling for each place. */
static void test_cursor__takes_only_what_it_would_give_out(void **state)
{
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const char *good[] = {
        cursor_format(&arena,
                      &(struct cursor){.question = 7, .row = row, .text = true, .text_value = "hobbit"}),
        cursor_format(&arena, &(struct cursor){.backward = true, .question = 7, .row = row, .number = -120}),
    };
    struct arena_mark mark = arena_mark(&arena);
    int taken = 0;

    for (size_t g = 0; g < 2; g++) {
        for (size_t at = 0; good[g][at]; at++) {
            for (const char *c = alphabet; *c; c++) {
                char *changed = arena_strdup(&arena, good[g]);
                struct cursor out;
                changed[at] = *c;
                if (cursor_parse(&arena, changed, &out)) {
                    taken++;
                    assert_string_equal(cursor_format(&arena, &out), changed);
                }
                arena_reset_to(&arena, mark);
            }
        }
    }
    assert_true(taken > 0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor__comes_back_as_it_was),
        cmocka_unit_test(test_cursor__refuses_every_truncation),
        cmocka_unit_test(test_cursor__refuses_forged_insides),
        cmocka_unit_test(test_cursor__refuses_what_is_not_base64url),
        cmocka_unit_test(test_cursor__takes_only_what_it_would_give_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
