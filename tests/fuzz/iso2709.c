/*
 * iso2709.c — files of MARC records: what is read is written and read again without a field lost; and what a title
 * becomes keeps to the catalogue's rules.
 */
#include "fuzz.h"

#include "base/barcode.h"
#include "catalogue_io/marc_title.h"
#include "marc/iso2709.h"
#include "marc/marcxml.h"

static void check_texts(const struct marc_record *record)
{
    MUST(strlen(record->leader) == MARC_LEADER_LENGTH);
    for (const struct marc_field *field = record->fields; field; field = field->next) {
        MUST(marc_is_tag(field->tag) && marc_is_control_tag(field->tag) == (field->text != NULL));
        MUST(!field->text || text_is_utf8(field->text, strlen(field->text)));
        for (const struct marc_subfield *subfield = field->subfields; subfield; subfield = subfield->next)
            MUST(marc_is_code(subfield->code) && text_is_utf8(subfield->text, strlen(subfield->text)));
    }
}

static void check_again(struct fuzz *fuzz, struct marc_converter *converter, const struct marc_record *record)
{
    struct marc_reading again;
    struct text_buf out;
    const char *problem;

    text_buf_init(&out, &fuzz->arena);
    iso2709_write(&out, record, MARC_UTF_8, converter);
    if (out.length <= MARC_RECORD_BYTES_MAX) {
        MUST(iso2709_read(&fuzz->arena, converter, out.bytes, out.length, &again, &problem));
        MUST(again.fields_lost == 0 && again.characters_lost == 0);
        MUST(marc_equal(&again.record, record));
    }
    text_buf_clear(&out);
    iso2709_write(&out, record, MARC_MARC_8, converter);
}

static void check_title(struct fuzz *fuzz, const struct marc_record *record)
{
    struct marc_holding holding = {.barcode = "39000000000019", .shelf = "A"};
    struct import_title title;
    struct marc_record out;

    marc_title_read(&fuzz->ctx, record, &title);
    check_texts(record);
    if (title.outcome == IMPORT_REFUSED)
        return;
    MUST(title.facts.title && *title.facts.title && fuzz_is_clean(fuzz, title.facts.title));
    MUST(text_length(title.facts.title) <= BOOK_TITLE_MAX);
    MUST(title.facts.author && *title.facts.author && text_length(title.facts.author) <= BOOK_AUTHOR_MAX);
    MUST(title.facts.categories.count <= BOOK_CATEGORIES_MAX);
    for (size_t i = 0; i < title.copy_count; i++)
        MUST(!title.copies[i].barcode || barcode_acceptable(title.copies[i].barcode));
    marc_title_write(&fuzz->ctx, &title.facts, "01890000-0000-7000-8000-000000000000", FUZZ_NOW, &holding,
                     record, &out);
    check_texts(&out);
    marc_title_write(&fuzz->ctx, &title.facts, "01890000-0000-7000-8000-000000000000", FUZZ_NOW, &holding,
                     NULL, &out);
    check_texts(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct marc_reading reading;
    const char *record, *problem;
    struct fuzz fuzz;
    size_t at = 0, length;

    fuzz_begin(&fuzz);
    struct marc_converter *converter = marc_converter_new(&fuzz.arena);
    (void)iso2709_is_likely(bytes, size);
    while (iso2709_next(bytes, size, &at, &record, &length) && !arena_exhausted(&fuzz.arena)) {
        MUST(at <= size && length > 0);
        if (!iso2709_read(&fuzz.arena, converter, record, length, &reading, &problem))
            continue;
        check_texts(&reading.record);
        check_again(&fuzz, converter, &reading.record);
        check_title(&fuzz, &reading.record);
    }
    return fuzz_end(&fuzz);
}
