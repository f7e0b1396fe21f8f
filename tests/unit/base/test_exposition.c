/*
 * test_exposition.c — figures as monitors read them, byte by byte; counts between bounds; which form is wanted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/exposition.h"
#include "base/histogram.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct histogram_bounds two_bounds = {2, {1000, 2500000}};

static const char *write_all(bool is_open)
{
    static struct histogram histogram;
    const struct exposition_label labels[] = {{"route", "/books/{id}"}, {"name", "a \"b\"\\\n"}, {0}};
    struct exposition x;
    struct text_buf out;

    memset(&histogram, 0, sizeof histogram);
    histogram_count(&histogram, &two_bounds, 1000);
    histogram_count(&histogram, &two_bounds, 1001);
    histogram_count(&histogram, &two_bounds, 9000000);
    text_buf_init(&out, &arena);
    exposition_begin(&x, &out, is_open);
    exposition_family(&x, "app_asked", METRIC_COUNTER, NULL, "How often");
    exposition_sample(&x, labels, 12, 0);
    exposition_family(&x, "app_age_seconds", METRIC_GAUGE, "seconds", "How old");
    exposition_sample(&x, NULL, -1500, 3);
    exposition_family(&x, "app_build", METRIC_INFO, NULL, "What");
    exposition_sample(&x, (const struct exposition_label[]){{"version", "1"}, {0}}, 1, 0);
    exposition_family(&x, "app_took_seconds", METRIC_HISTOGRAM, "seconds", "How long");
    exposition_histogram(&x, (const struct exposition_label[]){{"m", "GET"}, {0}}, &histogram, &two_bounds,
                         6);
    exposition_end(&x);
    return text_buf_string(&out);
}

#define SAMPLES_OF_HISTOGRAM                              \
    "app_took_seconds_bucket{m=\"GET\",le=\"0.001\"} 1\n" \
    "app_took_seconds_bucket{m=\"GET\",le=\"2.5\"} 2\n"   \
    "app_took_seconds_bucket{m=\"GET\",le=\"+Inf\"} 3\n"  \
    "app_took_seconds_sum{m=\"GET\"} 9.002001\n"          \
    "app_took_seconds_count{m=\"GET\"} 3\n"

static void test_exposition__writes_what_prometheus_reads(void **state)
{
    (void)state;
    assert_string_equal(write_all(false),
                        "# HELP app_asked_total How often\n"
                        "# TYPE app_asked_total counter\n"
                        "app_asked_total{route=\"/books/{id}\",name=\"a \\\"b\\\"\\\\\\n\"} 12\n"
                        "# HELP app_age_seconds How old\n"
                        "# TYPE app_age_seconds gauge\n"
                        "app_age_seconds -1.5\n"
                        "# HELP app_build_info What\n"
                        "# TYPE app_build_info gauge\n"
                        "app_build_info{version=\"1\"} 1\n"
                        "# HELP app_took_seconds How long\n"
                        "# TYPE app_took_seconds histogram\n" SAMPLES_OF_HISTOGRAM);
}

static void test_exposition__writes_openmetrics_with_units_and_an_end(void **state)
{
    (void)state;
    assert_string_equal(write_all(true),
                        "# HELP app_asked How often\n"
                        "# TYPE app_asked counter\n"
                        "app_asked_total{route=\"/books/{id}\",name=\"a \\\"b\\\"\\\\\\n\"} 12\n"
                        "# HELP app_age_seconds How old\n"
                        "# TYPE app_age_seconds gauge\n"
                        "# UNIT app_age_seconds seconds\n"
                        "app_age_seconds -1.5\n"
                        "# HELP app_build What\n"
                        "# TYPE app_build info\n"
                        "app_build_info{version=\"1\"} 1\n"
                        "# HELP app_took_seconds How long\n"
                        "# TYPE app_took_seconds histogram\n"
                        "# UNIT app_took_seconds seconds\n" SAMPLES_OF_HISTOGRAM "# EOF\n");
}

static void test_exposition__numbers_keep_every_digit(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        int decimals;
        const char *text;
    } numbers[] = {{0, 6, "x 0\n"},
                   {1, 6, "x 0.000001\n"},
                   {1000000, 6, "x 1\n"},
                   {1050000, 6, "x 1.05\n"},
                   {-1, 3, "x -0.001\n"},
                   {INT64_MIN, 0, "x -9223372036854775808\n"},
                   {INT64_MAX, 0, "x 9223372036854775807\n"}};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct exposition x;
        struct text_buf out;
        text_buf_init(&out, &arena);
        exposition_begin(&x, &out, false);
        x.name = "x";
        exposition_sample(&x, NULL, numbers[i].value, numbers[i].decimals);
        assert_string_equal(text_buf_string(&out), numbers[i].text);
    }
}

static void test_exposition__gives_json_unless_a_monitor_asks(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum exposition_format format;
    } asked[] = {
        {NULL, EXPOSE_JSON},
        {"", EXPOSE_JSON},
        {"*/*", EXPOSE_JSON},
        {"application/json", EXPOSE_JSON},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", EXPOSE_JSON},
        {"application/json, text/plain, */*", EXPOSE_JSON},
        {"text/plain", EXPOSE_TEXT},
        {"TEXT/Plain; version=0.0.4", EXPOSE_TEXT},
        {"text/plain;version=0.0.4;q=0.5,*/*;q=0.1", EXPOSE_TEXT},
        {"application/openmetrics-text;version=1.0.0", EXPOSE_OPEN},
        /* What Prometheus 2.42 sends. */
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
         "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         EXPOSE_OPEN},
        {"application/openmetrics-text;q=0.2, text/plain;q=0.3", EXPOSE_TEXT},
        {"text/plain;q=0, application/json;q=0.1", EXPOSE_JSON},
        {"text/plain;q=0", EXPOSE_JSON},
        {"text/plainer", EXPOSE_JSON},
        {";;;,,q=1, ;q", EXPOSE_JSON},
    };

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_int_equal(exposition_wanted(asked[i].accept), asked[i].format);
}

static void test_histogram__counts_each_value_once_and_up_to_its_bound(void **state)
{
    (void)state;
    struct histogram histogram = {0};
    int64_t sum = 0;

    for (int64_t value = 0; value <= 70; value++) {
        histogram_count(&histogram, &histogram_numbers, value);
        sum += value;
    }
    struct histogram_reading reading = histogram_read(&histogram, &histogram_numbers);
    assert_int_equal(reading.count, 71);
    assert_int_equal(reading.sum, sum);
    for (size_t i = 0; i < histogram_numbers.count; i++)
        assert_int_equal(reading.up_to[i], histogram_numbers.of[i] + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exposition__writes_what_prometheus_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exposition__writes_openmetrics_with_units_and_an_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exposition__numbers_keep_every_digit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exposition__gives_json_unless_a_monitor_asks, set_up, tear_down),
        cmocka_unit_test(test_histogram__counts_each_value_once_and_up_to_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
