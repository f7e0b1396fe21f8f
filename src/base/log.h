/*
 * log.h — one JSON object a line on standard error: {"time":…,"level":…,"message":…,"correlation_id":…,…}.
 *
 * Times are UTC. The correlation id of the request at hand stands on every line its thread writes between
 * log_set_correlation_id(id) and log_set_correlation_id(NULL). A line is written by one write(2), so lines
 * of different threads never mix. Personal data (names, query strings, bodies) is never logged.
 *
 *     LOG(INFO, "request", LOG_TEXT("path", path), LOG_INT("status", 200));
 */
#ifndef CARREL_BASE_LOG_H
#define CARREL_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

struct log_field {
    const char *key;
    const char *text; /* NULL: `number` is meant */
    int64_t number;
};

#define LOG_TEXT(k, v) ((struct log_field){.key = (k), .text = log_text_or_empty(v)})
#define LOG_INT(k, v) ((struct log_field){.key = (k), .number = (int64_t)(v)})
#define LOG(level, ...) LOG_##level##_(__VA_ARGS__, (struct log_field){0})
#define LOG_DEBUG_(message, ...) log_write(LOG_DEBUG, message, (const struct log_field[]){__VA_ARGS__})
#define LOG_INFO_(message, ...) log_write(LOG_INFO, message, (const struct log_field[]){__VA_ARGS__})
#define LOG_WARN_(message, ...) log_write(LOG_WARN, message, (const struct log_field[]){__VA_ARGS__})
#define LOG_ERROR_(message, ...) log_write(LOG_ERROR, message, (const struct log_field[]){__VA_ARGS__})

/* Lines below `level` are dropped. Default LOG_INFO. */
void log_set_level(enum log_level level);
enum log_level log_level(void);
const char *log_level_name(enum log_level level);
bool log_level_parse(const char *name, enum log_level *out_level); /* debug info warn error off */

/* The id is not copied: it must live until it is replaced or set to NULL. Per thread. */
void log_set_correlation_id(const char *id);
const char *log_correlation_id(void); /* NULL outside a request */

/* For LOG_TEXT(): a NULL text is an empty one, not a number. */
static inline const char *log_text_or_empty(const char *text)
{
    return text ? text : "";
}

/* `fields` ends with one whose key is NULL. Use LOG(). */
void log_write(enum log_level level, const char *message, const struct log_field *fields);

#endif
