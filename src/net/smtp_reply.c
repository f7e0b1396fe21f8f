/*
 * smtp_reply.c — "250-first line", "250 last line".
 */
#include "net/smtp_reply.h"

#include <string.h>
#include <strings.h>

void smtp_reply_init(struct smtp_reply *reply)
{
    reply->state = SMTP_READING_MORE;
    reply->code = 0;
    reply->text[0] = '\0';
    reply->text_length = 0;
    reply->line_length = 0;
    reply->lines = 0;
}

/* 0: none. The second digit is not looked at: servers make some up. */
static int code_of(const char *line, size_t length)
{
    if (length < 3 || line[0] < '2' || line[0] > '5')
        return 0;
    for (int i = 1; i < 3; i++)
        if (line[i] < '0' || line[i] > '9')
            return 0;
    if (length > 3 && line[3] != ' ' && line[3] != '-')
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

static void keep(struct smtp_reply *reply, const char *text, size_t length)
{
    if (reply->lines > 1 && reply->text_length + 1 < SMTP_REPLY_TEXT_MAX)
        reply->text[reply->text_length++] = '\n';
    for (size_t i = 0; i < length && reply->text_length + 1 < SMTP_REPLY_TEXT_MAX; i++)
        reply->text[reply->text_length++] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    reply->text[reply->text_length] = '\0';
}

static enum smtp_reading take_line(struct smtp_reply *reply)
{
    size_t length = reply->line_length;
    int code = code_of(reply->line, length);

    if (code == 0 || (reply->lines > 0 && code != reply->code) || reply->lines == SMTP_REPLY_LINES_MAX)
        return SMTP_READING_BAD;
    reply->code = code;
    reply->lines++;
    keep(reply, reply->line + 4, length > 4 ? length - 4 : 0);
    return length > 3 && reply->line[3] == '-' ? SMTP_READING_MORE : SMTP_READING_DONE;
}

size_t smtp_reply_feed(struct smtp_reply *reply, const char *bytes, size_t length)
{
    size_t at = 0;

    while (reply->state == SMTP_READING_MORE && at < length) {
        char c = bytes[at++];
        if (c != '\n') {
            if (reply->line_length == SMTP_LINE_MAX)
                reply->state = SMTP_READING_BAD;
            else
                reply->line[reply->line_length++] = c;
            continue;
        }
        if (reply->line_length > 0 && reply->line[reply->line_length - 1] == '\r')
            reply->line_length--;
        reply->state = take_line(reply);
        reply->line_length = 0;
    }
    return at;
}

const char *smtp_reply_find(const struct smtp_reply *reply, const char *keyword)
{
    size_t length = strlen(keyword);
    const char *line = reply->text;

    while (line) {
        char after = strncasecmp(line, keyword, length) == 0 ? line[length] : 'x';
        if (after == ' ')
            return line + length + 1;
        if (after == '\0' || after == '\n')
            return line + length;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return NULL;
}
