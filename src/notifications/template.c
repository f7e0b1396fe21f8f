/*
 * template.c — read once from left to right: text, a word, the beginning or the end of a list.
 */
#include "notifications/template.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

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

static const char *say(struct arena *arena, const struct piece *piece, const char *before, const char *after)
{
    return arena_printf(arena, "%s{{%.*s}}%s", before, (int)(piece->length < 60 ? piece->length : 60),
                        piece->at, after);
}

static const char *word_problem(struct arena *arena, const struct piece *piece,
                                const struct template_words *words, bool inside)
{
    if (is_among(words->names, piece) && !piece_is(piece, words->list))
        return NULL;
    if (inside && is_among(words->list_names, piece))
        return NULL;
    return say(arena, piece, "", " is no placeholder here");
}

static const char *list_problem(struct arena *arena, const struct piece *piece,
                                const struct template_words *words, bool inside, bool begins)
{
    if (!piece_is(piece, words->list))
        return say(arena, piece, "", " is no list here");
    if (inside == begins)
        return say(arena, piece,
                   begins ? "a list stands within a list: " : "a list ends that has not begun: ", "");
    return NULL;
}

const char *template_problem(struct arena *arena, const char *text, const struct template_words *words)
{
    const char *problem = NULL;
    bool inside = false;

    while (!problem) {
        struct piece piece = next_piece(&text);
        switch (piece.kind) {
        case PIECE_END: return inside ? arena_printf(arena, "{{#%s}} has no end", words->list) : NULL;
        case PIECE_TEXT: break;
        case PIECE_WORD: problem = word_problem(arena, &piece, words, inside); break;
        case PIECE_LIST:
            problem = list_problem(arena, &piece, words, inside, true);
            inside = true;
            break;
        case PIECE_LIST_END:
            problem = list_problem(arena, &piece, words, inside, false);
            inside = false;
            break;
        case PIECE_OPEN: problem = "braces are open that nobody closes"; break;
        }
    }
    return problem;
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
