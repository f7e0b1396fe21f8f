/*
 * multipart.c — a first line as Content-Type, then the body of a form: a file that is found lies within the body; and
 * any bytes put into a proper form come out as they were.
 */
#include "fuzz.h"

#include "http/multipart.h"

#define BOUNDARY "fuzz-boundary"
#define HEAD "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
#define TAIL "\r\n--" BOUNDARY "--\r\n"

static enum error_kind take(struct fuzz *fuzz, struct name_value *type, const char *body, size_t length)
{
    error_clear(&fuzz->ctx);
    fuzz->req.headers = type;
    fuzz->req.header_count = 1;
    fuzz->req.body = body;
    fuzz->req.body_length = length;
    return multipart_take_file(&fuzz->req);
}

static void check_own_form(struct fuzz *fuzz, const char *content, size_t length)
{
    struct name_value type = {"Content-Type", "multipart/form-data; boundary=" BOUNDARY};
    struct text_buf body;

    if (memmem(content, length, BOUNDARY, sizeof BOUNDARY - 1))
        return;
    text_buf_init(&body, &fuzz->arena);
    text_buf_append(&body, HEAD);
    text_buf_append_bytes(&body, content, length);
    text_buf_append(&body, TAIL);
    MUST(take(fuzz, &type, body.bytes, body.length) == OK);
    MUST(fuzz->req.body_length == length);
    MUST(length == 0 || memcmp(fuzz->req.body, content, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct name_value type = {"Content-Type", ""};

    fuzz_begin(&fuzz);
    const char *bytes = arena_strndup(&fuzz.arena, (const char *)data, size);
    const char *end = memchr(bytes, '\n', size);
    if (end) {
        const char *body = end + 1;
        size_t length = size - (size_t)(body - bytes);
        type.value = arena_strndup(&fuzz.arena, bytes, (size_t)(end - bytes));
        if (take(&fuzz, &type, body, length) == OK) {
            MUST(fuzz.req.body >= body && fuzz.req.body + fuzz.req.body_length <= body + length);
        } else {
            MUST(fuzz.ctx.error.code == ERR_BAD_REQUEST);
            MUST(fuzz.req.body == body);
        }
        check_own_form(&fuzz, body, length);
    }
    return fuzz_end(&fuzz);
}
