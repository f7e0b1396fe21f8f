/*
 * log.c — one line, one write(2).
 *
 * The line is put together in a buffer on the stack: no lock, no allocation, so it can be used anywhere,
 * out of memory too. Its size is PIPE_BUF, up to which a write to a pipe (journald, docker) is atomic.
 * A member is written whole or not at all; long texts end in "…" and a line that lost members says so
 * with "truncated":true.
 */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/trace.h"

#define LINE_BYTES 4096
#define TEXT_BYTES 1024 /* of one value, as written */
#define LINE_END "}\n"
#define LINE_END_TRUNCATED ",\"truncated\":true" LINE_END
#define ELLIPSIS "\xE2\x80\xA6"

struct line {
    char bytes[LINE_BYTES];
    size_t length;
    bool truncated;
};

static _Atomic int lowest_level = LOG_INFO;
static _Thread_local const char *correlation_id;

static const char *const level_names[] = {"debug", "info", "warn", "error", "off"};

void log_set_level(enum log_level level)
{
    atomic_store(&lowest_level, (int)level);
}

enum log_level log_level(void)
{
    return (enum log_level)atomic_load_explicit(&lowest_level, memory_order_relaxed);
}

const char *log_level_name(enum log_level level)
{
    return level_names[level];
}

bool log_level_parse(const char *name, enum log_level *out_level)
{
    for (int level = LOG_DEBUG; level <= LOG_OFF; level++) {
        if (strcmp(name, level_names[level]) == 0) {
            *out_level = (enum log_level)level;
            return true;
        }
    }
    return false;
}

void log_set_correlation_id(const char *id)
{
    correlation_id = id;
}

const char *log_correlation_id(void)
{
    return correlation_id;
}

/* Room for the end of the line is always left. */
static void append(struct line *line, const char *bytes, size_t length)
{
    if (length > sizeof line->bytes - sizeof LINE_END_TRUNCATED - line->length) {
        line->truncated = true;
        return;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

/* The JSON form of the character at `text` in `out`; returns how many bytes of `text` it took. */
static size_t escape(const char *text, char out[8])
{
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
        snprintf(out, 8, "\\%c", byte);
        return 1;
    }
    if (byte < ' ' || byte == 0x7F) {
        snprintf(out, 8, "\\u%04x", byte);
        return 1;
    }
    size_t length = text_character(text, strnlen(text, 4));
    if (length > 0) {
        memcpy(out, text, length);
        out[length] = '\0';
        return length;
    }
    snprintf(out, 8, "\\ufffd"); /* what is logged may come from anywhere */
    return 1;
}

static void append_text(struct line *line, const char *text)
{
    char quoted[TEXT_BYTES + sizeof ELLIPSIS + 2] = "\"";
    size_t length = 1;
    for (size_t step; *text; text += step) {
        char escaped[8];
        step = escape(text, escaped);
        size_t escaped_length = strlen(escaped);
        if (length + escaped_length > TEXT_BYTES) {
            memcpy(quoted + length, ELLIPSIS, strlen(ELLIPSIS));
            length += strlen(ELLIPSIS);
            break;
        }
        memcpy(quoted + length, escaped, escaped_length);
        length += escaped_length;
    }
    quoted[length++] = '"';
    append(line, quoted, length);
}

static void append_number(struct line *line, int64_t number)
{
    char digits[24];
    append(line, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, number));
}

/* A whole member, or none of it. */
static void append_member(struct line *line, const struct log_field *field)
{
    size_t before = line->length;
    bool truncated_before = line->truncated;
    line->truncated = false;
    append(line, before == 0 ? "{" : ",", 1);
    append_text(line, field->key);
    append(line, ":", 1);
    if (field->text) {
        append_text(line, field->text);
    } else {
        append_number(line, field->number);
    }
    if (line->truncated) {
        line->length = before;
    }
    line->truncated = line->truncated || truncated_before;
}

static void append_trace(struct line *line)
{
    const struct trace *trace = trace_now();
    char hex[TRACE_ID_HEX_SIZE];

    if (!trace)
        return;
    trace_hex(trace->id, TRACE_ID_BYTES, hex);
    append_member(line, &LOG_TEXT("trace_id", hex));
    trace_hex(trace->span, TRACE_SPAN_BYTES, hex);
    append_member(line, &LOG_TEXT("span_id", hex));
}

/* A partial write or an error leaves nothing to be done: the log is where it would be told. */
static void emit(const struct line *line)
{
    ssize_t written;
    do {
        written = write(STDERR_FILENO, line->bytes, line->length);
    } while (written < 0 && errno == EINTR);
}

void log_write(enum log_level level, const char *message, const struct log_field *fields)
{
    if ((int)level < atomic_load(&lowest_level)) {
        return;
    }
    int saved_errno = errno;
    char time[CLOCK_INSTANT_SIZE];
    clock_format_instant(clock_now_ms(), time);

    struct line line;
    line.length = 0;
    line.truncated = false;
    append_member(&line, &LOG_TEXT("time", time));
    append_member(&line, &LOG_TEXT("level", level_names[level]));
    append_member(&line, &LOG_TEXT("message", message));
    if (correlation_id) {
        append_member(&line, &LOG_TEXT("correlation_id", correlation_id));
    }
    append_trace(&line);
    for (; fields->key; fields++) {
        append_member(&line, fields);
    }
    const char *end = line.truncated ? LINE_END_TRUNCATED : LINE_END;
    memcpy(line.bytes + line.length, end, strlen(end));
    line.length += strlen(end);
    emit(&line);
    errno = saved_errno;
}
