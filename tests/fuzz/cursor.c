/*
 * cursor.c — what is read is what would have been written; what is written, of any place, is read back.
 */
#include "fuzz.h"

#include "base/base64url.h"
#include "db/cursor.h"

static void check_same(const struct cursor *a, const struct cursor *b)
{
    MUST(a->backward == b->backward && a->question == b->question && a->text == b->text);
    MUST(strcmp(a->row, b->row) == 0);
    if (a->text)
        MUST(strcmp(a->text_value, b->text_value) == 0);
    else
        MUST(a->number == b->number);
}

/* A place made of the input's bytes. */
static void check_written(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    struct cursor cursor = {.row = "0195f3c2-7a10-7cc3-98c4-dc0c0c07398f", .number = FUZZ_NOW};
    struct cursor back;

    if (size >= 1 + sizeof cursor.number) {
        cursor.backward = data[0] & 1;
        cursor.text = (data[0] & 2) != 0;
        memcpy(&cursor.number, data + 1, sizeof cursor.number);
        memcpy(&cursor.question, data + 1, sizeof cursor.question);
        data += 1 + sizeof cursor.number;
        size -= 1 + sizeof cursor.number;
    }
    cursor.text_value = text_clean(&fuzz->arena, (const char *)data, size);
    if (cursor.text && !cursor.text_value)
        return;
    const char *text = cursor_format(&fuzz->arena, &cursor);
    if (strlen(text) > LIST_CURSOR_MAX)
        return;
    MUST(cursor_parse(&fuzz->arena, text, &back));
    check_same(&cursor, &back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct cursor cursor;

    fuzz_begin(&fuzz);
    const char *text = fuzz_string(&fuzz, data, size);
    if (cursor_parse(&fuzz.arena, text, &cursor))
        MUST(strcmp(cursor_format(&fuzz.arena, &cursor), text) == 0);
    /* The same, past the letters. */
    if (size <= LIST_CURSOR_MAX / 2) {
        const char *inside = base64url_encode(&fuzz.arena, data, size);
        if (cursor_parse(&fuzz.arena, inside, &cursor))
            MUST(strcmp(cursor_format(&fuzz.arena, &cursor), inside) == 0);
    }
    check_written(&fuzz, data, size);
    return fuzz_end(&fuzz);
}
