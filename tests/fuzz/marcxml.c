/*
 * marcxml.c — documents of MARC records: what is read is written and read again, field for field.
 */
#include "fuzz.h"

#include "marc/marcxml.h"

struct expected {
    struct fuzz *fuzz;
    const struct marc_record *record;
    size_t count;
};

static bool compare(void *argument, const struct marc_record *record, size_t fields_lost)
{
    struct expected *expected = argument;

    MUST(fields_lost == 0);
    MUST(marc_equal(expected->record, record));
    expected->count++;
    return true;
}

static bool write_again(void *argument, const struct marc_record *record, size_t fields_lost)
{
    struct expected expected = {.fuzz = argument, .record = record};
    struct text_buf out;
    const char *problem;

    (void)fields_lost;
    text_buf_init(&out, &expected.fuzz->arena);
    marcxml_begin(&out);
    marcxml_write(&out, record);
    marcxml_end(&out);
    if (arena_exhausted(&expected.fuzz->arena))
        return false;
    MUST(text_is_utf8(out.bytes, out.length));
    MUST(marcxml_is_likely(out.bytes, out.length));
    MUST(marcxml_read(&expected.fuzz->arena, out.bytes, out.length, compare, &expected, &problem) ==
         MARCXML_TO_END);
    MUST(expected.count == 1);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    const char *problem = NULL;

    fuzz_begin(&fuzz);
    (void)marcxml_is_likely((const char *)data, size);
    if (marcxml_read(&fuzz.arena, (const char *)data, size, write_again, &fuzz, &problem) == MARCXML_BROKEN)
        MUST(problem && fuzz_is_clean(&fuzz, problem));
    return fuzz_end(&fuzz);
}
