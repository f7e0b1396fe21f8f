/*
 * z3950.c — messages of Z39.50 servers: what is measured as whole is decoded without a harm, and measuring the same bytes
 * with more behind them gives the same; what records become keeps to the catalogue's rules.
 */
#include "fuzz.h"

#include "lookup/lookup_read.h"
#include "net/ber.h"
#include "net/z3950.h"

static void check_shorter(const char *bytes, size_t whole)
{
    size_t length;

    for (size_t cut = 0; cut < whole && cut < 64; cut++)
        MUST(ber_measure(bytes, cut, NET_BER_MAX, &length) == BER_MORE);
    MUST(ber_measure(bytes, whole, NET_BER_MAX, &length) == BER_WHOLE && length == whole);
    MUST(ber_measure(bytes, whole, whole > 4 ? whole / 4 : 0, &length) != BER_WHOLE || whole <= 4);
}

static void check_message(struct fuzz *fuzz, const char *bytes, size_t length)
{
    struct lookup_reading reading;
    struct z3950_message message;

    if (!z3950_read(&fuzz->arena, bytes, length, &message))
        return;
    MUST(!message.diagnostic || text_is_utf8(message.diagnostic, strlen(message.diagnostic)));
    size_t together = 0;
    for (const struct z3950_record *one = message.records; one; one = one->next)
        together += one->length;
    MUST(together <= length);
    lookup_reading_init(&reading);
    lookup_read_z3950(&fuzz->ctx, message.records, &reading);
    MUST(reading.count <= LOOKUP_RECORDS_MAX);
    for (const struct lookup_record *one = reading.records; one; one = one->next) {
        MUST(one->facts.title && *one->facts.title && one->facts.author && *one->facts.author);
        MUST(!one->marc || text_is_utf8(one->marc, strlen(one->marc)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct fuzz fuzz;
    size_t length = 0;

    fuzz_begin(&fuzz);
    if (ber_measure(bytes, size, NET_BER_MAX, &length) == BER_WHOLE) {
        MUST(length > 0 && length <= size);
        check_shorter(bytes, length);
        check_message(&fuzz, bytes, length);
    }
    return fuzz_end(&fuzz);
}
