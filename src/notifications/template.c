/*
 * template.c — read once from left to right: text, a word, the beginning or the end of a list.
 */
#include "notifications/template.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define WORD_SHOWN_MAX 40 /* characters of what is wrong */

enum piece_kind { PIECE_END, PIECE_TEXT, PIECE_WORD, PIECE_LIST, PIECE_LIST_END, PIECE_OPEN };

struct piece {
    enum piece_kind kind;
    const char *at; /* text, or a name without blanks */
    size_t length;
};

/* The next piece at *place, which moves past it. PIECE_OPEN: braces that nobody closes. */
static struct piece next_piece(const char **place)
{
    const char *start = *place;
    const char *open = strstr(start, "{{");

    if (*start == '\0')
        return (struct piece){PIECE_END, start, 0};
    if (open != start) {
        size_t length = open ? (size_t)(open - start) : strlen(start);
        *place = start + length;
        return (struct piece){PIECE_TEXT, start, length};
    }
    const char *close = strstr(start, "}}");
    if (!close) {
        *place = start + strlen(start);
        return (struct piece){PIECE_OPEN, start, strlen(start)};
    }
    *place = close + 2;
    enum piece_kind kind = PIECE_WORD;
    start += 2;
    start += strspn(start, " \t\n");
    if (start < close && (*start == '#' || *start == '/'))
        kind = *start++ == '#' ? PIECE_LIST : PIECE_LIST_END;
    start += strspn(start, " \t\n");
    while (close > start && strchr(" \t\n", close[-1]))
        close--;
    return (struct piece){kind, start, close > start ? (size_t)(close - start) : 0};
}

static bool piece_is(const struct piece *piece, const char *name)
{
    return name && strlen(name) == piece->length && memcmp(name, piece->at, piece->length) == 0;
}

static bool is_among(const char *names, const struct piece *piece)
{
    while (names && *names) {
        size_t length = strcspn(names, " ");
        if (length > 0 && length == piece->length && memcmp(names, piece->at, length) == 0)
            return true;
        names += length;
        names += strspn(names, " ");
    }
    return false;
}

/* ---- checking ---------------------------------------------------------------------------------------------- */

static enum template_fault word_fault(const struct piece *piece, const struct template_words *words,
                                      bool inside)
{
    if (is_among(words->names, piece) && !piece_is(piece, words->list))
        return TEMPLATE_GOOD;
    return inside && is_among(words->list_names, piece) ? TEMPLATE_GOOD : TEMPLATE_NO_WORD;
}

/* `inside` is whether a list has begun: before this piece, and after it. */
static enum template_fault piece_fault(const struct piece *piece, const struct template_words *words,
                                       bool *inside)
{
    bool was_inside = *inside;

    switch (piece->kind) {
    case PIECE_END: return was_inside ? TEMPLATE_LIST_ENDLESS : TEMPLATE_GOOD;
    case PIECE_WORD: return word_fault(piece, words, was_inside);
    case PIECE_OPEN: return TEMPLATE_OPEN;
    case PIECE_LIST:
    case PIECE_LIST_END:
        *inside = piece->kind == PIECE_LIST;
        if (!piece_is(piece, words->list))
            return TEMPLATE_NO_LIST;
        return was_inside != *inside ? TEMPLATE_GOOD : was_inside ? TEMPLATE_LIST_WITHIN : TEMPLATE_LIST_ENDS;
    default: return TEMPLATE_GOOD;
    }
}

enum template_fault template_look(struct arena *arena, const char *text, const struct template_words *words,
                                  const char **out_word)
{
    enum template_fault fault = TEMPLATE_GOOD;
    struct piece piece = {.kind = PIECE_TEXT};
    bool inside = false;

    while (fault == TEMPLATE_GOOD && piece.kind != PIECE_END) {
        piece = next_piece(&text);
        fault = piece_fault(&piece, words, &inside);
    }
    *out_word = fault == TEMPLATE_LIST_ENDLESS
                    ? words->list
                    : text_truncate(arena, arena_strndup(arena, piece.at, piece.length), WORD_SHOWN_MAX);
    return fault;
}

bool template_uses(const char *text, const char *name)
{
    struct piece piece;

    do {
        piece = next_piece(&text);
        if (piece.kind == PIECE_WORD && piece_is(&piece, name))
            return true;
    } while (piece.kind != PIECE_END);
    return false;
}

/* ---- filling ----------------------------------------------------------------------------------------------- */

static const char *value_of(const struct template_values *values, const struct piece *piece)
{
    for (size_t i = 0; values && i < values->count; i++)
        if (piece_is(piece, values->values[i].name))
            return values->values[i].text;
    return NULL;
}

/* Up to the end of the text, or of the list: where it goes on. */
static const char *fill(struct text_buf *out, const char *text, const struct template_values *values,
                        const struct template_values *item);

static const char *fill_list(struct text_buf *out, const char *text, const struct template_values *values,
                             const struct piece *piece)
{
    const struct template_list *list =
        values->list && piece_is(piece, values->list->name) ? values->list : NULL;
    static const struct template_values none;
    struct text_buf nowhere;
    const char *end = text;

    for (size_t i = 0; list && i < list->count; i++)
        end = fill(out, text, values, &list->items[i]);
    if (list && list->count > 0)
        return end;
    text_buf_init(&nowhere, out->arena);
    return fill(&nowhere, text, values, &none);
}

static const char *fill(struct text_buf *out, const char *text, const struct template_values *values,
                        const struct template_values *item)
{
    for (;;) {
        struct piece piece = next_piece(&text);
        const char *value;
        switch (piece.kind) {
        case PIECE_END: return text;
        case PIECE_TEXT: text_buf_append_bytes(out, piece.at, piece.length); break;
        case PIECE_WORD:
            value = item ? value_of(item, &piece) : NULL;
            value = value ? value : value_of(values, &piece);
            text_buf_append(out, value ? value : "");
            break;
        case PIECE_LIST:
            if (!item)
                text = fill_list(out, text, values, &piece);
            break;
        case PIECE_LIST_END:
            if (item)
                return text;
            break;
        case PIECE_OPEN: break;
        }
    }
}

const char *template_fill(struct arena *arena, const char *text, const struct template_values *values)
{
    struct text_buf out;

    text_buf_init(&out, arena);
    fill(&out, text, values, NULL);
    return text_buf_string(&out);
}
