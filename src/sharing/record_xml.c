/*
 * record_xml.c — titles as XML.
 */
#include "sharing/record_xml.h"

#include <inttypes.h>
#include <string.h>

#include "base/uuid.h"
#include "catalogue_io/marc_title.h"
#include "marc/marcxml.h"

#define MARC_NAMESPACE "http://www.loc.gov/MARC21/slim"
#define REPLACEMENT "\xef\xbf\xbd"

/* Texts are clean UTF-8: what is left of characters that are none in XML are U+FFFE and U+FFFF. */
static bool is_no_character(const char *at)
{
    return memcmp(at, "\xef\xbf\xbe", 3) == 0 || memcmp(at, "\xef\xbf\xbf", 3) == 0;
}

void xml_text(struct text_buf *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        switch (*at) {
        case '&': text_buf_append(out, "&amp;"); break;
        case '<': text_buf_append(out, "&lt;"); break;
        case '>': text_buf_append(out, "&gt;"); break;
        case '"': text_buf_append(out, "&quot;"); break;
        case '\xef':
            if (strlen(at) >= 3 && is_no_character(at)) {
                text_buf_append(out, REPLACEMENT);
                at += 2;
                break;
            }
            /* fall through */
        default: text_buf_append_char(out, *at);
        }
    }
}

void xml_element(struct text_buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    text_buf_printf(out, "<%s>", name);
    xml_text(out, text);
    text_buf_printf(out, "</%s>\n", name);
}

/* Several authors are parted by "; ". */
static void write_creators(struct ctx *ctx, const char *author, struct text_buf *out)
{
    for (const char *at = author; *at;) {
        const char *end = strstr(at, "; ");
        size_t length = end ? (size_t)(end - at) : strlen(at);
        xml_element(out, "dc:creator", arena_printf(ctx->arena, "%.*s", (int)length, at));
        at += length + (end ? 2 : 0);
    }
}

void record_write_dc(struct ctx *ctx, const struct book *book, struct text_buf *out)
{
    const struct book_facts *facts = &book->facts;
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&book->uuid, uuid);
    xml_element(out, "dc:title",
                facts->subtitle ? arena_printf(ctx->arena, "%s: %s", facts->title, facts->subtitle)
                                : facts->title);
    write_creators(ctx, facts->author, out);
    for (size_t i = 0; i < facts->categories.count; i++)
        xml_element(out, "dc:subject", facts->categories.items[i]);
    xml_element(out, "dc:description", facts->description);
    xml_element(out, "dc:publisher", facts->publisher);
    if (facts->year != NO_NUMBER)
        xml_element(out, "dc:date", arena_printf(ctx->arena, "%04" PRId64, facts->year));
    xml_element(out, "dc:type", facts->item_type);
    if (book->isbn13)
        xml_element(out, "dc:identifier", arena_printf(ctx->arena, "urn:isbn:%s", book->isbn13));
    xml_element(out, "dc:identifier", arena_printf(ctx->arena, "urn:uuid:%s", uuid));
    xml_element(out, "dc:language", facts->language);
}

void record_write_marc(struct ctx *ctx, const struct book *book, struct text_buf *out)
{
    static const char plain[] = "<record>";
    struct marc_record record;
    struct text_buf xml;
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&book->uuid, uuid);
    marc_title_write(ctx, &book->facts, uuid, book->updated_at, NULL, NULL, &record);
    text_buf_init(&xml, ctx->arena);
    marcxml_write(&xml, &record);
    text_buf_append(out, "<record xmlns=\"" MARC_NAMESPACE "\">");
    text_buf_append(out, text_buf_string(&xml) + (xml.length > sizeof plain ? sizeof plain - 1 : xml.length));
}
