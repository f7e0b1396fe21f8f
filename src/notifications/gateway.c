/*
 * gateway.c — words in braces, each written as its place wants it.
 */
#include "notifications/gateway.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "net/url.h"

typedef void write_value(struct text_buf *out, const char *value);

static void write_in_json(struct text_buf *out, const char *value)
{
    struct text_buf quoted;
    struct json_writer json;

    text_buf_init(&quoted, out->arena);
    json_writer_init(&json, &quoted);
    json_text(&json, value);
    if (quoted.length >= 2) /* without its quotes: they stand in the body */
        text_buf_append_bytes(out, quoted.bytes + 1, quoted.length - 2);
}

/* The word that begins here; its value, and behind it. NULL: none. */
static const char *word_at(const char *at, const struct gateway_words *words, size_t *out_length)
{
    const struct {
        const char *word;
        const char *value;
    } all[] = {{"{phone}", words->phone}, {"{card}", words->card}, {"{text}", words->text}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *out_length = strlen(all[i].word);
        if (strncmp(at, all[i].word, *out_length) == 0)
            return all[i].value ? all[i].value : "";
    }
    return NULL;
}

static const char *fill_in(struct arena *arena, const char *pattern, const struct gateway_words *words,
                           write_value *write)
{
    struct text_buf out;

    text_buf_init(&out, arena);
    while (*pattern) {
        size_t length;
        const char *value = *pattern == '{' ? word_at(pattern, words, &length) : NULL;
        if (value)
            write(&out, value);
        else
            text_buf_append_char(&out, *pattern);
        pattern += value ? length : 1;
    }
    return text_buf_string(&out);
}

const char *gateway_url(struct arena *arena, const char *url, const struct gateway_words *words)
{
    return fill_in(arena, url, words, net_url_encode);
}

bool gateway_body_is_json(const char *body)
{
    const struct gateway_words none = {0};
    size_t length;

    return (*body == '{' || *body == '[') && !word_at(body, &none, &length);
}

const char *gateway_body(struct arena *arena, const char *body, const struct gateway_words *words)
{
    return fill_in(arena, body, words, gateway_body_is_json(body) ? write_in_json : net_url_encode);
}
