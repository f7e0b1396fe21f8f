/*
 * lookup.c — answers of SRU servers and JSON services (the first byte says which), and addresses: what becomes of them
 * keeps to the catalogue's rules; a question never leaves its place in a URL.
 */
#include "fuzz.h"

#include "lookup/lookup_address.h"
#include "lookup/lookup_read.h"
#include "net/url.h"

#define ISBN "9780140449136"

static bool is_short_text(struct fuzz *fuzz, const char *text, size_t max)
{
    return !text || (fuzz_is_clean(fuzz, text) && text_length(text) <= max);
}

static void check_reading(struct fuzz *fuzz, const struct lookup_reading *reading)
{
    MUST(reading->count <= LOOKUP_RECORDS_MAX && reading->found >= 0);
    MUST(is_short_text(fuzz, reading->detail, LOOKUP_TERM_MAX * 2 + 2));
    for (const struct lookup_record *one = reading->records; one; one = one->next) {
        const struct book_facts *facts = &one->facts;
        MUST(facts->title && *facts->title && is_short_text(fuzz, facts->title, BOOK_TITLE_MAX));
        MUST(facts->author && *facts->author && is_short_text(fuzz, facts->author, BOOK_AUTHOR_MAX));
        MUST(is_short_text(fuzz, facts->subtitle, BOOK_TEXT_MAX));
        MUST(is_short_text(fuzz, facts->publisher, BOOK_TEXT_MAX));
        MUST(is_short_text(fuzz, facts->description, BOOK_DESCRIPTION_MAX));
        MUST(facts->categories.count <= BOOK_CATEGORIES_MAX);
        MUST(facts->year == NO_NUMBER || (facts->year >= BOOK_YEAR_MIN && facts->year <= BOOK_YEAR_MAX));
        MUST(!one->marc || strlen(one->marc) <= HTTP_BODY_MAX);
    }
}

/* "address\nwhat is asked for". */
static void check_question(struct fuzz *fuzz, const char *text)
{
    const char *address = fuzz_line(fuzz, &text);
    struct lookup_question question = {.title = text, .any = text};
    struct net_url url;

    if (!lookup_address_is_good(&fuzz->arena, "sru", address) || !text_is_utf8(text, strlen(text)) ||
        strlen(address) > LOOKUP_ADDRESS_MAX || strlen(text) > LOOKUP_TERM_MAX)
        return;
    const char *asked = lookup_sru_url(&fuzz->arena, address, &question, LOOKUP_RECORDS_MAX);
    struct net_url target;
    MUST(net_url_parse(&fuzz->arena, address, &target));
    MUST(net_url_parse(&fuzz->arena, asked, &url));
    MUST(strcmp(url.host, target.host) == 0 && url.port == target.port && url.is_https == target.is_https);
    MUST(!url.fragment && strncmp(url.target, target.target, strcspn(target.target, "?")) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct lookup_reading reading;
    struct fuzz fuzz;

    fuzz_begin(&fuzz);
    lookup_reading_init(&reading);
    if (size > 0 && bytes[0] == '{') {
        if (lookup_read_json(&fuzz.ctx, bytes, size, ISBN, &reading) == NET_OK)
            check_reading(&fuzz, &reading);
    } else if (size > 0 && bytes[0] == '<') {
        enum net_outcome outcome = lookup_read_sru(&fuzz.ctx, bytes, size, &reading);
        MUST(outcome == NET_OK || outcome == NET_REFUSED || outcome == NET_UNREADABLE);
        check_reading(&fuzz, &reading);
    } else {
        check_question(&fuzz, fuzz_string(&fuzz, data, size));
    }
    return fuzz_end(&fuzz);
}
