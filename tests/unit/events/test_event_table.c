/*
 * test_event_table.c — the types of events as docs/events.md has them for people; CARREL_EVENTS=1 writes them anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/text.h"
#include "events/events_service.h"
#include "support/fixture.h"

#define PAGE "docs/events.md"
#define TABLE_BEGINS "<!-- written by tests/unit/events/test_event_table.c -->\n"

static const char *table(struct arena *arena)
{
    struct text_buf text;

    text_buf_init(&text, arena);
    text_buf_append(&text, "| type | what has happened | `detail` |\n|---|---|---|\n");
    for (int type = EVENT_NONE + 1; type < EVENT_TYPES_END; type++)
        text_buf_printf(&text, "| `%s` | %s | %s |\n", event_kinds[type].name, event_kinds[type].meaning,
                        event_kinds[type].detail ? event_kinds[type].detail : "");
    return text_buf_string(&text);
}

static void test_event_table__the_page_for_people_is_the_table_of_the_program(void **state)
{
    static char page[64 * 1024];
    struct fixture *fixture = *state;
    const char *expected = table(&fixture->arena);
    FILE *file = fopen(PAGE, "r");

    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    (void)fclose(file);
    char *begin = strstr(page, TABLE_BEGINS);
    assert_non_null(begin);
    begin += strlen(TABLE_BEGINS);
    if (strcmp(begin, expected) != 0 && getenv("CARREL_EVENTS")) {
        file = fopen(PAGE, "w");
        assert_non_null(file);
        (void)fprintf(file, "%.*s%s", (int)(begin - page), page, expected);
        assert_int_equal(fclose(file), 0);
        return;
    }
    assert_string_equal(begin, expected);
}

static void test_event_table__names_are_different_and_have_a_meaning(void **state)
{
    (void)state;
    for (int type = EVENT_NONE + 1; type < EVENT_TYPES_END; type++) {
        assert_int_equal(event_type_of(event_kinds[type].name), type);
        assert_true(strlen(event_kinds[type].meaning) > 5);
    }
}

static int set_up(void **state)
{
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_event_table__the_page_for_people_is_the_table_of_the_program,
                                        set_up, tear_down),
        cmocka_unit_test(test_event_table__names_are_different_and_have_a_meaning),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
