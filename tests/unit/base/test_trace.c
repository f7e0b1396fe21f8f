/*
 * test_trace.c — which traceparent is taken, what is written, and who is told of spans.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/trace.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void test_trace__takes_what_the_standard_allows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool sampled;
    } good[] = {{"00-" ID "-" SPAN "-01", true},
                {"00-" ID "-" SPAN "-00", false},
                {"00-" ID "-" SPAN "-ff", true}, /* other flags are for later versions */
                {"00-" ID "-" SPAN "-02", false},
                {"cc-" ID "-" SPAN "-01", true},
                {"cc-" ID "-" SPAN "-01-what-the-future-holds", true}};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct trace trace;
        char id[TRACE_ID_HEX_SIZE], parent[TRACE_SPAN_HEX_SIZE], own[TRACE_SPAN_HEX_SIZE];
        assert_true(trace_read(good[i].text, &trace));
        trace_hex(trace.id, TRACE_ID_BYTES, id);
        trace_hex(trace.parent, TRACE_SPAN_BYTES, parent);
        trace_hex(trace.span, TRACE_SPAN_BYTES, own);
        assert_string_equal(id, ID);
        assert_string_equal(parent, SPAN);
        assert_string_not_equal(own, SPAN);
        assert_true(trace.has_parent);
        assert_int_equal(trace.is_sampled, good[i].sampled);
    }
}

static void test_trace__refuses_everything_else(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "0",
        "00",
        "00-",
        "00-" ID "-" SPAN,
        "00-" ID "-" SPAN "-",
        "00-" ID "-" SPAN "-0",
        "00-" ID "-" SPAN "-01-",
        "00-" ID "-" SPAN "-01 ",
        "00-" ID "-" SPAN "-011",
        "00-" ID "-" SPAN "-0g",
        "00-" ID "-" SPAN "-0A",
        " 00-" ID "-" SPAN "-01",
        "ff-" ID "-" SPAN "-01",
        "cc-" ID "-" SPAN "-01x",
        "c-" ID "-" SPAN "-01-x",
        "00-00000000000000000000000000000000-" SPAN "-01",
        "00-" ID "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
        "00-" ID "-00F067AA0BA902B7-01",
        "00_" ID "-" SPAN "-01",
        "00-" ID "_" SPAN "-01",
        "00-" ID "-" SPAN "_01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-" SPAN "-01-",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct trace trace = {.is_sampled = true};
        if (trace_read(bad[i], &trace))
            fail_msg("taken: %s", bad[i]);
        assert_true(trace.is_sampled); /* untouched */
        trace_begin(&trace, bad[i]);
        assert_false(trace.has_parent);
    }
}

static void test_trace__begins_with_ids_that_differ_and_writes_them(void **state)
{
    (void)state;
    struct trace a, b, read;
    char header[TRACE_HEADER_SIZE];

    trace_begin(&a, NULL);
    trace_begin(&b, NULL);
    assert_memory_not_equal(a.id, b.id, TRACE_ID_BYTES);
    assert_memory_not_equal(a.span, b.span, TRACE_SPAN_BYTES);
    assert_false(a.is_sampled); /* nobody exports */
    trace_write(&a, header);
    assert_int_equal(strlen(header), TRACE_HEADER_SIZE - 1);
    assert_true(trace_read(header, &read));
    assert_memory_equal(read.id, a.id, TRACE_ID_BYTES);
    assert_memory_equal(read.parent, a.span, TRACE_SPAN_BYTES);
    struct trace child = trace_child(&a);
    assert_memory_equal(child.id, a.id, TRACE_ID_BYTES);
    assert_memory_equal(child.parent, a.span, TRACE_SPAN_BYTES);
    assert_memory_not_equal(child.span, a.span, TRACE_SPAN_BYTES);
}

static struct span told;
static int told_count;

static void remember(const struct span *span)
{
    told = *span;
    told_count++;
}

static void test_trace__spans_go_to_the_exporter_if_they_are_sampled(void **state)
{
    (void)state;
    struct trace sampled, unsampled, begun;

    log_set_level(LOG_OFF);
    assert_true(trace_read("00-" ID "-" SPAN "-01", &sampled));
    assert_true(trace_read("00-" ID "-" SPAN "-00", &unsampled));
    assert_false(trace_is_wanted(&sampled));
    trace_export_to(remember);
    trace_begin(&begun, NULL);
    assert_true(begun.is_sampled);
    assert_true(trace_is_wanted(&sampled));
    assert_false(trace_is_wanted(&unsampled));
    assert_false(trace_is_wanted(NULL));
    told_count = 0;
    trace_tell_part(&unsampled, "unheard", clock_monotonic_us(), false);
    assert_int_equal(told_count, 0);
    trace_tell_part(&sampled, "a part", clock_monotonic_us() - 5000, true);
    assert_int_equal(told_count, 1);
    assert_string_equal(told.name, "a part");
    assert_memory_equal(told.trace.parent, sampled.span, TRACE_SPAN_BYTES);
    assert_true(told.failed);
    assert_in_range(told.ended_us - told.began_us, 5000, 5000000);
    trace_export_to(NULL);
    trace_tell_part(&sampled, "after", clock_monotonic_us(), false);
    assert_int_equal(told_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace__takes_what_the_standard_allows),
        cmocka_unit_test(test_trace__refuses_everything_else),
        cmocka_unit_test(test_trace__begins_with_ids_that_differ_and_writes_them),
        cmocka_unit_test(test_trace__spans_go_to_the_exporter_if_they_are_sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
