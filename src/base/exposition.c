/*
 * exposition.c — one family after the other, one sample a line.
 */
#include "base/exposition.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static const char *const type_names[] = {[METRIC_GAUGE] = "gauge",
                                         [METRIC_COUNTER] = "counter",
                                         [METRIC_HISTOGRAM] = "histogram",
                                         [METRIC_INFO] = "info"};
static const char *const endings[] = {
    [METRIC_GAUGE] = "", [METRIC_COUNTER] = "_total", [METRIC_HISTOGRAM] = "", [METRIC_INFO] = "_info"};

void exposition_begin(struct exposition *x, struct text_buf *out, bool is_open)
{
    *x = (struct exposition){.out = out, .is_open = is_open};
}

/* Label values and help: a backslash, a quotation mark and a line's end are written as two characters. */
static void append_escaped(struct text_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            text_buf_append(out, "\\n");
        else if (*text == '\\' || *text == '"')
            text_buf_printf(out, "\\%c", *text);
        else
            text_buf_append_char(out, *text);
    }
}

void exposition_family(struct exposition *x, const char *name, enum metric_type type, const char *unit,
                       const char *help)
{
    /* 0.0.4 knows no info, and calls a counter as its samples are called. */
    const char *ending = x->is_open ? "" : endings[type];
    const char *type_name = type_names[!x->is_open && type == METRIC_INFO ? METRIC_GAUGE : type];

    x->name = name;
    x->type = type;
    text_buf_printf(x->out, "# HELP %s%s ", name, ending);
    append_escaped(x->out, help);
    text_buf_printf(x->out, "\n# TYPE %s%s %s\n", name, ending, type_name);
    if (x->is_open && unit)
        text_buf_printf(x->out, "# UNIT %s %s\n", name, unit);
}

static void append_number(struct text_buf *out, int64_t value, int decimals)
{
    int64_t one = 1;

    for (int i = 0; i < decimals; i++)
        one *= 10;
    if (value < 0)
        text_buf_append_char(out, '-');
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    text_buf_printf(out, "%" PRIu64, size / (uint64_t)one);
    uint64_t rest = size % (uint64_t)one;
    if (rest == 0)
        return;
    for (; rest % 10 == 0; rest /= 10)
        decimals--;
    text_buf_printf(out, ".%0*" PRIu64, decimals, rest);
}

static void append_labels(struct text_buf *out, const struct exposition_label *labels,
                          const struct histogram_bounds *bounds, size_t bound, int decimals)
{
    const char *before = "{";

    for (; labels && labels->name; labels++) {
        text_buf_printf(out, "%s%s=\"", before, labels->name);
        append_escaped(out, labels->value);
        text_buf_append_char(out, '"');
        before = ",";
    }
    if (bounds) {
        text_buf_printf(out, "%sle=\"", before);
        if (bound == bounds->count)
            text_buf_append(out, "+Inf");
        else
            append_number(out, bounds->of[bound], decimals);
        text_buf_append_char(out, '"');
        before = ",";
    }
    if (*before == ',')
        text_buf_append_char(out, '}');
}

static void append_sample(struct exposition *x, const char *ending, const struct exposition_label *labels,
                          int64_t value, int decimals)
{
    text_buf_append(x->out, x->name);
    text_buf_append(x->out, ending);
    append_labels(x->out, labels, NULL, 0, 0);
    text_buf_append_char(x->out, ' ');
    append_number(x->out, value, decimals);
    text_buf_append_char(x->out, '\n');
}

void exposition_sample(struct exposition *x, const struct exposition_label *labels, int64_t value,
                       int decimals)
{
    append_sample(x, endings[x->type], labels, value, decimals);
}

void exposition_histogram(struct exposition *x, const struct exposition_label *labels,
                          const struct histogram *histogram, const struct histogram_bounds *bounds,
                          int decimals)
{
    struct histogram_reading reading = histogram_read(histogram, bounds);

    for (size_t i = 0; i <= bounds->count; i++) {
        text_buf_printf(x->out, "%s_bucket", x->name);
        append_labels(x->out, labels, bounds, i, decimals);
        text_buf_printf(x->out, " %" PRId64 "\n", i == bounds->count ? reading.count : reading.up_to[i]);
    }
    append_sample(x, "_sum", labels, reading.sum, decimals);
    append_sample(x, "_count", labels, reading.count, 0);
}

void exposition_end(struct exposition *x)
{
    if (x->is_open)
        text_buf_append(x->out, "# EOF\n");
}

/* ---- which of them is wanted ------------------------------------------------------------------------------ */

/* "0.75" → 750; what is not a weight counts as 1 (RFC 9110 §12.4.2). */
static int weight_of(const char *text)
{
    int weight = 0;
    int unit = 1000;

    if (*text != '0')
        return 1000;
    if (text[1] != '.')
        return 0;
    for (text += 2; *text >= '0' && *text <= '9' && unit > 1; text++)
        weight += (*text - '0') * (unit /= 10);
    return weight;
}

static int weight_in(const char *item, size_t length)
{
    for (size_t i = strcspn(item, ";"); i < length; i += 1 + strcspn(item + i + 1, ";,")) {
        const char *at = item + i + 1 + strspn(item + i + 1, " \t");
        if (strncasecmp(at, "q=", 2) == 0)
            return weight_of(at + 2);
    }
    return 1000;
}

static bool is_type(const char *item, size_t length, const char *type)
{
    return strlen(type) == length && strncasecmp(item, type, length) == 0;
}

enum exposition_format exposition_wanted(const char *accept)
{
    static const char *const types[] = {[EXPOSE_JSON] = "application/json",
                                        [EXPOSE_TEXT] = "text/plain",
                                        [EXPOSE_OPEN] = "application/openmetrics-text"};
    int weights[] = {0, 0, 0};
    enum exposition_format best = EXPOSE_JSON;

    for (const char *at = accept ? accept : ""; *at; at += strspn(at, ", \t")) {
        size_t length = strcspn(at, ",");
        size_t name = strcspn(at, ";, \t");
        int weight = weight_in(at, length);
        for (int i = EXPOSE_JSON; i <= EXPOSE_OPEN; i++)
            if (is_type(at, name, types[i]) && weight > weights[i])
                weights[i] = weight;
        /* Who takes anything gets what is given when nothing is said. */
        if ((is_type(at, name, "*/*") || is_type(at, name, "application/*")) && weight > weights[EXPOSE_JSON])
            weights[EXPOSE_JSON] = weight;
        at += length;
    }
    for (int i = EXPOSE_TEXT; i <= EXPOSE_OPEN; i++)
        if (weights[i] > weights[best])
            best = (enum exposition_format)i;
    return best;
}
