/*
 * smtp_reply.c — answers of strangers' mail servers: in one piece or byte by byte, an answer is the same; nothing in it is
 * longer than its reader allows, or is anything but printable; what comes behind it is left alone.
 */
#include "fuzz.h"

#include "net/smtp_reply.h"

/* How many bytes were taken. */
static size_t read_in_pieces(const char *bytes, size_t length, size_t piece, struct smtp_reply *out_reply)
{
    size_t taken = 0;

    smtp_reply_init(out_reply);
    while (taken < length && out_reply->state == SMTP_READING_MORE) {
        size_t part = length - taken < piece ? length - taken : piece;
        size_t used = smtp_reply_feed(out_reply, bytes + taken, part);
        MUST(used <= part && (used == part || out_reply->state != SMTP_READING_MORE));
        taken += used;
    }
    return taken;
}

static void check_text(const struct smtp_reply *reply)
{
    MUST(reply->text_length < SMTP_REPLY_TEXT_MAX && reply->text[reply->text_length] == '\0');
    MUST(strlen(reply->text) == reply->text_length);
    for (size_t i = 0; i < reply->text_length; i++)
        MUST(reply->text[i] == '\n' || (reply->text[i] >= ' ' && reply->text[i] <= '~'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    static struct smtp_reply whole, single;

    size_t taken = read_in_pieces(bytes, size, size ? size : 1, &whole);
    MUST(read_in_pieces(bytes, size, 1, &single) == taken);
    MUST(whole.state == single.state && whole.code == single.code);
    MUST(strcmp(whole.text, single.text) == 0);
    check_text(&whole);
    if (whole.state == SMTP_READING_DONE) {
        MUST(whole.code >= 200 && whole.code <= 599);
        MUST(taken > 0 && bytes[taken - 1] == '\n');
        const char *rest = smtp_reply_find(&whole, "AUTH");
        MUST(!rest || (rest >= whole.text + 4 && rest <= whole.text + whole.text_length));
    }
    return 0;
}
